// Package dossierpg keeps records in PostgreSQL.
//
// It promises what dossier.Store and dossier.Merger ask for. Content is written
// here and never read but through dossier.show.
package dossierpg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/kit/pgkit"
	"recourse/internal/seal"
)

// Store is dossier.Store and dossier.Merger.
type Store struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
}

// NewStore returns a Store: on a pool of recourse_app for showing and merging, on
// one of recourse_keeper for taking effect and erasing.
func NewStore(pool *pgxpool.Pool, publisher pgkit.Publisher) *Store {
	return &Store{pool: pool, publisher: publisher}
}

// Show is dossier.Store.Show.
func (s *Store) Show(ctx context.Context, v dossier.View) ([]dossier.SealedRecord, error) {
	var rows []ShowRow
	err := pgkit.Confirmed(ctx, s.pool, func(conn *pgx.Conn) error {
		var err error
		rows, err = s.q.Show(ctx, conn, ShowParams{Person: pgkit.UUID(v.Person), Access: pgkit.UUID(v.Access), Now: v.Now, Pack: v.Pack, Record: pgkit.UUID(v.Record)})
		return err
	})
	if pgkit.Code(err) == pgkit.WrongInstant {
		return nil, fault.New(fault.Unavailable, "E-CLOCK",
			"The clocks of server and database differ by more than two seconds. Nothing was read. Try again; if it stays, tell the operator.").Because(err)
	}
	if err != nil {
		return nil, err
	}
	out := make([]dossier.SealedRecord, len(rows))
	for i, r := range rows {
		out[i] = shown(r)
	}
	return out, nil
}

func shown(r ShowRow) dossier.SealedRecord {
	rec := dossier.SealedRecord{
		Shown: dossier.Shown{
			Record: r.Record.Bytes, Version: r.Version, Type: r.Type, Source: r.Source.Bytes, Pack: r.Pack, Negative: r.Negative, Visible: r.Visible,
			ReceivedAt: r.ReceivedAt, Start: pgkit.Date(r.StartOn), RetainEnd: pgkit.Date(r.RetainEnd), ErasedAt: instant(r.ErasedAt),
			Standing: dossier.Standing{State: dossier.State(r.State), EffectAt: instant(r.EffectAt), DisplayEnd: pgkit.Date(r.DisplayEnd)},
		},
		Box: seal.Box{Epoch: seal.Epoch(r.Epoch), Leaf: seal.Leaf(r.Leaf), Data: r.Box},
	}
	copy(rec.Box.Nonce[:], r.Nonce)
	return rec
}

// instant reads the epoch, which stands for none (queries.sql), as the zero time.
func instant(t time.Time) time.Time {
	if t.Unix() == 0 {
		return time.Time{}
	}
	return t
}

// TakeEffect is dossier.Store.TakeEffect.
func (s *Store) TakeEffect(ctx context.Context, t dossier.Told, effect, now time.Time) (bool, error) {
	moved := false
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.TakeEffect(ctx, tx, TakeEffectParams{Person: pgkit.UUID(t.Person), Record: pgkit.UUID(t.Record), Version: t.Version, EffectAt: effect})
		if moved = n > 0; err != nil || !moved {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: t.Person, Kind: "dossier.took-effect", At: now,
			Refs: map[string]string{"record": t.Record.String(), "effect_at": effect.Format(time.RFC3339Nano)}})
	})
	return moved, err
}
