package law

import (
	"fmt"
	"slices"
	"strings"

	"recourse/internal/catalogue"
	"recourse/internal/when"
)

// spot is where a term or basis stands: file, way inside it, and its name in the pack.
type spot struct{ file, path, name string }

// rules checks all terms that the pack has for one thing.
func (c *compiler) rules(at spot, all Rules, units ...Unit) {
	for i := range all {
		one := at
		if len(all) > 1 {
			one.path = fmt.Sprintf("%s.%d", at.path, i)
		}
		if i > 0 {
			one.name = fmt.Sprintf("%s.%d", at.name, i+1)
		}
		c.parameter(one, &all[i], units...)
	}
	if len(all) == 0 {
		c.say(at.file, at.path, "term", "There is no term.", "Write at least one.")
	}
}

// parameter checks a term with where it comes from.
func (c *compiler) parameter(at spot, q *Parameter, units ...Unit) {
	q.Name = at.name
	counted := q.Term.Unit == WorkingDays || q.Rolls
	switch {
	case !slices.Contains(units, q.Term.Unit):
		c.say(at.file, at.path+".unit", "term", "This term is not counted in that unit.", fmt.Sprintf("Use one of: %s.", unitNames(units)))
	case counted && c.d.Calendar == nil:
		c.say(at.file, at.path+".unit", "term", "Working days need a published calendar, and this pack has none.",
			"Add calendar: to pack.yaml and a file for each published year, or use calendar days.")
	case q.Term.N < 1 || q.Term.N > maxTerm(q.Term.Unit):
		c.say(at.file, at.path+".value", "term", "This length is out of reach.",
			fmt.Sprintf("Use a whole number from 1 to %d for %s.", maxTerm(q.Term.Unit), q.Term.Unit))
	}
	if strings.TrimSpace(q.Start) == "" {
		c.say(at.file, at.path+".start", "term", "The event that starts the term is not named.", "Write start: and the event.")
	}
	if len(q.Scope) == 0 {
		c.say(at.file, at.path+".scope", "term", "The term applies to nobody.", "Write scope: with bureau, platform, furnisher or user.")
	}
	for _, s := range q.Scope {
		if !slices.Contains([]string{"bureau", "platform", "furnisher", "user"}, s) {
			c.say(at.file, at.path+".scope", "term", "This scope does not exist.", "Use bureau, platform, furnisher or user.")
		}
	}
	if q.To != nil && *q.To < q.From {
		c.say(at.file, at.path+".to", "term", "The term ends before it begins to hold.", "Correct from: or to:.")
	}
	c.cite(at.file, at.path+".basis", *q, &q.Basis)
}

func unitNames(units []Unit) string {
	var names []string
	for _, u := range units {
		names = append(names, string(u))
	}
	return strings.Join(names, ", ")
}

// maxTerm is the longest term in a unit: about fifty years, or as many working
// days as one published calendar can count.
func maxTerm(u Unit) int {
	switch u {
	case Years:
		return 50
	case Months:
		return 600
	case WorkingDays:
		return 250
	}
	return 18_000
}

func (c *compiler) deadlines() {
	for i, d := range c.d.Deadlines {
		at := fmt.Sprintf("deadlines.%d", i)
		if known := slices.Concat(deadlineKinds(), further()); !slices.Contains(known, d.Kind) {
			c.say(DeadlinesFile, at+".kind", "name", "This deadline does not exist.", "Use one of: "+strings.Join(known, ", ")+".")
		}
		name := "deadlines." + d.Kind
		if n := len(c.p.deadlines[d.Kind]); n > 0 {
			name = fmt.Sprintf("%s.%d", name, n+1)
		}
		c.parameter(spot{DeadlinesFile, at, name}, &d.Parameter, c.deadline(at, d)...)
		c.p.deadlines[d.Kind] = append(c.p.deadlines[d.Kind], d.Parameter)
	}
	for _, k := range deadlineKinds() {
		if _, ok := c.p.deadlines[k]; !ok {
			c.say(DeadlinesFile, "deadlines", "term", "Deadline "+k+" is missing.", "Add it: nothing runs without it.")
		}
	}
	if _, ok := c.p.deadlines[ComplaintAnswer]; !ok && c.d.Statement != nil {
		c.say(DeadlinesFile, "deadlines", "D6", "People may say something beside a record, and nothing says in which time others' complaints about it are decided.", "Add kind: "+ComplaintAnswer+", at most value: 5, unit: working days.")
	}
}

