package vault_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"recourse/internal/fault"
	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/vault/vaulttest"
)

var errMedium = errors.New("the medium failed")

// A write that fails changes nothing, whether it failed before or after it took
// effect; the state says so, and when writing works again it goes on.
func TestVault_whenNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	e := seal.NewEpoch(seal.Record, vaulttest.Today)
	calls := map[string]func(context.Context, *vault.Vault) error{
		"Lease":             func(ctx context.Context, v *vault.Vault) error { _, err := v.Lease(ctx, e, 1); return err },
		"Lease a new epoch": func(ctx context.Context, v *vault.Vault) error { _, err := v.Lease(ctx, e+5000, 1); return err },
		"Puncture": func(ctx context.Context, v *vault.Vault) error {
			_, err := v.Puncture(ctx, []vault.Intent{{Seq: 1, Slot: seal.Slot{Epoch: e}}})
			return err
		},
		"Expire": func(ctx context.Context, v *vault.Vault) error {
			_, err := v.Expire(ctx, vaulttest.Today+1)
			return err
		},
		"Extend": func(ctx context.Context, v *vault.Vault) error {
			_, err := v.Extend(ctx, vaulttest.Today+1)
			return err
		},
		"Skip":          func(ctx context.Context, v *vault.Vault) error { return v.Skip(ctx, vault.Jump{Seq: 9999}) },
		"NewGeneration": func(ctx context.Context, v *vault.Vault) error { return v.NewGeneration(ctx, 2) },
		"Reseal":        func(ctx context.Context, v *vault.Vault) error { _, err := v.Reseal(ctx, vaulttest.Now()); return err },
	}
	for name, call := range calls {
		for _, after := range []bool{false, true} {
			j := &vaulttest.Memory{}
			v := open(t, j, 1)
			if _, err := v.Lease(t.Context(), e, 1); err != nil {
				t.Fatal(err)
			}
			before, err := v.State(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			j.Fail = func(at bool) error {
				if at == after || !at && name == "Reseal" {
					return errMedium
				}
				return nil
			}
			if err := call(t.Context(), v); fault.Of(err).Kind != fault.Unavailable || !errors.Is(err, errMedium) {
				t.Errorf("%s: %v", name, err)
			}
			now, err := v.State(t.Context())
			if err != nil || now.Seq != before.Seq || now.Applied != before.Applied || now.Ended != before.Ended || len(now.Generations) != len(before.Generations) {
				t.Errorf("%s changed the state from %+v to %+v", name, before, now)
			}
			if !after && !strings.Contains(now.Fault, "cannot be written") {
				t.Errorf("%s: the state says %q", name, now.Fault)
			}
			if d, err := v.Derive(t.Context(), []vault.Place{{Slot: seal.Slot{Epoch: e}}}); err != nil || d[0].Gone {
				t.Errorf("%s: what was readable is not, %v", name, err)
			}
			j.Fail = nil
			if now, err := v.State(t.Context()); err != nil || now.Fault != "" {
				t.Errorf("%s: writing works again, and the state says %q", name, now.Fault)
			}
			if err := call(t.Context(), v); err != nil {
				t.Errorf("%s again: %v", name, err)
			}
		}
	}
}

// dry is a source of chance that ends.
type dry struct{ vaulttest.Chance }

func (*dry) Read([]byte) (int, error) { return 0, errors.New("no chance left") }

func TestVault_withoutChance(t *testing.T) {
	t.Parallel()
	c := config(&vaulttest.Memory{}, 1)
	c.Minter = &dry{}
	if _, err := vault.Open(t.Context(), c); err == nil {
		t.Error("opened without chance")
	}
	few := &some{left: 16 + 16 + 4*32 + 5*32}
	c.Minter = few
	if _, err := vault.Open(t.Context(), c); err == nil {
		t.Error("made without the chance for its epochs")
	}
	few.left = 1 << 20
	v, err := vault.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	before, err := v.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	few.left = 0
	far := seal.NewEpoch(seal.Record, vaulttest.Today+9000)
	for what, call := range map[string]func() error{
		"Lease":         func() error { _, err := v.Lease(t.Context(), far, 1); return err },
		"Extend":        func() error { _, err := v.Extend(t.Context(), vaulttest.Today+9); return err },
		"Skip":          func() error { return v.Skip(t.Context(), vault.Jump{Counters: []vault.Counter{{Epoch: far, Next: 1}}}) },
		"NewGeneration": func() error { return v.NewGeneration(t.Context(), 2) },
	} {
		if call() == nil {
			t.Errorf("%s did without chance", what)
		}
	}
	if after, err := v.State(t.Context()); err != nil || after.Seq != before.Seq {
		t.Errorf("the state moved, %v", err)
	}
}

