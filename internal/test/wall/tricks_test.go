package wall_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"recourse/internal/kit/pgkit"
)

// wider are attempts to become more than a running role is, or to leave something
// behind that reads later. {r} is the role that makes them.
var wider = []attempt{
	{name: "superuser", sql: `alter role {r} superuser`, control: works},
	{name: "makes roles", sql: `alter role {r} createrole`, control: works},
	{name: "makes databases", sql: `alter role {r} createdb`, control: works},
	{name: "replicates", sql: `alter role {r} replication`, control: works},
	{name: "bypasses", sql: `alter role {r} bypassrls`, control: works},
	{name: "a new role", sql: `create role leak superuser`, control: works},
	{name: "a role with membership", sql: `create role leak in role recourse_owner`, control: works},
	{name: "another's password", sql: `alter role recourse_owner password 'x'`, control: works},
	{name: "another's settings", sql: `alter role recourse_owner set search_path = public`, control: works},
	{name: "everybody's settings", sql: `alter role all set search_path = public`, control: works},
	{name: "the database's settings", sql: `do $$ begin execute format('alter database %I set search_path = public', current_database()); end $$`, control: works},
	{name: "the database's owner", sql: `do $$ begin execute format('alter database %I owner to {r}', current_database()); end $$`, control: works},
	{name: "the server's settings", sql: `alter system set log_statement = 'all'`, refused: []string{"25001"}, control: none},
	{name: "all of the owner's", sql: `reassign owned by recourse_owner to {r}`, control: none},
	{name: "without the owner's", sql: `drop owned by recourse_owner cascade`, control: none},
	{name: "a default", sql: `alter default privileges for role recourse_owner grant select on tables to {r}`, control: works},
	{name: "the schema given", sql: `grant all on schema dossier to {r} with grant option; create table dossier.leak ()`, control: works},
	{name: "all tables given", sql: `grant select on all tables in schema party to {r}; select box from party.person`, control: works},
	{name: "temporary given", sql: `do $$ begin execute format('grant temporary on database %I to {r}', current_database()); create temp table leak (); end $$`, control: works},
	{name: "the language taken", sql: `revoke usage on language plpgsql from public; create trusted language leak handler plpgsql_call_handler`, control: works},
	{name: "schema", sql: `create schema leak`, control: works},
	{name: "schema of the session", sql: `create schema pg_temp_99`, control: none, refused: []string{"42939"}},
	{name: "table in public", sql: `create table public.leak (a int)`, control: works},
	{name: "table in a room", sql: `create table dossier.leak (a int)`, control: works},
	{name: "table in the catalog", sql: `create table pg_catalog.leak (a int)`, control: none},
	{name: "temporary table", sql: `create temp table leak (a int)`, control: works},
	{name: "temporary sequence", sql: `create temp sequence leak`, control: works},
	{name: "temporary type", sql: `create type pg_temp.leak as (a int)`, control: works},
	{name: "temporary domain", sql: `create domain pg_temp.leak as int`, control: works},
	{name: "function in public", sql: `create function public.leak() returns int language sql as 'select 1'`, control: works},
	{name: "function in a room", sql: `create function inquiry.leak() returns int language sql as 'select 1'`, control: works},
	{name: "function of the session", sql: `create function pg_temp.leak() returns int language sql as 'select 1'`, control: works},
	{name: "procedure", sql: `create procedure public.leak() language sql as 'select 1'`, control: works},
	{name: "aggregate", sql: `create aggregate public.leak (int) (sfunc = int4pl, stype = int)`, control: works},
	{name: "operator", sql: `create operator public.= (leftarg = uuid, rightarg = uuid, function = uuid_ne)`, control: works},
	{name: "operator of the session", sql: `create operator pg_temp.= (leftarg = uuid, rightarg = uuid, function = uuid_ne)`, control: works},
	{name: "operator class", sql: `create operator class public.leak for type uuid using btree as operator 1 <, function 1 uuid_cmp(uuid, uuid)`, control: works},
	{name: "cast", sql: `create cast (bytea as uuid) without function as implicit`, control: none, refused: []string{"42P17", "42501"}},
	{name: "collation", sql: `create collation public.leak from "C"`, control: works},
	{name: "conversion", sql: `create conversion public.leak for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8`, control: works},
	{name: "text search", sql: `create text search configuration public.leak (copy = simple)`, control: works},
	{name: "language", sql: `create language plperlu`, control: none, refused: []string{"58P01", "0A000", "42704"}},
	{name: "code of a library", sql: `load 'plpgsql'; create function public.leak() returns int language c as '$libdir/plpgsql', 'plpgsql_call_handler'`, control: works},
	{name: "code of a library by path", sql: `load '/lib/x86_64-linux-gnu/libc.so.6'`, control: none},
	{name: "code inside", sql: `create function public.leak() returns int language internal as 'int4in'`, control: none},
	{name: "event trigger", sql: `create event trigger leak on ddl_command_end execute function suppress_redundant_updates_trigger()`, control: none},
	{name: "foreign data wrapper", sql: `create foreign data wrapper leak`, control: works},
	{name: "server", sql: `create server leak foreign data wrapper leak`, control: none, refused: []string{"42704"}},
	{name: "publication of everything", sql: `create publication leak for all tables`, control: works},
	{name: "subscription", sql: `create subscription leak connection 'host=x' publication leak with (connect = false)`, control: works},
	{name: "database", sql: `create database leak`, control: none},
	{name: "tablespace", sql: `create tablespace leak location '/tmp'`, control: none},
	{name: "checkpoint", sql: `checkpoint`, control: none},
	{name: "in place of a server", sql: `select pg_create_logical_replication_slot('leak', 'pgoutput')`, refused: []string{"55000"}, control: none},
	{name: "in place of a standby", sql: `select pg_create_physical_replication_slot('leak')`, control: none},
	{name: "as if replicating", sql: `set session_replication_role = replica`, control: works},
	{name: "with all statements in the log", sql: `set log_statement = 'all'`, control: works},
	{name: "with errors in the log", sql: `set log_min_messages = debug5`, control: works},
	{name: "with values in the log", sql: `set log_parameter_max_length = -1`, control: works},
	{name: "with times in the log", sql: `set log_min_duration_statement = 0`, control: works},
	{name: "with torn pages", sql: `set zero_damaged_pages = on`, control: works},
	{name: "with another library", sql: `set session_preload_libraries = 'x'`, control: works},
	{name: "with system tables open", sql: `set allow_system_table_mods = on; update pg_class set relacl = null`, control: none},
	{name: "catalog of rights", sql: `update pg_class set relacl = null`, control: works},
	{name: "catalog of functions", sql: `update pg_proc set prosecdef = false`, control: none},
	{name: "catalog of roles", sql: `update pg_authid set rolsuper = true`, control: none},
	{name: "passwords", sql: `select rolpassword from pg_authid`, control: works},
	{name: "passwords by view", sql: `select passwd from pg_shadow`, control: works},
	{name: "large objects", sql: `select data from pg_largeobject`, control: works},
	{name: "all statistics", sql: `select * from pg_statistic`},
	{name: "all statistics beyond", sql: `select * from pg_statistic_ext_data`, control: works},
	{name: "statements kept", sql: `select query from pg_stat_statements`, refused: []string{"42P01"}, control: none},
	{name: "statements kept, installed", sql: `create extension pg_stat_statements; select query from pg_stat_statements`, refused: []string{"58P01", "0A000"}, control: none},
	{name: "a file", sql: `select pg_read_file('PG_VERSION')`, control: works},
	{name: "a file as bytes", sql: `select pg_read_binary_file('PG_VERSION')`, control: works},
	{name: "a file with its password", sql: `select pg_read_file('/etc/passwd')`, control: works},
	{name: "a folder", sql: `select pg_ls_dir('.')`, control: works},
	{name: "the log's folder", sql: `select pg_ls_logdir()`, control: none},
	{name: "the folder of the log ahead", sql: `select pg_ls_waldir()`, control: works},
	{name: "the folder of what is temporary", sql: `select pg_ls_tmpdir()`, control: works},
	{name: "a file's state", sql: `select pg_stat_file('PG_VERSION')`, control: works},
	{name: "who may connect", sql: `select pg_hba_file_rules()`, control: works},
	{name: "files of settings", sql: `select pg_show_all_file_settings()`, control: works},
	{name: "where the data lie", sql: `show data_directory; select pg_ls_dir(current_setting('data_directory'))`, control: works},
	{name: "a file into a large object", sql: `select lo_import('/etc/passwd')`, control: works},
	{name: "a large object into a file", sql: `select lo_export(1, '/dev/null')`, control: none},
	{name: "a file into a table", sql: `copy furnish.finding (text) from '/etc/passwd'`, control: none},
	{name: "a program into a table", sql: `copy furnish.finding (text) from program 'cat /etc/passwd'`, control: none},
	{name: "a program from a query", sql: `copy (select 1) to program 'cat >/dev/null'`, control: works},
	{name: "a file from a query", sql: `copy (select 1) to '/dev/null'`, control: works},
	{name: "settings read again", sql: `select pg_reload_conf()`, control: works},
	{name: "another log", sql: `select pg_rotate_logfile()`, control: works},
	{name: "another's end", sql: `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres' and pid <> pg_backend_pid()`, control: none},
	{name: "memory", sql: `select * from pg_get_backend_memory_contexts()`, control: works},
	{name: "memory into the log", sql: `select pg_log_backend_memory_contexts(pg_backend_pid())`, control: works},
	{name: "shared memory", sql: `select * from pg_get_shmem_allocations()`, control: works},
	{name: "a security label", sql: `security label on table party.person is 'x'`, control: none, refused: []string{"22023"}},
	{name: "comment", sql: `comment on table party.person is 'x'`, control: works},
}

