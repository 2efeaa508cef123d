package contest_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/internal/dispute"
	"recourse/internal/law"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

// Rules D1: what is not decided in time is not shown, though nobody works; what is
// decided in time is.
func TestOverdue_isNotShown(t *testing.T) {
	t.Parallel()
	h := open(t)
	if got := h.ask(t); got != (told{Shown: true}) {
		t.Fatalf("before the contest: %+v", got)
	}
	c := h.contested(t, dispute.WrongFact)
	if got := h.ask(t); got != (told{true, true}) {
		t.Errorf("while it runs: %+v", got)
	}
	h.MoveTo(t, c.Clock.Due)
	if got := h.ask(t); got != (told{true, true}) {
		t.Errorf("on its last day: %+v", got)
	}
	h.Move(t, day)
	if got := h.ask(t); got != (told{}) {
		t.Errorf("overdue, with no worker alive: %+v", got)
	}
	// The control: without the rule it would be shown.
	h.Exec(t, "update dossier.record set hide_from = null, hide_until = null, hide_why = null where record = $1", h.record)
	if got := h.ask(t); got != (told{true, true}) {
		t.Errorf("control: without the instant on the row it is %+v, so the test proves nothing", got)
	}
}

// Late and upheld: shown again when the person has the letter and the time to ask
// for a review has run.
func TestLate_andUpheld(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.contested(t, dispute.WrongFact)
	h.MoveTo(t, c.Clock.Due+1)
	if c = h.decided(t, c, dispute.Upheld); c.State != dispute.Decided || c.LateFrom.IsZero() {
		t.Fatalf("%+v", c)
	}
	if got := h.ask(t); got.Shown {
		t.Error("late and upheld, it is shown before the person was told")
	}
	c, err := h.OpenDecision(t.Context(), h.person, c.ID, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	if h.Move(t, day); h.ask(t).Shown {
		t.Error("it is shown before the time to ask for a review has run")
	}
	h.MoveTo(t, h.pack.Today(c.ReviewUntil))
	if got := h.ask(t); got != (told{Shown: true}) {
		t.Errorf("when it has run: %+v", got)
	}
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	for outcome, want := range map[dispute.Outcome]struct {
		told  told
		state string
	}{
		dispute.Upheld:       {told{Shown: true}, "in force"},
		dispute.Withdrawn:    {told{}, "withdrawn"},
		dispute.Corrected:    {told{}, "in force"},
		dispute.Unverifiable: {told{}, "in force"},
	} {
		t.Run(string(outcome), func(t *testing.T) {
			t.Parallel()
			h := open(t)
			c := h.decided(t, h.contested(t, dispute.WrongFact, dispute.Settled), outcome)
			if got := h.ask(t); c.State != dispute.Decided || c.Result(dispute.First) != outcome || got != want.told {
				t.Errorf("%s: %+v is told", c.State, got)
			}
			if got := housetest.Ask[string](t, h.Fixture, "select state from dossier.record where record = $1", h.record); got != want.state {
				t.Errorf("the record is %s", got)
			}
			if n := housetest.Ask[int](t, h.Fixture, "select count(*) from vault.intent"); (n == 1) != (outcome == dispute.Withdrawn) {
				t.Errorf("%d leaves are to be forgotten", n)
			}
			file, err := h.File(t.Context(), h.person, c.ID, h.Now())
			if err != nil {
				t.Fatal(err)
			}
			reasons := 0
			for _, p := range file.Papers {
				if p.What == dispute.Reasons && strings.HasPrefix(p.Content.Text, "SAMPLE-REASONS") {
					reasons++
				}
			}
			if reasons != 4 {
				t.Errorf("the person reads %d reasons of two people on two grounds", reasons)
			}
		})
	}
}

// What was found wrong is shown again when the source has sent what is right.
func TestCorrected_comesBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.decided(t, h.contested(t, dispute.WrongFact), dispute.Corrected)
	if h.ask(t).Shown {
		t.Fatal("it is shown before it was mended")
	}
	h.mended(t)
	if got := h.ask(t); got != (told{Shown: true}) {
		t.Errorf("mended: %+v, %s", got, c.State)
	}
}

