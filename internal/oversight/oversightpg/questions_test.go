package oversightpg_test

import (
	"context"
	"crypto/rand"
	"errors"
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
	"recourse/internal/test/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// list is who looked at one person's file.
type list struct {
	person ref.Person
	looks  map[ref.Inquiry]oversight.Look
}

// Look is oversight.OwnLooks.Look.
func (l list) Look(_ context.Context, p ref.Person, access ref.Inquiry) (oversight.Look, bool, error) {
	look, ok := l.looks[access]
	return look, ok && p == l.person, nil
}

// desk is a house in which a person can question two looks: of a bank, under its
// supervisor, and of themselves.
type desk struct {
	*housetest.Fixture
	watch      *oversight.Watch
	keeper     *oversightpg.Questions
	person     ref.Person
	look, own  ref.Inquiry
	supervisor party.Clerk // of the bank
	beyond     party.Clerk
}

func open(t *testing.T) *desk {
	t.Helper()
	f := housetest.DB(t)
	d := &desk{Fixture: f, person: housetest.Mint[ref.Person](t), look: housetest.Mint[ref.Inquiry](t), own: housetest.Mint[ref.Inquiry](t)}
	pack := housetest.Pack(t)
	at := f.Now().Add(-time.Hour)
	looks := list{d.person, map[ref.Inquiry]oversight.Look{d.look: {Access: d.look, Body: f.Bodies["sample-bank"].ID, Purpose: "loan-application", At: at}, d.own: {Access: d.own, At: at}}}
	first, beyond := pack.SupervisorOf("sample-bank")
	if first != "hubei-pbc" || beyond == first || beyond == "" || beyond == pack.Operator {
		t.Fatalf("supervised by %s, then %s", first, beyond)
	}
	codes := map[ref.Body]string{}
	for code, b := range f.Bodies {
		codes[b.ID] = code
	}
	body := func(ctx context.Context, code string) (party.Body, error) {
		if code == beyond {
			code = "hubei-health" // stands for it: the house has few bodies
		}
		return partypg.NewStore(f.App, nil).Body(ctx, code)
	}
	d.watch = &oversight.Watch{Store: oversightpg.NewQuestions(f.App, housetest.Publisher(nil)), Looks: looks, Shelf: law.One(pack), Chance: rand.Reader, Body: body,
		Bodies: func(id ref.Body) (string, bool) { code, ok := codes[id]; return code, ok }}
	d.keeper = oversightpg.NewQuestions(f.Keeper, housetest.Publisher(nil))
	d.supervisor = d.clerk(t, "hubei-pbc", party.Supervises)
	d.beyond = d.clerk(t, "hubei-health", party.Supervises)
	return d
}

func (d *desk) clerk(t *testing.T, body string, desks ...party.Desk) party.Clerk {
	t.Helper()
	return party.Clerk{ID: housetest.Mint[ref.Clerk](t), Body: d.Bodies[body], Desks: party.SetOf(desks...)}
}

func (d *desk) ask(t *testing.T) oversight.Question {
	t.Helper()
	q, err := d.watch.Ask(t.Context(), d.person, d.look, oversight.NothingAsked, d.Now())
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func (d *desk) waiting(t *testing.T, by party.Clerk) int {
	t.Helper()
	all, err := d.watch.Waiting(t.Context(), by, d.Now())
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// TestQuestion: a person questions a look of a body once, and its supervisor alone
// answers, with its words and its day.
func TestQuestion(t *testing.T) {
	t.Parallel()
	d := open(t)
	ctx := t.Context()
	for name, c := range map[string]struct {
		p    ref.Person
		look ref.Inquiry
		why  oversight.Doubt
		want string
	}{
		"nobody": {ref.Person{}, d.look, oversight.NoReason, "E-QUESTION-LOOK"}, "somebody else": {housetest.Mint[ref.Person](t), d.look, oversight.NoReason, "E-QUESTION-LOOK"},
		"their own view": {d.person, d.own, oversight.NoReason, "E-QUESTION-LOOK"}, "no look": {d.person, ref.Inquiry{9}, oversight.NoReason, "E-QUESTION-LOOK"},
		"no doubt": {d.person, d.look, "because", "E-QUESTION-WHY"},
	} {
		if _, err := d.watch.Ask(ctx, c.p, c.look, c.why, d.Now()); fault.Of(err).Code != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	q := d.ask(t)
	if again, err := d.watch.Ask(ctx, d.person, d.look, oversight.TooMuch, d.Now()); err != nil || again.ID != q.ID || again.Why != oversight.NothingAsked {
		t.Errorf("asked again: %+v, %v", again, err)
	}
	if want := d.Today().AddDays(15); q.Due != want {
		t.Errorf("due on %s, want %s", q.Due, want)
	}
	if d.waiting(t, d.supervisor) != 1 || d.waiting(t, d.beyond) != 0 {
		t.Error("it does not lie before the supervisor alone")
	}
	for name, by := range map[string]party.Clerk{"before it is overdue": d.beyond, "without the desk": d.clerk(t, "hubei-pbc", party.Reviews), "who looked": d.clerk(t, "sample-bank", party.Supervises), "who runs it": d.clerk(t, "hubei-credit-centre", party.Supervises)} {
		if _, err := d.watch.Answer(ctx, by, q.ID, oversight.Lawful, d.Now()); !errors.Is(err, oversight.ErrNoQuestion) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.watch.Waiting(ctx, d.clerk(t, "hubei-pbc"), d.Now()); !errors.Is(err, party.ErrMandate) {
		t.Errorf("the list without the desk: %v", err)
	}
	if _, err := d.watch.Answer(ctx, d.supervisor, q.ID, "fine", d.Now()); fault.Of(err).Code != "E-QUESTION-FINDING" {
		t.Errorf("no finding: %v", err)
	}
	if _, err := d.watch.Answer(ctx, d.supervisor, q.ID, oversight.Unshown, d.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.watch.Answer(ctx, d.supervisor, q.ID, oversight.Lawful, d.Now()); fault.Of(err).Code != "E-QUESTION-ANSWERED" {
		t.Errorf("twice: %v", err)
	}
	kept, found, err := d.watch.About(ctx, d.person, d.look)
	if err != nil || !found || kept.Finding != oversight.Unshown || kept.FoundBy != d.supervisor.ID || d.waiting(t, d.supervisor) != 0 {
		t.Errorf("%+v %v %v", kept, found, err)
	}
	if n := housetest.Ask[int](t, d.Fixture, `select count(*) from ledger.journal where stream = $1 and kind in ('oversight.questioned', 'oversight.question-answered')`, [16]byte(d.person)); n != 2 {
		t.Errorf("%d events", n)
	}
}

// TestQuestion_overdue: what a supervisor leaves lying lies before another, though no
// worker lives; that the person is told of it once is all that a worker does. One day
// before, nothing of it holds.
func TestQuestion_overdue(t *testing.T) {
	t.Parallel()
	d := open(t)
	q := d.ask(t)
	d.MoveTo(t, q.Due)
	if some, err := d.keeper.Tend(t.Context(), time.Time{}, d.Now()); some || err != nil || d.waiting(t, d.beyond) != 0 {
		t.Errorf("on its last day it is overdue: %v %v", some, err)
	}
	d.MoveTo(t, q.Due.AddDays(1))
	if d.waiting(t, d.beyond) != 1 || d.waiting(t, d.supervisor) != 1 {
		t.Error("overdue, it lies before one of the two alone")
	}
	for _, want := range []bool{true, false} {
		if some, err := d.keeper.Tend(t.Context(), time.Time{}, d.Now()); some != want || err != nil {
			t.Errorf("told: %v %v", some, err)
		}
	}
	if n := housetest.Ask[int](t, d.Fixture, `select count(*) from ledger.journal where kind = 'oversight.question-overdue'`); n != 1 {
		t.Errorf("%d events", n)
	}
	if _, err := d.watch.Answer(t.Context(), d.beyond, q.ID, oversight.Unlawful, d.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.watch.Find(t.Context(), d.supervisor, q.ID, d.Now()); !errors.Is(err, oversight.ErrNoQuestion) {
		t.Errorf("who left it lying finds it: %v", err)
	}
	if _, err := d.keeper.Tend(t.Context(), d.Now().Add(-time.Hour), d.Now()); err != nil {
		t.Fatal(err)
	}
	if _, found, _ := d.watch.About(t.Context(), d.person, d.look); !found {
		t.Error("a finding of today is gone")
	}
	if _, err := d.keeper.Tend(t.Context(), d.Now().Add(time.Hour), d.Now()); err != nil {
		t.Fatal(err)
	}
	if _, found, _ := d.watch.About(t.Context(), d.person, d.look); found {
		t.Error("an old finding is still there")
	}
}
