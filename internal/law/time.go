package law

import (
	"strconv"
	"time"

	"recourse/internal/catalogue"
	"recourse/internal/fault"
	"recourse/internal/when"
)

// Unit is what a term is counted in.
type Unit string

// The units. Working days are known by name so that they can be refused: they
// need a published calendar.
const (
	Minutes      Unit = "minutes"
	CalendarDays Unit = "calendar days"
	Months       Unit = "months"
	Years        Unit = "years"
	WorkingDays  Unit = "working days"
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
// 201-202). A term in minutes ends on d.
func (t Term) After(d when.Date) when.Date {
	switch t.Unit {
	case CalendarDays:
		return d.AddDays(t.N)
	case Months:
		return d.AddMonths(t.N)
	case Years:
		return d.AddYears(t.N)
	}
	return d
}

// Parameter is one number or basis of the pack with where it comes from. A
// basis without a number has the zero Term.
type Parameter struct {
	Name  string   // unique in the pack, e.g. "deadlines.answer-before-effect"
	Term  Term     // how long
	Start string   // the event it runs from, in words
	Scope []string // to whom it applies: bureau, platform, furnisher, user
	Basis catalogue.Citation
	From  when.Date  // first day on which it holds
	To    *when.Date // last day on which it holds; nil while no end is set
}

// HoldsOn reports whether the parameter is in force on day d.
func (q Parameter) HoldsOn(d when.Date) bool { return d >= q.From && (q.To == nil || d <= *q.To) }

// Deadline is a parameter by which somebody must have done something.
type Deadline struct {
	Kind string
	Parameter
}

// The kinds of deadlines. A pack must have each.
const (
	AnswerBeforeEffect = "answer-before-effect" // time to answer a notice, from its opening (rules C1)
	ServicePeriod      = "service-period"       // a letter that was handed over counts as delivered after it (rules C1)
	ConsentUndo        = "consent-undo"         // a consent cannot be used before it has run (rules G2)
	ConsentMax         = "consent-max"          // the longest consent
)

func deadlineKinds() []string {
	return []string{AnswerBeforeEffect, ServicePeriod, ConsentUndo, ConsentMax}
}

// Retention says when records of a class end, counted from the start event.
type Retention struct {
	Class   string
	Labels  map[string]string // by language
	Display Parameter         // shown until
	Retain  Parameter         // kept until, then erased; never before Display
}

// Deadline returns the deadline of a kind.
func (p *Pack) Deadline(kind string) (Deadline, bool) {
	d, ok := p.deadlines[kind]
	return d, ok
}

// Retention returns the class of that name.
func (p *Pack) Retention(class string) (Retention, bool) {
	r, ok := p.retentions[class]
	return r, ok
}

// Ends returns the last day on which a record of type t with that start event
// is shown, and the last on which it is kept. Both are fixed at first entry.
func (p *Pack) Ends(t *catalogue.Type, start when.Date) (display, retain when.Date, err error) {
	r, ok := p.retentions[t.Retention]
	if !ok {
		return 0, 0, fault.Newf(fault.Internal, "E-PACK-RETENTION",
			"Pack %s has no retention class for type %s. Nothing was changed; use the pack that the type comes from.", p.Version, t.Code)
	}
	return r.Display.Term.After(start), r.Retain.Term.After(start), nil
}

// DeliverBy returns the last day on which a record of a type may be furnished,
// counted from its start event.
func (p *Pack) DeliverBy(typeCode string, start when.Date) (when.Date, bool) {
	q, ok := p.deliver[typeCode]
	return q.Term.After(start), ok
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
	d := p.deadlines[kind]
	day := p.Today(from)
	if !d.HoldsOn(day) {
		return time.Time{}, fault.Newf(fault.Unavailable, "E-PACK-NOT-IN-FORCE",
			"Deadline %s of pack %s does not hold on %s. Nothing was changed; load the pack that is in force on that day.", kind, p.Version, day)
	}
	return d.Term.After(day).AddDays(1).Start(p.Zone).UTC(), nil
}

// ConsentUndo returns how long a consent can be undone before anybody can use
// it: at least ten minutes (rules G2).
func (p *Pack) ConsentUndo() time.Duration {
	return time.Duration(p.deadlines[ConsentUndo].Term.N) * time.Minute
}

// AccessEnd returns the last day on which the row of an access at that instant
// is kept.
func (p *Pack) AccessEnd(at time.Time) when.Date { return p.access.Term.After(p.Today(at)) }

// Access returns the retention of access rows.
func (p *Pack) Access() Parameter { return p.access }
