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
	nth    int64
	items  []*item
	bytes  int // of their contents
	macs   map[[16]byte]bool
	fresh  map[party.Token]*holder // persons minted for this batch
	minted []party.Token           // those that later batches have taken over

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
	return len(b.items) < batchRows && b.bytes < batchBytes && (!it.open() || !b.macs[it.mac])
}

func (b *batch) add(it *item) {
	b.items = append(b.items, it)
	b.bytes += len(it.states)
	if it.open() {
		b.macs[it.mac] = true
	}
}

// release lets go of all that the batch was written from: later batches still point
// to persons that it brought, and those to its rows, and so on to the first.
func (b *batch) release() {
	for _, h := range b.fresh {
		for h != nil {
			h.first, h, h.before = nil, h.before, nil
		}
	}
	for _, it := range b.items {
		*it = item{}
	}
	b.items, b.persons = nil, nil
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

// match finds the record of each row, and the person of each that does not say what
// is here already. Records are asked for first: one that is there has its person
// there. The other way round, one that came between the two looks would seem to be
// about somebody else. pending are the persons of batches on their way to be written.
func (r *run) match(ctx context.Context, b *batch, pending map[party.Token]*holder) error {
	live := b.live()
	if err := r.heads(ctx, live); err != nil {
		return err
	}
	if err := r.contents(ctx, live); err != nil {
		return err
	}
	return r.persons(ctx, b, live, pending)
}

func (r *run) heads(ctx context.Context, live []*item) error {
	macs := make([][16]byte, len(live))
	for i, it := range live {
		macs[i] = it.mac
	}
	heads, err := r.Merger.Heads(ctx, r.clerk.Body.ID, macs)
	for i, it := range live {
		it.head, it.known = heads[macs[i]]
	}
	return err
}

// persons finds or mints whom rows are about. Of a row that says what is here,
// about whom it says it is known with that.
func (r *run) persons(ctx context.Context, b *batch, live []*item, pending map[party.Token]*holder) error {
	b.fresh = map[party.Token]*holder{}
	seen := make(map[party.Token]*holder, len(live))
	var tokens [][]party.Token
	var asked []*holder
	for _, it := range live {
		if it.same {
			continue
		}
		key := it.tokens[0]
		h := seen[key]
		if h == nil {
			if h = pending[key]; h == nil {
				h = &holder{first: it, nameKey: it.nameKey}
				tokens, asked = append(tokens, it.tokens), append(asked, h)
			}
			seen[key] = h
		}
		it.who = h
	}
	held, err := r.Registrar.Find(ctx, tokens)
	if err != nil {
		return err
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

// judge compares names and decides each row.
func (r *run) judge(ctx context.Context, b *batch) error {
	live := b.live()
	if err := r.names(ctx, live); err != nil {
		return err
	}
	if err := r.elsewhere(ctx, live); err != nil {
		return err
	}
	for _, it := range live {
		if !it.open() {
			continue
		}
		if err := r.settle(it); err != nil {
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
		if it.same || !it.who.kept || r.dry && !(it.known && it.head.Person == it.who.person) {
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
		if it.same {
			continue
		}
		ok, compared := agrees[name{it.who, it.nameKey}]
		if !it.who.kept {
			ok, compared = it.who.nameKey == it.nameKey, true
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

// contents notes which rows say of the same person what the version that is here
// says.
func (r *run) contents(ctx context.Context, live []*item) error {
	var ask []seal.Marking
	var asked []*item
	for _, it := range live {
		if it.known && it.act != Withdraw && !it.head.State.Empty() {
			asked = append(asked, it)
			ask = append(ask, seal.Marking{Subject: dossier.RecordSubject(it.head.Person, it.head.Record, it.head.Version), Slot: it.head.Slot, Content: it.states,
				Mark: it.head.Mark, Load: it.load, Weight: it.head.Weight})
		}
	}
	marks, err := r.fingerprints(ctx, ask)
	if err != nil {
		return err
	}
	for i, it := range asked {
		if it.same = !marks[i].Gone && marks[i].Mark == it.head.Mark; it.same {
			it.said = marks[i].Commitment
		}
		it.worse = marks[i].Gone || marks[i].Worse
	}
	return nil
}

// elsewhere quarantines negative rows whose decision is on the person's file under another
// type (rules A3), and refuses those that bring a refuted one back under another reference. In a dry run that is not looked at: it would tell of a file.
func (r *run) elsewhere(ctx context.Context, live []*item) error {
	var data [][]byte
	var rows []*item
	for _, it := range live {
		if it.decided != nil && it.open() && !it.same && it.act != Withdraw && !(it.known && it.head.Person != it.who.person && it.head.Why != dossier.OfAnother) {
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
		rested := found[dossier.Decided{Person: it.who.person, Mark: marks[i]}]
		if slices.ContainsFunc(rested, func(o dossier.Rested) bool { return o.Type == r.t.Code && !(it.known && o.Record == it.head.Record) }) {
			v := returned() // under another reference
			it.refuse(Finding{Code: v.code, Rule: v.rule, Text: v.text, Fix: v.fix})
		} else if slices.ContainsFunc(rested, func(o dossier.Rested) bool { return !r.Pack.SameDecision(r.t.Code, o.Type) }) {
			it.quarantine(Finding{Code: "E-SAME-DECISION", Rule: "A3",
				Text: "The decision that this row rests on is on file under another type of record. One decision has one effect, unless one cited article names both.",
				Fix:  "File it under one type. If it was filed under the wrong one, withdraw that record first."})
		}
	}
	return nil
}

// settle decides a row and says what is to be written for it.
func (r *run) settle(it *item) error {
	person := it.head.Person
	if !it.same {
		person = it.who.person
	}
	m := meeting{act: it.act, known: it.known, head: it.head, person: person, order: it.entry.Order, same: it.same, worse: it.worse && r.t.Negative, today: r.today}
	v := decide(m)
	if v.code != "" {
		it.find(v.outcome, Finding{Code: v.code, Rule: v.rule, Text: v.text, Fix: v.fix})
		return nil
	}
	it.outcome, it.change = v.outcome, v.outcome == New || v.outcome == Changed
	it.write = dossier.Written{Person: person, Record: it.head.Record, MAC: it.mac, OldVersion: it.head.Version, Order: it.entry.Order,
		Start: it.entry.Start, DisplayEnd: it.display, RetainEnd: it.retain, Decision: it.write.Decision}
	switch v.outcome {
	case New:
		var err error
		if it.known {
			it.write.OldVersion, it.write.Moved, it.write.Readmitted = 0, it.head.Record, !m.refiled()
		}
		it.write.AtOnce = dossier.AtOnce{}.Next(it.entry.AtOnce, r.today)
		if it.write.Record, err = ref.Mint[ref.Record](r.Chance); err != nil {
			return err
		}
	case Withdrawn:
		it.write.Stated = it.head.Stated
	case Changed:
		it.write.RetainEnd = it.head.Retain // ends are fixed at first entry
		it.write.Removed = r.t.Status != nil
		it.write.AtOnce = it.head.AtOnce.Next(it.entry.AtOnce, r.today)
		it.write.Worse = it.worse || it.write.AtOnce != it.head.AtOnce
		if it.write.Worse && it.head.State == dossier.InForce && it.write.AtOnce.UnheardUntil == 0 {
			it.write.AtOnce = dossier.AtOnce{} // it took effect like any other: what is worse waits for its letter
		}
		it.write.Mends = it.act == Correct || it.head.Awaited
		it.write.Readmitted = m.returns()
	case Unchanged:
		if !v.advance {
			it.write.Order = 0
		}
	}
	if it.write.Readmitted {
		it.write.AtOnce = dossier.AtOnce{} // what comes back waits for its letter, whatever it is (rules D1)
	}
	it.write.Tells = it.write.AtOnce.Runs(r.today)
	return nil
}
