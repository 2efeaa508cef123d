package pgcopy_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"recourse/internal/kit/pgcopy"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// kept is a copy that a test holds.
type kept struct {
	pgcopy.Copy
	rows map[string]*bytes.Buffer
}

type closing struct{ *bytes.Buffer }

func (closing) Close() error { return nil }

func owner(t *testing.T, f *housetest.Fixture) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), f.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}

func out(t *testing.T, f *housetest.Fixture) kept {
	t.Helper()
	k := kept{rows: map[string]*bytes.Buffer{}}
	var err error
	k.Copy, err = pgcopy.Out(t.Context(), owner(t, f), func(table string) io.WriteCloser {
		k.rows[table] = &bytes.Buffer{}
		return closing{k.rows[table]}
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// in puts a copy into a house.
func (k kept) in(t *testing.T, f *housetest.Fixture) error {
	t.Helper()
	to, err := pgcopy.In(t.Context(), owner(t, f), k.Copy)
	if err != nil {
		return err
	}
	for _, table := range k.Tables {
		if err := to.Table(t.Context(), table.Name, bytes.NewReader(k.rows[table.Name].Bytes())); err != nil {
			if dropped := to.Drop(t.Context()); dropped != nil {
				t.Error(dropped)
			}
			return err
		}
	}
	return to.Commit(t.Context())
}

// lived is a house in which something happened.
func lived(t *testing.T) *housetest.Fixture {
	t.Helper()
	f := housetest.DB(t)
	v := housetest.Vault(t, f)
	keys := housetest.Keys(t, f, v)
	for n := range 3 {
		f.Register(t, keys, housetest.Sample(t, n), f.Today().AddYears(2))
	}
	publisher := housetest.Publisher(map[string][]string{"sample.done": {"sample"}})
	for range 20 { // a transaction each; tabs and line feeds inside
		if err := pgkit.Tx(t.Context(), f.App, func(tx pgx.Tx) error {
			return publisher.Publish(t.Context(), tx, pgkit.Event{Stream: housetest.Mint[ref.Person](t), Kind: "sample.done", At: f.Now(), Refs: map[string]string{"a": "x\ty\nz\\"}})
		}); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func TestCopy(t *testing.T) {
	t.Parallel()
	from, to := lived(t), housetest.DB(t)
	k := out(t, from)
	if k.Step == 0 || k.Server == "" || len(k.Tables) < 30 || k.Newest == 0 {
		t.Fatalf("%+v", k.Copy)
	}
	if n := housetest.Ask[int](t, from, "select count(*)::int from pg_sequences where schemaname <> 'public'"); n > 0 {
		t.Errorf("%d sequences are not copied", n)
	}
	if err := k.in(t, to); err != nil {
		t.Fatal(err)
	}
	again := out(t, to)
	for i, table := range k.Tables {
		if again.Tables[i].Name != table.Name || again.Tables[i].Rows != table.Rows {
			t.Errorf("%s: %d rows, %d before", table.Name, again.Tables[i].Rows, table.Rows)
		}
		if a, b := k.rows[table.Name].String(), again.rows[table.Name].String(); a != b {
			t.Errorf("%s differs:\n%s\n%s", table.Name, a, b)
		}
	}
}

// Numbers of transactions that a new server has not reached keep their order below
// all to come.
func TestCopy_ontoAServerThatCountedLess(t *testing.T) {
	t.Parallel()
	from := lived(t)
	from.Exec(t, "update ledger.journal set added = ((added::text::bigint) * 1000000000000)::text::xid8")
	from.Exec(t, "update ledger.head set low = (select min(added) from ledger.journal)")
	k := out(t, from)
	k.Newest = 1_000_000_000_000 * k.Newest
	to := housetest.DB(t)
	if err := k.in(t, to); err != nil {
		t.Fatal(err)
	}
	const order = "select string_agg(event::text, ' ' order by added::text::numeric, event) from ledger.journal"
	if a, b := housetest.Ask[string](t, from, order), housetest.Ask[string](t, to, order); a != b {
		t.Errorf("the order differs:\n%s\n%s", a, b)
	}
	for _, sql := range []string{
		"select count(*)::int from ledger.journal where added >= pg_snapshot_xmin(pg_current_snapshot())",
		"select count(*)::int from ledger.head where low >= pg_snapshot_xmin(pg_current_snapshot())",
		"select count(*)::int from ledger.journal j, ledger.head h where j.added < h.low",
	} {
		if n := housetest.Ask[int](t, to, sql); n > 0 {
			t.Errorf("%d: %s", n, sql)
		}
	}
	if n := housetest.Ask[int](t, to, "select count(distinct added)::int from ledger.journal"); n < 10 {
		t.Errorf("%d of 20 numbers are left", n)
	}
}

// All or nothing: what does not fit is not there.
func TestCopy_allOrNothing(t *testing.T) {
	t.Parallel()
	from, to := lived(t), housetest.DB(t)
	whole := out(t, from)
	before := out(t, to)
	for name, damage := range map[string]func(kept){
		"a row less": func(k kept) {
			b := k.rows["ledger.journal"]
			b.Truncate(bytes.LastIndexByte(b.Bytes()[:b.Len()-1], '\n') + 1)
		},
		"no last table": func(k kept) { k.Tables[len(k.Tables)-1].Rows++ },
		"another order": func(k kept) { k.Tables[0], k.Tables[1] = k.Tables[1], k.Tables[0]; k.Tables[0].Name += "x" },
	} {
		k := kept{Copy: whole.Copy, rows: map[string]*bytes.Buffer{}}
		k.Tables = append([]pgcopy.Table(nil), whole.Tables...)
		for table, b := range whole.rows {
			k.rows[table] = bytes.NewBuffer(bytes.Clone(b.Bytes()))
			k.rows[table+"x"] = k.rows[table]
		}
		damage(k)
		if err := k.in(t, to); err == nil {
			t.Errorf("%s: it was put in", name)
		}
		for table, b := range out(t, to).rows {
			if b.String() != before.rows[table].String() {
				t.Errorf("%s: %s was changed: %s", name, table, strings.TrimSpace(b.String()))
			}
		}
	}
}
