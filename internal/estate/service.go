package estate

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/paper"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// What a paper of a death is.
const (
	Proof   = "proof"   // a file
	Address = "address" // where the estate is written to: a party.Contact
)

// Paper is what is sealed of a death.
type Paper struct {
	paper.Sheet
	Death ref.Death
	What  string
}

// Event is one event of a death.
type Event struct {
	Kind string
	Refs map[string]string
}

// event names a death in the journal.
func (d Death) event(kind string, by ref.Clerk) Event {
	return Event{"estate." + kind, map[string]string{"death": d.ID.String(), "body": d.Body.String(), "by": by.String()}}
}

// Change is what a use case makes of a death.
type Change struct {
	Death Death
	Event Event
}

// Look is one look at what is sealed of a death, which leaves an access row.
type Look struct {
	Person ref.Person
	Death  ref.Death
	Proof  bool // the proof was opened; else only where the estate is written to
	Access ref.Inquiry
	Pack   string
	Clerk  ref.Clerk
	Body   ref.Body
	Trace  seal.Box
	Now    time.Time
}

// Store keeps deaths. Each write takes the person's gate FOR UPDATE and is durable on
// return, with its event in the journal.
type Store interface {
	// Propose keeps a proposal; ErrRuns where there is one, or a death, of its person.
	Propose(ctx context.Context, d Death, papers []Paper, e Event) error
	// Change reads a death behind the gate and writes what do returns; it may call do
	// again. Where it becomes Entered the person's file ends by the day of EndsOn, their
	// sign-ins and their consents end, in the same transaction; where it becomes Reversed
	// the file lives as long as it would have.
	Change(ctx context.Context, p ref.Person, id ref.Death, now time.Time, do func(Death) (Change, error)) (Death, error)
	One(ctx context.Context, p ref.Person, id ref.Death) (Death, error) // ErrNotFound
	Person(ctx context.Context, id ref.Death) (ref.Person, error)       // ErrNotFound
	// Running returns what officers of a body proposed or entered, newest first.
	Running(ctx context.Context, body ref.Body, today when.Date, since time.Time, limit int) ([]Death, error)
	Examine(ctx context.Context, l Look) ([]Paper, error) // ErrNotFound
}

// Mandates knows who may decide.
type Mandates interface {
	Holds(ctx context.Context, clerk ref.Clerk, desk party.Desk, today when.Date) (bool, error)
}

// Finder finds a person by their identifier.
type Finder interface {
	Find(ctx context.Context, id party.Identity) (ref.Person, bool, error)
}

// Service is the room's use cases.
type Service struct {
	Store    Store
	Finder   Finder
	Sealer   paper.Sealer
	Scanner  paper.Scanner
	Mandates Mandates
	Shelf    law.Shelf
	Chance   ref.Minter
}

// mostListed is how many deaths a list shows at once.
const mostListed = 200

func (s *Service) drawer() paper.Drawer {
	return paper.Drawer{Sealer: s.Sealer, Scanner: s.Scanner, Chance: s.Chance}
}

// desk says whether a clerk decides now.
func (s *Service) desk(ctx context.Context, c party.Clerk, now time.Time) error {
	holds, err := s.Mandates.Holds(ctx, c.ID, party.Decides, s.Shelf.At(now).Today(now))
	if err == nil && !holds {
		err = errDesk
	}
	return err
}

// Proposal is what the first officer writes.
type Proposal struct {
	Whom
	DiedOn   when.Date
	Post     string // where the estate is written to, by lines; empty where that is not known
	Language string // of letters to the estate
	FileName string
	File     []byte // the proof
}

// Whom is of whom a proof speaks: the code of a kind of identifier, and the number.
type Whom struct{ IDType, IDNumber string }

