package apikit_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"recourse/internal/fault"
	"recourse/internal/kit/apikit"
)

func TestKey_ofAWrite(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for sent, want := range map[string]string{
		"k":                      "k",
		`"k"`:                    "k",
		`"a\"b\\c"`:              `a"b\c`,
		strings.Repeat("k", 255): strings.Repeat("k", 255),
		"":                       "",
		`""`:                     "",
		`"k`:                     "",
		`"k";x=1`:                "",
		`"a b"`:                  "",
		"a b":                    "",
		"ké":                     "",
		strings.Repeat("k", 256): "",
	} {
		h := writing()
		h["Idempotency-Key"] = sent
		w := r.do(t, "POST", "/api/v1/notes", strings.NewReader(`{"text":"x"}`), h)
		if want == "" {
			if p := problem(t, w); p.Status != 400 || p.Code != "E-KEY" || p.Field != "Idempotency-Key" {
				t.Errorf("key %q: %+v", sent, p)
			}
			continue
		}
		var got seen
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Key != want {
			t.Errorf("key %q is %q, %v", sent, got.Key, err)
		}
	}
	req := httptest.NewRequest("POST", "/api/v1/notes", strings.NewReader(`{"text":"x"}`))
	req.Header = http.Header{"Authorization": {"Bearer " + goodToken}, "Content-Type": {"application/json"}, "Idempotency-Key": {"a", "a"}}
	if w := record(r, req); w.Code != 400 {
		t.Errorf("two keys: %d", w.Code)
	}
}

func TestQuery_isListed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if w := r.do(t, "GET", "/api/v1/notes/7?after=3", nil, holder()); w.Code != 200 || !strings.Contains(w.Body.String(), `"7 3"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, q := range []string{"after=1&after=2", "SYNTHETIC=1", "after=%zz", "id=8", "a;b"} {
		if p := problem(t, r.do(t, "GET", "/api/v1/notes/7?"+q, nil, holder())); p.Code != "E-QUERY" || p.Field != "" {
			t.Errorf("%s: %+v", q, p)
		}
	}
}

func TestJSON_isStrict(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for body, want := range map[string]struct {
		status      int
		code, field string
	}{
		`{"text":"x"}`:                         {200, "", ""},
		" {\"text\" : \"x\"}\n":                {200, "", ""},
		``:                                     {400, "E-JSON", ""},
		`{"text":"x"`:                          {400, "E-JSON", ""},
		`{"text":"x"}{}`:                       {400, "E-JSON", ""},
		`{"text":"x"} x`:                       {400, "E-JSON", ""},
		`{"text":"x","text":"y"}`:              {400, "E-JSON", ""},
		"{\"text\":\"\xff\"}":                  {400, "E-JSON", ""},
		"\xef\xbb\xbf{\"text\":\"x\"}":         {400, "E-JSON", ""},
		`{'text':'x'}`:                         {400, "E-JSON", ""},
		`{"text":"x",}`:                        {400, "E-JSON", ""},
		`{"Text":"x"}`:                         {422, "E-FIELD-UNKNOWN", ""},
		`{"text":"x","SYNTHETIC":1}`:           {422, "E-FIELD-UNKNOWN", ""},
		`{"text":"x","inner":{"SYNTHETIC":1}}`: {422, "E-FIELD-UNKNOWN", ""},
		`{"text":null}`:                        {422, "E-FIELD", ""},
		`{"text":1}`:                           {422, "E-FIELD", "text"},
		`{"text":"x","number":"1"}`:            {422, "E-FIELD", "number"},
		`{"text":"x","number":1.5}`:            {422, "E-FIELD", "number"},
		`{"text":"x","inner":{"word":["SYNTHETIC"]}}`: {422, "E-FIELD", "inner.word"},
		`{"text":"x","inner":"SYNTHETIC"}`:            {422, "E-FIELD", "inner"},
		`[]`:                                          {422, "E-FIELD", ""},
		`null`:                                        {422, "E-FIELD", ""},
		`{"text":"` + strings.Repeat("a", 65536) + `"}`: {413, "E-TOO-LARGE", ""},
	} {
		w := r.do(t, "POST", "/api/v1/notes", strings.NewReader(body), writing())
		if w.Code != want.status {
			t.Errorf("%.60s: %d %s", body, w.Code, w.Body)
			continue
		}
		if want.status == 200 {
			continue
		}
		if p := problem(t, w); p.Code != want.code || p.Field != want.field {
			t.Errorf("%.60s: %s at %q, want %s at %q", body, p.Code, p.Field, want.code, want.field)
		}
	}
}

// TestJSON_withoutALength sends a long body whose length is not announced.
func TestJSON_withoutALength(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	body := io.MultiReader(strings.NewReader(`{"text":"`), io.LimitReader(forever('a'), 1<<30))
	if p := problem(t, r.do(t, "POST", "/api/v1/notes", body, writing())); p.Status != 413 {
		t.Errorf("%+v", p)
	}
	broken := io.MultiReader(strings.NewReader(`{"text":`), failingReader{})
	if p := problem(t, r.do(t, "POST", "/api/v1/notes", broken, writing())); p.Code != "E-SLOW" {
		t.Errorf("%+v", p)
	}
}

type forever byte

func (f forever) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(f)
	}
	return len(b), nil
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errors.New("SYNTHETIC-CAUSE") }

