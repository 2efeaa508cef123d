// Package law says what a jurisdiction allows: it holds a compiled pack and
// answers what may be recorded, who may ask for what, by when something must
// happen, when it ends, and in which words a person is told.
//
// It promises that
//   - a pack that breaks a rule of due process does not compile (rules A1-A10,
//     G2, G3); no pack and no flag lifts a refusal;
//   - every number and every basis has a citation and a status, and those that
//     nobody verified can be listed (Unverified);
//   - a compiled pack is read only and safe for concurrent use.
//
// It reads no file and no clock: the adapter lawfile reads packs, and instants
// are arguments.
package law

import (
	"encoding/hex"
	"maps"
	"regexp"
	"slices"
	"time"

	"recourse/internal/catalogue"
	"recourse/internal/scheme"
	"recourse/internal/when"
)

// Pack is a compiled pack.
type Pack struct {
	Code      string            // e.g. "cn-hubei"
	Titles    map[string]string // the jurisdiction, by language
	Registry  map[string]string // name of the registry, by language
	Contact   map[string]string // how to reach a person, by language
	Languages []string          // languages of all wording, the first is the leading one
	Operator  string            // code of the body that runs the registry
	IDTypes   []string          // kinds of official identifiers, by the codes that rows write
	Zone      *time.Location    // in which legal days begin and end
	Hash      [32]byte          // over all files of the pack
	Version   string            // Code, "@" and the first 12 hex digits of Hash

	statement   *Statement
	sectors     []Named
	occupations []Named
	types       []*catalogue.Type
	deliver     map[string]Rules
	bodies      []Body
	purposes    []Purpose
	identifiers []IDType
	calendar    *when.Calendar
	days        map[int][]Day
	deadlines   map[string]Rules
	retentions  map[string]DraftRetention
	holds       []Hold
	access      Rules
	routes      []Route
	reliefs     []Relief
	same        map[[2]string]bool  // two types under which one decision may be filed
	against     map[string][]string // by type of a licence marked for safety
	wordings    map[wordingKey]Wording
	parameters  []Parameter
	sources     []Source
}

// Statement is what a person may say beside a record of theirs, in their own words: in so
// many characters (rules D6).
type Statement struct {
	Characters int
	Basis      catalogue.Citation
}

// MostStatement is how many characters a pack can give a statement at most (rules D6).
const MostStatement = 500

// Statement returns how much a person may say beside a record; false where the pack gives
// no room for it.
func (p *Pack) Statement() (Statement, bool) {
	if p.statement == nil {
		return Statement{}, false
	}
	return *p.statement, true
}

// Named is a word of the pack with its labels: a sector or an occupation.
type Named struct {
	Code   string
	Labels map[string]string // by language
}

// Role is what a body may do.
type Role string

// The roles of bodies.
const (
	Furnisher  Role = "furnisher"  // files records
	Inquirer   Role = "inquirer"   // asks under a purpose
	Operator   Role = "operator"   // runs the registry
	Supervisor Role = "supervisor" // answers for the bodies under it
	Ombudsman  Role = "ombudsman"  // looks into single records from outside (rules H1)
)

// Body is an authority, court, bank or registry that takes part.
type Body struct {
	Code    string
	Names   map[string]string // present-day name, by language
	Aliases []string          // former and short names
	Under   string            // code of the body it answers to; empty where there is none
	Roles   []Role

	CreditCode scheme.CreditCode // under which it is registered; zero where the pack does not say
}

// May reports whether the body has role r.
func (b Body) May(r Role) bool { return slices.Contains(b.Roles, r) }

// versionOf names a pack by its code and the beginning of its hash.
func versionOf(code string, hash [32]byte) string {
	return code + "@" + hex.EncodeToString(hash[:6])
}

// Type returns the type of that code.
func (p *Pack) Type(code string) (*catalogue.Type, bool) {
	for _, t := range p.types {
		if t.Code == code {
			return t, true
		}
	}
	return nil, false
}

// SameDecision reports whether one decision may be filed under both types: one
// article names both, or they are one type. Where it does not, the second filing
// of a decision (catalogue.Type.DecisionKey) is quarantined (rules A3).
func (p *Pack) SameDecision(a, b string) bool {
	return a == b || p.same[[2]string{a, b}] || p.same[[2]string{b, a}]
}

// Against returns the types of the decisions that take a licence marked for
// safety away: while one of them stands and is not shown, the licence is not shown
// as in force (rules B2). A type that refers while its contest is overdue is among
// its own. It returns none for every other type.
func (p *Pack) Against(typeCode string) []string { return slices.Clone(p.against[typeCode]) }

// Types returns all types in order of their codes.
func (p *Pack) Types() []*catalogue.Type { return slices.Clone(p.types) }

// Body returns the body of that code.
func (p *Pack) Body(code string) (Body, bool) {
	for _, b := range p.bodies {
		if b.Code == code {
			return b, true
		}
	}
	return Body{}, false
}

// Bodies returns all bodies in the order of the pack.
func (p *Pack) Bodies() []Body { return slices.Clone(p.bodies) }

// MayFurnish reports whether a body may file records of a type: it is the
// type's responsible unit or answers to it, and is a furnisher.
func (p *Pack) MayFurnish(body, typeCode string) bool {
	b, ok := p.Body(body)
	t, known := p.Type(typeCode)
	return ok && known && b.May(Furnisher) && (b.Code == t.Authority || b.Under == t.Authority)
}

// Furnishers returns the bodies that may file records of a type, in the order of
// the pack.
func (p *Pack) Furnishers(typeCode string) []Body {
	return slices.DeleteFunc(p.Bodies(), func(b Body) bool { return !p.MayFurnish(b.Code, typeCode) })
}

