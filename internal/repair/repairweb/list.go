package repairweb

import (
	"context"

	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/repair"
)

// line is an application in a list.
type line struct {
	view
	repair.Application
}

// left is what is left of a record that ended early.
type left struct {
	view
	repair.Entry
}

func (l left) sentence() string {
	return l.w.Entry.Line.With("type", l.typ(l.Type), "body", l.body(l.Source), "day", l.v.Dates.Day(l.v.Dates.Of(l.At)), "end", l.v.Dates.Day(l.EndsOn))
}

func (f *Face) list(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.view(v)
	all, entries, err := f.Service.List(ctx, v.Person)
	if err != nil {
		return nil, err
	}
	gone := make([]left, len(entries))
	for i, e := range entries {
		gone[i] = left{p, e}
	}
	return webkit.Page{Title: p.w.Title.String(), Nav: minePath, Content: listPage(p, p.linesOf(all), gone)}, nil
}

func (p view) linesOf(list []repair.Application) []line {
	out := make([]line, len(list))
	for i, a := range list {
		out[i] = line{p, a}
	}
	return out
}

func (l line) path() string { return minePath + "/" + l.ID.String() }

func (l line) late() bool { return l.Overdue(l.v.Now, l.rules.Zone) }

// state says in words where the application stands.
func (l line) state() string {
	w := l.w.State
	switch l.Application.State {
	case repair.Draft:
		return w.Draft.String()
	case repair.TakenBack:
		if l.Final(l.v.Now) {
			return w.Over.String()
		}
		return w.TakenBack.With("time", l.v.Dates.Clock(l.FinalAt))
	case repair.Granted:
		return w.Granted.String()
	case repair.Refused:
		return w.Refused.String()
	case repair.Confirmed:
		return w.Confirmed.String()
	case repair.Lapsed:
		return w.Lapsed.String()
	}
	switch {
	case l.late():
		return w.Late.String()
	case l.Application.State == repair.InReview:
		return w.InReview.String()
	}
	return w.Open.String()
}

// move says whose move it is.
func (l line) move() string {
	w := l.w.Move
	switch l.Application.State {
	case repair.Draft, repair.Refused:
		return w.You.String()
	case repair.InReview:
		return w.Review.String()
	case repair.Open:
		if l.Decides == law.BySource {
			return w.Source.With("body", l.body(l.Source))
		}
		return w.Registry.String()
	}
	return w.Nobody.String()
}

// clock says until when.
func (l line) clock() string {
	w := l.w.Clock
	if !l.Runs() {
		return ""
	}
	day := l.v.Dates.Day(l.Clock.Due)
	switch {
	case l.late():
		return w.Late.With("day", day)
	case !l.Clock.Whole:
		return w.Due.With("day", day) + " " + w.Early.String()
	}
	return w.Due.With("day", day)
}

// Panel is the person's applications on their first page: whose move it is, and until
// when.
func (f *Face) Panel(ctx context.Context, v webkit.Visit) (webkit.Panel, error) {
	all, _, err := f.Service.List(ctx, v.Person)
	var p webkit.Panel
	for _, l := range f.view(v).linesOf(all) {
		decided := l.Application.State == repair.Granted || l.Application.State == repair.Refused || l.Application.State == repair.Confirmed
		switch {
		case l.Runs():
			p.Ahead = append(p.Ahead, webkit.Ahead{Day: l.Clock.Due, Link: webkit.Link{Path: l.path(), Text: l.w.Record.See.With("type", l.typ(l.Type))}})
		case decided && l.LetterAt.IsZero():
			p.Calls = append(p.Calls, webkit.Call{Yours: l.Application.State == repair.Refused, Title: l.state(), Text: l.w.One.OpenText.String(), Link: webkit.Link{Path: l.path(), Text: l.w.One.Open.String()}})
		}
	}
	return p, err
}

// RecordPanel says on the page of a record how it can end early, or that it did.
func (f *Face) RecordPanel(ctx context.Context, v webkit.Visit) (webkit.Panel, error) {
	r, err := ref.Parse[ref.Record](v.Param("record"))
	if err != nil {
		return webkit.Panel{}, nil // the page of the record says so
	}
	all, entries, err := f.Service.List(ctx, v.Person)
	if err != nil {
		return webkit.Panel{}, err
	}
	p := f.view(v)
	var about []line
	for _, l := range p.linesOf(all) {
		if l.Record == r {
			about = append(about, l)
		}
	}
	for _, e := range entries {
		if e.Record == r {
			return webkit.Panel{Narrow: endedPanel(left{p, e})}, nil
		}
	}
	ways, err := f.Service.Ways(ctx, v.Person, r, v.Now)
	if err != nil || len(ways)+len(about) == 0 {
		return webkit.Panel{}, ignored(err)
	}
	return webkit.Panel{Narrow: recordPanel(p, r.String(), ways, about)}, nil
}
