package partypg

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/party"
	"recourse/internal/ref"
)

// Views is party.ViewStore.
type Views struct {
	pool *pgxpool.Pool
	q    Queries
}

// NewViews returns the views of clerks on a pool of recourse_app.
func NewViews(pool *pgxpool.Pool) *Views { return &Views{pool: pool} }

// Views is party.ViewStore.Views.
func (s *Views) Views(ctx context.Context, clerk ref.Clerk) ([]party.View, error) {
	rows, err := s.q.Views(ctx, s.pool, pgkit.UUID(clerk))
	out := make([]party.View, len(rows))
	for i, r := range rows {
		out[i] = party.View{ID: r.View.Bytes, Clerk: clerk, List: r.List, Name: r.Name, Filters: r.Filters, MadeAt: r.MadeAt}
	}
	return out, pgkit.Clean(err)
}

// PutView is party.ViewStore.PutView.
func (s *Views) PutView(ctx context.Context, v party.View, most int) (bool, error) {
	n, err := s.q.PutView(ctx, s.pool, PutViewParams{Clerk: pgkit.UUID(v.Clerk), View: pgkit.UUID(v.ID), List: v.List, Name: v.Name, Filters: v.Filters, MadeAt: v.MadeAt, Most: int64(most)})
	return n == 1, named(err)
}

// RenameView is party.ViewStore.RenameView.
func (s *Views) RenameView(ctx context.Context, clerk ref.Clerk, id ref.View, name string) (bool, error) {
	n, err := s.q.RenameView(ctx, s.pool, RenameViewParams{Clerk: pgkit.UUID(clerk), View: pgkit.UUID(id), Name: name})
	return n == 1, named(err)
}

// DropView is party.ViewStore.DropView.
func (s *Views) DropView(ctx context.Context, clerk ref.Clerk, id ref.View) (bool, error) {
	n, err := s.q.DropView(ctx, s.pool, DropViewParams{Clerk: pgkit.UUID(clerk), View: pgkit.UUID(id)})
	return n == 1, pgkit.Clean(err)
}

// named says that the clerk has a view of that name.
func named(err error) error {
	if pgkit.Code(err) == pgkit.UniqueViolation {
		return party.ErrViewName
	}
	return pgkit.Clean(err)
}
