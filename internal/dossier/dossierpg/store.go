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
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
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
		rows, err = s.q.Show(ctx, conn, ShowParams{Person: pgkit.UUID(v.Person), Access: pgkit.UUID(v.Access), Now: v.Now, Pack: v.Pack, Record: pgkit.UUID(v.Record),
			First: int32(v.Part.From), Most: int32(v.Part.N)})
		return err
	})
	if err != nil {
		return nil, pgkit.Guard(err, err)
	}
	out := make([]dossier.SealedRecord, len(rows))
	for i, r := range rows {
		out[i] = shown(r)
	}
	return out, nil
}

// Outline is dossier.Store.Outline.
func (s *Store) Outline(ctx context.Context, p ref.Person, most int, now time.Time) (dossier.Outline, error) {
	rows, err := s.q.Outline(ctx, s.pool, OutlineParams{Person: pgkit.UUID(p), Now: now, Most: int32(most)})
	if err != nil || len(rows) == 0 {
		return dossier.Outline{}, pgkit.Clean(err)
	}
	out := dossier.Outline{Records: int(rows[0].Records), Others: int(rows[0].Others), Erased: int(rows[0].Erased)}
	for _, r := range rows {
		if r.Record.Valid {
			out.Ahead = append(out.Ahead, dossier.Turn{Record: r.Record.Bytes, Type: r.Type, Pack: r.Pack, Day: pgkit.Date(r.Day), Begins: r.Begins})
		}
	}
	return out, nil
}

func shown(r ShowRow) dossier.SealedRecord {
	rec := dossier.SealedRecord{
		Shown: dossier.Shown{
			Record: r.Record.Bytes, Version: r.Version, Type: r.Type, Source: r.Source.Bytes, Pack: r.Pack, Negative: r.Negative, Visible: r.Visible, Provisional: r.Provisional && !r.Visible,
			ReceivedAt: r.ReceivedAt, Start: pgkit.Date(r.StartOn), RetainEnd: pgkit.Date(r.RetainEnd), ErasedAt: instant(r.ErasedAt),
			Standing: dossier.Standing{State: dossier.State(r.State), EffectAt: instant(r.EffectAt), DisplayEnd: pgkit.Date(r.DisplayEnd),
				Shade: dossier.Shade{DisputedFrom: instant(r.DisputedFrom), DisputedUntil: instant(r.DisputedUntil),
					HideFrom: instant(r.HideFrom), HideUntil: instant(r.HideUntil), Why: dossier.HideWhy(r.HideWhy)},
				LateFrom: instant(r.LateFrom), LateUntil: instant(r.LateUntil), AtOnce: atOnce(r.AtOnce, r.UnheardUntil, r.Extended)},
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
func (s *Store) TakeEffect(ctx context.Context, told []dossier.Told, effect, now time.Time) (int, error) {
	effects := make([]dossier.Effect, len(told))
	for i, t := range told {
		effects[i] = dossier.Effect{Told: t, At: effect}
	}
	return s.takeEffect(ctx, effects, func(moved []dossier.Effect) []pgkit.Event {
		if len(moved) == 1 {
			return []pgkit.Event{tookEffect(moved[0], now)}
		}
		list := make([]dossier.Told, len(moved))
		for i, e := range moved {
			list[i] = e.Told
		}
		// Of many persons, so of none.
		return []pgkit.Event{{Stream: list[0].Record, Kind: "dossier.took-effect", At: now,
			Refs: map[string]string{"effect_at": effect.Format(time.RFC3339Nano), "records": dossier.WriteTold(list)}}}
	})
}

// TakeEffects is dossier.Store.TakeEffects.
func (s *Store) TakeEffects(ctx context.Context, effects []dossier.Effect, now time.Time) (int, error) {
	return s.takeEffect(ctx, effects, func(moved []dossier.Effect) []pgkit.Event {
		out := make([]pgkit.Event, len(moved))
		for i, e := range moved {
			out[i] = tookEffect(e, now)
		}
		return out
	})
}

func tookEffect(e dossier.Effect, now time.Time) pgkit.Event {
	return pgkit.Event{Stream: e.Person, Kind: "dossier.took-effect", At: now,
		Refs: map[string]string{"effect_at": e.At.Format(time.RFC3339Nano), "record": e.Record.String()}}
}

func (s *Store) takeEffect(ctx context.Context, effects []dossier.Effect, tell func(moved []dossier.Effect) []pgkit.Event) (moved int, err error) {
	if len(effects) == 0 {
		return 0, nil
	}
	var arg TakeEffectParams
	for _, e := range effects {
		arg.Persons, arg.Records = append(arg.Persons, pgkit.UUID(e.Person)), append(arg.Records, pgkit.UUID(e.Record))
		arg.Versions, arg.Effects = append(arg.Versions, e.Version), append(arg.Effects, e.At)
	}
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := pgkit.ByKey(ctx, tx); err != nil {
			return err
		}
		rows, err := s.q.TakeEffect(ctx, tx, arg)
		if moved = len(rows); err != nil || moved == 0 {
			return err
		}
		list := make([]dossier.Effect, moved)
		for i, r := range rows {
			list[i] = dossier.Effect{Told: dossier.Told{Person: r.Person.Bytes, Record: r.Record.Bytes, Version: r.Told}, At: pgkit.Instant(r.EffectAt)}
		}
		return s.publisher.Publish(ctx, tx, tell(list)...)
	})
	return moved, err
}

// TakeBack is dossier.Store.TakeBack.
func (s *Store) TakeBack(ctx context.Context, t dossier.Told, now time.Time) (back bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.TakeBack(ctx, tx, TakeBackParams{Person: pgkit.UUID(t.Person), Record: pgkit.UUID(t.Record), Version: t.Version})
		if back = n > 0; err != nil || !back {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: t.Person, Kind: "dossier.taken-back", At: now, Refs: map[string]string{"record": t.Record.String()}})
	})
	return back, err
}
