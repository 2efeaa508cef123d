package party

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Desk is a place at which the registry's own work is done, or work for a body.
type Desk string

// The desks.
const (
	Furnishes  Desk = "furnish"   // sends records and answers for them
	Asks       Desk = "ask"       // asks about persons
	Decides    Desk = "decide"    // the first decision on a contest
	Reviews    Desk = "review"    // a decision on it that the person brings before others
	Repairs    Desk = "repair"    // whether a lawful record ends early
	Posts      Desk = "post"      // letters on paper
	Supervises Desk = "supervise" // looks after how bodies ask
	Operates   Desk = "operate"   // runs the registry: reads how it does
	Heads      Desk = "head"      // says who of their own body may what, and which keys sign
)

// Desks returns every desk, in the order in which people read them.
func Desks() []Desk {
	return []Desk{Furnishes, Asks, Decides, Reviews, Repairs, Posts, Supervises, Operates, Heads}
}

// Mandate lets a clerk work at a desk from a day until a day: of the staff of the
// registry, or of another body, where the registry is too small to fill it (rules D5).
type Mandate struct {
	Clerk  ref.Clerk
	Desk   Desk
	LentBy ref.Clerk // who is away where it is held for them; zero for an own one
	From   when.Date // first day; zero for the day on which it is given
	Until  when.Date // last day
}

// MandateStore keeps mandates. Every write is durable on return, with its event in the
// journal.
type MandateStore interface {
	Put(ctx context.Context, m Mandate, now time.Time) error
	End(ctx context.Context, clerk ref.Clerk, desk Desk, now time.Time) (bool, error)
	Holds(ctx context.Context, clerk ref.Clerk, desk Desk, today when.Date) (bool, error)
	// Seats returns who holds a desk on a day, with a training that is not over.
	Seats(ctx context.Context, today when.Date) ([]Seat, error)
}

var errDesk = fault.New(fault.Invalid, "E-DESK", "There is no such desk: use furnish, ask, decide, review, repair, post, supervise, operate or head. Nothing was changed.").At("desk")

// Appoint lets a clerk work at a desk until a day, on the word of the operator.
func Appoint(ctx context.Context, s MandateStore, m Mandate, today when.Date, now time.Time) error {
	if !slices.Contains(Desks(), m.Desk) {
		return errDesk
	}
	if m.Until < today {
		return errMandateUntil
	}
	if m.From == 0 {
		m.From = today
	}
	return s.Put(ctx, m, now)
}

var errMandateUntil = fault.New(fault.Invalid, "E-MANDATE", "The mandate would end before it begins. Nothing was changed; choose a later day.").At("until")

// DeskSet is some desks, each between blanks: a set that can be compared.
type DeskSet string

// SetOf returns a set of desks.
func SetOf(desks ...Desk) DeskSet {
	set := DeskSet("")
	for _, d := range desks {
		set = DeskSet(cmp.Or(string(set), " ")) + DeskSet(d) + " "
	}
	return set
}

// Has reports whether a desk is in the set.
func (s DeskSet) Has(d Desk) bool { return strings.Contains(string(s), " "+string(d)+" ") }
