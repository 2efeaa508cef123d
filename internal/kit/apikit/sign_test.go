package apikit_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"recourse/internal/kit/apikit"
	"recourse/internal/kit/signkit"
)

// TestAnswer_isSigned checks signatures without any code of the package: the base
// is put together by hand, the key comes from the published set.
func TestAnswer_isSigned(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for target, want := range map[string]int{"/api/v1/notes/1": 200, "/api/v1/faults/4": 404, "/api/v1/faults/0": 500, "/api/v1/notes/1?x=1": 422} {
		before := time.Now().Unix()
		w := r.do(t, "GET", target, nil, holder())
		if w.Code != want {
			t.Fatalf("%s: %d %s", target, w.Code, w.Body)
		}
		sum := sha256.Sum256(w.Body.Bytes())
		digest := "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
		input := regexp.MustCompile(`^recourse=(\("@status" "content-digest" "content-type"\);created=(\d+);keyid="([A-Za-z0-9_-]{43})")$`).
			FindStringSubmatch(w.Header().Get("Signature-Input"))
		signature := regexp.MustCompile(`^recourse=:([A-Za-z0-9+/]{86}==):$`).FindStringSubmatch(w.Header().Get("Signature"))
		if input == nil || signature == nil || w.Header().Get("Content-Digest") != digest {
			t.Fatalf("%s: headers %v", target, w.Header())
		}
		base := `"@status": ` + strconv.Itoa(w.Code) + "\n" + `"content-digest": ` + digest + "\n" +
			`"content-type": ` + w.Header().Get("Content-Type") + "\n" + `"@signature-params": ` + input[1]
		raw, err := base64.StdEncoding.DecodeString(signature[1])
		if err != nil || !ed25519.Verify(published(t, r, input[3]), []byte(base), raw) {
			t.Errorf("%s: the signature does not hold: %v", target, err)
		}
		if created, err := strconv.ParseInt(input[2], 10, 64); err != nil || created < before || created > time.Now().Unix() {
			t.Errorf("%s: created %s", target, input[2])
		}
	}
}

// published reads a key out of the set as it is served.
func published(t *testing.T, r rig, id string) ed25519.PublicKey {
	t.Helper()
	var set struct{ Keys []map[string]string }
	w := r.do(t, "GET", "/.well-known/recourse-keys.json", nil)
	if err := json.Unmarshal(w.Body.Bytes(), &set); err != nil {
		t.Fatal(err)
	}
	if err := r.Conforms("GET "+apikit.KeysPath, w.Code, w.Header(), w.Body.Bytes()); err != nil {
		t.Error(err)
	}
	for _, k := range set.Keys {
		if k["kid"] == id && k["kty"] == "OKP" && k["crv"] == "Ed25519" {
			x, err := base64.RawURLEncoding.DecodeString(k["x"])
			if err != nil || len(x) != ed25519.PublicKeySize {
				t.Fatalf("key %v: %v", k, err)
			}
			return x
		}
	}
	t.Fatalf("no key %s in %s", id, w.Body)
	return nil
}

