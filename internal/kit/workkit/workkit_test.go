package workkit_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"recourse/internal/kit/workkit"
)

func TestLoop_waitsLongerAfterFailures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		start := time.Now()
		var at []time.Duration
		l := workkit.Loop{Name: "test", Every: time.Second, Logger: slog.New(slog.DiscardHandler), Step: func(context.Context) (bool, error) {
			at = append(at, time.Since(start))
			switch len(at) {
			case 1:
				return true, nil // more is due: at once
			case 2, 3:
				return false, errors.New("failed")
			case 5:
				stop()
			}
			return false, nil
		}}
		l.Run(ctx)
		want := []time.Duration{0, 0, 2 * time.Second, 6 * time.Second, 7 * time.Second}
		for i := range want {
			if at[i] != want[i] {
				t.Errorf("step %d at %v, want %v", i, at[i], want[i])
			}
		}
	})
}

func TestLoop_wakes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		wake := make(chan struct{}, 1)
		start, steps := time.Now(), 0
		workkit.Loop{Name: "test", Every: time.Hour, Wake: wake, Logger: slog.New(slog.DiscardHandler), Step: func(context.Context) (bool, error) {
			if steps++; steps == 1 {
				wake <- struct{}{}
			} else {
				stop()
			}
			return false, nil
		}}.Run(ctx)
		if steps != 2 || time.Since(start) != 0 {
			t.Errorf("%d steps in %v", steps, time.Since(start))
		}
	})
}

// What can wait yields while somebody waits for answers, by how many do, and not else.
func TestPace(t *testing.T) {
	t.Parallel()
	const share = 5
	for waiting, rests := range map[float64]float64{0: 0, 0.05: 0, 0.5: 2.5, 1: share, 16: share} {
		want := 3*time.Second + time.Duration(2*rests*float64(time.Second))
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			pace := &workkit.Pace{Waits: func() float64 { return waiting }, Share: share}
			work := func(steps int) func(context.Context) (bool, error) {
				return func(context.Context) (bool, error) {
					time.Sleep(time.Second)
					if steps--; steps == 0 {
						stop()
					}
					return steps > 0, nil
				}
			}
			start := time.Now()
			workkit.Loop{Name: "test", Every: time.Hour, Pace: pace, Logger: slog.New(slog.DiscardHandler), Step: work(3)}.Run(ctx)
			if took := time.Since(start); took != want {
				t.Errorf("%v waiting: a loop took %v, want %v", waiting, took, want)
			}
			start = time.Now()
			step := work(3)
			if err := pace.Through(t.Context(), func() (bool, error) { return step(t.Context()) }); err != nil || time.Since(start) != want {
				t.Errorf("%v waiting: through it took %v, want %v; %v", waiting, time.Since(start), want, err)
			}
		})
	}
	var none *workkit.Pace
	if err := none.Through(t.Context(), func() (bool, error) { return false, errors.New("failed") }); err == nil {
		t.Error("a step that failed went on")
	}
}

// Those who share a pace rest for each other: three take no more than one would.
func TestPace_isShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pace := &workkit.Pace{Waits: func() float64 { return 1 }, Share: 4}
		start := time.Now()
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				left := 4
				_ = pace.Through(t.Context(), func() (bool, error) {
					time.Sleep(time.Second)
					left--
					return left > 0, nil
				})
			})
		}
		all.Wait()
		// 12 steps of a second; each but the last of each rests 4 seconds for all.
		if took := time.Since(start); took < 9*4*time.Second {
			t.Errorf("12 seconds of work took %v", took)
		}
	})
}
