package pgkit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The SQL of schema house: what the house knows of itself. Everything else in the
// database belongs to a room.
const (
	sqlReadMode = "select m.mode from house.mode m"
	sqlNow      = "select house.now()"
	sqlMadeAt   = "select m.made_at from house.mode m"
	sqlZone     = "select m.zone from house.mode m"
	sqlFixMode  = "insert into house.mode (mode, zone, made_at) values ($1, $2, $3) on conflict (only_row) do nothing"
	sqlShift    = "select coalesce((select extract(epoch from c.shift) from house.clock_shift c), 0)::float8"
	sqlSetShift = "insert into house.clock_shift (mode, shift) values ('sandbox', make_interval(secs => $1)) on conflict (only_row) do update set shift = excluded.shift"
)

// ErrMode is returned where a database was made for the other mode.
var ErrMode = errors.New("the mode of an installation is fixed at its first start and never changes")

// FixMode writes the mode and zone at first start, over a connection of the
// owner, and afterwards refuses another mode.
func FixMode(ctx context.Context, owner *pgx.Conn, mode, zone string, now time.Time) error {
	if _, err := owner.Exec(ctx, sqlFixMode, mode, zone, now); err != nil {
		return fmt.Errorf("fixing the mode: %w", Clean(err))
	}
	var is string
	if err := owner.QueryRow(ctx, sqlReadMode).Scan(&is); err != nil {
		return fmt.Errorf("reading the mode: %w", Clean(err))
	}
	if is != mode {
		return fmt.Errorf("the database is %s, asked for was %s: %w", is, mode, ErrMode)
	}
	return nil
}

// Now returns the instant that holds in the house, by the database's clock.
func Now(ctx context.Context, conn *pgx.Conn) (now time.Time, err error) {
	err = conn.QueryRow(ctx, sqlNow).Scan(&now)
	return now.UTC(), Clean(err)
}

// Mode returns the mode that was fixed at first start; empty before it.
func Mode(ctx context.Context, conn *pgx.Conn) (mode string, err error) {
	err = conn.QueryRow(ctx, sqlReadMode).Scan(&mode)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return mode, Clean(err)
}

// MadeAt returns when the installation was first started.
func MadeAt(ctx context.Context, pool *pgxpool.Pool) (at time.Time, err error) {
	err = pool.QueryRow(ctx, sqlMadeAt).Scan(&at)
	return at, Clean(err)
}

// Zone returns the time zone by whose days the installation counts, fixed at its first
// start.
func Zone(ctx context.Context, pool *pgxpool.Pool) (*time.Location, error) {
	var name string
	if err := pool.QueryRow(ctx, sqlZone).Scan(&name); err != nil {
		return nil, fmt.Errorf("reading the time zone: %w", Clean(err))
	}
	return time.LoadLocation(name)
}

// Shift returns how far the sandbox's clock is from the database's; always 0 in
// production, where no shift can be written.
func Shift(ctx context.Context, pool *pgxpool.Pool) (time.Duration, error) {
	var seconds float64
	err := pool.QueryRow(ctx, sqlShift).Scan(&seconds)
	return time.Duration(seconds * float64(time.Second)), Clean(err)
}

// SetShift moves the sandbox's clock, over a connection of the owner. In
// production the database refuses it.
func SetShift(ctx context.Context, owner *pgx.Conn, by time.Duration) error {
	if _, err := owner.Exec(ctx, sqlSetShift, by.Seconds()); err != nil {
		return fmt.Errorf("moving the sandbox's clock: %w", Clean(err))
	}
	return nil
}
