package vaulttest

import (
	"context"
	"slices"
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/seal"
	"recourse/internal/vault"
)

func testPuncture(t *testing.T, f Fixture) {
	s := f.Service
	e := ahead(11)
	lease(t, s, e, 10)
	all := make([]vault.Place, 10)
	for i := range all {
		all[i] = place(e, seal.Leaf(i))
	}
	before := derive(t, s, all...)
	intents := []vault.Intent{{Seq: 4, Slot: all[3].Slot}, {Seq: 5, Slot: all[7].Slot}, {Seq: 6, Slot: all[3].Slot}, {Seq: 2, Slot: seal.Slot{Epoch: ahead(6000), Leaf: 1}}}
	for range 2 { // the second time changes nothing
		applied, err := s.Puncture(t.Context(), intents)
		if err != nil || applied != 6 {
			t.Fatalf("applied %d, %v", applied, err)
		}
	}
	seq := state(t, s).Seq
	if applied, err := s.Puncture(t.Context(), nil); err != nil || applied != 6 {
		t.Fatalf("applied %d, %v", applied, err)
	}
	if now := state(t, s); now.Seq != seq || now.Applied != 6 {
		t.Fatalf("nothing was asked for, and the state went from %d to %+v", seq, now)
	}
	check := func(s vault.Service) {
		for i, d := range derive(t, s, all...) {
			if want := i == 3 || i == 7; d.Gone != want || !want && d != before[i] {
				t.Errorf("leaf %d: gone = %v, want %v; same key = %v", i, d.Gone, want, d == before[i])
			}
		}
	}
	check(s)
	s = f.Reopen(t)
	check(s)
	if l := lease(t, s, e, 1); l.First != 10 {
		t.Errorf("leaf %d was leased after punctures", l.First)
	}
	for _, bad := range []vault.Intent{{Seq: -1}, {Slot: seal.Slot{Leaf: -1}}, {Slot: seal.Slot{Leaf: 1 << 32}}} {
		_, err := s.Puncture(t.Context(), []vault.Intent{bad})
		wantFault(t, err, fault.Invalid, "E-VAULT-BOUNDS")
	}
}

func testExpire(t *testing.T, f Fixture) {
	s := f.Service
	for day := range 4 {
		lease(t, s, ahead(day), 1)
	}
	held, err := s.Epochs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n, err := s.Expire(t.Context(), Today.AddDays(2))
	if err != nil || n != 2 { // of the class Record; the quarter of Identity ends later
		t.Fatalf("%d epochs ended, %v", n, err)
	}
	check := func(s vault.Service) {
		t.Helper()
		for day := range 4 {
			if d := derive(t, s, place(ahead(day), 0)); d[0].Gone != (day < 2) {
				t.Errorf("day %d: gone = %v", day, d[0].Gone)
			}
		}
		_, err = s.Lease(t.Context(), ahead(1), 1)
		wantFault(t, err, fault.Refused, "E-VAULT-ENDED")
		if now := state(t, s); now.Ended != Today.AddDays(2) {
			t.Errorf("ended before %s", now.Ended)
		}
	}
	check(s)
	s = f.Reopen(t)
	check(s)
	for _, before := range []int{2, 1, -100} {
		if n, err := s.Expire(t.Context(), Today.AddDays(before)); n != 0 || err != nil {
			t.Errorf("again: %d epochs, %v", n, err)
		}
	}
	check(s)
	if left, err := s.Epochs(t.Context()); err != nil || len(left) != len(held)-2 {
		t.Errorf("%d epochs are left of %d, %v", len(left), len(held), err)
	}
}

func testExtend(t *testing.T, f Fixture) {
	s := f.Service
	before, err := s.Epochs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(before, func(a, b vault.Epoch) int { return int(a.Epoch>>1 - b.Epoch>>1) }) || before[0].Nodes != 1 {
		t.Error("the epochs are out of order")
	}
	if n, err := s.Extend(t.Context(), Today); n != 0 || err != nil {
		t.Fatalf("on the same day: %d, %v", n, err)
	}
	n, err := s.Extend(t.Context(), Today.AddDays(10))
	if n != 10 || err != nil {
		t.Fatalf("ten days later: %d, %v", n, err)
	}
	after, err := f.Reopen(t).Epochs(t.Context())
	if err != nil || len(after) != len(before)+10 || after[366].Epoch != ahead(366) {
		t.Fatalf("%d epochs became %d, %v", len(before), len(after), err)
	}
}

