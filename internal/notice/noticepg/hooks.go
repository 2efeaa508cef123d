package noticepg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/kit/pgkit"
	"recourse/internal/notice"
	"recourse/internal/ref"
)

// Put is notice.Hooks.Put. What waits goes to the new one.
func (s *Changes) Put(ctx context.Context, h notice.Hook) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if n, err := s.q.KnowsHook(ctx, tx, pgkit.UUID(h.ID)); err != nil || n > 0 {
			return err
		}
		if _, err := s.q.EndHook(ctx, tx, EndHookParams{Body: pgkit.UUID(h.Body), Now: h.MadeAt}); err != nil {
			return err
		}
		if err := s.q.PutHook(ctx, tx, PutHookParams{Hook: pgkit.UUID(h.ID), Body: pgkit.UUID(h.Body), Url: h.URL, MadeAt: h.MadeAt}); err != nil {
			return err
		}
		if err := s.q.Rehook(ctx, tx, RehookParams{Body: pgkit.UUID(h.Body), Hook: pgkit.UUID(h.ID)}); err != nil {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: h.Body, Kind: "notice.hook-set", At: h.MadeAt, Refs: map[string]string{"hook": h.ID.String()}})
	})
}

// End is notice.Hooks.End.
func (s *Changes) End(ctx context.Context, body ref.Body, now time.Time) (ended bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.EndHook(ctx, tx, EndHookParams{Body: pgkit.UUID(body), Now: now})
		if ended = n > 0; err != nil || !ended {
			return err
		}
		if err := s.q.Rehook(ctx, tx, RehookParams{Body: pgkit.UUID(body)}); err != nil {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: body, Kind: "notice.hook-ended", At: now})
	})
	return ended, err
}

// Of is notice.Hooks.Of.
func (s *Changes) Of(ctx context.Context, body ref.Body) (notice.Hook, bool, error) {
	r, err := s.q.HookOf(ctx, s.pool, pgkit.UUID(body))
	if errors.Is(err, pgx.ErrNoRows) {
		return notice.Hook{}, false, nil
	}
	return notice.Hook{ID: r.Hook.Bytes, Body: r.Body.Bytes, URL: r.Url, MadeAt: r.MadeAt, Waiting: r.Waiting, Dead: r.Dead}, err == nil, pgkit.Clean(err)
}

// All is notice.Hooks.All.
func (s *Changes) All(ctx context.Context) ([]notice.Hook, error) {
	rows, err := s.q.Hooks(ctx, s.pool)
	out := make([]notice.Hook, len(rows))
	for i, r := range rows {
		out[i] = notice.Hook{ID: r.Hook.Bytes, Body: r.Body.Bytes, URL: r.Url, MadeAt: r.MadeAt, Waiting: r.Waiting, Dead: r.Dead}
	}
	return out, pgkit.Clean(err)
}

// Again is notice.Hooks.Again.
func (s *Changes) Again(ctx context.Context, body ref.Body, now time.Time) (int64, error) {
	n, err := s.q.SendAgain(ctx, s.pool, SendAgainParams{Body: pgkit.UUID(body), Now: now})
	return n, pgkit.Clean(err)
}

// Due is notice.Pushes.Due.
func (s *Changes) Due(ctx context.Context, now time.Time, most int) ([]ref.Body, error) {
	rows, err := s.q.DueBodies(ctx, s.pool, DueBodiesParams{Now: now, Most: int32(most)})
	out := make([]ref.Body, len(rows))
	for i, r := range rows {
		out[i] = r.Bytes
	}
	return out, pgkit.Clean(err)
}

// Claim is notice.Pushes.Claim.
func (s *Changes) Claim(ctx context.Context, body ref.Body, now, until time.Time, most int) ([]notice.Push, error) {
	var rows []ClaimPushesRow
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) (err error) {
		rows, err = s.q.ClaimPushes(ctx, tx, ClaimPushesParams{Body: pgkit.UUID(body), Now: now, Until: until, Most: int32(most)})
		return err
	})
	out := make([]notice.Push, len(rows))
	for i, r := range rows {
		out[i] = notice.Push{URL: r.Url, Change: change(NoticeChange{Person: r.Person, Change: r.Change, Body: r.Body, Record: r.Record, What: r.What, Type: r.Type,
			Source: r.Source, StartOn: r.StartOn, Inquiries: r.Inquiries, At: r.At, Hook: r.Hook, Tries: r.Tries})}
	}
	return out, err
}

// Sent is notice.Pushes.Sent.
func (s *Changes) Sent(ctx context.Context, p notice.Push, now time.Time) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.SentChange(ctx, tx, SentChangeParams{Person: pgkit.UUID(p.Person), Change: pgkit.UUID(p.ID), Now: now})
		if err != nil || n == 0 {
			return err
		}
		return s.publisher.Publish(ctx, tx, ofChange("notice.change-sent", p.Change, now))
	})
}

// Failed is notice.Pushes.Failed.
func (s *Changes) Failed(ctx context.Context, p notice.Push, code string, next time.Time) error {
	return pgkit.Clean(s.q.FailedChange(ctx, s.pool, FailedChangeParams{Person: pgkit.UUID(p.Person), Change: pgkit.UUID(p.ID), Code: code, Next: next}))
}

// Bury is notice.Pushes.Bury.
func (s *Changes) Bury(ctx context.Context, before, now time.Time, most int) (n int, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := s.q.BuryChanges(ctx, tx, BuryChangesParams{Before: before, Now: now, Most: int32(most)})
		if n = len(rows); err != nil {
			return err
		}
		return s.buried(ctx, tx, rows, now)
	})
	return n, err
}

// Gone is notice.Pushes.Gone.
func (s *Changes) Gone(ctx context.Context, p notice.Push, now time.Time) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.q.EndThatHook(ctx, tx, EndThatHookParams{Hook: pgkit.UUID(p.Hook), Now: now}); err != nil {
			return err
		}
		rows, err := s.q.BuryHook(ctx, tx, BuryHookParams{Body: pgkit.UUID(p.Body), Hook: pgkit.UUID(p.Hook), Now: now})
		if err != nil {
			return err
		}
		gone := make([]BuryChangesRow, len(rows))
		for i, r := range rows {
			gone[i] = BuryChangesRow(r)
		}
		return s.buried(ctx, tx, gone, now)
	})
}

func (s *Changes) buried(ctx context.Context, tx pgx.Tx, rows []BuryChangesRow, now time.Time) error {
	events := make([]pgkit.Event, len(rows))
	for i, r := range rows {
		events[i] = ofChange("notice.change-undelivered", notice.Change{ID: r.Change.Bytes, Person: r.Person.Bytes, Body: r.Body.Bytes}, now)
	}
	return s.publisher.Publish(ctx, tx, events...)
}
