package inquiry

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"recourse/internal/law"
)

// Permit is what the law lets a body see for a purpose.
type Permit struct {
	Right    bool     // false: not answered
	Types    []string // record types that may be looked for
	Pass     []string // of these, those that a freeze by the person does not stop (rules F2)
	Against  []Pair   // what keeps a safety licence among them from being shown as in force (rules B2)
	Second   bool     // a second person of the body has to confirm the request (rules G4)
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
	NothingToday  Reason = "nothing today"   // rules A7
	Entitled      Reason = "entitled"        // by the purpose's own article
)

// Pair is a licence marked for safety and a type of decision that takes it away. A
// type is paired with itself where it is referred about while its contest is
// overdue, because a statute obliges an answer. Without a licence it is a decision
// that has effect at once towards who asks (rules C3).
type Pair struct{ Licence, Decision string }

// Withheld is a type that a purpose names and that is not seen today, with the
// rule that says so.
type Withheld struct{ Type, Rule string }

// Entitle says what a body may see for a purpose on a basis. It looks at the law
// alone. Types whose bridge does not stand at instant now are withheld (rules A7);
// a sensitive one makes the whole request need a second person (rules G4).
func Entitle(p *law.Pack, bodyCode, purposeCode string, basis Basis, now time.Time) Permit {
	purpose, ok := p.Purpose(purposeCode)
	switch {
	case !ok:
		return Permit{Reason: NoSuchPurpose, pack: p}
	case !purpose.Allows(bodyCode):
		return Permit{Reason: AnotherBody, pack: p}
	case string(purpose.Basis) != string(basis):
		return Permit{Reason: AnotherBasis, pack: p}
	}
	permit := Permit{Reason: NothingToday, purpose: purpose, pack: p}
	today := purpose.On(p.Today(now))
	for _, g := range purpose.Grants {
		t, ok := p.Type(g.Type)
		if !ok || today.Sees(g.Type) == nil {
			permit.Withheld = append(permit.Withheld, Withheld{g.Type, "A7"})
			continue
		}
		permit.Types, permit.Right, permit.Reason = append(permit.Types, g.Type), true, Entitled
		permit.Second = permit.Second || t.Sensitive
		if purpose.Passes != nil && g.Bridge == nil {
			permit.Pass = append(permit.Pass, g.Type)
		}
		for _, decision := range p.Against(g.Type) {
			permit.Against = append(permit.Against, Pair{g.Type, decision})
		}
		if t.Immediate != nil && t.Sector == purpose.Sector && slices.Contains(t.Immediate.Recipients, bodyCode) {
			permit.Against = append(permit.Against, Pair{Decision: g.Type})
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

// referred names what only the issuing authority can tell about: the licence,
// never what stands against it. Each stands there once, by its type and source.
func (p Permit) referred(list []Referral) []Referral {
	var out []Referral
	for _, r := range list {
		if t, ok := p.pack.Type(r.Type); ok && t.Status != nil && t.Status.Of != "" {
			r.Type = t.Status.Of
		}
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b Referral) int {
		return cmp.Or(strings.Compare(a.Type, b.Type), bytes.Compare(a.Source[:], b.Source[:]))
	})
	return out
}

// Reduce leaves the fields of a record that the purpose allows.
func (p Permit) Reduce(typeCode string, fields map[string]string) map[string]string {
	return p.purpose.Reduce(typeCode, fields)
}