func TestWhoMayDecide(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.contested(t, dispute.WrongFact)
	if _, err := h.Rule(t.Context(), h.first, c.ID, map[dispute.Ground]dispute.Written{dispute.WrongFact: {Outcome: dispute.Upheld, Reasons: "x"}}, h.Now()); code(err) != "E-CONTEST-UNSEEN" {
		t.Errorf("without having looked: %v", err)
	}
	for name, who := range map[string]func() (string, error){
		"the source":   func() (string, error) { _, err := h.rules(t, h.filer, c, dispute.Upheld); return "E-CONTEST-DESK", err },
		"another desk": func() (string, error) { _, err := h.rules(t, h.reviewA, c, dispute.Upheld); return "E-CONTEST", err },
		"nobody's mandate": func() (string, error) {
			_, err := h.Queue(t.Context(), h.filer, dispute.Sought{Stage: dispute.First, N: 10}, h.Now())
			return "E-CONTEST-DESK", err
		},
	} {
		if want, err := who(); code(err) != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	c, err := h.rules(t, h.first, c, dispute.Upheld)
	if err != nil || c.State != dispute.Open {
		t.Fatalf("one alone: %s %v", c.State, err)
	}
	if c, err = h.rules(t, h.first, c, dispute.Withdrawn); err != nil || c.State != dispute.Open {
		t.Errorf("one person twice: %s %v", c.State, err)
	}
	seen, err := h.Case(t.Context(), h.second, c.ID, h.Now())
	if err != nil || seen.Sees || len(seen.Findings) != 0 || slices.ContainsFunc(seen.Papers, func(p dispute.Paper) bool { return p.What == dispute.Reasons }) {
		t.Errorf("the second sees what the first found: %+v %v", seen.Findings, err)
	}
	if c, err = h.rules(t, h.second, c, dispute.Upheld); err != nil || c.State != dispute.Open {
		t.Errorf("two who disagree: %s %v", c.State, err)
	}
	if seen, err = h.Case(t.Context(), h.second, c.ID, h.Now()); err != nil || !seen.Sees || len(seen.Findings) != 3 {
		t.Errorf("having found something, the second sees %d findings, %v", len(seen.Findings), err)
	}
	if c, err = h.rules(t, h.third, c, dispute.Upheld); err != nil || c.State != dispute.Decided {
		t.Errorf("a third of another body, by mandate: %s %v", c.State, err)
	}
	if _, err := h.rules(t, h.first, c, dispute.Upheld); code(err) != "E-CONTEST-STATE" {
		t.Errorf("after the decision: %v", err)
	}
	if _, err := h.Case(t.Context(), h.both, c.ID, h.Now()); code(err) != "E-CONTEST" {
		t.Errorf("who had no part in it looks at what is decided: %v", err)
	}
}

func TestReview(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.decided(t, h.contested(t, dispute.WrongFact), dispute.Upheld)
	c, err := h.AskReview(t.Context(), h.person, c.ID, "SAMPLE-APPEAL", h.Now())
	if err != nil || c.State != dispute.InReview {
		t.Fatal(c.State, err)
	}
	if got := h.ask(t); got != (told{true, true}) {
		t.Errorf("under review: %+v", got)
	}
	for name, by := range map[string]struct {
		who  func() error
		want string
	}{
		"who decided":               {func() error { _, err := h.rules(t, h.first, c, dispute.Upheld); return err }, "E-CONTEST"},
		"another of the same body":  {func() error { _, err := h.rules(t, h.both, c, dispute.Upheld); return err }, "E-CONTEST"},
		"somebody without the desk": {func() error { _, err := h.rules(t, h.third, c, dispute.Upheld); return err }, "E-CONTEST"},
	} {
		if err := by.who(); code(err) != by.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.rules(t, h.reviewA, c, dispute.Withdrawn); err != nil {
		t.Fatal(err)
	}
	if c, err = h.rules(t, h.reviewB, c, dispute.Withdrawn); err != nil || c.State != dispute.Reviewed || h.ask(t).Shown {
		t.Errorf("reviewed: %s %v, shown %v", c.State, err, h.ask(t).Shown)
	}
}

func TestTakenBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.contested(t, dispute.WrongFact)
	c, err := h.TakeBack(t.Context(), h.person, c.ID, h.Now())
	if err != nil || h.ask(t) != (told{true, true}) {
		t.Fatalf("%v, while it can be taken up: %+v", err, h.ask(t))
	}
	if c, err = h.TakeUp(t.Context(), h.person, c.ID, h.Now()); err != nil || c.State != dispute.Open {
		t.Fatal(c.State, err)
	}
	if c, err = h.TakeBack(t.Context(), h.person, c.ID, h.Now()); err != nil {
		t.Fatal(err)
	}
	h.Move(t, 11*time.Minute)
	if _, err := h.TakeUp(t.Context(), h.person, c.ID, h.Now()); code(err) != "E-CONTEST-STATE" {
		t.Errorf("after ten minutes: %v", err)
	}
	h.Move(t, 60*day)
	if got := h.ask(t); got != (told{Shown: true}) {
		t.Errorf("taken back for good: %+v", got)
	}
	h.contested(t, dispute.WrongFact) // and contested anew
}

func TestWrongPerson_hidesAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.contested(t, dispute.WrongPerson)
	if h.ask(t).Shown {
		t.Error("what is said to be another's is shown")
	}
	h.decided(t, c, dispute.Upheld)
	if got := h.ask(t); got != (told{Shown: true}) {
		t.Errorf("found to be the person's own: %+v", got)
	}
}

