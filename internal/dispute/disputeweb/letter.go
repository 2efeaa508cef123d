package disputeweb

import (
	"context"
	"strconv"
	"strings"

	"recourse/internal/dispute"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/ref"
)

// letterWords is what the letters of the room say.
type letterWords struct {
	Decided, Reviewed, Lapsed, Clock                              webkit.Phrase // subjects
	Since, About, What, Why, Looked, Changes, Told, Next, Contact webkit.Phrase
	YourWords, YourFiles, Answer, NoAnswer, TheRecord             webkit.Phrase
	ToldSource, ToldBodies, ToldNobody, LapsedText                webkit.Phrase
	NextReview, NextReviewOpen, NextNone, NextLast, NextLate      webkit.Phrase
	Extended, Waits, WaitsWorking, Outage, Ends, Overdue          webkit.Phrase
}

// DecisionLetter writes the letter of a stage's decision: what was decided on each
// ground, why, on what evidence, what changes and when, who was told, how to go on.
// The look at the papers leaves an access row.
func (f *Face) DecisionLetter(ctx context.Context, v webkit.Visit, contest ref.Contest, stage dispute.Stage) (subject, body string, err error) {
	file, err := f.Service.File(ctx, v.Person, contest, v.Now)
	if err != nil {
		return "", "", err
	}
	told, err := f.Told(ctx, v, file.Record)
	if err != nil {
		return "", "", err
	}
	l := letter{mine: mine{f.view(v), file}, stage: stage}
	return l.subject(), l.text(told), nil
}

// letter is the letter of a decision.
type letter struct {
	mine
	stage dispute.Stage
	out   strings.Builder
}

func (l *letter) lapsed() bool {
	return l.File.State == dispute.Lapsed && l.stage == l.Stage()
}

func (l *letter) subject() string {
	w := l.w.Letter
	switch {
	case l.lapsed():
		return w.Lapsed.String()
	case l.stage == dispute.Review:
		return w.Reviewed.String()
	}
	return w.Decided.String()
}

// text writes the letter in Markdown. What people wrote is shown as it is.
func (l *letter) text(told []ref.Body) string {
	w := l.w.Letter
	l.say(w.About.With("type", webkit.Literal(l.typ(l.Type)), "body", webkit.Literal(l.body(l.Source)), "number", webkit.Literal(l.ID.String())))
	l.head(w.What)
	if l.lapsed() {
		l.say(w.LapsedText.String())
	}
	for _, g := range l.File.Grounds {
		if o, ok := l.Outcome(l.stage, g); ok && !l.lapsed() {
			l.item("**" + webkit.Literal(phrase(l.w.Ground, string(g))) + "** — " + webkit.Literal(phrase(l.w.Outcome, string(o))))
		}
	}
	if !l.lapsed() {
		l.head(w.Why)
		for _, g := range l.File.Grounds {
			for _, r := range l.reasonsOf(l.stage, g) {
				l.item("**" + webkit.Literal(phrase(l.w.Ground, string(g))) + "**: " + webkit.Literal(r.Content.Text))
			}
		}
		l.looked()
	}
	l.head(w.Changes)
	changes := phrase(l.w.Changes, l.result())
	if !l.DecidedAt.IsZero() && !l.lapsed() {
		changes = w.Since.With("day", l.v.Dates.Day(l.v.Dates.Of(l.DecidedAt))) + changes
	}
	l.say(changes)
	l.whom(told)
	l.next()
	return l.out.String()
}

func (l *letter) say(text string) { l.out.WriteString(text + "\n\n") }

func (l *letter) item(text string) { l.out.WriteString("- " + text + "\n") }

func (l *letter) head(p webkit.Phrase) { l.out.WriteString("\n## " + p.String() + "\n\n") }

// result is what the decision makes of the record.
func (l *letter) result() string {
	if l.lapsed() {
		return string(dispute.Withdrawn)
	}
	return string(l.Result(l.stage))
}

// looked says on what evidence it was decided.
func (l *letter) looked() {
	w := l.w.Letter
	l.head(w.Looked)
	l.item(w.TheRecord.String())
	l.item(w.YourWords.String())
	if n := len(l.files()); n > 0 {
		l.item(w.YourFiles.N(n))
	}
	if len(of(l.Papers, dispute.Reply)) == 0 {
		l.item(w.NoAnswer.With("body", webkit.Literal(l.body(l.Source))))
		return
	}
	l.item(w.Answer.With("body", webkit.Literal(l.body(l.Source)), "officer", webkit.Literal(of(l.Papers, dispute.Reply)[0].Content.Officer)))
}

// whom says who was told.
func (l *letter) whom(told []ref.Body) {
	w := l.w.Letter
	l.head(w.Told)
	l.item(w.ToldSource.With("body", webkit.Literal(l.body(l.Source))))
	if len(told) == 0 {
		l.item(w.ToldNobody.String())
		return
	}
	names := make([]string, len(told))
	for i, b := range told {
		names[i] = webkit.Literal(l.body(b))
	}
	l.item(w.ToldBodies.With("bodies", strings.Join(names, "; ")))
}

// next says how to go on, by when, and that it is free.
func (l *letter) next() {
	w := l.w.Letter
	l.head(w.Next)
	switch {
	case l.result() == string(dispute.Withdrawn):
		l.say(w.NextNone.String())
	case l.stage == dispute.Review:
		l.say(w.NextLast.String())
	case l.File.State != dispute.Decided || !l.reviewable():
		l.say(w.NextLate.String())
	case l.ReviewUntil.IsZero():
		l.say(w.NextReviewOpen.String())
	default:
		l.say(w.NextReview.With("day", l.v.Dates.Day(l.v.Dates.LastDay(l.ReviewUntil))))
	}
	l.say(w.Contact.With("contact", webkit.Literal(l.v.Contact)))
}

// ClockLetter writes that the time in which a contest is decided moved, or has run out.
func (f *Face) ClockLetter(ctx context.Context, v webkit.Visit, contest ref.Contest) (subject, body string, err error) {
	all, err := f.lines(ctx, v)
	if err != nil {
		return "", "", err
	}
	for _, l := range all {
		if l.ID != contest {
			continue
		}
		w, c := l.w.Letter, l.Clock
		waits := w.Waits
		if c.Term.Unit == law.WorkingDays {
			waits = w.WaitsWorking
		}
		out := []string{w.About.With("type", webkit.Literal(l.typ(l.Type)), "body", webkit.Literal(l.body(l.Source)), "number", webkit.Literal(l.ID.String()))}
		for _, part := range []struct {
			n    int
			text webkit.Phrase
		}{{c.Extension, w.Extended}, {c.Paused, waits}, {c.Outage, w.Outage}} {
			if part.n > 0 {
				out = append(out, part.text.With("n", strconv.Itoa(part.n)))
			}
		}
		out = append(out, w.Ends.With("day", l.v.Dates.Day(c.Due)))
		if l.late() {
			out = append(out, w.Overdue.String())
		}
		out = append(out, w.Contact.With("contact", webkit.Literal(l.v.Contact)))
		return w.Clock.String(), strings.Join(out, "\n\n"), nil
	}
	return "", "", dispute.ErrNotFound
}
