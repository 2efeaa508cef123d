package devkit_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"context"
	"crypto/rand"

	"recourse/internal/fault"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/devkit"
	"recourse/internal/kit/webkit"
)

const sample = `{"openapi":"3.1.0","info":{"title":"T","version":"1","description":"Holds for *all* calls."},
"servers":[{"url":"/api/v1"}],
"paths":{"/things/{id}":{"get":{"operationId":"thing","summary":"One thing.","security":[{"token":[]}],
 "parameters":[{"name":"id","in":"path","required":true,"description":"its number","schema":{"type":"string","minLength":1,"maxLength":9},"example":"th-1"}],
 "responses":{"200":{"description":"The thing.","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Thing"},"example":{"name":"<b>x</b>"}}}},
  "default":{"description":"A problem.","content":{"application/problem+json":{"schema":{"type":"object"}}}}}}},
 "/things":{"post":{"operationId":"make","summary":"Makes one.","parameters":[{"name":"Idempotency-Key","in":"header","required":true,"schema":{"type":"string"}}],
 "requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Thing"},"example":{"name":"it's"}}}},
 "responses":{"201":{"description":"Made."}}}}},
"components":{"schemas":{"Thing":{"type":"object","required":["name"],"properties":{"name":{"type":"string","description":"what it is called"},
 "parts":{"type":["array","null"],"items":{"$ref":"#/components/schemas/Thing"}}}}}}}`

type nobody struct{}

func (nobody) Caller(context.Context, string, time.Time) (webkit.Caller, error) {
	return webkit.Caller{}, fault.New(fault.Unsigned, "E-SIGNED-OUT", "Sign in.")
}
func (nobody) End(context.Context, string, time.Time) error { return nil }

func TestPages_sayWhatTheDocumentSays(t *testing.T) {
	t.Parallel()
	routes, item, err := devkit.Routes(devkit.Config{Document: []byte(sample), Address: "/api/v1/openapi.json", Origin: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	both := map[string]string{webkit.ZH: "登记处", webkit.EN: "Registry"}
	site, err := webkit.New(webkit.Config{Clock: &clock.Clock{}, Chance: rand.Reader, Log: slog.New(slog.DiscardHandler), Origin: "http://127.0.0.1:1",
		Imprint: func(time.Time) webkit.Imprint { return webkit.Imprint{Registry: both, Contact: both, Version: "1"} },
		Zone:    time.UTC, Sessions: nobody{}, Routes: routes, Foot: []webkit.NavItem{item}})
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range webkit.Langs() {
		got := ""
		for _, page := range []string{"", "/thing", "/make"} {
			w := httptest.NewRecorder()
			site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/"+lang+devkit.Path+page, nil))
			if w.Code != http.StatusOK {
				t.Fatalf("%s%s: status %d", lang, page, w.Code)
			}
			got += w.Body.String()
		}
		for _, want := range []string{"GET /api/v1/things/{id}", "POST /api/v1/things", `href="/` + lang + `/dev/thing"`, "its number", "string, 1–9", "what it is called",
			"parts[].name", "&lt;b&gt;x&lt;/b&gt;", "<em>all</em>", "Authorization: Bearer $TOKEN", "/api/v1/things/th-1", "Idempotency-Key", `/api/v1/openapi.json`,
			"k.Get(ctx, &#34;/things/th-1&#34;, &amp;out)"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: the pages do not say %q", lang, want)
			}
		}
		if strings.Contains(got, "<script>") || strings.Contains(got, "//cdn") {
			t.Errorf("%s: the pages need a script or something from elsewhere", lang)
		}
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/"+lang+devkit.Path+"/nothing", nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: a call that is not there: status %d", lang, w.Code)
		}
	}
}

func TestRoutes_refusesWhatIsNoDocument(t *testing.T) {
	t.Parallel()
	if _, _, err := devkit.Routes(devkit.Config{Document: []byte("no")}); err == nil {
		t.Error("what is no document was taken")
	}
}
