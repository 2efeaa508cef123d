package partypg

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/canon"
	"recourse/internal/kit/pgkit"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Mandates is party.MandateStore.
type Mandates struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
}

// NewMandates returns the mandates on a pool of recourse_app.
func NewMandates(pool *pgxpool.Pool, publisher pgkit.Publisher) *Mandates {
	return &Mandates{pool: pool, publisher: publisher}
}

// Put is party.MandateStore.Put.
func (s *Mandates) Put(ctx context.Context, m party.Mandate, now time.Time) error {
	if m.LentBy.IsZero() {
		m.LentBy = m.Clerk
	}
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.q.PutMandate(ctx, tx, PutMandateParams{Clerk: pgkit.UUID(m.Clerk), LentBy: pgkit.UUID(m.LentBy), FromOn: pgkit.Day(m.From), UntilOn: pgkit.Day(m.Until), MadeAt: now, Desks: []string{string(m.Desk)}}); err != nil {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{ID: eventOf("party.mandate-given", m.Clerk, string(m.Desk), now), Stream: m.Clerk, Kind: "party.mandate-given", At: now,
			Refs: map[string]string{"clerk": m.Clerk.String(), "desk": string(m.Desk), "until": m.Until.String(), "by": operator}})
	})
}

// operator stands in an event for what no clerk did.
const operator = "operator"

// eventOf is the event of one act on somebody of a body's staff at an instant: the same
// act again is the same event.
func eventOf(kind string, clerk ref.Clerk, what string, now time.Time) (id ref.Event) {
	sum := sha256.Sum256(canon.Parts([]byte(kind), clerk[:], []byte(what), []byte(now.UTC().Format(time.RFC3339Nano))))
	copy(id[:], sum[:])
	return id
}

// End is party.MandateStore.End.
func (s *Mandates) End(ctx context.Context, clerk ref.Clerk, desk party.Desk, now time.Time) (done bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.EndMandates(ctx, tx, EndMandatesParams{Clerk: pgkit.UUID(clerk), Desks: []string{string(desk)}, Now: now})
		if done = n > 0; err != nil || !done {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{ID: eventOf("party.mandate-ended", clerk, string(desk), now), Stream: clerk, Kind: "party.mandate-ended", At: now,
			Refs: map[string]string{"clerk": clerk.String(), "desk": string(desk), "by": operator}})
	})
	return done && err == nil, err
}

// Seats is party.MandateStore.Seats.
func (s *Mandates) Seats(ctx context.Context, today when.Date) ([]party.Seat, error) {
	rows, err := s.q.Seats(ctx, s.pool, pgkit.Day(today))
	out := make([]party.Seat, len(rows))
	for i, r := range rows {
		out[i] = party.Seat{Desk: party.Desk(r.Desk), Clerk: r.Clerk.Bytes, Body: r.Body.Bytes}
	}
	return out, pgkit.Clean(err)
}

// Holds is party.MandateStore.Holds.
func (s *Mandates) Holds(ctx context.Context, clerk ref.Clerk, desk party.Desk, today when.Date) (bool, error) {
	holds, err := s.q.HoldsMandate(ctx, s.pool, HoldsMandateParams{Clerk: pgkit.UUID(clerk), Desk: string(desk), Today: pgkit.Day(today)})
	return holds, pgkit.Clean(err)
}
