package furnishapi_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/furnish"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// books are strict fakes of every port of the room in memory: they check that
// writes come in one unit and in order, and can fail at each step.
type books struct {
	mu         sync.Mutex
	deliveries map[ref.Delivery]furnish.Delivery
	findings   map[ref.Delivery][]furnish.Finding
	persons    map[[16]byte]*party.Held
	names      map[ref.Person][16]byte
	records    map[[16]byte]dossier.Head
	leaves     int64
	fail       func(step string) error // nil: never
	merged     chan int                // rows of each batch, where it is not nil
	bad        []string
}

func newBooks() *books {
	return &books{deliveries: map[ref.Delivery]furnish.Delivery{}, findings: map[ref.Delivery][]furnish.Finding{},
		persons: map[[16]byte]*party.Held{}, names: map[ref.Person][16]byte{}, records: map[[16]byte]dossier.Head{}}
}

type inUnit struct{}

func (b *books) step(ctx context.Context, name string, unit bool) error {
	if (ctx.Value(inUnit{}) != nil) != unit {
		b.bad = append(b.bad, name+" in the wrong unit")
	}
	if b.fail == nil {
		return nil
	}
	return b.fail(name)
}

// Do is furnish.Unit.Do. What was written in a unit that fails is taken back.
func (b *books) Do(ctx context.Context, do func(context.Context) error) error {
	b.mu.Lock()
	records, deliveries := clone(b.records), clone(b.deliveries)
	b.mu.Unlock()
	err := do(context.WithValue(ctx, inUnit{}, true))
	if err == nil {
		err = b.step(ctx, "commit", false)
	}
	if err != nil {
		b.mu.Lock()
		b.records, b.deliveries = records, deliveries
		b.mu.Unlock()
	}
	return err
}

func clone[K comparable, V any](m map[K]V) map[K]V {
	out := make(map[K]V, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// Begin is furnish.Store.Begin.
func (b *books) Begin(ctx context.Context, d furnish.Delivery) (furnish.Delivery, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.step(ctx, "begin", false); err != nil {
		return furnish.Delivery{}, false, err
	}
	if d.ID.IsZero() || d.Key == "" || d.State != furnish.Running || d.BegunAt.IsZero() {
		b.bad = append(b.bad, fmt.Sprintf("a delivery begins as %+v", d))
	}
	for _, known := range b.deliveries {
		if known.Body == d.Body && known.Key == d.Key {
			return known, false, nil
		}
	}
	b.deliveries[d.ID] = d
	return d, true, nil
}

// Progress is furnish.Store.Progress.
func (b *books) Progress(ctx context.Context, id ref.Delivery, before int64, add furnish.Counts, findings []furnish.Finding) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.step(ctx, "progress", true); err != nil {
		return err
	}
	d, ok := b.deliveries[id]
	if !ok || d.Counts.Done != before || d.State != furnish.Running {
		return errors.New("the delivery is somewhere else")
	}
	c := &d.Counts
	c.Done, c.New, c.Changed, c.Unchanged = c.Done+add.Done, c.New+add.New, c.Changed+add.Changed, c.Unchanged+add.Unchanged
	c.Stale, c.Quarantined, c.Refused = c.Stale+add.Stale, c.Quarantined+add.Quarantined, c.Refused+add.Refused
	b.deliveries[id] = d
	b.findings[id] = append(b.findings[id], findings...)
	return nil
}

// End is furnish.Store.End.
func (b *books) End(ctx context.Context, d furnish.Delivery, state furnish.State, hash [32]byte, now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.step(ctx, "end", false); err != nil {
		return err
	}
	kept := b.deliveries[d.ID]
	kept.State, kept.FileHash, kept.EndedAt = state, hash, now
	b.deliveries[d.ID] = kept
	return nil
}

// ByID is furnish.Store.ByID.
func (b *books) ByID(ctx context.Context, body ref.Body, id ref.Delivery) (furnish.Delivery, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d, ok := b.deliveries[id]
	if !ok || d.Body != body {
		return furnish.Delivery{}, false, b.step(ctx, "by id", false)
	}
	return d, true, b.step(ctx, "by id", false)
}

// Findings is furnish.Store.Findings.
func (b *books) Findings(ctx context.Context, id ref.Delivery, after int64, limit int32) ([]furnish.Finding, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []furnish.Finding
	for _, f := range b.findings[id] {
		if f.Row > after && len(out) < int(limit) {
			out = append(out, f)
		}
	}
	return out, b.step(ctx, "findings", false)
}

// Reserve is party.Registrar.Reserve.
func (b *registrar) Reserve(ctx context.Context, tokens [][]party.Token, fresh []ref.Person) ([]party.Held, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []party.Held
	for i, ts := range tokens {
		held := b.persons[ts[0].MAC]
		if held == nil {
			held = &party.Held{Person: fresh[i]}
			b.persons[ts[0].MAC] = held
		}
		out = append(out, *held)
	}
	return out, b.step(ctx, "persons", false)
}

// Register is party.Registrar.Register.
func (b *registrar) Register(ctx context.Context, persons []party.NewPerson, _ map[ref.Person]when.Date, _ time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, n := range persons {
		for _, held := range b.persons {
			if held.Person == n.Person {
				held.Known, held.NameMark, held.Slot = true, n.NameMark, seal.Slot{Epoch: n.Box.Epoch, Leaf: n.Box.Leaf}
			}
		}
	}
	return b.step(ctx, "register", false)
}

// registrar and merger both have a Reserve, so each has a type of its own.
type (
	registrar struct{ *books }
	merger    struct{ *books }
	keys      struct{ *books }
)

// Heads is dossier.Merger.Heads.
func (b *merger) Heads(ctx context.Context, _ ref.Body, macs [][16]byte) (map[[16]byte]dossier.Head, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := map[[16]byte]dossier.Head{}
	for _, mac := range macs {
		if h, ok := b.records[mac]; ok {
			out[mac] = h
		}
	}
	return out, b.step(ctx, "heads", false)
}

// Reserve is dossier.Merger.Reserve.
func (b *merger) Reserve(ctx context.Context, _ ref.Body, refs []dossier.Reservation) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range refs {
		if _, there := b.records[r.MAC]; !there {
			b.records[r.MAC] = dossier.Head{Person: r.Person, Record: r.Record}
		}
	}
	return b.step(ctx, "reserve", false)
}

