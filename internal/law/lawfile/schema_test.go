package lawfile_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"recourse/internal/catalogue"
	"recourse/internal/law"
	"recourse/internal/scheme"
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
		{"schemes", under(under(list(under(under(under(schemaFile(t, "pack"), "properties"), "id_types"), "items")["oneOf"])[1].(map[string]any), "properties"), "scheme")["enum"], scheme.Codes()},
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
