package arch

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// outside is one module that is not ours and where it may be imported.
// A pattern is a path with *, or with ... at its end for all below.
type outside struct {
	module string
	may    []string
}

// modules says who may import each outside module in what is shipped. One that
// is missing here may be imported by nobody. Why each is here:
// docs/decisions/dependencies.md.
var modules = []outside{
	{"filippo.io/age", []string{"internal/kit/archive"}},
	{"github.com/jackc/pgx/v5", []string{"internal/*/*pg", "internal/app...", "internal/kit/...", "bench"}},
	{"github.com/pressly/goose/v3", []string{"internal/kit/pgkit"}},
	{"github.com/danielgtaylor/huma/v2", []string{"internal/*/*api", "internal/kit/apikit", "internal/app"}},
	{"github.com/a-h/templ", []string{"internal/*/*web", "internal/kit/webkit", "internal/kit/codekit", "internal/kit/devkit", "internal/kit/dockit", "internal/kit/statekit"}},
	{"github.com/alecthomas/kong", []string{"cmd/..."}},
	{"github.com/wneessen/go-mail", []string{"internal/notice/noticeemail"}},
	{"rsc.io/qr", []string{"internal/ledger/ledgerweb"}},
	{"github.com/xi2/xz", []string{"internal/kit/pgembed"}},
	{"go.yaml.in/yaml/v3", []string{"internal/law", "internal/law/lawfile"}},
	{"github.com/prometheus/client_golang", []string{"internal/kit/obskit", "internal/app"}},
	{"github.com/go-json-experiment/json", []string{"internal/*/*api", "internal/kit/apikit", "internal/furnish/furnishfile", "internal/inquiry", "internal/dossier"}},
	{"github.com/yuin/goldmark", []string{"internal/kit/webkit", "internal/kit/dockit", "internal/notice/notice*"}},
	{"github.com/transparency-dev/formats", []string{"internal/proof", "internal/ledger...", "internal/app", "cmd/..."}},
	{"golang.org/x/mod", []string{"internal/proof", "internal/ledger...", "internal/app", "cmd/...", "bench"}},
	{"github.com/coreos/go-oidc/v3", []string{"internal/kit/authkit"}},
	{"github.com/go-webauthn/webauthn", []string{"internal/kit/authkit"}},
	{"golang.org/x/oauth2", []string{"internal/kit/authkit"}},
	{"github.com/zitadel/oidc/v3", []string{"internal/kit/opkit"}},
	{"github.com/go-jose/go-jose/v4", []string{"internal/kit/opkit"}},
	{"golang.org/x/crypto", []string{"internal/kit/..."}},
	{"golang.org/x/sync", []string{"internal/kit/...", "internal/app", "bench"}},
	{"golang.org/x/sys", []string{"internal/kit/...", "internal/vault/vault*", "internal/ledger/ledgerfile"}},
	{"golang.org/x/text", []string{"internal/kit/...", "internal/party", "internal/furnish/furnishfile"}},
}

// peers are modules that ours is measured beside, in bench.
var peers = []string{"github.com/transparency-dev/tessera"}

// testModules may be imported by _test files, by suites and by internal/test only.
var testModules = []string{
	"github.com/google/go-cmp", "github.com/rogpeppe/go-internal", "pgregory.net/rapid",
	"github.com/chromedp/chromedp", "github.com/chromedp/cdproto",
	"github.com/emersion/go-smtp", "github.com/emersion/go-sasl", "github.com/santhosh-tekuri/jsonschema/v6",
	"github.com/xuri/excelize/v2", "github.com/makiuchi-d/gozxing",
	"github.com/rickar/cal/v2", "github.com/anishathalye/porcupine",
	"github.com/transparency-dev/tessera", "github.com/transparency-dev/merkle",
}

