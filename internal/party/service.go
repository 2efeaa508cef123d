package party

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Service is the room's use cases.
type Service struct {
	Store   Store
	Tokener Tokener
	Sealer  Sealer
	Chance  ref.Minter
	Zone    *time.Location
}

// tokenPrefix marks a clerk's bearer token, so that a leaked one is recognised
// by scanners.
const tokenPrefix = "rct_"

// sessionLength is how long a person's sign-in lasts without signing in again.
const sessionLength = 12 * time.Hour

// MintBodies gives each code an id. Where a body of that code is known already,
// the store keeps the id it has.
func MintBodies(chance ref.Minter, codes []string) ([]Body, error) {
	bodies := make([]Body, len(codes))
	for i, code := range codes {
		id, err := ref.Mint[ref.Body](chance)
		if err != nil {
			return nil, err
		}
		bodies[i] = Body{ID: id, Code: code}
	}
	return bodies, nil
}

// AddClerk makes a member of a body's staff known, with the last day on which
// their training record is current. Repeating it brings that day up to date.
func (s *Service) AddClerk(ctx context.Context, bodyCode, staffNumber string, trainedUntil when.Date, now time.Time) (Clerk, error) {
	if n := len(staffNumber); n < 1 || n > 64 {
		return Clerk{}, fault.New(fault.Invalid, "E-STAFF", "The staff number must have 1 to 64 characters.").At("staff")
	}
	body, err := s.Store.Body(ctx, bodyCode)
	if err != nil {
		return Clerk{}, err
	}
	id, err := ref.Mint[ref.Clerk](s.Chance)
	if err != nil {
		return Clerk{}, err
	}
	return s.Store.PutClerk(ctx, Clerk{ID: id, Body: body, StaffNumber: staffNumber, TrainedUntil: trainedUntil}, now)
}

// IssueToken gives a clerk a random 256-bit bearer token (RFC 6750) that ends at
// expires. It is returned once; only its hash is kept.
func (s *Service) IssueToken(ctx context.Context, clerk ref.Clerk, now, expires time.Time) (string, error) {
	if !expires.After(now) {
		return "", fault.New(fault.Invalid, "E-EXPIRY", "The token would end before it begins.").At("expires")
	}
	secret, hash, err := s.secret()
	if err != nil {
		return "", err
	}
	if err := s.Store.PutCredential(ctx, hash, clerk, now, expires); err != nil {
		return "", err
	}
	return tokenPrefix + secret, nil
}

// RevokeTokens ends every token of a clerk at once and returns how many there were.
func (s *Service) RevokeTokens(ctx context.Context, clerk ref.Clerk, now time.Time) (int64, error) {
	return s.Store.RevokeCredentials(ctx, clerk, now)
}

// Authenticate returns the clerk that a bearer token belongs to. ErrToken where
// it is not valid at now, ErrTraining where the training record is not current.
func (s *Service) Authenticate(ctx context.Context, token string, now time.Time) (Clerk, error) {
	secret, ok := strings.CutPrefix(token, tokenPrefix)
	if !ok {
		return Clerk{}, ErrToken
	}
	c, found, err := s.Store.ClerkByCredential(ctx, hashOf(secret), now)
	if err != nil {
		return Clerk{}, err
	}
	if !found {
		return Clerk{}, ErrToken
	}
	if !s.trained(c, now) {
		return Clerk{}, ErrTraining
	}
	return c, nil
}

func (s *Service) trained(c Clerk, now time.Time) bool { return c.TrainedUntil >= when.In(now, s.Zone) }

// Admitted is a clerk who asks about somebody, and who that is.
type Admitted struct {
	Clerk Clerk
	About Found // not there where no identity was given
}

// Admit is Authenticate and Find in one look-up. id is nil where nobody is asked
// about. Nobody is looked for where the errors are those of Authenticate.
func (s *Service) Admit(ctx context.Context, token string, now time.Time, id *Identity) (Admitted, error) {
	secret, ok := strings.CutPrefix(token, tokenPrefix)
	if !ok {
		return Admitted{}, ErrToken
	}
	var tokens []Token
	if id != nil {
		made, err := s.Tokener.PersonTokens(ctx, [][]byte{id.TokenInput()})
		if err != nil { // told to clerks only
			_, wrong := s.Authenticate(ctx, token, now)
			return Admitted{}, cmp.Or(wrong, err)
		}
		tokens = made[0]
	}
	c, about, found, err := s.Store.ClerkAndPerson(ctx, hashOf(secret), tokens, now, when.In(now, s.Zone))
	switch {
	case err != nil:
		return Admitted{}, err
	case !found:
		return Admitted{}, ErrToken
	case !s.trained(c, now):
		return Admitted{}, ErrTraining
	}
	return Admitted{Clerk: c, About: about}, nil
}

