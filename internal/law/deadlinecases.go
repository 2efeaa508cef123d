package law

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DeadlineCases is the file of a pack that holds the cases of its deadlines.
const DeadlineCases = "cases/deadlines.txtar"

// TryDeadlines runs the cases of deadlines: end.txt says of a term that begins on a day
// on which day it ends, clock.txt when a clock that starts on a day runs out, extended
// and after waiting where the line says so, undo.txt until when something can be
// undone, and hold.txt when a hold ends at the latest that is proposed on a day. Each deadline must be there, each rule of a clock must decide one case, and
// so must each lever that it has.
func (p *Pack) TryDeadlines(text string) []CaseFault {
	c := caseRun{p: p, at: map[string]int{}, part: map[string]string{}}
	c.split(text)
	tried := map[string]bool{}
	run := clockCases{caseRun: &c, tried: tried}
	for _, l := range []caseLines{{"end.txt", "deadlines.yaml", 3, 3, c.term}, {"clock.txt", "deadlines.yaml", 3, 5, run.clock}, {"undo.txt", "deadlines.yaml", 3, 3, c.undone},
		{"hold.txt", "retention.yaml", 3, 3, c.held}} {
		c.each(l, tried)
	}
	for _, kind := range slices.Sorted(maps.Keys(p.deadlines)) {
		if strings.HasPrefix(kind, repairClocks) {
			continue // RepairCases has them
		}
		rules := p.deadlines[kind]
		switch {
		case rules[0].Clock != nil:
			run.whole(kind, rules)
		case rules[0].Term.Unit == Minutes:
			c.missing("undo.txt", kind, tried)
		default:
			c.missing("end.txt", kind, tried)
		}
	}
	for _, h := range p.holds {
		c.missing("hold.txt", h.Code, tried)
	}
	return c.out
}

// held tries GROUND PROPOSED LATEST: the last day on which a hold may end.
func (c *caseRun) held(w []string) string {
	days, dated := daysOf(w[1] + " " + w[2])
	if _, ok := c.p.Hold(w[0]); !ok || !dated {
		return "This is no ground to hold a content, and two days."
	}
	end, err := c.p.HoldUntil(w[0], days[0])
	switch {
	case err != nil:
		return err.Error()
	case end != days[1]:
		return fmt.Sprintf("It may end on %s at the latest.", end)
	}
	return ""
}

// term tries KIND START END. What looks back begins with the change and ends on the
// first day of the answers that are told of it.
func (c *caseRun) term(w []string) string {
	days, dated := daysOf(w[1] + " " + w[2])
	rules, ok := c.p.deadlines[w[0]]
	if !ok || !dated || rules[0].Clock != nil || rules[0].Term.Unit == Minutes {
		return "This is no deadline in days, months or years, and two days."
	}
	end := c.p.LookBackFrom(days[0])
	if w[0] != LookBack {
		var err error
		if end, err = c.p.end("deadlines."+w[0], rules, days[0], days[0], favours(w[0])); err != nil {
			return err.Error()
		}
	}
	if end != days[1] {
		return fmt.Sprintf("It ends on %s.", end)
	}
	return ""
}

// undone tries KIND FROM UNTIL, in the pack's zone.
func (c *caseRun) undone(w []string) string {
	const layout = "2006-01-02T15:04"
	from, err := time.ParseInLocation(layout, w[1], c.p.Zone)
	rules := c.p.deadlines[w[0]]
	if err != nil || len(rules) == 0 || rules[0].Term.Unit != Minutes {
		return "This is no deadline in minutes, and two times as YYYY-MM-DDTHH:MM."
	}
	if until := from.Add(c.p.undo(w[0])).In(c.p.Zone).Format(layout); until != w[2] {
		return "It is over at " + until + "."
	}
	return ""
}

// clockCases tries clocks, and keeps which rules and levers decided a case.
type clockCases struct {
	*caseRun
	tried map[string]bool
}

// clock tries KIND START DUE [extended] [waits=DAYS].
func (c *clockCases) clock(w []string) string {
	days, dated := daysOf(w[1] + " " + w[2])
	rules, ok := c.p.deadlines[w[0]]
	if !ok || !dated || rules[0].Clock == nil {
		return "This is no clock and two days."
	}
	k, err := c.p.StartClock(w[0], days[0])
	for _, lever := range w[3:] {
		if err == nil {
			k, err = c.pull(k, lever)
		}
	}
	switch {
	case err != nil:
		return err.Error()
	case !k.Whole:
		return fmt.Sprintf("It needs a year that is not published; until then it ends on %s, the earliest day that it can.", k.Due)
	case k.Due != days[1]:
		return fmt.Sprintf("It runs out on %s.", k.Due)
	}
	c.tried["rule "+w[0]+" "+k.Term.String()] = true
	return ""
}

func (c *clockCases) pull(k Clock, lever string) (Clock, error) {
	name, days, _ := strings.Cut(lever, "=")
	c.tried["lever "+k.Kind+" "+name] = true
	n, err := strconv.Atoi(days)
	switch {
	case lever == "extended":
		return c.p.Extend(k, k.Start)
	case name == "waits" && err == nil:
		return c.p.Pause(k, n, k.Start)
	}
	return k, fmt.Errorf("%q is no lever: write extended, or waits= and a number of days", lever)
}

// whole tells of rules and levers of a clock that no case tries.
func (c *clockCases) whole(kind string, rules Rules) {
	for _, q := range rules {
		if !c.tried["rule "+kind+" "+q.Term.String()] {
			c.say("clock.txt", fmt.Sprintf("There is no case of %s that %s decide.", kind, q.Term), "Add a line that begins with "+kind+".")
		}
		if q.Clock.Extension > 0 && !c.tried["lever "+kind+" extended"] {
			c.say("clock.txt", "There is no case of "+kind+" that is extended.", "Add a line that begins with "+kind+" and ends with extended.")
		}
		if len(q.Clock.Pauses) > 0 && !c.tried["lever "+kind+" waits"] {
			c.say("clock.txt", "There is no case of "+kind+" that waits.", "Add a line that begins with "+kind+" and ends with waits= and a number of days.")
		}
	}
}
