package apikit_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"recourse/internal/kit/apikit"
)

// TestDocument_hasTheRoutes compares the document with what the mux takes.
func TestDocument_hasTheRoutes(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w := r.do(t, "GET", "/api/v1/openapi.json", nil)
	if w.Body.String() != string(r.Document()) {
		t.Error("what is served is not the document")
	}
	var doc struct {
		OpenAPI string
		Servers []struct{ URL string }
		Paths   map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(r.Document(), &doc); err != nil || doc.OpenAPI != "3.1.0" || len(doc.Servers) != 1 || doc.Servers[0].URL != "/api/v1" {
		t.Fatalf("%v: %+v", err, doc)
	}
	var listed []string
	for path, item := range doc.Paths {
		for method := range item {
			where := apikit.Prefix + path
			if path == apikit.KeysPath {
				where = path
			}
			listed = append(listed, strings.ToUpper(method)+" "+where)
			// The route is there: nobody, or a wrong number, but not an unknown path.
			if w := r.do(t, strings.ToUpper(method), strings.NewReplacer("{id}", "1", "{kind}", "5").Replace(where), nil); w.Code == 404 || w.Code == 405 {
				t.Errorf("the document has %s %s, and it answers %d", method, where, w.Code)
			}
		}
	}
	var rows []string
	for _, route := range r.Routes() {
		rows = append(rows, route.Pattern())
	}
	slices.Sort(listed)
	slices.Sort(rows)
	if !slices.Equal(listed, rows) {
		t.Errorf("the document has %q, the rows are %q", listed, rows)
	}
}

// TestDocument_isWhole checks what OpenAPI 3.1 asks for beyond its grammar.
func TestDocument_isWhole(t *testing.T) {
	t.Parallel()
	CheckDocument(t, newRig(t).Document())
}

// CheckDocument follows every reference and compares parameters with paths.
func CheckDocument(t *testing.T, raw []byte) {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	schemas := doc["components"].(map[string]any)["schemas"].(map[string]any)
	for _, m := range regexp.MustCompile(`"\$ref":"([^"]+)"`).FindAllStringSubmatch(string(raw), -1) {
		if name, ok := strings.CutPrefix(m[1], "#/components/schemas/"); !ok || schemas[name] == nil {
			t.Errorf("reference %s leads nowhere", m[1])
		}
	}
	if strings.Contains(string(raw), "SYNTHETIC") || regexp.MustCompile(`"(null|<nil>)"`).Match(raw) {
		t.Error("the document has a null where a type should be")
	}
	for path, item := range doc["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			op := op.(map[string]any)
			var inPath []string
			params, _ := op["parameters"].([]any)
			for _, p := range params {
				if p := p.(map[string]any); p["in"] == "path" {
					inPath = append(inPath, p["name"].(string))
				}
			}
			for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
				if !slices.Contains(inPath, m[1]) {
					t.Errorf("%s %s does not describe {%s}", method, path, m[1])
				}
			}
			for status, response := range op["responses"].(map[string]any) {
				if response.(map[string]any)["description"] == "" {
					t.Errorf("%s %s: %s is not described", method, path, status)
				}
			}
		}
	}
}

func TestConforms_findsWhatDiffers(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	h := http.Header{"Content-Type": {"application/json"}, "Request-Id": {"x"}}
	const rules = "GET /api/v1/rules"
	if err := r.Conforms(rules, 200, h, []byte(`{"key":"","text":"x","bytes":0}`)); err != nil {
		t.Errorf("control: %v", err)
	}
	for name, err := range map[string]error{
		"missing":    r.Conforms(rules, 200, h, []byte(`{"key":"","text":"x"}`)),
		"more":       r.Conforms(rules, 200, h, []byte(`{"key":"","text":"x","bytes":0,"other":1}`)),
		"other type": r.Conforms(rules, 200, h, []byte(`{"key":"","text":7,"bytes":0}`)),
		"no JSON":    r.Conforms(rules, 200, h, []byte(`{`)),
		"media type": r.Conforms(rules, 200, http.Header{"Content-Type": {"text/plain"}, "Request-Id": {"x"}}, nil),
		"header":     r.Conforms(rules, 200, http.Header{"Content-Type": {"application/json"}}, nil),
		"status":     r.Conforms(rules, 201, h, []byte(`{"key":"","text":"x","bytes":0}`)),
		"path":       r.Conforms("GET /api/v1/none", 200, h, nil),
		"method":     r.Conforms("POST /api/v1/rules", 200, h, nil),
		"unsigned":   r.Conforms("GET /api/v1/notes/{id}", 200, h, []byte(`{"key":"","text":"x","bytes":0}`)),
		"problem":    r.Conforms(rules, 422, http.Header{"Content-Type": {"application/problem+json"}, "Request-Id": {"x"}}, []byte(`{"code":"E-X"}`)),
	} {
		if err == nil {
			t.Errorf("%s: not seen", name)
		}
	}
}
