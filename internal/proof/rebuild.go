package proof

import (
	"bytes"

	"recourse/internal/merkle"
)

// Rebuilt is what Rebuild found.
type Rebuilt struct {
	Entries uint64
	Public  uint64 // of which everybody may read
}

// Rebuild reads every entry and every tile of a log and returns nil if all of them
// make the checkpoint's root: ErrTile names the first that does not agree. each, where
// it is not nil, gets every entry in order.
func Rebuild(c Checkpoint, read Read, each func(index uint64, entry []byte) error) (Rebuilt, error) {
	return RebuildAfter(c, Checkpoint{Root: merkle.Empty()}, read, each)
}

// RebuildAfter is Rebuild of a shard: of what came after an older checkpoint, which was
// checked by itself. Entries and tiles of level 0 that lie wholly before it are not
// read; what is counted and what each gets comes after it. It is ErrRollback where the
// older one is longer, and ErrFork where all agrees with c and c did not grow from it.
func RebuildAfter(c, older Checkpoint, read Read, each func(index uint64, entry []byte) error) (r Rebuilt, err error) {
	if older.Size > c.Size {
		return r, ErrRollback
	}
	b := rebuilding{older: older, each: each, levels: levels{read: read}, whole: &merkle.Range{}}
	if err := b.skip(c, older.Size/TileWidth); err != nil {
		return r, err
	}
	for b.whole.Size() < c.Size {
		if err := b.bundle(c); err != nil {
			return b.Rebuilt, err
		}
	}
	if err := b.levels.partial(); err != nil {
		return b.Rebuilt, err
	}
	b.compare()
	switch {
	case b.whole.Root() != c.Root:
		return b.Rebuilt, ErrTile
	case b.forked:
		return b.Rebuilt, ErrFork
	}
	return b.Rebuilt, nil
}

// rebuilding is a log as far as it was read.
type rebuilding struct {
	Rebuilt
	older  Checkpoint
	each   func(index uint64, entry []byte) error
	levels levels
	whole  *merkle.Range
	forked bool
}

// compare compares the tree with the older checkpoint when it is as long. That it was
// forked is said at the end: where a tile is torn, that is what is wrong.
func (b *rebuilding) compare() {
	if b.whole.Size() == b.older.Size && b.older.Size > 0 && b.whole.Root() != b.older.Root {
		b.forked = true
	}
}

// skip takes the roots of whole tiles of level 0 out of the tiles above them.
func (b *rebuilding) skip(c Checkpoint, tiles uint64) error {
	if tiles == 0 {
		return nil
	}
	b.levels.open = append(b.levels.open, levelOf{n: tiles})
	full, partial := TilesOf(c.Size, 1)
	var above []byte
	var roots merkle.Range
	for n := range tiles {
		if n%TileWidth == 0 {
			t := Tile{Level: 1, N: n / TileWidth, Width: TileWidth}
			if t.N == full {
				t.Width = partial
			}
			raw, err := b.levels.read(t)
			if err == nil && len(raw) != t.Width*merkle.Size {
				err = ErrTile
			}
			if err != nil {
				return err
			}
			above = raw
		}
		h := Hash(above[n%TileWidth*merkle.Size:])
		roots.Append(h)
		if err := b.levels.add(1, h); err != nil {
			return err
		}
	}
	whole, err := merkle.Open(tiles*TileWidth, roots.Bytes())
	b.whole = &whole
	return err
}

// bundle reads the next bundle of entries.
func (b *rebuilding) bundle(c Checkpoint) error {
	at := b.whole.Size()
	width := int(min(TileWidth, c.Size-at))
	raw, err := b.levels.read(Tile{Level: Bundles, N: at / TileWidth, Width: width})
	if err != nil {
		return err
	}
	list, err := SplitBundle(raw, width)
	if err == nil && len(bytes.Join(list, nil))+2*width != len(raw) {
		err = ErrTile // what lies behind the entries is signed by nobody
	}
	if err != nil {
		return err
	}
	for _, entry := range list {
		b.compare()
		if err := b.entry(entry); err != nil {
			return err
		}
	}
	return nil
}

func (b *rebuilding) entry(entry []byte) error {
	if at := b.whole.Size(); at >= b.older.Size {
		b.Entries++
		if len(entry) > 0 && entry[0] == publicEntry {
			b.Public++
		}
		if b.each != nil {
			if err := b.each(at, entry); err != nil {
				return err
			}
		}
	}
	h := EntryHash(entry)
	b.whole.Append(h)
	return b.levels.add(0, h)
}

// levels compares the tiles of each level with what they must be.
type levels struct {
	read Read
	open []levelOf
}

type levelOf struct {
	n      uint64
	hashes []byte
	of     merkle.Range
}

func (l *levels) add(level int, h Hash) error {
	if level == len(l.open) {
		l.open = append(l.open, levelOf{})
	}
	at := &l.open[level]
	at.hashes = append(at.hashes, h[:]...)
	at.of.Append(h)
	if at.of.Size() < TileWidth {
		return nil
	}
	if err := l.compare(level, TileWidth); err != nil {
		return err
	}
	root := at.of.Root()
	*at = levelOf{n: at.n + 1, hashes: at.hashes[:0]}
	return l.add(level+1, root)
}

func (l *levels) compare(level, width int) error {
	at := &l.open[level]
	raw, err := l.read(Tile{Level: level, N: at.n, Width: width})
	if err == nil && !bytes.Equal(raw, at.hashes) {
		err = ErrTile
	}
	return err
}

func (l *levels) partial() error {
	for level := range l.open {
		if w := int(l.open[level].of.Size()); w > 0 {
			if err := l.compare(level, w); err != nil {
				return err
			}
		}
	}
	return nil
}
