package wall_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"recourse/internal/kit/pgkit"
)

// sqlFingerprint tells everything that an attempt could have changed for good:
// rights, owners, functions, roles, settings, objects, and how many rows there are.
const sqlFingerprint = `
	select 'class', c.oid::regclass::text, c.relkind::text || pg_get_userbyid(c.relowner) || coalesce(c.relacl::text, '') || c.relrowsecurity from pg_class c where c.relkind <> 't' and c.relname not like 'pg\_toast%'
	union all select 'column', a.attrelid::regclass::text || '.' || a.attname, coalesce(a.attacl::text, '') || a.atttypid from pg_attribute a where a.attnum > 0
	union all select 'function', p.oid::regprocedure::text, pg_get_userbyid(p.proowner) || coalesce(p.proacl::text, '') || coalesce(p.proconfig::text, '') || md5(p.prosrc) from pg_proc p
	union all select 'schema', n.nspname, pg_get_userbyid(n.nspowner) || coalesce(n.nspacl::text, '') from pg_namespace n where n.nspname not like 'pg\_t%temp%'
	union all select 'role', r.rolname, row(r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolreplication, r.rolbypassrls, md5(coalesce(r.rolpassword, '')))::text from pg_authid r
	union all select 'member', pg_get_userbyid(m.member), pg_get_userbyid(m.roleid) from pg_auth_members m
	union all select 'setting', s.setrole::text || s.setdatabase, s.setconfig::text from pg_db_role_setting s where s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
	union all select 'server setting', coalesce(f.name, ''), coalesce(f.setting, '') from pg_file_settings f
	union all select 'database', d.datname, pg_get_userbyid(d.datdba) || coalesce(d.datacl::text, '') from pg_database d where d.datname = current_database()
	union all select 'default', d.oid::text, d.defaclacl::text from pg_default_acl d
	union all select 'extension', e.extname, e.extversion from pg_extension e
	union all select 'trigger', t.tgname, t.tgrelid::regclass::text from pg_trigger t where not t.tgisinternal
	union all select 'rule', r.rulename, r.ev_class::regclass::text from pg_rewrite r
	union all select 'large object', l.oid::text, '' from pg_largeobject_metadata l
	union all select 'server', s.srvname, '' from pg_foreign_server s
	union all select 'language', l.lanname, coalesce(l.lanacl::text, '') from pg_language l
	union all select 'publication', p.pubname, '' from pg_publication p
	union all select 'event trigger', e.evtname, '' from pg_event_trigger e
	union all select 'rows', t.table_schema || '.' || t.table_name, (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I.%I', t.table_schema, t.table_name), false, true, '')))[1]::text
		from information_schema.tables t where t.table_schema not in ('pg_catalog', 'information_schema') and t.table_schema not like 'pg\_%' and t.table_type = 'BASE TABLE'
	order by 1, 2, 3`

func (p *planted) fingerprint(t *testing.T, super *pgx.Conn) string {
	t.Helper()
	var b strings.Builder
	for _, l := range all[struct{ Kind, Name, What string }](t, super, sqlFingerprint) {
		b.WriteString(l.Kind + " " + l.Name + " " + l.What + "\n")
	}
	return b.String()
}

// differs lists the lines that only one of two texts has.
func differs(a, b string) string {
	var out []string
	for sign, pair := range map[string][2]string{"- ": {a, b}, "+ ": {b, a}} {
		has := map[string]bool{}
		for _, l := range strings.Split(pair[1], "\n") {
			has[l] = true
		}
		for _, l := range strings.Split(pair[0], "\n") {
			if !has[l] {
				out = append(out, sign+l)
			}
		}
	}
	return strings.Join(out, "\n")
}

// clusterWide is held by who changes roles, if only for a moment: two of them at
// once would disturb each other.
var clusterWide sync.Mutex

func TestFingerprint_notices(t *testing.T) {
	t.Parallel()
	p := plant(t)
	clusterWide.Lock()
	defer clusterWide.Unlock()
	super := connect(t, p.Fixture, "")
	before := p.fingerprint(t, super)
	for _, sql := range []string{
		"grant select (box) on party.person to " + pgkit.App, "grant usage on schema vault to " + pgkit.Watch, "create view public.v as select 1",
		"alter function house.now() set search_path = public", "select lo_create(0)", "alter role " + pgkit.App + " createrole", "delete from party.contact",
		"alter table dossier.record enable row level security", "alter role " + pgkit.App + " set search_path = public", "create extension citext",
	} {
		tx, err := super.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), sql); err != nil && !strings.Contains(sql, "extension") {
			t.Fatalf("%s: %v", sql, err)
		} else if err == nil && p.fingerprint(t, super) == before {
			t.Errorf("the fingerprint does not notice: %s", sql)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
