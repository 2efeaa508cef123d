package oversightpg_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/oversight"
	"recourse/internal/oversight/oversightpg"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

// books is a house in the January after a quarter in which something was written.
type books struct {
	*housetest.Fixture
	keeper, app *oversightpg.Figures
	under       map[ref.Body]string
}

func openBooks(t *testing.T) *books {
	t.Helper()
	f := housetest.DB(t)
	f.MoveTo(t, when.Of(2027, 1, 20))
	b := &books{Fixture: f, keeper: oversightpg.NewFigures(f.Keeper), app: oversightpg.NewFigures(f.App), under: map[ref.Body]string{}}
	for code, body := range f.Bodies {
		b.under[body.ID] = code
	}
	f.Exec(t, `insert into ledger.journal (stream, event, at, kind, refs) values (gen_random_uuid(), gen_random_uuid(), '2026-11-02 12:00+08', 'ledger.ran', '{}')`)
	return b
}

// asked writes n inquiries of a body, each about somebody else.
func (b *books) asked(t *testing.T, n int, body, at, basis string, outcome int) {
	t.Helper()
	b.Exec(t, `insert into inquiry.access (person, access, at, body, purpose, basis, pack, outcome, records)
		select gen_random_uuid(), gen_random_uuid(), $1::timestamptz, $2, 'p', $3, 'p', $4, '{}' from generate_series(1, $5)`, at, [16]byte(b.Bodies[body].ID), basis, outcome, n)
}

// contested writes n contests of one source, of so many persons: decided on a day, or open
// with a clock that ends on it.
func (b *books) contested(t *testing.T, n, persons int, c contested) {
	t.Helper()
	for i := range n {
		sum := sha256.Sum256([]byte(c.source + c.day + string(rune(i%persons))))
		person, contest := [16]byte(sum[:16]), [16]byte(housetest.Mint[ref.Contest](t))
		state, was, decided := "open", "draft", any(nil)
		if c.outcome != "" {
			state, was, decided = "decided", "open", c.day+" 10:00+08"
		}
		b.Exec(t, `insert into dispute.contest (person, contest, record, version, source, type, pack, state, was, grounds, made_at, changed_at, keep_until, opened_at, answer_by,
				clock_kind, clock_start, clock_n, clock_unit, clock_whole, clock_calendar, clock_overdue, due_on, twice_on, decided_at, late_from)
			values ($1, $2, gen_random_uuid(), 1, $3, 't', 'p', $4, $5, '{amount}', now(), now(), '2030-01-01', $6::date - 20, $6::date - 5,
				'k', $6::date - 20, 15, 'working', true, 'c', 'hide', $6, $6::date + 20, $7::timestamptz, $8::timestamptz)`,
			person, contest, [16]byte(b.Bodies[c.source].ID), state, was, c.day, decided, c.lateFrom)
		if c.outcome == "" {
			continue
		}
		for range 2 {
			b.Exec(t, `insert into dispute.finding (person, contest, stage, ground, clerk, body, at, outcome) values ($1, $2, 1, 'amount', gen_random_uuid(), $3, $4::timestamptz, $5)`,
				person, contest, [16]byte(b.Bodies["hubei-credit-centre"].ID), decided, c.outcome)
		}
		b.Exec(t, `insert into dispute.answer (person, contest, ground, at, clerk, position) values ($1, $2, 'amount', $3::date - 6, gen_random_uuid(), 'stands')`, person, contest, c.day)
	}
}

// contested says what a contest is like.
type contested struct {
	source, day string
	outcome     string // of the first decision; empty where there is none
	lateFrom    any
}

