package webkit

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"recourse/internal/when"
)

func TestDates(t *testing.T) {
	t.Parallel()
	east := time.FixedZone("east", 8*3600)
	zh, en := Dates{ZH, east}, Dates{EN, east}
	day := when.Of(2026, 12, 2)
	at := time.Date(2026, 12, 2, 16, 5, 0, 0, time.UTC) // the 3rd in the east
	for _, c := range []struct{ got, want string }{
		{zh.Day(day), "2026年12月2日（周三）"}, {en.Day(day), "Wed 2 Dec 2026"},
		{zh.Near(day, when.Of(2026, 1, 1)), "12月2日（周三）"}, {zh.Near(day, when.Of(2025, 12, 31)), "2026年12月2日（周三）"},
		{en.Near(day, when.Of(2026, 1, 1)), "Wed 2 Dec 2026"},
		{zh.Plain(day), "2026年12月2日"}, {en.Plain(day), "2 Dec 2026"},
		{zh.Instant(at), "2026年12月3日 00:05"}, {en.Instant(at), "3 Dec 2026, 00:05"}, {zh.Clock(at), "00:05"},
		{zh.Offset(at), "UTC+8"}, {Dates{EN, time.FixedZone("half", -(3*3600 + 1800))}.Offset(at), "UTC-03:30"}, {Dates{EN, time.UTC}.Offset(at), "UTC+0"},
		{en.LastDay(time.Date(2026, 12, 2, 16, 0, 0, 0, time.UTC)).String(), "2026-12-02"},
		{en.LastDay(time.Date(2026, 12, 2, 16, 0, 1, 0, time.UTC)).String(), "2026-12-03"},
		{en.Span(day, day), "0 days"}, {en.Span(day, day+1), "1 day"}, {zh.Span(day, day+30), "30 天"}, {en.Span(day, when.Of(2027, 1, 2)), "1 month"},
		{en.Span(day, when.Of(2027, 1, 5)), "1 month 3 days"}, {zh.Span(day, when.Of(2027, 3, 12)), "3 个月 10 天"},
		{en.Span(day, when.Of(2028, 12, 2)), "2 years"}, {zh.Span(day, when.Of(2028, 1, 20)), "1 年 1 个月"},
		{en.Span(when.Of(2026, 1, 31), when.Of(2026, 2, 28)), "1 month"}, {en.Span(when.Of(2026, 1, 31), when.Of(2026, 2, 27)), "27 days"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// TestDates_spanIsLongest: no longer number of whole months fits.
func TestDates_spanIsLongest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		earlier := when.Date(rapid.IntRange(0, 40000).Draw(t, "earlier"))
		later := earlier + when.Date(rapid.IntRange(0, 9000).Draw(t, "length"))
		months := 0
		for earlier.AddMonths(months+1) <= later {
			months++
		}
		d := Dates{Lang: EN, Zone: time.UTC}
		want := ""
		switch days := int(later - earlier.AddMonths(months)); {
		case months >= 12 && months%12 == 0:
			want = d.count(months/12, "", "year")
		case months >= 12:
			want = d.count(months/12, "", "year") + " " + d.count(months%12, "", "month")
		case months > 0 && days == 0:
			want = d.count(months, "", "month")
		case months > 0:
			want = d.count(months, "", "month") + " " + d.count(days, "", "day")
		default:
			want = d.count(days, "", "day")
		}
		if got := d.Span(earlier, later); got != want {
			t.Fatalf("from %s to %s is %q, want %q", earlier, later, got, want)
		}
	})
}
