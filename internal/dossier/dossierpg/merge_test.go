package dossierpg_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/dossier"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

func TestMerge_negativeWaitsForItsNotice(t *testing.T) {
	t.Parallel()
	h := open(t)
	negative, positive := h.add(t, true), h.add(t, false)
	for r, want := range map[ref.Record]row{
		negative: {Version: 1, State: "noticed", Content: true},
		positive: {Version: 1, State: "in force", Effect: true, Content: true},
	} {
		if diff := cmp.Diff(want, h.row(t, r)); diff != "" {
			t.Error(diff)
		}
	}
	if n := h.count(t, "select count(*) from ledger.outbox where kind = 'dossier.noticed' and stream = $1 and refs ->> 'record' = $2", h.person, negative.String()); n != 1 {
		t.Errorf("%d notices follow from a negative record", n)
	}
	if n := h.count(t, "select count(*) from ledger.outbox"); n != 1 {
		t.Errorf("%d tasks follow from one negative and one positive record", n)
	}
}

func TestMerge_changedAndAdvanced(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.add(t, false)
	b := h.batch(true)
	w := h.written(t, h.person, r, 1)
	w.Order, w.DisplayEnd, w.RetainEnd = 5, w.DisplayEnd.AddYears(9), w.RetainEnd.AddYears(9)
	b.Changed = []dossier.Written{w}
	if lost := h.merge(t, b); len(lost) != 0 {
		t.Fatalf("lost %v", lost)
	}
	if diff := cmp.Diff(row{Version: 2, State: "noticed", Content: true}, h.row(t, r)); diff != "" {
		t.Error(diff)
	}
	if until := housetest.Ask[string](t, h.Fixture, "select retain_end::text from dossier.record where record = $1", r); until != h.Today().AddYears(3).String() {
		t.Errorf("a later version moved the end of retention to %s", until)
	}
	for _, step := range []struct{ order, want int }{{9, 9}, {7, 9}} {
		b := h.batch(false)
		b.Advance = []dossier.Written{{Person: h.person, Record: r, Order: int64(step.order)}}
		h.merge(t, b)
		if got := h.count(t, "select source_order from dossier.record where record = $1", r); got != step.want {
			t.Errorf("advanced to %d, is at %d, want %d", step.order, got, step.want)
		}
	}
}

// Many deliveries bring the next version of one record at once: one counts.
func TestMerge_oneOfManyCounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		want int
		do   func(ctx context.Context, h house, w dossier.Written) (bool, error)
	}{
		{"merge", 1, func(ctx context.Context, h house, w dossier.Written) (bool, error) {
			b := h.batch(false)
			b.Changed = []dossier.Written{w}
			lost, err := h.app.Merge(ctx, b)
			return len(lost) == 0, err
		}},
		{"control: without the version", 8, func(ctx context.Context, h house, w dossier.Written) (bool, error) {
			tag, err := h.App.Exec(ctx, "update dossier.record set version = version + 1 where person = $1 and record = $2", w.Person, w.Record)
			return tag.RowsAffected() == 1, err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			r := h.add(t, false)
			type result struct {
				won bool
				err error
			}
			results := make(chan result)
			for range 8 {
				w := h.written(t, h.person, r, 1)
				go func() {
					won, err := c.do(t.Context(), h, w)
					results <- result{won, err}
				}()
			}
			won := 0
			for range 8 {
				got := <-results
				if got.err != nil {
					t.Error(got.err)
				}
				if got.won {
					won++
				}
			}
			if got := h.row(t, r); won != c.want || got.Version != 1+c.want {
				t.Errorf("%d won, version %d", won, got.Version)
			}
		})
	}
}

