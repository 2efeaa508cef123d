package oversightpg_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/oversight"
	"recourse/internal/oversight/oversightpg"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

// office is a house in which looks of staff are inspected: those of a bank, under its
// supervisor.
type office struct {
	*housetest.Fixture
	*oversight.Inspector
	keeper     *oversightpg.Reasons
	asker      party.Clerk // of the bank
	supervisor party.Clerk
	beyond     party.Clerk
	key        [16]byte
}

func openOffice(t *testing.T) *office {
	t.Helper()
	f := housetest.DB(t)
	o := &office{Fixture: f, key: [16]byte{1}}
	pack := housetest.Pack(t)
	_, beyond := pack.SupervisorOf("sample-bank")
	body := func(ctx context.Context, code string) (party.Body, error) {
		if code == beyond {
			code = "hubei-health" // stands for it: the house has few bodies
		}
		return partypg.NewStore(f.App, nil).Body(ctx, code)
	}
	o.Inspector = &oversight.Inspector{Store: oversightpg.NewInspections(f.App, housetest.Publisher(nil)), Sealer: housetest.Keys(t, f, housetest.Vault(t, f)), Shelf: law.One(pack), Chance: rand.Reader, Body: body,
		Key: func(context.Context) ([16]byte, error) { return o.key, nil }}
	o.keeper = oversightpg.NewReasons(f.Keeper)
	clerk := func(body string, desks ...party.Desk) party.Clerk {
		return party.Clerk{ID: housetest.Mint[ref.Clerk](t), Body: f.Bodies[body], Desks: party.SetOf(desks...)}
	}
	o.asker, o.supervisor, o.beyond = clerk("sample-bank", party.Asks), clerk("hubei-pbc", party.Supervises), clerk("hubei-health", party.Supervises)
	o.asker.Body.Code = "sample-bank"
	f.MoveTo(t, working(f, pack))
	noon := f.Today().Start(f.Location).Add(12 * time.Hour)
	f.Move(t, noon.Sub(f.Now())) // no rule about the hour fits, and none begins soon
	return o
}

// working is the next day on which people work.
func working(f *housetest.Fixture, pack *law.Pack) when.Date {
	day, err := pack.Calendar().NextWorking(f.Today() + 1)
	if err != nil { // of a year that is not published they work on every day
		return f.Today() + 1
	}
	return day
}

// look is one of the asker, by a number that is drawn or not.
func (o *office) look(t *testing.T, drawn bool, told oversight.Told) oversight.StaffLook {
	t.Helper()
	l := oversight.StaffLook{Person: housetest.Mint[ref.Person](t), Body: o.asker.Body, Clerk: o.asker.ID, Purpose: "loan-application", Told: told, At: o.Now()}
	for l.Access = housetest.Mint[ref.Inquiry](t); oversight.Drawn(o.key, l.Access) != drawn; {
		l.Access = housetest.Mint[ref.Inquiry](t)
	}
	return l
}

func (o *office) looked(t *testing.T, l oversight.StaffLook) {
	t.Helper()
	if err := o.Looked(t.Context(), l); err != nil {
		t.Fatal(err)
	}
}

