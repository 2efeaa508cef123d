package law

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"recourse/internal/fault"
	"recourse/internal/when"
)

// Overdue is what an overdue clock does to a record; it is never shown (rules D1).
type Overdue string

// What an overdue clock does.
const (
	Hide  Overdue = "hide"  // the record is not shown
	Refer Overdue = "refer" // an asker is sent to the issuing authority: a cited law obliges an answer (rules B2)
)

// OwnEvidence is the one ground on which a clock may wait: for evidence that the
// person wants to bring (rules D2).
const OwnEvidence = "own-evidence"

// Levers are what can move the end of a clock, and what its end does.
type Levers struct {
	Extension    int          // one extension that is told before the end, in the unit of the term; 0 where there is none
	Overdue      Overdue      // what its end does
	Unverifiable Unverifiable // what becomes of a record that nobody can show to be right
	Pauses       []string     // grounds on which it may wait; none where it never does
}

// Unverifiable is what becomes of a record that nobody can show to be right or
// wrong. It is never shown.
type Unverifiable string

// What becomes of it.
const (
	NotShown Unverifiable = "hide"     // it stays with the person and the source, with the contest
	GivenUp  Unverifiable = "withdraw" // it is withdrawn
)

// WithdrawsUnverifiable reports whether a record that nobody can show to be right is
// withdrawn, by the rules of a kind of clock that hold on a day: where one of them
// says so.
func (p *Pack) WithdrawsUnverifiable(kind string, on when.Date) bool {
	return slices.ContainsFunc(p.deadlines[kind], func(q Parameter) bool {
		return q.HoldsOn(on) && q.Clock != nil && q.Clock.Unverifiable == GivenUp
	})
}

// Clock is one clock that runs or has run: everything that its end follows from,
// as it is kept with what waits for it.
type Clock struct {
	Kind      string
	Start     when.Date // day of the event; not counted
	Term      Term
	Extension int       // granted, in the unit of the term
	Paused    int       // days not counted: working days for a term in working days, else calendar days
	Outage    int       // working days added for an outage
	Due       when.Date // last day; it never moves to the person's harm but by these levers
	Whole     bool      // false: a year that it needs is not published, and Due is the earliest day that it can end
	Calendar  string    // version of the calendar that Due was counted with
	Overdue   Overdue
}

// DueAt returns the instant at which the clock has run out: the end of its last
// legal day.
func (c Clock) DueAt(zone *time.Location) time.Time { return c.Due.AddDays(1).Start(zone).UTC() }

// Twice returns the last day of twice the clock: a contest that is undecided then
// is decided for the person (rules D1).
func (c Clock) Twice() when.Date { return c.Due + (c.Due - c.Start) }

// StartClock starts a clock of a kind on a day, under the rule in force on it; of
// several the one that ends first. A year that is not published is never guessed:
// the clock ends as if people worked on each of its days, which is as early as it
// can end, and says so (Whole).
func (p *Pack) StartClock(kind string, start when.Date) (Clock, error) {
	var first Clock
	found := false
	for _, q := range p.deadlines[kind] {
		if !q.HoldsOn(start) || q.Clock == nil {
			continue
		}
		c := Clock{Kind: kind, Start: start, Term: q.Term, Overdue: q.Clock.Overdue}
		p.count(&c)
		if !found || c.Due < first.Due {
			first, found = c, true
		}
	}
	if !found {
		return first, fault.Newf(fault.Unavailable, "E-PACK-NOT-IN-FORCE",
			"deadlines.%s of pack %s does not hold on %s. Nothing was changed; load the pack that is in force on that day.", kind, p.Version, start)
	}
	return first, nil
}

// count sets the end of a clock by the calendar of this pack.
func (p *Pack) count(c *Clock) {
	c.Calendar, c.Whole = p.CalendarVersion(), true
	switch c.Term.Unit {
	case WorkingDays:
		c.Due, c.Whole = p.calendar.EarliestWorking(c.Start, c.Term.N+c.Extension+c.Paused)
	default:
		end, _ := Term{c.Term.N + c.Extension, c.Term.Unit}.After(c.Start, nil) // days and months need no calendar
		c.Due = end.AddDays(c.Paused)
	}
	if c.Outage > 0 {
		due, whole := p.calendar.EarliestWorking(c.Due, c.Outage)
		c.Due, c.Whole = due, c.Whole && whole
	}
}

// Recount counts a running clock with the calendar of this pack: a later version
// moves it only to the person's favour (rules D2).
func (p *Pack) Recount(c Clock) Clock {
	again := c
	p.count(&again)
	if again.Due > c.Due {
		return c
	}
	return again
}

