package partypg_test

import (
	"context"
	"testing"
	"time"

	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// house is a house with the store under test.
type house struct {
	*housetest.Fixture
	store *partypg.Store
}

func open(t *testing.T) house {
	t.Helper()
	f := housetest.DB(t)
	return house{f, partypg.NewStore(f.App, housetest.Publisher(nil))}
}

// count returns how many rows a query of count(*) sees.
func (h house) count(t *testing.T, sql string, args ...any) int {
	t.Helper()
	return housetest.Ask[int](t, h.Fixture, sql, args...)
}

// eventually polls until the claim holds.
func eventually(t *testing.T, what string, claim func() bool) {
	t.Helper()
	limit, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !claim() {
		select {
		case <-tick.C:
		case <-limit.Done():
			t.Fatalf("never: %s", what)
		}
	}
}

func token(g int32, mac byte) party.Token { return party.Token{Generation: g, MAC: [16]byte{mac}} }

func mintPerson(t *testing.T) ref.Person {
	t.Helper()
	return housetest.Mint[ref.Person](t)
}

// add gives a token a person, as a delivery does; or finds the one it has.
func (h house) add(t *testing.T, tokens ...party.Token) party.Held {
	t.Helper()
	find := func() party.Held {
		held, err := h.store.Find(t.Context(), [][]party.Token{tokens})
		if err != nil {
			t.Fatal(err)
		}
		return held[0]
	}
	if held := find(); !held.Person.IsZero() {
		return held
	}
	if err := h.store.Register(t.Context(), []party.NewPerson{h.newPerson(t, tokens[0])}, nil, h.Now()); err != nil {
		t.Fatal(err)
	}
	return find()
}

// newPerson is a person whose identity nobody can read.
func (h house) newPerson(t *testing.T, token party.Token) party.NewPerson {
	t.Helper()
	return party.NewPerson{Person: mintPerson(t), Token: token, LiveUntil: h.Today().AddYears(1), Box: seal.Box{Epoch: party.IdentityEpoch(h.Today().AddYears(1)), Data: []byte{1}}}
}
