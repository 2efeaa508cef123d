package estatepg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"recourse/internal/estate"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Keeper is estate.KeeperStore on a pool of recourse_keeper, and what the vault needs to
// know of papers: which leaves they hold, and how to clear them.
type Keeper struct{ Store }

var _ estate.KeeperStore = (*Keeper)(nil)

// NewKeeper returns a Keeper.
func NewKeeper(c Config) *Keeper { return &Keeper{Store{Config: c}} }

// Over is estate.KeeperStore.Over.
func (k *Keeper) Over(ctx context.Context, today when.Date, now time.Time, limit int) (n int, err error) {
	err = pgkit.Unit(ctx, k.Pool, func(ctx context.Context) error {
		return pgkit.Tx(ctx, k.Pool, func(tx pgx.Tx) error {
			rows, err := k.q.Over(ctx, tx, OverParams{Today: pgkit.Day(today), Now: now, Most: int32(limit)})
			if n = len(rows); err != nil {
				return err
			}
			events := make([]pgkit.Event, n)
			for i, r := range rows {
				events[i] = pgkit.Event{Stream: r.Person.Bytes, Kind: "estate.dropped", At: now, Refs: map[string]string{"death": ref.Death(r.Death.Bytes).String(), "body": ref.Body(r.Body.Bytes).String()}}
				if err := k.drop(ctx, tx, r.Person.Bytes, r.Death.Bytes, now); err != nil {
					return err
				}
			}
			return k.Publisher.Publish(ctx, tx, events...)
		})
	})
	return n, err
}

// Ended is estate.KeeperStore.Ended.
func (k *Keeper) Ended(ctx context.Context, today when.Date, after ref.Person, limit int) ([]ref.Person, error) {
	rows, err := k.q.Ended(ctx, k.Pool, EndedParams{Today: pgkit.Day(today), After: pgtype.UUID{Bytes: after, Valid: true}, Most: int32(limit)})
	out := make([]ref.Person, len(rows))
	for i, r := range rows {
		out[i] = r.Bytes
	}
	return out, pgkit.Clean(err)
}

// Finish is estate.KeeperStore.Finish.
func (k *Keeper) Finish(ctx context.Context, p ref.Person, do func(context.Context) error) error {
	return k.behind(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		ends, err := k.q.EndsOn(ctx, tx, pgkit.UUID(p))
		if err != nil {
			return err
		}
		if _, _, err := k.Files.Shorten(ctx, p, pgkit.Date(ends)); err != nil {
			return err
		}
		return do(ctx)
	})
}

// Sweep is estate.KeeperStore.Sweep.
func (k *Keeper) Sweep(ctx context.Context, today when.Date, limit int) (n int, err error) {
	err = pgkit.Tx(ctx, k.Pool, func(tx pgx.Tx) error {
		deaths, err := k.q.Sweep(ctx, tx, SweepParams{Today: pgkit.Day(today), Most: int32(limit)})
		if n = len(deaths); err != nil || n == 0 {
			return err
		}
		return k.q.DropNumbers(ctx, tx, deaths)
	})
	return n, err
}

// Name is for the vault's reports.
func (k *Keeper) Name() string { return "estate.paper" }

// MaxLeaves returns the highest leaf in use of each epoch in use.
func (k *Keeper) MaxLeaves(ctx context.Context) (map[seal.Epoch]seal.Leaf, error) {
	rows, err := k.q.PaperLeaves(ctx, k.Pool)
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
	rows, err := k.q.PapersHeld(ctx, k.Pool, arg)
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

// Erase removes papers that the vault has forgotten.
func (k *Keeper) Erase(ctx context.Context, boxes []seal.Held, _ time.Time) error {
	for _, b := range boxes {
		if err := k.q.RemovePaper(ctx, k.Pool, RemovePaperParams{Person: pgkit.UUID(ref.Person(b.Subject.Person)), Paper: pgkit.UUID(ref.Paper(b.Subject.Record)),
			Epoch: int64(b.Slot.Epoch), Leaf: int64(b.Slot.Leaf)}); err != nil {
			return pgkit.Clean(err)
		}
	}
	return nil
}
