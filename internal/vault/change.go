package vault

import (
	"encoding/binary"
	"errors"
	"fmt"

	"recourse/internal/seal"
	"recourse/internal/when"
)

// kind tells what a change does. Kinds are numbered for ever.
type kind uint8

const (
	isRoot     kind = 1  // the fixed part of a whole state; comes first in a store
	isEpoch    kind = 2  // an epoch of a whole state, or more nodes of the one before
	isLast     kind = 3  // end of the whole state; changes follow
	isSeed     kind = 4  // an epoch was drawn
	isLease    kind = 5  // leaves were leased
	isPuncture kind = 6  // slots were punctured
	isExpire   kind = 7  // epochs were forgotten
	isNewest   kind = 8  // a generation became the newest
	isDestroy  kind = 9  // generations were forgotten
	isSkip     kind = 10 // a counter was moved forward
)

// change is one step of the vault's state as it is kept in the store. Which
// fields count depends on the kind.
type change struct {
	kind    kind
	seq     int64 // the vault's number after the change; not for isEpoch and isLast
	epoch   seal.Epoch
	mark    SeedMark
	next    int64 // the next leaf that is not leased
	applied int64 // isRoot, isPuncture: the highest intent applied
	day     when.Date
	gen     uint32
	key     [32]byte // isSeed: the seed; isNewest: the key of the generation after
	slots   []seal.Slot
	nodes   []node
	root    *root
}

// nodeBytes is what a node takes in the store.
const nodeBytes = 4 + 1 + 32

// encoder writes changes, integers big-endian.
type encoder struct{ b []byte }

func (w *encoder) u8(v uint8)     { w.b = append(w.b, v) }
func (w *encoder) u32(v uint32)   { w.b = binary.BigEndian.AppendUint32(w.b, v) }
func (w *encoder) i64(v int64)    { w.b = binary.BigEndian.AppendUint64(w.b, uint64(v)) }
func (w *encoder) bytes(v []byte) { w.b = append(w.b, v...) }

// change writes c behind what is there.
func (w *encoder) change(c *change) {
	w.u8(uint8(c.kind))
	switch c.kind {
	case isRoot:
		w.i64(c.seq)
		w.root(c.root)
	case isEpoch:
		w.i64(int64(c.epoch))
		w.i64(int64(c.mark))
		w.i64(c.next)
		w.u32(uint32(len(c.nodes)))
		for i := range c.nodes {
			w.u32(c.nodes[i].first)
			w.u8(c.nodes[i].level)
			w.bytes(c.nodes[i].key[:])
		}
	case isLast:
	case isSeed:
		w.i64(c.seq)
		w.i64(int64(c.epoch))
		w.bytes(c.key[:])
	case isLease, isSkip:
		w.i64(c.seq)
		w.i64(int64(c.epoch))
		w.i64(c.next)
	case isPuncture:
		w.i64(c.seq)
		w.i64(c.applied)
		w.u32(uint32(len(c.slots)))
		for _, s := range c.slots {
			w.i64(int64(s.Epoch))
			w.u32(uint32(s.Leaf))
		}
	case isExpire:
		w.i64(c.seq)
		w.u32(uint32(c.day))
	case isNewest:
		w.i64(c.seq)
		w.u32(c.gen)
		w.bytes(c.key[:])
	case isDestroy:
		w.i64(c.seq)
		w.u32(c.gen)
	}
}

func (w *encoder) root(r *root) {
	w.bytes(r.id[:])
	w.u8(uint8(r.mode))
	w.i64(r.applied)
	w.u32(uint32(r.ended))
	w.bytes(r.pseudonym[:])
	w.bytes(r.sourceRef[:])
	w.u8(uint8(len(r.generations)))
	for _, g := range r.generations {
		w.u32(g.number)
		w.bytes(g.key[:])
	}
	w.bytes(r.prepared[:])
}

var errShort = errors.New("an entry ends in the middle of a change")

// decoder reads what an encoder wrote. After the first error it gives zeros.
type decoder struct {
	b   []byte
	err error
}

func (r *decoder) take(n int) []byte {
	if r.err != nil || n > len(r.b) {
		if r.err == nil {
			r.err = errShort
		}
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *decoder) u8() uint8 {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *decoder) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *decoder) i64() int64 {
	if b := r.take(8); b != nil {
		return int64(binary.BigEndian.Uint64(b))
	}
	return 0
}

func (r *decoder) into(dst []byte) { copy(dst, r.take(len(dst))) }

// count reads how many things of a size follow, and refuses more than there can
// be, so that a wrong number costs no memory.
func (r *decoder) count(size int) int {
	n := int(r.u32())
	if r.err == nil && n > len(r.b)/size {
		r.err = errShort
	}
	if r.err != nil {
		return 0
	}
	return n
}

// change reads the next change.
func (r *decoder) change() (change, error) {
	c := change{kind: kind(r.u8())}
	switch c.kind {
	case isRoot:
		c.seq = r.i64()
		c.root = r.root()
	case isEpoch:
		c.epoch, c.mark, c.next = seal.Epoch(r.i64()), SeedMark(r.i64()), r.i64()
		c.nodes = make([]node, r.count(nodeBytes))
		for i := range c.nodes {
			c.nodes[i].first, c.nodes[i].level = r.u32(), r.u8()
			r.into(c.nodes[i].key[:])
		}
	case isLast:
	case isSeed:
		c.seq, c.epoch = r.i64(), seal.Epoch(r.i64())
		r.into(c.key[:])
	case isLease, isSkip:
		c.seq, c.epoch, c.next = r.i64(), seal.Epoch(r.i64()), r.i64()
	case isPuncture:
		c.seq, c.applied = r.i64(), r.i64()
		c.slots = make([]seal.Slot, r.count(12))
		for i := range c.slots {
			c.slots[i] = seal.Slot{Epoch: seal.Epoch(r.i64()), Leaf: seal.Leaf(r.u32())}
		}
	case isExpire:
		c.seq, c.day = r.i64(), when.Date(r.u32())
	case isNewest:
		c.seq, c.gen = r.i64(), r.u32()
		r.into(c.key[:])
	case isDestroy:
		c.seq, c.gen = r.i64(), r.u32()
	default:
		return c, fmt.Errorf("an entry holds a change of unknown kind %d", c.kind)
	}
	return c, r.err
}

func (r *decoder) root() *root {
	var t root
	r.into(t.id[:])
	t.mode = Mode(r.u8())
	t.applied = r.i64()
	t.ended = when.Date(r.u32())
	r.into(t.pseudonym[:])
	r.into(t.sourceRef[:])
	n := r.u8()
	for range n {
		g := generation{number: r.u32()}
		r.into(g.key[:])
		t.generations = append(t.generations, g)
		if r.err != nil {
			break
		}
	}
	r.into(t.prepared[:])
	return &t
}
