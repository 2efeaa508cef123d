package ledgerpg

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/fault"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ledger"
	"recourse/internal/merkle"
	"recourse/internal/proof"
	"recourse/internal/seal"
)

// Log is ledger.Journal, and the log as it is read, on a pool. Writing takes that of
// recourse_keeper.
type Log struct {
	pool *pgxpool.Pool
	q    Queries
}

// NewLog returns a Log.
func NewLog(pool *pgxpool.Pool) *Log { return &Log{pool: pool} }

// ErrTransactions is returned where transactions are counted anew: rows to come could
// not be told from rows that are in the log.
var ErrTransactions = fault.New(fault.Refused, "E-LOG-TRANSACTIONS",
	"The database counts its transactions from lower than the log has seen: it was copied by dump and restore into a new PostgreSQL. Nothing is published or lost. Copy it with recourse backup and restore, pg_basebackup or pg_upgrade, or raise the count with pg_resetwal.")

// Load is ledger.Journal.Load.
func (l *Log) Load(ctx context.Context) (st ledger.State, err error) {
	err = pgx.BeginTxFunc(ctx, l.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		st = ledger.State{Taken: map[ledger.Key]uint64{}}
		h, err := l.q.LogHead(ctx, tx)
		if err != nil {
			return err
		}
		if h.Low > h.Newest {
			return ErrTransactions
		}
		st.Head = ledger.Head{Size: uint64(h.Size), Root: proof.Hash(h.Root), Kept: h.Kept, Low: uint64(h.Low)}
		if st.Size == 0 {
			return nil
		}
		last, err := l.q.LastBatch(ctx, tx)
		if err != nil {
			return err
		}
		st.Day = pgkit.Date(last.Day)
		return l.rest(ctx, tx, &st)
	})
	return st, clean(err)
}

// clean is pgkit.Clean where a missing row means that the log is torn.
func clean(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ledger.ErrTorn
	}
	return pgkit.Clean(err)
}

// rest reads what is not full yet, and what may be seen again.
func (l *Log) rest(ctx context.Context, tx pgx.Tx, st *ledger.State) (err error) {
	if st.Size%proof.TileWidth > 0 {
		if st.Bundle, err = l.q.Bundle(ctx, tx, int64(st.Size/proof.TileWidth)); err != nil {
			return err
		}
	}
	level := int16(1)
	for size := st.Size / proof.TileWidth; size > 0; size /= proof.TileWidth {
		var hashes []byte
		if size%proof.TileWidth > 0 {
			if hashes, err = l.q.TileRow(ctx, tx, TileRowParams{Level: level, N: int64(size / proof.TileWidth)}); err != nil {
				return err
			}
		}
		st.Tiles = append(st.Tiles, hashes)
		level++
	}
	recent, err := l.q.Recent(ctx, tx, int64(st.Low))
	if err != nil {
		return err
	}
	for _, b := range recent {
		for _, e := range readRows(b.Rows) {
			st.Taken[ledger.Key{Stream: e.Stream, Event: e.Event}] = uint64(b.High)
		}
	}
	return nil
}

// Next is ledger.Journal.Next.
func (l *Log) Next(ctx context.Context, from ledger.Place, limit int) (w ledger.Window, err error) {
	// A zero After is a place too, not NULL.
	rows, err := l.q.Next(ctx, l.pool, NextParams{Low: int64(from.Low), After: pgtype.UUID{Bytes: from.After, Valid: true}, Seen: cmp.Or(from.Seen, "1:1:"), Most: int32(limit)})
	if err != nil || len(rows) == 0 {
		w.Whole = err == nil
		return w, pgkit.Clean(err)
	}
	w.Seen = rows[0].Seen
	oldest, _, _ := strings.Cut(w.Seen, ":")
	if w.Oldest, err = strconv.ParseUint(oldest, 10, 64); err != nil {
		return w, fmt.Errorf("reading a snapshot: %w", err)
	}
	w.Rows = make([]ledger.Row, len(rows))
	for i := range rows {
		if w.Rows[i], err = rowOf(&rows[i]); err != nil {
			return w, err
		}
	}
	slices.SortFunc(w.Rows, func(a, b ledger.Row) int { // those of one journal are in order
		return cmp.Or(cmp.Compare(a.Added, b.Added), bytes.Compare(a.Event[:], b.Event[:]))
	})
	w.Whole, w.Rows = len(rows) < limit, w.Rows[:min(len(rows), limit)]
	return w, nil
}

