// Package retention is how records end: what the person is offered before, what they
// hold after, and how an end comes forward.
//
// It promises that
//   - thirty days before a content is erased its person is told and can take a signed
//     copy of it, which they can on any day while it is there (rules E2);
//   - of every content that was erased, for whatever reason, its person can take a
//     signed receipt that names the rule, the time, and the day from which no copy of
//     it can be read anywhere;
//   - a retention is shortened seven days after somebody saw how many records that
//     concerns, and never lengthened (rules E1).
//
// It erases nothing itself: dossier ends records, the vault forgets.
package retention

import (
	"context"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/vault"
	"recourse/internal/when"
)

// Notary signs what the registry states.
type Notary interface {
	// Origin is the name under which it signs.
	Origin() string
	// Note returns text as a signed note (C2SP signed-note, Ed25519): text, which ends
	// with a line break, an empty line and a line of signature.
	Note(text string) (string, error)
}

// Forgotten knows what the vault was made to forget.
type Forgotten interface {
	// Receipts returns what was made unreadable of one person before its day, latest
	// first, at most limit.
	Receipts(ctx context.Context, p ref.Person, limit int) ([]vault.Receipt, error)
}

// Service is what a person takes with them.
type Service struct {
	Records *dossier.Service
	Stones  dossier.Tombstones
	Vault   Forgotten
	Weak    func(ctx context.Context) (bool, error) // whether the keeper of root keys cannot prove that it destroys
	Shelf   law.Shelf
	Bodies  func(ref.Body) (code string, ok bool)
	Notary  Notary
	// Held returns the last day on which a court could open a copy of the content of a
	// record; zero where none was ever kept apart. Nil where nothing is held.
	Held func(ctx context.Context, p ref.Person, r ref.Record, now time.Time) (when.Date, error)
}

// Ended is why a content was erased on its own day.
const Ended dossier.Why = "retention ended"

// Receipt says that the content of a record was erased.
type Receipt struct {
	dossier.Tombstone
	// Why and Rule are filled for every receipt: an end on its own day names the term of
	// the pack and where it stands in the law.
	Citation string
	// Unreadable is the day from which no copy of database or vault can be read; zero
	// while the vault has not forgotten yet.
	Unreadable when.Date
	Held       when.Date // last day of a copy that was kept for a court; zero where there is none
	Weak       bool      // the day holds only if no other copy of the root keys exists
}

// The faults of receipts.
var (
	ErrNone  = fault.New(fault.NotFound, "E-ERASURE", "There is no receipt of this number: nothing of the kind was erased. Check the number.")
	ErrEarly = fault.New(fault.Conflict, "E-ERASURE-EARLY", "The content is gone from the register, and its keys are being destroyed now. Nothing is wrong: that takes a moment. Ask again for the receipt.")
)

// Receipts returns what was erased of a person, latest first; of one record where r
// is not zero.
func (s *Service) Receipts(ctx context.Context, p ref.Person, r ref.Record, now time.Time) ([]Receipt, error) {
	if p.IsZero() {
		return nil, nil
	}
	stones, err := s.Stones.Tombstones(ctx, p, r)
	if err != nil || len(stones) == 0 {
		return nil, err
	}
	forgotten, err := s.Vault.Receipts(ctx, p, mostReceipts)
	if err != nil {
		return nil, err
	}
	weak, err := s.Weak(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Receipt, len(stones))
	for i, stone := range stones {
		out[i] = s.receipt(stone, forgotten, weak, now)
		if err := s.held(ctx, p, &out[i], now); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// mostReceipts is more than the vault is asked to forget of one person in a lifetime.
const mostReceipts = 10_000

func (s *Service) receipt(stone dossier.Tombstone, forgotten []vault.Receipt, weak bool, now time.Time) Receipt {
	r := Receipt{Tombstone: stone, Weak: weak}
	pack := law.Under(s.Shelf, stone.Pack, now)
	if stone.Why == "" {
		// Its epoch was forgotten before it was cleared, so that day bounds both.
		r.Why, r.Unreadable = Ended, vault.UnreadableFrom(pack.Today(stone.EndedAt))
		r.Rule, r.Citation = term(pack, stone.Type)
		return r
	}
	for _, f := range forgotten {
		if f.Slot == stone.Slot {
			r.Unreadable, r.Weak = f.Unreadable, f.Weak
			return r
		}
	}
	if stone.Slot.Epoch.End() < pack.Today(now) {
		// The vault keeps the row of what it forgot until the epoch is over: it was done by then.
		r.Unreadable = vault.UnreadableFrom(stone.Slot.Epoch.End() + 1)
	}
	return r
}

// held lets a receipt say until when a court could open a copy: no day before the end
// of that is the one from which none can be read.
func (s *Service) held(ctx context.Context, p ref.Person, r *Receipt, now time.Time) (err error) {
	if s.Held == nil {
		return nil
	}
	if r.Held, err = s.Held(ctx, p, r.Record, now); err == nil && r.Held != 0 && r.Unreadable != 0 {
		r.Unreadable = max(r.Unreadable, vault.UnreadableFrom(r.Held+1))
	}
	return err
}

// term is the term of the pack that a record of a type ended by, and the place in the
// law that it rests on.
func term(p *law.Pack, typ string) (name, citation string) {
	t, ok := p.Type(typ)
	if !ok {
		return "retention", ""
	}
	r, ok := p.Retention(t.Retention)
	if !ok {
		return "retention", ""
	}
	return "retention." + r.Class + ".retain", r.Retain.Basis.Source + "#" + r.Retain.Basis.Article
}
