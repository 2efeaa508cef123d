package apikit_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/apikit"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/signkit"
)

const goodToken = "tok_valid"

// someone is a holder of a token in these tests.
type someone struct{ name string }

var errToken = fault.New(fault.Unsigned, "E-TEST-TOKEN", "The token is not valid. Nothing was done.")

func authenticate(_ context.Context, p apikit.Presented, _ time.Time) (someone, error) {
	if p.Key != "" {
		return someone{"SIGNED"}, nil
	}
	switch p.Token {
	case goodToken:
		return someone{"SAMPLE"}, nil
	case "tok_down":
		return someone{}, fault.New(fault.Unavailable, "E-TEST-DOWN", "The register cannot be reached. Nothing was lost.")
	}
	return someone{}, errToken
}

// caller is the only clerk of the only body.
func caller(someone) apikit.Caller { return apikit.Caller{Clerk: [16]byte{1}, Body: [16]byte{2}} }

type note struct {
	Text   string `json:"text" maxLength:"20"`
	Number int    `json:"number,omitempty"`
	Inner  inner  `json:"inner,omitzero"`
}

type inner struct {
	Word string `json:"word,omitempty"`
}

type seen struct {
	Key   string `json:"key"`
	Text  string `json:"text"`
	Bytes int64  `json:"bytes"`
}

// lines is a log that several goroutines write to.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// rig is an API over a few routes, with its log and its keys.
type rig struct {
	*apikit.API
	log  *lines
	keys signkit.KeySet
}

func newRig(t testing.TB, change ...func(*apikit.Config)) rig {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := signkit.NewSigner(key)
	if err != nil {
		t.Fatal(err)
	}
	log := &lines{}
	c := apikit.Config{Clock: &clock.Clock{}, Chance: rand.Reader, Log: slog.New(slog.NewJSONHandler(log, nil)), Signer: signer,
		Title: "Test", Version: "0", Routes: routes()}
	for _, f := range change {
		f(&c)
	}
	api, err := apikit.New(c)
	if err != nil {
		t.Fatal(err)
	}
	r := rig{API: api, log: log}
	w := r.do(t, http.MethodGet, apikit.KeysPath, nil)
	if err := json.Unmarshal(w.Body.Bytes(), &r.keys); err != nil {
		t.Fatal(err)
	}
	return r
}

func routes() []apikit.Route {
	ok := []apikit.Answer{{Status: 200, Why: "What was seen.", Of: seen{}}}
	return []apikit.Route{
		{Method: "POST", Path: "/notes", Who: apikit.Holder, Why: "Writes a note.", Serve: apikit.ForHolder(authenticate, caller, writeNote),
			Doc: apikit.Doc{ID: "write", Body: note{}, Answers: ok}},
		{Method: "GET", Path: "/notes/{id}", Who: apikit.Holder, Why: "Reads a note.", Serve: apikit.ForHolder(authenticate, caller, readNote),
			Doc: apikit.Doc{ID: "read", Answers: ok, Params: []apikit.Param{{Name: "id", Why: "Which.", Type: "string"}, {Name: "after", Why: "From where.", Type: "integer"}}}},
		{Method: "POST", Path: "/rows", Who: apikit.Holder, Why: "Takes rows.", Stream: true, Serve: apikit.ForHolder(authenticate, caller, takeRows),
			Doc: apikit.Doc{ID: "rows", Stream: apikit.Stream{Types: []string{"text/csv"}, Why: "Rows."}, Answers: ok}},
		{Method: "GET", Path: "/faults/{kind}", Who: apikit.Holder, Why: "Fails.", Serve: apikit.ForHolder(authenticate, caller, failing),
			Doc: apikit.Doc{ID: "fail", Answers: ok, Params: []apikit.Param{{Name: "kind", Why: "How.", Type: "integer"}}}},
		{Method: "GET", Path: "/rules", Who: apikit.Anyone, Why: "Shows rules.", Serve: apikit.ForAnyone(showRules),
			Doc: apikit.Doc{ID: "rules", Answers: ok}},
	}
}

