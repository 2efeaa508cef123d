package lawfile_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"recourse/internal/catalogue"
	"recourse/internal/law"
	"recourse/internal/law/lawfile"
)

const schemaFolder = "../../../packs/schema/"

// schemaOf returns which schema describes a file of a pack.
func schemaOf(file string) string {
	dir, base := path.Split(file)
	switch {
	case dir == "" && strings.HasSuffix(base, ".yaml"):
		return strings.TrimSuffix(base, ".yaml")
	case dir == "types/":
		return "type"
	case dir == law.CalendarFolder:
		return "calendar"
	case dir == "sources/":
		return "source"
	}
	return ""
}

func compiledSchema(t *testing.T, c *jsonschema.Compiler, name string) *jsonschema.Schema {
	t.Helper()
	s, err := c.Compile(schemaFolder + name + ".schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// instances returns what of a file a schema looks at.
func instances(t *testing.T, file, text string) []any {
	t.Helper()
	switch schemaOf(file) {
	case "calendar":
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var out []any
		for _, row := range rows[1:] {
			one := map[string]any{}
			for i, name := range rows[0] {
				one[name] = row[i]
			}
			out = append(out, one)
		}
		return out
	case "source":
		head, _, _ := strings.Cut(text, "\n\n")
		one := map[string]any{}
		for line := range strings.Lines(head) {
			key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			one[key] = value
		}
		return []any{one}
	}
	return []any{plainValue(t, parsed(t, text))}
}

func parsed(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Content[0]
}

// plainValue turns a node into what a JSON validator reads; dates stay text.
func plainValue(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			out[n.Content[i].Value] = plainValue(t, n.Content[i+1])
		}
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			out = append(out, plainValue(t, c))
		}
		return out
	}
	switch n.ShortTag() {
	case "!!int":
		return json.Number(n.Value)
	case "!!bool":
		return n.Value == "true"
	}
	return n.Value
}

