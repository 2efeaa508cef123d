package app

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/packs"
)

// LoadPack loads a pack by the name of a built-in one or by folder.
func LoadPack(name string) (*law.Pack, error) {
	files, err := PackFiles(name)
	if err != nil {
		return nil, err
	}
	return lawfile.Load(files)
}

// PackFiles returns the files of a pack by the name of a built-in one or by folder.
func PackFiles(name string) (fs.FS, error) {
	if inFolder(name) {
		return os.DirFS(name), nil
	}
	if _, err := fs.Stat(packs.FS, name+"/pack.yaml"); err != nil {
		return nil, fmt.Errorf("there is no built-in pack %q; name one of the folders in packs/, or a folder with a slash in its name", name)
	}
	return fs.Sub(packs.FS, name)
}

// inFolder reports whether a name is that of a folder and not of a built-in pack.
func inFolder(name string) bool { return strings.ContainsAny(name, `/\`) || name == "." }

// keptPack is a pack with its files as the database keeps them.
type keptPack struct {
	*law.Pack
	archive []byte
}

// readPack reads a pack by name or folder. What is loaded is what is in the
// archive, whoever writes to the folder meanwhile.
func readPack(name string) (keptPack, error) {
	files, err := PackFiles(name)
	if err != nil {
		return keptPack{}, err
	}
	archive, err := packUp(files)
	if err != nil {
		return keptPack{}, err
	}
	p, err := unpack(archive)
	return keptPack{p, archive}, err
}

// packUp writes the files of a pack as a zip archive, without its samples.
func packUp(files fs.FS) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	err := fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && name == "samples":
			return fs.SkipDir
		case !e.Type().IsRegular():
			return nil
		}
		return add(z, files, name)
	})
	if err != nil {
		return nil, fmt.Errorf("reading the files of the pack: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("packing up the pack: %w", err)
	}
	return out.Bytes(), nil
}

func add(z *zip.Writer, files fs.FS, name string) error {
	in, err := files.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	to, err := z.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, io.LimitReader(in, maxPackFile))
	return err
}

// maxPackFile is more than a file of a pack may have: what is longer is refused
// when it is loaded.
const maxPackFile = 1 << 20

// unpack loads a pack from an archive.
func unpack(archive []byte) (*law.Pack, error) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, errors.New("the files of the pack cannot be read: they are no zip archive")
	}
	return lawfile.Load(z)
}

// fitForMode refuses production on numbers that nobody has verified (rules A9).
func fitForMode(p *law.Pack, m Mode) error {
	open := p.Unverified()
	if m != Production || len(open) == 0 {
		return nil
	}
	var names []string
	for _, q := range open {
		names = append(names, fmt.Sprintf("  %s (%s)", q.Name, q.Basis.Source))
	}
	return fmt.Errorf("pack %s has %d parameters with status unverified, on which production does not start:\n%s\nLet a lawyer verify them against the official text and set their status, or run a sandbox",
		p.Version, len(open), strings.Join(names, "\n"))
}
