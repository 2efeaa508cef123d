package partypg

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// KeeperStore is party.KeeperStore on the pool of the keeper.
type KeeperStore struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
}

var _ party.KeeperStore = (*KeeperStore)(nil)

// NewKeeperStore returns a store on a pool of recourse_keeper.
func NewKeeperStore(pool *pgxpool.Pool, publisher pgkit.Publisher) *KeeperStore {
	return &KeeperStore{pool: pool, publisher: publisher}
}

// Do is party.KeeperStore.Do.
func (s *KeeperStore) Do(ctx context.Context, do func(context.Context) error) error {
	return pgkit.Unit(ctx, s.pool, do)
}

// Due is party.KeeperStore.Due: one call of party.reseal.
func (s *KeeperStore) Due(ctx context.Context, d party.Due) ([]party.SealedPerson, error) {
	var rows []ResealRow
	err := pgkit.Confirmed(ctx, s.pool, func(conn *pgx.Conn) error {
		var err error
		rows, err = s.q.Reseal(ctx, conn, ResealParams{Event: pgkit.UUID(d.Event), Now: d.Now, What: string(d.What), Newest: d.Newest, Skip: d.Skip, Most: d.Limit})
		return err
	})
	if err != nil {
		return nil, pgkit.Guard(err, err)
	}
	out := make([]party.SealedPerson, len(rows))
	for i, r := range rows {
		out[i] = party.SealedPerson{Person: r.Person.Bytes, LiveUntil: pgkit.Date(r.LiveUntil), Box: seal.Boxed(r.Epoch, r.Leaf, r.Nonce, r.Box)}
	}
	return out, nil
}

// PutAnew is party.KeeperStore.PutAnew.
func (s *KeeperStore) PutAnew(ctx context.Context, what party.What, a party.Anew) (put bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		var n int64
		var err error
		if what == party.ContactSeal {
			n, err = s.q.PutContactAnew(ctx, tx, PutContactAnewParams{Person: pgkit.UUID(a.Person), Epoch: int64(a.Box.Epoch), Leaf: int64(a.Box.Leaf),
				Nonce: a.Box.Nonce[:], Box: a.Box.Data, OldEpoch: int64(a.Old.Epoch), OldLeaf: int64(a.Old.Leaf)})
		} else {
			n, err = s.q.PutIdentityAnew(ctx, tx, PutIdentityAnewParams{Person: pgkit.UUID(a.Person), Epoch: int64(a.Box.Epoch), Leaf: int64(a.Box.Leaf),
				Nonce: a.Box.Nonce[:], Box: a.Box.Data, NameMark: a.NameMark[:], OldEpoch: int64(a.Old.Epoch), OldLeaf: int64(a.Old.Leaf)})
		}
		put = n > 0
		return err
	})
	return put, err
}

// Retoken is party.KeeperStore.Retoken. It shares the person's gate: a person
// who has ended gets no token.
func (s *KeeperStore) Retoken(ctx context.Context, p ref.Person, t party.Token) (moved bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		moved = true
		_, err := s.q.ShareGate(ctx, tx, pgkit.UUID(p))
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.q.PutToken(ctx, tx, PutTokenParams{Generation: t.Generation, Mac: t.MAC[:], Person: pgkit.UUID(p)}); err != nil {
			return err
		}
		whose, err := s.q.PersonByToken(ctx, tx, PersonByTokenParams{G1: t.Generation, M1: t.MAC[:], G2: t.Generation, M2: t.MAC[:]})
		if err != nil {
			return err
		}
		if moved = whose.Bytes == p; !moved {
			return nil
		}
		return s.q.DropOlderTokens(ctx, tx, DropOlderTokensParams{Person: pgkit.UUID(p), Newest: t.Generation})
	})
	return moved, err
}

// Older is party.KeeperStore.Older.
func (s *KeeperStore) Older(ctx context.Context, g int32) (bool, error) {
	left, err := s.q.OlderTokens(ctx, s.pool, g)
	return left, pgkit.Clean(err)
}

