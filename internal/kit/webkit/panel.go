package webkit

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"recourse/internal/when"
)

// Panel is one room's part of a page over several rooms. Every part may be empty.
type Panel struct {
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
	Yours bool      // the reader may act before the deadline
	Due   time.Time // when it happens; zero where no clock runs
	Title string
	Text  string
	Link  Link
}

// Ahead is a date to come.
type Ahead struct {
	Day  when.Date
	Text string
	Link Link // none where its path is empty
}

// Overview is a page over several rooms: an ordered list of their panels.
type Overview struct {
	Path   string
	Why    string
	Title  func(lang string) string
	Nav    string
	Back   func(lang string) Link // nil where there is no step up
	Panels []Panels
}
