package app

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io/fs"
	"slices"
	"testing"

	"recourse/internal/party"
	"recourse/internal/when"
	"recourse/packs"
)

// TestSamples_everyPack reads the samples of each built-in pack: every person has
// an identifier that the pack takes, and every row of a delivery is about one of
// them.
func TestSamples_everyPack(t *testing.T) {
	t.Parallel()
	folders, err := fs.ReadDir(packs.FS, ".")
	if err != nil || len(folders) < 2 {
		t.Fatalf("%d packs: %v", len(folders), err)
	}
	today := when.Of(2026, 11, 22)
	for _, f := range folders {
		p, err := LoadPack(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		files, err := PackFiles(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sampleNames(files); err != nil {
			t.Error(err)
		}
		known := map[string]bool{}
		for _, r := range sampleTable(t, f.Name(), "people") {
			id, faults := party.ParseIdentity(r["id_type"], r["id_number"], r["name"], r["birth_date"], today)
			if len(faults) > 0 || !slices.Contains(p.IDTypes, id.Type) {
				t.Errorf("%s: %v: %v", f.Name(), r, faults)
			}
			known[string(id.TokenInput())+id.Name] = true
		}
		for _, typ := range p.Types() {
			for i, r := range sampleTable(t, f.Name(), typ.Code) {
				id, faults := party.ParseIdentity(r["id_type"], r["id_number"], r["name"], r["birth_date"], today)
				if !known[string(id.TokenInput())+id.Name] || len(faults) > 0 {
					t.Errorf("%s: %s row %d is about nobody of the samples: %v", f.Name(), typ.Code, i+1, faults)
				}
			}
		}
		if len(known) < 20 {
			t.Errorf("%s has %d sample persons", f.Name(), len(known))
		}
	}
}

// sampleTable returns the rows of a file of samples by column; none where there
// is no such file.
func sampleTable(t *testing.T, pack, name string) []map[string]string {
	t.Helper()
	b, err := packs.FS.ReadFile(pack + "/samples/" + name + ".csv")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, column := range rows[0] {
			m[column] = r[i]
		}
		out = append(out, m)
	}
	return out
}
