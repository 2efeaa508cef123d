// Package pgcopy takes the rows of a whole database out and puts them into another,
// of another version, machine or service, without programs of PostgreSQL.
//
// It promises that what is taken out is what one snapshot saw, that all of it is put
// in or nothing, and that numbers of transactions (columns of type xid8) keep their
// order and lie before every transaction to come, wherever the rows are put.
//
// It copies rows, not the schema: migrations make that, up to the step that the copy
// names. Tables of the schema public, which belongs to the migrations, are left out.
package pgcopy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"recourse/internal/kit/pgkit"
)

// Copy says what was taken out. Tables stand behind those that they refer to.
type Copy struct {
	Step   int64   `json:"step"`   // of the migrations
	Server string  `json:"server"` // version of PostgreSQL
	Newest uint64  `json:"newest"` // the transaction that the database would have begun next
	Tables []Table `json:"tables"`
}

// Table is one table of a copy.
type Table struct {
	Name    string   `json:"name"` // schema.table
	Columns []string `json:"columns"`
	Counted []bool   `json:"counted"` // which columns hold numbers of transactions
	Rows    int64    `json:"rows"`
}

const (
	sqlStep   = "select coalesce(max(version_id), 0)::bigint, current_setting('server_version'), pg_snapshot_xmax(pg_current_snapshot())::text::bigint from public.goose_db_version where is_applied"
	sqlTables = `select c.oid::bigint, n.nspname, c.relname, array_agg(a.attname::text order by a.attnum), array_agg(a.atttypid = 'xid8'::regtype order by a.attnum)
		from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
		where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname not in ('pg_catalog', 'information_schema', 'public') and n.nspname not like 'pg\_%'
		group by 1, 2, 3 order by 2, 3`
	sqlRefers = "select k.conrelid::bigint, k.confrelid::bigint from pg_constraint k where k.contype = 'f' and k.conrelid <> k.confrelid order by 1, 2"
)

// Out takes all rows out, over a connection that may read every table. part gives
// where the rows of a table go; it is closed behind them.
func Out(ctx context.Context, conn *pgx.Conn, part func(table string) io.WriteCloser) (c Copy, err error) {
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return c, pgkit.Clean(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // it only reads
	if err := tx.QueryRow(ctx, sqlStep).Scan(&c.Step, &c.Server, &c.Newest); err != nil {
		return c, fmt.Errorf("reading the version of the database: %w", pgkit.Clean(err))
	}
	if c.Tables, err = tables(ctx, tx); err != nil {
		return c, err
	}
	for i := range c.Tables {
		t := &c.Tables[i]
		w := part(t.Name)
		tag, err := conn.PgConn().CopyTo(ctx, w, "copy "+t.target()+" to stdout")
		if err = errors.Join(pgkit.Clean(err), w.Close()); err != nil {
			return c, fmt.Errorf("copying table %s: %w", t.Name, err)
		}
		t.Rows = tag.RowsAffected()
	}
	return c, nil
}

// tables lists the tables so that each stands behind those that it refers to.
func tables(ctx context.Context, tx pgx.Tx) ([]Table, error) {
	type row struct {
		ID           int64
		Schema, Name string
		Columns      []string
		Counted      []bool
	}
	rows, err := tx.Query(ctx, sqlTables)
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	left, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	refers := map[int64][]int64{}
	if rows, err = tx.Query(ctx, sqlRefers); err != nil {
		return nil, pgkit.Clean(err)
	}
	var from, to int64
	if _, err := pgx.ForEachRow(rows, []any{&from, &to}, func() error { refers[from] = append(refers[from], to); return nil }); err != nil {
		return nil, pgkit.Clean(err)
	}
	var out []Table
	for len(left) > 0 {
		i := slices.IndexFunc(left, func(r row) bool {
			return !slices.ContainsFunc(left, func(other row) bool { return slices.Contains(refers[r.ID], other.ID) })
		})
		if i < 0 {
			return nil, errors.New("tables refer to each other in a circle")
		}
		r := left[i]
		out = append(out, Table{Name: r.Schema + "." + r.Name, Columns: r.Columns, Counted: r.Counted})
		left = slices.Delete(left, i, i+1)
	}
	return out, nil
}

// target is the table with its columns, as a COPY names them.
func (t *Table) target() string {
	quoted := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		quoted[i] = pgx.Identifier{c}.Sanitize()
	}
	return t.ident() + " (" + strings.Join(quoted, ", ") + ")"
}

func (t *Table) ident() string { return pgx.Identifier(strings.Split(t.Name, ".")).Sanitize() }
