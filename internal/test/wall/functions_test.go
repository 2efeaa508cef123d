package wall_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"recourse/internal/kit/pgkit"
	"recourse/internal/test/housetest"
)

// gateway is one function of the wall as the catalogs tell of it.
type gateway struct {
	OID     uint32
	Name    string
	Callers []string
	Args    []string // names
	Types   []string // of the arguments
}

const sqlGateways = `select p.oid, n.nspname || '.' || p.proname,
		array(select r.rolname::text from pg_roles r where r.rolname = any ($1) and has_function_privilege(r.oid, p.oid, 'EXECUTE') order by 1),
		array(select a.name from unnest(p.proargnames, coalesce(p.proargmodes, array_fill('i'::"char", array[cardinality(p.proargnames)]))) a (name, mode) where a.mode = 'i'),
		array(select format_type(a, null) from unnest(p.proargtypes::oid[]) with ordinality x (a, n) order by n)
	from pg_proc p join pg_namespace n on n.oid = p.pronamespace
	where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema') order by 2`

// gateways are the functions through which content leaves.
func gateways(t *testing.T, super *pgx.Conn) []gateway {
	t.Helper()
	return slices.DeleteFunc(privileged(t, super), func(g gateway) bool { return hashes[g.Name] != nil || counts[g.Name] != nil })
}

// privileged are all functions that run with the owner's rights.
func privileged(t *testing.T, super *pgx.Conn) []gateway {
	t.Helper()
	found := all[gateway](t, super, sqlGateways, running())
	if len(found) < 5 {
		t.Fatalf("the catalogs name %d functions of the wall", len(found))
	}
	return found
}

// call writes a call. Arguments that given does not name are NULL.
func (g gateway) call(given map[string]string) string {
	args := make([]string, len(g.Args))
	for i, name := range g.Args {
		value := given[name]
		if value == "" {
			value = "null"
		}
		if strings.HasSuffix(g.Types[i], "[]") { // of one who asks
			value = "array[" + value + "]"
		}
		args[i] = "(" + value + ")::" + g.Types[i]
	}
	return "select * from " + g.Name + "(" + strings.Join(args, ", ") + ")"
}

// whole are arguments with which every function of the wall works.
func whole(p *planted, now string) map[string]string {
	return map[string]string{
		"p_person": "'" + p.person + "'", "p_access": "gen_random_uuid()", "p_spare": "gen_random_uuid()", "p_now": now, "p_body": "(select min(body::text) from party.body)::uuid",
		"p_purpose": "'sample'", "p_basis": "'statute'", "p_right": "true", "p_pack": "'sample'", "p_types": "'sample'", "p_wait": "true",
		"p_against": "''", "p_matter": "gen_random_uuid()", "p_subject": "gen_random_uuid()", "p_persons": "1", "p_epoch": "1", "p_leaf": "9",
		"p_nonce": "'\\x000102030405060708090a0b'", "p_box": "'\\x00'", "p_limit": "10", "p_skip": "0", "p_event": "gen_random_uuid()", "p_what": "'identity'", "p_newest": "1",
		"p_notice": "'" + owedNotice + "'", "p_channel": "'email'", "p_contest": "'" + openContest + "'", "p_application": "'" + openApplication + "'", "p_hold": "'" + openHold + "'", "p_death": "'" + openDeath + "'", "p_report": "(select report from oversight.report where person operator(pg_catalog.=) '" + p.person + "' limit 1)", "p_proof": "true", "p_inspection": "'" + openInspection + "'", "p_plea": "'" + openPlea + "'", "p_complaint": "'" + openComplaint + "'", "p_beside": "'" + saidRecord + "'", "p_clerk": "gen_random_uuid()",
	}
}

// openPlea is a plea of the planted person.
const openPlea = "00000000-0000-4000-8000-000000000044"

// owedNotice is a letter of the planted person.
const owedNotice = "00000000-0000-4000-8000-000000000077"

func plantNotice(t *testing.T, p *planted) {
	t.Helper()
	p.Exec(t, `insert into notice.owed (person, notice, kind, record, version, pack, owed_at) values ($1, $2, 'sample', gen_random_uuid(), 1, 'sample', now())`, p.person, owedNotice)
	p.Exec(t, `insert into oversight.plea (person, plea, record, source, type, ombudsman, why, number, opened_at, due_on)
		select r.person, $2, r.record, (select max(b.body::text)::uuid from party.body b), 'sample', (select min(b.body::text)::uuid from party.body b), 'harm', '', now(), current_date + 9 from dossier.record r where r.person = $1`, p.person, openPlea)
	// What ends soon is made anew: the epochs of identities are numbered from 2^33.
	p.Exec(t, `update party.person set epoch = 2::bigint << 32`)
}

