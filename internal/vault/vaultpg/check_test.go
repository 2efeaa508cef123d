package vaultpg_test

import (
	"fmt"
	"maps"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"recourse/internal/fault"
	"recourse/internal/seal"
	"recourse/internal/vault"
)

// restart ends the process and starts it again, then carries out what waits.
func (w *world) restart() {
	w.t.Helper()
	w.fuse.left = -1
	w.must(w.start())
	w.joined()
	w.must(w.apply())
	w.check()
}

// joined brings the model together as the comparison does with what it models:
// what either side had forgotten, both have.
func (w *world) joined() {
	if w.out.before < w.db.before {
		w.out.before = w.db.before
	}
	w.db.before = w.out.before
	maps.Copy(w.out.punctured, w.db.intents)
	for s := range w.db.live {
		if w.out.punctured[s] {
			delete(w.db.live, s)
			if s.Epoch.End() >= w.db.before {
				w.db.intents[s] = true // the comparison writes the intent again
			}
		}
	}
}

// gone says whether the model expects a slot to be forgotten for ever.
func (w *world) gone(s seal.Slot) bool {
	return w.out.punctured[s] || s.Epoch.End() < w.out.before
}

// check holds what must always hold: every row that was not erased opens, and no
// box that was ever made and erased does, not even one from an old backup.
func (w *world) check() {
	w.t.Helper()
	var rows, erased int
	for s, b := range w.made {
		opened, err := w.sealer.Open(w.ctx, []seal.Sealed{b.sealed})
		switch {
		case w.gone(s):
			erased++
			if err != nil && fault.Of(err).Code == "E-VAULT-BOX" {
				continue // a key of another seed: it opens nothing
			}
			if err != nil || !opened[0].Gone {
				w.t.Fatalf("an erased content was opened: slot %v, %v", s, err)
			}
		case w.db.live[s]:
			rows++
			if err != nil || opened[0].Gone || string(opened[0].Plain) != b.plain {
				w.t.Fatalf("a live content is lost: slot %v, gone = %v, %v", s, err == nil && opened[0].Gone, err)
			}
		}
	}
	for s := range w.db.live {
		if _, known := w.made[s]; !known {
			w.t.Fatalf("the model lost slot %v", s)
		}
	}
	w.checkRows()
}

// checkRows holds that the database shows as erased what is erased before its
// day, and nothing else.
func (w *world) checkRows() {
	w.t.Helper()
	rows, err := w.super.Query(w.ctx, "select epoch, leaf, box is not null from vault.sample")
	w.must(err)
	holds := map[seal.Slot]bool{}
	var s seal.Slot
	var held bool
	_, err = pgx.ForEachRow(rows, []any{&s.Epoch, &s.Leaf, &held}, func() error { holds[s] = held; return nil })
	w.must(err)
	for s, held := range holds {
		if ended := s.Epoch.End() < w.db.before; !ended && held != w.db.live[s] {
			w.t.Fatalf("row at %v: holds a box = %v, live = %v, punctured = %v", s, held, w.db.live[s], w.out.punctured[s])
		}
	}
}

// save is a copy of the database or of the vault's store.
type save struct {
	n  int
	db base
	o  out
}

// tables are what a backup of the database holds of the vault.
func tables() []string { return []string{"mark", "lease", "intent", "sample"} }

func (w *world) saveDB() save {
	w.saves++
	for _, table := range tables() {
		w.sql(fmt.Sprintf("create table vault.save_%d_%s as table vault.%s", w.saves, table, table))
	}
	return save{n: w.saves, db: w.db.clone()}
}

func (w *world) restoreDB(s save) {
	for _, table := range tables() {
		w.sql(fmt.Sprintf("delete from vault.%s", table))
		w.sql(fmt.Sprintf("insert into vault.%s select * from vault.save_%d_%s", table, s.n, table))
	}
	w.db = s.db.clone()
}

func (w *world) dropSaves() {
	for n := 1; n <= w.saves; n++ {
		for _, table := range tables() {
			w.sql(fmt.Sprintf("drop table if exists vault.save_%d_%s", n, table))
		}
	}
}

// saveVault copies the store as a backup does while the process runs. The root
// keys are not in it.
func (w *world) saveVault() save {
	w.saves++
	to := filepath.Join(w.dir, fmt.Sprint("copy-", w.saves))
	w.must(copyTree(filepath.Join(w.dir, "vault"), to))
	st, err := w.vault.State(w.ctx)
	w.must(err)
	return save{n: w.saves, o: out{punctured: maps.Clone(w.out.punctured), before: w.out.before, dir: to, root: st.Root}}
}

func (w *world) restoreVault(s save) {
	if w.vault != nil {
		_ = w.vault.Close() // it may be dead already
		w.vault = nil
	}
	w.must(copyTree(s.o.dir, filepath.Join(w.dir, "vault")))
	w.out = out{punctured: maps.Clone(s.o.punctured), before: s.o.before, dir: s.o.dir, root: s.o.root}
}

// readable says whether the root key of a copy still exists.
func (w *world) readable(s save) bool {
	list, err := w.kms.Versions(w.ctx)
	w.must(err)
	for _, v := range list {
		if v.ID == s.o.root {
			return true
		}
	}
	return false
}

// lacks says whether the vault that was just opened lacks the seed of a live
// row: then a start must be refused.
func (w *world) lacks() bool {
	list, err := w.vault.Epochs(w.ctx)
	w.must(err)
	held := map[seal.Epoch]vault.SeedMark{}
	for _, e := range list {
		held[e.Epoch] = e.Seed
	}
	before := max(w.db.before, w.out.before)
	for s := range w.db.live {
		if mark, there := held[s.Epoch]; s.Epoch.End() >= before && (!there || mark != w.made[s].seed) {
			return true
		}
	}
	return false
}
