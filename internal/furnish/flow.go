package furnish

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"recourse/internal/party"
)

// batchRows and batchBytes are how many rows, and contents, are written in one
// transaction at most; one row always may.
const (
	batchRows  = 5000
	batchBytes = 3 << 20
)

// chunkRows is how many rows are checked in one go.
const chunkRows = 256

// chunk is some rows that are checked together.
type chunk struct {
	items []item
	cells []string // of all rows
	ready chan struct{}
}

// flow takes one delivery through its stages at once: rows are read, checked by
// several, matched to persons and records, sealed, and written, each stage a few
// batches ahead of the next. Rows keep their order. What is on its way is bounded,
// so memory does not grow with the file.
//
// A batch is matched while those before it are not written yet. It therefore takes
// their new persons over, and waits where it brings a ref that one of them brings.
// Where somebody else turns out to have been faster, the batch is matched anew
// where it is written; and where that gave a person another key, so are all that
// had taken the person over: those matched before the new wave.
type flow struct {
	*run
	ctx   context.Context
	stop  context.CancelCauseFunc
	sheet sheet

	jobs    chan *chunk
	order   chan *chunk
	matched chan *batch
	sealed  chan *batch

	wave    atomic.Int64
	written atomic.Int64  // batches
	wrote   chan struct{} // a token after each batch
	broken  error         // what is wrong with the file; read after order was closed
}

// all takes the rows of a table.
func (r *run) all(ctx context.Context, in Table) error {
	f := &flow{run: r, sheet: sheetOf(in.Header()), jobs: make(chan *chunk, r.workers()), order: make(chan *chunk, 2*r.workers()),
		matched: make(chan *batch, 1), sealed: make(chan *batch, 1), wrote: make(chan struct{}, 1)}
	f.ctx, f.stop = context.WithCancelCause(ctx)
	defer f.stop(nil)
	var wg sync.WaitGroup
	wg.Go(func() { f.read(in) })
	for range r.workers() {
		wg.Go(f.check)
	}
	wg.Go(f.match)
	wg.Go(f.seal)
	err := f.write()
	if err != nil {
		f.stop(err)
	}
	wg.Wait()
	if err == nil {
		err = context.Cause(f.ctx)
	}
	return errors.Join(f.broken, err)
}

// give hands v to the next stage, unless the delivery has stopped.
func give[T any](f *flow, to chan<- T, v T) bool {
	select {
	case to <- v:
		return true
	case <-f.ctx.Done():
		return false
	}
}

// read reads rows and hands them on in chunks.
func (f *flow) read(in Table) {
	defer close(f.order)
	defer close(f.jobs)
	c, line := f.chunk(), Line{}
	for {
		err := in.Next(&line)
		if err == nil && line.Number <= f.skip {
			err = f.past.reject(f.ctx, line)
			if err != nil {
				f.stop(err)
				return
			}
			continue
		}
		if err == nil {
			from := len(c.cells)
			c.cells = append(c.cells, line.Cells...)
			c.items = append(c.items, item{line: Line{Number: line.Number, Cells: c.cells[from:len(c.cells):len(c.cells)], Fault: line.Fault}})
		} else if !errors.Is(err, io.EOF) {
			f.broken = told(err, f.kept(err))
		}
		if err == nil && len(c.items) < chunkRows {
			continue
		}
		if !give(f, f.order, c) || !give(f, f.jobs, c) || err != nil {
			return
		}
		c = f.chunk()
	}
}

func (f *flow) chunk() *chunk {
	return &chunk{items: make([]item, 0, chunkRows), cells: make([]string, 0, chunkRows*len(f.sheet.header)), ready: make(chan struct{})}
}

// check prepares chunks.
func (f *flow) check() {
	checker := f.checker(f.sheet)
	for c := range f.jobs {
		if err := checker.prepare(f.ctx, c.items); err != nil {
			f.stop(err)
			return
		}
		close(c.ready)
	}
}

// match makes batches and finds what they are about.
func (f *flow) match() {
	defer close(f.matched)
	m := matcher{flow: f, batch: newBatch(1), fresh: map[party.Token]*holder{}}
	for c := range f.order {
		select {
		case <-c.ready:
		case <-f.ctx.Done():
			return
		}
		for i := range c.items {
			if !m.batch.takes(&c.items[i]) && !m.hand() {
				return
			}
			m.batch.add(&c.items[i])
		}
	}
	if len(m.batch.items) > 0 {
		m.hand()
	}
}

