package furnish

import (
	"recourse/internal/dossier"
	"recourse/internal/ref"
	"recourse/internal/when"
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
	same   bool // the row has the fingerprint of the version that is here
	worse  bool // it weighs more on the person than that version (rules C2)
	today  when.Date
}

// refiled reports whether a row brings under its right person what two people found
// to be about somebody else: it begins anew, with the start event that it names (rules E4).
func (m meeting) refiled() bool {
	return m.known && m.act == Record && m.head.Person != m.person && m.head.State == dossier.Withdrawn && m.head.Why == dossier.OfAnother
}

// readmitted reports whether what was refuted may come back, as its source certified.
func (m meeting) readmitted() bool {
	return m.known && m.act == Record && m.head.Person == m.person && m.head.Readmit >= m.today
}

// returns reports whether a row would bring back what was refuted: the record itself, or
// more of what weighs on the person than was left when it was corrected (rules D1).
func (m meeting) returns() bool {
	switch {
	case m.head.State.Empty():
		return m.head.Refuted && m.act != Withdraw
	case m.head.State == dossier.Expired:
		return false
	}
	return (m.head.Refuted || m.head.Awaited) && m.worse && !m.same && m.act != Withdraw && m.order > m.head.Order
}

// decide says what becomes of a row.
func decide(m meeting) verdict {
	over := m.head.State.Empty() || m.head.State == dossier.Expired
	switch {
	case !m.known && m.act == Record:
		return verdict{outcome: New}
	case !m.known:
		return verdict{outcome: Refused, code: "E-NOT-THERE", rule: "order",
			text: "There is no record of this reference that could be corrected or withdrawn.",
			fix:  "Check the reference. If the record was never sent, send it without an action."}
	case m.refiled():
		return verdict{outcome: New}
	case m.head.Person != m.person:
		return verdict{outcome: Quarantined, code: "E-WRONG-PERSON", rule: "E4",
			text: "This reference belongs to a record about another person. It was not applied.",
			fix:  "If the earlier row named the wrong person, withdraw it; if this one does, correct the identifier."}
	case over && m.act == Withdraw:
		return verdict{outcome: Unchanged}
	case m.returns() && !m.readmitted():
		return returned()
	case over && m.returns():
		return verdict{outcome: New}
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

// returned is what becomes of a row that brings back what was refuted.
func returned() verdict {
	return verdict{outcome: Refused, code: "E-REINSERT", rule: "D1",
		text: "This was found wrong on a contest, or nobody decided about it in time. It does not come back by being sent again.",
		fix: "If it is right after all, certify it: open the contest under Contests to answer, sign with reason and document, and have a second officer confirm. " +
			"Then send it under its own reference, without an action. The person is told before anybody sees it."}
}
