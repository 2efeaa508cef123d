package vaulttest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/when"
)

// Fixture is one vault under test, made with Ahead, Today and Now of this
// package in sandbox mode.
type Fixture struct {
	Service vault.Service
	// Reopen ends the vault and opens it again from its store.
	Reopen func(t *testing.T) vault.Service
}

// Today is the day on which the suites begin, Now an instant of it.
const Today = when.Date(20779) // 2026-11-22

// Now returns the instant at which the suites begin.
func Now() time.Time { return Today.Time().Add(9 * time.Hour) }

// Ahead is what fixtures draw ahead: little, so that both ways of making an
// epoch are met.
func Ahead() []vault.Ahead {
	return []vault.Ahead{{Class: seal.Record, Years: 1}, {Class: seal.Identity, Years: 2, Quarters: true}}
}

// RunService checks everything that vault.Service promises.
func RunService(t *testing.T, make func(t *testing.T) Fixture) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, Fixture)
	}{
		{"State", testState},
		{"Tokens", testTokens},
		{"Macs", testMacs},
		{"Lease", testLease},
		{"Lease at once", testLeaseAtOnce},
		{"Derive", testDerive},
		{"Puncture", testPuncture},
		{"Expire", testExpire},
		{"Extend", testExtend},
		{"Skip", testSkip},
		{"Generations", testGenerations},
		{"Reseal", testReseal},
		{"Bounds", testBounds},
		{"Cancelled", testCancelled},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, make(t))
		})
	}
}

func ahead(days int) seal.Epoch { return seal.NewEpoch(seal.Record, Today.AddDays(days)) }

