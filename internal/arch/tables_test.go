package arch

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// querier is a connection, or a transaction in which a fault was planted.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// ask returns all rows of a query.
func ask[T any](t *testing.T, db querier, sql string, args ...any) []T {
	t.Helper()
	rows, err := db.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[T])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return found
}

// ours leaves out the schemas that PostgreSQL brings.
const ours = `n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\_%'`

const (
	sqlRelations = `select n.nspname || '.' || c.relname, c.relkind::text, c.oid::bigint from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind not in ('i', 't', 'I', 'c') and ` + ours + ` order by 1`
	sqlColumns = `select c.oid::bigint, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attidentity <> '', coalesce(pg_get_expr(d.adbin, d.adrelid), '')
		from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
		left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum where c.relkind in ('r', 'p') and ` + ours
	sqlIndexes = `select i.indrelid::bigint, x.relname::text, coalesce(a.attname::text, '(an expression)'), i.indisprimary, i.indisunique
		from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
		left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] where ` + ours
	sqlKeys = `select k.conrelid::bigint, k.conname::text, a.attname::text, tn.nspname || '.' || tc.relname, ta.attname::text
		from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
		join pg_class tc on tc.oid = k.confrelid join pg_namespace tn on tn.oid = tc.relnamespace
		join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1] join pg_attribute ta on ta.attrelid = k.confrelid and ta.attnum = k.confkey[1]
		where k.contype = 'f' and ` + ours
	sqlMarks = `select c.oid::bigint, 'the trigger ' || t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
			where not t.tgisinternal and ` + ours + `
		union all select c.oid::bigint, 'the rule ' || r.rulename from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
			where c.relkind = 'r' and ` + ours + `
		union all select c.oid::bigint, 'the exclusion constraint ' || k.conname from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
			where k.contype = 'x' and ` + ours + `
		union all select c.oid::bigint, 'the deferrable constraint ' || k.conname from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
			where k.condeferrable and ` + ours + `
		union all select c.oid::bigint, 'a parent' from pg_inherits h join pg_class c on c.oid = h.inhrelid join pg_namespace n on n.oid = c.relnamespace
			where c.relkind = 'r' and ` + ours
)

// relations reads every table of the house from the catalog.
func relations(t *testing.T, db querier) []relation {
	t.Helper()
	type head struct {
		Name, Kind string
		OID        int64
	}
	var all []relation
	at := map[int64]int{}
	for _, h := range ask[head](t, db, sqlRelations) {
		at[h.OID] = len(all)
		all = append(all, relation{name: h.Name, kind: h.Kind})
	}
	for _, c := range ask[struct {
		OID        int64
		Name, Kind string
		Identity   bool
		Default    string
	}](t, db, sqlColumns) {
		r := &all[at[c.OID]]
		r.columns = append(r.columns, column{c.Name, c.Kind, c.Identity, c.Default})
	}
	for _, x := range ask[struct {
		OID             int64
		Name, Lead      string
		Primary, Unique bool
	}](t, db, sqlIndexes) {
		r := &all[at[x.OID]]
		r.indexes = append(r.indexes, index{x.Name, x.Lead, x.Primary, x.Unique})
	}
	for _, k := range ask[struct {
		OID                            int64
		Name, Lead, Target, TargetLead string
	}](t, db, sqlKeys) {
		r := &all[at[k.OID]]
		r.keys = append(r.keys, foreignKey{k.Name, k.Lead, k.Target, k.TargetLead})
	}
	for _, m := range ask[struct {
		OID  int64
		Mark string
	}](t, db, sqlMarks) {
		r := &all[at[m.OID]]
		r.marks = append(r.marks, m.Mark)
	}
	return all
}

var createIndex = regexp.MustCompile(`(?i)^\s*create\s+(?:unique\s+)?index\s+(\w+)\s+on\s+(?:only\s+)?(\w+)\.`)

// readBy returns who reads each index, from the comments above them.
func readBy(texts map[string]string) map[string]string {
	found := map[string]string{}
	for _, text := range texts {
		comment := ""
		for _, line := range strings.Split(text, "\n") {
			if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "--"); ok {
				comment += rest
				continue
			}
			if m := createIndex.FindStringSubmatch(line); m != nil {
				_, who, _ := strings.Cut(comment, "read by:")
				found[m[2]+"."+m[1]] = strings.TrimSpace(who)
			}
			comment = ""
		}
	}
	return found
}

// connect opens a connection of the superuser to a house.
func connect(t *testing.T, f *housetest.Fixture) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), f.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func TestTables(t *testing.T) {
	t.Parallel()
	found := relations(t, connect(t, housetest.DB(t)))
	report(t, tableFaults(found, tables, readBy(migrations(t))))
	t.Logf("%d tables", len(tables))
}

// plantedTable is one change to the schema that the table manifest must notice.
type plantedTable struct{ name, sql, want string }

