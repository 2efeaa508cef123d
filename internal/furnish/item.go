package furnish

import (
	"context"
	"slices"
	"strings"

	"recourse/internal/catalogue"
	"recourse/internal/dossier"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// item is one row on its way.
type item struct {
	line     Line // the cells are kept where rejects are asked for
	act      Action
	identity party.Identity
	entry    catalogue.Entry
	display  when.Date
	retain   when.Date
	states   []byte    // what the row says of whom, and is committed to
	plain    []byte    // the end of it, which is sealed
	load     seal.Load // of a negative type: what of it weighs on the person
	nameKey  string
	decided  []byte // what tells its decision from others, of a negative type
	tokens   []party.Token
	mac      [16]byte // of the source's ref
	findings []Finding
	outcome  Outcome
	own      int // how many of the findings the row brought itself

	who    *holder
	head   dossier.Head
	known  bool // whether head is
	same   bool // the row says of the same person what the version that is here says
	change bool // writes a content
	worse  bool // than the version that is here (rules C2)
	write  dossier.Written
	said   seal.Commitment // to the content; zero where none is kept
}

// holder is whom rows are about: found, or minted for the first of them.
type holder struct {
	person  ref.Person
	kept    bool      // was found
	live    when.Date // until when the file lives, with what this run adds; owned by who seals
	slot    seal.Slot
	mark    [16]byte // of the name, where kept
	first   *item    // that brought the person, where not kept, until its batch is written
	nameKey string   // of that row
	before  *holder  // with the same key, from before the batch was matched anew
	written bool     // the batch that minted the person has registered them; owned by who writes
}

func (it *item) open() bool { return len(it.findings) == 0 }

func (it *item) refuse(f Finding)     { it.find(Refused, f) }
func (it *item) quarantine(f Finding) { it.find(Quarantined, f) }

// find adds a finding. A row that is in doubt and also breaks a rule is refused.
func (it *item) find(o Outcome, f Finding) {
	if it.outcome != Refused {
		it.outcome = o
	}
	f.Row = it.line.Number
	it.findings = append(it.findings, f)
}

// again forgets what was found of the row in the registry.
func (it *item) again() {
	if it.own == 0 {
		it.findings, it.outcome = nil, ""
	}
	it.who, it.head, it.known, it.same, it.change, it.worse, it.write, it.said = nil, dossier.Head{}, false, false, false, false, dossier.Written{}, seal.Commitment{}
}

// sheet is how the columns of one file belong to a type.
type sheet struct {
	header []string
	action int // column of the action, or -1
}

func sheetOf(header []string) sheet {
	return sheet{header: header, action: slices.Index(header, ActionColumn)}
}

// columns returns the columns that belong to the type: not the action, and not
// what a file of rows to be mended says beside them.
func (s sheet) columns() (out []string) {
	for i, name := range s.header {
		if s.typed(i) {
			out = append(out, name)
		}
	}
	return out
}

func (s sheet) typed(i int) bool {
	return i != s.action && !strings.HasPrefix(s.header[i], MendPrefix)
}

// checker checks rows, one after another.
type checker struct {
	*run
	sheet sheet
	row   map[string]string  // a place to work in
	ends  map[when.Date]ends // of this run's type, by start event
}

// ends are the last days of a record.
type ends struct{ display, retain when.Date }

func (r *run) checker(s sheet) *checker {
	return &checker{run: r, sheet: s, row: make(map[string]string, len(s.header)), ends: map[when.Date]ends{}}
}

// check applies what can be said of a row by itself.
func (r *checker) check(it *item) {
	if it.line.Fault != nil {
		it.refuse(*it.line.Fault)
		return
	}
	s, row := r.sheet, r.row
	clear(row)
	for i, name := range s.header {
		if s.typed(i) {
			row[name] = it.line.Cells[i]
		}
	}
	it.act = Record
	if s.action >= 0 {
		it.asks(it.line.Cells[s.action])
	}
	id, faults := party.ParseIdentity(r.Pack.Scheme(row["id_type"]), row["id_number"], row["name"], row[catalogue.BirthColumn], r.today)
	for _, f := range faults {
		it.quarantine(Finding{Field: f.Field, Code: f.Code, Rule: f.Rule, Text: f.Text, Fix: "Correct the identity and send the row again."})
	}
	entry, findings := r.t.Check(row)
	if it.act == Withdraw {
		// What is taken back is named by person, ref and version; the rest may be empty.
		findings = slices.DeleteFunc(findings, func(f catalogue.Finding) bool { return f.Field != r.t.RefField && f.Field != r.t.OrderField })
	} else if len(findings) == 0 && len(faults) == 0 {
		findings = r.t.CheckDays(entry, id.Birth, r.today)
	}
	for _, f := range findings {
		it.refuse(Finding{Field: f.Field, Code: f.Code, Rule: f.Rule, Text: f.Text, Fix: f.Fix})
	}
	it.identity, it.entry = id, entry
	if it.open() && it.act != Withdraw {
		r.end(it)
	}
}

func (it *item) asks(cell string) {
	switch a := Action(cell); a {
	case "", Record:
	case Correct, Withdraw:
		it.act = a
	default:
		it.refuse(Finding{Field: ActionColumn, Code: "E-ACTION", Rule: "form", Text: "This is no action that a row can ask for.",
			Fix: "Write record, correct or withdraw, or leave the cell empty to record."})
	}
}

// mostEnds is how many ends a checker keeps: of some ten years of start events.
const mostEnds = 4096

// end says when a record ends. Rows of one start event that name no end themselves
// end alike.
func (r *checker) end(it *item) {
	at, known := r.ends[it.entry.Start]
	if !known || it.entry.End != nil {
		var err error
		if at.display, at.retain, err = r.Pack.Ends(r.t, it.entry, r.today); err != nil {
			it.refuse(Finding{Code: "E-ENDS", Rule: "retention", Text: "The end of this record cannot be computed.", Fix: "Check the date of the start event."})
			return
		}
		if it.entry.End == nil && len(r.ends) < mostEnds {
			r.ends[it.entry.Start] = at
		}
	}
	if at.retain < r.today {
		it.refuse(Finding{Field: r.t.StartField, Code: "E-OVER", Rule: "retention", Text: "The time for which this record may be kept is over.",
			Fix: "Do not send it."})
	}
	it.display, it.retain = at.display, at.retain
}

// prepare checks rows and computes all that needs nobody else's rows: canonical
// contents, tokens, marks of references. Of a row that is not taken nothing is
// kept but its findings.
func (r *checker) prepare(ctx context.Context, items []item) error {
	live := make([]*item, 0, len(items))
	ids, refs := make([][]byte, 0, len(items)), make([][]byte, 0, len(items))
	for i := range items {
		it := &items[i]
		if it.line.Number > r.skip {
			r.check(it)
		}
		if it.own = len(it.findings); it.own == 0 && it.line.Number > r.skip {
			it.nameKey = string(it.identity.NameKey())
			it.states, it.plain = r.states(it.identity, it.nameKey, it.entry.Fields)
			if r.t.Negative {
				it.decided, it.load = r.t.DecisionKey(it.entry), r.t.Load(it.entry)
			}
			it.entry.Fields = nil // what is needed of them is taken
			live = append(live, it)
			ids = append(ids, it.identity.TokenInput())
			refs = append(refs, refInput(r.t.Code, it.entry.Ref))
		} else {
			it.identity, it.entry = party.Identity{}, catalogue.Entry{}
		}
		if r.rejects == nil {
			it.line.Cells = nil
		}
	}
	if len(live) == 0 {
		return nil
	}
	tokens, err := r.Keys.PersonTokens(ctx, ids)
	if err != nil {
		return err
	}
	macs, err := r.Keys.RefMarks(ctx, r.clerk.Body.ID, refs)
	if err != nil {
		return err
	}
	for i, it := range live {
		it.tokens, it.mac = tokens[i], macs[i]
	}
	return nil
}

// refInput is what the mark of a source's reference is made of.
func refInput(typ, ref string) []byte {
	out := make([]byte, 0, len(typ)+1+len(ref))
	return append(append(append(out, typ...), 0), ref...)
}
