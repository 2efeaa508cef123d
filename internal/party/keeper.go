package party

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Keeper tends what the registry keeps of persons: it seals anew what would end
// too early, moves tokens to the newest index generation, and ends persons when
// nothing is kept of them any more. Every act is idempotent, takes a batch at a
// time, and may be broken off anywhere; more tells that another batch is due.
// Run Prolong and Reseal before the vault forgets the epochs that are over.
type Keeper struct {
	Store     KeeperStore
	Sealer    Resealer
	Tokener   Tokener
	Forgetter Forgetter
	Lasting   []Lasting
	Chance    ref.Minter
}

// Resealer opens and closes boxes and takes fingerprints; see seal.Sealed,
// seal.Content and seal.Marking.
type Resealer interface {
	Sealer
	Fingerprints(ctx context.Context, ms []seal.Marking) ([]seal.Marked, error)
}

// Forgetter asks that a slot be made unreadable before its day. It joins the
// transaction of ctx.
type Forgetter interface {
	Forget(ctx context.Context, p ref.Person, slot seal.Slot, why string, now time.Time) error
}

// Lasting is a room that keeps something about persons.
type Lasting interface {
	// Until returns, for each person of whom the room keeps content, the last day
	// on which it does. It joins the transaction of ctx.
	Until(ctx context.Context, persons []ref.Person) (map[ref.Person]when.Date, error)
}

// What says which sealed content is to be made anew.
type What string

// What there is.
const (
	IdentitySeal What = "identity" // an identity under a seal that ends too early
	ContactSeal  What = "contact"  // a contact under a seal that ends too early
	OldToken     What = "token"    // an identity with a token of an older generation
)

// Due asks for what is to be made anew.
type Due struct {
	What   What
	Newest int32     // of OldToken: the newest generation
	Event  ref.Event // of the journal row that the batch leaves
	Now    time.Time
	Skip   int32 // how many could not be done and are passed over
	Limit  int32
}

// SealedPerson is one sealed content of a person as the wall gives it out.
type SealedPerson struct {
	Person    ref.Person
	LiveUntil when.Date
	Box       seal.Box
}

// Anew is a content sealed anew. NameMark is set for identities.
type Anew struct {
	Person   ref.Person
	Old      seal.Slot
	Box      seal.Box
	NameMark [16]byte
}

// Ending is what is kept of a person, without content.
type Ending struct {
	Person    ref.Person
	LiveUntil when.Date
	Identity  seal.Slot
	Contact   *seal.Slot // nil where there is none
}

// KeeperStore is what the keeper does with the database. Writes are durable on
// return, or with the transaction of Do that they join.
type KeeperStore interface {
	// Do runs do in one transaction that stores and the Forgetter join.
	Do(ctx context.Context, do func(context.Context) error) error
	// Due gives content out of the read wall, which notes it in the journal.
	Due(ctx context.Context, d Due) ([]SealedPerson, error)
	// PutAnew puts content in the place of the one in the old slot; false where
	// somebody else has put another there.
	PutAnew(ctx context.Context, what What, a Anew) (bool, error)
	// Retoken gives a person a token and drops those of older generations; false
	// where the token is another person's, and nothing is dropped then.
	Retoken(ctx context.Context, p ref.Person, t Token) (bool, error)
	// Older reports whether a token of a generation before g is left.
	Older(ctx context.Context, g int32) (bool, error)
	// Ending returns up to limit persons after one whose file lives until a day
	// before the day given, in the order of their keys.
	Ending(ctx context.Context, before when.Date, after ref.Person, limit int32) ([]Ending, error)
	// ClosedUntil returns, of those persons whose file a death closed, the last day.
	ClosedUntil(ctx context.Context, persons []ref.Person) (map[ref.Person]when.Date, error)
	// Prolong lets files live longer; never shorter.
	Prolong(ctx context.Context, until map[ref.Person]when.Date) error
	// Hold takes the gate of a person for this transaction alone and returns what
	// is kept of them then; false where there is no such person.
	Hold(ctx context.Context, p ref.Person) (Ending, bool, error)
	// Remove deletes a person with their contact, gate, tokens and sign-ins, and
	// publishes "party.ended". It is called under Hold.
	Remove(ctx context.Context, e Ending, now time.Time) error
	// SweepSessions deletes up to a thousand sign-ins that have ended, and as many that
	// were begun and not finished, and as many drafts that nobody came back for.
	SweepSessions(ctx context.Context, now time.Time) (int64, error)
	// SweepNonces deletes up to ten thousand nonces whose signatures are over by the
	// database's own clock.
	SweepNonces(ctx context.Context) (int64, error)
}

