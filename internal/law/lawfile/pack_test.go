package lawfile_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/catalogue"
	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/internal/when"
)

// TestCases runs the cases that the packs carry: for each type one accepted
// row, one refused row and the ends of records.
func TestCases(t *testing.T) {
	t.Parallel()
	for code, sub := range shipped(t) {
		p, err := lawfile.Load(sub)
		if err != nil {
			t.Fatal(err)
		}
		for _, typ := range p.Types() {
			t.Run(code+"/"+typ.Code, func(t *testing.T) {
				t.Parallel()
				b, err := fs.ReadFile(sub, "cases/"+typ.Code+".txtar")
				if err != nil {
					t.Fatalf("every type has its cases: %v", err)
				}
				parts := unpack(string(b))
				e, found := typ.Check(row(t, typ, parts["accepted.csv"]))
				if len(found) > 0 {
					t.Fatalf("accepted row was refused: %v", found)
				}
				if diff := cmp.Diff(parts["accepted.txt"], written(typ, e)); diff != "" {
					t.Error(diff)
				}
				_, found = typ.Check(row(t, typ, parts["refused.csv"]))
				var got strings.Builder
				for _, f := range found {
					fmt.Fprintf(&got, "%s %s %s\n", f.Code, f.Field, f.Rule)
				}
				if diff := cmp.Diff(parts["refused.txt"], got.String()); diff != "" || got.Len() == 0 {
					t.Error(diff)
				}
				ends(t, p, typ, parts["ends.txt"])
			})
		}
	}
}

// unpack splits a txtar archive into its files.
func unpack(s string) map[string]string {
	out := map[string]string{}
	name := ""
	for line := range strings.Lines(s) {
		if n, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(n, " --\n") {
			name = strings.TrimSuffix(n, " --\n")
			out[name] = ""
		} else if name != "" {
			out[name] += line
		}
	}
	return out
}

func row(t *testing.T, typ *catalogue.Type, text string) map[string]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("a case has a header and one row: %v", err)
	}
	if bad := typ.CheckHeader(rows[0]); len(bad) > 0 {
		t.Fatalf("header: %v", bad)
	}
	out := map[string]string{}
	for i, name := range rows[0] {
		out[name] = rows[1][i]
	}
	return out
}

func written(typ *catalogue.Type, e catalogue.Entry) string {
	var b strings.Builder
	fmt.Fprintf(&b, "ref %s\norder %d\nstart %s\n", e.Ref, e.Order, e.Start)
	for _, f := range typ.Fields {
		if v := e.Fields[f.Name]; v != "" {
			fmt.Fprintf(&b, "%s %s\n", f.Name, v)
		}
	}
	return b.String()
}

func ends(t *testing.T, p *law.Pack, typ *catalogue.Type, text string) {
	t.Helper()
	n := 0
	for line := range strings.Lines(text) {
		days := strings.Fields(line)
		start, err := when.Parse(days[0])
		if err != nil || len(days) < 3 || (len(days) == 4) != (typ.Status != nil) {
			t.Fatalf("a line is start, end of display, end of retention, and for a status decision its own end: %q", line)
		}
		e := catalogue.Entry{Start: start}
		if len(days) == 4 {
			end, err := when.Parse(days[3])
			if err != nil {
				t.Fatalf("the last day is a date: %q", line)
			}
			e.End = &end
		}
		display, retain, err := p.Ends(typ, e, when.Of(2026, 11, 1))
		if err != nil || display.String() != days[1] || retain.String() != days[2] {
			t.Errorf("from %s: %s %s %v, want %s", start, display, retain, err, line)
		}
		n++
	}
	if n == 0 {
		t.Error("no end date in the cases")
	}
}

// TestSamples reads the sample deliveries of each pack: every row passes and is
// about one of its sample persons, who are marked as made up.
func TestSamples(t *testing.T) {
	t.Parallel()
	for code, sub := range shipped(t) {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			p, err := lawfile.Load(sub)
			if err != nil {
				t.Fatal(err)
			}
			born := map[string]when.Date{}
			for _, r := range table(t, sub, "samples/people.csv") {
				d, err := when.Parse(r["birth_date"])
				if err != nil || !strings.Contains(r["note"], "synthetic") {
					t.Errorf("sample person %v: %v", r, err)
				}
				born[r["id_number"]+r["name"]] = d
			}
			for _, typ := range p.Types() {
				if _, err := fs.Stat(sub, "samples/"+typ.Code+".csv"); err != nil {
					continue // a pack has samples of some types
				}
				for i, r := range table(t, sub, "samples/"+typ.Code+".csv") {
					e, found := typ.Check(r)
					birth, known := born[r["id_number"]+r["name"]]
					found = append(found, typ.CheckDays(e, birth, when.Of(2026, 11, 1))...)
					if len(found) > 0 || !known {
						t.Errorf("%s row %d: %v, known %v", typ.Code, i+1, found, known)
					}
				}
			}
		})
	}
}

