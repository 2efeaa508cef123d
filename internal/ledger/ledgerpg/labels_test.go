package ledgerpg_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerfile"
	"recourse/internal/proof"
	"recourse/internal/when"
)

// midnight is when the first day of these tests begins.
var midnight = time.Date(2026, 12, 30, 0, 0, 0, 0, time.UTC)

// until steps the press at an instant until nothing is left, the way the server does:
// labels first, the end of a year last.
func (p pressed) until(t testing.TB, l *ledger.Labeller, now time.Time) {
	t.Helper()
	yearly := &ledger.Yearly{Years: p.log}
	for {
		labelled, err := l.Step(t.Context(), now)
		if err != nil {
			t.Fatal(err)
		}
		n, more, err := p.press.Step(t.Context(), now)
		if err != nil {
			t.Fatal(err)
		}
		if err := yearly.Step(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		if n == 0 && !more && !labelled {
			return
		}
	}
}

// labelled returns the days that the log publishes, each checked: it follows on the one
// before, has a label for each entry, and the streams of its entries have one each from
// 1 on and none more.
func (p pressed) labelled(t testing.TB, keys ledger.LabelKeys) []proof.Day {
	t.Helper()
	var chain proof.Chain
	if _, err := proof.Rebuild(mustCheckpoint(t, p), func(tile proof.Tile) ([]byte, error) { return p.log.Read(t.Context(), tile) }, chain.Take); err != nil {
		t.Fatal(err)
	}
	for _, d := range chain.Days {
		shelf, err := p.log.LabelDay(t.Context(), d.Day)
		if err != nil {
			t.Fatal(err)
		}
		if shelf.From != d.From || shelf.Until != d.Until || shelf.Bits != d.Bits {
			t.Errorf("%s is kept as %+v and published as %+v", d.Day, shelf.Day, d)
		}
		entered, err := p.log.Entered(t.Context(), d.From, d.Until)
		if err != nil {
			t.Fatal(err)
		}
		counted := map[[16]byte]uint64{}
		for _, e := range entered {
			counted[e.Stream]++
		}
		all := 0
		for s, n := range counted {
			k, err := keys.LabelKeys(t.Context(), [][16]byte{s})
			if err != nil {
				t.Fatal(err)
			}
			key := proof.LabelKey(k[0])
			b, err := p.log.Bucket(t.Context(), shelf, key.Bucket(d.Day, d.Bits))
			if err == nil {
				err = b.Check(d)
			}
			if err != nil {
				t.Fatalf("%s: %v", d.Day, err)
			}
			for i := uint64(1); i <= n+1; i++ {
				if b.Has(key.Label(d.Day, i, d.Bits)) != (i <= n) {
					t.Errorf("%s: label %d of %d", d.Day, i, n)
				}
			}
			all += int(n)
		}
		if uint64(all) != d.Until-d.From {
			t.Errorf("%s: %d labels for entries from %d to %d", d.Day, all, d.From, d.Until)
		}
	}
	return chain.Days
}

// TestLabels_atDayBoundaries: an entry belongs to the day (UTC) on which it was taken
// into the log, to the microsecond; a day is labelled once it is over and not before, a
// day without entries never, and a clock that goes back changes nothing.
func TestLabels_atDayBoundaries(t *testing.T) {
	t.Parallel()
	p, keys := yearHouse(t)
	l := &ledger.Labeller{Days: p.log, Keys: keys}
	last := midnight.Add(24*time.Hour - time.Microsecond)
	someone := p.write(t, 3)[0]
	p.until(t, l, midnight)
	p.insert(t, someone)
	p.until(t, l, last)
	if got := p.labelled(t, keys); len(got) != 0 {
		t.Fatalf("labels of a day that is not over: %v", got)
	}
	p.insert(t, someone) // written on the first day, taken on the second
	p.until(t, l, last.Add(time.Microsecond))
	got := p.labelled(t, keys)
	if len(got) != 1 || got[0].Day != when.Of(2026, 12, 30) || got[0].From != 0 || got[0].Until != 4 {
		t.Fatalf("the first day: %+v", got)
	}
	p.looks(t, 600)
	p.until(t, l, midnight.Add(-time.Hour)) // the clock went back
	if got := p.labelled(t, keys); len(got) != 1 {
		t.Errorf("after the clock went back: %+v", got)
	}
	p.until(t, l, midnight.AddDate(0, 0, 5)) // three days without an entry
	got = p.labelled(t, keys)
	if len(got) != 2 || got[1].Day != when.Of(2026, 12, 31) || got[1].Until != 606 || got[1].Bits != 1 {
		t.Errorf("the second day: %+v", got)
	}
	p.until(t, l, midnight.AddDate(0, 0, 6))
	if got = p.labelled(t, keys); len(got) != 3 || got[2].Day != when.Of(2027, 1, 4) || got[2].Until != got[2].From+1 {
		t.Errorf("the day on which nothing but labels was published: %+v", got)
	}
	p.whole(t)
}

// unsureDays loses answers: of what was written, and of what was not.
type unsureDays struct {
	ledger.Days
	turn *int
}

func (u unsureDays) PutDay(ctx context.Context, d proof.Day, labels proof.Labels, now time.Time) error {
	if *u.turn++; *u.turn%2 == 1 {
		return errLost
	}
	if err := u.Days.PutDay(ctx, d, labels, now); err != nil {
		return err
	}
	return errLost
}

// TestLabels_afterACrash: whether the labels of a day were written or not when the
// process lost its answer, or another process labelled it meanwhile, each day is
// published once. (TestPress_killed kills processes there.)
func TestLabels_afterACrash(t *testing.T) {
	t.Parallel()
	p, keys := yearHouse(t)
	turn, lost := 0, 0
	for day := range 6 {
		now := midnight.AddDate(0, 0, day)
		p.write(t, 5)
		p.until(t, &ledger.Labeller{Days: p.log, Keys: keys}, now)
		other := &ledger.Labeller{Days: p.log, Keys: keys}
		one := &ledger.Labeller{Days: unsureDays{p.log, &turn}, Keys: keys}
		next := now.AddDate(0, 0, 1)
		for range 2 {
			if _, err := one.Step(t.Context(), next); errors.Is(err, errLost) {
				lost++
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if did, err := other.Step(t.Context(), next); err != nil || did {
			t.Errorf("day %d: labelled twice (%v)", day, err)
		}
	}
	p.until(t, &ledger.Labeller{Days: p.log, Keys: keys}, midnight.AddDate(0, 0, 7))
	days := p.labelled(t, keys)
	for i, d := range days {
		if want := when.Of(2026, 12, 30).AddDays(i); d.Day != want {
			t.Errorf("day %d is %s", i, d.Day)
		}
	}
	if len(days) != 6 || lost != 12 {
		t.Errorf("%d days, %d answers lost", len(days), lost)
	}
	p.whole(t)
}

// yearHouse is a house with a press whose log is about to end a year.
func yearHouse(t testing.TB) (pressed, ledger.LabelKeys) {
	t.Helper()
	h := openLog(t)
	keys := h.keys.(ledger.LabelKeys)
	next := int64(0)
	h.keys = derived{&next} // the vault's days are today's
	return h.pressIn(t, filepath.Join(t.TempDir(), "log"), ""), keys
}

// frozenYear is a shard as its files are.
func (p pressed) frozenYear(t testing.TB, year int) (ledger.Shard, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), fmt.Sprint(year))
	folder, err := ledgerfile.NewShard(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = folder.Close() }()
	s, err := (&ledger.Freezer{Years: p.log, Read: p.log.ReadAll, Put: folder.Put}).Freeze(t.Context(), year)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

// TestShards: the checkpoint at which a year ends covers the labels of its last day; its
// shard, frozen, holds by itself from the end of the one before, and shards put over one
// another are one log. A year that did not end has none, and a shard in which one entry
// was altered is not written.
func TestShards(t *testing.T) {
	t.Parallel()
	p, keys := yearHouse(t)
	l := &ledger.Labeller{Days: p.log, Keys: keys}
	for _, day := range []int{0, 1, 2, 3, 300, 366, 367, 368, 369} { // of 2026, 2027 and 2028
		p.looks(t, 150+day)
		p.until(t, l, midnight.AddDate(0, 0, day))
		if day == 1 {
			if _, err := ledger.YearEnd(t.Context(), p.log, 2026); !errors.Is(err, ledger.ErrYear) {
				t.Fatalf("a year that is not over: %v", err)
			}
		}
	}
	kept, err := p.log.Shards(t.Context())
	if err != nil || len(kept) != 2 || kept[0].Year != 2026 || kept[1].Year != 2027 || kept[1].From != kept[0].Until {
		t.Fatalf("%+v %v", kept, err)
	}
	whole, days := filepath.Join(t.TempDir(), "whole"), 0
	older := proof.Checkpoint{}
	for _, s := range kept {
		got, dir := p.frozenYear(t, s.Year)
		seen, err := p.press.Trust.Check(mustRead(t, dir, "checkpoint"))
		if err != nil || seen.Size != s.Until || got.Until != s.Until {
			t.Fatalf("%d: %+v %v", s.Year, seen, err)
		}
		read := func(tile proof.Tile) ([]byte, error) { return os.ReadFile(filepath.Join(dir, tile.Path())) }
		chain := proof.Chain{After: older.Size}
		r, err := proof.RebuildAfter(seen.Checkpoint, older, read, chain.Take)
		if err != nil || r.Entries != s.Until-s.From {
			t.Fatalf("%d: %+v %v", s.Year, r, err)
		}
		for _, d := range chain.Days {
			text := string(mustRead(t, dir, "labels/"+d.Day.String()+"/receipt"))
			if proven, err := p.press.Trust.CheckReceipt(text); err != nil || proven.Seen.Size != s.Until {
				t.Errorf("%s: %v", d.Day, err)
			}
			days++
		}
		if s.From > 0 {
			if _, err := proof.Rebuild(seen.Checkpoint, read, nil); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("a later shard holds the older one: %v", err)
			}
		}
		merge(t, dir, whole)
		older = seen.Checkpoint
	}
	read := func(tile proof.Tile) ([]byte, error) { return os.ReadFile(filepath.Join(whole, tile.Path())) }
	var chain proof.Chain
	if _, err := proof.Rebuild(older, read, chain.Take); err != nil || len(chain.Days) != days {
		t.Errorf("shards over one another: %d of %d days, %v", len(chain.Days), days, err)
	}
	p.tornShard(t)
}

func (p pressed) tornShard(t *testing.T) {
	p.super(t, "update ledger.bundle set entries = set_byte(entries, 10, get_byte(entries, 10) # 1) where n = 0")
	put := map[string]bool{}
	f := &ledger.Freezer{Years: p.log, Read: p.log.ReadAll, Put: func(path string, _ []byte) error { put[path] = true; return nil }}
	if _, err := f.Freeze(t.Context(), 2026); !errors.Is(err, proof.ErrTile) || put["checkpoint"] {
		t.Errorf("a torn shard is frozen: %v", err)
	}
	if _, err := f.Freeze(t.Context(), 2028); !errors.Is(err, ledger.ErrYear) {
		t.Errorf("a year that is not over is frozen: %v", err)
	}
}

func mustRead(t testing.TB, dir, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// merge puts a folder over another.
func merge(t testing.TB, from, over string) {
	t.Helper()
	err := filepath.WalkDir(from, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		to := filepath.Join(over, name[len(from):])
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, mustRead(t, from, name[len(from):]), 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}
