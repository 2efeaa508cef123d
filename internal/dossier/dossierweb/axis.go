package dossierweb

import (
	"strconv"

	"recourse/internal/when"
)

// axis is the time over which the file picture runs: whole years, in percent of
// the width, so that text keeps its size and pages need no inline style.
type axis struct {
	from, to when.Date
	today    when.Date
	ticks    []tick
}

type tick struct{ x, label string }

const (
	farthest  = 15 // years before and after today; what lies beyond runs to the edge
	mostTicks = 6
)

// axisOf returns an axis that holds the records and today.
func axisOf(cards []card, today when.Date) axis {
	first, last := today.Year(), today.Year()
	for _, c := range cards {
		first, last = min(first, c.Start.Year()), max(last, c.DisplayEnd.Year())
	}
	first, last = max(first, today.Year()-farthest), min(last, today.Year()+farthest)
	a := axis{from: when.Of(first, 1, 1), to: when.Of(last+1, 1, 1), today: today}
	years := last - first + 1
	step := (years + mostTicks - 1) / mostTicks
	for y := first; y <= last; y += step {
		a.ticks = append(a.ticks, tick{percent(a.at(when.Of(y, 1, 1))), strconv.Itoa(y)})
	}
	return a
}

// at returns where a day lies, from 0 to 100.
func (a axis) at(d when.Date) float64 {
	x := 100 * float64(d-a.from) / float64(a.to-a.from)
	return min(max(x, 0), 100)
}

// bar is a record on the axis.
type bar struct {
	class string // of the whole length
	x, w  string
	past  string // width of the part that has passed; empty where it does not count
	held  bool   // a line with an end point instead of a bar
	end   string
}

// bar returns the picture of a record.
func (a axis) bar(c card) bar {
	from, to := a.at(c.Start), a.at(c.DisplayEnd+1)
	b := bar{class: "b-off", x: percent(from), w: percent(to - from), end: percent(to)}
	switch c.st {
	case shown:
		b.class, b.held = "b-left", !c.Negative
		if !b.held {
			b.past = percent(min(max(a.at(a.today)-from, 0), to-from))
		}
	case noticed, soon, atOnce:
		b.class = "b-wait"
	}
	return b
}
