package vaultkms

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"recourse/internal/ref"
	"recourse/internal/vault"
)

// Made returns when a version was made, or vault.ErrRootGone.
func (f *File) Made(version string) (time.Time, error) {
	at, key, err := f.read(version)
	clear(key[:])
	return at, err
}

// Give copies one version into another folder, which is made where it is missing, so
// that a backup taken now can be opened while it lasts. Whoever holds the copy has to
// destroy it when the version is destroyed here: nothing does it for them.
func (f *File) Give(version, dir string) error {
	if _, err := f.Made(version); err != nil {
		return err
	}
	b, err := os.ReadFile(f.path(version))
	if err != nil {
		return unwritable(err)
	}
	defer clear(b)
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return unwritable(err)
	}
	path := filepath.Join(dir, prefix+version)
	if err := write(path, b); err != nil && !errors.Is(err, fs.ErrExist) {
		return unwritable(err)
	}
	if err := sync(dir); err != nil {
		return unwritable(err)
	}
	return nil
}

// Held returns the KMS of a folder that is there, beside whoever else uses it: it
// reads and wraps, and no version is to be made or destroyed by it.
func Held(dir string, m ref.Minter) (*File, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, vault.ErrRootGone
	}
	return &File{dir: dir, minter: m}, nil
}
