package furnish

import (
	"slices"
)

// outcomes are the outcomes by the number that stands for them in a receipt.
func outcomes() []Outcome {
	return []Outcome{"", New, Changed, Unchanged, Withdrawn, Stale, Quarantined, Refused}
}

func outcomeNumber(o Outcome) int { return slices.Index(outcomes(), o) }
