package residue_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"recourse/internal/test/evidence"
)

// control leaks every form of every mark into a table and into the logs, and
// finds all of them again.
func (st *story) control(m *marks) {
	st.serve()
	scan := newScanner(m.all)
	st.leak(scan.patterns)
	st.backup(st.at("leaked"))
	st.end(syscall.SIGTERM)
	scan.tree(st.t, "", st.dir)
	for _, place := range []struct {
		name string
		in   string
		text bool // text only
	}{
		{"control: found in the files of a table", "data/postgres/base/", false}, {"control: found in the log ahead", "data/postgres/pg_wal/", false},
		{"control: found in a base backup", "leaked/base/", false}, {"control: found in the log of the program", "serve.log", false},
		{"control: found in the log of PostgreSQL, of forms that are text", "data/log/", true},
	} {
		seen := map[[2]string]bool{}
		for h := range scan.hits {
			if strings.HasPrefix(h.where, place.in) {
				seen[[2]string{fmt.Sprint(h.mark), h.form}] = true
			}
		}
		want, found := 0, 0
		for _, p := range scan.patterns {
			if place.text && !isText(p.bytes) {
				continue
			}
			want++
			if seen[[2]string{fmt.Sprint(p.mark), p.form}] {
				found++
			} else if want-found < 5 {
				st.t.Errorf("%s: %s in the form %s is not", place.name, m.all[p.mark].what, p.form)
			}
		}
		if found != want || want < 1000 {
			st.t.Errorf("%s: %d of %d", place.name, found, want)
		}
		evidence.Keep(st.t, "wall.md", "residue", place.name, found)
	}
}

// leak writes patterns where they may not lie: into a table, twice, since the end of
// a file of the log ahead may divide one, and into the logs.
func (st *story) leak(patterns []pattern) {
	st.t.Helper()
	conn := st.super()
	if _, err := conn.Exec(st.t.Context(), "create table public.leak (form bytea)"); err != nil {
		st.t.Fatal(err)
	}
	for range 2 {
		if _, err := conn.CopyFrom(st.t.Context(), pgx.Identifier{"public", "leak"}, []string{"form"}, pgx.CopyFromSlice(len(patterns), func(i int) ([]any, error) {
			return []any{patterns[i].bytes}, nil
		})); err != nil {
			st.t.Fatal(err)
		}
	}
	log, err := os.OpenFile(st.at("serve.log"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		st.t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	var said strings.Builder
	for _, p := range patterns {
		_, _ = fmt.Fprintf(log, "level=ERROR msg=leak value=%s\n", p.bytes)
		if isText(p.bytes) {
			said.WriteString(string(p.bytes) + "\n")
		}
	}
	if _, err := conn.Exec(st.t.Context(), "set log_min_duration_statement = -1; set log_duration = off; checkpoint"); err != nil {
		st.t.Fatal(err)
	}
	if _, err := conn.PgConn().Exec(st.t.Context(), "do $leak$ begin raise log '%', $text$"+said.String()+"$text$; end $leak$").ReadAll(); err != nil {
		st.t.Fatal(err)
	}
}

func isText(b []byte) bool { return utf8.Valid(b) && !bytes.ContainsRune(b, 0) }
