package apikit

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Doc is what the document says of a route beyond its Why.
type Doc struct {
	ID      string // of the operation, unique
	Text    string // what a caller must know, in Markdown
	Params  []Param
	Body    any    // a value of the type of a JSON body; nil where there is none
	Stream  Stream // the body of a route that streams
	Answers []Answer
}

// Param is one parameter of the path or the query.
type Param struct {
	Name     string
	Why      string
	Type     string // "string" or "integer"
	Required bool   // parameters of the path always are
	Least    int    // integers
	Most     int    // integers; no limit where it is 0
	Example  any
}

// Stream is a body that is read piece by piece.
type Stream struct {
	Types   []string // media types; the first has the example
	Hint    bool     // the media type is a hint: what the body is, its content says
	Why     string
	Example string
}

// Answer is one answer that is no problem.
type Answer struct {
	Status  int
	Why     string
	Type    string // media type; application/json where it is empty
	Of      any    // a value of the type of the body; nil: text
	Example any
	Header  map[string]string // further headers and what they say
}

// asks reports whether the route has a parameter of the query of that name.
func (r Route) asks(name string) bool {
	return slices.ContainsFunc(r.Doc.Params, func(p Param) bool { return p.Name == name && !r.inPath(name) })
}

func (r Route) inPath(name string) bool { return strings.Contains(r.Path, "{"+name+"}") }

const (
	schemaPrefix = "#/components/schemas/"
	bearerScheme = "token"
)

// document makes the OpenAPI document of routes.
func document(c Config, routes []Route) (*huma.OpenAPI, error) {
	registry := huma.NewMapRegistry(schemaPrefix, huma.DefaultSchemaNamer)
	doc := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{Title: c.Title, Version: c.Version, Description: intro,
			License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}},
		Servers: []*huma.Server{{URL: Prefix}},
		Components: &huma.Components{
			Schemas: registry,
			SecuritySchemes: map[string]*huma.SecurityScheme{bearerScheme: {
				Type: "http", Scheme: "bearer", Description: "A clerk's token (RFC 6750). It ends on its day, or when it is revoked. Instead of it a request may be signed with a key of the body (RFC 9421): see the page of the API."}},
		},
	}
	seen := map[string]bool{}
	for _, r := range routes {
		if r.Doc.ID == "" || seen[r.Doc.ID] || len(r.Doc.Answers) == 0 {
			return nil, fmt.Errorf("apikit: route %s needs a Doc with an ID of its own and its answers", r.Pattern())
		}
		seen[r.Doc.ID] = true
		op := operation(registry, r)
		if c.Throttle != nil && r.Who == Holder {
			limited(registry, op)
		}
		doc.AddOperation(op)
	}
	return doc, nil
}

// intro is what holds for all calls.
const intro = "Every body is UTF-8. Instants are RFC 3339 in UTC, days are YYYY-MM-DD in the registry's zone. Errors are problem details (RFC 9457). " +
	"Answers to holders of a token are signed (RFC 9421) over status, Content-Digest and Content-Type; the keys are at " + KeysPath + "."

func operation(registry huma.Registry, r Route) *huma.Operation {
	op := &huma.Operation{
		Method: r.Method, Path: r.Path, OperationID: r.Doc.ID, Summary: r.Why, Description: r.Doc.Text,
		Responses: map[string]*huma.Response{"default": problemResponse(registry)},
	}
	if r.root {
		op.Servers = []*huma.Server{{URL: "/"}}
	}
	if r.Who == Holder {
		op.Security = []map[string][]string{{bearerScheme: {}}}
		op.Responses[strconv.Itoa(http.StatusUnauthorized)] = problemResponse(registry, "WWW-Authenticate")
	}
	for _, p := range r.Doc.Params {
		op.Parameters = append(op.Parameters, parameter(r, p))
	}
	if r.Method == http.MethodPost {
		op.Parameters = append(op.Parameters, keyParameter())
	}
	op.RequestBody = requestBody(registry, r)
	for _, a := range r.Doc.Answers {
		respond(registry, op, a, r.Who == Holder)
	}
	return op
}

