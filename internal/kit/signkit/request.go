package signkit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"recourse/internal/fault"
)

// Lasting is how long a request's signature may be worth something after it was
// made, and Ahead how far the clock of who made it may be in front of ours.
const (
	Lasting = 5 * time.Minute
	Ahead   = 30 * time.Second
)

// The faults of a request's signature. Nothing was done where one of them is
// answered.
var (
	ErrUnreadable = fault.New(fault.Unsigned, "E-SIGNATURE", "The request carries half a signature, or one that cannot be read. Nothing was done. Send Signature-Input and Signature, each once with the label recourse, without a signature of the same label twice.").At("Signature-Input")
	ErrTwoWays    = fault.New(fault.Unsigned, "E-SIGNATURE-TOKEN", "The request carries a signature and a token. Nothing was done. Send one of them: a signature stands for the token.").At("Authorization")
	ErrCovers     = fault.New(fault.Unsigned, "E-SIGNATURE-COVERS", "The signature does not cover what it must, or covers what the request does not have as it is covered. Nothing was done. Cover @method and @target-uri, and of a POST also content-digest (SHA-256), content-type and idempotency-key. The field names the component.")
	ErrTerm       = fault.New(fault.Unsigned, "E-SIGNATURE-TERM", "The signature does not say when it was made and until when it holds, or holds longer than five minutes. Nothing was done. Give created and expires, at most 300 seconds apart.")
	ErrAhead      = fault.New(fault.Unsigned, "E-SIGNATURE-AHEAD", "The signature was made in the future: the clock of who signed is more than 30 seconds in front. Nothing was done. Set that clock, then sign the request anew.").At("created")
	ErrOld        = fault.New(fault.Unsigned, "E-SIGNATURE-OLD", "The signature has expired, or the clock of who signed is behind. Nothing was done. Sign the request anew with the same Idempotency-Key.").At("expires")
	ErrNonce      = fault.New(fault.Unsigned, "E-SIGNATURE-NONCE", "The signature has no usable nonce. Nothing was done. Give one of 16 to 64 visible characters, drawn anew for each request.").At("nonce")
	ErrReplay     = fault.New(fault.Unsigned, "E-SIGNATURE-REPLAY", "This signature was used before. Nothing was done again. To send the request again, sign it anew, with another nonce and the same Idempotency-Key.").At("nonce")
	ErrKey        = fault.New(fault.Unsigned, "E-SIGNATURE-KEY", "The key that signed is not known. Nothing was done. Ask a head of your body to register it.").At("keyid")
	ErrWrong      = fault.New(fault.Unsigned, "E-SIGNATURE-WRONG", "The signature does not hold: what it covers is not what was sent, or another key made it. Nothing was done. Sign exactly what is sent, with the address by which people reach the registry.").At("Signature")
	ErrDigest     = fault.New(fault.Unsigned, "E-DIGEST", "The body is not the one whose SHA-256 was signed. Nothing was done. Send the request again as it was signed, or sign it anew.").At("Content-Digest")
)

// Label names a request's signature among those that it may have, as it does for
// answers.
const Label = signatureLabel

// Covered are the components that the signature of a request must cover; typed is
// set where the request says what its body is.
func Covered(method string, typed bool) []string {
	switch {
	case method != http.MethodPost:
		return []string{"@method", "@target-uri"}
	case !typed:
		return []string{"@method", "@target-uri", "content-digest", "idempotency-key"}
	}
	return []string{"@method", "@target-uri", "content-digest", "content-type", "idempotency-key"}
}

func needed(r *http.Request) []string {
	return Covered(r.Method, len(r.Header.Values("Content-Type")) > 0)
}

// RequestSigner signs requests. It is safe for concurrent use.
type RequestSigner struct {
	key   ed25519.PrivateKey
	named string
}

// NewRequestSigner returns a signer with the key of a body.
func NewRequestSigner(key ed25519.PrivateKey) (*RequestSigner, error) {
	s, err := NewSigner(key)
	if err != nil {
		return nil, err
	}
	return &RequestSigner{key: key, named: s.named + `;alg="ed25519"`}, nil
}

// Sign adds Content-Digest, Signature-Input and Signature to a request whose
// address and other headers are set. digest is the SHA-256 of its body; nonce is
// drawn anew for each request. The signature holds for Lasting from now.
func (s *RequestSigner) Sign(r *http.Request, digest [32]byte, nonce string, now time.Time) {
	names := needed(r)
	if len(names) > 2 {
		r.Header.Set("Content-Digest", "sha-256="+bytesField(digest[:]))
	}
	var list strings.Builder
	for i, name := range names {
		if i > 0 {
			list.WriteByte(' ')
		}
		list.WriteString(`"` + name + `"`)
	}
	input := member{items: names, raw: "(" + list.String() + ");created=" + strconv.FormatInt(now.Unix(), 10) +
		";expires=" + strconv.FormatInt(now.Add(Lasting).Unix(), 10) + ";nonce=" + Quote(nonce) + s.named}
	origin := (&url.URL{Scheme: r.URL.Scheme, Host: r.URL.Host}).String()
	base, _ := compose(input, valuesOf(r, origin))
	r.Header.Set("Signature-Input", Label+"="+input.raw)
	r.Header.Set("Signature", Label+"="+bytesField(ed25519.Sign(s.key, base)))
}