// close closes the quarter, and returns its lines about something.
func (b *books) close(t *testing.T, about ...oversight.About) []oversight.Figure {
	t.Helper()
	q, closed, err := b.keeper.Close(t.Context(), b.under, b.Now())
	if err != nil || !closed || q.String() != "2026-Q4" {
		t.Fatalf("closed %s: %v, %v", q, closed, err)
	}
	list, _, err := b.app.Figures(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(list, func(f oversight.Figure) bool { return !slices.Contains(about, f.About) })
}

// TestClose_tellsOfTenAtLeast: a body with ten and more stands by itself, fewer together
// or nowhere; a part or a rest of fewer is not told; what a freeze stopped is counted
// where the body's own answer was.
func TestClose_tellsOfTenAtLeast(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	const in = "2026-12-31 23:59+08"
	b.asked(t, 12, "sample-bank", in, "consent", 1)
	b.asked(t, 10, "sample-bank", in, "consent", 0)
	b.asked(t, 1, "sample-bank", in, "consent", 4)
	b.asked(t, 1, "sample-bank", in, "statute", 4)
	b.asked(t, 30, "hubei-tax", "2026-10-01 00:00+08", "statute", 2)
	b.asked(t, 9, "hubei-tax", in, "statute", 0)
	b.asked(t, 5, "wuhan-court", in, "statute", 1)
	b.asked(t, 20, "wuhan-court", in, "statute", 0)
	b.asked(t, 9, "hubei-market", in, "statute", 1)
	b.asked(t, 9, "wuhan-market", in, "statute", 1)
	b.asked(t, 2, "hubei-health", in, "statute", 1)
	b.asked(t, 40, "hubei-pbc", "2026-09-30 23:59+08", "statute", 1)
	b.asked(t, 40, "hubei-pbc", "2027-01-01 00:00+08", "statute", 1)
	want := []oversight.Figure{
		{About: oversight.Inquiries, For: oversight.ForOthers, N: 20, TooFew: "part"},
		{About: oversight.Inquiries, For: "hubei-tax", N: 39, TooFew: "part"},
		{About: oversight.Inquiries, For: "sample-bank", N: 24, Part: 11},
		{About: oversight.Inquiries, For: "wuhan-court", N: 25, TooFew: "rest"},
	}
	got := b.close(t, oversight.Inquiries)
	slices.SortFunc(got, func(a, b oversight.Figure) int { return strings.Compare(a.For, b.For) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestClose_othersHideEachOther: bodies that stand together leave ten without the largest,
// or one of them would see what the other has.
func TestClose_othersHideEachOther(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	b.asked(t, 9, "hubei-market", "2026-12-01", "statute", 1)
	b.asked(t, 9, "wuhan-market", "2026-12-01", "statute", 1)
	if got := b.close(t, oversight.Inquiries); len(got) > 0 {
		t.Errorf("two of nine each are told: %v", got)
	}
}

// TestClose_countsPeople: thirty contests of three people are three people.
func TestClose_countsPeople(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	b.contested(t, 30, 3, contested{source: "hubei-tax", day: "2026-11-20", outcome: "upheld"})
	b.contested(t, 12, 12, contested{source: "hubei-market", day: "2026-11-20", outcome: "withdrawn"})
	b.contested(t, 11, 11, contested{source: "hubei-market", day: "2026-11-23", outcome: "upheld"})
	b.contested(t, 10, 10, contested{source: "hubei-market", day: "2026-12-03", outcome: "upheld", lateFrom: "2026-12-01 00:00+08"})
	b.contested(t, 3, 3, contested{source: "hubei-market", day: "2026-12-29"}) // nobody decides them
	b.contested(t, 20, 20, contested{source: "hubei-market", day: "2027-01-19"})
	want := []oversight.Figure{
		{About: oversight.ContestAnswers, For: "hubei-market", N: 36, TooFew: "rest"},
		{About: oversight.ContestDecisions, For: oversight.ForRegistry, N: 66, Part: 53},
		{About: oversight.ContestOutcomes, For: "hubei-market", N: 33, Part: 12},
	}
	if diff := cmp.Diff(want, b.close(t, oversight.ContestAnswers, oversight.ContestDecisions, oversight.ContestOutcomes)); diff != "" {
		t.Error(diff)
	}
}

// TestClose_once: a quarter is closed a day after it is over, once and for good, and what
// the log says of it is the hash of the file that everybody can take.
func TestClose_once(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	b.asked(t, 25, "sample-bank", "2026-12-01", "consent", 1)
	b.MoveTo(t, when.Of(2027, 1, 1))
	if _, closed, err := b.keeper.Close(t.Context(), b.under, b.Now()); closed || err != nil {
		t.Fatalf("closed on the day after its last: %v", err)
	}
	b.MoveTo(t, when.Of(2027, 1, 2))
	list := b.close(t, oversight.Abouts()...)
	if len(list) != 1 {
		t.Fatalf("control: %v", list)
	}
	b.asked(t, 25, "hubei-tax", "2026-12-01", "consent", 1)
	if q, closed, err := b.keeper.Close(t.Context(), b.under, b.Now()); closed || err != nil {
		t.Errorf("%s is closed before it is over: %v", q, err)
	}
	q, err := oversight.ParseQuarter("2026-Q4")
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := b.app.Figures(t.Context(), q)
	if diff := cmp.Diff(list, again); diff != "" || err != nil {
		t.Errorf("%s %v", diff, err)
	}
	sum := sha256.Sum256(oversight.Lines(again))
	if logged := housetest.Ask[string](t, b.Fixture, `select refs->>'sha256' from ledger.journal where kind = 'oversight.quarter-closed' and refs->>'quarter' = '2026-Q4'`); logged != hex.EncodeToString(sum[:]) {
		t.Errorf("the log has %s", logged)
	}
	if known, err := b.app.Quarters(t.Context()); err != nil || !slices.Equal(known, []oversight.Quarter{q}) {
		t.Errorf("%v %v", known, err)
	}
	if _, _, err := b.app.Figures(t.Context(), oversight.Quarter(when.Of(2027, 1, 1))); !errors.Is(err, oversight.ErrNoQuarter) {
		t.Errorf("of the running quarter: %v", err)
	}
	b.Move(t, 91*24*time.Hour)
	if q, closed, err := b.keeper.Close(t.Context(), b.under, b.Now()); !closed || err != nil || q.String() != "2027-Q1" {
		t.Errorf("then %s: %v %v", q, closed, err)
	}
}

// TestClose_rights: no running role writes a figure, chooses what is counted, or reads more
// than what is published.
func TestClose_rights(t *testing.T) {
	t.Parallel()
	b := openBooks(t)
	for _, sql := range []string{
		`insert into oversight.figure (quarter, about, counted_for, n, too_few) values ('2026-10-01', 'inquiries', 'x', 10, 'part')`, `delete from oversight.figure`, `update oversight.quarter set closed_at = now()`,
	} {
		if _, err := b.Keeper.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("the keeper may %s: %v", sql, err)
		}
	}
	if _, err := b.App.Exec(t.Context(), `select oversight.close_quarter(gen_random_uuid(), now(), '{}', '{}')`); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("the serving role may close: %v", err)
	}
	if _, _, err := b.keeper.Close(t.Context(), b.under, b.Now().AddDate(1, 0, 0)); err == nil {
		t.Error("an instant of another year is taken")
	}
}
