package dispute

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/paper"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// mostListed is how many contests a list shows at once: those due first.
const mostListed = 200

// Case is a contest as somebody on staff sees it: with the record, the papers, and
// what others found as far as they may see it.
type Case struct {
	File
	Fields map[string]string // of the record; empty where it is gone
	Sees   bool              // what others found at this stage
}

// desk returns the desk that decides a contest now, and whether a clerk has it.
func (s *Service) desk(ctx context.Context, c party.Clerk, desk party.Desk, now time.Time) error {
	holds, err := s.Mandates.Holds(ctx, c.ID, desk, s.Shelf.At(now).Today(now))
	if err != nil {
		return err
	}
	if !holds {
		return fault.New(fault.Forbidden, "E-CONTEST-DESK", "You have no mandate for this desk, or it has ended. Nothing was opened; ask the registry for one.").By("D5")
	}
	return nil
}

func deskOf(stage Stage) party.Desk {
	if stage == Review {
		return party.Reviews
	}
	return party.Decides
}

// Queue returns the contests that wait at a desk, those due first, without those that
// somebody may not decide.
func (s *Service) Queue(ctx context.Context, by party.Clerk, q Sought, now time.Time) ([]Contest, error) {
	if err := s.desk(ctx, by, deskOf(q.Stage), now); err != nil {
		return nil, err
	}
	q.By = staff(by)
	return s.Store.Running(ctx, q)
}

// Questions returns the contests that wait for a source, those due first.
func (s *Service) Questions(ctx context.Context, by party.Clerk) ([]Contest, error) {
	return s.Store.Asked(ctx, by.Body.ID, mostListed)
}

func staff(c party.Clerk) Staff { return Staff{Clerk: c.ID, Body: c.Body.ID} }

// found returns a contest that somebody on staff may work on: they answer for its
// source, or they have a mandate for the stage that it is at. Everything else is
// not there.
func (s *Service) found(ctx context.Context, by party.Clerk, id ref.Contest, now time.Time) (Contest, error) {
	p, err := s.Store.Person(ctx, id)
	if err != nil {
		return Contest{}, err
	}
	c, err := s.Store.One(ctx, p, id)
	switch {
	case err != nil:
		return Contest{}, err
	case c.State == Draft:
		return Contest{}, ErrNotFound
	case c.Source == by.Body.ID && by.Desks.Has(party.Furnishes):
		return c, nil
	}
	if err := s.desk(ctx, by, deskOf(c.Stage()), now); err != nil {
		if fault.Of(err).Kind == fault.Forbidden {
			return Contest{}, ErrNotFound
		}
		return Contest{}, err
	}
	if c.conflicts(staff(by)) {
		return Contest{}, ErrNotFound
	}
	return c, nil
}

// Question opens a contest for its source; for everybody else it is not there. The person
// sees that they looked.
func (s *Service) Question(ctx context.Context, by party.Clerk, id ref.Contest, now time.Time) (Case, error) {
	if _, err := s.asked(ctx, by, id, now); err != nil {
		return Case{}, err
	}
	return s.Case(ctx, by, id, now)
}

// Case opens a contest for somebody on staff. The person sees that they looked.
func (s *Service) Case(ctx context.Context, by party.Clerk, id ref.Contest, now time.Time) (Case, error) {
	c, err := s.found(ctx, by, id, now)
	if err != nil {
		return Case{}, err
	}
	seen, err := s.examine(ctx, by, c, ref.Paper{}, now)
	if err != nil {
		return Case{}, err
	}
	out := Case{File: File{Contest: c}, Sees: !c.Runs() || c.Sees(by.ID)}
	if out.Papers, err = s.open(ctx, c.Person, seen.Papers); err != nil {
		return Case{}, err
	}
	if !out.Sees {
		out.Findings = slices.DeleteFunc(slices.Clone(c.Findings), func(f Finding) bool { return f.Stage == c.Stage() })
	}
	if seen.Record.Data == nil {
		return out, nil
	}
	opened, err := s.Sealer.Open(ctx, []seal.Sealed{{Subject: dossier.RecordSubject(c.Person, c.Record, seen.Version), Box: seen.Record}})
	if err != nil || opened[0].Gone {
		return out, err
	}
	if err := json.Unmarshal(opened[0].Plain, &out.Fields); err != nil {
		return Case{}, fmt.Errorf("reading record %s: %w", c.Record, err)
	}
	return out, nil
}

