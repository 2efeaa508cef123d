// Package linear writes down what several clients did at once, and asks whether it could
// have happened one after another.
//
// It promises that an operation that returned before another was called comes before
// it: whatever order is found keeps that.
package linear

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// History is what was done. Its methods may be called from several goroutines.
type History struct {
	clock atomic.Int64
	mu    sync.Mutex
	done  []porcupine.Operation
}

// Do calls something and writes down that it was called and what it returned; nil is
// returned by what did nothing, which is not written down.
func (h *History) Do(client int, input any, do func() any) {
	op := porcupine.Operation{ClientId: client, Input: input, Call: h.clock.Add(1)}
	if op.Output = do(); op.Output == nil {
		return
	}
	op.Return = h.clock.Add(1)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.done = append(h.done, op)
}

// Len returns how many operations were done.
func (h *History) Len() int { return len(h.done) }

// Holds reports whether all of it could have happened one after another under a model.
func (h *History) Holds(t testing.TB, m porcupine.Model) bool {
	t.Helper()
	switch porcupine.CheckOperationsTimeout(m, h.done, time.Minute) {
	case porcupine.Ok:
		return true
	case porcupine.Unknown:
		t.Fatalf("whether %d operations fit was not found out in a minute", len(h.done))
	}
	return false
}

// Tell logs the operations in the order in which they returned.
func (h *History) Tell(t testing.TB) {
	t.Helper()
	for _, op := range h.done {
		t.Logf("client %d, %d to %d: %+v gave %+v", op.ClientId, op.Call, op.Return, op.Input, op.Output)
	}
}
