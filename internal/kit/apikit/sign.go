package apikit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Signer signs answers with Ed25519 (RFC 9421, 3.3.6). It is safe for concurrent
// use.
type Signer struct {
	key     ed25519.PrivateKey
	named   string // the parameter that names the key
	retired []ed25519.PublicKey
}

// NewSigner returns a Signer. Retired keys sign nothing any more; they stay in
// the key set so that kept answers can be checked.
func NewSigner(key ed25519.PrivateKey, retired ...ed25519.PublicKey) (*Signer, error) {
	if len(key) != ed25519.PrivateKeySize {
		return nil, errors.New("apikit: the key of signatures is not an Ed25519 key")
	}
	return &Signer{key: key, named: ";keyid=" + quote(KeyID(key.Public().(ed25519.PublicKey))), retired: retired}, nil
}

// KeyID names a key: its JWK thumbprint (RFC 7638, RFC 8037).
func KeyID(key ed25519.PublicKey) string {
	sum := sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + base64.RawURLEncoding.EncodeToString(key) + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// signatureLabel names our signature among those that a message may have.
const signatureLabel = "recourse"

// covered are the components that are signed.
const covered = `("@status" "content-digest" "content-type")`

// Sign adds Content-Digest (RFC 9530), Signature-Input and Signature to the
// header of an answer. Its Content-Type must be set.
func (s *Signer) Sign(h http.Header, status int, body []byte, now time.Time) {
	sum := sha256.Sum256(body)
	digest := "sha-256=" + bytesField(sum[:])
	params := covered + ";created=" + strconv.FormatInt(now.Unix(), 10) + s.named
	base := signatureBase([]component{
		{"@status", strconv.Itoa(status)}, {"content-digest", digest}, {"content-type", h.Get("Content-Type")}}, params)
	h.Set("Content-Digest", digest)
	h.Set("Signature-Input", signatureLabel+"="+params)
	h.Set("Signature", signatureLabel+"="+bytesField(ed25519.Sign(s.key, base)))
}

// component is one line of what is signed.
type component struct{ name, value string }

// signatureBase writes what is signed (RFC 9421, 2.5).
func signatureBase(lines []component, params string) []byte {
	b := make([]byte, 0, 512)
	for _, l := range lines {
		b = append(b, '"')
		b = append(b, l.name...)
		b = append(b, `": `...)
		b = append(b, l.value...)
		b = append(b, '\n')
	}
	b = append(b, `"@signature-params": `...)
	return append(b, params...)
}

// KeySet is a JSON Web Key Set (RFC 7517).
type KeySet struct {
	Keys []PublicKey `json:"keys" nullable:"false" doc:"The first signs now, the others signed before."`
}

// PublicKey is one public key (RFC 8037).
type PublicKey struct {
	Type  string `json:"kty" enum:"OKP"`
	Curve string `json:"crv" enum:"Ed25519"`
	ID    string `json:"kid" doc:"The keyid in Signature-Input: the thumbprint of the key (RFC 7638)."`
	Use   string `json:"use" enum:"sig"`
	X     string `json:"x" doc:"The key, base64url without padding."`
}

func (s *Signer) keySet() KeySet {
	var set KeySet
	for _, key := range append([]ed25519.PublicKey{s.key.Public().(ed25519.PublicKey)}, s.retired...) {
		set.Keys = append(set.Keys, PublicKey{Type: "OKP", Curve: "Ed25519", ID: KeyID(key), Use: "sig", X: base64.RawURLEncoding.EncodeToString(key)})
	}
	return set
}

// Public returns the key of a set that has an id.
func (s KeySet) Public(id string) (ed25519.PublicKey, bool) {
	for _, k := range s.Keys {
		x, err := base64.RawURLEncoding.Strict().DecodeString(k.X)
		if k.ID == id && k.Type == "OKP" && k.Curve == "Ed25519" && err == nil && len(x) == ed25519.PublicKeySize {
			return x, true
		}
	}
	return nil, false
}

// Why a signature does not hold.
var (
	ErrNoSignature = errors.New("the answer carries no signature of the registry that covers its status, content and type")
	ErrNoKey       = errors.New("the key that signed the answer is not in the key set: fetch the set again")
	ErrSignature   = errors.New("the signature of the answer does not hold: its status, content or type was changed, or another key signed it")
)

// Verify checks the signature of an answer with the keys of the registry and
// returns when it was made, to the second. Whether that is recent is for the
// caller to judge.
func Verify(keys KeySet, status int, h http.Header, body []byte) (time.Time, error) {
	inputs, ok := dictionary(h.Values("Signature-Input"))
	signatures, fine := dictionary(h.Values("Signature"))
	input, signed := inputs[signatureLabel]
	if !ok || !fine || !signed || signatures[signatureLabel].bytes == nil {
		return time.Time{}, ErrNoSignature
	}
	lines, ok := lines(input.items, status, h)
	created, err := strconv.ParseInt(input.params["created"], 10, 64)
	if !ok || err != nil {
		return time.Time{}, ErrNoSignature
	}
	key, known := keys.Public(input.params["keyid"])
	if !known {
		return time.Time{}, ErrNoKey
	}
	sum := sha256.Sum256(body)
	if h.Get("Content-Digest") != "sha-256="+bytesField(sum[:]) ||
		!ed25519.Verify(key, signatureBase(lines, input.raw), signatures[signatureLabel].bytes) {
		return time.Time{}, ErrSignature
	}
	return time.Unix(created, 0).UTC(), nil
}

// lines makes the lines of the base from the names that a signature says it
// covers, and false where it leaves out what must be covered.
func lines(names []string, status int, h http.Header) ([]component, bool) {
	need := map[string]bool{"@status": true, "content-digest": true, "content-type": true}
	seen := map[string]bool{}
	var out []component
	for _, name := range names {
		values := h.Values(name)
		if name == "@status" {
			values = []string{strconv.Itoa(status)}
		}
		if seen[name] || len(values) == 0 || strings.ToLower(name) != name {
			return nil, false
		}
		for i := range values {
			values[i] = strings.Trim(values[i], " \t")
		}
		seen[name] = true
		delete(need, name)
		out = append(out, component{name, strings.Join(values, ", ")})
	}
	return out, len(need) == 0
}
