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

// Against reports whether a record of type t takes a licence away: it suspends or
// revokes licences of that type, or bars from the occupation that they open (rules B2).
func (t *Type) Against(licence *Type) bool {
	s := t.Status
	switch {
	case s == nil || licence.Form != Licence || t.Sector != licence.Sector:
		return false
	case s.Kind == BarredFromPractising:
		return t.Occupation == licence.Occupation
	}
	return s.Of == licence.Code
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

	ExtendField string // date field that may be empty: until which day it was extended, with reasons; empty where it cannot be
	ExtendDays  int    // calendar days by which it may be extended, once, 1 to MaxImmediate
}

// MaxImmediate is the most calendar days an immediate effect may last, and by which it
// may be extended (rules C3).
const MaxImmediate = 30

// AtOnce is what an entry says of its effect before the person was heard (rules C3).
type AtOnce struct {
	Until    when.Date  // last day of it without a hearing and an extension
	Heard    bool       // the person was heard after the decision
	Extended *when.Date // last day of it as it was extended
}

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
	if m.ExtendField == "" {
		return
	}
	s := c.t.Status
	f, there := c.t.Field(m.ExtendField)
	if !there || f.Kind != Date || f.Required || slices.Contains([]string{c.t.StartField, c.t.Decision.Date, s.HeardField, s.EndField, s.MetField}, f.Name) {
		c.say("immediate.extended.until", "C3", "This is not a date field of its own that may be empty.", "Add an optional date field and name it here.")
	}
	if !slices.ContainsFunc(c.t.Fields, func(f Field) bool { return f.Kind == Reason }) {
		c.say("immediate.extended", "C3", "The person cannot be told why it was extended.", "Add a field of kind sealed reason.")
	}
	if m.ExtendDays < 1 || m.ExtendDays > MaxImmediate {
		c.say("immediate.extended.within", "C3", "An immediate effect is extended once, by at most thirty days.", "Write a term from 1 to 30 calendar days.")
	}
}

// atOnceOf returns what a row says of an effect before its hearing: nothing where the
// type has none, or where the person was heard before the decision as in any other.
// The days count from the decision or the start, whichever is earlier.
func (t *Type) atOnceOf(e Entry) *AtOnce {
	if t.Immediate == nil {
		return nil
	}
	decided, err := when.Parse(e.Fields[t.Decision.Date])
	if err != nil {
		decided = e.Start
	}
	a := &AtOnce{Until: min(decided, e.Start).AddDays(t.Immediate.Days)}
	if d, err := when.Parse(e.Fields[t.Status.HeardField]); err == nil {
		if a.Heard = d > decided; !a.Heard {
			return nil
		}
	}
	if d, err := when.Parse(e.Fields[t.Immediate.ExtendField]); err == nil && t.Immediate.ExtendField != "" {
		a.Extended = &d
	}
	return a
}

// checkAtOnce returns what is wrong with an extension.
func (t *Type) checkAtOnce(e Entry) []Finding {
	if e.AtOnce == nil || e.AtOnce.Extended == nil {
		return nil
	}
	say := func(text, fix string) []Finding {
		return []Finding{{Field: t.Immediate.ExtendField, Code: "E-EXTENSION", Rule: "C3", Text: text, Fix: fix}}
	}
	until := *e.AtOnce.Extended
	if until <= e.AtOnce.Until || until > e.AtOnce.Until.AddDays(t.Immediate.ExtendDays) {
		return say("The effect before the hearing is not extended to that day.", "Write a day after its end, by at most the days that the type allows.")
	}
	for _, f := range t.Fields {
		if f.Kind == Reason && e.Fields[f.Name] == "" {
			return say("The reasons of the extension are missing: the person is told them.", "Write them into the reason.")
		}
	}
	return nil
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
	return append(out, t.checkAtOnce(e)...)
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
