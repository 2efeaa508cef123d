package arch

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// banned are package names that say nothing. Those of bannedIn may not even be
// a part of one.
var (
	banned   = []string{"base", "core", "lib", "misc", "model", "models", "shared", "types"}
	bannedIn = []string{"common", "helper", "impl", "manager", "util"}
)

// wordsPage explains every word of the house.
const wordsPage = "docs/words.md"

// unexplained finds packages and schemas whose word is not in words.md, and
// packages whose name says nothing. A word stands there as `word`; what hangs on
// a room may be explained once for all rooms, as `<room>pg`.
func unexplained(dirs, schemas []string, page string) (bad []string) {
	says := func(word string) bool { return strings.Contains(page, "`"+word+"`") }
	for _, dir := range dirs {
		name := path.Base(dir)
		if slices.Contains(banned, name) || slices.ContainsFunc(bannedIn, func(b string) bool { return strings.Contains(name, b) }) {
			bad = append(bad, dir+": the name "+name+" says nothing; name the idea")
		}
		at, err := place(dir)
		if hangs := err == nil && at.room != "" && at.floor != room; hangs && says("<room>"+strings.TrimPrefix(name, at.room)) {
			continue
		}
		if strings.HasPrefix(dir, "internal/") && !says(name) {
			bad = append(bad, dir+": the word `"+name+"` is not in "+wordsPage)
		}
	}
	for _, schema := range schemas {
		if !says(schema) {
			bad = append(bad, "the schema `"+schema+"` is not in "+wordsPage)
		}
	}
	return bad
}

// dirs returns the folders of the house that hold Go.
func dirs(all []source) (found []string) {
	for dir := range packages(all) {
		found = append(found, dir)
	}
	slices.Sort(found)
	return found
}

// schemas returns the schemas that the migrations make.
func schemas(t *testing.T) (found []string) {
	for _, text := range migrations(t) {
		for _, m := range createSchema.FindAllStringSubmatch(sqlComment.ReplaceAllString(text, " "), -1) {
			found = append(found, m[1])
		}
	}
	return found
}

func TestWords(t *testing.T) {
	t.Parallel()
	page := theFiles(t, func(name string) bool { return name == wordsPage })[wordsPage]
	report(t, unexplained(dirs(tree(t)), schemas(t), page))
}

func TestWords_planted(t *testing.T) {
	t.Parallel()
	const page = "| `dossier` | a person's records |\n| `<room>pg` | keeps |\n| `util` | |"
	for _, c := range []struct {
		name, dir, schema, want string
	}{
		{"explained", "internal/dossier", "dossier", ""},
		{"hangs", "internal/dossier/dossierpg", "dossier", ""},
		{"hangs unexplained", "internal/dossier/dossiersms", "dossier", "`dossiersms` is not in"},
		{"unexplained", "internal/law", "dossier", "`law` is not in"},
		{"part of a word", "internal/dos", "dossier", "`dos` is not in"},
		{"schema", "internal/dossier", "gossip", "schema `gossip`"},
		{"says nothing", "internal/kit/util", "dossier", "says nothing"},
		{"says nothing in a part", "internal/kit/stringutil", "dossier", "says nothing"},
		{"says nothing at all", "internal/dossier/types", "dossier", "says nothing"},
		{"program", "cmd/recourse", "dossier", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expect(t, unexplained([]string{c.dir}, []string{c.schema}, page), c.want)
		})
	}
}

// mapPage has a line for every room, ground package and drawer that exists.
const mapPage = "docs/map.md"

// mapRow is a line of the map's tables: it starts with the path of a package.
var mapRow = regexp.MustCompile("(?m)^\\| `((?:internal|cmd)/[a-z/-]+|migrations|packs|docs|bench|client)`")

// unmapped compares the map with the house: each package that is not hung on a
// room has a line, and each line has a package.
func unmapped(dirs []string, page string) (bad []string) {
	var lines []string
	for _, m := range mapRow.FindAllStringSubmatch(page, -1) {
		lines = append(lines, m[1])
	}
	for _, dir := range dirs {
		at, err := place(dir)
		if err != nil || at.floor == adapter || at.floor == face || at.floor == suite {
			continue
		}
		if !slices.ContainsFunc(lines, func(l string) bool { return under(dir, []string{l}) }) {
			bad = append(bad, mapPage+" has no line for "+dir)
		}
	}
	for _, l := range lines {
		if !slices.ContainsFunc(dirs, func(dir string) bool { return under(dir, []string{l}) }) {
			bad = append(bad, mapPage+" has a line for "+l+", which does not exist")
		}
	}
	return bad
}

func TestMap(t *testing.T) {
	t.Parallel()
	page := theFiles(t, func(name string) bool { return name == mapPage })[mapPage]
	report(t, unmapped(dirs(tree(t)), page))
}

func TestMap_planted(t *testing.T) {
	t.Parallel()
	const page = "# Map\n| `internal/law` | packs |\n| `internal/kit/clock` | reads the clock |\n"
	for _, c := range []struct {
		name string
		dirs []string
		want string
	}{
		{"true", []string{"internal/law", "internal/law/lawfile", "internal/kit/clock"}, ""},
		{"room without a line", []string{"internal/law", "internal/kit/clock", "internal/party"}, "no line for internal/party"},
		{"line without a room", []string{"internal/law"}, "internal/kit/clock, which does not exist"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expect(t, unmapped(c.dirs, page), c.want)
		})
	}
}
