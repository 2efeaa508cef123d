package vault

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"slices"
	"time"

	"recourse/internal/fault"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// LeaseBook is where the database remembers how far leaves are in use.
type LeaseBook interface {
	// Leased keeps that leaves of each epoch below its Next may be in use, of
	// which seed, and that the vault has reached seq. No epoch is there twice. It
	// is durable on return, in a transaction of its own whatever ctx carries; it
	// never moves a number back.
	Leased(ctx context.Context, list []Counter, seq int64) error
}

// Intender keeps what is to be made unreadable before its day. It is written in
// the transaction of ctx, where there is one, with the change that causes it.
type Intender interface {
	Intend(ctx context.Context, list []Wanted) error
}

// Reason says why something was made unreadable before its day.
type Reason string

// The reasons.
const (
	Repaired    Reason = "repaired"
	Withdrawn   Reason = "withdrawn"
	WrongPerson Reason = "wrong person"
	Superseded  Reason = "superseded"   // a later version took its place
	SealedAnew  Reason = "sealed anew"  // the content lies under another leaf
	PersonEnded Reason = "person ended" // nothing is kept about the person any more
	UnderAge    Reason = "under age"    // it should never have been sent
	Ordered     Reason = "ordered"      // by a court or authority
	Shortened   Reason = "shortened"    // its retention came to end earlier
	FoundErased Reason = "found erased" // the vault had forgotten it, the database not
)

// Wanted is an intent as it is first written.
type Wanted struct {
	Intent ref.Intent
	Person ref.Person
	Slot   seal.Slot
	Reason Reason
	At     time.Time
}

// SealerConfig is what a sealer is made of. All but the sizes are required.
type SealerConfig struct {
	Vault   Deriver
	Book    LeaseBook
	Intents Intender
	Minter  ref.Minter
	// First and Most are how many leaves are leased at once: First for an epoch
	// new to this process, then twice as many each time, up to Most. 0 means 16
	// and 4096.
	First, Most int
}

// Sealer is what the rooms' ports for sealing are filled with. It leases leaves
// in ranges, so that closing needs no write to the vault of its own; what is
// left of a range when the process ends is wasted. It may be used by many
// goroutines.
//
// Close can wait for a connection to the database: call it before a transaction
// is begun, not within.
type Sealer struct {
	vault   Deriver
	minter  ref.Minter
	intents Intender
	leaves  leaves
}

// NewSealer returns a sealer.
func NewSealer(c SealerConfig) (*Sealer, error) {
	if c.First == 0 {
		c.First = 16
	}
	if c.Most == 0 {
		c.Most = 4096
	}
	if c.Vault == nil || c.Book == nil || c.Intents == nil || c.Minter == nil || c.First < 1 || c.Most > MaxLease || c.First > c.Most {
		return nil, errors.New("a sealer needs a vault, a book of leases, a place for intents, a source of chance, and 1 ≤ First ≤ Most")
	}
	return &Sealer{vault: c.Vault, minter: c.Minter, intents: c.Intents,
		leaves: leaves{vault: c.Vault, book: c.Book, first: c.First, most: c.Most, ranges: map[seal.Epoch]*leafRange{}}}, nil
}

// Close seals contents, each in a slot of its own. It fails whole: the leaves
// are wasted then, and nothing else has happened.
func (s *Sealer) Close(ctx context.Context, contents []seal.Content) ([]seal.Box, error) {
	boxes := make([]seal.Box, len(contents))
	err := s.closeAll(ctx, contents, func(i int, _ seal.Key, b seal.Box) { boxes[i] = b })
	if err != nil || len(contents) == 0 {
		return nil, err
	}
	return boxes, nil
}

// CloseCommitted seals contents as Close does, and returns for each the
// commitment under the key of its slot to what said says of it.
func (s *Sealer) CloseCommitted(ctx context.Context, contents []seal.Content, said func(i int) []byte) ([]seal.Box, []seal.Commitment, error) {
	boxes, commitments := make([]seal.Box, len(contents)), make([]seal.Commitment, len(contents))
	err := s.closeAll(ctx, contents, func(i int, k seal.Key, b seal.Box) {
		boxes[i], commitments[i] = b, seal.Commit(k, said(i))
	})
	if err != nil || len(contents) == 0 {
		return nil, nil, err
	}
	return boxes, commitments, nil
}

