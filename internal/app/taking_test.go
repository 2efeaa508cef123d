package app_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"recourse/internal/app"
)

// taken is an export as a program reads it.
type taken struct {
	Name, Log string
	Lists     map[string][]map[string]string
}

// takesAlong looks at the exports of two persons: each is what its schema says, holds
// everything that the person's pages show, and nothing of the other.
func (w *town) takesAlong(t *testing.T) {
	exports := map[string]string{}
	for _, name := range []string{"person", "other"} {
		a := w.actors[name]
		get := func(path string) []byte {
			res := w.send(a, "GET", "/en/me/export"+path, nil)
			if res.Code != http.StatusOK {
				t.Fatalf("/me/export%s answers %d", path, res.Code)
			}
			return res.Body.Bytes()
		}
		file := get("/file")
		exports[name] = string(file)
		fitsSchema(t, get("/schema"), file)
		var got taken
		if err := json.Unmarshal(file, &got); err != nil {
			t.Fatal(err)
		}
		if got.Name == "" || len(got.Lists["records"]) == 0 || len(got.Lists["contents"]) == 0 || len(got.Lists["lookups"]) == 0 {
			t.Fatalf("the export of %s lacks name, records, contents or look-ups", name)
		}
		w.holdsAll(t, a, string(file))
		w.holdsTables(t, get("/tables"), got)
		if page := string(get("/copy")); !strings.Contains(page, "It is not a certificate. Nobody may demand it from you.") || !strings.Contains(page, got.Lists["contents"][0]["value"]) {
			t.Errorf("the copy of %s lacks its stamp, or what a record says", name)
		}
	}
	for _, pair := range [][2]string{{"person", "other"}, {"other", "person"}} {
		for _, own := range regexp.MustCompile(`"(?:number|record)": "([A-Z]-[^"]+)"`).FindAllStringSubmatch(exports[pair[0]], -1) {
			if strings.Contains(exports[pair[1]], own[1]) {
				t.Errorf("the export of %s holds %s of %s", pair[1], own[1], pair[0])
			}
		}
	}
}

func fitsSchema(t *testing.T, schema, file []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("export.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("export.json")
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(value); err != nil {
		t.Error(err)
	}
	value.(map[string]any)["points"] = 7
	if compiled.Validate(value) == nil {
		t.Error("the schema takes what it does not name")
	}
}

// holdsAll: what the person's own pages lead to by a number is in the export.
func (w *town) holdsAll(t *testing.T, a *actor, file string) {
	t.Helper()
	seen := 0
	for _, at := range w.shown(a) {
		for _, kind := range []string{"records", "lookups", "notices", "consents", "contests"} {
			if m := regexp.MustCompile(`^/en/me/` + kind + `/([A-Z]-[0-9A-Z]{26}-[0-9A-Z*~$=])$`).FindStringSubmatch(at); m != nil {
				seen++
				if !strings.Contains(file, m[1]) {
					t.Errorf("the export of %s lacks %s", a.name, at)
				}
			}
		}
	}
	if seen < 5 {
		t.Errorf("%s was shown only %d things", a.name, seen)
	}
}

func (w *town) holdsTables(t *testing.T, raw []byte, got taken) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if len(z.File) != len(app.Shape()) || len(got.Lists) != len(app.Shape()) {
		t.Errorf("%d tables and %d lists, and %d are promised", len(z.File), len(got.Lists), len(app.Shape()))
	}
	for _, f := range z.File {
		if _, ok := got.Lists[strings.TrimSuffix(f.Name, ".csv")]; !ok {
			t.Errorf("table %s is no list", f.Name)
		}
	}
}
