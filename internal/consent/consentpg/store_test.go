package consentpg_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"recourse/internal/consent"
	"recourse/internal/consent/consentpg"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// house is a house with the store under test and one person's gate.
type house struct {
	*housetest.Fixture
	store  *consentpg.Store
	person ref.Person
}

func open(t *testing.T) house {
	t.Helper()
	f := housetest.DB(t)
	h := house{f, consentpg.NewStore(f.App, housetest.Publisher(nil)), housetest.Mint[ref.Person](t)}
	f.Exec(t, "insert into party.gate (person) values ($1)", h.person)
	return h
}

func (h house) given(t *testing.T, now time.Time) consent.Given {
	t.Helper()
	return consent.Given{ID: housetest.Mint[ref.Consent](t), Person: h.person, Body: h.Bodies["sample-bank"].ID, Purpose: "sample", Types: []string{"one", "two"},
		GivenAt: now, UsableFrom: now.Add(10 * time.Minute), Until: now.Add(24 * time.Hour)}
}

// put keeps a consent that no request led to.
func (h house) put(g consent.Given) error {
	_, err := h.store.Put(context.Background(), g, ref.Request{})
	return err
}

func (h house) events(t *testing.T, kind string) int {
	t.Helper()
	return housetest.Ask[int](t, h.Fixture, "select count(*) from ledger.journal where stream = $1 and kind = $2", h.person, kind)
}

func TestStop_onceAndOnlyOnesOwn(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, now := t.Context(), h.Now()
	older, newer := h.given(t, now.Add(-time.Hour)), h.given(t, now)
	for _, g := range []consent.Given{older, newer} {
		if err := h.put(g); err != nil {
			t.Fatal(err)
		}
	}
	stranger := housetest.Mint[ref.Person](t)
	for _, c := range []struct {
		name string
		p    ref.Person
		id   ref.Consent
		want bool
	}{
		{"somebody else's", stranger, newer.ID, false},
		{"unknown", h.person, housetest.Mint[ref.Consent](t), false},
		{"their own", h.person, newer.ID, true},
		{"again", h.person, newer.ID, false},
	} {
		if got, err := h.store.Stop(ctx, c.p, c.id, now.Add(time.Minute)); got != c.want || err != nil {
			t.Errorf("%s: stopped %v, %v", c.name, got, err)
		}
	}
	newer.StoppedAt = now.Add(time.Minute)
	got, err := h.store.List(ctx, h.person)
	if diff := cmp.Diff([]consent.Given{newer, older}, got); diff != "" || err != nil {
		t.Errorf("list: %v %s", err, diff)
	}
	if got, err := h.store.List(ctx, stranger); len(got) != 0 || err != nil {
		t.Errorf("a stranger's list has %d, %v", len(got), err)
	}
	if h.events(t, "consent.given") != 2 || h.events(t, "consent.stopped") != 1 {
		t.Errorf("%d given, %d stopped", h.events(t, "consent.given"), h.events(t, "consent.stopped"))
	}
}

func TestPut_refusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	h := open(t)
	g := h.given(t, h.Now())
	for name, change := range map[string]func(*consent.Given){
		"usable before it was given": func(g *consent.Given) { g.UsableFrom = g.GivenAt.Add(-time.Second) },
		"over before it was given":   func(g *consent.Given) { g.Until = g.GivenAt },
		"to nothing":                 func(g *consent.Given) { g.Types = []string{} },
		"across, several times":      func(g *consent.Given) { g.Crosses, g.Started = true, true },
		"across, not started":        func(g *consent.Given) { g.Crosses, g.Single = true, true },
		"to no body":                 func(g *consent.Given) { g.Body = housetest.Mint[ref.Body](t) },
	} {
		bad := g
		change(&bad)
		if err := h.put(bad); err == nil {
			t.Errorf("%s: kept", name)
		}
	}
	if h.events(t, "consent.given") != 0 {
		t.Error("an event of what was not kept")
	}
	if err := h.put(g); err != nil {
		t.Errorf("control: %v", err)
	}
}

