// Package vaultfile keeps a vault in a folder: one file of sealed entries that
// grows by a write at a time.
//
// It promises:
//   - an entry is on the medium when Append returns (fsync);
//   - a store opens with exactly the entries that were written: a last write
//     that a crash cut short is taken back, anything else that does not fit
//     (changed, moved, missing in the middle) is refused;
//   - a full disk loses nothing: the write is refused and taken back, and
//     writing goes on when there is room;
//   - Rewrite leaves the old store or the new one, never something between;
//   - one process holds a store at a time.
//
// That entries are missing at the end cannot be seen from the store alone: the
// comparison with the database sees it.
package vaultfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/vault"
)

// Config is what a store is opened with. All fields are required.
type Config struct {
	Dir    string // made where it is missing, for its owner alone; its parent must exist
	KMS    vault.KMS
	Minter ref.Minter
}

const (
	lockName = "vault.lock"
	logName  = "vault.log"
	newName  = "vault.log.new"
)

// file is what a store needs of an open file.
type file interface {
	io.ReaderAt
	io.WriterAt
	Sync() error
	Truncate(int64) error
	Close() error
}

// Store is the journal of one vault. It is used by one goroutine at a time.
type Store struct {
	dir    string
	kms    vault.KMS
	minter ref.Minter
	lock   *os.File

	log   file // nil before the first Rewrite
	chain *chain
	root  string
	size  int64 // up to here the log is durable
	ready bool  // replayed, or written anew
	// behind is true while something may lie in the log behind size.
	behind bool
	// unnamed is true while the log's name may not be durable yet.
	unnamed bool
	// stopped is why the log is not written any more, though reads go on.
	stopped error

	testingOnlyStep func(step string)              // called between the steps of Rewrite and Append
	testingOnlyWrap func(name string, f file) file // stands between the store and its files
}

var _ vault.Journal = (*Store)(nil)

// Open takes the lock of a store. A second one on the same folder is refused.
func Open(c Config) (*Store, error) {
	switch err := os.Mkdir(c.Dir, 0o700); {
	case err == nil:
		err = syncDir(filepath.Dir(c.Dir))
		if err != nil {
			return nil, unwritable(err)
		}
	case !errors.Is(err, fs.ErrExist):
		return nil, unwritable(err)
	}
	lock, err := os.OpenFile(filepath.Join(c.Dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, unwritable(err)
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = lock.Close() // nothing was written to it
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fault.New(fault.Conflict, "E-VAULT-LOCKED",
				"Another process has this vault open, and only one may. Nothing was changed. Stop it, or reach it over its socket.")
		}
		return nil, unwritable(err)
	}
	return &Store{dir: c.Dir, kms: c.KMS, minter: c.Minter, lock: lock}, nil
}

// unwritable says why the store cannot be written. A full disk has a code of
// its own.
func unwritable(err error) error {
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		return fault.New(fault.Unavailable, "E-VAULT-FULL",
			"The disk of the vault is full. Nothing was lost, and nothing can be sealed or erased until there is room. Free some space; it then goes on by itself.").Because(err)
	}
	return fault.New(fault.Unavailable, "E-VAULT-WRITE",
		"The store of the vault cannot be read or written. Nothing that was acknowledged is lost. Check its disk and rights (owner only), then restart.").Because(err)
}

func (s *Store) path(name string) string { return filepath.Join(s.dir, name) }

func (s *Store) step(name string) {
	if s.testingOnlyStep != nil {
		s.testingOnlyStep(name)
	}
}

func (s *Store) wrap(name string, f *os.File) file {
	if s.testingOnlyWrap != nil {
		return s.testingOnlyWrap(name, f)
	}
	return f
}

