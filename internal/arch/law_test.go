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

	"recourse/internal/scheme"
)

// packCodes are known before their folders exist; those of packs/ are added.
var packCodes = []string{"cn-hubei", "eu-gdpr", "us-fcra", "us-privacy-act"}

// choosers may name a pack: the configuration has one as its default, programs
// choose one, tests try one. Deciding by it is nobody's job.
var choosers = []string{"cmd", "bench", "internal/test", "internal/app", "packs"}

// checkers hold the checks of official identifiers. What kinds there are is
// nobody else's business: a pack names those that its registry takes.
var checkers = []string{"internal/scheme"}

var jurisdictional = regexp.MustCompile(`(?i)jurisdiction|packcode`)

// lawInCode finds code that depends on which law is in force. What the law says
// is data in packs/.
func lawInCode(all []source, codes []string) (bad []string) {
	for _, s := range all {
		if s.test() {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				text, err := strconv.Unquote(n.Value)
				for _, kind := range scheme.Codes() {
					if n.Kind == token.STRING && err == nil && strings.Contains(text, kind) && !under(s.dir(), checkers) && !under(s.dir(), choosers) {
						bad = append(bad, s.at(n.Pos())+" names "+kind+", a kind of identifiers: let the pack say which it takes")
					}
				}
				for _, code := range codes {
					if n.Kind == token.STRING && err == nil && strings.Contains(text, code) && !under(s.dir(), choosers) {
						bad = append(bad, s.at(n.Pos())+" names the pack "+code+": what the law says is data in packs/")
					}
				}
			case *ast.BinaryExpr:
				if (n.Op == token.EQL || n.Op == token.NEQ) && (decides(n.X, n.Y) || decides(n.Y, n.X)) {
					bad = append(bad, s.at(n.Pos())+" decides by the jurisdiction: let the pack say it")
				}
			case *ast.SwitchStmt:
				if n.Tag != nil && jurisdictional.MatchString(nameOf(n.Tag)) {
					bad = append(bad, s.at(n.Pos())+" decides by the jurisdiction: let the pack say it")
				}
			}
			return true
		})
	}
	return bad
}

// decides reports whether a jurisdiction is compared with a fixed value. Asking
// whether there is one is no decision.
func decides(x, fixed ast.Expr) bool {
	if !jurisdictional.MatchString(nameOf(x)) {
		return false
	}
	lit, ok := fixed.(*ast.BasicLit)
	return ok && lit.Value != `""` && lit.Value != "``"
}

// nameOf returns the last name of an expression: Code of p.Code.
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.CallExpr:
		return nameOf(e.Fun)
	}
	return ""
}

func TestLaw(t *testing.T) {
	t.Parallel()
	codes := map[string]bool{}
	for name := range theFiles(t, func(name string) bool { return path.Base(name) == "pack.yaml" && strings.HasPrefix(name, "packs/") }) {
		codes[path.Base(path.Dir(name))] = true
	}
	for _, code := range packCodes {
		codes[code] = true
	}
	report(t, lawInCode(tree(t), slices.Sorted(maps.Keys(codes))))
}

func TestLaw_planted(t *testing.T) {
	t.Parallel()
	in := func(body string) map[string]string {
		return map[string]string{"internal/law/a.go": "package p\n\nfunc f() { " + body + " }\n"}
	}
	planted(t, func(all []source) []string { return lawInCode(all, packCodes) }, []plant{
		{"a code", in("_ = `cn-hubei`"), "names the pack cn-hubei"},
		{"in a path", in("_ = `packs/eu-gdpr/types`"), "names the pack eu-gdpr"},
		{"compared", in("if p.Jurisdiction == `zz` { }"), "decides by the jurisdiction"},
		{"compared the other way", in("if `zz` != jurisdiction { }"), "decides by the jurisdiction"},
		{"a method", in("if p.Jurisdiction() == `zz` { }"), "decides by the jurisdiction"},
		{"switch", in("switch p.Jurisdiction { case `zz`: }"), "decides by the jurisdiction"},
		{"is there one", in("if p.Jurisdiction == `` || p.Jurisdiction == \"\" { }"), ""},
		{"the same one", in("if a.Jurisdiction == b.Jurisdiction { }"), ""},
		{"a kind of identifiers", in("_ = `be-nrn`"), "names be-nrn"},
		{"a kind in a sentence", in("_ = `write cn-id`"), "names cn-id"},
		{"a kind where kinds are checked", map[string]string{"internal/scheme/a.go": "package p\n\nconst c = `cn-id`"}, ""},
		{"a choice", map[string]string{"internal/app/a.go": "package p\n\nconst c = `cn-hubei`"}, ""},
		{"a decision in the app", map[string]string{"internal/app/a.go": "package p\n\nfunc f() { if jurisdiction == `cn-hubei` { } }"}, "decides by"},
		{"a program", map[string]string{"cmd/recourse/a.go": "package p\n\nconst c = `cn-hubei`"}, ""},
		{"a test", map[string]string{"internal/law/a_test.go": "package p\n\nconst c = `cn-hubei`"}, ""},
	})
}
