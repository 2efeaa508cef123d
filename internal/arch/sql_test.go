package arch

import (
	"go/ast"
	"go/token"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sqlFree may write SQL against whatever table: the migrations, what copies a whole
// database and knows no table by name, what is for tests, and the bench that compares
// with bare SQL.
var sqlFree = []string{"migrations", "internal/kit/pgcopy", "internal/test", "internal/arch", "bench"}

var (
	sqlWrites = []*regexp.Regexp{
		regexp.MustCompile(`(?i)\b(?:insert\s+into|delete\s+from(?:\s+only)?|merge\s+into|truncate(?:\s+table)?(?:\s+only)?)\s+([\w%"][\w%".]*)`),
		regexp.MustCompile(`(?i)\bupdate\s+(?:only\s+)?([\w%"][\w%".]*)(?:\s+(?:as\s+)?\w+)?\s+set\b`),
		regexp.MustCompile(`(?i)\bcopy\s+([\w%"][\w%".]*)\s*(?:\([^)]*\))?\s*from\b`),
	}
	sqlComment = regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/`)
	tempTable  = regexp.MustCompile(`(?i)\bcreate\s+(?:local\s+|global\s+)?temp(?:orary)?\s+table\s+(?:if\s+not\s+exists\s+)?(\w+)`)
	// prose are words after "delete from" that no table is called.
	prose = []string{"a", "all", "an", "any", "it", "its", "that", "the", "this", "what", "your"}
)

// written returns the tables that a piece of SQL writes to.
func written(sql string) (tables []string) {
	sql = sqlComment.ReplaceAllString(sql, " ")
	for _, re := range sqlWrites {
		for _, m := range re.FindAllStringSubmatch(sql, -1) {
			if table := strings.ToLower(strings.ReplaceAll(m[1], `"`, "")); !slices.Contains(prose, table) {
				tables = append(tables, table)
			}
		}
	}
	return tables
}

// schemaOf returns the one schema that a package may write to, or "".
func schemaOf(dir string) string {
	if dir == "internal/kit/pgkit" {
		return "house" // mode, clock shift: what belongs to no room
	}
	at, err := place(dir)
	if err != nil || at.floor != adapter || path.Base(dir) != at.room+"pg" {
		return ""
	}
	return at.room
}

// statement is a piece of SQL and where it stands.
type statement struct{ at, text string }

// sqlOf collects what may be SQL in a Go file: string constants, joined where
// they are added up, with % for what is only known later.
func sqlOf(s source) (all []statement) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.ADD {
				all = append(all, statement{s.at(n.Pos()), folded(n)})
			}
			return n.Op != token.ADD
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				all = append(all, statement{s.at(n.Pos()), folded(n)})
			}
		case *ast.CallExpr:
			if table := copied(n); table != "" {
				all = append(all, statement{s.at(n.Pos()), "copy " + table + " from stdin"})
			}
		}
		return true
	})
	return all
}

func folded(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return folded(e.X)
	case *ast.BinaryExpr:
		return folded(e.X) + folded(e.Y)
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil {
			return text
		}
	}
	return "%s"
}

// copied returns the table of a call of pgx's CopyFrom, or "". The form of three
// arguments takes a statement, which is looked at where it is written.
func copied(call *ast.CallExpr) string {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != "CopyFrom" || len(call.Args) != 4 {
		return ""
	}
	id, ok := call.Args[1].(*ast.CompositeLit)
	if !ok {
		return "%s"
	}
	var parts []string
	for _, e := range id.Elts {
		parts = append(parts, folded(e))
	}
	return strings.Join(parts, ".")
}

