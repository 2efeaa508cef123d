package party

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"recourse/internal/ref"
	"recourse/internal/when"
)

// Way is how somebody proved last who they are.
type Way string

// The ways.
const (
	ByProvider Way = "provider" // an OpenID provider said so
	ByPasskey  Way = "passkey"
	ByToken    Way = "token"  // of a clerk
	BySample   Way = "sample" // chosen in a sandbox
)

// Holder is who holds sign-ins: a person or a clerk. The zero Holder is a person
// without a file: each of their sign-ins stands alone.
type Holder struct {
	Person ref.Person
	Clerk  ref.Clerk
}

// IsZero reports whether nobody is named.
func (h Holder) IsZero() bool { return h == Holder{} }

// Session is one sign-in to the pages.
type Session struct {
	ID     ref.Session
	Person ref.Person // zero for a clerk, and where the identifier has no file
	Clerk  Clerk      // zero for a person
	Way    Way
	Device string // families of browser and system; empty where they do not say
	Made   time.Time
	Seen   time.Time // last used, to the minute
	Proved time.Time // when the holder last proved who they are
	// Expires is the latest end; one that is not used ends before.
	Expires time.Time
}

// Holder is who holds it.
func (s Session) Holder() Holder { return Holder{Person: s.Person, Clerk: s.Clerk.ID} }

// Limits say how long a sign-in lasts.
type Limits struct {
	PersonIdle time.Duration // unused, of a person
	PersonMost time.Duration // at most, of a person
	ClerkIdle  time.Duration // unused, of a clerk
	ClerkMost  time.Duration // at most, of a clerk; with a token never more than two hours
	Fresh      time.Duration // how long after a proof what matters may be done
}

// DefaultLimits are those of an installation that sets none.
func DefaultLimits() Limits {
	return Limits{PersonIdle: 20 * time.Minute, PersonMost: 12 * time.Hour, ClerkIdle: 30 * time.Minute, ClerkMost: 10 * time.Hour, Fresh: 10 * time.Minute}
}

// NewSession is a sign-in to be kept. Token is the hash of the bearer token that it
// was given for; zero where there was none.
type NewSession struct {
	Session
	Hash, Token [32]byte
}

// SessionStore keeps sign-ins. Every write is durable on return.
type SessionStore interface {
	// PutSession keeps a sign-in and returns its end: that of the token where it is
	// before. False where the token is not valid, or a death closed the person's file.
	PutSession(ctx context.Context, n NewSession) (expires time.Time, found bool, err error)
	// Session finds a sign-in by its number and the hash of its secret, even where it
	// has ended by a limit. False for that of a clerk who has left.
	Session(ctx context.Context, id ref.Session, hash [32]byte, now time.Time, today when.Date) (Session, bool, error)
	// Touch notes that it was used.
	Touch(ctx context.Context, id ref.Session, now time.Time) error
	// Prove notes a new proof and changes the secret. False where old opens nothing.
	Prove(ctx context.Context, id ref.Session, p Proof) (bool, error)
	// Drop ends the sign-in of a secret; an unknown one is no error.
	Drop(ctx context.Context, id ref.Session, hash [32]byte) error
	// SessionsOf returns the sign-ins of a holder that have not reached their latest
	// end, last used first, at most a hundred.
	SessionsOf(ctx context.Context, h Holder, now time.Time) ([]Session, error)
	// EndSession ends one of a holder's sign-ins. False where they have none of that number.
	EndSession(ctx context.Context, h Holder, id ref.Session) (bool, error)
	// ClerkOf finds a clerk by the code of the body and its own number, who has not left.
	ClerkOf(ctx context.Context, body, staffNumber string, today when.Date) (Clerk, bool, error)
	// EndOthers ends all of a holder's sign-ins but one, and returns how many.
	EndOthers(ctx context.Context, h Holder, but ref.Session) (int64, error)
}

// Proof is that the holder of a sign-in proved anew who they are.
type Proof struct {
	Old, New [32]byte // hashes of the secret before and after
	Way      Way
	At       time.Time
}

// tokenMost is how long a sign-in with a bearer token lasts at most: whoever finds the
// token may hold it.
const tokenMost = 2 * time.Hour

