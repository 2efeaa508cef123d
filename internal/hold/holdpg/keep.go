package holdpg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/dossier"
	"recourse/internal/hold"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Keeper is hold.KeeperStore on a pool of recourse_keeper, and what the vault and the
// end of a person need to know of holds: which leaves they hold, how long they last,
// and how to clear them.
type Keeper struct{ Store }

// NewKeeper returns a Keeper; forgetter is on the same pool.
func NewKeeper(pool *pgxpool.Pool, publisher pgkit.Publisher, forgetter Forgetter) *Keeper {
	return &Keeper{Store{pool: pool, publisher: publisher, forgetter: forgetter}}
}

func ended(p, id, record pgtype.UUID, why string, now time.Time) pgkit.Event {
	return pgkit.Event{Stream: p.Bytes, Kind: "hold.ended", At: now, Refs: map[string]string{"hold": ref.Hold(id.Bytes).String(), "record": ref.Record(record.Bytes).String(), "why": why}}
}

// Over is hold.KeeperStore.Over. The vault has forgotten the epoch of what is over.
func (k *Keeper) Over(ctx context.Context, today when.Date, now time.Time, limit int) (n int, err error) {
	err = pgkit.Tx(ctx, k.pool, func(tx pgx.Tx) error {
		rows, err := k.q.Over(ctx, tx, OverParams{Today: pgkit.Day(today), Now: now, Most: int32(limit)})
		if n = len(rows); err != nil {
			return err
		}
		events := make([]pgkit.Event, n)
		for i, r := range rows {
			events[i] = ended(r.Person, r.Hold, r.Record, "its day is over", now)
			if _, err := k.q.DropPapers(ctx, tx, DropPapersParams{Person: r.Person, Hold: r.Hold}); err != nil {
				return err
			}
		}
		return k.publisher.Publish(ctx, tx, events...)
	})
	return n, err
}

// EndOf is hold.KeeperStore.EndOf.
func (k *Keeper) EndOf(ctx context.Context, key dossier.Key, now time.Time) error {
	return k.behind(ctx, key.Person, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := k.q.EndOf(ctx, tx, EndOfParams{Person: pgkit.UUID(key.Person), Record: pgkit.UUID(key.Record), Now: now})
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := k.drop(ctx, tx, key.Person, r.Hold.Bytes, ofAnother, now); err != nil {
				return err
			}
			if err := k.publisher.Publish(ctx, tx, ended(r.Person, r.Hold, r.Record, ofAnother, now)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Sweep is hold.KeeperStore.Sweep.
func (k *Keeper) Sweep(ctx context.Context, today when.Date, limit int) (n int, err error) {
	err = pgkit.Tx(ctx, k.pool, func(tx pgx.Tx) error {
		holds, err := k.q.Sweep(ctx, tx, SweepParams{Today: pgkit.Day(today), Most: int32(limit)})
		if n = len(holds); err != nil || n == 0 {
			return err
		}
		return k.q.DropNumbers(ctx, tx, holds)
	})
	return n, err
}

// Name is for the vault's reports.
func (k *Keeper) Name() string { return "hold.paper" }

// MaxLeaves returns the highest leaf in use of each epoch in use.
func (k *Keeper) MaxLeaves(ctx context.Context) (map[seal.Epoch]seal.Leaf, error) {
	rows, err := k.q.PaperLeaves(ctx, k.pool)
	out := make(map[seal.Epoch]seal.Leaf, len(rows))
	for _, r := range rows {
		out[seal.Epoch(r.Epoch)] = seal.Leaf(r.Leaf)
	}
	return out, pgkit.Clean(err)
}

// Held returns up to limit papers behind a cursor, and the cursor behind them; nil
// begins.
func (k *Keeper) Held(ctx context.Context, after []byte, limit int) ([]seal.Held, []byte, error) {
	arg := PapersHeldParams{AfterPerson: pgtype.UUID{Valid: true}, AfterPaper: pgtype.UUID{Valid: true}, Most: int32(limit)}
	copy(arg.AfterPaper.Bytes[:], after[copy(arg.AfterPerson.Bytes[:], after):])
	rows, err := k.q.PapersHeld(ctx, k.pool, arg)
	if err != nil || len(rows) == 0 {
		return nil, after, pgkit.Clean(err)
	}
	out := make([]seal.Held, len(rows))
	for i, r := range rows {
		out[i] = heldOf(r.Person.Bytes, r.Paper, r.Epoch, r.Leaf)
	}
	last := rows[len(rows)-1]
	return out, append(last.Person.Bytes[:], last.Paper.Bytes[:]...), nil
}

// Erase clears papers that the vault has forgotten.
func (k *Keeper) Erase(ctx context.Context, boxes []seal.Held, _ time.Time) error {
	for _, b := range boxes {
		if err := k.q.ClearPaper(ctx, k.pool, ClearPaperParams{Person: pgkit.UUID(ref.Person(b.Subject.Person)), Paper: pgkit.UUID(ref.Paper(b.Subject.Record)),
			Epoch: int64(b.Slot.Epoch), Leaf: int64(b.Slot.Leaf)}); err != nil {
			return pgkit.Clean(err)
		}
	}
	return nil
}

// Until is party.Lasting.Until: the last day on which a hold is kept.
func (k *Keeper) Until(ctx context.Context, persons []ref.Person) (map[ref.Person]when.Date, error) {
	rows, err := k.q.LastingHolds(ctx, k.pool, pgkit.UUIDs(persons))
	out := map[ref.Person]when.Date{}
	for _, r := range rows {
		out[r.Person.Bytes] = pgkit.Date(r.Until)
	}
	return out, pgkit.Clean(err)
}

var _ hold.KeeperStore = (*Keeper)(nil)