func TestMerge_losesWhatIsThere(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.add(t, false)
	withdrawn := h.add(t, false)
	h.Exec(t, "update dossier.record set state = 'withdrawn' where record = $1", withdrawn)
	again, old, over := h.written(t, h.person, r, 0), h.written(t, h.person, r, 7), h.written(t, h.person, withdrawn, 1)
	fresh := h.written(t, h.person, housetest.Mint[ref.Record](t), 0)
	b := h.batch(true)
	b.New, b.Changed = []dossier.Written{again, fresh}, []dossier.Written{old, over}
	if diff := cmp.Diff([]ref.Record{r, r, withdrawn}, h.merge(t, b)); diff != "" {
		t.Errorf("lost: %s", diff)
	}
	if got := h.row(t, r); got.Version != 1 || got.State != "in force" {
		t.Errorf("what was lost was written: %v", got)
	}
	if n := h.count(t, "select count(*) from ledger.outbox"); n != 1 {
		t.Errorf("%d notices of one record that was merged", n)
	}
}

// A person who has ended, or whose reservation was swept, has no gate.
func TestMerge_behindTheGateOnly(t *testing.T) {
	t.Parallel()
	h := open(t)
	p, r := housetest.Mint[ref.Person](t), housetest.Mint[ref.Record](t)
	b := h.batch(true)
	b.New = []dossier.Written{h.written(t, p, r, 0)}
	if lost := h.merge(t, b); len(lost) != 1 || h.count(t, "select count(*) from dossier.record") != 0 {
		t.Errorf("lost %v, %d records of nobody", lost, h.count(t, "select count(*) from dossier.record"))
	}
	h.Exec(t, "insert into party.gate (person) values ($1)", p)
	if lost := h.merge(t, b); len(lost) != 0 {
		t.Errorf("control: lost %v", lost)
	}
}

func TestReserve_firstOneCounts(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	heads := func(n byte) (dossier.Head, bool) {
		got, err := h.app.Heads(ctx, h.source, [][16]byte{mac(n)})
		if err != nil {
			t.Fatal(err)
		}
		head, ok := got[mac(n)]
		return head, ok
	}
	reserve := func(n byte, p ref.Person, r ref.Record) {
		if err := h.app.Reserve(ctx, h.source, []dossier.Reservation{{MAC: mac(n), Person: p, Record: r}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := heads(1); ok {
		t.Fatal("a reference that nobody sent is known")
	}
	first, second := housetest.Mint[ref.Record](t), housetest.Mint[ref.Record](t)
	other := h.register(t, housetest.Sample(t, 2), h.Today().AddYears(1))
	reserve(1, h.person, first)
	reserve(1, other, second)
	if head, _ := heads(1); head.Person != h.person || head.Record != first || head.Written {
		t.Errorf("the second reservation counts: %v", head)
	}
	b := h.batch(false)
	b.New = []dossier.Written{h.written(t, h.person, first, 0)}
	h.merge(t, b)
	if head, _ := heads(1); !head.Written || head.Version != 1 || head.State != dossier.InForce || head.Slot.Epoch != b.New[0].Box.Epoch || head.Retain != b.New[0].RetainEnd {
		t.Errorf("head %+v", head)
	}
	swept := housetest.Mint[ref.Person](t)
	h.Exec(t, "insert into party.gate (person) values ($1)", swept)
	reserve(2, swept, second)
	h.Exec(t, "delete from party.gate where person = $1", swept)
	if head, ok := heads(2); ok {
		t.Errorf("a reservation of a person who was swept is known: %v", head)
	}
	reserve(2, other, second)
	if head, _ := heads(2); head.Person != other {
		t.Errorf("a reservation that came to nothing is not taken over: %v", head)
	}
	h.Exec(t, "delete from party.gate where person = $1", h.person) // ended, with a record
	reserve(1, other, second)
	if head, ok := heads(1); !ok || head.Person != h.person {
		t.Errorf("the reference of a record was given away: %v", head)
	}
}

func TestHeads_ofErasedRecords(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.add(t, false)
	if err := h.app.Reserve(t.Context(), h.source, []dossier.Reservation{{MAC: mac(1), Person: h.person, Record: r}}); err != nil {
		t.Fatal(err)
	}
	h.MoveTo(t, h.Today().AddYears(3)+1)
	h.tend(t, h.Today())
	got, err := h.app.Heads(t.Context(), h.source, [][16]byte{mac(1)})
	if err != nil || got[mac(1)].State != dossier.Erased || got[mac(1)].Mark != [16]byte{} {
		t.Errorf("%v, %v", got, err)
	}
}