func TestFunctions_openToOneRole(t *testing.T) {
	t.Parallel()
	p := plant(t)
	plantNotice(t, p)
	super := connect(t, p.Fixture, "")
	var n figures
	for _, g := range gateways(t, super) {
		if len(g.Callers) != 1 {
			t.Errorf("%s is open to %q", g.Name, g.Callers)
		}
		for _, role := range running() {
			conn := open(t, urlOf(p.Fixture, role))
			for _, a := range []attempt{
				{name: "whole", sql: g.call(whole(p, "clock_timestamp()"))}, {name: "empty", sql: g.call(nil)},
				{name: "in a transaction", sql: "begin; " + g.call(whole(p, "clock_timestamp()")) + "; rollback"},
				{name: "explained", sql: "explain analyze " + g.call(whole(p, "clock_timestamp()"))},
				{name: "prepared", sql: "prepare q as " + g.call(whole(p, "clock_timestamp()")) + "; execute q"},
			} {
				if slices.Contains(g.Callers, role) {
					continue
				}
				n.attempts++
				if wrong := p.tried(t.Context(), conn, a); wrong != "" {
					t.Errorf("%s calls %s (%s): %s", role, g.Name, a.name, wrong)
				}
			}
			if slices.Contains(g.Callers, role) {
				n.controls++
				if h := say(t.Context(), conn, attempt{sql: g.call(whole(p, "clock_timestamp()"))}); h.err != nil || p.shows(h.heard) == "" {
					t.Errorf("%s may call %s and gets nothing: %v", role, g.Name, h.err)
				}
			}
		}
	}
	t.Logf("%d attempts, %d controls", n.attempts, n.controls)
	keep(t, "calls of a wall function by a role that it is not for", n)
}

// traces counts the rows in which calls of the wall are noted.
func traces(t *testing.T, f *housetest.Fixture) int64 {
	t.Helper()
	return housetest.Ask[int64](t, f, "select (select count(*) from inquiry.access) + (select count(*) from ledger.journal) + (select count(*) from notice.attempt)")
}

func TestFunctions_leaveARow(t *testing.T) {
	t.Parallel()
	p := plant(t)
	plantNotice(t, p)
	super := connect(t, p.Fixture, "")
	for _, g := range gateways(t, super) {
		before := traces(t, p.Fixture)
		h := say(t.Context(), open(t, urlOf(p.Fixture, g.Callers[0])), attempt{sql: g.call(whole(p, "clock_timestamp()"))})
		if now := traces(t, p.Fixture); h.err != nil || now != before+1 {
			t.Errorf("%s leaves %d rows (%v)", g.Name, now-before, h.err)
		}
	}
}

func TestFunctions_clockGuard(t *testing.T) {
	t.Parallel()
	p := plant(t)
	plantNotice(t, p)
	super := connect(t, p.Fixture, "")
	refuse := []string{"clock_timestamp() - interval '3 s'", "clock_timestamp() + interval '3 s'", "clock_timestamp() - interval '1 h'", "clock_timestamp() + interval '1 h'",
		"clock_timestamp() - interval '1 day'", "clock_timestamp() + interval '10 years'", "null", "'infinity'", "'-infinity'", "'1970-01-01'"}
	var n figures
	for _, g := range gateways(t, super) {
		conn := open(t, urlOf(p.Fixture, g.Callers[0]))
		for _, now := range refuse {
			n.attempts++
			before := traces(t, p.Fixture)
			h := say(t.Context(), conn, attempt{sql: g.call(whole(p, now))})
			code := pgkit.Code(h.err)
			if code != pgkit.WrongInstant && code != "22008" || traces(t, p.Fixture) != before || p.shows(h.heard) != "" {
				t.Errorf("%s at %s: %v", g.Name, now, h.err)
			}
		}
		for _, now := range []string{"clock_timestamp() - interval '1 s'", "clock_timestamp() + interval '1 s'"} {
			n.controls++
			if h := say(t.Context(), conn, attempt{sql: g.call(whole(p, now))}); h.err != nil {
				t.Errorf("%s at %s: %v", g.Name, now, h.err)
			}
		}
	}
	t.Logf("%d attempts, %d controls", n.attempts, n.controls)
	keep(t, "calls of a wall function at a wrong instant", n)
}

