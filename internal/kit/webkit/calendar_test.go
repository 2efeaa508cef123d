package webkit_test

import (
	"strings"
	"testing"
	"time"

	"recourse/internal/kit/webkit"
	"recourse/internal/when"
)

func TestCalendar(t *testing.T) {
	t.Parallel()
	day, err := when.Parse("2026-12-31")
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("调休", 40)
	got := string(webkit.Calendar(time.Date(2026, 11, 23, 1, 2, 3, 0, time.UTC), []webkit.CalendarDay{{ID: "a", Day: day, Text: "x, y; z\n" + long}}))
	for _, want := range []string{"BEGIN:VCALENDAR\r\n", "DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n", `SUMMARY:x\, y\; z\n`, "DTSTAMP:20261123T010203Z\r\n", "END:VCALENDAR\r\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("the calendar lacks %q:\n%s", want, got)
		}
	}
	for _, line := range strings.Split(got, "\r\n") {
		if len(line) > 75 || strings.ToValidUTF8(line, "?") != line {
			t.Errorf("the line %q has %d bytes, or parts a character", line, len(line))
		}
	}
	if !strings.Contains(strings.ReplaceAll(got, "\r\n ", ""), long) {
		t.Error("a long text is not whole once its lines are joined")
	}
}
