package erasure_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"

	"recourse/internal/dispute"
	"recourse/internal/dossier"
	"recourse/internal/dossier/dossierpg"
	"recourse/internal/hold"
	"recourse/internal/hold/holdpg"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

const (
	court     = "wuhan-court"
	reference = "（2026）鄂01民初123号"
)

// holding is a house in which contents are held for courts.
type holding struct {
	*house
	*hold.Service
	keeper          hold.Keeper
	atCourt, asking party.Clerk // of the court, of another body that asks
	filing, lent    party.Clerk // of the source and of the court, with a mandate to decide
}

// refs finds records by the numbers under which they are filed here.
type refs struct{ *dossierpg.Store }

func (f refs) Find(ctx context.Context, source ref.Body, _, number string) (dossier.Key, bool, error) {
	r, err := ref.Parse[ref.Record](number)
	if err != nil {
		return dossier.Key{}, false, nil
	}
	heads, err := f.Heads(ctx, source, [][16]byte{r})
	h, known := heads[r]
	return dossier.Key{Person: h.Person, Record: h.Record}, known, err
}

func openHolding(t *testing.T) *holding {
	t.Helper()
	h := &holding{house: open(t, newModule())}
	publisher := housetest.Publisher(nil)
	mandates, parties := partypg.NewMandates(h.App, publisher), partypg.NewStore(h.App, publisher)
	h.Service = &hold.Service{Store: holdpg.NewStore(h.App, publisher, h.keys), Finder: refs{h.records}, Records: h.records, Sealer: h.keys, Mandates: mandates, Bodies: parties.Body,
		Shelf: law.One(h.pack), Chance: rand.Reader}
	h.takes.Held = h.Last
	h.keeper = hold.Keeper{Store: holdpg.NewKeeper(h.Keeper, publisher, h.forgets)}
	for _, c := range []struct {
		to   *party.Clerk
		body string
		desk party.Desk
	}{{&h.atCourt, court, party.Asks}, {&h.asking, asker, party.Asks}, {&h.filing, source, party.Decides}, {&h.lent, court, party.Decides}} {
		var err error
		*c.to, err = h.parties.AddClerk(t.Context(), c.body, string(c.desk), h.Today().AddYears(5), h.Now())
		must(t, err)
		must(t, party.Appoint(t.Context(), mandates, party.Mandate{Clerk: c.to.ID, Desk: c.desk, Until: h.Today().AddYears(5)}, h.Today(), h.Now()))
	}
	return h
}

func (h *holding) proposal(r ref.Record, until when.Date) hold.Proposal {
	return hold.Proposal{Source: source, Court: court, Type: recordType, Number: r.String(), Ground: "civil-evidence", Reference: reference, Until: until}
}

// placed has a content held until a day.
func (h *holding) placed(t *testing.T, r ref.Record, until when.Date) hold.Hold {
	t.Helper()
	one, err := h.Propose(t.Context(), h.deciders[0], h.proposal(r, until), h.Now())
	must(t, err)
	one, err = h.Confirm(t.Context(), h.deciders[1], one.ID, h.Now())
	must(t, err)
	return one
}

