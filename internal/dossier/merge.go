package dossier

import (
	"context"
	"errors"
	"time"

	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Head is what is known of a record without its content.
type Head struct {
	Person  ref.Person
	Record  ref.Record
	Version int32
	Order   int64
	State   State
	Why     Why // where it ended before its day
	Slot    seal.Slot
	Mark    [16]byte // fingerprint of the content and of whom it is about
	Weight  []byte   // of what of it weighs on the person; see seal.Weigh
	Retain  when.Date
	Awaited bool // it was found wrong, and waits for its source's new version
	AtOnce  AtOnce
	Stated  bool      // the person says something about it
	Refuted bool      // it was found wrong, not decided in twice the clock, or taken back while it was contested
	Readmit when.Date // last day on which it may come back, as its source certified; zero without that
}

// Written is one version of a record to be merged.
type Written struct {
	Person     ref.Person
	Record     ref.Record
	MAC        [16]byte // of the source's ref; for a new record
	OldVersion int32    // 0 for a new record
	Order      int64
	Start      when.Date
	DisplayEnd when.Date
	RetainEnd  when.Date
	Removed    bool     // of a status decision that is changed: DisplayEnd counts where it is earlier than before (rules A4)
	Decision   [16]byte // keyed mark of the decision it rests on; zero where the type names none
	Mark       [16]byte
	Moved      ref.Record // of a new record: the one that its ref led to, of another person by mistake, or refuted and certified
	Stated     bool       // of what is withdrawn: words of the person went with it
	Readmitted bool       // comes back on certificate: the letter says so
	Worse      bool       // a change that is to be told anew (rules C2); of negative types
	Mends      bool       // a change by which the source takes back what it said before
	AtOnce     AtOnce
	Tells      bool // the letter about it tells of the effect at once, and is owed with it
	Box        seal.Box
}

// Batch is what one delivery writes at once. All of it has one type and source.
type Batch struct {
	Delivery  ref.Delivery
	Source    ref.Body
	Type      string
	Pack      string
	Negative  bool
	Now       time.Time
	New       []Written
	Changed   []Written
	Advance   []Written // content unchanged, the source's version is newer
	Withdrawn []Written // taken back by their source: the content goes, the ref stays blocked
}

// Noticed are the records of which a letter is owed from now on: what is negative and
// new or worse (rules C2), apart what of it has effect at once (rules C3), and what comes
// back on certificate (rules D1).
func (b Batch) Noticed() (list, atOnce, back []Told) {
	if !b.Negative {
		return nil, nil, nil
	}
	list = make([]Told, 0, len(b.New)+len(b.Changed))
	for _, part := range [][]Written{b.New, b.Changed} {
		for i := range part {
			w := &part[i]
			told := Told{Person: w.Person, Record: w.Record, Version: w.OldVersion + 1}
			switch {
			case w.OldVersion > 0 && !w.Worse: // inherits the letter of the version before it
			case w.Readmitted:
				back = append(back, told)
			case w.Tells:
				atOnce = append(atOnce, told)
			default:
				list = append(list, told)
			}
		}
	}
	return list, atOnce, back
}

// Decided asks whether a decision about a person is on their file under another
// type.
type Decided struct {
	Person ref.Person
	Mark   [16]byte
}

// Rested is a record that rests on a decision, or did.
type Rested struct {
	Type   string
	Record ref.Record
}

// ErrTaken is returned where somebody else wrote one of the records first.
// Nothing of the unit may be kept; look at the heads anew.
var ErrTaken = errors.New("somebody else was faster")

// Merger writes records for furnishing.
type Merger interface {
	// Heads returns the heads of the refs that are known, by MAC of the ref.
	Heads(ctx context.Context, source ref.Body, macs [][16]byte) (map[[16]byte]Head, error)
	// Elsewhere returns those of the decisions that records of other types of the
	// same person rest on, unless they were withdrawn or erased, and those that records
	// of the type rested on that were refuted and have ended.
	Elsewhere(ctx context.Context, typ string, ds []Decided) (map[Decided][]Rested, error)
	// Merge writes a batch; a new record that was filed under somebody else takes the
	// ref of that one along, and it publishes "dossier.refiled" for it. It joins the unit of ctx. It publishes "dossier.noticed"
	// for what is negative and new or worse: the letters are owed from then on,
	// whatever happens. A change that is not worse inherits the letter of the version
	// before it, with what has come of it (rules C2). Of what is withdrawn or mended it
	// publishes "dossier.changed", for those who were given it (rules C4), and "dossier.silenced" where words of its
	// person went with what is withdrawn; a change for
	// the worse is no correction, and a new version by itself is none either.
	Merge(ctx context.Context, b Batch) error
}
