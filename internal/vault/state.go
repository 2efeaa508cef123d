package vault

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/bits"
	"slices"

	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// root is the part of the state that there is once.
type root struct {
	id          ref.Vault
	mode        Mode
	applied     int64
	ended       when.Date
	pseudonym   [32]byte
	sourceRef   [32]byte
	generations []generation // newest first, one or two
	prepared    [32]byte     // key of the generation after the newest, drawn ahead
}

// generation is an index key.
type generation struct {
	number uint32
	key    [32]byte
}

// epoch is one seed, less what was punctured, and what of it was leased.
type epoch struct {
	tree tree
	mark SeedMark
	next int64
	// near is a node above all leased leaves, kept so that deriving starts below
	// the root; near.level is 0 where there is none.
	near node
}

// state is everything a vault remembers. It changes only by apply.
type state struct {
	root
	seq    int64
	epochs map[seal.Epoch]*epoch
	whole  bool // the dump it came from was read to its end
}

// born returns a new state with its secrets drawn from m.
func born(m ref.Minter, mode Mode) (*state, error) {
	id, err := ref.Mint[ref.Vault](m)
	if err != nil {
		return nil, err
	}
	st := &state{epochs: map[seal.Epoch]*epoch{}, whole: true,
		root: root{id: id, mode: mode, generations: []generation{{number: 1}}}}
	for _, key := range []*[32]byte{&st.pseudonym, &st.sourceRef, &st.generations[0].key, &st.prepared} {
		if err := draw(m, key); err != nil {
			return nil, err
		}
	}
	return st, nil
}

// covering returns the node to derive leaf from, or nil where it is gone.
func (e *epoch) covering(leaf uint32) *node {
	if e.near.level > 0 && leaf <= e.near.last() {
		return &e.near
	}
	return e.tree.find(leaf)
}

// puncture removes leaf and what was kept above it.
func (e *epoch) puncture(leaf uint32) {
	if leaf <= e.near.last() {
		e.near = node{}
	}
	e.tree.puncture(leaf)
}

// lease moves the counter to next, and near with it.
func (e *epoch) lease(next int64) {
	e.next = next
	if next == 0 || e.near.level > 0 && next-1 <= int64(e.near.last()) {
		return
	}
	e.near = node{}
	level := uint8(levels - bits.Len32(uint32(next-1)))
	if n := e.tree.find(0); n != nil && n.level < level {
		e.near = node{level: level, key: n.descend(0, level)}
	}
}

var errGap = errors.New("a change is missing or comes twice")

// apply takes one step. It refuses what cannot come next.
func (st *state) apply(c *change) error {
	switch {
	case !st.whole:
		return st.restore(c)
	case c.kind == isSkip && c.seq <= st.seq, c.kind != isSkip && c.seq != st.seq+1:
		return errGap
	}
	switch c.kind {
	case isSeed:
		if st.epochs[c.epoch] != nil {
			return fmt.Errorf("epoch %s is drawn twice", c.epoch)
		}
		st.epochs[c.epoch] = &epoch{tree: newTree(c.key), mark: seedMark(&c.key)}
	case isLease, isSkip:
		e := st.epochs[c.epoch]
		if c.kind == isSkip && c.epoch == 0 {
			break // only the number moves
		}
		if e == nil || c.next < e.next || c.next > MaxLeaf+1 {
			return fmt.Errorf("the counter of epoch %s cannot move to %d", c.epoch, c.next)
		}
		e.lease(c.next)
	case isPuncture:
		for _, s := range c.slots {
			if e := st.epochs[s.Epoch]; e != nil {
				e.puncture(uint32(s.Leaf))
			}
		}
		st.applied = max(st.applied, c.applied)
	case isExpire:
		st.expire(c.day)
	case isNewest:
		st.generations = slices.Insert(st.generations, 0, generation{number: c.gen, key: st.prepared})
		st.prepared = c.key
	case isDestroy:
		st.destroy(c.gen)
	default:
		return fmt.Errorf("a change of kind %d cannot come here", c.kind)
	}
	st.seq = c.seq
	return nil
}

// restore takes one step of a dump.
func (st *state) restore(c *change) error {
	if (c.kind == isRoot) != (st.epochs == nil) {
		return errors.New("the store does not begin with a whole state")
	}
	switch c.kind {
	case isRoot:
		st.root, st.seq, st.epochs = *c.root, c.seq, map[seal.Epoch]*epoch{}
		if n := len(st.generations); n < 1 || n > 2 {
			return fmt.Errorf("there are %d index generations", n)
		}
	case isEpoch:
		e := st.epochs[c.epoch]
		if e == nil {
			e = &epoch{mark: c.mark}
			st.epochs[c.epoch] = e
		}
		for _, n := range c.nodes {
			if err := e.tree.graft(n); err != nil {
				return err
			}
		}
		e.lease(c.next)
	case isLast:
		st.whole = true
	default:
		return fmt.Errorf("a change of kind %d cannot come inside a whole state", c.kind)
	}
	return nil
}

// ending returns the epochs that end before a day.
func (st *state) ending(before when.Date) (list []seal.Epoch) {
	for e := range st.epochs {
		if e.End() < before {
			list = append(list, e)
		}
	}
	return list
}

func (st *state) expire(before when.Date) {
	for _, e := range st.ending(before) {
		old := st.epochs[e]
		clear(old.tree.top)
		for _, page := range old.tree.pages {
			clear(page)
		}
		old.near = node{}
		delete(st.epochs, e)
	}
	st.ended = max(st.ended, before)
}

func (st *state) destroy(g uint32) {
	for i := range st.generations {
		if st.generations[i].number <= g {
			clear(st.generations[i].key[:])
		}
	}
	st.generations = slices.DeleteFunc(st.generations, func(x generation) bool { return x.number <= g })
}

// entryBytes is about how long the entries of a dump are.
const entryBytes = 64 << 10

// dump returns the whole state as entries for a new store. The state must not
// change meanwhile.
func (st *state) dump() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		var w encoder
		w.change(&change{kind: isRoot, seq: st.seq, root: &st.root})
		for _, id := range sorted(st.epochs) {
			e := st.epochs[id]
			list := e.tree.nodes()
			for first := true; first || len(list) > 0; first = false {
				n := min(len(list), entryBytes/nodeBytes)
				w.change(&change{kind: isEpoch, epoch: id, mark: e.mark, next: e.next, nodes: list[:n]})
				list = list[n:]
				if len(w.b) >= entryBytes {
					if !yield(w.b) {
						return
					}
					w.b = w.b[:0]
				}
			}
		}
		w.change(&change{kind: isLast})
		yield(w.b)
	}
}

// sorted returns the epochs by class and end day.
func sorted(epochs map[seal.Epoch]*epoch) []seal.Epoch {
	return slices.SortedFunc(maps.Keys(epochs), func(a, b seal.Epoch) int { return cmp.Compare(a, b) })
}

// replay takes the changes of one entry of the store.
func (st *state) replay(entry []byte) error {
	r := decoder{b: entry}
	for len(r.b) > 0 {
		c, err := r.change()
		if err != nil {
			return err
		}
		if err := st.apply(&c); err != nil {
			return err
		}
	}
	return nil
}
