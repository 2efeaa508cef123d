package dispute

import (
	"context"
	"strings"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Statement is what a person says about a record of theirs, in their own words: sealed for
// that record, shown with it and with nothing else (rules D6).
type Statement struct {
	Key  dossier.Key
	At   time.Time
	Keep when.Date // last day on which it can be read: that of the record
	Text string
	Box  seal.Box

	Cuts       []Cut        // what others are given in its place
	Turns      int64        // of the complaints that they were made from
	Complaints []Complained // as its person reads them; oldest first
}

// Complained is a complaint as the person reads it about whose words it is: without who
// complained, and why.
type Complained struct {
	Complaint
	Passages []string         // the first is number 1
	Papers   []ComplaintPaper // reasons of what is decided, and what the person wrote
}

// Withheld are the passages that others are not given at an instant.
func (c Complained) Withheld(now time.Time) (out []string) {
	for i, p := range c.Passages {
		if _, is := c.Withholds(i+1, now); is && p != "" {
			out = append(out, p)
		}
	}
	return out
}

// Withheld are the passages of a statement that others are not given at an instant.
func (s Statement) Withheld(now time.Time) (out []string) {
	for _, c := range s.Complaints {
		out = append(out, c.Withheld(now)...)
	}
	return out
}

// Statements keeps what persons say. Put and Drop take the person's gate FOR UPDATE and
// have what was there before forgotten; they are durable on return.
type Statements interface {
	// Put keeps a statement in place of what was there; dossier.ErrNotFound where the
	// content of the record is gone, ErrMoved where something else was decided meanwhile
	// about passages of it.
	Put(ctx context.Context, s Statement) error
	// Drop removes a statement, if there is one. Complaints about it stay, as what was
	// withheld stays withheld when it is said again.
	Drop(ctx context.Context, k dossier.Key, now time.Time) error
	// Stated returns when the person wrote it; zero where they say nothing.
	Stated(ctx context.Context, k dossier.Key) (time.Time, error)
	// ShowStatement reads it, and leaves an access row of that number; no data where there
	// is none.
	ShowStatement(ctx context.Context, k dossier.Key, access ref.Inquiry, pack string, now time.Time) (StatementSeen, error)
}

// State keeps what a person says about a record, in place of what they said before. It goes
// with the record from now on, in every answer, without the passages that two people
// withheld from others before.
func (s *Service) State(ctx context.Context, p ref.Person, r ref.Record, text string, now time.Time) error {
	text, err := statable(s.Shelf.At(now), text)
	if err != nil {
		return err
	}
	about, err := s.about(ctx, p, r)
	if err != nil {
		return err
	}
	epoch := seal.NewEpoch(seal.Case, about.RetainEnd)
	boxes, err := s.Sealer.Close(ctx, []seal.Content{{Subject: dossier.WordsSubject(p, r), Epoch: epoch, Plain: []byte(text)}})
	if err != nil {
		return err
	}
	return again(func() error {
		st := Statement{Key: about.Key, At: now, Keep: about.RetainEnd, Box: boxes[0]}
		complaints, err := s.Complaints.ComplaintsAbout(ctx, about.Key)
		if err != nil {
			return err
		}
		if len(complaints) > 0 {
			x, err := s.ownWords(ctx, p, r, now)
			if err != nil {
				return err
			}
			st.Turns, st.Cuts = x.basis().Turns, cuts(text, x.held(Complaint{}, now))
			if err := s.sealCuts(ctx, p, epoch, st.Cuts); err != nil {
				return err
			}
		}
		return s.Statements.Put(ctx, st)
	})
}

// about returns a record of the person that has a content.
func (s *Service) about(ctx context.Context, p ref.Person, r ref.Record) (dossier.Summary, error) {
	if p.IsZero() || r.IsZero() {
		return dossier.Summary{}, dossier.ErrNotFound
	}
	about, found, err := s.Records.Summary(ctx, dossier.Key{Person: p, Record: r})
	if err == nil && (!found || about.State.Empty()) {
		err = dossier.ErrNotFound
	}
	return about, err
}

// statable checks what a person wants to say.
func statable(p *law.Pack, text string) (string, error) {
	room, ok := p.Statement()
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	n := len([]rune(text))
	switch {
	case !ok:
		return "", fault.New(fault.Refused, "E-STATEMENT-NONE", "Here nothing can be said beside a record. Nothing was kept; contest the record where it is wrong.").By("D6")
	case n == 0:
		return "", fault.New(fault.Invalid, "E-STATEMENT-EMPTY", "Nothing is written. Nothing was kept; write something, or take back what you said before.").At("text")
	case n > room.Characters:
		return "", fault.Newf(fault.Invalid, "E-STATEMENT-LONG", "There is room for %d characters, and %d are written. Nothing was kept; say it shorter.", room.Characters, n).At("text").By("D6")
	}
	return text, nil
}

// Unstate takes back what a person says about a record: from now on it goes with no answer.
func (s *Service) Unstate(ctx context.Context, p ref.Person, r ref.Record, now time.Time) error {
	if p.IsZero() || r.IsZero() {
		return dossier.ErrNotFound
	}
	return s.Statements.Drop(ctx, dossier.Key{Person: p, Record: r}, now)
}

// Stated returns when a person wrote what they say about a record; zero where they say
// nothing. It reads nothing of it. dossier.ErrNotFound where nothing can be said: the
// content of the record is gone.
func (s *Service) Stated(ctx context.Context, p ref.Person, r ref.Record) (time.Time, error) {
	about, err := s.about(ctx, p, r)
	if err != nil {
		return time.Time{}, err
	}
	return s.Statements.Stated(ctx, about.Key)
}

// Statement returns what a person says about a record, whole, and what became of
// complaints about it; empty where they say nothing. The look leaves an access row.
func (s *Service) Statement(ctx context.Context, p ref.Person, r ref.Record, now time.Time) (Statement, error) {
	x, err := s.ownWords(ctx, p, r, now)
	if err != nil {
		return Statement{}, err
	}
	out := Statement{Key: dossier.Key{Person: p, Record: r}, At: x.at, Text: x.text, Box: x.box}
	for _, c := range x.complaints {
		one := Complained{Complaint: c}
		for nth := 1; nth <= c.Passages; nth++ {
			one.Passages = append(one.Passages, x.passage(c.ID, nth))
		}
		for _, p := range x.papers {
			if p.Complaint == c.ID && p.What != Passage {
				one.Papers = append(one.Papers, p)
			}
		}
		out.Complaints = append(out.Complaints, one)
	}
	return out, nil
}
