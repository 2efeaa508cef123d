package arch

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// root is the top of the checkout, seen from this package.
const root = "../.."

// module is the name of the house in import paths.
const module = "recourse"

// source is one Go file of the house.
type source struct {
	path string // from the root, with slashes
	text string
	fset *token.FileSet
	file *ast.File
}

func (s source) dir() string     { return path.Dir(s.path) }
func (s source) test() bool      { return strings.HasSuffix(s.path, "_test.go") }
func (s source) generated() bool { return ast.IsGenerated(s.file) }

// at says where in the house something stands.
func (s source) at(pos token.Pos) string {
	return fmt.Sprintf("%s:%d", s.path, s.fset.Position(pos).Line)
}

// parse reads one Go file.
func parse(fset *token.FileSet, name, text string) (source, error) {
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	return source{path: name, text: text, fset: fset, file: file}, err
}

// elsewhere are folders at the top that are not part of the house: what is
// fetched or built, what a running registry keeps, the module of the build tools.
var elsewhere = []string{".git", ".cache", "bin", "data", "node_modules", "tools"}

// files returns the text of every file of the house for which keep says true,
// by path from the root. Folders named testdata are left out.
func files(keep func(name string) bool) (map[string]string, error) {
	found := map[string]string{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(name, root+string(filepath.Separator)))
		if d.IsDir() {
			if d.Name() == "testdata" || slices.Contains(elsewhere, rel) {
				return filepath.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || !keep(rel) {
			return nil
		}
		text, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // an editor's or generator's passing file
		}
		found[rel] = string(text)
		return err
	})
	return found, err
}

// theFiles is files for tests.
func theFiles(t *testing.T, keep func(name string) bool) map[string]string {
	t.Helper()
	found, err := files(keep)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// readTree parses the whole house once for all tests.
var readTree = sync.OnceValues(func() ([]source, error) {
	texts, err := files(func(name string) bool { return strings.HasSuffix(name, ".go") })
	if err != nil {
		return nil, err
	}
	var all []source
	fset := token.NewFileSet()
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		s, err := parse(fset, name, texts[name])
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
})

// tree returns every Go file of the house.
func tree(t *testing.T) []source {
	t.Helper()
	all, err := readTree()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// product are the hand-written files that go into the programs: no tests, and
// nothing that a generator wrote.
func product(all []source) []source {
	return slices.DeleteFunc(slices.Clone(all), func(s source) bool { return s.test() || s.generated() })
}

// packages groups files by folder.
func packages(all []source) map[string][]source {
	by := map[string][]source{}
	for _, s := range all {
		by[s.dir()] = append(by[s.dir()], s)
	}
	return by
}

// report fails the test once for each finding.
func report(t *testing.T, found []string) {
	t.Helper()
	slices.Sort(found)
	for _, f := range slices.Compact(found) {
		t.Error(f)
	}
}

// plant is a small house with one fault, or with none: then want is empty and
// the check must leave it alone.
type plant struct {
	name  string
	files map[string]string
	want  string
}

// planted shows that a check over Go files finds what is planted and nothing else.
func planted(t *testing.T, check func([]source) []string, cases []plant) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var all []source
			fset := token.NewFileSet()
			for name, text := range c.files {
				s, err := parse(fset, name, text)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, s)
			}
			expect(t, check(all), c.want)
		})
	}
}

// expect compares findings with what was planted.
func expect(t *testing.T, found []string, want string) {
	t.Helper()
	switch {
	case want == "" && len(found) > 0:
		t.Errorf("nothing is wrong here, yet it says %q", found)
	case want != "" && len(found) == 0:
		t.Errorf("a planted fault was not seen, want a finding with %q", want)
	case want != "" && !strings.Contains(strings.Join(found, "\n"), want):
		t.Errorf("found %q, want a finding with %q", found, want)
	}
}

// TestTree_isWhole guards the guards: a walk that sees nothing finds nothing.
func TestTree_isWhole(t *testing.T) {
	t.Parallel()
	seen := packages(tree(t))
	for _, want := range []string{"internal/arch", "internal/ref", "internal/when"} {
		if len(seen[want]) == 0 {
			t.Errorf("the walk over the house does not see %s", want)
		}
	}
	if len(theFiles(t, func(name string) bool { return name == "go.mod" })) != 1 {
		t.Error("the walk over the house does not see go.mod")
	}
}
