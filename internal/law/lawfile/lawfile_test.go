package lawfile_test

import (
	"io/fs"
	"os"
	"slices"
	"testing"

	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/packs"
)

// sample is the pack in testdata: it uses every key of the grammar.
func sample(t testing.TB) *law.Pack {
	t.Helper()
	p, err := lawfile.Load(os.DirFS("testdata/sample"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// shipped returns the packs of this repository by their codes.
func shipped(t testing.TB) map[string]fs.FS {
	t.Helper()
	out := map[string]fs.FS{}
	found, err := fs.Glob(packs.FS, "*/"+law.PackFile)
	if err != nil || len(found) == 0 {
		t.Fatalf("no pack is shipped: %v", err)
	}
	for _, name := range found {
		code := name[:len(name)-len("/"+law.PackFile)]
		if out[code], err = fs.Sub(packs.FS, code); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestLoad_shipped: every shipped pack compiles under the code of its folder.
func TestLoad_shipped(t *testing.T) {
	t.Parallel()
	for code, sub := range shipped(t) {
		p, err := lawfile.Load(sub)
		if err != nil {
			t.Errorf("%s: %v", code, err)
			continue
		}
		if p.Code != code {
			t.Errorf("folder %s holds pack %s", code, p.Code)
		}
		for _, y := range p.Calendar().Years() {
			days, ok := p.Days(y)
			if !ok || !slices.IsSortedFunc(days, func(a, b law.Day) int { return int(a.Date - b.Date) }) {
				t.Errorf("%s: the days of %d", code, y)
			}
		}
	}
	if p := sample(t); p.Code != "sample" {
		t.Errorf("the sample is %s", p.Code)
	}
}
