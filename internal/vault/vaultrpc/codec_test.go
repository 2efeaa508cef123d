package vaultrpc

import (
	"bytes"
	"context"
	"testing"

	"recourse/internal/vault"
	"recourse/internal/vault/vaulttest"
)

// messages are all that a server reads and a client reads.
func messages() map[string]func(*coder) {
	return map[string]func(*coder){
		"state":    func(c *coder) { var v vault.State; two(c, &v, c.state) },
		"epochs":   func(c *coder) { var v []vault.Epoch; two(c, &v, c.epochs) },
		"data":     func(c *coder) { var v [][]byte; two(c, &v, c.data) },
		"tokens":   func(c *coder) { var v [][]vault.Token; two(c, &v, c.tokens) },
		"macs":     func(c *coder) { var v []vault.Mac; two(c, &v, c.macs) },
		"places":   func(c *coder) { var v []vault.Place; two(c, &v, c.places) },
		"derived":  func(c *coder) { var v []vault.Derived; two(c, &v, c.derived) },
		"intents":  func(c *coder) { var v []vault.Intent; two(c, &v, c.intents) },
		"jump":     func(c *coder) { var v vault.Jump; two(c, &v, c.jump) },
		"resealed": func(c *coder) { var v vault.Resealed; two(c, &v, c.resealed) },
	}
}

// two reads a value, then writes it in place of what was read.
func two[T any](c *coder, v *T, code func(*T)) {
	code(v)
	if c.end() == nil {
		c.reading = false
		code(v)
	}
}

// FuzzMessage gives every reader arbitrary bytes: it refuses them, or they are
// exactly what it would write.
func FuzzMessage(f *testing.F) {
	for _, seed := range [][]byte{nil, {0, 0, 0, 0}, {0, 0, 0, 1, 0, 0, 0, 0}, bytes.Repeat([]byte{0, 0, 0, 1}, 20), bytes.Repeat([]byte{0xff}, 40)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for name, code := range messages() {
			c := &coder{b: bytes.Clone(b), reading: true}
			if code(c); c.err == nil && !bytes.Equal(c.b, b) {
				t.Errorf("%s: %x was taken and is written %x", name, b, c.b)
			}
		}
	})
}

// FuzzCalls gives every call arbitrary bytes, on a vault of its own.
func FuzzCalls(f *testing.F) {
	all := calls()
	for name := range all {
		f.Add(name, []byte{})
		f.Add(name, make([]byte, 16))
		f.Add(name, bytes.Repeat([]byte{0, 0, 0, 1}, 12))
	}
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		do, known := all[name]
		if !known {
			return
		}
		v, err := vault.Open(context.Background(), vault.Config{Journal: &vaulttest.Memory{}, Minter: vaulttest.Seeded(1), Mode: vault.Sandbox,
			Create: true, Now: vaulttest.Now(), Today: vaulttest.Today})
		if err != nil {
			t.Fatal(err)
		}
		_ = do(context.Background(), v, &coder{b: b, reading: true}, &coder{}) // an error is an answer, a panic is not
	})
}
