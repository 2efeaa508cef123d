// Package party knows who takes part: persons by exact identifier, bodies, and
// the staff (clerks) who act for them.
//
// It promises that a person is found by exact match or not at all; that the
// same identifier never makes two files; that a clerk acts only with a current
// token and a current, dated training record; and that whether a person has a
// file cannot be learned here by a body. It does not know records.
package party

import (
	"context"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Body is an organisation that furnishes or asks, as the pack in force names it.
type Body struct {
	ID   ref.Body
	Code string
}

// Clerk is a member of a body's staff. StaffNumber is the body's own number.
type Clerk struct {
	ID           ref.Clerk
	Body         Body
	StaffNumber  string
	TrainedUntil when.Date
}

// Signed is a signed-in person. Person is zero where the identifier has no
// file: such a person sees an empty file, like everyone without records.
type Signed struct {
	Person  ref.Person
	Expires time.Time
}

// Token is an official identifier's keyed token under one index generation.
type Token struct {
	Generation int32
	MAC        [16]byte
}

// Tokener makes tokens of identifiers (the vault holds the keys). For each
// input it returns the token of every live generation, newest first: one or two.
// It fails where the vault cannot be reached; nothing is lost then.
type Tokener interface {
	PersonTokens(ctx context.Context, inputs [][]byte) ([][]Token, error)
}

// Sealer closes boxes; see seal.Content.
type Sealer interface {
	Close(ctx context.Context, contents []seal.Content) ([]seal.Box, error)
	Open(ctx context.Context, boxes []seal.Sealed) ([]seal.Opened, error)
}

// Found is what looking for a person gives: their key, or that there is none.
type Found struct {
	Person ref.Person
	There  bool
}

// Store keeps parties. Every write is durable on return.
type Store interface {
	Body(ctx context.Context, code string) (Body, error)                 // fault.NotFound where the pack has none of that code
	BodyCodes(ctx context.Context) (map[ref.Body]string, error)          // all bodies ever known
	PutClerk(ctx context.Context, c Clerk, now time.Time) (Clerk, error) // the clerk of that body and number; trained_until is brought up to date
	PutCredential(ctx context.Context, hash [32]byte, clerk ref.Clerk, now, expires time.Time) error
	RevokeCredentials(ctx context.Context, clerk ref.Clerk, now time.Time) (int64, error)
	ClerkByCredential(ctx context.Context, hash [32]byte, now time.Time) (Clerk, bool, error) // unexpired, unrevoked, not ended
	// PutPass keeps the hash of a clerk's pass to the pages while the token that
	// it was given for is valid, until the earlier of its end and until. False
	// where the token is not valid.
	PutPass(ctx context.Context, pass, token [32]byte, now, until time.Time) (expires time.Time, found bool, err error)
	RevokePass(ctx context.Context, pass [32]byte, now time.Time) error
	// ClerkAndPerson is both at once: the clerk of a valid credential, and the
	// person under any of the tokens, who is looked for only where the clerk is
	// trained on today.
	ClerkAndPerson(ctx context.Context, hash [32]byte, tokens []Token, now time.Time, today when.Date) (Clerk, Found, bool, error)
	PersonByToken(ctx context.Context, tokens []Token) (ref.Person, bool, error)
	PutSession(ctx context.Context, hash [32]byte, s Signed, now time.Time) error
	Session(ctx context.Context, hash [32]byte, now time.Time) (Signed, bool, error)
	DropSession(ctx context.Context, hash [32]byte) error
	LiveUntil(ctx context.Context, p ref.Person) (when.Date, bool, error)
	PutContact(ctx context.Context, p ref.Person, box seal.Box, now time.Time) error
	DropContact(ctx context.Context, p ref.Person, now time.Time) error
	ContactSetAt(ctx context.Context, p ref.Person) (time.Time, bool, error)
}

// The faults of signing in. None says which part was wrong.
var (
	ErrToken = fault.New(fault.Unsigned, "E-TOKEN",
		"The token is missing, unknown, expired or revoked. Nothing was looked up. Ask your body's administrator for a new one.")
	ErrTraining = fault.New(fault.Forbidden, "E-TRAINING",
		"No current training record for this clerk. Nothing was looked up. Record the training, then send the request again.")
	ErrSession = fault.New(fault.Unsigned, "E-SESSION", "You are not signed in, or the sign-in has ended. Sign in to go on.")
)
