package catalogue

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Problem says why a pack is refused. Path is the way to the place inside the
// file ("fields.2.kind"); whoever read the file knows its line.
type Problem struct {
	File string
	Path string
	Rule string // of the rules of due process, e.g. "A2", or of the pack grammar, e.g. "form"
	Text string
	Fix  string
}

var (
	codeForm  = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	fieldForm = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
)

// IsCode reports whether s can be the code of a type, body, purpose, class or
// value: lower-case words parted by dashes, at most 60 characters.
func IsCode(s string) bool { return len(s) <= 60 && codeForm.MatchString(s) }

// Compile checks the grammar of a type and returns it ready to check rows, or
// all problems. Citations, authority, sector and retention class are the
// pack's to resolve. Languages are those in which every label must be given.
func Compile(t Type, languages []string) (*Type, []Problem) {
	c := &compiler{t: &t, languages: languages}
	t.Fields = slices.Clone(t.Fields)
	c.names()
	for i := range t.Fields {
		c.field(i)
	}
	c.unscored()
	c.nature()
	c.status()
	c.steps()
	c.worse()
	c.control()
	if len(c.out) > 0 {
		return nil, c.out
	}
	c.build()
	c.example()
	if len(c.out) > 0 {
		return nil, c.out
	}
	return &t, nil
}

type compiler struct {
	t         *Type
	languages []string
	out       []Problem
}

func (c *compiler) say(path, rule, text, fix string) {
	c.out = append(c.out, Problem{Path: path, Rule: rule, Text: text, Fix: fix})
}

func (c *compiler) names() {
	if !IsCode(c.t.Code) {
		c.say("type", "form", "The code of the type is not made of lower-case words parted by dashes.", "Write it like market-penalty.")
	}
	c.words("labels", c.t.Labels)
	c.words("sentence", c.t.Sentence)
	if len(c.t.Fields) < 3 {
		c.say("fields", "A2", "The type has fewer than three fields of its own.", "Name what the law has recorded about this event.")
	}
}

// words checks that a text is there in each language of the pack and no other.
func (c *compiler) words(path string, text map[string]string) {
	c.out = append(c.out, CheckWords(path, text, c.languages)...)
}

// CheckWords returns a problem for each language in which a text is missing or
// empty, and for each that the pack does not have.
func CheckWords(path string, text map[string]string, languages []string) []Problem {
	var out []Problem
	for _, l := range languages {
		if strings.TrimSpace(text[l]) == "" {
			out = append(out, Problem{Path: path, Rule: "words", Text: "The wording in language " + l + " is missing.",
				Fix: "Write it in each language of the pack: " + strings.Join(languages, ", ") + "."})
		}
	}
	if len(out) == 0 && len(text) != len(languages) {
		out = append(out, Problem{Path: path, Rule: "words", Text: "There is wording in a language that the pack does not have.",
			Fix: "Keep to the languages of pack.yaml, or add the language there."})
	}
	return out
}

func fieldPath(i int) string               { return fmt.Sprintf("fields.%d", i) }
func valuePath(field string, i int) string { return fmt.Sprintf("%s.values.%d", field, i) }

func (c *compiler) field(i int) {
	f := &c.t.Fields[i]
	path := fieldPath(i)
	if len(f.Name) > 40 || !fieldForm.MatchString(f.Name) || personal(f.Name) {
		c.say(path+".name", "form", "The name of the field is not free lower-case words parted by underscores.", "Write it like decision_number.")
	}
	for _, g := range c.t.Fields[:i] {
		if g.Name == f.Name {
			c.say(path+".name", "name", "Two fields have this name.", "Give each field its own name.")
		}
	}
	c.words(path+".labels", f.Labels)
	if !slices.Contains(Kinds(), f.Kind) {
		c.say(path+".kind", "A2", "This kind of field does not exist. A registry has no numbers, marks, ranks or levels of a person.",
			"Use one of: "+kindNames()+".")
		return
	}
	f.Secret = f.Kind == Reason
	c.values(path, f)
	if (f.Kind == Money) != (len(f.Currencies) > 0) {
		c.say(path+".currencies", "A2", "A money field names its currencies, and no other field has any.", "Write currencies: [CNY] for money, nothing else.")
	}
	for _, cur := range f.Currencies {
		if _, ok := minor(cur); !ok {
			c.say(path+".currencies", "A2", "This currency is not known.", "Use an ISO 4217 code such as CNY.")
		}
	}
}

