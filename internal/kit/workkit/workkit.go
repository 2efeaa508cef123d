// Package workkit runs what goes on in the background.
//
// It promises that a loop ends when its context does, that it does one thing at a
// time, and that a failing step waits longer each time without ever giving up:
// nothing waits for a worker to be true, so a worker may always be late.
package workkit

import (
	"context"
	"log/slog"
	"time"
)

// Loop is one step that is repeated.
type Loop struct {
	Name  string
	Every time.Duration
	// Step does what is due and reports whether more is.
	Step func(ctx context.Context) (more bool, err error)
	// Wake, if set, makes the next step come at once.
	Wake   <-chan struct{}
	Logger *slog.Logger
}

// longest is the longest wait after a failing step.
const longest = time.Minute

// Run repeats the step until ctx is done.
func (l Loop) Run(ctx context.Context) {
	failed := 0
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.Wake:
		case <-timer.C:
		}
		more, err := l.Step(ctx)
		wait := l.Every
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			failed++
			wait = min(l.Every<<min(failed, 10), max(longest, l.Every))
			l.Logger.LogAttrs(ctx, slog.LevelError, "worker step failed", slog.String("worker", l.Name), slog.Int("in_a_row", failed), slog.Any("error", err))
		case more:
			failed, wait = 0, 0
		default:
			failed = 0
		}
		timer.Reset(wait)
	}
}
