package dossierpg_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"recourse/internal/dossier"
	"recourse/internal/ref"
	"recourse/internal/seal"
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
	want := []dossier.Told{{Person: h.person, Record: negative, Version: 1}}
	if diff := cmp.Diff(want, h.told(t)); diff != "" {
		t.Errorf("who is to be told: %s", diff)
	}
	if n := h.count(t, "select count(*) from ledger.outbox"); n != 1 {
		t.Errorf("%d tasks follow from one negative and one positive record", n)
	}
}

// told returns whose letters are owed by the events that wait.
func (h house) told(t *testing.T) (all []dossier.Told) {
	t.Helper()
	rows, err := h.Keeper.Query(t.Context(), "select refs ->> 'records' from ledger.outbox where kind = 'dossier.noticed'")
	if err != nil {
		t.Fatal(err)
	}
	lists, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		some, err := dossier.ParseTold(list)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, some...)
	}
	return all
}

// However many there are, each is told of once, by few events.
func TestMerge_tellsOfEach(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.batch(t, true)
	want := map[ref.Record]bool{}
	for range 1200 {
		r := housetest.Mint[ref.Record](t)
		b.New = append(b.New, dossier.Written{Person: h.person, Record: r, MAC: r, Order: 1, Start: h.Today(), DisplayEnd: h.Today(), RetainEnd: h.Today(),
			Box: seal.Box{Epoch: seal.NewEpoch(seal.Record, h.Today()), Data: []byte{1}}})
		want[r] = true
	}
	h.merge(t, b)
	for _, told := range h.told(t) {
		if !want[told.Record] || told.Version != 1 || told.Person != h.person {
			t.Fatalf("told of %v, not owed or twice", told)
		}
		delete(want, told.Record)
	}
	if n := h.count(t, "select count(*) from ledger.outbox"); len(want) != 0 || n > 3 {
		t.Errorf("%d are not told of, by %d events", len(want), n)
	}
}

func TestMerge_changedAndAdvanced(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.add(t, false)
	b := h.batch(t, true)
	w := h.written(t, h.person, r, 1)
	w.Worse = true
	w.Order, w.DisplayEnd, w.RetainEnd = 5, w.DisplayEnd.AddYears(9), w.RetainEnd.AddYears(9)
	b.Changed = []dossier.Written{w}
	h.merge(t, b)
	if diff := cmp.Diff(row{Version: 2, State: "noticed", Content: true}, h.row(t, r)); diff != "" {
		t.Error(diff)
	}
	if until := housetest.Ask[string](t, h.Fixture, "select retain_end::text from dossier.record where record = $1", r); until != h.Today().AddYears(3).String() {
		t.Errorf("a later version moved the end of retention to %s", until)
	}
	for _, step := range []struct{ order, want int }{{9, 9}, {7, 9}} {
		b := h.batch(t, false)
		b.Advance = []dossier.Written{{Person: h.person, Record: r, Order: int64(step.order)}}
		h.merge(t, b)
		if got := h.count(t, "select source_order from dossier.record where record = $1", r); got != step.want {
			t.Errorf("advanced to %d, is at %d, want %d", step.order, got, step.want)
		}
	}
}

// A status decision whose conditions of removal were met is shown no longer; nothing
// else about a change moves an end (rules A4, E1).
func TestMerge_conditionsMet(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, c := range []struct {
		removed     bool
		years, want int
	}{{true, 1, 1}, {true, 9, 2}, {true, -1, 0}, {false, 1, 2}} {
		r := h.add(t, true)
		b := h.batch(t, true)
		w := h.written(t, h.person, r, 1)
		w.Removed, w.DisplayEnd = c.removed, h.Today().AddYears(c.years)
		b.Changed = []dossier.Written{w}
		h.merge(t, b)
		if got, want := housetest.Ask[string](t, h.Fixture, "select display_end::text from dossier.record where record = $1", r), h.Today().AddYears(c.want).String(); got != want {
			t.Errorf("%+v: shown until %s, want %s", c, got, want)
		}
	}
}

