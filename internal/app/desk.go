package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/clock"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/when"
)

// Desk is what an operator's command needs of an installation that is being
// served: parties, and the clock. It holds no key of the vault.
type Desk struct {
	Party    *party.Service
	Mandates party.MandateStore

	pool  *pgxpool.Pool
	clock clock.Clock
}

// OpenDesk connects to the installation that is being served from a data folder.
func OpenDesk(ctx context.Context, dataDir string) (*Desk, error) {
	r, err := ReadRunning(dataDir)
	if err != nil {
		return nil, err
	}
	pool, err := pgkit.Open(ctx, pgkit.PoolConfig{URL: r.URLs.App, MaxSize: 2})
	if err != nil {
		return nil, fmt.Errorf("the server that was started from %s cannot be reached (it may have been killed; start it again): %w", dataDir, err)
	}
	d := &Desk{pool: pool}
	shift, err := pgkit.Shift(ctx, pool)
	if err != nil {
		pool.Close()
		return nil, err
	}
	d.clock.Shift(shift)
	zone, err := pgkit.Zone(ctx, pool)
	if err != nil {
		pool.Close()
		return nil, err
	}
	// No reaction follows from what is done here, so the publisher needs no table.
	publisher := ledgerpg.NewPublisher(nil, rand.Reader)
	d.Party = &party.Service{Store: partypg.NewStore(pool, publisher), Chance: rand.Reader, Zone: zone}
	d.Mandates = partypg.NewMandates(pool, publisher)
	return d, nil
}

// Now returns the instant that holds in the installation.
func (d *Desk) Now() time.Time { return d.clock.Now() }

// Today returns the day that it is in the installation.
func (d *Desk) Today() when.Date { return when.In(d.Now(), d.Party.Zone) }

// Close ends the connection.
func (d *Desk) Close() { d.pool.Close() }

// ErrNotSandbox is returned where a sandbox is needed.
var ErrNotSandbox = errors.New("this installation is not a sandbox; its clock cannot be moved")

// MoveClock moves the clock of a sandbox that is being served, by from what it is
// now, and returns the instant that holds then. The database refuses it in
// production.
func MoveClock(ctx context.Context, dataDir string, by time.Duration) (time.Time, error) {
	return changeClock(ctx, dataDir, func(shift time.Duration) time.Duration { return shift + by })
}

// ResetClock sets the clock of a sandbox back to the machine's.
func ResetClock(ctx context.Context, dataDir string) (time.Time, error) {
	return changeClock(ctx, dataDir, func(time.Duration) time.Duration { return 0 })
}

func changeClock(ctx context.Context, dataDir string, change func(time.Duration) time.Duration) (time.Time, error) {
	r, err := ReadRunning(dataDir)
	if err != nil {
		return time.Time{}, err
	}
	if r.Mode != Sandbox {
		return time.Time{}, ErrNotSandbox
	}
	desk, err := OpenDesk(ctx, dataDir)
	if err != nil {
		return time.Time{}, err
	}
	defer desk.Close()
	shift := change(desk.clock.Shifted())
	owner, err := pgx.Connect(ctx, r.URLs.Owner)
	if err != nil {
		return time.Time{}, pgkit.Clean(err)
	}
	defer func() { _ = owner.Close(ctx) }()
	if err := pgkit.SetShift(ctx, owner, shift); err != nil {
		return time.Time{}, err
	}
	desk.clock.Shift(shift)
	return desk.Now(), desk.followed(ctx, r.URL)
}

// followed waits until the server's clock has followed: it looks several times a
// second.
func (d *Desk) followed(ctx context.Context, server string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, server+"/readyz", nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return fmt.Errorf("the clock was moved, but the server does not answer: %w", err)
		}
		if err := res.Body.Close(); err != nil {
			return err
		}
		if at, err := time.Parse(time.RFC3339Nano, res.Header.Get(clockHeader)); err == nil && at.Sub(d.Now()).Abs() < time.Second {
			return nil
		}
	}
}
