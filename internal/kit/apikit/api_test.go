package apikit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/fault"
	"recourse/internal/kit/apikit"
)

func TestFault_hasTheStatusOfItsKind(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for kind, want := range map[fault.Kind]struct {
		status int
		header with
	}{
		fault.Internal:    {500, nil},
		fault.Invalid:     {422, nil},
		fault.Unsigned:    {401, with{"WWW-Authenticate": `Bearer realm="recourse"`}},
		fault.Forbidden:   {403, nil},
		fault.NotFound:    {404, nil},
		fault.Conflict:    {409, nil},
		fault.Refused:     {403, nil},
		fault.Unavailable: {503, with{"Retry-After": "5"}},
		fault.TooMany:     {429, with{"Retry-After": "60"}},
	} {
		w := r.do(t, "GET", "/api/v1/faults/"+string('0'+byte(kind)), nil, holder())
		p := problem(t, w)
		if w.Code != want.status || p.Code != "E-KIND-"+string('0'+byte(kind)) || p.Field != "field" || p.Rule != "C1" || p.Detail != "What happened." {
			t.Errorf("kind %d: %d %+v", kind, w.Code, p)
		}
		for name, value := range want.header {
			if w.Header().Get(name) != value {
				t.Errorf("kind %d: %s is %q, want %q", kind, name, w.Header().Get(name), value)
			}
		}
		if err := r.Conforms("GET /api/v1/faults/{kind}", w.Code, w.Header(), w.Body.Bytes()); err != nil {
			t.Error(err)
		}
	}
	if n := strings.Count(r.log.String(), "SYNTHETIC-CAUSE"); n != 2 { // Internal, Unavailable
		t.Errorf("the cause is in the log %d times, want once for each failure of ours", n)
	}
}

func TestFault_withoutAKind(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *apikit.Config) { c.Deadline = 1 })
	if p := problem(t, r.do(t, "GET", "/api/v1/faults/100", nil, holder())); p.Status != 500 || p.Code != "E-INTERNAL" {
		t.Errorf("an error without a fault: %+v", p)
	}
	if p := problem(t, r.do(t, "GET", "/api/v1/faults/101", nil, holder())); p.Status != 503 || p.Code != "E-LATE" {
		t.Errorf("a deadline that passed: %+v", p)
	}
	p := problem(t, r.do(t, "GET", "/api/v1/faults/several", nil, holder()))
	want := []apikit.ProblemPart{{Detail: "One.", Code: "E-ONE", Field: "a"}, {Detail: "Two.", Code: "E-TWO", Field: "b", Rule: "A1"}}
	if p.Code != "E-ONE" || p.Status != 422 || cmp.Diff(want, p.Errors) != "" {
		t.Errorf("several faults: %+v", p)
	}
}

// TestToken_isRefusedAlike sends everything that is no valid token, to a read and
// to a write whose body, key and query are all wrong too.
func TestToken_isRefusedAlike(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *apikit.Config) { c.Chance = still{} })
	var first string
	for name, h := range map[string]http.Header{
		"none":         {},
		"empty":        {"Authorization": {""}},
		"no token":     {"Authorization": {"Bearer "}},
		"unknown":      {"Authorization": {"Bearer tok_unknown"}},
		"other scheme": {"Authorization": {"Basic " + goodToken}},
		"two lines":    {"Authorization": {"Bearer " + goodToken, "Bearer " + goodToken}},
		"two tokens":   {"Authorization": {"Bearer " + goodToken + " " + goodToken}},
		"control":      {"Authorization": {"Bearer tok_\x01"}},
		"endless":      {"Authorization": {"Bearer " + strings.Repeat("a", 5000)}},
		"cookie":       {"Cookie": {"token=" + goodToken}},
		"in the query": {"X-Test-Query": {"?access_token=" + goodToken}},
	} {
		for _, target := range []string{"GET /api/v1/notes/1", "POST /api/v1/notes"} {
			method, path, _ := strings.Cut(target, " ")
			req, _ := http.NewRequest(method, path+h.Get("X-Test-Query"), strings.NewReader(`{"x":`))
			req.Header = h
			w := record(r, req)
			if w.Code != 401 || len(w.Header().Values("Signature")) != 0 {
				t.Errorf("%s, %s: %d %s", target, name, w.Code, w.Body)
			}
			all := w.Body.String() + canonical(w.Header())
			if first == "" {
				first = all
			}
			if diff := cmp.Diff(first, all); diff != "" {
				t.Errorf("%s, %s: told apart: %s", target, name, diff)
			}
		}
	}
	if w := r.do(t, "GET", "/api/v1/notes/1", nil, with{"Authorization": "bEaReR " + goodToken}); w.Code != 200 {
		t.Errorf("the scheme is not read without regard to case: %d", w.Code)
	}
	if w := r.do(t, "GET", "/api/v1/notes/1", nil, with{"Authorization": "Bearer tok_down"}); w.Code != 503 {
		t.Errorf("a register of tokens that is away: %d", w.Code)
	}
}

