// Package pgkit is how the house talks to PostgreSQL: roles, pools,
// transactions, errors without row content, and the events that a transaction
// leaves behind.
//
// It promises that no error it returns repeats the content of a row, that a
// commit counts only when the server confirmed it without a warning, and that a
// pool never holds the owner's rights.
package pgkit

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/when"
)

// PoolConfig says how large a pool is.
type PoolConfig struct {
	URL     string
	MaxSize int32 // connections; 0 means 8
}

// Open opens a pool and checks that it reaches the server.
func Open(ctx context.Context, c PoolConfig) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, errors.New("the database's address cannot be read")
	}
	cfg.MaxConns = c.MaxSize
	if cfg.MaxConns == 0 {
		cfg.MaxConns = 8
	}
	cfg.MaxConnIdleTime = time.Minute
	cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	cfg.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		conn.TypeMap().RegisterType(&pgtype.Type{Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC}})
		return nil
	}
	cfg.ConnConfig.OnNotice = func(conn *pgconn.PgConn, n *pgconn.Notice) {
		if n.Severity == "WARNING" {
			warnings(conn).Add(1)
		}
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", Clean(err))
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reaching the database: %w", Clean(err))
	}
	return pool, nil
}

const warningKey = "recourse.warnings"

func warnings(conn *pgconn.PgConn) *atomic.Int64 {
	n, ok := conn.CustomData()[warningKey].(*atomic.Int64)
	if !ok {
		n = new(atomic.Int64)
		conn.CustomData()[warningKey] = n
	}
	return n
}

// ErrWarned is returned where the server confirmed a commit with a warning: a
// cancelled wait for a synchronous standby answers so, and the commit may be
// lost.
var ErrWarned = errors.New("the commit was confirmed with a warning")

// Confirmed runs do on one connection and reports ErrWarned if the server sent a
// warning meanwhile. What leaves the house waits for it (design: an answer
// leaves only after the commit is confirmed without error or warning).
func Confirmed(ctx context.Context, pool *pgxpool.Pool, do func(*pgx.Conn) error) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return Clean(err)
	}
	defer conn.Release()
	counter := warnings(conn.Conn().PgConn())
	before := counter.Load()
	if err := do(conn.Conn()); err != nil {
		return Clean(err)
	}
	if counter.Load() != before {
		return unavailable(ErrWarned)
	}
	return nil
}

// Tx runs do in one transaction at READ COMMITTED and commits it, or rolls it
// back where do fails. Within Unit it joins the unit's transaction. A deadlock or
// serialization failure is tried again, at most three times: do must have no
// effect outside the transaction.
func Tx(ctx context.Context, pool *pgxpool.Pool, do func(pgx.Tx) error) error {
	if tx, ok := ctx.Value(unitKey{}).(pgx.Tx); ok {
		return Clean(do(tx))
	}
	var err error
	for range 3 {
		err = Confirmed(ctx, pool, func(conn *pgx.Conn) error {
			return pgx.BeginFunc(ctx, conn, do)
		})
		if c := Code(err); c != "40001" && c != "40P01" {
			return err
		}
	}
	return err
}

type unitKey struct{}

// Unit runs do with a context in which every Tx joins one transaction, for the
// one use case that writes to several rooms at once (furnishing). It commits
// when do returns nil; a retry runs do again.
func Unit(ctx context.Context, pool *pgxpool.Pool, do func(context.Context) error) error {
	return Tx(ctx, pool, func(tx pgx.Tx) error { return do(context.WithValue(ctx, unitKey{}, tx)) })
}

// ByKey lets what follows in a transaction take thousands of rows at once. It finds
// them by their keys, whatever is known of the tables: a plan that was made while a
// table was small, and kept, reads the whole of it for each key once it has grown.
// And it may take a minute for a statement or a lock, which answers may not: on a
// busy disk it does.
func ByKey(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true),"+
		" set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),"+
		" set_config('statement_timeout', '60s', true), set_config('lock_timeout', '60s', true), set_config('idle_in_transaction_session_timeout', '60s', true)")
	return err
}

// Event is what a transaction leaves behind: what happened, to whom, with the
// keys of what it concerns and never any content.
type Event struct {
	ID     [16]byte
	Stream [16]byte // the person's key, or the body's or delivery's where it concerns no person
	Kind   string   // room.past-participle, e.g. "consent.stopped"
	At     time.Time
	Refs   map[string]string // random keys, codes and dates; no personal data
	// Covered events have no journal row of their own: another event of the same
	// transaction (a delivery) stands for them.
	Covered bool
}

// Publisher writes events within the transaction that caused them: to the
// journal, and to the outbox for each consumer.
type Publisher interface {
	Publish(ctx context.Context, tx pgx.Tx, events ...Event) error
}

// UUID gives an id to a query; the zero id is NULL.
func UUID[I ~[16]byte](id I) pgtype.UUID {
	return pgtype.UUID{Bytes: id, Valid: id != I{}}
}

// UUIDs gives ids to a query.
func UUIDs[I ~[16]byte](ids []I) []pgtype.UUID {
	out := make([]pgtype.UUID, len(ids))
	for i, id := range ids {
		out[i] = UUID(id)
	}
	return out
}

// Given gives an instant to a query; the zero one is NULL.
func Given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Instant reads an instant from a row; NULL is the zero one.
func Instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// Day gives a legal day to a query.
func Day(d when.Date) pgtype.Date { return pgtype.Date{Time: d.Time(), Valid: true} }

// GivenDay writes a legal day that may not be there: the zero Date is NULL.
func GivenDay(d when.Date) pgtype.Date {
	if d == 0 {
		return pgtype.Date{}
	}
	return Day(d)
}

// Date reads a legal day from a row; NULL is the zero Date.
func Date(d pgtype.Date) when.Date {
	if !d.Valid {
		return 0
	}
	return when.In(d.Time, time.UTC)
}
