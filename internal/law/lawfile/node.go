package lawfile

import (
	"cmp"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"recourse/internal/when"
)

// reader holds what was read, where each value stands, and what is wrong.
type reader struct {
	files map[string]string
	lines map[string]map[string]int // file → path inside it → line
	out   Faults
}

func (r *reader) say(file string, line int, text, fix string) {
	r.out = append(r.out, Fault{File: file, Line: max(line, 1), Rule: "form", Text: text, Fix: fix})
}

// faults returns what is wrong in order of file and line; a file that is no pack
// at all does not flood the reader.
func (r *reader) faults() Faults {
	slices.SortStableFunc(r.out, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	if more := len(r.out) - maxFaults; more > 0 {
		last := r.out[maxFaults-1]
		r.out = append(r.out[:maxFaults], Fault{File: last.File, Line: last.Line, Rule: "form",
			Text: "There are " + strconv.Itoa(more) + " faults more.", Fix: "Mend those above first."})
	}
	return r.out
}

// line returns where a path stands, or the nearest thing around it that does.
func (r *reader) line(file, path string) int {
	for {
		if n, ok := r.lines[file][path]; ok {
			return n
		}
		i := strings.LastIndexByte(path, '.')
		if i < 0 {
			return max(r.lines[file][""], 1)
		}
		path = path[:i]
	}
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// document reads one YAML file: one document, a mapping, without aliases.
func (r *reader) document(file string) (value, bool) {
	text, there := r.files[file]
	if !there {
		r.say(file, 1, "The file is missing.", "Add it as docs/reference/pack.md says.")
		return value{}, false
	}
	r.lines[file] = map[string]int{}
	var doc, more yaml.Node
	dec := yaml.NewDecoder(strings.NewReader(text))
	err := decode(dec, &doc)
	if err == nil {
		if second := decode(dec, &more); !errors.Is(second, io.EOF) {
			r.say(file, more.Line, "The file holds more than one document, or text after it that cannot be read.", "Keep one document in a file.")
			return value{}, false
		}
	}
	if err != nil || len(doc.Content) != 1 {
		line := 1
		if err != nil {
			if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
				line, _ = strconv.Atoi(m[1])
			}
		}
		r.say(file, line, "This is not a YAML document.", "Check indentation, quotes and colons around this line.")
		return value{}, false
	}
	return value{r: r, file: file, at: doc.Content[0].Line, n: doc.Content[0]}, true
}

// decode keeps a panic of the YAML library from being one of ours.
func decode(dec *yaml.Decoder, n *yaml.Node) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("the document cannot be read")
		}
	}()
	return dec.Decode(n)
}

// value is one value of a document with the way to it.
type value struct {
	r    *reader
	file string
	path string
	at   int // line of its key, or its own in a list
	n    *yaml.Node
}

func (v value) say(text, fix string) { v.r.say(v.file, v.at, text, fix) }

func (v value) child(name string, at int, n *yaml.Node) value {
	path := name
	if v.path != "" {
		path = v.path + "." + name
	}
	v.r.lines[v.file][path] = at
	return value{r: v.r, file: v.file, path: path, at: at, n: n}
}

// object is a mapping whose keys were checked.
type object struct {
	value
	keys map[string]value
}

// object reads a mapping with those keys; a key that ends in "?" may be
// missing. Every other, missing or doubled key is a fault.
func (v value) object(keys ...string) object {
	o := object{value: v, keys: map[string]value{}}
	if v.path == "" {
		v.r.lines[v.file][""] = v.n.Line
	}
	if v.n.Kind != yaml.MappingNode || plain(v.n, "!!map") {
		v.say("Here should be keys with values.", "Write key: value lines, without aliases or tags.")
		return o
	}
	for i := 0; i+1 < len(v.n.Content); i += 2 {
		k := v.n.Content[i]
		_, twice := o.keys[k.Value]
		switch {
		case k.Kind != yaml.ScalarNode || !slices.ContainsFunc(keys, func(s string) bool { return strings.TrimSuffix(s, "?") == k.Value }):
			v.r.say(v.file, k.Line, "This key is not known here.", "Known keys: "+strings.ReplaceAll(strings.Join(keys, ", "), "?", "")+".")
		case twice:
			v.r.say(v.file, k.Line, "This key is there twice.", "Keep one of them.")
		default:
			o.keys[k.Value] = v.child(k.Value, k.Line, v.n.Content[i+1])
		}
	}
	for _, k := range keys {
		if _, there := o.keys[k]; !there && !strings.HasSuffix(k, "?") {
			v.say("Key "+k+" is missing.", "Add "+k+":, as docs/reference/pack.md says.")
		}
	}
	return o
}

