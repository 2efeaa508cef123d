package dossierpg

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"recourse/internal/dossier"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Tombstones is dossier.Tombstones.Tombstones.
func (s *Store) Tombstones(ctx context.Context, p ref.Person, r ref.Record) ([]dossier.Tombstone, error) {
	rows, err := s.q.Tombstones(ctx, s.pool, TombstonesParams{Person: pgkit.UUID(p), Record: pgkit.UUID(r)})
	out := make([]dossier.Tombstone, len(rows))
	for i, row := range rows {
		out[i] = dossier.Tombstone{Key: dossier.Key{Person: p, Record: row.Record.Bytes}, Version: row.Version, Type: row.Type, Source: row.Source.Bytes, Pack: row.Pack,
			Start: pgkit.Date(row.StartOn), RetainEnd: pgkit.Date(row.RetainEnd), Slot: seal.Slot{Epoch: seal.Epoch(row.Epoch), Leaf: seal.Leaf(row.Leaf)},
			EndedAt: row.Ended, Why: dossier.Why(row.Why), Rule: row.Rule}
	}
	return out, pgkit.Clean(err)
}

// Ending is dossier.Tombstones.Ending.
func (s *Store) Ending(ctx context.Context, p ref.Person, from, until when.Date) ([]dossier.Tombstone, error) {
	rows, err := s.q.EndingOf(ctx, s.pool, EndingOfParams{Person: pgkit.UUID(p), FromDay: pgkit.Day(from), UntilDay: pgkit.Day(until)})
	out := make([]dossier.Tombstone, len(rows))
	for i, row := range rows {
		out[i] = dossier.Tombstone{Key: dossier.Key{Person: p, Record: row.Record.Bytes}, Version: row.Version, Type: row.Type, Source: row.Source.Bytes, Pack: row.Pack,
			Start: pgkit.Date(row.StartOn), RetainEnd: pgkit.Date(row.RetainEnd), Slot: seal.Slot{Epoch: seal.Epoch(row.Epoch), Leaf: seal.Leaf(row.Leaf)}}
	}
	return out, pgkit.Clean(err)
}

// Ends is dossier.Shortener.Ends.
func (s *Store) Ends(ctx context.Context, today when.Date) ([]dossier.Ends, error) {
	var out []dossier.Ends
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := s.q.Ends(ctx, tx, pgkit.Day(today))
		for _, r := range rows {
			out = append(out, dossier.Ends{Type: r.Type, Start: pgkit.Date(r.StartOn), DisplayEnd: pgkit.Date(r.DisplayEnd), RetainEnd: pgkit.Date(r.RetainEnd), Records: r.Records})
		}
		return err
	})
	return out, err
}

// Shorten is dossier.Shortener.Shorten.
func (s *Store) Shorten(ctx context.Context, was dossier.Ends, display, retain when.Date, limit int32) (n int64, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err = s.q.Shorten(ctx, tx, ShortenParams{Type: was.Type, StartOn: pgkit.Day(was.Start), Was: pgkit.Day(was.RetainEnd), Display: pgkit.Day(display), Retain: pgkit.Day(retain), Most: limit})
		return err
	})
	return n, err
}

// EndingOn is dossier.Shortener.EndingOn.
func (s *Store) EndingOn(ctx context.Context, day when.Date, after dossier.Key, limit int32) ([]dossier.Told, error) {
	key := func(id [16]byte) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }
	rows, err := s.q.EndingOn(ctx, s.pool, EndingOnParams{Day: pgkit.Day(day), AfterPerson: key(after.Person), AfterRecord: key(after.Record), Most: limit})
	out := make([]dossier.Told, len(rows))
	for i, r := range rows {
		out[i] = dossier.Told{Person: r.Person.Bytes, Record: r.Record.Bytes, Version: r.Version}
	}
	return out, pgkit.Clean(err)
}
