package law

import (
	"slices"

	"recourse/internal/catalogue"
	"recourse/internal/when"
)

// RepairFile says by which routes a lawful record ends early. A pack may have none.
const RepairFile = "repair.yaml"

// RouteKind is the way in which a record ends early.
type RouteKind string

// The kinds of routes. The set is closed: money or labour is no way.
const (
	Performance RouteKind = "performance" // what the decision asks for was done
	Extension   RouteKind = "extension"   // the authority or creditor gave more time
	Explanation RouteKind = "explanation" // the person explains, and how the harm was made less
	ByTime      RouteKind = "time"        // by itself, when the time has run: nobody applies
)

// What a condition of a route asks for. The set is closed: each is something that the
// decision itself asks for, or words. Nothing can be bought or worked off.
type What string

// What can be asked for.
const (
	DutyPerformed What = "duty performed"   // what the decision imposes was done, a fine or debt paid
	Corrected     What = "breach corrected" // what was wrong is right now
	TimeGranted   What = "time granted"     // more time was given by who can give it
	HarmExplained What = "harm explained"   // how it came about, and what was done about the harm
	PromiseGiven  What = "promise given"    // the person's word, to the registry alone
)

// Proof is how a condition is shown to be met.
type Proof string

// The ways of showing it.
const (
	ByFile  Proof = "file"  // a paper of somebody else
	ByWords Proof = "words" // the person's own words
	Either  Proof = "either"
)

// Decider is whose two people decide on a route.
type Decider string

// The deciders.
const (
	BySource   Decider = "source"   // the body that filed the record
	ByRegistry Decider = "registry" // who holds a mandate of the registry, and no part in the record
)

// Route is one way in which records of some classes end early.
type Route struct {
	Code       string
	Kind       RouteKind
	Labels     map[string]string // by language
	Sentence   map[string]string // what it is, in one plain sentence
	Classes    []string          // of retention; every type under them is negative
	Basis      catalogue.Citation
	Wait       Rules // from the start event; none where it is open at once
	Conditions []Condition
	Decides    Decider // empty for a route by time
	From       when.Date
	To         *when.Date // last day on which it can be taken; nil while no end is set
}

// Condition is one thing that a route asks for.
type Condition struct {
	Code   string
	What   What
	Labels map[string]string // by language
	Proof  Proof
	Basis  catalogue.Citation
}

// HoldsOn reports whether a route can be taken on a day.
func (r Route) HoldsOn(d when.Date) bool { return d >= r.From && (r.To == nil || d <= *r.To) }

// Relief ends a class of records for everybody on one decision: wholly in each
// person's favour, without an application and without a fee (rules D4, D8).
type Relief struct {
	Code      string
	Labels    map[string]string // by language
	Sentence  map[string]string
	Classes   []string
	Basis     catalogue.Citation
	Since     *when.Date // first start event; nil where there is no first
	Until     when.Date  // last start event: the cut-off
	SettledBy string     // type of the record by which its source says that the duty was met; empty where nothing is asked
	SettledOn *when.Date // by the last day; nil where there is none
	From      when.Date
	To        *when.Date
}

// HoldsOn reports whether a relief can be decided on a day.
func (r Relief) HoldsOn(d when.Date) bool { return d >= r.From && (r.To == nil || d <= *r.To) }

// Covers reports whether a record of a class that began on a day is one of those.
func (r Relief) Covers(class string, start when.Date) bool {
	return slices.Contains(r.Classes, class) && start <= r.Until && (r.Since == nil || start >= *r.Since)
}

// RepairClock is the kind of the clock that decides on applications by a route.
func RepairClock(route string) string { return repairClocks + route }

const repairClocks = "repair."

// Routes returns all routes in the order of the pack.
func (p *Pack) Routes() []Route { return slices.Clone(p.routes) }

// Route returns the route of that code.
func (p *Pack) Route(code string) (Route, bool) {
	for _, r := range p.routes {
		if r.Code == code {
			return r, true
		}
	}
	return Route{}, false
}

// RoutesOf returns the routes by which records of a type end early, that can be taken
// on a day.
func (p *Pack) RoutesOf(typeCode string, on when.Date) []Route {
	t, ok := p.Type(typeCode)
	if !ok {
		return nil
	}
	return slices.DeleteFunc(p.Routes(), func(r Route) bool { return !r.HoldsOn(on) || !slices.Contains(r.Classes, t.Retention) })
}

// Opens returns the first day on which a route is open to a record that began on a
// day, under the rules in force on day on. For a route by time it is the first day on
// which the record is not shown any more.
func (p *Pack) Opens(r Route, start, on when.Date) (when.Date, error) {
	if len(r.Wait) == 0 {
		return start, nil
	}
	end, err := p.end("routes."+r.Code+".wait", r.Wait, start, on, earlier)
	if err != nil {
		return 0, err
	}
	return end.AddDays(1), nil
}

// timeEnd returns the last day on which a record of a class is shown before it ends by
// itself; false where no route says so.
func (p *Pack) timeEnd(class string, start, on when.Date) (end when.Date, found bool, err error) {
	for _, r := range p.routes {
		if r.Kind != ByTime || !r.HoldsOn(on) || !slices.Contains(r.Classes, class) {
			continue
		}
		opens, err := p.Opens(r, start, on)
		if err != nil {
			return 0, false, err
		}
		if d := opens.AddDays(-1); !found || d < end {
			end, found = d, true
		}
	}
	return end, found, nil
}

// Reliefs returns all reliefs in the order of the pack.
func (p *Pack) Reliefs() []Relief { return slices.Clone(p.reliefs) }

// Relief returns the relief of that code.
func (p *Pack) Relief(code string) (Relief, bool) {
	for _, r := range p.reliefs {
		if r.Code == code {
			return r, true
		}
	}
	return Relief{}, false
}

// TypesIn returns the codes of the types of some classes, in order.
func (p *Pack) TypesIn(classes []string) []string {
	var out []string
	for _, t := range p.types {
		if slices.Contains(classes, t.Retention) {
			out = append(out, t.Code)
		}
	}
	return out
}
