package noticepg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/kit/pgkit"
	"recourse/internal/notice"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// Address is notice.Ways.Address.
func (s *Store) Address(ctx context.Context, g notice.Going, now time.Time) (w notice.Where, nth int32, found bool, err error) {
	var row AddressRow
	err = pgkit.Confirmed(ctx, s.pool, func(conn *pgx.Conn) error {
		var err error
		row, err = s.q.Address(ctx, conn, AddressParams{Person: pgkit.UUID(g.Person), Notice: pgkit.UUID(g.Notice), Channel: g.Channel, Now: now})
		return err
	})
	if err != nil || row.Box == nil {
		return notice.Where{}, row.Nth, false, err
	}
	return notice.Where{Estate: row.Paper.Bytes, Box: seal.Box{Epoch: seal.Epoch(row.Epoch), Leaf: seal.Leaf(row.Leaf), Nonce: [seal.NonceSize]byte(row.Nonce), Data: row.Box}}, row.Nth, true, nil
}

// Ended notes how an attempt ended, once.
func (s *Store) Ended(ctx context.Context, g notice.Going, outcome string, now time.Time) error {
	_, err := s.q.Ended(ctx, s.pool, EndedParams{Person: pgkit.UUID(g.Person), Notice: pgkit.UUID(g.Notice), Channel: g.Channel, Nth: g.Nth, Outcome: outcome, Now: now})
	return pgkit.Clean(err)
}

// Hand is notice.Ways.Hand.
func (s *Store) Hand(ctx context.Context, g notice.Going, now, served, until time.Time) error {
	return s.move(ctx, g, "notice.handed", now, func(tx pgx.Tx) (int64, error) {
		if g.Nth > 0 {
			arg := EndedParams{Person: pgkit.UUID(g.Person), Notice: pgkit.UUID(g.Notice), Channel: g.Channel, Nth: g.Nth, Outcome: notice.HandedOver, Now: now}
			if _, err := s.q.Ended(ctx, tx, arg); err != nil {
				return 0, err
			}
		}
		return s.q.Hand(ctx, tx, HandParams{Person: pgkit.UUID(g.Person), Notice: pgkit.UUID(g.Notice), Now: now, ServedAt: served, AnswerUntil: until})
	})
}

// Return is notice.Ways.Return.
func (s *Store) Return(ctx context.Context, g notice.Going, now time.Time) error {
	return s.move(ctx, g, "notice.returned", now, func(tx pgx.Tx) (int64, error) {
		n, err := s.turned(ctx, tx, g, notice.Bounced, now)
		if err != nil || n == 0 {
			return 0, err
		}
		return s.q.TakeBack(ctx, tx, TakeBackParams{Person: pgkit.UUID(g.Person), Notice: pgkit.UUID(g.Notice)})
	})
}

// Confirm is notice.Ways.Confirm.
func (s *Store) Confirm(ctx context.Context, g notice.Going, at, until, now time.Time) error {
	return s.move(ctx, g, "notice.confirmed", now, func(tx pgx.Tx) (int64, error) {
		n, err := s.turned(ctx, tx, g, notice.Confirmed, now)
		if err != nil || n == 0 {
			return 0, err
		}
		return s.q.Confirm(ctx, tx, ConfirmParams{Person: pgkit.UUID(g.Person), Notice: pgkit.UUID(g.Notice), Now: at, AnswerUntil: until})
	})
}

func (s *Store) turned(ctx context.Context, tx pgx.Tx, g notice.Going, outcome string, now time.Time) (int64, error) {
	return s.q.Turned(ctx, tx, TurnedParams{Person: pgkit.UUID(g.Person), Notice: pgkit.UUID(g.Notice), Channel: g.Channel, Nth: g.Nth, Outcome: outcome, Now: now})
}

// move changes a letter and publishes how it stands then, where it changed.
func (s *Store) move(ctx context.Context, g notice.Going, kind string, now time.Time, do func(pgx.Tx) (int64, error)) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := do(tx)
		if err != nil || n == 0 {
			return err
		}
		row, err := s.q.One(ctx, tx, OneParams{Person: pgkit.UUID(g.Person), Notice: pgkit.UUID(g.Notice)})
		if err != nil {
			return err
		}
		return s.publisher.Publish(ctx, tx, delivery(kind, owed(row), now))
	})
}

// Out is notice.Ways.Out.
func (s *Store) Out(ctx context.Context, n ref.Notice, channel string) (notice.Going, bool, error) {
	row, err := s.q.OutOfHouse(ctx, s.pool, OutOfHouseParams{Notice: pgkit.UUID(n), Channel: channel})
	if errors.Is(err, pgx.ErrNoRows) {
		return notice.Going{}, false, nil
	}
	return notice.Going{Person: row.Person.Bytes, Notice: n, Channel: row.Channel, Nth: row.Nth}, err == nil, pgkit.Clean(err)
}

// ToPrint is notice.Ways.ToPrint.
func (s *Store) ToPrint(ctx context.Context, most int) ([]notice.Waiting, error) {
	rows, err := s.q.ToPrint(ctx, s.pool, int32(most))
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]notice.Waiting, len(rows))
	for i, r := range rows {
		out[i] = notice.Waiting{Going: notice.Going{Person: r.Person.Bytes, Notice: r.Notice.Bytes, Channel: notice.ByPost, Nth: r.Nth}, Since: r.MeantAt}
	}
	return out, nil
}
