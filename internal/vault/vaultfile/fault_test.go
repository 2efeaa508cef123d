package vaultfile

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"recourse/internal/fault"
	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultkms"
	"recourse/internal/vault/vaulttest"
)

// crash is what a step throws in place of the end of the process: nothing that
// would come after it happens, no cleaning up either.
type crash struct{}

// dies runs do until a step says crash, and reports whether one did.
func dies(do func()) (died bool) {
	defer func() {
		if p := recover(); p != nil {
			if _, ours := p.(crash); !ours {
				panic(p)
			}
			died = true
		}
	}()
	do()
	return false
}

// Between any two steps of Rewrite the store is the old one or the new one.
func TestStore_afterACrashInRewrite(t *testing.T) {
	t.Parallel()
	steps := []string{"root made", "header written", "entries written", "entries durable", "renamed", "name durable", "one destroyed"}
	for i, at := range steps {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			s := begun(t, r)
			add(t, s, "third")
			s.testingOnlyStep = func(step string) {
				if step == at {
					panic(crash{})
				}
			}
			if !dies(func() { _, _ = s.Rewrite(t.Context(), head(), vaulttest.Now().AddDate(0, 0, 30), entries("new")) }) {
				t.Fatal("no such step")
			}
			shut(t, s)
			want := []string{"first", "second", "third"}
			if i >= slices.Index(steps, "renamed") {
				want = []string{"new"}
			}
			s = r.open(t)
			var got []string
			if err := s.Replay(t.Context(), func(e []byte) error { got = append(got, string(e)); return nil }); err != nil || !slices.Equal(got, want) {
				t.Fatalf("got %v, %v, want %v", got, err, want)
			}
			add(t, s, "after")
			if _, err := s.Rewrite(t.Context(), head(), vaulttest.Now().AddDate(0, 0, 60), entries("newer")); err != nil {
				t.Fatal(err)
			}
			if list, err := r.kms.Versions(t.Context()); err != nil || len(list) != 1 {
				t.Errorf("%d versions are left, %v", len(list), err)
			}
			if left, err := os.ReadDir(r.dir); err != nil || len(left) != 2 {
				t.Errorf("%d files are left, %v", len(left), err)
			}
		})
	}
}

// A frame that was written and not synced may or may not be there after a
// crash; it is never half there.
func TestStore_afterACrashBeforeSync(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"written", "synced"} {
		r := newRoom(t)
		s := begun(t, r)
		s.testingOnlyStep = func(step string) {
			if step == at {
				panic(crash{})
			}
		}
		if !dies(func() { _ = s.Append([]byte("third")) }) {
			t.Fatal("no such step")
		}
		shut(t, s)
		if got, err := r.replay(t); err != nil || !slices.Equal(got, []string{"first", "second", "third"}) {
			t.Errorf("%s: %v, %v", at, got, err)
		}
	}
}

// broken is a file whose medium fails as told.
type broken struct {
	file
	room  int64 // bytes that can still be written; negative for any number
	write error
	sync  error
}

func (b *broken) WriteAt(p []byte, at int64) (int, error) {
	if b.write != nil && (b.room >= 0 && int64(len(p)) > b.room || b.room < 0) {
		n := max(b.room, 0) // a short write, as a full disk makes it
		if n > 0 {
			if _, err := b.file.WriteAt(p[:n], at); err != nil {
				return 0, err
			}
		}
		return int(n), b.write
	}
	return b.file.WriteAt(p, at)
}

func (b *broken) Sync() error {
	if b.sync != nil {
		return b.sync
	}
	return b.file.Sync()
}