// allowed is what PostgreSQL lets every role do. It must show nothing; what it
// changes is the role's own and is rolled back.
var allowed = []attempt{
	{name: "listens", sql: `listen leak`},
	{name: "its own password", sql: `alter role {r} password 'x'`},
	{name: "its own settings", sql: `alter role {r} set search_path = public`},
	{name: "its own settings now", sql: `set search_path = public, pg_temp, pg_catalog`},
	{name: "a large object", sql: `select lo_from_bytea(0, 'x')`},
	{name: "a block", sql: `do $$ begin perform 1; end $$`},
	{name: "public statistics of columns", sql: `select * from pg_stats`},
	{name: "public statistics beyond", sql: `select * from pg_stats_ext, pg_stats_ext_exprs`},
	{name: "activity", sql: `select * from pg_stat_activity`},
	{name: "numbers of tables", sql: `select * from pg_stat_all_tables`},
	{name: "locks", sql: `select * from pg_locks`},
	{name: "prepared transactions", sql: `select * from pg_prepared_xacts`},
	{name: "prepared statements", sql: `select * from pg_prepared_statements`},
	{name: "cursors", sql: `select * from pg_cursors`},
	{name: "settings", sql: `select * from pg_settings`},
	{name: "source of functions", sql: `select prosrc from pg_proc`},
	{name: "defaults", sql: `select pg_get_expr(adbin, adrelid) from pg_attrdef`},
	{name: "a schema as xml", sql: `select schema_to_xml('party', true, false, '')`},
	{name: "the database as xml", sql: `select database_to_xml(true, false, '')`},
}

