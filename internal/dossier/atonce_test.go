package dossier_test

import (
	"testing"

	"pgregory.net/rapid"

	"recourse/internal/catalogue"
	"recourse/internal/dossier"
	"recourse/internal/when"
)

// However versions follow each other, an effect without a hearing ends with the days
// that the pack gives and one extension, and once over it runs again only where a
// hearing came in time (rules C3).
func TestAtOnce_neverLonger(t *testing.T) {
	t.Parallel()
	const days, more = 15, 10
	runs, over := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		decided := when.Of(2026, 3, 10)
		end := decided.AddDays(days)
		var at dossier.AtOnce
		heard, ended := false, false
		today := decided
		for range rapid.IntRange(1, 8).Draw(t, "versions") {
			today = today.AddDays(rapid.IntRange(0, 12).Draw(t, "days between"))
			said := &catalogue.AtOnce{Until: end, Heard: rapid.IntRange(0, 3).Draw(t, "heard") == 0}
			if rapid.Bool().Draw(t, "extended") {
				until := end.AddDays(rapid.IntRange(1, more).Draw(t, "by"))
				said.Extended = &until
			}
			ended = ended || at.There && !at.Runs(today)
			was := at
			at = was.Next(said, today)
			heard = heard || said.Heard && at.There
			switch {
			case at.UnheardUntil > end.AddDays(more) || was.Extended && was.UnheardUntil != 0 && at.UnheardUntil > was.UnheardUntil:
				t.Fatalf("on %s %+v became %+v", today, was, at)
			case ended && !heard && at.Runs(today):
				t.Fatalf("on %s it runs again: %+v", today, at)
			case !said.Heard && at.UnheardUntil == 0:
				t.Fatalf("on %s without a hearing it does not end: %+v", today, at)
			}
			if at.Runs(today) {
				runs++
			} else {
				over++
			}
		}
	})
	if runs == 0 || over == 0 {
		t.Errorf("it ran %d times and was over %d times", runs, over)
	}
}
