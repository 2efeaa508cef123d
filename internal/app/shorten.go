package app

import (
	"context"
	"crypto/rand"
	"time"

	"recourse/internal/dossier/dossierpg"
	"recourse/internal/kit/pgkit"
	"recourse/internal/law/lawpg"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/ref"
	"recourse/internal/retention"
	"recourse/internal/retention/retentionpg"
)

// Ahead lets an operator look at which records would end earlier under the pack in
// force, let that happen, or stop it, in the installation that is being served.
type Ahead struct {
	desk   *Desk
	keeper *retention.Keeper
	close  func()
}

// OpenAhead connects to the installation that is being served from a data folder.
func OpenAhead(ctx context.Context, dataDir string) (*Ahead, error) {
	desk, err := OpenDesk(ctx, dataDir)
	if err != nil {
		return nil, err
	}
	a := &Ahead{desk: desk, close: desk.Close}
	r, err := ReadRunning(dataDir)
	if err != nil {
		a.close()
		return nil, err
	}
	pool, err := pgkit.Open(ctx, pgkit.PoolConfig{URL: r.URLs.Keeper, MaxSize: 2})
	if err != nil {
		a.close()
		return nil, err
	}
	a.close = func() { pool.Close(); desk.Close() }
	shelf, err := timeline(ctx, lawpg.NewStore(desk.pool), r.Mode)
	if err != nil {
		a.close()
		return nil, err
	}
	publisher := ledgerpg.NewPublisher(nil, rand.Reader) // nothing follows but on its day, which the server keeps
	a.keeper = &retention.Keeper{Store: retentionpg.NewStore(pool, publisher), Ends: dossierpg.NewStore(pool, publisher), Shelf: shelf, Chance: rand.Reader}
	return a, nil
}

// Look says which records would end earlier. It changes nothing.
func (a *Ahead) Look(ctx context.Context) ([]retention.Earlier, error) {
	return a.keeper.Look(ctx, a.desk.Now())
}

// Shorten lets them end earlier, seven days from now.
func (a *Ahead) Shorten(ctx context.Context) (retention.Shortening, error) {
	return a.keeper.Shorten(ctx, a.desk.Now())
}

// Stop stops what waits.
func (a *Ahead) Stop(ctx context.Context, id ref.Shortening) error {
	return a.keeper.Stop(ctx, id, a.desk.Now())
}

// Now returns the instant that holds in the installation.
func (a *Ahead) Now() time.Time { return a.desk.Now() }

// Close ends the connections.
func (a *Ahead) Close() { a.close() }
