package vaultrpc_test

import (
	"testing"

	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultrpc"
	"recourse/internal/vault/vaulttest"
)

// BenchmarkDerive is the vault's part of an inquiry, five keys, over a socket.
func BenchmarkDerive(b *testing.B) {
	v, err := vault.Open(b.Context(), vault.Config{Journal: &vaulttest.Memory{}, Minter: vaulttest.Seeded(1), Mode: vault.Sandbox,
		Create: true, Now: vaulttest.Now(), Today: vaulttest.Today})
	if err != nil {
		b.Fatal(err)
	}
	e := seal.NewEpoch(seal.Record, vaulttest.Today)
	if _, err := v.Lease(b.Context(), e, 5); err != nil {
		b.Fatal(err)
	}
	path := short(b)
	serve(b, listen(b, path), v, nil)
	c := vaultrpc.DialUnix(path)
	b.Cleanup(c.Close)
	places := make([]vault.Place, 5)
	for i := range places {
		places[i].Slot = seal.Slot{Epoch: e, Leaf: seal.Leaf(i)}
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := c.Derive(b.Context(), places); err != nil {
				b.Fatal(err)
			}
		}
	})
}
