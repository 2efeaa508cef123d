package proof

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"recourse/internal/merkle"
)

// TileWidth is how many hashes or entries a full tile or bundle holds.
const TileWidth = 256

// Bundles is the level of entry bundles in a Tile.
const Bundles = -1

// Tile names one resource of the log (C2SP tlog-tiles): hashes of a level, from 0, or
// a bundle of entries.
type Tile struct {
	Level int // Bundles for entries
	N     uint64
	Width int // 256 for a full one
}

// Path is where the tile lies below the log's prefix.
func (t Tile) Path() string {
	level := "entries"
	if t.Level != Bundles {
		level = strconv.Itoa(t.Level)
	}
	n := fmt.Sprintf("%03d", t.N%1000)
	for rest := t.N / 1000; rest > 0; rest /= 1000 {
		n = fmt.Sprintf("x%03d/%s", rest%1000, n)
	}
	if t.Width != TileWidth {
		n += ".p/" + strconv.Itoa(t.Width)
	}
	return "tile/" + level + "/" + n
}

// ParseTile reads what Path wrote; anything else is no tile.
func ParseTile(path string) (t Tile, ok bool) {
	level, rest, found := strings.Cut(strings.TrimPrefix(path, "tile/"), "/")
	if !found || len(rest) > 64 {
		return t, false
	}
	t.Level, t.Width = Bundles, TileWidth
	if level != "entries" {
		n, err := strconv.ParseUint(level, 10, 6)
		if err != nil {
			return t, false
		}
		t.Level = int(n)
	}
	if before, width, partial := strings.Cut(rest, ".p/"); partial {
		n, err := strconv.ParseUint(width, 10, 8)
		if err != nil || n == 0 {
			return t, false
		}
		rest, t.Width = before, int(n)
	}
	for part := range strings.SplitSeq(rest, "/") {
		n, err := strconv.ParseUint(strings.TrimPrefix(part, "x"), 10, 10)
		if err != nil || t.N > 1<<53 {
			return t, false
		}
		t.N = t.N*1000 + n
	}
	return t, t.Path() == path
}

// TilesOf returns how many full tiles a level has in a tree of size leaves, and the
// width of the partial one behind them, 0 for none.
func TilesOf(size uint64, level int) (full uint64, partial int) {
	for range max(level, 0) {
		size /= TileWidth
	}
	return size / TileWidth, int(size % TileWidth)
}

// AppendEntry adds an entry to a bundle: its length in two bytes, then itself.
func AppendEntry(bundle, entry []byte) []byte {
	return append(binary.BigEndian.AppendUint16(bundle, uint16(len(entry))), entry...)
}

// LongestEntry is how long an entry may be.
const LongestEntry = 1<<16 - 1

// SplitBundle returns the first n entries of a bundle, or ErrTile where it has fewer.
// The entries lie within b.
func SplitBundle(b []byte, n int) ([][]byte, error) {
	out := make([][]byte, 0, n)
	for len(out) < n {
		if len(b) < 2 || len(b)-2 < int(binary.BigEndian.Uint16(b)) {
			return nil, ErrTile
		}
		end := 2 + int(binary.BigEndian.Uint16(b))
		out, b = append(out, b[2:end:end]), b[end:]
	}
	return out, nil
}

// Read gives the bytes of a tile.
type Read func(Tile) ([]byte, error)

// ReadAll gives the bytes of some tiles at once.
type ReadAll func([]Tile) ([][]byte, error)

// All reads them one by one.
func (read Read) All(list []Tile) ([][]byte, error) {
	out := make([][]byte, len(list))
	for i, one := range list {
		var err error
		if out[i], err = read(one); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// tiles is tlog.TileReader over ReadAll.
type tiles struct{ read ReadAll }

func (tiles) Height() int { return 8 }

func (t tiles) ReadTiles(list []tlog.Tile) ([][]byte, error) {
	wanted := make([]Tile, len(list))
	for i, one := range list {
		wanted[i] = Tile{Level: one.L, N: uint64(one.N), Width: one.W}
	}
	out, err := t.read(wanted)
	if err != nil {
		return nil, err
	}
	for i, one := range list {
		if len(out) != len(list) || len(out[i]) != one.W*merkle.Size {
			return nil, ErrTile
		}
	}
	return out, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// hashes reads hashes of the tree out of tiles that agree with its root.
func hashes(c Checkpoint, read ReadAll) tlog.HashReader {
	return tlog.TileHashReader(tlog.Tree{N: int64(c.Size), Hash: tlog.Hash(c.Root)}, tiles{read})
}

// Include returns the way of a leaf to a checkpoint's root, from tiles; each is
// checked against the root.
func Include(c Checkpoint, index uint64, read ReadAll) ([]Hash, error) {
	if index >= c.Size {
		return nil, ErrInclusion
	}
	p, err := tlog.ProveRecord(int64(c.Size), int64(index), hashes(c, read))
	return toHashes(p), err
}

// Extend returns the way from a tree of older leaves to a checkpoint, from tiles;
// each is checked against the root.
func Extend(c Checkpoint, older uint64, read Read) ([]Hash, error) {
	switch {
	case older > c.Size:
		return nil, ErrRollback
	case older == 0 || older == c.Size:
		return nil, nil
	}
	p, err := tlog.ProveTree(int64(c.Size), int64(older), hashes(c, read.All))
	return toHashes(p), err
}

func toHashes(list []tlog.Hash) []Hash {
	out := make([]Hash, len(list))
	for i, h := range list {
		out[i] = Hash(h)
	}
	return out
}
