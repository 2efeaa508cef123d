package ledgerpg_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/clock"
	"recourse/internal/ledger"
	"recourse/internal/proof"
	"recourse/internal/test/evidence"
)

// found is the codes of what an error holds, one in another.
func found(err error) (codes []string) {
	for _, part := range strings.Fields(fmt.Sprint(err)) {
		if strings.HasPrefix(part, "E-") {
			codes = append(codes, strings.TrimSuffix(part, ":"))
		}
	}
	var f *fault.Error
	if errors.As(err, &f) && f.Err != nil {
		codes = append(append(codes, f.Code), found(f.Err)...)
	}
	return codes
}

// audited returns the kinds of what an audit finds, with the first place of each.
func (h logHouse) audited(t testing.TB) map[string]uint64 {
	t.Helper()
	got := map[string]uint64{}
	a := &ledger.Auditor{Books: h.log, Nonces: h.keys}
	done, err := a.Audit(t.Context(), func(f ledger.Finding) {
		if _, there := got[f.What]; !there {
			got[f.What] = f.Index
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) == 0 && done.Entries == 0 {
		t.Error("the audit looked at nothing")
	}
	return got
}

// filled is a house with a published log of 700 entries.
func filled(t testing.TB, policy string) pressed {
	t.Helper()
	h := openLog(t)
	p := h.pressIn(t, filepath.Join(t.TempDir(), "log"), policy)
	h.write(t, 100)
	h.looks(t, 600)
	if got := p.run(t); got.Size != 700 {
		t.Fatalf("%d entries are published", got.Size)
	}
	return p
}

// TestAttacks_onTheStore: whatever is done to the database behind the log's back has
// a name. The control is the same log before it is done.
func TestAttacks_onTheStore(t *testing.T) {
	t.Parallel()
	const anywhere = 1 << 40 // rows of one transaction have no order of their own
	const flip = "set_byte(%[1]s, length(%[1]s) - 2, get_byte(%[1]s, length(%[1]s) - 2) # 1)"
	for _, c := range []struct {
		name, sql string
		start     string // code with which a start is refused; empty where it is not
		finds     string // what an audit finds
		at        uint64
	}{
		{"bit flip in an entry", "update ledger.bundle set entries = " + fmt.Sprintf(flip, "entries") + " where n = 1", "", ledger.Altered, 511},
		{"bit flip in a tile", "update ledger.tile set hashes = " + fmt.Sprintf(flip, "hashes") + " where level = 1", "E-LOG-TORN", ledger.Torn, 0},
		{"bit flip in the root", "update ledger.head set root = " + fmt.Sprintf(flip, "root"), "E-LOG-TORN", ledger.Torn, 0},
		{"altered row in the journal", "update ledger.journal set refs = '{\"purpose\": \"other\"}' where ctid = (select min(ctid) from ledger.journal where kind = 'consent.given')", "", ledger.Altered, 0},
		{"altered access row", "update inquiry.access set outcome = 0 where ctid = (select min(ctid) from inquiry.access)", "", ledger.Altered, anywhere},
		{"altered seal of an access row", "update inquiry.access set box = " + fmt.Sprintf(flip, "box") + " where ctid = (select min(ctid) from inquiry.access where box is not null)", "", ledger.Altered, anywhere},
		{"row taken out", "delete from inquiry.access where ctid = (select min(ctid) from inquiry.access)", "", ledger.Missing, anywhere},
		{"row put in later, as of then", "insert into ledger.journal (stream, event, at, kind, refs, added) values (gen_random_uuid(), gen_random_uuid(), now(), 'consent.given', '{}', '700')", "", ledger.Unpublished, 700},
		{"entries exchanged", "update ledger.bundle set entries = substr(entries, 36, 35) || substr(entries, 1, 35) || substr(entries, 71) where n = 0", "", ledger.Reordered, 0},
		{"entry made twice", "update ledger.batch set rows = overlay(rows placing substr(rows, 1, 49) from 50) where first = 0", "", ledger.Duplicated, 1},
		{"log cut", "with gone as (delete from ledger.batch where first >= 650) update ledger.head set size = 0, root = sha256(''), kept = '', low = '0'", "E-LOG-BEHIND", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := filled(t, "")
			if got := h.audited(t); len(got) != 0 {
				t.Fatalf("control: %v", got)
			}
			if err := h.again(t); err != nil {
				t.Fatalf("control: %v", err)
			}
			h.super(t, c.sql)
			began := clock.Stopwatch()
			err := h.again(t)
			if c.start == "" && err != nil || c.start != "" && !slices.Contains(found(err), c.start) {
				t.Errorf("start: %v, want %s", err, c.start)
			}
			atStart := clock.Since(began)
			if c.finds == "" {
				noted(t, c.name, c.start+" at the start")
				return
			}
			got := h.audited(t)
			if at, is := got[c.finds]; !is || at != c.at && c.at != anywhere && c.finds != ledger.Torn {
				t.Errorf("audit: %v, want %s at %d", got, c.finds, c.at)
			}
			by := "audit: " + c.finds
			if c.start != "" {
				by += ", " + c.start + " at the start"
			}
			noted(t, c.name, by)
			t.Logf("start %s after %v, audit %v after %v", c.start, atStart, got, clock.Since(began))
		})
	}
}

// noted notes that an attack was found, by what, and that its control holds. (A test
// that failed before is no evidence.)
func noted(t testing.TB, attack, by string) {
	t.Helper()
	evidence.Keep(t, "ledger.md", "attacks", attack+" — "+by, 1, 1, 1)
}

// again compares the log as a new process does at its start.
func (p pressed) again(t testing.TB) error {
	t.Helper()
	fresh := *p.press
	fresh.Sequencer = p.sequencer(0)
	return fresh.Compare(t.Context())
}

// TestAttacks_secondCopy: an old copy, or a second one with the same key, is refused by
// the witnesses that saw the first. The control goes on.
func TestAttacks_secondCopy(t *testing.T) {
	t.Parallel()
	policy := witnesses(t)
	first := filled(t, policy)
	for _, c := range []struct {
		name string
		rows int
		want string
	}{
		{"restore of an old disk: shorter", 300, "E-LOG-ROLLBACK"},
		{"second instance of the same size", 700, "E-LOG-DISPUTED"},
		{"fork: longer and of another history", 900, "E-LOG-DISPUTED"},
	} {
		h := openLog(t)
		other := h.pressIn(t, filepath.Join(t.TempDir(), "log"), policy)
		other.press.Sequencer.Most = 10_000
		h.looks(t, c.rows)
		began := clock.Stopwatch()
		_, _, err := other.press.Step(t.Context(), h.Now())
		if codes := found(err); !slices.Contains(codes, c.want) || !slices.Contains(codes, "E-LOG-WITNESSES") {
			t.Errorf("%s: %v", c.name, err)
		}
		if p, err := h.log.Published(t.Context()); err != nil || len(p.Note) != 0 {
			t.Errorf("%s: it was published (%v)", c.name, err)
		}
		noted(t, c.name, c.want+" by witnesses")
		t.Logf("%s: %s after %v", c.name, c.want, clock.Since(began))
	}
	first.looks(t, 10)
	if got := first.run(t); got.Size != 710 {
		t.Errorf("control: %d entries", got.Size)
	}
	seen, err := first.press.Trust.Check(mustPublished(t, first).Note)
	if err != nil || len(seen.Witnesses) < 2 || seen.Fresh(time.Now().Add(-time.Minute)) != nil {
		t.Errorf("control: %+v %v", seen, err)
	}
}

func mustPublished(t testing.TB, p pressed) ledger.Published {
	t.Helper()
	got, err := p.log.Published(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestAttacks_database: a database that was set back, or that belongs elsewhere, does
// not start, and the refusal says by how much.
func TestAttacks_database(t *testing.T) {
	t.Parallel()
	p := filled(t, "")
	other := openLog(t)
	other.looks(t, 250)
	old := other.pressIn(t, filepath.Join(t.TempDir(), "log"), "")
	old.run(t)
	swap := func(dir string, h logHouse) error {
		part := t.TempDir()
		for _, name := range []string{"key", "head"} {
			raw, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(part, name), raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return h.pressIn(t, part, "").press.Compare(t.Context())
	}
	if err := swap(p.dir, p.logHouse); err != nil {
		t.Errorf("control: %v", err)
	}
	if err := swap(p.dir, other); !errors.Is(err, ledger.ErrBehind) || !strings.Contains(err.Error(), "450 are missing") {
		t.Errorf("a shorter database: %v", err)
	}
	if err := swap(old.dir, p.logHouse); !errors.Is(err, ledger.ErrForked) {
		t.Errorf("another history: %v", err)
	}
	if err := p.pressIn(t, t.TempDir(), "").press.Compare(t.Context()); !errors.Is(err, ledger.ErrHeadless) {
		t.Errorf("a folder without a head: %v", err)
	}
	for attack, by := range map[string]string{"restore of an old database under a newer folder": "E-LOG-BEHIND, by how much, at the start", "database of another history": "E-LOG-FORK at the start",
		"folder without its head": "E-LOG-HEADLESS at the start"} {
		noted(t, attack, by)
	}
	raw, err := os.ReadFile(filepath.Join(old.dir, "head"))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.press.Heads.Swap(raw, raw); !errors.Is(err, ledger.ErrMoved) {
		t.Errorf("a head that is not there is replaced: %v", err)
	}
}

// TestAttacks_onClients: a client that is given an old or another view, or an altered
// receipt, finds it.
func TestAttacks_onClients(t *testing.T) {
	t.Parallel()
	h := filled(t, witnesses(t))
	early := mustPublished(t, h)
	h.looks(t, 50)
	h.run(t)
	late := mustPublished(t, h)
	trust := h.press.Trust
	read := func(tile proof.Tile) ([]byte, error) { return h.log.Read(t.Context(), tile) }
	a, errA := trust.Check(early.Note)
	b, errB := trust.Check(late.Note)
	way, errC := proof.Extend(b.Checkpoint, a.Size, read)
	if err := errors.Join(errA, errB, errC, proof.CheckConsistency(a.Checkpoint, b.Checkpoint, way)); err != nil {
		t.Fatalf("control: %v", err)
	}
	if err := proof.CheckConsistency(b.Checkpoint, a.Checkpoint, way); !errors.Is(err, proof.ErrRollback) {
		t.Errorf("an old view after a newer: %v", err)
	}
	if err := a.Fresh(time.Now().Add(time.Hour)); !errors.Is(err, proof.ErrStale) {
		t.Errorf("an old view: %v", err)
	}
	rows, err := h.log.Next(t.Context(), ledger.Place{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	receipts := &ledger.Receipts{Rows: h.log, Board: h.log, Nonces: h.keys, Read: h.log.ReadAll}
	r, err := receipts.Of(t.Context(), ledger.Key{Stream: rows.Rows[3].Stream, Event: rows.Rows[3].Event}, true)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := trust.CheckReceipt(r.Text); err != nil || got.Event.ID != rows.Rows[3].Event || *got.Stream != rows.Rows[3].Stream {
		t.Fatalf("control: %+v %v", got, err)
	}
	held, tried := 0, 0
	// What is behind the log's own signature are cosignatures, of which two of three are enough.
	for i := 0; i < strings.Index(r.Text, "— witness.example")*8; i += 13 {
		tried++
		bad := []byte(r.Text)
		bad[i/8] ^= 1 << (i % 8)
		if got, err := trust.CheckReceipt(string(bad)); err == nil {
			held++
			t.Errorf("holds with bit %d flipped: %+v", i, got)
		}
	}
	noted(t, "an old view after a newer one (rollback)", "E-PROOF-ROLLBACK by the client")
	noted(t, "stale checkpoint to one client", "E-PROOF-STALE by the client")
	evidence.Keep(t, "ledger.md", "attacks", "bit flip in a receipt — refused by the client", tried, tried-held, 1)
	t.Logf("%d flips of a receipt of %d bytes, %d hold", tried, len(r.Text), held)
}