// TestSchemas_packs: a validator that is not ours takes every file of every
// shipped pack and of the sample.
func TestSchemas_packs(t *testing.T) {
	t.Parallel()
	all := shipped(t)
	all["sample"] = os.DirFS("testdata/sample")
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	looked := 0
	for code, pack := range all {
		err := fs.WalkDir(pack, ".", func(file string, e fs.DirEntry, err error) error {
			name := schemaOf(file)
			if err != nil || e.IsDir() || name == "" {
				return err
			}
			b, err := fs.ReadFile(pack, file)
			if err != nil {
				return err
			}
			s := compiledSchema(t, c, name)
			for _, one := range instances(t, file, string(b)) {
				looked++
				if err := s.Validate(one); err != nil {
					t.Errorf("%s/%s: %v", code, file, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if looked < 100 {
		t.Errorf("only %d documents were looked at", looked)
	}
}

// TestSchemas_refuse: the schemas refuse much of what the compiler refuses, so
// that an editor marks it while it is written.
func TestSchemas_refuse(t *testing.T) {
	t.Parallel()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	whole := files(t)
	names, _ := filepath.Glob("testdata/hostile/*.txtar")
	marked := 0
	for _, name := range names {
		all, _, _ := archive(t, name)
		for file, text := range changed(t, whole, all) {
			if text == whole[file] || !strings.HasSuffix(file, ".yaml") {
				continue
			}
			if compiledSchema(t, c, schemaOf(file)).Validate(instances(t, file, text)[0]) != nil {
				marked++
				break
			}
		}
	}
	if marked < 45 {
		t.Errorf("the schemas mark %d of %d hostile packs", marked, len(names))
	}
}

// TestSchemas_keys holds the schemas against the reader, both ways: at each
// mapping of the sample pack the reader is asked for its keys with one that it
// cannot know, and for those it needs by taking each away.
func TestSchemas_keys(t *testing.T) {
	t.Parallel()
	whole := files(t)
	asked := 0
	for file, text := range whole {
		if !strings.HasSuffix(file, ".yaml") {
			continue
		}
		doc := parsed(t, text)
		seen := map[string]bool{}
		eachMapping(doc, "", func(at string, n *yaml.Node) {
			s, ok := schemaAt(t, schemaOf(file), strings.Split(at, "/")[1:], doc)
			if !ok {
				t.Errorf("%s%s: the schema does not know this place", file, at)
				return
			}
			place := pattern(at)
			if !seen[place] {
				seen[place] = true
				asked++
				if diff := cmp.Diff(readerKeys(t, file, doc, n), slices.Sorted(maps.Keys(under(s, "properties")))); diff != "" {
					t.Errorf("%s%s: the reader's keys are not the schema's:\n%s", file, at, diff)
				}
			}
			for i := 0; i < len(n.Content); i += 2 {
				key := n.Content[i].Value
				if under(s, "properties")[key] == nil || seen[place+" "+key] {
					continue
				}
				seen[place+" "+key] = true
				needed := slices.Contains(list(s["required"]), any(key))
				if missing := readerMisses(file, doc, n, i); missing != needed {
					t.Errorf("%s%s: key %s: the reader needs it: %v, the schema: %v", file, at, key, missing, needed)
				}
			}
		})
	}
	if asked < 60 {
		t.Errorf("only %d places were asked", asked)
	}
}

// eachMapping visits every mapping with the way to it ("/types/0/labels").
func eachMapping(n *yaml.Node, at string, do func(at string, n *yaml.Node)) {
	if n.Kind == yaml.MappingNode {
		do(at, n)
		for i := 0; i < len(n.Content); i += 2 {
			eachMapping(n.Content[i+1], at+"/"+n.Content[i].Value, do)
		}
		return
	}
	for i, c := range n.Content {
		eachMapping(c, at+"/"+strconv.Itoa(i), do)
	}
}

// pattern is a way without the numbers of list items.
func pattern(at string) string {
	words := strings.Split(at, "/")
	for i, w := range words {
		if _, err := strconv.Atoi(w); err == nil {
			words[i] = "*"
		}
	}
	return strings.Join(words, "/")
}

// readerKeys asks the reader for the keys of a mapping; none where any will do.
func readerKeys(t *testing.T, file string, doc, n *yaml.Node) []string {
	t.Helper()
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "not-a-key"}, &yaml.Node{Kind: yaml.ScalarNode, Value: "x"})
	defer func() { n.Content = n.Content[:len(n.Content)-2] }()
	for _, f := range faultsOf(t, file, doc) {
		if keys, ok := strings.CutPrefix(f.Fix, "Known keys: "); ok {
			out := strings.Split(strings.TrimSuffix(keys, "."), ", ")
			slices.Sort(out)
			return out
		}
	}
	return nil
}

// readerMisses takes a key away and reports whether the reader says so.
func readerMisses(file string, doc, n *yaml.Node, i int) bool {
	kept := n.Content
	n.Content = slices.Concat(kept[:i], kept[i+2:])
	defer func() { n.Content = kept }()
	b, err := yaml.Marshal(doc)
	if err != nil {
		return false
	}
	_, err = lawfile.Load(mapFS(map[string]string{file: string(b)})) // that the others are missing is said too
	return err != nil && strings.Contains(err.Error(), "[form] Key "+kept[i].Value+" is missing.")
}

func faultsOf(t *testing.T, file string, doc *yaml.Node) lawfile.Faults {
	t.Helper()
	b, err := yaml.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	_, err = lawfile.Load(mapFS(map[string]string{file: string(b)})) // that the others are missing is said too
	var all lawfile.Faults
	if err != nil && !errors.As(err, &all) {
		t.Fatal(err)
	}
	return all
}

// schemaAt follows a way through a schema file.
func schemaAt(t *testing.T, name string, way []string, n *yaml.Node) (map[string]any, bool) {
	t.Helper()
	s := schemaFile(t, name)
	for _, w := range way {
		s = resolved(t, s, n)
		next, ok := any(nil), false
		if n.Kind == yaml.SequenceNode {
			i, _ := strconv.Atoi(w)
			next, ok = s["items"]
			n = n.Content[i]
		} else {
			for i := 0; i < len(n.Content); i += 2 {
				if n.Content[i].Value == w {
					next, ok = under(s, "properties")[w]
					n = n.Content[i+1]
					break
				}
			}
		}
		if !ok {
			return nil, false
		}
		s, _ = next.(map[string]any)
	}
	return resolved(t, s, n), true
}

// resolved follows references, and of alternatives the one of the node's kind.
func resolved(t *testing.T, s map[string]any, n *yaml.Node) map[string]any {
	t.Helper()
	for {
		if to, ok := s["$ref"].(string); ok {
			s = under(under(schemaFile(t, "common"), "$defs"), to[strings.LastIndexByte(to, '/')+1:])
			continue
		}
		any, ok := s["oneOf"].([]any)
		if !ok {
			return s
		}
		want := map[yaml.Kind]string{yaml.MappingNode: "object", yaml.SequenceNode: "array", yaml.ScalarNode: "string"}[n.Kind]
		for _, one := range any {
			if r := resolved(t, one.(map[string]interface{}), n); r["type"] == want {
				s = r
			}
		}
		if s["oneOf"] != nil {
			t.Fatalf("no alternative is a %s", want)
		}
	}
}

func schemaFile(t *testing.T, name string) map[string]any {
	t.Helper()
	b, err := os.ReadFile(schemaFolder + name + ".schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s map[string]any
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func under(s map[string]any, key string) map[string]any {
	m, _ := s[key].(map[string]any)
	return m
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

// TestSchemas_closedSets: the sets that are compiled in are the schemas' sets.
func TestSchemas_closedSets(t *testing.T) {
	t.Parallel()
	purpose := under(under(under(under(schemaFile(t, "purposes"), "properties"), "purposes"), "items"), "properties")
	typ := under(schemaFile(t, "type"), "properties")
	field := under(under(under(schemaFile(t, "common"), "$defs"), "field"), "properties")
	for _, c := range []struct {
		name string
		enum any
		want []string
	}{
		{"kinds of fields", under(field, "kind")["enum"], words(catalogue.Kinds())},
		{"forms", under(typ, "form")["enum"], words(catalogue.Forms())},
		{"roles", under(purpose, "role")["enum"], words(law.PersonRoles())},
		{"decisions", under(purpose, "decision")["enum"], words(law.Decisions())},
		{"schemes", under(under(list(under(under(under(schemaFile(t, "pack"), "properties"), "id_types"), "items")["oneOf"])[1].(map[string]any), "properties"), "scheme")["enum"], law.Schemes()},
	} {
		if diff := cmp.Diff(c.want, words(list(c.enum))); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func words[T any](all []T) []string {
	var out []string
	for _, v := range all {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// TestSchemas_told: every key stands in the reference, and every key and file is
// described in both languages for those who edit a pack.
func TestSchemas_told(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../../docs/reference/pack.md")
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(schemaFolder + "*.schema.json")
	if err != nil || len(names) < 10 {
		t.Fatalf("%d schemas, %v", len(names), err)
	}
	keys := map[string]bool{}
	for _, name := range names {
		s := schemaFile(t, strings.TrimSuffix(filepath.Base(name), ".schema.json"))
		if title, _ := s["title"].(string); !strings.Contains(title, " / ") || s["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
			t.Errorf("%s: title %q", name, title)
		}
		eachProperty(s, func(key string, p map[string]any) {
			keys[key] = true
			if text, _ := p["description"].(string); text != "" && !strings.Contains(text, " / ") || text == "" && p["$ref"] == nil {
				t.Errorf("%s: %s is described %q", name, key, text)
			}
		})
	}
	for key := range keys {
		if !strings.Contains(string(b), "`"+key+"`") && !strings.Contains(string(b), key+":") {
			t.Errorf("the reference does not name key %s", key)
		}
	}
	if len(keys) < 90 {
		t.Errorf("only %d keys", len(keys))
	}
}

func eachProperty(v any, do func(key string, p map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		for key, p := range under(v, "properties") {
			if p, ok := p.(map[string]any); ok && p["const"] == nil && (p["enum"] == nil || p["description"] != nil) {
				do(key, p)
			}
		}
		for _, c := range v {
			eachProperty(c, do)
		}
	case []any:
		for _, c := range v {
			eachProperty(c, do)
		}
	}
}