// keeperBatch is how many persons are done at once: few enough that a batch ends
// well within the two seconds in which the wall takes its instant for now.
const keeperBatch = 200

// lead is how many days before its end a file is looked at, so that what was
// kept about the person since is known before their identity would be gone. The
// wall gives identities to be sealed anew as many days before their seal ends.
const lead = 100

// personEnded is the vault's word for why an identity is forgotten.
const personEnded = "person ended"

// ErrTwoFiles is returned where two files hold the same identifier. Both keep
// their tokens, and the older generation cannot be destroyed.
var ErrTwoFiles = fault.New(fault.Conflict, "E-TWO-FILES",
	"Two files hold the same identifier. Nothing was changed or lost. The operator must open an incident: one of the two was made around the registry.")

// GenerationOn returns the index generation that should be the newest on a day:
// the first in the calendar year in which the vault was made, and one more each
// year. Generations follow each other one at a time: where a year was missed, the
// next one begins when the one before the newest is destroyed.
func GenerationOn(madeOn, today when.Date) int32 {
	return 1 + int32(max(0, today.Year()-madeOn.Year()))
}

// Reseal seals identities and contacts anew whose seal ends soon and before the
// quarter of their live_until. What lies under the old seal is left to end on
// its own day, which is near: a database that is given back from before the
// batch still opens it.
func (k *Keeper) Reseal(ctx context.Context, now time.Time) (more bool, err error) {
	for _, what := range []What{IdentitySeal, ContactSeal} {
		again, err := k.sweep(ctx, Due{What: what, Now: now}, func(ctx context.Context, rows []SealedPerson, plain [][]byte) (int, error) {
			return k.sealAnew(ctx, what, rows, plain)
		})
		if err != nil {
			return false, err
		}
		more = more || again
	}
	return more, nil
}

// sweep takes batches until one of them could be done, and opens them. What
// cannot be opened, its key being gone before its time, is passed over.
func (k *Keeper) sweep(ctx context.Context, d Due, do func(ctx context.Context, rows []SealedPerson, plain [][]byte) (int, error)) (more bool, err error) {
	d.Limit = keeperBatch
	for {
		if d.Event, err = ref.Mint[ref.Event](k.Chance); err != nil {
			return false, err
		}
		all, err := k.Store.Due(ctx, d)
		if err != nil || len(all) == 0 {
			return false, err
		}
		rows, plain, err := k.open(ctx, d.What, all)
		if err != nil {
			return false, err
		}
		done := 0
		if len(rows) > 0 {
			if done, err = do(ctx, rows, plain); err != nil {
				return false, err
			}
		}
		if done > 0 || len(all) < keeperBatch {
			return len(all) == keeperBatch, nil
		}
		d.Skip += keeperBatch
	}
}

func (k *Keeper) open(ctx context.Context, what What, all []SealedPerson) (rows []SealedPerson, plain [][]byte, err error) {
	sealed := make([]seal.Sealed, len(all))
	for i, r := range all {
		sealed[i] = seal.Sealed{Subject: subject(what, r.Person), Box: r.Box}
	}
	opened, err := k.Sealer.Open(ctx, sealed)
	if err != nil {
		return nil, nil, err
	}
	for i, o := range opened {
		if !o.Gone {
			rows, plain = append(rows, all[i]), append(plain, o.Plain)
		}
	}
	return rows, plain, nil
}

func subject(what What, p ref.Person) seal.Subject {
	if what == ContactSeal {
		return ContactSubject(p)
	}
	return IdentitySubject(p)
}

