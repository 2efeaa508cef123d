package vault

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Ahead says for which end days of a class seeds are drawn before they are
// needed, so that an older copy of the store holds them too.
type Ahead struct {
	Class    seal.Class
	Years    int  // from today
	Quarters bool // only days on which a quarter ends
}

// DefaultAhead reaches past every retention that the shipped packs know.
func DefaultAhead() []Ahead {
	return []Ahead{
		{Class: seal.Record, Years: 12},
		{Class: seal.Identity, Years: 13, Quarters: true},
		{Class: seal.Access, Years: 7},
	}
}

// Config is what a vault is opened with. Ahead may be empty; the rest is
// required.
type Config struct {
	Journal Journal
	Minter  ref.Minter
	Mode    Mode
	Ahead   []Ahead
	// Create allows a new vault where the journal is empty. Without it an empty
	// journal is an error, so that a lost store is not taken for a first start.
	Create bool
	Now    time.Time // for a new vault: when its root-key version is made
	Today  when.Date // for a new vault: where Ahead begins
}

// Vault keeps its state in memory and every change in its journal.
type Vault struct {
	journal Journal
	minter  ref.Minter
	ahead   []Ahead
	boot    ref.Vault
	bodies  bodyKeys

	waiting sync.Mutex // guards queue
	queue   []*op
	turn    sync.Mutex // its holder alone writes the journal and changes st
	mu      sync.RWMutex
	st      *state // read under mu or turn, changed under both
	broken  string // why the last write failed
	closed  bool
}

var _ Service = (*Vault)(nil)

// Open reads a vault from its journal, or makes a new one. Call Compare before
// anything is served from it.
func Open(ctx context.Context, c Config) (*Vault, error) {
	v := &Vault{journal: c.Journal, minter: c.Minter, ahead: c.Ahead, st: &state{}}
	var err error
	if v.boot, err = ref.Mint[ref.Vault](c.Minter); err != nil {
		return nil, err
	}
	if err := c.Journal.Replay(ctx, v.st.replay); err != nil {
		return nil, damaged(err)
	}
	switch {
	case v.st.epochs == nil && !c.Create:
		return nil, fault.New(fault.Refused, "E-VAULT-ABSENT",
			"There is no vault in its folder, but this installation has one. Nothing was changed. Give back the vault's folder from its newest copy.")
	case v.st.epochs == nil:
		if err := v.create(ctx, c); err != nil {
			return nil, err
		}
	case !v.st.whole:
		return nil, damaged(errShort)
	}
	if v.st.mode != c.Mode {
		return nil, fault.Newf(fault.Refused, "E-VAULT-MODE",
			"The vault was made for %s and cannot be opened for %s. Nothing was changed. Start with the mode it was made for.", v.st.mode, c.Mode)
	}
	return v, nil
}

func damaged(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	return fault.New(fault.Refused, "E-VAULT-DAMAGED",
		"The vault's store is damaged and was not opened. Nothing was changed. Give back the newest undamaged copy of its folder.").Because(err)
}

func (v *Vault) create(ctx context.Context, c Config) error {
	st, err := born(c.Minter, c.Mode)
	if err != nil {
		return err
	}
	st.ended = c.Today
	for _, e := range missing(st, c.Ahead, c.Today) {
		fresh := change{kind: isSeed, seq: st.seq + 1, epoch: e}
		if err := draw(c.Minter, &fresh.key); err != nil {
			return err
		}
		if err := st.apply(&fresh); err != nil {
			return err
		}
	}
	v.st = st
	_, err = c.Journal.Rewrite(ctx, Head{ID: st.id, Mode: st.mode}, c.Now, st.dump())
	return err
}

// missing returns the epochs ahead of a day that are not there.
func missing(st *state, ahead []Ahead, today when.Date) (list []seal.Epoch) {
	for _, a := range ahead {
		for day, end := max(today, st.ended), today.AddYears(a.Years); day <= end; day++ {
			if a.Quarters {
				day = day.QuarterEnd()
			}
			if e := seal.NewEpoch(a.Class, day); st.epochs[e] == nil {
				list = append(list, e)
			}
		}
	}
	return list
}

func draw(m ref.Minter, key *[32]byte) error {
	_, err := readFull(m, key[:])
	return err
}

// Close waits for the write under way and lets go of the journal.
func (v *Vault) Close() error {
	v.turn.Lock()
	defer v.turn.Unlock()
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return nil
	}
	v.closed = true
	return v.journal.Close()
}

