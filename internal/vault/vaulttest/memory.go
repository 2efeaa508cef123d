// Package vaulttest holds the conformance suites of the vault's ports and what
// its tests share.
//
// It promises that every filling of vault.Service and vault.KMS that passes its
// suite can take the place of another. It is for tests only.
package vaulttest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"recourse/internal/fault"
	"recourse/internal/vault"
)

// Seeded is a source of chance that draws the same bytes for the same seed. It
// may be used by several goroutines.
func Seeded(seed uint64) *Chance { return &Chance{r: rand.New(rand.NewPCG(seed, 1))} }

// Chance is a ref.Minter for tests.
type Chance struct {
	mu sync.Mutex
	r  *rand.Rand
}

// Read fills b. It never fails.
func (c *Chance) Read(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range b {
		b[i] = byte(c.r.Uint32())
	}
	return len(b), nil
}

// Memory is a journal that keeps nothing after the process. It checks that it is
// used as vault.Journal says, and fails when told to.
type Memory struct {
	mu      sync.Mutex
	inUse   bool
	closed  bool
	entries [][]byte
	roots   int
	Writes  int // appends that were kept
	// Fail is asked before and after each write takes effect; an error makes the
	// call fail there. It may be nil.
	Fail func(after bool) error
}

var _ vault.Journal = (*Memory)(nil)

func (m *Memory) enter() func() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.inUse || m.closed {
		panic("a journal is used by one goroutine at a time and not after Close")
	}
	m.inUse = true
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.inUse = false
	}
}

func (m *Memory) fail(after bool) error {
	if m.Fail == nil {
		return nil
	}
	if err := m.Fail(after); err != nil {
		return fault.New(fault.Unavailable, "E-VAULT-WRITE", "The vault's store cannot be written.").Because(err)
	}
	return nil
}

// Replay gives every entry. The bytes are overwritten afterwards, as the
// contract allows.
func (m *Memory) Replay(_ context.Context, each func([]byte) error) error {
	defer m.enter()()
	for _, e := range m.entries {
		b := slices.Clone(e)
		if err := each(b); err != nil {
			return err
		}
		clear(b)
	}
	return nil
}

// Append keeps an entry.
func (m *Memory) Append(entry []byte) error {
	defer m.enter()()
	if err := m.fail(false); err != nil {
		return err
	}
	m.entries = append(m.entries, slices.Clone(entry))
	m.Writes++
	if err := m.fail(true); err != nil {
		m.entries = m.entries[:len(m.entries)-1] // unknown outcomes are for the file's own tests
		return err
	}
	return nil
}

// Rewrite puts entries in the place of all others.
func (m *Memory) Rewrite(_ context.Context, h vault.Head, _ time.Time, entries iter.Seq[[]byte]) (vault.Resealed, error) {
	defer m.enter()()
	if h.ID.IsZero() || h.Mode == 0 {
		return vault.Resealed{}, errors.New("a store without an owner")
	}
	if err := m.fail(false); err != nil {
		return vault.Resealed{}, err
	}
	var all [][]byte
	for e := range entries {
		all = append(all, slices.Clone(e))
	}
	m.entries = all
	m.roots++
	return vault.Resealed{Root: fmt.Sprint(m.roots)}, nil
}

// Heal asks Fail.
func (m *Memory) Heal() error {
	defer m.enter()()
	return m.fail(false)
}

// About names the last rewrite.
func (m *Memory) About() (string, bool) { return fmt.Sprint(m.roots), true }

// Close ends the use; Again begins a new one on the same entries.
func (m *Memory) Close() error {
	defer m.enter()()
	m.closed = true
	return nil
}

// Again returns a journal with what this one holds now.
func (m *Memory) Again() *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &Memory{entries: slices.Clone(m.entries), roots: m.roots}
}
