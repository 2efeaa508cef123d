package vault_test

import (
	"fmt"
	"testing"

	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/vault/vaulttest"
)

// benched is a vault with leaves of several epochs, one in a hundred punctured.
func benched(b *testing.B, perEpoch int) (*vault.Vault, []vault.Place) {
	b.Helper()
	v, err := vault.Open(b.Context(), config(&vaulttest.Memory{}, 1))
	if err != nil {
		b.Fatal(err)
	}
	var places []vault.Place
	var gone []vault.Intent
	for day := range 50 {
		e := seal.NewEpoch(seal.Record, vaulttest.Today.AddDays(day))
		for left := perEpoch; left > 0; left -= vault.MaxLease {
			if _, err := v.Lease(b.Context(), e, min(left, vault.MaxLease)); err != nil {
				b.Fatal(err)
			}
		}
		for i := range 100 {
			p := vault.Place{Slot: seal.Slot{Epoch: e, Leaf: seal.Leaf(i * perEpoch / 100)}, Record: [16]byte{byte(i)}, Version: 1}
			if i == 50 && day%2 == 0 {
				gone = append(gone, vault.Intent{Seq: 1, Slot: p.Slot})
				continue
			}
			places = append(places, p)
		}
	}
	if _, err := v.Puncture(b.Context(), gone); err != nil {
		b.Fatal(err)
	}
	return v, places
}

// BenchmarkDerive is the vault's part of an inquiry: five keys.
func BenchmarkDerive(b *testing.B) {
	for _, perEpoch := range []int{300, 30_000, 3_000_000} {
		b.Run(fmt.Sprint(perEpoch, " leaves an epoch"), func(b *testing.B) {
			v, places := benched(b, perEpoch)
			b.ReportAllocs()
			for i := 0; b.Loop(); i += 5 {
				if _, err := v.Derive(b.Context(), places[i%(len(places)-5):][:5]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOpen is all that an inquiry does between database and answer: five
// boxes of 1 KiB.
func BenchmarkOpen(b *testing.B) {
	v, _ := benched(b, 30_000)
	s, _ := newSealer(b, v)
	contents := make([]seal.Content, 5)
	for i := range contents {
		contents[i] = content(i, seal.NewEpoch(seal.Record, vaulttest.Today.AddDays(i)))
		contents[i].Plain = make([]byte, 1024)
	}
	boxes, err := s.Close(b.Context(), contents)
	if err != nil {
		b.Fatal(err)
	}
	list := sealed(contents, boxes)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.Open(b.Context(), list); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkClose is what an inquiry seals: one small access row.
func BenchmarkClose(b *testing.B) {
	v, _ := benched(b, 300)
	s, _ := newSealer(b, v)
	one := []seal.Content{content(1, seal.NewEpoch(seal.Access, vaulttest.Today))}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Close(b.Context(), one); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPuncture is one early erasure in a batch of a thousand.
func BenchmarkPuncture(b *testing.B) {
	v, _ := benched(b, 3_000_000)
	e := seal.NewEpoch(seal.Record, vaulttest.Today.AddDays(1))
	batch := make([]vault.Intent, 1000)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		for j := range batch {
			batch[j] = vault.Intent{Seq: 1, Slot: seal.Slot{Epoch: e, Leaf: seal.Leaf((i*1000 + j) * 7919 % 3_000_000)}}
		}
		if _, err := v.Puncture(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/puncture")
}

func BenchmarkTokens(b *testing.B) {
	v, _ := benched(b, 300)
	ids := make([][]byte, 1000)
	for i := range ids {
		ids[i] = fmt.Appendf(nil, "cn-id:SAMPLE%012d", i)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Tokens(b.Context(), ids); err != nil {
			b.Fatal(err)
		}
	}
}