// Ending is party.KeeperStore.Ending. Contacts are not looked at.
func (s *KeeperStore) Ending(ctx context.Context, before when.Date, after ref.Person, limit int32) ([]party.Ending, error) {
	rows, err := s.q.EndingPersons(ctx, s.pool, EndingPersonsParams{ByEpoch: int64(party.IdentityEpoch(before)), Before: pgkit.Day(before), After: cursor(after), Most: limit})
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]party.Ending, len(rows))
	for i, r := range rows {
		out[i] = party.Ending{Person: r.Person.Bytes, LiveUntil: pgkit.Date(r.LiveUntil), Identity: slot(r.Epoch, r.Leaf)}
	}
	return out, nil
}

// cursor gives an id to a query of what comes after it; the zero id begins.
func cursor[I ~[16]byte](id I) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }

func slot(epoch, leaf int64) seal.Slot {
	return seal.Slot{Epoch: seal.Epoch(epoch), Leaf: seal.Leaf(leaf)}
}

// Prolong is party.KeeperStore.Prolong.
func (s *KeeperStore) Prolong(ctx context.Context, until map[ref.Person]when.Date) error {
	var arg LengthenPersonsParams
	for _, p := range slices.SortedFunc(maps.Keys(until), ref.Person.Compare) {
		arg.Persons = append(arg.Persons, pgkit.UUID(p))
		arg.LiveUntils = append(arg.LiveUntils, pgkit.Day(until[p]))
	}
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error { return s.q.LengthenPersons(ctx, tx, arg) })
}

// ClosedUntil is party.KeeperStore.ClosedUntil.
func (s *KeeperStore) ClosedUntil(ctx context.Context, persons []ref.Person) (map[ref.Person]when.Date, error) {
	out := map[ref.Person]when.Date{}
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := s.q.ClosedUntil(ctx, tx, pgkit.UUIDs(persons))
		for _, r := range rows {
			out[r.Person.Bytes] = pgkit.Date(r.EndsOn)
		}
		return err
	})
	return out, err
}

// Hold is party.KeeperStore.Hold.
func (s *KeeperStore) Hold(ctx context.Context, p ref.Person) (e party.Ending, found bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.q.LockGate(ctx, tx, pgkit.UUID(p)); err != nil {
			return err
		}
		r, err := s.q.HeldPerson(ctx, tx, pgkit.UUID(p))
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		found, e = true, party.Ending{Person: p, LiveUntil: pgkit.Date(r.LiveUntil), Identity: slot(r.Epoch, r.Leaf)}
		if r.ContactEpoch != nil && r.ContactLeaf != nil {
			c := slot(*r.ContactEpoch, *r.ContactLeaf)
			e.Contact = &c
		}
		return nil
	})
	return e, found, err
}

// Remove is party.KeeperStore.Remove.
func (s *KeeperStore) Remove(ctx context.Context, e party.Ending, now time.Time) error {
	p := pgkit.UUID(e.Person)
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		// The gate goes last: whoever waits at it finds nothing behind it.
		for _, remove := range []func(context.Context, DBTX, pgtype.UUID) error{
			s.q.RemoveSessions, s.q.RemoveDrafts, s.q.RemovePasskeys, s.q.RemoveTokens, s.q.RemoveContact, s.q.RemovePerson, s.q.RemoveGate} {
			if err := remove(ctx, tx, p); err != nil {
				return err
			}
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: e.Person, Kind: "party.ended", At: now,
			Refs: map[string]string{"live_until": e.LiveUntil.String(), "seal_end": e.Identity.Epoch.End().String()}})
	})
}

// SweepSessions is party.KeeperStore.SweepSessions.
func (s *KeeperStore) SweepSessions(ctx context.Context, now time.Time) (int64, error) {
	var all int64
	for _, sweep := range []func(context.Context, DBTX, time.Time) (int64, error){s.q.SweepSessions, s.q.SweepKnocks, s.q.SweepDrafts} {
		n, err := sweep(ctx, s.pool, now)
		if err != nil {
			return all, pgkit.Clean(err)
		}
		all += n
	}
	return all, nil
}

// SweepNonces is party.KeeperStore.SweepNonces.
func (s *KeeperStore) SweepNonces(ctx context.Context) (int64, error) {
	n, err := s.q.SweepNonces(ctx, s.pool)
	return n, pgkit.Clean(err)
}