// some is a source of chance that ends after some bytes.
type some struct{ left int }

func (s *some) Read(b []byte) (int, error) {
	if s.left < len(b) {
		return 0, errors.New("no chance left")
	}
	s.left -= len(b)
	for i := range b {
		b[i] = byte(s.left>>8) ^ byte(s.left) + byte(i)
	}
	return len(b), nil
}

func TestOpen_refuses(t *testing.T) {
	t.Parallel()
	j := &vaulttest.Memory{}
	open(t, j, 1)
	for what, c := range map[string]struct {
		change func(*vault.Config)
		want   string
	}{
		"a lost store":      {func(c *vault.Config) { c.Journal, c.Create = &vaulttest.Memory{}, false }, "E-VAULT-ABSENT"},
		"another mode":      {func(c *vault.Config) { c.Mode = vault.Production }, "E-VAULT-MODE"},
		"a half read store": {func(c *vault.Config) { c.Journal = &half{c.Journal.(*vaulttest.Memory)} }, "E-VAULT-DAMAGED"},
		"a store that does not fit": {func(c *vault.Config) {
			c.Journal = &twice{c.Journal.(*vaulttest.Memory)}
		}, "E-VAULT-DAMAGED"},
		"a medium that fails": {func(c *vault.Config) {
			c.Journal = &vaulttest.Memory{Fail: func(bool) error { return errMedium }}
		}, "E-VAULT-WRITE"},
		"a fault of the store": {func(c *vault.Config) { c.Journal = &faulty{c.Journal.(*vaulttest.Memory)} }, "E-SAMPLE"},
	} {
		conf := config(j.Again(), 2)
		c.change(&conf)
		if _, err := vault.Open(t.Context(), conf); fault.Of(err).Code != c.want {
			t.Errorf("%s: %v, want %s", what, err, c.want)
		}
	}
}

// half is a store of which the second half is missing.
type half struct{ *vaulttest.Memory }

func (h *half) Replay(ctx context.Context, each func([]byte) error) error {
	return h.Memory.Replay(ctx, func(e []byte) error { return each(e[:len(e)-1]) }) // without the end of the dump
}

// twice is a store that gives what it holds twice.
type twice struct{ *vaulttest.Memory }

func (h *twice) Replay(ctx context.Context, each func([]byte) error) error {
	return errors.Join(h.Memory.Replay(ctx, each), h.Memory.Replay(ctx, each))
}

type faulty struct{ *vaulttest.Memory }

func (*faulty) Replay(context.Context, func([]byte) error) error {
	return fault.New(fault.Refused, "E-SAMPLE", "Not today.")
}

