package pgembed

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// marker stands for personal data. It is synthetic.
const marker = "SYNTHETIC-ZHANG-WEI-420106"

// misuse does with a marker all that makes PostgreSQL talk.
func misuse(t *testing.T, s *Server) {
	t.Helper()
	url := s.SuperuserURL("postgres")
	conn := connect(t, url)
	must(t, conn, "create table people (name text unique, n int check (n > 0))")
	must(t, conn, "insert into people values ($1, 1)", marker)
	for _, sql := range []string{
		"insert into people values ('" + marker + "', 2)",
		"insert into people values ('" + marker + "x', -1)",
		"select '" + marker + "'::int",
		"select * from " + `"` + marker + `"`,
		"selec '" + marker + "'",
		"do $$ begin raise exception '" + marker + "'; end $$",
		"do $$ begin raise warning '" + marker + "'; end $$",
	} {
		_, _ = conn.Exec(t.Context(), sql) // most fail, as they should
	}
	if _, err := conn.Exec(t.Context(), "insert into people values ($1, $2)", marker, 3); err == nil {
		t.Error("a duplicate was accepted")
	}
	// A crash tells what was running.
	go func() {
		_, _ = conn.Exec(t.Context(), "select count(*), '"+marker+"' from generate_series(1, 1000000000) as n", pgx.QueryExecModeSimpleProtocol)
	}()
	eventually(t, "the statement runs", func() bool {
		return ask[bool](t, connect(t, url), "select state = 'active' and query like '%generate_series(1%' from pg_stat_activity where pid = $1", conn.PgConn().PID())
	})
	if err := syscall.Kill(int(conn.PgConn().PID()), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	awaitCrash(t, s)
	reconnect(t, url)
}

// TestLog_holdsNoValues: nothing that was sent in a statement is in the log.
// The control is the same with PostgreSQL's own defaults.
func TestLog_holdsNoValues(t *testing.T) {
	t.Parallel()
	for _, loud := range []bool{false, true} {
		t.Run(fmt.Sprintf("loud=%v", loud), func(t *testing.T) {
			t.Parallel()
			cfg := Config{Dir: newDir(t), NoSync: true}
			cfg.testingOnly.loudLog = loud
			s := start(t, cfg)
			misuse(t, s)
			stop(t, s)
			text, err := os.ReadFile(filepath.Join(s.at.log(), "postgres.log"))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(text, []byte("ready to accept connections")) || !bytes.Contains(text, []byte("terminated by signal 9")) {
				t.Errorf("the log lacks what an operator needs:\n%s", text)
			}
			n := bytes.Count(text, []byte(marker))
			if !loud && n > 0 {
				t.Errorf("%d values in the log:\n%s", n, text)
			}
			if loud && n < 7 {
				t.Errorf("the control found %d values only, so nothing was shown:\n%s", n, text)
			}
		})
	}
}

func TestLogFile_isBounded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := openLog(dir)
	if err != nil {
		t.Fatal(err)
	}
	l.limit = 1000
	for i := range 500 {
		if _, err := fmt.Fprintf(l, "line %d\n", i); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	var all string
	for _, name := range []string{"postgres.log.1", "postgres.log"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || len(text) > 1000 || len(text) == 0 {
			t.Errorf("%s has %d bytes (%v), want 1 to 1000", name, len(text), err)
		}
		all += string(text)
	}
	if !strings.HasSuffix(all, "line 498\nline 499\n") {
		t.Errorf("the end is missing: …%s", all[len(all)-40:])
	}
	if _, err := l.Write([]byte("late\n")); err != nil {
		t.Error("a late line failed")
	}
	again, err := openLog(dir)
	if err != nil {
		t.Fatal(err)
	}
	if again.size == 0 {
		t.Error("the size of an old log is not counted")
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestMemory adds up what an idle cluster with open connections takes.
func TestMemory(t *testing.T) {
	t.Parallel()
	s := start(t, Config{Dir: newDir(t), NoSync: true})
	for range 10 {
		must(t, connect(t, s.SuperuserURL("postgres")), "select 1")
	}
	data, err := os.Open(s.at.data())
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	var total, processes int
	for _, pid := range holders(data) {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			continue // a worker that has just ended
		}
		for line := range strings.Lines(string(text)) {
			var kb int
			if n, _ := fmt.Sscanf(line, "Pss: %d kB", &kb); n == 1 {
				total, processes = total+kb, processes+1
			}
		}
	}
	t.Logf("%d processes take %d MiB", processes, total>>10)
	if processes < 15 {
		t.Errorf("only %d processes were seen", processes)
	}
	if total > 100<<10 {
		t.Errorf("PostgreSQL takes %d MiB with ten idle connections, want at most 100", total>>10)
	}
}
