package wall_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/dossier/dossierpg"
	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
	"recourse/internal/furnish/furnishpg"
	"recourse/internal/inquiry"
	"recourse/internal/law"
	"recourse/internal/oversight"
	"recourse/internal/oversight/oversightpg"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

// staying is an office with an ombudsman. No worker lives in it.
type staying struct {
	*frozen
	*oversight.Ombudsman
	ombuds  party.Clerk
	runs    party.Clerk // of the registry, who decides
	record  ref.Record
	records *dossierpg.Store
}

func openStaying(t *testing.T) *staying {
	t.Helper()
	f := freezing(t)
	s := &staying{frozen: f, records: dossierpg.NewStore(f.App, f.publisher())}
	parties, deliveries := partypg.NewStore(f.App, f.publisher()), furnishpg.NewStore(f.App, f.publisher())
	sending := &furnish.Service{Shelf: law.One(f.pack), Store: deliveries, Registrar: parties, Merger: s.records, Keys: f.keys, Unit: deliveries, Files: &furnishfile.Opener{}, Chance: rand.Reader}
	s.Ombudsman = &oversight.Ombudsman{Store: oversightpg.NewPleas(f.App, f.publisher(), s.records), Records: s.records, Finder: sending, Sealer: f.keys, Shelf: law.One(f.pack), Chance: rand.Reader, Body: parties.Body}
	for _, c := range []struct {
		to   *party.Clerk
		body string
		desk party.Desk
	}{{&s.ombuds, "sample-ombudsman", party.Supervises}, {&s.runs, "hubei-credit-centre", party.Decides}} {
		who, err := f.party.AddClerk(t.Context(), c.body, string(c.desk), f.Today().AddYears(5), f.Now())
		if err != nil {
			t.Fatal(err)
		}
		who.Desks = party.SetOf(c.desk)
		*c.to = who
	}
	f.bank.Desks = party.SetOf(party.Furnishes, party.Asks)
	s.record = ref.Record(housetest.Ask[[16]byte](t, f.Fixture, "select record from dossier.record where person = $1", [16]byte(f.p.id)))
	return s
}

// told is what the bank is told now, on a consent of today.
func (s *staying) told(t *testing.T) inquiry.Outcome {
	t.Helper()
	if _, err := s.consent(t.Context(), s.p); err != nil {
		t.Fatal(err)
	}
	told, _ := s.asked(t)
	return told
}

