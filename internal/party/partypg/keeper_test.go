package partypg_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"recourse/internal/kit/pgkit"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

// lasting is a room that keeps what it is told to keep.
type lasting map[ref.Person]when.Date

func (l lasting) Until(_ context.Context, persons []ref.Person) (map[ref.Person]when.Date, error) {
	out := map[ref.Person]when.Date{}
	for _, p := range persons {
		if d, ok := l[p]; ok {
			out[p] = d
		}
	}
	return out, nil
}

// keys is what a tended house needs of a vault.
type keys interface {
	party.Resealer
	party.Tokener
	party.Forgetter
}

func (h house) keeper(k keys, rooms ...party.Lasting) *party.Keeper {
	return &party.Keeper{Store: partypg.NewKeeperStore(h.Keeper, housetest.Publisher(nil)), Sealer: k, Tokener: k, Forgetter: k,
		Lasting: rooms, Chance: rand.Reader}
}

// box reads an identity's or contact's box, around the wall.
func (h house) box(t *testing.T, table string, p ref.Person) seal.Box {
	t.Helper()
	b := seal.Box{Epoch: seal.Epoch(housetest.Ask[int64](t, h.Fixture, "select epoch from party."+table+" where person = $1", p)),
		Leaf: seal.Leaf(housetest.Ask[int64](t, h.Fixture, "select leaf from party."+table+" where person = $1", p)),
		Data: housetest.Ask[[]byte](t, h.Fixture, "select box from party."+table+" where person = $1", p)}
	copy(b.Nonce[:], housetest.Ask[[]byte](t, h.Fixture, "select nonce from party."+table+" where person = $1", p))
	return b
}

