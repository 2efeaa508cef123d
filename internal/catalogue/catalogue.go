// Package catalogue holds the types of records that may exist, and checks rows
// against them.
//
// It promises that
//   - a field is of one of a closed set of kinds (rules A2), so that a score,
//     rank or level of a person has no place to be written;
//   - a negative type always names the authority, number and date of its
//     decision (rules A3);
//   - what passes a check is in one canonical form, and what fails is described
//     without repeating the value.
//
// It does no IO, reads no clock and knows no jurisdiction: types come from packs.
package catalogue

import (
	"slices"

	"recourse/internal/canon"
	"recourse/internal/when"
)

// Kind is what a field may hold. The set is closed (rules A2).
type Kind string

// The kinds of fields.
const (
	DocumentNumber Kind = "document number"
	Authority      Kind = "authority" // a body of the pack
	Date           Kind = "date"
	Money          Kind = "money" // an amount owed, with its currency
	LicenceNumber  Kind = "licence number"
	LicenceClass   Kind = "licence class"     // one of the cited values
	Scope          Kind = "scope of practice" // one of the cited values
	State          Kind = "state"             // one of the cited values
	Place          Kind = "place of decision"
	Reason         Kind = "sealed reason" // for the person and the deciders only (rules A8)
)

// Kinds lists the closed set in the order of rules A2.
func Kinds() []Kind {
	return []Kind{DocumentNumber, Authority, Date, Money, LicenceNumber, LicenceClass, Scope, State, Place, Reason}
}

// Closed reports whether a field of kind k holds one of a list of cited values.
func (k Kind) Closed() bool { return k == LicenceClass || k == Scope || k == State }

// Form is what a type records. The set is closed (rules A1, A5).
type Form string

// The forms of records. Only the last three may be favourable.
const (
	Penalty        Form = "penalty"
	Debt           Form = "debt"
	CreditEvent    Form = "credit event"
	StatusDecision Form = "status decision"
	Licence        Form = "licence"
	Qualification  Form = "qualification"
	ObligationMet  Form = "obligation met"
)

// Forms lists the closed set, the favourable ones last.
func Forms() []Form {
	return []Form{Penalty, Debt, CreditEvent, StatusDecision, Licence, Qualification, ObligationMet}
}

// Favourable reports whether a record of form f can be in the person's favour
// (rules A1, A5).
func (f Form) Favourable() bool { return f == Licence || f == Qualification || f == ObligationMet }

// Origin is what a type rests on. The set is closed (rules A5).
type Origin string

// The origins of records.
const (
	AuthorityDecision Origin = "authority decision"
	CourtDecision     Origin = "court decision"
	ContractEvent     Origin = "contract event" // notified to the person
)

// OrderBy says how a source's versions are ordered.
type OrderBy string

// The orders of versions.
const (
	ByNumber  OrderBy = "number"  // whole number, 0 or more, at most 15 digits
	ByInstant OrderBy = "instant" // RFC 3339 with its offset, to the microsecond
)

// Status says how sure a statement about the law is (rules A9).
type Status string

// The statuses.
const (
	Law        Status = "law"        // the wording was read and is in sources/ under its hash
	Policy     Status = "policy"     // chosen by the pack, stricter than or silent in the law
	Unverified Status = "unverified" // not read in a primary text; production refuses it
)

// Citation names the text a statement rests on. Source, Article and the claim
// (Status, VerifiedBy, VerifiedOn, Digest) are given by the pack; the rest is
// found in the pack's sources when it is compiled.
type Citation struct {
	Source  string // name of the file in sources/, without its ending
	Article string // article, paragraph or number inside it

	Status     Status
	VerifiedBy string
	VerifiedOn *when.Date
	Digest     string // SHA-256 of the wording in hex; needed for Law

	Titles  map[string]string // of the source, by language
	File    string            // file of the wording inside the pack
	Line    int               // its line, from 1
	Wording string            // empty where the wording was not seen
}