// plain reports whether a node carries a tag of its own or an anchor.
func plain(n *yaml.Node, tag string) bool { return n.Anchor != "" || n.ShortTag() != tag }

// list reads a sequence; a missing key is an empty one.
func (o object) list(key string) []value {
	v, ok := o.keys[key]
	if !ok {
		return nil
	}
	if v.n.Kind != yaml.SequenceNode || plain(v.n, "!!seq") {
		v.say("Here should be a list.", "Write [a, b] or lines that begin with a dash.")
		return nil
	}
	out := make([]value, len(v.n.Content))
	for i, n := range v.n.Content {
		out[i] = v.child(strconv.Itoa(i), n.Line, n)
	}
	return out
}

// scalar returns the text of a scalar whose tag is one of those.
func (v value) scalar(what, fix string, tags ...string) string {
	if v.n.Kind != yaml.ScalarNode || v.n.Anchor != "" || !slices.Contains(tags, v.n.ShortTag()) {
		v.say("Here should be "+what+".", fix)
		return ""
	}
	return v.n.Value
}

func (v value) text() string {
	return v.scalar("text", "Write text; put numbers and dates that are meant as text in quotes.", "!!str")
}

// text returns the text under a key; a missing key gives none.
func (o object) text(key string) string {
	if v, ok := o.keys[key]; ok {
		return v.text()
	}
	return ""
}

func (o object) texts(key string) []string {
	var out []string
	for _, v := range o.list(key) {
		out = append(out, v.text())
	}
	return out
}

// words reads a text in several languages, or any other map of texts.
func (o object) words(key string) map[string]string {
	v, ok := o.keys[key]
	if !ok {
		return nil
	}
	if v.n.Kind != yaml.MappingNode || plain(v.n, "!!map") {
		v.say("Here should be texts by name.", "Write {zh: …, en: …}.")
		return nil
	}
	out := map[string]string{}
	for i := 0; i+1 < len(v.n.Content); i += 2 {
		k := v.n.Content[i]
		if _, twice := out[k.Value]; twice || k.Kind != yaml.ScalarNode {
			v.r.say(v.file, k.Line, "This key is there twice or is no name.", "Keep one of each name.")
			continue
		}
		out[k.Value] = v.child(k.Value, k.Line, v.n.Content[i+1]).text()
	}
	return out
}

// number reads a whole number as people write it; 0 where the key is missing.
func (o object) number(key string) int {
	v, ok := o.keys[key]
	if !ok {
		return 0
	}
	s := v.scalar("a whole number", "Write digits only, without quotes.", "!!int")
	n, err := strconv.Atoi(s)
	if s != "" && (err != nil || n < 0 || strconv.Itoa(n) != s) {
		v.say("Here should be a whole number.", "Write digits only, without sign or leading zeros.")
		return 0
	}
	return n
}

func (o object) flag(key string) bool {
	v, ok := o.keys[key]
	if !ok {
		return false
	}
	s := v.scalar("true or false", "Write true or false.", "!!bool")
	if s != "" && s != "true" && s != "false" {
		v.say("Here should be true or false.", "Write true or false in small letters.")
	}
	return s == "true"
}

// date reads a day; nil where the key is missing or the day is none.
func (o object) date(key string) *when.Date {
	v, ok := o.keys[key]
	if !ok {
		return nil
	}
	s := v.scalar("a date", "Write it like 2026-03-10.", "!!timestamp", "!!str")
	if s == "" {
		return nil
	}
	d, err := when.Parse(s)
	if err != nil {
		v.say("Here should be a date that exists.", "Write it like 2026-03-10.")
		return nil
	}
	return &d
}

// day is date where the key must be there: the zero day stands for one that was
// refused already.
func (o object) day(key string) when.Date {
	if d := o.date(key); d != nil {
		return *d
	}
	return 0
}