func gone(t *testing.T, k keys, s seal.Subject, b seal.Box) bool {
	t.Helper()
	got, err := k.Open(t.Context(), []seal.Sealed{{Subject: s, Box: b}})
	if err != nil {
		t.Fatal(err)
	}
	return got[0].Gone
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

// A person whose file was prolonged beyond the quarter it is sealed under: when
// that quarter is over, identity and contact open only if they were sealed anew.
func TestReseal_keepsWhatLivesLonger(t *testing.T) {
	t.Parallel()
	for _, tended := range []bool{true, false} {
		t.Run(map[bool]string{true: "tended", false: "control: not tended"}[tended], func(t *testing.T) {
			t.Parallel()
			h := open(t)
			v := housetest.Vault(t, h.Fixture)
			k := housetest.Keys(t, h.Fixture, v)
			keeper := h.keeper(k)
			id, soon, late := housetest.Sample(t, 5), h.Today().AddDays(100).QuarterEnd(), h.Today().AddYears(3)
			p := h.Register(t, k, id, soon)
			service := &party.Service{Store: h.store, Sealer: k, Chance: rand.Reader, Zone: h.Location}
			if err := service.SetContact(t.Context(), p, party.Contact{Email: "sample@example.org", Language: "zh"}, h.Now()); err != nil {
				t.Fatal(err)
			}
			if err := h.store.Register(t.Context(), nil, map[ref.Person]when.Date{p: late}, h.Now()); err != nil {
				t.Fatal(err)
			}
			h.MoveTo(t, soon.AddDays(-50))
			if tended {
				all(t, func() (bool, error) { return keeper.Reseal(t.Context(), h.Now()) })
				for _, table := range []string{"person", "contact"} {
					if got := h.box(t, table, p).Epoch; got != party.IdentityEpoch(late) {
						t.Errorf("%s is sealed under %s, want %s", table, got, party.IdentityEpoch(late))
					}
				}
				if n := h.count(t, "select count(*) from ledger.journal where kind = 'party.resealed'"); n != 2 {
					t.Errorf("%d journal rows of two batches", n)
				}
			}
			h.MoveTo(t, soon+1)
			if _, err := housetest.VaultKeeper(t, h.Fixture, v).ExpireEpochs(t.Context(), h.Today()); err != nil {
				t.Fatal(err)
			}
			if got := gone(t, k, party.IdentitySubject(p), h.box(t, "person", p)); got == tended {
				t.Errorf("identity gone: %v", got)
			}
			if got := gone(t, k, party.ContactSubject(p), h.box(t, "contact", p)); got == tended {
				t.Errorf("contact gone: %v", got)
			}
			if !tended {
				all(t, func() (bool, error) { return keeper.Reseal(t.Context(), h.Now()) }) // too late: passed over, no error
				return
			}
			h.knowsName(t, k, p, id)
		})
	}
}

// knowsName checks that the name's fingerprint is that under the present leaf.
func (h house) knowsName(t *testing.T, k keys, p ref.Person, id party.Identity) {
	t.Helper()
	b := h.box(t, "person", p)
	marks, err := k.Fingerprints(t.Context(), []seal.Marking{{Subject: party.IdentitySubject(p), Slot: seal.Slot{Epoch: b.Epoch, Leaf: b.Leaf}, Content: id.NameKey()}})
	if err != nil || marks[0].Gone {
		t.Fatalf("gone %v, %v", marks[0].Gone, err)
	}
	if got := housetest.Ask[[]byte](t, h.Fixture, "select name_mark from party.person where person = $1", p); [16]byte(got) != marks[0].Mark {
		t.Error("the name is not known any more")
	}
}

func TestReseal_onlyWhatIsDue(t *testing.T) {
	t.Parallel()
	h := open(t)
	k := housetest.Keys(t, h.Fixture, housetest.Vault(t, h.Fixture))
	keeper := h.keeper(k)
	h.MoveTo(t, h.Today().QuarterEnd()+10)
	today := h.Today()
	prolonged := map[ref.Person]when.Date{}
	for i, c := range []struct {
		name            string
		sealed, prolong when.Date
		due             bool
	}{
		{"ends soon, not prolonged", today.AddDays(30), 0, false},
		{"ends soon, prolonged", today.AddDays(30), today.AddYears(2), true},
		{"prolonged within its quarter", today.AddDays(30), today.AddDays(30).QuarterEnd(), false},
		{"prolonged, ends in a year", today.AddYears(1), today.AddYears(3), false},
	} {
		p := h.Register(t, k, housetest.Sample(t, 10+i), c.sealed)
		if c.prolong != 0 {
			prolonged[p] = c.prolong
		}
		if err := h.store.Register(t.Context(), nil, prolonged, h.Now()); err != nil {
			t.Fatal(err)
		}
		before := h.box(t, "person", p)
		for range 2 {
			all(t, func() (bool, error) { return keeper.Reseal(t.Context(), h.Now()) })
		}
		if after := h.box(t, "person", p); (after.Epoch != before.Epoch || after.Leaf != before.Leaf) != c.due {
			t.Errorf("%s: from %s leaf %d to %s leaf %d", c.name, before.Epoch, before.Leaf, after.Epoch, after.Leaf)
		}
	}
	if n := h.count(t, "select count(*) from vault.intent"); n != 0 {
		t.Errorf("%d old seals are punctured; a database given back from before could not open them", n)
	}
}

func TestReseal_loses(t *testing.T) {
	t.Parallel()
	h := open(t)
	k := housetest.Keys(t, h.Fixture, housetest.Vault(t, h.Fixture))
	p := h.Register(t, k, housetest.Sample(t, 20), h.Today().AddDays(30))
	was := h.box(t, "person", p)
	store := partypg.NewKeeperStore(h.Keeper, housetest.Publisher(nil))
	fresh := housetest.Identify(t, k, p, housetest.Sample(t, 20), h.Today().AddYears(2))
	for _, c := range []struct {
		name string
		old  seal.Slot
		want bool
	}{
		{"another leaf", seal.Slot{Epoch: was.Epoch, Leaf: was.Leaf + 1}, false},
		{"another epoch", seal.Slot{Epoch: was.Epoch + 1, Leaf: was.Leaf}, false},
		{"control: the one that is there", seal.Slot{Epoch: was.Epoch, Leaf: was.Leaf}, true},
		{"again", seal.Slot{Epoch: was.Epoch, Leaf: was.Leaf}, false},
	} {
		put, err := store.PutAnew(t.Context(), party.IdentitySeal, party.Anew{Person: p, Old: c.old, Box: fresh.Box, NameMark: fresh.NameMark})
		if put != c.want || err != nil {
			t.Errorf("%s: put %v, %v", c.name, put, err)
		}
	}
}

func TestDue_takesOnlyNow(t *testing.T) {
	t.Parallel()
	h := open(t)
	store := partypg.NewKeeperStore(h.Keeper, housetest.Publisher(nil))
	for by, refused := range map[time.Duration]bool{0: false, -5 * time.Second: true, 5 * time.Second: true} {
		_, err := store.Due(t.Context(), party.Due{What: party.IdentitySeal, Event: housetest.Mint[ref.Event](t), Now: h.Now().Add(by), Limit: 1})
		if (err != nil) != refused {
			t.Errorf("%v from now: %v", by, err)
		}
	}
	_, err := h.App.Exec(t.Context(), "select party.reseal($1, now(), 'identity', 0, 0, 1)", housetest.Mint[ref.Event](t))
	if pgkit.Code(err) != "42501" {
		t.Errorf("the serving role may reseal: %v", err)
	}
}

func TestSweep_sessions(t *testing.T) {
	t.Parallel()
	h := open(t)
	now := h.Now()
	for _, ends := range []time.Duration{-time.Hour, time.Hour} {
		n := party.NewSession{Session: party.Session{ID: housetest.Mint[ref.Session](t), Way: party.BySample, Made: now.Add(-2 * time.Hour), Expires: now.Add(ends)}}
		if _, _, err := partypg.NewSessions(h.App).PutSession(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	all(t, func() (bool, error) { return h.keeper(nil).Sweep(t.Context(), now) })
	if n := h.count(t, "select count(*) from party.session"); n != 1 {
		t.Errorf("%d sign-ins left of one that has ended and one that has not", n)
	}
}
