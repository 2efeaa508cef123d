package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"recourse/internal/fault"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultfile"
	"recourse/internal/vault/vaultkms"
	"recourse/internal/vault/vaultpg"
)

// openVault is the vault of an installation: in this process, or in another.
type openVault struct {
	vault.Service
	keys   *vault.Sealer
	keeper *vault.Keeper
	local  *LocalVault // nil for one in another process
}

// LocalVault is a vault that lives in this process.
type LocalVault struct {
	*vault.Vault
	store *vaultfile.Store
}

// OpenLocalVault opens the vault in a data folder, or makes one at the first
// start: create says whether that is allowed.
func OpenLocalVault(ctx context.Context, c Config, create bool, h *House) (*LocalVault, error) {
	if c.Mode == Production && !c.VaultC.AcceptWeakErasure {
		return nil, fault.New(fault.Refused, "E-KMS-WEAK",
			"Root keys would lie in files, and files cannot prove that no backup of a destroyed key exists. Nothing was changed. Set vault-kms-file-accept-weak-erasure to accept that; every receipt will then say so.")
	}
	if err := os.MkdirAll(c.path(), 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	kms, err := vaultkms.Open(c.path("kms"), rand.Reader)
	if err != nil {
		return nil, err
	}
	store, err := vaultfile.Open(vaultfile.Config{Dir: c.path("vault"), KMS: kms, Minter: rand.Reader})
	if err != nil {
		return nil, err
	}
	mode := vault.Production
	if c.Mode == Sandbox {
		mode = vault.Sandbox
	}
	now := h.clock.Now()
	v, err := vault.Open(ctx, vault.Config{Journal: store, Minter: rand.Reader, Mode: mode, Ahead: vault.DefaultAhead(),
		Create: create, Now: now, Today: h.Pack.Today(now)})
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return &LocalVault{Vault: v, store: store}, nil
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
	mode := vault.Production
	if h.cfg.Mode == Sandbox {
		mode = vault.Sandbox
	}
	if h.cfg.VaultC.Socket != "" {
		return errors.New("not yet")
	} else {
		// A database that belongs to a vault already must find that vault.
		if v.local, err = OpenLocalVault(ctx, h.cfg, !known, h); err != nil {
			return err
		}
		v.Service = v.local
	}
	now := h.clock.Now()
	report, err := vault.Compare(ctx, vault.Comparison{Vault: v, Book: book, Holders: h.holders(), Mode: mode, Minter: rand.Reader, Now: now, Today: h.Pack.Today(now)})
	if err != nil {
		return fmt.Errorf("comparing vault and database: %w", err)
	}
	h.reportComparison(ctx, report)
	leap := 0
	if h.cfg.Mode == Sandbox {
		leap = -1
	}
	if v.keeper, err = vault.NewKeeper(vault.KeeperConfig{Vault: v, Book: book, MaxLeap: leap}); err != nil {
		return err
	}
	metered := h.meter.For("serving", v)
	v.keys, err = vault.NewSealer(vault.SealerConfig{Vault: metered, Book: vaultpg.NewStore(h.db.app), Intents: vaultpg.NewStore(h.db.app), Minter: rand.Reader})
	return err
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
	if v.local != nil {
		errs = append(errs, v.local.Close())
	}
	return errors.Join(errs...)
}