// An answer under way holds the gate for sharing. Whoever stops or gives waits
// until it has committed; what does not take the gate does not wait.
func TestGate_stopWaitsForAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		waits bool
		do    func(ctx context.Context, h house, g consent.Given) error
	}{
		{"stop", true, func(ctx context.Context, h house, g consent.Given) error {
			_, err := h.store.Stop(ctx, h.person, g.ID, h.Now())
			return err
		}},
		{"give", true, func(ctx context.Context, h house, g consent.Given) error {
			g.ID[0]++
			return h.put(g)
		}},
		{"confirm", true, func(ctx context.Context, h house, g consent.Given) error {
			_, err := h.store.Confirm(ctx, h.person, g.ID, h.Now())
			return err
		}},
		{"narrow", true, func(ctx context.Context, h house, g consent.Given) error {
			_, err := h.store.Narrow(ctx, h.person, g.ID, []string{"one"}, g.Until, h.Now())
			return err
		}},
		{"control: stop past the gate", false, func(ctx context.Context, h house, g consent.Given) error {
			_, err := h.App.Exec(ctx, "update consent.given set stopped_at = $1 where person = $2 and consent = $3", h.Now(), h.person, g.ID)
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			g := h.given(t, h.Now())
			if err := h.put(g); err != nil {
				t.Fatal(err)
			}
			done := make(chan error, 1)
			err := pgx.BeginFunc(t.Context(), h.App, func(answer pgx.Tx) error {
				if _, err := answer.Exec(t.Context(), "select person from party.gate where person = $1 for share", h.person); err != nil {
					return err
				}
				go func() { done <- c.do(t.Context(), h, g) }()
				if waited := h.waits(t, done); waited != c.waits {
					t.Errorf("waits at the gate: %v, want %v", waited, c.waits)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}

// waits reports whether somebody waits at the gate, or has ended without.
func (h house) waits(t *testing.T, done chan error) bool {
	t.Helper()
	limit, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			done <- err
			return false
		case <-limit.Done():
			t.Fatal("neither waits nor ends")
		case <-tick.C:
			if housetest.Ask[bool](t, h.Fixture, "select exists (select 1 from pg_stat_activity where datname = current_database() and usename = $1 and wait_event_type = 'Lock')", pgkit.App) {
				return true
			}
		}
	}
}

// A consent only ever becomes less, and only its person changes it.
func TestNarrow(t *testing.T) {
	t.Parallel()
	h := open(t)
	now := h.Now()
	g := h.given(t, now)
	if err := h.put(g); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		p     ref.Person
		types []string
		until time.Time
		want  bool
		then  consent.Given
	}{
		{"nothing left", h.person, []string{"three"}, g.Until, false, g},
		{"no time left", h.person, []string{"one"}, now.Add(time.Minute), false, g},
		{"somebody else's", housetest.Mint[ref.Person](t), []string{"one"}, g.Until, false, g},
		{"later is not later", h.person, []string{"one", "two", "three"}, g.Until.Add(time.Hour), true, g},
		{"one type", h.person, []string{"two", "three"}, g.Until, true, with(g, func(g *consent.Given) { g.Types = []string{"two"} })},
		{"what is gone stays gone", h.person, []string{"one", "two"}, g.Until.Add(-time.Hour), true,
			with(g, func(g *consent.Given) { g.Types, g.Until = []string{"two"}, g.Until.Add(-time.Hour) })},
	} {
		got, err := h.store.Narrow(t.Context(), c.p, g.ID, c.types, c.until, now)
		if got != c.want || err != nil {
			t.Errorf("%s: narrowed %v, %v", c.name, got, err)
		}
		list, err := h.store.List(t.Context(), h.person)
		if diff := cmp.Diff([]consent.Given{c.then}, list); diff != "" || err != nil {
			t.Errorf("%s: %v %s", c.name, err, diff)
		}
	}
}

func with(g consent.Given, change func(*consent.Given)) consent.Given {
	change(&g)
	return g
}

// Confirmed a second time, a consent is usable at once; not twice, and not when it was
// stopped (rules G2).
func TestConfirm(t *testing.T) {
	t.Parallel()
	h := open(t)
	now := h.Now()
	g, stopped := h.given(t, now), h.given(t, now)
	for _, x := range []consent.Given{g, stopped} {
		if err := h.put(x); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.store.Stop(t.Context(), h.person, stopped.ID, now); err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		id   ref.Consent
		want bool
	}{{g.ID, true}, {g.ID, false}, {stopped.ID, false}} {
		if got, err := h.store.Confirm(t.Context(), h.person, c.id, now.Add(time.Second)); got != c.want || err != nil {
			t.Errorf("%d: confirmed %v, %v", i, got, err)
		}
	}
	list, err := h.store.List(t.Context(), h.person)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		if usable := x.Usable(now.Add(time.Second)); usable != (x.ID == g.ID) {
			t.Errorf("usable %v: %+v", usable, x)
		}
	}
}

// A request belongs to the first who enters its code, and is decided once.
func TestRequests(t *testing.T) {
	t.Parallel()
	h := open(t)
	now, other := h.Now(), housetest.Mint[ref.Person](t)
	ask := func(hash byte) consent.Asked {
		a := consent.Asked{ID: housetest.Mint[ref.Request](t), Body: h.Bodies["sample-bank"].ID, AskedAt: now,
			Terms: consent.Terms{Purpose: "sample", Types: []string{"one"}, Single: true, Until: h.Today().AddDays(9)}}
		if err := h.store.Ask(t.Context(), [32]byte{hash}, a, now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		return a
	}
	first, second := ask(1), ask(2)
	for i, c := range []struct {
		hash byte
		p    ref.Person
		at   time.Time
		want bool
	}{{3, h.person, now, false}, {1, h.person, now, true}, {1, h.person, now, true}, {1, other, now, false}, {2, other, now.Add(2 * time.Hour), false}, {2, h.person, now, true}} {
		a, found, err := h.store.Enter(t.Context(), [32]byte{c.hash}, c.p, c.at)
		if found != c.want || err != nil || found && (a.Person != c.p || a.Purpose != "sample") {
			t.Errorf("%d: found %v, %v, %+v", i, found, err, a)
		}
	}
	if n := h.events(t, "consent.requested"); n != 2 {
		t.Errorf("%d events of two requests", n)
	}
	for i, c := range []struct {
		p    ref.Person
		want bool
	}{{other, false}, {h.person, true}, {h.person, false}} {
		if got, err := h.store.End(t.Context(), c.p, first.ID, consent.NoRight, now); got != c.want || err != nil {
			t.Errorf("%d: ended %v, %v", i, got, err)
		}
	}
	for _, want := range []bool{true, false} {
		if kept, err := h.store.Put(t.Context(), h.given(t, now), second.ID); kept != want || err != nil {
			t.Errorf("a consent from a request: kept %v, %v; want %v", kept, err, want)
		}
	}
	list, err := h.store.OfPerson(t.Context(), h.person)
	endings := map[consent.Ending]int{}
	for _, a := range list {
		endings[a.Ending]++
	}
	if given, _ := h.store.List(t.Context(), h.person); err != nil || len(given) != 1 || endings[consent.NoRight] != 1 || endings[consent.ByGiving] != 1 {
		t.Errorf("%v, %v, %d consents", endings, err, len(given))
	}
}