func writeNote(_ context.Context, who someone, c *apikit.Call) (apikit.Reply, error) {
	var n note
	if err := c.JSON(&n); err != nil {
		return apikit.Reply{}, err
	}
	if n.Text == "panic" {
		panic("SYNTHETIC-SECRET")
	}
	return apikit.JSON(seen{Key: c.Key, Text: who.name + " " + n.Text})
}

func readNote(_ context.Context, _ someone, c *apikit.Call) (apikit.Reply, error) {
	return apikit.JSON(seen{Key: c.Key, Text: c.Param("id") + " " + c.Query("after")})
}

func takeRows(_ context.Context, _ someone, c *apikit.Call) (apikit.Reply, error) {
	body, err := c.Rows()
	if err != nil {
		return apikit.Reply{}, err
	}
	n, err := io.Copy(io.Discard, body)
	if err != nil {
		return apikit.Reply{Header: http.Header{"Link": {`</x>; rel="status"`}}}, fault.New(fault.Invalid, "E-TEST-CUT", "The rows ended early.").Because(err)
	}
	return apikit.JSON(seen{Key: c.Key, Bytes: n})
}

// failing returns a fault of each kind, wrapped as rooms wrap them, with a cause
// that must not be shown; beyond the kinds, errors without a fault.
func failing(ctx context.Context, _ someone, c *apikit.Call) (apikit.Reply, error) {
	n, err := strconv.Atoi(c.Param("kind"))
	switch {
	case err != nil:
		return apikit.Reply{}, apikit.Faults{fault.New(fault.Invalid, "E-ONE", "One.").At("a"), fault.New(fault.Invalid, "E-TWO", "Two.").At("b").By("A1")}
	case n == 100:
		return apikit.Reply{}, errors.New("SYNTHETIC-CAUSE")
	case n == 101:
		<-ctx.Done()
		return apikit.Reply{}, ctx.Err()
	}
	return apikit.Reply{}, errors.Join(fault.New(fault.Kind(n), "E-KIND-"+strconv.Itoa(n), "What happened.").At("field").By("C1").Because(errors.New("SYNTHETIC-CAUSE")))
}

func showRules(context.Context, *apikit.Call) (apikit.Reply, error) {
	return apikit.Kept(seen{Text: "rules"})
}

// with are headers of a request.
type with map[string]string

func (r rig) do(t testing.TB, method, target string, body io.Reader, headers ...with) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequest(method, target, body)
	for _, hs := range headers {
		for name, value := range hs {
			req.Header.Set(name, value)
		}
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w
}

func holder() with { return with{"Authorization": "Bearer " + goodToken} }

func writing() with {
	return with{"Authorization": "Bearer " + goodToken, "Idempotency-Key": "k-1", "Content-Type": "application/json"}
}

// problem reads a problem and checks what all problems have in common.
func problem(t testing.TB, w *httptest.ResponseRecorder) apikit.Problem {
	t.Helper()
	var p apikit.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("a problem is sent as %q", got)
	}
	if p.Status != w.Code || p.Type != "/docs/errors/"+p.Code || p.Title == "" || p.Detail == "" {
		t.Errorf("a problem that does not fit its answer %d: %+v", w.Code, p)
	}
	if id := w.Header().Get("Request-Id"); p.Instance != "urn:uuid:"+id || len(id) != 36 {
		t.Errorf("instance %q, Request-Id %q", p.Instance, id)
	}
	if strings.Contains(w.Body.String(), "SYNTHETIC") {
		t.Errorf("a problem shows what it must not: %s", w.Body)
	}
	return p
}

// still is a source of chance that always gives the same.
type still struct{}

func (still) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

func takesAll(context.Context, apikit.Presented, time.Time) (someone, error) { return someone{}, nil }

func record(h http.Handler, req *http.Request) *httptest.ResponseRecorder {
	return recordBy(h.ServeHTTP, req)
}

func recordBy(serve http.HandlerFunc, req *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	serve(w, req)
	return w
}

// canonical writes headers in order, to compare them.
func canonical(h http.Header) string {
	var b bytes.Buffer
	_ = h.Write(&b) // a buffer takes everything
	return b.String()
}