func problemResponse(registry huma.Registry, headers ...string) *huma.Response {
	out := &huma.Response{
		Description: "A problem: the code says which, docs say what to do. Where it is 429 or 503, Retry-After says when to try again.",
		Content: map[string]*huma.MediaType{"application/problem+json": {
			Schema: registry.Schema(reflect.TypeFor[Problem](), true, "Problem")}},
		Headers: map[string]*huma.Param{},
	}
	for _, h := range append(headers, "Request-Id") {
		out.Headers[h] = header("")
	}
	return out
}

// limited says of an operation that its calls are counted.
func limited(registry huma.Registry, op *huma.Operation) {
	refused := problemResponse(registry, "Retry-After")
	refused.Description = "More calls than the rates of the clerk, the body or the purpose allow. Nothing was done; violated-policies names what was reached."
	op.Responses[strconv.Itoa(http.StatusTooManyRequests)] = refused
	for status, out := range op.Responses {
		if status[0] == '2' || out == refused {
			out.Headers[policyHeader] = header("How many calls (q) within how many seconds (w) are allowed to the clerk, the body, and the body for one purpose.")
			out.Headers[standingHeader] = header("How many calls are left (r), and after how many seconds (t) all are there again.")
		}
	}
}

func header(why string) *huma.Param {
	return &huma.Param{Description: why, Schema: &huma.Schema{Type: huma.TypeString}}
}

func parameter(r Route, p Param) *huma.Param {
	out := &huma.Param{Name: p.Name, In: "query", Description: p.Why, Required: p.Required, Example: p.Example, Schema: &huma.Schema{Type: p.Type}}
	if r.inPath(p.Name) {
		out.In, out.Required = "path", true
	}
	if p.Type == huma.TypeInteger {
		least, most := float64(p.Least), float64(p.Most)
		if out.Schema.Minimum = &least; p.Most > 0 {
			out.Schema.Maximum = &most
		}
	}
	return out
}

func keyParameter() *huma.Param {
	least, most := 1, maxKey
	return &huma.Param{Name: keyHeader, In: "header", Required: true,
		Description: "Visible ASCII that is new for each thing to be done, e.g. a random UUID, with or without quotes. The same key is the same request: nothing is done twice.",
		Schema:      &huma.Schema{Type: huma.TypeString, MinLength: &least, MaxLength: &most, Pattern: "^[!-~]+$"}}
}

func requestBody(registry huma.Registry, r Route) *huma.RequestBody {
	switch {
	case r.Doc.Body != nil:
		return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			mediaJSON: {Schema: registry.Schema(reflect.TypeOf(r.Doc.Body), true, r.Doc.ID), Example: r.Doc.Body}}}
	case len(r.Doc.Stream.Types) > 0:
		out := &huma.RequestBody{Required: true, Description: r.Doc.Stream.Why, Content: map[string]*huma.MediaType{}}
		for i, name := range r.Doc.Stream.Types {
			out.Content[name] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
			if i == 0 && r.Doc.Stream.Example != "" {
				out.Content[name].Example = r.Doc.Stream.Example
			}
		}
		return out
	}
	return nil
}

// respond adds an answer; two of one status are two media types.
func respond(registry huma.Registry, op *huma.Operation, a Answer, signed bool) {
	status, mediaType := strconv.Itoa(a.Status), a.Type
	if mediaType == "" {
		mediaType = mediaJSON
	}
	out := op.Responses[status]
	if out == nil {
		out = &huma.Response{Description: a.Why, Content: map[string]*huma.MediaType{}, Headers: map[string]*huma.Param{"Request-Id": header("The number of the request.")}}
		op.Responses[status] = out
	}
	schema := &huma.Schema{Type: huma.TypeString}
	if a.Of != nil {
		schema = registry.Schema(reflect.TypeOf(a.Of), true, op.OperationID)
	}
	out.Content[mediaType] = &huma.MediaType{Schema: schema, Example: a.Example}
	for name, why := range a.Header {
		out.Headers[name] = header(why)
	}
	if signed {
		out.Headers["Content-Digest"] = header("SHA-256 of the body (RFC 9530).")
		out.Headers["Signature-Input"] = header("What is signed, when, and with which key (RFC 9421).")
		out.Headers["Signature"] = header("The Ed25519 signature.")
	}
}
