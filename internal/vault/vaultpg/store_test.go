package vaultpg_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"recourse/internal/fault"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultpg"
	"recourse/internal/vault/vaulttest"
)

func firstMark() vault.Mark {
	return vault.Mark{Vault: ref.Vault{1}, Mode: vault.Sandbox, Seq: 5, IntentSeq: 2, ExpireBefore: vaulttest.Today, Generation: 1}
}

func TestMark_onlyRises(t *testing.T) {
	t.Parallel()
	house, _ := newHouse(t)
	s, ctx := vaultpg.NewStore(house.Keeper), t.Context()
	if _, found, err := s.Mark(ctx); found || err != nil {
		t.Fatalf("a mark in an empty database: %v", err)
	}
	want := firstMark()
	if err := s.Begin(ctx, want); err != nil {
		t.Fatal(err)
	}
	if err := s.Begin(ctx, want); pgkit.Code(err) != pgkit.UniqueViolation {
		t.Errorf("a second mark: %v", err)
	}
	for _, m := range []vault.Mark{{}, {Seq: 3}, {Seq: 9, ExpireBefore: vaulttest.Today.AddDays(-4)}, {IntentSeq: 4}, {Generation: 2, Destroyed: 1}, {ExpireBefore: vaulttest.Today.AddDays(2)}} {
		if err := s.Raise(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	want.Seq, want.IntentSeq, want.Generation, want.Destroyed, want.ExpireBefore = 9, 4, 2, 1, vaulttest.Today.AddDays(2)
	if got, found, err := s.Mark(ctx); got != want || !found || err != nil {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if err := s.Raise(ctx, vault.Mark{Destroyed: 2}); pgkit.Code(err) != pgkit.CheckViolation {
		t.Errorf("the newest generation destroyed: %v", err)
	}
}

func wanted(person byte, n int) vault.Wanted {
	return vault.Wanted{Intent: ref.Intent{person, byte(n >> 8), byte(n)}, Person: ref.Person{person}, Reason: vault.Withdrawn,
		Slot: seal.Slot{Epoch: seal.NewEpoch(seal.Record, vaulttest.Today.AddDays(n%3)), Leaf: seal.Leaf(n)}, At: vaulttest.Now()}
}

// Intents are numbered by several keepers at once while others are written:
// numbers have no gaps and none is given twice.
func TestIntents_areNumberedInOrder(t *testing.T) {
	t.Parallel()
	house, _ := newHouse(t)
	app, keeper, ctx := vaultpg.NewStore(house.App), vaultpg.NewStore(house.Keeper), t.Context()
	if err := keeper.Begin(ctx, firstMark()); err != nil {
		t.Fatal(err)
	}
	const writers, each = 4, 40
	var wg sync.WaitGroup
	for p := range byte(writers) {
		wg.Go(func() {
			for n := range each {
				if err := app.Intend(ctx, []vault.Wanted{wanted(p+1, n)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var mu sync.Mutex
	done := map[ref.Intent]int64{}
	for range 3 {
		wg.Go(func() {
			for {
				list, err := keeper.Number(ctx, 7)
				if err != nil {
					t.Error(err)
					return
				}
				if !slices.IsSortedFunc(list, func(a, b vault.Numbered) int { return int(a.Seq - b.Seq) }) {
					t.Error("out of order")
				}
				var receipts []vault.Receipt
				mu.Lock()
				for _, w := range list {
					if was := done[w.Intent]; was != 0 && was != w.Seq {
						t.Errorf("intent %v has numbers %d and %d", w.Intent, was, w.Seq)
					}
					done[w.Intent] = w.Seq
					receipts = append(receipts, vault.NewReceipt(w, vaulttest.Now(), vaulttest.Today, true))
				}
				mu.Unlock()
				if err := keeper.Done(ctx, receipts, 77); err != nil {
					t.Error(err)
				}
				mu.Lock()
				ended := len(done) == writers*each
				mu.Unlock()
				if ended {
					return
				}
			}
		})
	}
	wg.Wait()
	var seqs []int64
	for _, seq := range done {
		seqs = append(seqs, seq)
	}
	slices.Sort(seqs)
	for i, seq := range seqs {
		if seq != int64(i)+3 { // the first mark had given 2
			t.Fatalf("number %d is %d", i, seq)
		}
	}
	if m, _, err := keeper.Mark(ctx); err != nil || m.IntentSeq != writers*each+2 || m.Seq != 77 {
		t.Errorf("mark %+v, %v", m, err)
	}
	var all []vault.Numbered
	for after := (vault.Numbered{}); ; after = all[len(all)-1] {
		list, err := keeper.All(ctx, after, 9)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			break
		}
		all = append(all, list...)
	}
	if len(all) != writers*each || all[0].Wanted != wanted(1, 0) {
		t.Errorf("%d intents, the first %+v", len(all), all[0])
	}
	got, err := app.Receipts(ctx, ref.Person{2}, 1000)
	if err != nil || len(got) != each || got[0].Unreadable != vaulttest.Today.AddDays(8) || !got[0].Weak || !got[0].Done.Equal(vaulttest.Now()) {
		t.Errorf("%d receipts of one person, %v", len(got), err)
	}
	if err := keeper.Drop(ctx, vaulttest.Today.AddDays(1)); err != nil {
		t.Fatal(err)
	}
	if got, err := app.Receipts(ctx, ref.Person{2}, 1000); err != nil || len(got) != each-each/3-1 {
		t.Errorf("after the day %d are left, %v", len(got), err)
	}
}

// An intent lives and dies with the change that causes it, a lease does not.
func TestStore_transactions(t *testing.T) {
	t.Parallel()
	house, _ := newHouse(t)
	app, keeper, ctx := vaultpg.NewStore(house.App), vaultpg.NewStore(house.Keeper), t.Context()
	if err := keeper.Begin(ctx, firstMark()); err != nil {
		t.Fatal(err)
	}
	e := seal.NewEpoch(seal.Record, vaulttest.Today)
	undone := errors.New("undone")
	err := pgkit.Unit(ctx, house.App, func(ctx context.Context) error {
		if err := app.Intend(ctx, []vault.Wanted{wanted(1, 1)}); err != nil {
			return err
		}
		if err := app.Leased(ctx, []vault.Counter{{Epoch: e, Next: 64, Seed: 5}}, 9); err != nil {
			return err
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if list, err := keeper.Number(ctx, 10); err != nil || len(list) != 0 {
		t.Errorf("an intent of a change that was undone: %v, %v", list, err)
	}
	if list, err := keeper.Leases(ctx, vaulttest.Today); err != nil || len(list) != 1 || list[0] != (vault.Counter{Epoch: e, Next: 64, Seed: 5}) {
		t.Errorf("leases %v, %v", list, err)
	}
	if err := app.Leased(ctx, []vault.Counter{{Epoch: e, Next: 32, Seed: 5}}, 3); err != nil {
		t.Fatal(err)
	}
	if list, err := keeper.Leases(ctx, vaulttest.Today); err != nil || list[0].Next != 64 {
		t.Errorf("a counter went back: %v, %v", list, err)
	}
	if list, err := keeper.Leases(ctx, vaulttest.Today.AddDays(1)); err != nil || len(list) != 0 {
		t.Errorf("leases of the next day: %v, %v", list, err)
	}
	if m, _, err := keeper.Mark(ctx); err != nil || m.Seq != 9 {
		t.Errorf("mark %+v, %v", m, err)
	}
	bad := wanted(1, 2)
	bad.Reason = "whim"
	if err := app.Intend(ctx, []vault.Wanted{bad}); fault.Of(err).Code != "E-VAULT-INTENT" {
		t.Errorf("no reason at all: %v", err)
	}
	for i, r := range []vault.Reason{vault.Repaired, vault.Withdrawn, vault.WrongPerson, vault.Superseded, vault.SealedAnew, vault.PersonEnded, vault.UnderAge, vault.Ordered, vault.FoundErased} {
		w := wanted(9, i)
		w.Reason = r
		if err := app.Intend(ctx, []vault.Wanted{w}); err != nil {
			t.Errorf("reason %q: %v", r, err)
		}
	}
}

// What the serving role and the watching role may not do to the vault's tables.
func TestRoles(t *testing.T) {
	t.Parallel()
	house, _ := newHouse(t)
	ctx := t.Context()
	if err := vaultpg.NewStore(house.Keeper).Begin(ctx, firstMark()); err != nil {
		t.Fatal(err)
	}
	const denied = "42501"
	for _, sql := range []string{
		"update vault.mark set intent_seq = 0", "update vault.mark set vault = gen_random_uuid()", "delete from vault.mark",
		"insert into vault.mark select * from vault.mark", "delete from vault.lease", "update vault.intent set done_at = now()", "delete from vault.intent",
	} {
		if _, err := house.App.Exec(ctx, sql); pgkit.Code(err) != denied {
			t.Errorf("recourse_app: %s: %v", sql, err)
		}
	}
	for _, sql := range []string{"update vault.mark set vault = gen_random_uuid()", "update vault.mark set mode = 'production'", "delete from vault.mark", "update vault.intent set leaf = 0"} {
		if _, err := house.Keeper.Exec(ctx, sql); pgkit.Code(err) != denied {
			t.Errorf("recourse_keeper: %s: %v", sql, err)
		}
	}
	for _, table := range []string{"mark", "lease", "intent"} {
		if _, err := house.Watch.Exec(ctx, fmt.Sprintf("select from vault.%s", table)); pgkit.Code(err) != denied {
			t.Errorf("recourse_watch reads vault.%s: %v", table, err)
		}
	}
	if err := pgx.BeginFunc(ctx, house.App, func(tx pgx.Tx) error { _, err := tx.Exec(ctx, "select from vault.mark"); return err }); err != nil {
		t.Errorf("the control: recourse_app cannot read the mark: %v", err)
	}
}
