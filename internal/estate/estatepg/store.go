// Package estatepg keeps deaths in PostgreSQL.
//
// It promises what estate.Store and estate.KeeperStore ask for: whoever changes a death has
// the person's gate FOR UPDATE until the commit. Papers are written here and never read but
// through estate.examine, and where letters go through notice.address.
package estatepg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/estate"
	"recourse/internal/kit/pgkit"
	"recourse/internal/paper"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Files closes and opens the files of persons. It joins the transaction of ctx.
type Files interface {
	// Shorten lets a file live to a day at most, ends its person's sign-ins, and returns to
	// what it would have lived and to what it does.
	Shorten(ctx context.Context, p ref.Person, until when.Date) (was, is when.Date, err error)
	// Lengthen lets a file live to a day at least.
	Lengthen(ctx context.Context, p ref.Person, until when.Date) error
}

// Consents ends what a person allowed. It joins the transaction of ctx.
type Consents interface {
	EndAll(ctx context.Context, p ref.Person, now time.Time) error
}

// Config is what a store is made of. Forgetter, Files and Consents are on the same pool;
// the keeper needs no Consents.
type Config struct {
	Pool      *pgxpool.Pool
	Publisher pgkit.Publisher
	Forgetter estate.Forgetter
	Files     Files
	Consents  Consents
}

// Store is estate.Store on a pool of recourse_app.
type Store struct {
	Config
	q Queries
}

var _ estate.Store = (*Store)(nil)

// NewStore returns a Store.
func NewStore(c Config) *Store { return &Store{Config: c} }

// superseded is why the vault forgets a paper before its day.
const superseded = "superseded"

// behind does something behind a person's gate, in one transaction.
func (s *Store) behind(ctx context.Context, p ref.Person, do func(context.Context, pgx.Tx) error) error {
	return pgkit.Unit(ctx, s.Pool, func(ctx context.Context) error {
		return pgkit.Tx(ctx, s.Pool, func(tx pgx.Tx) error {
			if err := s.q.LockGate(ctx, tx, pgkit.UUID(p)); err != nil {
				return err
			}
			return do(ctx, tx)
		})
	})
}

// Propose is estate.Store.Propose.
func (s *Store) Propose(ctx context.Context, d estate.Death, papers []estate.Paper, e estate.Event) error {
	err := s.behind(ctx, d.Person, func(ctx context.Context, tx pgx.Tx) error {
		if err := s.q.Put(ctx, tx, PutParams{Person: pgkit.UUID(d.Person), Death: pgkit.UUID(d.ID), Body: pgkit.UUID(d.Body), DiedOn: pgkit.Day(d.DiedOn), Pack: d.Pack,
			UntilOn: pgkit.Day(d.Until), KeepUntil: pgkit.Day(d.KeepUntil), ProposedBy: pgkit.UUID(d.ProposedBy), ProposedAt: d.ProposedAt}); err != nil {
			return err
		}
		if err := s.q.Number(ctx, tx, NumberParams{Death: pgkit.UUID(d.ID), Person: pgkit.UUID(d.Person)}); err != nil {
			return err
		}
		for _, p := range papers {
			if err := s.q.AddPaper(ctx, tx, AddPaperParams{Person: pgkit.UUID(d.Person), Paper: pgkit.UUID(p.ID), Death: pgkit.UUID(d.ID), What: p.What, Media: p.Media,
				Epoch: int64(p.Box.Epoch), Leaf: int64(p.Box.Leaf), Nonce: p.Box.Nonce[:], Box: p.Box.Data}); err != nil {
				return err
			}
		}
		return s.publish(ctx, tx, d.Person, e, d.ProposedAt)
	})
	if pgkit.Code(err) == pgkit.UniqueViolation {
		return estate.ErrRuns
	}
	return err
}

func (s *Store) publish(ctx context.Context, tx pgx.Tx, p ref.Person, e estate.Event, now time.Time) error {
	return s.Publisher.Publish(ctx, tx, pgkit.Event{Stream: p, Kind: e.Kind, At: now, Refs: e.Refs})
}

// Change is estate.Store.Change.
func (s *Store) Change(ctx context.Context, p ref.Person, id ref.Death, now time.Time, do func(estate.Death) (estate.Change, error)) (out estate.Death, err error) {
	err = s.behind(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		was, err := s.one(ctx, tx, p, id)
		if err != nil {
			return err
		}
		ch, err := do(was)
		if err != nil {
			return err
		}
		out = ch.Death
		if err := s.follow(ctx, tx, was.State, &out, now); err != nil {
			return err
		}
		if err := s.q.Save(ctx, tx, saved(out)); err != nil {
			return err
		}
		return s.publish(ctx, tx, p, ch.Event, now)
	})
	return out, err
}

// follow does what a new state does to the rest of what is kept of the person.
func (s *Store) follow(ctx context.Context, tx pgx.Tx, was estate.State, d *estate.Death, now time.Time) (err error) {
	if d.State == was {
		return nil
	}
	switch d.State {
	case estate.Entered:
		if d.WasUntil, d.EndsOn, err = s.Files.Shorten(ctx, d.Person, d.EndsOn); err != nil {
			return err
		}
		return s.Consents.EndAll(ctx, d.Person, now)
	case estate.Reversed:
		err = s.Files.Lengthen(ctx, d.Person, d.WasUntil)
	}
	if err == nil {
		err = s.drop(ctx, tx, d.Person, d.ID, now)
	}
	return err
}

