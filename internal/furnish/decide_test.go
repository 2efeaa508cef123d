package furnish

import (
	"testing"

	"recourse/internal/dossier"
	"recourse/internal/ref"
	"recourse/internal/when"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	ours, other := ref.Person{1}, ref.Person{2}
	head := dossier.Head{Person: ours, Version: 3, Order: 10, State: dossier.InForce}
	ended := func(state dossier.State) dossier.Head { h := head; h.State = state; return h }
	none := dossier.Head{}
	found := ended(dossier.Withdrawn)
	found.Why = dossier.OfAnother
	const today = when.Date(20000)
	refuted := ended(dossier.Withdrawn)
	refuted.Refuted = true
	certified := refuted
	certified.Readmit = today
	over := refuted
	over.Readmit = today - 1
	corrected := head
	corrected.Refuted = true
	awaited := head
	awaited.Awaited = true
	again := corrected
	again.Readmit = today
	for name, c := range map[string]struct {
		meeting
		want Outcome
		code string
	}{
		"first version":               {meeting{act: Record, known: false, head: none, person: ours, order: 1, same: false, today: today}, New, ""},
		"same again":                  {meeting{act: Record, known: true, head: head, person: ours, order: 10, same: true, today: today}, Unchanged, ""},
		"same content, newer version": {meeting{act: Record, known: true, head: head, person: ours, order: 11, same: true, today: today}, Unchanged, ""},
		"newer version":               {meeting{act: Record, known: true, head: head, person: ours, order: 11, same: false, today: today}, Changed, ""},
		"older version":               {meeting{act: Record, known: true, head: head, person: ours, order: 9, same: false, today: today}, Stale, "E-STALE"},
		"older version, same content": {meeting{act: Record, known: true, head: head, person: ours, order: 9, same: true, today: today}, Stale, "E-STALE"},
		"other content, same version": {meeting{act: Record, known: true, head: head, person: ours, order: 10, same: false, today: today}, Quarantined, "E-SAME-VERSION"},
		"another person":              {meeting{act: Record, known: true, head: head, person: other, order: 11, same: false, today: today}, Quarantined, "E-WRONG-PERSON"},
		"another person's, found so":  {meeting{act: Record, known: true, head: found, person: other, order: 11, same: false, today: today}, New, ""},
		"another person's, found so, again under the same": {meeting{act: Record, known: true, head: found, person: ours, order: 11, same: false, today: today}, Refused, "E-ENDED"},
		"a correction of what was found another's":         {meeting{act: Correct, known: true, head: found, person: other, order: 11, same: false, today: today}, Quarantined, "E-WRONG-PERSON"},
		"withdrawn before":             {meeting{act: Record, known: true, head: ended(dossier.Withdrawn), person: ours, order: 11, same: false, today: today}, Refused, "E-ENDED"},
		"erased":                       {meeting{act: Record, known: true, head: ended(dossier.Erased), person: ours, order: 11, same: false, today: today}, Refused, "E-ENDED"},
		"erased, of another person":    {meeting{act: Record, known: true, head: ended(dossier.Erased), person: other, order: 11, same: false, today: today}, Quarantined, "E-WRONG-PERSON"},
		"a correction":                 {meeting{act: Correct, known: true, head: head, person: ours, order: 11, same: false, today: today}, Changed, ""},
		"a correction of nothing":      {meeting{act: Correct, known: false, head: none, person: ours, order: 11, same: false, today: today}, Refused, "E-NOT-THERE"},
		"a correction, older":          {meeting{act: Correct, known: true, head: head, person: ours, order: 9, same: false, today: today}, Stale, "E-STALE"},
		"a withdrawal":                 {meeting{act: Withdraw, known: true, head: head, person: ours, order: 11, same: false, today: today}, Withdrawn, ""},
		"of the version that is there": {meeting{act: Withdraw, known: true, head: head, person: ours, order: 10, same: false, today: today}, Withdrawn, ""},
		"a withdrawal, older":          {meeting{act: Withdraw, known: true, head: head, person: ours, order: 9, same: false, today: today}, Stale, "E-STALE"},
		"a withdrawal, again":          {meeting{act: Withdraw, known: true, head: ended(dossier.Withdrawn), person: ours, order: 11, same: false, today: today}, Unchanged, ""},
		"a withdrawal of what ended":   {meeting{act: Withdraw, known: true, head: ended(dossier.Erased), person: ours, order: 11, same: false, today: today}, Unchanged, ""},
		"a withdrawal of nothing":      {meeting{act: Withdraw, known: false, head: none, person: ours, order: 11, same: false, today: today}, Refused, "E-NOT-THERE"},
		"a withdrawal, another person": {meeting{act: Withdraw, known: true, head: head, person: other, order: 11, same: false, today: today}, Quarantined, "E-WRONG-PERSON"},
		"refuted before":               {meeting{act: Record, known: true, head: refuted, person: ours, order: 11, today: today}, Refused, "E-REINSERT"},
		"refuted, as a correction":     {meeting{act: Correct, known: true, head: certified, person: ours, order: 11, today: today}, Refused, "E-REINSERT"},
		"refuted, of another person":   {meeting{act: Record, known: true, head: certified, person: other, order: 11, today: today}, Quarantined, "E-WRONG-PERSON"},
		"refuted, and certified":       {meeting{act: Record, known: true, head: certified, person: ours, order: 11, today: today}, New, ""},
		"certified too long ago":       {meeting{act: Record, known: true, head: over, person: ours, order: 11, today: today}, Refused, "E-REINSERT"},
		"refuted, withdrawn again":     {meeting{act: Withdraw, known: true, head: refuted, person: ours, order: 11, today: today}, Unchanged, ""},
		"corrected, and worse again":   {meeting{act: Record, known: true, head: corrected, person: ours, order: 11, worse: true, today: today}, Refused, "E-REINSERT"},
		"corrected, and not worse":     {meeting{act: Record, known: true, head: corrected, person: ours, order: 11, today: today}, Changed, ""},
		"a correction that is worse":   {meeting{act: Correct, known: true, head: awaited, person: ours, order: 11, worse: true, today: today}, Refused, "E-REINSERT"},
		"worse again, and certified":   {meeting{act: Record, known: true, head: again, person: ours, order: 11, worse: true, today: today}, Changed, ""},
		"worse, and never contested":   {meeting{act: Record, known: true, head: head, person: ours, order: 11, worse: true, today: today}, Changed, ""},
	} {
		got := decide(c.meeting)
		if got.outcome != c.want || got.code != c.code {
			t.Errorf("%s: %s %s, want %s %s", name, got.outcome, got.code, c.want, c.code)
		}
		if (got.code != "") != (got.text != "" && got.fix != "" && got.rule != "") {
			t.Errorf("%s: a row that is not taken needs code, rule, text and remedy: %+v", name, got)
		}
	}
	if !decide(meeting{act: Record, known: true, head: head, person: ours, order: 11, same: true, today: today}).advance || decide(meeting{act: Record, known: true, head: head, person: ours, order: 10, same: true, today: today}).advance {
		t.Error("only a newer version advances the order")
	}
}
