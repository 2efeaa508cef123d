package oversight_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/oversight"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

func TestQuarter(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"2026-Q1", "2026-Q4", "0999-Q2"} {
		q, err := oversight.ParseQuarter(text)
		if err != nil || q.String() != text {
			t.Errorf("%s is read as %s: %v", text, q, err)
		}
	}
	q, err := oversight.ParseQuarter("2028-Q1")
	if err != nil || when.Date(q) != when.Of(2028, 1, 1) || q.Last() != when.Of(2028, 3, 31) || q.Year() != 2028 || q.Nth() != 1 {
		t.Errorf("%s from %s to %s: %v", q, when.Date(q), q.Last(), err)
	}
	for _, text := range []string{"", "2026", "2026-Q0", "2026-Q5", "2026-Q01", "2026-q1", "x-Q1", "2026-Qx", "0-Q1", "26-Q1", "10000-Q1", "+2026-Q1"} {
		if q, err := oversight.ParseQuarter(text); !errors.Is(err, oversight.ErrNoQuarter) {
			t.Errorf("%q is read as %s", text, q)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	list := []oversight.Figure{
		{About: oversight.Reviews, For: oversight.ForRegistry, N: 30, Part: 20},
		{About: oversight.Deliveries, For: "b", N: 12, TooFew: "part"},
		{About: oversight.Deliveries, For: "a", N: 40, Part: 10},
	}
	want := "about,counted_for,n,part,too_few\ndeliveries,a,40,10,\ndeliveries,b,12,,part\nreviews,*registry,30,20,\n"
	if diff := cmp.Diff(want, string(oversight.Lines(list))); diff != "" {
		t.Error(diff)
	}
	if list[0].About != oversight.Reviews {
		t.Error("the list was put in another order")
	}
}

// TestInterval compares with values computed by hand (Wilson, 95 %).
func TestInterval(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		f         oversight.Figure
		low, high float64
	}{
		{oversight.Figure{N: 100, Part: 50}, 0.4038, 0.5962},
		{oversight.Figure{N: 20, Part: 10}, 0.2993, 0.7007},
		{oversight.Figure{N: 1000, Part: 990}, 0.9817, 0.9946},
	} {
		low, high := c.f.Interval()
		if low < c.low-0.001 || low > c.low+0.001 || high < c.high-0.001 || high > c.high+0.001 {
			t.Errorf("%d of %d lie between %.4f and %.4f, want %.4f and %.4f", c.f.Part, c.f.N, low, high, c.low, c.high)
		}
	}
}

func TestCountedFor(t *testing.T) {
	t.Parallel()
	p := housetest.Pack(t, func(file, text string) string {
		if file != "bodies.yaml" {
			return text
		}
		return strings.Replace(text, "bodies:\n", "bodies:\n  - code: wuhan-market-branch\n    names: {zh: 示例分局, en: Sample branch}\n    under: wuhan-market\n    roles: [inquirer]\n"+
			"  - code: wuhan-market-office\n    names: {zh: 示例所, en: Sample office}\n    under: wuhan-market-branch\n    roles: [inquirer]\n", 1)
	})
	for code, want := range map[string]string{"hubei-market": "hubei-market", "wuhan-market": "wuhan-market", "wuhan-market-branch": "wuhan-market", "wuhan-market-office": "wuhan-market", "of-old": "of-old"} {
		if got := oversight.CountedFor(p, code); got != want {
			t.Errorf("%s is counted for %s, want %s", code, got, want)
		}
	}
	if len(oversight.Abouts()) != 8 {
		t.Error("not all that is counted is listed")
	}
}
