package pgkit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// ErrNewer is returned where the database was made by a newer program.
var ErrNewer = errors.New("the database is newer than this program: install the newer program; nothing was changed")

// Migrate brings the database up to a step, over a connection of the owner that is
// closed on return: to the newest one that this program knows, or to that of rows
// which are to be put in. It waits for locks at most as long as the owner's
// lock_timeout, and is safe to repeat and to run twice at once.
func Migrate(ctx context.Context, ownerURL string, steps fs.FS, latest int64) error {
	cfg, err := pgx.ParseConfig(ownerURL)
	if err != nil {
		return errors.New("the database's address cannot be read")
	}
	db := stdlib.OpenDB(*cfg)
	defer func() { _ = db.Close() }()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, steps, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	at, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("reading the version of the database: %w", Clean(err))
	}
	if at > latest {
		return fmt.Errorf("database at step %d, program at step %d: %w", at, latest, ErrNewer)
	}
	if err := oneAtATime(ctx, db, func() error { _, err := provider.UpTo(ctx, latest); return err }); err != nil {
		return fmt.Errorf("migrating the database: %w", Clean(err))
	}
	return nil
}

// migrationLock is the advisory lock of migrations; only they use any.
const migrationLock = 0x7265636f

func oneAtATime(ctx context.Context, db *sql.DB, do func() error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, "set lock_timeout = '60s'"); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "select pg_advisory_lock($1)", migrationLock); err != nil {
		return err
	}
	defer func() { _, _ = conn.ExecContext(ctx, "select pg_advisory_unlock($1)", migrationLock) }()
	return do()
}
