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

const freezePath = "/me/freeze"

// freezeView is the page of the freeze.
type freezeView struct {
	consent.Frozen
	f    *Face
	w    *words
	v    webkit.Visit
	mend []webkit.Mend
}

func (p freezeView) rules() *law.Pack { return p.f.rules(p.v) }

// state says in words how the freeze stands.
func (p freezeView) state() string {
	w := p.w.Freeze
	switch {
	case p.Stands:
		return w.Stands.With("time", p.v.Dates.Instant(p.Last.PlacedAt))
	case p.Last.ID.IsZero():
		return w.Never.String()
	}
	return w.Lifted.With("time", p.v.Dates.Instant(p.Last.LiftedAt))
}

// passes are the purposes that a freeze does not stop, with the law that says so.
func (p freezeView) passes() (out []string) {
	lang := p.v.Lang
	for _, u := range p.rules().Purposes() {
		if u.Passes == nil {
			continue
		}
		out = append(out, p.w.Freeze.PassesLine.With("purpose", u.Labels[lang], "law", p.w.Detail.Place.With("title", u.Passes.Titles[lang], "article", u.Passes.Article)))
	}
	return out
}

// askers are the bodies that a freeze stops: those that may ask on consent, or under a
// statute that does not pass.
func (p freezeView) askers() (out []law.Body) {
	stopped := map[string]bool{}
	for _, u := range p.rules().Purposes() {
		for _, b := range u.Bodies {
			stopped[b] = stopped[b] || u.Passes == nil
		}
	}
	for _, b := range p.rules().Bodies() {
		if stopped[b.Code] {
			out = append(out, b)
		}
	}
	return out
}

func (p freezeView) lifted(l consent.Lift) string {
	name := p.w.OtherBody.String()
	if b, ok := p.rules().Body(p.f.BodyCode(l.Body)); ok {
		name = b.Names[p.v.Lang]
	}
	return p.w.Freeze.LiftsLine.With("body", name, "day", p.v.Dates.Day(p.v.Dates.LastDay(l.Until)))
}

// latest is the last day for which a freeze can be lifted for a body; week is what the
// form offers.
func (p freezeView) latest() when.Date {
	end, err := p.rules().ConsentUntil(p.v.Now)
	if err != nil {
		return p.week()
	}
	return p.v.Dates.LastDay(end)
}

func (p freezeView) week() when.Date { return p.v.Today() + 7 }

func (f *Face) freeze(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	return f.freezePage(ctx, v, nil)
}

func (f *Face) freezePage(ctx context.Context, v webkit.Visit, mend []webkit.Mend) (webkit.Reply, error) {
	stands, err := f.Service.Frozen(ctx, v.Person, v.Now)
	if err != nil {
		return nil, err
	}
	w := f.words.In(v.Lang)
	page := webkit.Page{Title: w.Freeze.Title.String(), Nav: "/me/consents", Mend: mend, Back: webkit.Link{Path: "/me/consents", Text: w.Title.String()},
		Content: frozenPage(freezeView{Frozen: stands, f: f, w: w, v: v, mend: mend})}
	done := map[string]webkit.Phrase{"placed": w.Freeze.DonePlaced, "lifted": w.Freeze.DoneLifted, "for": w.Freeze.DoneFor, "back": w.Freeze.DoneBack, "again": w.Freeze.DoneAgain}
	if p, ok := done[v.Query.Get("done")]; ok {
		page.Done = p.String()
	}
	return page, nil
}

// changeFreeze places, lifts, lifts for one body, or takes one of these back.
func (f *Face) changeFreeze(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	var err error
	done := v.Form.Get("do")
	switch done {
	case "placed":
		err = f.Service.Freeze(ctx, v.Person, v.Now)
	case "lifted":
		err = f.Service.Unfreeze(ctx, v.Person, v.Now)
	case "again":
		err = f.Service.UndoUnfreeze(ctx, v.Person, v.Now)
	case "back":
		lift, bad := ref.Parse[ref.Lift](v.Form.Get("lift"))
		if bad != nil {
			return nil, consent.ErrNotFound
		}
		err = f.Service.StopLift(ctx, v.Person, lift, v.Now)
	default:
		done = "for"
		until, bad := when.Parse(v.Form.Get("until"))
		if _, known := f.rules(v).Body(v.Form.Get("body")); bad != nil || !known {
			return f.freezePage(ctx, v, []webkit.Mend{{Field: "until", Text: f.words.In(v.Lang).Freeze.Mend.String()}})
		}
		err = f.Service.LiftFor(ctx, v.Person, v.Form.Get("body"), until, v.Now)
	}
	var wrong *fault.Error
	if errors.As(err, &wrong) && wrong.Field == "until" {
		return f.freezePage(ctx, v, []webkit.Mend{{Field: "until", Text: f.words.In(v.Lang).Freeze.Mend.String()}})
	}
	return webkit.See{Path: freezePath + "?done=" + done}, err
}
