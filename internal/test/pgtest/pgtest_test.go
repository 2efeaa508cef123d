package pgtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// helperEnv makes the test binary another test process, which is killed.
const helperEnv = "PGTEST_TEST_HOLD"

func TestMain(m *testing.M) {
	if os.Getenv(helperEnv) != "" {
		c, err := boot()
		fmt.Println(c.dir, c.server.PID(), err)
		_, _ = os.Stdin.Read(make([]byte, 1))
		os.Exit(0)
	}
	Main(m)
}

// thirty makes a template of the size of a small product.
func thirty(url string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	// Left open on purpose: a template must not fail for it.
	for i := range 30 {
		if _, err := conn.Exec(ctx, fmt.Sprintf("create table t%d (id int primary key, a text unique)", i)); err != nil {
			return err
		}
	}
	_, err = conn.Exec(ctx, "insert into t0 values (1, 'from the template')")
	return err
}

func connect(t *testing.T, name string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), Cluster(t).SuperuserURL(name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// TestDatabase: clones hold what the template holds, are apart, and are
// dropped, also with connections open.
func TestDatabase(t *testing.T) {
	t.Parallel()
	var made atomic.Int32
	template := fmt.Sprintf("apart%d", time.Now().UnixNano()) // a test may run twice in a process
	var names []string
	t.Run("clones", func(t *testing.T) {
		for range 4 {
			Template(t, template, func(url string) error { made.Add(1); return thirty(url) })
			name := Database(t, template)
			names = append(names, name)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				conn, err := pgx.Connect(t.Context(), Cluster(t).SuperuserURL(name)) // stays open
				if err != nil {
					t.Fatal(err)
				}
				var n int
				if _, err := conn.Exec(t.Context(), "insert into t0 values (2, 'own')"); err != nil {
					t.Fatal(err)
				}
				if err := conn.QueryRow(t.Context(), "select count(*) from t0").Scan(&n); err != nil || n != 2 {
					t.Errorf("%d rows (%v), want 2", n, err)
				}
			})
		}
	})
	if made.Load() != 1 {
		t.Errorf("the template was made %d times", made.Load())
	}
	var left int
	if err := connect(t, "postgres").QueryRow(t.Context(), "select count(*) from pg_database where datname = any($1)", names).Scan(&left); err != nil || left != 0 || len(names) != 4 {
		t.Errorf("%d of %q are left (%v)", left, names, err)
	}
	if _, err := pgx.Connect(t.Context(), Cluster(t).SuperuserURL(template)); err == nil {
		t.Error("the template can be connected to")
	}
}

// failing records that a test was failed.
type failing struct {
	testing.TB
	said string
}

func (f *failing) Fatalf(format string, args ...any) {
	f.said = fmt.Sprintf(format, args...)
	panic(f)
}

// TestTemplate_failure: what make returns fails every test that needs it.
func TestTemplate_failure(t *testing.T) {
	t.Parallel()
	for range 2 {
		f := &failing{TB: t}
		func() {
			defer func() { _ = recover() }()
			Template(f, "broken", func(string) error { return errors.New("a wrong migration") })
		}()
		if !strings.Contains(f.said, "a wrong migration") {
			t.Errorf("said %q", f.said)
		}
	}
}

// hold starts another test process with a cluster of its own.
func hold(t *testing.T) (p *exec.Cmd, dir string) {
	t.Helper()
	p = exec.Command(os.Args[0])
	p.Env = append(os.Environ(), helperEnv+"=1")
	p.Stderr = os.Stderr
	if _, err := p.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill(); _ = p.Wait() })
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the other process says nothing")
	}
	dir, _, _ = strings.Cut(lines.Text(), " ")
	return p, dir
}

// TestSweep: the cluster of a killed process is removed, that of a living one
// is not.
func TestSweep(t *testing.T) {
	t.Parallel()
	dead, deadDir := hold(t)
	_, liveDir := hold(t)
	if err := dead.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = dead.Wait()
	limit, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		sweep(filepath.Dir(deadDir))
		if _, err := os.Stat(deadDir); errors.Is(err, os.ErrNotExist) {
			break
		}
		select {
		case <-tick.C:
		case <-limit.Done():
			t.Fatal("the cluster of a killed process stays")
		}
	}
	if _, err := os.Stat(filepath.Join(liveDir, "postgres", "PG_VERSION")); err != nil {
		t.Errorf("the cluster of a living process is gone: %v", err)
	}
	if _, err := os.Stat(filepath.Join(the(t).dir, "postgres", "PG_VERSION")); err != nil {
		t.Errorf("our own cluster is gone: %v", err)
	}
}

// BenchmarkDatabase clones and drops a database of thirty tables.
func BenchmarkDatabase(b *testing.B) {
	Template(b, "bench", thirty)
	c := the(b)
	ctx := context.Background()
	for b.Loop() {
		if err := c.admin(ctx, "CREATE DATABASE clone TEMPLATE bench STRATEGY file_copy", "DROP DATABASE clone WITH (FORCE)"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBoot starts a cluster from the seed.
func BenchmarkBoot(b *testing.B) {
	for b.Loop() {
		c, err := boot()
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := errors.Join(c.server.Stop(context.Background()), os.RemoveAll(c.dir)); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
