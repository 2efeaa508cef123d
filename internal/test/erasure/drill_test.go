package erasure_test

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"recourse/internal/dispute"
	"recourse/internal/dossier"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultfile"
	"recourse/internal/vault/vaultkms"
	"recourse/internal/when"
)

// routes are all the ways in which a content ends. Each is taken on the day on which
// it is called, or arranged before so that it ends on that day.
func (h *house) routes(day when.Date) map[string]func(*testing.T, ref.Record) {
	early := func(why dossier.Why) func(*testing.T, ref.Record) {
		return func(t *testing.T, r ref.Record) {
			t.Helper()
			ended, err := h.ender.End(t.Context(), []dossier.Early{{Key: dossier.Key{Person: h.person, Record: r}, Why: why, Rule: "sample"}}, h.Now())
			must(t, err)
			if len(ended) != 1 {
				t.Fatalf("%s ended %d", why, len(ended))
			}
		}
	}
	return map[string]func(*testing.T, ref.Record){
		"retention ended": func(*testing.T, ref.Record) {},
		"repaired":        early(dossier.Restored),
		"ordered":         early(dossier.ByOrder),
		"contest upheld":  func(t *testing.T, r ref.Record) { h.contested(t, r, dispute.WrongFact, dispute.Withdrawn) },
		"wrong person":    func(t *testing.T, r ref.Record) { h.contested(t, r, dispute.WrongPerson, dispute.Withdrawn) },
		"taken back":      h.takenBack,
		"superseded":      h.superseded,
		"retention shorter": func(t *testing.T, r ref.Record) {
			t.Helper()
			was := dossier.Ends{Type: recordType, Start: h.began, RetainEnd: h.longest}
			_, err := h.shortens.Ends.Shorten(t.Context(), was, day-1, day-1, 500)
			must(t, err)
		},
	}
}

// held is what a delivery hands to the vault of a record that was there.
func (h *house) held(t *testing.T, r ref.Record) seal.Held {
	t.Helper()
	type slot struct{ Epoch, Leaf int64 }
	s := housetest.Ask[slot](t, h.Fixture, "select (epoch, leaf) from dossier.record where record = $1", r)
	return seal.Held{Subject: dossier.RecordSubject(h.person, r, 1), Slot: seal.Slot{Epoch: seal.Epoch(s.Epoch), Leaf: seal.Leaf(s.Leaf)}}
}

func (h *house) takenBack(t *testing.T, r ref.Record) {
	t.Helper()
	old := h.held(t, r)
	h.merge(t, func(b *dossier.Batch) {
		b.Withdrawn = []dossier.Written{{Person: h.person, Record: r, OldVersion: 1, Order: 2}}
	})
	must(t, h.keys.ForgetAll(t.Context(), []seal.Held{old}, string(vault.Withdrawn), h.Now()))
}

func (h *house) superseded(t *testing.T, r ref.Record) {
	t.Helper()
	old := h.held(t, r)
	w := h.sealed(t, dossier.Written{Person: h.person, Record: r, OldVersion: 1, Order: 2, Start: h.Today(), DisplayEnd: h.Today().AddYears(4), RetainEnd: h.Today().AddYears(4)})
	h.merge(t, func(b *dossier.Batch) { b.Changed = []dossier.Written{w} })
	must(t, h.keys.ForgetAll(t.Context(), []seal.Held{old}, string(vault.Superseded), h.Now()))
}

// base is what a base backup of the database holds of a record.
func (h *house) base(t *testing.T, r ref.Record) seal.Sealed {
	t.Helper()
	type row struct {
		Version     int32
		Epoch, Leaf int64
		Nonce, Box  []byte
	}
	x := housetest.Ask[row](t, h.Fixture, "select (version, epoch, leaf, nonce, box) from dossier.record where record = $1", r)
	return seal.Sealed{Subject: dossier.RecordSubject(h.person, r, x.Version), Box: seal.Box{Epoch: seal.Epoch(x.Epoch), Leaf: seal.Leaf(x.Leaf), Nonce: [seal.NonceSize]byte(x.Nonce), Data: x.Box}}
}

// reads says how many contents who has a copy of the vault and its keeper of root keys
// can open, on whatever day they say it is.
func (h *house) reads(t *testing.T, dir string, kms vault.KMS, today when.Date, boxes []seal.Sealed) int {
	t.Helper()
	again := filepath.Join(t.TempDir(), "again")
	must(t, os.CopyFS(again, os.DirFS(dir)))
	store, err := vaultfile.Open(vaultfile.Config{Dir: again, KMS: kms, Minter: rand.Reader})
	must(t, err)
	v, err := vault.Open(t.Context(), vault.Config{Journal: store, Minter: rand.Reader, Mode: vault.Sandbox, Now: today.Time(), Today: today})
	if err != nil {
		if code(err) != "E-VAULT-ROOT" {
			t.Fatalf("the copy does not open for another reason than its root key: %v", err)
		}
		must(t, store.Close())
		return 0
	}
	defer func() { must(t, v.Close()) }()
	keys, err := vault.NewSealer(vault.SealerConfig{Vault: v, Book: nowhere{}, Intents: nowhere{}, Minter: rand.Reader})
	must(t, err)
	n := 0
	for _, b := range boxes {
		got, err := keys.Open(t.Context(), []seal.Sealed{b})
		must(t, err)
		if !got[0].Gone {
			if !strings.Contains(string(got[0].Plain), "SAMPLE-") {
				t.Fatalf("it opened to something else: %q", got[0].Plain)
			}
			n++
		}
	}
	return n
}

// nowhere keeps nothing: who reads copies leases no leaf.
type nowhere struct{}