// A change that is not worse inherits the letter of the version before it and what
// has come of it; a worse one begins anew (rules C2).
func TestMerge_inheritsItsLetter(t *testing.T) {
	t.Parallel()
	effect := time.Date(2001, time.January, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name           string
		told, worse    bool
		state          string
		letters, moves int32 // the version of the letters; the one that lets it take effect
	}{
		{"waits, favourable", false, false, "noticed", 1, 1},
		{"waits, worse", false, true, "noticed", 2, 2},
		{"in force, favourable", true, false, "in force", 1, 0},
		{"in force, worse", true, true, "noticed", 2, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			r := h.add(t, true)
			if c.told {
				if ok, err := h.takeEffect(t, h.person, r, 1, effect); !ok || err != nil {
					t.Fatal(ok, err)
				}
			}
			b := h.batch(t, true)
			w := h.written(t, h.person, r, 1)
			w.Worse = c.worse
			b.Changed = []dossier.Written{w}
			h.merge(t, b)
			if diff := cmp.Diff(row{Version: 2, State: c.state, Effect: c.state == "in force", Content: true}, h.row(t, r)); diff != "" {
				t.Error(diff)
			}
			if told := h.told(t); len(told) != int(c.letters) || told[len(told)-1].Version != c.letters {
				t.Errorf("letters owed: %v", told)
			}
			for version := range int32(3) {
				if moved, err := h.takeEffect(t, h.person, r, version, effect); moved != (version != 0 && version == c.moves) || err != nil {
					t.Errorf("the letter of version %d moves it: %v, %v", version, moved, err)
				}
			}
		})
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
			b := h.batch(t, false)
			b.Changed = []dossier.Written{w}
			err := h.app.Merge(ctx, b)
			if errors.Is(err, dossier.ErrTaken) {
				return false, nil
			}
			return err == nil, err
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

// Where one record of a batch was written meanwhile, nothing of the batch is.
func TestMerge_allOrNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	r, withdrawn := h.add(t, false), h.add(t, false)
	h.Exec(t, "update dossier.record set state = 'withdrawn', box = null, nonce = null, mark = null, weight = null where record = $1", withdrawn)
	ref2 := h.written(t, h.person, housetest.Mint[ref.Record](t), 0)
	ref2.MAC = r // the ref of a record that is there
	for name, c := range map[string]struct {
		change func(b *dossier.Batch)
		taken  bool
	}{
		"a ref that is there":    {func(b *dossier.Batch) { b.New = append(b.New, ref2) }, true},
		"a record that is there": {func(b *dossier.Batch) { b.New = append(b.New, h.written(t, h.person, r, 0)) }, true},
		"an old version":         {func(b *dossier.Batch) { b.Changed = append(b.Changed, h.written(t, h.person, r, 7)) }, true},
		"what was withdrawn":     {func(b *dossier.Batch) { b.Changed = append(b.Changed, h.written(t, h.person, withdrawn, 1)) }, true},
		"withdrawn twice": {func(b *dossier.Batch) {
			b.Withdrawn = append(b.Withdrawn, dossier.Written{Person: h.person, Record: withdrawn, OldVersion: 1})
		}, true},
		"control: nothing but that": {func(*dossier.Batch) {}, false},
	} {
		b := h.batch(t, true)
		fresh := h.written(t, h.person, housetest.Mint[ref.Record](t), 0)
		b.New = []dossier.Written{fresh}
		c.change(&b)
		err := h.app.Merge(t.Context(), b)
		if errors.Is(err, dossier.ErrTaken) != c.taken || !c.taken && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := h.count(t, "select count(*) from dossier.record where record = $1", fresh.Record); (n == 0) != c.taken {
			t.Errorf("%s: %d records of the rest", name, n)
		}
	}
	if got := h.row(t, r); got.Version != 1 || got.State != "in force" {
		t.Errorf("what was there was changed: %v", got)
	}
	if told := h.told(t); len(told) != 1 {
		t.Errorf("%d are told of one record that was merged", len(told))
	}
}

