package wall_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"recourse/internal/kit/pgkit"
)

// forms are ways to read a column: {t} is the table, {c} the column, {k} the first
// column of its key, {ks} all of them.
var forms = []attempt{
	{name: "select", sql: `select {c} from {t}`},
	{name: "star", sql: `select * from {t}`},
	{name: "table", sql: `table {t}`},
	{name: "whole row", sql: `select r from {t} r`},
	{name: "whole row as text", sql: `select r::text from {t} r`},
	{name: "whole row expanded", sql: `select (r).* from {t} r`},
	{name: "whole row, one field", sql: `select (r).{c} from (select r from {t} r) s`},
	{name: "row as json", sql: `select row_to_json(r) from {t} r`},
	{name: "row as jsonb", sql: `select to_jsonb(r) from {t} r`},
	{name: "json of rows", sql: `select json_agg(r) from {t} r`},
	{name: "rows in a list", sql: `select array_agg(r)::text from {t} r`},
	{name: "row in a comparison", sql: `select r = r from {t} r`, control: works},
	{name: "row counted", sql: `select count(r) from {t} r`, control: works},
	{name: "encoded", sql: `select encode({c}, 'base64') from {t}`},
	{name: "a byte", sql: `select get_byte({c}, 0) from {t}`, control: works},
	{name: "its length", sql: `select length({c}) from {t}`, control: works},
	{name: "its size", sql: `select pg_column_size({c}) from {t}`, control: works},
	{name: "its hash", sql: `select sha256({c}) from {t}`, control: works},
	{name: "added up", sql: `select string_agg({c}, '') from {t}`},
	{name: "the largest", sql: `select max(encode({c}, 'hex')) from {t}`},
	{name: "distinct", sql: `select distinct {c} from {t}`},
	{name: "in a window", sql: `select first_value({c}) over () from {t}`},
	{name: "guessed", sql: `select 1 from {t} where {c} >= '\x00'::bytea`, control: works},
	{name: "guessed by pattern", sql: `select 1 from {t} where encode({c}, 'escape') like '%'`, control: works},
	{name: "whether there is one", sql: `select 1 from {t} where {c} is not null`, control: works},
	{name: "ordered by", sql: `select 1 from {t} order by {c}`, control: works},
	{name: "grouped by", sql: `select count(*) from {t} group by {c}`, control: works},
	{name: "joined", sql: `select 1 from {t} a join {t} b using ({c})`, control: works},
	{name: "joined by nature", sql: `select 1 from {t} a natural join {t} b`, control: works},
	{name: "exists", sql: `select exists (select {c} from {t})`, control: works},
	{name: "below", sql: `select s.x from (select {c} as x from {t}) s`},
	{name: "beside", sql: `select x.* from {t} r, lateral (select r.{c}) x`},
	{name: "with", sql: `with x as materialized (select {c} from {t}) select * from x`},
	{name: "union", sql: `select ''::bytea union all select {c} from {t}`},
	{name: "values", sql: `values ((select {c} from {t} limit 1))`},
	{name: "locked", sql: `select {c} from {t} for update`},
	{name: "only", sql: `select {c} from only {t}`},
	{name: "sampled", sql: `select {c} from {t} tablesample bernoulli (100)`},
	{name: "cursor", sql: `begin; declare c cursor for select {c} from {t}; fetch all from c; commit`},
	{name: "cursor that holds", sql: `declare c cursor with hold for select {c} from {t}; fetch all from c`},
	{name: "prepared", sql: `prepare q as select {c} from {t}; execute q`},
	{name: "explained", sql: `explain (analyze, verbose, costs off, timing off) select {c} from {t}`, control: works},
	{name: "planned", sql: `explain select {c} from {t}`, control: works},
	{name: "a filter explained", sql: `explain (analyze) select 1 from {t} where {c} > '\x00'::bytea`, control: works},
	{name: "error of a cast", sql: `select encode({c}, 'escape')::int from {t}`},
	{name: "error of a date", sql: `select encode({c}, 'escape')::date from {t}`},
	{name: "error of a key", sql: `select encode({c}, 'escape')::uuid from {t}`},
	{name: "error of a setting", sql: `select set_config('datestyle', encode({c}, 'escape'), false) from {t}`},
	{name: "into a setting", sql: `select set_config('house.leak', encode({c}, 'hex'), false) from {t}; show house.leak`},
	{name: "in a block", sql: `do $$ declare v text; begin select string_agg(encode({c}, 'hex'), '') into v from {t}; raise notice '%', v; end $$`},
	{name: "in a block by name", sql: `do $$ declare v text; begin execute 'select string_agg(encode({c}, ''hex''), '''') from {t}' into v; raise exception '%', v; end $$`},
	{name: "notified", sql: `listen leak; select pg_notify('leak', encode(substr({c}, 1, 100), 'hex')) from {t}; select 1`, control: works}, // it comes after the commit
	{name: "query to xml", sql: `select query_to_xml('select {c} from {t}', true, false, '')`},
	{name: "table to xml", sql: `select table_to_xml('{t}', true, false, '')`},
	{name: "words counted", sql: `select * from ts_stat('select to_tsvector(''simple'', encode({c}, ''hex'')) from {t}')`, control: works},
	{name: "copied out", sql: `copy {t} ({c}) to stdout`, copy: copyOut},
	{name: "copied out whole", sql: `copy {t} to stdout`, copy: copyOut},
	{name: "copied out as bytes", sql: `copy {t} ({c}) to stdout with (format binary)`, copy: copyOut},
	{name: "copied out by query", sql: `copy (select {c} from {t}) to stdout`, copy: copyOut},
	{name: "copied out by change", sql: `copy (update {t} set {k} = {k} returning {c}) to stdout`, copy: copyOut},
	{name: "copied to a file", sql: `copy {t} ({c}) to '/dev/null'`, control: works},
	{name: "copied to a program", sql: `copy {t} ({c}) to program 'cat >/dev/null'`, control: works},
	{name: "updated and returned", sql: `update {t} set {k} = {k} returning {c}`},
	{name: "updated and returned whole", sql: `update {t} r set {k} = {k} returning r`},
	{name: "deleted and returned", sql: `delete from {t} returning {c}`},
	{name: "deleted by guess", sql: `delete from {t} where {c} >= '\x00'::bytea`, control: works},
	{name: "locked by guess", sql: `select {k} from {t} where {c} >= '\x00'::bytea for update`, control: works},
	{name: "inserted and returned", sql: `insert into {t} select * from {t} where false returning {c}`, control: works},
	{name: "inserted from itself", sql: `insert into {t} ({c}) select {c} from {t} where false`, control: works},
	{name: "inserted elsewhere", sql: `insert into furnish.finding (delivery, row_number, nth, outcome, code, text, fix) select gen_random_uuid(), 1, 1, 'stale', '', encode({c}, 'hex'), '' from {t} where false`, control: works},
	{name: "put into a letter box", sql: `insert into ledger.journal (stream, event, at, kind, refs) select gen_random_uuid(), gen_random_uuid(), now(), encode({c}, 'hex'), '{}' from {t}`, control: works},
	{name: "put into a large object", sql: `select lo_from_bytea(0, {c}) from {t}`, control: works},
	{name: "sent with the log", sql: `select pg_logical_emit_message(false, 'x', {c}) from {t}`, control: works},
	{name: "view", sql: `create view public.v as select {c} from {t}; select * from public.v`},
	{name: "temporary view", sql: `create temp view v as select {c} from {t}; select * from v`},
	{name: "table of it", sql: `create table public.v as select {c} from {t}; select * from public.v`},
	{name: "temporary table of it", sql: `create temp table v as select {c} from {t}; select * from v`},
	{name: "select into", sql: `select {c} into public.v from {t}; select * from public.v`},
	{name: "materialised", sql: `create materialized view public.v as select {c} from {t}; select * from public.v`},
	{name: "function", sql: `create function public.f() returns bytea language sql as 'select {c} from {t} limit 1'; select public.f()`},
	{name: "function of the session", sql: `create function pg_temp.f() returns bytea language sql as 'select {c} from {t} limit 1'; select pg_temp.f()`},
	{name: "statistics", sql: `select s::text from pg_statistic s where starelid = '{t}'::regclass`, control: works},
	{name: "changed to another type", sql: `alter table {t} alter column {c} type text using encode({c}, 'escape'); select {c} from {t}`},
	{name: "index", sql: `create index leak on {t} (sha256({c}))`, control: works},
	{name: "index with an error", sql: `create index leak on {t} ((encode({c}, 'escape')::int))`},
	{name: "check with an error", sql: `alter table {t} add check (encode({c}, 'escape')::int > 0)`},
	{name: "further statistics", sql: `create statistics {s}.leak on {c}, {k} from {t}`, control: works},
	{name: "trigger", sql: `create trigger leak before update on {t} for each row execute function suppress_redundant_updates_trigger()`, control: works},
	{name: "rule", sql: `create rule leak as on update to {t} do also select old.{c}`, control: works},
	{name: "policy", sql: `create policy leak on {t} using (true)`, control: works},
	{name: "child", sql: `create table public.child () inherits ({t}); select {c} from {t}`},
	{name: "published", sql: `create publication leak for table {t}`, control: works},
	{name: "granted", sql: `grant select ({c}) on {t} to public; select {c} from {t}`},
	{name: "given away", sql: `alter table {t} owner to current_user; select {c} from {t}`},
	{name: "renamed", sql: `alter table {t} rename column {c} to leak`, control: works},
	{name: "dropped", sql: `alter table {t} drop column {c}`, control: works},
	{name: "truncated", sql: `truncate {t} cascade`, control: works},
}

