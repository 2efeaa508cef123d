package inquirypg_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

// asked is one inquiry of a person with its sealed trace.
func asked(t *testing.T, f *housetest.Fixture, keys inquiry.Sealer, p ref.Person, access ref.Inquiry, end when.Date) seal.Held {
	t.Helper()
	s := inquiry.TraceSubject(p, access)
	boxes, err := keys.Close(t.Context(), []seal.Content{{Subject: s, Epoch: seal.NewEpoch(seal.Access, end), Plain: []byte(`{"clerk":"sample"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	told, err := inquirypg.NewStore(f.App).Disclose(t.Context(), inquiry.Ask{Person: p, Access: access, Spare: housetest.Mint[ref.Inquiry](t), Now: f.Now(),
		Body: f.Bodies["sample-bank"].ID, Purpose: "sample", Basis: inquiry.Statute, Pack: "sample", Trace: boxes[0]})
	if err != nil || told.Outcome != inquiry.NotAnswered {
		t.Fatalf("%v, %v", told, err)
	}
	return seal.Held{Subject: s, Slot: seal.Slot{Epoch: boxes[0].Epoch, Leaf: boxes[0].Leaf}}
}

func TestTraces_heldAndCleared(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	keys := housetest.Keys(t, f, housetest.Vault(t, f))
	traces := inquirypg.NewTraces(f.Keeper)
	p, q := housetest.Mint[ref.Person](t), housetest.Mint[ref.Person](t)
	end := f.Today().AddYears(3)
	access := housetest.Mint[ref.Inquiry](t)
	first := asked(t, f, keys, p, access, end)
	repeat := asked(t, f, keys, p, access, end+1) // sealed for the inquiry that it repeats
	other := asked(t, f, keys, q, housetest.Mint[ref.Inquiry](t), end)

	held := map[seal.Held]bool{}
	for after := []byte(nil); ; {
		some, next, err := traces.Held(t.Context(), after, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(some) == 0 {
			break
		}
		held[some[0]], after = true, next
	}
	if diff := cmp.Diff(map[seal.Held]bool{first: true, repeat: true, other: true}, held); diff != "" {
		t.Errorf("held: %s", diff)
	}
	most, err := traces.MaxLeaves(t.Context())
	want := map[seal.Epoch]seal.Leaf{first.Slot.Epoch: max(first.Slot.Leaf, other.Slot.Leaf), repeat.Slot.Epoch: repeat.Slot.Leaf}
	if diff := cmp.Diff(want, most); diff != "" || err != nil {
		t.Errorf("highest leaves: %v %s", err, diff)
	}
	until, err := traces.Until(t.Context(), []ref.Person{p, q, housetest.Mint[ref.Person](t)})
	if diff := cmp.Diff(map[ref.Person]when.Date{p: end + 1, q: end}, until); diff != "" || err != nil {
		t.Errorf("what lasts: %v %s", err, diff)
	}
	moved := other
	moved.Slot.Leaf += 1000
	for range 2 {
		if err := traces.Erase(t.Context(), []seal.Held{repeat, moved}, f.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	left := func(where string, args ...any) int {
		return housetest.Ask[int](t, f, "select count(*) from inquiry.access where box is not null and nonce is not null and "+where, args...)
	}
	if left("person = $1 and replay_of is null", p) != 1 || left("replay_of is not null") != 0 || left("person = $1", q) != 1 {
		t.Error("cleared what it should not, or did not clear what it should")
	}
	if n := housetest.Ask[int](t, f, "select count(*) from inquiry.access"); n != 3 {
		t.Errorf("%d access rows of three inquiries", n)
	}
}