func matches(pattern, name string) bool {
	if top, all := strings.CutSuffix(pattern, "..."); all {
		return name == strings.TrimSuffix(top, "/") || strings.HasPrefix(name, strings.TrimSuffix(top, "/")+"/")
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

func moduleOf(imp string) *outside {
	for i := range modules {
		if under(imp, []string{modules[i].module}) {
			return &modules[i]
		}
	}
	return nil
}

// checkModule says why a package may not import an outside module, or nothing.
func checkModule(name, imp string) string {
	if at, err := place(name); err == nil && (at.floor == forTests || at.floor == suite) {
		return checkTestModule(name, imp)
	}
	m := moduleOf(imp)
	switch {
	case name == "bench" && under(imp, peers):
		return ""
	case under(imp, testModules):
		return "a module for tests only"
	case m == nil:
		return "outside module without an entry in internal/arch/modules_test.go"
	case !slices.ContainsFunc(m.may, func(p string) bool { return matches(p, name) }):
		return "not its job: " + m.module + " belongs to " + strings.Join(m.may, ", ")
	}
	return ""
}

// checkTestModule is checkModule for tests: what its package may use, and the
// modules for tests. Tests of floor 2 and up, and what is made for tests, may use
// every module of the house.
func checkTestModule(name, imp string) string {
	at, err := place(name)
	m := moduleOf(imp)
	switch {
	case err != nil:
		return err.Error()
	case under(imp, testModules):
		return ""
	case m == nil:
		return "outside module without an entry in internal/arch/modules_test.go"
	case at.floor == ground || at.floor == room:
		if !slices.ContainsFunc(m.may, func(p string) bool { return matches(p, name) }) {
			return "not its job, for its tests neither: " + m.module
		}
	}
	return ""
}

func TestModules_planted(t *testing.T) {
	t.Parallel()
	for _, c := range []tryImport{
		{"internal/dossier/dossierpg", "github.com/jackc/pgx/v5/pgxpool", ""},
		{"internal/dossier", "github.com/jackc/pgx/v5", "not its job"},
		{"internal/dossier/dossierweb", "github.com/jackc/pgx/v5", "not its job"},
		{"internal/dossier/dossierweb", "github.com/a-h/templ", ""},
		{"internal/app/assets", "github.com/jackc/pgx/v5", ""},
		{"internal/application", "github.com/jackc/pgx/v5", "not its job"},
		{"internal/app", "github.com/alecthomas/kong", "not its job"},
		{"cmd/recourse", "github.com/alecthomas/kong", ""},
		{"internal/kit/webkit", "github.com/pressly/goose/v3", "not its job"},
		{"internal/dossier/dossierpg", "pgregory.net/rapid", "for tests only"},
		{"internal/vault/vaulttest", "pgregory.net/rapid", ""},
		{"internal/test/pgtest", "github.com/jackc/pgx/v5", ""},
		{"internal/app", "github.com/sirupsen/logrus", "without an entry"},
		{"internal/test/pgtest", "github.com/stretchr/testify", "without an entry"},
	} {
		t.Run(c.from+" "+c.imp, func(t *testing.T) {
			t.Parallel()
			expect(t, some(checkModule(c.from, c.imp)), c.want)
		})
	}
}

// checkListing compares what go.mod asks for with the two lists above and with
// the page that says why each module is here.
func checkListing(gomod, page string) (bad []string) {
	for _, line := range strings.Split(gomod, "\n") {
		f := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(f) < 2 || !strings.Contains(f[0], "/") || !strings.HasPrefix(f[1], "v") || strings.Contains(line, "// indirect") {
			continue
		}
		if moduleOf(f[0]) == nil && !under(f[0], testModules) {
			bad = append(bad, "go.mod asks for "+f[0]+", which has no entry in internal/arch/modules_test.go")
		}
		if !strings.Contains(page, "`"+f[0]+"`") {
			bad = append(bad, "go.mod asks for "+f[0]+", and docs/decisions/dependencies.md does not say why")
		}
	}
	return bad
}

func TestModules_areArgued(t *testing.T) {
	t.Parallel()
	const page = "docs/decisions/dependencies.md"
	got := theFiles(t, func(name string) bool { return name == "go.mod" || name == page })
	report(t, checkListing(got["go.mod"], got[page]))
	report(t, leftOver(got["go.mod"]))
	for _, m := range modules {
		if !strings.Contains(got[page], "`"+m.module+"`") {
			t.Errorf("%s does not say why %s is here", page, m.module)
		}
	}
	for _, m := range testModules {
		if !strings.Contains(got[page], "`"+m+"`") {
			t.Errorf("%s does not say why %s is here", page, m)
		}
	}
}

// leftOver finds entries of the lists above for modules that go.mod no longer asks for.
func leftOver(gomod string) (bad []string) {
	all := slices.Clone(testModules)
	for _, m := range modules {
		all = append(all, m.module)
	}
	for _, m := range all {
		if !strings.Contains(gomod, m+" v") {
			bad = append(bad, "go.mod does not ask for "+m+": drop its entry in internal/arch/modules_test.go and its line in docs/decisions/dependencies.md")
		}
	}
	return bad
}

func TestModules_plantedListing(t *testing.T) {
	t.Parallel()
	const page = "`pgregory.net/rapid` properties; `example.org/known` why"
	for _, c := range []struct{ name, gomod, want string }{
		{"argued", "require pgregory.net/rapid v1.3.0", ""},
		{"indirect", "require (\n\texample.org/other v1.0.0 // indirect\n)", ""},
		{"no entry", "require (\n\texample.org/known v1.0.0\n)", "no entry"},
		{"no reason", "require (\n\tgithub.com/jackc/pgx/v5 v5.12.0\n)", "does not say why"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expect(t, checkListing(c.gomod, page), c.want)
		})
	}
	expect(t, leftOver("require pgregory.net/rapid v1.3.0"), "does not ask for github.com/jackc/pgx/v5")
}
