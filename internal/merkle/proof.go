package merkle

import (
	"errors"
	"math/bits"
	"slices"
)

// span is the leaves from first up to end, without it.
type span struct {
	first, end uint64
	of         Range
}

// Prover makes the inclusion proof of one leaf from all leaves of a tree, read
// once and in order.
type Prover struct {
	size  uint64
	spans []*span // in order of their leaves
	path  []*span // in order of the proof: from the leaf up
	at    uint64
	next  int
}

// ErrPlace is returned where a tree has no such leaf.
var ErrPlace = errors.New("the tree has no such leaf")

// NewProver returns a Prover for the leaf at index, from 0, in a tree of size
// leaves.
func NewProver(size, index uint64) (*Prover, error) {
	if index >= size {
		return nil, ErrPlace
	}
	p := &Prover{size: size}
	for first, end := uint64(0), size; end-first > 1; {
		// The largest power of two below the number of leaves parts them.
		middle := first + 1<<(bits.Len64(end-first-1)-1)
		if index < middle {
			p.path, end = append(p.path, &span{first: middle, end: end}), middle
		} else {
			p.path, first = append(p.path, &span{first: first, end: middle}), middle
		}
	}
	slices.Reverse(p.path)
	p.spans = slices.SortedFunc(slices.Values(p.path), func(a, b *span) int {
		if a.first < b.first {
			return -1
		}
		return 1
	})
	return p, nil
}

// Append takes the hash of the next leaf.
func (p *Prover) Append(leaf Hash) {
	for p.next < len(p.spans) && p.spans[p.next].end <= p.at {
		p.next++
	}
	if p.next < len(p.spans) && p.spans[p.next].first <= p.at {
		p.spans[p.next].of.Append(leaf)
	}
	p.at++
}

// Proof returns the proof, from the leaf up. All leaves must have been given.
func (p *Prover) Proof() ([]Hash, error) {
	if p.at != p.size {
		return nil, ErrPlace
	}
	out := make([]Hash, len(p.path))
	for i, s := range p.path {
		out[i] = s.of.Root()
	}
	return out, nil
}

// Verify reports whether proof shows that leaf is at index in the tree of size
// leaves with this root (RFC 9162, 2.1.3.2).
func Verify(leaf Hash, index, size uint64, proof []Hash, root Hash) bool {
	if index >= size {
		return false
	}
	fn, sn, at := index, size-1, leaf
	for _, p := range proof {
		if sn == 0 {
			return false
		}
		if fn&1 == 1 || fn == sn {
			at = Inner(p, at)
			for fn&1 == 0 && fn != 0 {
				fn, sn = fn>>1, sn>>1
			}
		} else {
			at = Inner(at, p)
		}
		fn, sn = fn>>1, sn>>1
	}
	return sn == 0 && at == root
}
