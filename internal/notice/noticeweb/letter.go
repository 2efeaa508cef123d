package noticeweb

import (
	"context"
	"strconv"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/notice"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// letter is a letter as pages show it.
type letter struct {
	notice.Owed
	f *Face
	w *words
	v webkit.Visit
}

func (l letter) path() string { return "/me/notices/" + l.ID.String() }

func (l letter) waiting() bool { return l.OpenedAt.IsZero() }

// clocked reports whether opening the letter starts the time to answer.
func (l letter) clocked() bool { return l.Kind == law.BeforeEffect }

// running reports whether the time to answer runs.
func (l letter) running() bool {
	return l.clocked() && !l.waiting() && l.AnswerUntil.After(l.v.Now)
}

// last returns the last day on which the person can answer.
func (l letter) last() when.Date { return l.v.Dates.LastDay(l.AnswerUntil) }

func (l letter) kind() string {
	if p, ok := l.w.Kinds[l.Kind]; ok {
		return p.String()
	}
	return l.w.OtherKind.String()
}

func (l letter) written() when.Date { return l.v.Dates.Of(l.OwedAt) }

// begins says what opening the letter starts.
func (l letter) begins() string {
	if l.clocked() {
		return l.w.OpenBegins.With("days", l.answerDays())
	}
	return l.w.OpenPlain.String()
}

// rules is the pack under which the letter was written.
func (l letter) rules() *law.Pack { return law.Under(l.f.Service.Shelf, l.Pack, l.v.Now) }

func (l letter) answerDays() string {
	d, _ := l.rules().Deadline(law.AnswerBeforeEffect)
	return strconv.Itoa(d.Term.LeastDays())
}

// letters returns a person's letters, newest first.
func (f *Face) letters(ctx context.Context, v webkit.Visit) ([]letter, error) {
	all, err := f.Service.List(ctx, v.Person)
	if err != nil {
		return nil, err
	}
	out := make([]letter, len(all))
	for i, o := range all {
		out[i] = letter{o, f, f.words.In(v.Lang), v}
	}
	return out, nil
}

// find returns one of the person's letters. A number that is none, of nobody, or
// of somebody else is the same fault.
func (f *Face) find(ctx context.Context, v webkit.Visit) (letter, error) {
	id, err := ref.Parse[ref.Notice](v.Param("notice"))
	if err != nil {
		return letter{}, notice.ErrNotFound
	}
	all, err := f.letters(ctx, v)
	if err != nil {
		return letter{}, err
	}
	for _, l := range all {
		if l.ID == id {
			return l, nil
		}
	}
	return letter{}, notice.ErrNotFound
}

// open opens a letter and shows it.
func (f *Face) open(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	id, err := ref.Parse[ref.Notice](v.Param("notice"))
	if err != nil {
		return nil, notice.ErrNotFound
	}
	if _, err := f.Service.Open(ctx, v.Person, id, v.Now); err != nil {
		return nil, err
	}
	return webkit.See{Path: "/me/notices/" + id.String() + "?done=opened"}, nil
}

// letter shows a letter, or the button that opens it.
func (f *Face) letter(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	l, err := f.find(ctx, v)
	if err != nil {
		return nil, err
	}
	page := webkit.Page{Title: l.kind(), Nav: "/me/notices", Back: webkit.Link{Path: "/me/notices", Text: l.w.Title.String()}}
	if l.waiting() {
		page.Content = unopened(l)
		return page, nil
	}
	o, err := f.whole(ctx, l)
	if err != nil {
		return nil, err
	}
	if v.Query.Get("done") == "opened" {
		page.Done = l.w.DonePlain.String()
		if l.clocked() {
			page.Done = l.w.DoneOpened.String()
		}
	}
	page.Title, page.Content = o.subject, opened(o)
	return page, nil
}

// openLetter is a letter with its words, what it is about, and its proof.
type openLetter struct {
	letter
	subject, body string // body is empty where the record is not kept any more
	matter        Matter
	told          []told
	mailed        bool
}

// told is one way in which the person was told.
type told struct {
	at   time.Time
	what string
	how  string // empty where there is nothing more to say
}

func (f *Face) whole(ctx context.Context, l letter) (openLetter, error) {
	o := openLetter{letter: l, subject: l.kind()}
	attempts, err := f.Service.Attempts(ctx, l.v.Person, l.ID)
	if err != nil {
		return o, err
	}
	o.tell(attempts)
	o.matter, err = f.Matter(ctx, l.v, l.Record)
	if fault.Of(err).Kind == fault.NotFound && err != nil {
		return o, nil
	}
	if err != nil {
		return o, err
	}
	words, ok := l.rules().Wording(l.Kind, l.v.Lang)
	if !ok {
		return o, fault.Newf(fault.Internal, "E-WORDING", "The pack has no wording for letters of kind %s.", l.Kind)
	}
	o.subject, o.body, err = words.Fill(o.values())
	return o, err
}

// values fills the places of the wording. They are shown as they are, whatever
// signs they hold.
func (o openLetter) values() map[string]string {
	pack, lang, d := o.rules(), o.v.Lang, o.v.Dates
	values := map[string]string{
		"registry": pack.Registry[lang], "contact": pack.Contact[lang], "home": o.f.Origin + o.v.Href("/me"), "letter": o.ID.String(),
		"sentence": o.matter.Sentence, "source": o.matter.Source, "type": o.matter.Type, "answer_days": o.answerDays(),
		"received_on": d.Plain(o.matter.Received), "display_end": d.Plain(o.matter.DisplayEnd), "retain_end": d.Plain(o.matter.RetainEnd),
	}
	for name, value := range values {
		values[name] = webkit.Literal(value)
	}
	return values
}

// tell lists how the person was told, in order of time.
func (o *openLetter) tell(attempts []notice.Attempt) {
	o.told = append(o.told, told{at: o.OwedAt, what: o.w.Told.Inbox.String()})
	opened := told{at: o.OpenedAt, what: o.w.Told.Opened.String()}
	placed := false
	for _, a := range attempts {
		if !placed && a.MeantAt.After(o.OpenedAt) {
			o.told, placed = append(o.told, opened), true
		}
		what := o.w.Told.Other
		if a.Channel == "email" {
			what, o.mailed = o.w.Told.Email, true
		}
		o.told = append(o.told, told{a.MeantAt, what.With("nth", strconv.Itoa(int(a.Nth))), o.outcome(a.Outcome)})
	}
	if !placed {
		o.told = append(o.told, opened)
	}
}

func (o *openLetter) outcome(outcome string) string {
	switch outcome {
	case notice.HandedOver:
		return o.w.Told.HandedOver.String()
	case notice.RefusedBy:
		return o.w.Told.Refused.String()
	case notice.Unreachable:
		return o.w.Told.Unreachable.String()
	case notice.NoAddress:
		return o.w.Told.NoAddress.String()
	}
	return o.w.Told.Open.String()
}

// until says until when the person can answer.
func (l letter) until() string {
	last, today := l.last(), l.v.Today()
	if last <= today {
		return l.w.Letter.AnswerToday.With("day", l.v.Dates.Near(last, today))
	}
	return l.w.Letter.AnswerTo.With("day", l.v.Dates.Near(last, today), "span", l.v.Dates.Span(today, last))
}
