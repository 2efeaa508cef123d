// Package residue_test looks for personal data where it must not lie.
//
// Marked, made-up personal data goes through every flow of a running program, the
// failing ones too, while PostgreSQL writes all statements with their values
// into its log. Then everything that was written is searched for every mark in
// some seventy forms. A deliberate leak shows that each form is found. The
// figures are kept in docs/evidence/wall.md.
package residue_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"recourse/internal/kit/pgembed"
	"recourse/internal/test/evidence"
)

// build makes the program.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "recourse")
	cmd := exec.Command("go", "build", "-o", program, "recourse/cmd/recourse")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// loud lets PostgreSQL write down all that it can: statements with their values,
// errors with their details. Pages in the log ahead are not compressed, so that
// they can be searched.
func (s *site) loud() {
	s.t.Helper()
	conn := s.super()
	for _, set := range []string{"log_min_duration_statement = 0", "log_parameter_max_length = -1", "log_parameter_max_length_on_error = -1", "log_error_verbosity = verbose",
		"log_min_messages = info", "log_min_error_statement = info", "log_duration = on", "wal_compression = off"} {
		if _, err := conn.Exec(s.t.Context(), "alter database recourse set "+set); err != nil {
			s.t.Fatal(err)
		}
	}
}

// look searches what can only be asked for while the server runs: tables and
// catalogs as text (values that are kept compressed, too), statements under way,
// metrics, command lines.
func (s *site) look(scan *scanner) {
	s.t.Helper()
	conn := s.super()
	for _, sql := range []string{"analyze", "checkpoint"} {
		if _, err := conn.Exec(s.t.Context(), sql); err != nil {
			s.t.Fatal(err)
		}
	}
	rows, err := conn.Query(s.t.Context(), `select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'm', 't')
		and n.nspname <> 'information_schema' and c.oid <> 'pg_catalog.pg_proc'::regclass union all select unnest(array['pg_stats', 'pg_stat_activity', 'pg_prepared_statements', 'pg_cursors'])`)
	if err != nil {
		s.t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 60 {
		s.t.Fatalf("%d tables, %v", len(tables), err)
	}
	for _, table := range tables {
		var text strings.Builder
		if _, err := conn.PgConn().CopyTo(s.t.Context(), &text, "copy (select * from "+table+") to stdout"); err != nil {
			s.t.Fatalf("%s: %v", table, err)
		}
		scan.scan("tables/"+table, []byte(text.String()))
	}
	for _, address := range []string{s.running.Ops + "/metrics", s.running.URL + "/readyz", s.running.URL + "/api/v1/openapi.json"} {
		res, err := http.Get(address)
		if err != nil {
			s.t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil || len(body) < 50 {
			s.t.Fatalf("%s: %d bytes, %v", address, len(body), err)
		}
		_ = res.Body.Close()
		scan.scan("metrics"+strings.TrimPrefix(strings.TrimPrefix(address, s.running.Ops), s.running.URL), body)
	}
	for _, pid := range []int{s.process.Process.Pid, s.postmaster()} {
		for _, file := range []string{"cmdline", "environ"} {
			text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
			if err != nil {
				s.t.Fatal(err)
			}
			scan.scan("processes/"+file, text)
		}
	}
}

// heard holds that the log of PostgreSQL is whole, and has what it was told to
// write: statements with their values.
func (s *site) heard() {
	s.t.Helper()
	var log []byte
	for _, name := range []string{"postgres.log.1", "postgres.log"} {
		part, err := os.ReadFile(filepath.Join(s.data(), "log", name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.t.Fatal(err)
		}
		log = append(log, part...)
	}
	if first, _, _ := bytes.Cut(log, []byte("\n")); !bytes.Contains(first, []byte("starting PostgreSQL")) {
		s.t.Errorf("the beginning of the log is lost: it begins with %q", first)
	}
	for _, want := range []string{"from inquiry.disclose(", "copy dossier.record (person", "parameters: $1 = "} {
		if !bytes.Contains(log, []byte(want)) {
			s.t.Errorf("the log of %d bytes does not have %q: statements are not logged", len(log), want)
		}
	}
}

// backup makes a copy as operators do, by pg_basebackup where there is one.
func (s *site) backup(to string) {
	s.t.Helper()
	conn := s.super()
	dir, _, err := pgembed.Find("")
	if err != nil {
		s.t.Fatal(err)
	}
	program := filepath.Join(dir, "pg_basebackup")
	if _, err := os.Stat(program); err != nil { // not every build has it
		if _, err := conn.Exec(s.t.Context(), "select pg_backup_start('residue', true)"); err != nil {
			s.t.Fatal(err)
		}
		_ = os.CopyFS(to, os.DirFS(filepath.Join(s.data(), "postgres"))) // files come and go
		return
	}
	out, err := exec.Command(program, "-d", conn.Config().ConnString(), "-D", to, "-X", "stream", "-c", "fast", "--no-sync").CombinedOutput()
	if err != nil {
		s.t.Fatalf("%v\n%s", err, out)
	}
}

// noCore holds that the server leaves no core file, which would hold what it was
// working on, also where the machine allows them.
func (s *site) noCore() {
	s.t.Helper()
	for what, pid := range map[string]int{"the server": s.process.Process.Pid, "PostgreSQL": s.postmaster()} {
		limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid))
		if err != nil {
			s.t.Fatal(err)
		}
		for line := range strings.Lines(string(limits)) {
			if strings.HasPrefix(line, "Max core file size") && strings.Fields(line)[4] != "0" {
				s.t.Errorf("%s may leave a core file: %s", what, line)
			}
		}
	}
}

// everything runs all flows in an installation, through two crashes.
func (st *story) everything() {
	st.serve()
	st.loud()
	st.end(syscall.SIGTERM)
	st.serve()
	st.noCore()
	st.clerks()
	st.furnish()
	st.told()
	st.consents()
	st.inquire()
	st.pages()
	st.stop()
	st.badDeliveries()
	st.badInquiries()
	st.badPages()
	st.badUploads()
	st.badCommands()
	st.crash()
	st.pages()
}

// crash kills PostgreSQL, then the server, each in the middle of a delivery.
func (st *story) crash() {
	for _, victim := range []string{"PostgreSQL", "the server"} {
		reader, writer := io.Pipe()
		rows := make(chan struct{})
		who := st.m.person("somebody in a delivery in which " + victim + " is killed")
		p := penalty{st.m.word("the source's number when " + victim + " is killed"), st.m.document("number when " + victim + " is killed"), st.m.chinese("place when " + victim + " is killed"),
			st.m.chinese("reason when " + victim + " is killed"), st.m.digits("amount when "+victim+" is killed", 9)}
		go func() {
			defer close(rows)
			_, _ = io.WriteString(writer, penaltyHeader)
			for i := range 1500 { // more than a batch
				q := p
				q.ref += fmt.Sprint(i)
				if _, err := io.WriteString(writer, q.row(who, 1)); err != nil {
					return
				}
			}
		}()
		answered := make(chan int, 1)
		go func() {
			status, _ := st.send(call{"POST", "/api/v1/deliveries?type=market-penalty", st.tokens["wuhan-market"], csvHeader(), reader})
			answered <- status
		}()
		select {
		case <-rows:
		case <-answered:
			st.t.Fatalf("the delivery ended before %s was killed", victim)
		}
		if victim == "PostgreSQL" {
			old := st.postmaster()
			if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
				st.t.Fatal(err)
			}
			_ = writer.Close()
			<-answered
			st.until("PostgreSQL is there again", func() bool {
				return st.postmaster() != old && st.answers("/readyz")
			})
			continue
		}
		st.end(syscall.SIGKILL)
		_ = writer.Close()
		<-answered
		st.serve()
	}
}