func kindNames() string {
	var b []string
	for _, k := range Kinds() {
		b = append(b, string(k))
	}
	return strings.Join(b, ", ")
}

func (c *compiler) values(path string, f *Field) {
	if needs := f.Kind.Closed() || f.Kind == Authority; needs != (len(f.Values) > 0) {
		c.say(path+".values", "A2", "Licence class, scope of practice, state and authority have a list of values; other fields have none.",
			"List each value with its citation, or take the list out.")
	}
	spellings := map[string]bool{}
	for i, v := range f.Values {
		at := valuePath(path, i)
		if !IsCode(v.Code) {
			c.say(at+".code", "form", "The code of the value is not made of lower-case words parted by dashes.", "Write it like not-paid.")
		}
		c.words(at+".labels", v.Labels)
		mine := map[string]bool{v.Code: true}
		for _, s := range v.Labels {
			mine[s] = true
		}
		for _, s := range v.Aliases {
			mine[s] = true
		}
		for s := range mine {
			if spellings[s] {
				c.say(at, "name", "Two values share a code, label or alias.", "Make each spelling mean one value.")
				break
			}
		}
		for s := range mine {
			spellings[s] = true
		}
	}
}

// nature checks what the type says about itself (rules A1, A3, A4, A5, B2).
func (c *compiler) nature() {
	t := c.t
	switch {
	case !slices.Contains(Forms(), t.Form):
		c.say("form", "A5", "This form of record does not exist. Lists, honours, merit, volunteering and reports are not records.",
			"Use one of: penalty, debt, credit event, status decision, licence, qualification, obligation met.")
	case !t.Form.Favourable() && !t.Negative:
		c.say("negative", "A1", "A "+string(t.Form)+" can lead to refusal, loss, cost or a duty.", "Write negative: true.")
	}
	if !slices.Contains([]Origin{AuthorityDecision, CourtDecision, ContractEvent}, t.Origin) {
		c.say("origin", "A5", "The type rests on nothing that a registry may keep.",
			"Use one of: authority decision, court decision, contract event (notified to the person).")
	}
	if (t.Origin == ContractEvent) != (t.NotifiedField != "") {
		c.say("notified", "A5", "A contract event names the date field of the day the person was notified; other origins do not.",
			"Add notified: and a required date field, or take it out.")
	}
	if t.Safety != (t.SafetyFrom != nil) || (t.Safety && t.Form != Licence) {
		c.say("safety", "B2", "Only a licence is marked for safety, and the article that says so is cited.",
			"Cite the article under safety:, or take the mark off.")
	}
	if reasons := c.count(Reason); reasons > 1 {
		c.say("fields", "A8", "The type has more than one free text.", "Keep one sealed reason.")
	}
}

