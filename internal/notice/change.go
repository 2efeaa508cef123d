package notice

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Became is what became of a record that a body was given. The set is closed: a change
// notice never brings a new record (rules C4).
type Became string

// What can become of it. CHECK constraints of the database repeat them.
const (
	FoundWrong    Became = "found wrong"     // it was decided that it is wrong; the source has to send what is right
	WasCorrected  Became = "corrected"       // the source put a right version in its place
	WasWithdrawn  Became = "withdrawn"       // it is gone
	WasEnded      Became = "ended"           // it ended before its day
	NotThisPerson Became = "not this person" // it is somebody else's
	Unverifiable  Became = "unverifiable"    // nobody can show whether it is right; it is not shown
)

// Change is what a body that was given a record is told of it afterwards. It holds
// nothing of what the record says.
type Change struct {
	ID        ref.Change
	Person    ref.Person
	Body      ref.Body // that is told
	Record    ref.Record
	Became    Became
	Type      string
	Source    ref.Body
	Start     when.Date     // day of the event that the record is about, as the answer had it
	Inquiries []ref.Inquiry // of the body, in which it was given the record
	At        time.Time     // in the body's inbox since
	Hook      ref.Hook      // where it is sent as well; zero where the body wants nothing sent
	Tries     int32
	NextAt    time.Time // of the next try; zero where none is due
	SentAt    time.Time // a webhook took it; zero where none did
	DeadAt    time.Time // no webhook took it in its time
	Code      string    // of the last try that failed
	AckedAt   time.Time // the body says that it took note; zero while it did not
	AckedBy   ref.Clerk
}

// Cursor is a place in a body's list of changes; the zero one is before the first.
type Cursor struct {
	At time.Time
	ID ref.Change
}

// String writes the cursor for a caller to give back.
func (c Cursor) String() string {
	if c == (Cursor{}) {
		return ""
	}
	return strconv.FormatInt(c.At.UnixMicro(), 10) + "." + c.ID.String()
}

// ParseCursor reads what String wrote; nothing is the zero cursor.
func ParseCursor(s string) (Cursor, error) {
	if s == "" {
		return Cursor{}, nil
	}
	at, id, _ := strings.Cut(s, ".")
	micro, err := strconv.ParseInt(at, 10, 64)
	change, bad := ref.Parse[ref.Change](id)
	if err != nil || bad != nil {
		return Cursor{}, fault.New(fault.Invalid, "E-CURSOR", "This is no place in the list. Nothing was changed; begin anew, or send what the last answer gave as next.").At("after")
	}
	return Cursor{At: time.UnixMicro(micro).UTC(), ID: change}, nil
}

// Listing is which of a body's changes are listed: the oldest first, Limit at most.
type Listing struct {
	Body  ref.Body
	Open  bool // only what the body has not acknowledged
	After Cursor
	Limit int
}

// Changes keeps what bodies are told. Every write is durable on return.
type Changes interface {
	// Tell writes changes, each once, and publishes "notice.recipients-told" for those
	// that were not there; where the body has a webhook, it is due at once.
	Tell(ctx context.Context, changes []Change) error
	List(ctx context.Context, l Listing) ([]Change, error)
	About(ctx context.Context, p ref.Person, r ref.Record) ([]Change, error) // oldest first, at most 1000
	Latest(ctx context.Context, body ref.Body, limit int) ([]Change, error)  // newest first
	// Replayed publishes "notice.change-replayed" before one of a body's changes is sent
	// again on a clerk's word; false where the body has no such change, ErrChangeWaits
	// where it is on its way or was given up.
	Replayed(ctx context.Context, body ref.Body, id ref.Change, by ref.Clerk, now time.Time) (Change, bool, error)
	// Acknowledge notes once that a body took note, and publishes
	// "notice.change-acknowledged"; false where the body has no such change.
	Acknowledge(ctx context.Context, body ref.Body, id ref.Change, by ref.Clerk, now time.Time) (Change, bool, error)
}

