package furnish

import (
	"recourse/internal/dossier"
	"recourse/internal/ref"
)

// verdict is what becomes of a checked row that meets what is here already.
type verdict struct {
	outcome Outcome
	advance bool // unchanged, but the source's version is newer
	code    string
	rule    string
	text    string
	fix     string
}

// decide compares a row with the head of its record. same says whether the
// content has the fingerprint of the version that is here.
func decide(head dossier.Head, person ref.Person, order int64, same bool) verdict {
	switch {
	case head.Person != person:
		return verdict{outcome: Quarantined, code: "E-WRONG-PERSON", rule: "E4",
			text: "This reference belongs to a record about another person. It was not applied.",
			fix:  "If the earlier row named the wrong person, withdraw it; if this one does, correct the identifier."}
	case !head.Written:
		return verdict{outcome: New}
	case head.State == dossier.Withdrawn || head.State == dossier.Erased || head.State == dossier.Expired:
		return verdict{outcome: Refused, code: "E-ENDED", rule: "E1",
			text: "The record of this reference was withdrawn or has ended; it is not taken again.",
			fix:  "If there is a new decision, send it under a reference of its own."}
	case order < head.Order:
		return verdict{outcome: Stale, code: "E-STALE", rule: "order",
			text: "A newer version of this record is here already.",
			fix:  "Nothing to do, unless the version was meant to be higher."}
	case same:
		return verdict{outcome: Unchanged, advance: order > head.Order}
	case order == head.Order:
		return verdict{outcome: Quarantined, code: "E-SAME-VERSION", rule: "order",
			text: "Another content came with the same version of this record. Which one counts is not guessed.",
			fix:  "Send the right content with a higher version."}
	}
	return verdict{outcome: Changed}
}
