package ledgerpg_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"recourse/internal/kit/pgkit"
	"recourse/internal/ledger"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

func TestPublish_withItsCause(t *testing.T) {
	t.Parallel()
	h := open(t)
	stream := housetest.Mint[ref.Person](t)
	e := step(t, stream, 1, h.Now())
	covered := step(t, stream, 2, h.Now())
	covered.Covered = true
	nobody := step(t, stream, 3, h.Now())
	nobody.Kind, nobody.ID = "sample.unheard", [16]byte{}
	count := func(table string) int {
		return housetest.Ask[int](t, h.Fixture, "select count(*) from ledger."+table+" where stream = $1", stream)
	}
	undone := errors.New("the use case failed")
	if err := h.publish(t, undone, e); !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if count("journal") != 0 || count("outbox") != 0 {
		t.Error("an event is left of what was rolled back")
	}
	if err := h.publish(t, nil, e); err != nil {
		t.Fatal(err)
	}
	if count("journal") != 1 || count("outbox") != 1 {
		t.Errorf("%d entries and %d tasks of one event", count("journal"), count("outbox"))
	}
	if err := h.publish(t, nil, covered, nobody); err != nil {
		t.Fatal(err)
	}
	if count("journal") != 2 || count("outbox") != 2 {
		t.Errorf("%d entries and %d tasks; a covered event has no entry, one that nobody heeds no task", count("journal"), count("outbox"))
	}
}

func TestJournal_isAppendOnly(t *testing.T) {
	t.Parallel()
	h := open(t)
	if err := h.publish(t, nil, step(t, housetest.Mint[ref.Person](t), 1, h.Now())); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{"update ledger.journal set kind = 'x'", "delete from ledger.journal", "truncate ledger.journal"} {
		for role, pool := range map[string]*pgxpool.Pool{pgkit.App: h.App, pgkit.Keeper: h.Keeper, pgkit.Watch: h.Watch} {
			if _, err := pool.Exec(t.Context(), sql); pgkit.Code(err) != "42501" {
				t.Errorf("%s may: %s (%v)", role, sql, err)
			}
		}
	}
}

func TestTake_giveEachConsumerItsTask(t *testing.T) {
	t.Parallel()
	h := open(t)
	e := step(t, housetest.Mint[ref.Person](t), 1, h.Now())
	e.Kind = "sample.both"
	if err := h.publish(t, nil, e); err != nil {
		t.Fatal(err)
	}
	got := map[string]ledger.Task{}
	h.drain(t, h.Now(), func(task ledger.Task) error {
		got[task.Consumer] = task
		return nil
	})
	want := ledger.Task{Stream: e.Stream, Event: e.ID, Consumer: "one", Kind: e.Kind, At: e.At, Refs: e.Refs}
	if diff := cmp.Diff(want, got["one"]); diff != "" || len(got) != 2 || h.waiting(t) != 0 {
		t.Errorf("%d tasks, %d left: %s", len(got), h.waiting(t), diff)
	}
}

func TestTake_onlyItsSlots(t *testing.T) {
	t.Parallel()
	h := open(t)
	stream := [16]byte{0x0a, 0x01} // slot 0xa01
	if err := h.publish(t, nil, step(t, stream, 1, h.Now())); err != nil {
		t.Fatal(err)
	}
	slot := ledger.SlotOf(stream)
	for _, c := range []struct {
		low, high int16
		want      int
	}{{0, slot - 1, 0}, {slot + 1, ledger.Slots - 1, 0}, {slot, slot, 1}} {
		n, err := h.queue.Take(t.Context(), c.low, c.high, 10, h.Now(), ledger.Each(func(context.Context, ledger.Task) error { return nil }))
		if n != c.want || err != nil {
			t.Errorf("slots %d to %d: %d done, %v", c.low, c.high, n, err)
		}
	}
}

// A task that fails keeps back what comes after it for the same person, and
// nobody else's.
func TestTake_failureDelaysOnlyItsStream(t *testing.T) {
	t.Parallel()
	h := open(t)
	bad, good, now := [16]byte{1}, [16]byte{2}, h.Now()
	for n := range 3 {
		if err := h.publish(t, nil, step(t, bad, n, now.Add(time.Duration(n)*time.Microsecond)), step(t, good, n, now.Add(time.Duration(n)*time.Microsecond))); err != nil {
			t.Fatal(err)
		}
	}
	var done []string
	var attempts []int32
	fail := true
	do := func(task ledger.Task) error {
		if task.Stream == bad && task.Refs["n"] == "0" {
			attempts = append(attempts, task.Attempts)
			if fail {
				return errTask
			}
		}
		done = append(done, fmt.Sprintf("%x%s", task.Stream[0], task.Refs["n"]))
		return nil
	}
	for range 5 {
		h.take(t, now.Add(time.Millisecond), do)
	}
	if want := []string{"20", "21", "22"}; !slices.Equal(done, want) || !slices.Equal(attempts, []int32{0}) {
		t.Errorf("done %v, want %v; attempts %v", done, want, attempts)
	}
	if code := housetest.Ask[string](t, h.Fixture, "select last_code from ledger.outbox where attempts = 1"); code != "E-SAMPLE" {
		t.Errorf("last code %q", code)
	}
	fail = false
	h.drain(t, now.Add(900*time.Millisecond), do) // its next try has not come
	if len(done) != 3 {
		t.Errorf("tried again before its time: %v", done)
	}
	h.drain(t, now.Add(2*time.Second), do)
	if want := []string{"20", "21", "22", "10", "11", "12"}; !slices.Equal(done, want) || !slices.Equal(attempts, []int32{0, 1}) || h.waiting(t) != 0 {
		t.Errorf("done %v, want %v; attempts %v; %d left", done, want, attempts, h.waiting(t))
	}
}