// The clock that the guard compares with moves in a sandbox only, and only for
// the owner.
func TestFunctions_clockIsNotTheirs(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"sandbox", "production"} {
		var options []housetest.Option
		if mode == "production" {
			options = append(options, housetest.Production())
		}
		f := housetest.DB(t, options...)
		for _, role := range append(running(), pgkit.Owner) {
			conn := open(t, urlOf(f, role))
			may := role == pgkit.Owner && mode == "sandbox"
			for _, sql := range []string{
				"insert into house.clock_shift (mode, shift) values ('sandbox', interval '1 day')", "update house.clock_shift set shift = interval '2 days'", "delete from house.clock_shift",
			} {
				h := say(t.Context(), conn, attempt{sql: sql})
				if may && h.err != nil {
					t.Errorf("%s in a %s: %v", sql, mode, h.err)
				}
				if !may && h.err == nil && (role != pgkit.Owner || strings.HasPrefix(sql, "insert")) {
					t.Errorf("%s may %s in %s", role, sql, mode)
				}
			}
		}
		if shift := housetest.Ask[int64](t, f, "select count(*) from house.clock_shift"); shift != 0 {
			t.Errorf("%d shifts in %s", shift, mode)
		}
	}
}

// evil makes objects in a schema that stand in the way of what the functions of
// the wall use: each says who ran it.
func evil(schema string) (out []string) {
	say := "raise notice 'EVIL %', current_user;"
	fn := func(name, args, returns, give string) {
		out = append(out, fmt.Sprintf("create or replace function %s.%s(%s) returns %s language plpgsql as $$ begin %s return %s; end $$", schema, name, args, returns, say, give))
	}
	fn("abs", "numeric", "numeric", "0")
	fn("now", "", "timestamptz", "clock_timestamp()")
	fn("clock_timestamp", "", "timestamptz", "'2026-01-01'::timestamptz")
	fn("cardinality", "anyarray", "int", "1")
	fn("count", "bigint", "bigint", "1")
	fn("date_trunc", "text, timestamptz", "timestamptz", "$2")
	fn("jsonb_build_object", "text, text", "jsonb", "'{}'::jsonb")
	for _, op := range []struct{ name, left, right string }{{"=", "uuid", "uuid"}, {"=", "text", "text"}, {"<=", "timestamptz", "timestamptz"}, {">", "timestamptz", "timestamptz"},
		{">=", "date", "date"}, {"-", "timestamptz", "timestamptz"}, {">", "numeric", "integer"}} {
		result, give := "boolean", "true"
		if op.name == "-" {
			result, give = "interval", "interval '0'"
		}
		f := fmt.Sprintf("op%d", len(out))
		fn(f, op.left+", "+op.right, result, give)
		out = append(out, fmt.Sprintf("create operator %s.%s (leftarg = %s, rightarg = %s, function = %s.%s)", schema, op.name, op.left, op.right, schema, f))
	}
	return out
}

// hijack calls a function of the wall with everything in its way that a role could
// put there, and returns everything that came back.
func hijack(t *testing.T, p *planted, g gateway, schema string) heard {
	t.Helper()
	conn := open(t, urlOf(p.Fixture, g.Callers[0]))
	for _, sql := range append(evil(schema), "create temp table gate (person uuid)", "create temp table mode (zone text)", "create temp table record (person uuid)",
		"create temp table given (person uuid)", "set search_path = "+schema+", pg_temp, public, pg_catalog") {
		if h := say(t.Context(), conn, attempt{sql: sql}); h.err != nil {
			t.Fatalf("%s: %v", sql, h.err)
		}
	}
	given := whole(p, "pg_catalog.clock_timestamp()")
	given["p_basis"] = "'consent'" // there is none
	given["p_body"] = "'00000000-0000-4000-8000-000000000001'"
	return say(t.Context(), conn, attempt{sql: g.call(given)})
}

// unguarded takes the refusal of another path from a function that has it.
func unguarded(g gateway) string {
	const refused = "operator(pg_catalog.<>) ''pg_catalog, pg_temp'' then"
	return fmt.Sprintf("do $do$ begin execute replace(pg_get_functiondef(%d), '%s', 'is null then'); end $do$", g.OID, refused)
}

