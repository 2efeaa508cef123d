package arch

import (
	"slices"
	"strings"
	"testing"

	"recourse/internal/test/housetest"
)

const (
	sqlRoutines = `select n.nspname || '.' || p.proname, pg_get_userbyid(p.proowner)::text, p.prokind::text, l.lanname::text, p.prosecdef, p.provolatile::text, p.proleakproof,
			coalesce(p.proconfig, '{}'),
			array(select distinct case when a.grantee = 0 then 'PUBLIC' else pg_get_userbyid(a.grantee) end::text
				from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.privilege_type = 'EXECUTE'),
			p.prosrc
		from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang where ` + ours + ` order by 1`
	// What a role may do to a table goes for each of its columns.
	sqlRights = `with who as (select r.oid, r.rolname::text as role from pg_roles r where r.rolname = any ($1) union all select 0, 'PUBLIC')
		select w.role, n.nspname || '.' || c.relname, '', g.privilege_type from who w, pg_class c join pg_namespace n on n.oid = c.relnamespace,
			aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) g where c.relkind = 'r' and g.grantee = w.oid and ` + ours + `
		union all
		select w.role, n.nspname || '.' || c.relname, a.attname, p.privilege from who w, pg_class c join pg_namespace n on n.oid = c.relnamespace
			join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped, unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) p (privilege)
			where c.relkind = 'r' and w.oid <> 0 and has_column_privilege(w.oid, c.oid, a.attnum, p.privilege) and ` + ours + `
		union all
		select 'PUBLIC', n.nspname || '.' || c.relname, a.attname, g.privilege_type from pg_class c join pg_namespace n on n.oid = c.relnamespace
			join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) g where g.grantee = 0 and ` + ours
	sqlBytes = `select n.nspname || '.' || c.relname || '.' || a.attname from pg_class c join pg_namespace n on n.oid = c.relnamespace
		join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped join pg_type y on y.oid = a.atttypid
		where c.relkind in ('r', 'p', 'v', 'm') and coalesce(nullif(y.typbasetype, 0), y.oid) in ('bytea'::regtype, 'bytea[]'::regtype) and ` + ours
	// What no running role has: membership, attributes, a schema to write in, a
	// temporary table, something of its own, a default that grants.
	sqlPowers = `select pg_get_userbyid(m.member) || ' is a member of ' || pg_get_userbyid(m.roleid) from pg_auth_members m where pg_get_userbyid(m.member) = any ($1::text[] || $2::text[])
		union all select pg_get_userbyid(m.member) || ' may become ' || pg_get_userbyid(m.roleid) from pg_auth_members m where pg_get_userbyid(m.roleid) = any ($1::text[] || $2::text[])
		union all select rolname || ' has a power of the cluster' from pg_roles
			where rolname = any ($1::text[] || $2::text[]) and (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)
		union all select r.rolname || ' inherits' from pg_roles r where r.rolname = any ($1::text[]) and r.rolinherit
		union all select r.rolname || ' may ' || p || ' in the database' from pg_roles r, unnest(array['CREATE', 'TEMPORARY']) p
			where r.rolname = any ($1::text[]) and has_database_privilege(r.oid, current_database(), p)
		union all select 'everybody may ' || a.privilege_type || ' in the database' from pg_database d, aclexplode(d.datacl) a where d.datname = current_database() and a.grantee = 0
		union all select r.rolname || ' may CREATE in the schema ' || n.nspname from pg_roles r, pg_namespace n
			where r.rolname = any ($1::text[]) and has_schema_privilege(r.oid, n.oid, 'CREATE') and n.nspname not like 'pg\_temp%' and n.nspname not like 'pg\_toast\_temp%'
		union all select r.rolname || ' owns something' from pg_shdepend d join pg_roles r on r.oid = d.refobjid where r.rolname = any ($1::text[]) and d.deptype = 'o'
		union all select 'a default privilege of ' || pg_get_userbyid(a.defaclrole) from pg_default_acl a
		union all select n.nspname || '.' || c.relname || ' belongs to ' || pg_get_userbyid(c.relowner) from pg_class c join pg_namespace n on n.oid = c.relnamespace
			where pg_get_userbyid(c.relowner) <> ($2::text[])[1] and ` + ours + `
		union all select 'the schema ' || n.nspname || ' belongs to ' || pg_get_userbyid(n.nspowner) from pg_namespace n
			where pg_get_userbyid(n.nspowner) <> ($2::text[])[1] and n.nspname <> 'public' and ` + ours + `
		union all select 'the extension ' || e.extname from pg_extension e where e.extname <> 'plpgsql'`
	// Functions that PostgreSQL gives to nobody (files, programs, settings) and
	// that were given to a running role.
	sqlGiven = `select r.rolname || ' may call pg_catalog.' || p.oid::regprocedure from pg_proc p, pg_roles r
		where r.rolname = any ($1) and p.pronamespace = 'pg_catalog'::regnamespace and p.proacl is not null
		and not exists (select from aclexplode(p.proacl) a where a.grantee = 0 and a.privilege_type = 'EXECUTE') and has_function_privilege(r.oid, p.oid, 'EXECUTE')`
)

