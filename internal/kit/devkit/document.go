package devkit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// document is what the pages read of an OpenAPI 3.1 document.
type document struct {
	OpenAPI string `json:"openapi"`
	Info    struct {
		Title       string `json:"title"`
		Version     string `json:"version"`
		Description string `json:"description"`
	} `json:"info"`
	Servers    []server                        `json:"servers"`
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Schemas map[string]*schema `json:"schemas"`
	} `json:"components"`
}

type server struct {
	URL string `json:"url"`
}

type operation struct {
	ID          string                `json:"operationId"`
	Summary     string                `json:"summary"`
	Description string                `json:"description"`
	Servers     []server              `json:"servers"`
	Security    []map[string][]string `json:"security"`
	Parameters  []parameter           `json:"parameters"`
	Body        *body                 `json:"requestBody"`
	Responses   map[string]response   `json:"responses"`
}

type parameter struct {
	Name        string          `json:"name"`
	In          string          `json:"in"`
	Description string          `json:"description"`
	Required    bool            `json:"required"`
	Schema      *schema         `json:"schema"`
	Example     json.RawMessage `json:"example"`
}

type body struct {
	Description string           `json:"description"`
	Content     map[string]media `json:"content"`
}

type response struct {
	Description string           `json:"description"`
	Content     map[string]media `json:"content"`
}

type media struct {
	Schema  *schema         `json:"schema"`
	Example json.RawMessage `json:"example"`
}

type schema struct {
	Ref         string             `json:"$ref"`
	Type        any                `json:"type"` // a word, or a list of words
	Format      string             `json:"format"`
	Description string             `json:"description"`
	Pattern     string             `json:"pattern"`
	Enum        []any              `json:"enum"`
	MinLength   *int               `json:"minLength"`
	MaxLength   *int               `json:"maxLength"`
	Minimum     *float64           `json:"minimum"`
	Maximum     *float64           `json:"maximum"`
	Items       *schema            `json:"items"`
	Properties  map[string]*schema `json:"properties"`
	Required    []string           `json:"required"`
	Values      json.RawMessage    `json:"additionalProperties"`
}

// call is one operation as its page shows it.
type call struct {
	operation
	method, path string
	doc          *document
}

// calls returns every operation by path, the reading ones of a path first.
func (d *document) calls() []call {
	var out []call
	for path, methods := range d.Paths {
		for method, op := range methods {
			out = append(out, call{operation: op, method: strings.ToUpper(method), path: path, doc: d})
		}
	}
	slices.SortFunc(out, func(a, b call) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method))
	})
	return out
}

// call returns an operation by its number in the document.
func (d *document) call(id string) (call, bool) {
	for _, c := range d.calls() {
		if c.ID == id {
			return c, true
		}
	}
	return call{}, false
}

// address is the path with the prefix that it is served under.
func (c call) address() string {
	servers := c.Servers
	if len(servers) == 0 {
		servers = c.doc.Servers
	}
	if len(servers) == 0 {
		return c.path
	}
	return strings.TrimSuffix(servers[0].URL, "/") + c.path
}

// guarded reports whether the call needs a token.
func (c call) guarded() bool { return len(c.Security) > 0 }

// in returns the parameters of one place: path, query or header.
func (c call) in(place string) []parameter {
	return slices.DeleteFunc(slices.Clone(c.Parameters), func(p parameter) bool { return p.In != place })
}

// answer is one status and media type.
type answer struct {
	status, kind, why string
	media             media
}

// answers returns what the call answers, in order of status; problems last.
func (c call) answers() []answer {
	var out []answer
	for status, r := range c.Responses {
		if len(r.Content) == 0 {
			out = append(out, answer{status: status, why: r.Description})
		}
		for kind, m := range r.Content {
			out = append(out, answer{status: status, kind: kind, why: r.Description, media: m})
		}
	}
	slices.SortFunc(out, func(a, b answer) int { return cmp.Or(cmp.Compare(a.status, b.status), cmp.Compare(a.kind, b.kind)) })
	return out
}

// line is one property of a JSON value, with the way to it.
type line struct {
	name, kind, why string
	required        bool
}

// maxDepth ends schemas that hold themselves.
const maxDepth = 6

// lines lists the properties of a schema, those of inner objects below theirs.
func (d *document) lines(s *schema) []line {
	var out []line
	d.walk(s, "", maxDepth, &out)
	return out
}

