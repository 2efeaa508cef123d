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
	// EraseOver clears up to limit records whose retention ended before today, oldest
	// first, in one transaction under the gates of their persons, and publishes
	// "dossier.erased" for each. What of them is sealed for longer, because their end
	// came forward, the vault is asked to forget. It is durable on return and says how
	// many there were; a repeat does nothing.
	EraseOver(ctx context.Context, today when.Date, now time.Time, limit int32) (int, error)
}

// keeperBatch is how many records are cleared at once: their persons are not
// answered about meanwhile, which is for some tens of milliseconds.
const keeperBatch = 1000

// Erase clears records whose retention has ended, and reports whether more are due.
func (k *Keeper) Erase(ctx context.Context, today when.Date, now time.Time) (more bool, err error) {
	n, err := k.Store.EraseOver(ctx, today, now, keeperBatch)
	return n == keeperBatch, err
}

// Ends are the days on which records of one type and start end.
type Ends struct {
	Type       string
	Start      when.Date
	DisplayEnd when.Date
	RetainEnd  when.Date
	Records    int64
}

// Shortener looks at the ends of records that have content, and brings them forward.
type Shortener interface {
	// Ends returns how many there are of each kind that end today or later.
	Ends(ctx context.Context, today when.Date) ([]Ends, error)
	// Shorten lets up to limit records of a kind end earlier, and returns how many; 0
	// where none is left. It never lets one end later.
	Shorten(ctx context.Context, was Ends, display, retain when.Date, limit int32) (int64, error)
	// EndingOn returns up to limit records whose retention ends on a day, behind a key.
	EndingOn(ctx context.Context, day when.Date, after Key, limit int32) ([]Told, error)
}
