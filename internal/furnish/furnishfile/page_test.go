package furnishfile_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPage_hasEveryFault compares the codes in the sources with those on the
// page and with those that a test makes happen.
func TestPage_hasEveryFault(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile(`E-(?:FILE|ROW|CELL)-[A-Z0-9]+`)
	page, err := os.ReadFile("../../../docs/reference/delivery.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(E-[A-Z0-9-]+)` \\|").FindAllStringSubmatch(string(page), -1) {
		if rows[m[1]] {
			t.Errorf("%s stands twice on the page", m[1])
		}
		rows[m[1]] = true
	}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	used, tried := map[string]bool{}, map[string]bool{}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range code.FindAllString(string(b), -1) {
			if strings.HasSuffix(name, "_test.go") {
				tried[c] = true
			} else {
				used[c] = true
			}
		}
	}
	if len(used) < 30 {
		t.Fatalf("%d codes", len(used))
	}
	for c := range used {
		if !rows[c] {
			t.Errorf("docs/reference/delivery.md lacks %s", c)
		}
		if !tried[c] {
			t.Errorf("no test makes %s happen", c)
		}
	}
	for c := range rows {
		if !used[c] {
			t.Errorf("nothing says %s any more", c)
		}
	}
}