// foreignWrites finds SQL that writes to a table from where it must not. queries
// holds the .sql files by path.
func foreignWrites(all []source, queries map[string]string) (bad []string) {
	by := map[string][]statement{}
	for _, s := range all {
		if !s.test() && !under(s.dir(), sqlFree) && !strings.HasSuffix(s.path, ".sql.go") {
			by[s.dir()] = append(by[s.dir()], sqlOf(s)...)
		}
	}
	for name, text := range queries {
		if dir := path.Dir(name); !under(dir, sqlFree) && name != "schema.sql" {
			by[dir] = append(by[dir], statement{name, text})
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(by)) {
		bad = append(bad, judge(schemaOf(dir), by[dir])...)
	}
	return bad
}

// judge looks at the statements of one package, which may write to own and to
// the temporary tables that it makes.
func judge(own string, statements []statement) (bad []string) {
	var temp []string
	for _, st := range statements {
		for _, m := range tempTable.FindAllStringSubmatch(sqlComment.ReplaceAllString(st.text, " "), -1) {
			temp = append(temp, strings.ToLower(m[1]))
		}
	}
	for _, st := range statements {
		for _, table := range written(st.text) {
			schema, name, qualified := strings.Cut(table, ".")
			switch {
			case own == "":
				bad = append(bad, st.at+" writes to "+table+": only migrations and <room>pg write to tables")
			case schema == "pg_temp" && slices.Contains(temp, name), !qualified && slices.Contains(temp, table):
			case !qualified:
				bad = append(bad, st.at+" writes to "+table+": write "+own+"."+table+", or make it a temporary table in this package")
			case schema != own:
				bad = append(bad, st.at+" writes to "+table+": this package keeps the schema "+own)
			}
		}
	}
	return bad
}

func TestSQL(t *testing.T) {
	t.Parallel()
	report(t, foreignWrites(tree(t), theFiles(t, func(name string) bool { return strings.HasSuffix(name, ".sql") })))
}

func TestSQL_planted(t *testing.T) {
	t.Parallel()
	in := func(dir, sql string) map[string]string {
		return map[string]string{dir + "/a.go": "package p\n\nconst q = " + sql + "\n"}
	}
	const pg, web = "internal/dossier/dossierpg", "internal/dossier/dossierweb"
	planted(t, func(all []source) []string { return foreignWrites(all, nil) }, []plant{
		{"insert in a face", in(web, "`insert into dossier.record values (1)`"), "only migrations and"},
		{"update in a room", in("internal/dossier", "`UPDATE dossier.record AS r\n SET a = 1`"), "writes to dossier.record"},
		{"delete in app", in("internal/app", "`delete from ledger.outbox`"), "writes to ledger.outbox"},
		{"copy in the kit", in("internal/kit/pgembed", "`copy dossier.record (a, b) from stdin`"), "writes to dossier.record"},
		{"truncate in a program", in("cmd/recourse", "`truncate dossier.record`"), "writes to dossier.record"},
		{"in pieces", in("internal/app", "`insert ` + `into ` + table + ` values (1)`\nconst table = `x.y`"), "writes to %s"},
		{"own schema", in(pg, "`insert into dossier.record values (1) on conflict do update set a = 1`"), ""},
		{"another schema", in(pg, "`insert into party.person values (1)`"), "keeps the schema dossier"},
		{"no schema", in(pg, "`insert into record values (1)`"), "write dossier.record"},
		{"own temporary table", in(pg, "`create temp table stage (a int); insert into stage values (1)`"), ""},
		{"copy call elsewhere", in(pg, "0\nfunc f() { tx.CopyFrom(ctx, pgx.Identifier{`party`, `person`}, nil, rows) }"), "keeps the schema dossier"},
		{"copy call at home", in(pg, "0\nfunc f() { tx.CopyFrom(ctx, pgx.Identifier{`dossier`, `record`}, nil, rows) }"), ""},
		{"the house's schema", in("internal/kit/pgkit", "`insert into house.mode values (1)`"), ""},
		{"a room's schema from the kit", in("internal/kit/pgkit", "`insert into dossier.record values (1)`"), "keeps the schema house"},
		{"another adapter", in("internal/notice/noticeinbox", "`insert into notice.sent values (1)`"), "only migrations"},
		{"reading", in("internal/app", "`select 1 from dossier.record for update`"), ""},
		{"a comment", in("internal/app", "`select 1 -- insert into dossier.record`"), ""},
		{"prose", in(web, "`delete from the list`"), ""},
		{"bench", in("bench", "`insert into bare.record values (1)`"), ""},
		{"a test", map[string]string{"internal/app/a_test.go": "package p\n\nconst q = `delete from dossier.record`"}, ""},
	})
}

func TestSQL_plantedQueries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, sql, want string }{
		{"own", "internal/dossier/dossierpg/queries.sql", "update dossier.record set a = 1;", ""},
		{"foreign", "internal/dossier/dossierpg/queries.sql", "update only party.person set a = 1;", "keeps the schema dossier"},
		{"misplaced", "internal/dossier/queries.sql", "delete from dossier.record;", "only migrations and"},
		{"migration", "migrations/0001_house_a.sql", "insert into dossier.record values (1);", ""},
		{"dump", "schema.sql", "insert into dossier.record values (1);", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expect(t, foreignWrites(nil, map[string]string{c.file: c.sql}), c.want)
		})
	}
}
