package furnish

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"recourse/internal/catalogue"
	"recourse/internal/dossier"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// item is one row on its way.
type item struct {
	number   int64
	identity party.Identity
	entry    catalogue.Entry
	display  when.Date
	retain   when.Date
	findings []Finding
	outcome  Outcome

	held   party.Held
	first  *item // the item of the batch that brings this person; nil where the person is known
	mac    [16]byte
	head   dossier.Head
	plain  []byte
	write  dossier.Written
	change bool
}

func (it *item) open() bool { return len(it.findings) == 0 }

func (it *item) refuse(f Finding)     { it.find(Refused, f) }
func (it *item) quarantine(f Finding) { it.find(Quarantined, f) }

// find adds a finding. A row that is in doubt and also breaks a rule is refused.
func (it *item) find(o Outcome, f Finding) {
	if it.outcome != Refused {
		it.outcome = o
	}
	f.Row = it.number
	it.findings = append(it.findings, f)
}

func (it *item) ends(r *run) {
	display, retain, err := r.Pack.Ends(r.t, it.entry, r.Pack.Today(r.now))
	if err != nil {
		it.refuse(Finding{Code: "E-ENDS", Rule: "retention", Text: "The end of this record cannot be computed.", Fix: "Check the date of the start event."})
		return
	}
	if retain < r.Pack.Today(r.now) {
		it.refuse(Finding{Field: r.t.StartField, Code: "E-OVER", Rule: "retention", Text: "The time for which this record may be kept is over.",
			Fix: "Do not send it."})
	}
	it.display, it.retain = display, retain
}

// batch is the rows of one transaction.
type batch struct {
	items []*item
	refs  map[string]bool
}

func newBatch() *batch { return &batch{refs: map[string]bool{}} }

func (b *batch) full() bool            { return len(b.items) >= batchRows }
func (b *batch) holds(ref string) bool { return ref != "" && b.refs[ref] }

