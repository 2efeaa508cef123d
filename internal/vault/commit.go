package vault

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"recourse/internal/fault"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// op is one call that changes the vault. plan says which changes it needs, in
// view of what was planned before it in the same write.
type op struct {
	plan    func(*stage) ([]change, error)
	alone   bool // not in one write with others
	changes []change
	err     error
	done    bool
}

// stage is the state with the changes that are planned and not yet durable.
// Calls that share a write see each other through it: only leases need to.
type stage struct {
	*state
	seq   int64
	next  map[seal.Epoch]int64
	drawn map[seal.Epoch]SeedMark
}

func (s *stage) number() int64 { s.seq++; return s.seq }

// counter returns the next leaf of an epoch, or false where the epoch is not
// there.
func (s *stage) counter(e seal.Epoch) (int64, bool) {
	if n, ok := s.next[e]; ok {
		return n, true
	}
	if x := s.epochs[e]; x != nil {
		return x.next, true
	}
	return 0, false
}

// mark returns the mark of an epoch's seed.
func (s *stage) mark(e seal.Epoch) SeedMark {
	if x := s.epochs[e]; x != nil {
		return x.mark
	}
	return s.drawn[e]
}

// commit makes the changes of an op durable and applies them. Whoever gets the
// turn writes for all who wait, with one sync.
func (v *Vault) commit(ctx context.Context, o *op) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	v.waiting.Lock()
	v.queue = append(v.queue, o)
	v.waiting.Unlock()
	v.turn.Lock()
	defer v.turn.Unlock()
	if !o.done {
		v.waiting.Lock()
		list := v.queue
		v.queue = nil
		v.waiting.Unlock()
		v.write(list)
	}
	return o.err
}

// write carries out ops in their order, as many in one write as may be.
func (v *Vault) write(list []*op) {
	for len(list) > 0 {
		n := 1
		for !list[0].alone && n < len(list) && !list[n].alone && n < 64 {
			n++
		}
		v.writeOnce(list[:n])
		list = list[n:]
	}
}

func (v *Vault) writeOnce(list []*op) {
	s := stage{state: v.st, seq: v.st.seq, next: map[seal.Epoch]int64{}, drawn: map[seal.Epoch]SeedMark{}}
	var w encoder
	for _, o := range list {
		o.done = true
		before := s.seq
		if v.closed {
			o.err = fault.New(fault.Unavailable, "E-VAULT-CLOSED", "The vault is shutting down. Nothing was done or lost. Try again.")
			continue
		}
		if o.changes, o.err = o.plan(&s); o.err != nil {
			o.changes, s.seq = nil, before
		}
		for i := range o.changes {
			w.change(&o.changes[i])
		}
	}
	if len(w.b) == 0 {
		return
	}
	err := v.journal.Append(w.b)
	clear(w.b)
	v.report(err)
	v.settle(list, err)
}

// settle applies what is durable now, or tells all who took part that it is not.
func (v *Vault) settle(list []*op, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, o := range list {
		if o.err != nil || len(o.changes) == 0 {
			continue
		}
		if o.err = err; err != nil {
			continue
		}
		for i := range o.changes {
			if e := v.st.apply(&o.changes[i]); e != nil {
				panic("vault: a planned change does not fit: " + e.Error()) // cannot happen; going on could reuse a leaf
			}
		}
	}
}

// seed plans the drawing of an epoch.
func (v *Vault) seed(s *stage, e seal.Epoch) (change, error) {
	if e.Class() == 0 || e.End() < s.ended {
		return change{}, fault.Newf(fault.Refused, "E-VAULT-ENDED",
			"Nothing can be sealed under %s any more: that day has passed and its keys are gone. Nothing was sealed. Choose a later end.", e)
	}
	c := change{kind: isSeed, epoch: e}
	if err := draw(v.minter, &c.key); err != nil {
		return change{}, err
	}
	c.seq = s.number()
	s.next[e] = 0
	s.drawn[e] = seedMark(&c.key)
	return c, nil
}

// Lease gives n leaves of an epoch to the caller.
func (v *Vault) Lease(ctx context.Context, e seal.Epoch, n int) (Lease, error) {
	if n < 1 || n > MaxLease {
		return Lease{}, fault.Newf(fault.Invalid, "E-VAULT-BOUNDS", "A lease has 1 to %d leaves; %d were asked for. Nothing was done.", MaxLease, n)
	}
	var l Lease
	o := &op{plan: func(s *stage) (list []change, err error) {
		first, there := s.counter(e)
		if first+int64(n) > MaxLeaf+1 {
			return nil, fault.Newf(fault.Refused, "E-VAULT-EPOCH-FULL",
				"Epoch %s has no %d leaves left. Nothing was sealed. Choose another end day.", e, n)
		}
		if !there {
			c, err := v.seed(s, e)
			if err != nil {
				return nil, err
			}
			list = append(list, c)
		}
		s.next[e] = first + int64(n)
		l = Lease{First: seal.Leaf(first), Seed: s.mark(e), Seq: s.number()}
		return append(list, change{kind: isLease, seq: l.Seq, epoch: e, next: s.next[e]}), nil
	}}
	if err := v.commit(ctx, o); err != nil {
		return Lease{}, err
	}
	return l, nil
}

