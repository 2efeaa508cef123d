package wall_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
)

// asking8 are inquiries about eight persons for which each has an outcome of its own.
func asking8(t *testing.T, o *office, round byte) []inquiry.Ask {
	t.Helper()
	asks := make([]inquiry.Ask, 8)
	for i := range asks {
		asks[i] = inquiry.Ask{Person: o.people[i].id, Access: ref.Inquiry{round, byte(i)}, Spare: housetest.Mint[ref.Inquiry](t), Now: o.Now(), Body: o.bank.Body.ID,
			Purpose: purpose, Basis: inquiry.Consent, Right: true, Pack: o.pack.Version, Types: []string{"none", recordType},
			Matter: inquiry.Matter{Mark: [16]byte{round, byte(i)}, Subject: [16]byte{1, round, byte(i)}, Persons: 1},
			Trace:  seal.Box{Epoch: 1, Leaf: seal.Leaf(i), Data: fmt.Append(nil, i)}}
	}
	asks[2].Right = false
	asks[3].Types = []string{"none"}
	asks[4].Basis = inquiry.Statute
	asks[5].Person = ref.Person{round, 0xff} // nobody
	asks[6].Now = o.Now().Add(-time.Hour)    // gets nothing
	asks[7].Now = o.Now().Add(time.Hour)     // gets nothing
	return asks
}

// disclosed calls disclose once and returns each one's outcome and number of
// records of their own.
func disclosed(t *testing.T, o *office, asks []inquiry.Ask) map[ref.Person][2]int {
	t.Helper()
	rows, err := inquirypg.New().Disclose(t.Context(), o.App, inquirypg.Disclosing(asks, true))
	if err != nil {
		t.Fatal(err)
	}
	got := map[ref.Person][2]int{}
	for _, r := range rows {
		a := asks[r.Nth-1]
		n := got[a.Person][1]
		if r.Record.Valid {
			if n++; !housetest.Ask[bool](t, o.Fixture, "select exists (select from dossier.record where person = $1 and record = $2)", a.Person, r.Record) {
				t.Errorf("person %s is shown a record of another", a.Person)
			}
		}
		got[a.Person] = [2]int{int(r.Outcome), n}
	}
	return got
}

// Several in one call are each answered as alone, and each leaves the same row.
func TestTogether_asAlone(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 8)
	for _, i := range []int{0, 2, 3, 6, 7} { // 1 gave none
		if _, err := o.consent(t.Context(), o.people[i]); err != nil {
			t.Fatal(err)
		}
	}
	want := map[ref.Person][2]int{}
	for _, a := range asking8(t, o, 1)[:6] {
		for person, outcome := range disclosed(t, o, []inquiry.Ask{a}) {
			want[person] = outcome
		}
	}
	want[ref.Person{2, 0xff}] = want[ref.Person{1, 0xff}]
	delete(want, ref.Person{1, 0xff})
	if diff := cmp.Diff(want, disclosed(t, o, asking8(t, o, 2))); diff != "" {
		t.Error(diff)
	}
	const rows = `select array_agg(concat_ws(' ', outcome, cardinality(records), body, purpose, basis, pack, convert_from(box, 'UTF8')) order by leaf) from inquiry.access where access >= $1 and access < $2`
	alone := housetest.Ask[[]string](t, o.Fixture, rows, ref.Inquiry{1}, ref.Inquiry{2})
	together := housetest.Ask[[]string](t, o.Fixture, rows, ref.Inquiry{2}, ref.Inquiry{3})
	if diff := cmp.Diff(alone, together); diff != "" || len(together) != 6 {
		t.Errorf("%d rows: %s", len(together), diff)
	}
}

// Who waits for a gate holds up nobody else, and is not answered where the
// consent was stopped meanwhile.
func TestTogether_nobodyWaitsForAnothersGate(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 8)
	l := lanes(t, o, 1)[0]
	given, err := o.consent(t.Context(), l.person)
	if err != nil {
		t.Fatal(err)
	}
	store := inquirypg.NewStore(pool(t, o.Fixture, pgkit.App, l.name+"ask"))
	asks := asking8(t, o, 1)
	type told struct {
		of int
		inquiry.Told
		err error
	}
	all := make(chan told, 6)
	err = pgkit.Unit(t.Context(), l.stop, func(ctx context.Context) error {
		if err := l.stops.Stop(ctx, l.person.id, given, o.Now()); err != nil {
			return err
		}
		for i, a := range asks[:6] {
			go func() {
				got, err := store.Disclose(t.Context(), a)
				all <- told{i, got, err}
			}()
		}
		for range 5 { // all but the one at the gate
			if got := <-all; got.err != nil || got.of == 0 {
				t.Errorf("inquiry %d: %v, %v", got.of, got.Told, got.err)
			}
		}
		// The control: a call that waits, waits for one and so for all.
		control := make(chan error, 1)
		slow := pool(t, o.Fixture, pgkit.App, l.name+"slow")
		for i := range asks {
			asks[i].Access[2]++
			asks[i].Matter.Mark[2]++
		}
		go func() {
			_, err := inquirypg.New().Disclose(t.Context(), slow, inquirypg.Disclosing(asks[:6], true))
			control <- err
		}()
		if err := l.waits(ctx, "slow"); err != nil {
			return err
		}
		select {
		case err := <-control:
			t.Errorf("the control did not wait: %v", err)
		default:
		}
		return l.waits(ctx, "ask")
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := <-all; got.of != 0 || got.err != nil || got.Outcome != inquiry.NotAnswered {
		t.Errorf("inquiry %d at the gate: %v, %v", got.of, got.Outcome, got.err)
	}
}
