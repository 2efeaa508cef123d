package furnish

import (
	"context"
	"slices"

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
	plain    []byte // what is sealed
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
	change bool // writes a content
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
	first   *item    // that brought the person, where not kept
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
	it.who, it.head, it.known, it.change, it.write, it.said = nil, dossier.Head{}, false, false, dossier.Written{}, seal.Commitment{}
}

// sheet is how the columns of one file belong to a type.
type sheet struct {
	header []string
	action int // column of the action, or -1
}

func sheetOf(header []string) sheet {
	return sheet{header: header, action: slices.Index(header, ActionColumn)}
}

// own returns the header without the column of the action.
func (s sheet) own() []string {
	if s.action < 0 {
		return s.header
	}
	return slices.Delete(slices.Clone(s.header), s.action, s.action+1)
}

// check applies what can be said of a row by itself. row is a place to work in.
func (r *run) check(s sheet, it *item, row map[string]string) {
	if it.line.Fault != nil {
		it.refuse(*it.line.Fault)
		return
	}
	clear(row)
	for i, name := range s.header {
		if i != s.action {
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
		it.ends(r)
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

func (it *item) ends(r *run) {
	display, retain, err := r.Pack.Ends(r.t, it.entry, r.today)
	if err != nil {
		it.refuse(Finding{Code: "E-ENDS", Rule: "retention", Text: "The end of this record cannot be computed.", Fix: "Check the date of the start event."})
		return
	}
	if retain < r.today {
		it.refuse(Finding{Field: r.t.StartField, Code: "E-OVER", Rule: "retention", Text: "The time for which this record may be kept is over.",
			Fix: "Do not send it."})
	}
	it.display, it.retain = display, retain
}

// prepare checks rows and computes all that needs nobody else's rows: canonical
// contents, tokens, marks of references. Of a row that is not taken nothing is
// kept but its findings.
func (r *run) prepare(ctx context.Context, s sheet, items []item) error {
	var live []*item
	var ids, refs [][]byte
	row := make(map[string]string, len(s.header))
	for i := range items {
		it := &items[i]
		if it.line.Number > r.skip {
			r.check(s, it, row)
		}
		if it.own = len(it.findings); it.own == 0 && it.line.Number > r.skip {
			it.plain, it.nameKey = r.plain(it.entry.Fields), string(it.identity.NameKey())
			if r.t.Negative {
				it.decided = r.t.DecisionKey(it.entry)
			}
			it.entry.Fields = nil // what is needed of them is taken
			live = append(live, it)
			ids = append(ids, it.identity.TokenInput())
			refs = append(refs, append([]byte(r.t.Code+"\x00"), it.entry.Ref...))
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
