package inquiryweb

import (
	"context"

	"recourse/internal/inquiry"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
)

// usedView is the page on which a body reads what it noted, with the letter that it owes
// the person of an adverse decision.
type usedView struct {
	askView
	use     inquiry.Use
	stub    string
	purpose law.Purpose
	body    string
}

// use notes what the body did with an answer.
func (a *Asker) use(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	clerk, err := a.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	n := inquiry.Noting{Stub: v.Form.Get("receipt"), Effect: inquiry.Effect(v.Form.Get("effect")), Given: v.Form.Has("given")}
	noted, err := a.Service.Note(ctx, clerk, n, v.Now)
	if err != nil {
		return nil, err
	}
	w, rules := a.words.In(v.Lang), a.Service.Shelf.At(v.Now)
	view := usedView{askView: askView{a: a, w: w, v: v, rules: rules}, use: noted, stub: n.Stub}
	view.purpose, _ = rules.Purpose(v.Form.Get("purpose"))
	if b, ok := rules.Body(v.BodyCode); ok {
		view.body = b.Names[v.Lang]
	}
	return webkit.Page{Title: w.Use.Title.String(), Nav: askPath, Back: webkit.Link{Path: askPath, Text: w.Title.String()}, Content: usedPage(view)}, nil
}
