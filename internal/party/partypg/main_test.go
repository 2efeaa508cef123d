package partypg_test

import (
	"context"
	"testing"
	"time"

	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
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

// reserve gives fresh tokens a person, as a delivery does first.
func (h house) reserve(t *testing.T, tokens ...party.Token) party.Held {
	t.Helper()
	held, err := h.store.Reserve(t.Context(), [][]party.Token{tokens}, []ref.Person{mintPerson(t)})
	if err != nil {
		t.Fatal(err)
	}
	return held[0]
}
