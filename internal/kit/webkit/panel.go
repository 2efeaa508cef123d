package webkit

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"

	"recourse/internal/when"
)

// Panel is one room's part of a page over several rooms. Every part may be empty.
type Panel struct {
	Title  string            // in place of the page's own; of the first room that has one
	Calls  []Call            // what happens next; the page shows the first of all rooms
	Facts  []templ.Component // one short line each
	Ahead  []Ahead           // dates to come
	Wide   templ.Component   // over the whole width
	Narrow templ.Component   // beside the dates
}

// Panels renders one room's part of a page over several rooms. A fault fails
// the page: a part that is missing would look like nothing to show.
type Panels func(ctx context.Context, v Visit) (Panel, error)

// Call says what happens next, and whose move it is.
type Call struct {
	Yours bool      // the reader may act before it is due
	Due   time.Time // when it happens; zero where no clock runs
	Title string
	Text  string
	Link  Link
}

// Ahead is a date to come.
type Ahead struct {
	Day  when.Date
	Text string
	Link Link // none where its path is empty; then its text is Text
}

// Overview is a page over several rooms: an ordered list of their panels.
type Overview struct {
	Path   string
	Why    string
	Title  map[string]string // by language
	Nav    string
	Back   func(lang string) Link // one step up; nil where there is none
	Dates  bool                   // shows the box of dates ahead
	Panels []Panels
}

// MostAhead is how many dates a page shows.
const MostAhead = 6

// route returns the route of the page.
func (o Overview) route() Route {
	return Route{Method: http.MethodGet, Path: o.Path, Role: Person, Why: o.Why,
		Serve: func(ctx context.Context, v Visit) (Reply, error) {
			all, err := o.gather(ctx, v)
			if err != nil {
				return nil, err
			}
			return o.page(all), nil
		}}
}

func (o Overview) page(all gathered) Page {
	p := Page{Title: all.title, Nav: o.Nav, Content: overview(all)}
	if o.Back != nil {
		p.Back = o.Back(all.v.Lang)
	}
	return p
}

// gathered is all that the rooms have to say.
type gathered struct {
	v      Visit
	title  string
	call   *Call
	facts  []templ.Component
	dates  bool
	ahead  []Ahead
	wide   []templ.Component
	narrow []templ.Component
}

func (o Overview) gather(ctx context.Context, v Visit) (gathered, error) {
	all := gathered{v: v, title: o.Title[v.Lang], dates: o.Dates}
	var calls []Call
	titled := false
	for _, panel := range o.Panels {
		p, err := panel(ctx, v)
		if err != nil {
			return all, err
		}
		if !titled && p.Title != "" {
			all.title, titled = p.Title, true
		}
		calls = append(calls, p.Calls...)
		all.facts = append(all.facts, p.Facts...)
		all.ahead = append(all.ahead, p.Ahead...)
		if p.Wide != nil {
			all.wide = append(all.wide, p.Wide)
		}
		if p.Narrow != nil {
			all.narrow = append(all.narrow, p.Narrow)
		}
	}
	slices.SortStableFunc(all.ahead, func(a, b Ahead) int { return cmp.Compare(a.Day, b.Day) })
	all.ahead = all.ahead[:min(len(all.ahead), MostAhead)]
	if len(calls) > 0 {
		first := slices.MinFunc(calls, sooner)
		all.call = &first
	}
	return all, nil
}

// sooner orders what happens next: the reader's own moves first, then by when;
// what has no clock comes last.
func sooner(a, b Call) int {
	if a.Yours != b.Yours {
		if a.Yours {
			return -1
		}
		return 1
	}
	if a.Due.IsZero() != b.Due.IsZero() {
		if b.Due.IsZero() {
			return -1
		}
		return 1
	}
	return a.Due.Compare(b.Due)
}

// inWords says how far away a date is.
func (v Visit) inWords(a Ahead) string {
	if a.Day <= v.Today() {
		return v.w.Today.String()
	}
	return v.w.InSpan.With("span", v.Dates.Span(v.Today(), a.Day))
}
