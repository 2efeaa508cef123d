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
	var journal, tasks []row
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
		r := row{Event: e, refs: refs, nth: int32(i)}
		if !e.Covered {
			journal = append(journal, r)
		}
		for _, r.consumer = range p.consumers[e.Kind] {
			tasks = append(tasks, r)
		}
	}
	if err := p.journal(ctx, tx, journal); err != nil {
		return err
	}
	return p.enqueue(ctx, tx, tasks)
}

// row is one row of the journal, or of the queue.
type row struct {
	pgkit.Event
	refs     []byte
	nth      int32
	consumer string
}

// many is from how many rows on they are copied: fewer go faster as arrays, whose
// statement is prepared.
const many = 64

func (p *Publisher) journal(ctx context.Context, tx pgx.Tx, rows []row) error {
	if len(rows) >= many {
		return pgkit.Copy(ctx, tx, "copy ledger.journal (stream, event, at, kind, refs) from stdin (format binary)", len(rows), func(w *pgkit.Rows, i int) {
			r := &rows[i]
			w.Row(5)
			w.UUID(r.Stream)
			w.UUID(r.ID)
			w.Instant(r.At)
			w.Text(r.Kind)
			w.JSON(r.refs)
		})
	}
	if len(rows) == 0 {
		return nil
	}
	var arg JournalParams
	for _, r := range rows {
		arg.Streams, arg.Events = append(arg.Streams, pgkit.UUID(r.Stream)), append(arg.Events, pgkit.UUID(r.ID))
		arg.Ats, arg.Kinds, arg.Refs = append(arg.Ats, r.At), append(arg.Kinds, r.Kind), append(arg.Refs, string(r.refs))
	}
	return p.q.Journal(ctx, tx, arg)
}

func (p *Publisher) enqueue(ctx context.Context, tx pgx.Tx, rows []row) error {
	if len(rows) >= many {
		return pgkit.Copy(ctx, tx, "copy ledger.outbox (stream, event, consumer, slot, at, nth, kind, refs, next_at) from stdin (format binary)", len(rows), func(w *pgkit.Rows, i int) {
			r := &rows[i]
			w.Row(9)
			w.UUID(r.Stream)
			w.UUID(r.ID)
			w.Text(r.consumer)
			w.Small(ledger.SlotOf(r.Stream))
			w.Instant(r.At)
			w.Int(r.nth)
			w.Text(r.Kind)
			w.JSON(r.refs)
			w.Instant(r.At)
		})
	}
	if len(rows) == 0 {
		return nil
	}
	var arg EnqueueParams
	for _, r := range rows {
		arg.Streams, arg.Events, arg.Consumers = append(arg.Streams, pgkit.UUID(r.Stream)), append(arg.Events, pgkit.UUID(r.ID)), append(arg.Consumers, r.consumer)
		arg.Slots, arg.Ats, arg.Nths = append(arg.Slots, ledger.SlotOf(r.Stream)), append(arg.Ats, r.At), append(arg.Nths, r.nth)
		arg.Kinds, arg.Refs = append(arg.Kinds, r.Kind), append(arg.Refs, string(r.refs))
	}
	return p.q.Enqueue(ctx, tx, arg)
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
func (s *Queue) Take(ctx context.Context, low, high int16, limit int32, now time.Time, do func(context.Context, []ledger.Task) []error) (int, error) {
	done := 0
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := pgkit.ByKey(ctx, tx); err != nil { // the queue is empty when plans are made, and long when they count
			return err
		}
		rows, err := s.q.Take(ctx, tx, TakeParams{Low: low, High: high, Now: now, Most: limit})
		if done = 0; err != nil || len(rows) == 0 {
			return err
		}
		outcomes := carry(ctx, rows, do)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var over DoneParams
		for i, r := range rows {
			if err := outcomes[i]; err != nil {
				if err := s.q.Later(ctx, tx, LaterParams{Stream: r.Stream, Event: r.Event, Consumer: r.Consumer,
					NextAt: ledger.Later(r.Attempts, now), Code: fault.Of(err).Code}); err != nil {
					return err
				}
				continue
			}
			over.Streams, over.Events, over.Consumers = append(over.Streams, r.Stream), append(over.Events, r.Event), append(over.Consumers, r.Consumer)
		}
		if done = len(over.Events); done == 0 {
			return nil
		}
		return s.q.Done(ctx, tx, over)
	})
	return done, err
}

// carry hands the tasks of rows to do, but for those that cannot be read.
func carry(ctx context.Context, rows []TakeRow, do func(context.Context, []ledger.Task) []error) []error {
	outcomes := make([]error, len(rows))
	var tasks []ledger.Task
	var of []int // the row of each
	for i, r := range rows {
		t := ledger.Task{Stream: r.Stream.Bytes, Event: r.Event.Bytes, Consumer: r.Consumer, Kind: r.Kind, At: r.At, Attempts: r.Attempts}
		if outcomes[i] = json.Unmarshal(r.Refs, &t.Refs); outcomes[i] == nil {
			tasks, of = append(tasks, t), append(of, i)
		}
	}
	for i, err := range do(ctx, tasks) {
		outcomes[of[i]] = err
	}
	return outcomes
}

// Stuck is ledger.Queue.Stuck.
func (s *Queue) Stuck(ctx context.Context) ([]ledger.Stuck, error) {
	rows, err := s.q.Stuck(ctx, s.pool)
	out := make([]ledger.Stuck, len(rows))
	for i, r := range rows {
		out[i] = ledger.Stuck{Consumer: r.Consumer, Code: r.Code, Rows: r.Rows}
	}
	return out, pgkit.Clean(err)
}

// Waiting is ledger.Queue.Waiting.
func (s *Queue) Waiting(ctx context.Context) (int64, time.Time, error) {
	row, err := s.q.Waiting(ctx, s.pool)
	return row.Rows, row.Oldest, pgkit.Clean(err)
}

// Acted reports whether the journals show that anything was done from an instant until
// before another, but that persons looked at what is theirs.
func Acted(ctx context.Context, db DBTX, from, to time.Time) (bool, error) {
	acted, err := new(Queries).Acted(ctx, db, ActedParams{FromAt: from, ToAt: to})
	return acted != nil && *acted, pgkit.Clean(err)
}
