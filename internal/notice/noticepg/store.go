// Package noticepg keeps letters and their announcements in PostgreSQL.
//
// It promises what notice.Store and notice.Addresses ask for. A contact leaves
// the database only through notice.address, which writes the attempt first.
package noticepg

import (
	"context"
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/merkle"
	"recourse/internal/notice"
	"recourse/internal/ref"
)

// Store is notice.Store and notice.Addresses. Owing and announcing need a pool
// of recourse_keeper, reading and opening one of recourse_app.
type Store struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
}

// NewStore returns a Store.
func NewStore(pool *pgxpool.Pool, publisher pgkit.Publisher) *Store {
	return &Store{pool: pool, publisher: publisher}
}

// Owe is notice.Store.Owe.
func (s *Store) Owe(ctx context.Context, letters []notice.Owed) (all []notice.Owed, err error) {
	arg, byID := oweParams(letters)
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := pgkit.ByKey(ctx, tx); err != nil {
			return err
		}
		fresh, err := s.q.Owe(ctx, tx, arg)
		if err != nil {
			return err
		}
		if err := s.tell(ctx, tx, fresh, byID); err != nil {
			return err
		}
		rows, err := s.q.Those(ctx, tx, ThoseParams{Persons: arg.Persons, Notices: arg.Notices})
		all = make([]notice.Owed, len(rows))
		for i, r := range rows {
			all[i] = owed(r)
		}
		return err
	})
	return all, err
}

func oweParams(letters []notice.Owed) (arg OweParams, byID map[ref.Notice]*notice.Owed) {
	byID = make(map[ref.Notice]*notice.Owed, len(letters))
	for i := range letters {
		o := &letters[i]
		byID[o.ID] = o
		arg.Persons = append(arg.Persons, pgkit.UUID(o.Person))
		arg.Notices = append(arg.Notices, pgkit.UUID(o.ID))
		arg.Kinds = append(arg.Kinds, o.Kind)
		arg.Records = append(arg.Records, pgkit.UUID(o.Record))
		arg.Versions = append(arg.Versions, o.Version)
		arg.Contests = append(arg.Contests, pgkit.UUID(o.Contest))
		arg.Packs = append(arg.Packs, o.Pack)
		arg.OwedAts = append(arg.OwedAts, o.OwedAt)
		arg.ServedAts = append(arg.ServedAts, o.ServedAt)
		arg.AnswerUntils = append(arg.AnswerUntils, o.AnswerUntil)
	}
	return arg, byID
}

// tell publishes what follows from new letters. Letters to several persons are one
// event, which belongs to none of them: its stream is the first letter, and it
// names how many there are and the root of the tree over their numbers.
func (s *Store) tell(ctx context.Context, tx pgx.Tx, fresh []OweRow, byID map[ref.Notice]*notice.Owed) error {
	if len(fresh) == 0 {
		return nil
	}
	var events []pgkit.Event
	var tree merkle.Range
	for _, r := range fresh {
		o := byID[r.Notice.Bytes]
		tree.Append(merkle.Leaf(o.ID[:]))
		if !r.Reachable && len(fresh) > 1 {
			continue
		}
		refs := map[string]string{"notice": o.ID.String(), "record": o.Record.String(), "kind": o.Kind}
		if len(fresh) == 1 {
			events = append(events, pgkit.Event{Stream: o.Person, Kind: "notice.owed", At: o.OwedAt, Refs: refs})
		}
		if r.Reachable {
			events = append(events, pgkit.Event{Stream: o.Person, Kind: "notice.to-announce", At: o.OwedAt, Refs: refs, Covered: true})
		}
	}
	if len(fresh) > 1 {
		root := tree.Root()
		events = append(events, pgkit.Event{Stream: fresh[0].Notice.Bytes, Kind: "notice.owed", At: byID[fresh[0].Notice.Bytes].OwedAt,
			Refs: map[string]string{"letters": strconv.Itoa(len(fresh)), "root": hex.EncodeToString(root[:])}})
	}
	return s.publisher.Publish(ctx, tx, events...)
}

// Open marks a letter opened, once, and returns it.
func (s *Store) Open(ctx context.Context, p ref.Person, n ref.Notice, now, answerUntil time.Time) (notice.Owed, bool, error) {
	var out notice.Owed
	found := false
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		row, err := s.q.Open(ctx, tx, OpenParams{Person: pgkit.UUID(p), Notice: pgkit.UUID(n), Now: now, AnswerUntil: answerUntil})
		opened := err == nil
		if errors.Is(err, pgx.ErrNoRows) { // it was opened before, or is not there
			row, err = s.q.One(ctx, tx, OneParams{Person: pgkit.UUID(p), Notice: pgkit.UUID(n)})
		}
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if found, out = true, owed(row); !opened {
			return nil
		}
		return s.publisher.Publish(ctx, tx, delivery("notice.opened", out, now))
	})
	return out, found, err
}

// delivery is an event from which the time to answer runs.
func delivery(kind string, o notice.Owed, now time.Time) pgkit.Event {
	e := pgkit.Event{Stream: o.Person, Kind: kind, At: now, Refs: map[string]string{
		"notice": o.ID.String(), "record": o.Record.String(), "version": strconv.Itoa(int(o.Version)), "kind": o.Kind, "answer_until": o.AnswerUntil.Format(time.RFC3339Nano)}}
	if !o.Contest.IsZero() {
		e.Refs["contest"] = o.Contest.String()
		if at := o.DeliveredAt(); !at.IsZero() {
			e.Refs["delivered_at"] = at.Format(time.RFC3339Nano)
		}
	}
	return e
}

// One returns one letter of a person.
func (s *Store) One(ctx context.Context, p ref.Person, n ref.Notice) (notice.Owed, bool, error) {
	row, err := s.q.One(ctx, s.pool, OneParams{Person: pgkit.UUID(p), Notice: pgkit.UUID(n)})
	if errors.Is(err, pgx.ErrNoRows) {
		return notice.Owed{}, false, nil
	}
	return owed(row), err == nil, pgkit.Clean(err)
}

// List returns a person's letters, newest first.
func (s *Store) List(ctx context.Context, p ref.Person) ([]notice.Owed, error) {
	rows, err := s.q.List(ctx, s.pool, pgkit.UUID(p))
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]notice.Owed, len(rows))
	for i, r := range rows {
		out[i] = owed(r)
	}
	return out, nil
}

func owed(r NoticeOwed) notice.Owed {
	return notice.Owed{ID: r.Notice.Bytes, Person: r.Person.Bytes, Kind: r.Kind, Record: r.Record.Bytes, Version: r.Version, Contest: r.Contest.Bytes, Pack: r.Pack, OwedAt: r.OwedAt,
		OpenedAt: instant(r.OpenedAt), ConfirmedAt: instant(r.ConfirmedAt), HandedAt: instant(r.HandedAt), ServedAt: instant(r.ServedAt), AnswerUntil: instant(r.AnswerUntil)}
}

func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// Attempts returns how a letter was announced.
func (s *Store) Attempts(ctx context.Context, p ref.Person, n ref.Notice) ([]notice.Attempt, error) {
	rows, err := s.q.Attempts(ctx, s.pool, AttemptsParams{Person: pgkit.UUID(p), Notice: pgkit.UUID(n)})
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]notice.Attempt, len(rows))
	for i, r := range rows {
		out[i] = notice.Attempt{Channel: r.Channel, Nth: r.Nth, MeantAt: r.MeantAt, Outcome: r.Outcome}
		if r.Outcome != "" {
			out[i].EndedAt = r.EndedAt
		}
	}
	return out, nil
}
