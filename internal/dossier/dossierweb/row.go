package dossierweb

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"recourse/internal/catalogue"
	"recourse/internal/dossier"
	"recourse/internal/kit/webkit"
	"recourse/internal/when"
)

// standing is where a record stands for its person, as a page tells it.
type standing uint8

const (
	noticed   standing = iota // not in effect
	soon                      // in effect from a later instant
	shown                     // others can see it
	atOnce                    // those can whom its statute names, before it takes effect
	off                       // its time to be shown is over
	withdrawn                 // by its source
	erased                    // content gone
)

// stand reads where a record stands. Whether others can see it is not decided
// here: the room says it.
func stand(r dossier.Shown, now time.Time) standing {
	switch {
	case r.State == dossier.Erased, r.State.Empty() && len(r.Fields) == 0:
		return erased // by itself, or with what ended it
	case r.State == dossier.Withdrawn:
		return withdrawn
	case r.Provisional:
		return atOnce
	case r.State == dossier.Noticed:
		return noticed
	case r.Visible:
		return shown
	case r.State == dossier.InForce && r.EffectAt.After(now):
		return soon
	}
	return off
}

// card is a record as pages show it.
type card struct {
	dossier.Shown
	rules Rules // under which it was written
	w     *words
	v     webkit.Visit
	st    standing
}

func (f *Face) card(r dossier.Shown, v webkit.Visit) card {
	return card{Shown: r, rules: f.Rules(r.Pack, v.Now), w: f.words.In(v.Lang), v: v, st: stand(r, v.Now)}
}

func (c card) label() string { return label(c.rules, c.Type, c.v.Lang) }

// label names a type of record; by its code where the rules do not know it.
func label(rules Rules, typ, lang string) string {
	if t, ok := rules.Type(typ); ok {
		return t.Labels[lang]
	}
	return typ
}

func (c card) sentence() string {
	if t, ok := c.rules.Type(c.Type); ok {
		return t.Sentence[c.v.Lang]
	}
	return c.Type
}

// document is the number of the decision that the record rests on; empty where
// it cannot be read any more.
func (c card) document() string {
	if t, ok := c.rules.Type(c.Type); ok {
		return c.Fields[t.Decision.Document]
	}
	return ""
}

func (c card) source() string { return c.rules.BodyName(c.Source, c.v.Lang) }

func (c card) href() string { return c.v.Href("/me/records/" + c.Record.String()) }

// tag returns the short word for where a record stands, and its look.
func (c card) tag() (text, class string) {
	switch c.st {
	case shown:
		return c.w.Tags.Shown.String(), "tag rec"
	case atOnce:
		return c.w.Tags.AtOnce.String(), "tag rec"
	case noticed, soon:
		return c.w.Tags.Waiting.String(), "tag wait"
	case withdrawn:
		return c.w.Tags.Withdrawn.String(), "tag off"
	case erased:
		return c.w.Tags.Erased.String(), "tag off"
	}
	return c.w.Tags.Off.String(), "tag off"
}

// ends says in words what the bar shows: until when.
func (c card) ends() templ.Component {
	w, d, today := c.w.Ends, c.v.Dates, c.v.Today()
	parts := map[string]templ.Component{
		"end": c.bold(c.DisplayEnd), "erased": c.bold(c.RetainEnd), "from": c.bold(d.Of(c.EffectAt)),
	}
	switch c.st {
	case atOnce:
		return c.provisional(w.AtOnce, w.AtOnceHeard)
	case noticed:
		return w.Noticed.Rich(parts)
	case soon:
		return w.Soon.Rich(parts)
	case withdrawn:
		return w.Withdrawn.Rich(parts)
	case erased:
		if c.ErasedAt.IsZero() {
			return w.Erased.Rich(nil)
		}
		return w.ErasedOn.Rich(map[string]templ.Component{"day": c.bold(d.Of(c.ErasedAt))})
	case off:
		return w.Off.Rich(parts)
	}
	if c.DisplayEnd <= today {
		return w.LastDay.Rich(parts)
	}
	parts["span"] = webkit.Text(d.Span(today, c.DisplayEnd))
	if c.Negative {
		return w.Shown.Rich(parts)
	}
	return w.Held.Rich(parts)
}

func (c card) bold(d when.Date) templ.Component { return webkit.Day(d, c.v.Dates.Plain(d)) }

