package vault

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"math/bits"
	"slices"

	"recourse/internal/seal"
)

// levels is the depth of every tree: leaves are numbered 0 to 2^32-1.
const levels = 32

// split is the level at which the nodes of a tree go into pages of 2^below leaves, so
// that a puncture moves some kilobytes of nodes, however many leaves were punctured.
const split, below = 22, levels - 22

// node is a subtree that is wholly there: every leaf below it can be derived
// from its key.
type node struct {
	first uint32 // its first leaf
	level uint8  // 0 is the root
	key   [32]byte
}

// last returns the last leaf below n.
func (n *node) last() uint32 { return n.first + uint32(uint64(1)<<(levels-n.level)-1) }

// tree is a GGM pseudo-random function that can be punctured: the least set of
// subtrees that still holds every leaf that was not punctured.
type tree struct {
	top   []node            // at level split or above, in order of first
	pages map[uint32][]node // below level split, by the first split bits of first
}

// newTree returns the whole tree of a seed.
func newTree(seed [32]byte) tree { return tree{top: []node{{key: seed}}} }

// child returns the key of the left (0) or right (1) half of a node:
// SHA-256("recourse/ggm/v1" ‖ bit ‖ key), which is one block.
func child(key *[32]byte, bit byte) [32]byte {
	const domain = "recourse/ggm/v1"
	var b [len(domain) + 1 + 32]byte
	copy(b[:], domain)
	b[len(domain)] = bit
	copy(b[len(domain)+1:], key[:])
	return sha256.Sum256(b[:])
}

// descend returns the key of the node at level to on the way from n to leaf.
func (n *node) descend(leaf uint32, to uint8) [32]byte {
	key := n.key
	for l := n.level; l < to; l++ {
		key = child(&key, byte(leaf>>(levels-1-l)&1))
	}
	return key
}

// walker goes from leaf to leaf and keeps the keys on the way down, so that
// neighbours share them. It holds secrets: clear its keys after use.
type walker struct {
	of   *epoch
	leaf uint32
	from uint8 // keys from this level on are those of the way to leaf
	keys [levels + 1][32]byte
}

// descend returns the key of leaf below n, a node of e that is there.
func (w *walker) descend(e *epoch, n *node, leaf uint32) *[32]byte {
	shared := uint8(bits.LeadingZeros32(leaf ^ w.leaf))
	if w.of != e || shared < n.level || shared < w.from {
		shared, w.of, w.from, w.keys[n.level] = n.level, e, n.level, n.key
	}
	for l := shared; l < levels; l++ {
		w.keys[l+1] = child(&w.keys[l], byte(leaf>>(levels-1-l)&1))
	}
	w.leaf = leaf
	return &w.keys[levels]
}

// find returns the node above leaf, or nil where leaf is punctured.
func (t *tree) find(leaf uint32) *node {
	if page := t.pages[leaf>>below]; page != nil {
		if i := above(page, leaf); i >= 0 {
			return &page[i]
		}
		return nil
	}
	if i := above(t.top, leaf); i >= 0 {
		return &t.top[i]
	}
	return nil
}

// above returns the index of the node above leaf in nodes, or -1.
func above(nodes []node, leaf uint32) int {
	i, found := slices.BinarySearchFunc(nodes, leaf, func(n node, leaf uint32) int { return cmp.Compare(n.first, leaf) })
	if !found {
		i--
	}
	if i < 0 || leaf > nodes[i].last() {
		return -1
	}
	return i
}

// puncture removes leaf and reports whether it was there.
func (t *tree) puncture(leaf uint32) bool {
	hi := leaf >> below
	if page := t.pages[hi]; page != nil {
		return t.drop(hi, page, leaf)
	}
	i := above(t.top, leaf)
	if i < 0 {
		return false
	}
	rest, low := part(t.top[i], leaf, split)
	t.top = splice(t.top, i, rest)
	return t.drop(hi, []node{low}, leaf)
}

// drop removes leaf from a page. An empty page stays: it is punctured whole,
// where no page at all is not.
func (t *tree) drop(hi uint32, page []node, leaf uint32) bool {
	i := above(page, leaf)
	if i < 0 {
		return false
	}
	rest, gone := part(page[i], leaf, levels)
	clear(gone.key[:])
	if t.pages == nil {
		t.pages = make(map[uint32][]node)
	}
	t.pages[hi] = splice(page, i, rest)
	return true
}

// part goes down from n towards leaf to level to; it returns the halves left
// aside, in order of first, and the node reached.
func part(n node, leaf uint32, to uint8) (rest []node, reached node) {
	var left, right []node
	for n.level < to {
		half := uint32(uint64(1) << (levels - 1 - n.level))
		l := node{first: n.first, level: n.level + 1, key: child(&n.key, 0)}
		r := node{first: n.first + half, level: n.level + 1, key: child(&n.key, 1)}
		if leaf < r.first {
			right, n = append(right, r), l
		} else {
			left, n = append(left, l), r
		}
	}
	slices.Reverse(right)
	return append(left, right...), n
}

// splice puts rest in the place of nodes[i] and overwrites the key that was
// there, so that it does not linger in memory.
func splice(nodes []node, i int, rest []node) []node {
	clear(nodes[i].key[:])
	return slices.Replace(nodes, i, i+1, rest...)
}

// size returns how many nodes are kept.
func (t *tree) size() int {
	n := len(t.top)
	for _, page := range t.pages {
		n += len(page)
	}
	return n
}

// nodes returns all nodes in order of first.
func (t *tree) nodes() []node {
	all := make([]node, 0, t.size())
	all = append(all, t.top...)
	for _, page := range t.pages {
		all = append(all, page...)
	}
	slices.SortFunc(all, func(a, b node) int { return cmp.Compare(a.first, b.first) })
	return all
}

var errTree = errors.New("nodes of a tree overlap or are out of order")

// graft adds a node that comes after all others, as nodes() gave them.
func (t *tree) graft(n node) error {
	if n.level > levels || n.first&(n.last()-n.first) != 0 {
		return errTree
	}
	if n.level <= split {
		if len(t.top) > 0 && n.first <= t.top[len(t.top)-1].last() {
			return errTree
		}
		t.top = append(t.top, n)
		return nil
	}
	hi := n.first >> below
	page := t.pages[hi]
	if len(page) > 0 && n.first <= page[len(page)-1].last() {
		return errTree
	}
	if t.pages == nil {
		t.pages = make(map[uint32][]node)
	}
	t.pages[hi] = append(page, n)
	return nil
}

// leafOf returns the number of a leaf, if it is one.
func leafOf(l seal.Leaf) (uint32, bool) { return uint32(l), l >= 0 && l <= MaxLeaf }
