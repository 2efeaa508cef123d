package consentweb

import (
	"context"
	"slices"
	"strings"

	"recourse/internal/consent"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// given is a consent as pages show it.
type given struct {
	consent.Given
	f *Face
	w *words
	v webkit.Visit
}

// rules is the pack in force; where it does not know the purpose any more, the
// one under which the consent was given.
func (g given) rules() *law.Pack {
	p := g.f.rules(g.v)
	if _, ok := p.Purpose(g.Purpose); !ok {
		return g.f.Service.Shelf.At(g.GivenAt)
	}
	return p
}

func (f *Face) rules(v webkit.Visit) *law.Pack { return f.Service.Shelf.At(v.Now) }

func (g given) path() string { return "/me/consents/" + g.ID.String() }

// stopped, over, undoable: where the consent stands at the instant of the visit.
func (g given) stopped() bool  { return !g.StoppedAt.IsZero() }
func (g given) used() bool     { return !g.UsedAt.IsZero() }
func (g given) over() bool     { return !g.Stands(g.v.Now) }
func (g given) undoable() bool { return !g.over() && g.v.Now.Before(g.UsableFrom) }

// last is the last day on which it can be used.
func (g given) last() when.Date { return g.v.Dates.LastDay(g.Until) }

// state says in words where it stands.
func (g given) state() string {
	d, w := g.v.Dates, g.w.State
	switch {
	case g.stopped():
		return w.Stopped.With("day", d.Day(d.Of(g.StoppedAt)))
	case g.used():
		return w.Used.With("day", d.Day(d.Of(g.UsedAt)))
	case g.over():
		return w.Ended.With("day", d.Day(g.last()))
	case g.undoable():
		return w.Undo.With("time", d.Clock(g.UsableFrom))
	}
	if g.Single {
		return w.StandsOnce.With("day", d.Day(g.last()))
	}
	return w.Stands.With("day", d.Day(g.last()))
}

func (g given) tag() (text, class string) {
	switch {
	case g.over():
		return g.w.Tags.Over.String(), "tag off"
	case g.undoable():
		return g.w.Tags.Undo.String(), "tag clock"
	}
	return g.w.Tags.Stands.String(), "tag rec"
}

func (g given) body() string {
	if b, ok := g.rules().Body(g.f.BodyCode(g.Body)); ok {
		return b.Names[g.v.Lang]
	}
	return g.w.OtherBody.String()
}

// offer is one purpose of one body, for which consent can be given.
type offer struct {
	body    law.Body
	purpose law.Purpose
}

func (o offer) value() string { return o.body.Code + "|" + o.purpose.Code }

// crosses reports whether the purpose may see a type of another sector.
func (o offer) crosses() bool {
	return slices.ContainsFunc(o.purpose.Grants, func(g law.Grant) bool { return g.Across != nil })
}

// among returns those of the ticked values that are types of this offer. Where there is
// one type only, there is nothing to choose.
func (o offer) among(ticked []string) []string {
	var out []string
	for _, g := range o.purpose.Grants {
		if len(o.purpose.Grants) == 1 || slices.Contains(ticked, o.value()+"|"+g.Type) {
			out = append(out, g.Type)
		}
	}
	return out
}

// offers lists what the rules let a person allow.
func offers(v webkit.Visit, pack *law.Pack) []offer {
	var out []offer
	for _, p := range pack.Purposes() {
		if p.Basis != law.Consent {
			continue
		}
		for _, code := range p.Bodies {
			if b, ok := pack.Body(code); ok {
				out = append(out, offer{b, p.On(pack.Today(v.Now))})
			}
		}
	}
	return out
}

// seen is one type that a consent opens, in words.
type seen struct {
	law.Shown
	across *law.Across // where it is of another sector
}

// shown lists the types that a purpose may see and that are named, in words.
func shown(pack *law.Pack, purpose, lang string, types []string) []seen {
	p, ok := pack.Purpose(purpose)
	if !ok {
		return nil
	}
	var out []seen
	for _, s := range pack.Shown(p, lang) {
		if !slices.Contains(types, s.Code) {
			continue
		}
		i := slices.IndexFunc(p.Grants, func(g law.Grant) bool { return g.Type == s.Code })
		out = append(out, seen{s, p.Grants[i].Across})
	}
	return out
}

// sees says what a purpose lets a body see of the named types: types and their fields.
func (f *Face) sees(pack *law.Pack, purpose, lang string, types []string) string {
	w := f.words.In(lang)
	var all []string
	for _, s := range shown(pack, purpose, lang, types) {
		all = append(all, w.What.With("type", s.Type, "fields", strings.Join(s.Fields, w.Between.String())))
	}
	if len(all) == 0 {
		return w.OtherWhat.String()
	}
	return strings.Join(all, w.And.String())
}

func (g given) purpose() string {
	if p, ok := g.rules().Purpose(g.Purpose); ok {
		return p.Labels[g.v.Lang]
	}
	return g.w.OtherPurpose.String()
}

func (g given) sees() string { return g.f.sees(g.rules(), g.Purpose, g.v.Lang, g.Types) }

// often says how often it may be used.
func (g given) often() string {
	if g.Single {
		return g.w.New.Once.String()
	}
	return g.w.New.Several.String()
}

// law names the article that lets a body ask for the purpose; empty where the
// pack does not know it.
func (g given) law() string {
	p, ok := g.rules().Purpose(g.Purpose)
	if !ok {
		return ""
	}
	return g.w.Detail.Place.With("title", p.LegalBasis.Titles[g.v.Lang], "article", p.LegalBasis.Article)
}

// sentence is the consent in one sentence.
func (g given) sentence() string {
	return g.w.Sentence.With("body", g.body(), "what", g.sees(), "purpose", g.purpose())
}

// all returns a person's consents: those that stand first, then newest first.
func (f *Face) all(ctx context.Context, v webkit.Visit) ([]given, error) {
	list, err := f.Service.List(ctx, v.Person)
	if err != nil {
		return nil, err
	}
	out := make([]given, len(list))
	for i, g := range list {
		out[i] = given{g, f, f.words.In(v.Lang), v}
	}
	slices.SortStableFunc(out, func(a, b given) int {
		switch {
		case a.over() == b.over():
			return 0
		case b.over():
			return -1
		}
		return 1
	})
	return out, nil
}

// find returns one of the person's consents.
func (f *Face) find(ctx context.Context, v webkit.Visit, number string) (given, error) {
	id, err := ref.Parse[ref.Consent](number)
	if err != nil {
		return given{}, consent.ErrNotFound
	}
	all, err := f.all(ctx, v)
	if err != nil {
		return given{}, err
	}
	for _, g := range all {
		if g.ID == id {
			return g, nil
		}
	}
	return given{}, consent.ErrNotFound
}