// closeAll seals contents and hands out each box with its key, which must not be
// kept.
func (s *Sealer) closeAll(ctx context.Context, contents []seal.Content, done func(int, seal.Key, seal.Box)) error {
	if len(contents) == 0 {
		return ctx.Err()
	}
	places := make([]Place, len(contents))
	for i := range contents {
		places[i] = Place{Slot: seal.Slot{Epoch: contents[i].Epoch}, Record: contents[i].Subject.Record, Version: contents[i].Subject.Version}
	}
	if err := s.leaves.take(ctx, places); err != nil {
		return err
	}
	keys, err := s.derive(ctx, places)
	if err != nil {
		return err
	}
	defer clear(keys)
	nonces := make([]byte, len(contents)*seal.NonceSize)
	if _, err := io.ReadFull(s.minter, nonces); err != nil {
		return fault.Of(err)
	}
	for i := range contents {
		if keys[i].Gone {
			return fault.Newf(fault.Refused, "E-VAULT-ENDED",
				"Nothing can be sealed under %s any more: that day has passed and its keys are gone. Nothing was sealed. Choose a later end.", contents[i].Epoch)
		}
		nonce := [seal.NonceSize]byte(nonces[i*seal.NonceSize:])
		box, err := seal.Close(keys[i].Key, contents[i].Subject, places[i].Slot, nonce, contents[i].Plain)
		if err != nil {
			return fault.Of(err)
		}
		if !contents[i].Load.IsZero() {
			box.Weight = seal.Weigh(keys[i].Key, contents[i].Load)
		}
		done(i, keys[i].Key, box)
	}
	return nil
}

// Open returns the contents of boxes, or that they are gone. A box that does not
// open under its own key was altered or moved: that fails the whole call.
func (s *Sealer) Open(ctx context.Context, boxes []seal.Sealed) ([]seal.Opened, error) {
	places := make([]Place, len(boxes))
	for i := range boxes {
		b := &boxes[i]
		places[i] = Place{Slot: seal.Slot{Epoch: b.Box.Epoch, Leaf: b.Box.Leaf}, Record: b.Subject.Record, Version: b.Subject.Version}
	}
	keys, err := s.derive(ctx, places)
	if err != nil {
		return nil, err
	}
	defer clear(keys)
	out := make([]seal.Opened, len(boxes))
	for i := range boxes {
		if out[i].Gone = keys[i].Gone; out[i].Gone {
			continue
		}
		if out[i].Plain, err = seal.Open(keys[i].Key, boxes[i].Subject, boxes[i].Box); err != nil {
			return nil, fault.New(fault.Internal, "E-VAULT-BOX",
				"Sealed content does not open under its own key: the row was altered or moved. Nothing was shown. Tell the operator to compare the row with a backup.").Because(err)
		}
	}
	return out, nil
}

// Fingerprints returns the keyed marks of contents, each under the key of its
// slot, or that the key is gone.
func (s *Sealer) Fingerprints(ctx context.Context, ms []seal.Marking) ([]seal.Marked, error) {
	places := make([]Place, len(ms))
	for i := range ms {
		places[i] = Place{Slot: ms[i].Slot, Record: ms[i].Subject.Record, Version: ms[i].Subject.Version}
	}
	keys, err := s.derive(ctx, places)
	if err != nil {
		return nil, err
	}
	defer clear(keys)
	out := make([]seal.Marked, len(ms))
	for i := range ms {
		if out[i].Gone = keys[i].Gone; !out[i].Gone {
			out[i].Commitment = seal.Commit(keys[i].Key, ms[i].Content)
			out[i].Mark = out[i].Commitment.Mark()
			out[i].Worse = out[i].Mark != ms[i].Mark && !ms[i].Load.IsZero() && seal.Worse(keys[i].Key, ms[i].Weight, ms[i].Load)
		}
	}
	return out, nil
}

// Openings returns, for each slot, what opens the commitments made there, or that
// it is gone with its key. It says nothing about what is sealed in the slot.
func (s *Sealer) Openings(ctx context.Context, held []seal.Held) ([]seal.Opening, error) {
	places := make([]Place, len(held))
	for i, h := range held {
		places[i] = Place{Slot: h.Slot, Record: h.Subject.Record, Version: h.Subject.Version}
	}
	keys, err := s.derive(ctx, places)
	if err != nil {
		return nil, err
	}
	defer clear(keys)
	out := make([]seal.Opening, len(held))
	for i := range held {
		if out[i].Gone = keys[i].Gone; !out[i].Gone {
			out[i].Key = seal.OpeningKey(keys[i].Key)
		}
	}
	return out, nil
}

// Places returns n slots of an epoch that nothing else uses: for commitments to what
// needs no box of its own.
func (s *Sealer) Places(ctx context.Context, epoch seal.Epoch, n int) ([]seal.Slot, error) {
	places, slots := make([]Place, n), make([]seal.Slot, n)
	for i := range places {
		places[i].Slot.Epoch = epoch
	}
	if err := s.leaves.take(ctx, places); err != nil {
		return nil, err
	}
	for i := range places {
		slots[i] = places[i].Slot
	}
	return slots, nil
}