func TestMerge_withdraws(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.add(t, true)
	b := h.batch(t, true)
	b.Withdrawn = []dossier.Written{{Person: h.person, Record: r, OldVersion: 1, Order: 9}}
	h.merge(t, b)
	if diff := cmp.Diff(row{Version: 1, State: "withdrawn"}, h.row(t, r)); diff != "" {
		t.Error(diff)
	}
	if n := h.events(t, "dossier.withdrawn"); n != 1 {
		t.Errorf("%d events of one withdrawal", n)
	}
	heads, err := h.app.Heads(t.Context(), h.source, [][16]byte{r})
	if err != nil || heads[r].State != dossier.Withdrawn || heads[r].Order != 9 {
		t.Errorf("the ref is not blocked: %v, %v", heads[r], err)
	}
}

func TestHeads_ofWhatIsThere(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.written(t, h.person, housetest.Mint[ref.Record](t), 0)
	w.MAC, w.Order = mac(1), 3
	b := h.batch(t, false)
	b.New = []dossier.Written{w}
	h.merge(t, b)
	got, err := h.app.Heads(t.Context(), h.source, [][16]byte{mac(1), mac(2)})
	want := map[[16]byte]dossier.Head{mac(1): {Person: h.person, Record: w.Record, Version: 1, Order: 3, State: dossier.InForce, Mark: w.Mark,
		Slot: seal.Slot{Epoch: w.Box.Epoch, Leaf: w.Box.Leaf}, Retain: w.RetainEnd}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if other, err := h.app.Heads(t.Context(), housetest.Mint[ref.Body](t), [][16]byte{mac(1)}); len(other) != 0 || err != nil {
		t.Errorf("another source knows the ref: %v, %v", other, err)
	}
}

func TestElsewhere(t *testing.T) {
	t.Parallel()
	h := open(t)
	other := h.register(t, housetest.Sample(t, 2), h.Today().AddYears(1))
	w := h.written(t, h.person, housetest.Mint[ref.Record](t), 0)
	w.Decision = mac(7)
	b := h.batch(t, true)
	b.New = []dossier.Written{w}
	h.merge(t, b)
	ask := []dossier.Decided{{Person: h.person, Mark: mac(7)}, {Person: h.person, Mark: mac(8)}, {Person: other, Mark: mac(7)}}
	for typ, want := range map[string]map[dossier.Decided][]dossier.Rested{"sample": {}, "another": {ask[0]: {{Type: "sample", Record: w.Record}}}} {
		got, err := h.app.Elsewhere(t.Context(), typ, ask)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("of type %s: %v %s", typ, err, diff)
		}
	}
	b = h.batch(t, true)
	b.Withdrawn = []dossier.Written{{Person: h.person, Record: w.Record, OldVersion: 1}}
	h.merge(t, b)
	if got, err := h.app.Elsewhere(t.Context(), "another", ask); len(got) != 0 || err != nil {
		t.Errorf("a withdrawn record stands in the way: %v, %v", got, err)
	}
	h.Exec(t, "update dossier.record set refuted = true where record = $1", w.Record)
	if got, err := h.app.Elsewhere(t.Context(), "sample", ask); len(got[ask[0]]) != 1 || err != nil {
		t.Errorf("a refuted record does not stand in the way: %v, %v", got, err)
	}
}

func TestHeads_ofErasedRecords(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.add(t, false)
	h.MoveTo(t, h.Today().AddYears(3)+1)
	h.tend(t, h.Today())
	got, err := h.app.Heads(t.Context(), h.source, [][16]byte{r})
	if err != nil || got[r].State != dossier.Erased || got[r].Mark != [16]byte{} {
		t.Errorf("%v, %v", got, err)
	}
}
