package wall_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"recourse/internal/kit/pgkit"
	"recourse/internal/test/housetest"
)

// query is one statement that a store can make.
type query struct{ at, sql string }

var (
	generated = regexp.MustCompile("(?s)const \\w+ = `-- name: (\\w+) :\\w+\\n(.*?)`")
	parameter = regexp.MustCompile(`\$(\d+)`)
)

// ownerOnly are statements of the first moments, before anything is served, and of
// the operator's commands that say which law holds.
var ownerOnly = []string{"partypg.PutBody", "lawpg.PutVersion", "lawpg.PutActivation", "lawpg.PutSignature", "lawpg.PutOfficer", "lawpg.EndOfficer", "lawpg.PutOutage"}

func queries(t *testing.T) (found []query) {
	t.Helper()
	files, err := filepath.Glob("../../*/*pg/queries.sql.go")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files of queries, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range generated.FindAllStringSubmatch(string(text), -1) {
			found = append(found, query{filepath.Base(filepath.Dir(file)) + "." + m[1], m[2]})
		}
	}
	return found
}

// permitted plans a statement as a role, without carrying it out: rights are
// checked before anything runs.
func permitted(t *testing.T, conn *pgx.Conn, q query) error {
	t.Helper()
	most := 0
	for _, m := range parameter.FindAllStringSubmatch(q.sql, -1) {
		var n int
		if _, err := fmt.Sscan(m[1], &n); err != nil {
			t.Fatal(err)
		}
		most = max(most, n)
	}
	given := ""
	if most > 0 {
		given = "(" + strings.TrimSuffix(strings.Repeat("null, ", most), ", ") + ")"
	}
	sql := "deallocate all; prepare q as " + q.sql + "; explain execute q" + given
	_, err := conn.PgConn().Exec(t.Context(), sql).ReadAll()
	return err
}

// Every statement that a store can make is allowed to a role of the running
// process. One that reads sealed content is allowed to none.
func TestQueries_areAllowedToARunningRole(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	by := map[string]*pgx.Conn{}
	for _, role := range append(running(), pgkit.Owner) {
		by[role] = connect(t, f, role)
	}
	check := func(q query) (roles []string) {
		for role, conn := range by {
			err := permitted(t, conn, q)
			var pe *pgconn.PgError
			switch {
			case err == nil:
				roles = append(roles, role)
			case !errors.As(err, &pe) || pe.Code != "42501":
				t.Errorf("%s: %v", q.at, err)
			}
		}
		return roles
	}
	list := queries(t)
	for _, q := range list {
		roles := check(q)
		first := len(roles) == 1 && roles[0] == pgkit.Owner
		early := false
		for _, o := range ownerOnly {
			early = early || o == q.at
		}
		if len(roles) == 0 || first != early {
			t.Errorf("%s is allowed to %q, so a store that makes it fails (or has no need to)", q.at, roles)
		}
	}
	if len(list) < 60 {
		t.Errorf("%d queries: the reading of the generated code misses some", len(list))
	}
	if roles := check(query{"control", "select box from dossier.record where person = $1"}); len(roles) != 1 || roles[0] != pgkit.Owner {
		t.Errorf("the control, which reads content, is allowed to %q", roles)
	}
}
