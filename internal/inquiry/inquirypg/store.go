// Package inquirypg asks the read wall and lists who looked, in PostgreSQL.
//
// It promises what inquiry.Store asks for: an answer is returned only after the
// statement that wrote its access row was committed and confirmed without error
// or warning.
package inquirypg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// Store is inquiry.Store on the pool of the app.
type Store struct {
	pool *pgxpool.Pool
	q    Queries
}

// NewStore returns a Store on a pool of recourse_app.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool} }

// ErrMoved is returned where the clock guard of the wall refused the instant.
var ErrMoved = fault.New(fault.Unavailable, "E-CLOCK",
	"The clocks of server and database differ by more than two seconds. Nothing was looked up. Try again; if it stays, tell the operator.")

// ErrPack is returned where the wall refused the version of the pack that decided.
var ErrPack = fault.New(fault.Unavailable, "E-PACK-OLD",
	"Another version of the law's pack is in force than this server has. Nothing was looked up. Try again in a few seconds; if it stays, tell the operator.")

// Disclose is inquiry.Store.Disclose.
func (s *Store) Disclose(ctx context.Context, a inquiry.Ask) (inquiry.Told, error) {
	told, err := s.disclose(ctx, a)
	if pgkit.Code(err) == pgkit.UniqueViolation {
		// The same inquiry was answered at the same moment; now it is a repeat.
		return s.disclose(ctx, a)
	}
	return told, err
}

func (s *Store) disclose(ctx context.Context, a inquiry.Ask) (inquiry.Told, error) {
	arg := DiscloseParams{
		Person: pgkit.UUID(a.Person), Access: pgkit.UUID(a.Access), Spare: pgkit.UUID(a.Spare), Now: a.Now, Body: pgkit.UUID(a.Body),
		Purpose: a.Purpose, Basis: string(a.Basis), HasRight: a.Right, Pack: a.Pack, Types: a.Types,
		Epoch: int64(a.Trace.Epoch), Leaf: int64(a.Trace.Leaf), Nonce: a.Trace.Nonce[:], Box: a.Trace.Data,
	}
	if arg.Types == nil {
		arg.Types = []string{}
	}
	var rows []DiscloseRow
	err := pgkit.Confirmed(ctx, s.pool, func(conn *pgx.Conn) error {
		var err error
		rows, err = s.q.Disclose(ctx, conn, arg)
		return err
	})
	if err != nil {
		return inquiry.Told{}, guard(err)
	}
	if len(rows) == 0 {
		return inquiry.Told{}, errors.New("the read wall gave no outcome")
	}
	told := inquiry.Told{Outcome: inquiry.Outcome(rows[0].Outcome), Replayed: rows[0].Replayed}
	for _, r := range rows {
		if !r.Record.Valid {
			continue
		}
		told.Records = append(told.Records, inquiry.SealedRecord{
			Record: r.Record.Bytes, Version: r.Version, Type: r.Type, Source: r.Source.Bytes, Start: pgkit.Date(r.StartOn), DisplayEnd: pgkit.Date(r.DisplayEnd),
			Box: box(r.Epoch, r.Leaf, r.Nonce, r.Box)})
	}
	return told, nil
}

// Lookups is inquiry.Store.Lookups.
func (s *Store) Lookups(ctx context.Context, p ref.Person, access ref.Inquiry, pack string, page inquiry.Page, now time.Time) ([]inquiry.SealedLook, error) {
	arg := ShowLookupsParams{Person: pgkit.UUID(p), Access: pgkit.UUID(access), Now: now, Pack: pack, Before: before(page), Most: int32(page.Limit)}
	var rows []ShowLookupsRow
	err := pgkit.Confirmed(ctx, s.pool, func(conn *pgx.Conn) error {
		var err error
		rows, err = s.q.ShowLookups(ctx, conn, arg)
		return err
	})
	if err != nil {
		return nil, guard(err)
	}
	out := make([]inquiry.SealedLook, len(rows))
	for i, r := range rows {
		out[i] = inquiry.SealedLook{Box: box(r.Epoch, r.Leaf, r.Nonce, r.Box), Look: inquiry.Look{
			Access: r.Access.Bytes, At: r.At, Body: r.Body.Bytes, Purpose: r.Purpose, Basis: inquiry.Basis(r.Basis), Pack: r.Pack,
			Outcome: inquiry.Outcome(r.Outcome), Records: records(r.Records), ReplayOf: r.ReplayOf.Bytes}}
	}
	return out, nil
}

// Recent is inquiry.Store.Recent.
func (s *Store) Recent(ctx context.Context, p ref.Person, page inquiry.Page) ([]inquiry.Look, error) {
	rows, err := s.q.Recent(ctx, s.pool, RecentParams{Person: pgkit.UUID(p), Before: before(page), Most: int32(page.Limit)})
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]inquiry.Look, len(rows))
	for i, r := range rows {
		out[i] = inquiry.Look{Access: r.Access.Bytes, At: r.At, Body: r.Body.Bytes, Purpose: r.Purpose, Basis: inquiry.Basis(r.Basis), Pack: r.Pack,
			Outcome: inquiry.Outcome(r.Outcome), Records: records(r.Records), ReplayOf: r.ReplayOf.Bytes}
	}
	return out, nil
}

// Count is inquiry.Store.Count.
func (s *Store) Count(ctx context.Context, p ref.Person, since time.Time) (answered, refused int64, err error) {
	row, err := s.q.CountSince(ctx, s.pool, CountSinceParams{Person: pgkit.UUID(p), At: since})
	return row.Answered, row.Refused, pgkit.Clean(err)
}

func guard(err error) error {
	switch pgkit.Code(err) {
	case pgkit.WrongInstant:
		return ErrMoved.Because(err)
	case pgkit.WrongPack:
		return ErrPack.Because(err)
	}
	return err
}

func before(p inquiry.Page) *time.Time {
	if p.Before.IsZero() {
		return nil
	}
	return &p.Before
}

func records(ids []pgtype.UUID) []ref.Record {
	out := make([]ref.Record, len(ids))
	for i, id := range ids {
		out[i] = id.Bytes
	}
	return out
}

func box(epoch, leaf int64, nonce, data []byte) seal.Box {
	b := seal.Box{Epoch: seal.Epoch(epoch), Leaf: seal.Leaf(leaf), Data: data}
	copy(b.Nonce[:], nonce)
	return b
}