// TestNew_neverLeavesADoorOpen has an authenticator that takes everything.
func TestNew_neverLeavesADoorOpen(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *apikit.Config) {
		c.Routes[1].Serve = apikit.ForHolder(takesAll, caller, readNote)
	})
	if p := problem(t, r.do(t, "GET", "/api/v1/notes/1", nil)); p.Status != 500 {
		t.Errorf("nobody came in: %+v", p)
	}
	if w := r.do(t, "GET", "/api/v1/notes/1", nil, holder()); w.Code != 200 {
		t.Errorf("control: %d", w.Code)
	}
}

func TestNew_refusesRows(t *testing.T) {
	t.Parallel()
	good := routes()[4]
	for name, change := range map[string]func(*apikit.Route){
		"method":         func(r *apikit.Route) { r.Method = "PUT" },
		"no why":         func(r *apikit.Route) { r.Why = "" },
		"serves nothing": func(r *apikit.Route) { r.Serve = apikit.Handler{} },
		"no guard":       func(r *apikit.Route) { r.Who = apikit.Holder },
		"no id":          func(r *apikit.Route) { r.Doc.ID = "" },
		"no answer":      func(r *apikit.Route) { r.Doc.Answers = nil },
		"id twice":       func(r *apikit.Route) { r.Doc.ID = "keys" },
		"path twice":     func(r *apikit.Route) { r.Path = "/openapi.json" },
	} {
		bad := good
		change(&bad)
		c := newRig(t).Config
		if c.Routes = []apikit.Route{good}; !fine(c) {
			t.Fatal("control: a good row is refused")
		}
		if c.Routes = []apikit.Route{bad}; fine(c) {
			t.Errorf("%s: taken", name)
		}
	}
	if fine(apikit.Config{}) {
		t.Error("an empty Config is taken")
	}
}

func fine(c apikit.Config) bool {
	_, err := apikit.New(c)
	return err == nil
}

func TestUnknown_isAProblemToo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for target, want := range map[string]int{
		"GET /api/v1/nothing":     404,
		"GET /":                   404,
		"GET /api/v1/rules/":      404,
		"GET /api/v1//rules":      404,
		"GET /api/v1/../v1/rules": 404,
		"DELETE /api/v1/notes/1":  405,
		"POST /api/v1/rules":      405,
		"OPTIONS /api/v1/notes":   405,
	} {
		method, path, _ := strings.Cut(target, " ")
		w := r.do(t, method, path, nil, holder())
		if p := problem(t, w); p.Status != want {
			t.Errorf("%s: %+v", target, p)
		}
		if allow := w.Header().Get("Allow"); (want == 405) != (allow != "") {
			t.Errorf("%s: Allow is %q", target, allow)
		}
	}
}

func TestPanic_isAProblemAndShowsNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if p := problem(t, r.do(t, "POST", "/api/v1/notes", strings.NewReader(`{"text":"panic"}`), writing())); p.Status != 500 {
		t.Errorf("%+v", p)
	}
	if log := r.log.String(); strings.Contains(log, "SYNTHETIC") || !strings.Contains(log, "a call panicked") {
		t.Errorf("the log of a panic: %s", log)
	}
}

