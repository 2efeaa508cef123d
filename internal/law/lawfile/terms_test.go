package lawfile_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/internal/when"
)

// ending says when a kind of deadline ends, by the event's day: as a day, or where it
// is shorter as its length.
func ending(p *law.Pack, kind string, day when.Date) (string, error) {
	noon := day.Start(p.Zone).Add(12 * time.Hour)
	lastDay := func(until time.Time, err error) (string, error) {
		return p.Today(until.Add(-time.Second)).String(), err
	}
	asDay := func(d when.Date, err error) (string, error) { return d.String(), err }
	switch kind {
	case law.AnswerBeforeEffect:
		return lastDay(p.AnswerUntil(noon))
	case law.ServicePeriod:
		return lastDay(p.ServedAt(noon))
	case law.ConsentMax:
		return lastDay(p.ConsentUntil(noon))
	case law.ConsentUndo:
		return strings.TrimSuffix(p.ConsentUndo().String(), "0s"), nil
	case law.ContestUndo:
		return strings.TrimSuffix(p.ContestUndo().String(), "0s"), nil
	case law.ContestAnswer:
		return asDay(p.AnswerBy(day))
	case law.ContestRepeat:
		return asDay(p.RepeatUntil(day))
	case law.RepeatAnswer:
		return lastDay(p.RepeatAnswerUntil(noon))
	case law.ReviewRequest:
		return lastDay(p.ReviewUntil(noon))
	case law.ContestDraft:
		return lastDay(p.DraftUntil(noon))
	case law.ContestPapers:
		return asDay(p.PapersUntil(day))
	case law.QuestionAnswer:
		return asDay(p.QuestionBy(day))
	case law.LookReason:
		return asDay(p.ReasonBy(day))
	case law.StayAnswer:
		return asDay(p.StayAnswerBy(day))
	case law.StayLongest:
		return asDay(p.StayUntil(day))
	case law.AdverseCopy:
		return asDay(p.CopyBy(day))
	case law.ComplaintAnswer:
		return asDay(p.ComplaintBy(day))
	case law.Reinsertion:
		until, ok, err := p.ReadmitUntil(day)
		if !ok {
			return "never", err
		}
		return until.String(), err
	case law.LookBack:
		return p.LookBackFrom(day).String(), nil
	}
	c, err := p.StartClock(kind, day)
	return c.Due.String(), err
}

// TestTerms_golden follows each line of testdata/terms.txt: every kind of deadline of
// every pack has one, but for the clocks of repair, which have cases of their own.
func TestTerms_golden(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/terms.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string][][]string{}
	for line := range strings.Lines(string(b)) {
		if w := strings.Fields(line); w[0] != "#" {
			lines[w[0]] = append(lines[w[0]], w[1:])
		}
	}
	for code, sub := range shipped(t) {
		p, err := lawfile.Load(sub)
		if err != nil {
			t.Fatal(err)
		}
		followed := map[string]bool{}
		for _, w := range lines[code] {
			day, _ := when.Parse(w[1]) // "-" where the day does not matter
			if got, err := ending(p, w[0], day); err != nil || got != w[2] {
				t.Errorf("%s %v: %s, %v", code, w, got, err)
			}
			followed[w[0]] = true
		}
		for _, q := range p.Parameters() {
			kind, is := strings.CutPrefix(q.Name, "deadlines.")
			kind, _, _ = strings.Cut(kind, ".")            // several rules for one thing
			if is && !followed[kind] && kind != "repair" { // cases/repair.txtar has the routes
				t.Errorf("%s: %s has no case", code, kind)
			}
		}
	}
}
