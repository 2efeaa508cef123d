package pgkit

import (
	"context"
	"runtime"
	"sync"
)

// Together carries questions that wait at the same time to the database in one
// call, and each answer back to whoever asked. Nobody is made to wait for
// company: whoever comes while no call runs goes at once, and those who come
// meanwhile go together next, as PostgreSQL's own commits do.
//
// Nobody pays for another either. Where a call fails, or leaves a question
// without an answer, each of those is asked again alone, outside the queue, and
// has an error of its own. So a call that failed must have had no effect, and one
// in the queue must not wait for what is locked.
type Together[Q, A any] struct {
	// Call answers questions in their order; nil is a question without an answer.
	// alone is set for one that is asked outside the queue and may wait.
	Call func(ctx context.Context, questions []Q, alone bool) ([]*A, error)
	// Most is how many go in one call.
	Most int

	mu      sync.Mutex
	waiting []*waiter[Q, A]
	running bool
}

type waiter[Q, A any] struct {
	ctx      context.Context
	question Q
	answer   *A // nil: ask alone
	done     chan struct{}
}

// Ask returns the answer to a question; nil where a call of it alone has none.
// Where ctx ends first the question may be answered all the same, as with any
// statement that was sent.
func (t *Together[Q, A]) Ask(ctx context.Context, question Q) (*A, error) {
	w := &waiter[Q, A]{ctx: ctx, question: question, done: make(chan struct{})}
	t.mu.Lock()
	t.waiting = append(t.waiting, w)
	if !t.running {
		t.running = true
		go t.run()
	}
	t.mu.Unlock()
	select {
	case <-w.done:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if w.answer != nil {
		return w.answer, nil
	}
	answers, err := t.Call(ctx, []Q{question}, true)
	if err != nil {
		return nil, err
	}
	return answers[0], nil
}

// run takes whoever waits until nobody does.
func (t *Together[Q, A]) run() {
	for {
		t.gather()
		t.mu.Lock()
		n := min(len(t.waiting), t.Most)
		if n == 0 {
			t.running = false
			t.mu.Unlock()
			return
		}
		batch := append([]*waiter[Q, A](nil), t.waiting[:n]...)
		t.waiting = append(t.waiting[:0], t.waiting[n:]...)
		t.mu.Unlock()
		t.carry(batch)
	}
}

// gather lets those who are about to ask come along, as long as some do.
func (t *Together[Q, A]) gather() {
	for before := -1; ; {
		t.mu.Lock()
		n := len(t.waiting)
		t.mu.Unlock()
		if n == before || n >= t.Most {
			return
		}
		before = n
		runtime.Gosched()
	}
}

func (t *Together[Q, A]) carry(batch []*waiter[Q, A]) {
	defer func() {
		for _, w := range batch {
			close(w.done)
		}
	}()
	ctx := batch[0].ctx
	if len(batch) > 1 {
		ctx = context.WithoutCancel(ctx) // one who leaves does not take the others along
	}
	questions := make([]Q, len(batch))
	for i, w := range batch {
		questions[i] = w.question
	}
	answers, err := t.Call(ctx, questions, false)
	if err != nil {
		return
	}
	for i, w := range batch {
		w.answer = answers[i]
	}
}
