// Package vaultkms keeps root keys.
//
// It promises for keys in files: a version is durable before it is used, a
// destroyed one is overwritten and its file removed before Destroy returns, and
// a crash between the two is finished at the next look. It cannot promise that
// no copy exists elsewhere: backups and the medium itself may keep old blocks
// (WeakErasure).
package vaultkms

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/vault"
)

// File keeps each version of the root key in a file of its own, readable by its
// owner alone. One process uses a folder at a time: the vault's lock sees to it.
type File struct {
	dir    string
	minter ref.Minter
}

var _ vault.KMS = (*File)(nil)

// A file is: magic ‖ microseconds since 1970, 8 bytes ‖ key, 32 bytes ‖ SHA-256
// of what is before. It is called root-<version>; a file being written has
// the ending .new.
const (
	magic    = "recourse root key v1\n"
	prefix   = "root-"
	unready  = ".new"
	keyAt    = len(magic) + 8
	fileSize = keyAt + 32 + sha256.Size
)

// Open returns the KMS of a folder, which it makes where it is missing. Its
// parent must exist.
func Open(dir string, m ref.Minter) (*File, error) {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrExist) {
		err = nil
	} else if err == nil {
		err = sync(filepath.Dir(dir))
	}
	if err != nil {
		return nil, unwritable(err)
	}
	return &File{dir: dir, minter: m}, nil
}

func unwritable(err error) error {
	return fault.New(fault.Unavailable, "E-VAULT-KMS",
		"The folder of root keys cannot be read or written. Nothing was lost. Check its disk and rights (owner only), then try again.").Because(err)
}

// sync makes the names in a folder durable.
func sync(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// New makes a version.
func (f *File) New(_ context.Context, now time.Time) (vault.RootVersion, error) {
	var id [8]byte
	b := binary.BigEndian.AppendUint64([]byte(magic), uint64(now.UnixMicro()))
	b = append(b, make([]byte, 32)...)
	for _, part := range [][]byte{id[:], b[keyAt:]} {
		if _, err := io.ReadFull(f.minter, part); err != nil {
			return vault.RootVersion{}, fmt.Errorf("drawing a root key: %w", err)
		}
	}
	sum := sha256.Sum256(b)
	v := vault.RootVersion{ID: fmt.Sprintf("%s-%x", now.UTC().Format("20060102"), id), Created: time.UnixMicro(now.UnixMicro()).UTC()}
	path := f.path(v.ID)
	if err := write(path+unready, append(b, sum[:]...)); err != nil {
		return vault.RootVersion{}, unwritable(err)
	}
	if err := errors.Join(os.Rename(path+unready, path), sync(f.dir)); err != nil {
		return vault.RootVersion{}, unwritable(err)
	}
	return v, nil
}

func write(path string, b []byte) error {
	w, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	if err = errors.Join(err, w.Sync(), w.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func (f *File) path(version string) string { return filepath.Join(f.dir, prefix+version) }

// read returns the creation time and key of a version.
func (f *File) read(version string) (at time.Time, key [32]byte, err error) {
	if version == "" || strings.ContainsFunc(version, func(r rune) bool { return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'f') }) {
		return at, key, vault.ErrRootGone
	}
	b, err := os.ReadFile(f.path(version))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return at, key, vault.ErrRootGone
	case err != nil:
		return at, key, unwritable(err)
	case len(b) == fileSize && bytes.Count(b, []byte{0}) == fileSize:
		return at, key, vault.ErrRootGone // a Destroy that did not come to its end
	case len(b) != fileSize || !bytes.HasPrefix(b, []byte(magic)) || sha256.Sum256(b[:fileSize-sha256.Size]) != [32]byte(b[fileSize-sha256.Size:]):
		return at, key, fault.Newf(fault.Refused, "E-VAULT-KMS",
			"The file of root-key version %s is damaged. Nothing was changed. Give it back from a copy, or destroy it if no store lies under it.", version)
	}
	at = time.UnixMicro(int64(binary.BigEndian.Uint64(b[len(magic):]))).UTC()
	copy(key[:], b[keyAt:])
	clear(b)
	return at, key, nil
}

func (f *File) aead(version string) (cipher.AEAD, error) {
	_, key, err := f.read(version)
	if err != nil {
		return nil, err
	}
	defer clear(key[:])
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	return cipher.NewGCM(block)
}

func bound(version string) []byte { return []byte("recourse/root/v1" + version) }

// Wrap seals a data key: nonce ‖ AES-256-GCM, bound to the version.
func (f *File) Wrap(_ context.Context, version string, key [32]byte) ([]byte, error) {
	aead, err := f.aead(version)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(key)+aead.Overhead())
	if _, err := io.ReadFull(f.minter, nonce); err != nil {
		return nil, fmt.Errorf("drawing a nonce: %w", err)
	}
	return aead.Seal(nonce, nonce, key[:], bound(version)), nil
}

// Unwrap returns the data key.
func (f *File) Unwrap(_ context.Context, version string, wrapped []byte) (key [32]byte, err error) {
	aead, err := f.aead(version)
	if err != nil {
		return key, err
	}
	if len(wrapped) != aead.NonceSize()+len(key)+aead.Overhead() {
		return key, vault.ErrWrapped
	}
	n := aead.NonceSize()
	if _, err := aead.Open(key[:0], wrapped[:n], wrapped[n:], bound(version)); err != nil {
		return [32]byte{}, vault.ErrWrapped
	}
	return key, nil
}

// Destroy overwrites the key, then removes its file; each is durable before the
// next.
func (f *File) Destroy(_ context.Context, version string) error {
	if strings.ContainsRune(version, filepath.Separator) {
		return nil // no version is called so
	}
	w, err := os.OpenFile(f.path(version), os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unwritable(err)
	}
	_, err = w.WriteAt(make([]byte, fileSize), 0)
	if err := errors.Join(err, w.Sync(), w.Close()); err != nil {
		return unwritable(err)
	}
	if err := errors.Join(os.Remove(f.path(version)), sync(f.dir)); err != nil {
		return unwritable(err)
	}
	return nil
}

// Versions returns the versions that can be used, oldest first. Files that a
// crash left half made or half destroyed are removed.
func (f *File) Versions(ctx context.Context) (list []vault.RootVersion, err error) {
	files, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, unwritable(err)
	}
	for _, file := range files {
		version, ours := strings.CutPrefix(file.Name(), prefix)
		if !ours {
			continue
		}
		if strings.HasSuffix(version, unready) {
			if err := os.Remove(filepath.Join(f.dir, file.Name())); err != nil {
				return nil, unwritable(err)
			}
			continue
		}
		at, _, err := f.read(version)
		if errors.Is(err, vault.ErrRootGone) {
			err = f.Destroy(ctx, version)
		} else if err == nil {
			list = append(list, vault.RootVersion{ID: version, Created: at})
		}
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(list, func(a, b vault.RootVersion) int { return a.Created.Compare(b.Created) })
	return list, nil
}

// WeakErasure is true: nothing here can prove that no backup of the folder
// exists.
func (f *File) WeakErasure() bool { return true }
