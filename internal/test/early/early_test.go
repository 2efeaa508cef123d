package early_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/internal/catalogue"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/repair"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

func entry(start when.Date) catalogue.Entry { return catalogue.Entry{Start: start} }

// What two people grant ends at once: the content goes, an entry without content stays
// until the record would have gone (rules E3), and nobody is shown anything.
func TestGranted(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.sent(t)
	if !h.shown(t, h.record) {
		t.Fatal("while it is decided in time the record is shown")
	}
	if a = h.decided(t, a, repair.Grant, h.first, h.second); a.State != repair.Granted || h.shown(t, h.record) {
		t.Fatalf("%s, shown %v", a.State, h.shown(t, h.record))
	}
	if got := h.state(t, h.record); got != "repaired" {
		t.Errorf("the record is %s", got)
	}
	for what, n := range map[string]int{"select count(*) from vault.intent where reason = 'repaired'": 1, "select count(*) from dossier.record where box is not null": 0,
		"select count(*) from repair.entry e join ledger.journal j on j.event = e.event and j.kind = 'repair.restored' and j.stream = e.person": 1} {
		if got := housetest.Ask[int](t, h.Fixture, what); got != n {
			t.Errorf("%s: %d", what, got)
		}
	}
	_, entries, err := h.List(t.Context(), h.person)
	if err != nil || len(entries) != 1 || entries[0].How != repair.ByDecision || entries[0].Record != h.record {
		t.Fatalf("%+v %v", entries, err)
	}
	// B4, E3: it counts nowhere: a new record of the same kind is shown like any other.
	if again := h.file(t, recordType, source, h.Today().AddMonths(-1)); !h.shown(t, again) {
		t.Error("after one that ended early another record is not shown")
	}
	h.MoveTo(t, entries[0].EndsOn)
	h.tend(t)
	if _, entries, _ = h.List(t.Context(), h.person); len(entries) != 1 {
		t.Error("the entry went before its day")
	}
	h.Move(t, 2*day)
	h.tend(t)
	if _, entries, _ = h.List(t.Context(), h.person); len(entries) != 0 {
		t.Error("the entry lasts longer than the record would have")
	}
}

