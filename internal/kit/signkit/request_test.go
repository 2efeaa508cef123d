package signkit_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/signkit"
)

const (
	origin = "https://registry.example.org"
	nonce  = "0123456789abcdef"
	sent   = `{"sample":true}`
)

func made() time.Time { return time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC) }

func key(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(append(make([]byte, ed25519.SeedSize-1), n))
}

// signed returns a request as it comes in.
func signed(t testing.TB, method, target string, k ed25519.PrivateKey) *http.Request {
	t.Helper()
	s, err := signkit.NewRequestSigner(k)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(method, origin+target, strings.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "sample-1")
	s.Sign(r, sha256.Sum256([]byte(sent)), nonce, made())
	in := httptest.NewRequest(method, target, strings.NewReader(sent))
	in.Header = r.Header.Clone()
	return in
}

func check(r *http.Request, k ed25519.PrivateKey, now time.Time, body string) error {
	c, err := signkit.ReadClaim(r, origin)
	if err != nil {
		return err
	}
	if c == nil {
		return errors.New("no claim")
	}
	if err := c.Fresh(now); err != nil {
		return err
	}
	if err := c.Holds(k.Public().(ed25519.PublicKey)); err != nil {
		return err
	}
	if r.Method == http.MethodPost {
		return c.Covers(sha256.Sum256([]byte(body)))
	}
	return nil
}

func TestRequest_holds(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"POST", "GET"} {
		r := signed(t, method, "/api/v1/sample?type=a%2Fb&x=%20", key(1))
		if err := check(r, key(1), made(), sent); err != nil {
			t.Errorf("%s: %v", method, err)
		}
		if c, err := signkit.ReadClaim(r, origin); err != nil || c.Nonce != nonce || !c.Created.Equal(made()) || !c.Expires.Equal(made().Add(signkit.Lasting)) ||
			c.KeyID != signkit.KeyID(key(1).Public().(ed25519.PublicKey)) || (c.Digest == nil) != (method == "GET") {
			t.Errorf("%s: claim %+v, %v", method, c, err)
		}
	}
	if c, err := signkit.ReadClaim(httptest.NewRequest("GET", "/", nil), origin); c != nil || err != nil {
		t.Errorf("a request without a signature: %v, %v", c, err)
	}
	beside := signed(t, "POST", "/a", key(1))
	beside.Header.Add("Signature-Input", `proxy=("@method");created=1;keyid="p"`)
	beside.Header.Add("Signature", "proxy=:AAAA:")
	if err := check(beside, key(1), made(), sent); err != nil {
		t.Errorf("beside a proxy's signature: %v", err)
	}
}

