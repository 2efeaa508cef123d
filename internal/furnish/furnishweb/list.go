package furnishweb

import (
	"context"
	"net/url"
	"slices"

	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/kit/webkit"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// query is what part of the list was asked for.
type query struct {
	typ, state, since string
	furnish.Filter
}

var errQuery = fault.New(fault.Invalid, "E-FILTER", "These filters are not known. Nothing was changed.")

func (f *Face) query(v webkit.Visit) (q query, err error) {
	q.typ, q.state, q.since = v.Query.Get("type"), v.Query.Get("state"), v.Query.Get("since")
	if !slices.Contains([]furnish.State{"", furnish.Running, furnish.Done, furnish.Failed}, furnish.State(q.state)) {
		return q, errQuery
	}
	q.Type, q.State = q.typ, furnish.State(q.state)
	if q.since != "" {
		day, err := when.Parse(q.since)
		if err != nil {
			return q, errQuery
		}
		q.Since = day.Start(v.Dates.Zone)
	}
	q.Before, err = furnish.ParseCursor(v.Query.Get("before"))
	return q, err
}

func (q query) filtered() bool { return q.typ != "" || q.state != "" || q.since != "" }

// path is the address of the list, narrowed as now, from a place on.
func (q query) path(before furnish.Cursor) string {
	values := url.Values{}
	for name, text := range map[string]string{"type": q.typ, "state": q.state, "since": q.since} {
		if text != "" {
			values.Set(name, text)
		}
	}
	if before != (furnish.Cursor{}) {
		values.Set("before", before.String())
	}
	if len(values) == 0 {
		return listPath
	}
	return listPath + "?" + values.Encode()
}

// list shows what the body sent.
func (f *Face) list(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	q, err := f.query(v)
	if err != nil {
		return nil, err
	}
	got, next, err := f.Service.List(ctx, clerk(v), q.Filter, perPage, v.Now)
	if err != nil {
		return nil, err
	}
	w := f.words.In(v.Lang)
	view := listView{f: f, w: w, v: v, q: q, got: got, types: f.Shelf.At(v.Now).Furnishable(v.BodyCode)}
	if next != (furnish.Cursor{}) {
		view.older = q.path(next)
	}
	if q.Before != (furnish.Cursor{}) {
		view.newest = q.path(furnish.Cursor{})
	}
	return webkit.Page{Title: w.List.Title.String(), Nav: listPath, Content: listTable(view)}, nil
}

// receipt gives the signed receipt of a delivery.
func (f *Face) receipt(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	id, err := ref.Parse[ref.Delivery](v.Param("delivery"))
	if err != nil {
		return nil, furnish.ErrNotFound
	}
	r, err := f.Service.Receipt(ctx, clerk(v), id)
	return webkit.File{Name: id.String() + "-receipt.txt", Type: "text/plain; charset=utf-8", Data: []byte(r.Note)}, err
}

// delivery shows what became of one delivery.
func (f *Face) delivery(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	id, err := ref.Parse[ref.Delivery](v.Param("delivery"))
	if err != nil {
		return nil, furnish.ErrNotFound
	}
	d, err := f.Service.ByID(ctx, clerk(v), id)
	if err != nil {
		return nil, err
	}
	w, path := f.words.In(v.Lang), deliveryPath+id.String()
	view := deliveryView{f: f, w: w, v: v, d: d}
	view.page, err = f.findings(v, path, func(after int64, most int) ([]furnish.Finding, error) {
		return f.Service.Findings(ctx, d, after, int32(most))
	})
	if err != nil {
		return nil, err
	}
	page := webkit.Page{Title: w.Delivery.Title.String(), Nav: listPath, Again: d.State == furnish.Running, Back: webkit.Link{Path: listPath, Text: w.List.Title.String()},
		Content: deliveryFacts(view)}
	switch v.Query.Get("done") {
	case "sent":
		page.Done = w.Delivery.Sent.String()
	case "again":
		page.Done = w.Delivery.SentBefore.String()
	}
	return page, nil
}
