package dossierweb

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"recourse/internal/dossier"
	"recourse/internal/when"
)

// TestAxis_holdsEverything draws any records: bars lie inside the picture, in the
// order of their days, and what has passed is no longer than the bar.
func TestAxis_holdsEverything(t *testing.T) {
	t.Parallel()
	today := when.Of(2026, 11, 22)
	rapid.Check(t, func(t *rapid.T) {
		var cards []card
		for range rapid.IntRange(1, 6).Draw(t, "records") {
			start := when.Of(rapid.IntRange(1950, 2030).Draw(t, "year"), 1, rapid.IntRange(1, 366).Draw(t, "day"))
			end := start + when.Date(rapid.IntRange(0, 60000).Draw(t, "length"))
			cards = append(cards, card{Shown: dossier.Shown{Start: start, Negative: true, Standing: dossier.Standing{DisplayEnd: end}},
				st: standing(rapid.IntRange(0, 5).Draw(t, "standing"))})
		}
		a := axisOf(cards, today)
		if n := len(a.ticks); n < 1 || n > mostTicks {
			t.Fatalf("%d years are written", n)
		}
		if x := a.at(today); x <= 0 || x >= 100 {
			t.Fatalf("today lies at %f", x)
		}
		for _, c := range cards {
			b := a.bar(c)
			x, w := number(t, b.x), number(t, b.w)
			if x < 0 || w < 0 || x+w > 100.02 {
				t.Fatalf("a bar from %s for %s", b.x, b.w)
			}
			if b.past != "" && number(t, b.past) > w+0.02 {
				t.Fatalf("%s of a bar of %s has passed", b.past, b.w)
			}
		}
	})
}

func number(t *rapid.T, s string) float64 {
	x, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestStand leaves visibility to the room.
func TestStand(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		state   dossier.State
		visible bool
		effect  time.Time
		gone    bool // the content with what ended it
		want    standing
	}{
		{dossier.Noticed, false, time.Time{}, false, noticed},
		{dossier.InForce, true, now, false, shown},
		{dossier.InForce, false, now.Add(time.Second), false, soon},
		{dossier.InForce, false, now, false, off}, // the room hides it: no rule of the page shows it
		{dossier.Expired, false, now, false, off},
		{dossier.Withdrawn, false, now, false, withdrawn},
		{dossier.Withdrawn, true, now, false, withdrawn},
		{dossier.Withdrawn, false, now, true, erased},
		{dossier.Erased, false, now, false, erased},
	} {
		r := dossier.Shown{Visible: c.visible, Standing: dossier.Standing{State: c.state, EffectAt: c.effect}}
		if !c.gone {
			r.Fields = map[string]string{"amount_owed": "1 CNY"}
		}
		got := stand(r, now)
		if got != c.want {
			t.Errorf("%s, visible %v, from %v stands %d, want %d", c.state, c.visible, c.effect, got, c.want)
		}
	}
}

func TestGrouped(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"0.50": "0.50", "999": "999", "1000": "1,000", "12000.00": "12,000.00", "1234567.80": "1,234,567.80"} {
		if got := grouped(in); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}