// matcher is what matching remembers of the batches on their way.
type matcher struct {
	*flow
	batch *batch
	ahead []*batch // not known to be written
	fresh map[party.Token]*holder
}

// hand matches the batch and hands it on.
func (m *matcher) hand() bool {
	b := m.batch
	m.batch = newBatch(b.nth + 1)
	b.wave = m.wave.Load() // before forget: what made the wave was written before it
	m.forget()
	for m.meets(b) {
		select {
		case <-m.wrote:
			b.wave = m.wave.Load()
			m.forget()
		case <-m.ctx.Done():
			return false
		}
	}
	if err := m.run.match(m.ctx, b, m.fresh); err != nil {
		m.stop(err)
		return false
	}
	m.ahead, b.minted = append(m.ahead, b), slices.Collect(maps.Keys(b.fresh))
	maps.Copy(m.fresh, b.fresh)
	return give(m.flow, m.matched, b)
}

// forget drops what was written: the next look finds it in the database.
func (m *matcher) forget() {
	written := m.written.Load()
	for len(m.ahead) > 0 && m.ahead[0].nth <= written {
		for _, key := range m.ahead[0].minted {
			delete(m.fresh, key)
		}
		m.ahead = m.ahead[1:]
	}
}

// meets reports whether a batch on its way brings a ref that b brings too.
func (m *matcher) meets(b *batch) bool {
	for _, before := range m.ahead {
		for mac := range b.macs {
			if before.macs[mac] {
				return true
			}
		}
	}
	return false
}

// seal judges and seals batches.
func (f *flow) seal() {
	defer close(f.sealed)
	for b := range f.matched {
		if b.wave == f.wave.Load() { // else it is done anew where it is written
			if err := f.judge(f.ctx, b); err != nil {
				f.stop(err)
				return
			}
			if err := f.run.seal(f.ctx, b); err != nil {
				f.stop(err)
				return
			}
		}
		if !give(f, f.sealed, b) {
			return
		}
	}
}

// write writes batches in their order.
func (f *flow) write() error {
	for b := range f.sealed {
		step, err := f.put(b)
		if err != nil {
			return err
		}
		f.done(step)
		f.written.Store(b.nth)
		if b.moved {
			f.wave.Add(1)
		}
		select {
		case f.wrote <- struct{}{}:
		default:
		}
		if err := f.reject(b); err != nil {
			return err
		}
		b.release()
	}
	return nil
}

// tries is how often a batch is done anew where others are faster. Each time
// somebody else's was written, so that all together they end.
const tries = 100

// put writes a batch. Where another delivery was faster nothing of it was
// written, and it meets what is there now.
func (f *flow) put(b *batch) (Step, error) {
	if f.dry {
		return f.writing(b).step, nil
	}
	for anew := b.wave != f.wave.Load(); b.tries < tries; anew = true {
		b.tries++
		if anew {
			if err := f.redo(b); err != nil {
				return Step{}, err
			}
		}
		if step, err := f.save(f.ctx, b); !taken(err) {
			return step, err
		}
	}
	return Step{}, fmt.Errorf("rows %d to %d: somebody else was faster %d times", b.items[0].line.Number, b.items[len(b.items)-1].line.Number, tries)
}

// redo matches, judges and seals a batch again; all before it are written. Who is
// still nobody keeps the key that was minted first.
func (f *flow) redo(b *batch) error {
	for _, it := range b.items {
		it.again()
	}
	before := b.fresh
	if err := f.run.match(f.ctx, b, nil); err != nil {
		return err
	}
	for key, h := range before {
		now := b.fresh[key]
		if now == nil {
			b.moved = true
			continue
		}
		now.person, now.before = h.person, h
	}
	if err := f.judge(f.ctx, b); err != nil {
		return err
	}
	return f.run.seal(f.ctx, b)
}

// reject hands out the rows of a batch that were not taken.
func (f *flow) reject(b *batch) error {
	if f.rejects == nil {
		return nil
	}
	for _, it := range b.items {
		if it.open() {
			continue
		}
		for i := range it.findings {
			it.findings[i].Outcome = it.outcome
		}
		if err := f.rejects(it.line, it.findings); err != nil {
			return err
		}
	}
	return nil
}
