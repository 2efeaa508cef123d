// Package holdpg keeps holds in PostgreSQL.
//
// It promises what hold.Store and hold.KeeperStore ask for: whoever changes a hold has
// the person's gate FOR UPDATE until the commit. Papers are written here and never read
// but through hold.show and hold.examine.
package holdpg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/hold"
	"recourse/internal/kit/pgkit"
	"recourse/internal/paper"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Forgetter asks, in the transaction of ctx, that what is held be made unreadable
// before its day.
type Forgetter interface {
	ForgetAll(ctx context.Context, held []seal.Held, why string, now time.Time) error
}

// Store is hold.Store on a pool of recourse_app.
type Store struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	forgetter Forgetter // on the same pool
	q         Queries
}

// NewStore returns a Store.
func NewStore(pool *pgxpool.Pool, publisher pgkit.Publisher, forgetter Forgetter) *Store {
	return &Store{pool: pool, publisher: publisher, forgetter: forgetter}
}

// Why the vault forgets a paper before its day.
const (
	byCourt   = "ordered"
	unheld    = "superseded"
	ofAnother = "wrong person"
)

// behind does something behind a person's gate, in one transaction.
func (s *Store) behind(ctx context.Context, p ref.Person, do func(context.Context, pgx.Tx) error) error {
	return pgkit.Unit(ctx, s.pool, func(ctx context.Context) error {
		return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
			if err := s.q.LockGate(ctx, tx, pgkit.UUID(p)); err != nil {
				return err
			}
			return do(ctx, tx)
		})
	})
}

// Place is hold.Store.Place.
func (s *Store) Place(ctx context.Context, h hold.Hold, papers []hold.Paper, e hold.Event) error {
	err := s.behind(ctx, h.Person, func(ctx context.Context, tx pgx.Tx) error {
		if err := s.q.Put(ctx, tx, PutParams{Person: pgkit.UUID(h.Person), Hold: pgkit.UUID(h.ID), Record: pgkit.UUID(h.Record), Source: pgkit.UUID(h.Source), Type: h.Type, Ground: h.Ground,
			Court: pgkit.UUID(h.Court), Pack: h.Pack, UntilOn: pgkit.Day(h.Until), KeepUntil: pgkit.Day(h.KeepUntil), ProposedBy: pgkit.UUID(h.ProposedBy), ProposedAt: h.ProposedAt}); err != nil {
			return err
		}
		if err := s.q.Number(ctx, tx, NumberParams{Hold: pgkit.UUID(h.ID), Person: pgkit.UUID(h.Person)}); err != nil {
			return err
		}
		if err := s.add(ctx, tx, h, papers); err != nil {
			return err
		}
		return s.publish(ctx, tx, h.Person, e, h.ProposedAt)
	})
	if pgkit.Code(err) == pgkit.UniqueViolation {
		return hold.ErrRuns
	}
	return err
}

func (s *Store) add(ctx context.Context, tx pgx.Tx, h hold.Hold, papers []hold.Paper) error {
	for _, p := range papers {
		if err := s.q.AddPaper(ctx, tx, AddPaperParams{Person: pgkit.UUID(h.Person), Paper: pgkit.UUID(p.ID), Hold: pgkit.UUID(h.ID), What: p.What,
			Epoch: int64(p.Box.Epoch), Leaf: int64(p.Box.Leaf), Nonce: p.Box.Nonce[:], Box: p.Box.Data}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) publish(ctx context.Context, tx pgx.Tx, p ref.Person, e hold.Event, now time.Time) error {
	return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: p, Kind: e.Kind, At: now, Refs: e.Refs})
}

// Change is hold.Store.Change.
func (s *Store) Change(ctx context.Context, p ref.Person, id ref.Hold, now time.Time, do func(hold.Hold) (hold.Change, error)) (out hold.Hold, err error) {
	err = s.behind(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		was, err := s.one(ctx, tx, p, id)
		if err != nil {
			return err
		}
		ch, err := do(was)
		if err != nil {
			return err
		}
		out = ch.Hold
		if err := s.q.Save(ctx, tx, saved(out)); err != nil {
			return err
		}
		if err := s.add(ctx, tx, out, ch.Add); err != nil {
			return err
		}
		if !out.EndedAt.IsZero() {
			why := byCourt
			if out.State == hold.Dropped {
				why = unheld
			}
			if err := s.drop(ctx, tx, p, id, why, now); err != nil {
				return err
			}
		}
		return s.publish(ctx, tx, p, ch.Event, now)
	})
	return out, err
}

// drop removes the papers of a hold and has their leaves forgotten.
func (s *Store) drop(ctx context.Context, tx pgx.Tx, p ref.Person, id ref.Hold, why string, now time.Time) error {
	rows, err := s.q.DropPapers(ctx, tx, DropPapersParams{Person: pgkit.UUID(p), Hold: pgkit.UUID(id)})
	if err != nil {
		return err
	}
	held := make([]seal.Held, len(rows))
	for i, r := range rows {
		held[i] = heldOf(p, r.Paper, r.Epoch, r.Leaf)
	}
	return s.forgetter.ForgetAll(ctx, held, why, now)
}

func heldOf(p ref.Person, id pgtype.UUID, epoch, leaf int64) seal.Held {
	return seal.Held{Subject: paper.Subject(p, id.Bytes), Slot: seal.Slot{Epoch: seal.Epoch(epoch), Leaf: seal.Leaf(leaf)}}
}

func (s *Store) one(ctx context.Context, db DBTX, p ref.Person, id ref.Hold) (hold.Hold, error) {
	row, err := s.q.One(ctx, db, OneParams{Person: pgkit.UUID(p), Hold: pgkit.UUID(id)})
	if errors.Is(err, pgx.ErrNoRows) {
		return hold.Hold{}, hold.ErrNotFound
	}
	return read(row), pgkit.Clean(err)
}