// Rules E1: what a hold needs, and who places it.
func TestHold_needs(t *testing.T) {
	t.Parallel()
	h := openHolding(t)
	ctx, r, until := t.Context(), h.file(t, h.Today()+9), h.Today().AddMonths(6)
	none, err := h.parties.AddClerk(ctx, "hubei-credit-centre", "none", h.Today().AddYears(1), h.Now())
	must(t, err)
	for want, c := range map[string]struct {
		by   party.Clerk
		edit func(*hold.Proposal)
	}{
		"E-HOLD-DESK":             {none, func(*hold.Proposal) {}},
		"E-HOLD-GROUND":           {h.deciders[0], func(p *hold.Proposal) { p.Ground = "because" }},
		"E-HOLD-COURT":            {h.deciders[0], func(p *hold.Proposal) { p.Court = asker }},
		"E-HOLD-COURT of court":   {h.lent, func(*hold.Proposal) {}},
		"E-HOLD-REFERENCE":        {h.deciders[0], func(p *hold.Proposal) { p.Reference = "on request" }},
		"E-HOLD-REFERENCE none":   {h.deciders[0], func(p *hold.Proposal) { p.Reference = " " }},
		"E-HOLD-UNTIL too long":   {h.deciders[0], func(p *hold.Proposal) { p.Until++ }},
		"E-HOLD-UNTIL over":       {h.deciders[0], func(p *hold.Proposal) { p.Until = h.Today() - 1 }},
		"E-HOLD-RECORD not there": {h.deciders[0], func(p *hold.Proposal) { p.Number = housetest.Mint[ref.Record](t).String() }},
		"E-HOLD-RECORD none":      {h.deciders[0], func(p *hold.Proposal) { p.Number = "" }},
		"E-HOLD-RECORD of source": {h.filing, func(*hold.Proposal) {}},
		"E-HOLD-RECORD of a kind": {h.deciders[0], func(p *hold.Proposal) { p.Type = "food-penalty" }},
	} {
		p := h.proposal(r, until)
		c.edit(&p)
		if _, err := h.Propose(ctx, c.by, p, h.Now()); code(err) != strings.Fields(want)[0] {
			t.Errorf("%s: %v", want, err)
		}
	}
	one, err := h.Propose(ctx, h.deciders[0], h.proposal(r, until), h.Now())
	must(t, err)
	if _, err := h.Propose(ctx, h.deciders[1], h.proposal(r, until), h.Now()); code(err) != "E-HOLD-RUNS" {
		t.Errorf("a second one on the same record: %v", err)
	}
	for want, by := range map[string]party.Clerk{"E-HOLD-ALONE": h.deciders[0], "E-HOLD": h.filing} {
		if _, err := h.Confirm(ctx, by, one.ID, h.Now()); code(err) != want {
			t.Errorf("confirmed by %v: %v, want %s", by.Body.Code, err, want)
		}
	}
	for _, by := range []party.Clerk{h.lent, none, h.atCourt} {
		if _, err := h.Confirm(ctx, by, one.ID, h.Now()); code(err) != "E-HOLD" {
			t.Errorf("confirmed by %s: %v", by.Body.Code, err)
		}
	}
	if _, err := h.Read(ctx, h.atCourt, one.ID, h.Now()); code(err) != "E-HOLD" {
		t.Errorf("the court opens what is only proposed: %v", err)
	}
	if mine, err := h.Mine(ctx, h.person, h.Now()); len(mine) != 0 || err != nil {
		t.Errorf("the person is shown a proposal: %v, %v", mine, err)
	}
	_, err = h.Confirm(ctx, h.deciders[1], one.ID, h.Now())
	must(t, err)
	if _, err := h.Confirm(ctx, h.deciders[1], one.ID, h.Now()); code(err) != "E-HOLD-STATE" {
		t.Errorf("confirmed twice: %v", err)
	}
	gone := h.file(t, h.Today())
	late, err := h.Propose(ctx, h.deciders[0], h.proposal(gone, until), h.Now())
	must(t, err)
	h.MoveTo(t, h.Today()+1)
	h.tend(t)
	if _, err := h.Confirm(ctx, h.deciders[1], late.ID, h.Now()); code(err) != "E-HOLD-STATE" {
		t.Errorf("confirmed when the content was gone: %v", err)
	}
	_, err = h.Drop(ctx, h.deciders[0], late.ID, h.Now())
	must(t, err)
	if _, err := h.Propose(ctx, h.deciders[0], h.proposal(gone, h.Today()), h.Now()); code(err) != "E-HOLD-RECORD" {
		t.Errorf("a hold of what is erased: %v", err)
	}
}

