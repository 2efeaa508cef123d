// Package disputepg keeps contests in PostgreSQL.
//
// It promises what dispute.Store and dispute.KeeperStore ask for: whoever changes a
// contest holds the person's gate FOR UPDATE until the commit, and what the contest
// makes of its record is written in the same transaction. Papers are written here
// and never read but through dispute.show and dispute.examine.
package disputepg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/dispute"
	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/kit/pgkit"
	"recourse/internal/law"
	"recourse/internal/ref"
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
	Records   dossier.Contested // on the same pool
	Ender     dossier.Ender     // on the same pool
	Forgetter Forgetter         // on the same pool; of papers
	Shelf     law.Shelf
}

// Store is dispute.Store and dispute.KeeperStore.
type Store struct {
	Config
	q Queries
}

// NewStore checks a Config and returns the store.
func NewStore(c Config) (*Store, error) {
	if c.Pool == nil || c.Publisher == nil || c.Records == nil || c.Ender == nil || c.Forgetter == nil || c.Shelf == nil {
		return nil, errors.New("disputepg: every field of Config is needed")
	}
	return &Store{Config: c}, nil
}

// Begin is dispute.Store.Begin.
func (s *Store) Begin(ctx context.Context, c dispute.Contest) (dispute.Contest, error) {
	var out dispute.Contest
	err := pgkit.Tx(ctx, s.Pool, func(tx pgx.Tx) error {
		n, err := s.q.Begin(ctx, tx, BeginParams{Person: pgkit.UUID(c.Person), Contest: pgkit.UUID(c.ID), Record: pgkit.UUID(c.Record), Version: c.Version,
			Source: pgkit.UUID(c.Source), Type: c.Type, Pack: c.Pack, MadeAt: c.MadeAt, KeepUntil: pgkit.Day(c.KeepUntil)})
		if err != nil {
			return err
		}
		if n == 1 {
			err = s.q.Number(ctx, tx, NumberParams{Contest: pgkit.UUID(c.ID), Person: pgkit.UUID(c.Person)})
			if err != nil {
				return err
			}
		}
		row, err := s.q.RunningOf(ctx, tx, RunningOfParams{Person: pgkit.UUID(c.Person), Record: pgkit.UUID(c.Record)})
		if err != nil {
			return err
		}
		if out = contest(row); out.State != dispute.Draft {
			return fault.New(fault.Conflict, "E-CONTEST-RUNS", "You contest this record already, and it is being decided. Nothing was changed; add to that contest, or take it back.")
		}
		return nil
	})
	return out, err
}

// Change is dispute.Store.Change.
func (s *Store) Change(ctx context.Context, p ref.Person, id ref.Contest, now time.Time, do func(dispute.Contest) (dispute.Change, error)) (dispute.Contest, error) {
	var out dispute.Contest
	err := pgkit.Unit(ctx, s.Pool, func(ctx context.Context) error {
		return pgkit.Tx(ctx, s.Pool, func(tx pgx.Tx) error {
			if err := s.q.LockGate(ctx, tx, pgkit.UUID(p)); err != nil {
				return err
			}
			was, err := s.one(ctx, tx, p, id)
			if err != nil {
				return err
			}
			ch, err := do(was)
			if err != nil {
				return err
			}
			out = ch.Contest
			return s.save(ctx, tx, was, ch, now)
		})
	})
	if pgkit.Code(err) == pgkit.UniqueViolation {
		return out, dispute.ErrState // another contest of the record runs
	}
	return out, err
}

// save writes a change, and what it makes of the record.
func (s *Store) save(ctx context.Context, tx pgx.Tx, was dispute.Contest, ch dispute.Change, now time.Time) error {
	c := ch.Contest
	if ch.Unless != (ref.Clerk{}) { // behind the gate: what came meanwhile counts
		looked, err := s.q.Looked(ctx, tx, LookedParams{Person: pgkit.UUID(c.Person), Contest: pgkit.UUID(c.ID), Clerk: pgkit.UUID(ch.Unless)})
		if err != nil {
			return err
		}
		if !looked {
			return dispute.ErrUnseen
		}
	}
	if err := s.q.Save(ctx, tx, saved(c, now)); err != nil {
		return err
	}
	for _, a := range c.Answers[len(was.Answers):] {
		if err := s.q.AddAnswer(ctx, tx, AddAnswerParams{Person: pgkit.UUID(c.Person), Contest: pgkit.UUID(c.ID), Ground: string(a.Ground), At: a.At,
			Clerk: pgkit.UUID(a.Clerk), Position: string(a.Position), Key: keyBytes(a.Key)}); err != nil {
			return err
		}
	}
	for _, f := range c.Findings[len(was.Findings):] {
		if err := s.q.AddFinding(ctx, tx, AddFindingParams{Person: pgkit.UUID(c.Person), Contest: pgkit.UUID(c.ID), Stage: int16(f.Stage), Ground: string(f.Ground),
			Clerk: pgkit.UUID(f.Clerk), Body: pgkit.UUID(f.Body), At: f.At, Outcome: string(f.Outcome)}); err != nil {
			return err
		}
	}
	if err := s.certificates(ctx, tx, was, c); err != nil {
		return err
	}
	if err := s.papers(ctx, tx, c, ch, now); err != nil {
		return err
	}
	if ch.Readmit != 0 {
		there, err := s.Records.Readmit(ctx, dossier.Key{Person: c.Person, Record: c.Record}, ch.Readmit)
		if err != nil {
			return err
		}
		if !there {
			return dispute.ErrState
		}
	}
	if !ch.Note {
		if err := s.mark(ctx, c, ch.Annul, now); err != nil {
			return err
		}
	}
	events := make([]pgkit.Event, len(ch.Events))
	for i, e := range ch.Events {
		events[i] = pgkit.Event{Stream: c.Person, Kind: e.Kind, At: now, Refs: e.Refs}
	}
	return s.Publisher.Publish(ctx, tx, events...)
}

