package oversight

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/when"
)

// Quarter is the first day of a quarter of a year.
type Quarter when.Date

// ParseQuarter reads what String writes. Every other text is ErrNoQuarter.
func ParseQuarter(text string) (Quarter, error) {
	year, nth, ok := strings.Cut(text, "-Q")
	y, err := strconv.Atoi(year)
	n, bad := strconv.Atoi(nth)
	if !ok || err != nil || bad != nil || n < 1 || n > 4 || y < 1 || y > 9999 {
		return 0, ErrNoQuarter
	}
	q := Quarter(when.Of(y, time.Month(3*n-2), 1))
	if q.String() != text {
		return 0, ErrNoQuarter
	}
	return q, nil
}

// String writes the year and which of its quarters: "2026-Q3".
func (q Quarter) String() string { return fmt.Sprintf("%04d-Q%d", q.Year(), q.Nth()) }

// Year is the year of the quarter.
func (q Quarter) Year() int { return when.Date(q).Year() }

// Nth is which quarter of its year it is, from 1.
func (q Quarter) Nth() int { return (int(when.Date(q).Time().Month()) + 2) / 3 }

// Last is the last day of the quarter.
func (q Quarter) Last() when.Date { return when.Date(q).AddMonths(3).AddDays(-1) }

// About is what is counted of how bodies deal with people (rules I4).
type About string

// What is counted: of each, how many in a quarter, and of how many something holds.
const (
	ContestAnswers   About = "contest answers"   // a source had to answer until a day of the quarter; it did in time
	ContestDecisions About = "contest decisions" // the clock of a first decision ended; it was decided before
	ContestOutcomes  About = "contest outcomes"  // decided first; something was corrected, withdrawn or not shown to be right
	Reviews          About = "reviews"           // decided by others; otherwise than the record stood
	EarlyEnds        About = "early ends"        // decided first; granted
	Inquiries        About = "inquiries"         // asked; not answered
	Questions        About = "questions"         // a supervisor had to answer until a day of the quarter; it did in time
	Deliveries       About = "deliveries"        // sent; some rows were not taken
)

// Abouts returns all that is counted, in the order in which it is read.
func Abouts() []About {
	return []About{ContestAnswers, ContestDecisions, ContestOutcomes, Reviews, EarlyEnds, Inquiries, Questions, Deliveries}
}

// For whom figures are counted that are not one body's.
const (
	ForRegistry = "*registry" // all who decide
	ForOthers   = "*others"   // bodies that stand together because each has too few
)

// FewestShown is how many persons a figure concerns at least.
const FewestShown = 10

// Figure is one line of a quarter.
type Figure struct {
	About  About
	For    string // code of a body, ForRegistry or ForOthers
	N      int    // never less than FewestShown
	Part   int    // of N; 0 where TooFew says why it is not told
	TooFew string // "part" or "rest": which of the two concerns so few that neither is told; empty where Part is
}

// Interval returns between which shares the true one lies in 95 of 100 cases (Wilson),
// for a Figure whose Part is told.
func (f Figure) Interval() (low, high float64) {
	const z = 1.96
	n, p := float64(f.N), float64(f.Part)/float64(f.N)
	middle, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return (middle - half) / (1 + z*z/n), (middle + half) / (1 + z*z/n)
}

// Lines writes figures as the file whose SHA-256 stands in the public log: a header, then a
// line each, by what is counted and for whom.
func Lines(list []Figure) []byte {
	out := []string{"about,counted_for,n,part,too_few\n"}
	list = slices.SortedFunc(slices.Values(list), func(a, b Figure) int {
		return cmp.Or(strings.Compare(string(a.About), string(b.About)), strings.Compare(a.For, b.For))
	})
	for _, f := range list {
		part := ""
		if f.TooFew == "" {
			part = strconv.Itoa(f.Part)
		}
		out = append(out, fmt.Sprintf("%s,%s,%d,%s,%s\n", f.About, f.For, f.N, part, f.TooFew))
	}
	return []byte(strings.Join(out, ""))
}

// FigureStore keeps the figures of quarters that are over. What it gives may be read by
// everybody.
type FigureStore interface {
	// Quarters returns the quarters that are closed, newest first.
	Quarters(ctx context.Context) ([]Quarter, error)
	// Figures returns those of a quarter and since when it is closed; ErrNoQuarter where it is not.
	Figures(ctx context.Context, q Quarter) ([]Figure, time.Time, error)
}

// CountedFor returns under which code of a pack a body is counted: its own, but for one
// below a city, which is counted with the body of the city (rules I4). Bodies stand under
// each other as the pack says: the first answer for the whole, the second for cities.
func CountedFor(p *law.Pack, code string) string {
	line := []string{code}
	for at := code; ; {
		b, ok := p.Body(at)
		if at = b.Under; !ok || at == "" || slices.Contains(line, at) {
			break
		}
		line = append(line, at)
	}
	return line[max(0, len(line)-2)]
}

// ErrNoQuarter is the answer for a quarter of which no figures are closed.
var ErrNoQuarter = fault.New(fault.NotFound, "E-QUARTER-NONE", "There are no figures of this quarter. They are closed a day after a quarter is over. Choose another quarter.").At("quarter")
