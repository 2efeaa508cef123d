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
	return consent.Given{ID: housetest.Mint[ref.Consent](t), Person: h.person, Body: h.Bodies["sample-bank"].ID, Purpose: "sample",
		GivenAt: now, UsableFrom: now.Add(10 * time.Minute), Until: now.Add(24 * time.Hour)}
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
		if err := h.store.Put(ctx, g); err != nil {
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
		"to no body":                 func(g *consent.Given) { g.Body = housetest.Mint[ref.Body](t) },
	} {
		bad := g
		change(&bad)
		if err := h.store.Put(t.Context(), bad); err == nil {
			t.Errorf("%s: kept", name)
		}
	}
	if h.events(t, "consent.given") != 0 {
		t.Error("an event of what was not kept")
	}
	if err := h.store.Put(t.Context(), g); err != nil {
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
			return h.store.Put(ctx, g)
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
			if err := h.store.Put(t.Context(), g); err != nil {
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
