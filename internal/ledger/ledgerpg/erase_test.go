package ledgerpg_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/proof"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
)

// TestErase_logStaysWhole: after the keys of some events are gone from the vault, the
// whole log, every receipt that was given and new receipts of all other events hold;
// nothing opens an erased one any more. The controls: it opened before, and one turned
// bit of an erased entry is found.
func TestErase_logStaysWhole(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	v := housetest.Vault(t, f)
	h := logHouse{Fixture: f, log: ledgerpg.NewLog(f.Keeper), keys: housetest.Keys(t, f, v)}
	p := h.pressIn(t, filepath.Join(t.TempDir(), "log"), "")
	epoch := seal.NewEpoch(seal.Access, f.Today().AddDays(30))
	slots, err := h.keys.Places(t.Context(), epoch, 200)
	if err != nil {
		t.Fatal(err)
	}
	h.Exec(t, `insert into inquiry.access (person, access, at, purpose, basis, pack, outcome, records, epoch, leaf, nonce, box)
		select gen_random_uuid(), gen_random_uuid(), now(), 'sample', 'self', 'p', 2, '{}', $1, n, substr(sha256(n::text::bytea), 1, 12), sha256(n::text::bytea) from generate_series($2::bigint, $3::bigint) n`,
		int64(epoch), int64(slots[0].Leaf), int64(slots[len(slots)-1].Leaf))
	h.write(t, 100)
	older := p.run(t)
	entered, err := h.log.Entered(t.Context(), 0, older.Size)
	if err != nil || older.Size != 300 {
		t.Fatalf("%d entries: %v", older.Size, err)
	}
	receipts := &ledger.Receipts{Rows: h.log, Board: h.log, Nonces: h.keys, Read: h.log.ReadAll}
	given := make([]string, len(entered))
	var gone []seal.Held
	for i, e := range entered {
		r, err := receipts.Of(t.Context(), ledger.Key{Stream: e.Stream, Event: e.Event}, true)
		if err != nil {
			t.Fatalf("control, before: %v", err)
		}
		if given[i] = r.Text; i%3 == 0 {
			gone = append(gone, e.Held())
		}
	}

	if err := housetest.KeeperKeys(t, f, v).ForgetAll(t.Context(), gone, "repaired", h.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := housetest.VaultKeeper(t, f, v).ApplyIntents(t.Context(), h.Now(), f.Today()); err != nil {
		t.Fatal(err)
	}
	h.write(t, 50)
	newer := p.run(t)
	h.whole(t)
	done, err := (&ledger.Auditor{Books: h.log, Nonces: h.keys}).Audit(t.Context(), func(f ledger.Finding) { t.Errorf("audit: %+v", f) })
	if err != nil || done.Entries != newer.Size || done.Erased != uint64(len(gone)) {
		t.Errorf("audit: %+v %v", done, err)
	}
	h.grew(t, older, newer)
	for i, e := range entered {
		if _, err := p.press.Trust.CheckReceipt(given[i]); err != nil {
			t.Errorf("the receipt given of entry %d: %v", i, err)
		}
		r, err := receipts.Of(t.Context(), ledger.Key{Stream: e.Stream, Event: e.Event}, true)
		switch {
		case i%3 == 0 && (!errors.Is(err, ledger.ErrUnopened) || r.Text != ""):
			t.Errorf("erased entry %d: %v, %q", i, err, r.Text)
		case i%3 != 0 && err != nil:
			t.Errorf("entry %d: %v", i, err)
		case i%3 != 0:
			if _, err := p.press.Trust.CheckReceipt(r.Text); err != nil {
				t.Errorf("a new receipt of entry %d: %v", i, err)
			}
		}
	}

	h.super(t, "update ledger.bundle set entries = set_byte(entries, 10, get_byte(entries, 10) # 1) where n = 0") // entry 0, which is erased
	if got := h.audited(t); len(got) == 0 {
		t.Error("control: a turned bit of an erased entry is not found")
	}
}

// grew checks that one published checkpoint continues another.
func (h logHouse) grew(t testing.TB, older, newer ledger.Published) {
	t.Helper()
	a, errA := proof.ParseCheckpoint(older.Note)
	b, errB := proof.ParseCheckpoint(newer.Note)
	way, errW := proof.Extend(b, a.Size, func(tile proof.Tile) ([]byte, error) { return h.log.Read(t.Context(), tile) })
	if err := errors.Join(errA, errB, errW); err != nil {
		t.Fatal(err)
	}
	if err := proof.CheckConsistency(a, b, way); err != nil {
		t.Error(fmt.Errorf("from %d to %d: %w", a.Size, b.Size, err))
	}
}
