package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"recourse/internal/canon"
	"recourse/internal/when"
)

// StatusKind is what a status decision does. The set is closed (rules A4).
type StatusKind string

// The kinds of status decisions.
const (
	LicenceSuspended     StatusKind = "licence suspended"
	LicenceRevoked       StatusKind = "licence revoked"
	BarredFromPractising StatusKind = "barred from practising"
	ConductOrder         StatusKind = "conduct order"
)

// StatusTerms is what a type of form status decision says besides (rules A4).
// Deciding authority and document are the type's Decision.
type StatusTerms struct {
	Kind        StatusKind
	Of          string            // type of the licence that is suspended or revoked; empty for the other kinds
	Article     Citation          // under which it is decided, and which obliges the recipients
	Effect      map[string]string // the one effect, by language
	HeardField  string            // date field of the hearing
	MannerField string            // state field: how the person was heard
	Remedy      map[string]string // how to have it reviewed, by language
	EndField    string            // date field of its last day
	MetField    string            // date field that may be empty: the day on which the removal conditions were met
	Removal     []Condition       // each of which ends it earlier
	Recipients  []string          // codes of the bodies that the article obliges; nobody else may see it
}

// Condition is one condition under which a status decision comes off early.
type Condition struct {
	Code   string
	Labels map[string]string // by language
	Basis  Citation
}

// Immediate lets a status decision take effect before the person was heard, for
// danger to life or health (rules C3).
type Immediate struct {
	Basis      Citation
	Recipients []string // codes of the bodies that the statute names; some or all of StatusTerms.Recipients
	Days       int      // calendar days from the decision after which it ends by itself, 1 to MaxImmediate
}

// MaxImmediate is the most calendar days an immediate effect may last (rules C3).
const MaxImmediate = 30

// Overdue is what happens to a contested record whose clock ran out (rules B2, D1).
type Overdue string

// What an overdue clock does. Showing is not among them.
const (
	Hide  Overdue = "hide"
	Refer Overdue = "refer" // "ask the issuing authority": safety only, where a statute obliges an answer
)

// Same is another type under which the same decision may be filed, with the one
// article that names both (rules A3).
type Same struct {
	Type  string
	Basis Citation
}

// decisionBrackets are the brackets in which document numbers carry their year;
// people write any of them.
var decisionBrackets = strings.NewReplacer("〔", "(", "〕", ")", "［", "(", "］", ")", "[", "(", "]", ")",
	"【", "(", "】", ")", "（", "(", "）", ")", " ", "")

// DecisionKey returns what tells one decision from another: deciding authority,
// number and date, whatever brackets and spaces the number was written with.
// Two entries about one person with one key rest on one decision (rules A3).
// It returns none for a type that names no decision.
func (t *Type) DecisionKey(e Entry) []byte {
	d := t.Decision
	if d == (Decision{}) {
		return nil
	}
	return canon.Parts([]byte(e.Fields[d.Authority]), []byte(decisionBrackets.Replace(e.Fields[d.Document])), []byte(e.Fields[d.Date]))
}

// status checks what makes a status decision one (rules A4, C3).
func (c *compiler) status() {
	t := c.t
	if (t.Form == StatusDecision) != (t.Status != nil) {
		c.say("status", "A4", "A status decision says under status: what it does, under which article and until when; no other form does.",
			"Add status: as docs/reference/pack.md says, or take it out.")
	}
	if t.Immediate != nil && t.Status == nil {
		c.say("immediate", "C3", "Only a status decision can take effect at once.", "Take immediate: out.")
		return
	}
	if t.Status == nil {
		return
	}
	s := t.Status
	c.statusKind(s)
	c.words("status.effect", s.Effect)
	c.words("status.remedy", s.Remedy)
	c.statusFields(s)
	c.removal(s)
	if len(s.Recipients) == 0 {
		c.say("status.recipients", "A4", "No body receives the decision.", "Name the bodies that the article obliges.")
	}
	if t.Origin == ContractEvent {
		c.say("origin", "A4", "A contract does not suspend, revoke or bar.", "Write the authority or court that decided.")
	}
	c.immediate()
}

func (c *compiler) statusKind(s *StatusTerms) {
	licence := s.Kind == LicenceSuspended || s.Kind == LicenceRevoked
	switch {
	case !licence && s.Kind != BarredFromPractising && s.Kind != ConductOrder:
		c.say("status.kind", "A4", "This is no status decision. Being on a list is not a record.",
			"Use one of: licence suspended, licence revoked, barred from practising, conduct order.")
	case licence != (s.Of != ""):
		c.say("status.of", "A4", "A suspension or revocation names the type of the licence; other kinds do not.",
			"Write of: with the type of the licence, or take it out.")
	case s.Kind == BarredFromPractising && c.t.Occupation == "":
		c.say("status.kind", "A4", "A bar from practising names one occupation.", "Write occupation: with the one it bars from.")
	}
}

