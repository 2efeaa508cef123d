package dossierpg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/dossier"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
)

// Late is dossier.Restorable.Late.
func (s *Store) Late(ctx context.Context, k dossier.Key, from, until time.Time) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		return s.q.Late(ctx, tx, LateParams{Person: pgkit.UUID(k.Person), Record: pgkit.UUID(k.Record), LateFrom: pgkit.Given(from), LateUntil: pgkit.Given(until)})
	})
}

// Stay writes from when to when a record is hidden by the ombudsman; a zero until is for
// ever. It joins the unit of ctx, in which the caller holds the person's gate.
func (s *Store) Stay(ctx context.Context, k dossier.Key, from, until time.Time) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		return s.q.Stay(ctx, tx, StayParams{Person: pgkit.UUID(k.Person), Record: pgkit.UUID(k.Record), StayFrom: from, StayUntil: pgkit.Given(until)})
	})
}

// Began is dossier.Began.Began.
func (s *Store) Began(ctx context.Context, span dossier.Span, after dossier.Summary, limit int) ([]dossier.Summary, error) {
	rows, err := s.q.BeganRecords(ctx, s.pool, BeganRecordsParams{Types: span.Types, FromDay: pgkit.Day(span.From), ToDay: pgkit.Day(span.To),
		AfterStart: pgkit.Day(max(after.Start, span.From-1)), AfterPerson: pgkit.UUID(after.Person), AfterRecord: pgkit.UUID(after.Record), Most: int32(limit)})
	return summaries(rows), pgkit.Clean(err)
}

func summaries[R BeganRecordsRow | OfPersonRow](rows []R) []dossier.Summary {
	out := make([]dossier.Summary, len(rows))
	for i, row := range rows {
		r := BeganRecordsRow(row)
		out[i] = dossier.Summary{Key: dossier.Key{Person: r.Person.Bytes, Record: r.Record.Bytes}, Version: r.Version, Source: r.Source.Bytes, Type: r.Type, Pack: r.Pack, Negative: r.Negative,
			State: dossier.State(r.State), ReceivedAt: r.ReceivedAt, Start: pgkit.Date(r.StartOn), DisplayEnd: pgkit.Date(r.DisplayEnd), RetainEnd: pgkit.Date(r.RetainEnd)}
	}
	return out
}

// Favourable is dossier.Began.Favourable.
func (s *Store) Favourable(ctx context.Context, span dossier.Span) (bool, error) {
	there, err := s.q.Favourable(ctx, s.pool, FavourableParams{Types: span.Types, FromDay: pgkit.Day(span.From), ToDay: pgkit.Day(span.To)})
	return there, pgkit.Clean(err)
}

// Of is dossier.Began.Of.
func (s *Store) Of(ctx context.Context, p ref.Person) ([]dossier.Summary, error) {
	rows, err := s.q.OfPerson(ctx, s.pool, pgkit.UUID(p))
	return summaries(rows), pgkit.Clean(err)
}
