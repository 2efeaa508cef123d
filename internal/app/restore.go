package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"

	"recourse/internal/fault"
	"recourse/internal/kit/archive"
	"recourse/internal/kit/pgcopy"
	"recourse/internal/kit/pgembed"
	"recourse/internal/kit/pgkit"
	"recourse/internal/vault/vaultfile"
	"recourse/internal/vault/vaultkms"
	"recourse/migrations"
)

// RestoreC says what to restore and where to.
type RestoreC struct {
	DataDir  string `help:"Folder to restore into; it must be empty or not there." default:"data" env:"RECOURSE_DATA_DIR" placeholder:"DIR"`
	Database `embed:"" prefix:"database-"`
	Keys     string `help:"Folder with the root key under which the backup lies: what recourse backup --keys wrote, or the folder kms of the installation." required:"" placeholder:"DIR"`
	File     string `arg:"" help:"File that recourse backup wrote."`
}

// restoring is the file that stands in a data folder until all of a backup is in it.
const restoring = "restoring"

// whole refuses a folder into which a restore did not come to its end.
func (c *Config) whole() error {
	if _, err := os.Stat(c.path(restoring)); err == nil {
		return fault.Newf(fault.Refused, "E-RESTORE-HALF", "A restore into %s did not come to its end, and what is there is not whole. Nothing was started; run the same recourse restore again.", c.DataDir)
	}
	return nil
}

// CheckBackup reads a whole backup and returns what it is, if all of it is there and
// as it was written.
func CheckBackup(ctx context.Context, file, keys string) (BackupAbout, error) {
	var b BackupAbout
	raw, err := archive.Read(file, opener(ctx, keys), func(string, io.Reader) error { return ctx.Err() })
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal(raw, &b); err != nil {
		return b, fmt.Errorf("reading what the backup is: %w", err)
	}
	if b.Copy.Step > migrations.Latest {
		return b, fault.Newf(fault.Refused, "E-BACKUP-NEWER", "The backup was written by program %s, whose database is at step %d, and this program knows %d. Nothing was changed; restore it with that program or a newer one.", b.Program, b.Copy.Step, migrations.Latest)
	}
	return b, nil
}

// opener opens backups with the root keys in a folder.
func opener(ctx context.Context, keys string) archive.Open {
	return func(root string, wrapped []byte) ([32]byte, error) {
		kms, err := vaultkms.Held(keys, rand.Reader)
		if err != nil {
			return [32]byte{}, rootGone(root, err)
		}
		key, err := kms.Unwrap(ctx, root, wrapped)
		return key, rootGone(root, err)
	}
}

// Restore makes an installation out of a backup, in an empty folder, and where a
// database is named in that one, which must be empty too. The backup is read to its end
// before anything is made. What is broken off is told apart from what is whole, and
// the same call begins it anew. The configuration that was kept is returned.
func Restore(ctx context.Context, c RestoreC, log *slog.Logger) (Config, BackupAbout, error) {
	b, err := CheckBackup(ctx, c.File, c.Keys)
	if err != nil {
		return Config{}, b, err
	}
	r := restore{RestoreC: c, BackupAbout: b, config: Config{Mode: Mode(b.Mode)}}
	err = r.clear(ctx)
	if err == nil {
		err = r.fill(ctx, log)
	}
	if err == nil {
		syscall.Sync() // what was written in files, before it counts
		err = errors.Join(os.Remove(r.path(restoring)), syncFolder(c.DataDir))
	}
	if pgembed.IsDiskFull(err) {
		err = fault.Newf(fault.Unavailable, "E-RESTORE-FULL", "There is no room for all of it in %s. What is there is marked as unfinished and is not started; make room and run the same recourse restore again.", c.DataDir).Because(err)
	}
	return r.config, b, err
}

type restore struct {
	RestoreC
	BackupAbout
	config Config
	load   *pgcopy.Filling
	there  bool // the rows are in the database that was named already
}

func (r *restore) path(name string) string { return filepath.Join(r.DataDir, filepath.FromSlash(name)) }

// clear makes the folder and marks it as unfinished. A folder that is marked so is
// emptied: nothing but an earlier restore wrote to it.
func (r *restore) clear(ctx context.Context) error {
	files, err := os.ReadDir(r.DataDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("looking at the data folder: %w", err)
	}
	_, unmarked := os.Stat(r.path(restoring))
	if len(files) > 0 && unmarked != nil {
		return fault.Newf(fault.Refused, "E-RESTORE-TARGET", "%s is not empty, and nothing is ever restored over something else. Nothing was changed; name a folder that is not there.", r.DataDir)
	}
	if err := r.vacant(ctx, unmarked == nil); err != nil {
		return err
	}
	if err := os.MkdirAll(r.DataDir, 0o700); err != nil {
		return fmt.Errorf("making the data folder: %w", err)
	}
	if err := keep(r.path(restoring), []byte(r.Vault+"\n")); err != nil {
		return err
	}
	for _, f := range files {
		if f.Name() == restoring {
			continue
		}
		if err := os.RemoveAll(r.path(f.Name())); err != nil {
			return fmt.Errorf("removing what an earlier restore left: %w", err)
		}
	}
	return syncFolder(r.DataDir)
}

