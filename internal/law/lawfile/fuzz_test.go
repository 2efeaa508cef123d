package lawfile_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/internal/catalogue"
	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/internal/when"
)

// FuzzLoad: whatever the files of a pack hold, loading ends with faults that say
// where and what to do, or with a pack that keeps the rules of due process.
func FuzzLoad(f *testing.F) {
	whole := files(f)
	for name, text := range whole {
		f.Add(name, text)
	}
	for _, text := range []string{"a: &a [*a]\n", "{{{", "? [a]\n: b\n", "<<: {pack: x}\n", "--- !!binary x\n", "\"\\ud800\"", "a: |\n\tb", "pack: !!int x", "[\n[[\n"} {
		f.Add("pack.yaml", text)
		f.Add("types/a.yaml", text)
	}
	f.Add("sources/a.txt", "[\n]\n\n[]\n")
	f.Add("notices/a.b.md", "# {}\n{")
	f.Add("calendar/2027.csv", "date,kind,name_zh,name_en\n2027-01-01,holiday,a,\"b\n\"\n")
	names, _ := filepath.Glob("testdata/malformed/*")
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add("pack.yaml", string(b))
	}
	for _, kind := range []string{"state", "licence class", "score"} {
		text := whole["types/market-penalty.yaml"]
		f.Add("types/market-penalty.yaml", strings.Replace(text, "kind: place of decision", "kind: "+kind, 1))
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		if !fs.ValidPath(name) || name == "." || strings.HasPrefix(name, "samples") {
			t.Skip()
		}
		m := maps.Clone(whole)
		m[name] = text
		p, err := lawfile.Load(mapFS(m))
		var all lawfile.Faults
		switch {
		case err == nil:
			keepsRules(t, p)
		case errors.As(err, &all):
			for _, one := range all {
				if one.File == "" || one.Line < 1 || one.Rule == "" || one.Fix == "" {
					t.Errorf("%+v", one)
				}
			}
		}
	})
}

// keepsRules checks of a loaded pack what no pack may get past.
func keepsRules(t *testing.T, p *law.Pack) {
	t.Helper()
	if until, err := p.AnswerUntil(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)); err == nil && until.Year() < 2026 {
		t.Errorf("the time to answer is over at %s", until)
	}
	if p.ConsentUndo() < 10*time.Minute {
		t.Error("a pack that breaks rule G2")
	}
	for _, typ := range p.Types() {
		if !typ.Negative && !typ.Form.Favourable() {
			t.Errorf("%s breaks rule A1", typ.Code)
		}
		for _, f := range typ.Fields {
			if !slices.Contains(catalogue.Kinds(), f.Kind) {
				t.Errorf("%s breaks rule A2", typ.Code)
			}
		}
		if typ.Negative && typ.DecisionKey(catalogue.Entry{}) == nil {
			t.Errorf("%s breaks rule A3", typ.Code)
		}
		if s := typ.Status; (s != nil) != (typ.Form == catalogue.StatusDecision) || s != nil && (len(s.Recipients) == 0 || len(s.Removal) == 0 || s.EndField == "") {
			t.Errorf("%s breaks rule A4", typ.Code)
		}
		if m := typ.Immediate; m != nil && (m.Days < 1 || m.Days > catalogue.MaxImmediate || len(m.Recipients) == 0) {
			t.Errorf("%s breaks rule C3", typ.Code)
		}
		start := when.Of(2026, 3, 10)
		if display, retain, err := p.Ends(typ, catalogue.Entry{Start: start}, start); err == nil && (display > retain || retain > start.AddYears(51)) {
			t.Errorf("%s is shown until %s and kept until %s", typ.Code, display, retain)
		}
	}
	for _, u := range p.Purposes() {
		if !slices.Contains(law.PersonRoles(), u.Role) || !slices.Contains(law.Decisions(), u.Decision) || u.Basis != law.Consent && u.Basis != law.Statute {
			t.Errorf("%s breaks rule A6", u.Code)
		}
		for _, g := range u.Grants {
			typ, ok := p.Type(g.Type)
			if !ok || (typ.Sector != u.Sector) != (g.Bridge != nil) || g.Bridge != nil && g.Bridge.To >= g.Bridge.From.AddYears(5) {
				t.Errorf("%s breaks rule A7", u.Code)
			}
		}
	}
}

// FuzzFile reads one file alone, which is much faster: the others are missing,
// so it always ends with faults.
func FuzzFile(f *testing.F) {
	for name, text := range files(f) {
		f.Add(name, text)
	}
	for _, broken := range brokenWriting() {
		if text := broken("pack: sample\n"); len(text) < 20_000 {
			f.Add("pack.yaml", text)
		}
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		if !fs.ValidPath(name) || name == "." || strings.HasPrefix(name, "samples") {
			t.Skip()
		}
		var all lawfile.Faults
		if _, err := lawfile.Load(mapFS(map[string]string{name: text})); !errors.As(err, &all) {
			t.Fatalf("one file is a pack: %v", err)
		}
		for _, one := range all {
			if one.File == "" || one.Line < 1 || one.Rule == "" || one.Text == "" || one.Fix == "" {
				t.Errorf("%+v", one)
			}
		}
	})
}
