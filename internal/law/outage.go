package law

import (
	"slices"
	"time"

	"recourse/internal/fault"
	"recourse/internal/when"
)

// Outage is a window in which nobody could work, as it was declared. It moves the
// clocks that were due inside it.
type Outage struct {
	From, To   when.Date // first and last day
	Cause      Cause
	Days       int // working days that each of these clocks gets
	DeclaredAt time.Time
}

// Cause is why nobody could work. The set is closed: it stands in the public log.
type Cause string

// The causes.
const (
	NoPower    Cause = "power"
	NoNetwork  Cause = "network"
	NoStorage  Cause = "storage"
	NoBuilding Cause = "building"
	NoProgram  Cause = "software"
)

// Causes returns every cause.
func Causes() []Cause { return []Cause{NoPower, NoNetwork, NoStorage, NoBuilding, NoProgram} }

// outageMost is how many working days outages may give in a quarter, and so to one
// clock; declareWithin within how many days after its end one must be declared.
const outageMost, declareWithin = 5, 14

// Declare checks an outage against those that were declared before and returns it with
// the working days that it gives: as many as it took, at most what is left of five in
// its quarter. It is over, lies in one quarter and over no other, and acted says whether
// the ledger shows that anything was done in it (rules D2).
func (p *Pack) Declare(o Outage, before []Outage, acted bool, today when.Date) (Outage, error) {
	refuse := func(what string) (Outage, error) {
		return Outage{}, fault.New(fault.Refused, "E-OUTAGE", what+" Nothing was changed, and every clock runs as it did.").By("D2")
	}
	switch {
	case !slices.Contains(Causes(), o.Cause):
		return refuse("An outage has one of the causes that the command lists.")
	case o.To < o.From || o.To >= today:
		return refuse("An outage is declared when it is over: its last day is not before its first, and has passed.")
	case today > o.To.AddDays(declareWithin):
		return refuse("An outage is declared within fourteen days of its end.")
	case o.From.QuarterEnd() != o.To.QuarterEnd():
		return refuse("An outage lies in one quarter; declare what lies in the next one by itself.")
	case acted:
		return refuse("The ledger shows that something was done in that time, so somebody could work.")
	}
	left := outageMost
	for _, b := range before {
		if o.From <= b.To && b.From <= o.To {
			return refuse("An outage was declared for part of that time already.")
		}
		if b.From.QuarterEnd() == o.From.QuarterEnd() {
			left -= b.Days
		}
	}
	took := 0
	for d := o.From; d <= o.To; d++ {
		works, err := p.calendar.Working(d)
		if err != nil {
			return Outage{}, err
		}
		if works {
			took++
		}
	}
	if o.Days = min(took, left); o.Days < 1 {
		return refuse("It took no working day, or the five of its quarter were given already.")
	}
	return o, nil
}

// Excuse adds the working days of an outage to a clock that is due inside it; to each
// clock once (rules D2).
func (p *Pack) Excuse(c Clock, o Outage) (Clock, error) {
	if c.Due < o.From || c.Due > o.To || c.Outage > 0 || o.Days > outageMost {
		return c, fault.New(fault.Refused, "E-CLOCK-OUTAGE", "An outage moves only clocks that are due inside it, each once. Nothing was changed.").By("D2")
	}
	c.Outage = o.Days
	p.count(&c)
	return c, nil
}
