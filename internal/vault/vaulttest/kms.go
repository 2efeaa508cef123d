package vaulttest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"recourse/internal/vault"
)

// RunKMS checks everything that vault.KMS promises. reopen makes another KMS on
// the same keys, as after a restart.
func RunKMS(t *testing.T, make func(t *testing.T) (k vault.KMS, reopen func(t *testing.T) vault.KMS)) {
	t.Run("Wrap and Unwrap", func(t *testing.T) {
		t.Parallel()
		k, reopen := make(t)
		testWrap(t, k, reopen)
	})
	t.Run("Versions", func(t *testing.T) {
		t.Parallel()
		k, reopen := make(t)
		testVersions(t, k, reopen)
	})
	t.Run("Destroy", func(t *testing.T) {
		t.Parallel()
		k, reopen := make(t)
		testDestroy(t, k, reopen)
	})
}

// version makes a root-key version or fails the test.
func version(t *testing.T, k vault.KMS, at time.Time) vault.RootVersion {
	t.Helper()
	v, err := k.New(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	if v.ID == "" || len(v.ID) > 64 || !v.Created.Equal(at) || v.Created.Location() != time.UTC {
		t.Fatalf("got version %+v, made at %v", v, at)
	}
	return v
}

func wrap(t *testing.T, k vault.KMS, version string, key [32]byte) []byte {
	t.Helper()
	w, err := k.Wrap(t.Context(), version, key)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func testWrap(t *testing.T, k vault.KMS, reopen func(*testing.T) vault.KMS) {
	a, b := version(t, k, Now()), version(t, k, Now())
	key := [32]byte{1, 2, 3}
	one, two := wrap(t, k, a.ID, key), wrap(t, k, a.ID, key)
	if slices.Equal(one, two) {
		t.Error("the same key wrapped twice looks the same")
	}
	again := reopen(t)
	for _, w := range [][]byte{one, two} {
		if got, err := again.Unwrap(t.Context(), a.ID, w); err != nil || got != key {
			t.Errorf("unwrapped %v, %v", got == key, err)
		}
	}
	if _, err := again.Unwrap(t.Context(), b.ID, one); !errors.Is(err, vault.ErrWrapped) {
		t.Errorf("another version unwrapped it: %v", err)
	}
	for i := range one {
		bad := slices.Clone(one)
		bad[i] ^= 1
		if _, err := again.Unwrap(t.Context(), a.ID, bad); !errors.Is(err, vault.ErrWrapped) {
			t.Errorf("with byte %d changed: %v", i, err)
		}
	}
	for _, bad := range [][]byte{nil, one[:1], one[:len(one)-1], append(slices.Clone(one), 0)} {
		if _, err := again.Unwrap(t.Context(), a.ID, bad); !errors.Is(err, vault.ErrWrapped) {
			t.Errorf("with %d bytes: %v", len(bad), err)
		}
	}
}

func testVersions(t *testing.T, k vault.KMS, reopen func(*testing.T) vault.KMS) {
	if list, err := k.Versions(t.Context()); err != nil || len(list) != 0 {
		t.Fatalf("at first there are %v, %v", list, err)
	}
	var want []string
	for i := range 5 {
		want = append(want, version(t, k, Now().Add(time.Duration(i)*time.Hour)).ID)
	}
	early := version(t, k, Now().Add(-time.Hour)).ID
	list, err := reopen(t).Versions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range list {
		got = append(got, v.ID)
	}
	if !slices.Equal(got, append([]string{early}, want...)) {
		t.Errorf("got %v, want %s before %v", got, early, want)
	}
	if !list[1].Created.Equal(Now()) {
		t.Errorf("made at %v, want %v", list[1].Created, Now())
	}
}

func testDestroy(t *testing.T, k vault.KMS, reopen func(*testing.T) vault.KMS) {
	a, b := version(t, k, Now()), version(t, k, Now())
	gone, stays := wrap(t, k, a.ID, [32]byte{1}), wrap(t, k, b.ID, [32]byte{2})
	for range 2 {
		if err := k.Destroy(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
	}
	for _, k := range []vault.KMS{k, reopen(t)} {
		if _, err := k.Unwrap(t.Context(), a.ID, gone); !errors.Is(err, vault.ErrRootGone) {
			t.Errorf("unwrapped under a destroyed version: %v", err)
		}
		if _, err := k.Wrap(t.Context(), a.ID, [32]byte{}); !errors.Is(err, vault.ErrRootGone) {
			t.Errorf("wrapped under a destroyed version: %v", err)
		}
		if got, err := k.Unwrap(t.Context(), b.ID, stays); err != nil || got != [32]byte{2} {
			t.Errorf("the other version went too: %v", err)
		}
		if list, err := k.Versions(t.Context()); err != nil || len(list) != 1 || list[0].ID != b.ID {
			t.Errorf("there are %v, %v", list, err)
		}
	}
	for _, never := range []string{"", "nothing", "../../etc/passwd", "20260101-00"} {
		if _, err := k.Unwrap(t.Context(), never, gone); !errors.Is(err, vault.ErrRootGone) {
			t.Errorf("version %q: %v", never, err)
		}
		if err := k.Destroy(t.Context(), never); err != nil {
			t.Errorf("destroying version %q: %v", never, err)
		}
	}
}