// LabelKeys returns the secret of each stream, by which who holds it finds the
// stream's entries in the public log (docs/reference/log.md).
func (s *Sealer) LabelKeys(ctx context.Context, streams [][16]byte) ([][16]byte, error) {
	sum := sha256.Sum256([]byte("recourse/labels/v1"))
	data := make([][]byte, len(streams))
	for i := range streams {
		data[i] = streams[i][:]
	}
	return s.marks(ctx, Pseudonym, ref.Body(sum[:16]), data)
}

// derive asks the vault, in batches that it takes and in the order of slots, in
// which neighbours share most of their way.
func (s *Sealer) derive(ctx context.Context, places []Place) ([]Derived, error) {
	if len(places) < stride {
		return s.vault.Derive(ctx, places)
	}
	order := make([]int, len(places))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := places[a].Slot, places[b].Slot
		return cmp.Or(cmp.Compare(x.Epoch, y.Epoch), cmp.Compare(x.Leaf, y.Leaf))
	})
	sorted := make([]Place, len(places))
	for i, at := range order {
		sorted[i] = places[at]
	}
	all := make([]Derived, len(places))
	for first := 0; first < len(sorted); first += MaxBatch {
		some, err := s.vault.Derive(ctx, sorted[first:min(first+MaxBatch, len(sorted))])
		if err != nil {
			clear(all)
			return nil, err
		}
		for i := range some {
			all[order[first+i]] = some[i]
		}
		clear(some)
	}
	return all, nil
}

// PersonTokens returns the tokens of normalised identifiers under the live
// generations, newest first.
func (s *Sealer) PersonTokens(ctx context.Context, inputs [][]byte) ([][]party.Token, error) {
	all := make([][]party.Token, 0, len(inputs))
	for len(inputs) > 0 {
		n := min(len(inputs), MaxBatch)
		got, err := s.vault.Tokens(ctx, inputs[:n])
		if err != nil {
			return nil, err
		}
		var flat []party.Token
		if len(got) > 0 {
			flat = make([]party.Token, 0, len(got)*len(got[0])) // as many live generations for each
		}
		for _, live := range got {
			from := len(flat)
			for _, t := range live {
				flat = append(flat, party.Token{Generation: int32(t.Generation), MAC: t.Mark})
			}
			all = append(all, flat[from:len(flat):len(flat)])
		}
		inputs = inputs[n:]
	}
	return all, nil
}

// RefMarks returns the marks of a source's references.
func (s *Sealer) RefMarks(ctx context.Context, body ref.Body, refs [][]byte) ([][16]byte, error) {
	return s.marks(ctx, SourceRef, body, refs)
}

// DecisionMarks returns the marks of decisions about persons. Each datum begins
// with the person's key, so that marks join nobody to anybody.
func (s *Sealer) DecisionMarks(ctx context.Context, data [][]byte) ([][16]byte, error) {
	return s.marks(ctx, Decision, ref.Body{}, data)
}

// MatterMarks returns the marks of what a body asks in and about.
func (s *Sealer) MatterMarks(ctx context.Context, body ref.Body, data [][]byte) ([][16]byte, error) {
	return s.marks(ctx, Matter, body, data)
}

// Pseudonym returns the name that a body has for a person.
func (s *Sealer) Pseudonym(ctx context.Context, b ref.Body, p ref.Person) ([16]byte, error) {
	got, err := s.marks(ctx, Pseudonym, b, [][]byte{p[:]})
	if err != nil {
		return [16]byte{}, err
	}
	return got[0], nil
}

func (s *Sealer) marks(ctx context.Context, scope Scope, body ref.Body, data [][]byte) ([][16]byte, error) {
	all := make([][16]byte, 0, len(data))
	for len(data) > 0 {
		n := min(len(data), MaxBatch)
		got, err := s.vault.Macs(ctx, scope, body, data[:n])
		if err != nil {
			return nil, err
		}
		for _, m := range got {
			all = append(all, m)
		}
		data = data[n:]
	}
	return all, nil
}

// Forget asks that a slot be made unreadable before its day. It joins the
// transaction of ctx; the keeper carries it out.
func (s *Sealer) Forget(ctx context.Context, p ref.Person, slot seal.Slot, why string, now time.Time) error {
	id, err := ref.Mint[ref.Intent](s.minter)
	if err != nil {
		return err
	}
	return s.intents.Intend(ctx, []Wanted{{Intent: id, Person: p, Slot: slot, Reason: Reason(why), At: now}})
}

// ForgetAll is Forget for what is held of several persons.
func (s *Sealer) ForgetAll(ctx context.Context, held []seal.Held, why string, now time.Time) error {
	list := make([]Wanted, len(held))
	for i, h := range held {
		id, err := ref.Mint[ref.Intent](s.minter)
		if err != nil {
			return err
		}
		list[i] = Wanted{Intent: id, Person: h.Subject.Person, Slot: h.Slot, Reason: Reason(why), At: now}
	}
	if len(list) == 0 {
		return nil
	}
	return s.intents.Intend(ctx, list)
}
