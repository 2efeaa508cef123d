// Package merkle builds and checks trees of hashes as RFC 9162 (2.1) defines
// them, with SHA-256.
//
// It promises that a tree grows leaf by leaf in memory that does not grow with
// it; that a proof holds for one leaf, one place and one root; and that a leaf is
// never taken for an inner node. It does not make leaves secret: what goes in is a
// commitment already.
package merkle

import (
	"crypto/sha256"
	"errors"
	"math/bits"
)

// Size is the size of a hash in bytes.
const Size = sha256.Size

// Hash is a hash of a leaf or of an inner node.
type Hash [Size]byte

// Leaf returns the hash of a leaf with this content.
func Leaf(content []byte) Hash {
	var small [256]byte
	return sha256.Sum256(append(append(small[:0], 0), content...))
}

// Inner returns the hash of the node over two others.
func Inner(left, right Hash) Hash {
	var b [1 + 2*Size]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+Size:], right[:])
	return sha256.Sum256(b[:])
}

// Empty returns the root of a tree without leaves.
func Empty() Hash { return sha256.Sum256(nil) }

// Range is a tree that grows at its end: only the roots of its whole subtrees
// are kept, at most 64. The zero Range is empty.
type Range struct {
	size  uint64
	peaks []Hash // the largest subtree first
}

// Size returns how many leaves there are.
func (r *Range) Size() uint64 { return r.size }

// Append adds the hash of one leaf.
func (r *Range) Append(leaf Hash) {
	for n := r.size; n&1 == 1; n >>= 1 {
		last := len(r.peaks) - 1
		leaf = Inner(r.peaks[last], leaf)
		r.peaks = r.peaks[:last]
	}
	r.peaks = append(r.peaks, leaf)
	r.size++
}

// Root returns the root of the tree as it is now.
func (r *Range) Root() Hash {
	if r.size == 0 {
		return Empty()
	}
	root := r.peaks[len(r.peaks)-1]
	for i := len(r.peaks) - 2; i >= 0; i-- {
		root = Inner(r.peaks[i], root)
	}
	return root
}

// Clone returns a Range that grows apart from r.
func (r *Range) Clone() Range {
	return Range{size: r.size, peaks: append([]Hash(nil), r.peaks...)}
}

// Bytes returns what Open needs to go on: the kept hashes one after another.
func (r *Range) Bytes() []byte {
	out := make([]byte, 0, len(r.peaks)*Size)
	for _, p := range r.peaks {
		out = append(out, p[:]...)
	}
	return out
}

// ErrRange is returned for bytes that are no Range of that many leaves.
var ErrRange = errors.New("the kept hashes of a tree do not fit its size")

// Open returns the Range of size leaves that Bytes wrote.
func Open(size uint64, kept []byte) (Range, error) {
	if len(kept) != bits.OnesCount64(size)*Size {
		return Range{}, ErrRange
	}
	r := Range{size: size}
	for ; len(kept) > 0; kept = kept[Size:] {
		r.peaks = append(r.peaks, Hash(kept))
	}
	return r, nil
}
