package dossier

import (
	"context"
	"time"

	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Why is why a record ended before its day. The vault keeps it with what it was
// asked to forget.
type Why string

// The reasons. CHECK constraints of the database repeat them.
const (
	TakenBack Why = "withdrawn"    // by its source, on a decision, or because nobody decided in time
	Restored  Why = "repaired"     // the person met what ends it early
	OfAnother Why = "wrong person" // it is about somebody else (rules E4)
	ByOrder   Why = "ordered"      // by a court or an authority
)

// State is what is left of a record that ended for that reason.
func (w Why) State() State {
	if w == Restored {
		return Repaired
	}
	return Withdrawn
}

// Change is what became of such a record to those who were given it: the refs of
// "dossier.changed".
func (w Why) Change() string {
	switch w {
	case OfAnother:
		return ChangeForeign
	case TakenBack:
		return ChangeWithdrawn
	}
	return ChangeEnded
}

// Empty reports whether a record in that state has lost its content.
func (s State) Empty() bool { return s == Withdrawn || s == Repaired || s == Erased }

// Early is one record that ends before its day.
type Early struct {
	Key
	Why Why
	// Rule is what it rests on, as the receipt of its erasure names it: an article of
	// the pack, a route, the number of a contest or an order. 1 to 200 bytes; it names
	// nobody.
	Rule string
	// Refuted says that it was found wrong, or nobody decided within twice the clock: it
	// comes back on certificate alone (rules D1).
	Refuted bool
}

// Ender ends records before their day: the one way for every reason that there is.
type Ender interface {
	// End takes the content of those records that have one, in one transaction and
	// under the gates of their persons, and asks the vault to forget their leaves. It
	// joins the unit of ctx. It publishes "dossier.withdrawn" or "dossier.repaired" for
	// each, with record, why and rule, and "dossier.changed" for those who were given it,
	// and "dossier.silenced" where words of its person went with it; and returns them; what ended before is left
	// alone. The refs of their sources stay blocked. Nobody is shown anything of them
	// from the commit on; from the day on that the receipt names no copy can be read.
	End(ctx context.Context, list []Early, now time.Time) ([]Early, error)
}

// Tombstone is what is left of a record whose content is gone: when and why, and
// nothing of what it said. It counts nowhere.
type Tombstone struct {
	Key
	Version   int32
	Type      string
	Source    ref.Body
	Pack      string
	Start     when.Date
	RetainEnd when.Date
	Slot      seal.Slot // where its content was sealed last
	EndedAt   time.Time
	Why       Why    // empty where its retention ended
	Rule      string // empty where its retention ended
}

// Tombstones reads what is left of records.
type Tombstones interface {
	// Tombstones returns those of a person, latest first, at most 1000; of one record
	// where it is not zero.
	Tombstones(ctx context.Context, p ref.Person, r ref.Record) ([]Tombstone, error)
	// Ending returns a person's records with content whose retention ends in a span of
	// days, the next first, without their content.
	Ending(ctx context.Context, p ref.Person, from, until when.Date) ([]Tombstone, error)
}
