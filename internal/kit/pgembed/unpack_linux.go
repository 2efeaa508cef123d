package pgembed

import (
	"archive/tar"
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/xi2/xz"
)

// Bounds of an archive; real ones have about 2,000 entries and 80 MiB.
const (
	largestTree = 1 << 30
	mostEntries = 20_000
)

// unpack writes the archive inside a jar to a new folder and on to the disk.
// Nothing is written outside the folder, whatever the archive says.
func unpack(jar *os.File, into string) error {
	info, err := jar.Stat()
	if err != nil {
		return err
	}
	files, err := zip.NewReader(jar, info.Size())
	if err != nil {
		return fmt.Errorf("opening the jar: %w", err)
	}
	for _, f := range files.File {
		if strings.HasSuffix(f.Name, ".txz") {
			return unpackFile(f, into)
		}
	}
	return errors.New("there are no binaries in the jar")
}

func unpackFile(f *zip.File, into string) error {
	packed, err := f.Open()
	if err != nil {
		return fmt.Errorf("opening the archive: %w", err)
	}
	defer packed.Close()
	plain, err := xz.NewReader(packed, 0)
	if err != nil {
		return fmt.Errorf("opening the archive: %w", err)
	}
	// Readable by the user that runs them; there is nothing secret in them.
	if err := os.Mkdir(into, 0o755); err != nil {
		return err
	}
	if err := os.Chmod(into, 0o755); err != nil { // whatever the umask
		return err
	}
	root, err := os.OpenRoot(into)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := unpackTree(tar.NewReader(io.LimitReader(plain, largestTree)), root); err != nil {
		return fmt.Errorf("unpacking the binaries: %w", err)
	}
	return syncTree(into)
}

func unpackTree(from *tar.Reader, root *os.Root) error {
	for range mostEntries {
		entry, err := from.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := unpackEntry(entry, from, root); err != nil {
			return fmt.Errorf("%q: %w", entry.Name, err)
		}
	}
	return errors.New("too many files in the archive")
}

func unpackEntry(entry *tar.Header, content io.Reader, root *os.Root) error {
	name := path.Clean(entry.Name)
	if name == "." {
		return nil
	}
	if !filepath.IsLocal(name) {
		return errors.New("a path that leads out of the archive")
	}
	if err := folder(root, path.Dir(name)); err != nil {
		return err
	}
	switch entry.Typeflag {
	case tar.TypeDir:
		return folder(root, name)
	case tar.TypeSymlink:
		if !filepath.IsLocal(path.Join(path.Dir(name), entry.Linkname)) || path.IsAbs(entry.Linkname) {
			return errors.New("a link that leads out of the archive")
		}
		return root.Symlink(entry.Linkname, name)
	case tar.TypeReg:
		return unpackRegular(entry, name, content, root)
	}
	return fmt.Errorf("an entry of kind %q", entry.Typeflag)
}

// folder makes a folder and those above it, open to all whatever the umask.
func folder(root *os.Root, name string) error {
	if name == "." {
		return nil
	}
	if err := folder(root, path.Dir(name)); err != nil {
		return err
	}
	if err := root.Mkdir(name, 0o755); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return nil
		}
		return err
	}
	return root.Chmod(name, 0o755)
}

func unpackRegular(entry *tar.Header, name string, content io.Reader, root *os.Root) error {
	mode := fs.FileMode(0o644)
	if entry.Mode&0o100 != 0 {
		mode = 0o755
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Chmod(mode), f.Close())
}
