// Package vaultpg keeps in PostgreSQL what the database must know of its vault:
// the mark, the book of leases, and intents to make things unreadable.
//
// It promises that a lease is remembered in a transaction of its own before
// Leased returns, that an intent is committed with the change that causes it,
// and that numbers given to intents follow each other in the order in which they
// were committed. It never sees a key.
package vaultpg

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/fault"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/when"
)

// Store is the database's side of the vault. The serving role may call Leased,
// Intend, Mark and Receipts; the keeper may call all.
type Store struct {
	pool *pgxpool.Pool
	q    Queries
}

var (
	_ vault.Book      = (*Store)(nil)
	_ vault.LeaseBook = (*Store)(nil)
	_ vault.Intender  = (*Store)(nil)
)

// NewStore returns the store of a pool.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool} }

// Mark returns the mark, or false where the database belongs to no vault yet.
func (s *Store) Mark(ctx context.Context) (vault.Mark, bool, error) {
	r, err := s.q.ReadMark(ctx, s.pool)
	if errors.Is(err, pgx.ErrNoRows) {
		return vault.Mark{}, false, nil
	}
	if err != nil {
		return vault.Mark{}, false, pgkit.Clean(err)
	}
	mode, ok := vault.ParseMode(r.Mode)
	if !ok {
		return vault.Mark{}, false, errors.New("the database's mark of its vault names an unknown mode")
	}
	return vault.Mark{Vault: r.Vault.Bytes, Mode: mode, Seq: r.Seq, IntentSeq: r.IntentSeq, ExpireBefore: pgkit.Date(r.ExpireBefore),
		Generation: uint32(r.Generation), Destroyed: uint32(r.DestroyedGeneration)}, true, nil
}

// Begin writes the first mark.
func (s *Store) Begin(ctx context.Context, m vault.Mark) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		return s.q.InsertMark(ctx, tx, InsertMarkParams{Vault: pgkit.UUID(m.Vault), Mode: m.Mode.String(), Seq: m.Seq, IntentSeq: m.IntentSeq,
			ExpireBefore: pgkit.Day(m.ExpireBefore), Generation: int64(m.Generation), DestroyedGeneration: int64(m.Destroyed)})
	})
}

// Raise brings the mark up to m.
func (s *Store) Raise(ctx context.Context, m vault.Mark) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error { return s.raise(ctx, tx, m) })
}

func (s *Store) raise(ctx context.Context, tx pgx.Tx, m vault.Mark) error {
	return s.q.RaiseMark(ctx, tx, RaiseMarkParams{Seq: m.Seq, IntentSeq: m.IntentSeq, ExpireBefore: pgkit.Day(m.ExpireBefore),
		Generation: int64(m.Generation), DestroyedGeneration: int64(m.Destroyed)})
}

// Leased remembers leases, in a transaction of its own even where ctx carries
// one: a transaction that is rolled back must not take the leaves back.
func (s *Store) Leased(ctx context.Context, list []vault.Counter, seq int64) error {
	var arg PutLeasesParams
	for _, c := range slices.SortedFunc(slices.Values(list), func(a, b vault.Counter) int { return cmp.Compare(a.Epoch, b.Epoch) }) {
		arg.Epochs = append(arg.Epochs, int64(c.Epoch))
		arg.SeedMarks = append(arg.SeedMarks, int64(c.Seed))
		arg.Nexts = append(arg.Nexts, int64(c.Next))
	}
	return pgkit.Confirmed(ctx, s.pool, func(conn *pgx.Conn) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if err := s.q.PutLeases(ctx, tx, arg); err != nil {
				return err
			}
			return s.q.RaiseSeq(ctx, tx, seq)
		})
	})
}

// Leases returns the counters of all epochs from a day on.
func (s *Store) Leases(ctx context.Context, from when.Date) ([]vault.Counter, error) {
	rows, err := s.q.ListLeases(ctx, s.pool, int64(from))
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	list := make([]vault.Counter, len(rows))
	for i, r := range rows {
		list[i] = vault.Counter{Epoch: seal.Epoch(r.Epoch), Next: seal.Leaf(r.Next), Seed: vault.SeedMark(r.SeedMark)}
	}
	return list, nil
}

// Intend writes intents; it joins the transaction of ctx.
func (s *Store) Intend(ctx context.Context, list []vault.Wanted) error {
	var arg InsertIntentsParams
	for _, w := range list {
		arg.Persons = append(arg.Persons, pgkit.UUID(w.Person))
		arg.Intents = append(arg.Intents, pgkit.UUID(w.Intent))
		arg.Epochs = append(arg.Epochs, int64(w.Slot.Epoch))
		arg.Leaves = append(arg.Leaves, int64(w.Slot.Leaf))
		arg.Reasons = append(arg.Reasons, string(w.Reason))
		arg.CreatedAts = append(arg.CreatedAts, w.At)
	}
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		err := s.q.InsertIntents(ctx, tx, arg)
		if pgkit.Code(err) == pgkit.CheckViolation {
			return fault.New(fault.Internal, "E-VAULT-INTENT", "What was given is no reason to make something unreadable. Nothing was changed.").Because(pgkit.Clean(err))
		}
		return err
	})
}

