package law

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"recourse/internal/catalogue"
	"recourse/internal/when"
)

// DraftCalendar is the calendar of a pack as it was read.
type DraftCalendar struct {
	Weekend []string // days of the week on which people do not work
	Basis   catalogue.Citation
	Years   []DraftYear
}

// DraftYear is one published year with the act that published it.
type DraftYear struct {
	Year  int
	Basis catalogue.Citation
}

// DraftDays are the exceptions of one year, as its file has them.
type DraftDays struct {
	File string
	Year int
	Days []Day
}

// Day is one exception: a holiday, or a day of a weekend on which people work.
type Day struct {
	Date  when.Date
	Kind  DayKind
	Names map[string]string // by language
}

// DayKind is what a day of a calendar is.
type DayKind string

// The kinds of days.
const (
	Holiday DayKind = "holiday"
	Workday DayKind = "workday"
)

// CalendarFolder holds one file for each published year.
const CalendarFolder = "calendar/"

// Calendar returns the working days of the pack; nil where it has none.
func (p *Pack) Calendar() *when.Calendar { return p.calendar }

// Days returns the holidays and make-up working days of a year in order, and
// whether the pack has that year.
func (p *Pack) Days(year int) ([]Day, bool) {
	days, ok := p.days[year]
	return slices.Clone(days), ok
}

func (c *compiler) calendar() {
	d := c.d.Calendar
	if d == nil {
		for _, f := range c.d.Days {
			c.say(f.File, "", "term", "pack.yaml has no calendar.", "Add calendar: with weekend, basis and years, or take the file out.")
		}
		return
	}
	c.cite(PackFile, "calendar.basis", Parameter{Name: "calendar.basis"}, &d.Basis)
	years := map[int][]when.Exception{}
	listed := map[int]bool{}
	for i := range d.Years {
		y := &d.Years[i]
		at := fmt.Sprintf("calendar.years.%d", i)
		c.cite(PackFile, at+".basis", Parameter{Name: fmt.Sprintf("calendar.%d", y.Year)}, &y.Basis)
		if listed[y.Year] {
			c.say(PackFile, at+".year", "name", "This year is there twice.", "Name each published year once.")
		}
		listed[y.Year] = true
		if !slices.ContainsFunc(c.d.Days, func(f DraftDays) bool { return f.Year == y.Year }) {
			c.say(PackFile, at+".year", "term", fmt.Sprintf("The file calendar/%d.csv is missing.", y.Year), "Add it, or take the year out: a year that is not published is absent.")
		}
	}
	weekend := c.weekend(d.Weekend)
	for _, f := range c.d.Days {
		if !listed[f.Year] {
			c.say(f.File, "", "term", "pack.yaml does not say which act published this year.", "Name the year with its basis under calendar.years.")
		}
		years[f.Year] = c.days(f, weekend)
		c.p.days[f.Year] = slices.Clone(f.Days)
	}
	c.p.calendar = when.NewCalendar(weekend, years)
}

func (c *compiler) weekend(names []string) []time.Weekday {
	var out []time.Weekday
	for i, name := range names {
		w := time.Sunday
		for w <= time.Saturday && strings.ToLower(w.String()) != name {
			w++
		}
		if w > time.Saturday || slices.Contains(out, w) {
			c.say(PackFile, fmt.Sprintf("calendar.weekend.%d", i), "term", "This is no day of the week, or it is there twice.", "Write weekend: [saturday, sunday].")
			continue
		}
		out = append(out, w)
	}
	if len(out) > 3 {
		c.say(PackFile, "calendar.weekend", "term", "More than three days of the week are off.", "Write weekend: [saturday, sunday].")
	}
	return out
}

// days checks the exceptions of one year: inside it, in order, and each one a
// difference that the rule of the week or the law makes.
func (c *compiler) days(f DraftDays, weekend []time.Weekday) []when.Exception {
	var out []when.Exception
	for i, d := range f.Days {
		at := fmt.Sprintf("days.%d", i)
		c.words(f.File, at, d.Names)
		switch {
		case d.Date.Year() != f.Year:
			c.say(f.File, at, "term", "This day is not in the year of the file.", "Move it to the file of its year.")
		case i > 0 && d.Date <= f.Days[i-1].Date:
			c.say(f.File, at, "term", "This day is there twice or out of order.", "Write each day once, in order.")
		case d.Kind != Holiday && d.Kind != Workday:
			c.say(f.File, at, "term", "A day of a calendar is a holiday or a workday.", "Write holiday or workday.")
		case d.Kind == Workday && !slices.Contains(weekend, d.Date.Weekday()):
			c.say(f.File, at, "term", "This day is a working day already.", "Take it out: only working days on a weekend are written down.")
		}
		out = append(out, when.Exception{Day: d.Date, Works: d.Kind == Workday})
	}
	return out
}
