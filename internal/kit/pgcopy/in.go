package pgcopy

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"recourse/internal/kit/pgkit"
)

// mostCounted is how many transactions are counted through at most, so that numbers
// of the copy keep their values, or fall together as little as may be.
const mostCounted = 1 << 17

// Filling puts the rows of a copy into a database that migrations have brought to its
// step. Nothing is there before Commit.
type Filling struct {
	conn  *pgx.Conn
	tx    pgx.Tx
	copy  Copy
	below uint64 // every transaction to come has at least this number
	done  int
}

// In begins to fill, over a connection of the owner of all tables. What migrations
// wrote into them is taken out.
func In(ctx context.Context, owner *pgx.Conn, c Copy) (*Filling, error) {
	f := &Filling{conn: owner, copy: c}
	if err := f.count(ctx); err != nil {
		return nil, err
	}
	var err error
	if f.tx, err = owner.Begin(ctx); err != nil {
		return nil, pgkit.Clean(err)
	}
	names := make([]string, len(c.Tables))
	for i := range c.Tables {
		names[i] = c.Tables[i].ident()
	}
	if _, err := f.tx.Exec(ctx, "truncate "+strings.Join(names, ", ")); err != nil {
		return nil, errors.Join(fmt.Errorf("emptying the tables: %w", pgkit.Clean(err)), f.Drop(ctx))
	}
	return f, nil
}

// count brings the number of the next transaction as near to that of the copy as can
// be done soon.
func (f *Filling) count(ctx context.Context) error {
	const sqlNext = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
	if err := f.conn.QueryRow(ctx, sqlNext).Scan(&f.below); err != nil {
		return pgkit.Clean(err)
	}
	if want := min(f.copy.Newest, mostCounted); f.below < want {
		for _, sql := range []string{"set synchronous_commit = off",
			"do $$ begin for i in 1.." + strconv.FormatUint(want-f.below, 10) + " loop perform pg_current_xact_id(); commit; end loop; end $$",
			"reset synchronous_commit"} {
			if _, err := f.conn.Exec(ctx, sql); err != nil {
				return fmt.Errorf("counting transactions: %w", pgkit.Clean(err))
			}
		}
	}
	return pgkit.Clean(f.conn.QueryRow(ctx, sqlNext).Scan(&f.below))
}

// Table puts in the rows of the next table of the copy.
func (f *Filling) Table(ctx context.Context, name string, rows io.Reader) error {
	if f.done == len(f.copy.Tables) || f.copy.Tables[f.done].Name != name {
		return fmt.Errorf("table %s is not the next one of the copy", name)
	}
	t := &f.copy.Tables[f.done]
	f.done++
	if slices.Contains(t.Counted, true) && f.copy.Newest > f.below {
		recounted := f.recounted(t, rows)
		defer func() { _ = recounted.Close() }() // ends the other side, where it has not
		rows = recounted
	}
	tag, err := f.conn.PgConn().CopyFrom(ctx, rows, "copy "+t.target()+" from stdin")
	if err != nil {
		return fmt.Errorf("filling table %s: %w", name, pgkit.Clean(err))
	}
	if n := tag.RowsAffected(); n != t.Rows {
		return fmt.Errorf("table %s got %d rows and not %d", name, n, t.Rows)
	}
	return nil
}

// Commit makes what was put in durable, and has the planner look at it.
func (f *Filling) Commit(ctx context.Context) error {
	if f.done != len(f.copy.Tables) {
		return errors.Join(fmt.Errorf("%d tables of the copy are missing", len(f.copy.Tables)-f.done), f.Drop(ctx))
	}
	if err := f.tx.Commit(ctx); err != nil {
		return pgkit.Clean(err)
	}
	for i := range f.copy.Tables {
		if _, err := f.conn.Exec(ctx, "analyze "+f.copy.Tables[i].ident()); err != nil {
			return pgkit.Clean(err)
		}
	}
	return nil
}

// Drop takes back what was put in.
func (f *Filling) Drop(ctx context.Context) error {
	return pgkit.Clean(f.tx.Rollback(context.WithoutCancel(ctx)))
}

// recount is the number that stands for a transaction of the copy: the order stays,
// and all lie below those to come.
func (f *Filling) recount(n uint64) uint64 {
	if n == 0 || f.below == 0 {
		return 0
	}
	high, low := bits.Mul64(min(n, f.copy.Newest), f.below-1)
	quotient, _ := bits.Div64(high, low, f.copy.Newest)
	return quotient
}

// recounted is the text of COPY with other numbers in the columns of transactions.
// Tabs part columns and line feeds rows; inside values both are written otherwise.
func (f *Filling) recounted(t *Table, rows io.Reader) *io.PipeReader {
	out, in := io.Pipe()
	go func() {
		lines := bufio.NewReaderSize(rows, 1<<16)
		for {
			line, err := lines.ReadBytes('\n')
			if err != nil {
				in.CloseWithError(err) // io.EOF ends the rows
				return
			}
			columns := bytes.Split(line[:len(line)-1], []byte{'\t'})
			for i, counted := range t.Counted {
				if n, err := strconv.ParseUint(string(columns[i]), 10, 64); counted && err == nil {
					columns[i] = strconv.AppendUint(nil, f.recount(n), 10)
				}
			}
			if _, err := in.Write(append(bytes.Join(columns, []byte{'\t'}), '\n')); err != nil {
				return // the other side has ended
			}
		}
	}()
	return out
}
