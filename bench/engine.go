package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/dispute"
	"recourse/internal/dispute/disputepg"
	"recourse/internal/dossier/dossierpg"
	"recourse/internal/kit/pgembed"
	"recourse/internal/kit/pgkit"
	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultfile"
	"recourse/internal/vault/vaultkms"
	"recourse/internal/vault/vaultpg"
	"recourse/migrations"
	"recourse/packs"
)

// engine is the keeper's side of a registry as the server wires it, without a server
// that works meanwhile: database, vault, and what ends and sweeps.
type engine struct {
	postgres *pgembed.Server
	owner    *pgx.Conn
	keeper   *pgxpool.Pool
	bare     *pgxpool.Pool // of the owner
	pack     *law.Pack
	vault    *vault.Vault
	tends    *vault.Keeper
	ender    *dossierpg.Ender
	sweeps   *dispute.Keeper
}

func newEngine(ctx context.Context, dir string) (e *engine, err error) {
	e = &engine{}
	defer func() {
		if err != nil {
			e.close(context.WithoutCancel(ctx))
		}
	}()
	if e.postgres, err = pgembed.Start(ctx, pgembed.Config{Dir: dir, Logger: slog.New(slog.DiscardHandler)}); err != nil {
		return e, err
	}
	passwords := pgkit.Passwords{}
	for _, role := range []string{pgkit.Owner, pgkit.App, pgkit.Keeper, pgkit.Watch} {
		var secret [16]byte
		_, _ = rand.Read(secret[:])
		passwords[role] = hex.EncodeToString(secret[:])
	}
	const name = "recourse"
	url := func(role string) string { return e.postgres.URL(name, role, passwords[role]) }
	if err := pgkit.Bootstrap(ctx, e.postgres.SuperuserURL("postgres"), name, passwords); err != nil {
		return e, err
	}
	if err := pgkit.Migrate(ctx, url(pgkit.Owner), migrations.FS, migrations.Latest); err != nil {
		return e, err
	}
	if e.owner, err = pgx.Connect(ctx, url(pgkit.Owner)); err != nil {
		return e, err
	}
	if e.keeper, err = pgkit.Open(ctx, pgkit.PoolConfig{URL: url(pgkit.Keeper), MaxSize: clients}); err != nil {
		return e, err
	}
	if e.bare, err = pgkit.Open(ctx, pgkit.PoolConfig{URL: url(pgkit.Owner), MaxSize: clients}); err != nil {
		return e, err
	}
	return e, e.wire(ctx, dir)
}

func (e *engine) wire(ctx context.Context, dir string) error {
	files, err := fs.Sub(packs.FS, "cn-hubei")
	if err != nil {
		return err
	}
	if e.pack, err = lawfile.Load(files); err != nil {
		return err
	}
	now := time.Now().UTC()
	if err := pgkit.FixMode(ctx, e.owner, "sandbox", e.pack.Zone.String(), now); err != nil {
		return err
	}
	bodies, err := party.MintBodies(rand.Reader, []string{"hubei-market"})
	if err != nil {
		return err
	}
	if err := partypg.PutBodies(ctx, e.owner, bodies); err != nil {
		return err
	}
	if err := e.openVault(ctx, dir, now); err != nil {
		return err
	}
	book, publisher := vaultpg.NewStore(e.keeper), ledgerpg.NewPublisher(nil, rand.Reader)
	forgets, err := vault.NewSealer(vault.SealerConfig{Vault: e.vault, Book: book, Intents: book, Minter: rand.Reader})
	if err != nil {
		return err
	}
	if e.tends, err = vault.NewKeeper(vault.KeeperConfig{Vault: e.vault, Book: book, MaxLeap: -1}); err != nil {
		return err
	}
	records := dossierpg.NewStore(e.keeper, publisher)
	e.ender = dossierpg.NewEnder(records, forgets)
	telling := ledgerpg.NewPublisher(map[string][]string{"dispute.overdue": {"notice.clock"}}, rand.Reader)
	contests, err := disputepg.NewStore(disputepg.Config{Pool: e.keeper, Publisher: telling, Records: records, Ender: e.ender, Forgetter: forgets, Shelf: law.One(e.pack)})
	e.sweeps = &dispute.Keeper{Store: contests, Shelf: law.One(e.pack)}
	return err
}

func (e *engine) openVault(ctx context.Context, dir string, now time.Time) error {
	kms, err := vaultkms.Open(filepath.Join(dir, "kms"), rand.Reader)
	if err != nil {
		return err
	}
	store, err := vaultfile.Open(vaultfile.Config{Dir: filepath.Join(dir, "vault"), KMS: kms, Minter: rand.Reader})
	if err != nil {
		return err
	}
	today := e.pack.Today(now)
	if e.vault, err = vault.Open(ctx, vault.Config{Journal: store, Minter: rand.Reader, Mode: vault.Sandbox, Create: true, Now: now, Today: today.AddDays(-10)}); err != nil {
		return err
	}
	_, err = vault.Compare(ctx, vault.Comparison{Vault: e.vault, Book: vaultpg.NewStore(e.keeper), Mode: vault.Sandbox, Minter: rand.Reader, Now: now, Today: today.AddDays(-10)})
	return err
}

// close ends what was opened; what it leaves behind is in a folder that is removed.
func (e *engine) close(ctx context.Context) {
	if e.vault != nil {
		_ = e.vault.Close()
	}
	if e.keeper != nil {
		e.keeper.Close()
	}
	if e.bare != nil {
		e.bare.Close()
	}
	if e.owner != nil {
		_ = e.owner.Close(ctx)
	}
	if e.postgres != nil {
		_ = e.postgres.Stop(ctx)
	}
}

// measure notes what do takes: time, and what it adds to the log ahead.
func (e *engine) measure(ctx context.Context, t *trial, do func() error) error {
	before, err := walBytes(ctx, e.owner)
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := do(); err != nil {
		return err
	}
	t.took += time.Since(begin)
	after, err := walBytes(ctx, e.owner)
	t.wal += after - before
	return err
}

func (e *engine) exec(ctx context.Context, sql string, args ...any) error {
	if _, err := e.owner.Exec(ctx, sql, args...); err != nil {
		return fmt.Errorf("%.60s…: %w", sql, err)
	}
	return nil
}
