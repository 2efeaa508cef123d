package vaultfile

import (
	"bytes"
	"testing"

	"recourse/internal/ref"
	"recourse/internal/vault"
	"recourse/internal/vault/vaulttest"
)

func TestVaultInFile_conforms(t *testing.T) {
	t.Parallel()
	vaulttest.RunService(t, func(t *testing.T) vaulttest.Fixture {
		dir := t.TempDir()
		v, _ := openIn(t, dir, 10)
		t.Cleanup(func() { _ = v.Close() })
		return vaulttest.Fixture{Service: v, Reopen: func(t *testing.T) vault.Service {
			if err := v.Close(); err != nil {
				t.Fatal(err)
			}
			v, _ = openIn(t, dir, 20)
			return v
		}}
	})
}

// sample is a small store with its key, and what is in it.
func sample(t testing.TB) (b []byte, key [32]byte, entries []string) {
	h := header{Head: vault.Head{ID: ref.Vault{9}, Mode: vault.Sandbox}, made: vaulttest.Now(), root: "20261122-00", wrapped: []byte("wrapped")}
	b = h.encode()
	c, err := newChain(b, key)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []string{"one", "", "the third, a longer one than the others", "four"} {
		frame, err := c.seal([]byte(e), vaulttest.Seeded(5))
		if err != nil {
			t.Fatal(err)
		}
		c.moved(frame)
		b = append(b, frame...)
		entries = append(entries, e)
	}
	return b, key, entries
}

// FuzzStore gives the reader arbitrary bytes behind a sound header: it never
// gives an entry that was not written there, and never panics.
func FuzzStore(f *testing.F) {
	whole, key, want := sample(f)
	_, start, err := decodeHeader(whole)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole[start:])
	f.Add(whole[start : len(whole)-5])
	f.Add(append(bytes.Clone(whole[start:]), make([]byte, 600)...))
	f.Add(whole[start+48:])
	f.Fuzz(func(t *testing.T, tail []byte) {
		b := append(bytes.Clone(whole[:start]), tail...)
		c, err := newChain(b[:start], key)
		if err != nil {
			t.Fatal(err)
		}
		s := scanner{chain: c, r: bytes.NewReader(b), size: int64(len(b)), at: int64(start)}
		var got []string
		cut, err := s.scan(func(e []byte) error { got = append(got, string(e)); return nil })
		if len(got) > len(want) {
			t.Fatalf("%d entries came from a store of %d", len(got), len(want))
		}
		for i, e := range got {
			if e != want[i] {
				t.Fatalf("entry %d was never written", i)
			}
		}
		if err == nil && s.at+cut != int64(len(b)) {
			t.Fatalf("%d bytes whole, %d cut, of %d", s.at, cut, len(b))
		}
	})
}

// FuzzHeader gives the reader arbitrary bytes as a header.
func FuzzHeader(f *testing.F) {
	whole, _, _ := sample(f)
	f.Add(whole)
	f.Add(whole[:60])
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, n, err := decodeHeader(b)
		if err == nil && !bytes.Equal(h.encode(), b[:n]) {
			t.Error("a header that does not read back was taken")
		}
	})
}
