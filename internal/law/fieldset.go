package law

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"recourse/internal/catalogue"
)

// FieldSet is a list of fields that several types share by its name.
type FieldSet struct {
	Name   string
	Fields []catalogue.Field
}

// FieldsFile holds the shared sets of fields.
const FieldsFile = "fields.yaml"

func (c *compiler) fieldSets() {
	seen := map[string]bool{}
	for i, s := range c.d.FieldSets {
		at := fmt.Sprintf("sets.%d", i)
		c.code(FieldsFile, at+".set", s.Name, seen)
		used := 0
		for _, t := range c.d.Types {
			if t.FieldsFrom == s.Name {
				used++
			}
		}
		if used < 2 {
			c.say(FieldsFile, at+".set", "name", "Fewer than two types share this set.", "Write the fields into the type, or share them.")
		}
	}
}

// set returns the place of a set among the sets of the pack, or -1.
func (c *compiler) set(name string) int {
	return slices.IndexFunc(c.d.FieldSets, func(s FieldSet) bool { return s.Name == name && name != "" })
}

// shared puts the fields of a type's set before its own.
func (c *compiler) shared(d *DraftType) []catalogue.Field {
	k := c.set(d.FieldsFrom)
	if k >= 0 {
		return slices.Concat(c.d.FieldSets[k].Fields, d.Fields)
	}
	if d.FieldsFrom != "" {
		c.say(d.File, "fields_from", "name", "This set is not in fields.yaml.", "Name a set of fields.yaml, or write the fields here.")
	}
	return d.Fields
}

// place says in which file and where a problem of a type stands: fields of a
// shared set come first and stand in the file of the sets.
func (c *compiler) place(d *DraftType, path string) (file, at string) {
	n, rest, ok := fieldPath(path)
	k := c.set(d.FieldsFrom)
	if !ok || k < 0 {
		return d.File, path
	}
	if shared := len(c.d.FieldSets[k].Fields); n >= shared {
		return d.File, "fields." + strconv.Itoa(n-shared) + rest
	}
	return FieldsFile, "sets." + strconv.Itoa(k) + "." + path
}

func fieldPath(path string) (n int, rest string, ok bool) {
	tail, ok := strings.CutPrefix(path, "fields.")
	if !ok {
		return 0, "", false
	}
	number, rest, dotted := strings.Cut(tail, ".")
	if dotted {
		rest = "." + rest
	}
	n, err := strconv.Atoi(number)
	return n, rest, err == nil
}

// alike refuses two types with the same fields that do not share them by name:
// a copy that nobody meant, or one event under two names.
func (c *compiler) alike(types []catalogue.Type) {
	first := map[string]int{}
	for i, t := range types {
		key := signature(t.Fields)
		j, twice := first[key]
		if !twice {
			first[key] = i
			continue
		}
		from := c.d.Types[i].FieldsFrom
		if from == "" || from != c.d.Types[j].FieldsFrom {
			c.say(c.d.Types[i].File, "fields", "name", "The type has the same fields as "+types[j].Code+".",
				"Share them by name: put them in fields.yaml and write fields_from: in both types.")
		}
	}
}

func signature(fields []catalogue.Field) string {
	var names []string
	for _, f := range fields {
		names = append(names, f.Name+" "+string(f.Kind))
	}
	slices.SortFunc(names, cmp.Compare[string])
	return strings.Join(names, "\n")
}
