// Package lawfile reads packs: YAML, Markdown and text below one folder,
// compiled into a law.Pack.
//
// It promises that a pack loads whole or not at all; that an unknown, missing
// or doubled key, an unknown file, an alias or a wrong kind of value is a fault
// with file, line, rule and remedy; that it never panics; and that the hash
// covers every byte it read.
package lawfile

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"recourse/internal/canon"
	"recourse/internal/law"
)

// Limits of a pack.
const (
	maxFiles  = 1000
	maxBytes  = 256 << 10 // of one file
	maxFaults = 200       // that are told one by one
)

// Load reads the pack whose files lie at the root of fsys. What is wrong with
// the pack is returned as Faults: all of it, or the first two hundred and how
// many more there are. Another error means that fsys itself could not be read. The folder samples/ is no part of the pack.
func Load(fsys fs.FS) (*law.Pack, error) {
	files, err := read(fsys)
	if err != nil {
		return nil, err
	}
	r := &reader{files: files, lines: map[string]map[string]int{}}
	d := r.draft()
	if len(r.out) > 0 {
		return nil, r.faults()
	}
	p, problems := law.Compile(d)
	for _, q := range problems {
		r.out = append(r.out, Fault{File: q.File, Line: r.line(q.File, q.Path), Rule: q.Rule, Text: q.Text, Fix: q.Fix})
	}
	if len(r.out) > 0 {
		return nil, r.faults()
	}
	return p, nil
}

// read returns the files of a pack by path, or what keeps it from being read.
func read(fsys fs.FS) (map[string]string, error) {
	files := map[string]string{}
	var out Faults
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && name == "samples":
			return fs.SkipDir
		case e.IsDir():
			return nil
		case len(files) == maxFiles:
			out = append(out, Fault{File: name, Line: 1, Rule: "form", Text: "The pack has too many files.", Fix: "Keep to the files that a pack is made of."})
			return fs.SkipAll
		}
		text, fault, err := one(fsys, name, e)
		if fault != nil {
			out = append(out, *fault)
		}
		files[name] = text
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(out) > 0 {
		return nil, out
	}
	return files, nil
}

// one reads one file as text.
func one(fsys fs.FS, name string, e fs.DirEntry) (string, *Fault, error) {
	bad := func(text, fix string) (string, *Fault, error) {
		return "", &Fault{File: name, Line: 1, Rule: "form", Text: text, Fix: fix}, nil
	}
	if !known(name) {
		return bad("This file is no part of a pack.", "Remove it, or name it as docs/reference/pack.md says.")
	}
	info, err := e.Info()
	if err != nil {
		return "", nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxBytes {
		return bad("This is not a regular file of at most 256 KiB.", "Split it, or put the file itself in the pack.")
	}
	b, err := fs.ReadFile(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && len(b) > maxBytes:
		return bad("This file changed while it was read.", "Load the pack again when nobody writes to it.")
	case err != nil:
		return "", nil, err
	case !utf8.Valid(b) || strings.HasPrefix(string(b), "\ufeff") || strings.ContainsAny(string(b), "\r\x00"):
		// A carriage return would give one pack two hashes.
		return bad("This file is not UTF-8 text with plain line ends.", "Save it as UTF-8 without byte order mark, lines ended by LF.")
	}
	return string(b), nil, nil
}

// known reports whether a pack has a file of that name.
func known(name string) bool {
	switch name {
	case law.PackFile, law.BodiesFile, law.PurposesFile, law.DeadlinesFile, law.RetentionFile, law.RepairFile, law.FieldsFile:
		return true
	}
	dir, file := path.Split(name)
	return dir == "types/" && strings.HasSuffix(file, ".yaml") || dir == "notices/" && strings.HasSuffix(file, ".md") ||
		dir == law.CalendarFolder && strings.HasSuffix(file, ".csv") || dir == "sources/" && strings.HasSuffix(file, ".txt") || dir == "cases/" && strings.HasSuffix(file, ".txtar")
}

// hash is over all files in order of their paths, each path and content with
// its length.
func hash(files map[string]string) [32]byte {
	var parts [][]byte
	for _, name := range sorted(files) {
		parts = append(parts, []byte(name), []byte(files[name]))
	}
	return sha256.Sum256(canon.Parts(parts...))
}

func sorted(files map[string]string) []string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// in returns the files of a folder, in order.
func (r *reader) in(folder string) []string {
	var out []string
	for _, name := range sorted(r.files) {
		if strings.HasPrefix(name, folder) {
			out = append(out, name)
		}
	}
	return out
}

// stem returns the name of a file without folder and ending.
func stem(name string) string {
	base := path.Base(name)
	return strings.TrimSuffix(base, path.Ext(base))
}