// deadline checks what is particular to a kind and returns its units. Only where
// time is the person's may the last day roll on: elsewhere it would lengthen
// what weighs on them.
func (c *compiler) deadline(at string, d Deadline) []Unit {
	clock := d.Kind == ContestClock || d.Kind == ReviewClock
	if d.Rolls && d.Kind != AnswerBeforeEffect && d.Kind != ServicePeriod && d.Kind != ReviewRequest {
		c.say(DeadlinesFile, at+".rolls", "term", "This term does not roll on to a working day.", "Take rolls: out.")
	}
	switch {
	case clock && d.Clock == nil:
		c.say(DeadlinesFile, at+".overdue", "D1", "It is not said what happens when the clock has run out.", "Write overdue: hide, or overdue: refer where the cited law obliges an answer.")
	case !clock && d.Clock != nil:
		c.say(DeadlinesFile, at, "term", "Only a clock of decision has overdue:, unverifiable:, extension: or pauses:.", "Take them out.")
	case clock:
		c.levers(DeadlinesFile, at, d.Parameter)
	}
	if most := (Term{12, Months}); d.Kind == ContestRepeat && d.Term.minutes() > most.minutes() {
		c.say(DeadlinesFile, at+".value", "D3", "A repeat may be answered by reference within twelve months of a decision at most.", "Write at most value: 12, unit: months.")
	}
	if most := (Term{5, WorkingDays}); d.Kind == RepeatAnswer && d.Term.minutes() > most.minutes() {
		c.say(DeadlinesFile, at+".value", "D3", "A repeat is answered within five working days.", "Write at most value: 5, unit: working days.")
	}
	if most := (Term{5, WorkingDays}); d.Kind == ComplaintAnswer && d.Term.minutes() > most.minutes() {
		c.say(DeadlinesFile, at+".value", "D6", "A complaint about what a person says is decided within five working days, or it stands.", "Write at most value: 5, unit: working days.")
	}
	switch d.Kind {
	case AnswerBeforeEffect, ServicePeriod, ContestAnswer, RepeatAnswer, ReviewRequest, QuestionAnswer, StayLongest, StayAnswer, LookReason, AdverseCopy, ComplaintAnswer, Reinsertion:
		return []Unit{CalendarDays, WorkingDays}
	case ContestClock, ReviewClock:
		return []Unit{CalendarDays, WorkingDays, Months}
	case ContestRepeat, ContestPapers, LookBack:
		return []Unit{CalendarDays, Months, Years}
	case ConsentMax, ContestDraft:
		return []Unit{CalendarDays}
	}
	if d.Term.Unit == Minutes && d.Term.N < 10 {
		c.say(DeadlinesFile, at+".value", "G2", "It can be undone for less than ten minutes.", "Write at least value: 10.")
	}
	return []Unit{Minutes}
}

// levers checks what can move the end of a clock (rules D1, D2).
func (c *compiler) levers(file, at string, q Parameter) {
	if q.Clock.Overdue != Hide && q.Clock.Overdue != Refer {
		c.say(file, at+".overdue", "D1", "A record whose clock has run out is hidden, or referred to the issuing authority; it is never shown.", "Write overdue: hide or overdue: refer.")
	}
	if q.Clock.Overdue == Refer && q.Basis.Status == catalogue.Policy {
		c.say(file, at+".overdue", "B2", "Only a law can oblige to an answer while a clock has run out.", "Write overdue: hide, or cite the law.")
	}
	if q.Clock.Unverifiable != NotShown && q.Clock.Unverifiable != GivenUp {
		c.say(file, at+".unverifiable", "D1", "It is not said what becomes of a record that nobody can show to be right; it is never shown.", "Write unverifiable: hide or unverifiable: withdraw.")
	}
	if q.Clock.Extension > maxTerm(q.Term.Unit) {
		c.say(file, at+".extension", "term", "This length is out of reach.", fmt.Sprintf("Use a whole number up to %d.", maxTerm(q.Term.Unit)))
	}
	for _, g := range q.Clock.Pauses {
		if g != OwnEvidence {
			c.say(file, at+".pauses", "D2", "A clock waits only for the person's own evidence.", "Write pauses: [own-evidence], or take it out.")
		}
	}
}

func (c *compiler) retentions() {
	seen := map[string]bool{}
	for i, r := range c.d.Retentions {
		at := fmt.Sprintf("records.%d", i)
		c.code(RetentionFile, at+".class", r.Class, seen)
		c.words(RetentionFile, at+".labels", r.Labels)
		c.rules(spot{RetentionFile, at + ".display", "retention." + r.Class + ".display"}, r.Display, CalendarDays, Months, Years)
		c.rules(spot{RetentionFile, at + ".retain", "retention." + r.Class + ".retain"}, r.Retain, CalendarDays, Months, Years)
		c.unrolled(RetentionFile, at, slices.Concat(r.Display, r.Retain))
		if shownLonger(r) {
			c.say(RetentionFile, at+".retain", "term", "A record of this class could be erased while it is still shown.",
				"Write retain at least as long as display, at every time.")
		}
		c.p.retentions[r.Class] = r
	}
	c.rules(spot{RetentionFile, "access", "retention.access"}, c.d.Access, CalendarDays, Months, Years)
	c.unrolled(RetentionFile, "access", c.d.Access)
	c.p.access = c.d.Access
}

func (c *compiler) unrolled(file, at string, all Rules) {
	if slices.ContainsFunc(all, func(q Parameter) bool { return q.Rolls }) {
		c.say(file, at, "term", "This term does not roll on to a working day.", "Take rolls: out.")
	}
}

// shownLonger reports whether, on any day on which the rules change, a record
// has its retention end before its display end. Terms of one unit compare as
// numbers; others are tried from each day of four years.
func shownLonger(r DraftRetention) bool {
	both := slices.Concat(r.Display, r.Retain)
	tries := 1
	for _, q := range both {
		if q.Term.Unit != both[0].Term.Unit {
			tries = 4*365 + 1
		}
	}
	for _, q := range both {
		on := []when.Date{q.From}
		if q.To != nil {
			on = append(on, *q.To+1)
		}
		for _, day := range on {
			if earlierEnd(r, day, tries) {
				return true
			}
		}
	}
	return false
}

func earlierEnd(r DraftRetention, on when.Date, tries int) bool {
	for start := on; start < on.AddDays(tries); start++ {
		display, shown, _ := r.Display.end(start, on, earlier, nil) // no working days here
		retain, kept, _ := r.Retain.end(start, on, earlier, nil)
		if shown && kept && retain < display {
			return true
		}
	}
	return false
}