func TestResidue(t *testing.T) {
	t.Parallel()
	m, program := newMarks(), build(t)
	st, apart := newStory(t, program, m), newStory(t, program, m)
	st.everything()
	apart.parts()
	scan := newScanner(m.all)
	for name, s := range map[string]*story{"": st, "apart": apart} {
		s.look(scan)
		s.heard()
		s.backup(s.at("backup"))
		s.end(syscall.SIGTERM)
		scan.tree(t, name, s.dir)
	}
	for _, leak := range scan.leaks() {
		t.Error(leak)
	}
	searched := 0
	for _, place := range []string{"data", "backup", "tables", "metrics", "serve.log", "processes", "apart"} {
		if scan.places[place] == 0 {
			t.Errorf("nothing was searched in %s", place)
		}
	}
	for _, n := range scan.places {
		searched += n
	}
	by := map[string]bool{}
	for h := range scan.hits {
		by[scan.marks[h.mark].what] = true
	}
	t.Logf("%d marks, %d patterns, %d files and texts of %d MiB; where they may lie: %q", len(m.all), len(scan.patterns), searched, scan.bytes>>20, slices.Sorted(maps.Keys(by)))
	evidence.Keep(t, "wall.md", "residue", "marks", len(m.all))
	evidence.Keep(t, "wall.md", "residue", "patterns looked for: forms of the marks", len(scan.patterns))
	evidence.Keep(t, "wall.md", "residue", "files and texts searched", searched)
	evidence.Keep(t, "wall.md", "residue", "MiB searched", int(scan.bytes>>20))
	evidence.Keep(t, "wall.md", "residue", "found where it may not lie", len(scan.leaks()))
	st.control(m)
}
