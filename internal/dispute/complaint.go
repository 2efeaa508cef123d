package dispute

import (
	"slices"
	"time"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// ComplaintState is where a complaint stands.
type ComplaintState string

// The states of a complaint. CHECK constraints of the database repeat them.
const (
	BeingHeard ComplaintState = "open"      // being decided; a clock runs
	Stood      ComplaintState = "stood"     // two people let all of it stand
	Withheld   ComplaintState = "withheld"  // two people withheld some of it; the person may ask for a review
	Rechecked  ComplaintState = "in review" // being decided by others; a clock runs
	Resettled  ComplaintState = "reviewed"
	Unheard    ComplaintState = "lapsed" // nobody decided in time, or reviewed in time: the words stand
)

// MostPassages is how many passages one complaint may name.
const MostPassages = 4

// Complaint is what somebody else says of passages of a person's statement, without
// anything that is sealed of it (rules D6).
type Complaint struct {
	ID        ref.Complaint
	Person    ref.Person // whose words they are
	Record    ref.Record
	Source    ref.Body
	Type      string
	Pack      string // version under which it came in
	State     ComplaintState
	Turn      int32 // how often it was written
	Passages  int
	EnteredBy ref.Clerk
	EnteredAt time.Time
	Calendar  string // version that its clocks were counted with

	Due        when.Date // last day for the decision
	DueAt      time.Time // when that day is over
	DecidedAt  time.Time
	ReviewAt   time.Time // the person asked for a review
	ReviewDue  when.Date
	ReviewEnds time.Time // when that day is over
	ReviewedAt time.Time
	Keep       when.Date // last day on which it can be read: that of the record

	Found []PassageFinding
}

// PassageFinding is what one person found on one passage at one stage.
type PassageFinding struct {
	Stage    Stage
	Nth      int // of the passage, from 1
	Clerk    ref.Clerk
	Body     ref.Body
	Withhold bool
	At       time.Time
}

// Stage returns the stage that is being decided or was decided last.
func (c Complaint) Stage() Stage {
	if c.ReviewAt.IsZero() {
		return First
	}
	return Review
}

// On returns the state that holds at an instant: what nobody decided in time stands,
// whether or not anybody came to write it down.
func (c Complaint) On(now time.Time) ComplaintState {
	if c.State == BeingHeard && !now.Before(c.DueAt) || c.State == Rechecked && !now.Before(c.ReviewEnds) {
		return Unheard
	}
	return c.State
}

// Runs reports whether a clock runs at an instant.
func (c Complaint) Runs(now time.Time) bool {
	on := c.On(now)
	return on == BeingHeard || on == Rechecked
}

// Last is the last day of the clock that runs or ran last.
func (c Complaint) Last() when.Date {
	if c.Stage() == Review {
		return c.ReviewDue
	}
	return c.Due
}

// outcome is what two people agree on for a passage at a stage; false where no two do.
func (c Complaint) outcome(s Stage, nth int) (withhold, decided bool) {
	for _, is := range []bool{true, false} {
		n := 0
		for _, f := range c.Found {
			if f.Stage == s && f.Nth == nth && f.Withhold == is {
				n++
			}
		}
		if n >= 2 {
			return is, true
		}
	}
	return false, false
}

// Withholds returns until when others are not given a passage, from 1; false where they
// are. Zero is for good: as long as nothing else is decided.
func (c Complaint) Withholds(nth int, now time.Time) (until time.Time, withheld bool) {
	stage := First
	switch c.On(now) {
	case Rechecked:
		until = c.ReviewEnds
	case Resettled:
		stage = Review
	case Withheld:
	default:
		return time.Time{}, false
	}
	withheld, _ = c.outcome(stage, nth)
	return until, withheld
}

// WithheldBy are the passages that two people withheld at a stage.
func (c Complaint) WithheldBy(s Stage) (out []int) {
	for nth := 1; nth <= c.Passages; nth++ {
		if withheld, _ := c.outcome(s, nth); withheld {
			out = append(out, nth)
		}
	}
	return out
}

// Asked are the passages on which a stage decides: at a review those that the first
// withheld.
func (c Complaint) Asked() (out []int) {
	if c.Stage() == Review {
		return c.WithheldBy(First)
	}
	for nth := 1; nth <= c.Passages; nth++ {
		out = append(out, nth)
	}
	return out
}

// Has reports whether somebody found something at the stage that is decided.
func (c Complaint) Has(clerk ref.Clerk) bool { return slices.Contains(c.finders(c.Stage()), clerk) }

func (c Complaint) finders(s Stage) (out []ref.Clerk) {
	for _, f := range c.Found {
		if f.Stage == s && !slices.Contains(out, f.Clerk) {
			out = append(out, f.Clerk)
		}
	}
	return out
}

// conflicts reports whether somebody had a part in the matter: the source's own staff,
// who entered the complaint, and at a review everybody of a body that decided.
func (c Complaint) conflicts(by Staff) bool {
	return by.Body == c.Source || by.Clerk == c.EnteredBy || slices.ContainsFunc(c.Found, func(f PassageFinding) bool {
		return c.Stage() == Review && f.Stage == First && (f.Body == by.Body || f.Clerk == by.Clerk)
	})
}

// Find takes what one person found on each passage that is asked. When two agree on each
// the stage is decided; a third is asked only where two have not.
func (c Complaint) Find(by Staff, withhold map[int]bool, now time.Time) (Complaint, []Event, error) {
	stage, asked := c.Stage(), c.Asked()
	switch {
	case c.conflicts(by):
		return c, nil, ErrConflict
	case c.On(now) == Unheard:
		return c, nil, errUnheard
	case !c.Runs(now):
		return c, nil, errComplaintState
	case c.Has(by.Clerk):
		return c, nil, fault.New(fault.Forbidden, "E-COMPLAINT-ALONE", "You decided already. Nothing was changed; another person has to decide too.").By("D6")
	}
	decided, keeps := true, false
	c.Found = slices.Clone(c.Found)
	for _, nth := range asked {
		is, said := withhold[nth]
		if !said {
			return c, nil, fault.New(fault.Invalid, "E-COMPLAINT-FINDING", "Each passage needs a finding: withhold it, or let it stand. Nothing was changed; decide those that are missing.").At("passage")
		}
		c.Found = append(c.Found, PassageFinding{Stage: stage, Nth: nth, Clerk: by.Clerk, Body: by.Body, Withhold: is, At: now})
		held, agreed := c.outcome(stage, nth)
		decided, keeps = decided && agreed, keeps || held
	}
	if !decided {
		return c, []Event{c.event("complaint-found")}, nil
	}
	e := c.event("complaint-decided")
	switch {
	case stage == Review:
		c.State, c.ReviewedAt = Resettled, now
	case keeps:
		c.State, c.DecidedAt = Withheld, now
	default:
		c.State, c.DecidedAt = Stood, now
	}
	e.Refs["result"] = string(c.State)
	return c, []Event{e}, nil
}

// AskReview asks people of another body to decide anew. What they do not decide in the
// pack's time is shown again.
func (c Complaint) AskReview(p *law.Pack, now time.Time) (Complaint, []Event, error) {
	if c.State != Withheld {
		return c, nil, errComplaintState
	}
	clock, err := p.StartClock(law.ReviewClock, p.Today(now))
	if err != nil {
		return c, nil, err
	}
	c.State, c.ReviewAt, c.ReviewDue, c.ReviewEnds, c.Calendar = Rechecked, now, clock.Due, clock.DueAt(p.Zone), clock.Calendar
	return c, []Event{c.event("complaint-review-asked")}, nil
}

// Lapse writes down that nobody decided in time.
func (c Complaint) Lapse(now time.Time) (Complaint, []Event, error) {
	if c.State == Unheard || c.On(now) != Unheard {
		return c, nil, errComplaintState
	}
	c.State = Unheard
	return c, []Event{c.event("complaint-lapsed")}, nil
}

func (c Complaint) event(kind string) Event {
	return Event{Kind: "dispute." + kind, Refs: map[string]string{"complaint": c.ID.String(), "record": c.Record.String(), "stage": stageName(c.Stage())}}
}

// The faults of complaints. Nothing was changed where one of them is answered.
var (
	ErrNoComplaint    = fault.New(fault.NotFound, "E-COMPLAINT", "There is no such complaint. Check the number.")
	ErrMoved          = fault.New(fault.Conflict, "E-COMPLAINT-MOVED", "The words, or what was decided about them, changed meanwhile. Nothing was changed; look at them anew.")
	errComplaintState = fault.New(fault.Conflict, "E-COMPLAINT-STATE", "The complaint has moved on, and this cannot be done any more. Nothing was changed; look at it anew.")
	errUnheard        = fault.New(fault.Refused, "E-COMPLAINT-LATE", "The time to decide has run out, and the words stand. Nothing was changed.").By("D6")
	errComplainRecord = fault.New(fault.Invalid, "E-COMPLAINT-RECORD", "The source has filed no record of this kind under this number beside which something is said, or you may not decide on it. Nothing was kept; check source, kind and number.").By("D6").At("number")
	errPassage        = fault.New(fault.Invalid, "E-COMPLAINT-PASSAGE", "This is not part of what the person says, as it stands now. Nothing was kept; copy the exact words from the paper, or tell who complains that the words have changed.").By("D6").At("passage")
	errComplainer     = fault.New(fault.Invalid, "E-COMPLAINT-WHO", "A complaint names who complains, how they can be reached, and why. Nothing was kept; write what is missing.").By("D6")
)
