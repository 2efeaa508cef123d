package lawfile_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"recourse/internal/law/lawfile"
)

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
