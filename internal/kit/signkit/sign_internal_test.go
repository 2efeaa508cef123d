package signkit

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"
	"time"
)

// The key and the message of RFC 9421, B.1.4 and B.2.6.
const (
	rfcKey = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----
`
	rfcParams = `("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`
	rfcBase   = `"date": Tue, 20 Apr 2021 02:07:55 GMT
"@method": POST
"@path": /foo
"@authority": example.com
"content-type": application/json
"content-length": 18
"@signature-params": ` + rfcParams
	rfcSignature = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
)

func TestSignature_RFC9421(t *testing.T) {
	t.Parallel()
	block, _ := pem.Decode([]byte(rfcKey))
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	key := parsed.(ed25519.PrivateKey)
	base := signatureBase([]component{
		{"date", "Tue, 20 Apr 2021 02:07:55 GMT"}, {"@method", "POST"}, {"@path", "/foo"}, {"@authority", "example.com"},
		{"content-type", "application/json"}, {"content-length", "18"}}, rfcParams)
	if string(base) != rfcBase {
		t.Fatalf("base:\n%s\nwant:\n%s", base, rfcBase)
	}
	if got := base64.StdEncoding.EncodeToString(ed25519.Sign(key, base)); got != rfcSignature {
		t.Errorf("signature %s, want %s", got, rfcSignature)
	}
	// The header of the RFC's message is read back to what it was made of.
	in, ok := dictionary([]string{"sig-b26=" + rfcParams})
	m := in["sig-b26"]
	if !ok || m.raw != rfcParams || strings.Join(m.items, " ") != "date @method @path @authority content-type content-length" ||
		m.params["created"] != "1618884473" || m.params["keyid"] != "test-key-ed25519" {
		t.Errorf("read %+v, %v", m, ok)
	}
	sig, ok := dictionary([]string{"sig-b26=:" + rfcSignature + ":"})
	if !ok || !ed25519.Verify(key.Public().(ed25519.PublicKey), base, sig["sig-b26"].bytes) {
		t.Error("the signature of the RFC does not hold")
	}
}

// TestKeyID_RFC8037 is the thumbprint of RFC 8037, A.3.
func TestKeyID_RFC8037(t *testing.T) {
	t.Parallel()
	key, err := base64.RawURLEncoding.DecodeString("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
	if err != nil {
		t.Fatal(err)
	}
	if got := KeyID(key); got != "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" {
		t.Errorf("thumbprint %s", got)
	}
}

func TestDictionary_refuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"a", "a=", "a=x", "=:YQ==:", "A=:YQ==:", "a=:YQ==", "a=:YQ=:", "a=:Y Q==:", "a=:YQ==:,", "a=:YQ==: b=:YQ==:", "a=:YQ==:, a=:YQ==:",
		`a=("x"`, `a=("x""y")`, `a=(x)`, `a=("x");`, `a=("x");created`, `a=("x");created=`, `a=("x");created=1.5`, `a=("x");k="`, `a=("x");k="\n"`,
		`a=("x");created=99999999999999999`, `a=("x") b`, "a=(\"x\x01\")", `1a=:YQ==:`,
	} {
		if m, ok := dictionary([]string{s}); ok {
			t.Errorf("%s read as %+v", s, m)
		}
	}
	if m, ok := dictionary(nil); !ok || len(m) != 0 {
		t.Error("control: an empty dictionary is refused")
	}
	m, ok := dictionary([]string{`a=:YQ==:,b=( "x"  "y\"" );k="v";n=-5 `, "c=:YQ==:"})
	if !ok || string(m["a"].bytes) != "a" || len(m["b"].items) != 2 || m["b"].items[1] != `y"` || m["b"].params["n"] != "-5" || m["c"].bytes == nil {
		t.Errorf("control: %+v, %v", m, ok)
	}
}

// FuzzDictionary shows that reading never panics and that what is read is part
// of what was written.
func FuzzDictionary(f *testing.F) {
	for _, s := range []string{"sig=" + rfcParams, "sig=:" + rfcSignature + ":", `a=("x");k="v", b=:YQ==:`, "a=(", `a=();k`, "é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := dictionary([]string{s})
		if !ok && got != nil {
			t.Fatal("refused and returned")
		}
		for key, m := range got {
			if !strings.Contains(s, key+"="+m.raw) {
				t.Fatalf("%q: member %s is not in it: %q", s, key, m.raw)
			}
			for _, item := range m.items {
				if !strings.Contains(m.raw, Quote(item)) && !strings.ContainsAny(item, `"\`) {
					t.Fatalf("%q: item %q is not in it", s, item)
				}
			}
		}
	})
}

func BenchmarkSign(b *testing.B) {
	signer, err := NewSigner(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		b.Fatal(err)
	}
	body := make([]byte, 1500)
	h := map[string][]string{"Content-Type": {"application/json"}}
	for b.Loop() {
		signer.Sign(h, 200, body, time.Time{})
	}
}

// BenchmarkSignBare is what the signature alone costs.
func BenchmarkSignBare(b *testing.B) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	base := make([]byte, 300)
	for b.Loop() {
		ed25519.Sign(key, base)
	}
}
