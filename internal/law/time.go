package law

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"recourse/internal/catalogue"
	"recourse/internal/fault"
	"recourse/internal/when"
)

// Unit is what a term is counted in.
type Unit string

// The units.
const (
	Minutes      Unit = "minutes"
	CalendarDays Unit = "calendar days"
	WorkingDays  Unit = "working days" // of the pack's calendar
	Months       Unit = "months"
	Years        Unit = "years"
)

// Term is a length of time as the law writes it.
type Term struct {
	N    int
	Unit Unit
}

// String writes the term, e.g. "15 calendar days".
func (t Term) String() string {
	if t == (Term{}) {
		return ""
	}
	return strconv.Itoa(t.N) + " " + string(t.Unit)
}

// After returns the last day of a term that begins with an event on day d. The
// day of the event is not counted; a term of months or years ends on the day of
// the same number, or the last of the month (Civil Code of the PRC arts.
// 201-202). A term in minutes ends on d. A term in working days needs a
// calendar; a year that it does not have is a when.UnpublishedError.
func (t Term) After(d when.Date, c *when.Calendar) (when.Date, error) {
	switch t.Unit {
	case WorkingDays:
		return c.AddWorkingDays(d, t.N)
	case CalendarDays:
		return d.AddDays(t.N), nil
	case Months:
		return d.AddMonths(t.N), nil
	case Years:
		return d.AddYears(t.N), nil
	}
	return d, nil
}

// LeastDays returns how many calendar days the term has at least: what a person
// can be promised before the day on which it begins is known.
func (t Term) LeastDays() int {
	switch t.Unit {
	case WorkingDays, CalendarDays:
		return t.N
	case Months:
		return t.N * 28
	case Years:
		return t.N * 365
	}
	return 0
}

// Parameter is one number or basis of the pack with where it comes from. A
// basis without a number has the zero Term.
type Parameter struct {
	Name  string   // unique in the pack, e.g. "deadlines.answer-before-effect"
	Term  Term     // how long
	Rolls bool     // where the last day is a day off, the term ends with the next working day
	Start string   // the event it runs from, in words
	Scope []string // to whom it applies: bureau, platform, furnisher, user
	Basis catalogue.Citation
	From  when.Date  // first day on which it holds
	To    *when.Date // last day on which it holds; nil while no end is set
	Clock *Levers    // for a clock of decision: what else is said of it; nil for every other term
}

// HoldsOn reports whether the parameter is in force on day d.
func (q Parameter) HoldsOn(d when.Date) bool { return d >= q.From && (q.To == nil || d <= *q.To) }

func (q Parameter) end(d when.Date, c *when.Calendar) (when.Date, error) {
	d, err := q.Term.After(d, c)
	if q.Rolls && err == nil {
		d, err = c.NextWorking(d)
	}
	return d, err
}

// Rules are what a pack says about one thing: one parameter, or several that
// hold at different times or beside each other. Of those that hold, the
// stricter for the person counts.
type Rules []Parameter

// favour says which of two ends is the stricter for the person.
type favour bool

const (
	earlier favour = false // what weighs on the person ends
	later   favour = true  // the person has time
)

// end returns the end of a term that begins on day start under the rules that
// hold on day on. Without one there is none.
func (r Rules) end(start, on when.Date, f favour, c *when.Calendar) (end when.Date, found bool, err error) {
	for i := range r {
		if !r[i].HoldsOn(on) {
			continue
		}
		d, err := r[i].end(start, c)
		if err != nil {
			return 0, false, err
		}
		if !found || (d > end) == bool(f) {
			end = d
		}
		found = true
	}
	return end, found, nil
}

// leading returns the rule that is shown where there is room for one: the last
// that comes into force, of several the stricter.
func (r Rules) leading(f favour) Parameter {
	return slices.MaxFunc(r, func(a, b Parameter) int {
		if a.From != b.From {
			return int(a.From) - int(b.From)
		}
		if !f {
			a, b = b, a
		}
		return a.Term.minutes() - b.Term.minutes()
	})
}

// minutes is about how long the term is, to compare terms of several units.
func (t Term) minutes() int {
	const day = 24 * 60
	switch t.Unit {
	case CalendarDays:
		return t.N * day
	case WorkingDays:
		return t.N * day * 7 / 5
	case Months:
		return t.N * day * 30
	case Years:
		return t.N * day * 365
	}
	return t.N
}

// Deadline is a parameter by which somebody must have done something.
type Deadline struct {
	Kind string
	Parameter
}

