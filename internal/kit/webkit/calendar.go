package webkit

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"

	"recourse/internal/when"
)

// CalendarDay is one whole day in a file for calendars.
type CalendarDay struct {
	ID   string // of the entry; the same each time it is given
	Day  when.Date
	Text string
}

// Calendar writes days as iCalendar (RFC 5545), for the programs that people keep
// their days in. None of them makes somebody busy.
func Calendar(now time.Time, days []CalendarDay) []byte {
	var out bytes.Buffer
	put := func(line string) { out.WriteString(folded(line) + "\r\n") }
	put("BEGIN:VCALENDAR")
	put("VERSION:2.0")
	put("PRODID:-//Recourse//days//EN")
	for _, d := range days {
		put("BEGIN:VEVENT")
		put("UID:" + d.ID + "@recourse")
		put("DTSTAMP:" + now.UTC().Format("20060102T150405Z"))
		put("DTSTART;VALUE=DATE:" + d.Day.Time().Format("20060102"))
		put("DTEND;VALUE=DATE:" + (d.Day + 1).Time().Format("20060102"))
		put("SUMMARY:" + strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\n", "\\n").Replace(d.Text))
		put("TRANSP:TRANSPARENT")
		put("END:VEVENT")
	}
	put("END:VCALENDAR")
	return out.Bytes()
}

// longestLine is how many bytes a line of a calendar may have.
const longestLine = 74

// folded parts a long line as the format asks for, never within a character.
func folded(line string) string {
	var out strings.Builder
	n := 0
	for _, r := range line {
		if n+utf8.RuneLen(r) > longestLine {
			out.WriteString("\r\n ")
			n = 1
		}
		out.WriteRune(r)
		n += utf8.RuneLen(r)
	}
	return out.String()
}
