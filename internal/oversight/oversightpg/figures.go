package oversightpg

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/oversight"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Figures is oversight.FigureStore on a pool of recourse_app; Close is for one of
// recourse_keeper.
type Figures struct {
	pool *pgxpool.Pool
	q    Queries
}

// NewFigures returns the figures of quarters.
func NewFigures(pool *pgxpool.Pool) *Figures { return &Figures{pool: pool} }

// Close writes the figures of the oldest quarter that is over and not closed, with the
// event "oversight.quarter-closed" in the public log, and returns it; false where there is
// none. countedFor is under which code each body is counted.
func (s *Figures) Close(ctx context.Context, countedFor map[ref.Body]string, now time.Time) (q oversight.Quarter, closed bool, err error) {
	event, err := ref.Mint[ref.Event](rand.Reader)
	if err != nil {
		return 0, false, err
	}
	arg := CloseQuarterParams{Event: pgkit.UUID(event), Now: now}
	for body, code := range countedFor {
		arg.Bodies, arg.CountedFor = append(arg.Bodies, pgkit.UUID(body)), append(arg.CountedFor, code)
	}
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.q.LongStatements(ctx, tx); err != nil {
			return err
		}
		rows, err := s.q.CloseQuarter(ctx, tx, arg)
		if closed = len(rows) > 0; closed {
			q = oversight.Quarter(pgkit.Date(rows[0]))
		}
		return err
	})
	return q, closed && err == nil, err
}

// Quarters is oversight.FigureStore.Quarters.
func (s *Figures) Quarters(ctx context.Context) ([]oversight.Quarter, error) {
	rows, err := s.q.Quarters(ctx, s.pool)
	out := make([]oversight.Quarter, len(rows))
	for i, r := range rows {
		out[i] = oversight.Quarter(pgkit.Date(r))
	}
	return out, pgkit.Clean(err)
}

// Figures is oversight.FigureStore.Figures.
func (s *Figures) Figures(ctx context.Context, q oversight.Quarter) ([]oversight.Figure, time.Time, error) {
	day := pgkit.Day(when.Date(q))
	at, err := s.q.ClosedAt(ctx, s.pool, day)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, time.Time{}, oversight.ErrNoQuarter
	}
	if err != nil {
		return nil, time.Time{}, pgkit.Clean(err)
	}
	rows, err := s.q.Figures(ctx, s.pool, day)
	out := make([]oversight.Figure, len(rows))
	for i, r := range rows {
		out[i] = oversight.Figure{About: oversight.About(r.About), For: r.CountedFor, N: int(r.N)}
		if r.Part != nil {
			out[i].Part = int(*r.Part)
		}
		if r.TooFew != nil {
			out[i].TooFew = *r.TooFew
		}
	}
	return out, at, pgkit.Clean(err)
}
