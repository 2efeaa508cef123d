// Package vault keeps the chance that all sealed content hangs on, and forgets
// it in time.
//
// It promises:
//   - keys are derived when needed and never stored; a key is given only for a
//     leaf that was leased, and no leaf is leased twice;
//   - what is punctured or past its end day is gone for every caller, from the
//     moment the call returns and after every restart;
//   - gone, ended and never there look alike;
//   - everything that changes is durable before the call returns, in one order,
//     under a growing number;
//   - it serves only beside the database that it belongs to ([Compare]).
//
// It does no IO of its own: a [Journal] keeps its changes, a [KMS] its root
// keys. It knows no person: only epochs, leaves and bytes.
package vault

import (
	"context"
	"time"

	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Mode says what an installation is for. It is fixed when the vault is made and
// never changes.
type Mode uint8

// The modes.
const (
	Sandbox    Mode = 1 // made-up people only
	Production Mode = 2
)

// String names the mode as in the configuration.
func (m Mode) String() string {
	switch m {
	case Sandbox:
		return "sandbox"
	case Production:
		return "production"
	}
	return "unknown"
}

// ParseMode reads the name of a mode.
func ParseMode(s string) (Mode, bool) {
	for _, m := range []Mode{Sandbox, Production} {
		if m.String() == s {
			return m, true
		}
	}
	return 0, false
}

// The bounds of one call. A longer batch is refused (E-VAULT-BOUNDS).
const (
	MaxBatch = 10_000  // ids, data, places, intents or counters in one call
	MaxLease = 1 << 16 // leaves in one lease
	MaxBytes = 512     // bytes of one id or datum
	MaxLeaf  = 1<<32 - 1
)

// Size is the size in bytes of tokens, pseudonyms and marks of references.
const Size = 16

// Scope parts the uses of Macs: marks of one scope say nothing about another.
type Scope uint8

// The scopes.
const (
	Pseudonym Scope = 1 // data is the key of a person: the name that one body has for them
	SourceRef Scope = 2 // data is a source's own reference of a record
	Decision  Scope = 3 // data is a person's key and what names a decision about them; the body is zero
	Matter    Scope = 4 // data is a matter that a body asks in, alone or with the identifier it asks about
)

// Mac is a keyed mark of some datum for one body.
type Mac [Size]byte

// Token finds a person by official identifier under one index generation.
type Token struct {
	Generation uint32
	Mark       [Size]byte
}

// Place is what a key is wanted for: a slot, bound to record and version.
type Place struct {
	Slot    seal.Slot
	Record  [16]byte
	Version int32
}

// Derived is the key of a place, or Gone where there is none: punctured, ended,
// or never leased, alike.
type Derived struct {
	Key  seal.Key
	Gone bool
}

// SeedMark tells one seed from another and says nothing about either. An epoch
// has one seed for ever, unless its vault was lost.
type SeedMark int64

// Lease is a range of leaves for one caller alone. Seq is the vault's number
// after the lease.
type Lease struct {
	First seal.Leaf
	Seed  SeedMark
	Seq   int64
}

// Intent asks to puncture a slot. Seq is the place of the intent in the
// database's order of intents, from 1.
type Intent struct {
	Seq  int64
	Slot seal.Slot
}

// Counter is the next leaf of an epoch that is not leased, and the seed that the
// leaves below it belong to.
type Counter struct {
	Epoch seal.Epoch
	Next  seal.Leaf
	Seed  SeedMark // not needed in a Jump
}

// Jump moves a vault forward that was restored from an older copy: past the
// leaves and the number that the database knows.
type Jump struct {
	Seq      int64 // the vault's number will be above this
	Counters []Counter
}

// State is what a vault tells about itself. It holds no secret.
type State struct {
	ID          ref.Vault
	Mode        Mode
	Boot        ref.Vault // drawn anew each time the vault is opened
	Seq         int64     // grows with each change
	Applied     int64     // the highest Seq of an intent that was applied
	Ended       when.Date // epochs whose end day is before this day are gone
	Generations []uint32  // live index generations, newest first
	Root        string    // root-key version under which the store lies
	Weak        bool      // the KMS cannot prove that root keys are destroyed
	Fault       string    // why nothing can be written now; empty when all is well
}

// Epoch is what a vault tells about one epoch.
type Epoch struct {
	Epoch seal.Epoch
	Next  seal.Leaf // the next leaf that is not leased
	Seed  SeedMark
	Nodes int // nodes of the tree that are kept
}

// Resealed tells of a new root-key version.
type Resealed struct {
	Root      string   // the version in force now
	Destroyed []string // versions that can no longer be used by anybody
}

// Deriver is what serving needs of a vault. Calls take whole batches. Errors
// are faults; Unavailable means that nothing was done or lost and the same call
// may be made again.
type Deriver interface {
	// Tokens returns, for each normalised identifier, its tokens under the live
	// generations, newest first.
	Tokens(ctx context.Context, ids [][]byte) ([][]Token, error)
	// Macs returns, for each datum, its mark in the scope of a body.
	Macs(ctx context.Context, scope Scope, body [16]byte, data [][]byte) ([]Mac, error)
	// Lease gives n leaves of an epoch to the caller. It is durable on return; a
	// leaf that is not used is wasted. An epoch that has ended is refused.
	Lease(ctx context.Context, e seal.Epoch, n int) (Lease, error)
	// Derive returns the key of each place.
	Derive(ctx context.Context, places []Place) ([]Derived, error)
}

// Upkeep is what the keeper and the start-up comparison need of a vault. Every
// call is durable on return and may be repeated.
type Upkeep interface {
	// State returns what the vault tells about itself.
	State(ctx context.Context) (State, error)
	// Epochs returns the epochs that the vault holds, in their order.
	Epochs(ctx context.Context) ([]Epoch, error)
	// Puncture makes the slots of the intents underivable for ever and returns
	// the highest number applied so far.
	Puncture(ctx context.Context, intents []Intent) (applied int64, err error)
	// Expire deletes the seeds of all epochs whose end day is before the day,
	// and returns how many there were.
	Expire(ctx context.Context, before when.Date) (int, error)
	// Extend draws the seeds of the epochs ahead of today that are missing, and
	// returns how many there were.
	Extend(ctx context.Context, today when.Date) (int, error)
	// Skip moves counters forward, never back, and draws epochs that are missing.
	Skip(ctx context.Context, to Jump) error
	// NewGeneration makes generation g the newest. It must follow the newest one,
	// and only one may be live before; to ask for the newest again is no error.
	NewGeneration(ctx context.Context, g uint32) error
	// DestroyGeneration forgets generation g and those before it. The newest is
	// refused.
	DestroyGeneration(ctx context.Context, g uint32) error
	// Reseal writes the whole store anew under a new root-key version and
	// destroys the versions made seven days before now or earlier.
	Reseal(ctx context.Context, now time.Time) (Resealed, error)
}

// Service is a vault, in this process or in another.
type Service interface {
	Deriver
	Upkeep
}

// Window is how long an old root-key version is kept, so that a copy of the
// store can still be restored; a destroyed secret lives as long in such copies.
const Window = 7 * 24 * time.Hour
