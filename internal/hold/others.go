package hold

import (
	"context"
	"slices"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// ForCourt returns what is held for the body of a clerk.
func (s *Service) ForCourt(ctx context.Context, by party.Clerk, now time.Time) ([]Hold, error) {
	if err := s.desk(ctx, by, party.Asks, now); err != nil {
		return nil, err
	}
	return s.Store.ForCourt(ctx, by.Body.ID, s.Shelf.At(now).Today(now), mostListed)
}

// Read gives staff of the court what is held for it, and nobody else. The person sees
// that they looked.
func (s *Service) Read(ctx context.Context, by party.Clerk, id ref.Hold, now time.Time) (File, error) {
	h, err := s.find(ctx, id)
	if err != nil {
		return File{}, err
	}
	if h.Court != by.Body.ID || h.On(s.Shelf.At(now).Today(now)) != Held {
		return File{}, ErrNotFound
	}
	if err := s.desk(ctx, by, party.Asks, now); err != nil {
		if fault.Of(err).Kind == fault.Forbidden {
			return File{}, ErrNotFound
		}
		return File{}, err
	}
	seen, err := s.examine(ctx, by, h, now)
	if err != nil {
		return File{}, err
	}
	return s.file(ctx, h, seen.Papers)
}

// Mine returns the holds on a person's records that were placed, with the reference of
// each that stands. What is proposed is nobody's business yet.
func (s *Service) Mine(ctx context.Context, p ref.Person, now time.Time) ([]File, error) {
	if p.IsZero() {
		return nil, nil
	}
	list, err := s.Store.Of(ctx, p)
	list = slices.DeleteFunc(list, func(h Hold) bool { return h.ConfirmedAt.IsZero() })
	if err != nil || len(list) == 0 {
		return nil, err
	}
	access, err := ref.Mint[ref.Inquiry](s.Chance)
	if err != nil {
		return nil, err
	}
	papers, err := s.Store.Show(ctx, p, access, s.Shelf.At(now).Version, now)
	if err != nil {
		return nil, err
	}
	out := make([]File, len(list))
	for i, h := range list {
		own := slices.DeleteFunc(slices.Clone(papers), func(x Paper) bool { return x.Hold != h.ID })
		if out[i], err = s.file(ctx, h, own); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Last returns the last day on which a copy of a record's content could be opened by a
// court; zero where none was ever held.
func (s *Service) Last(ctx context.Context, p ref.Person, r ref.Record, now time.Time) (last when.Date, err error) {
	list, err := s.Store.Of(ctx, p)
	for _, h := range list {
		if h.Record == r {
			last = max(last, h.LastDay(s.Shelf.At(now).Zone))
		}
	}
	return last, err
}

// KeeperStore is what the keeper does with the database.
type KeeperStore interface {
	// Over writes down up to limit holds whose last day is over, publishes "hold.ended"
	// for each, and removes their papers.
	Over(ctx context.Context, today when.Date, now time.Time, limit int) (int, error)
	// EndOf ends what is held or proposed of one record, as Over does, and has the vault
	// forget it.
	EndOf(ctx context.Context, k dossier.Key, now time.Time) error
	// Sweep removes up to limit holds that nobody has to see any more.
	Sweep(ctx context.Context, today when.Date, limit int) (int, error)
}

// Keeper tidies. Nothing waits for it: what is over is not opened, and the vault has
// forgotten its keys.
type Keeper struct{ Store KeeperStore }

const keeperBatch = 500

// Tend writes down what is over, and reports whether more is due.
func (k *Keeper) Tend(ctx context.Context, today when.Date, now time.Time) (more bool, err error) {
	n, err := k.Store.Over(ctx, today, now, keeperBatch)
	if err != nil {
		return false, err
	}
	swept, err := k.Store.Sweep(ctx, today, keeperBatch)
	return n == keeperBatch || swept == keeperBatch, err
}
