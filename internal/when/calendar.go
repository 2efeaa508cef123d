package when

import (
	"fmt"
	"slices"
	"time"
)

// Calendar tells working days from days off, in the years for which it was
// published. Every other year is absent: what would need it is an
// UnpublishedError, never a guess. The nil Calendar has no year at all. It is
// read only after NewCalendar and safe for concurrent use.
type Calendar struct {
	weekend [7]bool
	years   map[int]bool
	works   map[Date]bool // days that differ from the rule of the week
}

// UnpublishedError says that a computation needs a year that was not published.
type UnpublishedError struct{ Year int }

// Error names the year.
func (e UnpublishedError) Error() string {
	return fmt.Sprintf("the calendar of %d is not published", e.Year)
}

// Exception is one day that differs from the rule of the week: a holiday, or a
// day of a weekend on which people work.
type Exception struct {
	Day   Date
	Works bool
}

// NewCalendar returns the calendar with these days of the week off, and for
// each published year its exceptions. A year without exceptions is published
// all the same.
func NewCalendar(weekend []time.Weekday, years map[int][]Exception) *Calendar {
	c := &Calendar{years: map[int]bool{}, works: map[Date]bool{}}
	for _, w := range weekend {
		c.weekend[w] = true
	}
	for y, days := range years {
		c.years[y] = true
		for _, d := range days {
			c.works[d.Day] = d.Works
		}
	}
	return c
}

// Years returns the published years in order.
func (c *Calendar) Years() []int {
	if c == nil {
		return nil
	}
	years := make([]int, 0, len(c.years))
	for y := range c.years {
		years = append(years, y)
	}
	slices.Sort(years)
	return years
}

// Working reports whether people work on day d.
func (c *Calendar) Working(d Date) (bool, error) {
	if c == nil || !c.years[d.Year()] {
		return false, UnpublishedError{Year: d.Year()}
	}
	if works, ok := c.works[d]; ok {
		return works, nil
	}
	return !c.weekend[d.Weekday()], nil
}

// NextWorking returns d where people work on it, else the first day after it on
// which they do: where the last day of a term is a day off, the term ends so
// under Civil Code of the PRC art. 203 and Regulation (EEC, Euratom)
// No 1182/71 art. 3(4).
func (c *Calendar) NextWorking(d Date) (Date, error) {
	for {
		works, err := c.Working(d)
		if works || err != nil {
			return d, err
		}
		d++
	}
}

// AddWorkingDays returns the n-th working day after d. Day d itself is not
// counted, whether people work on it or not; with n of 0 or less it is d.
func (c *Calendar) AddWorkingDays(d Date, n int) (Date, error) {
	for ; n > 0; n-- {
		next, err := c.NextWorking(d + 1)
		if err != nil {
			return d, err
		}
		d = next
	}
	return d, nil
}

// EarliestWorking returns the earliest day that the n-th working day after d can
// be: each day of a year that is not published is counted as one on which people
// work. whole reports whether no such day was needed, so that it is the day.
func (c *Calendar) EarliestWorking(d Date, n int) (end Date, whole bool) {
	whole = true
	for ; n > 0; d++ {
		works, err := c.Working(d + 1)
		if err != nil {
			works, whole = true, false
		}
		if works {
			n--
		}
	}
	return d, whole
}
