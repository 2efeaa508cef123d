package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerfile"
	"recourse/internal/ledger/ledgerpg"
)

// Freeze writes the shard of the log that ends with a year into a new folder, as static
// files (ledger.Freezer), from an installation that is served or not.
func Freeze(ctx context.Context, c Config, log *slog.Logger, year int, dir string) (s ledger.Shard, err error) {
	if r, bad := ReadRunning(c.DataDir); bad == nil {
		pool, err := pgkit.Open(ctx, pgkit.PoolConfig{URL: r.URLs.App, MaxSize: 1})
		if err != nil {
			return s, fmt.Errorf("the server that was started from this folder cannot be reached (it may have been killed; start it again): %w", err)
		}
		defer pool.Close()
		return freeze(ctx, pool, year, dir)
	}
	c.auditing = true
	h, err := Open(ctx, c, log)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, h.Close(context.WithoutCancel(ctx))) }()
	if err := h.public.disagrees; err != nil {
		return s, err
	}
	return freeze(ctx, h.db.app, year, dir)
}

func freeze(ctx context.Context, pool *pgxpool.Pool, year int, dir string) (s ledger.Shard, err error) {
	kept := ledgerpg.NewLog(pool)
	if s, err = ledger.YearEnd(ctx, kept, year); err != nil {
		return s, err // before a folder is made
	}
	folder, err := ledgerfile.NewShard(dir)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	return (&ledger.Freezer{Years: kept, Read: kept.ReadAll, Put: folder.Put}).Freeze(ctx, year)
}