// Rules D1: undecided at twice the clock, it is withdrawn; and everybody is told of
// what is late, once.
func TestKeeper(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.contested(t, dispute.WrongFact)
	h.MoveTo(t, c.Clock.Due+1)
	for range 2 {
		if _, err := h.keeper.Tend(t.Context(), h.Now()); err != nil {
			t.Fatal(err)
		}
	}
	events := func(kind string) int {
		return housetest.Ask[int](t, h.Fixture, "select count(*) from ledger.journal where kind = $1", kind)
	}
	if n := events("dispute.overdue"); n != 1 {
		t.Errorf("told %d times that it is late", n)
	}
	h.MoveTo(t, c.Clock.Twice())
	if _, err := h.keeper.Tend(t.Context(), h.Now()); err != nil || events("dispute.lapsed") != 0 {
		t.Errorf("on the last day of twice the clock: %d, %v", events("dispute.lapsed"), err)
	}
	h.Move(t, day)
	if _, err := h.keeper.Tend(t.Context(), h.Now()); err != nil {
		t.Fatal(err)
	}
	got, err := h.Store.One(t.Context(), h.person, c.ID)
	if err != nil || got.State != dispute.Lapsed || events("dispute.lapsed") != 1 || housetest.Ask[string](t, h.Fixture, "select state from dossier.record where record = $1", h.record) != "withdrawn" {
		t.Errorf("%s, %v", got.State, err)
	}
	// A draft that is not sent is gone after its time, with what was written in it.
	h.record = h.file(t)
	d, err := h.Begin(t.Context(), h.person, h.record, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Write(t.Context(), h.person, d.ID, map[dispute.Ground]string{dispute.Settled: "SAMPLE"}, h.Now()); err != nil {
		t.Fatal(err)
	}
	h.Move(t, 29*day)
	if _, err := h.keeper.Tend(t.Context(), h.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Store.One(t.Context(), h.person, d.ID); err != nil {
		t.Errorf("after 29 days: %v", err)
	}
	h.Move(t, 3*day)
	if _, err := h.keeper.Tend(t.Context(), h.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Store.One(t.Context(), h.person, d.ID); code(err) != "E-CONTEST" || housetest.Ask[int](t, h.Fixture, "select count(*) from dispute.paper where contest = $1", d.ID) != 0 {
		t.Errorf("after 32 days: %v", err)
	}
}

// Rules D3: repeats without new evidence hide nothing for their first days and may
// be answered by reference; one new document opens a case.
func TestRepeats(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.decided(t, h.contested(t, dispute.WrongFact), dispute.Upheld)
	for range housetest.Long(50, 1000) {
		c := h.contested(t, dispute.WrongFact)
		if got := h.ask(t); got != (told{Shown: true}) || c.RepeatUntil.IsZero() {
			t.Fatalf("a repeat: %+v", got)
		}
		if c = h.decided(t, c, dispute.ByReference); h.ask(t) != (told{Shown: true}) || c.Result(dispute.First) != dispute.Upheld {
			t.Fatalf("answered by reference: %+v", h.ask(t))
		}
	}
	c := h.contested(t, dispute.WrongFact)
	h.MoveTo(t, h.pack.Today(c.RepeatUntil))
	if got := h.ask(t); got != (told{true, true}) {
		t.Errorf("unanswered, it is an ordinary contest: %+v", got)
	}
	if _, err := h.rules(t, h.first, c, dispute.ByReference); code(err) != "E-CONTEST-REPEAT" {
		t.Errorf("by reference, too late: %v", err)
	}
	h.MoveTo(t, c.Clock.Due+1)
	if h.ask(t).Shown {
		t.Error("a repeat that nobody answered is shown after its clock")
	}
	h.decided(t, c, dispute.Withdrawn)
	h.record = h.file(t)
	h.decided(t, h.contested(t, dispute.WrongFact), dispute.Upheld)
	d, err := h.Begin(t.Context(), h.person, h.record, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Write(t.Context(), h.person, d.ID, map[dispute.Ground]string{dispute.WrongFact: "x"}, h.Now()); err != nil {
		t.Fatal(err)
	}
	if err := h.Attach(t.Context(), h.person, d.ID, dispute.Upload{Name: "new.pdf", Data: []byte("%PDF-1.7 sample")}, h.Now()); err != nil {
		t.Fatal(err)
	}
	if d, err = h.Send(t.Context(), h.person, d.ID, h.Now()); err != nil || !d.RepeatUntil.IsZero() || h.ask(t) != (told{true, true}) {
		t.Errorf("with a new document: %+v %v", h.ask(t), err)
	}
	if e, err := h.Begin(t.Context(), h.person, h.file(t), h.Now()); err != nil || e.State != dispute.Draft {
		t.Error(err)
	}
}

// Rules D2: a clock that was due inside an outage gets the days that it took, once, and
// its person is told; one that was due on another day does not move.
func TestOutage(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.contested(t, dispute.WrongFact)
	due := c.Clock.Due
	h.MoveTo(t, due+1)
	if h.ask(t).Shown {
		t.Fatal("overdue, it is shown before anybody declared an outage")
	}
	excuse := func(from, to when.Date) dispute.Contest {
		t.Helper()
		for range 2 {
			if err := h.keeper.Excuse(t.Context(), law.Outage{From: from, To: to, Cause: law.NoPower, Days: 3}, h.Now()); err != nil {
				t.Fatal(err)
			}
		}
		got, err := h.Store.One(t.Context(), h.person, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := excuse(due+1, due+9); got.Clock.Due != due || h.ask(t).Shown {
		t.Errorf("control: an outage after its last day moves it to %s", got.Clock.Due)
	}
	c = excuse(due-3, due)
	later, err := h.pack.Excuse(law.Clock{Kind: c.Clock.Kind, Start: c.Clock.Start, Term: c.Clock.Term, Due: due}, law.Outage{From: due, To: due, Days: 3})
	if err != nil || c.Clock.Due != later.Due || c.Clock.Outage != 3 || c.Clock.Due <= due {
		t.Errorf("it is due on %s, not on %s: %v", c.Clock.Due, later.Due, err)
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from ledger.journal where kind = 'dispute.excused'"); n != 1 {
		t.Errorf("told %d times", n)
	}
	h.MoveTo(t, c.Clock.Due)
	if got := h.ask(t); got != (told{true, true}) {
		t.Errorf("on its new last day: %+v", got)
	}
	if h.Move(t, day); h.ask(t).Shown {
		t.Error("it is shown after its new last day")
	}
}
