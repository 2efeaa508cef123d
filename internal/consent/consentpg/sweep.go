package consentpg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/when"
)

// KeeperStore is consent.KeeperStore, on a pool of recourse_keeper.
type KeeperStore struct {
	pool *pgxpool.Pool
	q    Queries
}

// NewKeeperStore returns a KeeperStore.
func NewKeeperStore(pool *pgxpool.Pool) *KeeperStore { return &KeeperStore{pool: pool} }

// SweepCodes is consent.KeeperStore.SweepCodes.
func (s *KeeperStore) SweepCodes(ctx context.Context, now time.Time) (more bool, err error) {
	n, err := s.q.SweepCodes(ctx, s.pool, now)
	return n > 0, pgkit.Clean(err)
}

// SweepEnded is consent.KeeperStore.SweepEnded.
func (s *KeeperStore) SweepEnded(ctx context.Context, before time.Time, day when.Date) (more bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		decided, err := s.q.SweepDecided(ctx, tx, before)
		if err != nil {
			return err
		}
		undecided, err := s.q.SweepUndecided(ctx, tx, pgkit.Day(day))
		if err != nil {
			return err
		}
		given, err := s.q.SweepGiven(ctx, tx, before)
		if more = decided+undecided > 0 || len(given) > 0; err != nil || len(given) == 0 {
			return err
		}
		var uses SweepUsesParams
		for _, g := range given {
			uses.Persons, uses.Consents = append(uses.Persons, g.Person), append(uses.Consents, g.Consent)
		}
		return s.q.SweepUses(ctx, tx, uses)
	})
	return more, err
}
