package erasure_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
)

// residue looks for what is left of contents after a drill: as they were written, in
// every table, in the files of the database, and in the vault with all of its copies;
// and as they were sealed, in every table. Of what ended there is nothing. What is kept
// is found sealed, each of it, and a plain line is found where one is planted.
func (h *house) residue(t *testing.T, copies []string, erased, live []seal.Sealed) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), h.SuperURL)
	must(t, err)
	t.Cleanup(func() { must(t, conn.Close(t.Context())) })
	tables := h.tables(t, conn)
	for what, boxes := range map[string][]seal.Sealed{"erased": erased, "kept": live} {
		sealed := 0
		for _, b := range boxes {
			if strings.Contains(tables, plainMark(b)) {
				t.Errorf("a content that is %s stands in a table as it was written", what)
			}
			if strings.Contains(tables, hex.EncodeToString(b.Box.Data)) || strings.Contains(tables, hex.EncodeToString(b.Box.Nonce[:])) {
				sealed++
			}
		}
		if want := map[string]int{"kept": len(live)}[what]; sealed != want {
			t.Errorf("of %d contents that are %s, %d stand sealed in tables, want %d", len(boxes), what, sealed, want)
		}
	}
	folder := h.files(t, conn)
	all := append(erased[:len(erased):len(erased)], live...)
	for _, dir := range append([]string{folder, h.dir}, copies...) {
		if n := found(t, dir, all); n != 0 {
			t.Errorf("%d contents stand in files as they were written", n)
		}
	}
	_, err = conn.Exec(t.Context(), "create table public.planted as select $1::text as line", plainMark(erased[0]))
	must(t, err)
	if !strings.Contains(h.tables(t, conn), plainMark(erased[0])) || found(t, h.files(t, conn), all) != 1 {
		t.Error("control: a line that was planted is not found: what is searched is not all there is")
	}
}

// plainMark is what a content says of which record it is.
func plainMark(b seal.Sealed) string { return "SAMPLE-" + ref.Record(b.Subject.Record).String() }

// tables returns all rows of the house as text.
func (h *house) tables(t *testing.T, conn *pgx.Conn) string {
	t.Helper()
	rows, err := conn.Query(t.Context(), "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')")
	must(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	if len(names) < 40 {
		t.Fatalf("%d tables", len(names))
	}
	var out strings.Builder
	for _, name := range names {
		_, err := conn.PgConn().CopyTo(t.Context(), &out, "copy (select * from "+name+") to stdout")
		must(t, err)
	}
	return out.String()
}

// files returns the folder of the database, with everything written out.
func (h *house) files(t *testing.T, conn *pgx.Conn) string {
	t.Helper()
	_, err := conn.Exec(t.Context(), "checkpoint")
	must(t, err)
	return filepath.Join(fmt.Sprintf("/proc/%d/cwd", conn.PgConn().PID()), "base", // a server works in its folder
		housetest.Ask[string](t, h.Fixture, "select oid::text from pg_database where datname = current_database()"))
}

// found says of how many contents the mark stands in the files of a folder.
func found(t *testing.T, dir string, boxes []seal.Sealed) (n int) {
	t.Helper()
	hit := map[string]bool{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(raw, []byte("SAMPLE-")) {
			return err
		}
		for _, b := range boxes {
			hit[plainMark(b)] = hit[plainMark(b)] || bytes.Contains(raw, []byte(plainMark(b)))
		}
		return nil
	}))
	for _, yes := range hit {
		if yes {
			n++
		}
	}
	return n
}
