package hold

import (
	"context"
	"fmt"
	"strings"
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

// What a paper of a hold is.
const (
	Reference = "reference" // of the court or statute
	Content   = "content"   // of the record, as it was when the hold was placed
)

// Paper is what is sealed of a hold.
type Paper struct {
	paper.Sheet
	Hold ref.Hold
	What string
}

// Event is one event of a hold.
type Event struct {
	Kind string
	Refs map[string]string
}

// event names a hold in the journal.
func (h Hold) event(kind string, by ref.Clerk) Event {
	return Event{"hold." + kind, map[string]string{"hold": h.ID.String(), "record": h.Record.String(), "ground": h.Ground, "court": h.Court.String(),
		"until": h.Until.String(), "by": by.String()}}
}

// Change is what a use case makes of a hold.
type Change struct {
	Hold  Hold
	Event Event
	Add   []Paper // sealed
}

// Look is one look at what is sealed of a hold, which leaves an access row.
type Look struct {
	Person ref.Person
	Hold   ref.Hold
	Access ref.Inquiry
	Pack   string
	Clerk  ref.Clerk
	Body   ref.Body
	Trace  seal.Box
	Now    time.Time
}

// Seen is what a look gives: papers, sealed, and to those who place a hold the record.
type Seen struct {
	Papers  []Paper
	Record  seal.Box // no data where there is none to be taken
	Version int32
}

// Sought is which holds are asked for. What is empty narrows nothing.
type Sought struct {
	State State  // proposed or held
	Type  string // of the record
}

// Store keeps holds. Each write takes the person's gate FOR UPDATE and is durable on
// return, with its event in the journal.
type Store interface {
	// Place keeps a proposal; ErrRuns where there is one, or a hold, on its record.
	Place(ctx context.Context, h Hold, papers []Paper, e Event) error
	// Change reads a hold behind the gate and writes what do returns; it may call do
	// again. Where it ends its papers go, and the vault forgets their leaves.
	Change(ctx context.Context, p ref.Person, id ref.Hold, now time.Time, do func(Hold) (Change, error)) (Hold, error)
	One(ctx context.Context, p ref.Person, id ref.Hold) (Hold, error) // ErrNotFound
	Of(ctx context.Context, p ref.Person) ([]Hold, error)             // newest first, at most 200
	Person(ctx context.Context, id ref.Hold) (ref.Person, error)      // ErrNotFound
	// Running returns what is proposed or held and neither filed by a body nor for it,
	// those that end first.
	Running(ctx context.Context, body ref.Body, today when.Date, q Sought, limit int) ([]Hold, error)
	ForCourt(ctx context.Context, court ref.Body, today when.Date, limit int) ([]Hold, error)
	Show(ctx context.Context, p ref.Person, access ref.Inquiry, pack string, now time.Time) ([]Paper, error)
	Examine(ctx context.Context, l Look) (Seen, error) // ErrNotFound
}

// Mandates knows who may decide.
type Mandates interface {
	Holds(ctx context.Context, clerk ref.Clerk, desk party.Desk, today when.Date) (bool, error)
}

// Finder finds the one record that a source filed under a number.
type Finder interface {
	Find(ctx context.Context, source ref.Body, typ, number string) (dossier.Key, bool, error)
}

// Records knows records without their content.
type Records interface {
	Summary(ctx context.Context, k dossier.Key) (dossier.Summary, bool, error)
}

// Service is the room's use cases.
type Service struct {
	Store    Store
	Finder   Finder
	Records  Records
	Sealer   paper.Sealer
	Mandates Mandates
	Bodies   func(ctx context.Context, code string) (party.Body, error)
	Shelf    law.Shelf
	Chance   ref.Minter
}

// mostListed is how many holds a list shows at once.
const mostListed = 200

func (s *Service) drawer() paper.Drawer { return paper.Drawer{Sealer: s.Sealer, Chance: s.Chance} }

// desk says whether a clerk has a desk now.
func (s *Service) desk(ctx context.Context, c party.Clerk, desk party.Desk, now time.Time) error {
	holds, err := s.Mandates.Holds(ctx, c.ID, desk, s.Shelf.At(now).Today(now))
	if err == nil && !holds {
		err = errDesk
	}
	return err
}

// Proposal is what the first person writes.
type Proposal struct {
	Source, Court string // codes of bodies
	Type          string
	Number        string // of the record at its source
	Ground        string
	Reference     string
	Until         when.Date
}

// Propose is the word of the first person. Nothing is held by it.
func (s *Service) Propose(ctx context.Context, by party.Clerk, p Proposal, now time.Time) (Hold, error) {
	if err := s.desk(ctx, by, party.Decides, now); err != nil {
		return Hold{}, err
	}
	h, err := s.check(ctx, by, p, now)
	if err != nil {
		return Hold{}, err
	}
	if h.ID, err = ref.Mint[ref.Hold](s.Chance); err != nil {
		return Hold{}, err
	}
	papers := []Paper{{Hold: h.ID, What: Reference, Sheet: paper.Sheet{Content: paper.Content{Text: strings.TrimSpace(p.Reference)}}}}
	if err := paper.Close(ctx, s.drawer(), h.Person, h.Until, papers); err != nil {
		return Hold{}, err
	}
	return h, s.Store.Place(ctx, h, papers, h.event("proposed", by.ID))
}

// check makes a hold of a proposal.
func (s *Service) check(ctx context.Context, by party.Clerk, p Proposal, now time.Time) (Hold, error) {
	pack := s.Shelf.At(now)
	today := pack.Today(now)
	ground, ok := pack.Hold(p.Ground)
	latest, err := pack.HoldUntil(p.Ground, today)
	switch {
	case err != nil:
		return Hold{}, err
	case !ok || !ground.For(p.Court) || p.Court == p.Source:
		return Hold{}, errCourt
	case !ground.ReferenceOK(strings.TrimSpace(p.Reference)):
		return Hold{}, errReference
	case p.Until < today || p.Until > latest:
		return Hold{}, errUntil
	}
	court, err := s.body(ctx, pack, p.Court, errCourt)
	if err != nil {
		return Hold{}, err
	}
	source, err := s.body(ctx, pack, p.Source, errRecord)
	if err != nil {
		return Hold{}, err
	}
	about, err := s.record(ctx, by, source, p)
	if err != nil {
		return Hold{}, err
	}
	if by.Body.ID == court.ID {
		return Hold{}, errCourt
	}
	return Hold{Person: about.Person, Record: about.Record, Source: source.ID, Type: about.Type, Ground: p.Ground, Court: court.ID, Pack: pack.Version, Until: p.Until,
		KeepUntil: pack.AccessEnd(p.Until.Start(pack.Zone)), State: Proposed, ProposedBy: by.ID, ProposedAt: now}, nil
}

func (s *Service) body(ctx context.Context, pack *law.Pack, code string, unknown error) (party.Body, error) {
	if _, ok := pack.Body(code); !ok {
		return party.Body{}, unknown
	}
	return s.Bodies(ctx, code)
}

// record finds what is to be held: one record that has a content.
func (s *Service) record(ctx context.Context, by party.Clerk, source party.Body, p Proposal) (dossier.Summary, error) {
	if by.Body.ID == source.ID || strings.TrimSpace(p.Number) == "" {
		return dossier.Summary{}, errRecord
	}
	k, found, err := s.Finder.Find(ctx, source.ID, p.Type, strings.TrimSpace(p.Number))
	if err != nil {
		return dossier.Summary{}, err
	}
	if !found {
		return dossier.Summary{}, errRecord
	}
	about, found, err := s.Records.Summary(ctx, k)
	if err == nil && (!found || about.State.Empty() || about.Type != p.Type) {
		err = errRecord
	}
	return about, err
}

// List returns what is proposed or held, for those who decide.
func (s *Service) List(ctx context.Context, by party.Clerk, q Sought, now time.Time) ([]Hold, error) {
	if err := s.desk(ctx, by, party.Decides, now); err != nil {
		return nil, err
	}
	return s.Store.Running(ctx, by.Body.ID, s.Shelf.At(now).Today(now), q, mostListed)
}

// find returns a hold by its number.
func (s *Service) find(ctx context.Context, id ref.Hold) (Hold, error) {
	p, err := s.Store.Person(ctx, id)
	if err != nil {
		return Hold{}, err
	}
	return s.Store.One(ctx, p, id)
}

// decided is find for somebody who decides. Everything else is not there.
func (s *Service) decided(ctx context.Context, by party.Clerk, id ref.Hold, now time.Time) (Hold, error) {
	h, err := s.find(ctx, id)
	if err != nil {
		return Hold{}, err
	}
	if h.Source == by.Body.ID || h.Court == by.Body.ID {
		return Hold{}, ErrNotFound
	}
	if err := s.desk(ctx, by, party.Decides, now); err != nil {
		if fault.Of(err).Kind == fault.Forbidden {
			return Hold{}, ErrNotFound
		}
		return Hold{}, err
	}
	return h, nil
}

// File is a hold with what of its papers somebody may read.
type File struct {
	Hold
	Reference string
	Fields    map[string]string // of the record; for the court alone
}

// Open shows a hold to somebody who decides: what the court wrote, and nothing of the
// record. The person sees that they looked.
func (s *Service) Open(ctx context.Context, by party.Clerk, id ref.Hold, now time.Time) (File, error) {
	h, err := s.decided(ctx, by, id, now)
	if err != nil {
		return File{}, err
	}
	seen, err := s.examine(ctx, by, h, now)
	if err != nil {
		return File{}, err
	}
	return s.file(ctx, h, seen.Papers)
}

func (s *Service) examine(ctx context.Context, by party.Clerk, h Hold, now time.Time) (Seen, error) {
	pack := s.Shelf.At(now)
	trace, err := s.drawer().Trace(ctx, h.Person, by, h.ID.String(), pack.AccessEnd(now))
	if err != nil {
		return Seen{}, err
	}
	return s.Store.Examine(ctx, Look{Person: h.Person, Hold: h.ID, Access: trace.Access, Pack: pack.Version, Clerk: by.ID, Body: by.Body.ID, Trace: trace.Box, Now: now})
}

// file opens papers.
func (s *Service) file(ctx context.Context, h Hold, papers []Paper) (File, error) {
	f := File{Hold: h}
	papers, err := paper.Open(ctx, s.drawer(), h.Person, papers)
	if err != nil {
		return f, err
	}
	for _, p := range papers {
		if p.What == Reference {
			f.Reference = p.Content.Text
		} else if p.Content.Data != nil {
			if f.Fields, err = dossier.Content(p.Content.Data); err != nil {
				return f, fmt.Errorf("reading hold %s: %w", h.ID, err)
			}
		}
	}
	return f, nil
}

// Confirm is the word of the second person. The content of the record is taken as it is
// now and sealed until the last day of the hold; nobody is shown it.
func (s *Service) Confirm(ctx context.Context, by party.Clerk, id ref.Hold, now time.Time) (Hold, error) {
	h, err := s.decided(ctx, by, id, now)
	if err != nil {
		return Hold{}, err
	}
	today := s.Shelf.At(now).Today(now)
	if _, err := h.Confirm(by, 1, now, today); err != nil {
		return Hold{}, err
	}
	seen, err := s.examine(ctx, by, h, now)
	if err != nil {
		return Hold{}, err
	}
	plain, err := s.taken(ctx, h, seen)
	if err != nil {
		return Hold{}, err
	}
	papers := []Paper{{Hold: h.ID, What: Content, Sheet: paper.Sheet{Content: paper.Content{Data: plain}}}}
	if err := paper.Close(ctx, s.drawer(), h.Person, h.Until, papers); err != nil {
		return Hold{}, err
	}
	return s.Store.Change(ctx, h.Person, id, now, func(h Hold) (Change, error) {
		about, found, err := s.Records.Summary(ctx, dossier.Key{Person: h.Person, Record: h.Record})
		if err != nil {
			return Change{}, err
		}
		if !found || about.State.Empty() || about.Version != seen.Version {
			return Change{}, ErrState // it ended, or says something else by now
		}
		next, err := h.Confirm(by, seen.Version, now, today)
		return Change{Hold: next, Event: next.event("placed", by.ID), Add: papers}, err
	})
}

// taken opens the record that a look gave.
func (s *Service) taken(ctx context.Context, h Hold, seen Seen) ([]byte, error) {
	if seen.Record.Data == nil {
		return nil, ErrState
	}
	opened, err := s.Sealer.Open(ctx, []seal.Sealed{{Subject: dossier.RecordSubject(h.Person, h.Record, seen.Version), Box: seen.Record}})
	if err != nil {
		return nil, err
	}
	if opened[0].Gone {
		return nil, ErrState
	}
	return opened[0].Plain, nil
}

// Drop ends a proposal, as anybody who decides.
func (s *Service) Drop(ctx context.Context, by party.Clerk, id ref.Hold, now time.Time) (Hold, error) {
	return s.move(ctx, by, id, now, func(h Hold, today when.Date) (Change, error) {
		next, err := h.Drop(by, now, today)
		return Change{Hold: next, Event: next.event("dropped", by.ID)}, err
	})
}

// Lift proposes that a hold ends before its day, or, as a second person, ends it: what
// is held is erased.
func (s *Service) Lift(ctx context.Context, by party.Clerk, id ref.Hold, now time.Time) (Hold, error) {
	return s.move(ctx, by, id, now, func(h Hold, today when.Date) (Change, error) {
		next, err := h.Lift(by, now, today)
		kind := "lifted"
		if next.State == Held {
			kind = "lift-proposed"
		}
		return Change{Hold: next, Event: next.event(kind, by.ID)}, err
	})
}

func (s *Service) move(ctx context.Context, by party.Clerk, id ref.Hold, now time.Time, do func(Hold, when.Date) (Change, error)) (Hold, error) {
	h, err := s.decided(ctx, by, id, now)
	if err != nil {
		return Hold{}, err
	}
	today := s.Shelf.At(now).Today(now)
	return s.Store.Change(ctx, h.Person, id, now, func(h Hold) (Change, error) { return do(h, today) })
}
