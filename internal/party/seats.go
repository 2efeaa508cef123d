package party

import (
	"slices"

	"recourse/internal/ref"
)

// Seat is somebody who holds a desk today, and for which body they act.
type Seat struct {
	Desk  Desk
	Clerk ref.Clerk
	Body  ref.Body
}

// Gap is a desk that cannot be filled for the records of some sources.
type Gap struct {
	Desk    Desk
	Sources []ref.Body // for whose records; empty where it is filled for nobody's
	Lacks   int        // people, at least
}

// pair is how many people decide (rules D4).
const pair = 2

// Unfilled returns the desks of a list that the seats cannot fill for every source: two
// people decide who are not of the source, and a review two more of bodies that decided
// nothing of it (rules D4, D5); letters on paper need one person. It does not look at
// who of them is away, or filed a record.
func Unfilled(seats []Seat, desks []Desk, sources []ref.Body) []Gap {
	var out []Gap
	for _, desk := range desks {
		gap := Gap{Desk: desk}
		for _, source := range sources {
			if lacks := lacking(seats, desk, source); lacks > 0 {
				gap.Sources, gap.Lacks = append(gap.Sources, source), max(gap.Lacks, lacks)
			}
		}
		if len(gap.Sources) == len(sources) {
			gap.Sources = nil
		}
		if gap.Lacks > 0 {
			out = append(out, gap)
		}
	}
	return out
}

// lacking says how many people a desk lacks for the records of a source.
func lacking(seats []Seat, desk Desk, source ref.Body) int {
	switch desk {
	case Posts:
		return max(0, 1-count(seats, Posts))
	case Reviews:
		// The first decision is taken by two of one body, or of two bodies: whoever leaves
		// most to the review.
		least := max(0, pair-count(seats, Reviews, source))
		first := -1
		for _, a := range bodies(seats, Decides, source) {
			for _, b := range bodies(seats, Decides, source) {
				if a == b && count(only(seats, a), Decides) < pair {
					continue
				}
				if lacks := max(0, pair-count(seats, Reviews, source, a, b)); first < 0 || lacks < first {
					first = lacks
				}
			}
		}
		return max(least, first)
	}
	return max(0, pair-count(seats, desk, source))
}

// count says how many people hold a desk who are of none of some bodies.
func count(seats []Seat, desk Desk, without ...ref.Body) int {
	people := map[ref.Clerk]bool{}
	for _, s := range seats {
		if s.Desk == desk && !slices.Contains(without, s.Body) {
			people[s.Clerk] = true
		}
	}
	return len(people)
}

// bodies returns those whose people hold a desk, but for one.
func bodies(seats []Seat, desk Desk, without ref.Body) (out []ref.Body) {
	for _, s := range seats {
		if s.Desk == desk && s.Body != without && !slices.Contains(out, s.Body) {
			out = append(out, s.Body)
		}
	}
	return out
}

func only(seats []Seat, body ref.Body) []Seat {
	return slices.DeleteFunc(slices.Clone(seats), func(s Seat) bool { return s.Body != body })
}