// CasePaper returns one file of a contest for somebody on staff.
func (s *Service) CasePaper(ctx context.Context, by party.Clerk, id ref.Contest, file ref.Paper, now time.Time) (Paper, error) {
	c, err := s.found(ctx, by, id, now)
	if err != nil {
		return Paper{}, err
	}
	seen, err := s.examine(ctx, by, c, file, now)
	if err != nil {
		return Paper{}, err
	}
	papers, err := s.open(ctx, c.Person, seen.Papers)
	return pick(papers, file, err)
}

// examine reads what is in a contest, through the wall. What is decided is open to its
// source and to those alone who decided it.
func (s *Service) examine(ctx context.Context, by party.Clerk, c Contest, file ref.Paper, now time.Time) (Seen, error) {
	had := slices.ContainsFunc(c.Findings, func(f Finding) bool { return f.Clerk == by.ID })
	if !c.Runs() && !had && c.Source != by.Body.ID {
		return Seen{}, ErrNotFound
	}
	pack := s.Shelf.At(now)
	trace, err := s.drawer().Trace(ctx, c.Person, by, c.ID.String(), pack.AccessEnd(now))
	if err != nil {
		return Seen{}, err
	}
	return s.Store.Examine(ctx, Look{Person: c.Person, Contest: c.ID, Access: trace.Access, Pack: pack.Version, File: file, By: staff(by), Trace: trace.Box, Now: now})
}

// Said is what a source answers on one ground.
type Said struct {
	Position Position
	Text     string
}

// Answering is what a source answers to a contest.
type Answering struct {
	Officer string // name and office; the person reads it
	Said    map[Ground]Said
	Key     string // of repeats; empty where no program answers
}

// Answer takes the source's answer: on each ground, by a named officer who did not
// file the record. A call that comes again under its key writes nothing again.
func (s *Service) Answer(ctx context.Context, by party.Clerk, id ref.Contest, a Answering, now time.Time) (Contest, error) {
	c, err := s.asked(ctx, by, id, now)
	if err != nil {
		return Contest{}, err
	}
	name, err := officer(a.Officer)
	if err != nil {
		return Contest{}, err
	}
	filer, err := s.filer(ctx, c, by.ID)
	if err != nil {
		return Contest{}, err
	}
	key, positions := KeyOf(by.ID, a.Key), make([]Position, len(c.Grounds))
	var papers []Paper
	for i, g := range c.Grounds {
		one := a.Said[g]
		if positions[i] = one.Position; one.Text == "" && one.Position == Stands {
			return Contest{}, fault.New(fault.Invalid, "E-CONTEST-ANSWER", "Where the source holds that the record is right it says why. Nothing was sent; write it for each ground.").At(string(g))
		}
		text, err := paper.Words(one.Text, string(g))
		if err != nil {
			return Contest{}, err
		}
		papers = append(papers, Paper{Ground: g, What: Reply, Stage: First, Sheet: paper.Sheet{Clerk: by.ID, At: now, Content: paper.Content{Text: text, Officer: name}}})
	}
	if err := s.seal(ctx, c.Person, c.KeepUntil, papers); err != nil {
		return Contest{}, err
	}
	return s.Store.Change(ctx, c.Person, id, now, func(c Contest) (Change, error) {
		if a.Key != "" && slices.ContainsFunc(c.Answers, func(old Answer) bool { return old.Key == key }) {
			return Change{Contest: c, Note: true}, nil // the call came again
		}
		next, events, err := c.Say(staff(by), positions, key, filer, now)
		return Change{Contest: next, Events: events, Add: papers, Note: true}, err
	})
}

