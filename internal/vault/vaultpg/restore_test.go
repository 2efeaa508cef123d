package vaultpg_test

import (
	"testing"

	"recourse/internal/seal"
	"recourse/internal/vault"
)

// Copies of both sides are taken at many points; then each is restored alone.
func TestRestore_ofEitherSideAlone(t *testing.T) {
	t.Parallel()
	for _, side := range []string{"vault", "database"} {
		t.Run(side, func(t *testing.T) {
			t.Parallel()
			house, super := newHouse(t)
			for at := range points(nil) {
				w := newWorld(t, t.Context(), house, super)
				var s save
				for i, step := range points(w) {
					if i == at {
						if s = w.saveDB(); side == "vault" {
							s = w.saveVault()
						}
					}
					step()
				}
				if side == "vault" {
					w.restoreVault(s)
				} else {
					w.restoreDB(s)
				}
				w.restart()
				w.must(w.seals(9, w.today.AddDays(30)))
				w.must(w.seals(9, w.today.AddDays(500)))
				w.must(w.erase(w.first()))
				w.restart()
				w.dropSaves()
				w.end()
			}
		})
	}
}

// points is a history; copies are taken before each of its steps.
func points(w *world) []func() {
	return []func(){
		func() { w.must(w.seals(3, w.today.AddDays(1))) },
		func() { w.must(w.seals(9, w.today.AddDays(30))) },
		func() { w.must(w.erase(w.first())) },
		func() { w.must(w.apply()) },
		func() { w.must(w.seals(20, w.today.AddDays(30))) },
		func() { w.must(w.erase(w.first())); w.must(w.erase(w.first())) },
		func() { w.must(w.apply()) },
		func() { w.must(w.expire(w.today.AddDays(2))) },
		func() {
			if _, err := w.keeper.Reseal(w.ctx, w.now()); err != nil {
				w.t.Fatalf("%v", err)
			}
		},
		func() { w.must(w.erase(w.first())); w.must(w.apply()) },
		func() { w.must(w.seals(2, w.today.AddDays(31))) },
		func() { w.restart() },
	}
}

// A vault copy from before an epoch that is in use now cannot serve: its content
// would look erased. Nothing is changed, and the newer copy serves.
func TestRestore_vaultLacksAnEpochInUse(t *testing.T) {
	t.Parallel()
	house, super := newHouse(t)
	w := newWorld(t, t.Context(), house, super)
	defer w.end()
	old := w.saveVault()
	w.must(w.seals(2, w.today.AddDays(900)))
	w.must(w.seals(2, w.today.AddDays(30)))
	now := w.saveVault()
	w.restoreVault(old)
	if err := w.start(); refusal(err) != "E-VAULT-LACKS" {
		t.Fatalf("started: %v", err)
	}
	w.restoreVault(now)
	w.restart()
	// Drawn again with another seed it does not serve either, though it is there.
	w.restoreVault(old)
	if err := w.open(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.vault.Lease(t.Context(), seal.NewEpoch(seal.Record, w.today.AddDays(900)), 1); err != nil {
		t.Fatal(err)
	}
	if err := w.start(); refusal(err) != "E-VAULT-LACKS" {
		t.Fatalf("started with another seed: %v", err)
	}
	w.restoreVault(now)
	w.restart()
	w.dropSaves()
}

func TestCompare_refusesWhatDoesNotBelongTogether(t *testing.T) {
	t.Parallel()
	house, super := newHouse(t)
	w := newWorld(t, t.Context(), house, super)
	w.must(w.seals(2, w.today.AddDays(30)))
	other := &world{t: t, ctx: t.Context(), house: house, super: super, today: w.today, fuse: &fuse{left: -1}, seed: 1000, dir: t.TempDir()}
	defer other.end()
	if err := other.start(); refusal(err) != "E-VAULT-OTHER" {
		t.Errorf("another vault: %v", err)
	}
	w.sql("update vault.mark set mode = 'production'")
	if err := w.start(); refusal(err) != "E-VAULT-MODE" {
		t.Errorf("another mode in the mark: %v", err)
	}
	w.sql("update vault.mark set mode = 'sandbox', generation = 3")
	if err := w.start(); refusal(err) != "E-VAULT-LACKS" {
		t.Errorf("a generation that the vault cannot have: %v", err)
	}
	w.sql("delete from vault.mark")
	if err := w.start(); refusal(err) != "E-VAULT-UNKNOWN" {
		t.Errorf("boxes and no mark: %v", err)
	}
	w.end()
}

// While a process runs, a side may be restored under it: the keeper then does
// nothing until both are compared.
func TestKeeper_noticesARestoreUnderIt(t *testing.T) {
	t.Parallel()
	house, super := newHouse(t)
	w := newWorld(t, t.Context(), house, super)
	defer w.end()
	w.must(w.seals(6, w.today.AddDays(30)))
	db := w.saveDB()
	w.must(w.erase(w.first()))
	w.must(w.apply())
	w.restoreDB(db)
	for what, err := range map[string]error{
		"ApplyIntents": func() error { _, err := w.keeper.ApplyIntents(w.ctx, w.now(), w.today); return err }(),
		"ExpireEpochs": func() error { _, err := w.keeper.ExpireEpochs(w.ctx, w.today); return err }(),
		"Reseal":       func() error { _, err := w.keeper.Reseal(w.ctx, w.now()); return err }(),
		"Extend":       func() error { _, err := w.keeper.Extend(w.ctx, w.today); return err }(),
	} {
		if refusal(err) != "E-VAULT-COMPARE" {
			t.Errorf("%s: %v", what, err)
		}
	}
	w.restart()
	if !w.report.DatabaseBehind || w.report.Erased["vault.sample"] != 1 {
		t.Errorf("report %+v", w.report)
	}
	w.dropSaves()
}

// Index generations on both sides, and what is said when the database holds
// tokens of one that is gone.
func TestRestore_generations(t *testing.T) {
	t.Parallel()
	house, super := newHouse(t)
	w := newWorld(t, t.Context(), house, super)
	defer w.end()
	tokens := func() []vault.Token {
		got, err := w.vault.Tokens(w.ctx, [][]byte{[]byte("SAMPLE")})
		w.must(err)
		return got[0]
	}
	v, db := w.saveVault(), w.saveDB()
	g, err := w.keeper.NewGeneration(w.ctx)
	if err != nil || g != 2 {
		t.Fatal(g, err)
	}
	both := tokens()
	w.restoreVault(v) // the key of generation 2 was drawn ahead: the copy has it too
	w.restart()
	if got := tokens(); len(got) != 2 || got[0] != both[0] || got[1] != both[1] {
		t.Errorf("after the vault was restored: %v, want %v", got, both)
	}
	w.must(w.keeper.DestroyGeneration(w.ctx, 1))
	w.restoreVault(v)
	w.restart()
	if got := tokens(); len(got) != 1 || got[0] != both[0] {
		t.Errorf("after the vault was restored again: %v, want %v alone", got, both[0])
	}
	w.restoreDB(db)
	w.restart()
	if w.report.Retoken != 1 {
		t.Errorf("tokens of a destroyed generation are not reported: %+v", w.report)
	}
	w.dropSaves()
}
