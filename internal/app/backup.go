package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/fault"
	"recourse/internal/kit/archive"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/pgcopy"
	"recourse/internal/kit/pgembed"
	"recourse/internal/kit/pgkit"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultfile"
	"recourse/internal/vault/vaultkms"
)

// BackupC says what to back up and where to.
type BackupC struct {
	DataDir  string `help:"Folder of the installation." default:"data" env:"RECOURSE_DATA_DIR" placeholder:"DIR"`
	Database `embed:"" prefix:"database-"`
	VaultDir string `help:"Folder of a vault that runs as a process of its own; empty for the data folder." placeholder:"DIR"`
	Keys     string `help:"Folder to copy the root key into under which the backup lies. Without it the key stays only where the vault has it." placeholder:"DIR"`
	File     string `arg:"" help:"File to write; it must not be there yet."`
}

// BackupAbout says what a backup is. It lies inside, sealed like the rest.
type BackupAbout struct {
	Program string      `json:"program"`
	MadeAt  time.Time   `json:"made_at"`
	Mode    string      `json:"mode"`
	Vault   string      `json:"vault"` // its number
	Root    string      `json:"root"`  // the root-key version under which vault and backup lie
	Copy    pgcopy.Copy `json:"database"`
}

// Rows returns how many rows the database had.
func (b BackupAbout) Rows() (n int64) {
	for _, t := range b.Copy.Tables {
		n += t.Rows
	}
	return n
}

// BackedUp is a backup that was written.
type BackedUp struct {
	BackupAbout
	Until time.Time // from then on nobody can open it: its root key is destroyed
}

// The parts of a backup beside the tables, which stand under database/.
const (
	partLogHead  = "log/head"
	partVault    = "vault/vault.log"
	partConfig   = "configuration.json"
	partPolicy   = "witnesses.policy"
	partDatabase = "database/"
)

// ownFiles are the files of a data folder that are backed up as they lie there. The
// head of the log comes first: the database that is read after it holds all that was
// signed.
func ownFiles() []string {
	return []string{partLogHead, "log/key", "answers.key", partConfig, partPolicy}
}

// Backup writes the head of the log, the database, the vault and the configuration of
// an installation into one file, whether it is served or not, and changes nothing in
// it. They are read in this order, so that each may know more than the one before:
// what a restored vault knows and its database does not is settled at the start. The
// file lies under the vault's root key, like the vault in it: when that key is
// destroyed, after seven days, nobody can read anything of it any more.
func Backup(ctx context.Context, c BackupC, log *slog.Logger) (BackedUp, error) {
	if c.VaultDir == "" {
		c.VaultDir = c.DataDir
	}
	if _, err := os.Stat(filepath.Join(c.DataDir, partLogHead)); err != nil {
		return BackedUp{}, fault.Newf(fault.NotFound, "E-BACKUP-NONE", "There is no installation in %s that was ever started. Nothing was written; name its folder.", c.DataDir).Because(err)
	}
	if c.Keys != "" && sameFolder(c.Keys, filepath.Dir(c.File)) {
		return BackedUp{}, fault.New(fault.Refused, "E-BACKUP-KEYS", "The key would lie beside the backup that it opens. Nothing was written; name another folder, on another medium.")
	}
	owner, end, err := c.owner(ctx, log)
	if err != nil {
		return BackedUp{}, err
	}
	defer func() { _ = end(context.WithoutCancel(ctx)) }() // nothing was written to it
	for {
		b, err := c.write(ctx, owner)
		if errors.Is(err, errResealed) {
			continue // once a night
		}
		return b, err
	}
}

var errResealed = errors.New("the vault was written anew under another root key meanwhile")

// owner connects as the owner of the database: beside a server, or to the private
// one, which runs for the time.
func (c BackupC) owner(ctx context.Context, log *slog.Logger) (*pgx.Conn, func(context.Context) error, error) {
	passwords, err := rolePasswords(filepath.Join(c.DataDir, rolesFile))
	if err != nil {
		return nil, nil, err
	}
	end := func(context.Context) error { return nil }
	address, name := c.Database.URL, ""
	if r, err := ReadRunning(c.DataDir); err == nil {
		address = r.URLs.App
	}
	if address == "" {
		server, err := pgembed.Start(ctx, pgembed.Config{Dir: c.DataDir, Bin: c.Database.Bin, Logger: log})
		if err != nil {
			return nil, nil, err
		}
		address, end = server.SuperuserURL(databaseName), server.Stop
	}
	if name, err = nameOf(address); err == nil {
		address, err = as(address, name, pgkit.Owner, passwords[pgkit.Owner])
	}
	if err != nil {
		return nil, nil, errors.Join(err, end(ctx))
	}
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("connecting to the database: %w", pgkit.Clean(err)), end(ctx))
	}
	return conn, func(ctx context.Context) error { return errors.Join(conn.Close(ctx), end(ctx)) }, nil
}

