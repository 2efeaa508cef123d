package app

import (
	"fmt"
	"io/fs"
	"os"
	"strings"

	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/packs"
)

// LoadPack loads a pack by the name of a built-in one or by folder.
func LoadPack(name string) (*law.Pack, error) {
	files, err := packFiles(name)
	if err != nil {
		return nil, err
	}
	return lawfile.Load(files)
}

func packFiles(name string) (fs.FS, error) {
	if strings.ContainsAny(name, `/\`) || name == "." {
		return os.DirFS(name), nil
	}
	if _, err := fs.Stat(packs.FS, name+"/pack.yaml"); err != nil {
		return nil, fmt.Errorf("there is no built-in pack %q; name one of the folders in packs/, or a folder with a slash in its name", name)
	}
	return fs.Sub(packs.FS, name)
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