// Find returns the person of an identity. False where there is none; the same
// work is done either way.
func (s *Service) Find(ctx context.Context, id Identity) (ref.Person, bool, error) {
	tokens, err := s.Tokener.PersonTokens(ctx, [][]byte{id.TokenInput()})
	if err != nil {
		return ref.Person{}, false, err
	}
	return s.Store.PersonByToken(ctx, tokens[0])
}

// SignIn opens a session for whoever holds an identity. How that was proved is
// the business of the face; in the sandbox a sample person is chosen.
func (s *Service) SignIn(ctx context.Context, id Identity, now time.Time) (string, Signed, error) {
	person, _, err := s.Find(ctx, id)
	if err != nil {
		return "", Signed{}, err
	}
	secret, hash, err := s.secret()
	if err != nil {
		return "", Signed{}, err
	}
	signed := Signed{Person: person, Expires: now.Add(sessionLength)}
	if err := s.Store.PutSession(ctx, hash, signed, now); err != nil {
		return "", Signed{}, err
	}
	return secret, signed, nil
}

// Session returns the person who is signed in with secret, or ErrSession.
func (s *Service) Session(ctx context.Context, secret string, now time.Time) (Signed, error) {
	signed, found, err := s.Store.Session(ctx, hashOf(secret), now)
	if err != nil {
		return Signed{}, err
	}
	if !found {
		return Signed{}, ErrSession
	}
	return signed, nil
}

// SignOut ends the session of secret; an unknown one is no error.
func (s *Service) SignOut(ctx context.Context, secret string) error {
	return s.Store.DropSession(ctx, hashOf(secret))
}

// Contact is where a person's letters are announced. The announcement names
// nothing of the letter.
type Contact struct {
	Email    string `json:"email"`
	Language string `json:"language"` // "zh" or "en"
}

// SetContact seals a person's e-mail address and language. An empty address
// removes what was there.
func (s *Service) SetContact(ctx context.Context, p ref.Person, c Contact, now time.Time) error {
	if p.IsZero() {
		return fault.New(fault.Conflict, "E-NO-FILE", "There is no file to keep an address with. You will be asked for it when there is one.")
	}
	if c.Email == "" {
		return s.Store.DropContact(ctx, p, now)
	}
	if a, err := mail.ParseAddress(c.Email); err != nil || a.Address != c.Email || len(c.Email) > 254 {
		return fault.New(fault.Invalid, "E-EMAIL", "This is not an e-mail address: write it as name@example.org.").At("email")
	}
	if c.Language != "zh" && c.Language != "en" {
		return fault.New(fault.Invalid, "E-LANGUAGE", "Choose zh or en.").At("language")
	}
	until, found, err := s.Store.LiveUntil(ctx, p)
	if err != nil {
		return err
	}
	if !found {
		return fault.New(fault.NotFound, "E-NO-FILE", "There is no file to keep an address with.")
	}
	plain, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("writing the contact: %w", err)
	}
	boxes, err := s.Sealer.Close(ctx, []seal.Content{{
		Subject: ContactSubject(p), Epoch: IdentityEpoch(until), Plain: plain}})
	if err != nil {
		return err
	}
	return s.Store.PutContact(ctx, p, boxes[0], now)
}

// ContactSetAt returns since when an address is kept for p; false where none is.
func (s *Service) ContactSetAt(ctx context.Context, p ref.Person) (time.Time, bool, error) {
	if p.IsZero() {
		return time.Time{}, false, nil
	}
	return s.Store.ContactSetAt(ctx, p)
}

// ContactSubject is what a person's contact is sealed for.
func ContactSubject(p ref.Person) seal.Subject {
	return seal.Subject{Person: p, Record: [16]byte{'c', 'o', 'n', 't', 'a', 'c', 't'}}
}

// IdentitySubject is what a person's identity is sealed for.
func IdentitySubject(p ref.Person) seal.Subject {
	return seal.Subject{Person: p, Record: [16]byte{'i', 'd', 'e', 'n', 't', 'i', 't', 'y'}}
}

// IdentityEpoch is the epoch that seals what identifies a person whose file
// lives until a day: the end of that day's quarter, so that it does not tell the day.
func IdentityEpoch(liveUntil when.Date) seal.Epoch {
	return seal.NewEpoch(seal.Identity, liveUntil.QuarterEnd())
}

func (s *Service) secret() (string, [32]byte, error) {
	var raw [32]byte
	if _, err := io.ReadFull(s.Chance, raw[:]); err != nil {
		return "", [32]byte{}, fmt.Errorf("drawing a token: %w", err)
	}
	secret := base64.RawURLEncoding.EncodeToString(raw[:])
	return secret, hashOf(secret), nil
}

// hashOf needs no salt or stretching: a secret has 256 random bits.
func hashOf(secret string) [32]byte { return sha256.Sum256([]byte(secret)) }
