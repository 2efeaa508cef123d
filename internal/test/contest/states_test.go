package contest_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"recourse/internal/test/housetest"
)

var update = flag.Bool("update", false, "write docs/reference/states.md anew")

const statesPage = "../../../docs/reference/states.md"

// machines are the tables whose moves the database fixes, with the test that lives
// them all. A table that comes to have a constraint <name>_moves needs a row.
func machines() map[string]string {
	return map[string]string{"dispute.contest": "TestLives (internal/test/contest)", "repair.application": "TestLives (internal/test/early)"}
}

const (
	sqlMoves = `select k.conrelid::regclass::text, pg_get_constraintdef(k.oid) from pg_constraint k where k.contype = 'c' and k.conname like '%\_moves' order by 1`
	// the states of a table are those of a check that names nothing else
	sqlStates = `select k.conrelid::regclass::text, pg_get_constraintdef(k.oid) from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and k.conkey = array[a.attnum]
		where k.contype = 'c' and a.attname = 'state' and pg_get_constraintdef(k.oid) like '%ARRAY%' order by 1`
)

var (
	oneMove  = regexp.MustCompile(`was = '([a-z ]*)'::text\) AND \(state = '([a-z ]+)'::text`)
	oneState = regexp.MustCompile(`'([a-z ]+)'::text`)
)

// catalog returns the definitions that a query finds, by table.
func catalog(t *testing.T, f *housetest.Fixture, sql string) map[string]string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), f.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	var table, def string
	if _, err := pgx.ForEachRow(rows, []any{&table, &def}, func() error { out[table] = def; return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

// allowed are the moves that a constraint of the database allows.
func allowed(def string) moves {
	out := moves{}
	for _, m := range oneMove.FindAllStringSubmatch(def, -1) {
		out[[2]string{m[1], m[2]}] = true
	}
	return out
}

// diagram draws moves for Mermaid. A state that nothing leaves is an end.
func diagram(all moves) string {
	var b strings.Builder
	name := func(s string) string { return strings.ReplaceAll(s, " ", "_") }
	leaves, states := map[string]bool{}, map[string]bool{}
	for m := range all {
		leaves[m[0]], states[m[1]] = true, true
	}
	b.WriteString("```mermaid\nstateDiagram-v2\n")
	for _, s := range slices.Sorted(maps.Keys(states)) {
		if name(s) != s {
			_, _ = fmt.Fprintf(&b, "    state %q as %s\n", s, name(s))
		}
	}
	for _, m := range slices.SortedFunc(maps.Keys(all), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		from := name(m[0])
		if from == "" {
			from = "[*]"
		}
		_, _ = fmt.Fprintf(&b, "    %s --> %s\n", from, name(m[1]))
	}
	for _, s := range slices.Sorted(maps.Keys(states)) {
		if !leaves[s] {
			_, _ = fmt.Fprintf(&b, "    %s --> [*]\n", name(s))
		}
	}
	b.WriteString("```\n")
	return b.String()
}

// TestStates_page keeps docs/reference/states.md what the constraints of the database
// say, and has every table with moves lived by a test.
func TestStates_page(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	var b strings.Builder
	b.WriteString("# States\n\nWritten by a test from the CHECK constraints of the database; it cannot differ from them.\n\n" +
		"## Moves\n\nOf these each move is fixed: the database refuses every other, and random lives go through every one that is drawn.\n")
	fixed := catalog(t, f, sqlMoves)
	for _, table := range slices.Sorted(maps.Keys(fixed)) {
		test, lived := machines()[table]
		if !lived {
			t.Errorf("%s has moves, and no test lives them: add a row to machines", table)
		}
		_, _ = fmt.Fprintf(&b, "\n### `%s`\n\nLived by `%s`.\n\n%s", table, test, diagram(allowed(fixed[table])))
	}
	b.WriteString("\n## States\n\nOf these the database fixes the states, and what each may and must have beside it (the checks stand in the migrations); the moves between them are those of the statements.\n\n| table | states |\n|---|---|\n")
	states := catalog(t, f, sqlStates)
	for _, table := range slices.Sorted(maps.Keys(states)) {
		var all []string
		for _, m := range oneState.FindAllStringSubmatch(states[table], -1) {
			all = append(all, m[1])
		}
		_, _ = fmt.Fprintf(&b, "| `%s` | %s |\n", table, strings.Join(all, ", "))
	}
	if len(fixed) == 0 || len(states) == 0 {
		t.Fatal("the catalog was not read")
	}
	if *update {
		if err := os.WriteFile(statesPage, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(statesPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(page)); diff != "" {
		t.Errorf("run go test ./internal/test/contest -run States -update\n%s", diff)
	}
}
