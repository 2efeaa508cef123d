package arch

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// globals finds init functions and package variables that change. Sentinel
// errors, compiled expressions and tables that nobody assigns are welcome. What
// is made for tests may keep something for a whole process.
func globals(all []source) (bad []string) {
	for dir, files := range packages(product(all)) {
		seen := uses(files)
		for _, s := range files {
			for _, d := range s.file.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					if d.Recv == nil && d.Name.Name == "init" {
						bad = append(bad, s.at(d.Pos())+" has an init function: write it out in New or in internal/app")
					}
				case *ast.GenDecl:
					bad = append(bad, variables(s, d)...)
				}
			}
			if !under(dir, []string{"internal/test"}) {
				bad = append(bad, writes(s, seen)...)
			}
		}
	}
	return bad
}

// uses resolves names within one package. Imports are not loaded: what comes
// from elsewhere stays unknown, which is enough to tell local from shared.
func uses(files []source) map[*ast.Ident]types.Object {
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: noImports{}, Error: func(error) {}}
	var asts []*ast.File
	for _, s := range files {
		asts = append(asts, s.file)
	}
	_, _ = conf.Check(files[0].dir(), files[0].fset, asts, info) // errors are expected: imports are empty
	return info.Uses
}

// noImports answers every import with an empty package.
type noImports struct{}

func (noImports) Import(path string) (*types.Package, error) {
	p := types.NewPackage(path, path[strings.LastIndex(path, "/")+1:])
	p.MarkComplete()
	return p, nil
}

// variables judges the variables of a declaration by how they start.
func variables(s source, d *ast.GenDecl) (bad []string) {
	if d.Tok != token.VAR || under(s.dir(), []string{"internal/test"}) {
		return nil
	}
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		for i, name := range v.Names {
			switch {
			case name.Name == "_" || embeds(d.Doc) || embeds(v.Doc):
			case len(v.Values) == 0:
				bad = append(bad, s.at(name.Pos())+": "+name.Name+" starts empty, so it changes later: make it a field")
			case startsMutable(v.Values[min(i, len(v.Values)-1)]):
				bad = append(bad, s.at(name.Pos())+": "+name.Name+" is made to be changed: make it a field")
			}
		}
	}
	return bad
}

func embeds(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// startsMutable reports whether a value only makes sense to be changed: an empty
// map or slice, a channel, a lock, an atomic.
func startsMutable(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.UnaryExpr:
		return e.Op == token.AND && startsMutable(e.X)
	case *ast.CallExpr:
		f, ok := e.Fun.(*ast.Ident)
		return ok && (f.Name == "make" || f.Name == "new")
	case *ast.CompositeLit:
		switch t := e.Type.(type) {
		case *ast.MapType, *ast.ArrayType:
			return len(e.Elts) == 0
		case *ast.SelectorExpr:
			pkg, ok := t.X.(*ast.Ident)
			return ok && (pkg.Name == "sync" || pkg.Name == "atomic")
		}
	}
	return false
}

// writes finds statements that change a package variable, here or elsewhere.
func writes(s source, seen map[*ast.Ident]types.Object) (bad []string) {
	changed := func(e ast.Expr) {
		if name := shared(e, seen); name != "" {
			bad = append(bad, s.at(e.Pos())+" changes "+name+", a package variable: pass it instead")
		}
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, e := range n.Lhs {
					changed(e)
				}
			}
		case *ast.IncDecStmt:
			changed(n.X)
		case *ast.UnaryExpr:
			if _, literal := n.X.(*ast.CompositeLit); n.Op == token.AND && !literal {
				changed(n.X)
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && slices.Contains([]string{"delete", "clear", "copy"}, f.Name) && len(n.Args) > 0 {
				changed(n.Args[0])
			}
		}
		return true
	})
	return bad
}

// shared returns the name of the package variable that an expression is part of, or "".
func shared(e ast.Expr, seen map[*ast.Ident]types.Object) string {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.SelectorExpr:
			if id, ok := x.X.(*ast.Ident); ok {
				if _, pkg := seen[id].(*types.PkgName); pkg {
					return id.Name + "." + x.Sel.Name
				}
			}
			e = x.X
		case *ast.Ident:
			if v, ok := seen[x].(*types.Var); ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
				return x.Name
			}
			return ""
		default:
			return ""
		}
	}
}

func TestGlobals(t *testing.T) {
	t.Parallel()
	report(t, globals(tree(t)))
}

func TestGlobals_planted(t *testing.T) {
	t.Parallel()
	one := func(text string) map[string]string { return map[string]string{"p/a.go": "package p\n" + text} }
	planted(t, globals, []plant{
		{"init", one("func init() {}"), "init function"},
		{"init method", one("type t int\nfunc (t) init() {}"), ""},
		{"empty", one("var n int"), "n starts empty"},
		{"lock", one("import \"sync\"\nvar mu = sync.Mutex{}"), "mu is made to be changed"},
		{"map to fill", one("var m = map[string]int{}"), "m is made to be changed"},
		{"channel", one("var c = make(chan int)"), "c is made to be changed"},
		{"sentinel", one("import \"errors\"\nvar ErrX = errors.New(\"x\")"), ""},
		{"expression", one("import \"regexp\"\nvar re = regexp.MustCompile(\"a\")"), ""},
		{"table", one("var m = map[string]int{\"a\": 1}\nfunc f() int { return m[\"a\"] }"), ""},
		{"embedded", one("import \"embed\"\n\n//go:embed *.sql\nvar FS embed.FS"), ""},
		{"a promise", one("import \"io\"\ntype t int\nvar _ io.Reader = t(0)"), ""},
		{"assigned", one("var n = 1\nfunc f() { n = 2 }"), "changes n"},
		{"counted", one("var n = 1\nfunc f() { n++ }"), "changes n"},
		{"filled", one("var m = map[string]int{\"a\": 1}\nfunc f() { m[\"b\"] = 2 }"), "changes m"},
		{"emptied", one("var m = map[string]int{\"a\": 1}\nfunc f() { delete(m, \"a\") }"), "changes m"},
		{"field", one("type t struct{ a int }\nvar v = t{1}\nfunc f() { v.a = 2 }"), "changes v"},
		{"handed out", one("var n = 1\nfunc f() *int { return &n }"), "changes n"},
		{"another file", map[string]string{"p/a.go": "package p\nvar n = 1", "p/b.go": "package p\nfunc f() { n = 2 }"}, "p/b.go:2 changes n"},
		{"another package", one("import \"net/http\"\nfunc f() { http.DefaultClient = nil }"), "changes http.DefaultClient"},
		{"local of the same name", one("var n = 1\nfunc f() { n := 2; n = 3; _ = n }"), ""},
		{"parameter of the same name", one("var n = 1\nfunc f(n int) { n = 3; _ = n }"), ""},
		{"for tests", map[string]string{"internal/test/p/a.go": "package p\nvar n int\nfunc f() { n = 1 }"}, ""},
		{"init for tests", map[string]string{"internal/test/p/a.go": "package p\nfunc init() {}"}, "init function"},
		{"test", map[string]string{"p/a_test.go": "package p\nvar n int\nfunc init() { n = 1 }"}, ""},
	})
}
