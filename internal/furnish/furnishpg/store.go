// Package furnishpg keeps deliveries in PostgreSQL.
//
// It promises what furnish.Store asks for: the counts of a delivery move in the
// transaction that writes its rows, so each row is counted once.
package furnishpg

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
)

// Store is furnish.Store and furnish.Unit on the pool of the app.
type Store struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
}

// NewStore returns a Store on a pool of recourse_app.
func NewStore(pool *pgxpool.Pool, publisher pgkit.Publisher) *Store {
	return &Store{pool: pool, publisher: publisher}
}

// Do is furnish.Unit.Do.
func (s *Store) Do(ctx context.Context, do func(context.Context) error) error {
	return pgkit.Unit(ctx, s.pool, func(ctx context.Context) error {
		if err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error { return pgkit.ByKey(ctx, tx) }); err != nil {
			return err
		}
		return do(ctx)
	})
}

// Begin is furnish.Store.Begin.
func (s *Store) Begin(ctx context.Context, d furnish.Delivery) (furnish.Delivery, bool, error) {
	_, err := s.q.Begin(ctx, s.pool, BeginParams{Delivery: pgkit.UUID(d.ID), Body: pgkit.UUID(d.Body), Clerk: pgkit.UUID(d.Clerk),
		IdempotencyKey: d.Key, Type: d.Type, Pack: d.Pack, BegunAt: d.BegunAt})
	if err == nil {
		return d, true, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return furnish.Delivery{}, false, pgkit.Clean(err)
	}
	row, err := s.q.ByKey(ctx, s.pool, ByKeyParams{Body: pgkit.UUID(d.Body), IdempotencyKey: d.Key})
	if err != nil {
		return furnish.Delivery{}, false, pgkit.Clean(err)
	}
	got := delivery(row)
	got.Key = d.Key
	return got, false, nil
}

// Progress is furnish.Store.Progress.
func (s *Store) Progress(ctx context.Context, step furnish.Step) error {
	id, add := pgkit.UUID(step.ID), step.Add
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.Progress(ctx, tx, ProgressParams{Delivery: id, Before: step.Before, RowsDone: add.Done, RowsNew: add.New, RowsChanged: add.Changed,
			RowsUnchanged: add.Unchanged, RowsWithdrawn: add.Withdrawn, RowsStale: add.Stale, RowsQuarantined: add.Quarantined, RowsRefused: add.Refused, Tree: step.Tree})
		if err != nil {
			return err
		}
		if n != 1 {
			return fault.Newf(fault.Conflict, "E-DELIVERY-ELSEWHERE",
				"Delivery %s goes on from another sender with the same key. Its rows are counted there, and once.", step.ID).At("Idempotency-Key")
		}
		if err := s.q.PutBatch(ctx, tx, PutBatchParams{Delivery: id, FirstRow: step.Before + 1, Rows: step.Rows}); err != nil {
			return err
		}
		return putFindings(ctx, tx, step)
	})
}

func putFindings(ctx context.Context, tx pgx.Tx, step furnish.Step) error {
	var row int64
	var nth int32
	return pgkit.Copy(ctx, tx, "copy furnish.finding (delivery, row_number, nth, outcome, field, code, rule, text, fix) from stdin (format binary)", len(step.Findings), func(r *pgkit.Rows, i int) {
		f := &step.Findings[i]
		if nth++; f.Row != row {
			row, nth = f.Row, 1
		}
		r.Row(9)
		r.UUID(step.ID)
		r.Big(f.Row)
		r.Int(nth)
		r.Text(string(f.Outcome))
		for _, text := range []string{f.Field, f.Code, f.Rule} {
			if text == "" {
				r.Null()
			} else {
				r.Text(text)
			}
		}
		r.Text(f.Text)
		r.Text(f.Fix)
	})
}

// End is furnish.Store.End.
func (s *Store) End(ctx context.Context, d furnish.Delivery) error {
	arg := EndParams{Delivery: pgkit.UUID(d.ID), State: string(d.State), Now: d.EndedAt}
	kind := "furnish.failed"
	if d.State == furnish.Done {
		arg.FileHash, kind = d.FileHash[:], furnish.KindDelivered
	}
	root, err := d.Root()
	if err != nil {
		return fmt.Errorf("ending delivery %s: %w", d.ID, err)
	}
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.End(ctx, tx, arg)
		if err != nil || n == 0 {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: d.ID, Kind: kind, At: d.EndedAt, Refs: map[string]string{
			"body": d.Body.String(), "type": d.Type, "rows": strconv.FormatInt(d.Counts.Done, 10), "root": hex.EncodeToString(root[:])}})
	})
}

// Rows is furnish.Store.Rows.
func (s *Store) Rows(ctx context.Context, id ref.Delivery, each func(rows []byte) error) error {
	for after := int64(0); ; {
		some, err := s.q.Batches(ctx, s.pool, BatchesParams{Delivery: pgkit.UUID(id), FirstRow: after})
		if err != nil || len(some) == 0 {
			return pgkit.Clean(err)
		}
		for _, b := range some {
			if err := each(b.Rows); err != nil {
				return err
			}
			after = b.FirstRow
		}
	}
}

// ByID is furnish.Store.ByID.
func (s *Store) ByID(ctx context.Context, body ref.Body, id ref.Delivery) (furnish.Delivery, bool, error) {
	row, err := s.q.ByID(ctx, s.pool, ByIDParams{Body: pgkit.UUID(body), Delivery: pgkit.UUID(id)})
	if errors.Is(err, pgx.ErrNoRows) {
		return furnish.Delivery{}, false, nil
	}
	if err != nil {
		return furnish.Delivery{}, false, pgkit.Clean(err)
	}
	return delivery(ByKeyRow(row)), true, nil
}

func delivery(r ByKeyRow) furnish.Delivery {
	d := furnish.Delivery{ID: r.Delivery.Bytes, Body: r.Body.Bytes, Clerk: r.Clerk.Bytes, Type: r.Type, Pack: r.Pack, State: furnish.State(r.State), BegunAt: r.BegunAt, Tree: r.Tree,
		Counts: furnish.Counts{Done: r.RowsDone, New: r.RowsNew, Changed: r.RowsChanged, Unchanged: r.RowsUnchanged, Withdrawn: r.RowsWithdrawn, Stale: r.RowsStale,
			Quarantined: r.RowsQuarantined, Refused: r.RowsRefused}}
	copy(d.FileHash[:], r.FileHash)
	if r.EndedAt != nil {
		d.EndedAt = *r.EndedAt
	}
	return d
}

// Findings is furnish.Store.Findings.
func (s *Store) Findings(ctx context.Context, id ref.Delivery, after int64, limit int32) ([]furnish.Finding, error) {
	rows, err := s.q.Findings(ctx, s.pool, FindingsParams{Delivery: pgkit.UUID(id), RowNumber: after, Limit: limit})
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]furnish.Finding, len(rows))
	for i, r := range rows {
		out[i] = furnish.Finding{Row: r.RowNumber, Outcome: furnish.Outcome(r.Outcome), Field: r.Field, Code: r.Code, Rule: r.Rule, Text: r.Text, Fix: r.Fix}
	}
	return out, nil
}
