package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The bare side: the same people, the same five records with every column that an
// answer is made of, an access row of the same width with the same index, and one
// function.
const bareSchema = `
drop schema if exists bare cascade;
create schema bare;
create table bare.gate (person uuid primary key);
create table bare.record (person uuid not null, record uuid not null, version integer not null, type text not null, source uuid not null, start_on date not null,
    display_end date not null, epoch bigint not null, leaf bigint not null, nonce bytea not null, box bytea not null, primary key (person, record));
create table bare.access (person uuid not null, access uuid not null, at timestamptz not null, records uuid[] not null, box bytea not null, primary key (person, access));
insert into bare.gate select person from party.gate;
insert into bare.record select person, record, version, type, source, start_on, display_end, epoch, leaf, nonce, box from dossier.record;
create function bare.inquire(p_person uuid, p_access uuid, p_now timestamptz, p_box bytea)
returns table (record uuid, version integer, type text, source uuid, start_on date, display_end date, epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile as $$
#variable_conflict use_column
begin
    perform 1 from bare.gate g where g.person = p_person for share;
    return query
    with shown as (select r.record, r.version, r.type, r.source, r.start_on, r.display_end, r.epoch, r.leaf, r.nonce, r.box from bare.record r where r.person = p_person),
    trace as (insert into bare.access (person, access, at, records, box)
        select p_person, p_access, p_now, coalesce(array_agg(s.record), '{}'), p_box from shown s returning at)
    select s.* from shown s, trace t;
end $$;
grant usage on schema bare to recourse_app;
grant select, insert, update on all tables in schema bare to recourse_app;`

// makeBare makes the bare side in the same database, with rows of the same width.
func makeBare(ctx context.Context, o options, s *server, owner *pgx.Conn) (*bareSide, error) {
	if _, err := owner.Exec(ctx, bareSchema); err != nil {
		return nil, fmt.Errorf("making the bare side: %w", err)
	}
	var width, without int
	if err := owner.QueryRow(ctx, "select pg_column_size(a.*) from inquiry.access a where a.basis <> 'self' and cardinality(a.records) = $1 limit 1", perPerson).Scan(&width); err != nil {
		return nil, fmt.Errorf("measuring an access row: %w", err)
	}
	if err := owner.QueryRow(ctx, "select pg_column_size(row(a.person, a.access, a.at, a.records, '\\x'::bytea)) from inquiry.access a where cardinality(a.records) = $1 limit 1", perPerson).Scan(&without); err != nil {
		return nil, fmt.Errorf("measuring a bare row: %w", err)
	}
	b := &bareSide{box: make([]byte, max(0, width-without))}
	rows, err := owner.Query(ctx, "select person from bare.gate g where exists (select from bare.record r where r.person = g.person)")
	if err != nil {
		return nil, err
	}
	if b.people, err = pgx.CollectRows(rows, pgx.RowTo[[16]byte]); err != nil {
		return nil, err
	}
	if _, err := owner.Exec(ctx, "analyze"); err != nil {
		return nil, err
	}
	cfg, err := pgxpool.ParseConfig(s.at.URLs.App)
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = clients
	b.pool, err = pgxpool.NewWithConfig(ctx, cfg)
	return b, err
}

func walBytes(ctx context.Context, owner *pgx.Conn) (float64, error) {
	var n float64
	err := owner.QueryRow(ctx, "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8").Scan(&n)
	return n, err
}

// inserted counts rows inserted in the registry's own tables but those of the
// published log, which is written afterwards.
func inserted(ctx context.Context, owner *pgx.Conn) (int64, error) {
	var n int64
	err := owner.QueryRow(ctx, "select coalesce(sum(n_tup_ins), 0)::bigint from pg_stat_user_tables where schemaname <> 'bare' and (schemaname <> 'ledger' or relname in ('journal', 'outbox'))").Scan(&n)
	return n, err
}

// settled waits until the counters of other connections have been written:
// PostgreSQL flushes them at most a second after a transaction, or when the
// connection has been idle for ten.
func settled(ctx context.Context, owner *pgx.Conn) error {
	var last int64 = -1
	for quiet := 0; quiet < 12; {
		time.Sleep(time.Second)
		n, err := inserted(ctx, owner)
		if err != nil {
			return err
		}
		if n == last {
			quiet++
		} else {
			quiet, last = 0, n
		}
	}
	return nil
}

// number is the made-up identity number of person i: the area 999999 is not
// assigned, so none is real (GB 11643 check digit).
func number(i int) string {
	born := time.Date(1955, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i%15000)
	digits := fmt.Sprintf("999999%s%03d", born.Format("20060102"), i/15000)
	sum := 0
	weight := 1
	for k := len(digits) - 1; k >= 0; k-- {
		weight = weight * 2 % 11
		sum += int(digits[k]-'0') * weight
	}
	return digits + string("10X98765432"[sum%11])
}

// writeLicences writes five licences of each person.
func writeLicences(file string, people int) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	_, _ = w.WriteString("id_type,id_number,name,version,licence_number,issued_by,decision_number,registered_on,valid_until,registration\n")
	for i := range people {
		for k := range perPerson {
			_, _ = fmt.Fprintf(w, "cn-id,%s,样本,1,2099%08d,hubei-health,示例注〔2024〕%d-%d号,2024-06-0%d,2029-06-0%d,首次注册\n", number(i), i*perPerson+k, i, k, k+1, k+1)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}
