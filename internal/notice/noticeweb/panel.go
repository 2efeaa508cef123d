package noticeweb

import (
	"context"

	"recourse/internal/kit/webkit"
	"recourse/internal/ref"
)

// mostWaiting is how many unopened letters the person's first page shows.
const mostWaiting = 5

// Panel is the letters on the person's first page: those that wait, and the time
// to answer where it runs.
func (f *Face) Panel(ctx context.Context, v webkit.Visit) (webkit.Panel, error) {
	all, err := f.letters(ctx, v)
	if err != nil {
		return webkit.Panel{}, err
	}
	w := f.words.In(v.Lang)
	var p webkit.Panel
	var waiting []letter
	clocked := false
	for _, l := range all {
		if l.waiting() {
			waiting = append(waiting, l)
			clocked = clocked || l.clocked()
		}
		if l.running() {
			p.Calls = append(p.Calls, l.call())
			p.Ahead = append(p.Ahead, webkit.Ahead{Day: l.last(), Link: webkit.Link{Path: l.path(), Text: w.AheadAnswer.String()}})
		}
	}
	if len(waiting) == 0 {
		return p, nil
	}
	text := w.Call.PlainText
	if clocked {
		text = w.Call.WaitingText
	}
	p.Calls = append(p.Calls, webkit.Call{Yours: clocked, Title: w.Call.WaitingTitle.N(len(waiting)), Text: text.String(),
		Link: webkit.Link{Path: "/me/notices", Text: w.Call.Link.String()}})
	p.Facts = append(p.Facts, w.Fact.RichN(len(waiting), nil))
	p.Narrow = waitingPanel(w, waiting[:min(len(waiting), mostWaiting)])
	return p, nil
}

// call says that the time to answer a letter runs.
func (l letter) call() webkit.Call {
	return webkit.Call{Yours: true, Due: l.AnswerUntil,
		Title: l.w.Call.AnswerTitle.With("day", l.v.Dates.Near(l.last(), l.v.Today())), Text: l.w.Call.AnswerText.String(),
		Link: webkit.Link{Path: l.path(), Text: l.w.Call.AnswerLink.String()}}
}

// RecordPanel is the letters about one record, on the page of the record.
func (f *Face) RecordPanel(ctx context.Context, v webkit.Visit) (webkit.Panel, error) {
	id, err := ref.Parse[ref.Record](v.Param("record"))
	if err != nil {
		return webkit.Panel{}, nil // the page of the record says so
	}
	all, err := f.letters(ctx, v)
	if err != nil {
		return webkit.Panel{}, err
	}
	w := f.words.In(v.Lang)
	var p webkit.Panel
	var about []letter
	for _, l := range all {
		if l.Record != id {
			continue
		}
		about = append(about, l)
		switch {
		case l.waiting():
			p.Calls = append(p.Calls, webkit.Call{Yours: l.clocked(), Title: w.About.Unopened.String(), Text: l.begins(),
				Link: webkit.Link{Path: l.path(), Text: w.Open.String()}})
		case l.running():
			p.Calls = append(p.Calls, l.call())
		}
	}
	if len(about) > 0 {
		p.Narrow = aboutPanel(w, about)
	}
	return p, nil
}
