package vaultpg_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"recourse/internal/vault"
)

// found is what a world says when it finds something wrong.
type found string

// finder is a checker that hands back what is found instead of failing.
type finder struct{ *testing.T }

func (f finder) Fatalf(format string, args ...any) { panic(found(fmt.Sprintf(format, args...))) }

// finds runs do and returns what it found, or "".
func finds(do func()) (what string) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case found:
			what = string(p)
		default:
			panic(p)
		}
	}()
	do()
	return ""
}

// The controls: with a part of the scheme left out, the same checks find what it
// is there for. If one of them finds nothing, the tests prove nothing.
func TestControls(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		want string
		run  func(w *world)
	}{
		{"an old vault serves without a comparison, and erased content opens", "an erased content was opened", func(w *world) {
			w.must(w.seals(6, w.today.AddDays(30)))
			old := w.saveVault()
			w.must(w.erase(w.first()))
			w.must(w.apply())
			w.restoreVault(old)
			w.skipped = true
			w.must(w.start())
			w.joined()
			w.check()
		}},
		{"an old vault serves without a comparison, and a leaf is used twice", "was used twice", func(w *world) {
			old := w.saveVault()
			w.must(w.seals(1, w.today.AddDays(30)))
			w.restoreVault(old)
			w.skipped = true
			w.must(w.start())
			w.must(w.seals(1, w.today.AddDays(30)))
		}},
		{"an old vault serves without a comparison, and live content is lost", "a live content is lost", func(w *world) {
			old := w.saveVault()
			w.must(w.seals(1, w.today.AddDays(30)))
			w.restoreVault(old)
			w.skipped = true
			w.must(w.start())
			w.check()
		}},
		{"an old database serves without a comparison, and shows erased rows", "holds a box", func(w *world) {
			w.must(w.seals(6, w.today.AddDays(30)))
			old := w.saveDB()
			defer w.dropSaves()
			w.must(w.erase(w.first()))
			w.must(w.apply())
			w.restoreDB(old)
			w.skipped = true
			w.must(w.start())
			w.joined()
			w.check()
		}},
		{"leases are not remembered by the database, and a leaf is used twice", "was used twice", func(w *world) {
			old := w.saveVault()
			w.forgetful()
			w.must(w.seals(2, w.today.AddDays(30)))
			w.sql("delete from vault.sample") // the transaction is rolled back: no row tells of the leaves
			clear(w.db.live)
			w.restoreVault(old)
			w.restart()
			w.must(w.seals(1, w.today.AddDays(30)))
		}},
		{"a broken off comparison is not seen, and erased content opens", "an erased content was opened", func(w *world) {
			w.must(w.seals(6, w.today.AddDays(30)))
			old := w.saveVault()
			w.must(w.erase(w.first()))
			w.must(w.apply())
			w.restoreVault(old)
			w.must(w.open())
			// As without announce: the counters moved past the mark, then the process died.
			st, err := w.vault.State(w.ctx)
			w.must(err)
			w.must(w.vault.Skip(w.ctx, vault.Jump{Seq: st.Seq + 1000}))
			w.restart()
		}},
		{"an intent is done that was never carried out, and erased content opens", "an erased content was opened", func(w *world) {
			w.must(w.seals(2, w.today.AddDays(30)))
			w.must(w.erase(w.first()))
			w.sql("update vault.intent set vault_seq = 1, done_at = created_at, unreadable_by = '2030-01-01', weak = true")
			w.restart()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			house, super := newHouse(t)
			w := newWorld(finder{t}, t.Context(), house, super)
			defer w.end()
			if got := finds(func() { c.run(w) }); !strings.Contains(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// forgetful puts a book of leases in place that forgets.
func (w *world) forgetful() {
	w.t.Helper()
	var err error
	w.sealer, err = vault.NewSealer(vault.SealerConfig{Vault: w.vault, Book: forgets{}, Intents: fusedLeases{w.app(), w.fuse}, Minter: w.chance()})
	w.must(err)
}

type forgets struct{}

func (forgets) Leased(context.Context, []vault.Counter, int64) error { return nil }

var errUnreachable = errors.New("the database cannot be reached")

type unreachable struct{}

func (unreachable) Leased(context.Context, []vault.Counter, int64) error { return errUnreachable }

// Where the database cannot remember a lease, nothing is sealed, and the leaves
// are wasted rather than used.
func TestSealer_withoutTheDatabase(t *testing.T) {
	t.Parallel()
	house, super := newHouse(t)
	w := newWorld(t, t.Context(), house, super)
	defer w.end()
	good := w.sealer
	var err error
	w.sealer, err = vault.NewSealer(vault.SealerConfig{Vault: w.vault, Book: unreachable{}, Intents: w.app(), Minter: w.chance()})
	w.must(err)
	if err := w.seals(1, w.today.AddDays(30)); !errors.Is(err, errUnreachable) {
		t.Fatalf("sealed without a book: %v", err)
	}
	w.sealer = good
	w.must(w.seals(1, w.today.AddDays(30)))
	if w.first().Leaf == 0 {
		t.Error("a leaf was used whose lease was not remembered")
	}
	w.check()
}