func (k *Keeper) sealAnew(ctx context.Context, what What, rows []SealedPerson, plain [][]byte) (done int, err error) {
	contents := make([]seal.Content, len(rows))
	for i, r := range rows {
		contents[i] = seal.Content{Subject: subject(what, r.Person), Epoch: IdentityEpoch(r.LiveUntil), Plain: plain[i]}
	}
	boxes, err := k.Sealer.Close(ctx, contents)
	if err != nil {
		return 0, err
	}
	fresh := make([]Anew, len(rows))
	for i, r := range rows {
		fresh[i] = Anew{Person: r.Person, Old: seal.Slot{Epoch: r.Box.Epoch, Leaf: r.Box.Leaf}, Box: boxes[i]}
	}
	if what == IdentitySeal {
		if err := k.markNames(ctx, fresh, plain); err != nil {
			return 0, err
		}
	}
	for _, a := range fresh {
		put, err := k.Store.PutAnew(ctx, what, a)
		if err != nil {
			return done, err
		}
		if put {
			done++
		}
	}
	return done, nil
}

// markNames takes the fingerprint of each name under its new leaf.
func (k *Keeper) markNames(ctx context.Context, fresh []Anew, plain [][]byte) error {
	ask := make([]seal.Marking, len(fresh))
	for i, a := range fresh {
		id, err := readIdentity(plain[i])
		if err != nil {
			return err
		}
		ask[i] = seal.Marking{Subject: IdentitySubject(a.Person), Slot: seal.Slot{Epoch: a.Box.Epoch, Leaf: a.Box.Leaf}, Content: id.NameKey()}
	}
	marks, err := k.Sealer.Fingerprints(ctx, ask)
	if err != nil {
		return err
	}
	for i, m := range marks {
		if m.Gone {
			return fmt.Errorf("a leaf ended while it was being used")
		}
		fresh[i].NameMark = m.Mark
	}
	return nil
}

// readIdentity reads as much of the sealed content of an identity as tokens and
// fingerprints are made of. It was normalised when it was written.
func readIdentity(plain []byte) (Identity, error) {
	var id struct {
		Type   string `json:"id_type"`
		Number string `json:"id_number"`
		Name   string `json:"name"`
	}
	if err := json.Unmarshal(plain, &id); err != nil {
		return Identity{}, fmt.Errorf("an identity cannot be read")
	}
	if id.Type == "" || id.Number == "" || id.Name == "" {
		return Identity{}, fmt.Errorf("an identity is not whole")
	}
	return Identity{Type: id.Type, Number: id.Number, Name: id.Name}, nil
}

// Retoken moves persons to the newest generation: each gets a token under it in
// the transaction that drops their older ones, so that look-ups, which try every
// live generation, find them throughout. clear tells that no older token is
// left, so that the generations before newest may be destroyed.
//
// Begin an hour after the generation was made: until then somebody may hold
// tokens that were made without it, and would not find who was moved already.
func (k *Keeper) Retoken(ctx context.Context, newest int32, now time.Time) (more, clear bool, err error) {
	twice := 0
	more, err = k.sweep(ctx, Due{What: OldToken, Newest: newest, Now: now}, func(ctx context.Context, rows []SealedPerson, plain [][]byte) (int, error) {
		tokens, err := k.tokens(ctx, newest, plain)
		if err != nil {
			return 0, err
		}
		done := 0
		for i, r := range rows {
			moved, err := k.Store.Retoken(ctx, r.Person, tokens[i])
			if err != nil {
				return done, err
			}
			if moved {
				done++
			} else {
				twice++
			}
		}
		return done, nil
	})
	if err != nil || more {
		return more, false, err
	}
	older, err := k.Store.Older(ctx, newest)
	if err == nil && twice > 0 {
		err = ErrTwoFiles
	}
	return false, err == nil && !older, err
}

// tokens returns the token of each identity under one generation.
func (k *Keeper) tokens(ctx context.Context, g int32, plain [][]byte) ([]Token, error) {
	inputs := make([][]byte, len(plain))
	for i := range plain {
		id, err := readIdentity(plain[i])
		if err != nil {
			return nil, err
		}
		inputs[i] = id.TokenInput()
	}
	live, err := k.Tokener.PersonTokens(ctx, inputs)
	if err != nil {
		return nil, err
	}
	out := make([]Token, len(live))
	for i, ts := range live {
		if len(ts) == 0 || ts[0].Generation != g {
			return nil, fmt.Errorf("index generation %d is not the newest of the vault", g)
		}
		out[i] = ts[0]
	}
	return out, nil
}
