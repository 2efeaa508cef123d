package workkit_test

import (
	"context"
	"errors"
	"log/slog"
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
