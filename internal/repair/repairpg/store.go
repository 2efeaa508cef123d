// Package repairpg keeps applications to end records early in PostgreSQL.
//
// It promises what repair.Store, repair.KeeperStore and repair.Reliefs ask for: whoever
// changes an application holds the person's gate FOR UPDATE until the commit, and what
// it makes of its record is written in the same transaction. Papers are written here
// and never read but through repair.show and repair.examine.
package repairpg

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/kit/pgkit"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/repair"
	"recourse/internal/seal"
)

// Forgetter asks, in the transaction of ctx, that what is held be made unreadable
// before its day.
type Forgetter interface {
	ForgetAll(ctx context.Context, held []seal.Held, why string, now time.Time) error
}

// Config is what a store is made of. All fields are needed.
type Config struct {
	Pool      *pgxpool.Pool // of recourse_app; of recourse_keeper for the keeper's work
	Publisher pgkit.Publisher
	Records   dossier.Restorable // on the same pool
	Ender     dossier.Ender      // on the same pool
	Forgetter Forgetter          // on the same pool
	Shelf     law.Shelf
}

// Store is repair.Store, repair.KeeperStore and repair.Reliefs.
type Store struct {
	Config
	q Queries
}

// NewStore checks a Config and returns the store.
func NewStore(c Config) (*Store, error) {
	if c.Pool == nil || c.Publisher == nil || c.Records == nil || c.Ender == nil || c.Forgetter == nil || c.Shelf == nil {
		return nil, errors.New("repairpg: every field of Config is needed")
	}
	return &Store{Config: c}, nil
}

// Why the vault forgets a paper before its day.
const replaced = "superseded"

// Begin is repair.Store.Begin.
func (s *Store) Begin(ctx context.Context, a repair.Application) (repair.Application, error) {
	var out repair.Application
	err := pgkit.Tx(ctx, s.Pool, func(tx pgx.Tx) error {
		n, err := s.q.Begin(ctx, tx, BeginParams{Person: pgkit.UUID(a.Person), Application: pgkit.UUID(a.ID), Record: pgkit.UUID(a.Record), Source: pgkit.UUID(a.Source),
			Type: a.Type, Route: a.Route, Decides: string(a.Decides), Pack: a.Pack, MadeAt: a.MadeAt, KeepUntil: pgkit.Day(a.KeepUntil)})
		if err == nil && n == 1 {
			err = s.q.Number(ctx, tx, NumberParams{Application: pgkit.UUID(a.ID), Person: pgkit.UUID(a.Person)})
		}
		if err != nil {
			return err
		}
		row, err := s.q.RunningOf(ctx, tx, RunningOfParams{Person: pgkit.UUID(a.Person), Record: pgkit.UUID(a.Record)})
		if err != nil {
			return err
		}
		if out, err = application(row); err == nil && (out.State != repair.Draft || out.Route != a.Route) {
			err = fault.New(fault.Conflict, "E-REPAIR-RUNS", "There is an application about this record already. Nothing was changed; go on with it, throw its draft away, or take it back.")
		}
		return err
	})
	return out, err
}

// Change is repair.Store.Change.
func (s *Store) Change(ctx context.Context, p ref.Person, id ref.Repair, now time.Time, do func(repair.Application) (repair.Change, error)) (repair.Application, error) {
	var out repair.Application
	err := s.behind(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		was, err := s.one(ctx, tx, p, id)
		if err != nil {
			return err
		}
		ch, err := do(was)
		if err != nil {
			return err
		}
		out = ch.Application
		return s.save(ctx, tx, was, ch, now)
	})
	if pgkit.Code(err) == pgkit.UniqueViolation {
		return out, repair.ErrState // another application about the record runs
	}
	return out, err
}

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

// save writes a change, and what it makes of the record.
func (s *Store) save(ctx context.Context, tx pgx.Tx, was repair.Application, ch repair.Change, now time.Time) error {
	a := ch.Application
	row, err := saved(a, now)
	if err != nil {
		return err
	}
	if err := s.q.Save(ctx, tx, row); err != nil {
		return err
	}
	for _, f := range a.Findings[len(was.Findings):] {
		if err := s.q.AddFinding(ctx, tx, AddFindingParams{Person: pgkit.UUID(a.Person), Application: pgkit.UUID(a.ID), Stage: int16(f.Stage),
			Clerk: pgkit.UUID(f.Clerk), Body: pgkit.UUID(f.Body), At: f.At, Outcome: string(f.Outcome)}); err != nil {
			return err
		}
	}
	if err := s.papers(ctx, tx, a, ch, now); err != nil {
		return err
	}
	if !ch.Note && a.State != was.State || a.Clock != was.Clock || a.LetterAt != was.LetterAt {
		if err := s.mark(ctx, tx, a, now); err != nil {
			return err
		}
	}
	events := make([]pgkit.Event, len(ch.Events))
	for i, e := range ch.Events {
		events[i] = pgkit.Event{Stream: a.Person, Kind: e.Kind, At: now, Refs: e.Refs}
	}
	return s.Publisher.Publish(ctx, tx, events...)
}