// vacant refuses a database that was named and holds an installation, unless an
// earlier restore into the same folder put it there: it puts in all rows at once.
func (r *restore) vacant(ctx context.Context, again bool) error {
	if r.Database.URL == "" {
		return nil
	}
	conn, err := pgx.Connect(ctx, r.Database.URL)
	if err != nil {
		if pgkit.Code(err) == "3D000" {
			return fault.New(fault.NotFound, "E-RESTORE-TARGET", "The database that you named is not there. Nothing was changed; make it empty: createdb NAME.").Because(pgkit.Clean(err))
		}
		return fmt.Errorf("connecting to the database: %w", pgkit.Clean(err))
	}
	defer func() { _ = conn.Close(ctx) }()
	if err := alone(ctx, conn); err != nil {
		return err
	}
	var made bool
	if err := conn.QueryRow(ctx, "select to_regclass('vault.mark') is not null").Scan(&made); err != nil || !made {
		return pgkit.Clean(err)
	}
	var marks []([16]byte)
	rows, err := conn.Query(ctx, "select vault from vault.mark")
	if err == nil {
		marks, err = pgx.CollectRows(rows, pgx.RowTo[[16]byte])
	}
	if err != nil {
		return pgkit.Clean(err)
	}
	r.there = len(marks) == 1
	if r.there && !again {
		return fault.New(fault.Refused, "E-RESTORE-TARGET", "The database that you named holds an installation, and nothing is ever restored over something else. Nothing was changed; name a database that is empty.")
	}
	return nil
}

// alone refuses a server that carries another installation: roles belong to the whole
// server, and their passwords are set anew.
func alone(ctx context.Context, conn *pgx.Conn) error {
	var other string
	err := conn.QueryRow(ctx, "select d.datname from pg_database d join pg_roles r on r.oid = d.datdba where r.rolname = $1 and d.datname <> current_database() limit 1", pgkit.Owner).Scan(&other)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return pgkit.Clean(err)
	}
	return fault.Newf(fault.Refused, "E-RESTORE-SERVER", "The PostgreSQL that you named carries another installation (database %s), whose passwords would be set anew. Nothing was changed; name another server.", other)
}

// fill puts everything in its place: what lies in files, then the rows.
func (r *restore) fill(ctx context.Context, log *slog.Logger) error {
	owner, end, err := r.owner(ctx, log)
	if err != nil {
		return err
	}
	if !r.there {
		r.load, err = pgcopy.In(ctx, owner, r.Copy)
	}
	if err == nil {
		_, err = archive.Read(r.File, opener(ctx, r.Keys), func(part string, from io.Reader) error { return r.part(ctx, part, from) })
	}
	switch {
	case r.load == nil:
	case err != nil:
		err = errors.Join(err, r.load.Drop(ctx))
	default:
		err = r.load.Commit(ctx)
	}
	if err == nil {
		err = r.key()
	}
	return errors.Join(err, end(context.WithoutCancel(ctx)))
}

// owner makes the database, with roles and the schema of the backup, and connects as
// its owner.
func (r *restore) owner(ctx context.Context, log *slog.Logger) (*pgx.Conn, func(context.Context) error, error) {
	passwords, err := rolePasswords(r.path(rolesFile))
	if err != nil {
		return nil, nil, err
	}
	end := func(context.Context) error { return nil }
	super := r.Database.URL
	if super == "" {
		server, err := pgembed.Start(ctx, pgembed.Config{Dir: r.DataDir, Bin: r.Database.Bin, Logger: log})
		if err != nil {
			return nil, nil, err
		}
		super, end = server.SuperuserURL("postgres"), server.Stop
	}
	conn, err := r.prepare(ctx, super, passwords)
	if err != nil {
		return nil, nil, errors.Join(err, end(context.WithoutCancel(ctx)))
	}
	return conn, func(ctx context.Context) error { return errors.Join(conn.Close(ctx), end(ctx)) }, nil
}

func (r *restore) prepare(ctx context.Context, super string, passwords pgkit.Passwords) (*pgx.Conn, error) {
	name, err := nameOf(r.Database.URL)
	if err != nil {
		return nil, err
	}
	if err := pgkit.Bootstrap(ctx, super, name, passwords); err != nil {
		return nil, err
	}
	owner, err := as(super, name, pgkit.Owner, passwords[pgkit.Owner])
	if err != nil {
		return nil, err
	}
	if err := pgkit.Migrate(ctx, owner, migrations.FS, r.Copy.Step); err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, owner)
	return conn, pgkit.Clean(err)
}

// part puts one part in its place.
func (r *restore) part(ctx context.Context, name string, from io.Reader) error {
	if table, is := strings.CutPrefix(name, partDatabase); is {
		if r.there {
			return nil
		}
		return r.load.Table(ctx, table, from)
	}
	if name == partVault {
		return vaultfile.Put(r.path("vault"), from)
	}
	raw, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	if name == partConfig {
		if err := json.Unmarshal(raw, &r.config); err != nil {
			return fmt.Errorf("reading the configuration: %w", err)
		}
		r.place()
	}
	if err := os.MkdirAll(filepath.Dir(r.path(name)), 0o700); err != nil {
		return fmt.Errorf("making the folder of %s: %w", name, err)
	}
	return keep(r.path(name), raw)
}

// place has the configuration name what is restored.
func (r *restore) place() {
	r.config.DataDir, r.config.Database, r.config.VaultC.Socket = r.DataDir, r.Database, ""
	if r.config.LogC.Witnesses != "" {
		r.config.LogC.Witnesses = r.path(partPolicy)
	}
}

// key gives the restored vault its root key.
func (r *restore) key() error {
	kms, err := vaultkms.Held(r.Keys, rand.Reader)
	if err == nil {
		err = kms.Give(r.Root, r.path("kms"))
	}
	return rootGone(r.Root, err)
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	return errors.Join(d.Sync(), d.Close())
}
