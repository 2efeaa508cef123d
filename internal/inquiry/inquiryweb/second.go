package inquiryweb

import (
	"context"
	"errors"

	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/kit/webkit"
	"recourse/internal/party"
	"recourse/internal/ref"
)

// waits tells a clerk that somebody else of the body has to confirm, and keeps what
// was filled in for the second sending.
func (a *Asker) waits(ctx context.Context, v webkit.Visit, clerk party.Clerk, q question) (webkit.Reply, error) {
	p, err := a.Service.Pending(ctx, clerk, inquiry.NumberOf(clerk.ID, q.key), v.Now)
	if err != nil {
		return nil, err
	}
	w := a.words.In(v.Lang)
	view := formView{askView: askView{a: a, w: w, v: v, rules: a.Service.Shelf.At(v.Now)}, q: q, pending: &p}
	return webkit.Page{Title: w.Second.WaitTitle.String(), Nav: askPath, Back: webkit.Link{Path: askPath, Text: w.Title.String()}, Content: waitsPage(view)}, nil
}

// confirmForm shows the empty form of a second person.
func (a *Asker) confirmForm(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p, err := a.pending(ctx, v, v.Query.Get("inquiry"))
	if err != nil {
		return nil, err
	}
	u, err := a.find(v, p.Purpose)
	if err != nil {
		return nil, err
	}
	return a.confirmPage(v, p, question{purpose: u}, nil), nil
}

var errPending = fault.New(fault.NotFound, "E-SECOND-NONE", "Your body has no request of this number that waits. It may have been confirmed or have ended. Nothing was changed.")

func (a *Asker) pending(ctx context.Context, v webkit.Visit, number string) (inquiry.Pending, error) {
	id, err := ref.Parse[ref.Inquiry](number)
	if err != nil {
		return inquiry.Pending{}, errPending
	}
	clerk, err := a.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return inquiry.Pending{}, err
	}
	return a.Service.Pending(ctx, clerk, id, v.Now)
}

func (a *Asker) confirmPage(v webkit.Visit, p inquiry.Pending, q question, mend []webkit.Mend) webkit.Page {
	w := a.words.In(v.Lang)
	view := formView{askView: askView{a: a, w: w, v: v, rules: a.Service.Shelf.At(v.Now)}, q: q, mend: mend, pending: &p}
	return webkit.Page{Title: w.Second.FormTitle.String(), Nav: askPath, Mend: mend, Back: webkit.Link{Path: askPath, Text: w.Title.String()}, Content: confirmFormPage(view)}
}

// confirm compares what a second person entered with what was asked. It shows
// nothing of the person asked about.
func (a *Asker) confirm(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p, err := a.pending(ctx, v, v.Form.Get("inquiry"))
	if err != nil {
		return nil, err
	}
	q, request, mend, err := a.read(v)
	if err != nil {
		return nil, err
	}
	if len(mend) > 0 {
		return a.confirmPage(v, p, q, mend), nil
	}
	clerk, err := a.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	request.Key = p.Inquiry.String() // there is none: who asked sends theirs
	err = a.Service.Confirm(ctx, clerk, p.Inquiry, request, v.Now)
	var wrong *fault.Error
	if errors.As(err, &wrong) && wrong.Kind == fault.Invalid {
		return a.confirmPage(v, p, q, []webkit.Mend{a.mend(v, wrong.At("id_number"))}), nil
	}
	if err != nil {
		return nil, err
	}
	w := a.words.In(v.Lang)
	return webkit.Page{Title: w.Second.Done.String(), Nav: askPath, Back: webkit.Link{Path: askPath, Text: w.Title.String()},
		Content: confirmedPage(askView{a: a, w: w, v: v, rules: a.Service.Shelf.At(v.Now)}, p)}, nil
}
