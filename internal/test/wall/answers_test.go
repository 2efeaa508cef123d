package wall_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

// Rules B6: when an answer is handed over, the person's list has it.
func TestAnswers_areInTheListAtOnce(t *testing.T) {
	t.Parallel()
	const n = 200
	o := newOffice(t, 4)
	var wg sync.WaitGroup
	for i, l := range lanes(t, o, 4) {
		if _, err := o.consent(t.Context(), l.person); err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			for round := range n / 4 {
				a := <-l.ask(t.Context(), fmt.Sprint("list-", round))
				var rows int // the look is on another connection
				err := l.look.QueryRow(t.Context(), "select count(*) from inquiry.access where person = $1 and access = $2 and outcome = 1 and cardinality(records) = 1",
					pgkit.UUID(l.person.id), pgkit.UUID(a.Inquiry)).Scan(&rows)
				if a.err != nil || err != nil || a.Outcome != inquiry.Records || len(a.Records) != 1 || rows != 1 {
					t.Errorf("person %d, round %d: %v, %d rows (%v, %v)", i, round, a.Outcome, rows, a.err, err)
					return
				}
			}
		})
	}
	wg.Wait()
	keepRace(t, "an answer is handed over: another connection sees its access row", n, n)

	// The control: before the commit, the row is not there.
	l := lanes(t, o, 1)[0]
	tx, err := l.stop.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	arg := l.disclosing(t.Context(), l.person, "early")
	got, err := inquirypg.New().Disclose(t.Context(), tx, arg)
	if err != nil || !got[0].Record.Valid {
		t.Fatalf("%+v, %v", got, err)
	}
	var rows int
	if err := l.look.QueryRow(t.Context(), "select count(*) from inquiry.access where access = $1", arg.Accesses[0]).Scan(&rows); err != nil || rows != 0 {
		t.Errorf("control: %d rows before the commit, %v: the test above would not notice an answer that leaves too early", rows, err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// cause is one reason for an outcome: what is true of a person, and how it is
// asked.
type cause struct {
	name    string
	prepare string // SQL with the person as $1
	consent string // SQL with person and body as $1 and $2; empty for a valid one, "-" for none
	unknown bool   // the identifier has no file
	ask     func(*inquiry.Request)
}

var nothing = []cause{
	{name: "unknown person", unknown: true, ask: func(r *inquiry.Request) { r.Purpose, r.Basis, r.Case = statutory, inquiry.Statute, "FL2026-000001" }},
	{name: "no record", prepare: "delete from dossier.record where person = $1"},
	{name: "not told yet", prepare: "update dossier.record set state = 'noticed', effect_at = null where person = $1"},
	{name: "not in effect yet", prepare: "update dossier.record set effect_at = now() + interval '1 day' where person = $1"},
	{name: "ended", prepare: "update dossier.record set display_end = current_date - 2 where person = $1"},
	{name: "withdrawn", prepare: "update dossier.record set state = 'withdrawn', box = null, nonce = null, mark = null, weight = null where person = $1"},
	{name: "expired", prepare: "update dossier.record set state = 'expired' where person = $1"},
	{name: "erased", prepare: "update dossier.record set state = 'erased', erased_at = now(), box = null, nonce = null, mark = null, weight = null where person = $1"},
	{name: "another type", prepare: "update dossier.record set type = 'market-penalty' where person = $1"},
}

var notAnswered = []cause{
	{name: "no consent", consent: "-"},
	{name: "stopped", consent: "insert into consent.given (person, consent, body, purpose, types, given_at, usable_from, until_at, stopped_at) values ($1, gen_random_uuid(), $2, 'loan-application', '{loan-default}', now() - interval '1 hour', now() - interval '1 hour', now() + interval '1 day', now())"},
	{name: "still to be undone", consent: "insert into consent.given (person, consent, body, purpose, types, given_at, usable_from, until_at) values ($1, gen_random_uuid(), $2, 'loan-application', '{loan-default}', now() - interval '9 minutes', now() + interval '1 minute', now() + interval '1 day')"},
	{name: "over", consent: "insert into consent.given (person, consent, body, purpose, types, given_at, usable_from, until_at) values ($1, gen_random_uuid(), $2, 'loan-application', '{loan-default}', now() - interval '2 days', now() - interval '2 days', now() - interval '1 second')"},
	{name: "for another body", consent: "insert into consent.given (person, consent, body, purpose, types, given_at, usable_from, until_at) select $1, gen_random_uuid(), b.body, 'loan-application', '{loan-default}', now() - interval '1 hour', now() - interval '1 hour', now() + interval '1 day' from party.body b where b.body <> $2 limit 1"},
	{name: "for another purpose", consent: "insert into consent.given (person, consent, body, purpose, types, given_at, usable_from, until_at) values ($1, gen_random_uuid(), $2, 'another', '{loan-default}', now() - interval '1 hour', now() - interval '1 hour', now() + interval '1 day')"},
	{name: "of an unknown person", unknown: true, consent: "-"},
	{name: "no consent and no record", consent: "-", prepare: "delete from dossier.record where person = $1"},
	{name: "no consent and ended", consent: "-", prepare: "update dossier.record set display_end = current_date - 2 where person = $1"},
}

// statutory is a purpose that needs no consent.
const statutory = "food-licence-application"

// tell makes the cause true of a person and asks, at the store and at the room.
func (c cause) tell(t *testing.T, o *office, p filed, n int) (inquiry.Told, inquiry.Answer) {
	t.Helper()
	if c.prepare != "" {
		o.Exec(t, c.prepare, pgkit.UUID(p.id))
	}
	switch c.consent {
	case "-":
	case "":
		if _, err := o.consent(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	default:
		o.Exec(t, c.consent, pgkit.UUID(p.id), pgkit.UUID(o.bank.Body.ID))
	}
	clerk, request := o.bank, o.request(p, fmt.Sprint("cause-", n))
	if c.unknown {
		request.Person = madeUp(t, 900+n, o)
	}
	if c.ask != nil {
		c.ask(&request)
		var err error
		if clerk, err = o.party.AddClerk(t.Context(), "hubei-market", "sample-2", o.Today().AddYears(1), o.Now()); err != nil {
			t.Fatal(err)
		}
	}
	seen := &watching{Store: inquirypg.NewStore(o.App)}
	asks := o.asking(o.App)
	asks.Store = seen
	answer, err := asks.Ask(t.Context(), clerk, request, o.Now())
	if err != nil {
		t.Fatal(err)
	}
	return seen.told, answer
}

// watching keeps what a store told.
type watching struct {
	inquiry.Store
	told inquiry.Told
}

// Disclose is inquiry.Store.Disclose.
func (w *watching) Disclose(ctx context.Context, a inquiry.Ask) (inquiry.Told, error) {
	told, err := w.Store.Disclose(ctx, a)
	w.told = told
	return told, err
}

// Rules B1: the causes of one outcome cannot be told apart, and each look at a
// person leaves a row of one shape.
func TestAnswers_causesAreAlike(t *testing.T) {
	t.Parallel()
	for outcome, causes := range map[inquiry.Outcome][]cause{inquiry.NothingToShow: nothing, inquiry.NotAnswered: notAnswered} {
		t.Run(outcome.String(), func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, len(causes)+1)
			for i, c := range causes {
				told, answer := c.tell(t, o, o.people[i], i)
				want := inquiry.Told{Outcome: outcome}
				if diff := cmp.Diff(want, told); diff != "" {
					t.Errorf("%s: the wall tells %s", c.name, diff)
				}
				alike := inquiry.Answer{Inquiry: answer.Inquiry, At: answer.At, Purpose: answer.Purpose, Basis: answer.Basis, Pack: o.pack.Version, Outcome: outcome, UseBefore: answer.UseBefore, Stub: answer.Stub}
				if diff := cmp.Diff(alike, answer); diff != "" {
					t.Errorf("%s: the answer has %s", c.name, diff)
				}
			}
			if shapes := housetest.Ask[int](t, o.Fixture, "select count(distinct (outcome, cardinality(records), replay_of is null, epoch is null, length(nonce), pack))::int from inquiry.access where at > now() - interval '1 hour'"); shapes != 1 {
				t.Errorf("the access rows of one outcome have %d shapes", shapes)
			}
			// The control: a record that may be shown is another outcome.
			if told, _ := (cause{}).tell(t, o, o.people[len(causes)], len(causes)); told.Outcome != inquiry.Records || len(told.Records) != 1 {
				t.Errorf("control: %+v", told)
			}
			keepRace(t, "causes of the outcome "+outcome.String()+": alike", len(causes), len(causes))
		})
	}
}

// step is one thing done to a person's consents, with when it began and ended.
type step struct {
	begun, ended time.Time
	consent      int  // which consent is given or stopped; -1 for an inquiry
	give         bool // given, else stopped
	result       bool // stopped: it stood; inquiry: answered
}

// explained reports whether there is an order of the steps, true to those that
// did not overlap, in which each has the result that it had. standing are the
// consents that stand, as bits.
func explained(left []step, standing uint) bool {
	if len(left) == 0 {
		return true
	}
	for i, s := range left {
		first := true
		for j, o := range left {
			first = first && (i == j || !o.ended.Before(s.begun))
		}
		if !first {
			continue
		}
		next, is := standing, standing != 0
		if s.consent >= 0 {
			is = standing&(1<<s.consent) != 0
			if next &^= 1 << s.consent; s.give {
				next, is = standing|1<<s.consent, s.result
			}
		}
		rest := append(append([]step{}, left[:i]...), left[i+1:]...)
		if is == s.result && explained(rest, next) {
			return true
		}
	}
	return false
}

// Consents given and stopped while inquiries run: every history has an order
// that explains it.
func TestGate_everyHistoryHasAnOrder(t *testing.T) {
	t.Parallel()
	at := func(n int) time.Time { return time.Unix(int64(n), 0) }
	if explained([]step{{at(1), at(2), 0, true, true}, {at(3), at(4), 0, false, true}, {at(5), at(6), -1, false, true}}, 0) {
		t.Fatal("control: an answer after the stop is explained")
	}
	o := newOffice(t, 4)
	var wg sync.WaitGroup
	const histories = 60
	for _, l := range lanes(t, o, 4) {
		wg.Go(func() {
			for n := range histories / 4 {
				h, err := l.history(t, n)
				if err != nil {
					t.Error(err)
					return
				}
				if !explained(h, 0) {
					t.Errorf("no order explains %+v", h)
				}
			}
		})
	}
	wg.Wait()
	keepRace(t, "consents given, stopped and asked on at once: an order explains it", histories, histories)
}

// history lets two persons' worth of hands give and stop consents while four
// inquire, all at once, and returns what happened.
func (l *lane) history(t *testing.T, n int) ([]step, error) {
	var mu sync.Mutex
	var done []step
	var failed error
	do := func(s step, what func() (bool, error)) {
		s.begun = time.Now()
		result, err := what()
		s.ended, s.result = time.Now(), result
		mu.Lock()
		defer mu.Unlock()
		if done = append(done, s); err != nil {
			failed = err
		}
	}
	var wg sync.WaitGroup
	for c := range 2 {
		wg.Go(func() {
			var id ref.Consent
			do(step{consent: c, give: true}, func() (_ bool, err error) { id, err = l.consent(t.Context(), l.person); return true, err })
			do(step{consent: c}, func() (bool, error) {
				err := l.stops.Stop(t.Context(), l.person.id, id, l.Now())
				return err == nil, err
			})
		})
		wg.Go(func() {
			for i := range 3 {
				do(step{consent: -1}, func() (bool, error) {
					a := <-l.ask(t.Context(), fmt.Sprint("history-", n, c, i))
					return a.Outcome == inquiry.Records, a.err
				})
			}
		})
	}
	wg.Wait()
	return done, failed
}
