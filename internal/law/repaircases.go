package law

import (
	"fmt"
	"slices"
	"strings"

	"recourse/internal/when"
)

// RepairCases is the file of a pack that holds the cases of its routes and reliefs.
const RepairCases = "cases/repair.txtar"

// TryRepair runs the cases of routes and reliefs under the rules in force on day on:
// open.txt says for each route when it opens to a record of a type that began on a
// day, clock.txt by when an application that was sent on a day is decided, relief.txt
// whether a relief covers such a record. Each route and each relief must be there.
func (p *Pack) TryRepair(text string, on when.Date) []CaseFault {
	c := caseRun{p: p, on: on, at: map[string]int{}, part: map[string]string{}}
	c.split(text)
	tried := map[string]bool{}
	for _, l := range []caseLines{{"open.txt", "repair.yaml", 4, 4, c.opens}, {"clock.txt", "repair.yaml", 3, 3, c.decides}, {"relief.txt", "repair.yaml", 4, 4, c.covers}} {
		c.each(l, tried)
	}
	for _, r := range p.routes {
		c.missing("open.txt", r.Code, tried)
		if r.Kind != ByTime {
			c.missing("clock.txt", r.Code, tried)
		}
	}
	for _, r := range p.reliefs {
		c.missing("relief.txt", r.Code, tried)
	}
	return c.out
}

func (c *caseRun) missing(part, code string, tried map[string]bool) {
	if !tried[part+code] {
		c.say(part, "There is no case of "+code+" in "+part+".", "Add a line that begins with "+code+".")
	}
}

// caseLines are the lines of a part.
type caseLines struct {
	part, mend  string // mend is the file that is wrong where the line is right
	least, most int    // words in a line
	do          func(w []string) (instead string)
}

// each tries the lines of a part; do says what comes out instead, or nothing.
func (c *caseRun) each(l caseLines, tried map[string]bool) {
	at := c.at[l.part]
	for line := range strings.Lines(c.part[l.part]) {
		at++
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		if len(w) < l.least || len(w) > l.most {
			c.sayAt(at, fmt.Sprintf("A line of %s has %d words, and %d at most.", l.part, l.least, l.most), "Write them as docs/reference/pack.md says.")
			continue
		}
		tried[l.part+w[0]] = true
		if is := l.do(w); is != "" {
			c.sayAt(at, is, "Correct the line, or "+l.mend+".")
		}
	}
}

// opens tries ROUTE TYPE START OPENS.
func (c *caseRun) opens(w []string) string {
	r, ok := c.p.Route(w[0])
	t, known := c.p.Type(w[1])
	days, dated := daysOf(w[2] + " " + w[3])
	if !ok || !known || !dated {
		return "This is no route, type and two days."
	}
	if !slices.Contains(r.Classes, t.Retention) {
		return fmt.Sprintf("Records of %s do not end by %s.", t.Code, r.Code)
	}
	opens, err := c.p.Opens(r, days[0], c.on)
	switch {
	case err != nil:
		return err.Error()
	case opens != days[1]:
		return fmt.Sprintf("It opens on %s.", opens)
	}
	return ""
}

// decides tries ROUTE SENT DUE.
func (c *caseRun) decides(w []string) string {
	days, dated := daysOf(w[1] + " " + w[2])
	if _, ok := c.p.Route(w[0]); !ok || !dated {
		return "This is no route and two days."
	}
	clock, err := c.p.StartClock(RepairClock(w[0]), days[0])
	switch {
	case err != nil:
		return err.Error()
	case clock.Due != days[1]:
		return fmt.Sprintf("It is decided by %s.", clock.Due)
	}
	return ""
}

// covers tries RELIEF TYPE START yes|no.
func (c *caseRun) covers(w []string) string {
	r, ok := c.p.Relief(w[0])
	t, known := c.p.Type(w[1])
	days, dated := daysOf(w[2])
	if !ok || !known || !dated || w[3] != "yes" && w[3] != "no" {
		return "This is no relief, type, day, and yes or no."
	}
	if is := r.Covers(t.Retention, days[0]); is != (w[3] == "yes") {
		return fmt.Sprintf("That it is covered is %v.", is)
	}
	return ""
}
