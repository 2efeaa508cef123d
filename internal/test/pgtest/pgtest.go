// Package pgtest gives tests a real PostgreSQL.
//
// One throw-away cluster serves all tests of a process. It is started by the
// first test that asks, does not sync, ends with the process however that
// ends, and is removed by Main or, after a kill, by the next process that
// starts one. A test that commits gets a database of its own, cloned from a
// template that the process makes once:
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
//	pgtest.Template(t, "recourse", migrate)
//	name := pgtest.Database(t, "recourse")
//	url := pgtest.Cluster(t).SuperuserURL(name)
//
// A clone of thirty tables takes 20 to 30 ms (BenchmarkDatabase), so a test
// that needs no commit does better with a transaction that it rolls back.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/kit/pgembed"
)

// cluster is the one of this process.
type cluster struct {
	server *pgembed.Server
	dir    string
	admins chan *pgx.Conn // idle connections of the superuser
	clones atomic.Int64

	mu        sync.Mutex
	templates map[string]func() error
}

// process is what the tests of this process share: nothing until the first of
// them asks.
type process struct {
	once sync.Once
	made *cluster
	err  error
}

// own is the one exception to the rule against state in a package: a cluster
// for each test would cost more than the tests.
var own = newProcess()

func newProcess() *process { return new(process) }

// start starts the cluster on the first call; all calls return the same.
func (p *process) start() (*cluster, error) {
	p.once.Do(func() { p.made, p.err = boot() })
	return p.made, p.err
}

// end stops and removes the cluster if there is one, and keeps it from being
// started afterwards.
func (p *process) end() error {
	p.once.Do(func() { p.err = errors.New("the tests are over") })
	if p.made == nil {
		return nil
	}
	ctx, cancel := patience()
	defer cancel()
	if err := p.made.server.Stop(ctx); err != nil {
		return err
	}
	return os.RemoveAll(p.made.dir)
}

// Cluster returns the cluster of this process. The test fails if there is no
// PostgreSQL on the machine; nothing is fetched.
func Cluster(t testing.TB) *pgembed.Server {
	t.Helper()
	return the(t).server
}

func the(t testing.TB) *cluster {
	t.Helper()
	c, err := own.start()
	if err != nil {
		t.Fatalf("a PostgreSQL for tests: %v", err)
	}
	return c
}

// Template makes the database name by running make on it, once in this
// process; every further call only waits for the first and shares its result.
// The database can be cloned, not connected to, afterwards.
func Template(t testing.TB, name string, make func(superURL string) error) {
	t.Helper()
	c := the(t)
	c.mu.Lock()
	once, ok := c.templates[name]
	if !ok {
		once = sync.OnceValue(func() error { return c.makeTemplate(name, make) })
		c.templates[name] = once
	}
	c.mu.Unlock()
	if err := once(); err != nil {
		t.Fatalf("the template database %s: %v", name, err)
	}
}

func (c *cluster) makeTemplate(name string, make func(superURL string) error) error {
	ctx, cancel := patience()
	defer cancel()
	id := pgx.Identifier{name}.Sanitize()
	if err := c.admin(ctx, "CREATE DATABASE "+id+" TEMPLATE template0 STRATEGY file_copy"); err != nil {
		return err
	}
	if err := make(c.server.SuperuserURL(name)); err != nil {
		return err
	}
	return c.admin(ctx, "ALTER DATABASE "+id+" WITH IS_TEMPLATE true ALLOW_CONNECTIONS false", disconnect(name))
}

// disconnect ends what is connected to a database. It is given as the second
// of two statements so that nobody connects in between.
func disconnect(name string) string {
	return "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '" + strings.ReplaceAll(name, "'", "''") + "'"
}

// Database clones a template and returns the name of the clone, which is
// dropped at the end of the test.
func Database(t testing.TB, template string) (name string) {
	t.Helper()
	c := the(t)
	name = fmt.Sprintf("%s_%d", template, c.clones.Add(1))
	id, from := pgx.Identifier{name}.Sanitize(), pgx.Identifier{template}.Sanitize()
	ctx, cancel := patience()
	defer cancel()
	// Copying files beats writing every page to the log as well.
	if err := c.admin(ctx, "CREATE DATABASE "+id+" TEMPLATE "+from+" STRATEGY file_copy"); err != nil {
		t.Fatalf("cloning the template database: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := patience()
		defer cancel()
		if err := c.admin(ctx, "DROP DATABASE "+id+" WITH (FORCE)"); err != nil {
			t.Errorf("dropping the database of this test: %v", err)
		}
	})
	return name
}

// Main runs the tests, stops and removes the cluster, and ends the process.
func Main(m *testing.M) {
	code := m.Run()
	if err := own.end(); err != nil {
		fmt.Fprintln(os.Stderr, "stopping the PostgreSQL for tests:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// admin runs statements as the superuser, outside any database under test.
func (c *cluster) admin(ctx context.Context, statements ...string) (err error) {
	var conn *pgx.Conn
	select {
	case conn = <-c.admins:
	default:
		if conn, err = pgx.Connect(ctx, c.server.SuperuserURL("postgres")); err != nil {
			return err
		}
	}
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			_ = conn.Close(ctx) // the statement's error says more
			return err
		}
	}
	select {
	case c.admins <- conn:
		return nil
	default:
		return conn.Close(ctx)
	}
}

// patience bounds what should take a moment, also on a busy machine.
func patience() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 2*time.Minute)
}