func (d *document) walk(s *schema, at string, depth int, out *[]line) {
	s = d.resolve(s)
	if s == nil || depth == 0 {
		return
	}
	if s.Items != nil {
		d.walk(s.Items, at+"[]", depth-1, out)
		return
	}
	names := make([]string, 0, len(s.Properties))
	for name := range s.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if name == "$schema" {
			continue
		}
		p := d.resolve(s.Properties[name])
		way := strings.TrimPrefix(at+"."+name, ".")
		*out = append(*out, line{name: way, kind: d.kind(p), why: p.Description, required: slices.Contains(s.Required, name)})
		d.walk(p, way, depth-1, out)
	}
}

func (d *document) resolve(s *schema) *schema {
	for range maxDepth {
		if s == nil || s.Ref == "" {
			return s
		}
		s = d.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
	}
	return s
}

// kind says what a value is and what bounds it.
func (d *document) kind(s *schema) string {
	s = d.resolve(s)
	if s == nil {
		return ""
	}
	words := []string{typeOf(s)}
	if s.Items != nil {
		words[0] = "array: " + d.kind(s.Items)
	}
	if s.Format != "" {
		words = append(words, s.Format)
	}
	if len(s.Enum) > 0 {
		words = append(words, strings.Trim(fmt.Sprintf("%v", s.Enum), "[]"))
	}
	if s.MinLength != nil && s.MaxLength != nil {
		words = append(words, fmt.Sprintf("%d–%d", *s.MinLength, *s.MaxLength))
	}
	if s.Minimum != nil && s.Maximum != nil {
		words = append(words, fmt.Sprintf("%g–%g", *s.Minimum, *s.Maximum))
	}
	return strings.Join(words, ", ")
}

func typeOf(s *schema) string {
	switch t := s.Type.(type) {
	case string:
		return t
	case []any:
		var words []string
		for _, w := range t {
			if w != "null" {
				words = append(words, fmt.Sprint(w))
			}
		}
		return strings.Join(words, " | ")
	}
	return "any"
}

// pretty writes an example over several lines; text that is no JSON value but a
// string is written as it is.
func pretty(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var out bytes.Buffer
	if json.Indent(&out, raw, "", "  ") != nil {
		return string(raw)
	}
	return out.String()
}

// command is a call as a command line.
func (c call) command(origin string) string {
	var out strings.Builder
	fmt.Fprintf(&out, "curl -sS %s'%s%s'", map[bool]string{true: "", false: "-X " + c.method + " "}[c.method == "GET"], origin, c.filled())
	if c.guarded() {
		out.WriteString(" \\\n  -H \"Authorization: Bearer $TOKEN\"")
	}
	for _, p := range c.in("header") {
		if p.Required {
			fmt.Fprintf(&out, " \\\n  -H \"%s: $(uuidgen)\"", p.Name)
		}
	}
	if c.Body != nil {
		for kind, m := range c.Body.Content {
			fmt.Fprintf(&out, " \\\n  -H 'Content-Type: %s'", kind)
			if kind == "application/json" {
				fmt.Fprintf(&out, " \\\n  -d '%s'", strings.ReplaceAll(compact(m.Example), "'", `'\''`))
			} else {
				out.WriteString(" \\\n  --data-binary @FILE")
			}
		}
	}
	return out.String()
}

// filled is the address with the examples of what it needs.
func (c call) filled() string {
	address, query := c.address(), ""
	for _, p := range c.Parameters {
		value := strings.Trim(string(p.Example), `"`)
		switch {
		case p.In == "path" && value != "":
			address = strings.ReplaceAll(address, "{"+p.Name+"}", value)
		case p.In == "query" && p.Required:
			query += "&" + p.Name + "=" + value
		}
	}
	if query != "" {
		address += "?" + query[1:]
	}
	return address
}

// program is a call by the client package; empty where that has no way for it.
func (c call) program() string {
	path := strings.TrimPrefix(c.filled(), c.address()[:len(c.address())-len(c.path)])
	switch {
	case len(c.Servers) > 0:
		return ""
	case c.method == "GET" && c.guarded():
		return fmt.Sprintf("err := k.Get(ctx, %q, &out)", path)
	case c.method == "GET":
		return fmt.Sprintf("err := k.Public(ctx, %q, &out)", path)
	case c.method != "POST" || c.Body == nil || !c.guarded():
		return ""
	}
	if _, plain := c.Body.Content["application/json"]; plain {
		return fmt.Sprintf("err := k.Post(ctx, %q, client.NewKey(), in, &out)", path)
	}
	kinds := slices.Sorted(maps.Keys(c.Body.Content))
	return fmt.Sprintf("err := k.Upload(ctx, client.Upload{Path: %q, MediaType: %q, Key: client.NewKey(), Body: file}, &out)", path, kinds[0])
}

func compact(raw json.RawMessage) string {
	var out bytes.Buffer
	if json.Compact(&out, raw) != nil {
		return string(raw)
	}
	return out.String()
}