// mark writes what an application makes of its record.
func (s *Store) mark(ctx context.Context, tx pgx.Tx, a repair.Application, now time.Time) error {
	k := dossier.Key{Person: a.Person, Record: a.Record}
	how, ends := a.Ends()
	if !ends {
		from, until := a.Late(s.Shelf.At(now).Zone)
		return s.Records.Late(ctx, k, from, until)
	}
	about, found, err := s.Records.Summary(ctx, k)
	if err != nil || !found {
		return err
	}
	_, err = s.end(ctx, tx, repair.Ending{Summary: about, Route: a.Route, How: how}, now)
	return err
}

// End is repair.KeeperStore.End.
func (s *Store) End(ctx context.Context, e repair.Ending, now time.Time) (ended bool, err error) {
	err = s.behind(ctx, e.Person, func(ctx context.Context, tx pgx.Tx) error {
		ended, err = s.end(ctx, tx, e, now)
		return err
	})
	return ended, err
}

// end erases a record behind its person's gate, and keeps an entry of it.
func (s *Store) end(ctx context.Context, tx pgx.Tx, e repair.Ending, now time.Time) (bool, error) {
	ended, err := s.Ender.End(ctx, []dossier.Early{{Key: e.Key, Why: dossier.Restored, Rule: e.Route}}, now)
	if err != nil || len(ended) == 0 {
		return false, err
	}
	event, err := ref.Mint[ref.Event](rand.Reader)
	if err != nil {
		return false, err
	}
	if _, err := s.q.AddEntry(ctx, tx, AddEntryParams{Person: pgkit.UUID(e.Person), Record: pgkit.UUID(e.Record), Type: e.Type, Source: pgkit.UUID(e.Source),
		Route: e.Route, How: string(e.How), At: now, EndsOn: pgkit.Day(e.RetainEnd), Event: pgkit.UUID(event)}); err != nil {
		return false, err
	}
	return true, s.Publisher.Publish(ctx, tx, pgkit.Event{ID: event, Stream: e.Person, Kind: "repair.restored", At: now,
		Refs: map[string]string{"record": e.Record.String(), "source": e.Source.String(), "type": e.Type, "route": e.Route, "how": string(e.How), "version": strconv.Itoa(int(e.Version))}})
}

func (s *Store) papers(ctx context.Context, tx pgx.Tx, a repair.Application, ch repair.Change, now time.Time) error {
	if err := s.drop(ctx, tx, a, ch.Drop, false, now); err != nil {
		return err
	}
	for _, p := range ch.Add {
		arg := AddPaperParams{Person: pgkit.UUID(a.Person), Paper: pgkit.UUID(p.ID), Application: pgkit.UUID(a.ID), Condition: p.Condition, What: string(p.What), Stage: int16(p.Stage),
			Clerk: pgkit.UUID(p.Clerk), Media: p.Media, At: p.At, Epoch: int64(p.Box.Epoch), Leaf: int64(p.Box.Leaf), Nonce: p.Box.Nonce[:], Box: p.Box.Data}
		if err := s.q.AddPaper(ctx, tx, arg); err != nil {
			return err
		}
	}
	return nil
}

// drop removes papers and has their leaves forgotten.
func (s *Store) drop(ctx context.Context, tx pgx.Tx, a repair.Application, papers []ref.Paper, whole bool, now time.Time) error {
	if len(papers) == 0 && !whole {
		return nil
	}
	rows, err := s.q.DropPapers(ctx, tx, DropPapersParams{Person: pgkit.UUID(a.Person), Application: pgkit.UUID(a.ID), Papers: pgkit.UUIDs(papers), Whole: whole})
	if err != nil || len(rows) == 0 {
		return err
	}
	held := make([]seal.Held, len(rows))
	for i, r := range rows {
		held[i] = heldOf(a.Person, r.Paper, r.Epoch, r.Leaf)
	}
	return s.Forgetter.ForgetAll(ctx, held, replaced, now)
}

// Discard is repair.Store.Discard.
func (s *Store) Discard(ctx context.Context, p ref.Person, id ref.Repair, now time.Time) error {
	return s.behind(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		a, err := s.one(ctx, tx, p, id)
		if err != nil {
			return err
		}
		if a.State != repair.Draft {
			return repair.ErrState
		}
		if err := s.drop(ctx, tx, a, nil, true, now); err != nil {
			return err
		}
		if _, err := s.q.Discard(ctx, tx, DiscardParams{Person: pgkit.UUID(p), Application: pgkit.UUID(id)}); err != nil {
			return err
		}
		return s.q.DropNumber(ctx, tx, pgkit.UUID(id))
	})
}

