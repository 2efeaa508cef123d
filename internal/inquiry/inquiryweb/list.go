package inquiryweb

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
)

const (
	perPage   = 50
	perFetch  = 500    // where filters leave out most of what is read
	maxExport = 10_000 // rows; the page says so
)

// query is what part of the list was asked for.
type query struct {
	outcome string // "", "answered" or "refused"
	body    string // code; empty for any
	before  time.Time
}

var errQuery = fault.New(fault.Invalid, "E-FILTER", "These filters are not known. Nothing was changed.")

func (f *Face) query(v webkit.Visit) (query, error) {
	values := v.Query
	q := query{outcome: values.Get("outcome"), body: values.Get("body")}
	if !slices.Contains([]string{"", "answered", "refused"}, q.outcome) {
		return q, errQuery
	}
	if _, known := f.Service.Shelf.At(v.Now).Body(q.body); q.body != "" && !known {
		return q, errQuery
	}
	if cursor := values.Get("before"); cursor != "" {
		n, err := strconv.ParseInt(cursor, 10, 64)
		if err != nil {
			return q, errQuery
		}
		q.before = time.UnixMicro(n).UTC()
	}
	return q, nil
}

// filtered reports whether the query leaves anything out.
func (q query) filtered() bool { return q.outcome != "" || q.body != "" }

// path returns the address of the part that begins before an instant.
func (q query) path(page string, before time.Time) string {
	values := url.Values{}
	if q.outcome != "" {
		values.Set("outcome", q.outcome)
	}
	if q.body != "" {
		values.Set("body", q.body)
	}
	if !before.IsZero() {
		values.Set("before", strconv.FormatInt(before.UnixMicro(), 10))
	}
	if len(values) == 0 {
		return page
	}
	return page + "?" + values.Encode()
}

func (f *Face) fits(q query, l inquiry.Look) bool {
	return (q.outcome == "" || (q.outcome == "refused") == refused(l)) && (q.body == "" || f.BodyCode(l.Body) == q.body)
}

// collect returns up to most looks of a query, and the instant before which the
// rest lies; zero where that was all.
func (f *Face) collect(ctx context.Context, v webkit.Visit, q query, most int) ([]inquiry.Look, time.Time, error) {
	size := perFetch
	if !q.filtered() && most < perFetch {
		size = most + 1
	}
	var found []inquiry.Look
	for before := q.before; ; {
		rows, err := f.Service.Lookups(ctx, v.Person, inquiry.Page{Before: before, Limit: size}, v.Now)
		if err != nil {
			return nil, time.Time{}, err
		}
		full := len(rows) == size
		if full {
			rows = rows[:whole(rows, size-1)]
			before = rows[len(rows)-1].At
		}
		for _, l := range rows {
			if f.fits(q, l) {
				found = append(found, l)
			}
		}
		switch {
		case len(found) > most:
			n := whole(found, most)
			return found[:n], found[n-1].At, nil
		case !full:
			return found, time.Time{}, nil
		case len(found) == most:
			return found, before, nil
		}
	}
}

// whole returns how many of the first n looks can be kept without parting some
// of the same instant, since the next part begins before an instant. Where all
// are of one instant it is n.
func whole(looks []inquiry.Look, n int) int {
	for i := n; i > 0 && i < len(looks); i-- {
		if !looks[i].At.Equal(looks[i-1].At) {
			return i
		}
	}
	return n
}

func (f *Face) list(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	q, err := f.query(v)
	if err != nil {
		return nil, err
	}
	looks, next, err := f.collect(ctx, v, q, perPage)
	if err != nil {
		return nil, err
	}
	w := f.words.In(v.Lang)
	p := listView{f: f, w: w, v: v, q: q, entries: f.entries(looks, v), export: q.path("/me/lookups/export", time.Time{})}
	if !next.IsZero() {
		p.older = q.path("/me/lookups", next)
	}
	if !q.before.IsZero() {
		p.newest = q.path("/me/lookups", time.Time{})
	}
	for _, b := range f.Service.Shelf.At(v.Now).Bodies() {
		if b.May(law.Inquirer) {
			p.bodies = append(p.bodies, option{b.Code, b.Names[v.Lang]})
		}
	}
	return webkit.Page{Title: w.Title.String(), Nav: "/me/lookups", Content: listPage(p)}, nil
}

// export returns the whole list, as filtered, up to maxExport rows.
func (f *Face) export(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	q, err := f.query(v)
	if err != nil {
		return nil, err
	}
	q.before = time.Time{}
	looks, _, err := f.collect(ctx, v, q, maxExport)
	if err != nil {
		return nil, err
	}
	w := f.words.In(v.Lang).CSV
	rows := [][]string{{w.At.String(), w.Body.String(), w.Purpose.String(), w.Basis.String(), w.Case.String(), w.Reason.String(),
		w.Outcome.String(), w.Records.String(), w.Number.String()}}
	for _, e := range f.entries(looks, v) {
		rows = append(rows, e.row())
	}
	data, err := webkit.CSV(rows)
	return webkit.File{Name: "look-ups-" + v.Today().String() + ".csv", Type: "text/csv; charset=utf-8", Data: data}, err
}

// row writes a look-up as a row of the table.
func (e entry) row() []string {
	outcome := e.w.CSV.Answered
	switch e.Outcome {
	case inquiry.NotAnswered:
		outcome = e.w.CSV.Refused
	case inquiry.Stopped:
		outcome = e.w.CSV.Stopped
	case inquiry.NothingToShow:
		outcome = e.w.CSV.Nothing
	case inquiry.Refer:
		outcome = e.w.CSV.Referred
	}
	records := ""
	for i, r := range e.Records {
		if i > 0 {
			records += " "
		}
		records += r.String()
	}
	return []string{e.At.In(e.v.Dates.Zone).Format(time.RFC3339), e.who(), e.purpose(), e.basis(), e.Case, e.Reason,
		outcome.String(), records, e.Access.String()}
}
