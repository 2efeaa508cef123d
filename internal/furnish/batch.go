package furnish

import (
	"context"
	"slices"

	"recourse/internal/dossier"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// batch is the rows of one transaction, in order.
type batch struct {
	nth   int64
	items []*item
	macs  map[[16]byte]bool
	fresh map[party.Token]*holder // persons minted for this batch

	persons []party.NewPerson
	prolong map[ref.Person]when.Date
	wave    int64 // see flow
	tries   int
	moved   bool // a person that it minted has another key after all
}

func newBatch(nth int64) *batch { return &batch{nth: nth, macs: map[[16]byte]bool{}} }

// takes reports whether the row may be in the batch: a ref that comes twice goes
// into the next, where it meets the first.
func (b *batch) takes(it *item) bool {
	return len(b.items) < batchRows && (!it.open() || !b.macs[it.mac])
}

func (b *batch) add(it *item) {
	b.items = append(b.items, it)
	if it.open() {
		b.macs[it.mac] = true
	}
}

func (b *batch) live() []*item {
	out := make([]*item, 0, len(b.items))
	for _, it := range b.items {
		if it.open() {
			out = append(out, it)
		}
	}
	return out
}

// match finds person and record of each row. pending are the persons of batches
// on their way to be written.
func (r *run) match(ctx context.Context, b *batch, pending map[party.Token]*holder) error {
	live := b.live()
	b.fresh = map[party.Token]*holder{}
	seen := make(map[party.Token]*holder, len(live))
	var tokens [][]party.Token
	var asked []*holder
	for _, it := range live {
		key := it.tokens[0]
		h := seen[key]
		if h == nil {
			if h = pending[key]; h == nil {
				h = &holder{first: it}
				tokens, asked = append(tokens, it.tokens), append(asked, h)
			}
			seen[key] = h
		}
		it.who = h
	}
	macs := make([][16]byte, len(live))
	for i, it := range live {
		macs[i] = it.mac
	}
	held, heads, err := r.find(ctx, tokens, macs)
	if err != nil {
		return err
	}
	for i, it := range live {
		it.head, it.known = heads[macs[i]]
	}
	for i, h := range asked {
		if p := held[i]; !p.Person.IsZero() {
			h.person, h.kept, h.live, h.slot, h.mark, h.first = p.Person, true, p.LiveUntil, p.Slot, p.NameMark, nil
			continue
		}
		if h.person, err = ref.Mint[ref.Person](r.Chance); err != nil {
			return err
		}
		b.fresh[h.first.tokens[0]] = h
	}
	return nil
}

// find asks for records, and only then for persons: a record that is there has its
// person there. The other way round, one that came between the two looks would seem
// to be about somebody else.
func (r *run) find(ctx context.Context, tokens [][]party.Token, macs [][16]byte) (held []party.Held, heads map[[16]byte]dossier.Head, err error) {
	if heads, err = r.Merger.Heads(ctx, r.clerk.Body.ID, macs); err != nil {
		return nil, nil, err
	}
	held, err = r.Registrar.Find(ctx, tokens)
	return held, heads, err
}

// judge compares names and contents by fingerprint and decides each row.
func (r *run) judge(ctx context.Context, b *batch) error {
	if err := r.names(ctx, b.live()); err != nil {
		return err
	}
	live := b.live()
	same, err := r.contents(ctx, live)
	if err != nil {
		return err
	}
	if err := r.elsewhere(ctx, live); err != nil {
		return err
	}
	for i, it := range live {
		if !it.open() {
			continue
		}
		if err := r.settle(it, same[i]); err != nil {
			return err
		}
	}
	return nil
}

// names quarantines rows whose name disagrees with the one that is known, by
// fingerprint, or with the row that brought the person. A dry run compares only
// where the body's own record of this ref is about the person: it must not tell
// whether somebody has a file.
func (r *run) names(ctx context.Context, live []*item) error {
	type name struct {
		who *holder
		key string
	}
	agrees := map[name]bool{}
	var asked []name
	var ask []seal.Marking
	for _, it := range live {
		if !it.who.kept || r.dry && !(it.known && it.head.Person == it.who.person) {
			continue
		}
		n := name{it.who, it.nameKey}
		if _, there := agrees[n]; !there {
			agrees[n] = false
			asked = append(asked, n)
			ask = append(ask, seal.Marking{Subject: party.IdentitySubject(n.who.person), Slot: n.who.slot, Content: []byte(n.key)})
		}
	}
	marks, err := r.fingerprints(ctx, ask)
	if err != nil {
		return err
	}
	for i, n := range asked {
		agrees[n] = !marks[i].Gone && marks[i].Mark == n.who.mark
	}
	for _, it := range live {
		ok, compared := agrees[name{it.who, it.nameKey}]
		if !it.who.kept {
			ok, compared = it.who.first.nameKey == it.nameKey, true
		}
		if compared && !ok {
			it.quarantine(otherName())
		}
	}
	return nil
}

func otherName() Finding {
	return Finding{Field: "name", Code: "E-NAME", Rule: "guarantee 7", Text: "The name does not agree with the one known for this identifier. Whose row it is, is not guessed.",
		Fix: "Check identifier and name against the document. If the person changed their name, tell the registry."}
}

// contents reports which rows say what the version that is here says.
func (r *run) contents(ctx context.Context, live []*item) ([]bool, error) {
	var ask []seal.Marking
	var at []int
	for i, it := range live {
		if it.open() && it.known && it.act != Withdraw && it.head.Person == it.who.person && it.head.State != dossier.Withdrawn {
			at = append(at, i)
			ask = append(ask, seal.Marking{Subject: dossier.RecordSubject(it.head.Person, it.head.Record, it.head.Version), Slot: it.head.Slot, Content: it.plain})
		}
	}
	marks, err := r.fingerprints(ctx, ask)
	if err != nil {
		return nil, err
	}
	same := make([]bool, len(live))
	for k, i := range at {
		if same[i] = !marks[k].Gone && marks[k].Mark == live[i].head.Mark; same[i] {
			live[i].said = marks[k].Commitment
		}
	}
	return same, nil
}

// elsewhere quarantines negative rows whose decision is on the person's file under another
// type (rules A3). In a dry run that is not looked at: it would tell of a file.
func (r *run) elsewhere(ctx context.Context, live []*item) error {
	var data [][]byte
	var rows []*item
	for _, it := range live {
		if it.decided != nil && it.open() && it.act != Withdraw && !(it.known && it.head.Person != it.who.person) {
			rows = append(rows, it)
			data = append(data, append(it.who.person[:len(it.who.person):len(it.who.person)], it.decided...))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	marks, err := r.Keys.DecisionMarks(ctx, data)
	if err != nil {
		return err
	}
	ask := make([]dossier.Decided, 0, len(rows))
	for i, it := range rows {
		it.write.Decision = marks[i]
		if it.who.kept && !r.dry {
			ask = append(ask, dossier.Decided{Person: it.who.person, Mark: marks[i]})
		}
	}
	found, err := r.Merger.Elsewhere(ctx, r.t.Code, ask)
	if err != nil || len(found) == 0 {
		return err
	}
	for i, it := range rows {
		types := found[dossier.Decided{Person: it.who.person, Mark: marks[i]}]
		if slices.ContainsFunc(types, func(other string) bool { return !r.Pack.SameDecision(r.t.Code, other) }) {
			it.quarantine(Finding{Code: "E-SAME-DECISION", Rule: "A3",
				Text: "The decision that this row rests on is on file under another type of record. One decision has one effect, unless one cited article names both.",
				Fix:  "File it under one type. If it was filed under the wrong one, withdraw that record first."})
		}
	}
	return nil
}

// settle decides a row and says what is to be written for it.
func (r *run) settle(it *item, same bool) error {
	v := decide(meeting{act: it.act, known: it.known, head: it.head, person: it.who.person, order: it.entry.Order, same: same})
	if v.code != "" {
		it.find(v.outcome, Finding{Code: v.code, Rule: v.rule, Text: v.text, Fix: v.fix})
		return nil
	}
	it.outcome, it.change = v.outcome, v.outcome == New || v.outcome == Changed
	it.write = dossier.Written{Person: it.who.person, Record: it.head.Record, MAC: it.mac, OldVersion: it.head.Version, Order: it.entry.Order,
		Start: it.entry.Start, DisplayEnd: it.display, RetainEnd: it.retain, Decision: it.write.Decision}
	switch v.outcome {
	case New:
		var err error
		if it.write.Record, err = ref.Mint[ref.Record](r.Chance); err != nil {
			return err
		}
	case Changed:
		it.write.RetainEnd = it.head.Retain // ends are fixed at first entry
	case Unchanged:
		if !v.advance {
			it.write.Order = 0
		}
	}
	return nil
}