// moves are ways to bring what is sealed into a column {u}, of type {ut}, that a
// role may change.
var moves = []attempt{
	{name: "moved", sql: `update {t} set {u} = case when {c} is null then null::{ut} end where false`, control: works},
	{name: "moved from below", sql: `update {t} set {u} = (select null::{ut} from {t} x where x.{c} is not null limit 1) where false`, control: works},
	{name: "moved from beside", sql: `update {t} r set {u} = null::{ut} from {t} x where x.{c} = r.{c} and false`, control: works},
	{name: "changed by guess", sql: `update {t} set {u} = null::{ut} where {c} = '\x00'::bytea`, control: works},
	{name: "changed and returned", sql: `update {t} set {u} = null::{ut} where false returning {c}`, control: works},
	{name: "merged", sql: `merge into {t} r using (select 1) s on r.{c} = '\x00'::bytea when matched then update set {u} = null::{ut}`, control: works},
	{name: "put over what is there", sql: `insert into {t} ({ks}) select {ks} from {t} where false on conflict ({ks}) do update set {u} = case when {t}.{c} is null then null::{ut} end`, control: works},
	{name: "put over and returned", sql: `insert into {t} ({ks}) select {ks} from {t} where false on conflict ({ks}) do update set {u} = null::{ut} returning {c}`, control: works},
	{name: "put over from what was sent", sql: `insert into {t} ({ks}, {c}) select {ks}, ''::bytea from {t} where false on conflict ({ks}) do update set {c} = excluded.{c}`, control: works},
	{name: "put over by guess", sql: `insert into {t} ({ks}) select {ks} from {t} where false on conflict ({ks}) do update set {u} = null::{ut} where {t}.{c} = '\x00'::bytea`, control: works},
}