// Puncture makes the slots of intents underivable.
func (v *Vault) Puncture(ctx context.Context, intents []Intent) (applied int64, err error) {
	if err := bounds(len(intents)); err != nil {
		return 0, err
	}
	o := &op{plan: func(s *stage) ([]change, error) {
		c := change{kind: isPuncture, applied: s.applied}
		for _, in := range intents {
			leaf, ok := leafOf(in.Slot.Leaf)
			if !ok || in.Seq < 0 {
				return nil, fault.New(fault.Invalid, "E-VAULT-BOUNDS", "An intent names a leaf that cannot be. Nothing was done.")
			}
			c.applied = max(c.applied, in.Seq)
			if e := s.epochs[in.Slot.Epoch]; e != nil && e.tree.find(leaf) != nil {
				c.slots = append(c.slots, in.Slot)
			}
		}
		applied = c.applied
		if len(c.slots) == 0 && c.applied == s.applied {
			return nil, nil
		}
		c.seq = s.number()
		return []change{c}, nil
	}}
	if err := v.commit(ctx, o); err != nil {
		return 0, err
	}
	return applied, nil
}

// Expire deletes the seeds of epochs that ended before a day.
func (v *Vault) Expire(ctx context.Context, before when.Date) (n int, err error) {
	o := &op{alone: true, plan: func(s *stage) ([]change, error) {
		n = len(s.ending(before))
		if n == 0 && before <= s.ended {
			return nil, nil
		}
		return []change{{kind: isExpire, seq: s.number(), day: before}}, nil
	}}
	return n, v.commit(ctx, o)
}

// lastDay bounds the days that seeds are drawn ahead of: the year 9000.
const lastDay = when.Date(2_567_000)

// seedsAtOnce bounds the entry that drawing epochs ahead makes.
const seedsAtOnce = 4096

// Extend draws the seeds ahead of a day that are missing.
func (v *Vault) Extend(ctx context.Context, today when.Date) (n int, err error) {
	if today > lastDay {
		return 0, fault.Newf(fault.Invalid, "E-VAULT-BOUNDS", "Epochs cannot be drawn ahead of %s. Nothing was done.", today)
	}
	for {
		drawn := 0
		o := &op{alone: true, plan: func(s *stage) (list []change, err error) {
			for _, e := range missing(s.state, v.ahead, today) {
				if len(list) == seedsAtOnce {
					break
				}
				c, err := v.seed(s, e)
				if err != nil {
					return nil, err
				}
				list = append(list, c)
			}
			drawn = len(list)
			return list, nil
		}}
		if err := v.commit(ctx, o); err != nil || drawn == 0 {
			return n, err
		}
		n += drawn
	}
}

// Skip moves counters and the vault's number forward.
func (v *Vault) Skip(ctx context.Context, to Jump) error {
	if err := bounds(len(to.Counters)); err != nil {
		return err
	}
	return v.commit(ctx, &op{alone: true, plan: func(s *stage) (list []change, err error) {
		if to.Seq >= s.seq {
			s.seq = to.Seq
			list = append(list, change{kind: isSkip, seq: s.number()})
		}
		for _, c := range to.Counters {
			if c.Next < 0 || c.Next > MaxLeaf+1 {
				return nil, fault.New(fault.Invalid, "E-VAULT-BOUNDS", "A counter cannot be moved there. Nothing was done.")
			}
			next, there := s.counter(c.Epoch)
			if int64(c.Next) <= next || c.Epoch.End() < s.ended {
				continue
			}
			if !there {
				fresh, err := v.seed(s, c.Epoch)
				if err != nil {
					return nil, err
				}
				list = append(list, fresh)
			}
			s.next[c.Epoch] = int64(c.Next)
			list = append(list, change{kind: isSkip, seq: s.number(), epoch: c.Epoch, next: int64(c.Next)})
		}
		return list, nil
	}})
}

// NewGeneration makes g the newest index generation.
func (v *Vault) NewGeneration(ctx context.Context, g uint32) error {
	return v.commit(ctx, &op{alone: true, plan: func(s *stage) ([]change, error) {
		newest := s.generations[0].number
		switch {
		case g == newest:
			return nil, nil
		case g != newest+1, len(s.generations) > 1:
			return nil, fault.Newf(fault.Refused, "E-VAULT-GENERATION",
				"Index generation %d cannot begin: %d is the newest of %d. Nothing was changed. Destroy the older one first; then the next is %d.",
				g, newest, len(s.generations), newest+1)
		}
		c := change{kind: isNewest, gen: g}
		if err := draw(v.minter, &c.key); err != nil {
			return nil, err
		}
		c.seq = s.number()
		return []change{c}, nil
	}})
}

// DestroyGeneration forgets index generations up to g.
func (v *Vault) DestroyGeneration(ctx context.Context, g uint32) error {
	return v.commit(ctx, &op{alone: true, plan: func(s *stage) ([]change, error) {
		if g >= s.generations[0].number {
			return nil, fault.Newf(fault.Refused, "E-VAULT-GENERATION",
				"Index generation %d is the newest and cannot be destroyed. Nothing was changed. Begin a new one and re-token first.", g)
		}
		if !slices.ContainsFunc(s.generations, func(x generation) bool { return x.number <= g }) {
			return nil, nil
		}
		return []change{{kind: isDestroy, seq: s.number(), gen: g}}, nil
	}})
}

// Reseal writes the store anew under a new root-key version.
func (v *Vault) Reseal(ctx context.Context, now time.Time) (Resealed, error) {
	v.turn.Lock()
	defer v.turn.Unlock()
	if v.closed {
		return Resealed{}, fault.New(fault.Unavailable, "E-VAULT-CLOSED", "The vault is shutting down. Nothing was done or lost. Try again.")
	}
	r, err := v.journal.Rewrite(ctx, Head{ID: v.st.id, Mode: v.st.mode}, now, v.st.dump())
	v.report(err)
	return r, err
}

func readFull(r io.Reader, b []byte) (int, error) {
	n, err := io.ReadFull(r, b)
	if err != nil {
		return n, fmt.Errorf("drawing a secret: %w", err)
	}
	return n, nil
}
