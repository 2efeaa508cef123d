package noticeweb

import (
	"context"
	"slices"
	"strconv"
	"strings"
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
func (l letter) clocked() bool { return law.BeginsAnswer(l.Kind) }

// delivered reports whether the letter counts as delivered, however (rules C1).
func (l letter) delivered() bool {
	_, _, ok := l.Delivered(l.v.Now)
	return ok
}

// running reports whether the time to answer runs.
func (l letter) running() bool {
	return l.clocked() && l.delivered() && l.AnswerUntil.After(l.v.Now)
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

// begins says what opening the letter starts, and what happens if it stays closed.
func (l letter) begins() string {
	if !l.clocked() {
		return l.w.OpenPlain.String()
	}
	if _, at, ok := l.Delivered(l.v.Now); ok {
		return l.w.Served.With("day", l.v.Dates.Day(l.v.Dates.Of(at)), "last", l.v.Dates.Day(l.last()))
	}
	text := l.w.OpenBegins.With("days", l.answerDays())
	if !l.ServedAt.IsZero() {
		text += l.w.Serves.With("day", l.v.Dates.Day(l.v.Dates.LastDay(l.ServedAt)))
	}
	return text
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
	if !l.Contest.IsZero() {
		return o, f.contest(ctx, &o)
	}
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

// contest lets the room that decides write the letter.
func (f *Face) contest(ctx context.Context, o *openLetter) error {
	if f.Contest == nil {
		return nil
	}
	subject, body, err := f.Contest(ctx, o.v, o.Owed)
	if err != nil {
		if fault.Of(err).Kind == fault.NotFound {
			return nil
		}
		return err
	}
	o.subject, o.body = subject, body
	return nil
}

// values fills the places of the wording. They are shown as they are, whatever
// signs they hold.
func (o openLetter) values() map[string]string {
	pack, lang, d := o.rules(), o.v.Lang, o.v.Dates
	values := map[string]string{
		"registry": pack.Registry[lang], "contact": pack.Contact[lang], "home": o.f.Origin + o.v.Href("/me"), "letter": o.ID.String(),
		"sentence": o.matter.Sentence, "source": o.matter.Source, "type": o.matter.Type, "recipients": o.matter.Recipients, "answer_days": o.answerDays(),
		"received_on": d.Plain(o.matter.Received), "display_end": d.Plain(o.matter.DisplayEnd), "retain_end": d.Plain(o.matter.RetainEnd),
	}
	if t, ok := pack.Type(o.matter.Code); ok && t.Immediate != nil {
		values["named"], values["days"] = o.named(t.Immediate.Recipients), strconv.Itoa(t.Immediate.Days)
	}
	for name, value := range values {
		values[name] = webkit.Literal(value)
	}
	if l := o.conditions(); l != "" {
		values["conditions"] = l
	}
	return values
}

// named names bodies.
func (o openLetter) named(codes []string) string {
	names := make([]string, len(codes))
	for i, code := range codes {
		if b, ok := o.rules().Body(code); ok {
			names[i] = b.Names[o.v.Lang]
		}
	}
	return strings.Join(names, "; ")
}

// conditions lists what the ways ask for that can end the record early.
func (o openLetter) conditions() string {
	var b strings.Builder
	for _, r := range o.rules().RoutesOf(o.matter.Code, o.v.Dates.Of(o.OwedAt)) {
		for _, c := range r.Conditions {
			b.WriteString("- " + webkit.Literal(c.Labels[o.v.Lang]) + "\n")
		}
	}
	return b.String()
}

// tell lists how the person was told, in order of time.
func (o *openLetter) tell(attempts []notice.Attempt) {
	o.told = append(o.told, told{at: o.OwedAt, what: o.w.Told.Inbox.String()})
	for _, a := range attempts {
		o.mailed = true
		what := o.w.Told.Post
		if a.Channel == notice.ByEmail {
			what = o.w.Told.Email
		}
		o.told = append(o.told, told{a.MeantAt, what.With("nth", strconv.Itoa(int(a.Nth))), o.outcome(a)})
	}
	for _, t := range []told{{at: o.OpenedAt, what: o.w.Told.Opened.String()}, {at: o.ConfirmedAt, what: o.w.Told.Arrived.String()}, {at: o.ServedAt, what: o.w.Told.Period.String()}} {
		if !t.at.IsZero() && !t.at.After(o.v.Now) {
			o.told = append(o.told, t)
		}
	}
	slices.SortStableFunc(o.told, func(a, b told) int { return a.at.Compare(b.at) })
}

func (o *openLetter) outcome(a notice.Attempt) string {
	w, post := o.w.Told, a.Channel == notice.ByPost
	switch a.Outcome {
	case notice.HandedOver:
		if post {
			return w.Sent.String()
		}
		return w.HandedOver.String()
	case notice.RefusedBy:
		return w.Refused.String()
	case notice.Unreachable:
		return w.Unreachable.String()
	case notice.NoAddress:
		return w.NoAddress.String()
	case notice.Bounced:
		return w.Bounced.String()
	case notice.Confirmed:
		return w.Confirmed.String()
	}
	if post {
		return w.Prints.String()
	}
	return w.Open.String()
}

// until says until when the person can answer.
func (l letter) until() string {
	last, today := l.last(), l.v.Today()
	if last <= today {
		return l.w.Letter.AnswerToday.With("day", l.v.Dates.Near(last, today))
	}
	return l.w.Letter.AnswerTo.With("day", l.v.Dates.Near(last, today), "span", l.v.Dates.Span(today, last))
}
