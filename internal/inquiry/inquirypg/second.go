package inquirypg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/inquiry"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
)

// Desk is inquiry.Seconds and inquiry.Cases on the pool of the app.
type Desk struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
}

// NewDesk returns a Desk on a pool of recourse_app.
func NewDesk(pool *pgxpool.Pool, publisher pgkit.Publisher) *Desk {
	return &Desk{pool: pool, publisher: publisher}
}

// Await is inquiry.Seconds.Await.
func (s *Desk) Await(ctx context.Context, p inquiry.Pending) (kept inquiry.Pending, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.AwaitSecond(ctx, tx, AwaitSecondParams{Access: pgkit.UUID(p.Inquiry), Body: pgkit.UUID(p.Body), Purpose: p.Purpose,
			Question: pgkit.UUID(p.Question), Clerk: pgkit.UUID(p.By.Clerk), StaffNumber: p.By.StaffNumber, At: p.At, UntilAt: p.Until})
		if err != nil {
			return err
		}
		if n > 0 {
			err = s.publisher.Publish(ctx, tx, pgkit.Event{Stream: p.Body, Kind: "inquiry.second-awaited", At: p.At,
				Refs: map[string]string{"inquiry": p.Inquiry.String(), "body": p.Body.String(), "clerk": p.By.Clerk.String(), "purpose": p.Purpose}})
			if err != nil {
				return err
			}
		}
		row, err := s.q.FindSecond(ctx, tx, FindSecondParams{Access: pgkit.UUID(p.Inquiry), Body: pgkit.UUID(p.Body)})
		kept = pending(row)
		return err
	})
	return kept, err
}

// Confirm is inquiry.Seconds.Confirm.
func (s *Desk) Confirm(ctx context.Context, c inquiry.Confirmation) (done bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		purpose, err := s.q.ConfirmSecond(ctx, tx, ConfirmSecondParams{Clerk: pgkit.UUID(c.By.Clerk), StaffNumber: c.By.StaffNumber, Now: c.Now,
			Access: pgkit.UUID(c.Inquiry), Body: pgkit.UUID(c.Body), Question: pgkit.UUID(c.Question)})
		if done = err == nil; !done {
			if errors.Is(err, pgx.ErrNoRows) {
				return nil
			}
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: c.Body, Kind: "inquiry.second-confirmed", At: c.Now,
			Refs: map[string]string{"inquiry": c.Inquiry.String(), "body": c.Body.String(), "clerk": c.By.Clerk.String(), "purpose": purpose}})
	})
	return done && err == nil, err
}

// Find is inquiry.Seconds.Find.
func (s *Desk) Find(ctx context.Context, body ref.Body, id ref.Inquiry, now time.Time) (inquiry.Pending, bool, error) {
	row, err := s.q.FindSecond(ctx, s.pool, FindSecondParams{Access: pgkit.UUID(id), Body: pgkit.UUID(body)})
	switch {
	case errors.Is(err, pgx.ErrNoRows), err == nil && !now.Before(row.UntilAt):
		return inquiry.Pending{}, false, nil
	case err != nil:
		return inquiry.Pending{}, false, pgkit.Clean(err)
	}
	return pending(row), true, nil
}

// Waiting is inquiry.Seconds.Waiting.
func (s *Desk) Waiting(ctx context.Context, body ref.Body, now time.Time, limit int) ([]inquiry.Pending, error) {
	rows, err := s.q.WaitingSeconds(ctx, s.pool, WaitingSecondsParams{Body: pgkit.UUID(body), UntilAt: now, Limit: int32(limit)})
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]inquiry.Pending, len(rows))
	for i, r := range rows {
		out[i] = pending(FindSecondRow(r))
	}
	return out, nil
}

// Close is inquiry.Cases.Close.
func (s *Desk) Close(ctx context.Context, c inquiry.Closing) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.CloseCase(ctx, tx, CloseCaseParams{Matter: pgkit.UUID(c.Mark), At: c.Now, Epoch: int64(c.Kept)})
		if err != nil || n == 0 {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: c.Body, Kind: "inquiry.case-closed", At: c.Now,
			Refs: map[string]string{"body": c.Body.String(), "clerk": c.Clerk.String(), "purpose": c.Purpose}})
	})
}

func pending(r FindSecondRow) inquiry.Pending {
	p := inquiry.Pending{Inquiry: r.Access.Bytes, Body: r.Body.Bytes, Purpose: r.Purpose, Question: r.Question.Bytes,
		By: inquiry.Hand{Clerk: r.Clerk.Bytes, StaffNumber: r.StaffNumber}, At: r.At, Until: r.UntilAt}
	if r.SecondClerk.Valid {
		p.Second = inquiry.Hand{Clerk: r.SecondClerk.Bytes, StaffNumber: *r.SecondStaffNumber}
	}
	return p
}
