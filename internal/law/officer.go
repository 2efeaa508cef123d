package law

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"recourse/internal/fault"
)

// Officer may sign packs of a registry. Who is one is said by its operator.
type Officer struct {
	Name    string // by which the log knows them: an office or a number of staff
	Key     ed25519.PublicKey
	MadeAt  time.Time
	EndedAt time.Time // zero while they may sign
}

// NewOfficer reads a name and a public key in base64.
func NewOfficer(name, key string, now time.Time) (Officer, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(key))
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return Officer{}, fault.New(fault.Invalid, "E-OFFICER-KEY", "The public key is not the line that recourse officer key printed. Nothing was changed.").At("public-key")
	}
	if name = strings.TrimSpace(name); name == "" || len(name) > 64 || strings.ContainsAny(name, "\r\n\t") {
		return Officer{}, fault.New(fault.Invalid, "E-OFFICER-NAME", "The name of an officer has 1 to 64 bytes on one line. Nothing was changed.").At("name")
	}
	return Officer{Name: name, Key: raw, MadeAt: now}, nil
}

// Signature is what an officer gives for one pack.
type Signature struct {
	Version string
	Hash    [32]byte
	Key     ed25519.PublicKey
	Sig     []byte
}

// message is what is signed: the whole hash of a pack, named so that it can be
// taken for nothing else.
func message(version string, hash [32]byte) []byte {
	return fmt.Appendf(nil, "recourse pack v1\n%s\n%x\n", version, hash)
}

// Sign signs a pack.
func Sign(p *Pack, key ed25519.PrivateKey) Signature {
	public, _ := key.Public().(ed25519.PublicKey)
	return Signature{Version: p.Version, Hash: p.Hash, Key: public, Sig: ed25519.Sign(key, message(p.Version, p.Hash))}
}

const signatureHead = "recourse-pack-signature-v1"

// String writes the signature on one line, as ParseSignature reads it.
func (s Signature) String() string {
	return strings.Join([]string{signatureHead, s.Version, hex.EncodeToString(s.Hash[:]), base64.StdEncoding.EncodeToString(s.Key),
		base64.StdEncoding.EncodeToString(s.Sig)}, " ")
}

// ParseSignature reads a line that a signature was written as.
func ParseSignature(line string) (Signature, error) {
	bad := fault.New(fault.Invalid, "E-SIGNATURE-FORM", "This is not the line that recourse pack sign wrote. Nothing was changed; sign again.")
	part := strings.Fields(line)
	if len(part) != 5 || part[0] != signatureHead {
		return Signature{}, bad
	}
	hash, err1 := hex.DecodeString(part[2])
	key, err2 := base64.StdEncoding.DecodeString(part[3])
	sig, err3 := base64.StdEncoding.DecodeString(part[4])
	if err1 != nil || err2 != nil || err3 != nil || len(hash) != 32 || len(key) != ed25519.PublicKeySize || len(sig) != ed25519.SignatureSize {
		return Signature{}, bad
	}
	return Signature{Version: part[1], Hash: [32]byte(hash), Key: key, Sig: sig}, nil
}

// signatures is how many different officers must sign a pack.
const signatures = 2

// Countersigned returns the officers who signed a pack, or a fault that says why
// their signatures do not count: each must be over this very pack, by an officer
// who may sign at now, and two of different officers are needed (rules A9).
func Countersigned(p *Pack, signed []Signature, officers []Officer, now time.Time) ([]Officer, error) {
	var out []Officer
	seen := map[string]bool{}
	for _, s := range signed {
		o, err := signer(p, s, officers, now)
		if err != nil {
			return nil, err
		}
		if seen[o.Name] {
			return nil, refused("E-SIGNED-TWICE", "Officer %s signed twice; the second signature must be by another person.", o.Name)
		}
		seen[o.Name] = true
		out = append(out, o)
	}
	if len(out) < signatures {
		return nil, refused("E-SIGNED-ONCE", "A pack is activated on the signatures of %d different officers, and there are %d. Let another officer run recourse pack sign.", signatures, len(out))
	}
	return out, nil
}

// signer returns who made a signature that counts.
func signer(p *Pack, s Signature, officers []Officer, now time.Time) (Officer, error) {
	if s.Hash != p.Hash || s.Version != p.Version {
		return Officer{}, refused("E-SIGNED-OTHER", "A signature is over pack %s and not over %s, which is to be activated. Sign this one.", s.Version, p.Version)
	}
	for _, o := range officers {
		switch {
		case !o.Key.Equal(s.Key):
			continue
		case !ed25519.Verify(o.Key, message(p.Version, p.Hash), s.Sig):
			return Officer{}, refused("E-SIGNED-BADLY", "The signature in the name of %s does not verify. Let them sign again.", o.Name)
		case !o.EndedAt.IsZero() && !o.EndedAt.After(now):
			return Officer{}, refused("E-SIGNED-REVOKED", "Officer %s may not sign any more. Let another officer sign.", o.Name)
		}
		return o, nil
	}
	return Officer{}, refused("E-SIGNED-STRANGER", "A signature is by a key that no officer of this registry has. Register the officer with recourse officer add, or let a known one sign.")
}

func refused(code, text string, args ...any) error {
	return fault.Newf(fault.Refused, code, text+" Nothing was changed.", args...).By("A9")
}
