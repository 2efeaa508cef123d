package codekit_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"recourse/internal/kit/codekit"
)

var literal = regexp.MustCompile(`"(E-[A-Z0-9]+(?:-[A-Z0-9]+)*)"`)

// codes returns every code that the source can answer with. What only packs and
// tests say is left out: no call or page answers with it.
func codes(t *testing.T, house fs.FS) (found []string) {
	t.Helper()
	err := fs.WalkDir(house, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if strings.HasSuffix(name, "test") || name == "internal/law/lawfile" || name == "bench" || strings.HasPrefix(name, ".") && name != "." {
				return fs.SkipDir
			}
			return nil
		case path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		raw, err := fs.ReadFile(house, name)
		for _, line := range strings.Split(string(raw), "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "//") {
				continue
			}
			line, _, _ = strings.Cut(line, " // ")
			for _, m := range literal.FindAllStringSubmatch(line, -1) {
				found = append(found, m[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// TestBook_hasEveryCode compares the book with the source, both ways.
func TestBook_hasEveryCode(t *testing.T) {
	t.Parallel()
	b, err := codekit.Open()
	if err != nil {
		t.Fatal(err)
	}
	source, book := codes(t, os.DirFS("../../..")), b.Codes()
	if len(source) < 100 {
		t.Fatalf("only %d codes are seen in the source", len(source))
	}
	for _, code := range source {
		if !slices.Contains(book, code) {
			t.Errorf("%s can be answered and is not explained: add it to both files of meaning/locales", code)
		}
	}
	for _, code := range book {
		if !slices.Contains(source, code) {
			t.Errorf("%s is explained and nothing answers with it", code)
		}
	}
}