func table(t *testing.T, pack fs.FS, name string) []map[string]string {
	t.Helper()
	b, err := fs.ReadFile(pack, name)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, name := range rows[0] {
			m[name] = r[i]
		}
		out = append(out, m)
	}
	return out
}

// TestWords looks for words that shame, guess, praise or hurry in everything of
// the pack that a person reads. Cited law is quoted as it is and not searched.
func TestWords(t *testing.T) {
	t.Parallel()
	for code, sub := range shipped(t) {
		p, err := lawfile.Load(sub)
		if err != nil {
			t.Fatal(err)
		}
		texts := spoken(p)
		if len(texts) < 100 {
			t.Fatalf("%s: only %d texts looked at", code, len(texts))
		}
		for where, text := range texts {
			if w := banned(text); w != "" {
				t.Errorf("%s: %s: %q in %q", code, where, w, text)
			}
		}
	}
	for _, control := range []string{"你的失信记录", "There is NO RECORD of you", "Please hurry!", "data from furnishers", "您的信用良好"} {
		if banned(control) == "" {
			t.Errorf("control %q was not found", control)
		}
	}
}

var bannedWords = regexp.MustCompile(`(?i)洗白|消除污点|不良|失信|数据提供者|没有记录|清白|良好|申诉成功|黑名单|！|!|` +
	`\b(clean(ed|s)?|wiped?|adverse|derogatory|offenders?|furnishers?|users?|no record|clear|good standing|you won|blacklist|please)\b`)

func banned(s string) string { return bannedWords.FindString(s) }

// spoken returns all texts of a pack that persons read, by where they stand.
func spoken(p *law.Pack) map[string]string {
	out := map[string]string{}
	add := func(where string, texts ...map[string]string) {
		for i, m := range texts {
			for lang, s := range m {
				out[fmt.Sprintf("%s %d %s", where, i, lang)] = s
			}
		}
	}
	add("pack", p.Titles, p.Registry, p.Contact)
	for _, n := range slices.Concat(p.Sectors(), p.Occupations()) {
		add("word "+n.Code, n.Labels)
	}
	for _, b := range p.Bodies() {
		add("body "+b.Code, b.Names)
	}
	for _, u := range p.Purposes() {
		add("purpose "+u.Code, u.Labels, u.Sentence)
		if u.Post != nil {
			add("post "+u.Code, u.Post.Labels)
		}
	}
	for _, t := range p.Types() {
		add("type "+t.Code, t.Labels, t.Sentence, t.Example)
		if s := t.Status; s != nil {
			add("status "+t.Code, s.Effect, s.Remedy)
			for _, c := range s.Removal {
				add("condition "+t.Code+"."+c.Code, c.Labels)
			}
		}
		for _, f := range t.Fields {
			add("field "+t.Code+"."+f.Name, f.Labels)
			for _, v := range f.Values {
				add("value "+t.Code+"."+f.Name+"."+v.Code, v.Labels)
			}
		}
		r, _ := p.Retention(t.Retention)
		add("class "+r.Class, r.Labels)
	}
	for _, k := range []string{law.BeforeEffect, law.Filed, law.BeforeErasure, law.ShownElsewhere, law.Announcement, law.AtOnce} {
		for _, l := range p.Languages {
			w, _ := p.Wording(k, l)
			add("wording "+k, map[string]string{l: w.Subject + "\n" + w.Body})
		}
	}
	for _, s := range p.Sources() {
		add("source "+s.Name, s.Titles)
		if s.Kind == law.PolicyText {
			for _, a := range slices.Sorted(maps.Keys(s.Articles)) {
				add("policy "+a, map[string]string{"": s.Articles[a].Wording})
			}
		}
	}
	return out
}
