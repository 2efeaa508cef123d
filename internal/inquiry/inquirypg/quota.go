package inquirypg

import (
	"context"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/inquiry"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Quota is inquiry.Quota on the pool of the app. It takes allowances in pieces and
// gives them out from memory, so that inquiries do not meet on one row.
type Quota struct {
	pool *pgxpool.Pool
	q    Queries

	mu    sync.Mutex
	piece map[quotaOf]*piece
}

type quotaOf struct {
	body    ref.Body
	purpose string
}

// piece is what is left of what was taken for one day.
type piece struct {
	mu      sync.Mutex
	day     when.Date
	ceiling int
	left    int
	over    bool // nothing more can be taken
}

// NewQuota returns a Quota on a pool of recourse_app.
func NewQuota(pool *pgxpool.Pool) *Quota {
	return &Quota{pool: pool, piece: map[quotaOf]*piece{}}
}

// Take is inquiry.Quota.Take.
func (s *Quota) Take(ctx context.Context, a inquiry.Allowance) (bool, error) {
	p := s.of(quotaOf{a.Body, a.Purpose})
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.day != a.Day || p.ceiling != a.Ceiling {
		p.day, p.ceiling, p.left, p.over = a.Day, a.Ceiling, 0, false
	}
	if p.left == 0 && !p.over {
		var err error
		if p.left, err = s.take(ctx, a); err != nil {
			return false, err
		}
		p.over = p.left == 0
	}
	if p.left == 0 {
		return false, nil
	}
	p.left--
	return true, nil
}

func (s *Quota) of(k quotaOf) *piece {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.piece[k]
	if p == nil {
		p = &piece{}
		s.piece[k] = p
	}
	return p
}

// take takes a piece, or the last ones one by one.
func (s *Quota) take(ctx context.Context, a inquiry.Allowance) (int, error) {
	for _, n := range []int{pieceOf(a.Ceiling), 1} {
		err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
			_, err := s.q.TakeQuota(ctx, tx, TakeQuotaParams{Body: pgkit.UUID(a.Body), Purpose: a.Purpose, Day: pgkit.Day(a.Day), Piece: int32(n), Ceiling: int32(a.Ceiling)})
			return err
		})
		if !errors.Is(err, pgx.ErrNoRows) {
			return n, err
		}
	}
	return 0, nil
}

// pieceOf is how much of a ceiling is taken at once: little enough that what is lost
// with a server does not count, much enough that few inquiries take.
func pieceOf(ceiling int) int { return max(1, min(64, ceiling/32)) }