// Merge is dossier.Merger.Merge.
func (b *merger) Merge(ctx context.Context, batch dossier.Batch) ([]ref.Record, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.step(ctx, "merge", true); err != nil {
		return nil, err
	}
	for _, w := range append(batch.New, batch.Changed...) {
		for mac, h := range b.records {
			if h.Record != w.Record {
				continue
			}
			if h.Person != w.Person || h.Version != w.OldVersion {
				b.bad = append(b.bad, "a record is written over another")
			}
			h.Written, h.Version, h.Order, h.Mark, h.Retain = true, w.OldVersion+1, w.Order, w.Mark, w.RetainEnd
			h.Slot = seal.Slot{Epoch: w.Box.Epoch, Leaf: w.Box.Leaf}
			b.records[mac] = h
		}
	}
	if b.merged != nil {
		b.merged <- len(batch.New) + len(batch.Changed)
	}
	return nil, nil
}

func mac(parts ...[]byte) (out [16]byte) {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:", len(p))
		h.Write(p)
	}
	copy(out[:], h.Sum(nil))
	return out
}

// PersonTokens is party.Tokener.PersonTokens.
func (b *keys) PersonTokens(ctx context.Context, inputs [][]byte) ([][]party.Token, error) {
	var out [][]party.Token
	for _, in := range inputs {
		out = append(out, []party.Token{{Generation: 1, MAC: mac(in)}})
	}
	return out, b.step(ctx, "vault", false)
}

// RefMarks is furnish.Keys.RefMarks.
func (b *keys) RefMarks(_ context.Context, body ref.Body, refs [][]byte) ([][16]byte, error) {
	var out [][16]byte
	for _, r := range refs {
		out = append(out, mac(body[:], r))
	}
	return out, nil
}

// Close is furnish.Keys.Close.
func (b *keys) Close(_ context.Context, contents []seal.Content) ([]seal.Box, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []seal.Box
	for _, c := range contents {
		b.leaves++
		out = append(out, seal.Box{Epoch: c.Epoch, Leaf: seal.Leaf(b.leaves), Data: []byte("sealed")})
	}
	return out, nil
}

// Fingerprints is furnish.Keys.Fingerprints.
func (b *keys) Fingerprints(_ context.Context, ms []seal.Marking) ([]seal.Marked, error) {
	var out []seal.Marked
	for _, m := range ms {
		out = append(out, seal.Marked{Mark: mac(fmt.Append(nil, m.Slot), m.Content)})
	}
	return out, nil
}

// Forget is furnish.Keys.Forget.
func (b *keys) Forget(ctx context.Context, _ ref.Person, _ seal.Slot, _ string, _ time.Time) error {
	return b.step(ctx, "forget", true)
}

// List is furnish.Store.List.
func (b *books) List(ctx context.Context, body ref.Body, f furnish.Filter, limit int32) ([]furnish.Delivery, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []furnish.Delivery
	for _, d := range b.deliveries {
		if d.Body == body && (f.Type == "" || d.Type == f.Type) && (f.State == "" || d.State == f.State) && !d.BegunAt.Before(f.Since) &&
			(f.Until.IsZero() || d.BegunAt.Before(f.Until)) && (f.Before == furnish.Cursor{} || later(f.Before, d) > 0) {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(x, y furnish.Delivery) int { return -later(furnish.Cursor{At: x.BegunAt, ID: x.ID}, y) })
	return out[:min(len(out), int(limit))], b.step(ctx, "list", false)
}

func later(c furnish.Cursor, d furnish.Delivery) int {
	if n := c.At.Compare(d.BegunAt); n != 0 {
		return n
	}
	return bytes.Compare(c.ID[:], d.ID[:])
}
