package inquiryweb

import (
	"context"
	"time"

	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/kit/webkit"
	"recourse/internal/ref"
)

var errNotFound = fault.New(fault.NotFound, "E-LOOKUP", "There is no such look-up in your list. Check the number.")

func (f *Face) one(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	id, err := ref.Parse[ref.Inquiry](v.Param("look"))
	if err != nil {
		return nil, errNotFound
	}
	look, err := f.find(ctx, v, id)
	if err != nil {
		return nil, err
	}
	e := f.entry(look, v)
	return webkit.Page{Title: e.w.One.String(), Nav: "/me/lookups", Back: webkit.Link{Path: "/me/lookups", Text: e.w.Title.String()},
		Content: onePage(e)}, nil
}

// find looks for one look-up in the plain list, then reads its sealed part.
func (f *Face) find(ctx context.Context, v webkit.Visit, id ref.Inquiry) (inquiry.Look, error) {
	for page := (inquiry.Page{Limit: perFetch}); ; {
		rows, err := f.Service.Recent(ctx, v.Person, page)
		if err != nil {
			return inquiry.Look{}, err
		}
		for _, l := range rows {
			if l.Access == id {
				return f.opened(ctx, v, l)
			}
		}
		if len(rows) < page.Limit {
			return inquiry.Look{}, errNotFound
		}
		page.Before = rows[whole(rows, len(rows)-1)-1].At
	}
}

// opened returns a look with its sealed part.
func (f *Face) opened(ctx context.Context, v webkit.Visit, l inquiry.Look) (inquiry.Look, error) {
	rows, err := f.Service.Lookups(ctx, v.Person, inquiry.Page{Before: l.At.Add(time.Microsecond), Limit: perPage}, v.Now)
	if err != nil {
		return l, err
	}
	for _, r := range rows {
		if r.Access == l.Access {
			return r, nil
		}
	}
	return l, nil
}
