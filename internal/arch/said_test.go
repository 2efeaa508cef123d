package arch

import (
	"go/ast"
	"go/token"
	"testing"
)

// unsaid finds exported names without a doc comment and packages without a
// package comment. The comment of a group speaks for the group, that of a port
// for its methods.
func unsaid(all []source) (bad []string) {
	for dir, files := range packages(all) {
		commented, names := false, false
		for _, s := range files {
			if s.test() {
				continue
			}
			names = true
			commented = commented || s.file.Doc.Text() != ""
			if s.generated() {
				continue
			}
			for _, d := range s.file.Decls {
				bad = append(bad, unsaidIn(s, d)...)
			}
		}
		if names && !commented {
			bad = append(bad, dir+" has no package comment: what it is for, what it promises, what it does not do")
		}
	}
	return bad
}

func unsaidIn(s source, d ast.Decl) (bad []string) {
	miss := func(n ast.Node, name string) {
		bad = append(bad, s.at(n.Pos())+": "+name+" has no comment that says what it promises")
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && ofExported(d) && d.Doc.Text() == "" {
			miss(d, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name.IsExported() && spec.Doc.Text() == "" && d.Doc.Text() == "" {
					miss(spec, spec.Name.Name)
				}
			case *ast.ValueSpec:
				if d.Doc.Text() != "" || spec.Doc.Text() != "" || spec.Comment.Text() != "" {
					continue
				}
				for _, name := range spec.Names {
					if name.IsExported() {
						miss(spec, name.Name)
					}
				}
			}
		}
	}
	return bad
}

// ofExported reports whether a function, or the type of a method, is exported.
func ofExported(f *ast.FuncDecl) bool {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return true
	}
	t := f.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return token.IsExported(x.Name)
		default:
			return true
		}
	}
}

func TestSaid(t *testing.T) {
	t.Parallel()
	report(t, unsaid(tree(t)))
}

func TestSaid_planted(t *testing.T) {
	t.Parallel()
	one := func(text string) map[string]string {
		return map[string]string{"p/a.go": "// Package p is.\npackage p\n\n" + text}
	}
	planted(t, unsaid, []plant{
		{"package", map[string]string{"p/a.go": "package p"}, "p has no package comment"},
		{"package said once", map[string]string{"p/a.go": "// Package p is.\npackage p", "p/b.go": "package p"}, ""},
		{"tests only", map[string]string{"p/a_test.go": "package p"}, ""},
		{"function", one("func F() {}"), "F has no comment"},
		{"said", one("// F does.\nfunc F() {}"), ""},
		{"directive only", one("//go:noinline\nfunc F() {}"), "F has no comment"},
		{"unexported", one("func f() {}\ntype t int\nfunc (t) F() {}"), ""},
		{"method", one("// T is.\ntype T[A any] int\nfunc (*T[A]) F() {}"), "F has no comment"},
		{"type", one("type T int"), "T has no comment"},
		{"type in a group", one("type (\n\t// S is.\n\tS int\n\tT int\n)"), "T has no comment"},
		{"types of a group", one("// All.\ntype (\n\tT int\n)"), ""},
		{"constant", one("const A = 1"), "A has no comment"},
		{"constants of a group", one("// Kinds.\nconst (\n\tA = 1\n\tB = 2\n)"), ""},
		{"constant beside", one("const (\n\tA = 1 // one\n)"), ""},
	})
}
