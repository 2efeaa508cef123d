package dossierpg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"recourse/internal/dossier"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// EraseOver is dossier.KeeperStore.EraseOver.
func (e *Ender) EraseOver(ctx context.Context, today when.Date, now time.Time, limit int32) (n int, err error) {
	s := e.store
	err = pgkit.Unit(ctx, s.pool, func(ctx context.Context) error {
		return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
			if err := pgkit.ByKey(ctx, tx); err != nil {
				return err
			}
			over, err := s.q.OverRecords(ctx, tx, OverRecordsParams{Today: pgkit.Day(today), Most: limit})
			if n = len(over); err != nil || n == 0 {
				return err
			}
			arg := EraseOverParams{Today: pgkit.Day(today), Now: now}
			for _, r := range over {
				arg.Persons, arg.Records = append(arg.Persons, r.Person), append(arg.Records, r.Record)
			}
			if err := s.q.LockGates(ctx, tx, arg.Persons); err != nil {
				return err
			}
			rows, err := s.q.EraseOver(ctx, tx, arg)
			if err != nil {
				return err
			}
			var early []seal.Held
			list := make([]erased, len(rows))
			for i, r := range rows {
				list[i] = erased{r.Person.Bytes, r.Record.Bytes, pgkit.Date(r.RetainEnd)}
				if slot := (seal.Slot{Epoch: seal.Epoch(r.Epoch), Leaf: seal.Leaf(r.Leaf)}); slot.Epoch.End() >= today && !r.Ended {
					early = append(early, seal.Held{Subject: dossier.RecordSubject(r.Person.Bytes, r.Record.Bytes, r.Version), Slot: slot})
				}
			}
			if err := e.forgetter.ForgetAll(ctx, early, shortened, now); err != nil {
				return err
			}
			return s.publisher.Publish(ctx, tx, erasures(list, "retention ended", now)...)
		})
	})
	return n, err
}

// shortened is why the vault forgets what is sealed for longer than it is kept.
const shortened = "shortened"

// erased is a record that was just erased.
type erased struct {
	person ref.Person
	record ref.Record
	retain when.Date
}

func erasures(list []erased, why string, now time.Time) []pgkit.Event {
	events := make([]pgkit.Event, len(list))
	for i, e := range list {
		events[i] = pgkit.Event{Stream: e.person, Kind: "dossier.erased", At: now,
			Refs: map[string]string{"record": e.record.String(), "retain_end": e.retain.String(), "why": why}}
	}
	return events
}

// Until is party.Lasting.Until: the last end of retention of the records that
// are not erased.
func (s *Store) Until(ctx context.Context, persons []ref.Person) (map[ref.Person]when.Date, error) {
	out := map[ref.Person]when.Date{}
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := s.q.LastingRecords(ctx, tx, pgkit.UUIDs(persons))
		for _, r := range rows {
			out[r.Person.Bytes] = pgkit.Date(r.Until)
		}
		return err
	})
	return out, err
}

// Name is for the vault's reports.
func (s *Store) Name() string { return "dossier.record" }

// MaxLeaves returns the highest leaf in use of each epoch in use.
func (s *Store) MaxLeaves(ctx context.Context) (map[seal.Epoch]seal.Leaf, error) {
	rows, err := s.q.RecordLeaves(ctx, s.pool)
	out := make(map[seal.Epoch]seal.Leaf, len(rows))
	for _, r := range rows {
		out[seal.Epoch(r.Epoch)] = seal.Leaf(r.Leaf)
	}
	return out, pgkit.Clean(err)
}

// Held returns up to limit records with content behind a cursor, and the cursor
// behind them; nil begins.
func (s *Store) Held(ctx context.Context, after []byte, limit int) ([]seal.Held, []byte, error) {
	arg := RecordsHeldParams{AfterPerson: pgtype.UUID{Valid: true}, AfterRecord: pgtype.UUID{Valid: true}, Most: int32(limit)}
	copy(arg.AfterRecord.Bytes[:], after[copy(arg.AfterPerson.Bytes[:], after):])
	rows, err := s.q.RecordsHeld(ctx, s.pool, arg)
	if err != nil || len(rows) == 0 {
		return nil, after, pgkit.Clean(err)
	}
	out := make([]seal.Held, len(rows))
	for i, r := range rows {
		out[i] = seal.Held{Subject: dossier.RecordSubject(r.Person.Bytes, r.Record.Bytes, r.Version),
			Slot: seal.Slot{Epoch: seal.Epoch(r.Epoch), Leaf: seal.Leaf(r.Leaf)}}
	}
	last := rows[len(rows)-1]
	return out, append(last.Person.Bytes[:], last.Record.Bytes[:]...), nil
}

// Erase clears the content of records that the vault has forgotten. Those that
// are erased already, or hold another version now, are left alone.
func (s *Store) Erase(ctx context.Context, boxes []seal.Held, now time.Time) error {
	for _, b := range boxes {
		p := ref.Person(b.Subject.Person)
		err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
			if err := s.q.LockGates(ctx, tx, pgkit.UUIDs([]ref.Person{p})); err != nil {
				return err
			}
			rows, err := s.q.EraseIn(ctx, tx, EraseInParams{Person: pgkit.UUID(p), Record: pgkit.UUID(ref.Record(b.Subject.Record)),
				Epoch: int64(b.Slot.Epoch), Leaf: int64(b.Slot.Leaf), Now: now})
			if err != nil {
				return err
			}
			list := make([]erased, len(rows))
			for i, r := range rows {
				list[i] = erased{p, r.Record.Bytes, pgkit.Date(r.RetainEnd)}
			}
			return s.publisher.Publish(ctx, tx, erasures(list, "found erased", now)...)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