func TestVault_closed(t *testing.T) {
	t.Parallel()
	v := open(t, &vaulttest.Memory{}, 1)
	for range 2 {
		if err := v.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, lease := v.Lease(t.Context(), seal.NewEpoch(seal.Record, vaulttest.Today), 1)
	_, reseal := v.Reseal(t.Context(), vaulttest.Now())
	for _, err := range []error{lease, reseal} {
		if fault.Of(err).Code != "E-VAULT-CLOSED" || fault.Of(err).Kind != fault.Unavailable {
			t.Errorf("after the end: %v", err)
		}
	}
}

// Callers who wait for a write share the next one.
func TestVault_writesForAllWhoWait(t *testing.T) {
	t.Parallel()
	j := &vaulttest.Memory{}
	v := open(t, j, 1)
	const callers = 20
	entered, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	j.Fail = func(after bool) error {
		if !after {
			once.Do(func() { close(entered); <-release })
		}
		return nil
	}
	before := j.Writes
	e := seal.NewEpoch(seal.Record, vaulttest.Today)
	var wg sync.WaitGroup
	lease := func() {
		if _, err := v.Lease(t.Context(), e, 1); err != nil {
			t.Error(err)
		}
	}
	wg.Go(lease)
	<-entered
	var ready sync.WaitGroup
	for range callers {
		ready.Add(1)
		wg.Go(func() { ready.Done(); lease() })
	}
	ready.Wait()
	for v.Waiting() < callers { // all have asked
		runtime.Gosched()
	}
	close(release)
	wg.Wait()
	if n := j.Writes - before; n != 2 {
		t.Errorf("%d callers took %d writes", callers+1, n)
	}
}

// Whatever is leased, punctured, skipped and restarted: each leaf has the key
// that a vault has which leased all of it at once, or is gone.
func TestVault_keysDoNotDependOnHistory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		j := &vaulttest.Memory{}
		c := config(j, 7)
		c.Ahead = nil
		v, err := vault.Open(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		e := seal.NewEpoch(seal.Record, vaulttest.Today)
		next, gone := seal.Leaf(0), map[seal.Leaf]bool{}
		keys := map[seal.Leaf]seal.Key{}
		check := func(leaf seal.Leaf) {
			d, err := v.Derive(context.Background(), []vault.Place{{Slot: seal.Slot{Epoch: e, Leaf: leaf}}})
			if err != nil {
				t.Fatal(err)
			}
			if d[0].Gone != (gone[leaf] || leaf >= next) {
				t.Fatalf("leaf %d of %d: gone = %v, punctured = %v", leaf, next, d[0].Gone, gone[leaf])
			}
			if was, known := keys[leaf]; known && !d[0].Gone && was != d[0].Key {
				t.Fatalf("leaf %d has another key than before", leaf)
			} else if !d[0].Gone {
				keys[leaf] = d[0].Key
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"lease": func(t *rapid.T) {
				n := rapid.IntRange(1, 300).Draw(t, "n")
				l, err := v.Lease(context.Background(), e, n)
				if err != nil || l.First != next {
					t.Fatal(l, err)
				}
				next += seal.Leaf(n)
			},
			"skip": func(t *rapid.T) {
				to := next + seal.Leaf(rapid.IntRange(1, 70000).Draw(t, "by"))
				if err := v.Skip(context.Background(), vault.Jump{Counters: []vault.Counter{{Epoch: e, Next: to}}}); err != nil {
					t.Fatal(err)
				}
				next = to
			},
			"puncture": func(t *rapid.T) {
				leaf := seal.Leaf(rapid.Int64Range(0, int64(next)+10).Draw(t, "leaf"))
				if _, err := v.Puncture(context.Background(), []vault.Intent{{Seq: 1, Slot: seal.Slot{Epoch: e, Leaf: leaf}}}); err != nil {
					t.Fatal(err)
				}
				// Before its seed is drawn there is nothing to puncture.
				if next > 0 {
					gone[leaf] = true
				}
			},
			"restart": func(t *rapid.T) {
				if err := v.Close(); err != nil {
					t.Fatal(err)
				}
				j = j.Again()
				c.Journal, c.Minter = j, vaulttest.Seeded(8)
				if v, err = vault.Open(context.Background(), c); err != nil {
					t.Fatal(err)
				}
			},
			"reseal": func(t *rapid.T) {
				if _, err := v.Reseal(context.Background(), vaulttest.Now()); err != nil {
					t.Fatal(err)
				}
			},
			"": func(t *rapid.T) {
				for range 5 {
					check(seal.Leaf(rapid.Int64Range(0, int64(next)+10).Draw(t, "look")))
				}
				for leaf := range gone {
					check(leaf)
				}
			},
		})
	})
}

func TestMode(t *testing.T) {
	t.Parallel()
	for _, m := range []vault.Mode{vault.Sandbox, vault.Production} {
		if got, ok := vault.ParseMode(m.String()); got != m || !ok {
			t.Errorf("mode %v reads as %v", m, got)
		}
	}
	if _, ok := vault.ParseMode(vault.Mode(0).String()); ok {
		t.Error("no mode is a mode")
	}
}

// What is drawn ahead reaches past the longest retention of the shipped packs
// (ten years) by more than the window in which an old copy can be restored.
func TestDefaultAhead(t *testing.T) {
	t.Parallel()
	c := config(&vaulttest.Memory{}, 1)
	c.Ahead = vault.DefaultAhead()
	v, err := vault.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	list, err := v.Epochs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	held := map[seal.Epoch]bool{}
	for _, e := range list {
		held[e.Epoch] = true
	}
	for _, e := range []seal.Epoch{
		seal.NewEpoch(seal.Record, vaulttest.Today), seal.NewEpoch(seal.Record, vaulttest.Today.AddYears(10).AddDays(60)),
		seal.NewEpoch(seal.Identity, vaulttest.Today.QuarterEnd()), seal.NewEpoch(seal.Identity, vaulttest.Today.AddYears(10).QuarterEnd()),
		seal.NewEpoch(seal.Access, vaulttest.Today.AddYears(5)),
	} {
		if !held[e] {
			t.Errorf("epoch %s is not drawn ahead", e)
		}
	}
	t.Logf("%d epochs are drawn ahead", len(list))
}
