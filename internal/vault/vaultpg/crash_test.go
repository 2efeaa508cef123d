package vaultpg_test

import (
	"errors"
	"testing"

	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultpg"
	"recourse/internal/when"
)

// live returns one slot that is live, the first in order.
func (w *world) first() seal.Slot {
	w.t.Helper()
	var best seal.Slot
	found := false
	for s := range w.db.live {
		if !found || s.Epoch < best.Epoch || s.Epoch == best.Epoch && s.Leaf < best.Leaf {
			best, found = s, true
		}
	}
	if !found {
		w.t.Fatalf("nothing is live")
	}
	return best
}

// expire forgets what ended before a day. After a crash the mark tells how far it
// came.
func (w *world) expire(day when.Date) error {
	w.today = day
	_, err := w.keeper.ExpireEpochs(w.ctx, day)
	if err == nil {
		w.db.before, w.out.before = day, day
		return nil
	}
	var marked when.Date
	var days int32
	w.must(w.super.QueryRow(w.ctx, "select expire_before - date '1970-01-01' from vault.mark").Scan(&days))
	if marked = when.Date(days); marked > w.db.before {
		w.db.before = marked
	}
	return err
}

// acts are what a process does to the vault; each is killed at each of its steps.
func acts() map[string]func(w *world) error {
	day := when.Date(0)
	return map[string]func(w *world) error{
		"seal":           func(w *world) error { return w.seals(5, w.today.AddDays(3)) },
		"seal far ahead": func(w *world) error { return w.seals(3, w.today.AddDays(700)) },
		"erase": func(w *world) error {
			for range 2 {
				if err := w.erase(w.first()); err != nil {
					return err
				}
			}
			return w.apply()
		},
		"expire": func(w *world) error { return w.expire(w.today.AddDays(2) + day) },
		"extend": func(w *world) error { _, err := w.keeper.Extend(w.ctx, w.today.AddDays(5)); return err },
		"reseal": func(w *world) error { _, err := w.keeper.Reseal(w.ctx, w.now()); return err },
		"generate": func(w *world) error {
			g, err := w.keeper.NewGeneration(w.ctx)
			if err != nil && refusal(err) != "E-VAULT-GENERATION" { // two live already, when it is done again
				return err
			}
			return w.keeper.DestroyGeneration(w.ctx, max(g, 2)-1)
		},
	}
}

// furnished is a world with some of everything: rows with near, far and very far
// ends, rows erased and rows waiting to be.
func furnished(t *testing.T, w *world) {
	t.Helper()
	for _, end := range []int{1, 3, 40, 700} {
		w.must(w.seals(3, w.today.AddDays(end)))
	}
	w.must(w.erase(w.first()))
	w.must(w.apply())
	w.must(w.erase(w.first()))
	w.check()
}

// A process is killed before and after each thing that takes effect in the vault
// or the database: nothing live is lost, nothing erased opens, no leaf is used
// twice, and what was begun can be done again.
func TestCrash_betweenEachTwoSteps(t *testing.T) {
	t.Parallel()
	for name, act := range acts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			house, super := newHouse(t)
			steps := 0
			for ; ; steps++ {
				w := newWorld(t, t.Context(), house, super)
				furnished(t, w)
				w.fuse.left = steps
				err := act(w)
				if err != nil && !errors.Is(err, errDead) {
					t.Fatalf("killed at step %d: %v", steps, err)
				}
				w.restart()
				w.must(act(w))
				w.must(w.apply())
				w.check()
				w.end()
				if err == nil {
					break
				}
			}
			if steps < 2 {
				t.Fatalf("only %d steps", steps)
			}
			t.Logf("killed at each of %d steps", steps)
		})
	}
}