// seen says who can see a record.
func (c card) seen() templ.Component {
	w, d := c.w.Seen, c.v.Dates
	parts := map[string]templ.Component{"end": webkit.Day(c.DisplayEnd, d.Plain(c.DisplayEnd)),
		"from": webkit.Day(d.Of(c.EffectAt), d.Plain(d.Of(c.EffectAt)))}
	switch c.st {
	case atOnce:
		return c.provisional(w.AtOnce, w.AtOnceHeard)
	case noticed:
		return w.Noticed.Rich(parts)
	case soon:
		return w.Soon.Rich(parts)
	case shown:
		return w.Shown.Rich(parts)
	case withdrawn:
		return w.Withdrawn.Rich(parts)
	case erased:
		return w.Erased.Rich(parts)
	}
	return w.Off.Rich(parts)
}

// provisional says until when an effect at once lasts, and towards whom: another text
// where the person was heard.
func (c card) provisional(unheard, heard webkit.Phrase) templ.Component {
	parts := map[string]templ.Component{"named": webkit.Text(c.named()), "end": c.bold(c.DisplayEnd)}
	if c.AtOnce.UnheardUntil == 0 {
		return heard.Rich(parts)
	}
	parts["until"] = c.bold(c.AtOnce.UnheardUntil)
	return unheard.Rich(parts)
}

// named names the bodies towards which a decision has effect at once.
func (c card) named() string {
	t, ok := c.rules.Type(c.Type)
	if !ok || t.Immediate == nil {
		return ""
	}
	names := make([]string, len(t.Immediate.Recipients))
	for i, code := range t.Immediate.Recipients {
		names[i] = c.rules.UnitName(code, c.v.Lang)
	}
	return strings.Join(names, "; ")
}

// line is one field with its value in words.
type line struct {
	label, value string
	long         bool // a text of its own
}

// lines returns the fields in the order of the type; what the type does not know
// any more comes last under its own name.
func (c card) lines() []line {
	var out []line
	known := map[string]bool{}
	if t, ok := c.rules.Type(c.Type); ok {
		for _, field := range t.Fields {
			known[field.Name] = true
			if raw, ok := c.Fields[field.Name]; ok {
				out = append(out, line{field.Labels[c.v.Lang], c.value(field, raw), field.Kind == catalogue.Reason})
			}
		}
	}
	var rest []string
	for name := range c.Fields {
		if !known[name] {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	for _, name := range rest {
		out = append(out, line{label: name, value: c.Fields[name]})
	}
	return out
}

// value writes the canonical value of a field in the language of the page.
func (c card) value(field catalogue.Field, raw string) string {
	for _, v := range field.Values {
		if v.Code == raw {
			return v.Labels[c.v.Lang]
		}
	}
	switch field.Kind {
	case catalogue.Authority:
		return c.rules.UnitName(raw, c.v.Lang)
	case catalogue.Date:
		if d, err := when.Parse(raw); err == nil {
			return c.v.Dates.Plain(d)
		}
	case catalogue.Money:
		amount, currency, _ := strings.Cut(raw, " ")
		if p, ok := c.w.Money[currency]; ok {
			return p.With("amount", grouped(amount))
		}
	}
	return raw
}

// grouped writes an amount with commas: 12000.00 → 12,000.00.
func grouped(amount string) string {
	whole, part, pointed := strings.Cut(amount, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if pointed {
		return whole + "." + part
	}
	return whole
}

// event is one line of what has happened to a record, or will.
type event struct {
	day   when.Date
	known bool // the day is kept
	text  string
	ahead bool
}

// history returns what is known to have happened, oldest first, then what will.
func (c card) history() []event {
	w, d, today := c.w.History, c.v.Dates, c.v.Today()
	out := []event{{c.Start, true, w.Start.String(), false}, {d.Of(c.ReceivedAt), true, w.Received.String(), false}}
	if !c.EffectAt.IsZero() {
		out = append(out, event{d.Of(c.EffectAt), true, pick(c.st == soon, w.EffectAhead, w.Effect), c.st == soon})
	}
	if c.st == withdrawn {
		out = append(out, event{text: w.Withdrawn.String()})
	}
	if c.st != withdrawn && c.st != erased {
		out = append(out, event{c.DisplayEnd, true, pick(c.st == off, w.Off, w.OffAhead), c.st != off})
	}
	switch {
	case c.st == erased:
		out = append(out, event{d.Of(c.ErasedAt), !c.ErasedAt.IsZero(), w.Erased.String(), false})
	default:
		out = append(out, event{c.RetainEnd, true, w.ErasedAhead.String(), c.RetainEnd >= today})
	}
	return out
}

func pick(first bool, a, b webkit.Phrase) string {
	if first {
		return a.String()
	}
	return b.String()
}

// percent writes a place on the axis.
func percent(x float64) string { return fmt.Sprintf("%.2f%%", x) }