// Extend grants the one extension that the pack allows, before the end and once.
// The person is told before it counts: the caller writes the letter in the same
// transaction.
func (p *Pack) Extend(c Clock, today when.Date) (Clock, error) {
	rule, ok := p.clockRule(c)
	if !ok || rule.Clock.Extension == 0 || c.Extension > 0 || today > c.Due {
		return c, fault.New(fault.Refused, "E-CLOCK-EXTEND", "This clock cannot be extended: the law gives no extension, it was used, or the time has run out. Nothing was changed; decide.").By("D1")
	}
	c.Extension = rule.Clock.Extension
	p.count(&c)
	return c, nil
}

// PauseMost returns for how many days a clock may still wait for the person's own
// evidence: together at most half of it (rules D2).
func (p *Pack) PauseMost(c Clock) int {
	rule, ok := p.clockRule(c)
	if !ok || !slices.Contains(rule.Clock.Pauses, OwnEvidence) {
		return 0
	}
	return max(0, c.half()-c.Paused)
}

// half is half of the clock with its extension, in the days that pauses count in.
func (c Clock) half() int {
	if c.Term.Unit == WorkingDays {
		return (c.Term.N + c.Extension) / 2
	}
	end, _ := Term{c.Term.N + c.Extension, c.Term.Unit}.After(c.Start, nil)
	return int(end-c.Start) / 2
}

// Pause lets a clock wait for so many days, before its end.
func (p *Pack) Pause(c Clock, days int, today when.Date) (Clock, error) {
	if days < 1 || days > p.PauseMost(c) || today > c.Due {
		return c, fault.Newf(fault.Refused, "E-CLOCK-PAUSE", "This clock can wait for %d days more, only for the person's own evidence, and only while it runs. Nothing was changed; choose fewer days, or decide.", p.PauseMost(c)).By("D2")
	}
	c.Paused += days
	p.count(&c)
	return c, nil
}

// Resume gives back the days of a pause that were not needed.
func (p *Pack) Resume(c Clock, unused int) Clock {
	c.Paused -= min(max(unused, 0), c.Paused)
	return p.Recount(c)
}

// clockRule is the rule that a clock was started under.
func (p *Pack) clockRule(c Clock) (Parameter, bool) {
	for _, q := range p.deadlines[c.Kind] {
		if q.Clock != nil && q.Term == c.Term && q.HoldsOn(c.Start) {
			return q, true
		}
	}
	return Parameter{}, false
}

// CalendarVersion names what the pack counts working days with: the published
// years and the first 12 hex digits of a hash over every day in them that differs
// from the week. Empty where it has no calendar.
func (p *Pack) CalendarVersion() string {
	years := p.calendar.Years()
	if len(years) == 0 {
		return ""
	}
	h := sha256.New()
	for _, y := range years {
		for d := when.Of(y, time.January, 1); d.Year() == y; d++ {
			works, _ := p.calendar.Working(d) // of a year that is there
			fmt.Fprintf(h, "%s %v\n", d, works)
		}
	}
	return fmt.Sprintf("%d-%d #%s", years[0], years[len(years)-1], hex.EncodeToString(h.Sum(nil)[:6]))
}

// Unpublished returns the first year within so many days of a day that clocks may
// need and nobody has published; false where all are there, or nothing counts
// working days.
func (p *Pack) Unpublished(today when.Date, days int) (int, bool) {
	counts := false
	for _, rules := range p.deadlines {
		counts = counts || slices.ContainsFunc(rules, func(q Parameter) bool { return q.Term.Unit == WorkingDays })
	}
	for y := today.Year(); counts && y <= today.AddDays(days).Year(); y++ {
		if !slices.Contains(p.calendar.Years(), y) {
			return y, true
		}
	}
	return 0, false
}

// AnswerBy returns the last day on which a source answers a contest that was sent
// to it on a day.
func (p *Pack) AnswerBy(sent when.Date) (when.Date, error) {
	return p.end("deadlines."+ContestAnswer, p.deadlines[ContestAnswer], sent, sent, earlier)
}

// QuestionBy returns the last day on which a question about a look-up that was put on
// a day is answered.
func (p *Pack) QuestionBy(put when.Date) (when.Date, error) {
	return p.end("deadlines."+QuestionAnswer, p.deadlines[QuestionAnswer], put, put, earlier)
}

// ComplaintBy returns the last day on which two people decide on a complaint about a
// statement that came in on a day.
func (p *Pack) ComplaintBy(came when.Date) (when.Date, error) {
	return p.end("deadlines."+ComplaintAnswer, p.deadlines[ComplaintAnswer], came, came, earlier)
}