// Propose is the word of the first officer. Nothing is changed by it.
func (s *Service) Propose(ctx context.Context, by party.Clerk, p Proposal, now time.Time) (Death, error) {
	if err := s.desk(ctx, by, now); err != nil {
		return Death{}, err
	}
	pack := s.Shelf.At(now)
	today := pack.Today(now)
	if p.DiedOn == 0 || p.DiedOn > today {
		return Death{}, errDiedOn
	}
	person, err := s.person(ctx, p.Whom, now)
	if err != nil {
		return Death{}, err
	}
	d := Death{Person: person, Body: by.Body.ID, DiedOn: p.DiedOn, Pack: pack.Version, Until: today.AddDays(waitDays), State: Proposed, ProposedBy: by.ID, ProposedAt: now}
	d.KeepUntil = max(d.Until, pack.AccessEnd(d.Until.Start(pack.Zone)))
	if d.ID, err = ref.Mint[ref.Death](s.Chance); err != nil {
		return Death{}, err
	}
	papers, err := s.papers(ctx, d, p)
	if err != nil {
		return Death{}, err
	}
	return d, s.Store.Propose(ctx, d, papers, d.event("proposed", by.ID))
}

// person finds whose file an identifier names.
func (s *Service) person(ctx context.Context, w Whom, now time.Time) (ref.Person, error) {
	pack := s.Shelf.At(now)
	id, faults := party.ParseIdentifier(pack.Scheme(w.IDType), w.IDNumber, "", pack.Today(now))
	for _, f := range faults {
		if f.Code != "E-BIRTH-MISSING" { // the number names the person
			return ref.Person{}, errPerson
		}
	}
	p, found, err := s.Finder.Find(ctx, id)
	if err == nil && !found {
		err = errPerson
	}
	return p, err
}

// papers seals the proof, and where the estate is written to, for as long as the keys of
// the person can last.
func (s *Service) papers(ctx context.Context, d Death, p Proposal) ([]Paper, error) {
	proof, err := s.drawer().File(ctx, p.FileName, p.File)
	if err != nil {
		return nil, err
	}
	papers := []Paper{{Death: d.ID, What: Proof, Sheet: proof}}
	if p.Post != "" {
		if err := party.PostOK(p.Post); err != nil {
			return nil, err
		}
		plain, err := json.Marshal(party.Contact{Post: p.Post, Language: p.Language})
		if err != nil {
			return nil, fmt.Errorf("writing an address: %w", err)
		}
		papers = append(papers, Paper{Death: d.ID, What: Address, Sheet: paper.Sheet{Content: paper.Content{Text: string(plain)}}})
	}
	return papers, paper.Close(ctx, s.drawer(), d.Person, d.Until.AddMonths(keysMonths).AddDays(1), papers)
}

// List returns what officers of the clerk's body proposed, and what they entered in the
// last two days.
func (s *Service) List(ctx context.Context, by party.Clerk, now time.Time) ([]Death, error) {
	if err := s.desk(ctx, by, now); err != nil {
		return nil, err
	}
	return s.Store.Running(ctx, by.Body.ID, s.Shelf.At(now).Today(now), now.Add(-2*Reversible), mostListed)
}

// decided finds a death for an officer of its body. Everything else is not there.
func (s *Service) decided(ctx context.Context, by party.Clerk, id ref.Death, now time.Time) (Death, error) {
	p, err := s.Store.Person(ctx, id)
	if err != nil {
		return Death{}, err
	}
	d, err := s.Store.One(ctx, p, id)
	if err != nil {
		return Death{}, err
	}
	if d.Body != by.Body.ID {
		return Death{}, ErrNotFound
	}
	if err := s.desk(ctx, by, now); err != nil {
		if fault.Of(err).Kind == fault.Forbidden {
			return Death{}, ErrNotFound
		}
		return Death{}, err
	}
	return d, nil
}

// File is a death with where its estate is written to.
type File struct {
	Death
	Post string // empty where that is not known
}

// Open shows a death to an officer of its body, without the proof. The person sees that
// they looked.
func (s *Service) Open(ctx context.Context, by party.Clerk, id ref.Death, now time.Time) (File, error) {
	d, err := s.decided(ctx, by, id, now)
	if err != nil {
		return File{}, err
	}
	if st := d.On(s.Shelf.At(now).Today(now)); st != Proposed && st != Entered {
		return File{}, ErrNotFound
	}
	papers, err := s.examine(ctx, by, d, false, now)
	if err != nil {
		return File{}, err
	}
	f := File{Death: d}
	for _, p := range papers {
		if p.What != Address || p.Gone {
			continue
		}
		var c party.Contact
		if err := json.Unmarshal([]byte(p.Content.Text), &c); err != nil {
			return f, fmt.Errorf("reading an address: %w", err)
		}
		f.Post = c.Post
	}
	return f, nil
}