func TestTables_planted(t *testing.T) {
	t.Parallel()
	conn := connect(t, housetest.DB(t))
	// A table that is as it should be, in whose place each fault comes.
	manifest := append(slices.Clone(tables), tableRow{"dossier.note", ofPerson, []string{"person"}})
	read := readBy(migrations(t))
	good := "create table dossier.note (person uuid not null, note uuid not null, body uuid references party.body (body), primary key (person, note)); "
	for _, c := range []plantedTable{
		{"as it should be", good, ""},
		{"missing", "", "dossier.note is in the table manifest and not in the database"},
		{"not declared", good + "create table dossier.other (person uuid primary key)", "dossier.other is not in the table manifest"},
		{"another schema", good + "create schema gossip; create table gossip.note (note uuid primary key)", "gossip.note is not in the table manifest"},
		{"no primary key", "create table dossier.note (person uuid not null)", "has no primary key"},
		{"no person", "create table dossier.note (note uuid primary key)", "has no uuid person"},
		{"a person by name", "create table dossier.note (person text primary key)", "has no uuid person"},
		{"primary key led by another", "create table dossier.note (person uuid, note uuid, primary key (note, person))", "is led by note"},
		{"unique led by another", good + "create unique index note_note on dossier.note (note)", "the unique note_note is led by note"},
		{"unique constraint led by another", good + "alter table dossier.note add unique (body, person)", "is led by body"},
		{"index without a reader", good + "create index note_body on dossier.note (body)", "the index note_body is led by body"},
		{"index on an expression", good + "create index note_body on dossier.note ((body is null))", "is led by (an expression)"},
		{"index led by the person", good + "create index note_body on dossier.note (person, body)", ""},
		{"key to another person", good + "alter table dossier.note add foreign key (note) references party.person (person)", "leads to party.person"},
		{"key to the same person", good + "alter table dossier.note add foreign key (person) references party.person (person)", ""},
		{"key to a directory", good + "alter table dossier.note add foreign key (note) references party.clerk (clerk)", "leads to party.clerk (directory)"},
		{"key of a directory to a person", good + "alter table party.token add foreign key (person) references party.person (person)", "leads to party.person"},
		{"directory led by another", good + "create unique index token_mac on party.token (mac, generation)", "is led by mac, not by generation"},
		{"trigger", good + "create trigger t before update on dossier.note for each row execute function suppress_redundant_updates_trigger()", "the trigger t"},
		{"rule", good + "create rule r as on delete to dossier.note do instead nothing", "the rule r"},
		{"exclusion", good + "alter table dossier.note add constraint e exclude using btree (person with =)", "the exclusion constraint e"},
		{"deferrable", good + "alter table dossier.note add constraint d unique (person, body) deferrable", "the deferrable constraint d"},
		{"sequence", good + "create sequence dossier.note_number", "dossier.note_number is no plain table (S)"},
		{"identity", good + "alter table dossier.note add number bigint not null generated always as identity", "dossier.note.number counts up"},
		{"view", good + "create view dossier.all_notes as select 1 as one", "dossier.all_notes is no plain table (v)"},
		{"partitions", "create table dossier.note (person uuid primary key) partition by hash (person)", "dossier.note is no plain table (p)"},
		{"parent", good + "create table dossier.record_old () inherits (dossier.note)", "not in the table manifest"},
		{"person in a reference table", good + "alter table party.body add person uuid", "names a person"},
		{"the library's own", good + "alter table goose_db_version add person uuid", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			tx, err := conn.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback(t.Context()) }()
			if _, err := tx.Exec(t.Context(), c.sql); err != nil {
				t.Fatal(err)
			}
			expect(t, tableFaults(relations(t, tx), manifest, read), c.want)
		})
	}
}

func TestReadBy_planted(t *testing.T) {
	t.Parallel()
	got := readBy(map[string]string{"0001_party_a.sql": `
-- read by: the sweep that
-- re-seals
create index said on party.a (b);
create index unsaid on party.a (b);
-- not by anybody
create unique index other on party.a (b);
-- read by: nobody, there is a line between

create index apart on party.a (b);
`})
	for name, want := range map[string]string{"party.said": "the sweep that re-seals", "party.unsaid": "", "party.other": "", "party.apart": ""} {
		if got[name] != want {
			t.Errorf("%s is read by %q, want %q", name, got[name], want)
		}
	}
}

var advisory = regexp.MustCompile(`(?i)\bpg_(?:try_)?advisory_`)

// advisoryLocks finds advisory locks: they do not travel to other machines, and
// only migrations use one.
func advisoryLocks(all []source, queries map[string]string) (bad []string) {
	for _, s := range all {
		if !s.test() && s.path != "internal/kit/pgkit/migrate.go" && advisory.MatchString(s.text) {
			bad = append(bad, s.path+" takes an advisory lock: lock a row")
		}
	}
	for name, text := range queries {
		if advisory.MatchString(sqlComment.ReplaceAllString(text, " ")) {
			bad = append(bad, name+" takes an advisory lock: lock a row")
		}
	}
	return bad
}

func TestAdvisoryLocks(t *testing.T) {
	t.Parallel()
	report(t, advisoryLocks(tree(t), theFiles(t, func(name string) bool { return strings.HasSuffix(name, ".sql") })))
}

func TestAdvisoryLocks_planted(t *testing.T) {
	t.Parallel()
	text := "package p\n\nconst q = `select pg_advisory_xact_lock(1)`\n"
	planted(t, func(all []source) []string { return advisoryLocks(all, nil) }, []plant{
		{"in a store", map[string]string{"internal/dossier/dossierpg/a.go": text}, "takes an advisory lock"},
		{"elsewhere in the kit", map[string]string{"internal/kit/pgkit/a.go": text}, "takes an advisory lock"},
		{"migrations", map[string]string{"internal/kit/pgkit/migrate.go": text}, ""},
		{"a test", map[string]string{"internal/dossier/a_test.go": text}, ""},
	})
	expect(t, advisoryLocks(nil, map[string]string{"a/queries.sql": "select pg_try_advisory_lock(1);"}), "a/queries.sql takes")
	expect(t, advisoryLocks(nil, map[string]string{"a/queries.sql": "-- pg_advisory_lock is not used"}), "")
}
