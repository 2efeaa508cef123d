package authkit_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"recourse/internal/kit/authkit"
)

// planted is a provider that signs whatever it is told to.
type planted struct {
	*httptest.Server
	key    *ecdsa.PrivateKey
	shown  []map[string]any // keys
	plays  func(map[string]any)
	answer map[string]any // of the token endpoint
	rp     *authkit.Provider
	acr    []string
}

// idToken is a token about to be signed.
type idToken struct {
	header, claims map[string]any
	sign           func(signed []byte) []byte
}

func newPlanted(t *testing.T, acr ...string) *planted {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	e := &planted{key: key, acr: acr, plays: func(map[string]any) {}}
	e.shown = []map[string]any{e.jwk("1", &key.PublicKey)}
	mux := http.NewServeMux()
	say := func(what func() any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(what())
		}
	}
	mux.HandleFunc("/.well-known/openid-configuration", say(func() any {
		shown := map[string]any{"issuer": e.URL, "authorization_endpoint": e.URL + "/authorize", "token_endpoint": e.URL + "/token", "jwks_uri": e.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"none", "HS256", "ES256"}}
		e.plays(shown)
		return shown
	}))
	mux.HandleFunc("/keys", say(func() any { return map[string]any{"keys": e.shown} }))
	mux.HandleFunc("/token", say(func() any { return e.answer }))
	e.Server = httptest.NewServer(mux)
	t.Cleanup(e.Close)
	e.rp = e.relies(t)
	return e
}

// relies is who relies on the provider, for the first time.
func (e *planted) relies(t *testing.T) *authkit.Provider {
	t.Helper()
	rp, err := authkit.NewProvider(authkit.ProviderConfig{Issuer: e.URL, ClientID: "registry", Secret: "of-the-client", Redirect: back, ACR: e.acr, Loopback: true})
	if err != nil {
		t.Fatal(err)
	}
	return rp
}

