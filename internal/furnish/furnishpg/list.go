package furnishpg

import (
	"cmp"
	"context"
	"time"

	"recourse/internal/furnish"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
)

// always is after every delivery.
var always = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// List is furnish.Store.List.
func (s *Store) List(ctx context.Context, body ref.Body, f furnish.Filter, limit int32) ([]furnish.Delivery, error) {
	until, before := f.Until, f.Before
	if until.IsZero() {
		until = always
	}
	before.At = cmp.Or(before.At, always)
	rows, err := s.q.List(ctx, s.pool, ListParams{Body: pgkit.UUID(body), Type: f.Type, State: string(f.State), Since: f.Since, Until: until,
		BeforeAt: before.At, BeforeID: pgkit.UUID(before.ID), Most: limit})
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]furnish.Delivery, len(rows))
	for i, r := range rows {
		out[i] = delivery(ByKeyRow(r))
	}
	return out, nil
}

// Filed returns who of a body sent records of a type that came in at an instant.
func (s *Store) Filed(ctx context.Context, body ref.Body, typ string, at time.Time) ([]ref.Clerk, error) {
	rows, err := s.q.Filed(ctx, s.pool, FiledParams{Body: pgkit.UUID(body), Type: typ, At: at})
	out := make([]ref.Clerk, len(rows))
	for i, r := range rows {
		out[i] = r.Bytes
	}
	return out, pgkit.Clean(err)
}