// statusFields checks the fields in which a row says when the person was heard,
// how, and when it ends. Only an immediate effect may come before the hearing.
func (c *compiler) statusFields(s *StatusTerms) {
	must := c.t.Immediate == nil
	for _, n := range []struct {
		path, name string
		kind       Kind
		required   bool
	}{
		{"status.hearing.date", s.HeardField, Date, must}, {"status.hearing.manner", s.MannerField, State, must},
		{"status.ends", s.EndField, Date, true}, {"status.removal.met", s.MetField, Date, false},
	} {
		if f, ok := c.t.Field(n.name); !ok || f.Kind != n.kind || (n.required && !f.Required) {
			c.say(n.path, "A4", "This must name a "+map[bool]string{true: "required "}[n.required]+"field of kind "+string(n.kind)+".",
				"Add such a field and name it here. A status decision says when and how the person was heard, when it ends, and when its conditions were met.")
		}
	}
	if f, ok := c.t.Field(s.MetField); ok && f.Required {
		c.say("status.removal.met", "A4", "The day on which the conditions were met is not known from the start.", "Make the field optional.")
	}
	dates := []string{c.t.StartField, s.HeardField, s.EndField, s.MetField}
	for i, name := range dates {
		if slices.Contains(dates[:i], name) {
			c.say("status", "A4", "Start, hearing, end and removal are told by one field.", "Give each a field of its own.")
			return
		}
	}
}

func (c *compiler) removal(s *StatusTerms) {
	if len(s.Removal) == 0 {
		c.say("status.removal.conditions", "A4", "The decision cannot come off early.", "Name the conditions under which the law removes it, each cited.")
	}
	seen := map[string]bool{}
	for i, r := range s.Removal {
		at := fmt.Sprintf("status.removal.conditions.%d", i)
		if !IsCode(r.Code) || seen[r.Code] {
			c.say(at+".code", "form", "This code is there twice or is not made of lower-case words parted by dashes.", "Write it like training-done.")
		}
		seen[r.Code] = true
		c.words(at+".labels", r.Labels)
	}
}

func (c *compiler) immediate() {
	m := c.t.Immediate
	if m == nil {
		return
	}
	if m.Days < 1 || m.Days > MaxImmediate {
		c.say("immediate.within", "C3", "An immediate effect ends by itself within thirty days.", "Write a term from 1 to 30 calendar days.")
	}
	for _, r := range m.Recipients {
		if !slices.Contains(c.t.Status.Recipients, r) {
			c.say("immediate.recipients", "C3", "This body is not among the recipients of the decision.", "Name bodies of status.recipients that the statute names.")
		}
	}
	if len(m.Recipients) == 0 {
		c.say("immediate.recipients", "C3", "No body receives the immediate effect.", "Name the bodies that the statute names.")
	}
}

// checkStatus returns what is wrong with the days of a status decision.
func (t *Type) checkStatus(e Entry) []Finding {
	if t.Status == nil {
		return nil
	}
	var out []Finding
	say := func(field, code, text string) {
		out = append(out, Finding{Field: field, Code: code, Rule: "A4", Text: text, Fix: "Check the dates against the decision."})
	}
	day := func(field string) (when.Date, bool) {
		d, err := when.Parse(e.Fields[field])
		return d, err == nil
	}
	decided, _ := day(t.Decision.Date)
	if d, ok := day(t.Status.HeardField); ok && d > decided && t.Immediate == nil {
		say(t.Status.HeardField, "E-HEARING-LATE", "The person was heard after the decision.")
	}
	if d, ok := day(t.Status.EndField); ok && d < e.Start {
		say(t.Status.EndField, "E-END-EARLY", "The decision ends before it begins.")
	}
	if d, ok := day(t.Status.MetField); ok && d <= e.Start {
		say(t.Status.MetField, "E-MET-EARLY", "The conditions were met before the decision had effect.")
	}
	return out
}

// endOf returns the last day on which a row itself lets its record be shown: the
// end of a status decision, or the day before its removal conditions were met.
// It returns nil where the type's class alone decides.
func (t *Type) endOf(fields map[string]string) *when.Date {
	if t.Status == nil {
		return nil
	}
	var end *when.Date
	if d, err := when.Parse(fields[t.Status.EndField]); err == nil {
		end = &d
	}
	if d, err := when.Parse(fields[t.Status.MetField]); err == nil && (end == nil || d-1 < *end) {
		d--
		end = &d
	}
	return end
}
