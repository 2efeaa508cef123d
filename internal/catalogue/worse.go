package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"recourse/internal/canon"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Turn is a change of a field that is worse for the person. The set is closed.
type Turn string

// The turns.
const (
	Later   Turn = "later"
	Earlier Turn = "earlier"
	Changed Turn = "changed"
)

// Worse is a field whose change is worse for the person, besides those of which
// Load knows.
type Worse struct {
	Field string
	When  Turn
}

// Load returns what of an entry weighs on the person (rules C2). A later version is
// worse where more money is owed, it ends later, or its ground has changed: start
// event, decision, reason, and every value of a closed list; and where a field turns
// as the pack says under Worse. A pack adds fields and takes none away.
func (t *Type) Load(e Entry) seal.Load {
	var l seal.Load
	parts := make([]string, 0, 2*(len(t.Fields)+len(t.Worse)+2))
	add := func(name, value string) { parts = append(parts, name, value) }
	add("decision", string(t.DecisionKey(e)))
	for _, f := range t.Fields {
		value := e.Fields[f.Name]
		switch {
		case f.Kind == Money:
			add(f.Name, strings.Join(f.Currencies, " "))
			l.Most = append(l.Most, amounts(value, f.Currencies)...)
		case f.Kind.Closed() || f.Kind == Reason || f.Name == t.StartField:
			add(f.Name, value)
		}
	}
	for _, w := range t.Worse {
		value := e.Fields[w.Field]
		day, err := when.Parse(value)
		if w.When == Changed || err != nil {
			add(w.Field+" "+string(w.When), value)
			continue
		}
		add(w.Field+" "+string(w.When), "")
		l.Most = append(l.Most, turned(day, w.When))
	}
	if e.End != nil {
		add("end", "")
		l.Most = append(l.Most, turned(*e.End, Later))
	}
	l.Same = canon.Texts(parts...)
	return l
}

// amounts returns the digits of an amount in the place of its currency, and none in
// the others.
func amounts(value string, currencies []string) []uint64 {
	out := make([]uint64, len(currencies))
	amount, currency, _ := strings.Cut(value, " ")
	for i, c := range currencies {
		if c != currency {
			continue
		}
		for _, d := range []byte(amount) {
			if d != '.' {
				out[i] = out[i]*10 + uint64(d-'0') // at most 15 digits, as they were read
			}
		}
	}
	return out
}

// turned is a day as a number that grows where it turns.
func turned(d when.Date, t Turn) uint64 {
	n := uint64(int64(d) + 1<<31) // days before the epoch are smaller
	if t == Earlier {
		return 1<<32 - n
	}
	return n
}

// worse checks the fields whose change is worse.
func (c *compiler) worse() {
	seen := map[string]bool{}
	for i, w := range c.t.Worse {
		at := fmt.Sprintf("worse.%d", i)
		f, there := c.t.Field(w.Field)
		if !there || seen[w.Field] {
			c.say(at+".field", "C2", "This is not a field of the type, or it is named twice.", "Name fields of the type, each once.")
		}
		seen[w.Field] = true
		switch {
		case !slices.Contains([]Turn{Later, Earlier, Changed}, w.When):
			c.say(at+".when", "C2", "This is no change of a field.", "Write later or earlier for a date, or changed.")
		case there && w.When != Changed && f.Kind != Date:
			c.say(at+".when", "C2", "Only a date is later or earlier.", "Write changed.")
		}
	}
	if len(c.t.Worse) > 0 && !c.t.Negative {
		c.say("worse", "C2", "Only what is negative can become worse.", "Take worse: out.")
	}
}
