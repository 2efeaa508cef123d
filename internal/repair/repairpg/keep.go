package repairpg

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/repair"
	"recourse/internal/when"
)

// Twice is repair.KeeperStore.Twice.
func (s *Store) Twice(ctx context.Context, today when.Date, limit int) ([]repair.Key, error) {
	rows, err := s.q.Twice(ctx, s.Pool, TwiceParams{Today: pgkit.Day(today), Most: int32(limit)})
	out := make([]repair.Key, len(rows))
	for i, r := range rows {
		out[i] = repair.Key{Person: r.Person.Bytes, Application: r.Application.Bytes}
	}
	return out, pgkit.Clean(err)
}

// DueWithin is repair.KeeperStore.DueWithin.
func (s *Store) DueWithin(ctx context.Context, from, to when.Date, after repair.Due, limit int) ([]repair.Due, error) {
	rows, err := s.q.DueWithin(ctx, s.Pool, DueWithinParams{FromOn: pgkit.Day(from), ToOn: pgkit.Day(to), AfterDay: pgkit.Day(after.On), AfterApplication: pgkit.UUID(after.Application), Most: int32(limit)})
	out := make([]repair.Due, len(rows))
	for i, r := range rows {
		out[i] = repair.Due{Key: repair.Key{Person: r.Person.Bytes, Application: r.Application.Bytes}, On: pgkit.Date(r.DueOn)}
	}
	return out, pgkit.Clean(err)
}

// TellLate is repair.KeeperStore.TellLate.
func (s *Store) TellLate(ctx context.Context, today when.Date, now time.Time, limit int) (told int, err error) {
	err = pgkit.Tx(ctx, s.Pool, func(tx pgx.Tx) error {
		rows, err := s.q.TellLate(ctx, tx, TellLateParams{Today: pgkit.Day(today), Most: int32(limit)})
		if err != nil {
			return err
		}
		told = len(rows)
		events := make([]pgkit.Event, len(rows))
		for i, r := range rows {
			events[i] = pgkit.Event{Stream: r.Person.Bytes, Kind: "repair.overdue", At: now, Refs: map[string]string{"application": ref.Repair(r.Application.Bytes).String(),
				"record": ref.Record(r.Record.Bytes).String(), "source": ref.Body(r.Source.Bytes).String(), "route": r.Route, "due": pgkit.Date(r.DueOn).String()}}
		}
		return s.Publisher.Publish(ctx, tx, events...)
	})
	return told, err
}

// Stale is repair.KeeperStore.Stale.
func (s *Store) Stale(ctx context.Context, before time.Time, limit int) ([]repair.Key, error) {
	rows, err := s.q.StaleDrafts(ctx, s.Pool, StaleDraftsParams{Before: before, Most: int32(limit)})
	out := make([]repair.Key, len(rows))
	for i, r := range rows {
		out[i] = repair.Key{Person: r.Person.Bytes, Application: r.Application.Bytes}
	}
	return out, pgkit.Clean(err)
}

// Tell is repair.KeeperStore.Tell.
func (s *Store) Tell(ctx context.Context, all []repair.Opening, now time.Time) error {
	var arg OpenParams
	versions := map[pgtype.UUID]int32{}
	for _, o := range all {
		record := pgkit.UUID(o.Record)
		arg.Persons, arg.Records, arg.Routes = append(arg.Persons, pgkit.UUID(o.Person)), append(arg.Records, record), append(arg.Routes, o.Route)
		versions[record] = o.Version
	}
	arg.At = now
	return pgkit.Tx(ctx, s.Pool, func(tx pgx.Tx) error {
		rows, err := s.q.Open(ctx, tx, arg)
		if err != nil {
			return err
		}
		events := make([]pgkit.Event, len(rows))
		for i, r := range rows {
			events[i] = pgkit.Event{Stream: r.Person.Bytes, Kind: "repair.opened-way", At: now, Refs: map[string]string{"record": ref.Record(r.Record.Bytes).String(),
				"version": strconv.Itoa(int(versions[r.Record])), "route": r.Route}}
		}
		return s.Publisher.Publish(ctx, tx, events...)
	})
}

