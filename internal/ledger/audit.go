package ledger

import (
	"bytes"
	"context"
	"fmt"

	"recourse/internal/fault"
	"recourse/internal/proof"
	"recourse/internal/seal"
)

// What an audit finds.
const (
	Missing     = "missing"     // an entry whose row is not in the journals any more
	Altered     = "altered"     // an entry that is not what its row makes
	Reordered   = "reordered"   // an entry that another row makes
	Duplicated  = "duplicated"  // a row that became an entry before
	Unpublished = "unpublished" // a row that is no entry
	Torn        = "torn"        // tiles, head or checkpoint that do not fit the entries
)

// Finding is one thing that is wrong.
type Finding struct {
	What  string
	Index uint64 // sequence number of the entry; for Unpublished, that of none
	Event [16]byte
	Text  string
}

// Audited is what an audit looked at.
type Audited struct {
	Entries     uint64
	Erased      uint64 // of which nobody can open any more: their rows are there, their content cannot be compared
	Unpublished uint64
	Found       uint64
}

// Books are all that an audit reads.
type Books interface {
	Journal
	Board
	// Entered returns what became the entries from low up to high, without it.
	Entered(ctx context.Context, low, high uint64) ([]Entered, error)
	// Read gives a tile as it is kept.
	Read(ctx context.Context, t proof.Tile) ([]byte, error)
	// ByKey returns rows of the journals by their keys; those that are not there are
	// left out.
	ByKey(ctx context.Context, keys []Key) (map[Key]Row, error)
}

// Auditor compares the log with the journals, entry by entry. It changes nothing.
type Auditor struct {
	Books  Books
	Nonces interface {
		Openings(ctx context.Context, held []seal.Held) ([]seal.Opening, error)
	}
}

// audit is one audit under way.
type audit struct {
	*Auditor
	say     func(Finding)
	done    Audited
	seen    map[Key]uint64
	entries map[proof.Hash]uint64 // where each entry is, for those that are in another's place
	wrong   []wrong
}

// wrong is an entry that its row does not make.
type wrong struct {
	index uint64
	key   Key
	makes proof.Hash
}

// Audit tells say of each thing that is wrong, in the order of the log, and returns
// what it looked at. Rows that were written while it went on are no findings.
func (a *Auditor) Audit(ctx context.Context, say func(Finding)) (Audited, error) {
	one := &audit{Auditor: a, seen: map[Key]uint64{}, entries: map[proof.Hash]uint64{}}
	one.say = func(f Finding) { one.done.Found++; say(f) }
	st, err := a.Books.Load(ctx)
	if fault.Of(err).Code == ErrTorn.Code && err != nil {
		one.say(Finding{What: Torn, Text: fault.Of(err).Text})
		return one.done, nil
	}
	if err != nil {
		return one.done, err
	}
	for low := uint64(0); low < st.Size; low += auditBatch {
		if err := one.part(ctx, low, min(low+auditBatch, st.Size)); err != nil {
			return one.done, err
		}
	}
	one.misplaced()
	if err := one.tiles(ctx, st.Head); err != nil {
		return one.done, err
	}
	return one.done, one.unpublished(ctx, st)
}

const auditBatch = 16 * proof.TileWidth

