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
	{"github.com/jackc/pgx/v5", []string{"internal/*/*pg", "internal/app...", "internal/kit/...", "bench"}},
	{"github.com/pressly/goose/v3", []string{"internal/kit/pgkit"}},
	{"github.com/danielgtaylor/huma/v2", []string{"internal/*/*api", "internal/kit/apikit", "internal/app"}},
	{"github.com/a-h/templ", []string{"internal/*/*web", "internal/kit/webkit", "internal/kit/codekit", "internal/kit/devkit"}},
	{"github.com/alecthomas/kong", []string{"cmd/recourse"}},
	{"github.com/wneessen/go-mail", []string{"internal/notice/noticeemail"}},
	{"github.com/xi2/xz", []string{"internal/kit/pgembed"}},
	{"go.yaml.in/yaml/v3", []string{"internal/law", "internal/law/lawfile"}},
	{"github.com/prometheus/client_golang", []string{"internal/kit/obskit", "internal/app"}},
	{"github.com/go-json-experiment/json", []string{"internal/*/*api", "internal/kit/apikit", "internal/furnish/furnishfile"}},
	{"github.com/yuin/goldmark", []string{"internal/kit/webkit", "internal/notice/notice*"}},
	{"golang.org/x/crypto", []string{"internal/kit/..."}},
	{"golang.org/x/sync", []string{"internal/kit/...", "internal/app", "bench"}},
	{"golang.org/x/sys", []string{"internal/kit/...", "internal/vault/vault*"}},
	{"golang.org/x/text", []string{"internal/kit/...", "internal/party", "internal/furnish/furnishfile", "internal/app/world"}},
}

// testModules may be imported by _test files, by suites and by internal/test only.
var testModules = []string{
	"github.com/google/go-cmp", "github.com/rogpeppe/go-internal", "pgregory.net/rapid",
	"github.com/chromedp/chromedp", "github.com/chromedp/cdproto",
	"github.com/xuri/excelize/v2",