func (s *staying) plead(t *testing.T) oversight.Plea {
	t.Helper()
	p, err := s.Plead(t.Context(), s.p.id, s.record, oversight.NotHeard, s.Now())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (s *staying) stay(t *testing.T, p oversight.Plea, answers ref.Body) oversight.Plea {
	t.Helper()
	p, err := s.Stay(t.Context(), s.ombuds, p.ID, oversight.Order{Answers: answers, Until: s.Today().AddDays(30)}, s.Now())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Rules H1: a stay hides the record at once, from everybody, with no worker alive. Answered
// in time it ends by itself when its last day is over, and not before.
func TestStay(t *testing.T) {
	t.Parallel()
	s := openStaying(t)
	if told := s.told(t); told != inquiry.Records {
		t.Fatalf("before: %v", told)
	}
	p := s.plead(t)
	if again := s.plead(t); again.ID != p.ID {
		t.Error("a second plea about the same record")
	}
	if told := s.told(t); told != inquiry.Records {
		t.Errorf("a plea alone hides it: %v", told)
	}
	p = s.stay(t, p, p.Source)
	if told := s.told(t); told != inquiry.NothingToShow {
		t.Errorf("stayed: %v", told)
	}
	if _, err := s.Reply(t.Context(), s.bank, p.ID, oversight.Stands, s.Now()); err != nil {
		t.Fatal(err)
	}
	s.MoveTo(t, p.StayUntil)
	if told := s.told(t); told != inquiry.NothingToShow {
		t.Errorf("on its last day: %v", told)
	}
	s.MoveTo(t, p.StayUntil+1)
	if told := s.told(t); told != inquiry.Records {
		t.Errorf("a day later: %v", told)
	}
}

// What is not answered in time stays hidden; late answers change nothing, and the
// ombudsman alone lifts it. The control: without what the stay wrote the record is shown
// in each of these states, so that nothing else hides it.
func TestStay_unanswered(t *testing.T) {
	t.Parallel()
	s := openStaying(t)
	p := s.stay(t, s.plead(t), s.runs.Body.ID)
	for _, day := range []struct {
		name string
		at   int
	}{{"on the last day for an answer", 0}, {"a day later", 1}, {"after its last day", 25}, {"a year later", 365}} {
		s.MoveTo(t, p.AnswerBy.AddDays(day.at))
		if told := s.told(t); told != inquiry.NothingToShow {
			t.Errorf("%s: %v", day.name, told)
		}
		if day.at == 1 {
			if _, err := s.Reply(t.Context(), s.runs, p.ID, oversight.Stands, s.Now()); err != nil {
				t.Fatal(err)
			}
		}
	}
	was := housetest.Ask[time.Time](t, s.Fixture, "select stay_from from dossier.record where person = $1", [16]byte(s.p.id))
	s.Exec(t, "update dossier.record set stay_from = null, stay_until = null where person = $1", [16]byte(s.p.id))
	if told := s.told(t); told != inquiry.Records {
		t.Errorf("control: %v", told)
	}
	s.Exec(t, "update dossier.record set stay_from = $2 where person = $1", [16]byte(s.p.id), was)
	if _, err := s.Close(t.Context(), s.ombuds, p.ID, oversight.Unfounded, s.Now()); err != nil {
		t.Fatal(err)
	}
	if told := s.told(t); told != inquiry.Records {
		t.Errorf("lifted: %v", told)
	}
}

// Nobody but the ombudsman lifts a stay: neither the source, by what it sends, nor those
// who run the registry, nor a worker; and the person is not asked to.
func TestStay_nobodyElseLiftsIt(t *testing.T) {
	t.Parallel()
	s := openStaying(t)
	ctx := t.Context()
	p := s.stay(t, s.plead(t), s.bank.Body.ID)
	for name, by := range map[string]party.Clerk{"the source": s.bank, "who runs the registry": s.runs} {
		by.Desks = party.SetOf(party.Desks()...)
		if _, err := s.Close(ctx, by, p.ID, oversight.Unfounded, s.Now()); !errors.Is(err, oversight.ErrNoPlea) {
			t.Errorf("%s closes it: %v", name, err)
		}
		if _, err := s.Stay(ctx, by, p.ID, oversight.Order{Answers: p.Source, Until: s.Today()}, s.Now()); !errors.Is(err, oversight.ErrNoPlea) {
			t.Errorf("%s orders another: %v", name, err)
		}
		if _, err := s.Begin(ctx, by, oversight.Beginning{Source: "sample-bank", Type: recordType, Number: "sample-0", Logged: "log-1"}, s.Now()); !errors.Is(err, oversight.ErrNoPlea) {
			t.Errorf("%s begins: %v", name, err)
		}
		if list, err := s.List(ctx, by, s.Now()); len(list) != 0 || err != nil {
			t.Errorf("%s is shown %d, %v", name, len(list), err)
		}
		if _, err := s.Read(ctx, by, p, s.Now()); !errors.Is(err, oversight.ErrNoPlea) {
			t.Errorf("%s reads it: %v", name, err)
		}
	}
	// A newer version, a contest that ends, an application that ends: each writes to the
	// record, and none of it to the stay.
	key := dossier.Key{Person: s.p.id, Record: s.record}
	s.Move(t, time.Minute)
	csv := fmt.Sprintf("id_type,id_number,name,source_ref,as_of,lender,notice_number,notified_on,defaulted_on,amount_owed\ncn-id,%s,%s,sample-0,%s,sample-bank,示例0,%s,%s,90.00 CNY\n",
		s.p.identity.Number, s.p.identity.Name, s.Now().Format(time.RFC3339), s.Today().AddDays(-30), s.Today().AddDays(-40))
	deliveries := furnishpg.NewStore(s.App, s.publisher())
	sending := &furnish.Service{Shelf: law.One(s.pack), Store: deliveries, Registrar: partypg.NewStore(s.App, s.publisher()), Merger: s.records, Keys: s.keys, Unit: deliveries, Files: &furnishfile.Opener{}, Chance: rand.Reader}
	if report, err := sending.Deliver(ctx, s.bank, furnish.Request{Key: "newer", Type: recordType}, strings.NewReader(csv), s.Now()); err != nil || report.Delivery.Counts.Changed != 1 {
		t.Fatalf("%+v %v %v", report.Delivery.Counts, report.Findings, err)
	}
	if _, err := s.records.Shade(ctx, key, dossier.Shade{}); err != nil {
		t.Fatal(err)
	}
	if err := s.records.Late(ctx, key, time.Time{}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Keeper.Exec(ctx, "update dossier.record set stay_until = now() where person = $1", [16]byte(s.p.id)); err == nil {
		t.Error("a worker ends a stay")
	}
	if told := s.told(t); told != inquiry.NothingToShow {
		t.Errorf("it is shown again: %v", told)
	}
	if housetest.Ask[int32](t, s.Fixture, "select version from dossier.record where person = $1", [16]byte(s.p.id)) != 2 {
		t.Error("the newer version did not come")
	}
}

// What the ombudsman reads is one record, on a plea or a logged number, and each look
// stands in the person's list; a closed plea opens nothing.
func TestOmbudsman_reads(t *testing.T) {
	t.Parallel()
	s := openStaying(t)
	ctx := t.Context()
	for want, b := range map[string]oversight.Beginning{
		"E-PLEA-LOGGED": {Source: "sample-bank", Type: recordType, Number: "sample-0", Logged: "?"}, "E-PLEA-RECORD": {Source: "sample-bank", Type: recordType, Number: "none", Logged: "log-1"},
	} {
		if _, err := s.Begin(ctx, s.ombuds, b, s.Now()); fault.Of(err).Code != want {
			t.Errorf("%+v: %v", b, err)
		}
	}
	for want, c := range map[string]struct {
		p   ref.Person
		why oversight.Cause
	}{"E-PLEA-WHY": {s.p.id, oversight.OwnAccord}, "E-PLEA-RECORD": {housetest.Mint[ref.Person](t), oversight.Harm}} {
		if _, err := s.Plead(ctx, c.p, s.record, c.why, s.Now()); fault.Of(err).Code != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	p, err := s.Begin(ctx, s.ombuds, oversight.Beginning{Source: "sample-bank", Type: recordType, Number: "sample-0", Logged: "log-2026/7"}, s.Now())
	if err != nil {
		t.Fatal(err)
	}
	fields, err := s.Read(ctx, s.ombuds, p, s.Now())
	if err != nil || fields["notice_number"] != "示例0" {
		t.Fatalf("%v %v", fields, err)
	}
	looks := func() int {
		return housetest.Ask[int](t, s.Fixture, "select count(*) from inquiry.access where person = $1 and purpose = 'ombudsman' and body = $2 and $3 = any (records)", [16]byte(s.p.id), [16]byte(s.ombuds.Body.ID), [16]byte(s.record))
	}
	if looks() != 1 {
		t.Errorf("the person sees %d looks", looks())
	}
	for want, o := range map[string]oversight.Order{
		"E-PLEA-UNTIL":   {Answers: p.Source, Until: s.Today().AddDays(9)},
		"E-PLEA-ANSWERS": {Answers: s.ombuds.Body.ID, Until: s.Today().AddDays(30)},
	} {
		if _, err := s.Stay(ctx, s.ombuds, p.ID, o, s.Now()); fault.Of(err).Code != want {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if _, err := s.Close(ctx, s.ombuds, p.ID, "fine", s.Now()); fault.Of(err).Code != "E-PLEA-OUTCOME" {
		t.Errorf("no outcome: %v", err)
	}
	if _, err := s.Close(ctx, s.ombuds, p.ID, oversight.Unfounded, s.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(ctx, s.ombuds, p, s.Now()); !errors.Is(err, oversight.ErrNoPlea) || looks() != 1 {
		t.Errorf("closed, it is read: %v", err)
	}
	mine, err := s.Mine(ctx, s.p.id, s.record)
	if err != nil || len(mine) != 1 || mine[0].Number != "log-2026/7" || mine[0].Outcome != oversight.Unfounded {
		t.Errorf("%+v %v", mine, err)
	}
}
