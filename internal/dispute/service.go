package dispute

import (
	"context"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/paper"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Change is what a use case makes of a contest.
type Change struct {
	Contest Contest
	Events  []Event
	Add     []Paper // sealed
	Drop    []ref.Paper
	Aside   ref.Paper // a file that is set aside, by who decides; zero for none
	Annul   bool      // the record is withdrawn with it
	Readmit when.Date // last day on which the record may come back; zero where it may not
	Note    bool      // nothing but a note: the record is left as it is
	Unless  ref.Clerk // who must have looked at everything that was sent until now, else it is ErrUnseen; zero for nobody
}

// Look is one look at the papers of a contest, which leaves an access row.
type Look struct {
	Person  ref.Person
	Contest ref.Contest
	Access  ref.Inquiry
	Pack    string
	File    ref.Paper // one file; zero for what is written
	By      Staff     // zero for the person
	Trace   seal.Box  // who looked, sealed; not where the person looks
	Now     time.Time
}

// Seen is what a look gives: papers, sealed, and for staff the record.
type Seen struct {
	Papers  []Paper
	Record  seal.Box // no data where there is none, or the person looks
	Version int32
}

// Sought is which of the contests or complaints that wait at a stage are asked for,
// without those that the clerk may not decide. What is zero narrows nothing.
type Sought struct {
	Stage   Stage
	By      Staff
	Type    string    // of the record
	From    when.Date // of the last days of their clocks
	To      when.Date
	Found   *bool // whether somebody found something at this stage
	Skip, N int
}

// Store keeps contests. Change takes the person's gate FOR UPDATE, reads the contest
// behind it, and writes what do returns, its events and what it makes of the record
// in one transaction; it may call do again. Every write is durable on return.
type Store interface {
	// Begin keeps a new draft, or returns the one that there is for its record.
	// fault.Conflict where a contest of the record runs.
	Begin(ctx context.Context, c Contest) (Contest, error)
	Change(ctx context.Context, p ref.Person, id ref.Contest, now time.Time, do func(Contest) (Change, error)) (Contest, error)
	// Discard removes a draft with its papers.
	Discard(ctx context.Context, p ref.Person, id ref.Contest, now time.Time) error
	One(ctx context.Context, p ref.Person, id ref.Contest) (Contest, error) // ErrNotFound
	Of(ctx context.Context, p ref.Person) ([]Contest, error)                // newest first, at most 200
	Person(ctx context.Context, id ref.Contest) (ref.Person, error)         // whose it is; ErrNotFound
	Running(ctx context.Context, q Sought) ([]Contest, error)               // those due first
	Asked(ctx context.Context, source ref.Body, limit int) ([]Contest, error)
	Settled(ctx context.Context, source ref.Body, limit int) ([]Contest, error) // those settled last first
	Show(ctx context.Context, l Look) (Seen, error)
	Examine(ctx context.Context, l Look) (Seen, error)
	// Looked reports whether somebody looked at the papers after the person and the
	// source last added to them.
	Looked(ctx context.Context, p ref.Person, id ref.Contest, clerk ref.Clerk) (bool, error)
	// Files counts the files of the person, and those that were there in contests of
	// the record before.
	Files(ctx context.Context, p ref.Person, id ref.Contest) (int, error)
}

// Mandates knows who may decide.
type Mandates interface {
	Holds(ctx context.Context, clerk ref.Clerk, desk party.Desk, today when.Date) (bool, error)
}

// Filers knows who of a source sent what came in at an instant.
type Filers interface {
	Filed(ctx context.Context, source ref.Body, typ string, at time.Time) ([]ref.Clerk, error)
}

// Service is the room's use cases.
type Service struct {
	Store      Store
	Statements Statements
	Complaints ComplaintStore
	Finder     Finder
	BodyOf     func(ctx context.Context, code string) (party.Body, error)
	Records    dossier.Contested
	Sealer     paper.Sealer
	Scanner    paper.Scanner
	Mandates   Mandates
	Filers     Filers
	Shelf      law.Shelf
	Chance     ref.Minter
}

// Begin starts a draft about a record of the person, or returns the one that there
// is.
func (s *Service) Begin(ctx context.Context, p ref.Person, r ref.Record, now time.Time) (Contest, error) {
	if p.IsZero() || r.IsZero() {
		return Contest{}, dossier.ErrNotFound
	}
	about, found, err := s.Records.Summary(ctx, dossier.Key{Person: p, Record: r})
	if err != nil {
		return Contest{}, err
	}
	if !found || about.State == dossier.Erased {
		return Contest{}, dossier.ErrNotFound
	}
	if about.State.Empty() {
		return Contest{}, fault.New(fault.Conflict, "E-CONTEST-GONE", "This record was withdrawn; there is nothing left to contest. Nothing was changed.")
	}
	id, err := ref.Mint[ref.Contest](s.Chance)
	if err != nil {
		return Contest{}, err
	}
	pack := s.Shelf.At(now)
	keep, err := pack.PapersUntil(pack.Today(now))
	if err != nil {
		return Contest{}, err
	}
	return s.Store.Begin(ctx, Contest{ID: id, Person: p, Record: r, Version: about.Version, Source: about.Source, Type: about.Type, Pack: pack.Version,
		State: Draft, MadeAt: now, KeepUntil: max(keep, about.RetainEnd)})
}

// Write keeps the grounds of a draft and what the person says on each. What was
// written on a ground before is replaced.
func (s *Service) Write(ctx context.Context, p ref.Person, id ref.Contest, said map[Ground]string, now time.Time) (Contest, error) {
	c, err := s.mine(ctx, p, id)
	if err != nil {
		return Contest{}, err
	}
	var grounds []Ground
	var papers []Paper
	for _, g := range Grounds() {
		text, chosen := said[g]
		if !chosen {
			continue
		}
		grounds = append(grounds, g)
		if text, err = paper.Words(text, string(g)); err != nil {
			return Contest{}, err
		}
		if text != "" {
			papers = append(papers, Paper{Ground: g, What: Words, Stage: First, Sheet: paper.Sheet{At: now, Content: paper.Content{Text: text}}})
		}
	}
	if err := s.seal(ctx, p, c.KeepUntil, papers); err != nil {
		return Contest{}, err
	}
	before, err := s.papers(ctx, p, id, ref.Paper{}, now)
	if err != nil {
		return Contest{}, err
	}
	return s.Store.Change(ctx, p, id, now, func(c Contest) (Change, error) {
		if c.State != Draft {
			return Change{}, ErrState
		}
		c.Grounds = grounds
		ch := Change{Contest: c, Add: papers, Note: true}
		for _, old := range before {
			if old.What == Words {
				ch.Drop = append(ch.Drop, old.ID)
			}
		}
		return ch, nil
	})
}

// Attach adds a file to a draft, or to a contest that runs. What it is is seen by
// its content; it is looked at for malware and sealed before it is kept. Of what names
// third persons the source is given the copy alone (rules D7).
func (s *Service) Attach(ctx context.Context, p ref.Person, id ref.Contest, up Upload, now time.Time) error {
	c, err := s.mine(ctx, p, id)
	if err != nil {
		return err
	}
	papers, err := s.brought(ctx, up, Evidence, c.Stage(), ref.Clerk{}, now)
	if err != nil {
		return err
	}
	n, err := s.Store.Files(ctx, p, id)
	if err != nil {
		return err
	}
	if err := paper.Room(n); err != nil {
		return err
	}
	if err := s.seal(ctx, p, c.KeepUntil, papers); err != nil {
		return err
	}
	_, err = s.Store.Change(ctx, p, id, now, func(c Contest) (Change, error) {
		if c.State != Draft && !c.Runs() {
			return Change{}, ErrState
		}
		return Change{Contest: c, Add: papers, Note: true}, nil
	})
	return err
}

// Send opens a contest: the clock begins, the record is marked as disputed, the
// source is asked.
func (s *Service) Send(ctx context.Context, p ref.Person, id ref.Contest, now time.Time) (Contest, error) {
	if _, err := s.mine(ctx, p, id); err != nil {
		return Contest{}, err
	}
	old, err := s.Store.Of(ctx, p)
	if err != nil {
		return Contest{}, err
	}
	news, err := s.Store.Files(ctx, p, id)
	if err != nil {
		return Contest{}, err
	}
	return s.move(ctx, p, id, now, func(c Contest, pack *law.Pack) (Contest, []Event, error) {
		var before Before
		for _, o := range old {
			if o.Record == c.Record && o.ID != c.ID {
				before = append(before, o)
			}
		}
		return c.Send(pack, before, news > 0, now)
	})
}

// TakeBack ends a contest of the person; for some minutes it can be taken up again.
func (s *Service) TakeBack(ctx context.Context, p ref.Person, id ref.Contest, now time.Time) (Contest, error) {
	return s.move(ctx, p, id, now, func(c Contest, pack *law.Pack) (Contest, []Event, error) { return c.TakeBack(pack, now) })
}

// TakeUp undoes TakeBack.
func (s *Service) TakeUp(ctx context.Context, p ref.Person, id ref.Contest, now time.Time) (Contest, error) {
	return s.move(ctx, p, id, now, func(c Contest, pack *law.Pack) (Contest, []Event, error) { return c.TakeUp(pack, now) })
}

// OpenDecision notes that the person opened the letter of the last decision.
func (s *Service) OpenDecision(ctx context.Context, p ref.Person, id ref.Contest, now time.Time) (Contest, error) {
	if p.IsZero() {
		return Contest{}, ErrNotFound
	}
	pack := s.Shelf.At(now)
	return s.Store.Change(ctx, p, id, now, func(c Contest) (Change, error) {
		next, events, err := c.OpenLetter(pack, now)
		return Change{Contest: next, Events: events, Note: !next.waitsForLetter()}, err
	})
}

// AskReview brings a decision before people of another body.
func (s *Service) AskReview(ctx context.Context, p ref.Person, id ref.Contest, why string, now time.Time) (Contest, error) {
	c, err := s.mine(ctx, p, id)
	if err != nil {
		return Contest{}, err
	}
	if why, err = paper.Words(why, "why"); err != nil {
		return Contest{}, err
	}
	var papers []Paper
	if why != "" {
		papers = []Paper{{What: Appeal, Stage: Review, Sheet: paper.Sheet{At: now, Content: paper.Content{Text: why}}}}
	}
	if err := s.seal(ctx, p, c.KeepUntil, papers); err != nil {
		return Contest{}, err
	}
	return s.Store.Change(ctx, p, id, now, func(c Contest) (Change, error) {
		next, events, err := c.AskReview(s.Shelf.At(now), now)
		return Change{Contest: next, Events: events, Add: papers}, err
	})
}

// Discard throws a draft away.
func (s *Service) Discard(ctx context.Context, p ref.Person, id ref.Contest, now time.Time) error {
	if p.IsZero() {
		return ErrNotFound
	}
	return s.Store.Discard(ctx, p, id, now)
}

// move is a use case that writes nothing but a move.
func (s *Service) move(ctx context.Context, p ref.Person, id ref.Contest, now time.Time, do func(Contest, *law.Pack) (Contest, []Event, error)) (Contest, error) {
	if p.IsZero() {
		return Contest{}, ErrNotFound
	}
	pack := s.Shelf.At(now)
	return s.Store.Change(ctx, p, id, now, func(c Contest) (Change, error) {
		next, events, err := do(c, pack)
		return Change{Contest: next, Events: events, Annul: next.Takes(pack)}, err
	})
}

// mine returns a contest of the person.
func (s *Service) mine(ctx context.Context, p ref.Person, id ref.Contest) (Contest, error) {
	if p.IsZero() || id.IsZero() {
		return Contest{}, ErrNotFound
	}
	return s.Store.One(ctx, p, id)
}

// List returns a person's contests, newest first, without their papers.
func (s *Service) List(ctx context.Context, p ref.Person) ([]Contest, error) {
	if p.IsZero() {
		return nil, nil
	}
	return s.Store.Of(ctx, p)
}

// File is a contest with its papers.
type File struct {
	Contest
	Papers []Paper
}

// File returns a contest of the person with what was written in it. The look leaves
// an access row.
func (s *Service) File(ctx context.Context, p ref.Person, id ref.Contest, now time.Time) (File, error) {
	c, err := s.mine(ctx, p, id)
	if err != nil {
		return File{}, err
	}
	papers, err := s.papers(ctx, p, id, ref.Paper{}, now)
	return File{c, papers}, err
}

// Paper returns one file of a contest of the person.
func (s *Service) Paper(ctx context.Context, p ref.Person, id ref.Contest, file ref.Paper, now time.Time) (Paper, error) {
	if _, err := s.mine(ctx, p, id); err != nil {
		return Paper{}, err
	}
	papers, err := s.papers(ctx, p, id, file, now)
	return pick(papers, file, err)
}

// papers reads what was written in a contest, through the wall.
func (s *Service) papers(ctx context.Context, p ref.Person, id ref.Contest, file ref.Paper, now time.Time) ([]Paper, error) {
	access, err := ref.Mint[ref.Inquiry](s.Chance)
	if err != nil {
		return nil, err
	}
	seen, err := s.Store.Show(ctx, Look{Person: p, Contest: id, Access: access, Pack: s.Shelf.At(now).Version, File: file, Now: now})
	if err != nil {
		return nil, err
	}
	return s.open(ctx, p, seen.Papers)
}