// idle is what PostgreSQL carries out without doing anything, but for a warning.
// It must change nothing.
var idle = []attempt{
	{name: "analysed", sql: `analyze party.person`},
	{name: "vacuumed", sql: `vacuum party.person`},
	{name: "clustered", sql: `cluster`},
}

const sqlExtensions = `select name::text from pg_available_extensions where name <> 'plpgsql' union select unnest(array['dblink', 'file_fdw', 'postgres_fdw', 'adminpack', 'pageinspect', 'pg_stat_statements']) order by 1`

// tricks are all attempts of a role that name no sealed column.
func tricks(t *testing.T, super *pgx.Conn, role string) (list []attempt) {
	for _, a := range wider {
		a.sql = strings.ReplaceAll(a.sql, "{r}", role)
		list = append(list, a)
	}
	for _, a := range allowed {
		a.sql, a.harmless = strings.ReplaceAll(a.sql, "{r}", role), true
		if !strings.HasPrefix(a.name, "public statistics of") {
			a.control = works
		}
		list = append(list, a)
	}
	for _, a := range idle {
		a.idle, a.control = true, none
		list = append(list, a)
	}
	for _, r := range all[struct{ Name string }](t, super, "select rolname::text from pg_roles where rolname <> $1 order by 1", role) {
		name, member := pgx.Identifier{r.Name}.Sanitize(), works
		if r.Name == "pg_database_owner" {
			member = none // it takes no members
		}
		list = append(list,
			attempt{name: "becomes " + r.Name, sql: "set role " + name, control: works},
			attempt{name: "becomes " + r.Name + " from the start", sql: "set session authorization " + name, control: works},
			attempt{name: "is given " + r.Name, sql: "grant " + name + " to " + role, control: member},
			attempt{name: "takes in " + r.Name, sql: "alter role " + name + " rename to leak", refused: []string{"42939"}, control: none})
	}
	for _, e := range all[struct{ Name string }](t, super, sqlExtensions) {
		list = append(list, attempt{name: "extension " + e.Name, sql: "create extension " + pgx.Identifier{e.Name}.Sanitize() + " cascade",
			refused: []string{"58P01", "0A000"}, control: none})
	}
	for _, f := range all[struct{ Name string }](t, super, `select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
		where n.nspname not in ('pg_catalog', 'information_schema') order by 1`) {
		for how, sql := range map[string]string{
			"changes": "alter function %s security invoker", "opens": "alter function %s reset search_path", "gives": "grant execute on function %s to public",
			"takes": "alter function %s owner to current_user", "drops": "drop function %s cascade", "moves": "alter function %s set schema public",
		} {
			list = append(list, attempt{name: how + " " + f.Name, sql: fmt.Sprintf(sql, f.Name), control: works, idle: how == "gives"})
		}
	}
	return list
}

