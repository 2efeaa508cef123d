package estate

import (
	"context"
	"time"

	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Holder is a room that keeps sealed rows of persons, person by person: see vault.Holder.
// A cursor begins with the person.
type Holder interface {
	Held(ctx context.Context, after []byte, limit int) ([]seal.Held, []byte, error)
	Erase(ctx context.Context, held []seal.Held, now time.Time) error
}

// Forgetter asks that what is held be made unreadable before its day. It joins the
// transaction of ctx.
type Forgetter interface {
	ForgetAll(ctx context.Context, held []seal.Held, why string, now time.Time) error
}

// KeeperStore is what the keeper does with the database.
type KeeperStore interface {
	// Over writes down up to limit proposals that nobody confirmed in time, and has the
	// vault forget their papers.
	Over(ctx context.Context, today when.Date, now time.Time, limit int) (int, error)
	// Ended returns up to limit persons whose last day is over and whose file is there
	// still, after one, in the order of their keys.
	Ended(ctx context.Context, today when.Date, after ref.Person, limit int) ([]ref.Person, error)
	// Finish runs do behind the gate of a person, in one transaction, and lets their file
	// live no longer than the day of the death says.
	Finish(ctx context.Context, p ref.Person, do func(context.Context) error) error
	// Sweep removes up to limit deaths that nobody has to see any more.
	Sweep(ctx context.Context, today when.Date, limit int) (int, error)
}

// Keeper tidies, and ends what is kept of the dead. No answer waits for it.
type Keeper struct {
	Store     KeeperStore
	Forgetter Forgetter
	Holders   []Holder // every room but that of identities, which end with the file
}

const (
	keeperBatch = 500
	personEnded = "person ended" // the vault's word for why
)

// Tend does what is due, and reports whether there is more.
func (k *Keeper) Tend(ctx context.Context, today when.Date, now time.Time) (more bool, err error) {
	n, err := k.Store.Over(ctx, today, now, keeperBatch)
	if err != nil {
		return false, err
	}
	if err := k.finish(ctx, today, now); err != nil {
		return false, err
	}
	swept, err := k.Store.Sweep(ctx, today, keeperBatch)
	return n == keeperBatch || swept == keeperBatch, err
}

// finish makes unreadable what is kept of those whose last day is over.
func (k *Keeper) finish(ctx context.Context, today when.Date, now time.Time) error {
	for after := (ref.Person{}); ; {
		list, err := k.Store.Ended(ctx, today, after, keeperBatch)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, p := range list {
			if err := k.end(ctx, p, now); err != nil {
				return err
			}
		}
		after = list[len(list)-1]
	}
}

// end asks the vault to forget all that rooms hold of a person, and then clears it. Who is
// stopped between the two finds it again.
func (k *Keeper) end(ctx context.Context, p ref.Person, now time.Time) error {
	held := make([][]seal.Held, len(k.Holders))
	err := k.Store.Finish(ctx, p, func(ctx context.Context) error {
		for i, room := range k.Holders {
			var err error
			if held[i], err = heldOf(ctx, room, p); err != nil {
				return err
			}
			if err := k.Forgetter.ForgetAll(ctx, held[i], personEnded, now); err != nil {
				return err
			}
		}
		return nil
	})
	for i, room := range k.Holders {
		if err == nil && len(held[i]) > 0 {
			err = room.Erase(ctx, held[i], now)
		}
	}
	return err
}

// heldOf reads what a room holds of one person.
func heldOf(ctx context.Context, room Holder, p ref.Person) (out []seal.Held, err error) {
	after := make([]byte, 2*len(p))
	for copy(after, p[:]); ; {
		var some []seal.Held
		if some, after, err = room.Held(ctx, after, keeperBatch); err != nil {
			return nil, err
		}
		for _, h := range some {
			if ref.Person(h.Subject.Person) != p {
				return out, nil
			}
			out = append(out, h)
		}
		if len(some) < keeperBatch {
			return out, nil
		}
	}
}
