package scheme

import (
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/when"
)

// held is what a number tells of the day of birth; a part that it does not tell
// is 0. Where short is set, the year is known only up to its century.
type held struct {
	year, month, day int
	short            bool
}

// whole reports whether the number tells the day of birth for certain.
func (h held) whole() bool { return h.year != 0 && h.month != 0 && h.day != 0 && !h.short }

// possible reports whether a day like this exists and is not after today.
func (h held) possible(today when.Date) bool {
	if h.whole() {
		return h.exists(h.year) && inReach(when.Of(h.year, time.Month(h.month), h.day), today)
	}
	if h.month > 12 || h.day > 31 || !h.short && h.year > today.Year() {
		return false
	}
	return h.month == 0 || h.day == 0 || h.exists(2000) // a leap year: the column decides
}

func (h held) exists(year int) bool {
	d := time.Date(year, time.Month(h.month), h.day, 0, 0, 0, 0, time.UTC)
	return d.Month() == time.Month(h.month) && d.Day() == h.day
}

// agrees reports whether a day is one that the number can mean.
func (h held) agrees(d when.Date) bool {
	t := d.Time()
	year := t.Year()
	if h.short {
		year %= 100
	}
	return (h.year == year || h.year == 0 && !h.short) && (h.month == 0 || h.month == int(t.Month())) && (h.day == 0 || h.day == t.Day())
}

// settle returns the day of birth from the number and the column beside it.
func (h held) settle(column string, today when.Date) (when.Date, *fault.Error) {
	bad := func(code, text string) (when.Date, *fault.Error) {
		return 0, fault.New(fault.Invalid, code, text).At("birth_date")
	}
	column = strings.TrimSpace(column)
	if column == "" {
		if !h.whole() {
			return bad("E-BIRTH-MISSING", "This number does not tell the day of birth for certain, and the row does not give it. Nothing was kept. Fill in birth_date like 1990-03-10, as on the document.")
		}
		return when.Of(h.year, time.Month(h.month), h.day), nil
	}
	d, err := when.Parse(column)
	switch {
	case err != nil:
		return bad("E-BIRTH-FORM", "The day of birth is not a date of the form YYYY-MM-DD. Nothing was kept. Write it like 1990-03-10, or leave it empty where the number holds it.")
	case !inReach(d, today):
		return bad("E-BIRTH-RANGE", "The day of birth is not past, or too long ago. Nothing was kept. Compare it with the document.")
	case !h.agrees(d):
		return bad("E-BIRTH-DIFFERS", "The day of birth is not the one inside the number. Nothing was kept. One of the two belongs to somebody else or was misread: compare both with the source.")
	}
	return d, nil
}

// inReach reports whether somebody born on d can have a file today.
func inReach(d, today when.Date) bool { return d >= when.Of(1880, time.January, 1) && d <= today }