// SweepEntries is repair.KeeperStore.SweepEntries.
func (s *Store) SweepEntries(ctx context.Context, today when.Date, limit int) (n int, err error) {
	err = pgkit.Tx(ctx, s.Pool, func(tx pgx.Tx) error {
		rows, err := s.q.SweepEntries(ctx, tx, SweepEntriesParams{Today: pgkit.Day(today), Most: int32(limit)})
		if n = len(rows); err != nil || n == 0 {
			return err
		}
		var arg SweepOpeningsParams
		for _, r := range rows {
			arg.Persons, arg.Records = append(arg.Persons, r.Person), append(arg.Records, r.Record)
		}
		return s.q.SweepOpenings(ctx, tx, arg)
	})
	return n, err
}

// All is repair.Reliefs.All.
func (s *Store) All(ctx context.Context) ([]repair.Carried, error) {
	rows, err := s.q.Reliefs(ctx, s.Pool)
	out := make([]repair.Carried, len(rows))
	for i, r := range rows {
		out[i] = repair.Carried{Relief: r.Relief, Pack: r.Pack, ProposedBy: r.ProposedBy.Bytes, ProposedAt: r.ProposedAt, ConfirmedBy: r.ConfirmedBy.Bytes,
			ConfirmedAt: pgkit.Instant(r.ConfirmedAt), DoneAt: pgkit.Instant(r.DoneAt), Ended: int(r.Ended)}
	}
	return out, pgkit.Clean(err)
}

// Confirmed is repair.KeeperStore.Confirmed.
func (s *Store) Confirmed(ctx context.Context) (out []repair.Carried, err error) {
	all, err := s.All(ctx)
	for _, c := range all {
		if !c.ConfirmedAt.IsZero() && c.DoneAt.IsZero() {
			out = append(out, c)
		}
	}
	return out, err
}

// Propose is repair.Reliefs.Propose.
func (s *Store) Propose(ctx context.Context, c repair.Carried) (bool, error) {
	return s.step(ctx, "repair.relief-proposed", c.Relief, c.ProposedBy, c.ProposedAt, func(tx pgx.Tx) (int64, error) {
		return s.q.ProposeRelief(ctx, tx, ProposeReliefParams{Relief: c.Relief, Pack: c.Pack, ProposedBy: pgkit.UUID(c.ProposedBy), ProposedAt: c.ProposedAt})
	})
}

// Confirm is repair.Reliefs.Confirm.
func (s *Store) Confirm(ctx context.Context, relief string, by ref.Clerk, now time.Time) (bool, error) {
	return s.step(ctx, "repair.relief-confirmed", relief, by, now, func(tx pgx.Tx) (int64, error) {
		return s.q.ConfirmRelief(ctx, tx, ConfirmReliefParams{Relief: relief, Clerk: pgkit.UUID(by), Now: now})
	})
}

// Withdraw is repair.Reliefs.Withdraw.
func (s *Store) Withdraw(ctx context.Context, relief string, by ref.Clerk, now time.Time) (bool, error) {
	return s.step(ctx, "repair.relief-withdrawn", relief, by, now, func(tx pgx.Tx) (int64, error) { return s.q.WithdrawRelief(ctx, tx, relief) })
}

// step is one step of a relief, which concerns no one person: its stream is who took
// it.
func (s *Store) step(ctx context.Context, kind, relief string, by ref.Clerk, now time.Time, do func(pgx.Tx) (int64, error)) (done bool, err error) {
	err = pgkit.Tx(ctx, s.Pool, func(tx pgx.Tx) error {
		n, err := do(tx)
		if done = n == 1; err != nil || !done {
			return err
		}
		return s.Publisher.Publish(ctx, tx, pgkit.Event{Stream: by, Kind: kind, At: now, Refs: map[string]string{"relief": relief, "clerk": by.String()}})
	})
	return done, err
}

// Done is repair.KeeperStore.Done.
func (s *Store) Done(ctx context.Context, relief string, ended int, now time.Time) error {
	return pgkit.Clean(s.q.DoneRelief(ctx, s.Pool, DoneReliefParams{Relief: relief, More: int32(ended), Now: now}))
}