// Proof opens the proof for an officer of the body. Who does is noted: nobody confirms a
// death without.
func (s *Service) Proof(ctx context.Context, by party.Clerk, id ref.Death, now time.Time) (Paper, error) {
	d, err := s.decided(ctx, by, id, now)
	if err != nil {
		return Paper{}, err
	}
	papers, err := s.examine(ctx, by, d, true, now)
	if err != nil {
		return Paper{}, err
	}
	for _, p := range papers {
		if p.What == Proof && p.Content.Data != nil {
			return p, nil
		}
	}
	return Paper{}, ErrNotFound
}

func (s *Service) examine(ctx context.Context, by party.Clerk, d Death, proof bool, now time.Time) ([]Paper, error) {
	pack := s.Shelf.At(now)
	trace, err := s.drawer().Trace(ctx, d.Person, by, d.ID.String(), pack.AccessEnd(now))
	if err != nil {
		return nil, err
	}
	papers, err := s.Store.Examine(ctx, Look{Person: d.Person, Death: d.ID, Proof: proof, Access: trace.Access, Pack: pack.Version, Clerk: by.ID, Body: by.Body.ID, Trace: trace.Box, Now: now})
	if err != nil {
		return nil, err
	}
	return paper.Open(ctx, s.drawer(), d.Person, papers)
}

// Confirm is the word of the second officer, who copies from the proof of whom it speaks:
// the file is closed from now on.
func (s *Service) Confirm(ctx context.Context, by party.Clerk, id ref.Death, w Whom, now time.Time) (Death, error) {
	d, err := s.decided(ctx, by, id, now)
	if err != nil {
		return Death{}, err
	}
	pack := s.Shelf.At(now)
	today := pack.Today(now)
	if _, err := d.Confirm(by, now, today); err != nil {
		return Death{}, err
	}
	p, err := s.person(ctx, w, now)
	if err == nil && p != d.Person {
		err = errOther
	}
	if err != nil {
		return Death{}, err
	}
	return s.Store.Change(ctx, d.Person, id, now, func(d Death) (Change, error) {
		next, err := d.Confirm(by, now, today)
		next.EndsOn = today.AddMonths(keysMonths)
		next.KeepUntil = max(next.KeepUntil, pack.AccessEnd(next.EndsOn.Start(pack.Zone)))
		return Change{Death: next, Event: next.event("entered", by.ID)}, err
	})
}

// Drop ends a proposal, as any officer of the body.
func (s *Service) Drop(ctx context.Context, by party.Clerk, id ref.Death, now time.Time) (Death, error) {
	d, err := s.decided(ctx, by, id, now)
	if err != nil {
		return Death{}, err
	}
	today := s.Shelf.At(now).Today(now)
	return s.Store.Change(ctx, d.Person, id, now, func(d Death) (Change, error) {
		next, err := d.Drop(by, now, today)
		return Change{Death: next, Event: next.event("dropped", by.ID)}, err
	})
}

// Reverse proposes that a death is taken back, or, as a second person, takes it back.
func (s *Service) Reverse(ctx context.Context, by party.Clerk, id ref.Death, now time.Time) (Death, error) {
	d, err := s.decided(ctx, by, id, now)
	if err != nil {
		return Death{}, err
	}
	return s.Store.Change(ctx, d.Person, id, now, func(d Death) (Change, error) {
		next, err := d.Reverse(by, now)
		kind := "reversed"
		if next.State == Entered {
			kind = "reversal-proposed"
		}
		return Change{Death: next, Event: next.event(kind, by.ID)}, err
	})
}

// Of returns a death to its person, or to who prints their letters; ErrNotFound where it
// is another's, or was never confirmed.
func (s *Service) Of(ctx context.Context, p ref.Person, id ref.Death) (Death, error) {
	if p.IsZero() {
		return Death{}, ErrNotFound
	}
	d, err := s.Store.One(ctx, p, id)
	if err == nil && d.ConfirmedAt.IsZero() {
		err = ErrNotFound
	}
	return d, err
}