// fill writes a form for one secret.
func fill(a attempt, s secret, u [2]string) attempt {
	schema, _, _ := strings.Cut(s.table, ".")
	r := strings.NewReplacer("{t}", s.table, "{s}", schema, "{c}", s.column, "{k}", s.key[0], "{ks}", strings.Join(s.key, ", "), "{u}", u[0], "{ut}", u[1])
	a.sql = r.Replace(a.sql)
	a.name = fmt.Sprintf("%s (%s.%s)", a.name, s.table, s.column)
	if u[0] != "" {
		a.name += " through " + u[0]
	}
	return a
}

// readings are all attempts of a role to read what is sealed.
func (p *planted) readings(t *testing.T, super *pgx.Conn, role string) (list []attempt) {
	for _, s := range p.secrets {
		for _, form := range forms {
			list = append(list, fill(form, s, [2]string{}))
		}
		columns := updatable(t, super, role, s.table)
		if len(columns) == 0 {
			columns = [][2]string{{s.key[0], "uuid"}}
		}
		for _, u := range columns {
			for _, move := range moves {
				list = append(list, fill(move, s, u))
			}
		}
		if slices.ContainsFunc(columns, func(u [2]string) bool { return u[0] == "nonce" }) {
			rule := attempt{name: "a broken rule that repeats the row of " + s.table, sql: "update " + s.table + " set nonce = ''", refused: []string{"23514"}}
			if s.table == "inquiry.access" { // the rule of a domain, whose error repeats nothing
				rule.control = none
			}
			list = append(list, rule)
		}
		list = append(list, p.overflow(t, super, s))
	}
	return list
}

// overflow reads the table in which long values of a table lie.
func (p *planted) overflow(t *testing.T, super *pgx.Conn, s secret) attempt {
	var toast string
	if err := super.QueryRow(t.Context(), "select reltoastrelid::regclass::text from pg_class where oid = $1::regclass", s.table).Scan(&toast); err != nil {
		t.Fatal(err)
	}
	a := attempt{name: "overflow of " + s.table + " for " + s.column, sql: "select chunk_data from " + toast}
	if s.column != "box" {
		a.control = works
	}
	return a
}

func TestReadings(t *testing.T) {
	t.Parallel()
	p := plant(t)
	super := connect(t, p.Fixture, "")
	before := p.fingerprint(t, super)
	n := p.run(t, func(role string) []attempt { return p.readings(t, super, role) })
	if after := p.fingerprint(t, super); after != before {
		t.Errorf("the attempts changed something:\n%s", differs(before, after))
	}
	t.Logf("%d attempts, %d controls, %d sealed columns, 0 shown", n.attempts, n.controls, len(p.secrets))
	keep(t, "attempts to read a sealed column", n)
}

// The test can fail: one right too much, and it is noticed.
func TestReadings_noticeABreach(t *testing.T) {
	t.Parallel()
	for _, sql := range []string{
		"grant select (box) on party.contact to " + pgkit.Watch, "grant select on party.contact to " + pgkit.Watch, "alter table party.contact owner to " + pgkit.Watch,
	} {
		t.Run(sql, func(t *testing.T) {
			t.Parallel()
			p := plant(t)
			super := connect(t, p.Fixture, "")
			if _, err := super.Exec(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
			conn := open(t, urlOf(p.Fixture, pgkit.Watch))
			shown, done := 0, 0
			for _, a := range p.readings(t, super, pgkit.Watch) {
				if !strings.Contains(a.name, "party.contact.box") {
					continue
				}
				switch wrong := p.tried(t.Context(), conn, a); {
				case strings.HasPrefix(wrong, "it shows"):
					shown++
				case strings.HasPrefix(wrong, "it was carried out"):
					done++
				}
			}
			if shown < 25 || done < 10 {
				t.Errorf("after %q: %d attempts are seen to show content and %d to be carried out", sql, shown, done)
			}
		})
	}
}
