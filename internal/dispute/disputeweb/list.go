package disputeweb

import (
	"context"
	"time"

	"recourse/internal/dispute"
	"recourse/internal/kit/webkit"
	"recourse/internal/ref"
)

// line is a contest in a list.
type line struct {
	view
	dispute.Contest
}

func (f *Face) list(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.view(v)
	all, err := f.lines(ctx, v)
	if err != nil {
		return nil, err
	}
	return webkit.Page{Title: p.w.Title.String(), Nav: minePath, Content: listPage(p, all)}, nil
}

func (f *Face) lines(ctx context.Context, v webkit.Visit) ([]line, error) {
	list, err := f.Service.List(ctx, v.Person)
	out := make([]line, len(list))
	for i, c := range list {
		out[i] = line{f.view(v), c}
	}
	return out, err
}

func (l line) path() string { return minePath + "/" + l.ID.String() }

func (l line) late() bool { return l.Overdue(l.v.Now, l.rules.Zone) }

// state says in words where the contest stands.
func (l line) state() string {
	w := l.w.State
	switch l.Contest.State {
	case dispute.Draft:
		return w.Draft.String()
	case dispute.TakenBack:
		if l.Final(l.v.Now) {
			return w.Over.String()
		}
		return w.TakenBack.With("time", l.v.Dates.Clock(l.FinalAt))
	case dispute.Decided:
		return w.Decided.String()
	case dispute.Reviewed:
		return w.Reviewed.String()
	case dispute.Lapsed:
		return w.Lapsed.String()
	}
	if l.late() {
		return w.Late.String()
	}
	if l.Contest.State == dispute.InReview {
		return w.InReview.String()
	}
	return w.Open.String()
}

// move says whose move it is.
func (l line) move() string {
	w := l.w.Move
	switch {
	case l.Contest.State == dispute.Draft, l.Contest.State == dispute.Decided:
		return w.You.String()
	case l.Contest.State == dispute.InReview:
		return w.Review.String()
	case l.Contest.State == dispute.Open && len(l.Answers) == 0 && l.v.Today() <= l.AnswerBy:
		return w.Source.With("body", l.body(l.Source))
	case l.Contest.State == dispute.Open:
		return w.Registry.String()
	}
	return w.Nobody.String()
}

// clock says until when, in a date and in working days.
func (l line) clock() string {
	w := l.w.Clock
	if !l.Runs() {
		return ""
	}
	day := l.v.Dates.Day(l.Clock.Due)
	if l.late() {
		return w.Late.With("day", day)
	}
	out := w.Due.With("day", day)
	if n, whole := l.working(); whole {
		out += " " + w.Working.N(n)
	} else {
		out += " " + w.Early.String()
	}
	return out
}

// working counts the working days that are left; false where a year is not
// published.
func (l line) working() (int, bool) {
	n := 0
	for d := l.v.Today() + 1; d <= l.Clock.Due; d++ {
		works, err := l.rules.Calendar().Working(d)
		if err != nil {
			return 0, false
		}
		if works {
			n++
		}
	}
	return n, l.Clock.Whole
}

// Panel is the person's contests on their first page: whose move it is, and until when.
func (f *Face) Panel(ctx context.Context, v webkit.Visit) (webkit.Panel, error) {
	all, err := f.lines(ctx, v)
	var p webkit.Panel
	for _, l := range all {
		if !l.Runs() && l.Contest.State != dispute.Decided {
			continue
		}
		if l.Runs() {
			p.Ahead = append(p.Ahead, webkit.Ahead{Day: l.Clock.Due, Link: webkit.Link{Path: l.path(), Text: l.w.Record.See.With("type", l.typ(l.Type))}})
		}
		if l.Contest.State == dispute.Decided && (l.LetterAt.IsZero() || l.LetterAt.After(v.Now)) {
			p.Calls = append(p.Calls, webkit.Call{Yours: true, Title: l.state(), Text: l.w.Sent.OpenText.String(), Link: webkit.Link{Path: l.path(), Text: l.w.Sent.Open.String()}})
		}
	}
	return p, err
}

// RecordPanel says on the page of a record that it is contested, or how to.
func (f *Face) RecordPanel(ctx context.Context, v webkit.Visit) (webkit.Panel, error) {
	r, err := ref.Parse[ref.Record](v.Param("record"))
	if err != nil {
		return webkit.Panel{}, nil // the page of the record says so
	}
	all, err := f.lines(ctx, v)
	if err != nil {
		return webkit.Panel{}, err
	}
	var about []line
	for _, l := range all {
		if l.Record == r {
			about = append(about, l)
		}
	}
	own, room, err := f.aside(ctx, v, r)
	return webkit.Panel{Narrow: recordPanel(f.view(v), r.String(), about, own, room)}, err
}

// calendar gives the clocks that run as iCalendar (RFC 5545): a day each, with no
// word about the record.
func (f *Face) calendar(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	all, err := f.lines(ctx, v)
	if err != nil {
		return nil, err
	}
	var days []webkit.CalendarDay
	for _, l := range all {
		if l.Runs() {
			days = append(days, webkit.CalendarDay{ID: l.ID.String(), Day: l.Clock.Due, Text: l.w.CalendarText.With("number", webkit.Short(l.ID.String()))})
		}
	}
	return webkit.File{Name: "clocks-" + v.Now.UTC().Format(time.DateOnly) + ".ics", Type: "text/calendar; charset=utf-8", Data: webkit.Calendar(v.Now, days)}, nil
}
