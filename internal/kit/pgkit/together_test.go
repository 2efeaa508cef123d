package pgkit_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"recourse/internal/kit/pgkit"
)

// counter answers a number with itself and fails with negative ones among them.
type counter struct {
	pgkit.Together[int, int]
	together, alone atomic.Int64 // questions
	hold            chan struct{}
}

var errNegative = errors.New("negative")

func newCounter(most int) *counter {
	c := &counter{hold: make(chan struct{})}
	c.Most = most
	c.Call = func(_ context.Context, qs []int, alone bool) ([]*int, error) {
		if alone {
			c.alone.Add(1)
		} else {
			c.together.Add(int64(len(qs)))
			<-c.hold
		}
		if len(qs) > most {
			return nil, fmt.Errorf("%d at once", len(qs))
		}
		out := make([]*int, len(qs))
		for i, q := range qs {
			switch {
			case q < 0:
				return nil, errNegative
			case q > 0: // nobody answers 0
				out[i] = &q
			}
		}
		return out, nil
	}
	return c
}

// ask asks all of them while a first question is held up, and returns what each got.
func (c *counter) ask(t *testing.T, qs []int) ([]*int, []error) {
	t.Helper()
	answers, errs := make([]*int, len(qs)), make([]error, len(qs))
	var wg sync.WaitGroup
	wg.Go(func() {
		if got, err := c.Ask(t.Context(), 1); err != nil || *got != 1 {
			t.Errorf("the first: %v, %v", got, err)
		}
	})
	for c.together.Load() == 0 { // until its call runs
	}
	for i, q := range qs {
		wg.Go(func() { answers[i], errs[i] = c.Ask(t.Context(), q) })
	}
	for c.Waiting() < len(qs) {
	}
	close(c.hold)
	wg.Wait()
	return answers, errs
}

func TestTogether_eachHasItsOwn(t *testing.T) {
	t.Parallel()
	c := newCounter(4)
	answers, errs := c.ask(t, []int{11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
	for i, got := range answers {
		if errs[i] != nil || *got != 11+i {
			t.Errorf("question %d: %v, %v", 11+i, got, errs[i])
		}
	}
	if c.alone.Load() != 0 || c.together.Load() != 11 {
		t.Errorf("%d asked together, %d alone", c.together.Load(), c.alone.Load())
	}
}

func TestTogether_nobodyPaysForAnother(t *testing.T) {
	t.Parallel()
	c := newCounter(8)
	answers, errs := c.ask(t, []int{11, -1, 12, 0})
	for i, want := range []int{11, -1, 12, 0} {
		switch {
		case want < 0 && !errors.Is(errs[i], errNegative),
			want >= 0 && errs[i] != nil,
			want == 0 && answers[i] != nil,
			want > 0 && (answers[i] == nil || *answers[i] != want):
			t.Errorf("question %d: %v, %v", want, answers[i], errs[i])
		}
	}
	if c.alone.Load() != 4 {
		t.Errorf("%d of 4 asked alone after their call failed", c.alone.Load())
	}
}

func TestTogether_whoLeaves(t *testing.T) {
	t.Parallel()
	c := newCounter(8)
	done := make(chan error, 1)
	ctx, leave := context.WithCancel(t.Context())
	go func() {
		_, err := c.Ask(ctx, 5)
		done <- err
	}()
	for c.together.Load() == 0 {
	}
	leave()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	close(c.hold)
	if got, err := c.Ask(t.Context(), 7); err != nil || *got != 7 {
		t.Errorf("who came after got %v, %v", got, err)
	}
}
