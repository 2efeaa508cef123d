package dossier

import (
	"context"
	"time"

	"recourse/internal/ref"
	"recourse/internal/when"
)

// On returns the state that holds on a legal day: what is noticed or in force
// has expired when its time to be shown is over. No worker writes that down; a
// state that some worker had not yet written would be another answer.
func (s Standing) On(today when.Date) State {
	if (s.State == Noticed || s.State == InForce) && s.DisplayEnd < today {
		return Expired
	}
	return s.State
}

// Keeper clears what has ended. Nothing waits for it: visibility is a rule of
// dates, and content is unreadable from the day on which the vault forgets its
// epoch.
type Keeper struct{ Store KeeperStore }

// Key names a record.
type Key struct {
	Person ref.Person
	Record ref.Record
}

// KeeperStore is what the keeper does with the database.
type KeeperStore interface {
	// Over returns up to limit records whose retention ended before today,
	// together for each person as far as the limit goes.
	Over(ctx context.Context, today when.Date, limit int32) ([]Key, error)
	// EraseOver erases those of a person's records whose retention ended before
	// today, under the person's gate, and publishes "dossier.erased" for each. It
	// is durable on return; a repeat does nothing.
	EraseOver(ctx context.Context, p ref.Person, records []ref.Record, today when.Date, now time.Time) error
}

// keeperBatch is how many records are looked for at once.
const keeperBatch = 500

// Erase clears the records whose retention has ended, one transaction for each
// person, and reports whether more are due.
func (k *Keeper) Erase(ctx context.Context, today when.Date, now time.Time) (more bool, err error) {
	over, err := k.Store.Over(ctx, today, keeperBatch)
	if err != nil {
		return false, err
	}
	for first := 0; first < len(over); {
		p, end := over[first].Person, first
		var records []ref.Record
		for ; end < len(over) && over[end].Person == p; end++ {
			records = append(records, over[end].Record)
		}
		if err := k.Store.EraseOver(ctx, p, records, today, now); err != nil {
			return false, err
		}
		first = end
	}
	return len(over) == keeperBatch, nil
}
