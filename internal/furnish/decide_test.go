package furnish

import (
	"testing"

	"recourse/internal/dossier"
	"recourse/internal/ref"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	ours, other := ref.Person{1}, ref.Person{2}
	head := dossier.Head{Person: ours, Version: 3, Order: 10, State: dossier.InForce}
	ended := func(state dossier.State) dossier.Head { h := head; h.State = state; return h }
	none := dossier.Head{}
	for name, c := range map[string]struct {
		meeting
		want Outcome
		code string
	}{
		"first version":                {meeting{Record, false, none, ours, 1, false}, New, ""},
		"same again":                   {meeting{Record, true, head, ours, 10, true}, Unchanged, ""},
		"same content, newer version":  {meeting{Record, true, head, ours, 11, true}, Unchanged, ""},
		"newer version":                {meeting{Record, true, head, ours, 11, false}, Changed, ""},
		"older version":                {meeting{Record, true, head, ours, 9, false}, Stale, "E-STALE"},
		"older version, same content":  {meeting{Record, true, head, ours, 9, true}, Stale, "E-STALE"},
		"other content, same version":  {meeting{Record, true, head, ours, 10, false}, Quarantined, "E-SAME-VERSION"},
		"another person":               {meeting{Record, true, head, other, 11, false}, Quarantined, "E-WRONG-PERSON"},
		"withdrawn before":             {meeting{Record, true, ended(dossier.Withdrawn), ours, 11, false}, Refused, "E-ENDED"},
		"erased":                       {meeting{Record, true, ended(dossier.Erased), ours, 11, false}, Refused, "E-ENDED"},
		"erased, of another person":    {meeting{Record, true, ended(dossier.Erased), other, 11, false}, Quarantined, "E-WRONG-PERSON"},
		"a correction":                 {meeting{Correct, true, head, ours, 11, false}, Changed, ""},
		"a correction of nothing":      {meeting{Correct, false, none, ours, 11, false}, Refused, "E-NOT-THERE"},
		"a correction, older":          {meeting{Correct, true, head, ours, 9, false}, Stale, "E-STALE"},
		"a withdrawal":                 {meeting{Withdraw, true, head, ours, 11, false}, Withdrawn, ""},
		"of the version that is there": {meeting{Withdraw, true, head, ours, 10, false}, Withdrawn, ""},
		"a withdrawal, older":          {meeting{Withdraw, true, head, ours, 9, false}, Stale, "E-STALE"},
		"a withdrawal, again":          {meeting{Withdraw, true, ended(dossier.Withdrawn), ours, 11, false}, Unchanged, ""},
		"a withdrawal of what ended":   {meeting{Withdraw, true, ended(dossier.Erased), ours, 11, false}, Unchanged, ""},
		"a withdrawal of nothing":      {meeting{Withdraw, false, none, ours, 11, false}, Refused, "E-NOT-THERE"},
		"a withdrawal, another person": {meeting{Withdraw, true, head, other, 11, false}, Quarantined, "E-WRONG-PERSON"},
	} {
		got := decide(c.meeting)
		if got.outcome != c.want || got.code != c.code {
			t.Errorf("%s: %s %s, want %s %s", name, got.outcome, got.code, c.want, c.code)
		}
		if (got.code != "") != (got.text != "" && got.fix != "" && got.rule != "") {
			t.Errorf("%s: a row that is not taken needs code, rule, text and remedy: %+v", name, got)
		}
	}
	if !decide(meeting{Record, true, head, ours, 11, true}).advance || decide(meeting{Record, true, head, ours, 10, true}).advance {
		t.Error("only a newer version advances the order")
	}
}
