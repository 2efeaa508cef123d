package party

import (
	"fmt"
	"strings"

	"recourse/internal/canon"
	"recourse/internal/fault"
	"recourse/internal/redact"
	"recourse/internal/scheme"
	"recourse/internal/when"
)

// Identity is who a row, request or sign-in is about, as far as matching goes:
// exact type and number, and a name that must agree. It does not print.
type Identity struct {
	Type   string // code of a scheme
	Number string // normalised as its scheme says
	Name   string // as it is shown: NFC, white space and middle dots unified
	Birth  when.Date
}

// Format prints the mark of redacted values for every verb.
func (Identity) Format(f fmt.State, _ rune) { fmt.Fprint(f, redact.Mark) }

// MarshalText gives encoders the mark of redacted values: an Identity is
// written field by field, on purpose.
func (Identity) MarshalText() ([]byte, error) { return []byte(redact.Mark), nil }

// ParseIdentity reads an identity by the published matching rules
// (docs/reference/identity.md holds them with their vectors). Birth may be empty
// where the number holds the whole day of birth; where it is given it must agree
// with what the number holds. Today bounds the day of birth. It returns every
// fault found; with faults the Identity must not be used. No fault repeats what
// was sent.
func ParseIdentity(idType, number, name, birth string, today when.Date) (Identity, []*fault.Error) {
	id, out := ParseIdentifier(idType, number, birth, today)
	name, bad := parseName(name)
	if bad != nil {
		out = append(out, bad)
	}
	id.Name = name
	return id, out
}

// ParseIdentifier is ParseIdentity for who is known by type and number alone.
func ParseIdentifier(idType, number, birth string, today when.Date) (id Identity, out []*fault.Error) {
	id.Type = strings.TrimSpace(idType)
	id.Number, id.Birth, out = scheme.Parse(id.Type, number, birth, today)
	return id, out
}

// TokenInput returns the bytes from which the keyed token of the identifier is
// made: type and number, each with its length. The name is not part of it.
func (i Identity) TokenInput() []byte { return canon.Parts([]byte(i.Type), []byte(i.Number)) }

// NameKey returns the bytes by which two spellings of one name are compared.
func (i Identity) NameKey() []byte { return []byte(nameKey(i.Name)) }
