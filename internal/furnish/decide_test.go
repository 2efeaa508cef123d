package furnish

import (
	"testing"

	"recourse/internal/dossier"
	"recourse/internal/ref"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	ours, other := ref.Person{1}, ref.Person{2}
	head := dossier.Head{Person: ours, Written: true, Version: 3, Order: 10, State: dossier.InForce}
	with := func(change func(*dossier.Head)) dossier.Head { h := head; change(&h); return h }
	for name, c := range map[string]struct {
		head   dossier.Head
		person ref.Person
		order  int64
		same   bool
		want   Outcome
		code   string
	}{
		"first version":                {dossier.Head{Person: ours}, ours, 1, false, New, ""},
		"same again":                   {head, ours, 10, true, Unchanged, ""},
		"same content, newer version":  {head, ours, 11, true, Unchanged, ""},
		"newer version":                {head, ours, 11, false, Changed, ""},
		"older version":                {head, ours, 9, false, Stale, "E-STALE"},
		"older version, same content":  {head, ours, 9, true, Stale, "E-STALE"},
		"other content, same version":  {head, ours, 10, false, Quarantined, "E-SAME-VERSION"},
		"another person":               {head, other, 11, false, Quarantined, "E-WRONG-PERSON"},
		"another person, reserved ref": {dossier.Head{Person: ours}, other, 1, false, Quarantined, "E-WRONG-PERSON"},
		"withdrawn":                    {with(func(h *dossier.Head) { h.State = dossier.Withdrawn }), ours, 11, false, Refused, "E-ENDED"},
		"erased":                       {with(func(h *dossier.Head) { h.State = dossier.Erased }), ours, 11, false, Refused, "E-ENDED"},
		"erased, of another person":    {with(func(h *dossier.Head) { h.State = dossier.Erased }), other, 11, false, Quarantined, "E-WRONG-PERSON"},
	} {
		got := decide(c.head, c.person, c.order, c.same)
		if got.outcome != c.want || got.code != c.code {
			t.Errorf("%s: %s %s, want %s %s", name, got.outcome, got.code, c.want, c.code)
		}
		if (got.code != "") != (got.text != "" && got.fix != "" && got.rule != "") {
			t.Errorf("%s: a row that is not taken needs code, rule, text and remedy: %+v", name, got)
		}
	}
	if !decide(head, ours, 11, true).advance || decide(head, ours, 10, true).advance {
		t.Error("only a newer version advances the order")
	}
}
