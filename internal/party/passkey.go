package party

import (
	"context"
	"time"

	"recourse/internal/fault"
	"recourse/internal/when"
)

// Passkey is a key of a person or a clerk, held by a device of theirs. None of it is a
// secret.
type Passkey struct {
	ID         [32]byte // hash of the credential
	Credential []byte   // by which the device knows it
	Key        []byte   // public
	Counter    uint32   // how often it was used, by the device; 0 where it does not count
	Device     string   // families of browser and system at which it was made
	Made       time.Time
	Used       time.Time // last; zero where never
}

// Bound is a passkey, and whose it is.
type Bound struct {
	Passkey
	Holder Holder
	Clerk  Clerk // zero for a person
}

// PasskeyStore keeps passkeys. Every write is durable on return.
type PasskeyStore interface {
	// PutPasskey binds a passkey. False where the holder has as many as they may, where it
	// is bound already, or where the person has ended meanwhile.
	PutPasskey(ctx context.Context, h Holder, k Passkey, most int) (bool, error)
	// PasskeysOf returns those of a holder, in the order in which they were made.
	PasskeysOf(ctx context.Context, h Holder) ([]Passkey, error)
	// Passkey finds one. False for that of a clerk who has left.
	Passkey(ctx context.Context, id [32]byte, today when.Date) (Bound, bool, error)
	// UsePasskey notes a use and its counter. False where the counter did not go on, or
	// the passkey was revoked meanwhile.
	UsePasskey(ctx context.Context, id [32]byte, counter uint32, now time.Time) (bool, error)
	// RevokePasskey forgets one of a holder's. False where they have none of that number.
	RevokePasskey(ctx context.Context, h Holder, id [32]byte) (bool, error)
}

// mostPasskeys is how many a holder may have.
const mostPasskeys = 10

// The faults of passkeys.
var (
	ErrPasskeyWay = fault.New(fault.Refused, "E-PASSKEY-WAY",
		"A passkey is bound only by who signed in with an identity service not long ago, and of whom something is kept. Nothing was changed. Sign in with it, then make the passkey.")
	ErrPasskeyFull    = fault.New(fault.Refused, "E-PASSKEY-FULL", "This passkey is bound already, or you have as many as there may be. Nothing was changed. Revoke one first.")
	ErrPasskeyUnknown = fault.New(fault.Refused, "E-PASSKEY-UNKNOWN", "This passkey opens nothing here: it was revoked, or it is not of who is signed in. Nobody was signed in. Sign in with the identity service.")
	ErrPasskeyCounter = fault.New(fault.Refused, "E-PASSKEY-COUNTER",
		"This passkey counts its uses, and the count did not go on: somebody may hold a copy of it. Nobody was signed in. Sign in with the identity service and revoke it.")
)

// MayBind reports whether who is signed in may bind a passkey: somebody who is kept, whom
// an identity service named not long ago.
func (s *Service) MayBind(ctx context.Context, secret string, now time.Time) (Session, bool, error) {
	in, err := s.Session(ctx, secret, now)
	return in, err == nil && in.Way == ByProvider && !in.Holder().IsZero() && now.Sub(in.Proved) <= s.FreshFor(), err
}

// Bind binds a passkey to who is signed in with a secret. ErrPasskeyWay where they may
// not, ErrPasskeyFull where they have too many.
func (s *Service) Bind(ctx context.Context, secret string, k Passkey, now time.Time) error {
	in, may, err := s.MayBind(ctx, secret, now)
	if err != nil {
		return err
	}
	if !may {
		return ErrPasskeyWay
	}
	k.Made = now
	done, err := s.Passkeys.PutPasskey(ctx, in.Holder(), k, mostPasskeys)
	if err == nil && !done {
		err = ErrPasskeyFull
	}
	return err
}

// Bound returns the passkey of a number. ErrPasskeyUnknown where there is none, and
// ErrTraining or ErrMandate where its clerk may not act now.
func (s *Service) Bound(ctx context.Context, id [32]byte, now time.Time) (Bound, error) {
	b, found, err := s.Passkeys.Passkey(ctx, id, s.today(now))
	if err == nil && !found {
		err = ErrPasskeyUnknown
	}
	if err == nil && !b.Clerk.ID.IsZero() {
		err = s.current(b.Clerk, now)
	}
	return b, err
}

// UsePasskey notes that a passkey signed, which the caller has verified. ErrPasskeyCounter
// where its counter did not go on.
func (s *Service) UsePasskey(ctx context.Context, b Bound, counter uint32, now time.Time) error {
	done, err := s.Passkeys.UsePasskey(ctx, b.ID, counter, now)
	if err == nil && !done {
		err = ErrPasskeyCounter
	}
	return err
}

// SignInBound opens a session for the holder of a passkey that was used.
func (s *Service) SignInBound(ctx context.Context, b Bound, device string, now time.Time) (string, Session, error) {
	most := s.limits().PersonMost
	if !b.Clerk.ID.IsZero() {
		most = s.limits().ClerkMost
	}
	return s.open(ctx, NewSession{Session: Session{Person: b.Holder.Person, Clerk: b.Clerk, Way: ByPasskey, Device: device, Expires: now.Add(most)}}, now)
}

// PasskeysOf lists the passkeys of a holder.
func (s *Service) PasskeysOf(ctx context.Context, h Holder) ([]Passkey, error) {
	if h.IsZero() || s.Passkeys == nil {
		return nil, nil
	}
	return s.Passkeys.PasskeysOf(ctx, h)
}

// RevokePasskey forgets a passkey of a holder, and what it opened stays open until it
// ends. False where they have none of that number.
func (s *Service) RevokePasskey(ctx context.Context, h Holder, id [32]byte) (bool, error) {
	if h.IsZero() {
		return false, nil
	}
	return s.Passkeys.RevokePasskey(ctx, h, id)
}