// TestAnswer_toNobodyIsNotSigned: a signature costs, and there is nobody to prove it to.
func TestAnswer_toNobodyIsNotSigned(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, target := range []string{"/api/v1/rules", "/api/v1/notes/1", "/api/v1/nothing"} {
		if w := r.do(t, "GET", target, nil); w.Header().Get("Signature") != "" {
			t.Errorf("%s is signed", target)
		}
	}
	if w := r.do(t, "HEAD", "/api/v1/notes/1", nil, holder()); w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Signature") != "" {
		t.Errorf("HEAD: %d %v", w.Code, w.Header())
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w := r.do(t, "GET", "/api/v1/notes/1", nil, holder())
	at, err := signkit.Verify(r.keys, w.Code, w.Header(), w.Body.Bytes())
	if err != nil || time.Since(at) > time.Hour || at.Location() != time.UTC {
		t.Fatalf("control: %v, %v", at, err)
	}
	for name, c := range map[string]struct {
		want   error
		change func(status *int, h http.Header, body *[]byte, keys *signkit.KeySet)
	}{
		"body":         {signkit.ErrSignature, func(_ *int, _ http.Header, b *[]byte, _ *signkit.KeySet) { (*b)[0] ^= 1 }},
		"longer body":  {signkit.ErrSignature, func(_ *int, _ http.Header, b *[]byte, _ *signkit.KeySet) { *b = append(*b, ' ') }},
		"status":       {signkit.ErrSignature, func(s *int, _ http.Header, _ *[]byte, _ *signkit.KeySet) { *s = 201 }},
		"type":         {signkit.ErrSignature, func(_ *int, h http.Header, _ *[]byte, _ *signkit.KeySet) { h.Set("Content-Type", "text/plain") }},
		"created":      {signkit.ErrSignature, swap("Signature-Input", "created=1", "created=2")},
		"signature":    {signkit.ErrSignature, swap("Signature", "recourse=:", "recourse=:AAAA")},
		"covers less":  {signkit.ErrNoSignature, swap("Signature-Input", ` "content-digest"`, "")},
		"covers twice": {signkit.ErrNoSignature, swap("Signature-Input", `"@status"`, `"@status" "@status"`)},
		"other label":  {signkit.ErrNoSignature, swap("Signature-Input", "recourse=", "someone=")},
		"no signature": {signkit.ErrNoSignature, func(_ *int, h http.Header, _ *[]byte, _ *signkit.KeySet) { h.Del("Signature") }},
		"no input":     {signkit.ErrNoSignature, func(_ *int, h http.Header, _ *[]byte, _ *signkit.KeySet) { h.Del("Signature-Input") }},
		"not readable": {signkit.ErrNoSignature, func(_ *int, h http.Header, _ *[]byte, _ *signkit.KeySet) { h.Set("Signature-Input", "?") }},
		"no created":   {signkit.ErrNoSignature, swap("Signature-Input", "created", "expires")},
		"no type":      {signkit.ErrNoSignature, func(_ *int, h http.Header, _ *[]byte, _ *signkit.KeySet) { h.Del("Content-Type") }},
		"other keys":   {signkit.ErrNoKey, func(_ *int, _ http.Header, _ *[]byte, k *signkit.KeySet) { k.Keys = nil }},
		"broken key": {signkit.ErrNoKey, func(_ *int, _ http.Header, _ *[]byte, k *signkit.KeySet) {
			k.Keys = []signkit.PublicKey{{Type: "OKP", Curve: "Ed25519", ID: k.Keys[0].ID, X: "AAAA"}}
		}},
	} {
		status, h, body, keys := w.Code, w.Header().Clone(), append([]byte(nil), w.Body.Bytes()...), r.keys
		c.change(&status, h, &body, &keys)
		if _, err := signkit.Verify(keys, status, h, body); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	h := w.Header().Clone() // a proxy's own signature beside ours
	h.Add("Signature-Input", `proxy=("@method");created=1;keyid="p"`)
	h.Add("Signature", "proxy=:AAAA:")
	if _, err := signkit.Verify(r.keys, w.Code, h, w.Body.Bytes()); err != nil {
		t.Errorf("beside another signature: %v", err)
	}
}

func swap(name, old, replacement string) func(*int, http.Header, *[]byte, *signkit.KeySet) {
	return func(_ *int, h http.Header, _ *[]byte, _ *signkit.KeySet) {
		h.Set(name, strings.Replace(h.Get(name), old, replacement, 1))
	}
}

// TestKeys_thatSignedBefore stay in the set.
func TestKeys_thatSignedBefore(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w := r.do(t, "GET", "/api/v1/notes/1", nil, holder())
	id := regexp.MustCompile(`keyid="([^"]+)"`).FindStringSubmatch(w.Header().Get("Signature-Input"))[1]
	old, _ := r.keys.Public(id)
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := signkit.NewSigner(key, old)
	if err != nil {
		t.Fatal(err)
	}
	later := newRig(t, func(c *apikit.Config) { c.Signer = signer })
	if len(later.keys.Keys) != 2 {
		t.Fatalf("keys %v", later.keys)
	}
	if _, err := signkit.Verify(later.keys, w.Code, w.Header(), w.Body.Bytes()); err != nil {
		t.Errorf("an answer from before the change of keys: %v", err)
	}
	if _, err := signkit.NewSigner(key[:10]); err == nil {
		t.Error("half a key is taken")
	}
}