// The kinds of deadlines. A pack must have each.
const (
	ContestUndo   = "contest-undo"     // a contest that was taken back can be taken up again before it has run
	ContestAnswer = "contest-answer"   // the source answers a contest
	ContestClock  = "contest-decision" // a contest is decided; a clock (rules D1)
	ContestRepeat = "contest-repeat"   // within it a repeat without new evidence may be answered by reference (rules D3)
	RepeatAnswer  = "repeat-answer"    // it is answered so, or becomes an ordinary contest
	ContestDraft  = "contest-draft"    // what is written and not sent is kept
	ContestPapers = "contest-papers"   // the papers of a contest are kept, or as long as the record where that is longer
	ReviewRequest = "review-request"   // the person may ask for a review, from the opening of the decision
	ReviewClock   = "review-decision"  // a review is decided; a clock
	LookBack      = "change-look-back" // who got a record is told of its change

	QuestionAnswer = "question-answer" // a supervisor answers a person who questions a look-up (rules H4)
	StayLongest    = "stay-longest"    // a stay that was answered in time has ended (rules H1)
	StayAnswer     = "stay-answer"     // who answers for a record answers a stay of it (rules H1)
	LookReason     = "look-reason"     // staff says why it asked, where its look is inspected (rules H4)
	AdverseCopy    = "adverse-copy"    // a body that decided to somebody's disadvantage gives them a copy and the reason (rules B5)

	AnswerBeforeEffect = "answer-before-effect" // time to answer a notice, from its opening (rules C1)
	ServicePeriod      = "service-period"       // a letter that was handed over counts as delivered after it (rules C1)
	ConsentUndo        = "consent-undo"         // a consent cannot be used before it has run (rules G2)
	ConsentMax         = "consent-max"          // the longest consent

	// ComplaintAnswer is of packs alone that give room for statements: within it two people
	// decide on a third person's complaint about one, or it stands (rules D6).
	ComplaintAnswer = "statement-complaint"

	// Reinsertion is of packs alone that let a refuted record come back at all: within it,
	// from the confirmation of its source's certificate, it is sent again (rules D1).
	Reinsertion = "re-insertion"
)

func deadlineKinds() []string {
	return []string{AnswerBeforeEffect, ServicePeriod, ConsentUndo, ConsentMax,
		ContestUndo, ContestAnswer, ContestClock, ContestRepeat, RepeatAnswer, ContestDraft, ContestPapers, ReviewRequest, ReviewClock, LookBack, QuestionAnswer, StayLongest, StayAnswer, LookReason, AdverseCopy}
}

// further are the kinds of deadlines that not every pack has.
func further() []string { return []string{ComplaintAnswer, Reinsertion} }

// favours says which end of several is the stricter for the person: what others
// have time for ends early, the person's own time late.
func favours(kind string) favour {
	if strings.HasPrefix(kind, repairClocks) {
		return earlier
	}
	switch kind {
	case ConsentMax, ContestAnswer, ContestClock, ContestRepeat, RepeatAnswer, ReviewClock, QuestionAnswer, StayLongest, StayAnswer, LookReason, AdverseCopy, ComplaintAnswer, Reinsertion:
		return earlier
	}
	return later
}

// Retention says when records of a class end, counted from the start event.
type Retention struct {
	Class   string
	Labels  map[string]string // by language
	Display Parameter         // shown until
	Retain  Parameter         // kept until, then erased; never before Display
}

// Deadline returns the deadline of a kind: of several the last that comes into
// force, of those the stricter. What is computed follows every rule in force.
func (p *Pack) Deadline(kind string) (Deadline, bool) {
	r, ok := p.deadlines[kind]
	if !ok {
		return Deadline{}, false
	}
	return Deadline{Kind: kind, Parameter: r.leading(favours(kind))}, true
}

// Retention returns the class of that name, with one term each as Deadline has.
func (p *Pack) Retention(class string) (Retention, bool) {
	r, ok := p.retentions[class]
	if !ok {
		return Retention{}, false
	}
	return Retention{Class: r.Class, Labels: r.Labels, Display: r.Display.leading(earlier), Retain: r.Retain.leading(earlier)}, true
}