// Nothing is sent before the way is open, or while something is missing.
func TestSend_refused(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, err := h.Begin(t.Context(), h.person, h.record, route, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Send(t.Context(), h.person, a.ID, h.Now()); code(err) != "E-REPAIR-MISSING" {
		t.Errorf("empty: %v", err)
	}
	if err := h.Discard(t.Context(), h.person, a.ID, h.Now()); err != nil {
		t.Fatal(err)
	}
	h.record = h.file(t, recordType, source, h.Today().AddMonths(-2))
	a = h.written(t)
	if _, err := h.Send(t.Context(), h.person, a.ID, h.Now()); code(err) != "E-REPAIR-EARLY" {
		t.Errorf("two months after the decision: %v", err)
	}
	ways, err := h.Ways(t.Context(), h.person, h.record, h.Now())
	if err != nil || len(ways) != 1 || ways[0].Opens <= h.Today() {
		t.Fatalf("%+v %v", ways, err)
	}
	h.MoveTo(t, ways[0].Opens-1)
	if _, err := h.Send(t.Context(), h.person, a.ID, h.Now()); code(err) != "E-REPAIR-EARLY" {
		t.Errorf("the day before it opens: %v", err)
	}
	h.MoveTo(t, ways[0].Opens)
	if err := h.Write(t.Context(), h.person, a.ID, map[string]string{"corrected": "SAMPLE"}, h.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Send(t.Context(), h.person, a.ID, h.Now()); code(err) != "E-REPAIR-MISSING" {
		t.Errorf("without the promise: %v", err)
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from repair.paper where what = 'words'"); n != 1 {
		t.Errorf("%d papers with words; what was replaced stays", n)
	}
	if _, err := h.Begin(t.Context(), h.person, h.record, "debt-performed", h.Now()); code(err) != "E-REPAIR-ROUTE" {
		t.Errorf("by a way of other records: %v", err)
	}
	if _, err := h.Begin(t.Context(), h.person, h.file(t, "nurse-licence", "hubei-health", h.Today()), route, h.Now()); code(err) != "E-REPAIR-ROUTE" {
		t.Errorf("of a favourable record: %v", err)
	}
}

// Nobody decides alone, nobody without a desk, nobody of another body, and nobody sees
// what another found before they found something.
func TestWhoMayDecide(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.sent(t)
	if _, err := h.Rule(t.Context(), h.first, a.ID, repair.Grant, "x", h.Now()); code(err) != "E-REPAIR-UNSEEN" {
		t.Errorf("without having looked: %v", err)
	}
	for name, by := range map[string]party.Clerk{"the registry": h.registryA, "another body": h.other, "no mandate": h.none, "a reviewer": h.reviewA} {
		if _, err := h.rules(t, by, a, repair.Grant); code(err) != "E-REPAIR" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := h.Queue(t.Context(), h.registryA, repair.Sought{Stage: repair.First, N: 10}, h.Now()); err != nil || len(list) != 0 {
		t.Errorf("the registry's list has %d, %v", len(list), err)
	}
	if _, err := h.Queue(t.Context(), h.none, repair.Sought{Stage: repair.First, N: 10}, h.Now()); code(err) != "E-REPAIR-DESK" {
		t.Errorf("without a mandate: %v", err)
	}
	a, err := h.rules(t, h.first, a, repair.Grant)
	if err != nil || a.State != repair.Open {
		t.Fatalf("one alone: %s %v", a.State, err)
	}
	if a, err = h.rules(t, h.first, a, repair.Refuse); err != nil || a.State != repair.Open {
		t.Errorf("one person twice: %s %v", a.State, err)
	}
	seen, err := h.Case(t.Context(), h.second, a.ID, h.Now())
	if err != nil || seen.Sees || len(seen.Findings) != 0 || slices.ContainsFunc(seen.Papers, func(p repair.Paper) bool { return p.What == repair.Reasons }) {
		t.Errorf("the second sees what the first found: %+v %v", seen.Findings, err)
	}
	if a, err = h.rules(t, h.second, a, repair.Grant); err != nil || a.State != repair.Open {
		t.Errorf("two who disagree: %s %v", a.State, err)
	}
	if a, err = h.rules(t, h.third, a, repair.Grant); err != nil || a.State != repair.Granted {
		t.Errorf("a third: %s %v", a.State, err)
	}
	looks := housetest.Ask[int](t, h.Fixture, "select count(*) from inquiry.access where purpose = 'repair' and basis = 'case' and person = $1", h.person)
	if looks < 5 {
		t.Errorf("the person's list has %d looks of those who decide", looks)
	}
}

// Who sent the record leaves it to others.
func TestFiler(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.sent(t)
	h.Filers = filed{h.first.ID}
	if seen, err := h.Case(t.Context(), h.first, a.ID, h.Now()); err != nil || !seen.Filer {
		t.Fatalf("%v %v", seen.Filer, err)
	}
	if _, err := h.rules(t, h.first, a, repair.Grant); code(err) != "E-REPAIR-INTEREST" {
		t.Errorf("who filed it decides: %v", err)
	}
}

// Rules D1: what is not decided in time is not shown, though nobody works. Late and
// refused, it is shown again when the person was told and the time to go on has run.
func TestOverdue_isNotShown(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.sent(t)
	h.MoveTo(t, a.Clock.Due)
	if !h.shown(t, h.record) {
		t.Error("on its last day")
	}
	if h.Move(t, day); h.shown(t, h.record) {
		t.Error("overdue, with no worker alive, it is shown")
	}
	h.Exec(t, "update dossier.record set late_from = null, late_until = null where record = $1", h.record)
	if !h.shown(t, h.record) {
		t.Error("control: without the instant on the row it is not shown, so the test proves nothing")
	}
	a = h.decided(t, a, repair.Refuse, h.first, h.second)
	if a.State != repair.Refused || a.LateFrom.IsZero() || h.shown(t, h.record) {
		t.Fatalf("late and refused: %s, shown %v", a.State, h.shown(t, h.record))
	}
	a, err := h.OpenDecision(t.Context(), h.person, a.ID, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	if h.Move(t, day); h.shown(t, h.record) {
		t.Error("it is shown before the time to ask for a review has run")
	}
	if h.MoveTo(t, h.pack.Today(a.ReviewUntil)); !h.shown(t, h.record) {
		t.Error("when it has run it is not shown")
	}
}

// Nobody having decided within twice the clock, the record has ended.
func TestKeeper_lapses(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.sent(t)
	h.MoveTo(t, a.Clock.Due+1)
	h.tend(t)
	h.tend(t)
	if n := h.events(t, "repair.overdue"); n != 1 {
		t.Errorf("told %d times that it is late", n)
	}
	h.MoveTo(t, a.Clock.Twice())
	if h.tend(t); h.events(t, "repair.lapsed") != 0 {
		t.Error("on the last day of twice the clock")
	}
	h.Move(t, day)
	h.tend(t)
	_, entries, err := h.List(t.Context(), h.person)
	if err != nil || h.state(t, h.record) != "repaired" || len(entries) != 1 || entries[0].How != repair.ByLapse {
		t.Errorf("%s %+v %v", h.state(t, h.record), entries, err)
	}
	h.record = h.file(t, recordType, source, h.Today().AddMonths(-4))
	d := h.written(t)
	h.Move(t, 32*day)
	h.tend(t)
	if _, err := h.Store.One(t.Context(), h.person, d.ID); code(err) != "E-REPAIR" || housetest.Ask[int](t, h.Fixture, "select count(*) from repair.paper where application = $1", d.ID) != 0 {
		t.Errorf("a draft after 32 days: %v", err)
	}
}

func TestReview(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.decided(t, h.sent(t), repair.Refuse, h.first, h.second)
	if !h.shown(t, h.record) {
		t.Error("refused in time it is not shown")
	}
	f, err := h.File(t.Context(), h.person, a.ID, h.Now())
	if n := strings.Count(texts(f.Papers), "SAMPLE-REASONS"); err != nil || n != 2 {
		t.Errorf("the person reads %d reasons, %v", n, err)
	}
	if a, err = h.AskReview(t.Context(), h.person, a.ID, "SAMPLE-APPEAL", h.Now()); err != nil || a.State != repair.InReview {
		t.Fatal(a.State, err)
	}
	for name, by := range map[string]party.Clerk{"who decided": h.first, "another of the source": h.third, "the registry without the desk": h.registryA} {
		if _, err := h.rules(t, by, a, repair.Grant); code(err) != "E-REPAIR" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if a = h.decided(t, a, repair.Grant, h.reviewA, h.reviewB); a.State != repair.Granted || h.shown(t, h.record) {
		t.Errorf("%s, shown %v", a.State, h.shown(t, h.record))
	}
}

func texts(papers []repair.Paper) string {
	var b strings.Builder
	for _, p := range papers {
		b.WriteString(p.Content.Text + "\n")
	}
	return b.String()
}

// A route on which the registry decides is nothing for the source.
func TestRegistryDecides(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.record = h.file(t, "loan-default", "sample-bank", h.Today().AddYears(-2))
	a, err := h.Begin(t.Context(), h.person, h.record, "loan-explained", h.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Write(t.Context(), h.person, a.ID, map[string]string{"explained": "SAMPLE"}, h.Now()); err != nil {
		t.Fatal(err)
	}
	if a, err = h.Send(t.Context(), h.person, a.ID, h.Now()); err != nil {
		t.Fatal(err)
	}
	if a = h.decided(t, a, repair.Grant, h.registryA, h.other); a.State != repair.Granted {
		t.Errorf("two of two bodies, by mandate: %s", a.State)
	}
}

func TestTakenBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, err := h.TakeBack(t.Context(), h.person, h.sent(t).ID, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	if a, err = h.TakeUp(t.Context(), h.person, a.ID, h.Now()); err != nil || a.State != repair.Open {
		t.Fatal(a.State, err)
	}
	if a, err = h.TakeBack(t.Context(), h.person, a.ID, h.Now()); err != nil {
		t.Fatal(err)
	}
	h.Move(t, 11*time.Minute)
	if _, err := h.TakeUp(t.Context(), h.person, a.ID, h.Now()); code(err) != "E-REPAIR-STATE" {
		t.Errorf("after ten minutes: %v", err)
	}
	if h.Move(t, 60*day); !h.shown(t, h.record) {
		t.Error("taken back for good it is hidden")
	}
	h.sent(t) // and asked anew
}

// What the law ends by itself is not shown after its day, with no worker alive; the
// keeper erases it.
func TestByTime(t *testing.T) {
	t.Parallel()
	h := open(t)
	began := h.Today().AddMonths(-3) + 1
	r := h.file(t, "accountant-warning", source, began)
	opens, err := h.pack.Opens(routeOf(t, h.pack, "warning-time"), began, h.Today())
	if err != nil {
		t.Fatal(err)
	}
	h.MoveTo(t, opens-1)
	h.tend(t)
	if !h.shown(t, r) || h.state(t, r) != "in force" {
		t.Fatalf("on its last day: %s, shown %v", h.state(t, r), h.shown(t, r))
	}
	if h.Move(t, day); h.shown(t, r) {
		t.Error("after its day, with no worker alive, it is shown")
	}
	h.tend(t)
	_, entries, err := h.List(t.Context(), h.person)
	if err != nil || h.state(t, r) != "repaired" || len(entries) != 1 || entries[0].How != repair.ByTime {
		t.Errorf("%s %+v %v", h.state(t, r), entries, err)
	}
	if h.state(t, h.record) != "in force" {
		t.Error("a record of another class ended with it")
	}
}

func routeOf(t *testing.T, p *law.Pack, code string) law.Route {
	t.Helper()
	r, ok := p.Route(code)
	if !ok {
		t.Fatal("no route " + code)
	}
	return r
}

// Rules D8: a person hears once that a way has opened.
func TestTold_whenItOpens(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.file(t, recordType, source, h.Today().AddMonths(-3)-10)
	h.file(t, recordType, source, h.Today().AddMonths(-1))
	h.file(t, recordType, source, h.Today().AddMonths(-6))
	h.Exec(t, "update dossier.record set state = 'withdrawn', box = null, nonce = null, mark = null where record = $1", h.record)
	h.tend(t)
	h.Move(t, day)
	h.tend(t)
	if n := h.events(t, "repair.opened-way"); n != 1 {
		t.Errorf("told of %d ways; one opened in the last month", n)
	}
}

type filed []ref.Clerk

// Filed is repair.Filers.Filed.
func (f filed) Filed(_ context.Context, _ ref.Body, _ string, _ time.Time) ([]ref.Clerk, error) {
	return f, nil
}
