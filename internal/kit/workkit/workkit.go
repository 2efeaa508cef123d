// Package workkit runs what goes on in the background.
//
// It promises that a loop ends when its context does, that it does one thing at a
// time, and that a failing step waits longer each time without ever giving up:
// nothing waits for a worker to be true, so a worker may always be late.
package workkit

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"recourse/internal/kit/clock"
)

// Loop is one step that is repeated.
type Loop struct {
	Name  string
	Every time.Duration
	// Step does what is due and reports whether more is.
	Step func(ctx context.Context) (more bool, err error)
	// Pace lets the step that has more to do yield; nil where it does not.
	Pace *Pace
	// Wake, if set, makes the next step come at once.
	Wake   <-chan struct{}
	Logger *slog.Logger
}

// Pace lets work that can wait yield to work that cannot. All who share one take turns
// to rest, so that together they take no more than one would. A nil Pace never rests.
type Pace struct {
	// Waits measures who waits for answers: how many did on average since it was last
	// asked.
	Waits func() float64
	// Share is how many times as long as they worked those who share this rest
	// together while somebody waits: of one core they take 1/(1+Share) at most.
	Share float64

	mu   sync.Mutex
	free time.Time // of the stopwatch: until when they rest
}

// wait returns how long to rest after work that began at a stopwatch: not at all where
// nobody waited for answers meanwhile, and longer the more did, up to what Share says.
func (p *Pace) wait(began time.Time) time.Duration {
	if p == nil {
		return 0
	}
	waited := min(p.Waits(), 1)
	if waited < someWait {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := clock.Stopwatch()
	if p.free.Before(now) {
		p.free = now
	}
	p.free = p.free.Add(time.Duration(waited * p.Share * float64(now.Sub(began))))
	return p.free.Sub(now)
}

// someWait is how many wait for answers where it counts.
const someWait = 0.1

// Through repeats a step until nothing more is due, and rests between.
func (p *Pace) Through(ctx context.Context, step func() (more bool, err error)) error {
	for {
		began := clock.Stopwatch()
		more, err := step()
		if err != nil || !more {
			return err
		}
		if rest := p.wait(began); rest > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(rest):
			}
		}
	}
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
		began := clock.Stopwatch()
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
			failed, wait = 0, l.Pace.wait(began)
		default:
			failed = 0
		}
		timer.Reset(wait)
	}
}
