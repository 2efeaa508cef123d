package early_test

import (
	"testing"

	"recourse/internal/repair"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

const relief = "loans-paid"

// Rules D4, D8: a class ends for everybody on the word of two, without an application.
// Only what the relief covers ends, and only where the source says that it was paid.
func TestRelief(t *testing.T) {
	t.Parallel()
	h := open(t)
	paid := h.file(t, "loan-default", "sample-bank", when.Of(2024, 5, 6))
	late := h.file(t, "loan-default", "sample-bank", when.Of(2026, 1, 2))
	other := h.file(t, "loan-default", "hubei-pbc", when.Of(2024, 5, 6))
	h.file(t, "loan-settled", "sample-bank", when.Of(2026, 2, 3))
	if err := h.ProposeRelief(t.Context(), h.other, relief, h.Now()); code(err) != "E-RELIEF" {
		t.Errorf("by another body: %v", err)
	}
	if err := h.ProposeRelief(t.Context(), h.registryA, relief, h.Now()); err != nil {
		t.Fatal(err)
	}
	h.tend(t)
	if h.state(t, paid) != "in force" {
		t.Fatal("on the word of one")
	}
	if err := h.ConfirmRelief(t.Context(), h.registryA, relief, h.Now()); code(err) != "E-RELIEF" {
		t.Errorf("one person twice: %v", err)
	}
	if err := h.ConfirmRelief(t.Context(), h.registryB, relief, h.Now()); err != nil {
		t.Fatal(err)
	}
	h.tend(t)
	if h.state(t, paid) != "repaired" || h.state(t, late) != "in force" || h.state(t, other) != "in force" {
		t.Errorf("paid %s, after the cut-off %s, never paid %s", h.state(t, paid), h.state(t, late), h.state(t, other))
	}
	_, entries, err := h.List(t.Context(), h.person)
	if err != nil || len(entries) != 1 || entries[0].How != repair.ByRelief || h.events(t, "repair.restored") != 1 {
		t.Errorf("%+v, %d letters are owed, %v", entries, h.events(t, "repair.restored"), err)
	}
	offers, err := h.Offers(t.Context(), h.registryA, h.Now())
	if err != nil || len(offers) != 1 || offers[0].Carried.Ended != 1 || offers[0].Carried.DoneAt.IsZero() {
		t.Errorf("%+v %v", offers, err)
	}
	// Of two debts of which one was paid, nobody knows which: neither ends.
	two := open(t)
	a, b := two.file(t, "loan-default", "sample-bank", when.Of(2024, 5, 6)), two.file(t, "loan-default", "sample-bank", when.Of(2024, 6, 6))
	two.file(t, "loan-settled", "sample-bank", when.Of(2026, 2, 3))
	two.carried(t)
	if two.state(t, a) != "in force" || two.state(t, b) != "in force" {
		t.Errorf("%s %s", two.state(t, a), two.state(t, b))
	}
}

func (h *house) carried(t *testing.T) {
	t.Helper()
	if err := h.ProposeRelief(t.Context(), h.registryA, relief, h.Now()); err != nil {
		t.Fatal(err)
	}
	if err := h.ConfirmRelief(t.Context(), h.registryB, relief, h.Now()); err != nil {
		t.Fatal(err)
	}
	h.tend(t)
}

// Rules D4: an act for a class with one change that is not in its person's favour is
// refused whole, when it is proposed, confirmed, and when it would be carried out.
func TestRelief_refusedWhole(t *testing.T) {
	t.Parallel()
	h := open(t)
	paid := h.file(t, "loan-default", "sample-bank", when.Of(2024, 5, 6))
	h.file(t, "loan-settled", "sample-bank", when.Of(2026, 2, 3))
	good := h.file(t, "loan-default", "sample-bank", when.Of(2024, 7, 8))
	favourable := func(is bool) { h.Exec(t, "update dossier.record set negative = $2 where record = $1", good, !is) }
	favourable(true)
	if err := h.ProposeRelief(t.Context(), h.registryA, relief, h.Now()); code(err) != "E-RELIEF-UNFAVOURABLE" {
		t.Errorf("proposed: %v", err)
	}
	favourable(false)
	if err := h.ProposeRelief(t.Context(), h.registryA, relief, h.Now()); err != nil {
		t.Fatal(err)
	}
	favourable(true)
	if err := h.ConfirmRelief(t.Context(), h.registryB, relief, h.Now()); code(err) != "E-RELIEF-UNFAVOURABLE" {
		t.Errorf("confirmed: %v", err)
	}
	favourable(false)
	h.file(t, "loan-settled", "sample-bank", when.Of(2026, 2, 4))
	if err := h.ConfirmRelief(t.Context(), h.registryB, relief, h.Now()); err != nil {
		t.Fatal(err)
	}
	favourable(true)
	h.tend(t)
	if h.state(t, paid) != "in force" || housetest.Ask[int](t, h.Fixture, "select count(*) from repair.relief where done_at is not null") != 0 {
		t.Error("carried out in part")
	}
	favourable(false)
	h.tend(t)
	if h.state(t, paid) != "repaired" || h.state(t, good) != "repaired" {
		t.Errorf("control: %s %s", h.state(t, paid), h.state(t, good))
	}
}
