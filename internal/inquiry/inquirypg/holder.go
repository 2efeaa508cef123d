package inquirypg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/inquiry"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Traces shows the vault which access rows hold something sealed and where, and
// clears those that it has forgotten.
type Traces struct {
	pool *pgxpool.Pool
	q    Queries
}

// NewTraces returns Traces on a pool of recourse_keeper.
func NewTraces(pool *pgxpool.Pool) *Traces { return &Traces{pool: pool} }

// Name is for the vault's reports.
func (h *Traces) Name() string { return "inquiry.access" }

// MaxLeaves returns the highest leaf in use of each epoch in use.
func (h *Traces) MaxLeaves(ctx context.Context) (map[seal.Epoch]seal.Leaf, error) {
	rows, err := h.q.AccessLeaves(ctx, h.pool)
	out := make(map[seal.Epoch]seal.Leaf, len(rows))
	for _, r := range rows {
		out[seal.Epoch(r.Epoch)] = seal.Leaf(r.Leaf)
	}
	return out, pgkit.Clean(err)
}

// Held returns up to limit access rows with something sealed behind a cursor,
// and the cursor behind them; nil begins.
func (h *Traces) Held(ctx context.Context, after []byte, limit int) ([]seal.Held, []byte, error) {
	arg := AccessesHeldParams{AfterPerson: pgtype.UUID{Valid: true}, AfterAccess: pgtype.UUID{Valid: true}, Most: int32(limit)}
	copy(arg.AfterAccess.Bytes[:], after[copy(arg.AfterPerson.Bytes[:], after):])
	rows, err := h.q.AccessesHeld(ctx, h.pool, arg)
	if err != nil || len(rows) == 0 {
		return nil, after, pgkit.Clean(err)
	}
	out := make([]seal.Held, len(rows))
	for i, r := range rows {
		id := ref.Inquiry(r.Access.Bytes)
		if r.ReplayOf.Valid { // a repeat was sealed for the inquiry that it repeats
			id = r.ReplayOf.Bytes
		}
		out[i] = seal.Held{Subject: inquiry.TraceSubject(r.Person.Bytes, id), Slot: seal.Slot{Epoch: seal.Epoch(r.Epoch), Leaf: seal.Leaf(r.Leaf)}}
	}
	last := rows[len(rows)-1]
	return out, append(last.Person.Bytes[:], last.Access.Bytes[:]...), nil
}

// Erase clears the sealed part of access rows that the vault has forgotten. That
// somebody looked, when and for what purpose stays.
func (h *Traces) Erase(ctx context.Context, boxes []seal.Held, _ time.Time) error {
	for _, b := range boxes {
		err := pgkit.Tx(ctx, h.pool, func(tx pgx.Tx) error {
			return h.q.ClearTrace(ctx, tx, ClearTraceParams{Person: pgkit.UUID(ref.Person(b.Subject.Person)), Access: pgkit.UUID(ref.Inquiry(b.Subject.Record)),
				Epoch: int64(b.Slot.Epoch), Leaf: int64(b.Slot.Leaf)})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Until is party.Lasting.Until: the last day on which a look at each person can
// still be read.
func (h *Traces) Until(ctx context.Context, persons []ref.Person) (map[ref.Person]when.Date, error) {
	out := map[ref.Person]when.Date{}
	err := pgkit.Tx(ctx, h.pool, func(tx pgx.Tx) error {
		rows, err := h.q.LastingAccesses(ctx, tx, pgkit.UUIDs(persons))
		for _, r := range rows {
			out[r.Person.Bytes] = seal.Epoch(r.Epoch).End()
		}
		return err
	})
	return out, err
}

// Sweep removes up to a thousand rows each of matters and requests whose time is
// over, and of days whose allowances are.
func (h *Traces) Sweep(ctx context.Context, today when.Date, now time.Time) (more bool, err error) {
	err = pgkit.Tx(ctx, h.pool, func(tx pgx.Tx) error {
		more = false
		for _, sweep := range []func() (int64, error){
			func() (int64, error) { return h.q.SweepMatters(ctx, tx, int64(seal.NewEpoch(seal.Access, today))) },
			func() (int64, error) { return h.q.SweepQuotas(ctx, tx, pgkit.Day(today)) },
			func() (int64, error) { return h.q.SweepSeconds(ctx, tx, now) },
		} {
			n, err := sweep()
			if err != nil {
				return err
			}
			more = more || n > 0
		}
		return nil
	})
	return more, err
}

// ShownTo calls each with every answer that gave a record of a person to a body,
// latest first, at most 10000.
func (h *Traces) ShownTo(ctx context.Context, p ref.Person, record ref.Record, each func(ref.Inquiry, ref.Body, time.Time)) error {
	rows, err := h.q.ShownTo(ctx, h.pool, ShownToParams{Person: pgkit.UUID(p), Record: pgkit.UUID(record)})
	for _, r := range rows {
		each(r.Access.Bytes, r.Body.Bytes, r.At)
	}
	return pgkit.Clean(err)
}
