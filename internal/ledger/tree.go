package ledger

import (
	"bytes"
	"slices"

	"recourse/internal/merkle"
	"recourse/internal/proof"
)

// tree is the log in memory: what is needed to grow, and what has changed since it
// was last written.
type tree struct {
	size   uint64
	bundle []byte   // of the last bundle
	full   [][]byte // bundles that were filled since
	open   []levelOf
	done   []Written
}

// levelOf is the last tile of one level. That of level 0 is not kept: it follows from
// the bundle.
type levelOf struct {
	hashes []byte
	of     merkle.Range
	moved  bool
}

func newTree(st State) (*tree, error) {
	t := &tree{size: st.Size, bundle: st.Bundle}
	entries, err := proof.SplitBundle(st.Bundle, int(st.Size%proof.TileWidth))
	if err != nil {
		return nil, ErrTorn
	}
	t.open = append(t.open, levelOf{})
	for _, e := range entries {
		t.open[0].of.Append(proof.EntryHash(e))
	}
	rest := st.Size / proof.TileWidth
	for level := 1; rest > 0; level++ {
		l := levelOf{}
		if width := int(rest % proof.TileWidth); width > 0 {
			if len(st.Tiles) <= level-1 || len(st.Tiles[level-1]) != width*merkle.Size {
				return nil, ErrTorn
			}
			l.hashes = slices.Clone(st.Tiles[level-1])
		}
		for h := range slices.Chunk(l.hashes, merkle.Size) {
			l.of.Append(proof.Hash(h))
		}
		t.open, rest = append(t.open, l), rest/proof.TileWidth
	}
	if h := t.head(0); h.Root != st.Root || !bytes.Equal(h.Kept, st.Kept) {
		return nil, ErrTorn
	}
	return t, nil
}

// head puts the tree together from the last tile of each level: the hashes that one
// keeps of its own are the tree's for its bits of the size.
func (t *tree) head(low uint64) Head {
	var kept []byte
	for _, l := range slices.Backward(t.open) {
		kept = append(kept, l.of.Bytes()...)
	}
	whole, err := merkle.Open(t.size, kept)
	if err != nil {
		return Head{} // of no tree: nothing agrees with it
	}
	return Head{Size: t.size, Root: whole.Root(), Kept: kept, Low: low}
}

func (t *tree) add(entry []byte, hash proof.Hash) {
	if t.bundle == nil {
		t.bundle = make([]byte, 0, proof.TileWidth*(2+len(entry)))
	}
	t.bundle = proof.AppendEntry(t.bundle, entry)
	t.size++
	t.put(0, hash)
	if t.size%proof.TileWidth == 0 {
		t.full, t.bundle = append(t.full, t.bundle), nil
	}
}

func (t *tree) put(level int, h proof.Hash) {
	if level == len(t.open) {
		t.open = append(t.open, levelOf{})
	}
	l := &t.open[level]
	l.of.Append(h)
	if level > 0 {
		l.hashes, l.moved = append(l.hashes, h[:]...), true
	}
	if l.of.Size() < proof.TileWidth {
		return
	}
	if level > 0 {
		n := t.size>>(8*(level+1)) - 1
		t.done = append(t.done, Written{Tile: proof.Tile{Level: level, N: n, Width: proof.TileWidth}, Bytes: l.hashes})
	}
	root := l.of.Root()
	*l = levelOf{}
	t.put(level+1, root)
}

// bundles returns the bundles that changed since it was last asked.
func (t *tree) bundles() (out []Written) {
	last := t.size / proof.TileWidth
	for i, b := range t.full {
		out = append(out, Written{Tile: proof.Tile{Level: proof.Bundles, N: last - uint64(len(t.full)-i), Width: proof.TileWidth}, Bytes: b})
	}
	if width := int(t.size % proof.TileWidth); width > 0 {
		out = append(out, Written{Tile: proof.Tile{Level: proof.Bundles, N: last, Width: width}, Bytes: t.bundle})
	}
	t.full = nil
	return out
}

// tiles is bundles for the tiles of the levels above 0.
func (t *tree) tiles() []Written {
	out := t.done
	t.done = nil
	for level := 1; level < len(t.open); level++ {
		if l := &t.open[level]; l.moved {
			n := t.size >> (8 * (level + 1))
			out = append(out, Written{Tile: proof.Tile{Level: level, N: n, Width: int(l.of.Size())}, Bytes: l.hashes})
			l.moved = false
		}
	}
	return out
}
