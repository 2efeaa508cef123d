package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"recourse/internal/fault"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultfile"
	"recourse/internal/vault/vaultkms"
	"recourse/internal/vault/vaultpg"
	"recourse/internal/vault/vaultrpc"
	"recourse/internal/when"
)

// openVault is the vault of an installation: in this process, or in another.
type openVault struct {
	vault.Service
	keys       *vault.Sealer
	keeperKeys *vault.Sealer // its intents join the transactions of the keeper's pool
	retoken    bool          // the database holds tokens that the vault has forgotten
	keeper     *vault.Keeper
	shut       []func() error
}

// LocalVault is a vault that lives in this process.
type LocalVault struct{ *vault.Vault }

// LocalVaultConfig says which vault to open.
type LocalVaultConfig struct {
	DataDir           string
	Mode              Mode
	AcceptWeakErasure bool
	Create            bool      // make one where there is none
	Now               time.Time // of making one
	Today             when.Date
}

// OpenLocalVault opens the vault in a data folder, in this process.
func OpenLocalVault(ctx context.Context, c LocalVaultConfig) (*LocalVault, error) {
	if err := noCore(); err != nil {
		return nil, err
	}
	if c.Mode == Production && !c.AcceptWeakErasure {
		return nil, fault.New(fault.Refused, "E-KMS-WEAK",
			"Root keys would lie in files, and files cannot prove that no backup of a destroyed key exists. Nothing was changed. Set vault-kms-file-accept-weak-erasure to accept that; every receipt will then say so.")
	}
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	kms, err := vaultkms.Open(filepath.Join(c.DataDir, "kms"), rand.Reader)
	if err != nil {
		return nil, err
	}
	store, err := vaultfile.Open(vaultfile.Config{Dir: filepath.Join(c.DataDir, "vault"), KMS: kms, Minter: rand.Reader})
	if err != nil {
		return nil, err
	}
	v, err := vault.Open(ctx, vault.Config{Journal: store, Minter: rand.Reader, Mode: c.Mode.ofVault(), Ahead: vault.DefaultAhead(),
		Create: c.Create, Now: c.Now, Today: c.Today})
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return &LocalVault{Vault: v}, nil
}

// ServeVault serves a vault on a Unix socket until ctx is done.
func ServeVault(ctx context.Context, v *LocalVault, socket string, log *slog.Logger, ready func()) error {
	l, err := vaultrpc.ListenUnix(socket)
	if err != nil {
		return err
	}
	ready()
	return vaultrpc.Serve(ctx, l, vaultrpc.Server{Vault: v, Meter: vault.NewMeter(), Log: log})
}

func (m Mode) ofVault() vault.Mode {
	if m == Sandbox {
		return vault.Sandbox
	}
	return vault.Production
}

// openVault opens or reaches the vault and compares it with the database before
// anything is served from either.
func (h *House) openVault(ctx context.Context) error {
	book := vaultpg.NewStore(h.db.keeper)
	_, known, err := book.Mark(ctx)
	if err != nil {
		return err
	}
	v := &openVault{}
	h.vault = v
	now := h.clock.Now()
	if h.cfg.VaultC.Socket != "" {
		remote := vaultrpc.DialUnix(h.cfg.VaultC.Socket)
		v.shut = append(v.shut, func() error { remote.Close(); return nil })
		v.Service = remote
	} else {
		// A database that belongs to a vault already must find that vault.
		local, err := OpenLocalVault(ctx, LocalVaultConfig{DataDir: h.cfg.DataDir, Mode: h.cfg.Mode, AcceptWeakErasure: h.cfg.VaultC.AcceptWeakErasure,
			Create: !known, Now: now, Today: h.pack().Today(now)})
		if err != nil {
			return err
		}
		v.shut = append(v.shut, local.Close)
		v.Service = local
	}
	report, err := vault.Compare(ctx, vault.Comparison{Vault: v, Book: book, Holders: h.holders(), Mode: h.cfg.Mode.ofVault(), Minter: rand.Reader, Now: now, Today: h.pack().Today(now)})
	if err != nil {
		return fmt.Errorf("comparing vault and database: %w", err)
	}
	h.reportComparison(ctx, report)
	v.retoken = report.Retoken > 0
	if remote, ok := v.Service.(*vaultrpc.Client); ok {
		st, err := remote.State(ctx)
		if err != nil {
			return err
		}
		v.Service = remote.Pinned(st.Boot) // another vault behind the socket was not compared
	}
	leap := h.cfg.VaultC.MaxLeap
	if h.cfg.Mode == Sandbox {
		leap = -1
	}
	if v.keeper, err = vault.NewKeeper(vault.KeeperConfig{Vault: v, Book: book, MaxLeap: leap}); err != nil {
		return err
	}
	for _, side := range []struct {
		keys **vault.Sealer
		name string
		book *vaultpg.Store
	}{{&v.keys, "serving", vaultpg.NewStore(h.db.app)}, {&v.keeperKeys, "keeping", book}} {
		*side.keys, err = vault.NewSealer(vault.SealerConfig{Vault: h.meter.For(side.name, v), Book: side.book, Intents: side.book, Minter: rand.Reader})
		if err != nil {
			return err
		}
	}
	return nil
}

// weak reports whether the keeper of root keys cannot prove that it destroys.
func (h *House) weak(ctx context.Context) (bool, error) {
	st, err := h.vault.State(ctx)
	return st.Weak, err
}

func (h *House) reportComparison(ctx context.Context, r vault.Report) {
	if !r.VaultBehind && !r.DatabaseBehind {
		return
	}
	erased := 0
	for _, n := range r.Erased {
		erased += n
	}
	h.log.LogAttrs(ctx, slog.LevelWarn, "vault and database were not of one moment and were brought together",
		slog.Bool("vault_behind", r.VaultBehind), slog.Bool("database_behind", r.DatabaseBehind), slog.Int("intents_replayed", r.Replayed),
		slog.Int("counters_skipped", r.Skipped), slog.Int("epochs_forgotten", r.Expired), slog.Int("rows_erased", erased))
}

func (v *openVault) close() error {
	var errs []error
	for _, shut := range v.shut {
		errs = append(errs, shut())
	}
	return errors.Join(errs...)
}
