// Package opkit is an OpenID provider for sandboxes and tests: it signs in whoever its
// caller says was chosen.
//
// It promises the protocol and nothing of identity: discovery, the code flow with PKCE
// alone, ID tokens with the claims of whoever was chosen, keys that can be changed. All
// it knows is in memory. A production registry does not have it.
package opkit

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"

	"recourse/internal/kit/clock"
)

// Config is what a provider is made of.
type Config struct {
	Issuer   string // e.g. http://127.0.0.1:8080/sandbox/provider
	Client   string // id of the one client
	Secret   string // of it; empty for a public one
	Redirect string // where it may send browsers back to
	Login    func(request string) string
	Scope    string // that lets the client see who was chosen
}

// Provider is the provider. It is safe for concurrent use.
type Provider struct {
	c  Config
	op *op.Provider

	mu       sync.Mutex
	requests map[string]*request
	codes    map[string]string // to requests
	keys     []key             // that are shown; the first signs
}

// mostRequests bounds what is under way at once, and lasting how long it may take.
const (
	mostRequests = 1000
	lasting      = 10 * time.Minute
)

// New returns a provider with a key of its own.
func New(c Config) (*Provider, error) {
	p := &Provider{c: c, requests: map[string]*request{}, codes: map[string]string{}}
	if err := p.NewKey(); err != nil {
		return nil, err
	}
	var secret [32]byte
	if _, err := io.ReadFull(rand.Reader, secret[:]); err != nil {
		return nil, fmt.Errorf("drawing the key of codes: %w", err)
	}
	var err error
	p.op, err = op.NewProvider(&op.Config{CryptoKey: secret, CryptoKeyId: "1", CodeMethodS256: true, SupportedScopes: []string{"openid", c.Scope}},
		store{p}, op.StaticIssuer(c.Issuer), op.WithAllowInsecure())
	return p, err
}

// NewKey begins to sign with a new key; those before are shown on.
func (p *Provider) NewKey() error {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("making a key: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = append([]key{{id: rand.Text(), private: private}}, p.keys...)
	return nil
}

// Withdraw shows the newest key alone from now on.
func (p *Provider) Withdraw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = p.keys[:1]
}

// Waits reports whether a request waits for a choice.
func (p *Provider) Waits(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, ok := p.requests[id]
	return ok && !r.done && clock.Since(r.at) < lasting
}

// Choose says who was chosen for a request, and returns where the browser goes on.
func (p *Provider) Choose(ctx context.Context, id, subject string, claims map[string]any) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, ok := p.requests[id]
	if !ok || r.done || clock.Since(r.at) >= lasting {
		return "", ErrRequest
	}
	r.done, r.subject, r.claims, r.proved = true, subject, claims, clock.Stopwatch()
	return op.AuthCallbackURL(p.op)(op.ContextWithIssuer(ctx, p.c.Issuer), id), nil
}

// ErrRequest is returned where no such request waits.
var ErrRequest = errors.New("no such request waits for a choice")

// ServeHTTP serves the provider below the path of its issuer.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	issuer, err := url.Parse(p.c.Issuer)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	http.StripPrefix(strings.TrimSuffix(issuer.Path, "/"), http.HandlerFunc(p.serve)).ServeHTTP(w, r)
}

// serve names the issuer in what the provider shows and in its answers (RFC 9207),
// which the library does not.
func (p *Provider) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/.well-known/openid-configuration":
		p.discovery(w, r)
	case strings.HasPrefix(r.URL.Path, "/authorize"):
		p.op.ServeHTTP(naming{w, p.c}, r)
	default:
		p.op.ServeHTTP(w, r)
	}
}

func (p *Provider) discovery(w http.ResponseWriter, r *http.Request) {
	seen := httptest.NewRecorder()
	p.op.ServeHTTP(seen, r)
	var shown map[string]any
	if err := json.Unmarshal(seen.Body.Bytes(), &shown); err != nil {
		http.Error(w, "discovery", http.StatusInternalServerError)
		return
	}
	shown["authorization_response_iss_parameter_supported"] = true
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(shown) // who has gone away cannot be told
}

// naming adds the issuer to the address that a browser is sent back to.
type naming struct {
	http.ResponseWriter
	c Config
}

// WriteHeader is http.ResponseWriter.
func (n naming) WriteHeader(code int) {
	to := n.Header().Get("Location")
	if strings.HasPrefix(to, n.c.Redirect+"?") {
		n.Header().Set("Location", to+"&iss="+url.QueryEscape(n.c.Issuer))
	}
	n.ResponseWriter.WriteHeader(code)
}

// Transport answers requests to the provider without a network, and nothing else.
func (p *Provider) Transport() http.RoundTripper { return inside{p} }

type inside struct{ p *Provider }

// RoundTrip is http.RoundTripper.
func (t inside) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.String(), t.p.c.Issuer+"/") {
		return nil, errors.New("this is not the sandbox's provider")
	}
	seen := httptest.NewRecorder()
	t.p.ServeHTTP(seen, r)
	return seen.Result(), nil
}