// write writes one backup.
func (c BackupC) write(ctx context.Context, owner *pgx.Conn) (BackedUp, error) {
	kms, err := vaultkms.Held(filepath.Join(c.VaultDir, "kms"), rand.Reader)
	if err != nil {
		return BackedUp{}, fault.Newf(fault.NotFound, "E-VAULT-KMS", "There are no root keys in %s. Nothing was written; name the folder of the vault with --vault-dir.", c.VaultDir).Because(err)
	}
	store, err := vaultfile.About(filepath.Join(c.VaultDir, "vault"))
	if err != nil {
		return BackedUp{}, err
	}
	made, err := kms.Made(store.Root)
	if err != nil {
		return BackedUp{}, rootGone(store.Root, err)
	}
	w, err := archive.Create(c.File, archive.Lock{Under: store.Root, Wrap: func(key [32]byte) ([]byte, error) { return kms.Wrap(ctx, store.Root, key) }})
	if err != nil {
		return BackedUp{}, err
	}
	b := BackedUp{BackupAbout: BackupAbout{Program: Version, MadeAt: (&clock.Clock{}).Now(), Root: store.Root}, Until: made.Add(vault.Window)}
	if err := c.fill(ctx, w, owner, kms, &b.BackupAbout); err != nil {
		return BackedUp{}, errors.Join(err, w.Abort())
	}
	if c.Keys != "" {
		if err := kms.Give(store.Root, c.Keys); err != nil {
			return BackedUp{}, errors.Join(err, w.Abort())
		}
	}
	return b, w.Close(b.BackupAbout)
}

// fill writes the parts: what lies outside database and vault, the database, the vault.
func (c BackupC) fill(ctx context.Context, w *archive.Writer, owner *pgx.Conn, kms vault.KMS, b *BackupAbout) (err error) {
	for _, name := range ownFiles() {
		file, err := os.Open(filepath.Join(c.DataDir, name))
		if errors.Is(err, fs.ErrNotExist) && name == partPolicy {
			continue
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		if err := errors.Join(w.Put(name, file), file.Close()); err != nil {
			return err
		}
	}
	if b.Copy, err = pgcopy.Out(ctx, owner, func(table string) io.WriteCloser { return w.Part(partDatabase + table) }); err != nil {
		return err
	}
	if b.Mode, err = pgkit.Mode(ctx, owner); err != nil {
		return err
	}
	p := w.Part(partVault)
	copied, err := vaultfile.Copy(ctx, filepath.Join(c.VaultDir, "vault"), kms, p)
	if err = errors.Join(err, p.Close()); err != nil {
		return err
	}
	b.Vault = copied.ID.String()
	if copied.Root != b.Root {
		return errResealed
	}
	return c.belongs(ctx, owner, copied)
}

// belongs refuses a database and a vault that are not of one installation.
func (c BackupC) belongs(ctx context.Context, owner *pgx.Conn, v vaultfile.Copied) error {
	var is [16]byte
	if err := owner.QueryRow(ctx, "select vault from vault.mark").Scan(&is); err != nil {
		return fmt.Errorf("reading which vault the database belongs to: %w", pgkit.Clean(err))
	}
	if is != v.ID {
		return fault.Newf(fault.Refused, "E-VAULT-OTHER", "The database belongs to another vault than the one in %s. Nothing was written; name the folders of one installation.", c.VaultDir)
	}
	return nil
}

// rootGone says that a root key is not there, which is the end of what lies under it.
func rootGone(root string, err error) error {
	if errors.Is(err, vault.ErrRootGone) {
		return fault.Newf(fault.Refused, "E-BACKUP-ROOT", "Root-key version %s is not there: either another folder of keys has it, or it was destroyed, as each is after seven days, and what lies under it can be read by nobody. Nothing was changed.", root).Because(err)
	}
	return err
}

func sameFolder(a, b string) bool {
	one, err := os.Stat(a)
	two, other := os.Stat(b)
	return err == nil && other == nil && os.SameFile(one, two)
}

// keepConfig keeps the configuration and the policy of witnesses in the data folder,
// for backups: without the password that may stand in an address.
func (h *House) keepConfig() error {
	k := h.cfg
	u, err := url.Parse(k.Database.URL)
	if err != nil || strings.Contains(u.RawQuery, "password") {
		k.Database.URL = ""
	} else if u.User != nil {
		u.User = url.User(u.User.Username())
		k.Database.URL = u.String()
	}
	if h.public.policy != nil {
		if err := keep(h.cfg.path(partPolicy), h.public.policy); err != nil {
			return err
		}
	}
	return writeFile(h.cfg.path(partConfig), k)
}
