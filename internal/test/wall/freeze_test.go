package wall_test

import (
	"fmt"
	"testing"
	"time"

	"recourse/internal/consent"
	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

// frozen is an office in which a person gave a consent and may freeze.
type frozen struct {
	*office
	*consent.Service
	asks *inquiry.Service
	p    filed
	n    int
}

func freezing(t *testing.T) *frozen {
	t.Helper()
	o := newOffice(t, 1)
	f := &frozen{office: o, Service: o.consenting(o.App), asks: o.asking(o.App), p: o.people[0]}
	if _, err := o.consent(t.Context(), f.p); err != nil {
		t.Fatal(err)
	}
	return f
}

// asked asks on the consent, as the bank does, and returns what it is told and what
// stands in the person's list.
func (f *frozen) asked(t *testing.T) (told inquiry.Outcome, listed inquiry.Outcome) {
	t.Helper()
	f.n++
	a, err := f.asks.Ask(t.Context(), f.bank, f.request(f.p, fmt.Sprint("freeze ", f.n)), f.Now())
	if err != nil {
		t.Fatal(err)
	}
	return a.Outcome, inquiry.Outcome(housetest.Ask[int16](t, f.Fixture, "select outcome from inquiry.access where person = $1 and access = $2", f.p.id, a.Inquiry))
}

// Rules F2: a freeze counts at once, for every inquiry on consent; it is lifted at
// once, for all or for one body and some days; a lift can be undone for ten minutes.
func TestFreeze(t *testing.T) {
	t.Parallel()
	f := freezing(t)
	want := func(what string, told, listed inquiry.Outcome) {
		t.Helper()
		if a, b := f.asked(t); a != told || b != listed {
			t.Errorf("%s: told %v (%d), listed %d", what, a, a, b)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	want("before", inquiry.Records, inquiry.Records)
	must(f.Freeze(t.Context(), f.p.id, f.Now()))
	want("frozen", inquiry.NotAnswered, inquiry.Stopped)
	must(f.LiftFor(t.Context(), f.p.id, "hubei-market", f.Today()+7, f.Now()))
	want("lifted for another body", inquiry.NotAnswered, inquiry.Stopped)
	must(f.LiftFor(t.Context(), f.p.id, f.bank.Body.Code, f.Today()+7, f.Now()))
	want("lifted for the bank", inquiry.Records, inquiry.Records)
	stands, err := f.Frozen(t.Context(), f.p.id, f.Now())
	if err != nil || !stands.Stands || len(stands.Lifts) != 2 {
		t.Fatalf("%+v %v", stands, err)
	}
	for _, l := range stands.Lifts {
		must(f.StopLift(t.Context(), f.p.id, l.ID, f.Now()))
	}
	want("the lift taken back", inquiry.NotAnswered, inquiry.Stopped)
	must(f.LiftFor(t.Context(), f.p.id, f.bank.Body.Code, f.Today()+1, f.Now()))
	f.MoveTo(t, f.Today()+2)
	want("the lift run out, with no worker alive", inquiry.NotAnswered, inquiry.Stopped)
	_, err = f.consent(t.Context(), f.p) // the first has run out too
	must(err)
	must(f.Unfreeze(t.Context(), f.p.id, f.Now()))
	want("lifted", inquiry.Records, inquiry.Records)
	must(f.UndoUnfreeze(t.Context(), f.p.id, f.Now()))
	want("the lifting undone", inquiry.NotAnswered, inquiry.Stopped)
	must(f.Unfreeze(t.Context(), f.p.id, f.Now()))
	f.Move(t, 11*time.Minute)
	if err := f.UndoUnfreeze(t.Context(), f.p.id, f.Now()); err == nil {
		t.Error("undone after eleven minutes")
	}
	must(f.Freeze(t.Context(), f.p.id, f.Now()))
	if err := f.Freeze(t.Context(), f.p.id, f.Now()); err == nil {
		t.Error("two freezes at once")
	}
	// The control: without the row it is answered, so the wall decides by it alone.
	f.Exec(t, "delete from consent.freeze where person = $1", f.p.id)
	want("control", inquiry.Records, inquiry.Records)
}

// A single use is not used up by what a freeze stops.
func TestFreeze_keepsTheSingleUse(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	f := &frozen{office: o, Service: o.consenting(o.App), asks: o.asking(o.App), p: o.people[0]}
	o.single(t, f.p, recordType)
	if err := f.Freeze(t.Context(), f.p.id, f.Now()); err != nil {
		t.Fatal(err)
	}
	if told, _ := f.asked(t); told != inquiry.NotAnswered {
		t.Errorf("frozen: %v", told)
	}
	if err := f.Unfreeze(t.Context(), f.p.id, f.Now()); err != nil {
		t.Fatal(err)
	}
	if told, _ := f.asked(t); told != inquiry.Records {
		t.Errorf("lifted: %v", told)
	}
}

// Under a statute only what the pack says passes a freeze. What it stops is answered
// like a question about a person of whom nothing may be shown, known or not, in the
// first inquiry of a case and in the second: who asks cannot tell that there is a
// freeze, nor that there is a person (rules B1).
func TestFreeze_underAStatute(t *testing.T) {
	t.Parallel()
	f := freezing(t)
	store := inquirypg.NewStore(f.App)
	matters := map[ref.Person]inquiry.Matter{}
	ask := func(p ref.Person, pass ...string) inquiry.Outcome {
		t.Helper()
		m, known := matters[p]
		if !known {
			m = inquiry.Matter{Mark: housetest.Mint[ref.Inquiry](t), Subject: housetest.Mint[ref.Inquiry](t), Persons: 1}
			matters[p] = m
		}
		told, err := store.Disclose(t.Context(), inquiry.Ask{Person: p, Access: housetest.Mint[ref.Inquiry](t), Spare: housetest.Mint[ref.Inquiry](t), Now: f.Now(), Body: f.bank.Body.ID,
			Purpose: "sample", Basis: inquiry.Statute, Right: true, Pack: f.pack.Version, Types: []string{recordType}, Pass: pass, Matter: m})
		if err != nil {
			t.Fatal(err)
		}
		return told.Outcome
	}
	if err := f.Freeze(t.Context(), f.p.id, f.Now()); err != nil {
		t.Fatal(err)
	}
	nobody := housetest.Mint[ref.Person](t)
	for nth := range 2 {
		if a, b := ask(f.p.id), ask(nobody); a != b || nth == 0 && a != inquiry.NothingToShow {
			t.Errorf("inquiry %d: frozen %v, nobody %v", nth+1, a, b)
		}
	}
	if n := housetest.Ask[int](t, f.Fixture, "select count(*) from inquiry.access where person = $1 and outcome = $2", f.p.id, int16(inquiry.Stopped)); n != 2 {
		t.Errorf("the person sees %d that were stopped", n)
	}
	delete(matters, f.p.id)
	if got := ask(f.p.id, recordType); got != inquiry.Records {
		t.Errorf("what passes: %v", got)
	}
	delete(matters, f.p.id)
	if err := f.Unfreeze(t.Context(), f.p.id, f.Now()); err != nil {
		t.Fatal(err)
	}
	if got := ask(f.p.id); got != inquiry.Records {
		t.Errorf("lifted: %v", got)
	}
}