// part compares some entries, from the first of a bundle on.
func (a *audit) part(ctx context.Context, low, high uint64) error {
	entered, err := a.Books.Entered(ctx, low, high)
	if err != nil {
		return err
	}
	entries, err := a.read(ctx, low, high)
	if err != nil || entries == nil {
		return err
	}
	keys, held := make([]Key, len(entered)), make([]seal.Held, len(entered))
	for i, e := range entered {
		keys[i], held[i] = Key{e.Stream, e.Event}, e.Held()
	}
	rows, err := a.Books.ByKey(ctx, keys)
	if err != nil {
		return err
	}
	openings, err := a.Nonces.Openings(ctx, held)
	if err != nil {
		return err
	}
	for i, e := range entered {
		index := low + uint64(i)
		a.done.Entries++
		a.entries[proof.EntryHash(entries[i])] = index
		if first, twice := a.seen[keys[i]]; twice {
			a.say(Finding{What: Duplicated, Index: index, Event: e.Event, Text: fmt.Sprintf("the row became entry %d before", first)})
			continue
		}
		a.seen[keys[i]] = index
		row, there := rows[keys[i]]
		switch {
		case !there:
			a.say(Finding{What: Missing, Index: index, Event: e.Event, Text: "the row of this entry is not in the journals any more"})
		case !e.Public && openings[i].Gone:
			a.done.Erased++
		default:
			if entry, err := EntryOf(e.of(row), openings[i]); err != nil || !bytes.Equal(entry, entries[i]) {
				a.wrong = append(a.wrong, wrong{index, keys[i], proof.EntryHash(entry)})
			}
		}
	}
	return nil
}

// read returns the entries from low up to high, or nothing where a bundle is torn.
func (a *audit) read(ctx context.Context, low, high uint64) (out [][]byte, err error) {
	for at := low; at < high; at += proof.TileWidth {
		width := int(min(proof.TileWidth, high-at))
		raw, err := a.Books.Read(ctx, proof.Tile{Level: proof.Bundles, N: at / proof.TileWidth, Width: width})
		var list [][]byte
		if err == nil {
			list, err = proof.SplitBundle(raw, width)
		}
		if fault.Of(err).Kind == fault.NotFound || fault.Of(err).Code == proof.ErrTile.Code {
			a.say(Finding{What: Torn, Index: at, Text: "the bundle of entries from here on is missing or damaged"})
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// misplaced tells entries that are in another's place from those that were altered.
func (a *audit) misplaced() {
	for _, w := range a.wrong {
		if at, there := a.entries[w.makes]; there {
			a.say(Finding{What: Reordered, Index: w.index, Event: w.key.Event, Text: fmt.Sprintf("what its row makes is entry %d", at)})
			continue
		}
		a.say(Finding{What: Altered, Index: w.index, Event: w.key.Event, Text: "the entry is not what its row makes: journal or log were altered"})
	}
}

// tiles rebuilds the tree, and compares it with head and published checkpoint.
func (a *audit) tiles(ctx context.Context, head Head) error {
	read := func(t proof.Tile) ([]byte, error) { return a.Books.Read(ctx, t) }
	now := proof.Checkpoint{Size: head.Size, Root: head.Root}
	if _, err := proof.Rebuild(now, read, nil); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		a.say(Finding{What: Torn, Index: head.Size, Text: "tiles and entries do not make the root of the log"})
		return nil
	}
	p, err := a.Books.Published(ctx)
	if err != nil || len(p.Note) == 0 {
		return err
	}
	c, err := proof.ParseCheckpoint(p.Note)
	if err == nil {
		now.Origin = c.Origin
		if c.Size > now.Size {
			return nil // published since
		}
		way, bad := proof.Extend(now, c.Size, read)
		if err = bad; err == nil {
			err = proof.CheckConsistency(c, now, way)
		}
	}
	if err != nil {
		a.say(Finding{What: Torn, Index: c.Size, Text: "the published checkpoint is not of this log"})
	}
	return nil
}

// unpublished looks for rows that are no entry though everything added with them is.
func (a *audit) unpublished(ctx context.Context, st State) error {
	for from := (Place{}); ; {
		w, err := a.Books.Next(ctx, from, 50_000)
		if err != nil {
			return err
		}
		for _, r := range w.Rows {
			from.Low, from.After = r.Added, r.Event
			if _, in := a.seen[r.key()]; in || r.Added >= st.Low {
				continue
			}
			a.seen[r.key()] = st.Size
			a.done.Unpublished++
			a.say(Finding{What: Unpublished, Index: st.Size, Event: r.Event, Text: "a row of " + r.At.UTC().Format("2006-01-02T15:04:05Z") + " (" + r.Kind + ") is no entry of the log"})
		}
		if w.Whole {
			return nil
		}
	}
}