// Number gives numbers to intents that have none and returns those that wait.
func (s *Store) Number(ctx context.Context, limit int) (list []vault.Numbered, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		last, err := s.q.LockOrder(ctx, tx)
		if err != nil {
			return err
		}
		rows, err := s.q.ListWaiting(ctx, tx, int32(limit)) // numbered before, and not done
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			if rows, err = s.number(ctx, tx, last, limit); err != nil {
				return err
			}
		}
		list = make([]vault.Numbered, len(rows))
		for i, r := range rows {
			list[i] = numbered(ListIntentsRow(r))
		}
		slices.SortFunc(list, func(a, b vault.Numbered) int { return cmp.Compare(a.Seq, b.Seq) })
		return nil
	})
	return list, err
}

// number gives numbers to intents that have none, behind the last.
func (s *Store) number(ctx context.Context, tx pgx.Tx, last int64, limit int) ([]ListWaitingRow, error) {
	fresh, err := s.q.NumberIntents(ctx, tx, NumberIntentsParams{Last: last, Most: int32(limit)})
	if err != nil || len(fresh) == 0 {
		return nil, err
	}
	rows := make([]ListWaitingRow, len(fresh))
	for i, r := range fresh {
		rows[i] = ListWaitingRow(r)
	}
	return rows, s.raise(ctx, tx, vault.Mark{IntentSeq: last + int64(len(rows))})
}

func numbered(r ListIntentsRow) vault.Numbered {
	n := vault.Numbered{Wanted: vault.Wanted{Intent: r.Intent.Bytes, Person: r.Person.Bytes, Reason: vault.Reason(r.Reason), At: r.CreatedAt.UTC(),
		Slot: seal.Slot{Epoch: seal.Epoch(r.Epoch), Leaf: seal.Leaf(r.Leaf)}}}
	if r.VaultSeq != nil {
		n.Seq = *r.VaultSeq
	}
	return n
}

// All returns intents in the order of their key.
func (s *Store) All(ctx context.Context, after vault.Numbered, limit int) ([]vault.Numbered, error) {
	valid := func(id [16]byte) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }
	rows, err := s.q.ListIntents(ctx, s.pool, ListIntentsParams{AfterPerson: valid(after.Person), AfterIntent: valid(after.Intent), Most: int32(limit)})
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	list := make([]vault.Numbered, len(rows))
	for i, r := range rows {
		list[i] = numbered(r)
	}
	return list, nil
}

// Done marks intents as carried out.
func (s *Store) Done(ctx context.Context, receipts []vault.Receipt, seq int64) error {
	if len(receipts) == 0 {
		return nil
	}
	arg := MarkDoneParams{DoneAt: receipts[0].Done}
	for _, r := range receipts {
		arg.Persons = append(arg.Persons, pgkit.UUID(r.Person))
		arg.Intents = append(arg.Intents, pgkit.UUID(r.Intent))
		arg.UnreadableBy = append(arg.UnreadableBy, pgkit.Day(r.Unreadable))
		arg.Weak = append(arg.Weak, r.Weak)
	}
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.q.MarkDone(ctx, tx, arg); err != nil {
			return err
		}
		return s.raise(ctx, tx, vault.Mark{Seq: seq})
	})
}

// Found writes intents that were carried out before the database knew them.
func (s *Store) Found(ctx context.Context, receipts []vault.Receipt) error {
	if len(receipts) == 0 {
		return nil
	}
	arg := InsertFoundParams{Reason: string(vault.FoundErased), DoneAt: receipts[0].Done}
	for _, r := range receipts {
		arg.Persons = append(arg.Persons, pgkit.UUID(r.Person))
		arg.Intents = append(arg.Intents, pgkit.UUID(r.Intent))
		arg.Epochs = append(arg.Epochs, int64(r.Slot.Epoch))
		arg.Leaves = append(arg.Leaves, int64(r.Slot.Leaf))
		arg.Seqs = append(arg.Seqs, r.Seq)
		arg.UnreadableBy = append(arg.UnreadableBy, pgkit.Day(r.Unreadable))
		arg.Weak = append(arg.Weak, r.Weak)
	}
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error { return s.q.InsertFound(ctx, tx, arg) })
}

// Drop deletes the intents that are done and the leases of epochs that end
// before a day.
func (s *Store) Drop(ctx context.Context, before when.Date) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.q.DropIntents(ctx, tx, int64(before)); err != nil {
			return err
		}
		return s.q.DropLeases(ctx, tx, int64(before))
	})
}

// Receipts returns what was made unreadable of one person, latest first. Rows
// of epochs that have passed are not kept.
func (s *Store) Receipts(ctx context.Context, p ref.Person, limit int) ([]vault.Receipt, error) {
	rows, err := s.q.ListReceipts(ctx, s.pool, ListReceiptsParams{Person: pgkit.UUID(p), Most: int32(limit)})
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	list := make([]vault.Receipt, len(rows))
	for i, r := range rows {
		list[i] = vault.Receipt{Numbered: numbered(ListIntentsRow{Person: pgkit.UUID(p), Intent: r.Intent, Epoch: r.Epoch, Leaf: r.Leaf,
			Reason: r.Reason, CreatedAt: r.CreatedAt, VaultSeq: r.VaultSeq}),
			Done: instant(r.DoneAt), Unreadable: pgkit.Date(r.UnreadableBy), Weak: r.Weak != nil && *r.Weak}
	}
	return list, nil
}

func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