func (b *batch) add(it item) {
	b.items = append(b.items, &it)
	b.refs[it.entry.Ref] = true
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

// errLost says that another delivery wrote one of our records meanwhile.
var errLost = errors.New("another delivery was faster")

// flush writes a batch. Where another delivery was faster, nothing of the batch
// was written, and it meets what is there now.
func (r *run) flush(ctx context.Context, b *batch) error {
	if len(b.items) == 0 {
		return nil
	}
	for range 5 {
		err := r.try(ctx, b)
		if !errors.Is(err, errLost) {
			return err
		}
		for _, it := range b.items {
			if it.open() {
				it.change, it.outcome = false, ""
			}
		}
	}
	return fmt.Errorf("rows %d to %d: %w five times", b.items[0].number, b.items[len(b.items)-1].number, errLost)
}

func (r *run) try(ctx context.Context, b *batch) error {
	for _, step := range []func(context.Context, *batch) error{r.persons, r.records, r.judge, r.seal, r.register} {
		if err := step(ctx, b); err != nil {
			return err
		}
	}
	return r.merge(ctx, b)
}

// persons finds or reserves the person of each row and compares names.
func (r *run) persons(ctx context.Context, b *batch) error {
	live := b.live()
	firsts := map[string]*item{}
	var inputs [][]byte
	var order []*item
	for _, it := range live {
		key := string(it.identity.TokenInput())
		if firsts[key] == nil {
			firsts[key] = it
			inputs, order = append(inputs, []byte(key)), append(order, it)
		}
	}
	if len(inputs) == 0 {
		return nil
	}
	tokens, err := r.Keys.PersonTokens(ctx, inputs)
	if err != nil {
		return err
	}
	fresh := make([]ref.Person, len(inputs))
	for i := range fresh {
		if fresh[i], err = ref.Mint[ref.Person](r.Chance); err != nil {
			return err
		}
	}
	held, err := r.Registrar.Reserve(ctx, tokens, fresh)
	if err != nil {
		return err
	}
	for i, it := range order {
		it.held = held[i]
	}
	for _, it := range live {
		it.first = firsts[string(it.identity.TokenInput())]
		it.held = it.first.held
	}
	return r.names(ctx, live)
}

// names quarantines rows whose name disagrees with the one that is known, by
// fingerprint, or with the first row of the batch about a new person.
func (r *run) names(ctx context.Context, live []*item) error {
	var known []*item
	var ask []seal.Marking
	for _, it := range live {
		if it.held.Known {
			known = append(known, it)
			ask = append(ask, seal.Marking{Subject: party.IdentitySubject(it.held.Person), Slot: it.held.Slot, Content: it.identity.NameKey()})
		} else if !bytes.Equal(it.first.identity.NameKey(), it.identity.NameKey()) {
			it.quarantine(otherName())
		}
	}
	marks, err := r.fingerprints(ctx, ask)
	if err != nil {
		return err
	}
	for i, it := range known {
		if marks[i].Gone || marks[i].Mark != it.held.NameMark {
			it.quarantine(otherName())
		}
	}
	return nil
}

func otherName() Finding {
	return Finding{Field: "name", Code: "E-NAME", Rule: "guarantee 7", Text: "The name does not agree with the one known for this identifier. Whose row it is, is not guessed.",
		Fix: "Check identifier and name against the document. If the person changed their name, tell the registry."}
}

func (r *run) fingerprints(ctx context.Context, ask []seal.Marking) ([]seal.Marked, error) {
	if len(ask) == 0 {
		return nil, nil
	}
	return r.Keys.Fingerprints(ctx, ask)
}

// records finds or reserves the record of each row by the source's ref.
func (r *run) records(ctx context.Context, b *batch) error {
	live := b.live()
	if len(live) == 0 {
		return nil
	}
	refs := make([][]byte, len(live))
	for i, it := range live {
		refs[i] = []byte(r.t.Code + "\x00" + it.entry.Ref)
	}
	macs, err := r.Keys.RefMarks(ctx, r.clerk.Body.ID, refs)
	if err != nil {
		return err
	}
	heads, err := r.Merger.Heads(ctx, r.clerk.Body.ID, macs)
	if err != nil {
		return err
	}
	var missing []dossier.Reservation
	for i, it := range live {
		it.mac = macs[i]
		if _, ok := heads[macs[i]]; !ok {
			id, err := ref.Mint[ref.Record](r.Chance)
			if err != nil {
				return err
			}
			missing = append(missing, dossier.Reservation{MAC: macs[i], Person: it.held.Person, Record: id})
		}
	}
	if len(missing) > 0 {
		if err := r.Merger.Reserve(ctx, r.clerk.Body.ID, missing); err != nil {
			return err
		}
		if heads, err = r.Merger.Heads(ctx, r.clerk.Body.ID, macs); err != nil {
			return err
		}
	}
	for _, it := range live {
		it.head = heads[it.mac]
	}
	return nil
}

// judge decides each row, comparing contents by fingerprint.
func (r *run) judge(ctx context.Context, b *batch) error {
	live := b.live()
	var ask []seal.Marking
	var written []*item
	for _, it := range live {
		plain, err := json.Marshal(it.entry.Fields) // keys in order: equal contents, equal bytes
		if err != nil {
			return fmt.Errorf("writing a row: %w", err)
		}
		it.plain = plain
		if it.head.Written && it.head.Person == it.held.Person {
			written = append(written, it)
			ask = append(ask, seal.Marking{Subject: dossier.RecordSubject(it.head.Person, it.head.Record, it.head.Version), Slot: it.head.Slot, Content: plain})
		}
	}
	marks, err := r.fingerprints(ctx, ask)
	if err != nil {
		return err
	}
	same := map[*item]bool{}
	for i, it := range written {
		same[it] = !marks[i].Gone && marks[i].Mark == it.head.Mark
	}
	for _, it := range live {
		v := decide(it.head, it.held.Person, it.entry.Order, same[it])
		if v.code != "" {
			it.find(v.outcome, Finding{Code: v.code, Rule: v.rule, Text: v.text, Fix: v.fix})
			continue
		}
		it.outcome, it.change = v.outcome, v.outcome == New || v.outcome == Changed
		it.write = dossier.Written{Person: it.head.Person, Record: it.head.Record, OldVersion: it.head.Version, Order: it.entry.Order,
			Start: it.entry.Start, DisplayEnd: it.display, RetainEnd: it.retain}
		if v.outcome == Changed {
			it.write.RetainEnd = it.head.Retain // ends are fixed at first entry
		}
		if v.outcome == Unchanged && !v.advance {
			it.write.Order = 0
		}
	}
	return nil
}