// lease takes leaves or fails the test.
func lease(t *testing.T, s vault.Service, e seal.Epoch, n int) vault.Lease {
	t.Helper()
	l, err := s.Lease(t.Context(), e, n)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func derive(t *testing.T, s vault.Service, places ...vault.Place) []vault.Derived {
	t.Helper()
	out, err := s.Derive(t.Context(), places)
	if err != nil {
		t.Fatal(err)
	}
	if len(out) != len(places) {
		t.Fatalf("%d places gave %d answers", len(places), len(out))
	}
	for i, d := range out {
		if d.Gone != (d.Key == seal.Key{}) {
			t.Fatalf("place %d: gone = %v with a key that is not", i, d.Gone)
		}
	}
	return out
}

func place(e seal.Epoch, leaf seal.Leaf) vault.Place {
	return vault.Place{Slot: seal.Slot{Epoch: e, Leaf: leaf}, Record: [16]byte{1}, Version: 1}
}

// wantFault checks the code of a fault.
func wantFault(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	f := fault.Of(err)
	if err == nil || f.Code != code || f.Kind != kind || f.Text == "" {
		t.Fatalf("got %v, want a fault of kind %d, %s", err, kind, code)
	}
}

func state(t *testing.T, s vault.Service) vault.State {
	t.Helper()
	st, err := s.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func testState(t *testing.T, f Fixture) {
	a := state(t, f.Service)
	if a.ID.IsZero() || a.Boot.IsZero() || a.Mode != vault.Sandbox || a.Root == "" || a.Fault != "" {
		t.Fatalf("got %+v", a)
	}
	lease(t, f.Service, ahead(3), 1)
	b := state(t, f.Reopen(t))
	if b.ID != a.ID || b.Boot == a.Boot || b.Seq <= a.Seq || b.Ended != Today {
		t.Fatalf("after %+v came %+v", a, b)
	}
}

func testTokens(t *testing.T, f Fixture) {
	ids := [][]byte{[]byte("SAMPLE-1"), []byte("SAMPLE-2"), []byte("SAMPLE-1"), {}}
	get := func(s vault.Service) [][]vault.Token {
		list, err := s.Tokens(t.Context(), ids)
		if err != nil || len(list) != len(ids) {
			t.Fatalf("got %d, %v", len(list), err)
		}
		return list
	}
	a := get(f.Service)
	if len(a[0]) != 1 || a[0][0].Generation != 1 || a[0][0] != a[2][0] || a[0][0] == a[1][0] || a[3][0] == a[0][0] {
		t.Fatalf("got %v", a)
	}
	if err := f.Service.NewGeneration(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	s := f.Reopen(t)
	b := get(s)
	if len(b[0]) != 2 || b[0][0].Generation != 2 || b[0][1] != a[0][0] || b[0][0].Mark == a[0][0].Mark {
		t.Fatalf("after a new generation: %v, before: %v", b[0], a[0])
	}
	if err := s.DestroyGeneration(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if c := get(s); len(c[0]) != 1 || c[0][0] != b[0][0] {
		t.Fatalf("after the end of generation 1: %v", c[0])
	}
	if none, err := s.Tokens(t.Context(), nil); err != nil || len(none) != 0 {
		t.Fatalf("nothing asked: %v, %v", none, err)
	}
}

func testMacs(t *testing.T, f Fixture) {
	seen := map[vault.Mac]string{}
	for _, scope := range []vault.Scope{vault.Pseudonym, vault.SourceRef, vault.Matter} {
		for body := range byte(3) {
			data := [][]byte{[]byte("a"), []byte("b"), {}}
			got, err := f.Service.Macs(t.Context(), scope, [16]byte{body}, data)
			if err != nil || len(got) != len(data) {
				t.Fatalf("got %v, %v", got, err)
			}
			for i, m := range got {
				what := fmt.Sprintf("scope %d, body %d, datum %q", scope, body, data[i])
				if other, twice := seen[m]; twice {
					t.Errorf("%s has the mark of %s", what, other)
				}
				seen[m] = what
			}
		}
	}
	_, err := f.Service.Macs(t.Context(), 9, [16]byte{}, nil)
	wantFault(t, err, fault.Invalid, "E-VAULT-SCOPE")
	again, err := f.Reopen(t).Macs(t.Context(), vault.Pseudonym, [16]byte{2}, [][]byte{[]byte("b")})
	if err != nil || seen[again[0]] != `scope 1, body 2, datum "b"` {
		t.Errorf("after a restart another mark: %v", err)
	}
}

func testLease(t *testing.T, f Fixture) {
	s := f.Service
	for _, e := range []seal.Epoch{ahead(1), ahead(5000), seal.NewEpoch(seal.Access, Today)} {
		a := lease(t, s, e, 3)
		b := lease(t, s, e, 1)
		if a.First != 0 || b.First != 3 || b.Seq <= a.Seq || state(t, s).Seq != b.Seq {
			t.Fatalf("epoch %s: %+v, then %+v", e, a, b)
		}
	}
	s = f.Reopen(t)
	if l := lease(t, s, ahead(1), vault.MaxLease); l.First != 4 {
		t.Fatalf("after a restart: %+v", l)
	}
	_, err := s.Lease(t.Context(), ahead(-1), 1)
	wantFault(t, err, fault.Refused, "E-VAULT-ENDED")
	_, err = s.Lease(t.Context(), 0, 1)
	wantFault(t, err, fault.Refused, "E-VAULT-ENDED")
	if err := s.Skip(t.Context(), vault.Jump{Counters: []vault.Counter{{Epoch: ahead(2), Next: 1<<32 - 1}}}); err != nil {
		t.Fatal(err)
	}
	_, err = s.Lease(t.Context(), ahead(2), 2)
	wantFault(t, err, fault.Refused, "E-VAULT-EPOCH-FULL")
	if l := lease(t, s, ahead(2), 1); l.First != 1<<32-1 {
		t.Fatalf("the last leaf: %+v", l)
	}
	if d := derive(t, s, place(ahead(2), 1<<32-1)); d[0].Gone {
		t.Fatal("the last leaf has no key")
	}
}

func testLeaseAtOnce(t *testing.T, f Fixture) {
	const callers, each = 8, 25
	var mu sync.Mutex
	seen := map[seal.Slot]bool{}
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for i := range each {
				e := ahead(4000 + i%2)
				l, err := f.Service.Lease(t.Context(), e, 1+c%3)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for j := range 1 + c%3 {
					slot := seal.Slot{Epoch: e, Leaf: l.First + seal.Leaf(j)}
					if seen[slot] {
						t.Errorf("%v was leased twice", slot)
					}
					seen[slot] = true
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for slot := range seen {
		if derive(t, f.Service, vault.Place{Slot: slot})[0].Gone {
			t.Errorf("%v was leased and has no key", slot)
		}
	}
}

func testDerive(t *testing.T, f Fixture) {
	s := f.Service
	lease(t, s, ahead(7), 100)
	lease(t, s, ahead(8), 1)
	base := place(ahead(7), 50)
	other := []vault.Place{base, base, base, base, base}
	other[0].Slot.Leaf++
	other[1].Slot.Epoch, other[1].Slot.Leaf = ahead(8), 0
	other[2].Record[15]++
	other[3].Version++
	other[4].Version = -1
	a := derive(t, s, append(other, base)...)
	for i := range a {
		for j := range i {
			if a[i].Gone || a[i] == a[j] {
				t.Errorf("places %d and %d: gone or alike", i, j)
			}
		}
	}
	gone := []vault.Place{place(ahead(7), 100), place(ahead(7), -1), place(ahead(7), 1<<40), place(ahead(9), 0),
		place(ahead(5000), 0), place(ahead(-1), 0), place(0, 0)}
	for i, d := range derive(t, s, gone...) {
		if !d.Gone {
			t.Errorf("place %d was never leased and has a key", i)
		}
	}
	long := slices.Repeat([]vault.Place{base}, 1000)
	long[500].Slot.Leaf = 100
	if d := derive(t, f.Reopen(t), long...); d[0] != a[5] || d[999] != a[5] || !d[500].Gone {
		t.Error("after a restart another key")
	}
}
