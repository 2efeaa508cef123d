// Package clock is the one reader of the clock.
//
// A face or a job reads it once and passes the instant on, so that one request
// has one instant. In a sandbox the clock can be shifted; the shift is read
// from outside and never set here. Instants are UTC, cut to microseconds, as the
// database keeps them.
package clock

import (
	"context"
	"sync/atomic"
	"time"
)

// Clock tells the instant that holds. The zero Clock is the machine's own.
type Clock struct{ shift atomic.Int64 }

// Now returns the instant that holds, in UTC, cut to microseconds.
func (c *Clock) Now() time.Time {
	return time.Now().Add(time.Duration(c.shift.Load())).UTC().Truncate(time.Microsecond)
}

// Shift sets how far the clock is from the machine's; for sandboxes.
func (c *Clock) Shift(by time.Duration) { c.shift.Store(int64(by)) }

// Shifted returns how far the clock is from the machine's.
func (c *Clock) Shifted() time.Duration { return time.Duration(c.shift.Load()) }

// Since returns the time that has passed on the machine since an earlier
// reading of Stopwatch; shifts do not touch it. For measures, not for law.
func Since(start time.Time) time.Duration { return time.Since(start) }

// Stopwatch starts a measure.
func Stopwatch() time.Time { return time.Now() }

// Wait waits as long as it is told, or until ctx is done, and then returns its error.
func Wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