// one reads an application whole.
func (s *Store) one(ctx context.Context, db DBTX, p ref.Person, id ref.Repair) (repair.Application, error) {
	row, err := s.q.One(ctx, db, OneParams{Person: pgkit.UUID(p), Application: pgkit.UUID(id)})
	if errors.Is(err, pgx.ErrNoRows) {
		return repair.Application{}, repair.ErrNotFound
	}
	if err != nil {
		return repair.Application{}, err
	}
	list, err := s.whole(ctx, db, []RepairApplication{row})
	if err != nil {
		return repair.Application{}, err
	}
	return list[0], nil
}

// whole adds to applications what was found.
func (s *Store) whole(ctx context.Context, db DBTX, rows []RepairApplication) (out []repair.Application, err error) {
	if len(rows) == 0 {
		return nil, nil
	}
	out = make([]repair.Application, len(rows))
	at := make(map[pgtype.UUID]*repair.Application, len(rows))
	var persons, ids []pgtype.UUID
	for i, r := range rows {
		if out[i], err = application(r); err != nil {
			return nil, err
		}
		at[r.Application], persons, ids = &out[i], append(persons, r.Person), append(ids, r.Application)
	}
	findings, err := s.q.FindingsOf(ctx, db, FindingsOfParams{Persons: persons, Applications: ids})
	for _, f := range findings {
		a := at[f.Application]
		a.Findings = append(a.Findings, repair.Finding{Stage: repair.Stage(f.Stage), Clerk: f.Clerk.Bytes, Body: f.Body.Bytes, Outcome: repair.Outcome(f.Outcome), At: f.At})
	}
	return out, err
}

func (s *Store) many(ctx context.Context, list func(DBTX) ([]RepairApplication, error)) (out []repair.Application, err error) {
	err = pgkit.Tx(ctx, s.Pool, func(tx pgx.Tx) error {
		rows, err := list(tx)
		if err == nil {
			out, err = s.whole(ctx, tx, rows)
		}
		return err
	})
	return out, err
}

// One is repair.Store.One.
func (s *Store) One(ctx context.Context, p ref.Person, id ref.Repair) (out repair.Application, err error) {
	err = pgkit.Tx(ctx, s.Pool, func(tx pgx.Tx) (err error) {
		out, err = s.one(ctx, tx, p, id)
		return err
	})
	return out, err
}

// Of is repair.Store.Of.
func (s *Store) Of(ctx context.Context, p ref.Person) ([]repair.Application, error) {
	return s.many(ctx, func(db DBTX) ([]RepairApplication, error) { return s.q.Of(ctx, db, pgkit.UUID(p)) })
}

// Waiting is repair.Store.Waiting.
func (s *Store) Waiting(ctx context.Context, q repair.Sought) ([]repair.Application, error) {
	state := repair.Open
	if q.Stage == repair.Review {
		state = repair.InReview
	}
	arg := WaitingParams{State: string(state), Body: pgkit.UUID(q.By.Body), Clerk: pgkit.UUID(q.By.Clerk), Type: q.Type, DueFrom: pgkit.GivenDay(q.From), DueTo: pgkit.GivenDay(q.To),
		Stage: int16(q.Stage), Found: q.Found, Skip: int32(q.Skip), Most: int32(q.N)}
	return s.many(ctx, func(db DBTX) ([]RepairApplication, error) { return s.q.Waiting(ctx, db, arg) })
}

// Entries is repair.Store.Entries.
func (s *Store) Entries(ctx context.Context, p ref.Person) ([]repair.Entry, error) {
	rows, err := s.q.Entries(ctx, s.Pool, pgkit.UUID(p))
	out := make([]repair.Entry, len(rows))
	for i, r := range rows {
		out[i] = repair.Entry{Record: r.Record.Bytes, Type: r.Type, Source: r.Source.Bytes, Route: r.Route, How: repair.How(r.How), At: r.At, EndsOn: pgkit.Date(r.EndsOn), Event: r.Event.Bytes}
	}
	return out, pgkit.Clean(err)
}

// Person is repair.Store.Person.
func (s *Store) Person(ctx context.Context, id ref.Repair) (ref.Person, error) {
	p, err := s.q.PersonOf(ctx, s.Pool, pgkit.UUID(id))
	if errors.Is(err, pgx.ErrNoRows) {
		return ref.Person{}, repair.ErrNotFound
	}
	return p.Bytes, pgkit.Clean(err)
}

// Looked is repair.Store.Looked.
func (s *Store) Looked(ctx context.Context, p ref.Person, id ref.Repair, clerk ref.Clerk) (bool, error) {
	looked, err := s.q.Looked(ctx, s.Pool, LookedParams{Person: pgkit.UUID(p), Application: pgkit.UUID(id), Clerk: pgkit.UUID(clerk)})
	return looked, pgkit.Clean(err)
}
