// Package wall_test tries to get past the read wall.
//
// It promises that every attempt is made against the roles, tables and functions
// that the catalogs name, not against a list of its own; that each attempt that
// must fail fails for want of a privilege, not for a mistake in it; and that each
// has a control: who holds the rights succeeds with the same words, and the
// detector notices it. The figures are kept in docs/evidence/wall.md.
package wall_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// running are the roles that a running installation holds.
func running() []string { return []string{pgkit.App, pgkit.Keeper, pgkit.Watch} }

// urlOf returns where a role connects.
func urlOf(f *housetest.Fixture, role string) string {
	switch role {
	case pgkit.App:
		return f.App.Config().ConnString()
	case pgkit.Keeper:
		return f.Keeper.Config().ConnString()
	case pgkit.Watch:
		return f.Watch.Config().ConnString()
	case pgkit.Owner:
		return f.OwnerURL
	}
	return f.SuperURL
}

// connect opens a connection of its own for a role; "" is the superuser.
func connect(t *testing.T, f *housetest.Fixture, role string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), urlOf(f, role))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

// pool opens a pool whose connections can be told from others in the catalogs.
func pool(t *testing.T, f *housetest.Fixture, role, name string) *pgxpool.Pool {
	t.Helper()
	p, err := pgkit.Open(t.Context(), pgkit.PoolConfig{URL: urlOf(f, role) + "&application_name=" + name, MaxSize: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// all returns every row of a query.
func all[T any](t *testing.T, conn *pgx.Conn, sql string, args ...any) []T {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[T])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return found
}
