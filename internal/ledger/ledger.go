// Package ledger is what was done: one entry per event, in the transaction of
// the event, and what still has to follow from it.
//
// It promises that an event is written exactly when its cause is; that what
// follows is done at least once, in order for each person, however often a
// worker dies; and that entries hold random keys and codes, never content. It does
// not say what follows: that is one table in the app.
package ledger

import (
	"context"
	"time"
)

// Slots is how many parts the queue is divided into.
const Slots = 4096

// SlotOf returns the part of the queue that a stream belongs to. Streams are
// random keys, so their first bits part them evenly.
func SlotOf(stream [16]byte) int16 {
	return int16((uint16(stream[0])<<8 | uint16(stream[1])) % Slots)
}

// Task is what one consumer has to do for one event.
type Task struct {
	Stream   [16]byte
	Event    [16]byte
	Consumer string
	Kind     string
	At       time.Time
	Refs     map[string]string
	Attempts int32
}

// Later says when a task that failed is tried again: after 1 s, doubling, at
// most every hour.
func Later(attempts int32, now time.Time) time.Time {
	return now.Add(min(time.Second<<min(attempts, 12), time.Hour))
}

// Queue hands out what has to be done.
type Queue interface {
	// Take hands due tasks of a range of slots to do, at most limit and no two of one
	// stream and consumer, and removes each that do carries out. do returns what became
	// of each, in their order. A task that fails stays, with code and the time of its
	// next try; later tasks of its stream wait for it. It returns how many were carried
	// out.
	Take(ctx context.Context, low, high int16, limit int32, now time.Time, do func(context.Context, []Task) []error) (int, error)
	// Waiting returns how many tasks wait and since when the oldest does.
	Waiting(ctx context.Context) (rows int64, oldest time.Time, err error)
	// Stuck returns what of them failed before, most first: at most fifty groups.
	Stuck(ctx context.Context) ([]Stuck, error)
}

// Stuck is how many tasks of one consumer failed for one reason.
type Stuck struct {
	Consumer, Code string
	Rows           int64
}

// Each carries out the tasks that a queue hands out one by one.
func Each(do func(context.Context, Task) error) func(context.Context, []Task) []error {
	return func(ctx context.Context, tasks []Task) []error {
		out := make([]error, len(tasks))
		for i, t := range tasks {
			if out[i] = ctx.Err(); out[i] == nil {
				out[i] = do(ctx, t)
			}
		}
		return out
	}
}
