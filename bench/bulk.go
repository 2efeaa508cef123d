package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/furnish"
)

// bulk measures deliveries over HTTP beside a bare PostgreSQL that stages and
// upserts (a) the same records and (b) every row that our run wrote. The rows are
// parted into turns, and each part goes through all of them before the next does:
// ours, ours again, (a), (b).
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
	if err := drained(ctx, owner); err != nil {
		return nil, err
	}
	b := bench{options: o, c: c, owner: owner}
	if err := b.begin(ctx); err != nil {
		return nil, err
	}
	var r bulkRun
	all := watch(s)
	for turn := range o.turns {
		if err := b.turn(ctx, turn, &r); err != nil {
			return nil, err
		}
	}
	r.memory = all()
	if r.server, err = s.peak(); err != nil {
		return nil, err
	}
	return b.compare(ctx, r)
}

// bench is the two sides of furnishing.
type bench struct {
	options
	c     *sender
	owner *pgx.Conn

	record, every *bareLoad
}

// bulkRun is what both sides did in all turns.
type bulkRun struct {
	ours, again    trial
	owed           trial // until the last letter was owed
	record, every  trial
	server, memory float64
	size           int64
}

func (b *bench) begin(ctx context.Context) (err error) {
	if _, err := b.owner.Exec(ctx, "drop schema if exists bare_record cascade; drop schema if exists bare_every cascade"); err != nil {
		return err
	}
	if b.record, err = newBareLoad(ctx, b.c.s, b.owner, "bare_record", recordTable()); err != nil {
		return err
	}
	b.every, err = newBareLoad(ctx, b.c.s, b.owner, "bare_every", everyTable())
	return err
}

// turn lets every side do one part of the rows.
func (b *bench) turn(ctx context.Context, turn int, r *bulkRun) error {
	list := shipments(b.rows)
	for i := range list {
		first, end := list[i].rows*turn/b.turns, list[i].rows*(turn+1)/b.turns
		row := list[i].row
		list[i].rows, list[i].row = end-first, func(n int) []string { return row(first + n) }
	}
	paths, size, err := files(b.dir, list, furnish.CSV, "csv")
	if err != nil {
		return err
	}
	r.size += size
	ours, owed, err := b.c.all(ctx, b.owner, list, paths, fmt.Sprint("csv-", turn))
	if err != nil {
		return err
	}
	again, _, err := b.c.all(ctx, b.owner, list, paths, fmt.Sprint("again-", turn))
	if err != nil {
		return err
	}
	record, err := b.record.load(ctx, ours)
	if err != nil {
		return err
	}
	every, err := b.every.load(ctx, ours)
	if err != nil {
		return err
	}
	fmt.Printf("turn %d: %.1f s, letters %.1f s later, again %.1f s; bare records %.1f s, all %.1f s\n", turn+1, ours.took.Seconds(), (owed.took - ours.took).Seconds(),
		again.took.Seconds(), record.took.Seconds(), every.took.Seconds())
	r.ours.plus(ours)
	r.owed.plus(owed)
	r.again.plus(again)
	r.record.plus(record)
	r.every.plus(every)
	return nil
}

func (b *bench) compare(ctx context.Context, r bulkRun) ([]result, error) {
	beside := func(name string, ours, bare trial, note string) result {
		return result{Name: name, Unit: "rows/s", Ours: ours.perSecond(), Bare: bare.perSecond(), Ratio: ours.perSecond() / bare.perSecond(),
			Note: fmt.Sprintf("%s. Processor time a row: ours %s; bare %s", note, ours.used.per(int(ours.rows)), bare.used.per(int(bare.rows)))}
	}
	first := beside("furnish.csv.1m", r.ours, r.record, fmt.Sprintf("%d rows in %d files, %.0f MiB, by HTTP into the running server; bare stages and upserts the same rows of the record table alone, same indexes, over one connection; in turns", r.ours.rows, 2*b.turns, float64(r.size)/(1<<20)))
	whole := beside("furnish.csv.1m.all", r.owed, r.every, "ours until the last letter is owed; bare stages and upserts every row that our run wrote to every table, letters too, same indexes")
	n := float64(r.ours.rows)
	wal := result{Name: "furnish.wal", Unit: "bytes/row", Ours: r.ours.wal / n, Bare: r.record.wal / n, Ratio: r.ours.wal / r.record.wal, Note: "bare is the record table alone"}
	repeat := beside("furnish.again.1m", r.again, r.record, "the same files under another key: nothing changes")
	memory := result{Name: "furnish.memory", Unit: "MiB", Ours: r.server, Note: fmt.Sprintf("highest resident set size of the server; of it and PostgreSQL with all its processes, proportional and once a second, %.0f MiB", r.memory)}
	out := []result{first.held("ratio >= 0.25", first.Ratio >= 0.25), whole.held("ratio >= 0.5", whole.Ratio >= 0.5), wal.held("ratio <= 2", wal.Ratio <= 2),
		repeat.held("ratio >= 0.5", repeat.Ratio >= 0.5), memory.held("<= 300 MiB", r.server <= 300)}
	for _, format := range []furnish.Format{furnish.JSONL, furnish.XLSX} {
		ours, bare, note, err := b.format(ctx, format)
		if err != nil {
			return nil, err
		}
		out = append(out, beside("furnish."+string(format), ours, bare, note))
	}
	return out, nil
}

