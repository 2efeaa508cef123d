package app

import (
	"context"
	"strings"
	"time"

	"recourse/internal/dispute"
	"recourse/internal/dossier"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/notice"
	"recourse/internal/notice/noticeweb"
	"recourse/internal/ref"
)

// letters is what the face of letters is made of.
func (f faces) letters(c PageConfig) noticeweb.Config {
	out := noticeweb.Config{Service: c.Notice, Origin: c.Site.Origin, Matter: f.matter, Post: f.post(c)}
	if f.dispute != nil {
		out.Contest = func(ctx context.Context, v webkit.Visit, o notice.Owed) (string, string, error) {
			if subject, body, is, err := f.questionLetter(ctx, v, o); is {
				return subject, body, err
			}
			if subject, body, is, err := f.pleaLetter(ctx, v, o); is {
				return subject, body, err
			}
			if subject, body, is, err := f.heldLetter(ctx, v, o, law.Under(c.Shelf, o.Pack, v.Now)); is {
				return subject, body, err
			}
			if o.OfDeath() && f.estate != nil {
				return f.estate.Letter(ctx, v, ref.Death(o.Contest), o.Kind == notice.ReversalLetter)
			}
			if subject, body, is, err := f.wordsLetter(ctx, v, o); is {
				return subject, body, err
			}
			if o.Kind == notice.ClockLetter {
				return f.dispute.ClockLetter(ctx, v, o.Contest)
			}
			return f.dispute.DecisionLetter(ctx, v, o.Contest, dispute.Stage(o.Version))
		}
	}
	return out
}

// opened opens the letter of the decision that the person reads elsewhere.
func (c PageConfig) opened(ctx context.Context, d dispute.Contest, now time.Time) error {
	return c.Notice.OpenDecision(ctx, notice.Owed{Person: d.Person, Record: d.Record, Contest: d.ID, Version: int32(d.Stage())}, now)
}

// matter lets a letter say what the file says of its record.
func (f faces) matter(ctx context.Context, v webkit.Visit, r ref.Record) (noticeweb.Matter, error) {
	m, err := f.dossier.Matter(ctx, v, r)
	if err != nil {
		return noticeweb.Matter{}, err
	}
	shown, err := f.shownElsewhere(ctx, v, r)
	return noticeweb.Matter{Type: m.Type, Sentence: m.Sentence, Source: m.Source, Received: m.Received, DisplayEnd: m.DisplayEnd, RetainEnd: m.RetainEnd, Content: m.Content, Code: m.Code, Recipients: shown}, err
}

// shownElsewhere names the bodies that were shown a record under another file.
func (f faces) shownElsewhere(ctx context.Context, v webkit.Visit, r ref.Record) (string, error) {
	if f.elsewhere == nil || v.Person.IsZero() {
		return "", nil
	}
	list, err := f.elsewhere.Shown(ctx, v.Person, r)
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = f.body(a.Body, v) + " (" + v.Dates.Plain(v.Dates.Of(a.At)) + ")"
	}
	return strings.Join(names, "; "), err
}

// post is the desk for letters on paper.
func (f faces) post(c PageConfig) *noticeweb.Post {
	if c.Post == nil {
		return nil
	}
	return &noticeweb.Post{Desk: c.Post, Clerk: c.Party.ClerkSession, About: func(ctx context.Context, o notice.Owed, lang string, now time.Time) (noticeweb.Matter, error) {
		r, found, err := c.Records.Summary(ctx, dossier.Key{Person: o.Person, Record: o.Record})
		if err != nil {
			return noticeweb.Matter{}, err
		}
		ended := r.State == dossier.Withdrawn || r.State == dossier.Erased
		if !found || ended && (law.BeginsAnswer(o.Kind) || o.Kind == law.Filed) {
			return noticeweb.Matter{}, dossier.ErrNotFound
		}
		v := webkit.Visit{Caller: webkit.Caller{Person: o.Person}, Lang: lang, Now: now, Dates: webkit.Dates{Lang: lang, Zone: c.Zone}}
		m := f.dossier.About(r, v.Dates, now)
		shown, err := f.shownElsewhere(ctx, v, o.Record)
		return noticeweb.Matter{Type: m.Type, Sentence: m.Sentence, Source: m.Source, Received: m.Received, DisplayEnd: m.DisplayEnd, RetainEnd: m.RetainEnd, Code: m.Code, Recipients: shown}, err
	}}
}
