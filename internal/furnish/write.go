package furnish

import (
	"context"
	"encoding/json"
	"fmt"

	"recourse/internal/dossier"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// seal closes the content of what is new or changed and takes its fingerprint.
func (r *run) seal(ctx context.Context, b *batch) error {
	var items []*item
	var contents []seal.Content
	for _, it := range b.live() {
		if !it.change {
			continue
		}
		items = append(items, it)
		contents = append(contents, seal.Content{
			Subject: dossier.RecordSubject(it.write.Person, it.write.Record, it.write.OldVersion+1),
			Epoch:   seal.NewEpoch(seal.Record, it.write.RetainEnd), Plain: it.plain})
	}
	boxes, marks, err := r.close(ctx, contents, func(i int) []byte { return contents[i].Plain })
	if err != nil {
		return err
	}
	for i, it := range items {
		it.write.Box, it.write.Mark = boxes[i], marks[i]
	}
	return nil
}

// close seals contents and fingerprints what marked says of each.
func (r *run) close(ctx context.Context, contents []seal.Content, marked func(i int) []byte) ([]seal.Box, [][16]byte, error) {
	if len(contents) == 0 {
		return nil, nil, nil
	}
	boxes, err := r.Keys.Close(ctx, contents)
	if err != nil {
		return nil, nil, err
	}
	ask := make([]seal.Marking, len(boxes))
	for i, box := range boxes {
		ask[i] = seal.Marking{Subject: contents[i].Subject, Slot: seal.Slot{Epoch: box.Epoch, Leaf: box.Leaf}, Content: marked(i)}
	}
	got, err := r.Keys.Fingerprints(ctx, ask)
	if err != nil {
		return nil, nil, err
	}
	marks := make([][16]byte, len(got))
	for i, m := range got {
		if m.Gone {
			return nil, nil, fmt.Errorf("a leaf ended while it was being used")
		}
		marks[i] = m.Mark
	}
	return boxes, marks, nil
}

// register writes the identity of new persons, and prolongs the files of known
// ones, to the last end of what this batch brings and the looks at it.
func (r *run) register(ctx context.Context, b *batch) error {
	until := map[ref.Person]when.Date{}
	firsts := map[ref.Person]*item{}
	for _, it := range b.live() {
		if !it.change {
			continue
		}
		p := it.held.Person
		until[p] = max(until[p], r.Pack.AccessEnd(it.write.RetainEnd.Start(r.Pack.Zone)))
		if !it.held.Known && firsts[p] == nil {
			firsts[p] = it
		}
	}
	var contents []seal.Content
	var items []*item
	for p, it := range firsts {
		plain, err := json.Marshal(dossier.IdentityPlain{IDType: it.identity.Type, Number: it.identity.Number, Name: it.identity.Name, Birth: it.identity.Birth.String()})
		if err != nil {
			return fmt.Errorf("writing an identity: %w", err)
		}
		items = append(items, it)
		contents = append(contents, seal.Content{Subject: party.IdentitySubject(p), Epoch: party.IdentityEpoch(until[p]), Plain: plain})
	}
	boxes, marks, err := r.close(ctx, contents, func(i int) []byte { return items[i].identity.NameKey() })
	if err != nil {
		return err
	}
	persons := make([]party.NewPerson, len(items))
	for i, it := range items {
		persons[i] = party.NewPerson{Person: it.held.Person, LiveUntil: until[it.held.Person], NameMark: marks[i], Box: boxes[i]}
	}
	if len(until) == 0 {
		return nil
	}
	return r.Registrar.Register(ctx, persons, until, r.now)
}

// merge writes records, the progress of the delivery and the intents to forget
// superseded contents, in one transaction.
func (r *run) merge(ctx context.Context, b *batch) error {
	var counts Counts
	var findings []Finding
	batch := dossier.Batch{Source: r.clerk.Body.ID, Type: r.t.Code, Pack: r.Pack.Version, Negative: r.t.Negative, Now: r.now}
	var old []*item
	for _, it := range b.items {
		counts.add(it.outcome)
		for _, f := range it.findings {
			f.Outcome = it.outcome
			findings = append(findings, f)
		}
		switch {
		case it.outcome == New:
			batch.New = append(batch.New, it.write)
		case it.outcome == Changed:
			batch.Changed = append(batch.Changed, it.write)
			old = append(old, it)
		case it.outcome == Unchanged && it.write.Order != 0:
			batch.Advance = append(batch.Advance, it.write)
		}
	}
	err := r.Unit.Do(ctx, func(ctx context.Context) error {
		lost, err := r.Merger.Merge(ctx, batch)
		if err != nil {
			return err
		}
		if len(lost) > 0 {
			return errLost
		}
		for _, it := range old {
			if err := r.Keys.Forget(ctx, it.head.Person, it.head.Slot, "superseded", r.now); err != nil {
				return err
			}
		}
		return r.Store.Progress(ctx, r.delivery.ID, r.delivery.Counts.Done, counts, findings)
	})
	if err != nil {
		return err
	}
	r.delivery.Counts.plus(counts)
	r.note(findings)
	return nil
}

func (c *Counts) plus(o Counts) {
	c.Done += o.Done
	c.New += o.New
	c.Changed += o.Changed
	c.Unchanged += o.Unchanged
	c.Stale += o.Stale
	c.Quarantined += o.Quarantined
	c.Refused += o.Refused
}
