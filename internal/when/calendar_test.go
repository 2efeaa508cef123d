package when_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"recourse/internal/when"
)

// october is the calendar of a year in which eight days off are paid for with
// two weekends of work.
func october() *when.Calendar {
	return when.NewCalendar([]time.Weekday{time.Saturday, time.Sunday}, map[int][]when.Exception{2025: {
		{Day: day("2025-09-28"), Works: true}, {Day: day("2025-10-01")}, {Day: day("2025-10-02")}, {Day: day("2025-10-03")},
		{Day: day("2025-10-04")}, {Day: day("2025-10-05")}, {Day: day("2025-10-06")}, {Day: day("2025-10-07")}, {Day: day("2025-10-08")},
		{Day: day("2025-10-11"), Works: true}}})
}

func day(s string) when.Date {
	d, err := when.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// TestCalendar_golden follows each line of testdata/calendar.txt: what is asked
// of the calendar, the day, for terms the number, and the answer.
func TestCalendar_golden(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/calendar.txt")
	if err != nil {
		t.Fatal(err)
	}
	c, asked := october(), 0
	for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		w := strings.Fields(line)
		if len(w) == 0 || w[0] == "#" {
			continue
		}
		asked++
		var got string
		switch w[0] {
		case "works":
			works, err := c.Working(day(w[1]))
			got = map[bool]string{true: "yes", false: "no"}[works]
			if err != nil {
				got = err.Error()
			}
		case "next":
			got = told(c.NextWorking(day(w[1])))
		default:
			n := 0
			for _, r := range strings.TrimPrefix(w[0], "+") {
				n = 10*n + int(r-'0')
			}
			got = told(c.AddWorkingDays(day(w[1]), n))
		}
		if want := strings.Join(w[2:], " "); got != want {
			t.Errorf("line %d: %s: got %s, want %s", i+1, line, got, want)
		}
	}
	if asked < 20 {
		t.Errorf("only %d lines were followed", asked)
	}
}

func told(d when.Date, err error) string {
	if err != nil {
		return err.Error()
	}
	return d.String()
}

func TestCalendar_years(t *testing.T) {
	t.Parallel()
	c := when.NewCalendar(nil, map[int][]when.Exception{2026: nil, 2024: nil})
	if diff := cmp.Diff([]int{2024, 2026}, c.Years()); diff != "" {
		t.Error(diff)
	}
	if works, err := c.Working(day("2026-11-22")); err != nil || !works {
		t.Error("without a weekend a Sunday is a day off")
	}
	var none *when.Calendar
	var gone when.UnpublishedError
	if _, err := none.AddWorkingDays(day("2026-11-22"), 1); !errors.As(err, &gone) || gone.Year != 2026 || none.Years() != nil {
		t.Errorf("without a calendar: %v", err)
	}
}

// TestCalendar_counts: between a day and the n-th working day after it lie
// exactly n working days, the last of them the end, counted by looking at each.
func TestCalendar_counts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		off := rapid.SliceOfN(rapid.IntRange(0, 360), 0, 40).Draw(rt, "days")
		var days []when.Exception
		for _, n := range off {
			days = append(days, when.Exception{Day: when.Of(2025, 1, 1).AddDays(n), Works: n%3 == 0})
		}
		c := when.NewCalendar([]time.Weekday{time.Saturday, time.Sunday}, map[int][]when.Exception{2025: days, 2026: nil})
		from := when.Of(2025, 1, 1).AddDays(rapid.IntRange(0, 360).Draw(rt, "from"))
		n := rapid.IntRange(0, 60).Draw(rt, "n")
		end, err := c.AddWorkingDays(from, n)
		if err != nil {
			rt.Fatal(err)
		}
		count := 0
		for d := from + 1; d <= end; d++ {
			if works, _ := c.Working(d); works {
				count++
			}
		}
		works, _ := c.Working(end)
		if count != n || (n > 0 && !works) || (n == 0 && end != from) {
			rt.Fatalf("%d working days after %s: %s, counted %d", n, from, end, count)
		}
		if next, err := c.NextWorking(from); err != nil || next < from {
			rt.Fatalf("after %s comes %s %v", from, next, err)
		}
	})
}

func TestDate_weekday(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		d := when.Date(rapid.Int32Range(-800_000, 1_000_000).Draw(rt, "day"))
		if d.Weekday() != d.Time().Weekday() {
			rt.Fatalf("%s is a %s, not a %s", d, d.Time().Weekday(), d.Weekday())
		}
	})
}
