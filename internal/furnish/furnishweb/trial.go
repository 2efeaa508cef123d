package furnishweb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/kit/webkit"
	"recourse/internal/ref"
)

// perPage is how many findings or deliveries a page shows.
const perPage = 50

// find returns the draft and what its dry run said. What is over, another body's
// or nothing at all is alike.
func (f *Face) find(v webkit.Visit) (*draft, furnish.Trial, error) {
	id, err := ref.Parse[ref.Trial](v.Param("trial"))
	if err != nil {
		return nil, furnish.Trial{}, furnish.ErrNoTrial
	}
	f.drafts.tidy(v.Now)
	d, ok := f.drafts.find(v.Body, id)
	if !ok {
		return nil, furnish.Trial{}, furnish.ErrNoTrial
	}
	t, err := f.Service.Trial(clerk(v), id, v.Now)
	return d, t, err
}

// trial shows what would become of the rows, or how the sending goes.
func (f *Face) trial(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	d, t, err := f.find(v)
	w := f.words.In(v.Lang)
	if errors.Is(err, furnish.ErrNoTrial) {
		return webkit.Page{Title: w.Trial.Gone.String(), Nav: newPath, Content: gonePage(w, v)}, nil
	}
	if err != nil {
		return nil, err
	}
	s := d.standing()
	if s.stage == sent {
		done := "sent"
		if s.replayed {
			done = "again"
		}
		return webkit.See{Path: deliveryPath + s.delivery.String() + "?done=" + done}, nil
	}
	view := trialView{f: f, w: w, v: v, t: t, s: s, until: v.Dates.Clock(d.made.Add(furnish.TrialKept)), path: trialsPath + t.ID.String()}
	if s.err != nil {
		view.wrong = f.wrong(v.Lang, fault.Of(s.err))
	}
	if view.page, err = f.findings(v, view.path, func(after int64, most int) ([]furnish.Finding, error) { return t.Page(after, most), nil }); err != nil {
		return nil, err
	}
	return webkit.Page{Title: w.Trial.Title.String(), Nav: newPath, Again: s.stage == sending, Back: webkit.Link{Path: listPath, Text: w.List.Title.String()},
		Content: trialPage(view)}, nil
}

// decide sends what was tried, or forgets it.
func (f *Face) decide(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	d, _, err := f.find(v)
	if err != nil {
		return webkit.See{Path: trialsPath + v.Param("trial")}, nil
	}
	switch v.Form.Get("do") {
	case "forget":
		f.drafts.forget(d)
		return webkit.See{Path: newPath}, nil
	case "send":
		if d.begin(v.Now) {
			select {
			case f.sends <- d:
			default: // as many wait as can
				d.end(furnish.Report{}, fault.New(fault.TooMany, "E-SENDING", "Too many deliveries wait to be sent. Nothing was lost. Send it again in a few minutes."))
			}
		}
		return webkit.See{Path: trialsPath + d.id.String()}, nil
	}
	return nil, fault.New(fault.Invalid, "E-FORM", "The form asks for nothing that can be done. Nothing was done.")
}

// errors gives the rows that would not be taken as a file of the same form.
func (f *Face) errors(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	d, t, err := f.find(v)
	if err != nil {
		return nil, err
	}
	in, err := f.Service.Files.Open(context.WithoutCancel(ctx), d.file.Reader())
	if err != nil {
		return nil, err
	}
	typ, ok := f.Shelf.At(v.Now).Type(t.Type)
	if !ok { // the rules have changed meanwhile
		return nil, errors.Join(furnish.ErrNoTrial, in.Close())
	}
	from, to := io.Pipe()
	go func() {
		_, err := furnish.Mend(in, furnish.Mending{
			Findings: func(after int64) ([]furnish.Finding, error) { return t.Rows(after, perRead), nil },
			Begin:    func(header []string) (furnish.Writer, error) { return f.Creator.Create(to, t.Form, header) },
			Type:     typ,
			Say:      func(g furnish.Finding) (string, string) { return f.say(v.Lang, g) },
		})
		_ = to.CloseWithError(errors.Join(err, in.Close())) // it never fails
	}()
	return webkit.Stream{Name: t.Type + "-errors." + string(t.Form.Format), Type: mediaTypes()[t.Form.Format], Size: -1, Body: from}, nil
}

// perRead is how many rows' findings are taken at once.
const perRead = 500

// findingsPage is some findings of a trial or a delivery, worded.
type findingsPage struct {
	lines        []line
	first, older string
}

// line is one finding as it is shown.
type line struct {
	row         int64
	field, code string
	outcome     furnish.Outcome
	what, fix   string
}

// findings returns the page that the address asks for.
func (f *Face) findings(v webkit.Visit, path string, get func(after int64, most int) ([]furnish.Finding, error)) (p findingsPage, err error) {
	var after int64
	if text := v.Query.Get("after"); text != "" {
		if after, err = strconv.ParseInt(text, 10, 64); err != nil || after < 0 {
			return p, fault.New(fault.Invalid, "E-FILTER", "This is no place in the list. Nothing was changed.")
		}
		p.first = path
	}
	got, err := get(after, perPage+1)
	if err != nil {
		return p, err
	}
	if len(got) > perPage {
		n := perPage
		for n > 1 && got[n-1].Row == got[n].Row { // a row is not torn
			n--
		}
		got = got[:n]
		p.older = fmt.Sprint(path, "?after=", got[n-1].Row)
	}
	for _, g := range got {
		l := line{row: g.Row, field: g.Field, code: g.Code, outcome: g.Outcome}
		l.what, l.fix = f.say(v.Lang, g)
		p.lines = append(p.lines, l)
	}
	return p, nil
}

// tooLong reports whether an upload met the bound of its route.
func tooLong(err error) bool {
	var long *http.MaxBytesError
	return errors.As(err, &long)
}

// size writes a number of bytes for people.
func size(n int64) string { return strconv.FormatInt(n>>20, 10) + " MB" }
