package inquirypg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/inquiry"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// Answered is inquiry.Uses.Answered.
func (s *Desk) Answered(ctx context.Context, body ref.Body, p ref.Person, access ref.Inquiry) (seal.Epoch, bool, error) {
	epoch, err := s.q.AnsweredEpoch(ctx, s.pool, AnsweredEpochParams{Person: pgkit.UUID(p), Access: pgkit.UUID(access), Body: pgkit.UUID(body)})
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, false, nil
	}
	return seal.Epoch(epoch), err == nil, pgkit.Clean(err)
}

// PutUse is inquiry.Uses.PutUse.
func (s *Desk) PutUse(ctx context.Context, u inquiry.SealedUse) (done bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.PutUse(ctx, tx, PutUseParams{Person: pgkit.UUID(u.Person), Access: pgkit.UUID(u.Access), Body: pgkit.UUID(u.Body), NotedAt: u.At, Given: u.Given,
			Epoch: int64(u.Box.Epoch), Leaf: int64(u.Box.Leaf), Nonce: u.Box.Nonce[:], Box: u.Box.Data})
		if done = n > 0; err != nil || !done {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: u.Person, Kind: "inquiry.use-noted", At: u.At, Refs: map[string]string{"inquiry": u.Access.String(), "body": u.Body.String()}})
	})
	return done && err == nil, err
}

// Noted shows the vault which uses of answers hold something sealed and where, and
// removes those that it has forgotten.
type Noted struct {
	pool *pgxpool.Pool
	q    Queries
}

// NewNoted returns Noted on a pool of recourse_keeper.
func NewNoted(pool *pgxpool.Pool) *Noted { return &Noted{pool: pool} }

// Name is for the vault's reports.
func (h *Noted) Name() string { return "inquiry.use" }

// MaxLeaves returns the highest leaf in use of each epoch in use.
func (h *Noted) MaxLeaves(ctx context.Context) (map[seal.Epoch]seal.Leaf, error) {
	rows, err := h.q.UseLeaves(ctx, h.pool)
	out := make(map[seal.Epoch]seal.Leaf, len(rows))
	for _, r := range rows {
		out[seal.Epoch(r.Epoch)] = seal.Leaf(r.Leaf)
	}
	return out, pgkit.Clean(err)
}

// Held returns up to limit uses behind a cursor, and the cursor behind them; nil begins.
func (h *Noted) Held(ctx context.Context, after []byte, limit int) ([]seal.Held, []byte, error) {
	arg := UsesHeldParams{AfterPerson: pgtype.UUID{Valid: true}, AfterAccess: pgtype.UUID{Valid: true}, Most: int32(limit)}
	copy(arg.AfterAccess.Bytes[:], after[copy(arg.AfterPerson.Bytes[:], after):])
	rows, err := h.q.UsesHeld(ctx, h.pool, arg)
	if err != nil || len(rows) == 0 {
		return nil, after, pgkit.Clean(err)
	}
	out := make([]seal.Held, len(rows))
	for i, r := range rows {
		out[i] = seal.Held{Subject: inquiry.UseSubject(r.Person.Bytes, r.Access.Bytes), Slot: seal.Slot{Epoch: seal.Epoch(r.Epoch), Leaf: seal.Leaf(r.Leaf)}}
	}
	last := rows[len(rows)-1]
	return out, append(last.Person.Bytes[:], last.Access.Bytes[:]...), nil
}

// Erase removes uses that the vault has forgotten.
func (h *Noted) Erase(ctx context.Context, boxes []seal.Held, _ time.Time) error {
	for _, b := range boxes {
		err := h.q.RemoveUse(ctx, h.pool, RemoveUseParams{Person: pgkit.UUID(ref.Person(b.Subject.Person)), Access: pgkit.UUID(ref.Inquiry(b.Subject.Record)), Epoch: int64(b.Slot.Epoch), Leaf: int64(b.Slot.Leaf)})
		if err != nil {
			return pgkit.Clean(err)
		}
	}
	return nil
}
