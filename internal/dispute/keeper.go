package dispute

import (
	"context"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Key names a contest.
type Key struct {
	Person  ref.Person
	Contest ref.Contest
}

// Due is a contest whose clock runs, with its last day.
type Due struct {
	Key
	On when.Date
}

// KeeperStore is what the keeper does with the database.
type KeeperStore interface {
	Change(ctx context.Context, p ref.Person, id ref.Contest, now time.Time, do func(Contest) (Change, error)) (Contest, error)
	Discard(ctx context.Context, p ref.Person, id ref.Contest, now time.Time) error
	// Twice returns contests that nobody decided within twice their clock.
	Twice(ctx context.Context, today when.Date, limit int) ([]Key, error)
	// DueWithin returns contests whose clock was due within a window, behind one of them
	// in the order of their last days.
	DueWithin(ctx context.Context, from, to when.Date, after Due, limit int) ([]Due, error)
	// TellLate publishes "dispute.overdue" for contests whose clock has run out, in the
	// order of their last days and each once, and returns how many there were.
	TellLate(ctx context.Context, today when.Date, now time.Time, limit int) (int, error)
	// Silence removes what a person said about a record that is gone, with all complaints
	// about it; forgotten where the vault has forgotten all of it already.
	Silence(ctx context.Context, k dossier.Key, forgotten bool, now time.Time) error
	// Unheard returns complaints that nobody decided, or reviewed, in time.
	Unheard(ctx context.Context, today when.Date, limit int) ([]ComplaintKey, error)
	// Lapse writes that down, publishes "dispute.complaint-lapsed", and has forgotten what
	// others were given in place of the words until then.
	Lapse(ctx context.Context, k ComplaintKey, now time.Time) error
	// Ended returns records with complaints whose content is gone on a day.
	Ended(ctx context.Context, today when.Date, limit int) ([]dossier.Key, error)
	// Stale returns drafts that were written last before an instant.
	Stale(ctx context.Context, before time.Time, limit int) ([]Key, error)
}

// Keeper tells and tidies. Nothing waits for it: a record is hidden from the instant
// that stands on it.
type Keeper struct {
	Store KeeperStore
	Shelf law.Shelf
}

// Reached notes when the letter of a decision reached the person; see Contest.Reached.
func (k *Keeper) Reached(ctx context.Context, c Key, stage Stage, at, now time.Time) error {
	pack := k.Shelf.At(now)
	_, err := k.Store.Change(ctx, c.Person, c.Contest, now, func(c Contest) (Change, error) {
		next, events, err := c.Reached(pack, stage, at, now)
		return Change{Contest: next, Events: events, Note: !next.waitsForLetter()}, err
	})
	return err
}

// ComplaintKey names a complaint and the words that it is about.
type ComplaintKey struct {
	dossier.Key
	Complaint ref.Complaint
}

// Excuse moves the clocks that were due inside an outage, each once, and tells their
// persons by the event that each leaves. It is idempotent.
func (k *Keeper) Excuse(ctx context.Context, o law.Outage, now time.Time) error {
	var last Due
	for {
		due, err := k.Store.DueWithin(ctx, o.From, o.To, last, keeperBatch)
		if err != nil {
			return err
		}
		for _, last = range due {
			_, err := k.Store.Change(ctx, last.Person, last.Contest, now, func(c Contest) (Change, error) {
				if !c.Runs() {
					return Change{}, ErrState
				}
				clock, err := law.Under(k.Shelf, c.Pack, now).Excuse(c.Clock, o)
				c.Clock = clock
				return Change{Contest: c, Events: []Event{c.event("excused")}}, err
			})
			if err != nil && fault.Of(err).Kind != fault.Conflict && fault.Of(err).Kind != fault.Refused {
				return err
			}
		}
		if len(due) < keeperBatch {
			return nil
		}
	}
}

// Silence forgets what a person said about a record that is gone, and what others said of
// that.
func (k *Keeper) Silence(ctx context.Context, r dossier.Key, now time.Time) error {
	return k.Store.Silence(ctx, r, false, now)
}

// complaints writes down what nobody decided in time, and clears what ended with its
// record. Words that stand are in answers from the instant on at which the clock ran out.
func (k *Keeper) complaints(ctx context.Context, today when.Date, now time.Time) (bool, error) {
	unheard, err := k.Store.Unheard(ctx, today, keeperBatch)
	if err != nil {
		return false, err
	}
	for _, c := range unheard {
		if err := k.Store.Lapse(ctx, c, now); err != nil && fault.Of(err).Kind != fault.Conflict {
			return false, err
		}
	}
	ended, err := k.Store.Ended(ctx, today, keeperBatch)
	if err != nil {
		return false, err
	}
	for _, r := range ended {
		if err := k.Store.Silence(ctx, r, true, now); err != nil {
			return false, err
		}
	}
	return len(unheard) == keeperBatch || len(ended) == keeperBatch, nil
}

// keeperBatch is how many contests are moved at once, each in a transaction of its
// own; lateBatch how many are told of in one.
const keeperBatch, lateBatch = 200, 5000

// Tend tells of clocks that have run out, withdraws what nobody decided within twice
// its clock, and throws away drafts whose time is over. It reports whether more is
// due.
func (k *Keeper) Tend(ctx context.Context, now time.Time) (bool, error) {
	pack := k.Shelf.At(now)
	today := pack.Today(now)
	told, err := k.Store.TellLate(ctx, today, now, lateBatch)
	if err != nil {
		return false, err
	}
	twice, err := k.Store.Twice(ctx, today, keeperBatch)
	if err != nil {
		return false, err
	}
	for _, c := range twice {
		_, err := k.Store.Change(ctx, c.Person, c.Contest, now, func(c Contest) (Change, error) {
			next, events, err := c.Lapse(today)
			return Change{Contest: next, Events: events, Annul: true}, err
		})
		if err != nil {
			return false, err
		}
	}
	stale, err := k.stale(ctx, pack, now)
	if err != nil {
		return false, err
	}
	more, err := k.complaints(ctx, today, now)
	return told == lateBatch || len(twice) == keeperBatch || stale || more, err
}

func (k *Keeper) stale(ctx context.Context, pack *law.Pack, now time.Time) (bool, error) {
	kept, err := pack.DraftUntil(now)
	if err != nil {
		return false, err
	}
	stale, err := k.Store.Stale(ctx, now.Add(now.Sub(kept)), keeperBatch)
	if err != nil {
		return false, err
	}
	for _, c := range stale {
		if err := k.Store.Discard(ctx, c.Person, c.Contest, now); err != nil {
			return false, err
		}
	}
	return len(stale) == keeperBatch, nil
}
