package authkit

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"recourse/internal/kit/clock"
)

// ProviderConfig says which OpenID provider is asked, and as whom.
type ProviderConfig struct {
	Issuer   string   // as the provider writes it; https, or a loopback address where Loopback is set
	ClientID string   // of this registry at the provider
	Secret   string   // of that client; empty for a public one, which PKCE protects
	Redirect string   // where the provider sends the browser back to
	Scopes   []string // besides openid
	ACR      []string // ways of signing in that are strong enough; empty for all
	Loopback bool     // http is taken on a loopback address: sandboxes
	Client   *http.Client
}

// Provider is an OpenID provider as it is used. It is safe for concurrent use. What it
// shows of itself is asked for when it is first needed, so that a provider that is away
// stops nobody from starting.
type Provider struct {
	c ProviderConfig

	mu    sync.Mutex
	known *metadata
}

// metadata is what a provider shows of itself.
type metadata struct {
	at       time.Time
	endpoint oauth2.Endpoint
	verifier *oidc.IDTokenVerifier
	names    bool // it names itself in its answers (RFC 9207)
}

// Times that hold between us and a provider. What a provider shows is asked for anew
// after a while, so that a key it withdrew opens nothing for longer.
const (
	keepMetadata = 10 * time.Minute
	skew         = time.Minute
	oldestToken  = 10 * time.Minute
	patience     = 10 * time.Second
)

// algorithms are those that need two keys, so that nobody signs with a public one.
func algorithms() []string {
	return []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}
}

// NewProvider checks a configuration. The provider is not asked yet.
func NewProvider(c ProviderConfig) (*Provider, error) {
	if c.ClientID == "" || c.Redirect == "" {
		return nil, errors.New("authkit: the client's id and the address to come back to are needed")
	}
	if err := protected(c.Issuer, c.Loopback); err != nil {
		return nil, fmt.Errorf("the issuer: %w", err)
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: patience}
	}
	return &Provider{c: c}, nil
}

// protected reports where an address is not one that nobody else can listen at.
func protected(address string, loopback bool) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return errors.New("it is no address like https://id.example.org")
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "https" || loopback && u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()) {
		return nil
	}
	return errors.New("it does not begin with https://")
}

// Issuer is who the provider is.
func (p *Provider) Issuer() string { return p.c.Issuer }

// Look asks the provider what it is, or says why it cannot be used.
func (p *Provider) Look(ctx context.Context) error {
	_, err := p.metadata(ctx)
	return err
}

// metadata returns what the provider shows, asked for not long ago.
func (p *Provider) metadata(ctx context.Context) (*metadata, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known != nil && clock.Since(p.known.at) < keepMetadata {
		return p.known, nil
	}
	at := clock.Stopwatch()
	ctx = oidc.ClientContext(ctx, p.c.Client)
	found, err := oidc.NewProvider(ctx, p.c.Issuer)
	if err != nil {
		return nil, ErrAway.Because(err)
	}
	var more struct {
		Names bool   `json:"authorization_response_iss_parameter_supported"`
		Keys  string `json:"jwks_uri"`
	}
	if err := found.Claims(&more); err != nil {
		return nil, ErrAway.Because(err)
	}
	for _, address := range []string{found.Endpoint().AuthURL, found.Endpoint().TokenURL, more.Keys} {
		if err := protected(address, p.c.Loopback); err != nil {
			return nil, ErrAway.Because(fmt.Errorf("an address of the provider: %w", err))
		}
	}
	p.known = &metadata{at: at, endpoint: found.Endpoint(), names: more.Names,
		verifier: found.VerifierContext(ctx, &oidc.Config{ClientID: p.c.ClientID, SupportedSigningAlgs: algorithms(), Now: clock.Stopwatch})}
	return p.known, nil
}

// forget lets the provider be asked anew what it shows.
func (p *Provider) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known = nil
}

func (p *Provider) client(m *metadata) *oauth2.Config {
	return &oauth2.Config{ClientID: p.c.ClientID, ClientSecret: p.c.Secret, Endpoint: m.endpoint, RedirectURL: p.c.Redirect, Scopes: append([]string{oidc.ScopeOpenID}, p.c.Scopes...)}
}

// Begin returns the address at the provider to which a browser goes that holds a
// secret of NewSecret, which it keeps until it comes back. The provider is asked to
// speak a language (BCP 47); anew asks it not to go by a sign-in that it remembers.
func (p *Provider) Begin(ctx context.Context, secret, lang string, anew bool) (string, error) {
	m, err := p.metadata(ctx)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(derived(secret, "nonce")), oauth2.S256ChallengeOption(derived(secret, "verifier")), oauth2.SetAuthURLParam("ui_locales", lang)}
	if anew {
		options = append(options, oauth2.SetAuthURLParam("max_age", "0"), oauth2.SetAuthURLParam("prompt", "login"))
	}
	for i, acr := range p.c.ACR {
		if i == 0 {
			options = append(options, oauth2.SetAuthURLParam("acr_values", acr))
		}
	}
	return p.client(m).AuthCodeURL(derived(secret, "state"), options...), nil
}