// steps checks what a type says of overdue clocks, second askers and other types
// (rules A3, B2, G4). That other types exist is the pack's to check.
func (c *compiler) steps() {
	t := c.t
	if t.Overdue == "" {
		t.Overdue = Hide
	}
	switch {
	case t.Overdue != Hide && t.Overdue != Refer:
		c.say("overdue.do", "B2", "An overdue clock hides a record or refers to the authority; it never shows.", "Write do: hide or do: refer.")
	case (t.Overdue == Refer) != (t.OverdueFrom != nil):
		c.say("overdue", "B2", "Referring needs the statute that obliges an answer, and hiding needs none.", "Add basis: to do: refer, or take it out.")
	case t.Overdue == Refer && !t.Safety && (t.Status == nil || t.Status.Of == ""):
		c.say("overdue", "B2", "Only for a licence marked for safety, and for its suspension or revocation, may an overdue clock refer.", "Write do: hide.")
	}
	if t.Sensitive != (t.SensitiveFrom != nil) {
		c.say("sensitive", "G4", "A sensitive type cites the law that makes it one.", "Write sensitive: with the article.")
	}
	for i, code := range t.BasedOn {
		if code == t.Code || slices.Contains(t.BasedOn[:i], code) {
			c.say(fmt.Sprintf("based_on.%d", i), "A3", "A type rests on another type, named once.", "Name each other type of the sector once.")
		}
	}
}

func (c *compiler) count(k Kind) int {
	n := 0
	for _, f := range c.t.Fields {
		if f.Kind == k {
			n++
		}
	}
	return n
}

// control checks the columns that steer: ref, order, start and decision.
func (c *compiler) control() {
	t := c.t
	if f, ok := t.Field(t.RefField); ok {
		if !f.Required || (f.Kind != DocumentNumber && f.Kind != LicenceNumber) {
			c.say("ref", "form", "A field that serves as the source's number is a required document or licence number.",
				"Make it so, or name a column of its own.")
		}
	} else if !controlName(t.RefField) {
		c.say("ref", "form", "The column with the source's own number is not named.", "Write ref: source_ref.")
	}
	if _, taken := t.Field(t.OrderField); taken || !controlName(t.OrderField) || t.OrderField == t.RefField {
		c.say("order.column", "form", "The column with the source's version needs a name of its own.", "Write order: {column: version, by: number}.")
	}
	if t.OrderBy != ByNumber && t.OrderBy != ByInstant {
		c.say("order.by", "form", "Versions are ordered by number or by instant.", "Write by: number or by: instant.")
	}
	c.need("start", "A3", t.StartField, Date)
	if t.NotifiedField != "" {
		c.need("notified", "A5", t.NotifiedField, Date)
	}
	if d := t.Decision; t.Negative || d != (Decision{}) {
		c.need("decision.authority", "A3", d.Authority, Authority)
		c.need("decision.document", "A3", d.Document, DocumentNumber)
		c.need("decision.date", "A3", d.Date, Date)
	}
}

func controlName(s string) bool {
	return len(s) <= 40 && fieldForm.MatchString(s) && !personal(s)
}

// need reports a steering field that is not there, optional, or of another kind.
func (c *compiler) need(path, rule, name string, k Kind) {
	if f, ok := c.t.Field(name); !ok || f.Kind != k || !f.Required {
		c.say(path, rule, "This must name a required field of kind "+string(k)+".",
			"Add such a field, make it required, and name it here. A negative record names authority, number and date of its decision.")
	}
}

func (c *compiler) build() {
	t := c.t
	t.header = PersonColumns()
	if _, ok := t.Field(t.RefField); !ok {
		t.columns = append(t.columns, column{name: t.RefField, required: true, canon: readNumber})
	}
	t.columns = append(t.columns, column{name: t.OrderField, required: true,
		canon: func(s string) (string, *Finding) { return narrow(s), nil }})
	for _, f := range t.Fields {
		t.columns = append(t.columns, column{name: f.Name, required: f.Required, content: true, canon: reader(f)})
	}
	for _, col := range t.columns {
		t.header = append(t.header, col.name)
	}
	t.place = make(map[string]int, len(t.header))
	for i, name := range t.header {
		t.place[name] = i
	}
}

// example checks that the type's own example passes.
func (c *compiler) example() {
	_, found := c.t.Check(c.t.Example)
	for _, f := range found {
		c.say("example", "example", "The example does not pass: "+f.Field+": "+f.Text, f.Fix)
	}
}
