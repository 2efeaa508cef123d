package vault_test

import (
	"testing"

	"recourse/internal/vault"
	"recourse/internal/vault/vaulttest"
)

// open opens a vault on a journal in memory.
func open(t *testing.T, j *vaulttest.Memory, seed uint64) *vault.Vault {
	t.Helper()
	v, err := vault.Open(t.Context(), config(j, seed))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func config(j vault.Journal, seed uint64) vault.Config {
	return vault.Config{Journal: j, Minter: vaulttest.Seeded(seed), Mode: vault.Sandbox, Ahead: vaulttest.Ahead(),
		Create: true, Now: vaulttest.Now(), Today: vaulttest.Today}
}

func TestVault_conforms(t *testing.T) {
	t.Parallel()
	vaulttest.RunService(t, func(t *testing.T) vaulttest.Fixture {
		j := &vaulttest.Memory{}
		seed := uint64(1)
		v := open(t, j, seed)
		return vaulttest.Fixture{Service: v, Reopen: func(t *testing.T) vault.Service {
			if err := v.Close(); err != nil {
				t.Fatal(err)
			}
			seed++
			j = j.Again()
			v = open(t, j, seed)
			return v
		}}
	})
}