// ReasonBy returns the last day on which staff says why it asked, where its look was
// picked for inspection on a day.
func (p *Pack) ReasonBy(picked when.Date) (when.Date, error) {
	return p.end("deadlines."+LookReason, p.deadlines[LookReason], picked, picked, earlier)
}

// StayAnswerBy returns the last day on which a stay that was ordered on a day is answered.
func (p *Pack) StayAnswerBy(ordered when.Date) (when.Date, error) {
	return p.end("deadlines."+StayAnswer, p.deadlines[StayAnswer], ordered, ordered, earlier)
}

// StayUntil returns the last day that a stay which is ordered on a day may have.
func (p *Pack) StayUntil(ordered when.Date) (when.Date, error) {
	return p.end("deadlines."+StayLongest, p.deadlines[StayLongest], ordered, ordered, earlier)
}

// CopyBy returns the last day on which who decided to a person's disadvantage, and
// noted it on a day, gives them a copy and the reason.
func (p *Pack) CopyBy(noted when.Date) (when.Date, error) {
	return p.end("deadlines."+AdverseCopy, p.deadlines[AdverseCopy], noted, noted, earlier)
}

// SupervisorOf returns who supervises how a body asks: the nearest supervisor above it
// that does not run the registry, else the first one of the pack; and one independent
// of the registry's operator and of the body, to whom goes what the first leaves
// lying: another where there is one. Empty where the pack has none.
func (p *Pack) SupervisorOf(code string) (first, beyond string) {
	var all []string
	for _, b := range p.bodies {
		if b.May(Supervisor) && !b.May(Operator) && b.Code != p.Operator && b.Code != code {
			all = append(all, b.Code)
		}
	}
	for at, found := p.Body(code); found && at.Under != "" && first == ""; {
		if at, found = p.Body(at.Under); found && slices.Contains(all, at.Code) {
			first = at.Code
		}
	}
	if len(all) == 0 {
		return "", ""
	}
	if first == "" {
		first = all[0]
	}
	beyond = first
	if i := slices.IndexFunc(all, func(s string) bool { return s != first }); i >= 0 {
		beyond = all[i]
	}
	return first, beyond
}

// Ombudsman returns the code of the first body that looks into single records from
// outside; false where the pack has none.
func (p *Pack) Ombudsman() (code string, ok bool) {
	i := slices.IndexFunc(p.bodies, func(b Body) bool { return b.May(Ombudsman) })
	if i < 0 {
		return "", false
	}
	return p.bodies[i].Code, true
}

// RepeatUntil returns the last day on which a repeat of what was decided on a day
// may be answered by reference (rules D3).
func (p *Pack) RepeatUntil(decided when.Date) (when.Date, error) {
	return p.end("deadlines."+ContestRepeat, p.deadlines[ContestRepeat], decided, decided, earlier)
}

// RepeatAnswerUntil returns the instant from which a repeat is an ordinary contest.
func (p *Pack) RepeatAnswerUntil(sent time.Time) (time.Time, error) {
	return p.until(RepeatAnswer, sent)
}

// ReviewUntil returns the instant from which a decision can no more be brought
// before others, from the opening of its letter.
func (p *Pack) ReviewUntil(opened time.Time) (time.Time, error) {
	return p.until(ReviewRequest, opened)
}

// DraftUntil returns the instant from which what was written and not sent is gone.
func (p *Pack) DraftUntil(written time.Time) (time.Time, error) {
	return p.until(ContestDraft, written)
}

// PapersUntil returns the last day on which the papers of a contest that is begun on
// a day are kept, if its record does not last longer.
func (p *Pack) PapersUntil(begun when.Date) (when.Date, error) {
	return p.end("deadlines."+ContestPapers, p.deadlines[ContestPapers], begun, begun, later)
}

// ReadmitUntil returns the last day on which a refuted record is sent again whose source
// certified on a day that it is right; false where the pack lets none come back.
func (p *Pack) ReadmitUntil(confirmed when.Date) (when.Date, bool, error) {
	rules, ok := p.deadlines[Reinsertion]
	if !ok {
		return 0, false, nil
	}
	until, err := p.end("deadlines."+Reinsertion, rules, confirmed, confirmed, earlier)
	return until, err == nil, err
}

// LookBackFrom returns the first day on which an answer that held a record has its
// asker told of a change on a day: the longest time that a rule gives.
func (p *Pack) LookBackFrom(changed when.Date) when.Date {
	first := changed
	for _, q := range p.deadlines[LookBack] {
		switch q.Term.Unit {
		case Years:
			first = min(first, changed.AddYears(-q.Term.N))
		case Months:
			first = min(first, changed.AddMonths(-q.Term.N))
		default:
			first = min(first, changed.AddDays(-q.Term.N))
		}
	}
	return first
}