// drop removes the papers of a death and has their leaves forgotten.
func (s *Store) drop(ctx context.Context, tx pgx.Tx, p ref.Person, id ref.Death, now time.Time) error {
	rows, err := s.q.DropPapers(ctx, tx, DropPapersParams{Person: pgkit.UUID(p), Death: pgkit.UUID(id)})
	if err != nil {
		return err
	}
	held := make([]seal.Held, len(rows))
	for i, r := range rows {
		held[i] = heldOf(p, r.Paper, r.Epoch, r.Leaf)
	}
	return s.Forgetter.ForgetAll(ctx, held, superseded, now)
}

func heldOf(p ref.Person, id pgtype.UUID, epoch, leaf int64) seal.Held {
	return seal.Held{Subject: paper.Subject(p, id.Bytes), Slot: seal.Slot{Epoch: seal.Epoch(epoch), Leaf: seal.Leaf(leaf)}}
}

// One is estate.Store.One.
func (s *Store) One(ctx context.Context, p ref.Person, id ref.Death) (estate.Death, error) {
	return s.one(ctx, s.Pool, p, id)
}

func (s *Store) one(ctx context.Context, db DBTX, p ref.Person, id ref.Death) (estate.Death, error) {
	row, err := s.q.One(ctx, db, OneParams{Person: pgkit.UUID(p), Death: pgkit.UUID(id)})
	if errors.Is(err, pgx.ErrNoRows) {
		return estate.Death{}, estate.ErrNotFound
	}
	return read(row), pgkit.Clean(err)
}

// Person is estate.Store.Person.
func (s *Store) Person(ctx context.Context, id ref.Death) (ref.Person, error) {
	p, err := s.q.PersonOf(ctx, s.Pool, pgkit.UUID(id))
	if errors.Is(err, pgx.ErrNoRows) {
		return ref.Person{}, estate.ErrNotFound
	}
	return p.Bytes, pgkit.Clean(err)
}

// Running is estate.Store.Running.
func (s *Store) Running(ctx context.Context, body ref.Body, today when.Date, since time.Time, limit int) ([]estate.Death, error) {
	rows, err := s.q.Running(ctx, s.Pool, RunningParams{Body: pgkit.UUID(body), Today: pgkit.Day(today), Since: since, Most: int32(limit)})
	out := make([]estate.Death, len(rows))
	for i, r := range rows {
		out[i] = read(r)
	}
	return out, pgkit.Clean(err)
}

// Examine is estate.Store.Examine.
func (s *Store) Examine(ctx context.Context, l estate.Look) (out []estate.Paper, err error) {
	var rows []ExamineRow
	err = pgkit.Confirmed(ctx, s.Pool, func(conn *pgx.Conn) (err error) {
		rows, err = s.q.Examine(ctx, conn, ExamineParams{Person: pgkit.UUID(l.Person), Death: pgkit.UUID(l.Death), Proof: l.Proof, Clerk: pgkit.UUID(l.Clerk), Body: pgkit.UUID(l.Body), Access: pgkit.UUID(l.Access),
			Now: l.Now, Pack: l.Pack, TraceEpoch: int64(l.Trace.Epoch), TraceLeaf: int64(l.Trace.Leaf), TraceNonce: l.Trace.Nonce[:], TraceBox: l.Trace.Data})
		return err
	})
	for _, r := range rows {
		b := seal.Box{Epoch: seal.Epoch(r.Epoch), Leaf: seal.Leaf(r.Leaf), Data: r.Box}
		copy(b.Nonce[:], r.Nonce)
		out = append(out, estate.Paper{Death: l.Death, What: r.What, Sheet: paper.Sheet{ID: r.Paper.Bytes, Media: r.Media, Box: b}})
	}
	return out, pgkit.Guard(err, estate.ErrNotFound)
}

func read(r EstateDeath) estate.Death {
	d := estate.Death{ID: r.Death.Bytes, Person: r.Person.Bytes, Body: r.Body.Bytes, DiedOn: pgkit.Date(r.DiedOn), Pack: r.Pack, Until: pgkit.Date(r.UntilOn), KeepUntil: pgkit.Date(r.KeepUntil),
		State: estate.State(r.State), ProposedBy: r.ProposedBy.Bytes, ProposedAt: r.ProposedAt, ConfirmedBy: r.ConfirmedBy.Bytes, ConfirmedAt: pgkit.Instant(r.ConfirmedAt),
		ReverseBy: r.ReverseBy.Bytes, ReversedBy: r.ReversedBy.Bytes, EndedAt: pgkit.Instant(r.EndedAt)}
	for _, c := range r.Seen {
		d.Seen = append(d.Seen, c.Bytes)
	}
	if r.EndsOn.Valid {
		d.EndsOn, d.WasUntil = pgkit.Date(r.EndsOn), pgkit.Date(r.WasUntil)
	}
	return d
}

func saved(d estate.Death) SaveParams {
	arg := SaveParams{Person: pgkit.UUID(d.Person), Death: pgkit.UUID(d.ID), State: string(d.State), KeepUntil: pgkit.Day(d.KeepUntil), ConfirmedBy: pgkit.UUID(d.ConfirmedBy), ConfirmedAt: pgkit.Given(d.ConfirmedAt),
		ReverseBy: pgkit.UUID(d.ReverseBy), ReversedBy: pgkit.UUID(d.ReversedBy), EndedAt: pgkit.Given(d.EndedAt)}
	if !d.ConfirmedAt.IsZero() {
		arg.EndsOn, arg.WasUntil = pgkit.Day(d.EndsOn), pgkit.Day(d.WasUntil)
	}
	return arg
}
