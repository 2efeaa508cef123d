package apikit_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"recourse/internal/kit/apikit"
	"recourse/internal/kit/signkit"
	"recourse/internal/kit/spool"
)

// register is the keys of one body, and what was spent with them.
type register struct {
	mu    sync.Mutex
	keys  map[string]ed25519.PublicKey
	spent map[string]time.Time
}

func (r *register) Public(_ context.Context, id string) (ed25519.PublicKey, bool, error) {
	key, ok := r.keys[id]
	return key, ok, nil
}

func (r *register) Spend(_ context.Context, id, nonce string, until time.Time) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, there := r.spent[id+nonce]
	r.spent[id+nonce] = until
	return !there, nil
}

// signing is a rig that takes signatures of one key.
func signing(t testing.TB, change ...func(*apikit.Config)) (rig, *register, *signkit.RequestSigner) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := signkit.NewRequestSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	known := &register{keys: map[string]ed25519.PublicKey{signkit.KeyID(public): public}, spent: map[string]time.Time{}}
	aside := spool.New(t.TempDir(), rand.Reader, 1<<20)
	r := newRig(t, append([]func(*apikit.Config){func(c *apikit.Config) {
		c.Keys, c.Origin = known, "https://registry.example.org"
		c.Aside = func() (*spool.File, error) { return aside.Create(100 << 10) }
	}}, change...)...)
	t.Cleanup(func() {
		if n := aside.Used(); n != 0 {
			t.Errorf("%d bytes were left aside", n)
		}
	})
	return r, known, s
}

// ask is a signed request as it arrives.
func ask(s *signkit.RequestSigner, method, target, mediaType string, body []byte, now time.Time) *http.Request {
	r := httptest.NewRequest(method, "https://registry.example.org"+target, bytes.NewReader(body))
	if mediaType != "" {
		r.Header.Set("Content-Type", mediaType)
	}
	if method == http.MethodPost {
		r.Header.Set("Idempotency-Key", "k-1")
	}
	s.Sign(r, sha256.Sum256(body), rand.Text(), now)
	return r
}

func (r rig) send(req *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w
}

func TestSigned_isTakenOnce(t *testing.T) {
	t.Parallel()
	r, known, s := signing(t)
	body := []byte(`{"text":"sample"}`)
	for name, draw := range map[string]func() *http.Request{
		"write":  func() *http.Request { return ask(s, "POST", "/api/v1/notes", "application/json", body, time.Now()) },
		"read":   func() *http.Request { return ask(s, "GET", "/api/v1/notes/1?after=2", "", nil, time.Now()) },
		"stream": func() *http.Request { return ask(s, "POST", "/api/v1/rows", "text/csv", body, time.Now()) },
	} {
		first := draw()
		again := first.Clone(t.Context())
		if first.Body != http.NoBody && name != "read" {
			again.Body = draw().Body
		}
		w := r.send(first)
		if w.Code != 200 {
			t.Fatalf("%s: %d %s", name, w.Code, w.Body)
		}
		if _, err := signkit.Verify(r.keys, w.Code, w.Header(), w.Body.Bytes()); err != nil {
			t.Errorf("%s: the answer: %v", name, err)
		}
		if name == "write" && !strings.Contains(w.Body.String(), "SIGNED sample") || name == "stream" && !strings.Contains(w.Body.String(), fmt.Sprint(len(body))) {
			t.Errorf("%s: %s", name, w.Body)
		}
		w = r.send(again)
		if p := problem(t, w); p.Code != "E-SIGNATURE-REPLAY" || p.Status != 401 || w.Header().Get("Signature") != "" {
			t.Errorf("%s, again: %+v, %v", name, p, w.Header())
		}
		if w := r.send(draw()); w.Code != 200 {
			t.Errorf("%s, signed anew: %d %s", name, w.Code, w.Body)
		}
	}
	for nonce, until := range known.spent {
		if d := time.Until(until); d <= 0 || d > signkit.Lasting {
			t.Errorf("nonce %s is remembered for %v", nonce, d)
		}
	}
}