// Pseudonymer gives a person's pseudonym for one body.
type Pseudonymer interface {
	Pseudonym(ctx context.Context, b ref.Body, p ref.Person) ([16]byte, error)
}

// Note is a change as the body reads it, in its inbox and from its webhook.
type Note struct {
	Change    string   `json:"change" doc:"Number of the change; acknowledge it by this."`
	Became    string   `json:"became" enum:"found wrong,corrected,withdrawn,ended,not this person,unverifiable" doc:"What became of the record that you were given. It is never a new record."`
	Inquiries []string `json:"inquiries" nullable:"false" doc:"Your inquiries in whose answers the record was."`
	Subject   string   `json:"subject" pattern:"^[0-9a-f]{32}$" doc:"The person's pseudonym for your body, as in those answers."`
	Type      string   `json:"type" doc:"Type of the record, as in those answers."`
	Source    string   `json:"source" doc:"Code of the body that filed the record."`
	Start     string   `json:"start" format:"date" doc:"Day of the event that the record is about, as in those answers."`
	At        string   `json:"at" format:"date-time" doc:"When you were told."`
}

// Inbox is the use cases of a body that is told.
type Inbox struct {
	Changes     Changes
	Hooks       Hooks
	Secrets     Secrets
	Pseudonymer Pseudonymer
	Bodies      func(ref.Body) (code string, ok bool) // of the packs that are or were in force
	Checker     Checker
	Poster      Poster // sends again what a clerk asks for
}

// ErrNoChange is the answer for a change that is not there or not the body's: alike.
var ErrNoChange = fault.New(fault.NotFound, "E-CHANGE", "Your body was told of no such change. Nothing was changed; check the number.")

// MostChanges is how many changes a list has at most.
const MostChanges = 200

// List returns a body's changes and the place behind them; a zero one where no more
// follow.
func (s *Inbox) List(ctx context.Context, l Listing) ([]Change, Cursor, error) {
	if l.Limit < 1 || l.Limit > MostChanges {
		l.Limit = MostChanges
	}
	want := l.Limit
	l.Limit++
	list, err := s.Changes.List(ctx, l)
	if err != nil || len(list) <= want {
		return list, Cursor{}, err
	}
	last := list[want-1]
	return list[:want], Cursor{At: last.At, ID: last.ID}, nil
}

// Note writes a change for its body.
func (s *Inbox) Note(ctx context.Context, c Change) (Note, error) {
	name, err := s.Pseudonymer.Pseudonym(ctx, c.Body, c.Person)
	if err != nil {
		return Note{}, err
	}
	source, ok := s.Bodies(c.Source)
	if !ok {
		return Note{}, fmt.Errorf("change %s: its source is not known", c.ID)
	}
	n := Note{Change: c.ID.String(), Became: string(c.Became), Inquiries: []string{}, Subject: hex.EncodeToString(name[:]), Type: c.Type, Source: source,
		Start: c.Start.String(), At: c.At.UTC().Format(time.RFC3339Nano)}
	for _, q := range c.Inquiries {
		n.Inquiries = append(n.Inquiries, q.String())
	}
	return n, nil
}

// Acknowledge notes that a body took note of a change. The first time counts.
func (s *Inbox) Acknowledge(ctx context.Context, body ref.Body, id ref.Change, by ref.Clerk, now time.Time) (Change, error) {
	c, found, err := s.Changes.Acknowledge(ctx, body, id, by, now)
	if err == nil && !found {
		err = ErrNoChange
	}
	return c, err
}

// NumberOf makes the number of a change from the event that caused it, so that a repeat
// of the event writes nothing anew.
func NumberOf(event [16]byte, r ref.Record, body ref.Body) (id ref.Change) {
	h := sha256.New()
	h.Write([]byte("recourse/change/v1"))
	h.Write(event[:])
	h.Write(r[:])
	h.Write(body[:])
	copy(id[:], h.Sum(nil))
	return id
}