// A role cannot put anything in the way: it may make no objects. If it could, the
// functions would not meet them.
func TestFunctions_searchPath(t *testing.T) {
	t.Parallel()
	var n figures
	for _, control := range []bool{false, true} {
		p := plant(t)
		plantNotice(t, p)
		super := connect(t, p.Fixture, "")
		ran := 0
		for i, g := range privileged(t, super) {
			schema := fmt.Sprintf("evil%d", i)
			for _, sql := range []string{"do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$",
				"create schema " + schema, "grant all on schema " + schema + " to public"} {
				if _, err := super.Exec(t.Context(), sql); err != nil {
					t.Fatal(err)
				}
			}
			if control {
				if _, err := super.Exec(t.Context(), "alter function "+g.Name+" reset search_path; alter function house.check_instant reset search_path; "+unguarded(g)); err != nil {
					t.Fatal(err)
				}
				n.controls++
			} else {
				n.attempts += len(evil(schema)) + 4
			}
			h := hijack(t, p, g, schema)
			owner := strings.Contains(string(h.heard), "EVIL "+pgkit.Owner)
			if owner {
				ran++
			}
			if !control && (owner || strings.Contains(string(h.heard), "EVIL")) {
				t.Errorf("%s ran what a role put in its way", g.Name)
			}
			if !control && g.Name == "inquiry.disclose" && p.shows(h.heard) != "" {
				t.Errorf("%s shows a record without a consent", g.Name)
			}
		}
		if control && ran < 4 {
			t.Errorf("without a fixed path only %d functions run what stands in their way: the test would not notice", ran)
		}
	}
	keep(t, "objects put in the way of a wall function", n)
}

// What the wall does not hold, as docs/evidence/wall.md says. Who holds the
// password of a role has its rights: the wall narrows them and leaves a row, it
// does not tell a stolen password from the program.
func TestFunctions_limits(t *testing.T) {
	t.Parallel()
	p := plant(t)
	conn := open(t, urlOf(p.Fixture, pgkit.App))
	var disclose gateway
	for _, g := range gateways(t, connect(t, p.Fixture, "")) {
		if g.Name == "inquiry.disclose" {
			disclose = g
		}
	}
	// Types, right and purpose come from the program.
	other := whole(p, "clock_timestamp()")
	other["p_purpose"], other["p_types"] = "'another purpose'", "(select string_agg(distinct type, ',') from dossier.record)"
	if h := say(t.Context(), conn, attempt{sql: disclose.call(other)}); h.err != nil || p.shows(h.heard) == "" {
		t.Errorf("types that a purpose does not have are refused now (%v): say so in docs/evidence/wall.md", h.err)
	}
	// A transaction that is rolled back leaves nothing, the row neither.
	before := traces(t, p.Fixture)
	h := say(t.Context(), conn, attempt{sql: "begin; " + disclose.call(whole(p, "clock_timestamp()")) + "; rollback"})
	if h.err != nil || p.shows(h.heard) == "" || traces(t, p.Fixture) != before {
		t.Errorf("a call that is rolled back shows nothing or leaves a row now (%v): say so in docs/evidence/wall.md", h.err)
	}
}

// What the columns of an access row may be together is held by the functions that
// write it, and by no rule of the table.
func TestFunctions_writeWholeRows(t *testing.T) {
	t.Parallel()
	p := plant(t)
	super := connect(t, p.Fixture, "")
	conn := open(t, urlOf(p.Fixture, pgkit.App))
	for _, g := range gateways(t, super) {
		if g.Callers[0] != pgkit.App {
			continue
		}
		for _, change := range []map[string]string{
			nil, {"p_basis": "'consent'"}, {"p_right": "false"}, {"p_right": "null"}, {"p_types": "'none'"}, {"p_types": "null"}, {"p_wait": "false"}, {"p_person": "gen_random_uuid()"},
			{"p_basis": "'self'"}, {"p_basis": "'other'"}, {"p_basis": "null"}, {"p_body": "null"}, {"p_nonce": "'\\x00'"}, {"p_purpose": "null"}, {"p_access": "null"}, {"p_pack": "null"},
		} {
			given := whole(p, "clock_timestamp()")
			for name, value := range change {
				given[name] = value
			}
			before := traces(t, p.Fixture)
			h := say(t.Context(), conn, attempt{sql: g.call(given)})
			if now := traces(t, p.Fixture); (h.err == nil) != (now == before+1) || h.err != nil && p.shows(h.heard) != "" {
				t.Errorf("%s with %v leaves %d rows: %v", g.Name, change, now-before, h.err)
			}
		}
	}
	const broken = `select count(*) from inquiry.access where (body is null) <> (basis = 'self') or (basis = 'self' and box is not null) or (outcome = 1) <> (cardinality(records) > 0)`
	if n := housetest.Ask[int64](t, p.Fixture, broken); n != 0 {
		t.Errorf("%d access rows are not whole", n)
	}
	p.Exec(t, "update inquiry.access set outcome = 1, records = '{}'")
	if n := housetest.Ask[int64](t, p.Fixture, broken); n == 0 {
		t.Error("the control finds no broken row")
	}
}