func (o *office) own(t *testing.T) []oversight.Inspection {
	t.Helper()
	all, err := o.Own(t.Context(), o.asker)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (o *office) drawn(t *testing.T) oversight.Inspection {
	t.Helper()
	o.looked(t, o.look(t, true, oversight.Something))
	all := o.own(t)
	if len(all) != 1 || !slices.Contains(all[0].Rules, oversight.Random) {
		t.Fatalf("%+v", all)
	}
	return all[0]
}

// TestInspection_picks: a look that is drawn is picked once, one that is not is not, and
// one that a rule fits is; nobody but who asked is shown it, and its supervisor.
func TestInspection_picks(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.looked(t, o.look(t, false, oversight.Something))
	if all := o.own(t); len(all) != 0 {
		t.Fatalf("a look is picked by %v", all[0].Rules)
	}
	l := o.look(t, true, oversight.Nothing)
	o.looked(t, l)
	o.looked(t, l) // a repeat
	all := o.own(t)
	if len(all) != 1 || all[0].Access != l.Access || all[0].Person != l.Person || !slices.Equal(all[0].Rules, []string{oversight.Random}) {
		t.Fatalf("%+v", all)
	}
	if want := o.Today().AddDays(5); all[0].ReasonDue != want || all[0].Due != want.AddDays(15) || all[0].Keep > o.Today().AddYears(oversight.FindingYears) {
		t.Errorf("reason by %s, found by %s, kept until %s", all[0].ReasonDue, all[0].Due, all[0].Keep)
	}
	for range 3 {
		o.looked(t, o.look(t, false, oversight.Refused))
	}
	if all = o.own(t); len(all) != 2 || !slices.ContainsFunc(all, func(i oversight.Inspection) bool { return slices.Contains(i.Rules, "refused") }) {
		t.Errorf("three that were not answered: %+v", all)
	}
	if n := housetest.Ask[int](t, o.Fixture, `select count(*) from ledger.journal where kind = 'oversight.inspection-picked' and stream = $1`, [16]byte(o.asker.Body.ID)); n < 2 {
		t.Errorf("%d events", n)
	}
	if n := housetest.Ask[int](t, o.Fixture, `select count(*) from ledger.journal where stream = $1`, [16]byte(l.Person)); n != 0 {
		t.Errorf("%d events stand in the person's file", n)
	}
	other := o.asker
	other.ID = housetest.Mint[ref.Clerk](t)
	if _, err := o.OwnOne(t.Context(), other, all[0].ID); !errors.Is(err, oversight.ErrNoInspection) {
		t.Errorf("a colleague opens it: %v", err)
	}
	for name, by := range map[string]party.Clerk{"beyond, in time": o.beyond, "who asked": o.asker, "without the desk": {ID: housetest.Mint[ref.Clerk](t), Body: o.supervisor.Body}} {
		if _, err := o.One(t.Context(), by, all[0].ID, o.Now()); !errors.Is(err, oversight.ErrNoInspection) {
			t.Errorf("%s opens it: %v", name, err)
		}
	}
}

// TestInspection_newPurpose: a purpose is new to who asks for a month and longer and did
// not ask for it in a year.
func TestInspection_newPurpose(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	store, day := oversightpg.NewInspections(o.App, housetest.Publisher(nil)), o.Today()
	for _, c := range []struct {
		after   int
		purpose string
		want    bool
	}{{0, "loan", false}, {1, "licence", false}, {29, "tax", false}, {30, "tender", true}, {31, "tender", false}, {100, "loan", false}, {400, "licence", true}, {466, "loan", true}} {
		today := day.AddDays(c.after)
		if got, err := store.Habit(t.Context(), o.asker.ID, c.purpose, today, today.AddDays(-30)); got != c.want || err != nil {
			t.Errorf("%s after %d days: new %v, %v", c.purpose, c.after, got, err)
		}
	}
	if _, err := o.keeper.Sweep(t.Context(), day.AddYears(9)); err != nil {
		t.Fatal(err)
	}
	if n := housetest.Ask[int](t, o.Fixture, `select count(*) from oversight.habit`); n != 0 {
		t.Errorf("%d habits are left", n)
	}
}

// TestInspection_isFound: who asked says why once, sealed; their supervisor reads it,
// which the person sees, and says what was found; then nothing moves any more.
func TestInspection_isFound(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx, i := t.Context(), o.drawn(t)
	if _, err := o.Find(ctx, o.supervisor, i.ID, oversight.Lawful, o.Now()); fault.Of(err).Code != "E-INSPECTION-EARLY" {
		t.Errorf("before who asked had their time: %v", err)
	}
	for name, text := range map[string]string{"nothing": " ", "too much": strings.Repeat("x", 501)} {
		if _, err := o.Give(ctx, o.asker, i.ID, text, o.Now()); fault.Of(err).Code != "E-INSPECTION-REASON" {
			t.Errorf("%s: %v", name, err)
		}
	}
	const reason = "示例 case 7"
	if _, err := o.Give(ctx, o.asker, i.ID, reason, o.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Give(ctx, o.asker, i.ID, "another", o.Now()); fault.Of(err).Code != "E-INSPECTION-GIVEN" {
		t.Errorf("twice: %v", err)
	}
	i, err := o.One(ctx, o.supervisor, i.ID, o.Now())
	if err != nil {
		t.Fatal(err)
	}
	looks := func() int {
		return housetest.Ask[int](t, o.Fixture, `select count(*) from inquiry.access where person = $1 and purpose = 'inspection' and basis = 'case'`, [16]byte(i.Person))
	}
	if text, err := o.Read(ctx, o.supervisor, i, o.Now()); text != reason || err != nil || looks() != 1 {
		t.Errorf("read %q, %v, and the person sees %d looks", text, err, looks())
	}
	for name, by := range map[string]party.Clerk{"beyond, in time": o.beyond, "who asked": o.asker, "a bank's supervisor": {ID: housetest.Mint[ref.Clerk](t), Body: o.asker.Body, Desks: party.SetOf(party.Supervises)}} {
		if _, err := o.Read(ctx, by, i, o.Now()); !errors.Is(err, oversight.ErrNoInspection) {
			t.Errorf("%s reads it: %v", name, err)
		}
		if _, err := o.Find(ctx, by, i.ID, oversight.Lawful, o.Now()); !errors.Is(err, oversight.ErrNoInspection) {
			t.Errorf("%s finds: %v", name, err)
		}
	}
	if looks() != 1 {
		t.Error("who may not read it left a look")
	}
	if _, err := o.Find(ctx, o.supervisor, i.ID, "fine", o.Now()); fault.Of(err).Code != "E-QUESTION-FINDING" {
		t.Errorf("no finding: %v", err)
	}
	if _, err := o.Find(ctx, o.supervisor, i.ID, oversight.Unshown, o.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Find(ctx, o.supervisor, i.ID, oversight.Lawful, o.Now()); fault.Of(err).Code != "E-INSPECTION-FOUND" {
		t.Errorf("twice: %v", err)
	}
	if n := housetest.Ask[int](t, o.Fixture, `select count(*) from ledger.journal where refs::text like '%unshown%'`); n != 0 {
		t.Error("what was found stands in the journal")
	}
	list, more, err := o.List(ctx, o.supervisor, oversight.InspectionFilter{Done: true, Limit: 10}, o.Now())
	if err != nil || more || len(list) != 1 || list[0].Finding != oversight.Unshown {
		t.Errorf("%+v %v %v", list, more, err)
	}
}

// TestInspection_clocks: who says nothing does not keep the supervisor back, and what
// the supervisor leaves lying lies before another, though no worker lives; a day before,
// neither holds. At the end nothing of it is left, not even for the vault.
func TestInspection_clocks(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx, i := t.Context(), o.drawn(t)
	before := func(by party.Clerk) int {
		list, _, err := o.List(ctx, by, oversight.InspectionFilter{Rule: oversight.Random, Limit: 10}, o.Now())
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	o.MoveTo(t, i.ReasonDue)
	if i.Ripe(o.Now()) || before(o.supervisor) != 1 || before(o.beyond) != 0 {
		t.Error("on its last day for a reason it is ripe, or lies elsewhere")
	}
	o.MoveTo(t, i.ReasonDue+1)
	if !i.Ripe(o.Now()) || i.Overdue(o.Now()) {
		t.Error("a day later it is not ripe, or overdue")
	}
	o.MoveTo(t, i.Due)
	if before(o.beyond) != 0 {
		t.Error("on its last day it lies before another")
	}
	o.MoveTo(t, i.Due+1)
	if before(o.beyond) != 1 || before(o.supervisor) != 1 {
		t.Error("overdue, it lies before one of the two alone")
	}
	if _, err := o.Give(ctx, o.asker, i.ID, "late", o.Now()); err != nil {
		t.Errorf("late, and before anybody found: %v", err)
	}
	if _, err := o.Find(ctx, o.beyond, i.ID, oversight.Mistaken, o.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := o.One(ctx, o.supervisor, i.ID, o.Now()); !errors.Is(err, oversight.ErrNoInspection) {
		t.Errorf("who left it lying opens it: %v", err)
	}
	held, _, err := o.keeper.Held(ctx, nil, 10)
	if err != nil || len(held) != 1 || held[0].Slot.Epoch.End() != i.Keep {
		t.Fatalf("the vault is shown %v, %v", held, err)
	}
	if err := o.keeper.Erase(ctx, held, o.Now()); err != nil || !housetest.Ask[bool](t, o.Fixture, `select box is null and nonce is null from oversight.inspection where inspection = $1`, [16]byte(i.ID)) {
		t.Errorf("the reason is not cleared: %v", err)
	}
	o.sweep(t, i.Keep, 1)
	o.sweep(t, i.Keep+1, 0)
}

func (o *office) sweep(t *testing.T, today when.Date, want int) {
	t.Helper()
	if _, err := o.keeper.Sweep(t.Context(), today); err != nil {
		t.Fatal(err)
	}
	if n := housetest.Ask[int](t, o.Fixture, `select count(*) from oversight.inspection where rules @> '{random}'`); n != want {
		t.Errorf("on %s %d are left, want %d", today, n, want)
	}
}

// TestInspection_list: the list comes in parts, whole and in order, and is narrowed.
func TestInspection_list(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	const all = 7
	for range all {
		o.looked(t, o.look(t, true, oversight.Something))
	}
	seen := map[ref.Inspection]bool{}
	f := oversight.InspectionFilter{Rule: oversight.Random, Limit: 3}
	for pages := 1; ; pages++ {
		list, more, err := o.List(t.Context(), o.supervisor, f, o.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range list {
			seen[i.ID] = true
		}
		if !more {
			if pages != 3 || len(list) != 1 {
				t.Errorf("%d pages, %d on the last", pages, len(list))
			}
			break
		}
		f.After = list[len(list)-1].ID
	}
	if len(seen) != all {
		t.Errorf("%d of %d", len(seen), all)
	}
	for name, c := range map[string]struct {
		f    oversight.InspectionFilter
		want int
	}{
		"of another body": {oversight.InspectionFilter{Body: o.Bodies["hubei-market"].ID, Limit: 9}, 0}, "of the body": {oversight.InspectionFilter{Body: o.asker.Body.ID, Rule: oversight.Random, Limit: 9}, all},
		"by another rule": {oversight.InspectionFilter{Rule: "many", Limit: 9}, 0}, "that were found": {oversight.InspectionFilter{Done: true, Limit: 9}, 0},
	} {
		if list, _, err := o.List(t.Context(), o.supervisor, c.f, o.Now()); len(list) != c.want || err != nil {
			t.Errorf("%s: %d, %v", name, len(list), err)
		}
	}
	if _, _, err := o.List(t.Context(), o.asker, f, o.Now()); !errors.Is(err, party.ErrMandate) {
		t.Errorf("without the desk: %v", err)
	}
}

// TestInspection_failsClosed: a look that cannot be kept is an error, which keeps the
// answer back.
func TestInspection_failsClosed(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	away := errors.New("the vault is away")
	o.Key = func(context.Context) ([16]byte, error) { return o.key, away }
	if err := o.Looked(t.Context(), o.look(t, false, oversight.Something)); !errors.Is(err, away) {
		t.Errorf("without the key: %v", err)
	}
	ctx, stop := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer stop()
	o.Key = func(context.Context) ([16]byte, error) { return o.key, nil }
	l := o.look(t, true, oversight.Something)
	if err := o.Looked(ctx, l); err == nil {
		t.Error("without the database a look was not kept, and nobody hears of it")
	}
	o.looked(t, l)
	if all := o.own(t); len(all) != 1 {
		t.Errorf("asked again it is kept %d times: %s", len(all), fmt.Sprint(all))
	}
}
