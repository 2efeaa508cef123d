package erasure_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"recourse/internal/vault"
	"recourse/internal/vault/vaulttest"
)

// module is a keeper of root keys as a hardware module is one: keys never leave it but
// as its own backups, which only it reads, and what it destroyed it does not take back.
type module struct {
	mu        sync.Mutex
	keys      map[string]rootKey
	destroyed map[string]bool // outside of what a backup brings back
}

type rootKey struct {
	made time.Time
	key  [32]byte
}

func newModule() *module { return &module{keys: map[string]rootKey{}, destroyed: map[string]bool{}} }

// backup is what the module gives out for its own restoring.
func (m *module) backup() map[string]rootKey {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.keys)
}

// restore brings a backup back.
func (m *module) restore(b map[string]rootKey) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, k := range b {
		if !m.destroyed[id] {
			m.keys[id] = k
		}
	}
}

// New is vault.KMS.New.
func (m *module) New(_ context.Context, now time.Time) (vault.RootVersion, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := rootKey{made: now.UTC()}
	if _, err := rand.Read(k.key[:]); err != nil {
		return vault.RootVersion{}, err
	}
	id := fmt.Sprintf("v%04d", len(m.keys)+len(m.destroyed)+1)
	m.keys[id] = k
	return vault.RootVersion{ID: id, Created: k.made}, nil
}

func (m *module) aead(version string) (cipher.AEAD, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.keys[version]
	if !ok {
		return nil, vault.ErrRootGone
	}
	block, err := aes.NewCipher(k.key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Wrap is vault.KMS.Wrap.
func (m *module) Wrap(_ context.Context, version string, key [32]byte) ([]byte, error) {
	a, err := m.aead(version)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, a.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return a.Seal(nonce, nonce, key[:], nil), nil
}

// Unwrap is vault.KMS.Unwrap.
func (m *module) Unwrap(_ context.Context, version string, wrapped []byte) (key [32]byte, err error) {
	a, err := m.aead(version)
	if err != nil {
		return key, err
	}
	if len(wrapped) < a.NonceSize() {
		return key, vault.ErrWrapped
	}
	plain, err := a.Open(nil, wrapped[:a.NonceSize()], wrapped[a.NonceSize():], nil)
	if err != nil || len(plain) != len(key) {
		return key, vault.ErrWrapped
	}
	return [32]byte(plain), nil
}

// Destroy is vault.KMS.Destroy.
func (m *module) Destroy(_ context.Context, version string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.keys[version]; ok {
		delete(m.keys, version)
		m.destroyed[version] = true
	}
	return nil
}

// Versions is vault.KMS.Versions.
func (m *module) Versions(context.Context) ([]vault.RootVersion, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []vault.RootVersion
	for id, k := range m.keys {
		out = append(out, vault.RootVersion{ID: id, Created: k.made})
	}
	slices.SortFunc(out, func(a, b vault.RootVersion) int { return a.Created.Compare(b.Created) })
	return out, nil
}

// WeakErasure is vault.KMS.WeakErasure.
func (m *module) WeakErasure() bool { return false }

func TestModule(t *testing.T) {
	t.Parallel()
	vaulttest.RunKMS(t, func(*testing.T) (vault.KMS, func(*testing.T) vault.KMS) {
		m := newModule()
		return m, func(*testing.T) vault.KMS { m.restore(m.backup()); return m }
	})
}
