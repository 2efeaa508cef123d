package furnish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"recourse/internal/dossier"
	"recourse/internal/merkle"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// split does the work on n things in parts at once.
func (s *Service) split(n int, do func(first, end int) error) error {
	p := min(s.workers(), n/64+1)
	errs := make([]error, p)
	var wg sync.WaitGroup
	for i := 1; i < p; i++ {
		wg.Go(func() { errs[i] = do(n*i/p, n*(i+1)/p) })
	}
	errs[0] = do(0, n/p)
	wg.Wait()
	return errors.Join(errs...)
}

func (r *run) fingerprints(ctx context.Context, ask []seal.Marking) ([]seal.Marked, error) {
	if len(ask) == 0 {
		return nil, nil
	}
	out := make([]seal.Marked, len(ask))
	return out, r.split(len(ask), func(first, end int) error {
		some, err := r.Keys.Fingerprints(ctx, ask[first:end])
		copy(out[first:end], some)
		return err
	})
}

// seal closes the content of what is new or changed, and the identities of new
// persons; it says whom the batch registers and until when others live.
func (r *run) seal(ctx context.Context, b *batch) error {
	items, contents := make([]*item, 0, len(b.items)), make([]seal.Content, 0, len(b.items))
	b.persons, b.prolong = make([]party.NewPerson, 0, len(b.fresh)), map[ref.Person]when.Date{}
	for _, it := range b.items {
		if !it.open() || !it.change {
			continue
		}
		items = append(items, it)
		contents = append(contents, seal.Content{Subject: dossier.RecordSubject(it.write.Person, it.write.Record, it.write.OldVersion+1),
			Epoch: seal.NewEpoch(seal.Record, it.write.RetainEnd), Plain: it.plain, Load: it.load})
		h, until := it.who, r.Pack.AccessEnd(it.write.RetainEnd.Start(r.Pack.Zone))
		if until > h.live {
			h.live = until
			if b.fresh[it.tokens[0]] != h {
				b.prolong[h.person] = until
			}
		}
	}
	err := r.split(len(items), func(first, end int) error {
		boxes, said, err := r.Keys.CloseCommitted(ctx, contents[first:end], func(i int) []byte { return items[first+i].states })
		for i := range boxes {
			it := items[first+i]
			it.write.Box, it.write.Mark, it.said = boxes[i], said[i].Mark(), said[i]
		}
		return err
	})
	if err != nil {
		return err
	}
	return r.identities(ctx, b)
}

// identities closes who is new and has a row that is taken.
func (r *run) identities(ctx context.Context, b *batch) error {
	fresh, contents := make([]*holder, 0, len(b.fresh)), make([]seal.Content, 0, len(b.fresh))
	for _, h := range b.fresh {
		if h.live == 0 {
			continue
		}
		id := h.first.identity
		plain, err := json.Marshal(dossier.IdentityPlain{IDType: id.Type, Number: id.Number, Name: id.Name, Birth: id.Birth.String()})
		if err != nil {
			return fmt.Errorf("writing an identity: %w", err)
		}
		fresh = append(fresh, h)
		contents = append(contents, seal.Content{Subject: party.IdentitySubject(h.person), Epoch: party.IdentityEpoch(h.live), Plain: plain})
	}
	boxes, said, err := r.Keys.CloseCommitted(ctx, contents, func(i int) []byte { return []byte(fresh[i].first.nameKey) })
	if err != nil {
		return err
	}
	for i, h := range fresh {
		b.persons = append(b.persons, party.NewPerson{Person: h.person, Token: h.first.tokens[0], LiveUntil: h.live, NameMark: said[i].Mark(), Box: boxes[i]})
	}
	return nil
}

// nobody reports whether a row needs a person whom no batch has registered: the
// one that minted them took no row about them.
func (b *batch) nobody() bool {
	for _, it := range b.items {
		if it.open() && it.change && !it.who.kept && !it.who.written && b.fresh[it.tokens[0]] != it.who {
			return true
		}
	}
	return false
}

// writing is all that a batch writes.
type writing struct {
	records dossier.Batch
	step    Step
	old     []seal.Held // contents that a later version takes the place of
	gone    []seal.Held // contents that are taken back
}

