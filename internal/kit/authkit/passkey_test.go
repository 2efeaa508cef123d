package authkit_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"recourse/internal/kit/authkit"
)

// The site of these tests, and what an authenticator marks.
const (
	here     = "https://registry.example.org"
	present  = 0x01
	verified = 0x04
	attested = 0x40
	extended = 0x80
)

// authenticator holds one passkey, and signs what it is told to.
type authenticator struct {
	id      []byte
	key     *ecdsa.PrivateKey
	counter uint32
}

func newAuthenticator(t *testing.T) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &authenticator{id: []byte(rand.Text()), key: key, counter: 1}
}

// act is what an authenticator and its browser are about to say. Somebody may play with
// it before it is signed, and after.
type act struct {
	client  map[string]any // of the browser
	name    string         // of the site, as the browser says
	flags   byte
	counter uint32
	id      []byte // of the passkey
	public  []byte // of it (COSE), where one is made
	format  string // of what attests it, where one is made
	signer  *ecdsa.PrivateKey
	then    func(answer, parts map[string]any) // after it is signed; nil for nothing
}

// public is the key as COSE writes it: of EC2, for an algorithm, over P-256.
func public(key *ecdsa.PublicKey, algorithm ...byte) []byte {
	point, err := key.Bytes()
	if err != nil {
		panic(err) // a fresh key has a point
	}
	return slices.Concat([]byte{0xa5, 0x01, 0x02, 0x03}, algorithm, []byte{0x20, 0x01, 0x21, 0x58, 0x20}, point[1:33], []byte{0x22, 0x58, 0x20}, point[33:])
}

// es256 is the algorithm -7 in CBOR.
const es256 = 0x26

// does is what the authenticator does by itself with what a site asks for.
func (a *authenticator) does(t *testing.T, kind, options string) act {
	t.Helper()
	var asked struct{ Challenge string }
	if err := json.Unmarshal([]byte(options), &asked); err != nil {
		t.Fatal(err)
	}
	a.counter++
	return act{client: map[string]any{"type": kind, "challenge": asked.Challenge, "origin": here, "crossOrigin": false},
		name: "registry.example.org", flags: present | verified, counter: a.counter, id: a.id, public: public(&a.key.PublicKey, es256), format: "none", signer: a.key}
}

