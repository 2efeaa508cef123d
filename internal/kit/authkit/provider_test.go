package authkit_test

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"recourse/internal/kit/authkit"
	"recourse/internal/kit/opkit"
)

const back = "https://registry.example.org/sign-in/back"

// honest is a provider on a listener of its own, and who relies on it.
func honest(t *testing.T, secret string) (*opkit.Provider, *authkit.Provider) {
	t.Helper()
	var serve http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serve.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	issuer := server.URL + "/provider"
	op, err := opkit.New(opkit.Config{Issuer: issuer, Client: "registry", Secret: secret, Redirect: back, Scope: "identity", Login: func(request string) string { return "https://login.example.org/?request=" + request }})
	if err != nil {
		t.Fatal(err)
	}
	serve = op
	rp, err := authkit.NewProvider(authkit.ProviderConfig{Issuer: issuer, ClientID: "registry", Secret: secret, Redirect: back, Scopes: []string{"identity"}, Loopback: true})
	if err != nil {
		t.Fatal(err)
	}
	return op, rp
}

func drawn(t *testing.T) string {
	t.Helper()
	secret, err := authkit.NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// sent is where a browser is sent from an address.
func sent(t *testing.T, address string) *url.URL {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	to, err := res.Location()
	if err != nil {
		t.Fatalf("%s: %d leads nowhere: %v", address, res.StatusCode, err)
	}
	return to
}

// through walks a browser through a provider, and returns what it comes back with.
func through(t *testing.T, op *opkit.Provider, rp *authkit.Provider, secret string, anew bool) url.Values {
	t.Helper()
	begin, err := rp.Begin(t.Context(), secret, "en", anew)
	if err != nil {
		t.Fatal(err)
	}
	request := sent(t, begin).Query().Get("request")
	if !op.Waits(request) {
		t.Fatal("the provider waits for no choice")
	}
	next, err := op.Choose(t.Context(), request, "sample", map[string]any{"id_number": "999999", "age": 7})
	if err != nil {
		t.Fatal(err)
	}
	to := sent(t, next)
	if !strings.HasPrefix(to.String(), back+"?") {
		t.Fatalf("back to %s", to)
	}
	return to.Query()
}

// TestProvider_signsIn signs in with a provider that serves on its own: as a client
// with a secret and without, once more, and after its keys changed.
func TestProvider_signsIn(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"", "of-the-client"} {
		op, rp := honest(t, secret)
		for _, name := range []string{"first", "with a new key", "with one key"} {
			switch name {
			case "with a new key":
				if err := op.NewKey(); err != nil {
					t.Fatal(err)
				}
			case "with one key":
				op.Withdraw()
			}
			mine := drawn(t)
			got, err := rp.Finish(t.Context(), mine, through(t, op, rp, mine, true), true)
			if err != nil {
				t.Fatalf("%s: %v", name, errors.Unwrap(err))
			}
			number, _ := got.Text("id_number")
			age, _ := got.Text("age")
			if none, ok := got.Text("nothing"); got.Subject != "sample" || number != "999999" || age != "7" || ok || none != "" || got.Proved.IsZero() {
				t.Errorf("%s: %+v", name, got)
			}
		}
	}
}

