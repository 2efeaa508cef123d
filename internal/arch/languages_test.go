package arch

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The two languages that everything a person reads is written in.
var twins = map[string]string{"zh": "en", "en": "zh"}

var (
	spoken      = regexp.MustCompile(`^((?:.*[/.])?)(zh|en)(\.[a-z]+)$`)
	placeholder = regexp.MustCompile(`\{\{-?\s*([^}]*?)\s*-?\}\}|\{([A-Za-z_][\w.]*)\}|%[-+# 0]*[vdsqxt]`)
	plurals     = []string{"zero", "one", "two", "few", "many", "other", "description", "hash"}
)

// halfSaid finds what is said in one language only: a file without its twin, a
// message without its twin, an empty message, a place for a value on one side.
func halfSaid(texts map[string]string) (bad []string) {
	for name, text := range texts {
		m := spoken.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		twin := m[1] + twins[m[2]] + m[3]
		other, ok := texts[twin]
		if !ok {
			bad = append(bad, name+" has no twin "+twin)
			continue
		}
		here, err := messages(name, text)
		if err != nil {
			bad = append(bad, err.Error())
			continue
		}
		there, err := messages(twin, other)
		if err != nil {
			continue // said when its own turn comes
		}
		bad = append(bad, missing(name, here, twin, there)...)
	}
	return bad
}

func missing(name string, here map[string]string, twin string, there map[string]string) (bad []string) {
	for key, text := range here {
		other, ok := there[key]
		switch {
		case !ok:
			bad = append(bad, twin+" does not say "+key+", which "+name+" says")
		case strings.TrimSpace(text) == "":
			bad = append(bad, name+" says nothing for "+key)
		case !slices.Equal(places(text), places(other)):
			bad = append(bad, fmt.Sprintf("%s has the places %q for %s, its twin %q", name, places(text), key, places(other)))
		}
	}
	return bad
}

// messages flattens a file into texts by key. A file that is one text, a letter
// for instance, has one key.
func messages(name, text string) (map[string]string, error) {
	flat := map[string]string{}
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json":
		var tree any
		if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
			return nil, fmt.Errorf("%s cannot be read: %w", name, err)
		}
		flatten("", tree, flat)
	default:
		flat["(whole)"] = text
	}
	return flat, nil
}

func flatten(key string, tree any, into map[string]string) {
	switch tree := tree.(type) {
	case map[string]any:
		if forms := pluralForms(tree); forms != "" {
			into[key] = forms
			return
		}
		for k, v := range tree {
			flatten(strings.TrimPrefix(key+"."+k, "."), v, into)
		}
	case []any:
		for i, v := range tree {
			flatten(fmt.Sprintf("%s[%d]", key, i), v, into)
		}
	case nil:
		into[key] = ""
	default:
		into[key] = fmt.Sprint(tree)
	}
}

// pluralForms returns the general form of a message with plurals, which differ
// between languages, or "".
func pluralForms(tree map[string]any) string {
	for k := range tree {
		if !slices.Contains(plurals, k) {
			return ""
		}
	}
	text, _ := tree["other"].(string)
	return text
}

// places returns the places for values in a text, once each.
func places(text string) []string {
	var found []string
	for _, p := range placeholder.FindAllString(text, -1) {
		found = append(found, strings.ReplaceAll(p, " ", ""))
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// spokenFiles are the files of the house that come in two languages.
func spokenFiles(name string) bool {
	return spoken.MatchString(name) && (strings.HasPrefix(name, "internal/") || strings.HasPrefix(name, "packs/"))
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	report(t, halfSaid(theFiles(t, spokenFiles)))
}

func TestLanguages_planted(t *testing.T) {
	t.Parallel()
	pair := func(zh, en string) map[string]string {
		return map[string]string{"internal/app/locales/zh.yaml": zh, "internal/app/locales/en.yaml": en}
	}
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"both", pair("a: {b: 甲}", "a:\n  b: A"), ""},
		{"missing in en", pair("a: 甲\nb: 乙", "a: A"), "en.yaml does not say b"},
		{"missing in zh", pair("a: 甲", "a: A\nc: C"), "zh.yaml does not say c"},
		{"empty", pair("a: ''", "a: A"), "says nothing for a"},
		{"a place lost", pair("a: 甲", "a: A {name}"), "has the places"},
		{"places in another order", pair("a: '{x} {y}'", "a: '{y} {x}'"), ""},
		{"plural forms", pair("a: {other: '{n} 个'}", "a: {one: one, other: '{n} things'}"), ""},
		{"no twin", map[string]string{"packs/x/notices/debt.zh.md": "甲"}, "has no twin packs/x/notices/debt.en.md"},
		{"letters", map[string]string{"packs/x/notices/debt.zh.md": "{{.Name}} 甲", "packs/x/notices/debt.en.md": "{{ .Name }} A"}, ""},
		{"letters that differ", map[string]string{"packs/x/notices/debt.zh.md": "{{.Name}} 甲", "packs/x/notices/debt.en.md": "{{.Sum}} A"}, "has the places"},
		{"unreadable", pair("a: [", "a: A"), "cannot be read"},
		{"not a language", map[string]string{"packs/x/hidden.yaml": "a: 1"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expect(t, halfSaid(c.files), c.want)
		})
	}
}
