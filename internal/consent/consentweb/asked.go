package consentweb

import (
	"context"
	"errors"

	"recourse/internal/consent"
	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// asked is a request of a body as pages show it.
type asked struct {
	consent.Asked
	f *Face
	w *words
	v webkit.Visit
}

func (a asked) path() string { return "/me/consents/requests/" + a.ID.String() }

// open reports whether it can still be decided.
func (a asked) open() bool { return a.Ending == "" && a.Until >= a.v.Today() }

func (a asked) rules() *law.Pack { return a.f.rules(a.v) }

func (a asked) body() string {
	if b, ok := a.rules().Body(a.f.BodyCode(a.Body)); ok {
		return b.Names[a.v.Lang]
	}
	return a.w.OtherBody.String()
}

func (a asked) purpose() string {
	if p, ok := a.rules().Purpose(a.Purpose); ok {
		return p.Labels[a.v.Lang]
	}
	return a.w.OtherPurpose.String()
}

func (a asked) law() string {
	p, ok := a.rules().Purpose(a.Purpose)
	if !ok {
		return ""
	}
	return a.w.Detail.Place.With("title", p.LegalBasis.Titles[a.v.Lang], "article", p.LegalBasis.Article)
}

func (a asked) shown() []seen { return shown(a.rules(), a.Purpose, a.v.Lang, a.Types) }

func (a asked) sentence() string {
	return a.w.Asked.Sentence.With("body", a.body(), "what", a.f.sees(a.rules(), a.Purpose, a.v.Lang, a.Types), "purpose", a.purpose())
}

// crosses reports whether a type of another sector is asked for.
func (a asked) crosses() bool {
	for _, s := range a.shown() {
		if s.across != nil {
			return true
		}
	}
	return false
}

// state says in words what became of it.
func (a asked) state() string {
	w, d := a.w.Asked, a.v.Dates
	switch {
	case a.Ending == consent.ByGiving:
		return w.Given.With("day", d.Day(d.Of(a.EndedAt)))
	case a.Ending == consent.NoRight:
		return w.NoRight.With("day", d.Day(d.Of(a.EndedAt)))
	case a.Ending == consent.ByRefusal:
		return w.Refused.With("day", d.Day(d.Of(a.EndedAt)))
	case !a.open():
		return w.Over.With("day", d.Day(a.Until))
	}
	return w.Open.With("day", d.Day(d.Of(a.OpenedAt)))
}

func (f *Face) requests(ctx context.Context, v webkit.Visit) ([]asked, error) {
	all, err := f.Service.RequestsOf(ctx, v.Person)
	if err != nil {
		return nil, err
	}
	out := make([]asked, len(all))
	for i, a := range all {
		out[i] = asked{a, f, f.words.In(v.Lang), v}
	}
	return out, nil
}

func (f *Face) request(ctx context.Context, v webkit.Visit) (asked, error) {
	id, err := ref.Parse[ref.Request](v.Param("request"))
	if err != nil {
		return asked{}, consent.ErrNoRequest
	}
	all, err := f.requests(ctx, v)
	if err != nil {
		return asked{}, err
	}
	for _, a := range all {
		if a.ID == id {
			return a, nil
		}
	}
	return asked{}, consent.ErrNoRequest
}

// codeForm asks for the code of a request. One that came with a link is filled in, and
// not entered: who follows a link has decided nothing.
func (f *Face) codeForm(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	return f.codePage(v, v.Query.Get("code"), nil)
}

func (f *Face) codePage(v webkit.Visit, code string, mend []webkit.Mend) (webkit.Reply, error) {
	w := f.words.In(v.Lang)
	return webkit.Page{Title: w.Asked.Code.String(), Nav: "/me/consents", Mend: mend, Back: webkit.Link{Path: "/me/consents", Text: w.Title.String()},
		Content: codePage(codeView{w: w, v: v, code: code, mend: mend})}, nil
}

// enter takes a code.
func (f *Face) enter(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	code := v.Form.Get("code")
	a, err := f.Service.Enter(ctx, v.Person, code, v.Now)
	if errors.Is(err, consent.ErrNoRequest) {
		return f.codePage(v, code, []webkit.Mend{{Field: "code", Text: f.words.In(v.Lang).Asked.MendCode.String()}})
	}
	if err != nil {
		return nil, err
	}
	return webkit.See{Path: "/me/consents/requests/" + a.ID.String()}, nil
}

// ask shows what a body wants to be allowed, and the three answers.
func (f *Face) ask(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	a, err := f.request(ctx, v)
	if err != nil {
		return nil, err
	}
	return f.askPage(a, nil), nil
}

func (f *Face) askPage(a asked, mend []webkit.Mend) webkit.Reply {
	return webkit.Page{Title: a.w.Asked.One.String(), Nav: "/me/consents", Mend: mend, Back: webkit.Link{Path: "/me/consents", Text: a.w.Title.String()},
		Content: requestPage(a, mend)}
}

// decide takes the person's answer to a request.
func (f *Face) decide(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	a, err := f.request(ctx, v)
	if err != nil {
		return nil, err
	}
	if do := v.Form.Get("do"); do != "give" {
		if err := f.Service.Refuse(ctx, v.Person, a.ID, do == "no-right", v.Now); err != nil {
			return nil, err
		}
		return webkit.See{Path: "/me/consents?done=refused"}, nil
	}
	types, w := v.Form["types"], a.w.Mend
	if len(a.Types) == 1 {
		types = a.Types
	}
	until, err := when.Parse(v.Form.Get("until"))
	var mend []webkit.Mend
	if len(types) == 0 {
		mend = append(mend, webkit.Mend{Field: "types", Text: w.Types.String()})
	}
	if err != nil || until < v.Today() || until > a.Until {
		mend = append(mend, webkit.Mend{Field: "until", Text: w.UntilLate.With("day", v.Dates.Day(a.Until))})
	}
	if len(mend) > 0 {
		return f.askPage(a, mend), nil
	}
	_, err = f.Service.Agree(ctx, v.Person, a.ID, consent.Choice{Types: types, Until: until, Started: v.Form.Get("started") == "yes"}, v.Now)
	var refused *fault.Error
	if errors.As(err, &refused) && refused.Field == "started" {
		return f.askPage(a, []webkit.Mend{{Field: "started", Text: w.Started.String()}}), nil
	}
	if err != nil {
		return nil, err
	}
	return webkit.See{Path: "/me/consents?done=given"}, nil
}
