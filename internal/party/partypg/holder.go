package partypg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"recourse/internal/kit/pgkit"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Identities shows the vault which identities are sealed and where, and erases
// those that it has forgotten. It runs on the pool of the keeper.
type Identities struct {
	*KeeperStore
	Lasting []party.Lasting
}

// Name is for reports.
func (Identities) Name() string { return "party.person" }

// MaxLeaves returns the highest leaf in use of each epoch in use.
func (h Identities) MaxLeaves(ctx context.Context) (map[seal.Epoch]seal.Leaf, error) {
	rows, err := h.q.PersonLeaves(ctx, h.pool)
	out := make(map[seal.Epoch]seal.Leaf, len(rows))
	for _, r := range rows {
		out[seal.Epoch(r.Epoch)] = seal.Leaf(r.Leaf)
	}
	return out, pgkit.Clean(err)
}

// Held returns up to limit identities behind a cursor, and the cursor behind
// them.
func (h Identities) Held(ctx context.Context, after []byte, limit int) ([]seal.Held, []byte, error) {
	rows, err := h.q.PersonsHeld(ctx, h.pool, PersonsHeldParams{Person: behind(after), Limit: int32(limit)})
	if err != nil || len(rows) == 0 {
		return nil, after, pgkit.Clean(err)
	}
	out := make([]seal.Held, len(rows))
	for i, r := range rows {
		out[i] = seal.Held{Subject: party.IdentitySubject(r.Person.Bytes), Slot: slot(r.Epoch, r.Leaf)}
	}
	last := rows[len(rows)-1].Person.Bytes
	return out, last[:], nil
}

// Erase ends the persons whose identity the vault has forgotten. Where a room
// still keeps something of one, the file stays without a name, so that its
// person can still reach it; it ends with the last of what it holds.
func (h Identities) Erase(ctx context.Context, boxes []seal.Held, now time.Time) error {
	for _, b := range boxes {
		if err := h.Do(ctx, func(ctx context.Context) error { return h.erase(ctx, b, now) }); err != nil {
			return err
		}
	}
	return nil
}

func (h Identities) erase(ctx context.Context, b seal.Held, now time.Time) error {
	p := ref.Person(b.Subject.Person)
	e, found, err := h.Hold(ctx, p)
	if err != nil || !found || e.Identity != b.Slot {
		return err
	}
	yesterday := when.In(now, time.UTC).AddDays(-1) // in any zone, so that nothing is ended early; the sweep ends what is left
	for _, room := range h.Lasting {
		last, err := room.Until(ctx, []ref.Person{p})
		if err != nil {
			return err
		}
		if until, ok := last[p]; ok && until >= yesterday {
			return nil
		}
	}
	return h.Remove(ctx, e, now)
}

// Contacts is Identities for contacts.
type Contacts struct{ *KeeperStore }

// Name is for reports.
func (Contacts) Name() string { return "party.contact" }

// MaxLeaves returns the highest leaf in use of each epoch in use.
func (h Contacts) MaxLeaves(ctx context.Context) (map[seal.Epoch]seal.Leaf, error) {
	rows, err := h.q.ContactLeaves(ctx, h.pool)
	out := make(map[seal.Epoch]seal.Leaf, len(rows))
	for _, r := range rows {
		out[seal.Epoch(r.Epoch)] = seal.Leaf(r.Leaf)
	}
	return out, pgkit.Clean(err)
}

// Held returns up to limit contacts behind a cursor, and the cursor behind them.
func (h Contacts) Held(ctx context.Context, after []byte, limit int) ([]seal.Held, []byte, error) {
	rows, err := h.q.ContactsHeld(ctx, h.pool, ContactsHeldParams{Person: behind(after), Limit: int32(limit)})
	if err != nil || len(rows) == 0 {
		return nil, after, pgkit.Clean(err)
	}
	out := make([]seal.Held, len(rows))
	for i, r := range rows {
		out[i] = seal.Held{Subject: party.ContactSubject(r.Person.Bytes), Slot: slot(r.Epoch, r.Leaf)}
	}
	last := rows[len(rows)-1].Person.Bytes
	return out, last[:], nil
}

// Erase removes contacts that the vault has forgotten: nothing can be announced
// to them.
func (h Contacts) Erase(ctx context.Context, boxes []seal.Held, now time.Time) error {
	for _, b := range boxes {
		err := pgkit.Tx(ctx, h.pool, func(tx pgx.Tx) error {
			n, err := h.q.RemoveContactIn(ctx, tx, RemoveContactInParams{Person: pgkit.UUID(ref.Person(b.Subject.Person)),
				Epoch: int64(b.Slot.Epoch), Leaf: int64(b.Slot.Leaf)})
			if err != nil || n == 0 {
				return err
			}
			return h.publisher.Publish(ctx, tx, pgkit.Event{Stream: b.Subject.Person, Kind: "party.contact-removed", At: now})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// behind reads a cursor; an empty one begins.
func behind(after []byte) pgtype.UUID {
	id := pgtype.UUID{Valid: true}
	copy(id.Bytes[:], after)
	return id
}
