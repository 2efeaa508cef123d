package vault

import (
	"context"
	"time"

	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Mark is what the database knows of the vault it belongs to.
type Mark struct {
	Vault        ref.Vault
	Mode         Mode
	Seq          int64     // the vault had reached this number
	IntentSeq    int64     // the highest number given to an intent
	ExpireBefore when.Date // epochs before this day were to be forgotten
	Generation   uint32    // the newest index generation that was to begin
	Destroyed    uint32    // index generations up to this one were to be forgotten
}

// Marks keeps the mark. Intent goes before effect: what is to be forgotten is
// marked before the vault is asked.
type Marks interface {
	// Mark returns the mark, or false where the database belongs to no vault yet.
	Mark(ctx context.Context) (Mark, bool, error)
	// Begin writes the first mark. It is an error where there is one.
	Begin(ctx context.Context, m Mark) error
	// Raise brings each number of the mark up to that of m, and none down. It is
	// durable on return.
	Raise(ctx context.Context, m Mark) error
}

// Numbered is an intent with its place in the order; Seq is 0 where it has none
// yet.
type Numbered struct {
	Wanted
	Seq int64
}

// Intents keeps what is to be made unreadable before its day.
type Intents interface {
	// Number gives numbers, in order and without gaps from the mark's IntentSeq, to
	// intents that have none, and returns up to limit intents that are not done,
	// lowest number first. It is durable on return.
	Number(ctx context.Context, limit int) ([]Numbered, error)
	// Done marks intents as carried out, keeps what their receipts say, and raises
	// the mark to the vault's number.
	Done(ctx context.Context, receipts []Receipt, seq int64) error
	// All returns up to limit intents, done or not, that come after one in the
	// order of person and intent; the zero Numbered comes before all.
	All(ctx context.Context, after Numbered, limit int) ([]Numbered, error)
	// Found writes intents that the vault had carried out and the database did not
	// know.
	Found(ctx context.Context, receipts []Receipt) error
	// Drop deletes the intents of epochs that end before a day: their leaves are
	// gone with their seeds.
	Drop(ctx context.Context, before when.Date) error
}

// Leases is the book of leases as the comparison needs it.
type Leases interface {
	LeaseBook
	// Leases returns the counters of all epochs from a day on.
	Leases(ctx context.Context, from when.Date) ([]Counter, error)
}

// Book is all that the database keeps for the vault.
type Book interface {
	Marks
	Intents
	Leases
}

// Receipt tells that something was made unreadable before its day, and by when
// no copy anywhere can be read.
type Receipt struct {
	Numbered
	Done       time.Time
	Unreadable when.Date // from this day on, in no copy of database or vault
	// Weak says that the keeper of the root keys cannot prove that it destroys
	// them: the bound holds only if no other copy of its files exists.
	Weak bool
}

// grace is how many days may pass until the nightly resealing that the window
// begins with.
const grace = 1

// UnreadableFrom returns the day from which no copy of what was forgotten on a
// day can be read: the window in which old copies of the vault can still be
// opened, and the night until it begins.
func UnreadableFrom(forgotten when.Date) when.Date {
	return forgotten.AddDays(int(Window/(24*time.Hour)) + grace)
}

// NewReceipt returns the receipt of an intent carried out at an instant, on a
// legal day.
func NewReceipt(n Numbered, now time.Time, today when.Date, weak bool) Receipt {
	return Receipt{Numbered: n, Done: now, Weak: weak, Unreadable: UnreadableFrom(today)}
}

// HeldBox is a sealed row of some room.
type HeldBox struct {
	Person  ref.Person
	Record  [16]byte
	Version int32
	Slot    seal.Slot
}

// Holder is a room that keeps sealed rows.
type Holder interface {
	// Name is for reports, e.g. "dossier.record".
	Name() string
	// MaxLeaves returns the highest leaf in use of each epoch in use.
	MaxLeaves(ctx context.Context) (map[seal.Epoch]seal.Leaf, error)
	// Held returns up to limit rows that still hold a box, behind a cursor, and the
	// cursor behind them; nil begins. No rows: the end.
	Held(ctx context.Context, after []byte, limit int) ([]HeldBox, []byte, error)
	// Erase does to rows what their erasure did: content away, state erased,
	// tombstone written. Rows that are erased already are left alone.
	Erase(ctx context.Context, boxes []HeldBox, now time.Time) error
}