func TestTricks(t *testing.T) {
	t.Parallel()
	p := plant(t)
	clusterWide.Lock()
	defer clusterWide.Unlock()
	super := connect(t, p.Fixture, "")
	before := p.fingerprint(t, super)
	n := p.run(t, func(role string) []attempt { return tricks(t, super, role) })
	if after := p.fingerprint(t, super); after != before {
		t.Errorf("the attempts changed something:\n%s", differs(before, after))
	}
	t.Logf("%d attempts, %d controls", n.attempts, n.controls)
	keep(t, "attempts to become more than a running role, or to leave something behind", n)
}

// A connection for replication sees everything that is written.
func TestTricks_replication(t *testing.T) {
	t.Parallel()
	p := plant(t)
	dial := func(role string) error {
		conn, err := pgconn.Connect(t.Context(), urlOf(p.Fixture, role)+"&replication=true")
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close(t.Context()) }()
		_, err = conn.Exec(t.Context(), "IDENTIFY_SYSTEM").ReadAll()
		return err
	}
	for _, role := range append(running(), pgkit.Owner) {
		if err := dial(role); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s gets a connection for replication: %v", role, err)
		}
	}
	if err := dial(""); err != nil {
		t.Errorf("the control, the superuser, gets none: %v", err)
	}
}

// What others are doing is not shown: the text of their statements.
func TestTricks_activity(t *testing.T) {
	t.Parallel()
	p := plant(t)
	mark := string(p.secrets[0].mark)
	for _, role := range append(running(), pgkit.Owner, "") {
		other := pgkit.App
		if role == other {
			other = pgkit.Keeper
		}
		busy := open(t, urlOf(p.Fixture, other))
		if _, err := busy.Exec(t.Context(), "select '"+mark+"'").ReadAll(); err != nil {
			t.Fatal(err)
		}
		h := say(t.Context(), open(t, urlOf(p.Fixture, role)), attempt{sql: "select query from pg_stat_activity where pid = " + fmt.Sprint(busy.PID())})
		if seen := p.shows(h.heard) != ""; h.err != nil || seen != (role == "") {
			t.Errorf("%q sees the statements of %s: %v (%v)", role, other, seen, h.err)
		}
	}
}
