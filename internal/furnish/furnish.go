// Package furnish takes what bodies send: deliveries of rows that become records.
//
// It promises that one bad row never fails a delivery; that a row is attached to
// a person by exact match or quarantined, never guessed; that the same row sent
// twice changes nothing; that a row about another person than before is never
// applied; that nothing about a row that was not taken is kept but its number
// and the rule; and that a delivery cut short goes on where it stopped.
package furnish

import (
	"context"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/merkle"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// Outcome is what became of a row.
type Outcome string

// The outcomes of a row.
const (
	New         Outcome = "new"
	Changed     Outcome = "changed"
	Unchanged   Outcome = "unchanged"
	Withdrawn   Outcome = "withdrawn"   // taken back, as the row asks
	Stale       Outcome = "stale"       // a newer version is here already
	Quarantined Outcome = "quarantined" // whose row it is, or which content counts, is in doubt
	Refused     Outcome = "refused"     // breaks a rule of the type or the law
)

// Counts are rows by outcome.
type Counts struct {
	Done, New, Changed, Unchanged, Withdrawn, Stale, Quarantined, Refused int64
}

func (c *Counts) add(o Outcome) {
	c.Done++
	switch o {
	case New:
		c.New++
	case Changed:
		c.Changed++
	case Unchanged:
		c.Unchanged++
	case Withdrawn:
		c.Withdrawn++
	case Stale:
		c.Stale++
	case Quarantined:
		c.Quarantined++
	case Refused:
		c.Refused++
	}
}

func (c *Counts) plus(o Counts) {
	c.Done += o.Done
	c.New += o.New
	c.Changed += o.Changed
	c.Unchanged += o.Unchanged
	c.Withdrawn += o.Withdrawn
	c.Stale += o.Stale
	c.Quarantined += o.Quarantined
	c.Refused += o.Refused
}

// Finding says why a row was not taken. It never holds a value of the row.
type Finding struct {
	Row     int64 // from 1, the first row after the header
	Outcome Outcome
	Field   string
	Code    string
	Rule    string
	Text    string
	Fix     string
}

// State is where a delivery stands.
type State string

// The states of a delivery.
const (
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
)

// Delivery is what a body sent.
type Delivery struct {
	ID       ref.Delivery
	Body     ref.Body
	Clerk    ref.Clerk
	Key      string // Idempotency-Key
	Type     string
	Pack     string
	FileHash [32]byte // SHA-256 of the file; zero while it was not read to its end
	State    State
	BegunAt  time.Time
	EndedAt  time.Time
	Counts   Counts
	Tree     []byte // of the rows done; see merkle.Range
}

// Root returns the root of the tree over the rows that are done.
func (d Delivery) Root() (merkle.Hash, error) {
	tree, err := merkle.Open(uint64(d.Counts.Done), d.Tree)
	return tree.Root(), err
}

// Step is one transaction of a delivery: rows that follow those done Before.
type Step struct {
	ID       ref.Delivery
	Before   int64
	Add      Counts
	Findings []Finding
	Rows     []byte // what the receipt says of each row; see Proof
	Tree     []byte // of the tree over all rows so far
}

// Store keeps deliveries.
type Store interface {
	// Begin writes a delivery, or returns the one that has its body and key: fresh
	// is false then.
	Begin(ctx context.Context, d Delivery) (got Delivery, fresh bool, err error)
	// Progress adds what became of the next rows where Before rows were done; it
	// joins the unit of ctx. Where another run has gone on meanwhile it is an error.
	Progress(ctx context.Context, s Step) error
	// End ends a delivery as it is given and publishes "furnish.delivered" with the
	// root of its rows, or "furnish.failed".
	End(ctx context.Context, d Delivery) error
	// Rows reads what the receipt says of the rows, in order and part by part.
	Rows(ctx context.Context, id ref.Delivery, each func(rows []byte) error) error
	ByID(ctx context.Context, body ref.Body, id ref.Delivery) (Delivery, bool, error)
	Findings(ctx context.Context, id ref.Delivery, after int64, limit int32) ([]Finding, error)
	// List returns deliveries of a body that a filter lets through, by the instant
	// of their beginning, newest first.
	List(ctx context.Context, body ref.Body, f Filter, limit int32) ([]Delivery, error)
}

// Unit runs do in one transaction that the stores join.
type Unit interface {
	Do(ctx context.Context, do func(context.Context) error) error
}

// Keys is what furnishing needs of the vault.
type Keys interface {
	party.Tokener
	RefMarks(ctx context.Context, body ref.Body, refs [][]byte) ([][16]byte, error)
	DecisionMarks(ctx context.Context, data [][]byte) ([][16]byte, error)
	// CloseCommitted seals contents, and commits to what said says of each.
	CloseCommitted(ctx context.Context, contents []seal.Content, said func(i int) []byte) ([]seal.Box, []seal.Commitment, error)
	Fingerprints(ctx context.Context, ms []seal.Marking) ([]seal.Marked, error)
	Openings(ctx context.Context, held []seal.Held) ([]seal.Opening, error)
	ForgetAll(ctx context.Context, held []seal.Held, why string, now time.Time) error
}

// Merger is the part of dossier that writes records.
type Merger = dossier.Merger

// The faults of a whole delivery. Nothing is kept of a delivery that is refused.
var (
	ErrKey = fault.New(fault.Invalid, "E-KEY",
		"Send an Idempotency-Key of 1 to 255 characters with the delivery, so that sending it again is known as a repeat. Nothing was kept.").At("Idempotency-Key")
	ErrKeyUsed = fault.New(fault.Conflict, "E-KEY-USED",
		"This Idempotency-Key was used for another file or type. Nothing was kept. Use a new key for a new delivery.").At("Idempotency-Key")
	ErrType = fault.New(fault.Forbidden, "E-TYPE",
		"Your body may not furnish this type of record: the pack names another responsible unit, or no such type. Nothing was kept.").At("type").By("A5")
	ErrNotFound = fault.New(fault.NotFound, "E-DELIVERY", "There is no such delivery of your body. Check the number.")
)
