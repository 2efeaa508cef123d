package wall_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"recourse/internal/consent"
	"recourse/internal/consent/consentpg"
	"recourse/internal/inquiry"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

// single gives a consent for one use whose time of undo is over.
func (o *office) single(t *testing.T, p filed, types ...string) ref.Consent {
	t.Helper()
	now, id := o.Now(), housetest.Mint[ref.Consent](t)
	kept, err := consentpg.NewStore(o.App, o.publisher()).Put(t.Context(), consent.Given{ID: id, Person: p.id, Body: o.bank.Body.ID, Purpose: purpose, Types: types, Single: true,
		GivenAt: now.Add(-time.Hour), UsableFrom: now.Add(-50 * time.Minute), Until: now.Add(24 * time.Hour)}, ref.Request{})
	if !kept || err != nil {
		t.Fatal(kept, err)
	}
	return id
}

// Sixteen want to use one consent for a single use at once: one is answered, and it
// alone stands in the consent's trail.
func TestSingleUse_atOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	p := o.people[0]
	id := o.single(t, p, "loan-default")
	asks := o.asking(pool(t, o.Fixture, pgkit.App, "once"))
	outcomes := make([]inquiry.Answer, 16)
	var wg sync.WaitGroup
	for i := range outcomes {
		wg.Go(func() {
			var err error
			if outcomes[i], err = asks.Ask(t.Context(), o.bank, o.request(p, fmt.Sprint("at once ", i)), o.Now()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var winner inquiry.Answer
	answered := 0
	for _, a := range outcomes {
		if a.Outcome != inquiry.NotAnswered {
			answered, winner = answered+1, a
		}
	}
	if answered != 1 {
		t.Errorf("%d of 16 were answered", answered)
	}
	uses, err := consentpg.NewStore(o.App, o.publisher()).Uses(t.Context(), p.id, id)
	if err != nil || len(uses) != 1 || uses[0].Inquiry != winner.Inquiry {
		t.Errorf("the trail: %v, %v", uses, err)
	}
}

// twice lets a second inquiry arrive while the first that uses a consent up is not
// committed yet, and returns how many of the two were answered.
func twice(t *testing.T, o *office, p filed, key string) (answered int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	l := &lane{office: o, person: p, name: key, look: connect(t, o.Fixture, "")}
	l.asks = o.asking(pool(t, o.Fixture, pgkit.App, key+"second"))
	o.single(t, p, "loan-default")
	first, err := o.App.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Rollback(context.WithoutCancel(ctx)) }()
	var outcome int
	err = first.QueryRow(ctx, `select outcome from inquiry.disclose(true, array[$1::uuid], array[gen_random_uuid()], array[gen_random_uuid()], array[clock_timestamp()],
		array[$2::uuid], array[$3], array['consent'], array[true], array[$4], array['loan-default'], array[''], array[''], array[gen_random_uuid()], array[gen_random_uuid()], array[0], array[1::bigint], array[9::bigint], array['\x000102030405060708090a0b'::bytea], array['\x00'::bytea])`,
		p.id, o.bank.Body.ID, purpose, o.pack.Version).Scan(&outcome)
	if err != nil {
		t.Fatal(err)
	}
	second := l.ask(ctx, key)
	if err := l.waits(ctx, "second"); err != nil {
		t.Fatal(err)
	}
	if err := first.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if outcome != 0 {
		answered++
	}
	got := <-second
	if got.err != nil {
		t.Fatal(got.err)
	}
	if got.Outcome != inquiry.NotAnswered {
		answered++
	}
	return answered
}

// The second finds the consent used when the first has committed; a claim that looks
// first and marks then, without asking again behind the row's lock, answers both: the
// control.
func TestSingleUse_control(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 2)
	if n := twice(t, o, o.people[0], "held"); n != 1 {
		t.Errorf("%d of two were answered", n)
	}
	body := housetest.Ask[string](t, o.Fixture, "select pg_get_functiondef('consent.claim'::regproc)")
	const again = "and (c.used_by is null or c.used_by = k.access)"
	o.Exec(t, mustCut(t, body, again))
	if n := twice(t, o, o.people[1], "loose"); n != 2 {
		t.Errorf("control: %d of two were answered without looking again", n)
	}
}

// A repeat of the inquiry that used a consent up is answered again; another is not.
func TestSingleUse_repeat(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	p := o.people[0]
	o.single(t, p, "loan-default")
	asks := o.asking(o.App)
	for i, c := range []struct {
		key      string
		answered bool
	}{{"first", true}, {"first", true}, {"second", false}, {"first", true}} {
		a, err := asks.Ask(t.Context(), o.bank, o.request(p, c.key), o.Now())
		if err != nil || (a.Outcome != inquiry.NotAnswered) != c.answered {
			t.Errorf("%d: %v, %v", i, a.Outcome, err)
		}
	}
}

// A consent opens the types that it names, and no more of what the purpose may see.
func TestConsent_namesTypes(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	p := o.people[0]
	asks := o.asking(o.App)
	o.single(t, p, "another")
	if a, err := asks.Ask(t.Context(), o.bank, o.request(p, "1"), o.Now()); err != nil || a.Outcome != inquiry.NotAnswered {
		t.Errorf("a consent to another type: %v, %v", a.Outcome, err)
	}
	o.single(t, p, "another", "loan-default")
	if a, err := asks.Ask(t.Context(), o.bank, o.request(p, "2"), o.Now()); err != nil || a.Outcome != inquiry.Records {
		t.Errorf("control: %v, %v", a.Outcome, err)
	}
}

// Until its ten minutes are over a consent is not used, unless the person confirms it a
// second time (rules G2).
func TestConsent_undo(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	p, consents, asks := o.people[0], o.consenting(o.App), o.asking(o.App)
	terms := consent.Terms{Body: o.bank.Body.Code, Purpose: purpose, Types: []string{"loan-default"}, Until: when.In(o.Now(), o.pack.Zone).AddDays(9)}
	given, err := consents.Give(t.Context(), p.id, terms, o.Now().Add(-9*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if a, err := asks.Ask(t.Context(), o.bank, o.request(p, "minute 9"), o.Now()); err != nil || a.Outcome != inquiry.NotAnswered {
		t.Errorf("at minute 9: %v, %v", a.Outcome, err)
	}
	if err := consents.Confirm(t.Context(), p.id, given.ID, o.Now()); err != nil {
		t.Fatal(err)
	}
	if a, err := asks.Ask(t.Context(), o.bank, o.request(p, "confirmed"), o.Now()); err != nil || a.Outcome != inquiry.Records {
		t.Errorf("confirmed: %v, %v", a.Outcome, err)
	}
}

// mustCut takes a part out of a text in which it stands once.
func mustCut(t *testing.T, text, part string) string {
	t.Helper()
	before, after, found := strings.Cut(text, part)
	if !found {
		t.Fatalf("%q does not stand in it", part)
	}
	return before + after
}

// Whether a person refused what a body asked for, said that it had no right to, did
// nothing, or never entered the code: an inquiry is answered in the same words, and
// leaves the same row (rules G1).
func TestRefused_isLikeIgnored(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 4)
	consents, asks := o.consenting(o.App), o.asking(o.App)
	terms := consent.Terms{Purpose: purpose, Types: []string{"loan-default"}, Single: true, Until: when.In(o.Now(), o.pack.Zone).AddDays(9)}
	var answers []inquiry.Answer
	for i, p := range o.people[:4] {
		code, _, err := consents.Ask(t.Context(), o.bank, fmt.Sprint(i), terms, o.Now())
		if err != nil {
			t.Fatal(err)
		}
		if i < 3 { // the last never enters it
			a, err := consents.Enter(t.Context(), p.id, code, o.Now())
			if err != nil {
				t.Fatal(err)
			}
			if i < 2 { // the third does nothing
				if err := consents.Refuse(t.Context(), p.id, a.ID, i == 1, o.Now()); err != nil {
					t.Fatal(err)
				}
			}
		}
		answer, err := asks.Ask(t.Context(), o.bank, o.request(p, "about what was asked"), o.Now())
		if err != nil {
			t.Fatal(err)
		}
		answer.At, answer.UseBefore, answer.Stub = time.Time{}, 0, ""
		answers = append(answers, answer)
	}
	for i, a := range answers {
		if a.Outcome != inquiry.NotAnswered || fmt.Sprint(a) != fmt.Sprint(answers[0]) {
			t.Errorf("%d: %v, %v", i, a, answers[0])
		}
	}
	if n := housetest.Ask[int](t, o.Fixture, "select count(distinct (purpose, basis, outcome, records)) from inquiry.access where basis = 'consent'"); n != 1 {
		t.Errorf("%d kinds of rows", n)
	}
}
