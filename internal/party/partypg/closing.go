package partypg

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Files changes to what day a person's file lives, for the room that enters deaths. It
// joins the transaction of ctx.
type Files struct {
	pool *pgxpool.Pool
	q    Queries
}

// NewFiles returns files on a pool of recourse_app or recourse_keeper.
func NewFiles(pool *pgxpool.Pool) *Files { return &Files{pool: pool} }

// Shorten lets a file live to a day at most, ends its person's sign-ins, and returns to
// what it would have lived and to what it does.
func (f *Files) Shorten(ctx context.Context, p ref.Person, until when.Date) (was, is when.Date, err error) {
	err = pgkit.Tx(ctx, f.pool, func(tx pgx.Tx) error {
		if err := f.q.RemoveSessions(ctx, tx, pgkit.UUID(p)); err != nil {
			return err
		}
		row, err := f.q.Shorten(ctx, tx, ShortenParams{Person: pgkit.UUID(p), Until: pgkit.Day(until)})
		was, is = pgkit.Date(row.WasUntil), pgkit.Date(row.IsUntil)
		return err
	})
	return was, is, err
}

// Lengthen lets a file live to a day at least.
func (f *Files) Lengthen(ctx context.Context, p ref.Person, until when.Date) error {
	return pgkit.Tx(ctx, f.pool, func(tx pgx.Tx) error {
		arg := LengthenPersonsParams{}
		arg.Persons, arg.LiveUntils = append(arg.Persons, pgkit.UUID(p)), append(arg.LiveUntils, pgkit.Day(until))
		return f.q.LengthenPersons(ctx, tx, arg)
	})
}
