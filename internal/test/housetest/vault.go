package housetest

import (
	"crypto/rand"
	"path/filepath"
	"testing"
	"time"

	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultfile"
	"recourse/internal/vault/vaultkms"
	"recourse/internal/vault/vaultpg"
)

// Vault returns a new vault for a house, on a file store in a folder of the
// test. It is closed at the end of the test. Few epochs are drawn ahead, so that
// both ways of making one are met.
func Vault(t testing.TB, f *Fixture) *vault.Vault {
	t.Helper()
	dir := t.TempDir()
	kms, err := vaultkms.Open(filepath.Join(dir, "kms"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	store, err := vaultfile.Open(vaultfile.Config{Dir: filepath.Join(dir, "vault"), KMS: kms, Minter: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.Open(t.Context(), vault.Config{Journal: store, Minter: rand.Reader, Mode: mode(t, f), Create: true, Now: time.Now(), Today: f.Today(),
		Ahead: []vault.Ahead{{Class: seal.Identity, Years: 1, Quarters: true}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	})
	return v
}

// Keys ties a vault to the database of a house, as the server does at its start,
// and returns what fills the rooms' ports: tokens, pseudonyms, marks of
// references, sealing, opening and forgetting.
func Keys(t testing.TB, f *Fixture, v vault.Service) *vault.Sealer {
	t.Helper()
	if _, err := vault.Compare(t.Context(), vault.Comparison{Vault: v, Book: vaultpg.NewStore(f.Keeper), Mode: mode(t, f), Minter: rand.Reader,
		Now: f.Now(), Today: f.Today()}); err != nil {
		t.Fatal(err)
	}
	keys, err := vault.NewSealer(vault.SealerConfig{Vault: v, Book: vaultpg.NewStore(f.App), Intents: vaultpg.NewStore(f.App), Minter: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func mode(t testing.TB, f *Fixture) vault.Mode {
	t.Helper()
	m, ok := vault.ParseMode(f.Mode)
	if !ok {
		t.Fatalf("no mode %q", f.Mode)
	}
	return m
}

// VaultKeeper returns what punctures, expires and changes generations. It moves
// with the sandbox's clock, however far.
func VaultKeeper(t testing.TB, f *Fixture, v vault.Service) *vault.Keeper {
	t.Helper()
	k, err := vault.NewKeeper(vault.KeeperConfig{Vault: v, Book: vaultpg.NewStore(f.Keeper), MaxLeap: -1})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// KeeperKeys returns what the keeper has in place of keys: what it wants forgotten
// joins the transactions of the keeper's pool.
func KeeperKeys(t testing.TB, f *Fixture, v vault.Service) *vault.Sealer {
	t.Helper()
	keys, err := vault.NewSealer(vault.SealerConfig{Vault: v, Book: vaultpg.NewStore(f.Keeper), Intents: vaultpg.NewStore(f.Keeper), Minter: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