func (e *planted) jwk(id string, public *ecdsa.PublicKey) map[string]any {
	point, err := public.Bytes()
	if err != nil {
		panic(err) // a fresh key has a point
	}
	return map[string]any{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": id, "x": part(point[1:33]), "y": part(point[33:])}
}

func part(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func by(key *ecdsa.PrivateKey) func([]byte) []byte {
	return func(signed []byte) []byte {
		sum := sha256.Sum256(signed)
		r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
		if err != nil {
			panic(err) // chance does not fail
		}
		out := make([]byte, 64)
		r.FillBytes(out[:32])
		s.FillBytes(out[32:])
		return out
	}
}

func withMAC(secret []byte) func([]byte) []byte {
	return func(signed []byte) []byte {
		mac := hmac.New(sha256.New, secret)
		mac.Write(signed)
		return mac.Sum(nil)
	}
}

// finish signs in with a token that somebody played with.
func (e *planted) finish(t *testing.T, play func(*idToken), anew bool) (authkit.Claims, error) {
	t.Helper()
	mine, now := drawn(t), time.Now()
	token := idToken{header: map[string]any{"alg": "ES256", "kid": "1", "typ": "JWT"}, sign: by(e.key),
		claims: map[string]any{"iss": e.URL, "sub": "sample", "aud": "registry", "exp": now.Add(5 * time.Minute).Unix(), "iat": now.Unix(), "nonce": authkit.Derived(mine, "nonce"), "auth_time": now.Unix(), "acr": "high"}}
	play(&token)
	header, err := json.Marshal(token.header)
	if err != nil {
		t.Fatal(err)
	}
	claims, err := json.Marshal(token.claims)
	if err != nil {
		t.Fatal(err)
	}
	signed := part(header) + "." + part(claims)
	e.answer = map[string]any{"access_token": "opaque", "token_type": "Bearer", "id_token": signed + "." + part(token.sign([]byte(signed)))}
	if token.claims["no token"] == true {
		delete(e.answer, "id_token")
	}
	return e.rp.Finish(t.Context(), mine, url.Values{"state": {authkit.Derived(mine, "state")}, "code": {"sample"}}, anew)
}

// TestProvider_tokens signs in with tokens that are wrong in one way each, beside ones
// that are right. Each wrong one would be taken if its check were missing.
func TestProvider_tokens(t *testing.T) {
	t.Parallel()
	e := newPlanted(t)
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&e.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	claim := func(name string, value any) func(*idToken) { return func(i *idToken) { i.claims[name] = value } }
	without := func(name string) func(*idToken) { return func(i *idToken) { delete(i.claims, name) } }
	hs256 := func(secret []byte) func(*idToken) {
		return func(i *idToken) { i.header["alg"], i.sign = "HS256", withMAC(secret) }
	}
	long, now := time.Now().Add(-time.Hour).Unix(), time.Now().Unix()
	var n tally
	for _, c := range []struct {
		name string
		play func(*idToken)
		anew bool
		want error
	}{
		{"control", func(*idToken) {}, false, nil},
		{"control, anew", func(*idToken) {}, true, nil},
		{"control, for several", func(i *idToken) { i.claims["aud"], i.claims["azp"] = []string{"registry", "another"}, "registry" }, false, nil},
		{"alg none", func(i *idToken) { i.header["alg"], i.sign = "none", func([]byte) []byte { return nil } }, false, authkit.ErrAnswer},
		{"alg nOnE", func(i *idToken) { i.header["alg"], i.sign = "nOnE", func([]byte) []byte { return nil } }, false, authkit.ErrAnswer},
		{"no signature", func(i *idToken) { i.sign = func([]byte) []byte { return nil } }, false, authkit.ErrAnswer},
		{"HS256 with the public key as PEM", hs256(public), false, authkit.ErrAnswer},
		{"HS256 with the public key as DER", hs256(der), false, authkit.ErrAnswer},
		{"HS256 with the client's secret", hs256([]byte("of-the-client")), false, authkit.ErrAnswer},
		{"HS256 with nothing", hs256(nil), false, authkit.ErrAnswer},
		{"another's key by the same name", func(i *idToken) { i.sign = by(other) }, false, authkit.ErrAnswer},
		{"a key that nobody shows", func(i *idToken) { i.header["kid"], i.sign = "2", by(other) }, false, authkit.ErrAnswer},
		{"a key that it brings along", func(i *idToken) { i.header["jwk"], i.sign = e.jwk("1", &other.PublicKey), by(other) }, false, authkit.ErrAnswer},
		{"another audience", claim("aud", "another"), false, authkit.ErrAnswer},
		{"no audience", without("aud"), false, authkit.ErrAnswer},
		{"for several, of nobody", claim("aud", []string{"registry", "another"}), false, authkit.ErrAnswer},
		{"for several, of another", func(i *idToken) { i.claims["aud"], i.claims["azp"] = []string{"registry", "another"}, "another" }, false, authkit.ErrAnswer},
		{"of another", claim("azp", "another"), false, authkit.ErrAnswer},
		{"another issuer", claim("iss", "https://id.example.org"), false, authkit.ErrAnswer},
		{"no issuer", without("iss"), false, authkit.ErrAnswer},
		{"expired", claim("exp", now-1), false, authkit.ErrAnswer},
		{"never ends", without("exp"), false, authkit.ErrAnswer},
		{"not yet", claim("nbf", now+3600), false, authkit.ErrAnswer},
		{"of long ago", claim("iat", long), false, authkit.ErrAnswer},
		{"of tomorrow", claim("iat", now+3600), false, authkit.ErrAnswer},
		{"of no time", without("iat"), false, authkit.ErrAnswer},
		{"another nonce", claim("nonce", "x"), false, authkit.ErrAnswer},
		{"no nonce", without("nonce"), false, authkit.ErrAnswer},
		{"another access token", claim("at_hash", "x"), false, authkit.ErrAnswer},
		{"of nobody", claim("sub", ""), false, authkit.ErrAnswer},
		{"no token", claim("no token", true), false, authkit.ErrAway},
		{"anew, proved an hour ago", claim("auth_time", long), true, authkit.ErrStale},
		{"anew, proved tomorrow", claim("auth_time", now+3600), true, authkit.ErrStale},
		{"anew, proved at no time", without("auth_time"), true, authkit.ErrStale},
		{"not anew, proved an hour ago", claim("auth_time", long), false, nil},
	} {
		_, err := e.finish(t, c.play, c.anew)
		n.take(t, c.name, err, c.want)
	}
	n.keep(t, "ID tokens: algorithm, key, audience, issuer, times, nonce, age of the proof")
}

// TestProvider_strength asks for a way of signing in that is strong enough.
func TestProvider_strength(t *testing.T) {
	t.Parallel()
	e := newPlanted(t, "high", "higher")
	for acr, want := range map[string]error{"high": nil, "higher": nil, "low": authkit.ErrWeak, "": authkit.ErrWeak} {
		if _, err := e.finish(t, func(i *idToken) { i.claims["acr"] = acr }, false); !errors.Is(err, want) {
			t.Errorf("acr %q: %v", acr, err)
		}
	}
}

// TestProvider_shows refuses a provider that shows what none may.
func TestProvider_shows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		play func(map[string]any)
		want error
	}{
		{"control", func(map[string]any) {}, nil},
		{"another issuer", func(m map[string]any) { m["issuer"] = "https://id.example.org" }, authkit.ErrAway},
		{"a token endpoint in the clear", func(m map[string]any) { m["token_endpoint"] = "http://id.example.org/token" }, authkit.ErrAway},
		{"keys in the clear", func(m map[string]any) { m["jwks_uri"] = "http://id.example.org/keys" }, authkit.ErrAway},
		{"a door in the clear", func(m map[string]any) { m["authorization_endpoint"] = "http://id.example.org/" }, authkit.ErrAway},
		{"no keys", func(m map[string]any) { delete(m, "jwks_uri") }, authkit.ErrAway},
	} {
		e := newPlanted(t)
		e.plays = c.play
		if err := e.rp.Look(t.Context()); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	e := newPlanted(t)
	e.Close()
	if err := e.rp.Look(t.Context()); !errors.Is(err, authkit.ErrAway) {
		t.Errorf("a provider that is away: %v", err)
	}
}

// TestProvider_newKeys takes up a key that the provider has shown since.
func TestProvider_newKeys(t *testing.T) {
	t.Parallel()
	e := newPlanted(t)
	if _, err := e.finish(t, func(*idToken) {}, false); err != nil {
		t.Fatal(err)
	}
	next, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	with := func(i *idToken) { i.header["kid"], i.sign = "2", by(next) }
	var n tally
	_, err = e.finish(t, with, false)
	n.take(t, "before it is shown", err, authkit.ErrAnswer)
	e.shown = append(e.shown, e.jwk("2", &next.PublicKey))
	_, err = e.finish(t, with, false)
	n.take(t, "once it is shown", err, nil)
	n.keep(t, "ID tokens signed with a rotated key: before the provider shows it; control: after")
}