// touchEvery is how exactly it is known when a sign-in was last used.
const touchEvery = time.Minute

// Entered is how somebody came in.
type Entered struct {
	Way    Way
	Device string
}

// SignIn opens a session for whoever holds an identity; ErrClosed where a death closed the
// file. How that was proved is the business of the face. Nothing is made for who has no
// file.
func (s *Service) SignIn(ctx context.Context, id Identity, by Entered, now time.Time) (string, Session, error) {
	person, _, err := s.Find(ctx, id)
	if err != nil {
		return "", Session{}, err
	}
	return s.open(ctx, NewSession{Session: Session{Person: person, Way: by.Way, Device: by.Device, Expires: now.Add(s.limits().PersonMost)}}, now)
}

// SignInClerk opens a session for the holder of a bearer token. It ends with the
// token, after two hours, or when the clerk's tokens are revoked. The errors are
// those of Authenticate.
func (s *Service) SignInClerk(ctx context.Context, token string, by Entered, now time.Time) (string, Session, error) {
	p := Bearer(token)
	clerk, err := s.Authenticate(ctx, p, now)
	if err != nil {
		return "", Session{}, err
	}
	most := min(tokenMost, s.limits().ClerkMost)
	return s.open(ctx, NewSession{Session: Session{Clerk: clerk, Way: by.Way, Device: by.Device, Expires: now.Add(most)}, Token: p.hash}, now)
}

// SignInStaff opens a session for who a provider says is of a body's staff. Whom the
// body has not made known is ErrStaff; who has no current training record or no mandate
// is ErrTraining or ErrMandate.
func (s *Service) SignInStaff(ctx context.Context, body, staffNumber string, by Entered, now time.Time) (string, Session, error) {
	clerk, found, err := s.Sessions.ClerkOf(ctx, body, staffNumber, s.today(now))
	switch {
	case err != nil:
		return "", Session{}, err
	case !found:
		return "", Session{}, ErrStaff
	}
	if err := s.current(clerk, now); err != nil {
		return "", Session{}, err
	}
	return s.open(ctx, NewSession{Session: Session{Clerk: clerk, Way: by.Way, Device: by.Device, Expires: now.Add(s.limits().ClerkMost)}}, now)
}

func (s *Service) open(ctx context.Context, n NewSession, now time.Time) (secret string, in Session, err error) {
	if n.ID, err = ref.Mint[ref.Session](s.Chance); err != nil {
		return "", Session{}, err
	}
	n.Made, n.Seen, n.Proved = now, now, now
	if secret, n.Hash, err = s.sessionSecret(n.ID); err != nil {
		return "", Session{}, err
	}
	expires, found, err := s.Sessions.PutSession(ctx, n)
	switch {
	case err == nil && !found && !n.Person.IsZero():
		err = ErrClosed
	case err == nil && !found:
		err = ErrToken
	}
	n.Expires = expires
	return secret, n.Session, err
}

// Session returns the sign-in of a secret, or ErrSession: where there is none, it
// has ended, or its clerk has no current training record or no mandate.
func (s *Service) Session(ctx context.Context, secret string, now time.Time) (Session, error) {
	in, found, err := s.kept(ctx, secret, now)
	if err != nil {
		return Session{}, err
	}
	if !found || !s.lasts(in, now) || !in.Clerk.ID.IsZero() && s.current(in.Clerk, now) != nil {
		return Session{}, ErrSession
	}
	if now.Sub(in.Seen) >= touchEvery {
		err = s.Sessions.Touch(ctx, in.ID, now)
	}
	return in, err
}

// Held returns whose a sign-in is or was until a limit ended it. False where the
// secret opened nothing, or the sign-in was ended by somebody.
func (s *Service) Held(ctx context.Context, secret string, now time.Time) (Holder, bool, error) {
	in, found, err := s.kept(ctx, secret, now)
	return in.Holder(), found, err
}

func (s *Service) kept(ctx context.Context, secret string, now time.Time) (Session, bool, error) {
	id, hash, ok := readSecret(secret)
	if !ok {
		return Session{}, false, nil
	}
	return s.Sessions.Session(ctx, id, hash, now, s.today(now))
}

