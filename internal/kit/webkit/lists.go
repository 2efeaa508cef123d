package webkit

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"recourse/internal/fault"
	"recourse/internal/when"
)

// List is a list of work with the choices by which it is narrowed. What can be chosen
// is a fixed set, so that an address and a view that somebody saved hold nothing else.
type List struct {
	Path    string            // below the language
	Label   map[string]string // what it lists, by language
	Choices func(v Visit) []Choice
}

// Choice narrows a list by one of a fixed set of values. The first is what holds where
// nothing is chosen, and no part of an address.
type Choice struct {
	Name, Label string
	Tabs        bool // links above the list, else a field to choose from
	Options     []Option
}

// Option is one value of a choice with what it is called.
type Option struct{ Value, Text string }

// Saved is a view that a clerk saved of a list: what they call it, and the choices as
// Narrowed.Filters writes them.
type Saved struct{ Name, Filters string }

// mostParts is how far a list is turned over.
const mostParts = 1000

// ViewsPath is the page of what clerks saved, below the language.
const ViewsPath = "/work/views"

var errFilter = fault.New(fault.Invalid, "E-FILTER", "These filters are not known. Nothing was changed.")

// Narrowed is a list with what was chosen of it.
type Narrowed struct {
	List
	choices []Choice
	chosen  map[string]string
	saved   []Saved
	just    bool // a view was saved just now
	nth     int  // part of the list, from 1
}

// Read reads what part of a list a visit asks for, with what the clerk saved of it. A
// value that is not offered is a fault of kind Invalid.
func (l List) Read(ctx context.Context, v Visit) (Narrowed, error) {
	n, ok := l.narrow(v, v.Query)
	if !ok {
		return n, errFilter
	}
	n.just = v.Query.Get("done") == "view"
	n.nth = 1
	if part := v.Query.Get("page"); part != "" {
		nth, err := strconv.Atoi(part)
		if err != nil || nth < 1 || nth > mostParts {
			return n, errFilter
		}
		n.nth = nth
	}
	if v.saved == nil {
		return n, nil
	}
	all, err := v.saved(ctx, v.Caller, l.Path)
	n.saved = slices.DeleteFunc(all, func(s Saved) bool { _, ok := l.Parse(v, s.Filters); return !ok })
	return n, err
}

// Parse reads choices as Filters writes them; false where one is not offered, or not
// any more.
func (l List) Parse(v Visit, filters string) (Narrowed, bool) {
	values, err := url.ParseQuery(filters)
	if err != nil {
		return Narrowed{}, false
	}
	n, ok := l.narrow(v, values)
	return n, ok && n.Filters() == filters
}

func (l List) narrow(v Visit, values url.Values) (Narrowed, bool) {
	n := Narrowed{List: l, choices: l.Choices(v), chosen: map[string]string{}}
	for _, c := range n.choices {
		value := values.Get(c.Name)
		i := slices.IndexFunc(c.Options, func(o Option) bool { return o.Value == value })
		if i < 0 && value != "" {
			return n, false
		}
		if i > 0 {
			n.chosen[c.Name] = value
		}
	}
	return n, true
}

// Skip is how many lines stand on the parts before, with some on each.
func (n Narrowed) Skip(each int) int { return (n.nth - 1) * each }

// part is the address of another part of the list; empty where there is none.
func (n Narrowed) part(nth int) string {
	switch {
	case nth < 1 || nth > mostParts:
		return ""
	case nth == 1:
		return n.At("", "")
	}
	return n.At("page", strconv.Itoa(nth))
}

// The names of the choices by the last day of a clock.
const (
	dueName = "due"
	dueLate = "late"
	dueWeek = "week"
)

// ByDue is the choice by the last day of a clock, for Narrowed.Due. Late is whether what
// is overdue can be on the list.
func ByDue(v Visit, late bool) Choice {
	w := v.w.List
	c := Choice{Name: dueName, Label: w.Due.String(), Options: []Option{{"", w.DueAny.String()}}}
	if late {
		c.Options = append(c.Options, Option{dueLate, w.DueLate.String()})
	}
	c.Options = append(c.Options, Option{dueWeek, w.DueWeek.String()})
	return c
}

// Due returns between which days the last day was chosen to be; 0 for no bound.
func (n Narrowed) Due(today when.Date) (from, to when.Date) {
	switch n.Value(dueName) {
	case dueLate:
		return 0, today - 1
	case dueWeek:
		return today, today.AddDays(7)
	}
	return 0, 0
}

// ByType is the choice by the type of what is listed, under the name "type".
func ByType(v Visit, types []Option) Choice {
	return Choice{Name: "type", Label: v.w.List.Type.String(), Options: append([]Option{{"", v.w.List.AnyType.String()}}, types...)}
}

// Value returns what was chosen: the first option where nothing was.
func (n Narrowed) Value(name string) string {
	if value, ok := n.chosen[name]; ok {
		return value
	}
	for _, c := range n.choices {
		if c.Name == name {
			return c.Options[0].Value
		}
	}
	return ""
}

// Filters writes what was chosen as the query of an address, always in one way; empty
// for the whole list.
func (n Narrowed) Filters() string {
	values := url.Values{}
	for name, value := range n.chosen {
		values.Set(name, value)
	}
	return values.Encode()
}

// Whole reports whether nothing is left out of what stands behind a tab.
func (n Narrowed) Whole() bool {
	return !slices.ContainsFunc(n.choices, func(c Choice) bool { return !c.Tabs && n.chosen[c.Name] != "" })
}

// At returns the address of the list as it is narrowed, with one more name and value;
// both empty for none.
func (n Narrowed) At(name, value string) string { return n.Path + n.with(name, value, n.chosen) }

// tab is the address behind a tab: the rest of what was chosen stays.
func (n Narrowed) tab(c Choice, o Option) string {
	chosen := maps.Clone(n.chosen)
	delete(chosen, c.Name)
	if o.Value == c.Options[0].Value {
		return n.Path + n.with("", "", chosen)
	}
	return n.Path + n.with(c.Name, o.Value, chosen)
}

// rest is the address without anything that is chosen in a field.
func (n Narrowed) rest() string {
	chosen := map[string]string{}
	for _, c := range n.choices {
		if c.Tabs && n.chosen[c.Name] != "" {
			chosen[c.Name] = n.chosen[c.Name]
		}
	}
	return n.Path + n.with("", "", chosen)
}

func (Narrowed) with(name, value string, chosen map[string]string) string {
	values := url.Values{}
	for k, v := range chosen {
		values.Set(k, v)
	}
	if name != "" {
		values.Set(name, value)
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

// Told says in words what was chosen; empty for the whole list.
func (n Narrowed) Told() (out []string) {
	for _, c := range n.choices {
		for i, o := range c.Options {
			if i > 0 && n.chosen[c.Name] == o.Value {
				out = append(out, o.Text)
			}
		}
	}
	return out
}

// fields and tabs are the choices of either kind.
func (n Narrowed) fields() []Choice {
	return slices.DeleteFunc(slices.Clone(n.choices), func(c Choice) bool { return c.Tabs })
}

func (n Narrowed) tabs() []Choice {
	return slices.DeleteFunc(slices.Clone(n.choices), func(c Choice) bool { return !c.Tabs })
}

// savable reports whether what was chosen can be saved as a view: it is not the whole
// list, and no view is the same.
func (n Narrowed) savable(v Visit) bool {
	return v.saved != nil && len(n.chosen) > 0 && !slices.ContainsFunc(n.saved, func(s Saved) bool { return s.Filters == n.Filters() })
}
