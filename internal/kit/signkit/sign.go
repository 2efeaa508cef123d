// Package signkit signs and checks HTTP messages: answers of a registry, and
// requests of bodies (RFC 9421, with digests of RFC 9530 and keys of RFC 8037).
//
// It promises that a signature counts only where it covers what a message says: an
// answer's status, content and type; a request's method and whole address, and of a
// write also content, type and idempotency key; that a request's signature is worth
// nothing before and after its few minutes; and that what is wrong is said without
// a value that was sent. Only Ed25519 is taken: who signs cannot choose how it is
// checked. That a nonce comes once is for the caller to see.
package signkit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
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
		return nil, errors.New("signkit: the key of signatures is not an Ed25519 key")
	}
	return &Signer{key: key, named: ";keyid=" + Quote(KeyID(key.Public().(ed25519.PublicKey))), retired: retired}, nil
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

// KeySet returns the public keys by which answers can be checked.
func (s *Signer) KeySet() KeySet {
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
	missing := uncovered(input.items, "@status", "content-digest", "content-type")
	base, broken := compose(input, func(name string) []string {
		if name == "@status" {
			return []string{strconv.Itoa(status)}
		}
		return h.Values(name)
	})
	created, err := strconv.ParseInt(input.params["created"], 10, 64)
	if missing != "" || broken != "" || err != nil {
		return time.Time{}, ErrNoSignature
	}
	key, known := keys.Public(input.params["keyid"])
	if !known {
		return time.Time{}, ErrNoKey
	}
	sum := sha256.Sum256(body)
	if h.Get("Content-Digest") != "sha-256="+bytesField(sum[:]) ||
		!ed25519.Verify(key, base, signatures[signatureLabel].bytes) {
		return time.Time{}, ErrSignature
	}
	return time.Unix(created, 0).UTC(), nil
}

// uncovered returns the first of the components that a signature must cover and
// does not, or "".
func uncovered(names []string, must ...string) string {
	for _, name := range must {
		if !slices.Contains(names, name) {
			return name
		}
	}
	return ""
}

// compose writes the base of a signature as it says that it was made. value
// returns the lines of a component, none where the message does not have it; broken
// names a component that is missing, stands twice or is not written as it must be.
func compose(input member, value func(name string) []string) (base []byte, broken string) {
	lines := make([]component, 0, len(input.items))
	for i, name := range input.items {
		values := value(name)
		if len(values) == 0 || slices.Contains(input.items[:i], name) || strings.ToLower(name) != name {
			return nil, name
		}
		trimmed := make([]string, len(values))
		for i := range values {
			trimmed[i] = strings.Trim(values[i], " \t")
		}
		lines = append(lines, component{name, strings.Join(trimmed, ", ")})
	}
	return signatureBase(lines, input.raw), ""
}
