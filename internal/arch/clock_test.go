package arch

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// clockHome is the one reader of the wall clock.
const clockHome = "internal/kit/clock"

// readers are the functions of package time that read the clock, waiters those
// that wait by it.
var (
	readers = []string{"Now", "Since", "Until"}
	waiters = []string{"After", "AfterFunc", "NewTicker", "NewTimer", "Sleep", "Tick"}
)

// measurers may use all of package time: they measure the machine, or are for
// tests, and decide nothing about a person.
var measurers = []string{clockHome, "bench", "internal/test"}

// clockReads finds uses of the wall clock. Time is an argument; internal/kit and client may
// wait, since a pump or a retry has to.
func clockReads(all []source) (bad []string) {
	for _, s := range product(all) {
		if under(s.dir(), measurers) {
			continue
		}
		name := importedAs(s.file, "time")
		if name == "." {
			bad = append(bad, s.path+" imports time with a dot, which hides the clock")
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); !ok || name == "" || x.Name != name {
				return true
			}
			waits := slices.Contains(waiters, sel.Sel.Name) && !under(s.dir(), []string{"internal/kit", "client"})
			if waits || slices.Contains(readers, sel.Sel.Name) {
				bad = append(bad, s.at(n.Pos())+" uses time."+sel.Sel.Name+
					": take now time.Time as an argument; only "+clockHome+" reads the clock, only internal/kit and client wait")
			}
			return true
		})
	}
	return bad
}

// importedAs returns the name under which a file knows a package, or "".
func importedAs(f *ast.File, pkg string) string {
	for _, imp := range f.Imports {
		path, err := strconv.Unquote(imp.Path.Value)
		if err != nil || path != pkg {
			continue
		}
		if imp.Name != nil {
			return imp.Name.Name
		}
		return pkg[strings.LastIndex(pkg, "/")+1:]
	}
	return ""
}

func TestClock(t *testing.T) {
	t.Parallel()
	report(t, clockReads(tree(t)))
}

func TestClock_planted(t *testing.T) {
	t.Parallel()
	src := func(imp, body string) string { return "package p\n\nimport " + imp + "\n\nfunc f() { " + body + " }\n" }
	planted(t, clockReads, []plant{
		{"now in a room", map[string]string{"internal/dossier/a.go": src(`"time"`, "_ = time.Now()")}, "time.Now"},
		{"as a value", map[string]string{"internal/app/a.go": src(`"time"`, "g := time.Now; _ = g")}, "time.Now"},
		{"another name", map[string]string{"cmd/recourse/a.go": src(`t "time"`, "_ = t.Since(t.Time{})")}, "time.Since"},
		{"a dot", map[string]string{"internal/app/a.go": src(`. "time"`, "_ = Now()")}, "with a dot"},
		{"sleep in a face", map[string]string{"internal/dossier/dossierweb/a.go": src(`"time"`, "time.Sleep(1)")}, "time.Sleep"},
		{"now in the kit", map[string]string{"internal/kit/pgkit/a.go": src(`"time"`, "_ = time.Until(time.Time{})")}, "time.Until"},
		{"a timer in the kit", map[string]string{"internal/kit/pgkit/a.go": src(`"time"`, "time.NewTimer(1)")}, ""},
		{"the clock itself", map[string]string{clockHome + "/a.go": src(`"time"`, "_ = time.Now()")}, ""},
		{"a neighbour of the clock", map[string]string{clockHome + "work/a.go": src(`"time"`, "_ = time.Now()")}, "time.Now"},
		{"a test", map[string]string{"internal/dossier/a_test.go": src(`"time"`, "_ = time.Now()")}, ""},
		{"a date", map[string]string{"internal/dossier/a.go": src(`"time"`, "_ = time.Unix(0, 0)")}, ""},
	})
}