func testSkip(t *testing.T, f Fixture) {
	s := f.Service
	lease(t, s, ahead(20), 50)
	at := state(t, s).Seq
	to := vault.Jump{Seq: at + 1000, Counters: []vault.Counter{
		{Epoch: ahead(20), Next: 10}, {Epoch: ahead(21), Next: 70}, {Epoch: ahead(7000), Next: 5}, {Epoch: ahead(-5), Next: 5}}}
	if err := s.Skip(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	if now := state(t, s).Seq; now <= to.Seq {
		t.Errorf("the number is %d, want more than %d", now, to.Seq)
	}
	s = f.Reopen(t)
	for e, first := range map[seal.Epoch]seal.Leaf{ahead(20): 50, ahead(21): 70, ahead(7000): 5} {
		if l := lease(t, s, e, 1); l.First != first {
			t.Errorf("epoch %s goes on at %d, want %d", e, l.First, first)
		}
	}
	now := state(t, s).Seq
	if err := s.Skip(t.Context(), to); err != nil || state(t, s).Seq != now {
		t.Errorf("a jump back moved the number to %d, %v", state(t, s).Seq, err)
	}
	err := s.Skip(t.Context(), vault.Jump{Counters: []vault.Counter{{Epoch: ahead(1), Next: 1<<32 + 1}}})
	wantFault(t, err, fault.Invalid, "E-VAULT-BOUNDS")
}

func testGenerations(t *testing.T, f Fixture) {
	s := f.Service
	for _, step := range []struct {
		do   func(context.Context, uint32) error
		g    uint32
		ok   bool
		live []uint32
	}{
		{s.NewGeneration, 1, true, []uint32{1}},
		{s.NewGeneration, 3, false, []uint32{1}},
		{s.NewGeneration, 0, false, []uint32{1}},
		{s.DestroyGeneration, 1, false, []uint32{1}},
		{s.DestroyGeneration, 0, true, []uint32{1}},
		{s.NewGeneration, 2, true, []uint32{2, 1}},
		{s.NewGeneration, 2, true, []uint32{2, 1}},
		{s.NewGeneration, 3, false, []uint32{2, 1}},
		{s.DestroyGeneration, 1, true, []uint32{2}},
		{s.DestroyGeneration, 1, true, []uint32{2}},
		{s.NewGeneration, 3, true, []uint32{3, 2}},
	} {
		err := step.do(t.Context(), step.g)
		if step.ok && err != nil {
			t.Fatal(err)
		} else if !step.ok {
			wantFault(t, err, fault.Refused, "E-VAULT-GENERATION")
		}
		if live := state(t, s).Generations; !slices.Equal(live, step.live) {
			t.Fatalf("generations %v are live, want %v", live, step.live)
		}
	}
	if live := state(t, f.Reopen(t)).Generations; !slices.Equal(live, []uint32{3, 2}) {
		t.Fatalf("after a restart generations %v are live", live)
	}
}

func testReseal(t *testing.T, f Fixture) {
	s := f.Service
	lease(t, s, ahead(30), 5)
	lease(t, s, ahead(9000), 2)
	if _, err := s.Puncture(t.Context(), []vault.Intent{{Seq: 1, Slot: seal.Slot{Epoch: ahead(30), Leaf: 2}}}); err != nil {
		t.Fatal(err)
	}
	places := []vault.Place{place(ahead(30), 1), place(ahead(30), 2), place(ahead(9000), 1)}
	before, was := derive(t, s, places...), state(t, s)
	for day := range 3 {
		r, err := s.Reseal(t.Context(), Now().Add(time.Duration(day)*24*time.Hour))
		if err != nil || r.Root == was.Root || r.Root != state(t, s).Root {
			t.Fatalf("resealed as %+v after %s, %v", r, was.Root, err)
		}
		lease(t, s, ahead(30), 1)
		s = f.Reopen(t)
		now := state(t, s)
		if now.Root != r.Root || now.ID != was.ID || now.Applied != was.Applied || now.Seq <= was.Seq {
			t.Fatalf("after %+v came %+v", was, now)
		}
		if got := derive(t, s, places...); !slices.Equal(got, before) || got[0].Gone || !got[1].Gone {
			t.Fatal("other keys after resealing")
		}
		was = now
	}
	if l := lease(t, s, ahead(30), 1); l.First != 8 {
		t.Errorf("the counter went on at %d", l.First)
	}
}

func testBounds(t *testing.T, f Fixture) {
	s, ctx := f.Service, t.Context()
	try := map[string]func() error{
		"ids":   func() error { _, err := s.Tokens(ctx, make([][]byte, vault.MaxBatch+1)); return err },
		"an id": func() error { _, err := s.Tokens(ctx, [][]byte{make([]byte, vault.MaxBytes+1)}); return err },
		"data": func() error {
			_, err := s.Macs(ctx, vault.Pseudonym, [16]byte{}, make([][]byte, vault.MaxBatch+1))
			return err
		},
		"places":   func() error { _, err := s.Derive(ctx, make([]vault.Place, vault.MaxBatch+1)); return err },
		"intents":  func() error { _, err := s.Puncture(ctx, make([]vault.Intent, vault.MaxBatch+1)); return err },
		"counters": func() error { return s.Skip(ctx, vault.Jump{Counters: make([]vault.Counter, vault.MaxBatch+1)}) },
		"a day":    func() error { _, err := s.Extend(ctx, 1<<31-1); return err },
		"no leaf":  func() error { _, err := s.Lease(ctx, ahead(1), 0); return err },
		"leaves":   func() error { _, err := s.Lease(ctx, ahead(1), vault.MaxLease+1); return err },
	}
	for what, call := range try {
		err := call()
		if fault.Of(err).Code != "E-VAULT-BOUNDS" {
			t.Errorf("too long in %s: %v", what, err)
		}
	}
	full := slices.Repeat([]vault.Place{place(ahead(1), 0)}, vault.MaxBatch)
	if d := derive(t, s, full...); len(d) != vault.MaxBatch {
		t.Errorf("a full batch gave %d", len(d))
	}
	if got, err := s.Tokens(ctx, slices.Repeat([][]byte{make([]byte, 100)}, vault.MaxBatch)); err != nil || len(got) != vault.MaxBatch {
		t.Errorf("a full batch gave %d, %v", len(got), err)
	}
}

func testCancelled(t *testing.T, f Fixture) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	at := state(t, f.Service)
	for what, call := range map[string]func() error{
		"State":  func() error { _, err := f.Service.State(ctx); return err },
		"Lease":  func() error { _, err := f.Service.Lease(ctx, ahead(1), 1); return err },
		"Derive": func() error { _, err := f.Service.Derive(ctx, make([]vault.Place, 1)); return err },
		"Tokens": func() error { _, err := f.Service.Tokens(ctx, make([][]byte, 1)); return err },
	} {
		if call() == nil {
			t.Errorf("%s answered a caller who had gone", what)
		}
	}
	if now := state(t, f.Service); now.Seq != at.Seq {
		t.Error("something was written for a caller who had gone")
	}
}