// format sends a tenth of the rows, new to the registry, in another format.
func (b *bench) format(ctx context.Context, format furnish.Format) (ours, bare trial, note string, err error) {
	list := shipments(max(100, b.rows/10))
	for i := range list {
		row := list[i].row
		list[i].row = func(n int) []string {
			return row(n + map[furnish.Format]int{furnish.JSONL: 10_000_000, furnish.XLSX: 20_000_000}[format])
		}
	}
	paths, size, err := files(b.dir, list, format, "other")
	if err != nil {
		return ours, bare, "", err
	}
	if ours, _, err = b.c.all(ctx, b.owner, list, paths, string(format)); err != nil {
		return ours, bare, "", err
	}
	bare, err = b.record.load(ctx, ours)
	return ours, bare, fmt.Sprintf("%d new rows, %.0f MiB", ours.rows, float64(size)/(1<<20)), err
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

// watch notes the highest memory of all processes, once a second (looking takes
// time of what is measured), until the function it returns is called.
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
			case <-time.After(time.Second):
			}
		}
	}()
	return func() float64 { close(stop); return <-highest }
}

// table is one table of ours and which rows of it our run wrote, between $1 and $2.
type table struct{ name, rows string }

// short is the name without its schema.
func (t table) short() string { return t.name[strings.IndexByte(t.name, '.')+1:] }

func recordTable() []table {
	return []table{{"dossier.record", "received_at >= $1 and received_at < $2"}}
}

func everyTable() []table {
	const person = "person in (select p.person from party.person p where p.made_at >= $1 and p.made_at < $2)"
	const delivery = "delivery in (select d.delivery from furnish.delivery d where d.begun_at >= $1 and d.begun_at < $2)"
	return append(recordTable(),
		table{"dossier.source_ref", "(person, record) in (select r.person, r.record from dossier.record r where r.received_at >= $1 and r.received_at < $2)"},
		table{"party.person", "made_at >= $1 and made_at < $2"}, table{"party.gate", person}, table{"party.token", person},
		table{"furnish.delivery", "begun_at >= $1 and begun_at < $2"}, table{"furnish.batch", delivery}, table{"furnish.finding", delivery},
		table{"ledger.journal", "at >= $1 and at < $2"}, table{"notice.owed", "owed_at >= $1 and owed_at < $2"}, table{"notice.attempt", "meant_at >= $1 and meant_at < $2"})
}

// perTransaction is how many rows a delivery writes in one transaction.
const perTransaction = 5000

// staged is the rows of one table, in parts ready to be copied.
type staged struct {
	name  string // without its schema
	parts [][]byte
}

// bareLoad is a bare PostgreSQL: tables with the indexes of ours in the same
// database, filled with what ours hold before the run.
type bareLoad struct {
	server *server
	owner  *pgx.Conn
	schema string
	tables []table
}

func newBareLoad(ctx context.Context, s *server, owner *pgx.Conn, schema string, tables []table) (*bareLoad, error) {
	b := &bareLoad{server: s, owner: owner, schema: schema, tables: tables}
	if _, err := owner.Exec(ctx, "create schema "+schema); err != nil {
		return nil, err
	}
	for _, of := range tables {
		if _, err := owner.Exec(ctx, fmt.Sprintf("create table %[1]s.%[2]s (like %[3]s including indexes including storage); insert into %[1]s.%[2]s select * from %[3]s",
			schema, of.short(), of.name)); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// load reads back what our run wrote and stages and upserts it, over as many
// connections as a delivery writes over: one.
func (b *bareLoad) load(ctx context.Context, ours trial) (t trial, err error) {
	var all []staged
	for _, of := range b.tables {
		one, err := readBack(ctx, b.owner, of, ours)
		if err != nil {
			return t, fmt.Errorf("reading %s back: %w", of.name, err)
		}
		all = append(all, one)
	}
	t.rows = ours.rows
	return t, t.measure(ctx, b.server, b.owner, func() error { return b.stageAndUpsert(ctx, all) })
}

func (b *bareLoad) stageAndUpsert(ctx context.Context, all []staged) error {
	conn, err := pgx.Connect(ctx, b.server.at.URLs.Owner)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	most := 0
	for _, s := range all {
		if _, err := conn.Exec(ctx, fmt.Sprintf("create temp table stage_%s (like %s.%s) on commit delete rows", s.name, b.schema, s.name)); err != nil {
			return err
		}
		most = max(most, len(s.parts))
	}
	for i := range most {
		err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			for _, s := range all {
				if s.parts[i] == nil {
					continue
				}
				if _, err := conn.PgConn().CopyFrom(ctx, bytes.NewReader(s.parts[i]), "copy stage_"+s.name+" from stdin (format binary)"); err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, fmt.Sprintf("insert into %s.%s select * from stage_%s on conflict do nothing", b.schema, s.name, s.name)); err != nil {
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

// readBack reads the rows of a table in PostgreSQL's binary form and parts them
// into as many transactions as ours had.
func readBack(ctx context.Context, owner *pgx.Conn, of table, ours trial) (staged, error) {
	var raw bytes.Buffer
	where := strings.NewReplacer("$1", "'"+ours.begun.Format(time.RFC3339Nano)+"'", "$2", "'"+ours.ended.Format(time.RFC3339Nano)+"'").Replace(of.rows)
	tag, err := owner.PgConn().CopyTo(ctx, &raw, fmt.Sprintf("copy (select * from %s where %s) to stdout (format binary)", of.name, where))
	if err != nil {
		return staged{}, err
	}
	transactions := max(1, (ours.rows+perTransaction-1)/perTransaction)
	out := staged{name: of.short(), parts: make([][]byte, transactions)}
	rows, at := raw.Bytes()[len(copyHead):], 0
	each := (tag.RowsAffected() + transactions - 1) / transactions
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