func TestSigned_isRefused(t *testing.T) {
	t.Parallel()
	r, known, s := signing(t)
	body := []byte(`{"text":"sample"}`)
	note := func() *http.Request { return ask(s, "POST", "/api/v1/notes", "application/json", body, time.Now()) }
	_, stranger, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := signkit.NewRequestSigner(stranger)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		code string
		req  func() *http.Request
	}{
		"by a stranger": {"E-SIGNATURE-KEY", func() *http.Request { return ask(other, "GET", "/api/v1/notes/1", "", nil, time.Now()) }},
		"old": {"E-SIGNATURE-OLD", func() *http.Request {
			return ask(s, "GET", "/api/v1/notes/1", "", nil, time.Now().Add(-signkit.Lasting))
		}},
		"in front": {"E-SIGNATURE-AHEAD", func() *http.Request {
			return ask(s, "GET", "/api/v1/notes/1", "", nil, time.Now().Add(signkit.Ahead+time.Minute))
		}},
		"with a token": {"E-SIGNATURE-TOKEN", func() *http.Request {
			req := note()
			req.Header.Set("Authorization", "Bearer "+goodToken)
			return req
		}},
		"another body": {"E-DIGEST", func() *http.Request {
			req := note()
			req.Body = ask(s, "POST", "/api/v1/notes", "application/json", []byte(`{"text":"SYNTHETIC"}`), time.Now()).Body
			return req
		}},
		"another stream": {"E-DIGEST", func() *http.Request {
			req := ask(s, "POST", "/api/v1/rows", "text/csv", body, time.Now())
			req.Body = note().Body
			req.Body = ask(s, "POST", "/api/v1/rows", "text/csv", []byte("SYNTHETIC"), time.Now()).Body
			return req
		}},
		"a stream that is too long": {"E-ASIDE-LONG", func() *http.Request {
			return ask(s, "POST", "/api/v1/rows", "text/csv", make([]byte, 101<<10), time.Now())
		}},
		"another path": {"E-SIGNATURE-WRONG", func() *http.Request {
			req := ask(s, "GET", "/api/v1/notes/1", "", nil, time.Now())
			req.URL.Path = "/api/v1/notes/2"
			return req
		}},
		"for another registry": {"E-SIGNATURE-WRONG", func() *http.Request {
			req := httptest.NewRequest("GET", "https://another.example.org/api/v1/notes/1", nil)
			s.Sign(req, [32]byte{}, rand.Text(), time.Now())
			return req // its Host is the other's
		}},
	} {
		w := r.send(c.req())
		if p := problem(t, w); p.Code != c.code {
			t.Errorf("%s: %+v", name, p)
		} else if p.Status == 401 && !strings.HasPrefix(c.code, "E-DIGEST") && (w.Header().Get("Signature") != "" || w.Header().Get("Accept-Signature") == "") {
			t.Errorf("%s: headers %v", name, w.Header())
		}
	}
	// On the machine itself the address of the machine is right too.
	here := httptest.NewRequest("GET", "http://127.0.0.1:8080/api/v1/notes/1", nil)
	s.Sign(here, [32]byte{}, rand.Text(), time.Now())
	if w := r.send(here); w.Code != 200 {
		t.Errorf("on this machine: %d %s", w.Code, w.Body)
	}
	before := len(known.spent)
	if p := problem(t, r.send(ask(other, "GET", "/api/v1/notes/1", "", nil, time.Now()))); p.Code != "E-SIGNATURE-KEY" || len(known.spent) != before {
		t.Errorf("a stranger spends nonces: %+v", p)
	}
	unsigned, _, _ := signing(t, func(c *apikit.Config) { c.Keys = nil })
	if p := problem(t, unsigned.send(note())); p.Code != "E-TEST-TOKEN" {
		t.Errorf("where no signatures are taken: %+v", p)
	}
}
