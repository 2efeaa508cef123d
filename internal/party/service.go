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
	"unicode"
	"unicode/utf8"

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

	Sessions SessionStore // nil where nobody signs in to pages
	Knocks   KnockStore   // nil where nobody signs in elsewhere
	Drafts   DraftStore   // nil where no drafts are kept
	Passkeys PasskeyStore // nil where none are bound
	Limits   Limits       // DefaultLimits where it is zero
}

// tokenPrefix marks a clerk's bearer token, so that a leaked one is recognised
// by scanners.
const tokenPrefix = "rct_"

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
// their training record is current, on the word of the operator: until then they may
// send records and ask, where the law lets their body. Repeating it brings that day up
// to date. Where a body has heads, these say who else may what (Team).
func (s *Service) AddClerk(ctx context.Context, bodyCode, staffNumber string, trainedUntil when.Date, now time.Time) (Clerk, error) {
	if n := len(staffNumber); n < 1 || n > 64 {
		return Clerk{}, ErrStaffNumber
	}
	body, err := s.Store.Body(ctx, bodyCode)
	if err != nil {
		return Clerk{}, err
	}
	id, err := ref.Mint[ref.Clerk](s.Chance)
	if err != nil {
		return Clerk{}, err
	}
	c := Clerk{ID: id, Body: body, StaffNumber: staffNumber, TrainedUntil: trainedUntil, Desks: SetOf(Furnishes, Asks)}
	return s.Store.PutClerk(ctx, c, min(s.today(now), trainedUntil), now)
}

// IssueToken gives a clerk a random 256-bit bearer token (RFC 6750) that ends at
// expires. It is returned once; only its hash is kept.
func (s *Service) IssueToken(ctx context.Context, clerk ref.Clerk, now, expires time.Time) (string, error) {
	if !expires.After(now) {
		return "", fault.New(fault.Invalid, "E-EXPIRY", "The token would end before it begins.").At("expires")
	}
	secret, _, err := s.secret()
	if err != nil {
		return "", err
	}
	token := tokenPrefix + secret
	return token, s.Store.PutCredential(ctx, hashOf(token), clerk, now, expires)
}

// RevokeTokens ends every token of a clerk at once, and every sign-in to the pages,
// and returns how many tokens there were.
func (s *Service) RevokeTokens(ctx context.Context, clerk ref.Clerk, now time.Time) (int64, error) {
	return s.Store.RevokeCredentials(ctx, clerk, now)
}

// Presented is by what somebody is known as a clerk.
type Presented struct {
	hash  [32]byte
	given bool
}

// Bearer presents a bearer token. What cannot be one presents nothing.
func Bearer(token string) Presented {
	return Presented{hashOf(token), strings.HasPrefix(token, tokenPrefix)}
}

// SignedWith presents the key of an id whose signature was checked.
func SignedWith(keyID string) Presented { return Presented{hashOf(keyPrefix + keyID), keyID != ""} }

// Authenticate returns the clerk to whom what was presented belongs. ErrToken where
// it is not valid at now, ErrTraining where the training record is not current,
// ErrMandate where no mandate holds. Every door looks here.
func (s *Service) Authenticate(ctx context.Context, p Presented, now time.Time) (Clerk, error) {
	if !p.given {
		return Clerk{}, ErrToken
	}
	c, found, err := s.Store.ClerkByCredential(ctx, p.hash, now, s.today(now))
	if err != nil {
		return Clerk{}, err
	}
	if !found {
		return Clerk{}, ErrToken
	}
	return c, s.current(c, now)
}

// At is Authenticate for those who work at a desk; ErrMandate for others.
func (s *Service) At(ctx context.Context, d Desk, p Presented, now time.Time) (Clerk, error) {
	c, err := s.Authenticate(ctx, p, now)
	if err == nil && !c.Desks.Has(d) {
		err = ErrMandate
	}
	return c, err
}