// TestRequest_isRefused changes one thing at a time.
func TestRequest_isRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		want   *fault.Error
		field  string
		change func(r *http.Request)
	}{
		"another method":           {signkit.ErrWrong, "Signature", func(r *http.Request) { r.Method = "PUT" }},
		"another path":             {signkit.ErrWrong, "Signature", func(r *http.Request) { r.URL.Path = "/b" }},
		"another query":            {signkit.ErrWrong, "Signature", func(r *http.Request) { r.URL.RawQuery = "type=b" }},
		"another type":             {signkit.ErrWrong, "Signature", func(r *http.Request) { r.Header.Set("Content-Type", "text/csv") }},
		"another idempotency key":  {signkit.ErrWrong, "Signature", func(r *http.Request) { r.Header.Set("Idempotency-Key", "sample-2") }},
		"a second idempotency key": {signkit.ErrWrong, "Signature", func(r *http.Request) { r.Header.Add("Idempotency-Key", "sample-2") }},
		"no idempotency key":       {signkit.ErrCovers, "idempotency-key", func(r *http.Request) { r.Header.Del("Idempotency-Key") }},
		"another digest": {signkit.ErrWrong, "Signature", func(r *http.Request) {
			r.Header.Set("Content-Digest", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")
		}},
		"no digest":          {signkit.ErrCovers, "content-digest", func(r *http.Request) { r.Header.Del("Content-Digest") }},
		"half a digest":      {signkit.ErrCovers, "content-digest", func(r *http.Request) { r.Header.Set("Content-Digest", "sha-256=:AAAA:") }},
		"digest of another":  {signkit.ErrCovers, "content-digest", func(r *http.Request) { r.Header.Set("Content-Digest", "sha-512=:AAAA:") }},
		"does not cover it":  {signkit.ErrCovers, "content-digest", within(` "content-digest"`, "")},
		"no method":          {signkit.ErrCovers, "@method", within(`"@method" `, "")},
		"no address":         {signkit.ErrCovers, "@target-uri", within(` "@target-uri"`, "")},
		"no key of repeats":  {signkit.ErrCovers, "idempotency-key", within(` "idempotency-key"`, "")},
		"covers what is not": {signkit.ErrCovers, "Signature-Input", within(`"@method"`, `"@method" "x-personal"`)},
		"covers twice":       {signkit.ErrCovers, "@method", within(`"@method"`, `"@method" "@method"`)},
		"in capitals":        {signkit.ErrCovers, "Signature-Input", within(`"@method"`, `"@method" "Content-Type"`)},
		"later created":      {signkit.ErrWrong, "Signature", within("created=1772445600", "created=1772445601")},
		"another nonce":      {signkit.ErrWrong, "Signature", within(nonce, "0123456789abcdeg")},
		"short nonce":        {signkit.ErrNonce, "nonce", within(nonce, "0123")},
		"no nonce":           {signkit.ErrNonce, "nonce", within(`;nonce="`+nonce+`"`, "")},
		"no expiry":          {signkit.ErrTerm, "", within(";expires=1772445900", "")},
		"no creation":        {signkit.ErrTerm, "", within(";created=1772445600", "")},
		"long life":          {signkit.ErrTerm, "", within("expires=1772445900", "expires=1772445901")},
		"ends as it begins":  {signkit.ErrTerm, "", within("expires=1772445900", "expires=1772445600")},
		"another algorithm":  {signkit.ErrKey, "keyid", within(`alg="ed25519"`, `alg="hmac-sha256"`)},
		"no algorithm":       {signkit.ErrWrong, "Signature", within(`;alg="ed25519"`, "")},
		"no key":             {signkit.ErrKey, "keyid", within(";keyid=", ";key=")},
		"half of it":         {signkit.ErrUnreadable, "Signature-Input", func(r *http.Request) { r.Header.Del("Signature") }},
		"the other half":     {signkit.ErrUnreadable, "Signature-Input", func(r *http.Request) { r.Header.Del("Signature-Input") }},
		"not readable":       {signkit.ErrUnreadable, "Signature-Input", func(r *http.Request) { r.Header.Set("Signature", "?") }},
		"twice":              {signkit.ErrUnreadable, "Signature-Input", func(r *http.Request) { r.Header.Add("Signature", r.Header.Get("Signature")) }},
		"no bytes": {signkit.ErrUnreadable, "Signature-Input", func(r *http.Request) {
			r.Header.Set("Signature", "recourse=("+`"@method"`+")")
		}},
		"cut": {signkit.ErrWrong, "Signature", func(r *http.Request) { r.Header.Set("Signature", "recourse=:AAAA:") }},
	} {
		r := signed(t, "POST", "/a?type=a", key(1))
		c.change(r)
		err := check(r, key(1), made(), sent)
		f := fault.Of(err)
		if !errors.Is(err, c.want) && f.Code != c.want.Code || f.Field != c.field {
			t.Errorf("%s: %v at %q, want %s at %q", name, err, f.Field, c.want.Code, c.field)
		}
		if f.Kind != fault.Unsigned || strings.Contains(err.Error(), "x-personal") {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := signed(t, "POST", "/a", key(1))
	for name, c := range map[string]struct {
		err  error
		want *fault.Error
	}{
		"another body":   {check(r, key(1), made(), sent+" "), signkit.ErrDigest},
		"another key":    {check(r, key(2), made(), sent), signkit.ErrKey},
		"old":            {check(r, key(1), made().Add(signkit.Lasting), sent), signkit.ErrOld},
		"in front":       {check(r, key(1), made().Add(-signkit.Ahead-time.Second), sent), signkit.ErrAhead},
		"just in time":   {check(r, key(1), made().Add(signkit.Lasting-time.Second), sent), nil},
		"a bit in front": {check(r, key(1), made().Add(-signkit.Ahead), sent), nil},
	} {
		if c.want == nil && c.err != nil || c.want != nil && fault.Of(c.err).Code != c.want.Code {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if err := check(r, key(1), made(), sent); err != nil {
		t.Errorf("control: %v", err)
	}
	elsewhere, err := signkit.ReadClaim(r, "https://another.example.org")
	if err != nil || !errors.Is(elsewhere.Holds(key(1).Public().(ed25519.PublicKey)), signkit.ErrWrong) {
		t.Errorf("at another registry: %v", err)
	}
}

// within changes Signature-Input and signs nothing anew.
func within(old, replacement string) func(*http.Request) {
	return func(r *http.Request) {
		was := r.Header.Get("Signature-Input")
		now := strings.Replace(was, old, replacement, 1)
		if now == was {
			panic("nothing was changed: " + old)
		}
		r.Header.Set("Signature-Input", now)
	}
}

// BenchmarkCheck is what a signed request costs more than one with a token.
func BenchmarkCheck(b *testing.B) {
	r := signed(b, "POST", "/api/v1/inquiries", key(1))
	for b.Loop() {
		if err := check(r, key(1), made(), sent); err != nil {
			b.Fatal(err)
		}
	}
}
