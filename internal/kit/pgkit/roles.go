package pgkit

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// The roles of the read wall. Owner holds the schema and is used for migrations
// only, over a connection that is closed before anything listens.
const (
	Owner  = "recourse_owner"
	App    = "recourse_app"
	Keeper = "recourse_keeper"
	Watch  = "recourse_watch"
)

// Passwords are the passwords of the roles, by role.
type Passwords map[string]string

// limits are the time-outs of each role. A statement of the app must end within
// the deadline of a request; keepers work in batches and may take longer.
var limits = []struct{ role, setting, value string }{
	{App, "statement_timeout", "10s"},
	{App, "lock_timeout", "5s"},
	{App, "idle_in_transaction_session_timeout", "15s"},
	// Every statement of the app goes by a key. A plan that was made and kept while
	// a table was small must not read the whole of it when it has grown.
	{App, "enable_seqscan", "off"},
	// Such a plan fits every key, so none is made anew for the values of one call:
	// that costs more than most statements themselves.
	{App, "plan_cache_mode", "force_generic_plan"},
	// The wall's function for answers refuses every other path (migrations).
	{App, "search_path", "pg_catalog, pg_temp"},
	{Keeper, "statement_timeout", "60s"},
	{Keeper, "lock_timeout", "5s"},
	{Keeper, "idle_in_transaction_session_timeout", "60s"},
	{Watch, "statement_timeout", "30s"},
	{Watch, "lock_timeout", "2s"},
	{Owner, "lock_timeout", "5s"},
}

// Bootstrap makes the roles, gives them their passwords and makes the database,
// over a superuser connection. It is safe to repeat; a repeat sets the
// passwords and limits anew.
func Bootstrap(ctx context.Context, superURL, database string, pw Passwords) error {
	conn, err := pgx.Connect(ctx, superURL)
	if err != nil {
		return fmt.Errorf("connecting as the database's superuser: %w", Clean(err))
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, role := range []string{Owner, App, Keeper, Watch} {
		if err := makeRole(ctx, conn, role, pw[role]); err != nil {
			return err
		}
	}
	for _, l := range limits {
		if err := exec(ctx, conn, "alter role "+pgx.Identifier{l.role}.Sanitize()+" set "+l.setting+" = "+quoteList(l.value)); err != nil {
			return err
		}
	}
	return makeDatabase(ctx, conn, database)
}

func makeRole(ctx context.Context, conn *pgx.Conn, role, password string) error {
	var there bool
	if err := conn.QueryRow(ctx, "select exists (select from pg_catalog.pg_roles where rolname = $1)", role).Scan(&there); err != nil {
		return fmt.Errorf("looking for role %s: %w", role, Clean(err))
	}
	name := pgx.Identifier{role}.Sanitize()
	if !there {
		if err := exec(ctx, conn, "create role "+name); err != nil {
			return err
		}
	}
	inherit := "noinherit"
	if role == Owner {
		inherit = "inherit" // what belongs to the database's owner, the schema public
	}
	return exec(ctx, conn, "alter role "+name+" with login nosuperuser nocreatedb nocreaterole "+inherit+" noreplication nobypassrls password "+quote(password))
}

func makeDatabase(ctx context.Context, conn *pgx.Conn, database string) error {
	var there bool
	if err := conn.QueryRow(ctx, "select exists (select from pg_catalog.pg_database where datname = $1)", database).Scan(&there); err != nil {
		return fmt.Errorf("looking for database %s: %w", database, Clean(err))
	}
	name := pgx.Identifier{database}.Sanitize()
	if !there {
		// C collation: the same order on every machine and no index that an
		// operating system's update can break.
		if err := exec(ctx, conn, "create database "+name+" owner "+Owner+" template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"); err != nil {
			return err
		}
	}
	if there { // made by hand, or a copy of a template, it may be somebody else's
		if err := exec(ctx, conn, "alter database "+name+" owner to "+Owner); err != nil {
			return err
		}
	}
	if err := exec(ctx, conn, "revoke all on database "+name+" from public"); err != nil {
		return err
	}
	return exec(ctx, conn, "grant connect on database "+name+" to "+App+", "+Keeper+", "+Watch)
}

func exec(ctx context.Context, conn *pgx.Conn, sql string) error {
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("preparing the database: %w", Clean(err))
	}
	return nil
}

// quoteList writes the members of a setting; most have one.
func quoteList(s string) string {
	var out []string
	for _, one := range strings.Split(s, ", ") {
		out = append(out, quote(one))
	}
	return strings.Join(out, ", ")
}

// quote writes a literal; DDL takes no parameters.
func quote(s string) string {
	out := make([]rune, 0, len(s)+2)
	out = append(out, '\'')
	for _, r := range s {
		if r == '\'' {
			out = append(out, r)
		}
		out = append(out, r)
	}
	return string(append(out, '\''))
}