func (nowhere) Leased(context.Context, []vault.Counter, int64) error {
	return errors.New("a copy is not written")
}
func (nowhere) Intend(context.Context, []vault.Wanted) error {
	return errors.New("a copy is not written")
}

// nights are the copies of one drill.
type nights struct {
	vaults []string
	roots  []map[string]rootKey
}

func (n *nights) take(t *testing.T, h *house, m *module) {
	t.Helper()
	n.vaults, n.roots = append(n.vaults, h.copyOf(t)), append(n.roots, m.backup())
}

// most is how many of the boxes the best of all copies opens, after every backup of the
// keeper of root keys was given back to it.
func (n *nights) most(t *testing.T, h *house, m *module, today when.Date, boxes []seal.Sealed) (best int) {
	t.Helper()
	for _, b := range n.roots {
		m.restore(b)
	}
	for _, dir := range n.vaults {
		best = max(best, h.reads(t, dir, m, today, boxes))
	}
	return best
}

// The drill: everything is copied every night, records end by every route, the clock
// passes the bound that the receipts name, and everything is given back. 0 of N erased
// contents open, N of N that are kept do; before the bound N of N open, by which one
// sees that the copies are whole.
func TestDrill(t *testing.T) {
	t.Parallel()
	const each = 3
	m := newModule()
	h := open(t, m)
	first, day := h.Today(), h.Today()+4
	var erased, live []seal.Sealed
	of := map[string][]ref.Record{}
	for route := range h.routes(day) {
		for range each {
			retain := h.Today().AddYears(4)
			switch route {
			case "retention ended":
				retain = day - 1
			case "retention shorter":
				retain = h.longest
			}
			r := h.file(t, retain)
			of[route], erased = append(of[route], r), append(erased, h.base(t, r))
		}
	}
	for range 10 {
		live = append(live, h.base(t, h.file(t, first.AddYears(4))))
	}
	var copies nights
	for ; h.Today() < day; h.MoveTo(t, h.Today()+1) {
		h.tend(t)
		copies.take(t, h, m)
	}
	routes := h.routes(day)
	for route, list := range of {
		for _, r := range list {
			routes[route](t, r)
		}
	}
	h.tend(t)
	copies.take(t, h, m)
	bound := h.receipts(t, of, day)
	if n := copies.most(t, h, m, first, erased); n != len(erased) {
		t.Errorf("control: before the bound the copies open %d of %d erased contents: they are not whole", n, len(erased))
	}
	if n := h.reads(t, h.dir0(t), m, first, erased); n != 0 {
		t.Errorf("the vault itself opens %d erased contents on the day of their end", n)
	}
	for h.Today() < bound {
		h.MoveTo(t, h.Today()+1)
		h.tend(t)
		copies.take(t, h, m)
	}
	if n := copies.most(t, h, m, first, erased); n != 0 {
		t.Errorf("from the bound %s on, copies open %d of %d erased contents", bound, n, len(erased))
	}
	if n := copies.most(t, h, m, first, live); n != len(live) {
		t.Errorf("%d of %d contents that are kept open", n, len(live))
	}
	h.residue(t, copies.vaults, erased, live)
	t.Logf("%d erased by %d routes, %d kept, %d copies; bound %s", len(erased), len(of), len(live), len(copies.vaults), bound)
}

// dir0 is a copy of the vault as it is now.
func (h *house) dir0(t *testing.T) string { return h.copyOf(t) }

// receipts looks at the receipts of what ended, and returns the latest bound that they
// name. A version that another took the place of has none: its record is there.
func (h *house) receipts(t *testing.T, of map[string][]ref.Record, day when.Date) (bound when.Date) {
	t.Helper()
	for route, list := range of {
		for _, r := range list {
			got, err := h.takes.Receipts(t.Context(), h.person, r, h.Now())
			must(t, err)
			if route == "superseded" {
				if len(got) != 0 {
					t.Errorf("a receipt for a record that is kept: %+v", got)
				}
				continue
			}
			if len(got) != 1 || got[0].Unreadable != vault.UnreadableFrom(day) || got[0].Rule == "" || got[0].Why == "" || got[0].Weak {
				t.Errorf("%s: receipt %+v", route, got)
				continue
			}
			bound = max(bound, got[0].Unreadable)
		}
	}
	return bound
}

// With root keys in files nobody can prove that no copy of the files is left: who has
// one reads on. That is why receipts say so, and production refuses it by default.
func TestDrill_rootKeysInFiles(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "kms")
	kms, err := vaultkms.Open(root, rand.Reader)
	must(t, err)
	h := open(t, kms)
	first := h.Today()
	r := h.file(t, first.AddYears(4))
	box := h.base(t, r)
	h.tend(t)
	files, copied := filepath.Join(t.TempDir(), "kms"), h.copyOf(t)
	must(t, os.CopyFS(files, os.DirFS(root)))
	h.routes(first)["repaired"](t, r)
	h.tend(t)
	got, err := h.takes.Receipts(t.Context(), h.person, r, h.Now())
	must(t, err)
	if len(got) != 1 || !got[0].Weak {
		t.Fatalf("the receipt does not say that its bound is weak: %+v", got)
	}
	for h.Today() < got[0].Unreadable {
		h.MoveTo(t, h.Today()+1)
		h.tend(t)
	}
	if n := h.reads(t, copied, kms, first, []seal.Sealed{box}); n != 0 {
		t.Error("without a copy of the files the copy of the vault opens")
	}
	again, err := vaultkms.Open(files, rand.Reader)
	must(t, err)
	if n := h.reads(t, copied, again, first, []seal.Sealed{box}); n != 1 {
		t.Error("control: with a copy of the files it does not open, so that the warning would be needless")
	}
}
