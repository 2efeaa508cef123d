package vault

import (
	"context"
	"errors"
	"time"

	"recourse/internal/fault"
	"recourse/internal/when"
)

// Keeper does what has to be done in time: it carries out intents, forgets what
// has ended, draws epochs ahead, and reseals the store. Each of its acts may be
// repeated, and several keepers do no harm to each other.
type Keeper struct {
	vault   Upkeep
	book    Book
	maxLeap int
}

// KeeperConfig is what a keeper is made of.
type KeeperConfig struct {
	Vault Upkeep
	Book  Book
	// MaxLeap is by how many days the legal day may have moved since epochs were
	// last forgotten. A clock that is wrong by more would destroy what cannot be
	// given back. 0 means 45; negative means any, for a sandbox that moves its
	// clock.
	MaxLeap int
}

// NewKeeper returns a keeper.
func NewKeeper(c KeeperConfig) (*Keeper, error) {
	if c.Vault == nil || c.Book == nil {
		return nil, errors.New("a keeper needs a vault and the database's book")
	}
	if c.MaxLeap == 0 {
		c.MaxLeap = 45
	}
	return &Keeper{vault: c.Vault, book: c.Book, maxLeap: c.MaxLeap}, nil
}

// perBatch is how many intents are carried out at once.
const perBatch = 4000

// look returns the vault's state and the database's mark, and refuses where one
// of them was restored while the process ran: then Compare must be called.
// The mark is read before and after, since both move on meanwhile.
func look(ctx context.Context, v Upkeep, b Marks) (State, Mark, error) {
	before, found, err := b.Mark(ctx)
	if err != nil {
		return State{}, Mark{}, err
	}
	st, err := v.State(ctx)
	if err != nil {
		return State{}, Mark{}, err
	}
	after, _, err := b.Mark(ctx)
	if err != nil {
		return State{}, Mark{}, err
	}
	if !found || st.ID != after.Vault || st.Seq < before.Seq || st.Applied > after.IntentSeq || st.Ended > after.ExpireBefore {
		return State{}, Mark{}, fault.New(fault.Unavailable, "E-VAULT-COMPARE",
			"Vault and database do not agree: one of them was given back from a copy. Nothing was done or lost. Restart, so that they are compared.")
	}
	return st, after, nil
}

// ApplyIntents carries out one batch of intents and returns their receipts;
// none when nothing waits. An intent is numbered and committed before its leaf
// is punctured, and marked done after.
func (k *Keeper) ApplyIntents(ctx context.Context, now time.Time, today when.Date) ([]Receipt, error) {
	st, _, err := look(ctx, k.vault, k.book)
	if err != nil {
		return nil, err
	}
	waiting, err := k.book.Number(ctx, perBatch)
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	intents := make([]Intent, len(waiting))
	receipts := make([]Receipt, len(waiting))
	for i, w := range waiting {
		intents[i] = Intent{Seq: w.Seq, Slot: w.Slot}
		receipts[i] = NewReceipt(w, now, today, st.Weak)
	}
	if _, err := k.vault.Puncture(ctx, intents); err != nil {
		return nil, err
	}
	if st, err = k.vault.State(ctx); err != nil {
		return nil, err
	}
	if err := k.book.Done(ctx, receipts, st.Seq); err != nil {
		return nil, err
	}
	return receipts, nil
}

// ExpireEpochs forgets every epoch whose end day is before today, and returns
// how many there were.
func (k *Keeper) ExpireEpochs(ctx context.Context, today when.Date) (int, error) {
	_, m, err := look(ctx, k.vault, k.book)
	if err != nil {
		return 0, err
	}
	if leap := int(today - m.ExpireBefore); k.maxLeap > 0 && leap > k.maxLeap {
		return 0, fault.Newf(fault.Refused, "E-VAULT-CLOCK",
			"The legal day is %s, %d days after keys were last destroyed (%s). If the clock is wrong, going on would destroy what cannot be given back, so nothing was destroyed. Check the clock; if the day is right, confirm it with vault.max-leap.", today, leap, m.ExpireBefore)
	}
	if err := k.book.Raise(ctx, Mark{ExpireBefore: today}); err != nil {
		return 0, err
	}
	n, err := k.vault.Expire(ctx, today)
	if err != nil {
		return 0, err
	}
	if err := k.reached(ctx); err != nil {
		return n, err
	}
	return n, k.book.Drop(ctx, today)
}

// Extend draws the epochs ahead of today that are missing, and returns how many
// there were.
func (k *Keeper) Extend(ctx context.Context, today when.Date) (int, error) {
	if _, _, err := look(ctx, k.vault, k.book); err != nil {
		return 0, err
	}
	n, err := k.vault.Extend(ctx, today)
	if err != nil || n == 0 {
		return n, err
	}
	return n, k.reached(ctx)
}

// NewGeneration begins the index generation after the newest and returns its
// number. The one before stays live until DestroyGeneration.
func (k *Keeper) NewGeneration(ctx context.Context) (uint32, error) {
	st, _, err := look(ctx, k.vault, k.book)
	if err != nil {
		return 0, err
	}
	if len(st.Generations) > 1 {
		return 0, k.vault.NewGeneration(ctx, st.Generations[0]+1) // refused, with the reason
	}
	g := st.Generations[0] + 1
	if err := k.book.Raise(ctx, Mark{Generation: g}); err != nil {
		return 0, err
	}
	if err := k.vault.NewGeneration(ctx, g); err != nil {
		return 0, err
	}
	return g, k.reached(ctx)
}

// DestroyGeneration forgets the index generations up to g. Call it when no token
// of theirs is left in the database.
func (k *Keeper) DestroyGeneration(ctx context.Context, g uint32) error {
	st, _, err := look(ctx, k.vault, k.book)
	if err != nil {
		return err
	}
	if g >= st.Generations[0] {
		return k.vault.DestroyGeneration(ctx, g) // refused, with the reason
	}
	if err := k.book.Raise(ctx, Mark{Destroyed: g}); err != nil {
		return err
	}
	if err := k.vault.DestroyGeneration(ctx, g); err != nil {
		return err
	}
	return k.reached(ctx)
}

// Reseal writes the vault's store anew and destroys the root-key versions that
// are past their window: what was erased seven days ago is unreadable in every
// copy from then on. It is meant for each night.
func (k *Keeper) Reseal(ctx context.Context, now time.Time) (Resealed, error) {
	if _, _, err := look(ctx, k.vault, k.book); err != nil {
		return Resealed{}, err
	}
	return k.vault.Reseal(ctx, now)
}

// reached tells the database the vault's number.
func (k *Keeper) reached(ctx context.Context) error {
	st, err := k.vault.State(ctx)
	if err != nil {
		return err
	}
	return k.book.Raise(ctx, Mark{Seq: st.Seq})
}
