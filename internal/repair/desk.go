package repair

import (
	"context"
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

// Case is an application as somebody who decides sees it: with the record, the papers,
// and what others found as far as they may see it.
type Case struct {
	File
	Fields map[string]string // of the record; empty where it is gone
	Sees   bool              // what others found at this stage
	Filer  bool              // who looks sent the record, and leaves it to others
}

// desk says whether a clerk has a desk now.
func (s *Service) desk(ctx context.Context, c party.Clerk, desk party.Desk, now time.Time) error {
	holds, err := s.Mandates.Holds(ctx, c.ID, desk, s.Shelf.At(now).Today(now))
	if err == nil && !holds {
		err = fault.New(fault.Forbidden, "E-REPAIR-DESK", "You have no mandate for this desk, or it has ended. Nothing was opened; ask the registry for one.").By("D5")
	}
	return err
}

func deskOf(stage Stage) party.Desk {
	if stage == Review {
		return party.Reviews
	}
	return party.Repairs
}

func staff(c party.Clerk) Staff { return Staff{Clerk: c.ID, Body: c.Body.ID} }

// Queue returns the applications that wait for somebody at a desk, those due first.
func (s *Service) Queue(ctx context.Context, by party.Clerk, q Sought, now time.Time) ([]Application, error) {
	if err := s.desk(ctx, by, deskOf(q.Stage), now); err != nil {
		return nil, err
	}
	q.By = staff(by)
	return s.Store.Waiting(ctx, q)
}

// found returns an application that somebody may decide at the stage that it is at.
// Everything else is not there.
func (s *Service) found(ctx context.Context, by party.Clerk, id ref.Repair, now time.Time) (Application, error) {
	p, err := s.Store.Person(ctx, id)
	if err != nil {
		return Application{}, err
	}
	a, err := s.Store.One(ctx, p, id)
	if err != nil {
		return Application{}, err
	}
	if a.State == Draft || !a.May(staff(by)) {
		return Application{}, ErrNotFound
	}
	if err := s.desk(ctx, by, deskOf(a.Stage()), now); err != nil {
		if fault.Of(err).Kind == fault.Forbidden {
			return Application{}, ErrNotFound
		}
		return Application{}, err
	}
	return a, nil
}

// Case opens an application for somebody who decides. The person sees that they
// looked.
func (s *Service) Case(ctx context.Context, by party.Clerk, id ref.Repair, now time.Time) (Case, error) {
	a, err := s.found(ctx, by, id, now)
	if err != nil {
		return Case{}, err
	}
	seen, err := s.examine(ctx, by, a, ref.Paper{}, now)
	if err != nil {
		return Case{}, err
	}
	out := Case{File: File{Application: a}, Sees: !a.Runs() || a.Sees(by.ID)}
	if out.Papers, err = s.open(ctx, a.Person, seen.Papers); err != nil {
		return Case{}, err
	}
	if !out.Sees {
		out.Findings = slices.DeleteFunc(slices.Clone(a.Findings), func(f Finding) bool { return f.Stage == a.Stage() })
	}
	if out.Filer, err = s.filer(ctx, a, by.ID); err != nil || seen.Record.Data == nil {
		return out, err
	}
	opened, err := s.Sealer.Open(ctx, []seal.Sealed{{Subject: dossier.RecordSubject(a.Person, a.Record, seen.Version), Box: seen.Record}})
	if err != nil || opened[0].Gone {
		return out, err
	}
	if out.Fields, err = dossier.Content(opened[0].Plain); err != nil {
		return Case{}, fmt.Errorf("reading record %s: %w", a.Record, err)
	}
	return out, nil
}

// CasePaper returns one file of an application for somebody who decides.
func (s *Service) CasePaper(ctx context.Context, by party.Clerk, id ref.Repair, file ref.Paper, now time.Time) (Paper, error) {
	a, err := s.found(ctx, by, id, now)
	if err != nil {
		return Paper{}, err
	}
	seen, err := s.examine(ctx, by, a, file, now)
	if err != nil {
		return Paper{}, err
	}
	papers, err := s.open(ctx, a.Person, seen.Papers)
	return pick(papers, file, err)
}

func (s *Service) examine(ctx context.Context, by party.Clerk, a Application, file ref.Paper, now time.Time) (Seen, error) {
	pack := s.Shelf.At(now)
	trace, err := s.drawer().Trace(ctx, a.Person, by, a.ID.String(), pack.AccessEnd(now))
	if err != nil {
		return Seen{}, err
	}
	return s.Store.Examine(ctx, Look{Person: a.Person, Application: a.ID, Access: trace.Access, Pack: pack.Version, File: file, By: staff(by), Trace: trace.Box, Now: now})
}

// filer reports whether somebody sent the record.
func (s *Service) filer(ctx context.Context, a Application, clerk ref.Clerk) (bool, error) {
	about, found, err := s.Records.Summary(ctx, dossier.Key{Person: a.Person, Record: a.Record})
	if err != nil || !found {
		return false, err
	}
	filed, err := s.Filers.Filed(ctx, a.Source, a.Type, about.ReceivedAt)
	return slices.Contains(filed, clerk), err
}

// Rule takes what one of those who decide found, with reasons. When two agree the stage
// is decided, and the record ends or stays.
func (s *Service) Rule(ctx context.Context, by party.Clerk, id ref.Repair, o Outcome, reasons string, now time.Time) (Application, error) {
	a, err := s.found(ctx, by, id, now)
	if err != nil {
		return Application{}, err
	}
	if reasons, err = paper.Words(reasons, "reasons"); err == nil && reasons == "" {
		err = fault.New(fault.Invalid, "E-REPAIR-REASONS", "The person is told why. Nothing was decided; write the reasons.").At("reasons")
	}
	if err != nil {
		return Application{}, err
	}
	r := Ruling{By: staff(by), Outcome: o}
	if r.Filer, err = s.filer(ctx, a, by.ID); err != nil {
		return Application{}, err
	}
	if r.Looked, err = s.Store.Looked(ctx, a.Person, id, by.ID); err != nil {
		return Application{}, err
	}
	papers := []Paper{{What: Reasons, Stage: a.Stage(), Sheet: paper.Sheet{Clerk: by.ID, At: now, Content: paper.Content{Text: reasons}}}}
	if err := s.seal(ctx, a.Person, a.KeepUntil, papers); err != nil {
		return Application{}, err
	}
	pack := s.Shelf.At(now)
	return s.Store.Change(ctx, a.Person, id, now, func(a Application) (Change, error) {
		next, events, err := a.Find(pack, r, now)
		return Change{Application: next, Events: events, Add: papers}, err
	})
}

// Extend grants the one extension that the pack gives. The person is told by the event
// that it leaves.
func (s *Service) Extend(ctx context.Context, by party.Clerk, id ref.Repair, now time.Time) (Application, error) {
	return s.lever(ctx, by, id, now, "extended", func(c law.Clock, p *law.Pack) (law.Clock, error) { return p.Extend(c, p.Today(now)) })
}

// Wait lets the clock wait for the person's own evidence for so many days.
func (s *Service) Wait(ctx context.Context, by party.Clerk, id ref.Repair, days int, now time.Time) (Application, error) {
	return s.lever(ctx, by, id, now, "waits", func(c law.Clock, p *law.Pack) (law.Clock, error) { return p.Pause(c, days, p.Today(now)) })
}

func (s *Service) lever(ctx context.Context, by party.Clerk, id ref.Repair, now time.Time, kind string, pull func(law.Clock, *law.Pack) (law.Clock, error)) (Application, error) {
	a, err := s.found(ctx, by, id, now)
	if err != nil {
		return Application{}, err
	}
	pack := law.Under(s.Shelf, a.Pack, now)
	return s.Store.Change(ctx, a.Person, id, now, func(a Application) (Change, error) {
		if !a.Runs() {
			return Change{}, ErrState
		}
		clock, err := pull(a.Clock, pack)
		if err != nil {
			return Change{}, err
		}
		a.Clock = clock
		return Change{Application: a, Events: []Event{a.event(kind)}}, nil
	})
}
