// Package noticepg keeps letters and their announcements in PostgreSQL.
//
// It promises what notice.Store and notice.Addresses ask for. A contact leaves
// the database only through notice.address, which writes the attempt first.
package noticepg

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/notice"
	"recourse/internal/ref"
	"recourse/internal/seal"
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
func (s *Store) Owe(ctx context.Context, letters []notice.Owed) (fresh int, err error) {
	var arg OweParams
	byID := make(map[ref.Notice]*notice.Owed, len(letters))
	for i := range letters {
		o := &letters[i]
		byID[o.ID] = o
		arg.Persons = append(arg.Persons, pgkit.UUID(o.Person))
		arg.Notices = append(arg.Notices, pgkit.UUID(o.ID))
		arg.Kinds = append(arg.Kinds, o.Kind)
		arg.Records = append(arg.Records, pgkit.UUID(o.Record))
		arg.Versions = append(arg.Versions, o.Version)
		arg.Packs = append(arg.Packs, o.Pack)
		arg.OwedAts = append(arg.OwedAts, o.OwedAt)
	}
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := pgkit.ByKey(ctx, tx); err != nil {
			return err
		}
		rows, err := s.q.Owe(ctx, tx, arg)
		if fresh = len(rows); err != nil || fresh == 0 {
			return err
		}
		var events []pgkit.Event
		nowhere := NoAddressParams{Now: letters[0].OwedAt}
		for _, r := range rows {
			o := byID[r.Notice.Bytes]
			refs := map[string]string{"notice": o.ID.String(), "record": o.Record.String(), "kind": o.Kind}
			events = append(events, pgkit.Event{Stream: o.Person, Kind: "notice.owed", At: o.OwedAt, Refs: refs})
			if r.Reachable {
				events = append(events, pgkit.Event{Stream: o.Person, Kind: "notice.to-announce", At: o.OwedAt, Refs: refs, Covered: true})
			} else {
				nowhere.Persons, nowhere.Notices = append(nowhere.Persons, r.Person), append(nowhere.Notices, r.Notice)
			}
		}
		if len(nowhere.Persons) > 0 {
			if err := s.q.NoAddress(ctx, tx, nowhere); err != nil {
				return err
			}
		}
		return s.publisher.Publish(ctx, tx, events...)
	})
	return fresh, err
}

// Open marks a letter opened, once, and returns it.
func (s *Store) Open(ctx context.Context, p ref.Person, n ref.Notice, now, answerUntil time.Time) (notice.Owed, bool, error) {
	var out notice.Owed
	found := false
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		opened, err := s.q.Open(ctx, tx, OpenParams{Person: pgkit.UUID(p), Notice: pgkit.UUID(n), Now: now, AnswerUntil: answerUntil})
		if err != nil {
			return err
		}
		row, err := s.q.One(ctx, tx, OneParams{Person: pgkit.UUID(p), Notice: pgkit.UUID(n)})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		found, out = true, owed(row)
		if opened == 0 {
			return nil
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: p, Kind: "notice.opened", At: now, Refs: map[string]string{
			"notice": n.String(), "record": out.Record.String(), "version": strconv.Itoa(int(out.Version)), "kind": out.Kind, "answer_until": answerUntil.Format(time.RFC3339Nano)}})
	})
	return out, found, err
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
	o := notice.Owed{ID: r.Notice.Bytes, Person: r.Person.Bytes, Kind: r.Kind, Record: r.Record.Bytes, Version: r.Version, Pack: r.Pack, OwedAt: r.OwedAt}
	if r.OpenedAt != nil {
		o.OpenedAt, o.AnswerUntil = *r.OpenedAt, *r.AnswerUntil
	}
	return o
}

// Attempts returns how a letter was announced.
func (s *Store) Attempts(ctx context.Context, p ref.Person, n ref.Notice) ([]notice.Attempt, error) {
	rows, err := s.q.Attempts(ctx, s.pool, AttemptsParams{Person: pgkit.UUID(p), Notice: pgkit.UUID(n)})
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]notice.Attempt, len(rows))
	for i, r := range rows {
		out[i] = notice.Attempt{Channel: r.Channel, Nth: r.Nth, MeantAt: r.MeantAt}
		if r.EndedAt != nil && r.Outcome != nil {
			out[i].EndedAt, out[i].Outcome = *r.EndedAt, *r.Outcome
		}
	}
	return out, nil
}

// Address gives the sealed contact for one letter after writing the attempt.
func (s *Store) Address(ctx context.Context, p ref.Person, n ref.Notice, now time.Time) (seal.Box, int32, bool, error) {
	var row AddressRow
	err := pgkit.Confirmed(ctx, s.pool, func(conn *pgx.Conn) error {
		var err error
		row, err = s.q.Address(ctx, conn, AddressParams{Person: pgkit.UUID(p), Notice: pgkit.UUID(n), Now: now})
		return err
	})
	if err != nil || row.Box == nil {
		return seal.Box{}, row.Nth, false, err
	}
	return seal.Box{Epoch: seal.Epoch(row.Epoch), Leaf: seal.Leaf(row.Leaf), Nonce: [seal.NonceSize]byte(row.Nonce), Data: row.Box}, row.Nth, true, nil
}

// Ended notes how an attempt ended.
func (s *Store) Ended(ctx context.Context, e notice.End) error {
	return pgkit.Clean(s.q.Ended(ctx, s.pool, EndedParams{Person: pgkit.UUID(e.Person), Notice: pgkit.UUID(e.Notice), Channel: e.Channel, Nth: e.Nth, Outcome: e.Outcome, Now: e.At}))
}
