package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/furnish"
)

// bulk measures deliveries over HTTP beside a bare PostgreSQL that stages and
// upserts (a) the same records and (b) every row that our run wrote.
func bulk(ctx context.Context, o options) ([]result, error) {
	s, err := serve(ctx, o, filepath.Join(o.dir, "furnish"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.stop() }()
	c, err := newSender(ctx, o, s)
	if err != nil {
		return nil, err
	}
	owner, err := pgx.Connect(ctx, s.at.URLs.Owner)
	if err != nil {
		return nil, err
	}
	defer func() { _ = owner.Close(ctx) }()
	if err := acquaint(ctx, o, c); err != nil {
		return nil, err
	}
	if _, err := drained(ctx, owner); err != nil {
		return nil, err
	}
	list := shipments(o.rows)
	paths, size, err := files(o.dir, list, furnish.CSV, "csv")
	if err != nil {
		return nil, err
	}
	peak := watch(s)
	ours, err := c.all(ctx, owner, list, paths, "csv")
	if err != nil {
		return nil, err
	}
	rest, err := drained(ctx, owner)
	if err != nil {
		return nil, err
	}
	again, err := c.all(ctx, owner, list, paths, "again")
	if err != nil {
		return nil, err
	}
	memory := peak()
	fmt.Printf("sent %.0f MiB of CSV in %.1f s, letters owed %.1f s later\n", float64(size)/(1<<20), ours.took.Seconds(), rest.Seconds())
	return compare(ctx, o, c, owner, bulkRun{ours: ours, again: again, rest: rest, memory: memory, size: size})
}

// bulkRun is what our side did.
type bulkRun struct {
	ours, again trial
	rest        time.Duration // until the last letter was owed
	memory      float64
	size        int64
}

func compare(ctx context.Context, o options, c *sender, owner *pgx.Conn, r bulkRun) ([]result, error) {
	records, err := bareLoad(ctx, c.s.at.URLs.Owner, owner, recordTable(), r.ours.begun)
	if err != nil {
		return nil, err
	}
	every, err := bareLoad(ctx, c.s.at.URLs.Owner, owner, everyTable(), r.ours.begun)
	if err != nil {
		return nil, err
	}
	n := float64(r.ours.rows)
	bareA, bareB := n/records.took.Seconds(), n/every.took.Seconds()
	first := result{Name: "furnish.csv.1m", Unit: "rows/s", Ours: r.ours.perSecond(), Bare: bareA, Ratio: r.ours.perSecond() / bareA,
		Note: fmt.Sprintf("%d rows in two files, %.0f MiB, by HTTP into the running server; bare stages and upserts the record table alone, same indexes and rows, over one connection, as a delivery writes. What limits ours: about as much work in the server (checks, hashes of keys and marks, sealing) as in PostgreSQL, on the same cores", r.ours.rows, float64(r.size)/(1<<20))}
	all := n / (r.ours.took + r.rest).Seconds()
	whole := result{Name: "furnish.csv.1m.all", Unit: "rows/s", Ours: all, Bare: bareB, Ratio: all / bareB,
		Note: "ours until the last letter is owed; bare stages and upserts every row that our run wrote to every table, letters too, same indexes"}
	wal := result{Name: "furnish.wal", Unit: "bytes/row", Ours: r.ours.wal / n, Bare: records.wal / n, Ratio: r.ours.wal / records.wal, Note: "bare is the record table alone"}
	repeat := result{Name: "furnish.again.1m", Unit: "rows/s", Ours: r.again.perSecond(), Bare: bareA, Ratio: r.again.perSecond() / bareA, Note: "the same files under another key: nothing changes"}
	memory := result{Name: "furnish.memory", Unit: "MiB", Ours: r.memory, Note: "highest proportional set size of the server and PostgreSQL with all its processes, 10 times a second"}
	out := []result{first.held("ratio >= 0.25", first.Ratio >= 0.25), whole.held("ratio >= 0.5", whole.Ratio >= 0.5), wal.held("ratio <= 2", wal.Ratio <= 2),
		repeat.held("ratio >= 0.5", repeat.Ratio >= 0.5), memory.held("<= 300 MiB", r.memory <= 300)}
	for _, format := range []furnish.Format{furnish.JSONL, furnish.XLSX} {
		one, err := otherFormat(ctx, o, c, owner, format)
		if err != nil {
			return nil, err
		}
		one.Bare, one.Ratio = bareA, one.Ours/bareA
		out = append(out, one)
	}
	return out, nil
}

// otherFormat sends a fifth of the rows, new to the registry, in another format.
func otherFormat(ctx context.Context, o options, c *sender, owner *pgx.Conn, format furnish.Format) (result, error) {
	list := shipments(max(100, o.rows/5))
	for i := range list {
		row := list[i].row
		list[i].row = func(n int) []string {
			return row(n + map[furnish.Format]int{furnish.JSONL: 10_000_000, furnish.XLSX: 20_000_000}[format])
		}
	}
	paths, size, err := files(o.dir, list, format, "other")
	if err != nil {
		return result{}, err
	}
	t, err := c.all(ctx, owner, list, paths, string(format))
	if err != nil {
		return result{}, err
	}
	_, err = drained(ctx, owner)
	return result{Name: "furnish." + string(format), Unit: "rows/s", Ours: t.perSecond(), Note: fmt.Sprintf("%d new rows, %.0f MiB", t.rows, float64(size)/(1<<20))}, err
}

// acquaint puts those on file who are known before the measured run.
func acquaint(ctx context.Context, o options, c *sender) error {
	s := shipments(o.rows)[0]
	people := max(10, o.rows*3/10)
	s.row = func(i int) []string {
		return []string{"cn-id", number(i), "样本", "1", fmt.Sprintf("1099%08d", i), "hubei-health", fmt.Sprintf("示例旧注〔2023〕%d号", i), "2023-06-01", "2028-06-01", "首次注册"}
	}
	path := filepath.Join(o.dir, "known.csv")
	if _, err := s.write(path, furnish.CSV, int(float64(people)*known)); err != nil {
		return err
	}
	_, _, err := c.send(ctx, s, path, "known")
	return err
}

// watch notes the highest memory until the function it returns is called.
func watch(s *server) func() float64 {
	stop, highest := make(chan struct{}), make(chan float64)
	go func() {
		most := 0.0
		for {
			if m, err := s.memory(); err == nil {
				most = max(most, m)
			}
			select {
			case <-stop:
				highest <- most
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	return func() float64 { close(stop); return <-highest }
}

// table is one table of ours and which rows of it our run wrote.
type table struct{ name, rows string }

func recordTable() []table {
	return []table{{"dossier.record", "received_at >= $1"}}
}

func everyTable() []table {
	const person = "person in (select p.person from party.person p where p.made_at >= $1)"
	const delivery = "delivery in (select d.delivery from furnish.delivery d where d.begun_at >= $1)"
	return append(recordTable(),
		table{"dossier.source_ref", "(person, record) in (select r.person, r.record from dossier.record r where r.received_at >= $1)"},
		table{"party.person", "made_at >= $1"}, table{"party.gate", person}, table{"party.token", person},
		table{"furnish.delivery", "begun_at >= $1"}, table{"furnish.batch", delivery}, table{"furnish.finding", delivery},
		table{"ledger.journal", "at >= $1"}, table{"notice.owed", "owed_at >= $1"}, table{"notice.attempt", "meant_at >= $1"})
}

// staged is the rows of one table, in parts ready to be copied.
type staged struct {
	name  string // without its schema
	parts [][]byte
}

// bareTransactions is into how many transactions the bare side parts a million
// rows: as many as ours.
const bareTransactions = 200

// bareLoad reads back what our run wrote and has a bare PostgreSQL stage and
// upsert it, in the same database, over as many connections as a delivery writes
// over: one.
func bareLoad(ctx context.Context, url string, owner *pgx.Conn, tables []table, since time.Time) (t trial, err error) {
	if _, err := owner.Exec(ctx, "drop schema if exists bare cascade; create schema bare"); err != nil {
		return t, err
	}
	var all []staged
	for _, of := range tables {
		one, err := readBack(ctx, owner, of, since)
		if err != nil {
			return t, fmt.Errorf("reading %s back: %w", of.name, err)
		}
		if _, err := owner.Exec(ctx, fmt.Sprintf("create table bare.%s (like %s including indexes including storage)", one.name, of.name)); err != nil {
			return t, err
		}
		all = append(all, one)
	}
	before, err := walBytes(ctx, owner)
	if err != nil {
		return t, err
	}
	begin := time.Now()
	if err := stageAndUpsert(ctx, url, all); err != nil {
		return t, err
	}
	t.took = time.Since(begin)
	after, err := walBytes(ctx, owner)
	t.wal = after - before
	return t, err
}

func stageAndUpsert(ctx context.Context, url string, all []staged) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, s := range all {
		if _, err := conn.Exec(ctx, fmt.Sprintf("create temp table stage_%s (like bare.%s) on commit delete rows", s.name, s.name)); err != nil {
			return err
		}
	}
	for i := range bareTransactions {
		err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			for _, s := range all {
				if s.parts[i] == nil {
					continue
				}
				if _, err := conn.PgConn().CopyFrom(ctx, bytes.NewReader(s.parts[i]), "copy stage_"+s.name+" from stdin (format binary)"); err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, fmt.Sprintf("insert into bare.%s select * from stage_%s on conflict do nothing", s.name, s.name)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

const copyHead = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// readBack reads the rows of a table in PostgreSQL's binary form and parts them.
func readBack(ctx context.Context, owner *pgx.Conn, of table, since time.Time) (staged, error) {
	var raw bytes.Buffer
	where := bytes.ReplaceAll([]byte(of.rows), []byte("$1"), []byte("'"+since.Format(time.RFC3339Nano)+"'"))
	tag, err := owner.PgConn().CopyTo(ctx, &raw, fmt.Sprintf("copy (select * from %s where %s) to stdout (format binary)", of.name, where))
	if err != nil {
		return staged{}, err
	}
	out := staged{name: of.name[bytes.IndexByte([]byte(of.name), '.')+1:], parts: make([][]byte, bareTransactions)}
	rows, at := raw.Bytes()[len(copyHead):], 0
	each := (tag.RowsAffected() + bareTransactions - 1) / bareTransactions
	for i := range out.parts {
		first := at
		for range each {
			n := int16(binary.BigEndian.Uint16(rows[at:]))
			if n < 0 {
				break
			}
			at += 2
			for range n {
				if size := int32(binary.BigEndian.Uint32(rows[at:])); size > 0 {
					at += int(size)
				}
				at += 4
			}
		}
		if at > first {
			out.parts[i] = append(append([]byte(copyHead), rows[first:at]...), 0xff, 0xff)
		}
	}
	return out, nil
}
