package furnish

import (
	"recourse/internal/dossier"
	"recourse/internal/ref"
)

// Action is what a row asks for.
type Action string

// The actions. A file without a column of that name records.
const (
	Record   Action = "record"   // keep this; also what an empty cell means
	Correct  Action = "correct"  // keep this in place of what is there
	Withdraw Action = "withdraw" // take back what is there
)

// ActionColumn is the column that a delivery may have besides those of its type.
const ActionColumn = "action"

// verdict is what becomes of a checked row that meets what is here already.
type verdict struct {
	outcome Outcome
	advance bool // unchanged, but the source's version is newer
	code    string
	rule    string
	text    string
	fix     string
}

// meeting is a checked row and what it meets. Head is meaningless where the ref
// is not known.
type meeting struct {
	act    Action
	known  bool
	head   dossier.Head
	person ref.Person
	order  int64
	same   bool // the content has the fingerprint of the version that is here
}

// decide says what becomes of a row.
func decide(m meeting) verdict {
	over := m.head.State == dossier.Withdrawn || m.head.State == dossier.Erased || m.head.State == dossier.Expired
	switch {
	case !m.known && m.act == Record:
		return verdict{outcome: New}
	case !m.known:
		return verdict{outcome: Refused, code: "E-NOT-THERE", rule: "order",
			text: "There is no record of this reference that could be corrected or withdrawn.",
			fix:  "Check the reference. If the record was never sent, send it without an action."}
	case m.head.Person != m.person:
		return verdict{outcome: Quarantined, code: "E-WRONG-PERSON", rule: "E4",
			text: "This reference belongs to a record about another person. It was not applied.",
			fix:  "If the earlier row named the wrong person, withdraw it; if this one does, correct the identifier."}
	case over && m.act == Withdraw:
		return verdict{outcome: Unchanged}
	case over:
		return verdict{outcome: Refused, code: "E-ENDED", rule: "E1",
			text: "The record of this reference was withdrawn or has ended; it is not taken again.",
			fix:  "If there is a new decision, send it under a reference of its own."}
	case m.order < m.head.Order:
		return verdict{outcome: Stale, code: "E-STALE", rule: "order",
			text: "A newer version of this record is here already.",
			fix:  "Nothing to do, unless the version was meant to be higher."}
	case m.act == Withdraw:
		return verdict{outcome: Withdrawn}
	case m.same:
		return verdict{outcome: Unchanged, advance: m.order > m.head.Order}
	case m.order == m.head.Order:
		return verdict{outcome: Quarantined, code: "E-SAME-VERSION", rule: "order",
			text: "Another content came with the same version of this record. Which one counts is not guessed.",
			fix:  "Send the right content with a higher version."}
	}
	return verdict{outcome: Changed}
}