// Furnishable returns the types that a body may file, in order of their codes.
func (p *Pack) Furnishable(body string) []*catalogue.Type {
	var out []*catalogue.Type
	for _, t := range p.types {
		if p.MayFurnish(body, t.Code) {
			out = append(out, t)
		}
	}
	return out
}

// Purpose returns the purpose of that code.
func (p *Pack) Purpose(code string) (Purpose, bool) {
	for _, u := range p.purposes {
		if u.Code == code {
			return u, true
		}
	}
	return Purpose{}, false
}

// Purposes returns all purposes in the order of the pack.
func (p *Pack) Purposes() []Purpose { return slices.Clone(p.purposes) }

// Sectors returns the areas of law of the pack.
func (p *Pack) Sectors() []Named { return slices.Clone(p.sectors) }

// Occupations returns the occupations of the pack.
func (p *Pack) Occupations() []Named { return slices.Clone(p.occupations) }

// Sources returns the texts that the pack cites.
func (p *Pack) Sources() []Source { return slices.Clone(p.sources) }

// Parameters returns every number and every basis of the pack, in order of
// their names.
func (p *Pack) Parameters() []Parameter { return slices.Clone(p.parameters) }

// Unverified returns the parameters that nobody verified. Production refuses to
// start while there is one; the sandbox shows them.
func (p *Pack) Unverified() []Parameter {
	return slices.DeleteFunc(p.Parameters(), func(q Parameter) bool {
		return q.Basis.Status != catalogue.Unverified
	})
}

// Today returns the legal day that holds at instant t.
func (p *Pack) Today(t time.Time) when.Date { return when.In(t, p.Zone) }

// Purpose is a pair of the person's role and the decision to be taken (rules
// A6), with what may be seen for it, by whom, and on what basis.
type Purpose struct {
	Code           string
	Role           PersonRole
	Decision       Decision
	Sector         string
	Labels         map[string]string // by language
	Sentence       map[string]string // one plain sentence: what it is for
	Bodies         []string          // codes of the bodies that may ask
	Basis          Basis
	LegalBasis     catalogue.Citation
	Grants         []Grant // in the order of the pack
	CaseFormat     string  // statute: form of a case reference, a whole-string RE2 expression
	PersonsPerCase int     // statute: how many persons one case may name
	DailyCeiling   int     // answers a body may get in one legal day
	Signed         bool    // a question has to be signed with a key of the body: a token is not enough
	Post           *Post   // check of the licence for a post only

	Passes *catalogue.Citation // statute: the article for which a freeze by the person does not stop it (rules F2); nil where it does

	caseForm *regexp.Regexp
}

// Grant is one type that a purpose may see.
type Grant struct {
	Type       string
	Fields     []string            // never a sealed reason
	LegalBasis *catalogue.Citation // statute: the article that entitles these bodies to this type (rules G3)
	Bridge     *Bridge             // a type of another sector; LegalBasis is the article that names both (rules A7)
	Across     *Across             // consent: a type of another sector, for one matter that the person started (rules G1)
}

// Across lets a record of another sector be seen on the person's consent: once, for
// a matter that they started (rules G1).
type Across struct {
	Basis   catalogue.Citation // the article that makes the record relevant
	Without map[string]string  // what happens without it, by language
}

// Bridge lets a type answer a purpose of another sector for a time (rules A7).
type Bridge struct {
	From when.Date // first day
	To   when.Date // last day, less than five years later
}

// Post is the post for which a law requires a licence (rules A6).
type Post struct {
	Labels   map[string]string  // by language
	Requires catalogue.Citation // the article that requires the licence
}

// On returns the purpose as it is on a day: without the types whose bridge does
// not stand.
func (u Purpose) On(day when.Date) Purpose {
	u.Grants = slices.DeleteFunc(slices.Clone(u.Grants), func(g Grant) bool {
		return g.Bridge != nil && (day < g.Bridge.From || day > g.Bridge.To)
	})
	return u
}

// Basis is what lets a body ask.
type Basis string

// The bases of inquiries.
const (
	Consent Basis = "consent"
	Statute Basis = "statute"
)

// Types returns the fields that the purpose may see, by type.
func (u Purpose) Types() map[string][]string {
	out := make(map[string][]string, len(u.Grants))
	for _, g := range u.Grants {
		out[g.Type] = slices.Clone(g.Fields)
	}
	return out
}

// Crosses reports whether a type is of another sector, so that it is seen on a
// consent only once, for a matter that the person started (rules G1).
func (u Purpose) Crosses(typeCode string) bool {
	return slices.ContainsFunc(u.Grants, func(g Grant) bool { return g.Type == typeCode && g.Across != nil })
}

// Sees returns the fields of one type that the purpose may see; none where it
// may not see the type at all.
func (u Purpose) Sees(typeCode string) []string {
	for _, g := range u.Grants {
		if g.Type == typeCode {
			return slices.Clone(g.Fields)
		}
	}
	return nil
}

// Allows reports whether a body may ask for this purpose.
func (u Purpose) Allows(body string) bool { return slices.Contains(u.Bodies, body) }

// CaseOK reports whether s has the form of a case reference of this purpose. A
// purpose on consent has no form: there it is the asking body's own number of the
// application that the consent is used for, or empty.
func (u Purpose) CaseOK(s string) bool {
	return len(s) <= maxCase && (u.caseForm == nil || u.caseForm.MatchString(s))
}

// maxCase is the longest case reference in bytes.
const maxCase = 128

// Reduce takes from the fields those that the purpose may not see for a type, and
// returns them: what an answer may hold.
func (u Purpose) Reduce(typeCode string, fields map[string]string) map[string]string {
	sees := u.Sees(typeCode)
	maps.DeleteFunc(fields, func(name, _ string) bool { return !slices.Contains(sees, name) })
	return fields
}
