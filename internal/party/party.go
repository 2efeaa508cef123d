// Package party knows who takes part: persons by exact identifier, bodies, and
// the staff (clerks) who act for them.
//
// It promises that a person is found by exact match or not at all; that the
// same identifier never makes two files; that a clerk acts only with a current
// token, a current, dated training record and a mandate that holds today; that what
// gives somebody of a body a right needs two of its heads; and that whether a person has a
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
	Desks        DeskSet // at which they work today; none where no mandate holds
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
	Body(ctx context.Context, code string) (Body, error)                                 // fault.NotFound where the pack has none of that code
	BodyCodes(ctx context.Context) (map[ref.Body]string, error)                          // all bodies ever known
	PutClerk(ctx context.Context, c Clerk, from when.Date, now time.Time) (Clerk, error) // the clerk of that body and number; trained_until, and until when it works at its desks, are brought up to date
	PutCredential(ctx context.Context, hash [32]byte, clerk ref.Clerk, now, expires time.Time) error
	RevokeCredentials(ctx context.Context, clerk ref.Clerk, now time.Time) (int64, error)                      // and ends the clerk's sign-ins to the pages
	ClerkByCredential(ctx context.Context, hash [32]byte, now time.Time, today when.Date) (Clerk, bool, error) // unexpired, unrevoked, not ended
	// ClerkAndPerson is both at once: the clerk of a valid credential, and the
	// person under any of the tokens, who is looked for only where the clerk is
	// trained on today and may ask.
	ClerkAndPerson(ctx context.Context, hash [32]byte, tokens []Token, now time.Time, today when.Date) (Clerk, Found, bool, error)
	PersonByToken(ctx context.Context, tokens []Token) (ref.Person, bool, error)
	LiveUntil(ctx context.Context, p ref.Person) (when.Date, bool, error)
	PutContact(ctx context.Context, p ref.Person, box seal.Box, now time.Time) error
	DropContact(ctx context.Context, p ref.Person, now time.Time) error
	ContactSetAt(ctx context.Context, p ref.Person) (time.Time, bool, error)
}

// The faults of signing in. None says which part was wrong.
var (
	ErrToken = fault.New(fault.Unsigned, "E-TOKEN",
		"The token is missing, unknown, expired or revoked, or the key that signed is not confirmed yet, over or ended. Nothing was looked up. Ask your body's administrator for a new token, or a head of your body to confirm the key.")
	ErrTraining = fault.New(fault.Forbidden, "E-TRAINING",
		"No current training record for this clerk. Nothing was looked up. Record the training, then send the request again.")
	ErrStaff = fault.New(fault.Forbidden, "E-STAFF-UNKNOWN",
		"The identity service says who you are, but your body has not made you known here. Nobody was signed in. Ask your body's administrator.")
	ErrClosed = fault.New(fault.Forbidden, "E-FILE-CLOSED",
		"A death was entered for the person of this identifier, and the file opens to nobody. If that is wrong, tell the registry at once, by the contact at the foot of the page: within a day of the entry two people can take it back.").By("F4")
	ErrKnock   = fault.New(fault.Refused, "E-KNOCK", "This sign-in was begun in another browser, was finished already, or took longer than ten minutes. Nobody was signed in. Begin again.")
	ErrSession = fault.New(fault.Unsigned, "E-SESSION", "You are not signed in, or the sign-in has ended. Sign in to go on.")
)