// keyBytes and keyOf write and read the key of a call; none is NULL.
func keyBytes(k dispute.CallKey) []byte {
	if k == (dispute.CallKey{}) {
		return nil
	}
	return k[:]
}

func keyOf(b []byte) (k dispute.CallKey) {
	copy(k[:], b)
	return k
}

// certificates adds what is new in a contest, and who confirmed what was there.
func (s *Store) certificates(ctx context.Context, tx pgx.Tx, was, c dispute.Contest) error {
	for i, k := range c.Certified {
		switch {
		case i >= len(was.Certified):
			if err := s.q.AddCertificate(ctx, tx, AddCertificateParams{Person: pgkit.UUID(c.Person), Contest: pgkit.UUID(c.ID), At: k.At, Clerk: pgkit.UUID(k.Clerk)}); err != nil {
				return err
			}
		case k.Second != was.Certified[i].Second:
			if err := s.q.ConfirmCertificate(ctx, tx, ConfirmCertificateParams{Person: pgkit.UUID(c.Person), Contest: pgkit.UUID(c.ID), At: k.At,
				Second: pgkit.UUID(k.Second), SecondAt: k.SecondAt, UntilOn: pgkit.Day(k.Until)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// mark writes what the contest makes of its record.
func (s *Store) mark(ctx context.Context, c dispute.Contest, annul bool, now time.Time) error {
	k := dossier.Key{Person: c.Person, Record: c.Record}
	if annul {
		_, err := s.Ender.End(ctx, []dossier.Early{{Key: k, Why: c.EndsFor(), Rule: c.ID.String(), Refuted: true}}, now)
		return err
	}
	_, err := s.Records.Shade(ctx, k, c.Shade(s.Shelf.At(now)))
	return err
}

// Discard is dispute.Store.Discard.
func (s *Store) Discard(ctx context.Context, p ref.Person, id ref.Contest, now time.Time) error {
	return pgkit.Unit(ctx, s.Pool, func(ctx context.Context) error {
		return pgkit.Tx(ctx, s.Pool, func(tx pgx.Tx) error {
			if err := s.q.LockGate(ctx, tx, pgkit.UUID(p)); err != nil {
				return err
			}
			c, err := s.one(ctx, tx, p, id)
			if err != nil {
				return err
			}
			if c.State != dispute.Draft {
				return dispute.ErrState
			}
			if err := s.drop(ctx, tx, c, DropPapersParams{Whole: true}, now); err != nil {
				return err
			}
			if _, err := s.q.Discard(ctx, tx, DiscardParams{Person: pgkit.UUID(p), Contest: pgkit.UUID(id)}); err != nil {
				return err
			}
			return s.q.DropNumber(ctx, tx, pgkit.UUID(id))
		})
	})
}

// one reads a contest whole.
func (s *Store) one(ctx context.Context, db DBTX, p ref.Person, id ref.Contest) (dispute.Contest, error) {
	row, err := s.q.One(ctx, db, OneParams{Person: pgkit.UUID(p), Contest: pgkit.UUID(id)})
	if errors.Is(err, pgx.ErrNoRows) {
		return dispute.Contest{}, dispute.ErrNotFound
	}
	if err != nil {
		return dispute.Contest{}, err
	}
	list, err := s.whole(ctx, db, []DisputeContest{row})
	if err != nil {
		return dispute.Contest{}, err
	}
	return list[0], nil
}

// whole adds to contests what was answered and found.
func (s *Store) whole(ctx context.Context, db DBTX, rows []DisputeContest) ([]dispute.Contest, error) {
	out := make([]dispute.Contest, len(rows))
	at := make(map[pgtype.UUID]*dispute.Contest, len(rows))
	var persons, ids []pgtype.UUID
	for i, r := range rows {
		out[i] = contest(r)
		at[r.Contest] = &out[i]
		persons, ids = append(persons, r.Person), append(ids, r.Contest)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	answers, err := s.q.AnswersOf(ctx, db, AnswersOfParams{Persons: persons, Contests: ids})
	if err != nil {
		return nil, err
	}
	for _, a := range answers {
		c := at[a.Contest]
		c.Answers = append(c.Answers, dispute.Answer{Ground: dispute.Ground(a.Ground), Clerk: a.Clerk.Bytes, Position: dispute.Position(a.Position), At: a.At, Key: keyOf(a.Key)})
	}
	findings, err := s.q.FindingsOf(ctx, db, FindingsOfParams{Persons: persons, Contests: ids})
	if err != nil {
		return nil, err
	}
	for _, f := range findings {
		c := at[f.Contest]
		c.Findings = append(c.Findings, dispute.Finding{Stage: dispute.Stage(f.Stage), Ground: dispute.Ground(f.Ground), Clerk: f.Clerk.Bytes, Body: f.Body.Bytes,
			Outcome: dispute.Outcome(f.Outcome), At: f.At})
	}
	certificates, err := s.q.CertificatesOf(ctx, db, CertificatesOfParams{Persons: persons, Contests: ids})
	if err != nil {
		return nil, err
	}
	for _, k := range certificates {
		c := at[k.Contest]
		c.Certified = append(c.Certified, dispute.Certificate{Clerk: k.Clerk.Bytes, At: k.At, Second: k.Second.Bytes, SecondAt: pgkit.Instant(k.SecondAt), Until: pgkit.Date(k.UntilOn)})
	}
	return out, nil
}

func (s *Store) many(ctx context.Context, list func(DBTX) ([]DisputeContest, error)) (out []dispute.Contest, err error) {
	err = pgkit.Tx(ctx, s.Pool, func(tx pgx.Tx) error {
		rows, err := list(tx)
		if err == nil {
			out, err = s.whole(ctx, tx, rows)
		}
		return err
	})
	return out, err
}

// One is dispute.Store.One. All of it is of one moment.
func (s *Store) One(ctx context.Context, p ref.Person, id ref.Contest) (out dispute.Contest, err error) {
	err = pgx.BeginTxFunc(ctx, s.Pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
		out, err = s.one(ctx, tx, p, id)
		return err
	})
	return out, pgkit.Clean(err)
}

// Of is dispute.Store.Of.
func (s *Store) Of(ctx context.Context, p ref.Person) ([]dispute.Contest, error) {
	return s.many(ctx, func(db DBTX) ([]DisputeContest, error) { return s.q.Of(ctx, db, pgkit.UUID(p)) })
}

// Running is dispute.Store.Running.
func (s *Store) Running(ctx context.Context, q dispute.Sought) ([]dispute.Contest, error) {
	state := dispute.Open
	if q.Stage == dispute.Review {
		state = dispute.InReview
	}
	arg := RunningParams{State: string(state), Body: pgkit.UUID(q.By.Body), Clerk: pgkit.UUID(q.By.Clerk), Type: q.Type, DueFrom: pgkit.GivenDay(q.From), DueTo: pgkit.GivenDay(q.To),
		Stage: int16(q.Stage), Found: q.Found, Skip: int32(q.Skip), Most: int32(q.N)}
	return s.many(ctx, func(db DBTX) ([]DisputeContest, error) { return s.q.Running(ctx, db, arg) })
}

// Asked is dispute.Store.Asked.
func (s *Store) Asked(ctx context.Context, source ref.Body, limit int) ([]dispute.Contest, error) {
	return s.many(ctx, func(db DBTX) ([]DisputeContest, error) {
		return s.q.Asked(ctx, db, AskedParams{Source: pgkit.UUID(source), Most: int32(limit)})
	})
}

// Settled is dispute.Store.Settled.
func (s *Store) Settled(ctx context.Context, source ref.Body, limit int) ([]dispute.Contest, error) {
	return s.many(ctx, func(db DBTX) ([]DisputeContest, error) {
		return s.q.Settled(ctx, db, SettledParams{Source: pgkit.UUID(source), Most: int32(limit)})
	})
}

// Person is dispute.Store.Person.
func (s *Store) Person(ctx context.Context, id ref.Contest) (ref.Person, error) {
	p, err := s.q.PersonOf(ctx, s.Pool, pgkit.UUID(id))
	if errors.Is(err, pgx.ErrNoRows) {
		return ref.Person{}, dispute.ErrNotFound
	}
	return p.Bytes, pgkit.Clean(err)
}

// Looked is dispute.Store.Looked.
func (s *Store) Looked(ctx context.Context, p ref.Person, id ref.Contest, clerk ref.Clerk) (bool, error) {
	looked, err := s.q.Looked(ctx, s.Pool, LookedParams{Person: pgkit.UUID(p), Contest: pgkit.UUID(id), Clerk: pgkit.UUID(clerk)})
	return looked, pgkit.Clean(err)
}

// Files is dispute.Store.Files.
func (s *Store) Files(ctx context.Context, p ref.Person, id ref.Contest) (int, error) {
	n, err := s.q.CountFiles(ctx, s.Pool, CountFilesParams{Person: pgkit.UUID(p), Contest: pgkit.UUID(id)})
	return int(n), pgkit.Clean(err)
}
