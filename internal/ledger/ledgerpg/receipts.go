package ledgerpg

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"recourse/internal/kit/pgkit"
	"recourse/internal/ledger"
)

// LastFacts returns the facts of the newest event of a kind in a stream that holds
// few; nothing where there is none.
func (l *Log) LastFacts(ctx context.Context, stream [16]byte, kind string) (facts map[string]string, err error) {
	raw, err := l.q.LastRefs(ctx, l.pool, LastRefsParams{Stream: uuid(stream), Kind: kind})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	return facts, json.Unmarshal(raw, &facts)
}

func uuid(id [16]byte) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }

// Row is ledger.Rows.Row.
func (l *Log) Row(ctx context.Context, k ledger.Key) (ledger.Row, error) {
	r, err := l.q.OneRow(ctx, l.pool, OneRowParams{Stream: uuid(k.Stream), Event: uuid(k.Event)})
	if errors.Is(err, pgx.ErrNoRows) {
		return ledger.Row{}, ledger.ErrNoEvent
	}
	if err != nil {
		return ledger.Row{}, pgkit.Clean(err)
	}
	next := NextRow(r)
	return rowOf(&next)
}

// Rows is ledger.Rows.Rows.
func (l *Log) Rows(ctx context.Context, stream [16]byte, before ledger.Row, limit int) ([]ledger.Row, error) {
	arg := StreamRowsParams{Stream: uuid(stream), BeforeEvent: uuid(before.Event), Most: int32(limit)}
	if !before.At.IsZero() {
		arg.BeforeAt = &before.At
	}
	rows, err := l.q.StreamRows(ctx, l.pool, arg)
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]ledger.Row, len(rows))
	for i := range rows {
		next := NextRow(rows[i])
		if out[i], err = rowOf(&next); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Place is ledger.Rows.Place.
func (l *Log) Place(ctx context.Context, r ledger.Row) (uint64, ledger.Entered, error) {
	batches, err := l.q.BatchesOf(ctx, l.pool, int64(r.Added))
	if err != nil {
		return 0, ledger.Entered{}, pgkit.Clean(err)
	}
	want := append(bytes.Clone(r.Stream[:]), r.Event[:]...)
	for _, b := range batches {
		for at := 0; at < len(b.Rows); at += rowSize {
			if bytes.Equal(b.Rows[at+1:at+33], want) {
				return uint64(b.First) + uint64(at/rowSize), readRows(b.Rows[at : at+rowSize])[0], nil
			}
		}
	}
	return 0, ledger.Entered{}, ledger.ErrEarly
}

// ByKey is ledger.Books.ByKey.
func (l *Log) ByKey(ctx context.Context, keys []ledger.Key) (map[ledger.Key]ledger.Row, error) {
	var arg RowsByKeyParams
	for _, k := range keys {
		arg.Streams, arg.Events = append(arg.Streams, uuid(k.Stream)), append(arg.Events, uuid(k.Event))
	}
	rows, err := l.q.RowsByKey(ctx, l.pool, arg)
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make(map[ledger.Key]ledger.Row, len(rows))
	for i := range rows {
		next := NextRow(rows[i])
		row, err := rowOf(&next)
		if err != nil {
			return nil, err
		}
		out[ledger.Key{Stream: row.Stream, Event: row.Event}] = row
	}
	return out, nil
}
