package vaultkms_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"recourse/internal/fault"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultkms"
	"recourse/internal/vault/vaulttest"
)

func open(t *testing.T, dir string, seed uint64) *vaultkms.File {
	t.Helper()
	k, err := vaultkms.Open(dir, vaulttest.Seeded(seed))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestFile_conforms(t *testing.T) {
	t.Parallel()
	vaulttest.RunKMS(t, func(t *testing.T) (vault.KMS, func(*testing.T) vault.KMS) {
		dir := filepath.Join(t.TempDir(), "kms")
		return open(t, dir, 1), func(t *testing.T) vault.KMS { return open(t, dir, 2) }
	})
}

func TestFile_isForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "kms")
	k := open(t, dir, 1)
	v, err := k.New(t.Context(), vaulttest.Now())
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "root-"+v.ID): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has rights %v, %v, want %v", filepath.Base(path), info.Mode(), err, want)
		}
	}
	if !k.WeakErasure() {
		t.Error("files claim that they prove destruction")
	}
}

// A crash in the middle of Destroy leaves an overwritten file, one in the middle
// of New a file that is not ready: neither is a version, both are cleared away.
func TestFile_afterACrash(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "kms")
	k := open(t, dir, 1)
	v, err := k.New(t.Context(), vaulttest.Now())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "root-"+v.ID)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(path, make([]byte, len(whole)), 0o600), os.WriteFile(path+"0.new", whole[:30], 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Wrap(t.Context(), v.ID, [32]byte{}); !errors.Is(err, vault.ErrRootGone) {
		t.Errorf("a half destroyed version is used: %v", err)
	}
	if list, err := k.Versions(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("versions %v, %v", list, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}

func TestFile_saysWhatIsDamaged(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "kms")
	k := open(t, dir, 1)
	v, err := k.New(t.Context(), vaulttest.Now())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "root-"+v.ID)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		bad := bytes.Clone(whole)
		bad[i] ^= 0x10
		for _, b := range [][]byte{bad, whole[:i]} {
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := k.Wrap(t.Context(), v.ID, [32]byte{}); fault.Of(err).Code != "E-VAULT-KMS" {
				t.Fatalf("with byte %d changed or missing: %v", i, err)
			}
			if _, err := k.Versions(t.Context()); fault.Of(err).Code != "E-VAULT-KMS" {
				t.Fatalf("listing with byte %d changed or missing: %v", i, err)
			}
		}
	}
}
