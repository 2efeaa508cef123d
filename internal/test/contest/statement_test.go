package contest_test

import (
	"context"
	"strings"
	"testing"

	"recourse/internal/dispute"
	"recourse/internal/dossier"
	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
)

// goes is what a body is shown beside the record, and how many other records it is shown.
func (h house) goes(t *testing.T) (words string, others int) {
	t.Helper()
	got, err := inquirypg.NewStore(h.App).Disclose(t.Context(), inquiry.Ask{Person: h.person, Access: housetest.Mint[ref.Inquiry](t), Spare: housetest.Mint[ref.Inquiry](t),
		Now: h.Now(), Body: h.Bodies[asker].ID, Purpose: "food-licence-application", Basis: inquiry.Statute, Right: true, Pack: h.pack.Version, Types: []string{recordType},
		Matter: inquiry.Matter{Mark: housetest.Mint[ref.Inquiry](t), Subject: housetest.Mint[ref.Inquiry](t), Persons: 1}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range got.Records {
		if r.Words.Box.Data == nil {
			others++
			continue
		}
		opened, err := h.keys.Open(t.Context(), []seal.Sealed{r.Words})
		if err != nil || opened[0].Gone || r.Record != h.record {
			t.Fatalf("words that do not open, or go with another record: %+v %v", opened, err)
		}
		words = string(opened[0].Plain)
	}
	return words, others
}

// Rules D6: what a person says goes with the record, and with no other; it can be changed
// and taken back.
func TestStatement(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.file(t) // another record, of which nothing is said
	if got, others := h.goes(t); got != "" || others != 2 {
		t.Fatalf("before: %q, %d", got, others)
	}
	room, _ := h.pack.Statement()
	for text, want := range map[string]string{" ": "E-STATEMENT-EMPTY", strings.Repeat("说", room.Characters+1): "E-STATEMENT-LONG"} {
		if err := h.State(t.Context(), h.person, h.record, text, h.Now()); code(err) != want {
			t.Errorf("%d characters: %v", len([]rune(text)), err)
		}
	}
	other := h.Register(t, h.keys, housetest.Sample(t, 2), h.Today().AddYears(6))
	if err := h.State(t.Context(), other, h.record, "SAMPLE", h.Now()); code(err) != "E-RECORD" {
		t.Errorf("about somebody else's record: %v", err)
	}
	for _, text := range []string{"SAMPLE-FIRST", strings.Repeat("说", room.Characters)} {
		if err := h.State(t.Context(), h.person, h.record, "\n"+text+" ", h.Now()); err != nil {
			t.Fatal(err)
		}
		if got, others := h.goes(t); got != text || others != 1 {
			t.Errorf("a body is shown %d characters, and %d other records", len([]rune(got)), others)
		}
		if own, err := h.Statement(t.Context(), h.person, h.record, h.Now()); own.Text != text || err != nil {
			t.Errorf("the person reads %d characters, %v", len(own.Text), err)
		}
	}
	h.mended(t)
	if got, _ := h.goes(t); got == "" {
		t.Error("a new version of the record lost the words")
	}
	// The control: it is the mark on the row that brings the words along.
	h.Exec(t, "update dossier.record set stated = false")
	if got, _ := h.goes(t); got != "" {
		t.Errorf("control: without the mark the words go along, so a record without words costs a look")
	}
	h.Exec(t, "update dossier.record set stated = true where record = $1", h.record)
	if err := h.Unstate(t.Context(), h.person, h.record, h.Now()); err != nil {
		t.Fatal(err)
	}
	if got, others := h.goes(t); got != "" || others != 2 {
		t.Errorf("taken back: %q, %d", got, others)
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from vault.intent where reason = 'superseded'"); n != 2 {
		t.Errorf("%d leaves are to be forgotten of what was said before", n)
	}
}

// What was said ends with the record: it goes with nothing, and is forgotten.
func TestStatement_ends(t *testing.T) {
	t.Parallel()
	h := open(t)
	if err := h.State(t.Context(), h.person, h.record, "SAMPLE", h.Now()); err != nil {
		t.Fatal(err)
	}
	h.decided(t, h.contested(t, dispute.WrongFact), dispute.Withdrawn)
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from ledger.journal where kind = 'dossier.silenced'"); n != 1 {
		t.Fatalf("%d times it is said that words are left", n)
	}
	if got, _ := h.goes(t); got != "" {
		t.Errorf("of a record that is gone: %q", got)
	}
	if err := h.keeper.Silence(context.WithoutCancel(t.Context()), dossier.Key{Person: h.person, Record: h.record}, h.Now()); err != nil {
		t.Fatal(err)
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from dispute.statement"); n != 0 {
		t.Errorf("%d statements are left", n)
	}
	if err := h.State(t.Context(), h.person, h.record, "SAMPLE", h.Now()); code(err) != "E-RECORD" {
		t.Errorf("about a record that is gone: %v", err)
	}
	if _, err := h.Stated(t.Context(), h.person, h.record); code(err) != "E-RECORD" {
		t.Errorf("the page of a record that is gone offers to say something: %v", err)
	}
}