// valuesOf returns the components of a request that was sent to an origin
// (RFC 9421, 2.2): scheme and host, as whoever signed wrote them.
func valuesOf(r *http.Request, origin string) func(name string) []string {
	return func(name string) []string {
		switch name {
		case "@method":
			return []string{r.Method}
		case "@target-uri":
			return []string{origin + r.URL.RequestURI()}
		case "@scheme":
			scheme, _, _ := strings.Cut(origin, "://")
			return []string{scheme}
		case "@authority":
			_, host, _ := strings.Cut(origin, "://")
			return []string{strings.ToLower(host)}
		case "@request-target":
			return []string{r.URL.RequestURI()}
		case "@path":
			return []string{r.URL.EscapedPath()}
		case "@query":
			return []string{"?" + r.URL.RawQuery}
		case "content-length":
			return []string{strconv.FormatInt(r.ContentLength, 10)} // taken out of the header by net/http
		}
		return r.Header.Values(name)
	}
}

// Claim is what a signed request says of its signature. Nothing of it counts
// before Holds and Fresh.
type Claim struct {
	KeyID            string
	Created, Expires time.Time
	Nonce            string
	Digest           []byte // SHA-256 of the body, as it is claimed; nil where none is needed
	Base, Signature  []byte // what was signed, and the signature: together they prove it
}

// ReadClaim reads the signature of a request that was sent to an origin, scheme
// and host as people write them. nil without an error where it carries none of
// ours.
func ReadClaim(r *http.Request, origin string) (*Claim, error) {
	inputs, ok := dictionary(r.Header.Values("Signature-Input"))
	signatures, fine := dictionary(r.Header.Values("Signature"))
	input, given := inputs[Label]
	signature, signed := signatures[Label]
	switch {
	case ok && fine && !given && !signed:
		return nil, nil
	case !ok || !fine || !given || !signed || signature.bytes == nil || input.raw == "":
		return nil, ErrUnreadable
	}
	must := needed(r)
	if missing := uncovered(input.items, must...); missing != "" {
		return nil, ErrCovers.At(missing)
	}
	base, broken := compose(input, valuesOf(r, origin))
	if broken != "" {
		return nil, ErrCovers.At(known(broken))
	}
	c := &Claim{KeyID: input.params["keyid"], Nonce: input.params["nonce"], Base: base, Signature: signature.bytes}
	if len(must) > 2 {
		digests, ok := dictionary(r.Header.Values("Content-Digest"))
		if c.Digest = digests["sha-256"].bytes; !ok || len(c.Digest) != sha256.Size {
			return nil, ErrCovers.At("content-digest")
		}
	}
	return c, c.read(input.params)
}

// known is the name of a component where it is one of ours: what was sent is not
// repeated.
func known(name string) string {
	if uncovered(Covered(http.MethodPost, true), name) == "" {
		return name
	}
	return "Signature-Input"
}

func (c *Claim) read(params map[string]string) error {
	created, err := strconv.ParseInt(params["created"], 10, 64)
	expires, wrong := strconv.ParseInt(params["expires"], 10, 64)
	if err != nil || wrong != nil || expires <= created || expires-created > int64(Lasting/time.Second) {
		return ErrTerm
	}
	c.Created, c.Expires = time.Unix(created, 0).UTC(), time.Unix(expires, 0).UTC()
	if alg, said := params["alg"]; said && alg != "ed25519" || !thumbprint(c.KeyID) {
		return ErrKey
	}
	if n := len(c.Nonce); n < 16 || n > 64 || strings.Contains(c.Nonce, " ") {
		return ErrNonce
	}
	return nil
}

// thumbprint reports whether an id can be that of a key (see KeyID).
func thumbprint(id string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(id)
	return err == nil && len(raw) == sha256.Size
}

// Fresh says whether the signature is worth something at now.
func (c *Claim) Fresh(now time.Time) error {
	switch {
	case c.Created.After(now.Add(Ahead)):
		return ErrAhead
	case !now.Before(c.Expires):
		return ErrOld
	}
	return nil
}

// Holds says whether the signature was made with a key.
func (c *Claim) Holds(key ed25519.PublicKey) error {
	if len(key) != ed25519.PublicKeySize || KeyID(key) != c.KeyID {
		return ErrKey
	}
	if !ed25519.Verify(key, c.Base, c.Signature) {
		return ErrWrong
	}
	return nil
}

// Covers says whether a body with this SHA-256 is the one that was signed.
func (c *Claim) Covers(sum [32]byte) error {
	if string(c.Digest) != string(sum[:]) {
		return ErrDigest
	}
	return nil
}
