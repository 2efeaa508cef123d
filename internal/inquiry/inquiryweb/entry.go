package inquiryweb

import (
	"time"

	"github.com/a-h/templ"

	"recourse/internal/inquiry"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
)

// mostNamed is how many of the records that an asker saw a list names.
const mostNamed = 4

// entry is a look-up as pages show it.
type entry struct {
	inquiry.Look
	f     *Face
	rules *law.Pack // that decided
	w     *words
	v     webkit.Visit

	beside templ.Component // nil where no other room adds to the page
}

func (f *Face) entry(l inquiry.Look, v webkit.Visit) entry {
	return entry{Look: l, f: f, rules: law.Under(f.Service.Shelf, l.Pack, v.Now), w: f.words.In(v.Lang), v: v}
}

func (f *Face) entries(looks []inquiry.Look, v webkit.Visit) []entry {
	out := make([]entry, len(looks))
	for i, l := range looks {
		out[i] = f.entry(l, v)
	}
	return out
}

func (e entry) href() string { return e.v.Href("/me/lookups/" + e.Access.String()) }

func (e entry) refused() bool { return refused(e.Look) }

// refused reports whether nothing was answered: without a right, or because the
// person had frozen it.
func refused(l inquiry.Look) bool {
	return l.Outcome == inquiry.NotAnswered || l.Outcome == inquiry.Stopped
}

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
	switch {
	case e.Basis == inquiry.Case && e.Purpose == "repair":
		return e.w.RepairPurpose.String()
	case e.Basis == inquiry.Case && e.Purpose == "hold":
		return e.w.HoldPurpose.String()
	case e.Basis == inquiry.Case && e.Purpose == "death":
		return e.w.DeathPurpose.String()
	case e.Basis == inquiry.Case && e.Purpose == "statement":
		return e.w.WordsPurpose.String()
	case e.Basis == inquiry.Case && e.Purpose == "inspection":
		return e.w.InspectionPurpose.String()
	case e.Basis == inquiry.Case && e.Purpose == "ombudsman":
		return e.w.PleaPurpose.String()
	case e.Basis == inquiry.Case:
		return e.w.CasePurpose.String()
	}
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
	case e.Basis == inquiry.Case && e.Purpose == "repair":
		return e.w.Basis.Repair.String()
	case e.Basis == inquiry.Case && e.Purpose == "hold":
		return e.w.Basis.Hold.String()
	case e.Basis == inquiry.Case && e.Purpose == "death":
		return e.w.Basis.Death.String()
	case e.Basis == inquiry.Case && e.Purpose == "inspection":
		return e.w.Basis.Inspection.String()
	case e.Basis == inquiry.Case && e.Purpose == "ombudsman":
		return e.w.Basis.Plea.String()
	case e.Basis == inquiry.Case && e.Purpose == "statement":
		return e.w.Basis.Words.String()
	case e.Basis == inquiry.Case:
		return e.w.Basis.Contest.String()
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

// used says what the body did with the answer; empty where there was none.
func (e entry) used() string {
	switch {
	case e.refused() || e.Basis == inquiry.Case:
		return ""
	case e.Used == nil:
		return e.w.Used.Nothing.String()
	}
	return e.w.Used.Effects[string(e.Used.Effect)].With("day", e.v.Dates.Plain(e.v.Dates.Of(e.Used.At)))
}

// copy says whether the person was given a copy and the reason.
func (e entry) copy() string {
	switch by := e.v.Dates.Plain(e.Used.CopyBy); {
	case !e.Used.Given.IsZero():
		return e.w.Used.Given.With("day", e.v.Dates.Plain(e.v.Dates.Of(e.Used.Given)))
	case e.Used.Overdue(e.v.Today()):
		return e.w.Used.Late.With("day", by)
	default:
		return e.w.Used.Owed.With("day", by)
	}
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
