package disputepg

import (
	"bytes"
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"recourse/internal/dispute"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Twice is dispute.KeeperStore.Twice.
func (s *Store) Twice(ctx context.Context, today when.Date, limit int) ([]dispute.Key, error) {
	rows, err := s.q.Twice(ctx, s.Pool, TwiceParams{Today: pgkit.Day(today), Most: int32(limit)})
	out := make([]dispute.Key, len(rows))
	for i, r := range rows {
		out[i] = dispute.Key{Person: r.Person.Bytes, Contest: r.Contest.Bytes}
	}
	return out, pgkit.Clean(err)
}

// DueWithin is dispute.KeeperStore.DueWithin.
func (s *Store) DueWithin(ctx context.Context, from, to when.Date, after dispute.Due, limit int) ([]dispute.Due, error) {
	rows, err := s.q.DueWithin(ctx, s.Pool, DueWithinParams{FromOn: pgkit.Day(from), ToOn: pgkit.Day(to), AfterDay: pgkit.Day(after.On), AfterContest: pgkit.UUID(after.Contest), Most: int32(limit)})
	out := make([]dispute.Due, len(rows))
	for i, r := range rows {
		out[i] = dispute.Due{Key: dispute.Key{Person: r.Person.Bytes, Contest: r.Contest.Bytes}, On: pgkit.Date(r.DueOn)}
	}
	return out, pgkit.Clean(err)
}

// TellLate is dispute.KeeperStore.TellLate. It keeps the place up to where it told in
// the transaction that tells, so that each contest is told of once, and no row of a
// contest has to be written for it.
func (s *Store) TellLate(ctx context.Context, today when.Date, now time.Time, limit int) (told int, err error) {
	err = pgkit.Tx(ctx, s.Pool, func(tx pgx.Tx) error {
		from, err := s.q.Swept(ctx, tx)
		if err != nil {
			return err
		}
		to := SweptToParams{DueOn: pgkit.Day(today - 1), Contest: pgtype.UUID{Bytes: [16]byte(bytes.Repeat([]byte{255}, 16)), Valid: true}}
		if pgkit.Date(from.DueOn) >= today { // the clock of a sandbox went back
			return s.q.SweptTo(ctx, tx, to)
		}
		rows, err := s.q.Late(ctx, tx, LateParams{Today: pgkit.Day(today), AfterDay: from.DueOn, AfterContest: from.Contest, Most: int32(limit)})
		if err != nil {
			return err
		}
		if told = len(rows); told == limit {
			to.DueOn, to.Contest = rows[told-1].DueOn, rows[told-1].Contest
		}
		if to.DueOn == from.DueOn && to.Contest == from.Contest {
			return nil
		}
		events := make([]pgkit.Event, len(rows))
		for i, r := range rows {
			events[i] = pgkit.Event{Stream: r.Person.Bytes, Kind: "dispute.overdue", At: now, Refs: map[string]string{"contest": ref.Contest(r.Contest.Bytes).String(),
				"record": ref.Record(r.Record.Bytes).String(), "source": ref.Body(r.Source.Bytes).String(), "due": pgkit.Date(r.DueOn).String()}}
		}
		if err := s.Publisher.Publish(ctx, tx, events...); err != nil {
			return err
		}
		return s.q.SweptTo(ctx, tx, to)
	})
	return told, err
}

// Stale is dispute.KeeperStore.Stale.
func (s *Store) Stale(ctx context.Context, before time.Time, limit int) ([]dispute.Key, error) {
	rows, err := s.q.StaleDrafts(ctx, s.Pool, StaleDraftsParams{Before: before, Most: int32(limit)})
	out := make([]dispute.Key, len(rows))
	for i, r := range rows {
		out[i] = dispute.Key{Person: r.Person.Bytes, Contest: r.Contest.Bytes}
	}
	return out, pgkit.Clean(err)
}
