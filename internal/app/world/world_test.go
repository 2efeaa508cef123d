package world_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/app/world"
	"recourse/internal/catalogue"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/internal/party"
	"recourse/internal/when"
	"recourse/packs"
)

var today = when.Of(2026, 11, 20)

func each(t *testing.T, do func(t *testing.T, p *law.Pack)) {
	folders, err := fs.ReadDir(packs.FS, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		t.Run(f.Name(), func(t *testing.T) {
			t.Parallel()
			sub, err := fs.Sub(packs.FS, f.Name())
			if err != nil {
				t.Fatal(err)
			}
			p, err := lawfile.Load(sub)
			if err != nil {
				t.Skip("no pack: ", f.Name())
			}
			do(t, p)
		})
	}
}

func open(p *law.Pack, records int) *world.World {
	return world.New(p, world.Names{Family: []string{"示例", "样本"}, Given: []string{"晓雨", "建国", "玉兰"}},
		world.Size{People: 500, Records: records, Days: 390}, today)
}

// Of all rows about one in twenty breaks a rule; every other passes every check
// that a row meets by itself on the day it is sent.
func TestRows_passTheirType(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p *law.Pack) {
		w := open(p, 6000)
		var rows, bad, fresh int
		refs := map[string]int{}
		for _, d := range w.Deliveries() {
			fresh += d.Rows
			header := world.Columns(d.Type)
			for row := range w.Rows(d) {
				rows++
				ref, why := check(t, p, d, header, row)
				if why != "" {
					bad++
					continue
				}
				refs[d.Type.Code+ref]++
			}
		}
		again := 0
		for _, n := range refs {
			again += n - 1
		}
		if fresh != 6000 || rows < fresh*104/100 || rows > fresh*107/100 {
			t.Errorf("%d new records in %d rows", fresh, rows)
		}
		// A misread digit breaks no rule where numbers have no check digit.
		if bad < rows*25/1000 || bad > rows*65/1000 {
			t.Errorf("%d of %d rows break a rule", bad, rows)
		}
		if again == 0 {
			t.Error("no row repeats or corrects another")
		}
	})
}

func check(t *testing.T, p *law.Pack, d world.Delivery, header, row []string) (ref, why string) {
	t.Helper()
	cells := make(map[string]string, len(header))
	for i, name := range header {
		cells[name] = row[i]
	}
	sent := today.AddDays(-d.DaysAgo)
	id, faults := party.ParseIdentity(p.Scheme(cells["id_type"]), cells["id_number"], cells["name"], cells[catalogue.BirthColumn], sent)
	if len(faults) > 0 {
		return "", faults[0].Code
	}
	e, findings := d.Type.Check(cells)
	if len(findings) == 0 {
		findings = d.Type.CheckDays(e, id.Birth, sent)
	}
	if len(findings) > 0 {
		if slices.ContainsFunc(findings, func(f catalogue.Finding) bool { return f.Code == "E-AGE" || f.Code == "E-START-FUTURE" }) {
			t.Errorf("%s: a row is dated wrong: %s", d.Type.Code, findings[0].Code)
		}
		return "", findings[0].Code
	}
	return e.Ref, ""
}

func TestRows_areTheSameEachTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p *law.Pack) {
		a, b := open(p, 300), open(p, 300)
		for _, d := range a.Deliveries() {
			if diff := cmp.Diff(slices.Collect(a.Rows(d)), slices.Collect(b.Rows(d))); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

// Every form of file is read back as the rows that it was made of.
func TestFile_isReadBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p *law.Pack) {
		w := open(p, 400)
		d := w.Deliveries()[0]
		want := slices.Collect(w.Rows(d))
		for _, form := range world.Forms() {
			file, err := w.File(d, form)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, read(t, file)); diff != "" {
				t.Errorf("%v: %s", form, diff)
			}
		}
	})
}

func read(t *testing.T, file []byte) (rows [][]string) {
	t.Helper()
	table, err := (&furnishfile.Opener{}).Open(t.Context(), bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := table.Close(); err != nil {
			t.Error(err)
		}
	}()
	var line furnish.Line
	for {
		err := table.Next(&line)
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, slices.Clone(line.Cells))
	}
}
