// Package when keeps legal dates: days in a jurisdiction's calendar, without a
// time of day and without a zone of their own.
//
// It promises that a Date compares and computes the same on every machine, and
// that a day is never derived from an instant without naming the zone. It
// never reads a clock.
package when

import (
	"fmt"
	"time"
)

// Date is a calendar day, counted in days since 1970-01-01 in the proleptic
// Gregorian calendar. The zero Date is 1970-01-01; use a pointer where "no
// date" must be told apart.
type Date int32

// Of returns the Date of a year, month and day; values outside their range
// carry over as in time.Date.
func Of(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

const secondsPerDay = 24 * 60 * 60

// In returns the legal day that holds at instant t in zone loc.
func In(t time.Time, loc *time.Location) Date {
	y, m, d := t.In(loc).Date()
	return Of(y, m, d)
}

// Parse reads a day written YYYY-MM-DD (RFC 3339 full-date). Any other form,
// and a day that does not exist, is an error that does not repeat the input.
func Parse(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("not a date of the form YYYY-MM-DD")
	}
	return Of(t.Year(), t.Month(), t.Day()), nil
}

// Time returns midnight UTC of the day, for printing and for the database.
func (d Date) Time() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// Start returns the instant at which the day begins in zone loc.
func (d Date) Start(loc *time.Location) time.Time {
	y, m, day := d.Time().Date()
	return time.Date(y, m, day, 0, 0, 0, 0, loc)
}

// String writes the day as YYYY-MM-DD.
func (d Date) String() string { return d.Time().Format(time.DateOnly) }

// AddDays returns the day n calendar days later (earlier when n is negative).
func (d Date) AddDays(n int) Date { return d + Date(n) }

// AddMonths returns the same day of the month n months later; where that month
// is shorter, its last day. A term of months ends so under Civil Code of the
// PRC art. 202 and Regulation (EEC, Euratom) No 1182/71 art. 3(2)(c).
func (d Date) AddMonths(n int) Date {
	y, m, day := d.Time().Date()
	first := time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Of(first.Year(), first.Month(), min(day, last))
}

// AddYears returns the day n years later; 29 February becomes 28 February
// where the year has none.
func (d Date) AddYears(n int) Date { return d.AddMonths(12 * n) }

// QuarterEnd returns the last day of the quarter that holds d.
func (d Date) QuarterEnd() Date {
	y, m, _ := d.Time().Date()
	q := (int(m) - 1) / 3
	return Of(y, time.Month(3*q+4), 1) - 1
}

// Year returns the calendar year of d.
func (d Date) Year() int { return d.Time().Year() }

// Weekday returns the day of the week of d.
func (d Date) Weekday() time.Weekday {
	// 1970-01-01 was a Thursday.
	return time.Weekday(((int(d)+int(time.Thursday))%7 + 7) % 7)
}

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) error {
	v, err := Parse(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}
