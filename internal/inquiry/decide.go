package inquiry

import (
	"time"
	"unicode/utf8"

	"recourse/internal/law"
)

// Permit is what the law lets a body see for a purpose.
type Permit struct {
	Right   bool     // false: not answered
	Types   []string // record types that may be looked for
	Reasons []string // the rules that decided
	purpose law.Purpose
	pack    *law.Pack // that decided
}

// Decide says what a body may see. It looks at the request and the law alone,
// never at the person. A malformed request is an error; a missing right is not.
// Types whose bridge does not stand at instant now are not seen (rules A7), nor
// are sensitive ones: a request names one person who asks (rules G4).
func Decide(p *law.Pack, bodyCode string, r Request, now time.Time) (Permit, error) {
	if n := len(r.Key); n < 1 || n > 255 {
		return Permit{}, ErrKey
	}
	if utf8.RuneCountInString(r.Reason) > 500 || utf8.RuneCountInString(r.Case) > 100 {
		return Permit{}, formFault("E-LENGTH", "reason", "The reason may have 500 characters, the case reference 100. Nothing was looked up.")
	}
	if r.Basis != Consent && r.Basis != Statute {
		return Permit{}, formFault("E-BASIS", "basis", `The basis must be "consent" or "statute". Nothing was looked up.`)
	}
	purpose, ok := p.Purpose(r.Purpose)
	if !ok {
		return Permit{Reasons: []string{"A6"}}, nil
	}
	if !purpose.Allows(bodyCode) || string(purpose.Basis) != string(r.Basis) {
		return Permit{Reasons: []string{"A6", "G3"}}, nil
	}
	if !purpose.CaseOK(r.Case) {
		return Permit{}, formFault("E-CASE", "case", "The case reference does not have the form that this purpose requires. Nothing was looked up.")
	}
	permit := Permit{Right: true, purpose: purpose, Reasons: []string{purpose.LegalBasis.Source + " " + purpose.LegalBasis.Article}}
	for _, g := range purpose.On(p.Today(now)).Grants {
		if t, ok := p.Type(g.Type); ok && !t.Sensitive {
			permit.Types = append(permit.Types, g.Type)
		}
	}
	if len(permit.Types) == 0 {
		return Permit{Reasons: []string{"A7", "G4"}}, nil
	}
	return permit, nil
}

// Reduce leaves the fields of a record that the purpose allows.
func (p Permit) Reduce(typeCode string, fields map[string]string) map[string]string {
	return p.purpose.Reduce(typeCode, fields)
}
