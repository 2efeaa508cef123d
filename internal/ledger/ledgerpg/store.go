// Package ledgerpg keeps the journal and the outbox in PostgreSQL.
//
// It promises that events are written by the transaction that is given, and that
// a task leaves the queue only after its consumer succeeded.
package ledgerpg

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/fault"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ledger"
	"recourse/internal/ref"
)

// Publisher writes events for the consumers that a table names.
type Publisher struct {
	consumers map[string][]string
	chance    ref.Minter
	q         Queries
}

// NewPublisher returns a Publisher. consumers gives, for each kind of event, the
// names of those who have something to do.
func NewPublisher(consumers map[string][]string, chance ref.Minter) *Publisher {
	return &Publisher{consumers: consumers, chance: chance}
}

// Publish is pgkit.Publisher: two statements, however many events there are. An
// event without an id gets one.
func (p *Publisher) Publish(ctx context.Context, tx pgx.Tx, events ...pgkit.Event) error {
	var journal JournalParams
	var tasks EnqueueParams
	for i, e := range events {
		if e.ID == ([16]byte{}) {
			id, err := ref.Mint[ref.Event](p.chance)
			if err != nil {
				return err
			}
			e.ID = id
		}
		if e.Refs == nil {
			e.Refs = map[string]string{}
		}
		raw, err := json.Marshal(e.Refs)
		if err != nil {
			return fmt.Errorf("writing event %s: %w", e.Kind, err)
		}
		stream, event, refs := pgkit.UUID(e.Stream), pgkit.UUID(e.ID), string(raw)
		if !e.Covered {
			journal.Streams, journal.Events = append(journal.Streams, stream), append(journal.Events, event)
			journal.Ats, journal.Kinds, journal.Refs = append(journal.Ats, e.At), append(journal.Kinds, e.Kind), append(journal.Refs, refs)
		}
		for _, c := range p.consumers[e.Kind] {
			tasks.Streams, tasks.Events, tasks.Consumers = append(tasks.Streams, stream), append(tasks.Events, event), append(tasks.Consumers, c)
			tasks.Slots, tasks.Ats, tasks.Nths = append(tasks.Slots, ledger.SlotOf(e.Stream)), append(tasks.Ats, e.At), append(tasks.Nths, int32(i))
			tasks.Kinds, tasks.Refs = append(tasks.Kinds, e.Kind), append(tasks.Refs, refs)
		}
	}
	if len(journal.Events) > 0 {
		if err := p.q.Journal(ctx, tx, journal); err != nil {
			return err
		}
	}
	if len(tasks.Events) == 0 {
		return nil
	}
	return p.q.Enqueue(ctx, tx, tasks)
}

// Queue is ledger.Queue on a pool of recourse_keeper.
type Queue struct {
	pool *pgxpool.Pool
	q    Queries
}

// NewQueue returns a Queue.
func NewQueue(pool *pgxpool.Pool) *Queue { return &Queue{pool: pool} }

// Take is ledger.Queue.Take. The rows stay locked while their consumers work, on
// connections of their own, so that no second worker takes them.
func (s *Queue) Take(ctx context.Context, low, high int16, limit int32, now time.Time, do func(context.Context, ledger.Task) error) (int, error) {
	done := 0
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		done = 0
		rows, err := s.q.Take(ctx, tx, TakeParams{Low: low, High: high, Now: now, Most: limit})
		if err != nil {
			return err
		}
		for _, r := range rows {
			ok, err := s.one(ctx, tx, r, now, do)
			if err != nil {
				return err
			}
			if ok {
				done++
			}
		}
		return nil
	})
	return done, err
}

func (s *Queue) one(ctx context.Context, tx pgx.Tx, r TakeRow, now time.Time, do func(context.Context, ledger.Task) error) (bool, error) {
	task := ledger.Task{Stream: r.Stream.Bytes, Event: r.Event.Bytes, Consumer: r.Consumer, Kind: r.Kind, At: r.At, Attempts: r.Attempts}
	err := json.Unmarshal(r.Refs, &task.Refs)
	if err == nil {
		err = do(ctx, task)
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		return false, s.q.Later(ctx, tx, LaterParams{Stream: r.Stream, Event: r.Event, Consumer: r.Consumer,
			NextAt: ledger.Later(r.Attempts, now), Code: fault.Of(err).Code})
	}
	return true, s.q.Done(ctx, tx, DoneParams{Stream: r.Stream, Event: r.Event, Consumer: r.Consumer})
}

// Waiting is ledger.Queue.Waiting.
func (s *Queue) Waiting(ctx context.Context) (int64, time.Time, error) {
	row, err := s.q.Waiting(ctx, s.pool)
	return row.Rows, row.Oldest, pgkit.Clean(err)
}