// wallState is everything that the wall manifest speaks about.
type wallState struct {
	routines []routine
	rights   []right
	bytes    []string
	powers   []string
}

func stateOfWall(t *testing.T, db querier) (s wallState) {
	t.Helper()
	for _, r := range ask[struct {
		Name, Owner, Kind, Language string
		Definer                     bool
		Volatile                    string
		Leakproof                   bool
		Config, Callers             []string
		Source                      string
	}](t, db, sqlRoutines) {
		s.routines = append(s.routines, routine{r.Name, r.Owner, r.Kind, r.Language, r.Definer, r.Volatile, r.Leakproof, r.Config, r.Callers, r.Source})
	}
	for _, r := range ask[struct{ Role, Table, Column, Privilege string }](t, db, sqlRights, runningRoles) {
		s.rights = append(s.rights, right{r.Role, r.Table, r.Column, r.Privilege})
	}
	for _, b := range ask[struct{ Name string }](t, db, sqlBytes) {
		s.bytes = append(s.bytes, b.Name)
	}
	for _, p := range ask[struct{ Text string }](t, db, sqlPowers, runningRoles, []string{owner}) {
		s.powers = append(s.powers, p.Text)
	}
	for _, p := range ask[struct{ Text string }](t, db, sqlGiven, runningRoles) {
		s.powers = append(s.powers, p.Text)
	}
	return s
}

func (s wallState) faults() []string {
	return slices.Concat(wallFaults(s.routines), rightFaults(s.rights, s.bytes), s.powers)
}

func TestWalls(t *testing.T) {
	t.Parallel()
	s := stateOfWall(t, connect(t, housetest.DB(t)))
	report(t, s.faults())
	if len(s.routines) < len(wall) || len(s.rights) < 100 || len(s.bytes) < 10 {
		t.Errorf("the catalogs tell of %d functions, %d rights, %d columns of bytes: the queries miss something", len(s.routines), len(s.rights), len(s.bytes))
	}
}