// Replay opens the log and gives every entry. A last write that a crash cut
// short is taken back.
func (s *Store) Replay(ctx context.Context, each func(entry []byte) error) error {
	if err := os.Remove(s.path(newName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritable(err)
	}
	f, err := os.OpenFile(s.path(logName), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unwritable(err)
	}
	s.log = s.wrap(logName, f)
	info, err := f.Stat()
	if err != nil {
		return unwritable(err)
	}
	h, at, err := s.begin(ctx, info.Size())
	if err != nil {
		return err
	}
	scan := scanner{chain: s.chain, r: s.log, size: info.Size(), at: at}
	cut, err := scan.scan(each)
	if err != nil {
		return err
	}
	s.size, s.root, s.ready, s.behind = scan.at, h.root, true, cut > 0
	return s.repair()
}

// begin reads the header and unwraps the data key.
func (s *Store) begin(ctx context.Context, size int64) (h header, at int64, err error) {
	b := make([]byte, min(size, maxHeader+unit+32))
	if _, err := s.log.ReadAt(b, 0); err != nil {
		return h, 0, unwritable(err)
	}
	h, n, err := decodeHeader(b)
	if err != nil {
		return h, 0, err
	}
	key, err := s.kms.Unwrap(ctx, h.root, h.wrapped)
	if errors.Is(err, vault.ErrRootGone) {
		return h, 0, fault.Newf(fault.Refused, "E-VAULT-ROOT",
			"This copy of the vault lies under root-key version %s, which has been destroyed: copies are readable for seven days. Nothing was changed. Give back a newer copy.", h.root).Because(err)
	}
	if err != nil {
		return h, 0, fmt.Errorf("unwrapping the key of the store: %w", err)
	}
	defer clear(key[:])
	s.chain, err = newChain(b[:n], key)
	return h, int64(n), err
}

// Append makes an entry durable.
func (s *Store) Append(entry []byte) error {
	if s.log == nil || !s.ready {
		return errors.New("the store was not opened") // cannot happen: vault.Open replays first
	}
	if err := s.repair(); err != nil {
		return err
	}
	frame, err := s.chain.seal(entry, s.minter)
	if err != nil {
		return err
	}
	s.behind = true
	if _, err := s.log.WriteAt(frame, s.size); err != nil {
		return s.failed(err)
	}
	s.step("written")
	if err := s.log.Sync(); err != nil {
		return s.failed(err)
	}
	s.step("synced")
	s.behind = false
	s.size += int64(len(frame))
	s.chain.moved(frame)
	return nil
}

// failed takes back what a failed write left. Where a sync failed for another
// reason than a full disk, the kernel may show bytes that are not on the medium:
// the log then stays as it is until it is written anew or opened again.
func (s *Store) failed(err error) error {
	out := unwritable(err)
	if fault.Of(out).Code != "E-VAULT-FULL" {
		s.stopped = out
		return out
	}
	_ = s.repair() // tried again before the next write
	return out
}

// repair removes what lies behind the last durable frame and makes the log's
// name durable, where either is in doubt.
func (s *Store) repair() error {
	if s.stopped != nil {
		return s.stopped
	}
	if s.unnamed {
		if err := syncDir(s.dir); err != nil {
			return unwritable(err)
		}
		s.unnamed = false
	}
	if s.behind {
		if err := errors.Join(s.log.Truncate(s.size), s.log.Sync()); err != nil {
			return unwritable(err)
		}
		s.behind = false
	}
	return nil
}

// trial is how much room Heal asks for.
const trial = 64 << 10

// Heal reports whether an entry could be written now, by writing some bytes and
// taking them back.
func (s *Store) Heal() error {
	if s.log == nil {
		return nil
	}
	if err := s.repair(); err != nil {
		return err
	}
	s.behind = true
	if _, err := s.log.WriteAt(make([]byte, trial), s.size); err != nil {
		return s.failed(err)
	}
	if err := s.log.Sync(); err != nil {
		return s.failed(err)
	}
	return s.repair()
}

// About returns the root-key version in force and whether erasure is weak.
func (s *Store) About() (string, bool) { return s.root, s.kms.WeakErasure() }

// Close lets go of the files and the lock.
func (s *Store) Close() error {
	var err error
	if s.log != nil {
		err = s.log.Close()
	}
	// Unlocked by name: a child that is being started may hold the descriptor too.
	return errors.Join(err, unix.Flock(int(s.lock.Fd()), unix.LOCK_UN), s.lock.Close())
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