// Rules E1: a hold shows nobody anything but the court that it names, and the person
// sees each look. The record ends as if there were none.
func TestHold_showsNobody(t *testing.T) {
	t.Parallel()
	h := openHolding(t)
	ctx, last := t.Context(), h.Today()+9
	held, control := h.file(t, last), h.file(t, last)
	one := h.placed(t, held, h.Today().AddMonths(6))
	for _, on := range []when.Date{last, last + 1} {
		h.MoveTo(t, on)
		h.tend(t)
		if shown := h.ask(t); shown[held] != shown[control] || shown[held] != (on == last) {
			t.Errorf("%s: shown %v, its control %v", on, shown[held], shown[control])
		}
	}
	for _, r := range []ref.Record{held, control} {
		if got := housetest.Ask[string](t, h.Fixture, "select state || (box is null) from dossier.record where record = $1", r); got != "erasedtrue" {
			t.Errorf("after its end the record is %s", got)
		}
		if _, err := h.takes.Copy(ctx, h.person, r, h.Now()); code(err) != "E-COPY-GONE" {
			t.Errorf("a copy of what was erased: %v", err)
		}
	}
	looks := func() int {
		return housetest.Ask[int](t, h.Fixture, "select count(*) from inquiry.access where person = $1 and purpose = 'hold' and $2 = any (records)", h.person, held)
	}
	before := looks()
	file, err := h.Read(ctx, h.atCourt, one.ID, h.Now())
	must(t, err)
	if file.Fields["reason"] != "SAMPLE-"+held.String() || file.Reference != reference || looks() != before+1 {
		t.Errorf("the court reads %v, %s; %d looks more", file.Fields, file.Reference, looks()-before)
	}
	for _, by := range []party.Clerk{h.asking, h.deciders[0], h.filing} {
		if file, err := h.Read(ctx, by, one.ID, h.Now()); code(err) != "E-HOLD" || file.Fields != nil {
			t.Errorf("%s reads it: %v", by.Body.Code, err)
		}
		if list, err := h.ForCourt(ctx, by, h.Now()); len(list) != 0 {
			t.Errorf("it is in the list of %s: %v", by.Body.Code, err)
		}
	}
	if looks() != before+1 {
		t.Errorf("looks that were refused: %d", looks()-before-1)
	}
	file, err = h.Open(ctx, h.deciders[0], one.ID, h.Now())
	if err != nil || file.Fields != nil || file.Reference != reference || looks() != before+2 {
		t.Errorf("those who decide see %v, %v", file, err)
	}
	mine, err := h.Mine(ctx, h.person, h.Now())
	if err != nil || len(mine) != 1 || mine[0].Fields != nil || mine[0].Reference != reference || mine[0].Until != one.Until {
		t.Errorf("the person sees %v, %v", mine, err)
	}
	if mine, err := h.Mine(ctx, housetest.Mint[ref.Person](t), h.Now()); len(mine) != 0 || err != nil {
		t.Errorf("somebody else sees %v, %v", mine, err)
	}
	// The receipt of the erasure does not say that it cannot be read before it cannot.
	for r, want := range map[ref.Record]when.Date{held: one.Until + 9, control: h.Today() + 8} {
		got, err := h.takes.Receipts(ctx, h.person, r, h.Now())
		must(t, err)
		if len(got) != 1 || got[0].Unreadable != want {
			t.Errorf("the receipt names %v, want %s", got, want)
		}
	}
	note, err := h.takes.Signed(ctx, h.person, held, h.Now())
	if err != nil || !strings.Contains(note, "\nkept for a court until "+one.Until.String()+"\n") {
		t.Errorf("%v:\n%s", err, note)
	}
}