// The comparison itself is killed at each of its steps, with the vault or the
// database restored from an older copy.
func TestCrash_inTheComparison(t *testing.T) {
	t.Parallel()
	for _, side := range []string{"vault", "database"} {
		t.Run(side, func(t *testing.T) {
			t.Parallel()
			house, super := newHouse(t)
			steps := 0
			for ; ; steps++ {
				w := newWorld(t, t.Context(), house, super)
				w.must(w.seals(2, w.today.AddDays(700)))
				w.must(w.seals(6, w.today.AddDays(30)))
				v, db := w.saveVault(), w.saveDB()
				furnishedLater(w)
				if side == "vault" {
					w.restoreVault(v)
				} else {
					w.restoreDB(db)
				}
				w.fuse.left = steps
				err := w.start()
				if err != nil && !errors.Is(err, errDead) {
					t.Fatalf("killed at step %d: %v", steps, err)
				}
				if err == nil && (w.report.VaultBehind != (side == "vault") || w.report.DatabaseBehind != (side == "database")) {
					t.Fatalf("%s was restored: %+v", side, w.report)
				}
				w.restart()
				w.must(w.seals(4, w.today.AddDays(30)))
				w.check()
				w.dropSaves()
				w.end()
				if err == nil {
					break
				}
			}
			if steps < 6 {
				t.Fatalf("only %d steps", steps)
			}
			t.Logf("killed at each of %d steps", steps)
		})
	}
}

// furnishedLater does something of every kind after copies were taken.
func furnishedLater(w *world) {
	w.must(w.seals(3, w.today.AddDays(1)))
	w.must(w.seals(7, w.today.AddDays(30)))
	for range 4 {
		w.must(w.erase(w.first()))
	}
	w.must(w.apply())
	w.must(w.expire(w.today.AddDays(2)))
	if _, err := w.keeper.NewGeneration(w.ctx); err != nil {
		w.t.Fatalf("%v", err)
	}
	w.must(w.erase(w.first())) // waits
	w.must(w.seals(2, w.today.AddDays(40)))
}

// What cannot be read stops whatever is done, at each place where something is
// read, and nothing is half done.
func TestCrash_whereSomethingIsRead(t *testing.T) {
	t.Parallel()
	house, super := newHouse(t)
	steps := 0
	for ; ; steps++ {
		w := newWorld(t, t.Context(), house, super)
		w.must(w.seals(6, w.today.AddDays(30)))
		v, db := w.saveVault(), w.saveDB()
		furnishedLater(w)
		if steps%2 == 0 {
			w.restoreVault(v)
		} else {
			w.restoreDB(db)
		}
		w.fuse.reads, w.fuse.left = true, steps/2
		err := w.start()
		if err == nil {
			err = acts()["erase"](w)
		}
		if err == nil {
			err = acts()["expire"](w)
		}
		if err == nil {
			err = acts()["generate"](w)
		}
		if err != nil && !errors.Is(err, errDead) {
			t.Fatalf("killed at step %d: %v", steps, err)
		}
		w.fuse.reads = false
		w.restart()
		w.dropSaves()
		w.end()
		if err == nil && steps%2 == 1 {
			break
		}
	}
	t.Logf("stopped at each of %d steps", steps/2)
}

func TestKeeper_doubtsAClockThatLeaps(t *testing.T) {
	t.Parallel()
	house, super := newHouse(t)
	w := newWorld(t, t.Context(), house, super)
	defer w.end()
	w.must(w.seals(2, w.today.AddDays(30)))
	for _, c := range []struct {
		maxLeap, days int
		want          string
	}{{0, 46, "E-VAULT-CLOCK"}, {5, 6, "E-VAULT-CLOCK"}, {0, 45, ""}, {0, 45 + 400, "E-VAULT-CLOCK"}, {-1, 45 + 400, ""}} {
		k, err := vault.NewKeeper(vault.KeeperConfig{Vault: w.vault, Book: vaultpg.NewStore(house.Keeper), MaxLeap: c.maxLeap})
		w.must(err)
		before, err := w.vault.State(w.ctx)
		w.must(err)
		_, err = k.ExpireEpochs(w.ctx, w.today.AddDays(c.days))
		if refusal(err) != c.want {
			t.Errorf("a leap of %d days, %d allowed: %v", c.days, c.maxLeap, err)
		}
		if after, err := w.vault.State(w.ctx); err != nil || (after.Ended == before.Ended) != (c.want != "") {
			t.Errorf("a leap of %d days: keys ended before %s, then %s, %v", c.days, before.Ended, after.Ended, err)
		}
	}
	if err := w.keeper.DestroyGeneration(w.ctx, 1); refusal(err) != "E-VAULT-GENERATION" {
		t.Errorf("the only generation destroyed: %v", err)
	}
	if m, _, err := vaultpg.NewStore(house.Keeper).Mark(w.ctx); err != nil || m.Destroyed != 0 {
		t.Errorf("the mark says %+v, %v", m, err)
	}
	if _, err := vault.NewKeeper(vault.KeeperConfig{}); err == nil {
		t.Error("a keeper of nothing")
	}
}