// writing sums up a batch. The tree of the delivery grows by its rows.
func (r *run) writing(b *batch) writing {
	w := writing{step: Step{ID: r.delivery.ID, Before: r.delivery.Counts.Done},
		records: dossier.Batch{Delivery: r.delivery.ID, Source: r.clerk.Body.ID, Type: r.t.Code, Pack: r.Pack.Version, Negative: r.t.Negative, Now: r.now}}
	fresh := 0
	for _, it := range b.items {
		if it.outcome == New {
			fresh++
		}
	}
	w.records.New, w.step.Rows = make([]dossier.Written, 0, fresh), make([]byte, 0, len(b.items)*rowBytes)
	tree := r.tree.Clone()
	for _, it := range b.items {
		w.step.Add.add(it.outcome)
		for _, f := range it.findings {
			f.Outcome = it.outcome
			w.step.Findings = append(w.step.Findings, f)
		}
		said := said(it.outcome, it.said)
		w.step.Rows = append(w.step.Rows, said[:]...)
		tree.Append(leaf(it.line.Number, said[:]))
		held := seal.Held{Subject: dossier.RecordSubject(it.head.Person, it.head.Record, it.head.Version), Slot: it.head.Slot}
		switch {
		case it.outcome == New:
			w.records.New = append(w.records.New, it.write)
		case it.outcome == Changed:
			w.records.Changed = append(w.records.Changed, it.write)
			w.old = append(w.old, held)
		case it.outcome == Withdrawn:
			w.records.Withdrawn = append(w.records.Withdrawn, it.write)
			w.gone = append(w.gone, held)
		case it.outcome == Unchanged && it.write.Order != 0:
			w.records.Advance = append(w.records.Advance, it.write)
		}
	}
	r.grown, w.step.Tree = tree, tree.Bytes()
	return w
}

// save writes persons, records, the progress of the delivery and the intents to
// forget, in one transaction. ErrTaken: nothing was written, somebody was faster.
func (r *run) save(ctx context.Context, b *batch) (Step, error) {
	if b.nobody() {
		return Step{}, party.ErrTaken
	}
	w := r.writing(b)
	err := r.Unit.Do(ctx, func(ctx context.Context) error {
		if len(b.persons)+len(b.prolong) > 0 {
			if err := r.Registrar.Register(ctx, b.persons, b.prolong, r.now); err != nil {
				return err
			}
		}
		if err := r.Merger.Merge(ctx, w.records); err != nil {
			return err
		}
		if err := r.tellAtOnce(ctx, w.records); err != nil {
			return err
		}
		if err := r.Keys.ForgetAll(ctx, w.old, "superseded", r.now); err != nil {
			return err
		}
		if err := r.Keys.ForgetAll(ctx, w.gone, "withdrawn", r.now); err != nil {
			return err
		}
		return r.Store.Progress(ctx, w.step)
	})
	if err != nil {
		return Step{}, err
	}
	for _, h := range b.fresh {
		for written := h.live != 0; h != nil; h = h.before {
			h.written = written
		}
	}
	return w.step, nil
}

// tellAtOnce owes the letters about what has effect at once, with what lets others see
// it (rules C3).
func (r *run) tellAtOnce(ctx context.Context, b dossier.Batch) error {
	_, atOnce, _ := b.Noticed()
	switch {
	case len(atOnce) == 0:
		return nil
	case r.TellAtOnce == nil:
		return errors.New("nobody can be told of what has effect at once")
	}
	return r.TellAtOnce(ctx, atOnce, r.now)
}

func taken(err error) bool { return errors.Is(err, party.ErrTaken) || errors.Is(err, dossier.ErrTaken) }

// done counts what was written, or would have been.
func (r *run) done(s Step) {
	r.delivery.Counts.plus(s.Add)
	r.tree, r.delivery.Tree = r.grown, s.Tree
	if room := MaxFindings - len(r.findings); room > 0 {
		r.findings = append(r.findings, s.Findings[:min(room, len(s.Findings))]...)
	}
	if r.progress != nil {
		r.progress(r.delivery.Counts)
	}
}

// leafDomain begins what is hashed for a row, so that one block holds all of it.
const leafDomain = "furnish/row/1"

// rowBytes is what is kept of each row: outcome and commitment.
const rowBytes = 1 + merkle.Size

// said is what a receipt says of a row.
func said(o Outcome, c seal.Commitment) (b [rowBytes]byte) {
	b[0] = outcomeNumber(o)
	copy(b[1:], c[:])
	return b
}

// leaf returns the hash of a row in the tree of its delivery: of the domain, the
// row's number in eight bytes, and what is said of it.
func leaf(number int64, said []byte) merkle.Hash {
	var small [len(leafDomain) + 8 + rowBytes]byte
	b := append(small[:0], leafDomain...)
	for shift := 56; shift >= 0; shift -= 8 {
		b = append(b, byte(number>>shift))
	}
	return merkle.Leaf(append(b, said...))
}
