package vaultpg_test

import (
	"cmp"
	"errors"
	"flag"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"recourse/internal/seal"
)

// few makes rapid run as many histories as fit into a test run; -rapid.checks
// asks for more.
func few(t *testing.T) {
	t.Helper()
	f := flag.Lookup("rapid.checks")
	if f.Value.String() == f.DefValue {
		if err := f.Value.Set("60"); err != nil {
			t.Fatal(err)
		}
	}
}

// history is a world that rapid drives.
type history struct {
	*world
	r           *rapid.T
	dbs, stores []save
	counts      map[string]int
}

func (h *history) slots() []seal.Slot {
	return slices.SortedFunc(maps.Keys(h.db.live), func(a, b seal.Slot) int {
		return cmp.Or(cmp.Compare(a.Epoch, b.Epoch), cmp.Compare(a.Leaf, b.Leaf))
	})
}

// killed does something that may be killed on the way; then the process starts
// again.
func (h *history) killed(what string, do func() error) {
	h.fuse.left = rapid.OneOf(rapid.Just(-1), rapid.IntRange(0, 12)).Draw(h.r, "fuse")
	err := do()
	h.fuse.left = -1
	h.counts[what]++
	if errors.Is(err, errDead) {
		h.counts["killed"]++
		h.restart()
		return
	}
	h.must(err)
}

// startRestored starts after a side was restored; undo gives it back where it is
// refused, as the model must expect.
func (h *history) startRestored(readable bool, undo func()) {
	if !readable {
		if err := h.open(); refusal(err) != "E-VAULT-ROOT" {
			h.t.Fatalf("a copy under a destroyed root key was opened: %v", err)
		}
		h.counts["too old"]++
		undo()
		h.restart()
		return
	}
	h.must(h.open())
	if h.lacks() {
		if err := h.start(); refusal(err) != "E-VAULT-LACKS" {
			h.t.Fatalf("started without a seed that is in use: %v", err)
		}
		h.counts["refused"]++
		undo()
		h.restart()
		return
	}
	h.killed("restored", h.start)
	h.restart()
}

func (h *history) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"seal": func(t *rapid.T) {
			end := h.today.AddDays(rapid.SampledFrom([]int{0, 1, 2, 5, 40, 800}).Draw(t, "days"))
			h.killed("seal", func() error { return h.seals(rapid.IntRange(1, 6).Draw(t, "rows"), end) })
		},
		"erase": func(t *rapid.T) {
			if len(h.db.live) == 0 {
				t.Skip("nothing is live")
			}
			h.must(h.erase(rapid.SampledFrom(h.slots()).Draw(t, "slot")))
		},
		"apply": func(*rapid.T) { h.killed("apply", h.apply) },
		"day": func(t *rapid.T) {
			to := h.today.AddDays(rapid.IntRange(1, 4).Draw(t, "days"))
			h.killed("day", func() error {
				if err := h.expire(to); err != nil {
					return err
				}
				_, err := h.keeper.Extend(h.ctx, to)
				return err
			})
		},
		"reseal": func(*rapid.T) {
			h.killed("reseal", func() error { _, err := h.keeper.Reseal(h.ctx, h.now()); return err })
		},
		"restart":       func(*rapid.T) { h.restart() },
		"save database": func(*rapid.T) { h.dbs = append(h.dbs, h.saveDB()) },
		"save vault":    func(*rapid.T) { h.stores = append(h.stores, h.saveVault()) },
		"restore database": func(t *rapid.T) {
			if len(h.dbs) == 0 {
				t.Skip("no copy")
			}
			now := h.saveDB()
			h.restoreDB(rapid.SampledFrom(h.dbs).Draw(t, "copy"))
			h.startRestored(true, func() { h.restoreDB(now) })
		},
		"restore vault": func(t *rapid.T) {
			if len(h.stores) == 0 {
				t.Skip("no copy")
			}
			now, old := h.saveVault(), rapid.SampledFrom(h.stores).Draw(t, "copy")
			h.restoreVault(old)
			h.startRestored(h.readable(old), func() { h.restoreVault(now) })
		},
	}
}

// Histories of sealing, erasing, ending, killing and restoring, in any order:
// 0 live contents lost, 0 erased ones opened, no leaf used twice.
func TestHistories(t *testing.T) {
	house, super := newHouse(t)
	few(t)
	counts := map[string]int{}
	boxes := 0
	rapid.Check(t, func(r *rapid.T) {
		h := &history{world: newWorld(r, t.Context(), house, super), r: r, counts: counts}
		defer h.end()
		defer h.dropSaves()
		r.Repeat(h.actions())
		h.restart()
		boxes += len(h.made)
	})
	t.Logf("%d boxes; %v", boxes, counts)
	for _, what := range []string{"seal", "apply", "day", "reseal", "killed", "restored"} {
		if counts[what] == 0 {
			t.Errorf("no history had %q", what)
		}
	}
}
