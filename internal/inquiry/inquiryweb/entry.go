package inquiryweb

import (
	"time"

	"recourse/internal/inquiry"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
)

// entry is a look-up as pages show it.
type entry struct {
	inquiry.Look
	f     *Face
	rules *law.Pack // that decided
	w     *words
	v     webkit.Visit
}

func (f *Face) entry(l inquiry.Look, v webkit.Visit) entry {
	return entry{l, f, law.Under(f.Service.Shelf, l.Pack, v.Now), f.words.In(v.Lang), v}
}

func (f *Face) entries(looks []inquiry.Look, v webkit.Visit) []entry {
	out := make([]entry, len(looks))
	for i, l := range looks {
		out[i] = f.entry(l, v)
	}
	return out
}

func (e entry) href() string { return e.v.Href("/me/lookups/" + e.Access.String()) }

func (e entry) refused() bool { return e.Outcome == inquiry.NotAnswered }

// who names the body that asked.
func (e entry) who() string {
	if b, ok := e.rules.Body(e.f.BodyCode(e.Body)); ok {
		return b.Names[e.v.Lang]
	}
	return e.Body.String()
}

// purpose names the purpose in the words of the pack. What an asker made up is
// not repeated: it could be written to be read by the person.
func (e entry) purpose() string {
	if p, ok := e.rules.Purpose(e.Purpose); ok {
		return p.Labels[e.v.Lang]
	}
	return e.w.UnknownPurpose.String()
}

// sentence says in one plain sentence what the purpose is for; empty where the
// pack does not know it.
func (e entry) sentence() string {
	p, _ := e.rules.Purpose(e.Purpose)
	return p.Sentence[e.v.Lang]
}

// basis says what the look-up rests on, or what was claimed where it was refused.
func (e entry) basis() string {
	switch {
	case e.refused() && e.Basis == inquiry.Consent:
		return e.w.Basis.Claimed.String()
	case e.refused():
		return e.w.Basis.ClaimedLaw.String()
	case e.Basis == inquiry.Consent:
		return e.w.Basis.Consent.String()
	}
	return e.w.Basis.Statute.With("law", e.law())
}

func (e entry) law() string {
	p, ok := e.rules.Purpose(e.Purpose)
	if !ok {
		return "–"
	}
	return e.w.Basis.Place.With("title", p.LegalBasis.Titles[e.v.Lang], "article", p.LegalBasis.Article)
}

// kept says how long look-ups are kept.
func (f *Face) kept(w *words, now time.Time) string {
	t := f.Service.Shelf.At(now).Access().Term
	switch t.Unit {
	case law.Years:
		return w.Term.Years.N(t.N)
	case law.Months:
		return w.Term.Months.N(t.N)
	}
	return w.Term.Days.N(t.N)
}

// given returns what the asker wrote, or that nothing was.
func (e entry) given(text string) string {
	if text == "" {
		return e.w.Detail.None.String()
	}
	return text
}