// State returns what the vault tells about itself. Where the last write failed,
// it first tries whether writing works again.
func (v *Vault) State(ctx context.Context) (State, error) {
	if err := ctx.Err(); err != nil {
		return State{}, err
	}
	v.heal()
	v.mu.RLock()
	defer v.mu.RUnlock()
	s := State{ID: v.st.id, Mode: v.st.mode, Boot: v.boot, Seq: v.st.seq,
		Applied: v.st.applied, Ended: v.st.ended, Fault: v.broken}
	for _, g := range v.st.generations {
		s.Generations = append(s.Generations, g.number)
	}
	s.Root, s.Weak = v.journal.About()
	return s, nil
}

func (v *Vault) heal() {
	v.mu.RLock()
	broken := v.broken != ""
	v.mu.RUnlock()
	if !broken || !v.turn.TryLock() {
		return
	}
	defer v.turn.Unlock()
	v.report(v.journal.Heal())
}

// report keeps whether the last write failed.
func (v *Vault) report(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.broken = ""
	if err != nil {
		v.broken = fault.Of(err).Text
	}
}

// Epochs returns the epochs that the vault holds, in their order.
func (v *Vault) Epochs(ctx context.Context) ([]Epoch, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	list := make([]Epoch, 0, len(v.st.epochs))
	for _, id := range sorted(v.st.epochs) {
		e := v.st.epochs[id]
		list = append(list, Epoch{Epoch: id, Next: seal.Leaf(e.next), Seed: e.mark, Nodes: e.tree.size()})
	}
	return list, nil
}

// Tokens returns the tokens of identifiers under the live generations.
func (v *Vault) Tokens(ctx context.Context, ids [][]byte) ([][]Token, error) {
	if err := errors.Join(ctx.Err(), boundsOf(ids)); err != nil {
		return nil, err
	}
	v.mu.RLock()
	gens := slices.Clone(v.st.generations)
	v.mu.RUnlock()
	flat := make([]Token, len(ids)*len(gens))
	out := make([][]Token, len(ids))
	for i := range out {
		out[i] = flat[i*len(gens) : (i+1)*len(gens) : (i+1)*len(gens)]
	}
	for g := range gens {
		tokens(&gens[g].key, ids, func(i int) *[Size]byte {
			out[i][g].Generation = gens[g].number
			return &out[i][g].Mark
		})
	}
	return out, nil
}

// Macs returns the marks of data in a scope of a body.
func (v *Vault) Macs(ctx context.Context, scope Scope, body [16]byte, data [][]byte) ([]Mac, error) {
	if err := errors.Join(ctx.Err(), boundsOf(data)); err != nil {
		return nil, err
	}
	switch scope { // the seeds never change while the vault is open
	case Pseudonym:
		return v.macs(&v.st.pseudonym, domainPseudonym, body, data)
	case SourceRef:
		return v.macs(&v.st.sourceRef, domainSourceRef, body, data)
	case Decision:
		return v.macs(&v.st.sourceRef, domainDecision, body, data)
	case Matter:
		return v.macs(&v.st.sourceRef, domainMatter, body, data)
	}
	return nil, fault.New(fault.Invalid, "E-VAULT-SCOPE", "The vault does not know this kind of mark. Nothing was done.")
}

// stride is how many keys are derived between two looks at whoever waits to
// change the state.
const stride = 32

// Derive returns the key of each place.
func (v *Vault) Derive(ctx context.Context, places []Place) ([]Derived, error) {
	if err := bounds(len(places)); err != nil {
		return nil, err
	}
	out := make([]Derived, len(places))
	var w walker
	defer func() { clear(w.keys[:]) }()
	for at := 0; at < len(places); at += stride {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		end := min(at+stride, len(places))
		v.derive(&w, places[at:end], out[at:end])
	}
	return out, nil
}

func (v *Vault) derive(w *walker, places []Place, out []Derived) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for i := range places {
		p := &places[i]
		e := v.st.epochs[p.Slot.Epoch]
		if e == nil || p.Slot.Leaf < 0 || int64(p.Slot.Leaf) >= e.next {
			out[i].Gone = true
			continue
		}
		leaf := uint32(p.Slot.Leaf)
		n := e.covering(leaf)
		if n == nil {
			out[i].Gone = true
			continue
		}
		out[i].Key = leafKey(w.descend(e, n, leaf), p)
	}
}