// One is hold.Store.One.
func (s *Store) One(ctx context.Context, p ref.Person, id ref.Hold) (hold.Hold, error) {
	return s.one(ctx, s.pool, p, id)
}

// Of is hold.Store.Of.
func (s *Store) Of(ctx context.Context, p ref.Person) ([]hold.Hold, error) {
	rows, err := s.q.Of(ctx, s.pool, pgkit.UUID(p))
	return all(rows), pgkit.Clean(err)
}

// Person is hold.Store.Person.
func (s *Store) Person(ctx context.Context, id ref.Hold) (ref.Person, error) {
	p, err := s.q.PersonOf(ctx, s.pool, pgkit.UUID(id))
	if errors.Is(err, pgx.ErrNoRows) {
		return ref.Person{}, hold.ErrNotFound
	}
	return p.Bytes, pgkit.Clean(err)
}

// Running is hold.Store.Running.
func (s *Store) Running(ctx context.Context, body ref.Body, today when.Date, q hold.Sought, limit int) ([]hold.Hold, error) {
	rows, err := s.q.Running(ctx, s.pool, RunningParams{Today: pgkit.Day(today), Body: pgkit.UUID(body), Stands: string(q.State), Type: q.Type, Most: int32(limit)})
	return all(rows), pgkit.Clean(err)
}

// ForCourt is hold.Store.ForCourt.
func (s *Store) ForCourt(ctx context.Context, court ref.Body, today when.Date, limit int) ([]hold.Hold, error) {
	rows, err := s.q.ForCourt(ctx, s.pool, ForCourtParams{Court: pgkit.UUID(court), Today: pgkit.Day(today), Most: int32(limit)})
	return all(rows), pgkit.Clean(err)
}

// Show is hold.Store.Show.
func (s *Store) Show(ctx context.Context, p ref.Person, access ref.Inquiry, pack string, now time.Time) (out []hold.Paper, err error) {
	var rows []ShowRow
	err = pgkit.Confirmed(ctx, s.pool, func(conn *pgx.Conn) (err error) {
		rows, err = s.q.Show(ctx, conn, ShowParams{Person: pgkit.UUID(p), Access: pgkit.UUID(access), Now: now, Pack: pack})
		return err
	})
	for _, r := range rows {
		out = append(out, hold.Paper{Hold: r.Hold.Bytes, What: hold.Reference, Sheet: paper.Sheet{ID: r.Paper.Bytes, Box: seal.Boxed(r.Epoch, r.Leaf, r.Nonce, r.Box)}})
	}
	return out, pgkit.Guard(err, hold.ErrNotFound)
}

// Examine is hold.Store.Examine.
func (s *Store) Examine(ctx context.Context, l hold.Look) (seen hold.Seen, err error) {
	var rows []ExamineRow
	err = pgkit.Confirmed(ctx, s.pool, func(conn *pgx.Conn) (err error) {
		rows, err = s.q.Examine(ctx, conn, ExamineParams{Person: pgkit.UUID(l.Person), Hold: pgkit.UUID(l.Hold), Clerk: pgkit.UUID(l.Clerk), Body: pgkit.UUID(l.Body), Access: pgkit.UUID(l.Access),
			Now: l.Now, Pack: l.Pack, TraceEpoch: int64(l.Trace.Epoch), TraceLeaf: int64(l.Trace.Leaf), TraceNonce: l.Trace.Nonce[:], TraceBox: l.Trace.Data})
		return err
	})
	for _, r := range rows {
		b := seal.Boxed(r.Epoch, r.Leaf, r.Nonce, r.Box)
		if !r.Paper.Valid {
			seen.Record, seen.Version = b, r.Version
			continue
		}
		seen.Papers = append(seen.Papers, hold.Paper{Hold: l.Hold, What: r.What, Sheet: paper.Sheet{ID: r.Paper.Bytes, Box: b}})
	}
	return seen, pgkit.Guard(err, hold.ErrNotFound)
}

func all(rows []HoldPlaced) []hold.Hold {
	out := make([]hold.Hold, len(rows))
	for i, r := range rows {
		out[i] = read(r)
	}
	return out
}

func read(r HoldPlaced) hold.Hold {
	h := hold.Hold{ID: r.Hold.Bytes, Person: r.Person.Bytes, Record: r.Record.Bytes, Source: r.Source.Bytes, Type: r.Type, Ground: r.Ground, Court: r.Court.Bytes, Pack: r.Pack,
		Until: pgkit.Date(r.UntilOn), KeepUntil: pgkit.Date(r.KeepUntil), State: hold.State(r.State), ProposedBy: r.ProposedBy.Bytes, ProposedAt: r.ProposedAt,
		ConfirmedBy: r.ConfirmedBy.Bytes, ConfirmedAt: pgkit.Instant(r.ConfirmedAt), LiftBy: r.LiftBy.Bytes, LiftedBy: r.LiftedBy.Bytes, EndedAt: pgkit.Instant(r.EndedAt)}
	if r.Version != nil {
		h.Version = *r.Version
	}
	return h
}

func saved(h hold.Hold) SaveParams {
	arg := SaveParams{Person: pgkit.UUID(h.Person), Hold: pgkit.UUID(h.ID), State: string(h.State), ConfirmedBy: pgkit.UUID(h.ConfirmedBy), ConfirmedAt: pgkit.Given(h.ConfirmedAt),
		LiftBy: pgkit.UUID(h.LiftBy), LiftedBy: pgkit.UUID(h.LiftedBy), EndedAt: pgkit.Given(h.EndedAt)}
	if h.Version > 0 {
		arg.Version = &h.Version
	}
	return arg
}
