package pgembed

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// layout names what lies in the data directory.
type layout struct{ dir string }

func (l layout) data() string     { return filepath.Join(l.dir, "postgres") }
func (l layout) newData() string  { return filepath.Join(l.dir, "postgres.new") }
func (l layout) password() string { return filepath.Join(l.dir, "postgres.password") }
func (l layout) lock() string     { return filepath.Join(l.dir, "lock") }
func (l layout) run() string      { return filepath.Join(l.dir, "run") }
func (l layout) log() string      { return filepath.Join(l.dir, "log") }
func (l layout) pgbin() string    { return filepath.Join(l.dir, "pgbin") }

// makeDir makes the data directory if it is missing.
func makeDir(dir string) error {
	err := os.MkdirAll(dir, 0o700)
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("creating the data directory: %w. Nothing was changed. "+
			"To make it, run as root: install -d -m 0700 -o %d %s", err, os.Geteuid(), dir)
	}
	if err != nil {
		return diskOr(filepath.Dir(dir), fmt.Errorf("creating the data directory: %w", err))
	}
	return nil
}

// lockDir takes the directory for this process. The kernel gives the lock back
// when the process ends, however it ends.
func lockDir(l layout) (*os.File, error) {
	f, err := os.OpenFile(l.lock(), os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, diskOr(l.dir, fmt.Errorf("opening the lock of the data directory: %w", err))
	}
	taken, err := awaitFlock(context.Background(), f, forkGrace)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if !taken {
		text := make([]byte, 20)
		n, _ := f.ReadAt(text, 0) // the pid only makes the message better
		pid, _ := strconv.Atoi(strings.TrimSpace(string(text[:n])))
		return nil, errors.Join(errInUse(l.dir, pid), f.Close())
	}
	// Not truncated first: a reader in between would find no number.
	if _, err := f.WriteAt([]byte(fmt.Sprintf("%-12d\n", os.Getpid())), 0); err != nil {
		_ = f.Close()
		return nil, diskOr(l.dir, fmt.Errorf("writing the lock of the data directory: %w", err))
	}
	return f, nil
}

// makeFolders makes the folders for socket and log. The socket folder belongs
// to PostgreSQL, the log to us.
func makeFolders(l layout, who account) error {
	for _, path := range []string{l.run(), l.log()} {
		if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("creating a folder of the database: %w", err)
		}
		if err := os.Chmod(path, 0o700); err != nil {
			return fmt.Errorf("closing a folder of the database to others: %w", err)
		}
	}
	return who.own(l.run())
}

// readPassword returns the superuser's password, or "" if there is none yet.
func readPassword(l layout) (string, error) {
	text, err := os.ReadFile(l.password())
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the superuser's password: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// newPassword makes a password of 192 random bits and keeps it in its file.
func newPassword(l layout) (string, error) {
	bits := make([]byte, 24)
	_, _ = rand.Read(bits) // never fails, as documented
	password := base64.RawURLEncoding.EncodeToString(bits)
	if err := writeDurably(l.password(), password+"\n"); err != nil {
		return "", diskOr(l.dir, fmt.Errorf("writing the superuser's password: %w", err))
	}
	return password, nil
}

// writeDurably replaces a file of ours as a whole; it survives a power cut on
// return.
func writeDurably(path, text string) error {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	return syncPath(filepath.Dir(path))
}