// lasts reports whether a sign-in has neither reached its end nor lain unused.
func (s *Service) lasts(in Session, now time.Time) bool {
	idle := s.limits().PersonIdle
	if !in.Clerk.ID.IsZero() {
		idle = s.limits().ClerkIdle
	}
	return now.Before(in.Expires) && now.Before(in.Seen.Add(idle))
}

// ClerkSession returns the clerk who is signed in with a secret. ErrSession where it
// is a person's, or not valid at now, or the training record is no longer current.
func (s *Service) ClerkSession(ctx context.Context, secret string, now time.Time) (Clerk, error) {
	in, err := s.Session(ctx, secret, now)
	if err == nil && in.Clerk.ID.IsZero() {
		err = ErrSession
	}
	return in.Clerk, err
}

// Prove notes that the holder of a sign-in proved anew who they are, and returns the
// secret that opens it from now on.
func (s *Service) Prove(ctx context.Context, secret string, way Way, now time.Time) (string, error) {
	in, err := s.Session(ctx, secret, now)
	if err != nil {
		return "", err
	}
	_, old, _ := readSecret(secret)
	fresh, hash, err := s.sessionSecret(in.ID)
	if err != nil {
		return "", err
	}
	done, err := s.Sessions.Prove(ctx, in.ID, Proof{Old: old, New: hash, Way: way, At: now})
	if err == nil && !done {
		err = ErrSession
	}
	return fresh, err
}

// SignOut ends the sign-in of a secret; an unknown one is no error.
func (s *Service) SignOut(ctx context.Context, secret string) error {
	id, hash, ok := readSecret(secret)
	if !ok {
		return nil
	}
	return s.Sessions.Drop(ctx, id, hash)
}

// SignIns lists the sign-ins of who holds one, that one among them. One without a
// file stands alone.
func (s *Service) SignIns(ctx context.Context, secret string, now time.Time) (own ref.Session, all []Session, err error) {
	in, err := s.Session(ctx, secret, now)
	if err != nil {
		return ref.Session{}, nil, err
	}
	if in.Holder().IsZero() {
		return in.ID, []Session{in}, nil
	}
	kept, err := s.Sessions.SessionsOf(ctx, in.Holder(), now)
	for _, one := range kept {
		one.Person, one.Clerk = in.Person, in.Clerk
		if s.lasts(one, now) {
			all = append(all, one)
		}
	}
	return in.ID, all, err
}

// EndSignIn ends another sign-in of who holds one. False where they have none of that
// number.
func (s *Service) EndSignIn(ctx context.Context, h Holder, id ref.Session) (bool, error) {
	if h.IsZero() {
		return false, nil
	}
	return s.Sessions.EndSession(ctx, h, id)
}

// EndOtherSignIns ends all sign-ins of who holds one but that one.
func (s *Service) EndOtherSignIns(ctx context.Context, h Holder, own ref.Session) (int64, error) {
	if h.IsZero() {
		return 0, nil
	}
	return s.Sessions.EndOthers(ctx, h, own)
}

// FreshFor is how long after a proof what matters may be done.
func (s *Service) FreshFor() time.Duration { return s.limits().Fresh }

func (s *Service) limits() Limits {
	if s.Limits == (Limits{}) {
		return DefaultLimits()
	}
	return s.Limits
}

// sessionSecret draws what a browser holds: the number of the sign-in, which is no
// secret, and 256 random bits.
func (s *Service) sessionSecret(id ref.Session) (string, [32]byte, error) {
	raw := make([]byte, len(id)+32)
	copy(raw, id[:])
	if _, err := io.ReadFull(s.Chance, raw[len(id):]); err != nil {
		return "", [32]byte{}, fmt.Errorf("drawing a secret: %w", err)
	}
	secret := base64.RawURLEncoding.EncodeToString(raw)
	return secret, hashOf(secret), nil
}

// readSecret parts what a browser holds into number and hash.
func readSecret(secret string) (id ref.Session, hash [32]byte, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(secret)
	if err != nil || len(raw) != len(id)+32 {
		return id, hash, false
	}
	return ref.Session(raw[:len(id)]), hashOf(secret), true
}
