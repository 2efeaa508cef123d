package consent

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strconv"
	"strings"
	"time"

	"recourse/internal/canon"
	"recourse/internal/fault"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Asked is what a body wants a person to allow.
type Asked struct {
	ID       ref.Request
	Person   ref.Person // zero until somebody entered the code
	Body     ref.Body
	Terms    // Started is the person's to say; Body is empty
	AskedAt  time.Time
	OpenedAt time.Time // zero until somebody entered the code
	EndedAt  time.Time // zero while it is open
	Ending   Ending    // empty while it is open
}

// Ending is what the person decided about a request. The set is closed.
type Ending string

// The endings.
const (
	ByGiving  Ending = "given"
	ByRefusal Ending = "refused"
	NoRight   Ending = "no right" // refused, and said that the body had no right to ask
)

// Requests keeps what bodies ask for. Every write is durable on return.
type Requests interface {
	// Ask keeps a request under the hash of its code; one that is there stays.
	Ask(ctx context.Context, hash [32]byte, a Asked, expires time.Time) error
	// Enter makes the request behind a code the person's: the first who enters it. It
	// publishes "consent.requested". False: none, over, or somebody else's.
	Enter(ctx context.Context, hash [32]byte, p ref.Person, now time.Time) (Asked, bool, error)
	// End ends an open request and publishes it; false where there is none.
	End(ctx context.Context, p ref.Person, r ref.Request, how Ending, now time.Time) (bool, error)
	OfPerson(ctx context.Context, p ref.Person) ([]Asked, error) // newest first, at most 500
}

// codeDays is how long a code can be entered: long enough for a letter, short enough
// that nobody wonders what it was for.
const codeDays = 14

// ErrNoRequest is the answer for a code or request that is not there, over, or not the
// caller's: alike.
var ErrNoRequest = fault.New(fault.NotFound, "E-REQUEST", "There is no open request under this code or number. Check it; a code can be entered for 14 days, and only once.").At("code")

// Ask makes a code under which a person can look at what a clerk's body wants to be
// allowed. It is about nobody yet: the body hands the code to whom it asks, and is never
// told what became of it. The terms are checked against the law alone.
// The same key, clerk and terms give the same code.
func (s *Service) Ask(ctx context.Context, clerk party.Clerk, key string, t Terms, now time.Time) (code string, expires time.Time, err error) {
	t.Body, t.Started = clerk.Body.Code, true
	g, err := Check(s.Shelf.At(now), t, now)
	if err != nil {
		return "", time.Time{}, err
	}
	id, err := ref.Mint[ref.Request](s.Chance)
	if err != nil {
		return "", time.Time{}, err
	}
	code = codeOf(clerk.ID, key, g)
	t.Types, t.Body, t.Started = g.Types, "", false
	expires = now.AddDate(0, 0, codeDays)
	return code, expires, s.Requests.Ask(ctx, hashed(code), Asked{ID: id, Body: clerk.Body.ID, Terms: t, AskedAt: now}, expires)
}

var letters = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// codeOf makes 60 bits, in three groups of four letters that cannot be mistaken, of what
// only the clerk's body knows.
func codeOf(c ref.Clerk, key string, g Given) string {
	about := canon.Texts(append([]string{"recourse/consent-request/v1", string(c[:]), key, g.Purpose, g.Until.Format(time.RFC3339), strconv.FormatBool(g.Single)}, g.Types...)...)
	sum := sha256.Sum256(about)
	s := letters.EncodeToString(sum[:])
	return s[:4] + "-" + s[4:8] + "-" + s[8:12]
}

// hashed is what is kept of a code, however it was typed.
func hashed(code string) [32]byte {
	clean := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(code))
	return sha256.Sum256([]byte("recourse/consent-code/v1" + clean))
}

// Enter shows a person what is asked of them under a code, and lists it to them from
// then on.
func (s *Service) Enter(ctx context.Context, p ref.Person, code string, now time.Time) (Asked, error) {
	if p.IsZero() {
		return Asked{}, ErrNoRequest
	}
	a, found, err := s.Requests.Enter(ctx, hashed(code), p, now)
	if err == nil && !found {
		err = ErrNoRequest
	}
	return a, err
}

// RequestsOf returns what bodies asked a person for, newest first.
func (s *Service) RequestsOf(ctx context.Context, p ref.Person) ([]Asked, error) {
	if p.IsZero() {
		return nil, nil
	}
	return s.Requests.OfPerson(ctx, p)
}

// Refuse ends a request without a consent. Nobody but the person is told.
func (s *Service) Refuse(ctx context.Context, p ref.Person, r ref.Request, noRight bool, now time.Time) error {
	how := ByRefusal
	if noRight {
		how = NoRight
	}
	found, err := s.Requests.End(ctx, p, r, how, now)
	if err == nil && !found {
		err = ErrNoRequest
	}
	return err
}

// Choice is what a person allows of what a body asked for.
type Choice struct {
	Types   []string
	Until   when.Date
	Started bool // the person says that they started the matter
}

// Agree gives what a body asked for, or less: types that the person left out stay out,
// and the last day is the earlier one. What was not asked for cannot be given by it.
func (s *Service) Agree(ctx context.Context, p ref.Person, r ref.Request, c Choice, now time.Time) (Given, error) {
	all, err := s.RequestsOf(ctx, p)
	if err != nil {
		return Given{}, err
	}
	for _, a := range all {
		if a.ID != r || a.Ending != "" {
			continue
		}
		t := a.within(c)
		if t.Body, err = s.bodyOf(ctx, a, now); err != nil {
			return Given{}, err
		}
		return s.give(ctx, p, t, r, now)
	}
	return Given{}, ErrNoRequest
}

// bodyOf is the code of the body, where it may ask for the purpose today; else empty.
func (s *Service) bodyOf(ctx context.Context, a Asked, now time.Time) (string, error) {
	rule, _ := s.Shelf.At(now).Purpose(a.Purpose)
	for _, code := range rule.Bodies {
		if b, err := s.Bodies.Body(ctx, code); err != nil || b.ID == a.Body {
			return code, err
		}
	}
	return "", nil
}

// within is what is left of a request's terms.
func (a Asked) within(c Choice) Terms {
	t := a.Terms
	t.Types, t.Started = nil, c.Started
	for _, typ := range a.Types {
		if slices.Contains(c.Types, typ) {
			t.Types = append(t.Types, typ)
		}
	}
	t.Until = min(t.Until, c.Until)
	return t
}