// TestLog_namesTheRouteOnly puts markers wherever a caller can write.
func TestLog_namesTheRouteOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.log.b.Reset()
	h := writing()
	h["Idempotency-Key"], h["User-Agent"], h["X-Forwarded-For"] = "SYNTHETIC-KEY", "SYNTHETIC-AGENT", "192.0.2.77"
	r.do(t, "POST", "/api/v1/notes", strings.NewReader(`{"text":"SYNTHETIC-TEXT"}`), h)
	r.do(t, "POST", "/api/v1/notes?id=SYNTHETIC-QUERY", strings.NewReader(`{"SYNTHETIC-NAME":1}`), h)
	r.do(t, "POST", "/api/v1/notes", strings.NewReader(`{"SYNTHETIC-NAME":1}`), h)
	r.do(t, "GET", "/api/v1/notes/SYNTHETIC-PATH", nil, holder())
	r.do(t, "GET", "/api/v1/SYNTHETIC-PATH", nil, holder())
	r.do(t, "SYNTHETIC", "/api/v1/rules", nil)
	log := r.log.String()
	if strings.Contains(log, "SYNTHETIC") || strings.Contains(log, "192.0.2") || strings.Contains(log, goodToken) {
		t.Errorf("the log has what a caller wrote: %s", log)
	}
	var routes []string
	for _, l := range strings.Split(strings.TrimSpace(log), "\n") {
		var line map[string]any
		if err := json.Unmarshal([]byte(l), &line); err != nil || line["msg"] != "call" {
			t.Fatalf("%s: %v", l, err)
		}
		routes = append(routes, line["route"].(string))
		delete(line, "time")
		for _, name := range []string{"level", "msg", "route", "status", "duration_ms", "request"} {
			if line[name] == nil {
				t.Errorf("a line without %s: %s", name, l)
			}
			delete(line, name)
		}
		if len(line) > 0 {
			t.Errorf("a line has more than it may: %v", line)
		}
	}
	want := []string{"POST /api/v1/notes", "POST /api/v1/notes", "POST /api/v1/notes", "GET /api/v1/notes/{id}", "none", "none"}
	if diff := cmp.Diff(want, routes); diff != "" {
		t.Error(diff)
	}
}

func TestHeaders_ofEveryAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *apikit.Config) { c.Secure = true })
	hardened := with{"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		"Referrer-Policy": "no-referrer", "Strict-Transport-Security": "max-age=31536000", "Cross-Origin-Resource-Policy": "same-origin"}
	for _, target := range []string{"/api/v1/rules", "/api/v1/notes/1", "/nothing", "/api/v1/openapi.json", apikit.KeysPath} {
		h := r.do(t, "GET", target, nil, holder()).Header()
		for name, want := range hardened {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", target, name, h.Get(name))
			}
		}
		want := "no-store"
		if h.Get("ETag") != "" {
			want = "no-cache"
		}
		if h.Get("Cache-Control") != want {
			t.Errorf("%s: Cache-Control is %q", target, h.Get("Cache-Control"))
		}
	}
}

func TestKept_isNotSentTwice(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.do(t, "GET", "/api/v1/rules", nil)
	tag := first.Header().Get("ETag")
	for _, ask := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
		w := r.do(t, "GET", "/api/v1/rules", nil, with{"If-None-Match": ask})
		if w.Code != 304 || w.Body.Len() != 0 || w.Header().Get("ETag") != tag {
			t.Errorf("%s: %d %s", ask, w.Code, w.Body)
		}
	}
	if w := r.do(t, "GET", "/api/v1/rules", nil, with{"If-None-Match": `"other"`}); w.Code != 200 || !bytes.Equal(w.Body.Bytes(), first.Body.Bytes()) {
		t.Errorf("another tag: %d %s", w.Code, w.Body)
	}
}

func TestRefuse_beforeAnyRoute(t *testing.T) {
	t.Parallel()
	type call struct{ route, status string }
	var seen []call
	r := newRig(t, func(c *apikit.Config) {
		c.Observe = func(route, status string, _ time.Duration) { seen = append(seen, call{route, status}) }
	})
	full := fault.New(fault.Unavailable, "E-TEST-FULL", "There is no room. Nothing was lost.")
	req, _ := http.NewRequest("POST", "/api/v1/notes", strings.NewReader("{}"))
	w := recordBy(func(w http.ResponseWriter, req *http.Request) { r.Refuse(w, req, full) }, req)
	if p := problem(t, w); p.Status != 503 || p.Code != "E-TEST-FULL" || w.Header().Get("Retry-After") == "" {
		t.Errorf("%+v", p)
	}
	r.do(t, "GET", "/api/v1/rules", nil)
	if diff := cmp.Diff([]call{{"GET " + apikit.KeysPath, "200"}, {"none", "503"}, {"GET /api/v1/rules", "200"}}, seen, cmp.AllowUnexported(call{})); diff != "" {
		t.Error(diff)
	}
}

// TestCaller_whoWentAwayIsNoFailure: the log of failures is for the operator to act on.
func TestCaller_whoWentAwayIsNoFailure(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", "/api/v1/faults/101", nil)
	req.Header.Set("Authorization", "Bearer "+goodToken)
	if p := problem(t, record(r, req)); p.Code != "E-LATE" {
		t.Errorf("%+v", p)
	}
	if strings.Contains(r.log.String(), "a call failed") {
		t.Errorf("the log: %s", r.log)
	}
}
