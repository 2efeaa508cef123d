package vaultfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"time"

	"recourse/internal/vault"
)

// Rewrite writes a new store beside the old one, under a new root-key version
// and a new data key, makes it durable, gives it the old one's name, makes that
// durable, and then destroys the versions that are past their window.
func (s *Store) Rewrite(ctx context.Context, h vault.Head, now time.Time, entries iter.Seq[[]byte]) (vault.Resealed, error) {
	root, err := s.kms.New(ctx, now)
	if err != nil {
		return vault.Resealed{}, fmt.Errorf("making a root key: %w", err)
	}
	s.step("root made")
	next, err := s.prepare(ctx, header{Head: h, made: now, root: root.ID}, entries)
	if err == nil {
		err = s.change(next)
	}
	if err != nil {
		// The old store goes on. The new version stays until it is past its window:
		// a rename that failed might still have reached the medium.
		_ = os.Remove(s.path(newName)) // removed at the next start or Rewrite otherwise
		return vault.Resealed{}, err
	}
	s.step("renamed")
	if err := s.repair(); err != nil {
		return vault.Resealed{}, err
	}
	s.step("name durable")
	destroyed, err := s.forget(ctx, now)
	if err != nil {
		return vault.Resealed{}, err
	}
	return vault.Resealed{Root: s.root, Destroyed: destroyed}, nil
}

// written is a store that was written and has no name yet.
type written struct {
	log   file
	chain *chain
	root  string
	size  int64
}

// prepare writes a new store and makes its bytes durable.
func (s *Store) prepare(ctx context.Context, h header, entries iter.Seq[[]byte]) (*written, error) {
	var key [32]byte
	defer clear(key[:])
	if _, err := io.ReadFull(s.minter, key[:]); err != nil {
		return nil, fmt.Errorf("drawing a data key: %w", err)
	}
	var err error
	if h.wrapped, err = s.kms.Wrap(ctx, h.root, key); err != nil {
		return nil, fmt.Errorf("wrapping the data key: %w", err)
	}
	if err := os.Remove(s.path(newName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, unwritable(err)
	}
	f, err := os.OpenFile(s.path(newName), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, unwritable(err)
	}
	start := h.encode()
	w := &written{log: s.wrap(newName, f), root: h.root}
	if w.chain, err = newChain(start, key); err == nil {
		err = w.fill(start, s, entries)
	}
	if err != nil {
		return nil, errors.Join(err, w.log.Close())
	}
	return w, nil
}

// fill writes header and entries and syncs.
func (w *written) fill(start []byte, s *Store, entries iter.Seq[[]byte]) error {
	if err := w.put(start); err != nil {
		return err
	}
	s.step("header written")
	for entry := range entries {
		frame, err := w.chain.seal(entry, s.minter)
		if err != nil {
			return err
		}
		if err := w.put(frame); err != nil {
			return err
		}
		w.chain.moved(frame)
	}
	s.step("entries written")
	if err := w.log.Sync(); err != nil {
		return unwritable(err)
	}
	s.step("entries durable")
	return nil
}

func (w *written) put(b []byte) error {
	if _, err := w.log.WriteAt(b, w.size); err != nil {
		return unwritable(err)
	}
	w.size += int64(len(b))
	return nil
}

// change gives the new store the name of the old one.
func (s *Store) change(w *written) error {
	if err := os.Rename(s.path(newName), s.path(logName)); err != nil {
		return errors.Join(unwritable(err), w.log.Close())
	}
	if s.log != nil {
		_ = s.log.Close() // everything in it that counts was synced, and it has no name any more
	}
	s.log, s.chain, s.root, s.size = w.log, w.chain, w.root, w.size
	s.ready, s.behind, s.stopped, s.unnamed = true, false, nil, true
	return nil
}

// forget destroys the versions made Window before now or earlier, but for the
// one in force.
func (s *Store) forget(ctx context.Context, now time.Time) (destroyed []string, err error) {
	list, err := s.kms.Versions(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing root keys: %w", err)
	}
	for _, v := range list {
		if v.ID == s.root || v.Created.After(now.Add(-vault.Window)) {
			continue
		}
		if err := s.kms.Destroy(ctx, v.ID); err != nil {
			return destroyed, fmt.Errorf("destroying root key %s: %w", v.ID, err)
		}
		destroyed = append(destroyed, v.ID)
		s.step("one destroyed")
	}
	return destroyed, nil
}