// Claims are what a provider says of who signed in.
type Claims struct {
	Subject string
	Proved  time.Time // when they proved it to the provider, by its clock; zero where it does not say
	all     map[string]json.RawMessage
}

// Text returns a claim that is a text or a whole number; false where there is none.
func (c Claims) Text(name string) (string, bool) {
	var text string
	if json.Unmarshal(c.all[name], &text) == nil {
		return text, text != ""
	}
	var n int64
	if json.Unmarshal(c.all[name], &n) == nil {
		return strconv.FormatInt(n, 10), true
	}
	return "", false
}

// Finish takes what the provider sent the browser back with. Where anew was asked for,
// who they are was proved since the secret was drawn. The caller sees to it that one
// secret is finished once, and not long after it was drawn.
func (p *Provider) Finish(ctx context.Context, secret string, answer url.Values, anew bool) (Claims, error) {
	m, err := p.metadata(ctx)
	if err != nil {
		return Claims{}, err
	}
	if err := p.heard(m, secret, answer); err != nil {
		return Claims{}, err
	}
	ctx = oidc.ClientContext(ctx, p.c.Client)
	token, err := p.client(m).Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(derived(secret, "verifier")))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode < 500:
		return Claims{}, ErrAnswer.Because(errors.New("the code is not taken"))
	case err != nil:
		return Claims{}, ErrAway.Because(errors.New("the code cannot be exchanged"))
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return Claims{}, ErrAway.Because(errors.New("no ID token came"))
	}
	return p.read(ctx, m, raw, expected{nonce: derived(secret, "nonce"), access: token.AccessToken, anew: anew, since: drawnAt(secret)})
}

// heard checks the answer that came through the browser. Nothing but a code for its own
// state, from the provider that was asked, goes further.
func (p *Provider) heard(m *metadata, secret string, answer url.Values) error {
	for name, values := range answer {
		if len(values) != 1 {
			return ErrAnswer.Because(fmt.Errorf("%d times %s", len(values), name))
		}
	}
	if !same(answer.Get("state"), derived(secret, "state")) {
		return ErrAnswer.Because(errors.New("state"))
	}
	if (m.names || answer.Has("iss")) && !same(answer.Get("iss"), p.c.Issuer) {
		return ErrAnswer.Because(errors.New("issuer of the answer"))
	}
	switch {
	case answer.Has("error"):
		return ErrDenied
	case answer.Get("code") == "":
		return ErrAnswer.Because(errors.New("no code"))
	}
	return nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// expected is what an ID token must hold besides what every one must.
type expected struct {
	nonce, access string
	anew          bool
	since         time.Time
}

// read verifies an ID token and returns its claims.
func (p *Provider) read(ctx context.Context, m *metadata, raw string, want expected) (Claims, error) {
	token, err := m.verifier.Verify(ctx, raw)
	if err != nil {
		p.forget() // its keys may have changed altogether
		return Claims{}, ErrAnswer.Because(err)
	}
	var claims struct {
		Party    string           `json:"azp"`
		Proved   *json.Number     `json:"auth_time"`
		ACR      string           `json:"acr"`
		IssuedAt *json.RawMessage `json:"iat"`
	}
	out := Claims{Subject: token.Subject}
	if err := errors.Join(token.Claims(&claims), token.Claims(&out.all)); err != nil {
		return Claims{}, ErrAnswer.Because(errors.New("claims that cannot be read"))
	}
	now := clock.Stopwatch()
	switch {
	case token.Subject == "" || len(token.Subject) > 255:
		err = errors.New("sub")
	case !same(token.Nonce, want.nonce):
		err = errors.New("nonce")
	case len(token.Audience) > 1 && claims.Party == "" || claims.Party != "" && claims.Party != p.c.ClientID:
		err = errors.New("azp")
	case claims.IssuedAt == nil || token.IssuedAt.After(now.Add(skew)) || token.IssuedAt.Before(now.Add(-oldestToken)):
		err = errors.New("iat")
	case token.AccessTokenHash != "" && token.VerifyAccessToken(want.access) != nil:
		err = errors.New("at_hash")
	}
	if err != nil {
		return Claims{}, ErrAnswer.Because(err)
	}
	if len(p.c.ACR) > 0 && !slices.Contains(p.c.ACR, claims.ACR) {
		return Claims{}, ErrWeak
	}
	if claims.Proved != nil {
		at, err := claims.Proved.Float64()
		if err != nil {
			return Claims{}, ErrAnswer.Because(errors.New("auth_time"))
		}
		out.Proved = time.Unix(int64(at), 0)
	}
	if want.anew && (out.Proved.Before(want.since.Add(-skew)) || out.Proved.After(now.Add(skew))) {
		return Claims{}, ErrStale
	}
	return out, nil
}
