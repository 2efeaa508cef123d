package inquiryweb

import (
	"context"
	"encoding/json"
	"time"

	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/kit/webkit"
	"recourse/internal/ref"
)

var errNotFound = fault.New(fault.NotFound, "E-LOOKUP", "There is no such look-up in your list. Check the number.")

func (f *Face) one(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	look, err := f.named(ctx, v)
	if err != nil {
		return nil, err
	}
	e := f.entry(look, v)
	if f.Beside != nil {
		if e.beside, err = f.Beside(ctx, v, look.Access); err != nil {
			return nil, err
		}
	}
	return webkit.Page{Title: e.w.One.String(), Nav: "/me/lookups", Back: webkit.Link{Path: "/me/lookups", Text: e.w.Title.String()},
		Content: onePage(e)}, nil
}

// proof is the signature of the body under its question, as a file: what was
// signed, the signature, the question, and the id of the key.
func (f *Face) proof(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	look, err := f.named(ctx, v)
	if err != nil {
		return nil, err
	}
	if look.Proof == nil {
		return nil, errNotFound
	}
	data, err := json.MarshalIndent(look.Proof, "", "  ")
	return webkit.File{Name: "question-" + v.Today().String() + ".json", Type: "application/json; charset=utf-8", Data: append(data, '\n')}, err
}

// named is the look-up that the address names.
func (f *Face) named(ctx context.Context, v webkit.Visit) (inquiry.Look, error) {
	id, err := ref.Parse[ref.Inquiry](v.Param("look"))
	if err != nil {
		return inquiry.Look{}, errNotFound
	}
	return f.find(ctx, v, id)
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
