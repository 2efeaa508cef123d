package arch

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	migrationName = regexp.MustCompile(`^(\d{4})_([a-z]+)_([a-z0-9]+(?:_[a-z0-9]+)*)\.sql$`)
	createTable   = regexp.MustCompile(`(?i)\bcreate\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?"?(\w+)"?\.`)
	createSchema  = regexp.MustCompile(`(?i)\bcreate\s+schema\s+(?:if\s+not\s+exists\s+)?"?(\w+)"?`)
	goose         = regexp.MustCompile(`(?m)^-- \+goose (\w+)`)
)

// migrationFaults looks at the migrations by file name: NNNN_<room>_<what>.sql,
// numbers that grow, forward only, each in the schema of its room. What
// belongs to no room is called house.
func migrationFaults(texts map[string]string) (bad []string) {
	next := 1
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		m := migrationName.FindStringSubmatch(name)
		if m == nil {
			bad = append(bad, name+" is not called NNNN_<room>_<what>.sql")
			continue
		}
		if want := fmt.Sprintf("%04d", next); m[1] < want {
			bad = append(bad, name+" has the number "+m[1]+", the next one is "+want)
		}
		next, _ = strconv.Atoi(m[1]) // four digits, says the name
		next++
		if !isRoom(m[2]) && m[2] != "house" {
			bad = append(bad, name+" belongs to "+m[2]+", which is no room")
		}
		bad = append(bad, direction(name, texts[name])...)
		for _, table := range createTable.FindAllStringSubmatch(sqlComment.ReplaceAllString(texts[name], " "), -1) {
			if table[1] != m[2] {
				bad = append(bad, name+" makes a table in the schema "+table[1]+": one file, one room")
			}
		}
	}
	return bad
}

// direction checks that a migration goes forward and never back.
func direction(name, text string) (bad []string) {
	marks := goose.FindAllStringSubmatchIndex(text, -1)
	first := func(i int) string { return text[marks[i][2]:marks[i][3]] }
	if len(marks) == 0 || first(0) != "Up" || sqlComment.ReplaceAllString(text[:marks[0][0]], "") != "" {
		return []string{name + " does not start with -- +goose Up"}
	}
	for i := range marks {
		back := text[marks[i][1]:]
		if first(i) == "Down" && strings.TrimSpace(sqlComment.ReplaceAllString(back, "")) != "" {
			bad = append(bad, name+" has a way back: migrations go forward only")
		}
	}
	return bad
}

// migrations returns the migrations of the house by file name.
func migrations(t *testing.T) map[string]string {
	texts := map[string]string{}
	for name, text := range theFiles(t, func(name string) bool {
		return strings.HasPrefix(name, "migrations/") && strings.HasSuffix(name, ".sql")
	}) {
		texts[path.Base(name)] = text
	}
	return texts
}

func TestMigrations(t *testing.T) {
	t.Parallel()
	report(t, migrationFaults(migrations(t)))
}

func TestMigrations_planted(t *testing.T) {
	t.Parallel()
	const up = "-- +goose Up\ncreate table party.person (a int);\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"in order", map[string]string{"0001_party_person.sql": up, "0002_house_mode.sql": "-- +goose Up\nselect 1;"}, ""},
		{"gap", map[string]string{"0001_party_person.sql": up, "0003_house_mode.sql": "-- +goose Up\nselect 1;"}, ""},
		{"twice", map[string]string{"0001_party_a.sql": up, "0001_party_b.sql": up}, "the next one is 0002"},
		{"name", map[string]string{"1_person.sql": up}, "not called"},
		{"upper case", map[string]string{"0001_party_Person.sql": up}, "not called"},
		{"no room", map[string]string{"0001_gossip_person.sql": up}, "no room"},
		{"no mark", map[string]string{"0001_party_person.sql": "select 1;"}, "does not start"},
		{"before the mark", map[string]string{"0001_party_person.sql": "select 1;\n" + up}, "does not start"},
		{"a way back", map[string]string{"0001_party_person.sql": up + "-- +goose Down\ndrop table party.person;"}, "a way back"},
		{"a way back in a block", map[string]string{"0001_party_person.sql": up + "-- +goose Down\n-- +goose StatementBegin\ndrop table a.b;\n-- +goose StatementEnd"}, "a way back"},
		{"says there is none", map[string]string{"0001_party_person.sql": up + "-- +goose Down\n-- there is no way back\n"}, ""},
		{"another schema", map[string]string{"0001_house_person.sql": up}, "one file, one room"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expect(t, migrationFaults(c.files), c.want)
		})
	}
}
