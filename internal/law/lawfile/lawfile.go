// Package lawfile reads packs: strict YAML, Markdown and text below one folder,
// compiled into a law.Pack.
package lawfile

import (
	"io/fs"

	"recourse/internal/law"
)

// Load reads the pack whose files lie at the root of fsys. Errors are Faults:
// every problem with its file, line, rule and remedy.
func Load(fsys fs.FS) (*law.Pack, error) {
	return nil, Faults{{File: "pack.yaml", Line: 1, Rule: "form", Text: "The pack is not complete.", Fix: "Add what is missing."}}
}