func TestWalls_planted(t *testing.T) {
	t.Parallel()
	conn := connect(t, housetest.DB(t))
	function := func(head string) string {
		return "create function inquiry.peek() returns bytea " + head + " as $$ select box from party.person limit 1 $$; alter function inquiry.peek() owner to recourse_owner; "
	}
	const disclose = "inquiry.disclose(boolean, uuid[], uuid[], uuid[], timestamptz[], uuid[], text[], text[], boolean[], text[], text[], text[], text[], uuid[], uuid[], integer[], bigint[], bigint[], bytea[], bytea[])"
	// edited writes a function anew with one part of its text changed.
	edited := func(function, from, to string) string {
		literal := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
		return "do $do$ declare was text := pg_get_functiondef(" + literal(function) + "::regprocedure); will text := replace(was, " + literal(from) + ", " + literal(to) + `);
			begin if was = will then raise 'nothing to edit'; end if; execute will; end $do$`
	}
	for _, c := range []struct{ name, sql, want string }{
		{"as it is", "select 1", ""},
		{"a function more", function("language sql") + "revoke all on function inquiry.peek() from public", "inquiry.peek is in no manifest"},
		{"a definer more", function("language sql security definer"), "is not in the wall manifest"},
		{"a function for everybody", function("language sql"), "inquiry.peek may be called by everybody"},
		{"a function in public", "create function public.peek() returns int language sql as 'select 1'", "public.peek"},
		{"the same name again", "create function inquiry.disclose(int) returns int language sql as 'select 1'", "inquiry.disclose stands 2 times"},
		{"gone", "drop function notice.address", "notice.address is in a manifest and not"},
		{"another owner", "alter function " + disclose + " owner to postgres", "inquiry.disclose belongs to postgres"},
		{"rights of the caller", "alter function " + disclose + " security invoker", "does not run with the owner's rights"},
		{"no path", "alter function notice.address reset search_path", "notice.address has the settings"},
		{"a path that is not refused", edited(disclose, "if pg_catalog.current_setting", "began := now(); if pg_catalog.current_setting"), "inquiry.disclose has the settings"},
		{"another path let in", edited(disclose, "'pg_catalog, pg_temp' then", "'pg_catalog, pg_temp' and false then"), "inquiry.disclose has the settings"},
		{"a comparison of the caller", edited(disclose, "operator(pg_catalog.<>)", "<>"), "inquiry.disclose has the settings"},
		{"a declaration that looks for names", edited(disclose, "began pg_catalog.timestamptz", "began pg_catalog.timestamptz := clock_timestamp()"), "inquiry.disclose has the settings"},
		{"a type of the caller", edited(disclose, "began pg_catalog.timestamptz", "began timestamptz"), "inquiry.disclose has the settings"},
		{"any instant", edited(disclose, "between interval '-2 s'", "between interval '-2 days'"), "inquiry.disclose does not check the instant"},
		{"an instant that is not refused", edited(disclose, "errcode = 'RC001'", "errcode = 'RC000'"), "inquiry.disclose does not check the instant"},
		{"an open path", "alter function " + disclose + " set search_path = public, pg_catalog", "has the settings"},
		{"one more setting", "alter function " + disclose + " set synchronous_commit = off", "has the settings"},
		{"stable", "alter function " + disclose + " stable", "is no VOLATILE"},
		{"leakproof", "alter function " + disclose + " leakproof", "is declared leakproof"},
		{"everybody", "grant execute on function " + disclose + " to public", "may be called by everybody"},
		{"two roles", "grant execute on function " + disclose + " to recourse_keeper", "the manifest says recourse_app alone"},
		{"no role", "revoke execute on function " + disclose + " from recourse_app", "the manifest says recourse_app alone"},
		{"a plain function for one more", "grant execute on function house.check_instant to recourse_app", "house.check_instant may be called by"},
		{"no trace", strings.NewReplacer("$src$", "begin perform house.check_instant(p_now); return query select 1, null::uuid, c.epoch, c.leaf, c.nonce, c.box from party.contact c where c.person = p_person; end").
			Replace("create or replace function notice.address(p_person uuid, p_notice uuid, p_channel text, p_now timestamptz) returns table (nth integer, paper uuid, epoch bigint, leaf bigint, nonce bytea, box bytea) language plpgsql security definer set search_path = pg_catalog, pg_temp as '$src$'"), "writes no row into notice.attempt"},
		{"more than the hash", edited("inquiry.digest(uuid, uuid)", "sha256(a.box)", "a.box"), "inquiry.digest gives more than the hash of box"},
		{"a hash for one more", "grant execute on function inquiry.since to recourse_app", "inquiry.since may be called by"},
		{"a hash with an open path", "alter function inquiry.digest(uuid, uuid) reset search_path", "inquiry.digest has the settings"},
		{"a hash of the caller", "alter function inquiry.digest(uuid, uuid) security invoker", "inquiry.digest is no STABLE"},
		{"column", "grant select (box) on party.person to recourse_app", "recourse_app may SELECT box, which is sealed"},
		{"column of another role", "grant select (nonce) on inquiry.access to recourse_watch", "recourse_watch may SELECT nonce, which is sealed"},
		{"table", "grant select on dossier.record to recourse_keeper", "recourse_keeper may SELECT box, which is sealed"},
		{"everybody's table", "grant select on party.body to public", "party.body: everybody may SELECT"},
		{"everybody's column", "grant select (code) on party.body to public", "party.body: everybody may SELECT"},
		{"undeclared bytes", "alter table consent.given add paper bytea", "consent.given.paper holds bytes"},
		{"undeclared bytes in a list", "alter table consent.given add papers bytea[]", "consent.given.papers holds bytes"},
		{"declared bytes gone", "alter table dossier.record drop mark cascade", "dossier.record.mark is declared"},
		{"journal changed", "grant update on ledger.journal to recourse_keeper", "ledger.journal is append-only"},
		{"journal column changed", "grant update (refs) on ledger.journal to recourse_app", "ledger.journal is append-only"},
		{"access deleted", "grant delete on inquiry.access to recourse_keeper", "inquiry.access is append-only"},
		{"access changed", "grant update (outcome) on inquiry.access to recourse_keeper", "inquiry.access is append-only"},
		{"exception not used", "revoke update (nonce, box) on inquiry.access from recourse_keeper", "an exception that is not used"},
		{"truncate", "grant truncate on furnish.delivery to recourse_app", "may TRUNCATE, which nobody needs"},
		{"trigger", "grant trigger on furnish.delivery to recourse_app", "may TRIGGER, which nobody needs"},
		{"member", "grant recourse_owner to recourse_app", "recourse_app is a member of recourse_owner"},
		{"predefined role", "grant pg_read_all_data to recourse_watch", "recourse_watch is a member of pg_read_all_data"},
		{"superuser", "alter role recourse_keeper superuser", "recourse_keeper has a power of the cluster"},
		{"bypass", "alter role recourse_owner bypassrls", "recourse_owner has a power of the cluster"},
		{"temporary tables", "do $$ begin execute format('grant temporary on database %I to recourse_app', current_database()); end $$", "recourse_app may TEMPORARY"},
		{"everybody connects", "do $$ begin execute format('grant connect on database %I to public', current_database()); end $$", "everybody may CONNECT"},
		{"schema", "grant create on schema dossier to recourse_app", "recourse_app may CREATE in the schema dossier"},
		{"public", "grant create on schema public to public", "recourse_app may CREATE in the schema public"},
		{"owns", "alter table consent.given owner to recourse_app", "recourse_app owns something"},
		{"default", "alter default privileges for role recourse_owner grant select on tables to recourse_app", "a default privilege of recourse_owner"},
		{"file", "grant execute on function pg_read_file(text) to recourse_app", "may call pg_catalog.pg_read_file(text)"},
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
			expect(t, stateOfWall(t, tx).faults(), c.want)
		})
	}
}

// The wall's comment in the migration lists the functions for readers; this keeps
// the manifest and the migrations at one.
func TestWalls_migrationsRevokeFromEverybody(t *testing.T) {
	t.Parallel()
	all := ""
	for _, text := range migrations(t) {
		all += text
	}
	for _, g := range wall {
		if !strings.Contains(all, "revoke all on function "+g.function+"(") {
			t.Errorf("no migration revokes %s from public", g.function)
		}
	}
}
