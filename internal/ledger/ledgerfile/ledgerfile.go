// Package ledgerfile keeps what must not lie in the database: the newest head of the
// log, the log's key, and what a witness remembers.
//
// It promises that a file is whole, the old one or the new one, and on the medium
// when a call returns; and that one process at a time holds a folder.
package ledgerfile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/sys/unix"

	"recourse/internal/fault"
	"recourse/internal/ledger"
	"recourse/internal/merkle"
	"recourse/internal/proof"
)

// Folder is a folder that this process alone may write to.
type Folder struct {
	dir  string
	lock *os.File
	mu   sync.Mutex
}

// ErrHeld is returned where another process holds a folder.
var ErrHeld = fault.New(fault.Refused, "E-LOG-HELD", "Another process publishes from this folder. Nothing was changed; stop it first.")

// Open makes the folder where there is none, and holds it until Close.
func Open(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the log: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the folder of the log: %w", err)
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(ErrHeld.Because(err), lock.Close())
	}
	return &Folder{dir: dir, lock: lock}, nil
}

// Close gives the folder back.
func (f *Folder) Close() error { return f.lock.Close() }

func (f *Folder) read(name string) ([]byte, error) {
	raw, err := os.ReadFile(filepath.Join(f.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return raw, err
}

// put writes a file whole or not at all, and syncs it and its folder.
func (f *Folder) put(name string, content []byte) error {
	part := filepath.Join(f.dir, name+".part")
	file, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(part, filepath.Join(f.dir, name))
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	dir, err := os.Open(f.dir)
	if err != nil {
		return fmt.Errorf("syncing the folder of the log: %w", err)
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Load is ledger.HeadStore.Load.
func (f *Folder) Load() ([]byte, error) { return f.read("head") }

// Swap is ledger.HeadStore.Swap.
func (f *Folder) Swap(old, signed []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	is, err := f.read("head")
	switch {
	case err != nil:
		return err
	case !bytes.Equal(is, old):
		return ledger.ErrMoved
	}
	return f.put("head", signed)
}

// Key returns a signing key of C2SP signed-note and its public key, drawing one of the
// name where there is none yet. A name that differs from the kept one is not taken.
func (f *Folder) Key(file, name string, chance io.Reader) (secret, public string, err error) {
	raw, err := f.read(file)
	if err != nil {
		return "", "", fmt.Errorf("reading the key of the log: %w", err)
	}
	if secret, public, _ = strings.Cut(strings.TrimSpace(string(raw)), "\n"); public != "" {
		return secret, public, nil
	}
	if len(raw) > 0 {
		return "", "", fmt.Errorf("%s is damaged: give it back from a backup", filepath.Join(f.dir, file))
	}
	if secret, public, err = note.GenerateKey(chance, name); err != nil {
		return "", "", fmt.Errorf("drawing the key of the log: %w", err)
	}
	return secret, public, f.put(file, []byte(secret+"\n"+public+"\n"))
}

// Update is ledger.Memory.Update: a file for each log.
func (f *Folder) Update(_ context.Context, origin string, decide func(ledger.Watched) (ledger.Watched, error)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	sum := sha256.Sum256([]byte(origin))
	name := "seen-" + hex.EncodeToString(sum[:8])
	raw, err := f.read(name)
	if err != nil {
		return fmt.Errorf("reading what was signed: %w", err)
	}
	is, err := parseWatched(origin, raw)
	if err != nil {
		return err
	}
	now, err := decide(is)
	if err != nil || now == is && len(raw) > 0 {
		return err
	}
	return f.put(name, fmt.Appendf(nil, "%s\n%d\n%s\n", origin, now.Size, base64.StdEncoding.EncodeToString(now.Root[:])))
}

func parseWatched(origin string, raw []byte) (w ledger.Watched, err error) {
	if len(raw) == 0 {
		w.Root = merkle.Empty()
		return w, nil
	}
	lines := strings.Split(string(raw), "\n")
	if len(lines) == 4 && lines[0] == origin {
		w.Size, err = strconv.ParseUint(lines[1], 10, 63)
		root, bad := base64.StdEncoding.DecodeString(lines[2])
		if err == nil && bad == nil && len(root) == len(w.Root) {
			w.Root = proof.Hash(root)
			return w, nil
		}
	}
	return w, fault.Newf(fault.Internal, "E-WITNESS-MEMORY", "What this witness remembers of %s is damaged. It signs nothing for that log: a witness that forgot must be retired.", origin)
}
