package vault

import (
	"context"
	"errors"
	"iter"
	"time"

	"recourse/internal/ref"
)

// Head is what a store shows without a key.
type Head struct {
	ID   ref.Vault
	Mode Mode
}

// Journal is the store of one vault. It is used by one goroutine at a time.
// Entries hold secrets: the journal seals them.
type Journal interface {
	// Replay gives every entry, oldest first. A store that was never written has
	// none. An entry is valid until the function returns.
	Replay(ctx context.Context, each func(entry []byte) error) error
	// Append makes an entry durable before it returns. After an error the entry
	// may or may not be there when the store is opened again, but nothing written
	// before is lost; a later Append or Heal may succeed.
	Append(entry []byte) error
	// Rewrite puts these entries in the place of all others, sealed under a new
	// root-key version, in one step: after a crash the store is the old or the new
	// one. Then it destroys the versions made Window before now or earlier.
	Rewrite(ctx context.Context, h Head, now time.Time, entries iter.Seq[[]byte]) (Resealed, error)
	// Heal reports whether an entry could be written now.
	Heal() error
	// About returns the root-key version in force, and whether the KMS cannot
	// prove that it destroys.
	About() (root string, weak bool)
	// Close lets go of the store. Nothing is written after it.
	Close() error
}

// RootVersion is one version of the root key.
type RootVersion struct {
	ID      string    // at most 64 bytes; letters, digits, dash
	Created time.Time // UTC
}

// KMS keeps root keys. A store is sealed under a data key that a root-key
// version wraps; when that version is destroyed, every copy of that store is
// worthless.
type KMS interface {
	// New makes a version. It is durable on return.
	New(ctx context.Context, now time.Time) (RootVersion, error)
	// Wrap seals a data key under a version, or returns ErrRootGone.
	Wrap(ctx context.Context, version string, key [32]byte) ([]byte, error)
	// Unwrap returns the data key that Wrap sealed under the same version, or
	// ErrRootGone; ErrWrapped where the bytes are not what Wrap returned.
	Unwrap(ctx context.Context, version string, wrapped []byte) ([32]byte, error)
	// Destroy makes a version unusable for ever. To repeat it is no error.
	Destroy(ctx context.Context, version string) error
	// Versions returns the versions that can be used, oldest first.
	Versions(ctx context.Context) ([]RootVersion, error)
	// WeakErasure says whether copies of the keys may exist that Destroy does not
	// reach. Receipts of erasure then say so.
	WeakErasure() bool
}

// ErrRootGone is returned for a root-key version that was destroyed or never
// was.
var ErrRootGone = errors.New("this root-key version does not exist any more")

// ErrWrapped is returned for a wrapped key that was altered or belongs to
// another version.
var ErrWrapped = errors.New("this is not a key wrapped by this root-key version")
