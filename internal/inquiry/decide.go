package inquiry

import (
	"time"
	"unicode/utf8"

	"recourse/internal/law"
)

// Permit is what the law lets a body see for a purpose.
type Permit struct {
	Right    bool     // false: not answered
	Types    []string // record types that may be looked for
	Withheld []Withheld
	Reason   Reason // what decided
	purpose  law.Purpose
	pack     *law.Pack // that decided
}

// Reason is what decided about a right.
type Reason string

// The reasons. Only the last gives a right.
const (
	NoSuchPurpose Reason = "no such purpose" // rules A6
	AnotherBody   Reason = "another body"    // rules G3
	AnotherBasis  Reason = "another basis"   // rules G1, G3
	NothingToday  Reason = "nothing today"   // rules A7, G4
	Entitled      Reason = "entitled"        // by the purpose's own article
)

// Withheld is a type that a purpose names and that is not seen today, with the
// rule that says so.
type Withheld struct{ Type, Rule string }

// Entitle says what a body may see for a purpose on a basis. It looks at the law
// alone. Types whose bridge does not stand at instant now are withheld (rules A7),
// and so are sensitive ones: a request names one person who asks (rules G4).
func Entitle(p *law.Pack, bodyCode, purposeCode string, basis Basis, now time.Time) Permit {
	purpose, ok := p.Purpose(purposeCode)
	switch {
	case !ok:
		return Permit{Reason: NoSuchPurpose}
	case !purpose.Allows(bodyCode):
		return Permit{Reason: AnotherBody}
	case string(purpose.Basis) != string(basis):
		return Permit{Reason: AnotherBasis}
	}
	permit := Permit{Reason: NothingToday, purpose: purpose, pack: p}
	today := purpose.On(p.Today(now))
	for _, g := range purpose.Grants {
		switch t, ok := p.Type(g.Type); {
		case !ok || today.Sees(g.Type) == nil:
			permit.Withheld = append(permit.Withheld, Withheld{g.Type, "A7"})
		case t.Sensitive:
			permit.Withheld = append(permit.Withheld, Withheld{g.Type, "G4"})
		default:
			permit.Types, permit.Right, permit.Reason = append(permit.Types, g.Type), true, Entitled
		}
	}
	return permit
}

// Decide says what a body may see. It looks at the request and the law alone,
// never at the person. A malformed request is an error; a missing right is not.
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
	permit := Entitle(p, bodyCode, r.Purpose, r.Basis, now)
	if permit.Right && !permit.purpose.CaseOK(r.Case) {
		return Permit{}, formFault("E-CASE", "case", "The case reference does not have the form that this purpose requires. Nothing was looked up.")
	}
	return permit, nil
}

// Reduce leaves the fields of a record that the purpose allows.
func (p Permit) Reduce(typeCode string, fields map[string]string) map[string]string {
	return p.purpose.Reduce(typeCode, fields)
}
