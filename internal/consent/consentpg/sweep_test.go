package consentpg_test

import (
	"testing"
	"time"

	"recourse/internal/consent"
	"recourse/internal/consent/consentpg"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

// TestSweep lets time pass over codes, requests and consents: a code goes when nobody
// can enter it any more, entered or not; what was decided and what ended stays as long
// as who looked, and what stands is never touched.
func TestSweep(t *testing.T) {
	t.Parallel()
	h := open(t)
	pack := housetest.Pack(t)
	keeper := &consent.Keeper{Store: consentpg.NewKeeperStore(h.Keeper), Shelf: law.One(pack)}
	now := h.Now()
	kept := pack.AccessEnd(now).Start(pack.Zone)
	for i, until := range []int{9, 9, 9, 9} { // refused, left undecided, not entered; the last is for longer than anything is kept
		if i == 3 {
			until = 100 * 366
		}
		a := consent.Asked{ID: housetest.Mint[ref.Request](t), Body: h.Bodies["sample-bank"].ID, AskedAt: now,
			Terms: consent.Terms{Purpose: "sample", Types: []string{"one"}, Until: pack.Today(now).AddDays(until)}}
		if err := h.store.Ask(t.Context(), [32]byte{byte(i)}, a, now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if i == 2 {
			continue
		}
		if _, found, err := h.store.Enter(t.Context(), [32]byte{byte(i)}, h.person, now); !found || err != nil {
			t.Fatal(found, err)
		}
		if i == 0 {
			if ended, err := h.store.End(t.Context(), h.person, a.ID, consent.ByRefusal, now); !ended || err != nil {
				t.Fatal(ended, err)
			}
		}
	}
	stopped, stands := h.given(t, now), h.given(t, now)
	stands.Until = kept.AddDate(10, 0, 0)
	for _, g := range []consent.Given{stopped, stands} {
		if err := h.put(g); err != nil {
			t.Fatal(err)
		}
		h.Exec(t, "insert into consent.use (person, consent, access, at) values ($1, $2, $3, $4)", h.person, g.ID, housetest.Mint[ref.Inquiry](t), now)
	}
	if there, err := h.store.Stop(t.Context(), h.person, stopped.ID, now); !there || err != nil {
		t.Fatal(there, err)
	}
	for _, c := range []struct {
		name string
		at   time.Time
		want [4]int // codes, requests, consents, uses
	}{
		{"at once", now, [4]int{4, 3, 2, 2}},
		{"while codes can be entered", now.Add(time.Hour - time.Second), [4]int{4, 3, 2, 2}},
		{"when they cannot", now.Add(time.Hour), [4]int{0, 3, 2, 2}},
		{"on the last day on which who looked is kept", kept, [4]int{0, 3, 2, 2}},
		{"after it", kept.AddDate(0, 0, 1), [4]int{0, 2, 1, 1}},
		{"after what was left undecided is as old", kept.AddDate(0, 0, 11), [4]int{0, 1, 1, 1}},
	} {
		for more := true; more; {
			var err error
			if more, err = keeper.Sweep(t.Context(), c.at); err != nil {
				t.Fatal(err)
			}
		}
		var got [4]int
		for i, table := range []string{"code", "request", "given", "use"} {
			got[i] = housetest.Ask[int](t, h.Fixture, "select count(*) from consent."+table)
		}
		if got != c.want {
			t.Errorf("%s: %v codes, requests, consents and uses are kept, want %v", c.name, got, c.want)
		}
	}
}