func TestStore_fullDisk(t *testing.T) {
	t.Parallel()
	for room := int64(-1); room < 90; room += 7 {
		for _, atSync := range []bool{false, true} {
			r := newRoom(t)
			b := &broken{room: room}
			s := r.open(t)
			s.testingOnlyWrap = func(name string, f file) file {
				if name == newName {
					b.file = f
					return b
				}
				return f
			}
			if err := s.Replay(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Rewrite(t.Context(), head(), vaulttest.Now(), entries("first")); err != nil {
				t.Fatal(err)
			}
			add(t, s, "second")
			if b.write = unix.ENOSPC; atSync {
				b.write, b.sync = nil, unix.EDQUOT
			}
			for range 2 {
				if err := s.Append(make([]byte, 60)); fault.Of(err).Code != "E-VAULT-FULL" || fault.Of(err).Kind != fault.Unavailable {
					t.Fatalf("on a full disk: %v", err)
				}
				if err := s.Heal(); fault.Of(err).Code != "E-VAULT-FULL" {
					t.Fatalf("healed on a full disk: %v", err)
				}
			}
			b.write, b.sync = nil, nil
			if err := s.Heal(); err != nil {
				t.Fatal(err)
			}
			add(t, s, "third")
			shut(t, s)
			if got, err := r.replay(t); err != nil || !slices.Equal(got, []string{"first", "second", "third"}) {
				t.Fatalf("room %d: %d entries, %v", room, len(got), err)
			}
		}
	}
}

// After a failed sync nothing is known about the log: it is not written any more
// until a whole new one takes its place.
func TestStore_failedSync(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	var b *broken
	s := r.open(t)
	s.testingOnlyWrap = func(_ string, f file) file { b = &broken{file: f, room: -1}; return b }
	if err := s.Replay(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Rewrite(t.Context(), head(), vaulttest.Now(), entries("first")); err != nil {
		t.Fatal(err)
	}
	b.sync = unix.EIO
	if err := s.Append([]byte("lost")); fault.Of(err).Code != "E-VAULT-WRITE" {
		t.Fatal(err)
	}
	b.sync = nil
	for what, err := range map[string]error{"Append": s.Append([]byte("lost too")), "Heal": s.Heal()} {
		if fault.Of(err).Code != "E-VAULT-WRITE" {
			t.Errorf("%s after a failed sync: %v", what, err)
		}
	}
	if _, err := s.Rewrite(t.Context(), head(), vaulttest.Now(), entries("first", "again")); err != nil {
		t.Fatal(err)
	}
	add(t, s, "goes on")
	shut(t, s)
	if got, err := r.replay(t); err != nil || !slices.Equal(got, []string{"first", "again", "goes on"}) {
		t.Fatalf("%v, %v", got, err)
	}
}

// A Rewrite that finds no room leaves the old store as it is.
func TestStore_fullDiskInRewrite(t *testing.T) {
	t.Parallel()
	for room := int64(0); room < 2000; room += 90 {
		r := newRoom(t)
		s := begun(t, r)
		b := &broken{room: room, write: unix.ENOSPC}
		s.testingOnlyWrap = func(_ string, f file) file { b.file = f; return b }
		_, err := s.Rewrite(t.Context(), head(), vaulttest.Now(), entries(strings.Repeat("long ", 1000)))
		if fault.Of(err).Code != "E-VAULT-FULL" {
			t.Fatalf("with room for %d bytes at once: %v", room, err)
		}
		s.testingOnlyWrap = nil
		add(t, s, "third")
		shut(t, s)
		if got, err := r.replay(t); err != nil || !slices.Equal(got, []string{"first", "second", "third"}) {
			t.Fatalf("%v, %v", got, err)
		}
	}
}

// On a real full file system a vault refuses, tells why, loses nothing, and goes
// on when there is room.
func TestVault_onAFullFileSystem(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("needs root, to mount a small tmpfs; TestStore_fullDisk shows the same with a file that fails")
	}
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("cannot mount a tmpfs here: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	k, err := vaultkms.Open(filepath.Join(dir, "kms"), vaulttest.Seeded(99))
	if err != nil {
		t.Fatal(err)
	}
	r := &room{dir: filepath.Join(dir, "vault"), kms: k}
	open := func() *vault.Vault {
		v, err := vault.Open(t.Context(), vault.Config{Journal: r.open(t), Minter: vaulttest.Seeded(1), Mode: vault.Sandbox,
			Ahead: vaulttest.Ahead(), Create: true, Now: vaulttest.Now(), Today: vaulttest.Today})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	v := open()
	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)
	e := seal.NewEpoch(seal.Record, vaulttest.Today)
	next := seal.Leaf(0)
	for full := false; !full; { // what room is left in the last page of the log is used up first
		l, err := v.Lease(t.Context(), e, 1)
		switch {
		case err == nil:
			next = l.First + 1
		case fault.Of(err).Code == "E-VAULT-FULL":
			full = true
		default:
			t.Fatal(err)
		}
	}
	if st, err := v.State(t.Context()); err != nil || !strings.Contains(st.Fault, "disk") {
		t.Errorf("the state says %q, %v", st.Fault, err)
	}
	if _, err := v.Reseal(t.Context(), vaulttest.Now()); err == nil {
		t.Error("resealed on a full disk")
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if st, err := v.State(t.Context()); err != nil || st.Fault != "" {
		t.Errorf("with room again the state says %q, %v", st.Fault, err)
	}
	for _, again := range []bool{false, true} {
		if again {
			if err := v.Close(); err != nil {
				t.Fatal(err)
			}
			v = open()
		}
		if l, err := v.Lease(t.Context(), e, 1); err != nil || l.First != next {
			t.Fatalf("leaf %d, %v, want %d", l.First, err, next)
		}
		next++
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
}

// fill writes a file until there is no room left.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{64 << 10, 4 << 10, 1} {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, n))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
