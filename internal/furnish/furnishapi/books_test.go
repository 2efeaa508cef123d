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
	rows       map[ref.Delivery][]byte
	persons    map[[16]byte]party.Held
	names      map[ref.Person][16]byte
	records    map[[16]byte]dossier.Head
	leaves     int64
	fail       func(step string) error // nil: never
	merged     chan int                // rows of each batch, where it is not nil
	bad        []string
}

func newBooks() *books {
	return &books{deliveries: map[ref.Delivery]furnish.Delivery{}, findings: map[ref.Delivery][]furnish.Finding{}, rows: map[ref.Delivery][]byte{},
		persons: map[[16]byte]party.Held{}, names: map[ref.Person][16]byte{}, records: map[[16]byte]dossier.Head{}}
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
	records, deliveries, persons := clone(b.records), clone(b.deliveries), clone(b.persons)
	b.mu.Unlock()
	err := do(context.WithValue(ctx, inUnit{}, true))
	if err == nil {
		err = b.step(ctx, "commit", false)
	}
	if err != nil {
		b.mu.Lock()
		b.records, b.deliveries, b.persons = records, deliveries, persons
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
func (b *books) Progress(ctx context.Context, s furnish.Step) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.step(ctx, "progress", true); err != nil {
		return err
	}
	d, ok := b.deliveries[s.ID]
	if !ok || d.Counts.Done != s.Before || d.State != furnish.Running {
		return errors.New("the delivery is somewhere else")
	}
	c, add := &d.Counts, s.Add
	c.Done, c.New, c.Changed, c.Unchanged, c.Withdrawn = c.Done+add.Done, c.New+add.New, c.Changed+add.Changed, c.Unchanged+add.Unchanged, c.Withdrawn+add.Withdrawn
	c.Stale, c.Quarantined, c.Refused = c.Stale+add.Stale, c.Quarantined+add.Quarantined, c.Refused+add.Refused
	d.Tree = s.Tree
	if _, err := d.Root(); err != nil || len(s.Rows) == 0 || int64(len(s.Rows)/33) != add.Done {
		b.bad = append(b.bad, "what is kept of the rows for a receipt does not fit them")
	}
	b.deliveries[s.ID] = d
	b.findings[s.ID] = append(b.findings[s.ID], s.Findings...)
	b.rows[s.ID] = append(b.rows[s.ID], s.Rows...)
	return nil
}

// End is furnish.Store.End.
func (b *books) End(ctx context.Context, d furnish.Delivery) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.step(ctx, "end", false); err != nil {
		return err
	}
	kept := b.deliveries[d.ID]
	kept.State, kept.FileHash, kept.EndedAt = d.State, d.FileHash, d.EndedAt
	b.deliveries[d.ID] = kept
	return nil
}

// Rows is furnish.Store.Rows.
func (b *books) Rows(ctx context.Context, id ref.Delivery, each func([]byte) error) error {
	return errors.Join(b.step(ctx, "rows", false), each(b.rows[id]))
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

// Find is party.Registrar.Find.
func (b *books) Find(ctx context.Context, tokens [][]party.Token) ([]party.Held, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []party.Held
	for _, ts := range tokens {
		out = append(out, b.persons[ts[0].MAC])
	}
	return out, b.step(ctx, "persons", false)
}

// Register is party.Registrar.Register.
func (b *books) Register(ctx context.Context, persons []party.NewPerson, prolong map[ref.Person]when.Date, _ time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, n := range persons {
		if _, there := b.persons[n.Token.MAC]; there || n.Person.IsZero() || n.LiveUntil == 0 || n.Box.Data == nil {
			b.bad = append(b.bad, fmt.Sprintf("a person is written as %+v", n))
		}
		b.persons[n.Token.MAC] = party.Held{Person: n.Person, LiveUntil: n.LiveUntil, NameMark: n.NameMark, Slot: seal.Slot{Epoch: n.Box.Epoch, Leaf: n.Box.Leaf}}
	}
	for mac, held := range b.persons {
		held.LiveUntil = max(held.LiveUntil, prolong[held.Person])
		b.persons[mac] = held
	}
	return b.step(ctx, "register", true)
}

type keys struct{ *books }

// Heads is dossier.Merger.Heads.
func (b *books) Heads(ctx context.Context, _ ref.Body, macs [][16]byte) (map[[16]byte]dossier.Head, error) {
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

// Elsewhere is dossier.Merger.Elsewhere.
func (b *books) Elsewhere(ctx context.Context, _ string, _ []dossier.Decided) (map[dossier.Decided][]dossier.Rested, error) {
	return nil, b.step(ctx, "elsewhere", false)
}

// Merge is dossier.Merger.Merge.
func (b *books) Merge(ctx context.Context, batch dossier.Batch) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.step(ctx, "merge", true); err != nil {
		return err
	}
	for _, w := range append(batch.New, batch.Changed...) {
		h, there := b.records[w.MAC]
		if there != (w.OldVersion > 0) || there && (h.Person != w.Person || h.Record != w.Record || h.Version != w.OldVersion) {
			b.bad = append(b.bad, "a record is written over another")
		}
		b.records[w.MAC] = dossier.Head{Person: w.Person, Record: w.Record, Version: w.OldVersion + 1, Order: w.Order, State: dossier.InForce, Mark: w.Mark,
			Retain: w.RetainEnd, Slot: seal.Slot{Epoch: w.Box.Epoch, Leaf: w.Box.Leaf}}
	}
	for _, w := range batch.Withdrawn {
		h := b.records[w.MAC]
		h.State = dossier.Withdrawn
		b.records[w.MAC] = h
	}
	if b.merged != nil {
		b.merged <- len(batch.New) + len(batch.Changed)
	}
	return nil
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

// DecisionMarks is furnish.Keys.DecisionMarks.
func (b *keys) DecisionMarks(_ context.Context, data [][]byte) ([][16]byte, error) {
	var out [][16]byte
	for _, d := range data {
		out = append(out, mac(d))
	}
	return out, nil
}

// CloseCommitted is furnish.Keys.CloseCommitted.
func (b *keys) CloseCommitted(_ context.Context, contents []seal.Content, said func(int) []byte) ([]seal.Box, []seal.Commitment, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []seal.Box
	var commitments []seal.Commitment
	for i, c := range contents {
		b.leaves++
		out = append(out, seal.Box{Epoch: c.Epoch, Leaf: seal.Leaf(b.leaves), Data: []byte("sealed")})
		commitments = append(commitments, seal.Check([32]byte{byte(b.leaves), byte(b.leaves >> 8)}, said(i)))
	}
	return out, commitments, nil
}

// Fingerprints is furnish.Keys.Fingerprints.
func (b *keys) Fingerprints(_ context.Context, ms []seal.Marking) ([]seal.Marked, error) {
	var out []seal.Marked
	for _, m := range ms {
		c := seal.Check([32]byte{byte(m.Slot.Leaf), byte(m.Slot.Leaf >> 8)}, m.Content)
		out = append(out, seal.Marked{Mark: c.Mark(), Commitment: c})
	}
	return out, nil
}

// Openings is furnish.Keys.Openings.
func (b *keys) Openings(_ context.Context, held []seal.Held) ([]seal.Opening, error) {
	var out []seal.Opening
	for _, h := range held {
		out = append(out, seal.Opening{Key: [32]byte{byte(h.Slot.Leaf), byte(h.Slot.Leaf >> 8)}})
	}
	return out, nil
}

// ForgetAll is furnish.Keys.ForgetAll.
func (b *keys) ForgetAll(ctx context.Context, _ []seal.Held, _ string, _ time.Time) error {
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