// Value is one of the values of a closed field, or one body of an authority field.
type Value struct {
	Code    string
	Labels  map[string]string // by language
	Aliases []string          // further spellings that a row may use
	Basis   Citation
}

// Field is one column of the content of a type.
type Field struct {
	Name       string
	Kind       Kind
	Required   bool
	Labels     map[string]string // by language
	Values     []Value           // closed kinds and authority only
	Currencies []string          // money only: ISO 4217 codes
	Secret     bool              // sealed reason: never in an answer (rules A8); set by Compile
}

// Decision names the fields that hold a record's underlying decision (rules A3).
type Decision struct {
	Authority string
	Document  string
	Date      string
}

// Type is one type of record, as its pack defines it. A Type checks rows after
// it went through Compile; it is then read only and safe for concurrent use.
type Type struct {
	Code       string
	Sector     string // area of law
	Occupation string // empty where the type is not about an occupation
	Authority  string // code of the responsible unit
	Form       Form
	Origin     Origin
	Negative   bool      // can lead to refusal, loss, cost or a duty (rules A1); fixed by type
	Safety     bool      // a licence on which life or health depends (rules B2)
	SafetyFrom *Citation // where Safety is set

	Status        *StatusTerms // status decisions only (rules A4)
	Immediate     *Immediate   // status decisions that a statute gives effect at once (rules C3)
	Overdue       Overdue      // what an overdue clock does; Hide unless the pack says else
	OverdueFrom   *Citation    // where Overdue is Refer
	Sensitive     bool         // a second person has to ask (rules G4)
	SensitiveFrom *Citation    // where Sensitive is set
	BasedOn       []string     // types of the own sector on whose decisions these rest (rules A3)
	Worse         []Worse      // negative types: fields that make a later version worse; see Load
	SameDecision  []Same       // types under which the same decision may be filed too (rules A3)

	Fields        []Field
	RefField      string // column with the source's own number of the record
	OrderField    string // column with the source's version
	OrderBy       OrderBy
	StartField    string // date field of the start event, from which ends are counted
	NotifiedField string // contract events: date field of the day the person was notified
	Decision      Decision
	Retention     string // class in the pack's retention.yaml
	LegalBasis    Citation
	Labels        map[string]string // by language
	Sentence      map[string]string // one plain sentence, by language
	Example       map[string]string // a synthetic row without the person columns

	columns []column
	header  []string
	place   map[string]int
}

// Entry is the content of one checked row in canonical form.
type Entry struct {
	Fields map[string]string // canonical values by field; empty ones are absent
	Ref    string            // the source's own number of the record
	Order  int64             // the source's version: number, or instant in UTC microseconds
	Start  when.Date         // the start event
	End    *when.Date        // status decisions: last day on which the row itself lets it be shown
	AtOnce *AtOnce           // those that take effect before the person was heard (rules C3)
}

// Canonical returns the bytes of the content that are sealed and fingerprinted.
func (e Entry) Canonical() []byte { return canon.Fields(e.Fields) }

// Field returns the field of that name.
func (t *Type) Field(name string) (Field, bool) {
	for _, f := range t.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// PersonColumns are the columns that say whom a row is about; every delivery
// begins with them.
func PersonColumns() []string { return []string{"id_type", "id_number", "name"} }

// BirthColumn is the column that every delivery may have: the person's day of
// birth, YYYY-MM-DD. Rows need it where the identifier does not hold that day.
const BirthColumn = "birth_date"

// personal reports whether a column belongs to the matching of persons.
func personal(name string) bool { return name == BirthColumn || slices.Contains(PersonColumns(), name) }

// persons is how many columns PersonColumns has; they lead the header.
const persons = 3

// TooYoung reports whether an event on day start precedes the 18th birthday of
// a person born on day birth (rules A10). Who was born on 29 February has the
// birthday on 1 March in other years: the later day protects.
func TooYoung(birth, start when.Date) bool {
	b := birth.Time()
	return start < when.Of(b.Year()+18, b.Month(), b.Day())
}
