package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/clock"
	"recourse/internal/kit/pgembed"
	"recourse/internal/kit/pgkit"
	"recourse/migrations"
)

// databaseName is the name of the database in the private PostgreSQL.
const databaseName = "recourse"

// rolesFile holds the passwords of the database's roles.
const rolesFile = "roles.json"

// database is the PostgreSQL of an installation, opened.
type database struct {
	private *pgembed.Server // nil for one that is not ours
	app     *pgxpool.Pool
	keeper  *pgxpool.Pool
	urls    urls
}

// urls are where each role connects.
type urls struct {
	Owner  string `json:"owner,omitempty"` // in a sandbox only, to move its clock
	App    string `json:"app"`
	Keeper string `json:"keeper"`
}

// openDatabase starts or reaches PostgreSQL, brings it to this program's schema,
// fixes the mode and founds it on a pack, and opens the pools. The owner's connection is closed
// on return.
func openDatabase(ctx context.Context, c *Config, pack keptPack, log *slog.Logger) (*database, error) {
	passwords, err := rolePasswords(c.path(rolesFile))
	if err != nil {
		return nil, err
	}
	db := &database{}
	super := c.Database.URL
	if super == "" {
		db.private, err = pgembed.Start(ctx, pgembed.Config{Dir: c.DataDir, Bin: c.Database.Bin, NoSync: c.Database.NoSync, Logger: log})
		if err != nil {
			return nil, err
		}
		super = db.private.SuperuserURL("postgres")
	}
	if err := db.prepare(ctx, c, super, passwords, pack); err != nil {
		return nil, errors.Join(err, db.close(ctx))
	}
	return db, nil
}

func (db *database) prepare(ctx context.Context, c *Config, super string, passwords pgkit.Passwords, pack keptPack) error {
	name, err := nameOf(c.Database.URL)
	if err != nil {
		return err
	}
	if err := pgkit.Bootstrap(ctx, super, name, passwords); err != nil {
		return err
	}
	for role, at := range map[string]*string{pgkit.Owner: &db.urls.Owner, pgkit.App: &db.urls.App, pgkit.Keeper: &db.urls.Keeper} {
		if *at, err = as(super, name, role, passwords[role]); err != nil {
			return err
		}
	}
	if err := pgkit.Migrate(ctx, db.urls.Owner, migrations.FS, migrations.Latest); err != nil {
		return err
	}
	if err := db.first(ctx, c, pack); err != nil {
		return err
	}
	if c.Mode != Sandbox {
		db.urls.Owner = "" // nothing that serves has the owner's rights
	}
	if db.app, err = pgkit.Open(ctx, pgkit.PoolConfig{URL: db.urls.App, MaxSize: 24}); err != nil {
		return err
	}
	db.keeper, err = pgkit.Open(ctx, pgkit.PoolConfig{URL: db.urls.Keeper, MaxSize: 8})
	return err
}

// first does what only the owner may: the mode, and the founding pack.
func (db *database) first(ctx context.Context, c *Config, pack keptPack) error {
	owner, err := pgx.Connect(ctx, db.urls.Owner)
	if err != nil {
		return fmt.Errorf("connecting as the owner: %w", pgkit.Clean(err))
	}
	defer func() { _ = owner.Close(ctx) }()
	var now clock.Clock
	if err := pgkit.FixMode(ctx, owner, string(c.Mode), pack.Zone.String(), now.Now()); err != nil {
		return err
	}
	return found(ctx, owner, c, pack)
}

func (db *database) close(ctx context.Context) error {
	for _, pool := range []*pgxpool.Pool{db.app, db.keeper} {
		if pool != nil {
			pool.Close()
		}
	}
	if db.private != nil {
		return db.private.Stop(ctx)
	}
	return nil
}

func nameOf(address string) (string, error) {
	if address == "" {
		return databaseName, nil
	}
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return "", errors.New("database-url cannot be read: write postgres://user@host/name")
	}
	return cfg.Database, nil
}

// as is the address with another database, user and password.
func as(address, name, user, password string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New("database-url cannot be read: write postgres://user@host/name")
	}
	u.Path, u.User = "/"+name, url.UserPassword(user, password)
	q := u.Query()
	for _, k := range []string{"user", "password", "dbname"} {
		q.Del(k)
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// rolePasswords reads the passwords of the roles, or draws them at first start.
func rolePasswords(file string) (pgkit.Passwords, error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return drawPasswords(file)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the database passwords: %w", err)
	}
	var pw pgkit.Passwords
	if err := json.Unmarshal(raw, &pw); err != nil || len(pw) != 4 {
		return nil, fmt.Errorf("%s is damaged: restore it, or delete it and new passwords are set at the next start", file)
	}
	return pw, nil
}

func drawPasswords(file string) (pgkit.Passwords, error) {
	pw := pgkit.Passwords{}
	for _, role := range []string{pgkit.Owner, pgkit.App, pgkit.Keeper, pgkit.Watch} {
		var b [24]byte
		if _, err := rand.Read(b[:]); err != nil {
			return nil, fmt.Errorf("drawing a password: %w", err)
		}
		pw[role] = hex.EncodeToString(b[:])
	}
	return pw, writeFile(file, pw)
}

// writeFile writes v as JSON for its owner alone, whole or not at all.
func writeFile(file string, v any) error {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("making the data folder: %w", err)
	}
	return keep(file, raw)
}