// current reports why somebody whose token is valid is not let in all the same.
func (s *Service) current(c Clerk, now time.Time) error {
	switch {
	case c.TrainedUntil < s.today(now):
		return ErrTraining
	case c.Desks == "":
		return ErrMandate
	}
	return nil
}

func (s *Service) today(now time.Time) when.Date { return when.In(now, s.Zone) }

// Admitted is a clerk who asks about somebody, and who that is.
type Admitted struct {
	Clerk Clerk
	About Found // not there where no identity was given
}

// Admit is At for those who ask, and Find, in one look-up. id is nil where nobody is
// asked about. Nobody is looked for where the errors are those of At.
func (s *Service) Admit(ctx context.Context, p Presented, now time.Time, id *Identity) (Admitted, error) {
	if !p.given {
		return Admitted{}, ErrToken
	}
	var tokens []Token
	if id != nil {
		made, err := s.Tokener.PersonTokens(ctx, [][]byte{id.TokenInput()})
		if err != nil { // told to clerks only
			_, wrong := s.At(ctx, Asks, p, now)
			return Admitted{}, cmp.Or(wrong, err)
		}
		tokens = made[0]
	}
	c, about, found, err := s.Store.ClerkAndPerson(ctx, p.hash, tokens, now, s.today(now))
	switch {
	case err != nil:
		return Admitted{}, err
	case !found:
		return Admitted{}, ErrToken
	}
	if err := s.current(c, now); err != nil {
		return Admitted{}, err
	}
	if !c.Desks.Has(Asks) {
		return Admitted{}, ErrMandate
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

// Contact is where a person's letters are announced, and where they go by post. The
// announcement names nothing of the letter.
type Contact struct {
	Email    string `json:"email"`
	Post     string `json:"post,omitempty"` // lines of the postal address, the name first; empty where none was given
	Language string `json:"language"`       // "zh" or "en"
}

// postal reports whether the lines can stand in the window of an envelope.
func postal(s string) bool {
	lines := strings.Split(s, "\n")
	if len(lines) < 2 || len(lines) > 6 {
		return false
	}
	for _, l := range lines {
		if strings.TrimSpace(l) == "" || utf8.RuneCountInString(l) > 60 || strings.ContainsFunc(l, unicode.IsControl) || !utf8.ValidString(l) {
			return false
		}
	}
	return true
}

// PostOK reports whether the lines of a postal address are such.
func PostOK(post string) error {
	if postal(post) {
		return nil
	}
	return fault.New(fault.Invalid, "E-POST", "This is not a postal address: write two to six lines of at most 60 characters, your name first.").At("post")
}

// SetContact seals a person's addresses and language. Without an address, what was
// there is removed.
func (s *Service) SetContact(ctx context.Context, p ref.Person, c Contact, now time.Time) error {
	if p.IsZero() {
		return fault.New(fault.Conflict, "E-NO-FILE", "There is no file to keep an address with. You will be asked for it when there is one.")
	}
	if c.Email == "" && c.Post == "" {
		return s.Store.DropContact(ctx, p, now)
	}
	if a, err := mail.ParseAddress(c.Email); c.Email != "" && (err != nil || a.Address != c.Email || len(c.Email) > 254) {
		return fault.New(fault.Invalid, "E-EMAIL", "This is not an e-mail address: write it as name@example.org.").At("email")
	}
	if err := PostOK(c.Post); c.Post != "" && err != nil {
		return err
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

func (s *Service) secret() (string, [32]byte, error) { return drawn(s.Chance) }

func drawn(chance ref.Minter) (string, [32]byte, error) {
	var raw [32]byte
	if _, err := io.ReadFull(chance, raw[:]); err != nil {
		return "", [32]byte{}, fmt.Errorf("drawing a token: %w", err)
	}
	secret := base64.RawURLEncoding.EncodeToString(raw[:])
	return secret, hashOf(secret), nil
}

// hashOf needs no salt or stretching: a secret has 256 random bits.
func hashOf(secret string) [32]byte { return sha256.Sum256([]byte(secret)) }