// Whatever fails and whichever order the commits have: every task is done, and
// those of one stream in their order.
func TestTake_orderAndAtLeastOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	rapid.Check(t, func(rt *rapid.T) {
		base := h.Now()
		var order []pgkit.Event
		want := map[[16]byte][]string{}
		for n := range rapid.IntRange(1, 12).Draw(rt, "events") {
			stream := [16]byte{byte(rapid.IntRange(1, 3).Draw(rt, "stream"))}
			want[stream] = append(want[stream], fmt.Sprint(n))
			order = append(order, step(t, stream, n, base.Add(time.Duration(n)*time.Microsecond)))
		}
		for _, e := range rapid.Permutation(order).Draw(rt, "commits") {
			if err := h.publish(t, nil, e); err != nil {
				rt.Fatal(err)
			}
		}
		fails := map[string]int{}
		for n := range order {
			fails[fmt.Sprint(n)] = rapid.IntRange(0, 2).Draw(rt, "fails")
		}
		got := map[[16]byte][]string{}
		at := base.Add(time.Second)
		for range 40 {
			h.take(t, at, func(task ledger.Task) error {
				if n := task.Refs["n"]; fails[n] > 0 {
					fails[n]--
					return errTask
				}
				got[task.Stream] = append(got[task.Stream], task.Refs["n"])
				return nil
			})
			at = at.Add(3 * time.Second)
		}
		if diff := cmp.Diff(want, got); diff != "" || h.waiting(t) != 0 {
			rt.Fatalf("%d left: %s", h.waiting(t), diff)
		}
	})
}

func TestTake_losesNothingWhenCancelled(t *testing.T) {
	t.Parallel()
	h := open(t)
	if err := h.publish(t, nil, step(t, [16]byte{1}, 0, h.Now()), step(t, [16]byte{2}, 1, h.Now())); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := h.queue.Take(ctx, 0, ledger.Slots-1, 10, h.Now(), ledger.Each(func(context.Context, ledger.Task) error {
		cancel()
		return nil
	}))
	if err == nil || h.waiting(t) != 2 {
		t.Errorf("%d tasks wait after a batch that was broken off, %v", h.waiting(t), err)
	}
	var done []string
	h.drain(t, h.Now(), func(task ledger.Task) error { done = append(done, task.Refs["n"]); return nil })
	if slices.Sort(done); !slices.Equal(done, []string{"0", "1"}) {
		t.Errorf("done %v", done)
	}
}

func TestTake_losesNothingWhenKilled(t *testing.T) {
	t.Parallel()
	h := open(t)
	if err := h.publish(t, nil, step(t, [16]byte{1}, 0, h.Now().Add(-time.Minute))); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		kill(t, h.Keeper.Config().ConnString())
	}
	if h.waiting(t) != 1 {
		t.Fatalf("%d tasks wait after their workers were killed", h.waiting(t))
	}
	limit, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done := 0
	for done == 0 && limit.Err() == nil { // until the server has noticed the last death
		h.take(t, h.Now(), func(ledger.Task) error { done++; return nil })
	}
	if done != 1 || h.waiting(t) != 0 {
		t.Errorf("done %d times, %d wait", done, h.waiting(t))
	}
}

// meet runs pumps at the same time and returns how often each task was done, and
// how many were done by two at once.
func meet(t *testing.T, pumps int, pump func(do func(task string)) error) (times map[string]int, twice int) {
	t.Helper()
	var mu sync.Mutex
	under := map[string]int{}
	times = map[string]int{}
	var wg sync.WaitGroup
	for range pumps {
		wg.Go(func() {
			if err := pump(func(task string) {
				mu.Lock()
				under[task]++
				if under[task] > 1 {
					twice++
				}
				times[task]++
				mu.Unlock()
				for range 100 {
					runtime.Gosched() // let the others in
				}
				mu.Lock()
				under[task]--
				mu.Unlock()
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return times, twice
}

func TestTake_neverTwoAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	want := map[string]int{}
	for n := range 120 {
		want[fmt.Sprint(n)] = 1
		if err := h.publish(t, nil, step(t, [16]byte{1 + byte(n%40)}, n, h.Now())); err != nil {
			t.Fatal(err)
		}
	}
	at := h.Now().Add(time.Second)
	times, twice := meet(t, 4, func(do func(string)) error {
		for h.waiting(t) > 0 {
			_, err := h.queue.Take(t.Context(), 0, ledger.Slots-1, 8, at, ledger.Each(func(_ context.Context, task ledger.Task) error {
				do(task.Refs["n"])
				return nil
			}))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if twice != 0 || !maps.Equal(times, want) {
		t.Errorf("%d tasks were done by two at once; %s", twice, cmp.Diff(want, times))
	}
}

// The control: pumps that read without locking do the same task.
func TestTake_control(t *testing.T) {
	t.Parallel()
	h := open(t)
	if err := h.publish(t, nil, step(t, [16]byte{1}, 0, h.Now())); err != nil {
		t.Fatal(err)
	}
	var ready sync.WaitGroup
	ready.Add(2)
	times, _ := meet(t, 2, func(do func(string)) error {
		var n string
		if err := h.Keeper.QueryRow(t.Context(), "select refs ->> 'n' from ledger.outbox limit 1").Scan(&n); err != nil {
			return err
		}
		ready.Done()
		ready.Wait()
		do(n)
		_, err := h.Keeper.Exec(t.Context(), "delete from ledger.outbox")
		return err
	})
	if times["0"] != 2 {
		t.Errorf("without locks the task was done %d times: the two did not meet, so the test above proves nothing", times["0"])
	}
}
