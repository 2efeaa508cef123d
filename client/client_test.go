package client_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"recourse/client"
	"recourse/internal/kit/signkit"
)

// registry answers as one does, signs what it says, and keeps what came.
type registry struct {
	*httptest.Server
	signer *signkit.Signer
	body   ed25519.PublicKey

	mu      sync.Mutex
	came    []string // idempotency key and nonce of each
	bodies  []string
	replies []func(w http.ResponseWriter) // what is done instead of an answer, in turn
	change  func(raw []byte) []byte       // of an answer on its way
}

func open(t *testing.T) (*registry, client.Config) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r := &registry{body: public, change: func(raw []byte) []byte { return raw }}
	if r.signer, err = signkit.NewSigner(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))); err != nil {
		t.Fatal(err)
	}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r, client.Config{Server: r.URL, Key: private}
}

// ServeHTTP serves the keys, and answers every other request with what it was sent.
func (r *registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if strings.HasPrefix(req.URL.Path, "/.well-known/") {
		_ = json.NewEncoder(w).Encode(r.signer.KeySet())
		return
	}
	raw, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	claim, err := signkit.ReadClaim(req, r.URL)
	if err == nil && claim != nil {
		err = errors.Join(claim.Holds(r.body), claim.Fresh(time.Now()))
		r.came = append(r.came, req.Header.Get("Idempotency-Key")+" "+claim.Nonce)
	}
	r.bodies = append(r.bodies, string(raw))
	if err != nil {
		http.Error(w, `{"code":"E-SAMPLE","detail":"`+err.Error()+`"}`, http.StatusUnauthorized)
		return
	}
	if len(r.replies) > 0 {
		reply := r.replies[0]
		r.replies = r.replies[1:]
		reply(w)
		return
	}
	answer := []byte(`{"inquiry":"Q-1","outcome":"nothing to show"}`)
	w.Header().Set("Content-Type", "application/json")
	r.signer.Sign(w.Header(), http.StatusOK, answer, time.Now())
	_, _ = w.Write(r.change(answer))
}

func busy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "0")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte(`{"code":"E-LATE","detail":"Later."}`))
}

func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

func TestInquire_signsAndChecks(t *testing.T) {
	t.Parallel()
	r, c := open(t)
	k, err := client.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	q := client.Question{Purpose: "sample", Basis: "statute", Person: client.Subject{IDType: "cn-id", IDNumber: "SYNTHETIC"}}
	ask := func(key string) (a client.Answer, err error) { // that it is logged, logged_test.go looks at
		err = k.Post(t.Context(), "/inquiries", key, q, &a)
		return a, err
	}
	if a, err := ask("k-1"); err != nil || a.Inquiry != "Q-1" {
		t.Fatalf("%+v, %v", a, err)
	}
	for name, change := range map[string]func([]byte) []byte{
		"changed": func(raw []byte) []byte { return bytes.Replace(raw, []byte("nothing"), []byte("any   "), 1) },
		"longer":  func(raw []byte) []byte { return append(raw, ' ') },
	} {
		r.change = change
		if a, err := ask("k-2"); err == nil || a.Inquiry != "" || strings.Contains(err.Error(), "SYNTHETIC") {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

// TestCall_isSentAgain with the same key and body and another nonce.
func TestCall_isSentAgain(t *testing.T) {
	t.Parallel()
	r, c := open(t)
	k, err := client.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	r.replies = []func(http.ResponseWriter){busy, cut}
	var out map[string]any
	body := strings.Repeat("sample,", 1000)
	if err := k.Furnish(t.Context(), client.Delivery{Type: "sample", Key: "k-1", Body: strings.NewReader(body), Watch: io.Discard}, &out); err != nil {
		t.Fatal(err)
	}
	if len(r.came) != 3 || r.came[0] == r.came[1] || r.came[1] == r.came[2] || r.came[0][:4] != "k-1 " || r.came[2][:4] != "k-1 " {
		t.Errorf("sent %q", r.came)
	}
	for i, b := range r.bodies {
		if b != body {
			t.Errorf("body %d has %d bytes", i, len(b))
		}
	}
	r.replies = []func(http.ResponseWriter){cut, cut, cut, cut, cut}
	var gone *client.Unreachable
	if err := k.Post(t.Context(), "/sample", "k-2", nil, &out); !errors.As(err, &gone) {
		t.Errorf("never an answer: %v", err)
	}
	r.mu.Lock()
	r.replies = []func(http.ResponseWriter){func(w http.ResponseWriter) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"code":"E-TRAINING","detail":"No."}`))
	}}
	r.came = nil
	r.mu.Unlock()
	var p *client.Problem
	if err := k.Post(t.Context(), "/sample", "k-3", nil, &out); !errors.As(err, &p) || p.Code != "E-TRAINING" || len(r.came) != 1 {
		t.Errorf("refused: %v, sent %d times", err, len(r.came))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := k.Post(ctx, "/sample", "k-4", nil, &out); err == nil {
		t.Error("an ended context is waited out")
	}
}

func TestNew_refuses(t *testing.T) {
	t.Parallel()
	r, c := open(t)
	for name, change := range map[string]func(*client.Config){
		"in the clear":   func(c *client.Config) { c.Server = "http://registry.example.org" },
		"no address":     func(c *client.Config) { c.Server = "registry" },
		"a path":         func(c *client.Config) { c.Server = r.URL + "/x" },
		"nobody":         func(c *client.Config) { c.Key = nil },
		"two ways":       func(c *client.Config) { c.Token = "rct_sample" },
		"half a key":     func(c *client.Config) { c.Key = c.Key[:10] },
		"a user in it":   func(c *client.Config) { c.Server = strings.Replace(r.URL, "//", "//a:b@", 1) },
		"another scheme": func(c *client.Config) { c.Server = "ftp://127.0.0.1" },
		"keys of nobody": func(c *client.Config) { c.Server = "http://127.0.0.1:1"; c.Attempts = 1 },
	} {
		with := c
		change(&with)
		if _, err := client.New(t.Context(), with); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	pinned := c
	pinned.Answers = &client.KeySet{}
	k, err := client.New(t.Context(), pinned)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := k.Post(t.Context(), "/sample", "k", nil, &out); !errors.Is(err, signkit.ErrNoKey) {
		t.Errorf("an answer under a key that was not kept: %v", err)
	}
}
