package vaultfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"recourse/internal/fault"
	"recourse/internal/vault"
)

// Copied says what a copy of a store is.
type Copied struct {
	vault.Head
	Root string // the root-key version that opens it
	Size int64
}

// About returns what the store in a folder shows without a key.
func About(dir string) (Copied, error) {
	f, err := os.Open(filepath.Join(dir, logName))
	if err != nil {
		return Copied{}, fault.Newf(fault.NotFound, "E-VAULT-ABSENT", "There is no vault in %s. Nothing was changed; name the folder of the vault.", dir).Because(err)
	}
	defer func() { _ = f.Close() }()
	return lookAt(f)
}

func lookAt(f *os.File) (Copied, error) {
	info, err := f.Stat()
	if err != nil {
		return Copied{}, unwritable(err)
	}
	b := make([]byte, min(info.Size(), maxHeader+unit+32))
	if _, err := f.ReadAt(b, 0); err != nil {
		return Copied{}, unwritable(err)
	}
	h, _, err := decodeHeader(b)
	return Copied{Head: h.Head, Root: h.root, Size: info.Size()}, err
}

// Copy writes what is in the store of a folder, as it lies there: sealed under the
// root-key version that is named on return. The store may be in use: what is written
// to it meanwhile is not in the copy. Every entry is looked at, so that no copy is
// taken of a damaged store.
func Copy(ctx context.Context, dir string, kms vault.KMS, to io.Writer) (Copied, error) {
	f, err := os.Open(filepath.Join(dir, logName))
	if err != nil {
		return Copied{}, unwritable(err)
	}
	defer func() { _ = f.Close() }() // a store that is written anew meanwhile keeps this one's bytes
	c, err := lookAt(f)
	if err != nil {
		return c, err
	}
	s := &Store{kms: kms, log: f}
	_, at, err := s.begin(ctx, c.Size)
	if err != nil {
		return c, err
	}
	scan := scanner{chain: s.chain, r: f, size: c.Size, at: at}
	if _, err := scan.scan(func([]byte) error { return ctx.Err() }); err != nil {
		return c, err
	}
	c.Size = scan.at
	if _, err := io.Copy(to, io.NewSectionReader(f, 0, c.Size)); err != nil {
		return c, fmt.Errorf("copying the store of the vault: %w", err)
	}
	return c, nil
}

// Put makes a folder with a store that Copy wrote. The folder must not be there.
func Put(dir string, from io.Reader) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return unwritable(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, logName), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return unwritable(err)
	}
	if _, err = io.Copy(f, from); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = syncDir(dir)
	}
	return err
}