func rowOf(r *NextRow) (ledger.Row, error) {
	row := ledger.Row{Added: uint64(r.Added), Stream: r.Stream.Bytes, Event: r.Event.Bytes, Kind: r.Kind, At: r.At}
	if r.Outcome >= 0 {
		ofAccess(r, &row)
		return row, nil
	}
	if err := json.Unmarshal(r.Refs, &row.Facts); err != nil {
		return row, fmt.Errorf("reading an event %s: %w", r.Kind, err)
	}
	return row, nil
}

// ofAccess is all that an access row says. The body that asked can have its receipt,
// which must not tell more than its answer did: neither which records were shown, nor
// whether the same was asked before of somebody who exists, which the answer only
// says with records. A repeat is therefore called what the first was.
func ofAccess(r *NextRow, row *ledger.Row) {
	row.Facts = map[string]string{"purpose": r.Purpose, "basis": r.Basis, "pack": r.Pack, "outcome": strconv.Itoa(int(r.Outcome))}
	if r.Body.Valid {
		row.Facts["body"] = hex.EncodeToString(r.Body.Bytes[:])
	}
	row.Own = map[string]string{"row": hex.EncodeToString(r.Event.Bytes[:]), "records": list(r.Records), "referred": list(r.Referred), ledger.Sealed: hex.EncodeToString(r.Sealed)}
	if r.ReplayOf.Valid {
		row.Number = r.ReplayOf.Bytes
	}
	if r.Epoch != nil && r.Leaf != nil {
		row.Slot = seal.Slot{Epoch: seal.Epoch(*r.Epoch), Leaf: seal.Leaf(*r.Leaf)}
	}
}

func list(ids []pgtype.UUID) string {
	out := make([]byte, 0, len(ids)*33)
	for i := range ids {
		if i > 0 {
			out = append(out, ' ')
		}
		out = hex.AppendEncode(out, ids[i].Bytes[:])
	}
	return string(out)
}

// Append is ledger.Journal.Append.
func (l *Log) Append(ctx context.Context, b ledger.Batch) error {
	return pgkit.Tx(ctx, l.pool, func(tx pgx.Tx) error {
		n, err := l.q.MoveHead(ctx, tx, MoveHeadParams{Size: int64(b.To.Size), Root: b.To.Root[:], Kept: b.To.Kept, Low: int64(b.To.Low),
			FromSize: int64(b.From.Size), FromRoot: b.From.Root[:]})
		if err != nil {
			return err
		}
		if n != 1 {
			return ledger.ErrMoved
		}
		if err := l.q.AddBatch(ctx, tx, AddBatchParams{First: int64(b.From.Size), Count: int32(len(b.Entered)), Low: int64(b.Lowest), High: int64(b.Highest),
			Day: pgkit.Day(b.Day), Rows: writeRows(b.Entered)}); err != nil {
			return err
		}
		var bundles PutBundlesParams
		for _, w := range b.Bundles {
			bundles.Ns, bundles.Entries = append(bundles.Ns, int64(w.Tile.N)), append(bundles.Entries, w.Bytes)
		}
		if err := l.q.PutBundles(ctx, tx, bundles); err != nil || len(b.Tiles) == 0 {
			return err
		}
		var tiles PutTilesParams
		for _, w := range b.Tiles {
			tiles.Levels, tiles.Ns, tiles.Hashes = append(tiles.Levels, int16(w.Tile.Level)), append(tiles.Ns, int64(w.Tile.N)), append(tiles.Hashes, w.Bytes)
		}
		return l.q.PutTiles(ctx, tx, tiles)
	})
}

const rowSize = 1 + 16 + 16 + 8 + 8

func writeRows(list []ledger.Entered) []byte {
	out := make([]byte, 0, len(list)*rowSize)
	for _, e := range list {
		kind := byte(1)
		if e.Public {
			kind = 0
		}
		out = append(append(append(out, kind), e.Stream[:]...), e.Event[:]...)
		out = binary.BigEndian.AppendUint64(out, uint64(e.Slot.Epoch))
		out = binary.BigEndian.AppendUint64(out, uint64(e.Slot.Leaf))
	}
	return out
}

