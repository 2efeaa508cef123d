package noticepg

import (
	"context"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/notice"
	"recourse/internal/ref"
)

// Changes is notice.Changes, and notice.Hooks on a pool of recourse_app, or
// notice.Pushes on one of recourse_keeper, which alone tells.
type Changes struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
}

// NewChanges returns Changes.
func NewChanges(pool *pgxpool.Pool, publisher pgkit.Publisher) *Changes {
	return &Changes{pool: pool, publisher: publisher}
}

// Tell is notice.Changes.Tell.
func (s *Changes) Tell(ctx context.Context, changes []notice.Change) error {
	if len(changes) == 0 {
		return nil
	}
	var arg TellChangesParams
	for _, c := range changes {
		arg.Persons, arg.Changes = append(arg.Persons, pgkit.UUID(c.Person)), append(arg.Changes, pgkit.UUID(c.ID))
		arg.Bodies, arg.Records = append(arg.Bodies, pgkit.UUID(c.Body)), append(arg.Records, pgkit.UUID(c.Record))
		arg.Whats, arg.Types = append(arg.Whats, string(c.Became)), append(arg.Types, c.Type)
		arg.Sources, arg.Starts = append(arg.Sources, pgkit.UUID(c.Source)), append(arg.Starts, pgkit.Day(c.Start))
		arg.Inquiries, arg.Ats = append(arg.Inquiries, joined(c.Inquiries)), append(arg.Ats, c.At)
	}
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := pgkit.ByKey(ctx, tx); err != nil {
			return err
		}
		fresh, err := s.q.TellChanges(ctx, tx, arg)
		if err != nil {
			return err
		}
		return s.publisher.Publish(ctx, tx, recipients(fresh, changes[0].At)...)
	})
}

// joined writes numbers of inquiries as the database reads a list of them.
func joined(list []ref.Inquiry) string {
	out := make([]string, len(list))
	for i, q := range list {
		out[i] = hex.EncodeToString(q[:])
	}
	return strings.Join(out, ",")
}

// recipients is one event for each record: how many bodies were told of it.
func recipients(fresh []TellChangesRow, now time.Time) (out []pgkit.Event) {
	type about struct{ person, record pgtype.UUID }
	at := map[about]int{}
	told := map[about]int{}
	for _, r := range fresh {
		k := about{r.Person, r.Record}
		if told[k]++; told[k] == 1 {
			at[k] = len(out)
			out = append(out, pgkit.Event{Stream: r.Person.Bytes, Kind: "notice.recipients-told", At: now, Refs: map[string]string{"record": ref.Record(r.Record.Bytes).String(), "what": r.What}})
		}
		out[at[k]].Refs["bodies"] = strconv.Itoa(told[k])
	}
	return out
}

// List is notice.Changes.List. It is of a body; the list of a Store is of a person.
func (s *Changes) List(ctx context.Context, l notice.Listing) ([]notice.Change, error) {
	rows, err := s.q.Inbox(ctx, s.pool, InboxParams{Body: pgkit.UUID(l.Body), AfterAt: l.After.At, AfterChange: pgtype.UUID{Bytes: l.After.ID, Valid: true}, Open: l.Open, Most: int32(l.Limit)})
	return changes(rows), pgkit.Clean(err)
}

// About is notice.Changes.About.
func (s *Changes) About(ctx context.Context, p ref.Person, r ref.Record) ([]notice.Change, error) {
	rows, err := s.q.ChangesOf(ctx, s.pool, ChangesOfParams{Person: pgkit.UUID(p), Record: pgkit.UUID(r)})
	return changes(rows), pgkit.Clean(err)
}

func changes(rows []NoticeChange) []notice.Change {
	out := make([]notice.Change, len(rows))
	for i, r := range rows {
		out[i] = change(r)
	}
	return out
}

func change(r NoticeChange) notice.Change {
	c := notice.Change{ID: r.Change.Bytes, Person: r.Person.Bytes, Body: r.Body.Bytes, Record: r.Record.Bytes, Became: notice.Became(r.What), Type: r.Type, Source: r.Source.Bytes,
		Start: pgkit.Date(r.StartOn), At: r.At, Hook: r.Hook.Bytes, Tries: r.Tries, NextAt: instant(r.NextAt), SentAt: instant(r.SentAt), DeadAt: instant(r.DeadAt),
		AckedAt: instant(r.AckedAt), AckedBy: r.AckedBy.Bytes}
	if r.Code != nil {
		c.Code = *r.Code
	}
	for _, q := range r.Inquiries {
		c.Inquiries = append(c.Inquiries, ref.Inquiry(q.Bytes))
	}
	return c
}

// Acknowledge is notice.Changes.Acknowledge.
func (s *Changes) Acknowledge(ctx context.Context, body ref.Body, id ref.Change, by ref.Clerk, now time.Time) (out notice.Change, found bool, err error) {
	key := ChangeOfParams{Change: pgkit.UUID(id), Body: pgkit.UUID(body)}
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		row, err := s.q.ChangeOf(ctx, tx, key)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		n, err := s.q.Acknowledge(ctx, tx, AcknowledgeParams{Person: row.Person, Change: row.Change, Clerk: pgkit.UUID(by), Now: now})
		if err != nil {
			return err
		}
		if row, err = s.q.ChangeOf(ctx, tx, key); err != nil {
			return err
		}
		found, out = true, change(row)
		if n == 0 {
			return nil
		}
		return s.publisher.Publish(ctx, tx, ofChange("notice.change-acknowledged", out, now))
	})
	return out, found, err
}

// ofChange is an event of one change.
func ofChange(kind string, c notice.Change, now time.Time) pgkit.Event {
	return pgkit.Event{Stream: c.Person, Kind: kind, At: now, Refs: map[string]string{"change": c.ID.String(), "body": c.Body.String()}}
}

// Latest is notice.Changes.Latest.
func (s *Changes) Latest(ctx context.Context, body ref.Body, limit int) ([]notice.Change, error) {
	rows, err := s.q.Latest(ctx, s.pool, LatestParams{Body: pgkit.UUID(body), Most: int32(limit)})
	return changes(rows), pgkit.Clean(err)
}

// Replayed is notice.Changes.Replayed. The event is of the body: nothing happened to the
// person whose record it is.
func (s *Changes) Replayed(ctx context.Context, body ref.Body, id ref.Change, by ref.Clerk, now time.Time) (out notice.Change, found bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		row, err := s.q.ChangeOf(ctx, tx, ChangeOfParams{Change: pgkit.UUID(id), Body: pgkit.UUID(body)})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if out, found = change(row), true; !out.Replayable() {
			return notice.ErrChangeWaits
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: body, Kind: "notice.change-replayed", At: now, Refs: map[string]string{"change": id.String(), "clerk": by.String()}})
	})
	return out, found && err == nil, err
}
