package arch

import (
	"slices"
	"strings"
	"testing"
)

// maxDoors is how many other rooms one room may read. One that wants more is
// two rooms.
const maxDoors = 5

// ground holds the packages of floor 0.
var groundPkgs = []string{"canon", "fault", "media", "merkle", "proof", "redact", "ref", "scheme", "seal", "when"}

// kitPkgs holds the drawers of the toolbox: internal/kit/<name>.
var kitPkgs = []string{"archive", "authkit", "apikit", "clock", "codekit", "devkit", "dockit", "obskit", "opkit", "pgcopy", "pgembed", "pgkit", "signkit", "spool", "statekit", "webkit", "workkit"}

// hung are the words after a room's name that make a face; every other word
// after it makes an adapter. A conformance suite is <room>test.
var hung = []string{"api", "http", "web", "work"}

// entry is one room and the rooms it may look into.
type entry struct {
	room string
	to   []string
}

// doors lists every room. Order is the street: a door opens only to a room
// further up this list, so rooms cannot form a circle.
var doors = []entry{
	{"catalogue", nil},
	{"party", nil},
	{"ledger", nil},
	{"law", []string{"catalogue"}},
	{"vault", []string{"party"}},
	{"notice", []string{"party", "law"}},
	{"dossier", []string{"catalogue", "party"}},
	{"furnish", []string{"catalogue", "party", "law", "vault", "dossier"}},
	{"consent", []string{"party", "law"}},
	{"inquiry", []string{"party", "law", "vault", "dossier", "consent"}},
	{"paper", []string{"party"}},
	{"dispute", []string{"party", "law", "dossier", "paper"}},
	{"repair", []string{"party", "law", "dossier", "paper"}},
	{"hold", []string{"party", "law", "dossier", "paper"}},
	{"estate", []string{"party", "law", "paper"}},
	{"retention", []string{"catalogue", "law", "vault", "dossier"}},
	{"certificate", []string{"party", "law", "ledger", "dossier"}},
	{"exchange", []string{"party", "ledger", "law", "inquiry"}},
	{"oversight", []string{"party", "law", "dossier", "paper"}},
}

// vaultReaders are the only rooms that may import vault. Everyone else seals
// through a port of its own (docs/map.md).
var vaultReaders = []string{"furnish", "inquiry", "retention"}

// isRoom reports whether name is a room of the house.
func isRoom(name string) bool {
	return slices.ContainsFunc(doors, func(e entry) bool { return e.room == name })
}

// door reports whether from may look into to.
func door(from, to string) bool {
	i := slices.IndexFunc(doors, func(e entry) bool { return e.room == from })
	return i >= 0 && slices.Contains(doors[i].to, to)
}

// street returns what is wrong with a list of doors.
func street(list []entry) (bad []string) {
	var seen []string
	for _, e := range list {
		if slices.Contains(seen, e.room) {
			bad = append(bad, e.room+" stands twice in the street")
		}
		for _, to := range e.to {
			if !slices.Contains(seen, to) {
				bad = append(bad, "the door from "+e.room+" to "+to+" opens down the street")
			}
			if to == "vault" && !slices.Contains(vaultReaders, e.room) {
				bad = append(bad, e.room+" has a door to vault: declare a Sealer port and let internal/app wire it")
			}
		}
		if len(e.to) > maxDoors {
			bad = append(bad, e.room+" has more than five doors: it is two rooms")
		}
		seen = append(seen, e.room)
	}
	return bad
}

func TestStreet(t *testing.T) {
	t.Parallel()
	report(t, street(doors))
}

func TestStreet_planted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		list []entry
		want string
	}{
		{"straight", []entry{{"a", nil}, {"b", []string{"a"}}}, ""},
		{"circle", []entry{{"a", []string{"b"}}, {"b", []string{"a"}}}, "from a to b opens down"},
		{"itself", []entry{{"a", []string{"a"}}}, "from a to a opens down"},
		{"twice", []entry{{"a", nil}, {"a", nil}}, "a stands twice"},
		{"vault", []entry{{"vault", nil}, {"dossier", []string{"vault"}}}, "declare a Sealer port"},
		{"six doors", []entry{{"a", nil}, {"b", nil}, {"c", nil}, {"d", nil}, {"e", nil}, {"f", nil},
			{"g", strings.Split("abcdef", "")}}, "more than five doors"},
		{"five doors", []entry{{"a", nil}, {"b", nil}, {"c", nil}, {"d", nil}, {"e", nil},
			{"g", strings.Split("abcde", "")}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expect(t, street(c.list), c.want)
		})
	}
}
