package partypg_test

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"testing"

	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

// Persons move to a new generation while others look them up all the time.
func TestRetoken_isFoundThroughout(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	v := housetest.Vault(t, h.Fixture)
	k := housetest.Keys(t, h.Fixture, v)
	keeper, vaultKeeper := h.keeper(k), housetest.VaultKeeper(t, h.Fixture, v)
	service := &party.Service{Store: h.store, Tokener: k, Chance: rand.Reader, Zone: h.Location}
	const persons = 230 // more than one batch
	want := map[int]ref.Person{}
	for n := range persons {
		want[n] = h.Register(t, k, housetest.Sample(t, n), h.Today().AddYears(1))
	}
	if _, err := vaultKeeper.NewGeneration(ctx); err != nil {
		t.Fatal(err)
	}
	late := h.Register(t, k, housetest.Sample(t, persons), h.Today().AddYears(1)) // under the new one at once

	looking, done := context.WithCancel(ctx)
	var wg sync.WaitGroup
	rounds := 0
	started := make(chan struct{})
	wg.Go(func() {
		for ; ; rounds++ {
			for n := range persons {
				if got, found, err := service.Find(ctx, housetest.Sample(t, n)); !found || got != want[n] || err != nil {
					t.Errorf("sample %d: found %v as %v, %v", n, found, got, err)
					return
				}
				if n == 0 && rounds == 0 {
					close(started)
				}
			}
			if looking.Err() != nil {
				return
			}
		}
	})
	<-started
	batches, clear := 0, false
	for more := true; more; batches++ {
		var err error
		if more, clear, err = keeper.Retoken(ctx, 2, h.Now()); err != nil {
			t.Fatal(err)
		}
	}
	done()
	wg.Wait()
	if batches != 2 || !clear {
		t.Errorf("%d batches, clear %v", batches, clear)
	}
	if err := vaultKeeper.DestroyGeneration(ctx, 1); err != nil {
		t.Fatal(err)
	}
	want[persons] = late
	for n, p := range want {
		if got, found, err := service.Find(ctx, housetest.Sample(t, n)); !found || got != p || err != nil {
			t.Errorf("after the old generation: sample %d: found %v as %v, %v", n, found, got, err)
		}
	}
	if n := h.count(t, "select count(*) from party.token where generation = 2"); n != persons+1 {
		t.Errorf("%d tokens for %d persons", n, persons+1)
	}
	h.Exec(t, "delete from party.token where person = $1", want[0]) // control: the look-up can fail
	if _, found, err := service.Find(ctx, housetest.Sample(t, 0)); found || err != nil {
		t.Errorf("control: a person without a token is found: %v, %v", found, err)
	}
}

func TestRetoken_twoFiles(t *testing.T) {
	t.Parallel()
	h := open(t)
	v := housetest.Vault(t, h.Fixture)
	k := housetest.Keys(t, h.Fixture, v)
	first := h.Register(t, k, housetest.Sample(t, 1), h.Today().AddYears(1))
	other := h.Register(t, k, housetest.Sample(t, 2), h.Today().AddYears(1))
	if _, err := housetest.VaultKeeper(t, h.Fixture, v).NewGeneration(t.Context()); err != nil {
		t.Fatal(err)
	}
	tokens, err := k.PersonTokens(t.Context(), [][]byte{housetest.Sample(t, 1).TokenInput()})
	if err != nil {
		t.Fatal(err)
	}
	h.Exec(t, "insert into party.token (generation, mac, person) values (2, $1, $2)", tokens[0][0].MAC[:], mintPerson(t))
	more, clear, err := h.keeper(k).Retoken(t.Context(), 2, h.Now())
	if !errors.Is(err, party.ErrTwoFiles) || more || clear {
		t.Errorf("more %v, clear %v, %v", more, clear, err)
	}
	for p, want := range map[ref.Person]int{first: 1, other: 0} {
		if n := h.count(t, "select count(*) from party.token where generation = 1 and person = $1", p); n != want {
			t.Errorf("%d old tokens left, want %d", n, want)
		}
	}
}

// A generation that has not begun moves nobody, whatever the keeper asks for.
func TestRetoken_notBeforeItsTime(t *testing.T) {
	t.Parallel()
	h := open(t)
	k := housetest.Keys(t, h.Fixture, housetest.Vault(t, h.Fixture))
	h.Register(t, k, housetest.Sample(t, 1), h.Today().AddYears(1))
	if more, clear, err := h.keeper(k).Retoken(t.Context(), 7, h.Now()); more || clear || err != nil {
		t.Errorf("more %v, clear %v, %v", more, clear, err)
	}
	if n := h.count(t, "select count(*) from ledger.journal where kind = 'party.resealed'"); n != 0 {
		t.Error("an identity left the wall for a generation that has not begun")
	}
}