// answer is what the browser sends.
func (a act) answer(t *testing.T) string {
	t.Helper()
	client, err := json.Marshal(a.client)
	if err != nil {
		t.Fatal(err)
	}
	name := sha256.Sum256([]byte(a.name))
	data := binary.BigEndian.AppendUint32(append(name[:], a.flags), a.counter)
	parts := map[string]any{"clientDataJSON": part(client)}
	if a.client["type"] == "webauthn.create" || a.flags&attested != 0 {
		if a.flags&attested != 0 {
			data = slices.Concat(data, make([]byte, 16), binary.BigEndian.AppendUint16(nil, uint16(len(a.id))), a.id, a.public)
		}
		head := slices.Concat([]byte{0xa3, 0x63}, []byte("fmt"), []byte{0x60 | byte(len(a.format))}, []byte(a.format), []byte{0x67}, []byte("attStmt"), []byte{0xa0, 0x68}, []byte("authData"))
		parts["attestationObject"] = part(slices.Concat(head, []byte{0x58, byte(len(data))}, data))
	}
	parts["authenticatorData"] = part(data)
	sum := sha256.Sum256(client)
	both := sha256.Sum256(slices.Concat(data, sum[:]))
	signature, err := ecdsa.SignASN1(rand.Reader, a.signer, both[:])
	if err != nil {
		t.Fatal(err)
	}
	parts["signature"] = part(signature)
	out := map[string]any{"id": part(a.id), "rawId": part(a.id), "type": "public-key", "clientExtensionResults": map[string]any{}, "response": parts}
	if a.then != nil {
		a.then(out, parts)
	}
	raw, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// played is one way to play with an act, and what is wanted of it.
type played struct {
	name string
	play func(*act)
	want error
}

// ceremonies are the ways to play with what holds for making and for signing alike.
func ceremonies(another string) []played {
	say := func(name string, value any) func(*act) { return func(a *act) { a.client[name] = value } }
	return []played{
		{"control", func(*act) {}, nil},
		{"control, never counts", func(a *act) { a.counter = 0 }, nil},
		{"another challenge", say("challenge", part(make([]byte, 32))), authkit.ErrPasskey},
		{"the challenge of another purpose", say("challenge", another), authkit.ErrPasskey},
		{"no challenge", say("challenge", ""), authkit.ErrPasskey},
		{"another port", say("origin", here+":8443"), authkit.ErrPasskey},
		{"another scheme", say("origin", strings.Replace(here, "https", "http", 1)), authkit.ErrPasskey},
		{"a site below this one", say("origin", "https://evil.registry.example.org"), authkit.ErrPasskey},
		{"a name that looks alike", say("origin", here+".evil.example"), authkit.ErrPasskey},
		{"no origin", say("origin", ""), authkit.ErrPasskey},
		{"in a frame of another site", say("crossOrigin", true), authkit.ErrPasskey},
		{"below another site", say("topOrigin", "https://evil.example"), authkit.ErrPasskey},
		{"for another name", func(a *act) { a.name = "example.org" }, authkit.ErrPasskey},
		{"of another kind", say("type", "payment.get"), authkit.ErrPasskey},
		{"nobody touched it", func(a *act) { a.flags &^= present }, authkit.ErrPasskey},
		{"its holder was not made sure of", func(a *act) { a.flags &^= verified }, authkit.ErrPasskey},
		{"extensions that are not there", func(a *act) { a.flags |= extended }, authkit.ErrPasskey},
		{"two numbers", func(a *act) { a.then = func(out, _ map[string]any) { out["rawId"] = part([]byte("another")) } }, authkit.ErrPasskey},
		{"no number", func(a *act) { a.then = func(out, _ map[string]any) { out["id"], out["rawId"] = "", "" } }, authkit.ErrPasskey},
		{"no passkey", func(a *act) { a.then = func(out, _ map[string]any) { out["type"] = "password" } }, authkit.ErrPasskey},
		{"nothing of the browser", func(a *act) { a.then = func(_, parts map[string]any) { delete(parts, "clientDataJSON") } }, authkit.ErrPasskey},
	}
}

// tried plays every way, each with a secret of its own, and keeps the figures.
func tried(t *testing.T, what string, all []played, do func(played) error) {
	t.Helper()
	var n tally
	for _, c := range all {
		n.take(t, c.name, do(c), c.want)
	}
	n.keep(t, what)
}

// site is the passkeys of the site of these tests.
func site(t *testing.T) *authkit.Passkeys {
	t.Helper()
	p, err := authkit.NewPasskeys(here)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPasskeys_signed plays with what a passkey signs. Each attempt would be taken if
// nobody played with it.
func TestPasskeys_signed(t *testing.T) {
	t.Parallel()
	p, mine, other := site(t), newAuthenticator(t), newAuthenticator(t)
	kept := authkit.Passkey{Credential: mine.id, Key: public(&mine.key.PublicKey, es256)}
	after := func(how func(out, parts map[string]any)) func(*act) { return func(a *act) { a.then = how } }
	options, err := p.Make(drawn(t), "sample", nil)
	if err != nil {
		t.Fatal(err)
	}
	all := append(ceremonies(mine.does(t, "", options).client["challenge"].(string)), []played{
		{"it was made, not used", func(a *act) { a.client["type"] = "webauthn.create" }, authkit.ErrPasskey},
		{"by another's key", func(a *act) { a.signer = other.key }, authkit.ErrPasskey},
		{"another counter after it was signed", after(func(_, parts map[string]any) { parts["authenticatorData"] = flipped(t, parts["authenticatorData"], 36) }), authkit.ErrPasskey},
		{"another text after it was signed", after(func(_, parts map[string]any) {
			parts["clientDataJSON"] = part(append(unpart(t, parts["clientDataJSON"]), ' '))
		}), authkit.ErrPasskey},
		{"no signature", after(func(_, parts map[string]any) { parts["signature"] = "" }), authkit.ErrPasskey},
		{"another signature", after(func(_, parts map[string]any) { parts["signature"] = flipped(t, parts["signature"], 12) }), authkit.ErrPasskey},
		{"cut short", after(func(_, parts map[string]any) {
			parts["authenticatorData"] = part(unpart(t, parts["authenticatorData"])[:36])
		}), authkit.ErrPasskey},
		{"nothing of the authenticator", after(func(_, parts map[string]any) { delete(parts, "authenticatorData") }), authkit.ErrPasskey},
	}...)
	tried(t, "what a passkey signs: challenge, origin, name of the site, key, signature, touch, holder", all, func(c played) error {
		secret := drawn(t)
		options, err := p.Ask(secret, kept)
		if err != nil {
			t.Fatal(err)
		}
		a := mine.does(t, "webauthn.get", options)
		c.play(&a)
		signed, err := authkit.ReadSigned(a.answer(t))
		if err != nil {
			return err
		}
		if signed.ID() != kept.ID() {
			t.Errorf("%s: it is another passkey", c.name)
		}
		counter, err := p.Verify(secret, signed, kept)
		if err == nil && counter != a.counter {
			t.Errorf("%s: the counter is %d, not %d", c.name, counter, a.counter)
		}
		return err
	})
	for _, nonsense := range []string{"", "{}", "null", "[]", `{"id":1}`, strings.Repeat("[", 10_000)} {
		if _, err := authkit.ReadSigned(nonsense); !errors.Is(err, authkit.ErrPasskey) {
			t.Errorf("%.20s: %v", nonsense, err)
		}
	}
}

// TestPasskeys_anothersBrowser takes what was signed for one browser to another.
func TestPasskeys_anothersBrowser(t *testing.T) {
	t.Parallel()
	p, mine := site(t), newAuthenticator(t)
	kept := authkit.Passkey{Credential: mine.id, Key: public(&mine.key.PublicKey, es256)}
	secret := drawn(t)
	options, err := p.Ask(secret)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := authkit.ReadSigned(mine.does(t, "webauthn.get", options).answer(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Verify(drawn(t), signed, kept); !errors.Is(err, authkit.ErrPasskey) {
		t.Errorf("in another browser: %v", err)
	}
	if _, err := p.Verify(secret, signed, authkit.Passkey{Credential: mine.id, Key: []byte("none")}); !errors.Is(err, authkit.ErrPasskey) {
		t.Errorf("with a key that is none: %v", err)
	}
	if _, err := p.Verify(secret, signed, kept); err != nil {
		t.Errorf("control: %v", err)
	}
}

// TestPasskeys_made plays with what a browser says of the passkey that it made.
func TestPasskeys_made(t *testing.T) {
	t.Parallel()
	p, mine, other := site(t), newAuthenticator(t), newAuthenticator(t)
	ask, err := p.Ask(drawn(t))
	if err != nil {
		t.Fatal(err)
	}
	all := append(ceremonies(mine.does(t, "", ask).client["challenge"].(string)), []played{
		{"it was used, not made", func(a *act) { a.client["type"] = "webauthn.get" }, authkit.ErrPasskey},
		{"no passkey in it", func(a *act) { a.flags &^= attested }, authkit.ErrPasskey},
		{"an algorithm that was not asked for", func(a *act) { a.public = public(&mine.key.PublicKey, 0x38, 0x22) }, authkit.ErrPasskey},
		{"a key that is none", func(a *act) { a.public = []byte{0xa0} }, authkit.ErrPasskey},
		{"attested in a way that nobody knows", func(a *act) { a.format = "sample" }, authkit.ErrPasskey},
		{"attested without a proof", func(a *act) { a.format = "packed" }, authkit.ErrPasskey},
		{"no object", func(a *act) { a.then = func(_, parts map[string]any) { delete(parts, "attestationObject") } }, authkit.ErrPasskey},
	}...)
	tried(t, "passkeys that are made: challenge, origin, name of the site, key, attestation, touch, holder", all, func(c played) error {
		secret := drawn(t)
		options, err := p.Make(secret, "sample", []authkit.Passkey{{Credential: other.id}})
		if err != nil {
			t.Fatal(err)
		}
		a := mine.does(t, "webauthn.create", options)
		a.flags |= attested
		c.play(&a)
		made, err := p.Made(secret, a.answer(t))
		if err == nil && (!bytes.Equal(made.Credential, mine.id) || !bytes.Equal(made.Key, a.public) || made.Counter != a.counter) {
			t.Errorf("%s: %+v", c.name, made)
		}
		return err
	})
}

// TestPasskeys_belongToNames makes none for numeric addresses.
func TestPasskeys_belongToNames(t *testing.T) {
	t.Parallel()
	for origin, want := range map[string]string{here: "taken", "http://localhost:8080": "taken", "http://127.0.0.1:8080": "none", "https://[::1]": "none", "registry": "wrong", "": "wrong"} {
		p, err := authkit.NewPasskeys(origin)
		got := "taken"
		if err != nil {
			got = "wrong"
		} else if p == nil {
			got = "none"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", origin, got, want)
		}
	}
}

func unpart(t *testing.T, encoded any) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(encoded.(string))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// flipped changes one bit of a byte.
func flipped(t *testing.T, encoded any, at int) string {
	t.Helper()
	raw := unpart(t, encoded)
	raw[at] ^= 1
	return part(raw)
}