func TestMediaType_ofABody(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for sent, want := range map[string]int{
		"application/json": 200, "Application/JSON; charset=UTF-8": 200, "application/json; charset=utf-8": 200,
		"application/json; charset=gb18030": 415, "text/json": 415, "": 415, "application/json; x": 415, "text/csv": 415,
	} {
		h := writing()
		h["Content-Type"] = sent
		if w := r.do(t, "POST", "/api/v1/notes", strings.NewReader(`{"text":"x"}`), h); w.Code != want {
			t.Errorf("%q: %d, want %d", sent, w.Code, want)
		}
	}
	h := writing()
	h["Content-Encoding"] = "gzip"
	if w := r.do(t, "POST", "/api/v1/notes", strings.NewReader(`{"text":"x"}`), h); w.Code != 415 {
		t.Errorf("a compressed body: %d", w.Code)
	}
}

// TestStream_hasNoLimit sends more than any limit of a JSON body, through a real
// server.
func TestStream_hasNoLimit(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	srv := httptest.NewServer(r)
	t.Cleanup(srv.Close)
	const size = 8 << 20
	req, _ := http.NewRequest("POST", srv.URL+"/api/v1/rows", io.LimitReader(forever('a'), size))
	req.Header = http.Header{"Authorization": {"Bearer " + goodToken}, "Idempotency-Key": {"k"}, "Content-Type": {"text/csv; charset=utf-8"}}
	resp, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got seen
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil || got.Bytes != size {
		t.Errorf("%d: %+v, %v", resp.StatusCode, got, err)
	}
}

// TestStream_thatStalls sends the beginning of a body and then nothing: the
// chunk's time runs out, and the headers of the handler's reply are kept.
func TestStream_thatStalls(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *apikit.Config) { c.Chunk = 20 * time.Millisecond })
	resp := stall(t, r, "POST /api/v1/rows", "text/csv")
	if resp.StatusCode != 422 || resp.Header.Get("Link") == "" {
		t.Errorf("%d, Link %q", resp.StatusCode, resp.Header.Get("Link"))
	}
}

func TestJSON_thatStalls(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *apikit.Config) { c.Deadline = 20 * time.Millisecond })
	resp := stall(t, r, "POST /api/v1/notes", "application/json")
	var p apikit.Problem
	if err := json.NewDecoder(resp.Body).Decode(&p); err != nil || resp.StatusCode != 408 || p.Code != "E-SLOW" {
		t.Errorf("%d %+v, %v", resp.StatusCode, p, err)
	}
}

// stall sends a request whose body never ends and returns the answer to it.
func stall(t *testing.T, h http.Handler, target, mediaType string) *http.Response {
	t.Helper()
	srv := httptest.NewServer(h)
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); srv.Close() })
	fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer %s\r\nIdempotency-Key: k\r\nContent-Type: %s\r\nContent-Length: 1000\r\n\r\n{\"te",
		target, goodToken, mediaType)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// FuzzDecode holds the promises of Decode against what encoding/json makes of
// the same bytes.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"text":"x"}`, `{"text":"x","number":3,"inner":{"word":"y"}}`, `{"text":null}`, `{"a":1}`, `[`, `{"text":"\u0000"}`, `{"text":"\ud800"}`, `{"text":"x"}x`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got note
		err := apikit.Decode(body, &got)
		if err != nil {
			if k := fault.Of(err); k.Kind != fault.Invalid || k.Err != nil {
				t.Fatalf("an error that is no plain fault of form: %v", err)
			}
			return
		}
		var loose note
		if err := json.Unmarshal(body, &loose); err != nil || loose != got {
			t.Fatalf("%q read as %+v; encoding/json says %+v, %v", body, got, loose, err)
		}
	})
}

func TestDecode_readsWhatWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := note{Text: rapid.String().Draw(t, "text"), Number: rapid.IntRange(-1<<50, 1<<50).Draw(t, "number"), Inner: inner{rapid.String().Draw(t, "word")}}
		reply, err := apikit.JSON(want)
		if err != nil {
			t.Fatal(err)
		}
		var got note
		if err := apikit.Decode(reply.Body, &got); err != nil || got != want {
			t.Fatalf("%s read as %+v, %v", reply.Body, got, err)
		}
	})
}
