package dossierpg_test

import (
	"context"
	"testing"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/dossier/dossierpg"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
	"recourse/internal/when"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// keys is what these tests need of a vault.
type keys interface {
	party.Resealer
	party.Tokener
	party.Forgetter
	dossierpg.Forgetter
}

// house is a house with the store as the server and as the keeper have it, and
// one person.
type house struct {
	*housetest.Fixture
	app, keeper *dossierpg.Store
	ender       *dossierpg.Ender
	keys        keys
	register    func(t testing.TB, id party.Identity, liveUntil when.Date) ref.Person
	person      ref.Person
	source      ref.Body
}

func open(t *testing.T) house {
	t.Helper()
	f := housetest.DB(t)
	v := housetest.Vault(t, f)
	k := housetest.Keys(t, f, v)
	p := housetest.Publisher(map[string][]string{"dossier.noticed": {"sample"}})
	register := func(t testing.TB, id party.Identity, liveUntil when.Date) ref.Person {
		return f.Register(t, k, id, liveUntil)
	}
	keeper := dossierpg.NewStore(f.Keeper, p)
	return house{f, dossierpg.NewStore(f.App, p), keeper, dossierpg.NewEnder(keeper, housetest.KeeperKeys(t, f, v)), k, register,
		register(t, housetest.Sample(t, 1), f.Today().AddYears(6)), f.Bodies["sample-bank"].ID}
}

// written is a version of a record that begins today, is shown for two years
// and kept for three.
func (h house) written(t *testing.T, p ref.Person, r ref.Record, oldVersion int32) dossier.Written {
	t.Helper()
	w := dossier.Written{Person: p, Record: r, MAC: r, OldVersion: oldVersion, Order: int64(oldVersion) + 1,
		Start: h.Today(), DisplayEnd: h.Today().AddYears(2), RetainEnd: h.Today().AddYears(3)}
	return h.sealed(t, w)
}

func (h house) sealed(t *testing.T, w dossier.Written) dossier.Written {
	t.Helper()
	s := dossier.RecordSubject(w.Person, w.Record, w.OldVersion+1)
	boxes, err := h.keys.Close(t.Context(), []seal.Content{{Subject: s, Epoch: seal.NewEpoch(seal.Record, w.RetainEnd), Plain: []byte(`{"sample":"样本"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	w.Box = boxes[0]
	return w
}

func (h house) batch(t *testing.T, negative bool) dossier.Batch {
	return dossier.Batch{Delivery: housetest.Mint[ref.Delivery](t), Source: h.source, Type: "sample", Pack: "sample", Negative: negative, Now: h.Now()}
}

func (h house) merge(t *testing.T, b dossier.Batch) {
	t.Helper()
	if err := h.app.Merge(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

// add merges one new record of the person.
func (h house) add(t *testing.T, negative bool) ref.Record {
	t.Helper()
	r := housetest.Mint[ref.Record](t)
	b := h.batch(t, negative)
	b.New = []dossier.Written{h.written(t, h.person, r, 0)}
	h.merge(t, b)
	return r
}

// row is what is asked of a record around the wall.
type row struct {
	Version int
	State   string
	Effect  bool
	Content bool
	Erased  bool
}

func (h house) row(t *testing.T, r ref.Record) row {
	t.Helper()
	return housetest.Ask[row](t, h.Fixture, "select (version, state, effect_at is not null, box is not null and nonce is not null and mark is not null, erased_at is not null) from dossier.record where record = $1", r)
}

func (h house) count(t *testing.T, sql string, args ...any) int {
	t.Helper()
	return housetest.Ask[int](t, h.Fixture, sql, args...)
}

func (h house) events(t *testing.T, kind string) int {
	t.Helper()
	return h.count(t, "select count(*) from ledger.journal where stream = $1 and kind = $2", h.person, kind)
}

// mac is the keyed mark of a source's reference.
func mac(n byte) [16]byte { return [16]byte{n} }

// eventually polls until the claim holds.
func eventually(t *testing.T, what string, claim func() bool) {
	t.Helper()
	limit, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !claim() {
		select {
		case <-tick.C:
		case <-limit.Done():
			t.Fatalf("never: %s", what)
		}
	}
}

// all repeats an act until nothing more is due.
func all(t *testing.T, act func() (bool, error)) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = act(); err != nil {
			t.Fatal(err)
		}
	}
}

func (h house) tend(t *testing.T, today when.Date) {
	t.Helper()
	k := dossier.Keeper{Store: h.ender}
	all(t, func() (bool, error) { return k.Erase(t.Context(), today, h.Now()) })
}
