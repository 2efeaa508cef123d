package party

import (
	"context"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// keyPrefix marks a key among what opens the calls.
const keyPrefix = "rck_"

// mostKeyDays is how long a key may be used at most.
const mostKeyDays = 400

// Key is a public key by which the programs of a clerk sign requests for a body.
// One head of the body asks for it and another confirms it: only then it signs.
// What it signed can be checked as long as the registry lasts.
type Key struct {
	ID          string   // thumbprint (RFC 7638): the keyid of signatures
	Public      [32]byte // Ed25519
	Body        ref.Body
	Holder      ref.Clerk
	Until       when.Date // last day
	AskedBy     ref.Clerk
	AskedAt     time.Time
	ConfirmedBy ref.Clerk // zero while it waits
	ConfirmedAt time.Time
	EndedAt     time.Time // zero where nobody ended it
}

// KeyStore keeps keys. Every write is durable on return, with its event in the
// journal.
type KeyStore interface {
	// AddKey keeps a key that waits, or returns the one of that id that is there. The
	// holder must be a clerk of the key's body who has not left: fault.NotFound.
	AddKey(ctx context.Context, k Key) (Key, error)
	// Key returns a key of a body; false where it has none of that id.
	Key(ctx context.Context, body ref.Body, id string) (Key, bool, error)
	// ConfirmKey lets a key that waits sign until an instant, known by its hash. False
	// where it waits no more.
	ConfirmKey(ctx context.Context, k Key, hash [32]byte, expires time.Time) (bool, error)
	// EndKey ends a key at once; what is over is no error.
	EndKey(ctx context.Context, k Key, hash [32]byte, by ref.Clerk) error
	// Keys returns the newest keys of a body, at most limit.
	Keys(ctx context.Context, body ref.Body, limit int) ([]Key, error)
}

// Keyring is how heads of bodies say which keys sign for their body.
type Keyring struct {
	Store    KeyStore
	Mandates MandateStore
	Zone     *time.Location
}

// Ask registers a key for a clerk of the head's own body. It signs nothing before
// another head has confirmed it. Asking again for the same is no second key.
func (r *Keyring) Ask(ctx context.Context, head Clerk, k Key, now time.Time) (Key, error) {
	if err := r.head(ctx, head, now); err != nil {
		return Key{}, err
	}
	today := when.In(now, r.Zone)
	if k.Until < today || k.Until > today.AddDays(mostKeyDays) {
		return Key{}, errKeyUntil
	}
	k.Body, k.AskedBy, k.AskedAt = head.Body.ID, head.ID, now
	kept, err := r.Store.AddKey(ctx, k)
	if err != nil {
		return Key{}, err
	}
	if kept.Body != k.Body || kept.Holder != k.Holder || kept.Until != k.Until || !kept.EndedAt.IsZero() {
		return Key{}, errKeyKnown
	}
	return kept, nil
}

// Confirm lets a key sign that another head of the same body asked for.
func (r *Keyring) Confirm(ctx context.Context, head Clerk, id string, now time.Time) (Key, error) {
	if err := r.head(ctx, head, now); err != nil {
		return Key{}, err
	}
	k, err := r.find(ctx, head.Body.ID, id)
	switch {
	case err != nil:
		return Key{}, err
	case !k.EndedAt.IsZero() || k.Until < when.In(now, r.Zone):
		return Key{}, errKeyOver
	case !k.ConfirmedBy.IsZero():
		return k, nil
	case k.AskedBy == head.ID:
		return Key{}, errKeyAlone
	}
	k.ConfirmedBy, k.ConfirmedAt = head.ID, now
	if _, err := r.Store.ConfirmKey(ctx, k, SignedWith(k.ID).hash, k.Until.AddDays(1).Start(r.Zone)); err != nil {
		return Key{}, err
	}
	return r.find(ctx, head.Body.ID, id)
}

// End lets a key sign no more, at once: one head is enough to take a right away, and
// so is who holds it.
func (r *Keyring) End(ctx context.Context, who Clerk, id string, now time.Time) (Key, error) {
	k, err := r.find(ctx, who.Body.ID, id)
	if err != nil {
		return Key{}, err
	}
	if k.Holder != who.ID {
		if err := r.head(ctx, who, now); err != nil {
			return Key{}, err
		}
	}
	if k.EndedAt.IsZero() {
		k.EndedAt = now
		err = r.Store.EndKey(ctx, k, SignedWith(k.ID).hash, who.ID)
	}
	return k, err
}

// mostKeys is how many keys of a body are listed.
const mostKeys = 200

// List returns the keys of a body, the newest first, for anybody on its staff.
func (r *Keyring) List(ctx context.Context, who Clerk) ([]Key, error) {
	return r.Store.Keys(ctx, who.Body.ID, mostKeys)
}

func (r *Keyring) find(ctx context.Context, body ref.Body, id string) (Key, error) {
	k, found, err := r.Store.Key(ctx, body, id)
	if err == nil && !found {
		err = errKeyNone
	}
	return k, err
}

func (r *Keyring) head(ctx context.Context, who Clerk, now time.Time) error {
	return mustHead(ctx, r.Mandates, who, when.In(now, r.Zone))
}

// The faults of keys. Nothing was changed where one of them is answered.
var (
	ErrNotHead  = fault.New(fault.Forbidden, "E-HEAD", "Only a head of your body may do this. Nothing was changed. Ask one; the operator appoints heads.")
	ErrHolder   = fault.New(fault.NotFound, "E-CLERK-NONE", "Your body has no such member of staff. Nothing was changed. Give the number that begins with S-.").At("holder")
	errKeyNone  = fault.New(fault.NotFound, "E-SIGN-KEY-NONE", "Your body has no such key. Nothing was changed. List the keys of your body to see their ids.")
	errKeyUntil = fault.New(fault.Invalid, "E-SIGN-KEY-UNTIL", "The last day of the key is in the past, or more than 400 days ahead. Nothing was changed. Choose another day.").At("until")
	errKeyKnown = fault.New(fault.Conflict, "E-SIGN-KEY-KNOWN", "This key was registered before, for somebody else, until another day, or it was ended. Nothing was changed. Make a new key.").At("key")
	errKeyOver  = fault.New(fault.Conflict, "E-SIGN-KEY-OVER", "This key was ended, or its last day has passed. Nothing was changed. Make a new key and register it.")
	errKeyAlone = fault.New(fault.Refused, "E-SIGN-KEY-ALONE", "You asked for this key yourself. Nothing was changed. Another head of your body has to confirm it: rights change by two people.")
)