// Rules E1: a hold ends by itself. No worker is alive; the control opens where the day is
// another, and no more once the vault has forgotten.
func TestHold_endsByItself(t *testing.T) {
	t.Parallel()
	h := openHolding(t)
	ctx := t.Context()
	r := h.file(t, h.Today()+1)
	one := h.placed(t, r, h.Today()+5)
	h.MoveTo(t, one.Until)
	_, err := h.Read(ctx, h.atCourt, one.ID, h.Now())
	must(t, err)
	h.MoveTo(t, one.Until+1)
	if _, err := h.Read(ctx, h.atCourt, one.ID, h.Now()); code(err) != "E-HOLD" {
		t.Errorf("opened after its last day: %v", err)
	}
	if list, err := h.ForCourt(ctx, h.atCourt, h.Now()); len(list) != 0 || err != nil {
		t.Errorf("it is in the list: %v, %v", list, err)
	}
	look := hold.Look{Person: h.person, Hold: one.ID, Access: housetest.Mint[ref.Inquiry](t), Pack: h.pack.Version, Clerk: h.atCourt.ID, Body: h.atCourt.Body.ID, Now: h.Now()}
	if _, err := h.Store.Examine(ctx, look); code(err) != "E-HOLD" {
		t.Errorf("the wall gives it out: %v", err)
	}
	h.Exec(t, "update hold.placed set until_on = until_on + 30, keep_until = keep_until + 30")
	if file, err := h.Read(ctx, h.atCourt, one.ID, h.Now()); err != nil || file.Fields["reason"] == "" {
		t.Errorf("the control is not opened: %v", err)
	}
	h.tend(t)
	if file, err := h.Read(ctx, h.atCourt, one.ID, h.Now()); err != nil || file.Fields != nil {
		t.Errorf("the vault has forgotten, and it reads %v, %v", file.Fields, err)
	}
	h.Exec(t, "update hold.placed set until_on = until_on - 30, keep_until = keep_until - 30")
	more, err := h.keeper.Tend(ctx, h.Today(), h.Now())
	if more || err != nil {
		t.Errorf("more %v, %v", more, err)
	}
	if got := housetest.Ask[string](t, h.Fixture, "select state || (select count(*) from hold.paper) from hold.placed where hold = $1", one.ID); got != "ended0" {
		t.Errorf("swept, it is %s", got)
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from ledger.journal where kind in ('hold.placed', 'hold.ended') and stream = $1", h.person); n != 2 {
		t.Errorf("%d rows of the journal", n)
	}
	h.MoveTo(t, one.KeepUntil+1)
	_, err = h.keeper.Tend(ctx, h.Today(), h.Now())
	must(t, err)
	if n := housetest.Ask[int](t, h.Fixture, "select (select count(*) from hold.placed) + (select count(*) from hold.number)"); n != 0 {
		t.Errorf("%d rows stay", n)
	}
}

// Rules E1, E4: two people end a hold before its day, and a finding that the record was
// somebody else's does; the vault forgets what was held.
func TestHold_endsEarly(t *testing.T) {
	t.Parallel()
	h := openHolding(t)
	ctx := t.Context()
	lifted, foreign := h.file(t, h.Today().AddYears(1)), h.file(t, h.Today().AddYears(1))
	one, other := h.placed(t, lifted, h.Today().AddMonths(6)), h.placed(t, foreign, h.Today().AddMonths(6))
	_, err := h.Lift(ctx, h.deciders[0], one.ID, h.Now())
	must(t, err)
	if _, err := h.Lift(ctx, h.deciders[0], one.ID, h.Now()); code(err) != "E-HOLD-ALONE" {
		t.Errorf("lifted by one: %v", err)
	}
	_, err = h.Read(ctx, h.atCourt, one.ID, h.Now())
	must(t, err)
	_, err = h.Lift(ctx, h.deciders[1], one.ID, h.Now())
	must(t, err)
	h.contested(t, foreign, dispute.WrongPerson, dispute.Withdrawn)
	must(t, h.keeper.Store.EndOf(ctx, dossier.Key{Person: h.person, Record: foreign}, h.Now()))
	must(t, h.keeper.Store.EndOf(ctx, dossier.Key{Person: h.person, Record: foreign}, h.Now()))
	for _, x := range []hold.Hold{one, other} {
		if _, err := h.Read(ctx, h.atCourt, x.ID, h.Now()); code(err) != "E-HOLD" {
			t.Errorf("opened: %v", err)
		}
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from vault.intent where reason in ('ordered', 'wrong person') and done_at is null"); n < 4 {
		t.Errorf("the vault is asked to forget %d papers of two holds", n)
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from hold.paper"); n != 0 {
		t.Errorf("%d papers stay", n)
	}
	if h.ask(t)[lifted] != true {
		t.Error("the end of a hold is the end of its record")
	}
	if until, err := holdpg.NewKeeper(h.Keeper, nil, nil).Until(ctx, []ref.Person{h.person}); err != nil || until[h.person] != one.KeepUntil {
		t.Errorf("of the person something is kept until %v, %v", until, err)
	}
}