// Ends returns the last day on which a record of type t with content e is
// shown, and the last on which it is kept, under the rules in force on day on:
// the day on which the record first came in. A status decision is shown no
// longer than its row says.
func (p *Pack) Ends(t *catalogue.Type, e catalogue.Entry, on when.Date) (display, retain when.Date, err error) {
	r, ok := p.retentions[t.Retention]
	if !ok {
		return 0, 0, fault.Newf(fault.Internal, "E-PACK-RETENTION",
			"Pack %s has no retention class for type %s. Nothing was changed; use the pack that the type comes from.", p.Version, t.Code)
	}
	if display, err = p.end("retention."+r.Class+".display", r.Display, e.Start, on, earlier); err != nil {
		return 0, 0, err
	}
	if retain, err = p.end("retention."+r.Class+".retain", r.Retain, e.Start, on, earlier); err != nil {
		return 0, 0, err
	}
	if e.End != nil {
		display = min(display, *e.End)
	}
	if end, found, err := p.timeEnd(t.Retention, e.Start, on); err != nil {
		return 0, 0, err
	} else if found {
		display = min(display, end)
	}
	return min(display, retain), retain, nil
}

// end is Rules.end with a fault for the reader.
func (p *Pack) end(name string, r Rules, start, on when.Date, f favour) (when.Date, error) {
	end, found, err := r.end(start, on, f, p.calendar)
	var gone when.UnpublishedError
	switch {
	case errors.As(err, &gone):
		return 0, fault.Newf(fault.Unavailable, "E-CALENDAR-YEAR",
			"Pack %s has no calendar of the year %d, and %s counts its working days. Nothing was changed and nothing is guessed; add calendar/%d.csv when the year is published.",
			p.Version, gone.Year, name, gone.Year)
	case !found:
		return 0, fault.Newf(fault.Unavailable, "E-PACK-NOT-IN-FORCE",
			"%s of pack %s does not hold on %s. Nothing was changed; load the pack that is in force on that day.", name, p.Version, on)
	}
	return end, nil
}

// DeliverBy returns the last day on which a record of a type may be furnished,
// counted from its start event, under the rules in force on that day.
func (p *Pack) DeliverBy(typeCode string, start when.Date) (when.Date, error) {
	return p.end("types."+typeCode+".deliver_within", p.deliver[typeCode], start, start, earlier)
}

// AnswerUntil returns the instant at which the time to answer a notice is over:
// the end of the last legal day in the pack's zone, counted from the day on
// which the notice was opened.
func (p *Pack) AnswerUntil(opened time.Time) (time.Time, error) {
	return p.until(AnswerBeforeEffect, opened)
}

// ServedAt returns the instant from which a letter that was handed over at
// instant sent counts as delivered though nobody opened it (rules C1).
func (p *Pack) ServedAt(sent time.Time) (time.Time, error) { return p.until(ServicePeriod, sent) }

// ConsentUntil returns the instant at which a consent given at that instant
// ends at the latest.
func (p *Pack) ConsentUntil(given time.Time) (time.Time, error) { return p.until(ConsentMax, given) }

func (p *Pack) until(kind string, from time.Time) (time.Time, error) {
	day := p.Today(from)
	end, err := p.end("deadlines."+kind, p.deadlines[kind], day, day, favours(kind))
	if err != nil {
		return time.Time{}, err
	}
	return end.AddDays(1).Start(p.Zone).UTC(), nil
}

// ConsentUndo returns how long a consent can be undone before anybody can use
// it: the longest that the pack has, at least ten minutes (rules G2).
func (p *Pack) ConsentUndo() time.Duration { return p.undo(ConsentUndo) }

// ContestUndo returns how long a contest that was taken back can be taken up
// again, at least ten minutes.
func (p *Pack) ContestUndo() time.Duration { return p.undo(ContestUndo) }

func (p *Pack) undo(kind string) time.Duration {
	longest := slices.MaxFunc(p.deadlines[kind], func(a, b Parameter) int { return a.Term.N - b.Term.N })
	return time.Duration(longest.Term.N) * time.Minute
}

// AccessEnd returns the last day on which the row of an access at that instant
// is kept: the person can see who looked for the longest time that a rule gives.
func (p *Pack) AccessEnd(at time.Time) when.Date {
	day := p.Today(at)
	end, found, _ := p.access.end(day, day, later, nil) // access rows are never counted in working days
	if !found {
		end, _ = p.access.leading(later).end(day, nil)
	}
	return end
}

// Access returns the retention of access rows.
func (p *Pack) Access() Parameter { return p.access.leading(later) }

// ImmediateEnd returns the last day of a status decision's immediate effect that
// began on that day, and whether the type has one (rules C3).
func (p *Pack) ImmediateEnd(t *catalogue.Type, start when.Date) (when.Date, bool) {
	if t.Immediate == nil {
		return 0, false
	}
	return start.AddDays(t.Immediate.Days), true
}
