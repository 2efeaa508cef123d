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

// Publish is pgkit.Publisher. An event without an id gets one.
func (p *Publisher) Publish(ctx context.Context, tx pgx.Tx, events ...pgkit.Event) error {
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
		refs, err := json.Marshal(e.Refs)
		if err != nil {
			return fmt.Errorf("writing event %s: %w", e.Kind, err)
		}
		if !e.Covered {
			if err := p.q.Journal(ctx, tx, JournalParams{Stream: pgkit.UUID(e.Stream), Event: pgkit.UUID(e.ID), At: e.At, Kind: e.Kind, Refs: refs}); err != nil {
				return err
			}
		}
		for _, c := range p.consumers[e.Kind] {
			if err := p.q.Enqueue(ctx, tx, EnqueueParams{Stream: pgkit.UUID(e.Stream), Event: pgkit.UUID(e.ID), Consumer: c,
				Slot: ledger.SlotOf(e.Stream), At: e.At, Nth: int32(i), Kind: e.Kind, Refs: refs}); err != nil {
				return err
			}
		}
	}
	return nil
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