// filer reports whether somebody sent the record that is contested.
func (s *Service) filer(ctx context.Context, c Contest, clerk ref.Clerk) (bool, error) {
	about, found, err := s.Records.Summary(ctx, dossier.Key{Person: c.Person, Record: c.Record})
	if err != nil || !found {
		return false, err
	}
	filed, err := s.Filers.Filed(ctx, c.Source, c.Type, about.ReceivedAt)
	return slices.Contains(filed, clerk), err
}

// Written is what one of those who decide writes on one ground.
type Written struct {
	Outcome Outcome
	Reasons string
}

// Rule takes what one of those who decide found on each ground, with reasons. When
// two agree the stage is decided, and the record corrected, withdrawn or left.
func (s *Service) Rule(ctx context.Context, by party.Clerk, id ref.Contest, found map[Ground]Written, now time.Time) (Contest, error) {
	c, err := s.found(ctx, by, id, now)
	if err != nil {
		return Contest{}, err
	}
	if err := s.desk(ctx, by, deskOf(c.Stage()), now); err != nil {
		return Contest{}, err
	}
	r := Ruling{By: staff(by)}
	var papers []Paper
	for _, g := range c.Grounds {
		text, err := paper.Words(found[g].Reasons, string(g))
		if err != nil {
			return Contest{}, err
		}
		if text == "" {
			return Contest{}, fault.New(fault.Invalid, "E-CONTEST-REASONS", "The person is told why, on each ground. Nothing was decided; write the reasons.").At(string(g))
		}
		r.Outcomes = append(r.Outcomes, found[g].Outcome)
		papers = append(papers, Paper{Ground: g, What: Reasons, Stage: c.Stage(), Sheet: paper.Sheet{Clerk: by.ID, At: now, Content: paper.Content{Text: text}}})
	}
	if r.Looked, err = s.Store.Looked(ctx, c.Person, id, by.ID); err != nil {
		return Contest{}, err
	}
	if err := s.seal(ctx, c.Person, c.KeepUntil, papers); err != nil {
		return Contest{}, err
	}
	pack := s.Shelf.At(now)
	return s.Store.Change(ctx, c.Person, id, now, func(c Contest) (Change, error) {
		next, events, err := c.Find(pack, r, now)
		return Change{Contest: next, Events: events, Add: papers, Annul: next.Takes(pack), Unless: by.ID}, err
	})
}

// Extend grants the one extension that the law gives. The person is told by the
// event that it leaves.
func (s *Service) Extend(ctx context.Context, by party.Clerk, id ref.Contest, now time.Time) (Contest, error) {
	return s.lever(ctx, by, id, now, "extended", func(c law.Clock, p *law.Pack) (law.Clock, error) { return p.Extend(c, p.Today(now)) })
}

// Wait lets the clock wait for the person's own evidence for so many days.
func (s *Service) Wait(ctx context.Context, by party.Clerk, id ref.Contest, days int, now time.Time) (Contest, error) {
	return s.lever(ctx, by, id, now, "waits", func(c law.Clock, p *law.Pack) (law.Clock, error) { return p.Pause(c, days, p.Today(now)) })
}

func (s *Service) lever(ctx context.Context, by party.Clerk, id ref.Contest, now time.Time, kind string, pull func(law.Clock, *law.Pack) (law.Clock, error)) (Contest, error) {
	c, err := s.found(ctx, by, id, now)
	if err != nil {
		return Contest{}, err
	}
	if err := s.desk(ctx, by, deskOf(c.Stage()), now); err != nil {
		return Contest{}, err
	}
	pack := law.Under(s.Shelf, c.Pack, now)
	return s.Store.Change(ctx, c.Person, id, now, func(c Contest) (Change, error) {
		if !c.Runs() || c.conflicts(staff(by)) {
			return Change{}, ErrState
		}
		clock, err := pull(c.Clock, pack)
		if err != nil {
			return Change{}, err
		}
		c.Clock = clock
		return Change{Contest: c, Events: []Event{c.event(kind)}}, nil
	})
}