// TestProvider_answers plays with what a browser comes back with. Each attempt has a
// sign-in of its own, which goes through where nobody plays with it.
func TestProvider_answers(t *testing.T) {
	t.Parallel()
	op, rp := honest(t, "")
	other, otherRP := honest(t, "")
	set := func(name, value string) func(url.Values) { return func(v url.Values) { v.Set(name, value) } }
	var n tally
	for _, c := range []struct {
		name string
		play func(url.Values)
		want error
	}{
		{"control", func(url.Values) {}, nil},
		{"another state", set("state", authkit.Derived("x.1", "state")), authkit.ErrAnswer},
		{"no state", func(v url.Values) { v.Del("state") }, authkit.ErrAnswer},
		{"two states", func(v url.Values) { v.Add("state", "x") }, authkit.ErrAnswer},
		{"two codes", func(v url.Values) { v.Add("code", "x") }, authkit.ErrAnswer},
		{"no code", func(v url.Values) { v.Del("code") }, authkit.ErrAnswer},
		{"a code that is none", set("code", "x"), authkit.ErrAnswer},
		{"mix-up: another issuer", set("iss", otherRP.Issuer()), authkit.ErrAnswer},
		{"mix-up: no issuer where it was promised", func(v url.Values) { v.Del("iss") }, authkit.ErrAnswer},
		{"mix-up: another provider's code", func(v url.Values) {
			mine := drawn(t)
			v.Set("code", through(t, other, otherRP, mine, false).Get("code"))
		}, authkit.ErrAnswer},
		{"another browser's code", func(v url.Values) {
			mine := drawn(t)
			v.Set("code", through(t, op, rp, mine, false).Get("code"))
		}, authkit.ErrAnswer},
		{"another browser's answer", func(v url.Values) {
			mine := drawn(t)
			for name, values := range through(t, op, rp, mine, false) {
				v[name] = values
			}
		}, authkit.ErrAnswer},
		{"denied", func(v url.Values) { v.Del("code"); v.Set("error", "access_denied") }, authkit.ErrDenied},
		{"denied, of another state", func(v url.Values) { v.Set("error", "access_denied"); v.Set("state", "x") }, authkit.ErrAnswer},
	} {
		mine := drawn(t)
		answer := through(t, op, rp, mine, false)
		c.play(answer)
		_, err := rp.Finish(t.Context(), mine, answer, false)
		n.take(t, c.name, err, c.want)
	}
	n.keep(t, "answers of a provider: mix-up, another browser's, another state, no code, denied")
}

// TestProvider_replay sends an answer twice: the provider takes a code once.
func TestProvider_replay(t *testing.T) {
	t.Parallel()
	op, rp := honest(t, "")
	mine := drawn(t)
	answer := through(t, op, rp, mine, false)
	var n tally
	_, err := rp.Finish(t.Context(), mine, answer, false)
	n.take(t, "the first time", err, nil)
	_, err = rp.Finish(t.Context(), mine, answer, false)
	n.take(t, "a code that was used", err, authkit.ErrAnswer)
	n.keep(t, "the same answer of a provider, again")
}

// TestProvider_configured refuses addresses at which others may listen.
func TestProvider_configured(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		issuer   string
		loopback bool
		ok       bool
	}{
		{"https://id.example.org", false, true}, {"http://127.0.0.1:9/provider", true, true}, {"http://localhost:9", true, true},
		{"http://127.0.0.1:9/provider", false, false}, {"http://id.example.org", true, false}, {"http://id.example.org", false, false},
		{"", false, false}, {"id.example.org", false, false}, {"ftp://id.example.org", false, false}, {"https://a:b@id.example.org", false, false},
	} {
		_, err := authkit.NewProvider(authkit.ProviderConfig{Issuer: c.issuer, ClientID: "registry", Redirect: back, Loopback: c.loopback})
		if (err == nil) != c.ok {
			t.Errorf("%q: %v", c.issuer, err)
		}
	}
	if _, err := authkit.NewProvider(authkit.ProviderConfig{Issuer: "https://id.example.org"}); err == nil {
		t.Error("a client without a name")
	}
}

// TestProvider_withdrawn signs with a key that the provider withdrew: for a while it is
// taken from memory, and not longer.
func TestProvider_withdrawn(t *testing.T) {
	t.Parallel()
	e := newPlanted(t)
	if _, err := e.finish(t, func(*idToken) {}, false); err != nil {
		t.Fatal(err)
	}
	e.shown = e.shown[:0]
	var n tally
	_, err := e.finish(t, func(*idToken) {}, false)
	n.take(t, "at once", err, nil)
	e.rp.Age(10 * time.Minute)
	_, err = e.finish(t, func(*idToken) {}, false)
	n.take(t, "ten minutes after", err, authkit.ErrAnswer)
	n.keep(t, "ID tokens signed with a withdrawn key: ten minutes after; control: at once, from memory")
}
