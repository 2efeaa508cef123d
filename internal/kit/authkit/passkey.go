package authkit

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
)

// Passkeys is a site at which passkeys are made and used. It keeps nothing.
type Passkeys struct{ origin, name string }

// NewPasskeys returns the passkeys of the site at an origin; nil where browsers make none
// for it: passkeys belong to names, not to numeric addresses.
func NewPasskeys(origin string) (*Passkeys, error) {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return nil, errors.New("authkit: passkeys need the origin of the site")
	}
	if net.ParseIP(u.Hostname()) != nil {
		return nil, nil
	}
	return &Passkeys{origin: u.Scheme + "://" + u.Host, name: u.Hostname()}, nil
}

// Name is the name of the site, to which browsers bind passkeys.
func (p *Passkeys) Name() string { return p.name }

// Passkey is what a site keeps of one. None of it is a secret.
type Passkey struct {
	Credential []byte // by which the authenticator knows it
	Key        []byte // the public key (COSE)
	Counter    uint32 // how often it was used, by the authenticator; 0 where it does not count
}

// ID is by what a passkey is found.
func (p Passkey) ID() [32]byte { return sha256.Sum256(p.Credential) }

// patience of browsers with who touches the authenticator, in milliseconds.
const ceremony = 5 * 60 * 1000

// Ask returns what a browser needs to let a passkey sign, as JSON: one of some, or
// any that it has of this site where none is named. The browser holds a secret of NewSecret.
func (p *Passkeys) Ask(secret string, of ...Passkey) (string, error) {
	return written(protocol.PublicKeyCredentialRequestOptions{Challenge: challenge(secret, "ask"), Timeout: ceremony, RelyingPartyID: p.name,
		AllowedCredentials: described(of), UserVerification: protocol.VerificationRequired})
}

// Make returns what a browser needs to make a passkey, as JSON, that bears a label in the
// browser and is none of those that are there. The browser holds a secret of NewSecret.
func (p *Passkeys) Make(secret, label string, but []Passkey) (string, error) {
	resident := true
	return written(protocol.PublicKeyCredentialCreationOptions{
		RelyingParty: protocol.RelyingPartyEntity{ID: p.name, CredentialEntity: protocol.CredentialEntity{Name: p.name}},
		User: protocol.UserEntity{ID: challenge(secret, "user"), DisplayName: label,
			CredentialEntity: protocol.CredentialEntity{Name: label}},
		Challenge: challenge(secret, "make"), Parameters: keyTypes(), Timeout: ceremony, CredentialExcludeList: described(but),
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: &resident, UserVerification: protocol.VerificationRequired},
		Attestation:            protocol.PreferNoAttestation,
	})
}

// keyTypes are the kinds of keys that are taken: what authenticators make.
func keyTypes() (out []protocol.CredentialParameter) {
	for _, alg := range []webauthncose.COSEAlgorithmIdentifier{webauthncose.AlgES256, webauthncose.AlgEdDSA, webauthncose.AlgRS256} {
		out = append(out, protocol.CredentialParameter{Type: protocol.PublicKeyCredentialType, Algorithm: alg})
	}
	return out
}

func described(of []Passkey) (out []protocol.CredentialDescriptor) {
	for _, k := range of {
		out = append(out, protocol.CredentialDescriptor{Type: protocol.PublicKeyCredentialType, CredentialID: k.Credential})
	}
	return out
}

func written(options any) (string, error) {
	raw, err := json.Marshal(options)
	if err != nil {
		return "", fmt.Errorf("writing what a browser is asked: %w", err)
	}
	return string(raw), nil
}

// challenge is 256 bits from a secret, for one purpose.
func challenge(secret, purpose string) protocol.URLEncodedBase64 {
	raw, err := base64.RawURLEncoding.DecodeString(derived(secret, purpose))
	if err != nil {
		panic(err) // it was encoded so
	}
	return raw
}

// Made takes what a browser says of the passkey that it made with a secret. The caller
// sees to it that one secret is taken once.
func (p *Passkeys) Made(secret, answer string) (Passkey, error) {
	a, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return Passkey{}, ErrPasskey.Because(err)
	}
	if _, err := a.Verify(challenge(secret, "make").String(), p.name, []string{p.origin}, nil, nil, protocol.TopOriginExplicitVerificationMode, false, true, true, nil, keyTypes(),
		protocol.AttestationPolicy{}, protocol.SignaturePolicy{}); err != nil {
		return Passkey{}, ErrPasskey.Because(err)
	}
	data := a.Response.AttestationObject.AuthData
	return Passkey{Credential: data.AttData.CredentialID, Key: data.AttData.CredentialPublicKey, Counter: data.Counter}, nil
}

// Signed is what a passkey signed, not yet verified.
type Signed struct {
	a *protocol.ParsedCredentialAssertionData
}

// ReadSigned reads what a browser answers to Ask.
func ReadSigned(answer string) (Signed, error) {
	a, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return Signed{}, ErrPasskey.Because(err)
	}
	return Signed{a}, nil
}

// ID is that of the passkey that is said to have signed.
func (s Signed) ID() [32]byte { return Passkey{Credential: s.a.RawID}.ID() }

// Verify checks what was signed against the passkey that is kept and the secret of the
// browser, and returns the passkey's counter. The caller sees to it that one secret is
// taken once, and that the counter went on.
func (p *Passkeys) Verify(secret string, s Signed, k Passkey) (uint32, error) {
	if err := s.a.Verify(challenge(secret, "ask").String(), p.name, "", []string{p.origin}, nil, nil, protocol.TopOriginExplicitVerificationMode, false, true, true, k.Key,
		protocol.SignaturePolicy{}); err != nil {
		return 0, ErrPasskey.Because(err)
	}
	return s.a.Response.AuthenticatorData.Counter, nil
}