func readRows(b []byte) []ledger.Entered {
	out := make([]ledger.Entered, 0, len(b)/rowSize)
	for ; len(b) >= rowSize; b = b[rowSize:] {
		out = append(out, ledger.Entered{Public: b[0] == 0, Stream: [16]byte(b[1:]), Event: [16]byte(b[17:]),
			Slot: seal.Slot{Epoch: seal.Epoch(binary.BigEndian.Uint64(b[33:])), Leaf: seal.Leaf(binary.BigEndian.Uint64(b[41:]))}})
	}
	return out
}

// Read gives a tile of the log as it is kept, cut to the width that is asked for.
// What is not there is ErrNoTile.
func (l *Log) Read(ctx context.Context, t proof.Tile) ([]byte, error) {
	out, err := l.ReadAll(ctx, []proof.Tile{t})
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// ReadAll is Read for some tiles, in one statement.
func (l *Log) ReadAll(ctx context.Context, list []proof.Tile) ([][]byte, error) {
	var arg TilesParams
	for i, t := range list {
		arg.Nths, arg.Levels, arg.Ns = append(arg.Nths, int32(i)), append(arg.Levels, int16(max(t.Level, 0))), append(arg.Ns, int64(t.N))
	}
	rows, err := l.q.Tiles(ctx, l.pool, arg)
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([][]byte, len(list))
	for _, r := range rows {
		if out[r.Nth], err = cut(r.Raw, list[r.Nth]); err != nil {
			return nil, err
		}
	}
	if slices.ContainsFunc(out, func(raw []byte) bool { return raw == nil }) {
		return nil, ErrNoTile
	}
	return out, nil
}

// cut makes a tile of what is kept of it: of a bundle the first entries or, for level
// 0, their hashes.
func cut(raw []byte, t proof.Tile) ([]byte, error) {
	if t.Level >= 1 {
		if len(raw) < t.Width*merkle.Size {
			return nil, ErrNoTile
		}
		return raw[:t.Width*merkle.Size], nil
	}
	entries, err := proof.SplitBundle(raw, t.Width)
	if err != nil {
		return nil, ErrNoTile
	}
	out := make([]byte, 0, len(raw))
	for _, e := range entries {
		if t.Level == proof.Bundles {
			out = proof.AppendEntry(out, e)
		} else {
			h := proof.EntryHash(e)
			out = append(out, h[:]...)
		}
	}
	return out, nil
}

// ErrNoTile is returned for a tile that the log does not have.
var ErrNoTile = fault.New(fault.NotFound, "E-LOG-TILE", "The log has no such tile yet.")

func noTile(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNoTile
	}
	return pgkit.Clean(err)
}

// Entered returns what became the entries from low up to high, without it.
func (l *Log) Entered(ctx context.Context, low, high uint64) ([]ledger.Entered, error) {
	rows, err := l.q.Batches(ctx, l.pool, BatchesParams{Low: int64(low), High: int64(high)})
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]ledger.Entered, 0, high-low)
	for _, b := range rows {
		list, first := readRows(b.Rows), uint64(b.First)
		if end := first + uint64(len(list)); end > high {
			list = list[:high-first]
		}
		if first < low {
			list = list[min(low-first, uint64(len(list))):]
		}
		out = append(out, list...)
	}
	if uint64(len(out)) != high-low {
		return nil, ledger.ErrTorn
	}
	return out, nil
}

// Published is ledger.Board.Published.
func (l *Log) Published(ctx context.Context) (ledger.Published, error) {
	p, err := l.q.Published(ctx, l.pool)
	if errors.Is(err, pgx.ErrNoRows) {
		return ledger.Published{}, nil
	}
	return ledger.Published{Size: uint64(p.Size), Note: []byte(p.Note), At: p.At}, pgkit.Clean(err)
}

// Publish is ledger.Board.Publish.
func (l *Log) Publish(ctx context.Context, p ledger.Published) error {
	return pgkit.Clean(l.q.Publish(ctx, l.pool, PublishParams{Size: int64(p.Size), Note: string(p.Note), At: p.At}))
}
