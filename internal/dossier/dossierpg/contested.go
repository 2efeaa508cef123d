package dossierpg

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"recourse/internal/dossier"
	"recourse/internal/kit/pgkit"
	"recourse/internal/when"
)

// Summary is dossier.Contested.Summary.
func (s *Store) Summary(ctx context.Context, k dossier.Key) (dossier.Summary, bool, error) {
	var r HeadOfRow
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) (err error) {
		r, err = s.q.HeadOf(ctx, tx, HeadOfParams{Person: pgkit.UUID(k.Person), Record: pgkit.UUID(k.Record)})
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return dossier.Summary{}, false, nil
	}
	if err != nil {
		return dossier.Summary{}, false, err
	}
	return dossier.Summary{Key: k, Version: r.Version, Source: r.Source.Bytes, Type: r.Type, Pack: r.Pack, Negative: r.Negative, State: dossier.State(r.State),
		ReceivedAt: r.ReceivedAt, Start: pgkit.Date(r.StartOn), DisplayEnd: pgkit.Date(r.DisplayEnd), RetainEnd: pgkit.Date(r.RetainEnd)}, true, nil
}

// Summaries returns what is known of records without their content; those that are not
// there are not in it.
func (s *Store) Summaries(ctx context.Context, keys []dossier.Key) ([]dossier.Summary, error) {
	var arg HeadsOfParams
	for _, k := range keys {
		arg.Persons, arg.Records = append(arg.Persons, pgkit.UUID(k.Person)), append(arg.Records, pgkit.UUID(k.Record))
	}
	var rows []HeadsOfRow
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) (err error) {
		if err = pgkit.ByKey(ctx, tx); err == nil {
			rows, err = s.q.HeadsOf(ctx, tx, arg)
		}
		return err
	})
	out := make([]dossier.Summary, len(rows))
	for i, r := range rows {
		out[i] = dossier.Summary{Key: dossier.Key{Person: r.Person.Bytes, Record: r.Record.Bytes}, Version: r.Version, Source: r.Source.Bytes, Type: r.Type, Pack: r.Pack,
			Negative: r.Negative, State: dossier.State(r.State), ReceivedAt: r.ReceivedAt, Start: pgkit.Date(r.StartOn), DisplayEnd: pgkit.Date(r.DisplayEnd), RetainEnd: pgkit.Date(r.RetainEnd)}
	}
	return out, err
}

// Shade is dossier.Contested.Shade.
func (s *Store) Shade(ctx context.Context, k dossier.Key, shade dossier.Shade) (bool, error) {
	arg := ShadeParams{Person: pgkit.UUID(k.Person), Record: pgkit.UUID(k.Record), DisputedFrom: pgkit.Given(shade.DisputedFrom), DisputedUntil: pgkit.Given(shade.DisputedUntil),
		HideFrom: pgkit.Given(shade.HideFrom), HideUntil: pgkit.Given(shade.HideUntil)}
	if !shade.HideFrom.IsZero() {
		why := string(shade.Why)
		arg.HideWhy = &why
	}
	there := false
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.Shade(ctx, tx, arg)
		there = n == 1
		return err
	})
	return there, err
}

// Readmit is dossier.Contested.Readmit.
func (s *Store) Readmit(ctx context.Context, k dossier.Key, until when.Date) (there bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.Readmit(ctx, tx, ReadmitParams{Person: pgkit.UUID(k.Person), Record: pgkit.UUID(k.Record), Until: pgkit.Day(until)})
		there = n == 1
		return err
	})
	return there, err
}

// Stated is dossier.Contested.Stated.
func (s *Store) Stated(ctx context.Context, k dossier.Key, stated bool) (there bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.Stated(ctx, tx, StatedParams{Person: pgkit.UUID(k.Person), Record: pgkit.UUID(k.Record), Stated: stated})
		there = n == 1
		return err
	})
	return there, err
}
