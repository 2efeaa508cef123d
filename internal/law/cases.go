package law

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"recourse/internal/catalogue"
	"recourse/internal/when"
)

// CaseFault is what a case of a pack expects and the pack does otherwise.
type CaseFault struct {
	Line int // in the file, from 1
	Text string
	Fix  string
}

// CaseFile returns the file of a pack that holds the cases of a type.
func CaseFile(typeCode string) string { return "cases/" + typeCode + ".txtar" }

// Try runs the cases of a type: the accepted row is read as accepted.txt says, the
// refused one is refused for the reasons of refused.txt, and records end as
// ends.txt says under the rules in force on day on.
func (p *Pack) Try(t *catalogue.Type, text string, on when.Date) []CaseFault {
	c := caseRun{p: p, t: t, on: on, at: map[string]int{}, part: map[string]string{}}
	c.split(text)
	for _, name := range []string{"accepted.csv", "accepted.txt", "refused.csv", "refused.txt", "ends.txt"} {
		if strings.TrimSpace(c.part[name]) == "" {
			c.say("", "There is no part "+name+", or it is empty.", "Add a line -- "+name+" -- and what belongs there; docs/howto/packs.md has an example.")
		}
	}
	if len(c.out) > 0 {
		return c.out
	}
	c.accepted()
	c.refused()
	c.ends()
	return c.out
}

type caseRun struct {
	p    *Pack
	t    *catalogue.Type
	on   when.Date
	part map[string]string
	at   map[string]int // the line before the first of each part
	out  []CaseFault
}

func (c *caseRun) say(part, text, fix string) { c.sayAt(c.at[part]+1, text, fix) }

func (c *caseRun) sayAt(line int, text, fix string) {
	c.out = append(c.out, CaseFault{Line: line, Text: text, Fix: fix})
}

// split parts the file at its lines -- name --.
func (c *caseRun) split(text string) {
	name, n := "", 0
	for line := range strings.Lines(text) {
		n++
		if head, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "-- "); ok && strings.HasSuffix(head, " --") {
			name = strings.TrimSuffix(head, " --")
			c.at[name] = n
		} else if name != "" {
			c.part[name] += line
		}
	}
}

// row reads a header and one row.
func (c *caseRun) row(part string) (map[string]string, bool) {
	rows, err := csv.NewReader(strings.NewReader(c.part[part])).ReadAll()
	if err != nil || len(rows) != 2 {
		c.say(part, part+" is not a header and one row.", "Write two lines with the same number of columns.")
		return nil, false
	}
	for _, f := range c.t.CheckHeader(rows[0]) {
		c.say(part, "Column "+f.Field+": "+f.Text, f.Fix)
	}
	out := map[string]string{}
	for i, name := range rows[0] {
		out[name] = rows[1][i]
	}
	return out, true
}

func (c *caseRun) accepted() {
	row, ok := c.row("accepted.csv")
	if !ok {
		return
	}
	e, found := c.t.Check(row)
	for _, f := range found {
		c.say("accepted.csv", fmt.Sprintf("The row is refused: column %s, %s: %s", f.Field, f.Code, f.Text), f.Fix)
	}
	if len(found) == 0 {
		c.compare("accepted.txt", c.written(e))
	}
}

// written is how accepted.txt writes a row that was read.
func (c *caseRun) written(e catalogue.Entry) []string {
	out := []string{"ref " + e.Ref, fmt.Sprintf("order %d", e.Order), "start " + e.Start.String()}
	for _, f := range c.t.Fields {
		if v := e.Fields[f.Name]; v != "" {
			out = append(out, f.Name+" "+v)
		}
	}
	return out
}

func (c *caseRun) refused() {
	row, ok := c.row("refused.csv")
	if !ok {
		return
	}
	_, found := c.t.Check(row)
	var got []string
	for _, f := range found {
		got = append(got, fmt.Sprintf("%s %s %s", f.Code, f.Field, f.Rule))
	}
	if len(got) == 0 {
		c.say("refused.csv", "The row is accepted.", "Write a row that must be refused.")
	}
	c.compare("refused.txt", got)
}

// compare tells line by line what a part expects and what came.
func (c *caseRun) compare(part string, got []string) {
	want := strings.Split(strings.TrimRight(c.part[part], "\n"), "\n")
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(got):
			c.sayAt(c.at[part]+1+i, fmt.Sprintf("%s expects %q, which does not come.", part, want[i]), "Take the line out, or correct the type.")
		case i >= len(want):
			c.sayAt(c.at[part]+len(want), fmt.Sprintf("%s does not expect %q, which comes.", part, got[i]), "Add the line, or correct the type.")
		case want[i] != got[i]:
			c.sayAt(c.at[part]+1+i, fmt.Sprintf("%s expects %q; what comes is %q.", part, want[i], got[i]), "Correct the line, or the type.")
		}
	}
}

// ends compares lines of start, end of display, end of retention, and for a status
// decision its own last day.
func (c *caseRun) ends() {
	for i, line := range strings.Split(strings.TrimRight(c.part["ends.txt"], "\n"), "\n") {
		at := c.at["ends.txt"] + 1 + i
		days, ok := daysOf(line)
		if !ok || len(days) != 3 && len(days) != 4 || (len(days) == 4) != (c.t.Status != nil) {
			c.sayAt(at, "This is no line of start, end of display and end of retention, and for a status decision its own last day.", "Write days as YYYY-MM-DD, parted by spaces.")
			continue
		}
		e := catalogue.Entry{Start: days[0]}
		if len(days) == 4 {
			e.End = &days[3]
		}
		display, retain, err := c.p.Ends(c.t, e, c.on)
		switch {
		case err != nil:
			c.sayAt(at, err.Error(), "Mend the terms of the class.")
		case !slices.Equal(days[1:3], []when.Date{display, retain}):
			c.sayAt(at, fmt.Sprintf("A record that starts on %s is shown until %s and kept until %s.", days[0], display, retain), "Correct the line, or the terms in retention.yaml.")
		}
	}
}

func daysOf(line string) (out []when.Date, ok bool) {
	for _, s := range strings.Fields(line) {
		d, err := when.Parse(s)
		if err != nil {
			return nil, false
		}
		out = append(out, d)
	}
	return out, true
}
