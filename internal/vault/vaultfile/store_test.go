package vaultfile

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultkms"
	"recourse/internal/vault/vaulttest"
)

// room is a folder with a store and the KMS it lies under.
type room struct {
	dir  string
	kms  vault.KMS
	seed uint64
}

func newRoom(t *testing.T) *room {
	t.Helper()
	dir := t.TempDir()
	k, err := vaultkms.Open(filepath.Join(dir, "kms"), vaulttest.Seeded(99))
	if err != nil {
		t.Fatal(err)
	}
	return &room{dir: filepath.Join(dir, "vault"), kms: k}
}

// open opens the store; it is closed when the test ends.
func (r *room) open(t *testing.T) *Store {
	t.Helper()
	r.seed++
	s, err := Open(Config{Dir: r.dir, KMS: r.kms, Minter: vaulttest.Seeded(r.seed)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func (r *room) log() string { return filepath.Join(r.dir, logName) }

func (r *room) bytes(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile(r.log())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (r *room) put(t *testing.T, b []byte) {
	t.Helper()
	if err := os.WriteFile(r.log(), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// replay opens the store anew and returns what it holds.
func (r *room) replay(t *testing.T) (got []string, err error) {
	t.Helper()
	s := r.open(t)
	defer func() { _ = s.Close() }()
	err = s.Replay(t.Context(), func(e []byte) error { got = append(got, string(e)); return nil })
	return got, err
}

func head() vault.Head {
	return vault.Head{ID: ref.Vault{1, 2, 3}, Mode: vault.Sandbox}
}

func entries(list ...string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, e := range list {
			if !yield([]byte(e)) {
				return
			}
		}
	}
}

// begun returns an open store that holds the entries "first" and "second".
func begun(t *testing.T, r *room) *Store {
	t.Helper()
	s := r.open(t)
	if err := s.Replay(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Rewrite(t.Context(), head(), vaulttest.Now(), entries("first", "second")); err != nil {
		t.Fatal(err)
	}
	return s
}

func add(t *testing.T, s *Store, list ...string) {
	t.Helper()
	for _, e := range list {
		if err := s.Append([]byte(e)); err != nil {
			t.Fatal(err)
		}
	}
}

func shut(t *testing.T, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestStore_keepsWhatWasWritten(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	s := begun(t, r)
	want := []string{"first", "second"}
	for i := range 40 {
		want = append(want, fmt.Sprint(i, string(make([]byte, i*i*10))))
		add(t, s, want[len(want)-1])
	}
	shut(t, s)
	if got, err := r.replay(t); err != nil || !slices.Equal(got, want) {
		t.Fatalf("%d entries, %v, want %d", len(got), err, len(want))
	}
	if bytes.Contains(r.bytes(t), []byte("second")) {
		t.Error("the store holds an entry in the clear")
	}
	for path, mode := range map[string]os.FileMode{r.dir: 0o700, r.log(): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: rights %v, %v", filepath.Base(path), info.Mode(), err)
		}
	}
}

func TestStore_isHeldByOne(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	s := begun(t, r)
	_, err := Open(Config{Dir: r.dir, KMS: r.kms, Minter: vaulttest.Seeded(1)})
	if fault.Of(err).Code != "E-VAULT-LOCKED" {
		t.Fatalf("a second one got %v", err)
	}
	shut(t, s)
	if _, err := r.replay(t); err != nil {
		t.Fatal(err)
	}
}

// A crash can cut the last write at any byte, or leave sectors of it unwritten.
// Either way what was acknowledged before is there, and writing goes on.
func TestStore_afterACrashInAppend(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	s := begun(t, r)
	add(t, s, "third")
	before := len(r.bytes(t))
	add(t, s, string(bytes.Repeat([]byte("0123456789abcdef"), 30)))
	shut(t, s)
	all := r.bytes(t)
	var broken [][]byte
	for n := before; n < len(all); n++ {
		broken = append(broken, all[:n])
	}
	for at := before; at < len(all); at = (at/sector + 1) * sector { // each sector, and all from it on
		one, rest := slices.Clone(all), slices.Clone(all)
		clear(one[at:min((at/sector+1)*sector, len(all))])
		clear(rest[at:])
		broken = append(broken, one, rest)
	}
	broken = append(broken, append(slices.Clone(all[:before]), make([]byte, trial)...)) // in the middle of Heal
	for i, b := range broken {
		r.put(t, b)
		s := r.open(t)
		var got []string
		if err := s.Replay(t.Context(), func(e []byte) error { got = append(got, string(e)); return nil }); err != nil {
			t.Fatalf("crash %d (%d bytes): %v", i, len(b), err)
		}
		if !slices.Equal(got, []string{"first", "second", "third"}) {
			t.Fatalf("crash %d (%d bytes): %d entries", i, len(b), len(got))
		}
		if i%16 != 0 && i < len(all)-before { // each sector, and every sixteenth byte: syncing takes its time
			shut(t, s)
			continue
		}
		add(t, s, "fourth")
		shut(t, s)
		if got, err := r.replay(t); err != nil || len(got) != 4 || got[3] != "fourth" {
			t.Fatalf("after crash %d: %d entries, %v", i, len(got), err)
		}
	}
	r.put(t, all) // the control: nothing is taken back from a whole store
	if got, err := r.replay(t); err != nil || len(got) != 4 {
		t.Fatalf("whole: %d entries, %v", len(got), err)
	}
}

// Whatever is changed in a store, except that its end is missing, it does not
// open and is not changed.
func TestStore_refusesWhatWasAltered(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	s := begun(t, r)
	var at []int // where frames begin
	for i := range 4 {
		at = append(at, len(r.bytes(t)))
		add(t, s, fmt.Sprint("entry ", i, string(bytes.Repeat([]byte{'x'}, 100*i))))
	}
	shut(t, s)
	all := r.bytes(t)
	at = append(at, len(all))
	cut := func(i, j int) []byte { return all[at[i]:at[j]] }
	altered := map[string][]byte{
		"two frames changed places": slices.Concat(all[:at[0]], cut(1, 2), cut(0, 1), cut(2, 4)),
		"a frame is missing":        slices.Concat(all[:at[1]], cut(2, 4)),
		"a frame is there twice":    slices.Concat(all[:at[2]], cut(1, 4)),
		"the last one twice":        slices.Concat(all, cut(3, 4)),
		"bytes behind the end":      slices.Concat(all, []byte("sixteen bytes!!!")),
		"a sector zeroed before":    zeroed(all, at[1], at[2]),
		"all zero but the last":     zeroed(all, at[0], at[3]),
		"no header":                 all[100:],
		"nothing":                   {},
		"something else":            []byte("not a vault at all, and long enough to look like a header would"),
	}
	for i := range all {
		b := slices.Clone(all)
		b[i] ^= 1 << (i % 8)
		altered[fmt.Sprintf("byte %d of %d", i, len(all))] = b
	}
	for what, b := range altered {
		r.put(t, b)
		journal := r.open(t)
		_, err := vault.Open(t.Context(), vault.Config{Journal: journal, Minter: vaulttest.Seeded(1), Mode: vault.Sandbox})
		if f := fault.Of(err); f.Code != "E-VAULT-DAMAGED" && f.Code != "E-VAULT-ROOT" && !errors.Is(err, vault.ErrWrapped) {
			t.Errorf("%s: %v", what, err)
		}
		if !bytes.Equal(r.bytes(t), b) {
			t.Fatalf("%s: the store was changed", what)
		}
		shut(t, journal)
	}
}

func zeroed(b []byte, from, to int) []byte {
	b = slices.Clone(b)
	clear(b[from:to])
	return b
}

func TestStore_oldCopiesDie(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	s := begun(t, r)
	var copies [][]byte
	for day := 1; day <= 12; day++ {
		copies = append(copies, r.bytes(t))
		if _, err := s.Rewrite(t.Context(), head(), vaulttest.Now().AddDate(0, 0, day), entries(fmt.Sprint("day ", day))); err != nil {
			t.Fatal(err)
		}
	}
	shut(t, s)
	for day, b := range copies {
		r.put(t, b)
		_, err := r.replay(t)
		if day <= 5 != (fault.Of(err).Code == "E-VAULT-ROOT") || day > 5 && err != nil {
			t.Errorf("on day 12 the copy of day %d: %v", day, err)
		}
	}
	if list, err := r.kms.Versions(t.Context()); err != nil || len(list) != 7 {
		t.Errorf("%d versions are left, %v", len(list), err)
	}
}

// The one in force is never destroyed, however old.
func TestStore_rewriteAfterALongTime(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	s := begun(t, r)
	add(t, s, "third")
	res, err := s.Rewrite(t.Context(), head(), vaulttest.Now().Add(400*24*time.Hour), entries("a"))
	if err != nil || len(res.Destroyed) != 1 {
		t.Fatalf("%+v, %v", res, err)
	}
	if _, err := s.Rewrite(t.Context(), head(), vaulttest.Now(), entries("b")); err != nil { // a clock that went back
		t.Fatal(err)
	}
	if _, err := s.Rewrite(t.Context(), head(), vaulttest.Now().Add(-400*24*time.Hour), entries("c")); err != nil {
		t.Fatal(err)
	}
	shut(t, s)
	if got, err := r.replay(t); err != nil || !slices.Equal(got, []string{"c"}) {
		t.Fatalf("%v, %v", got, err)
	}
}
