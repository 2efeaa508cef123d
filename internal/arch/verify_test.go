package arch

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// verifyBrings is all that recourse-verify is made of besides the standard library:
// who checks a registry must be able to read it.
var verifyBrings = []string{
	module + "/internal/canon", module + "/internal/fault", module + "/internal/merkle", module + "/internal/proof", module + "/internal/when",
	module + "/internal/kit/clock", module + "/internal/kit/signkit", module + "/internal/kit/codekit/meaning", module + "/cmd/recourse-verify",
	"github.com/alecthomas/kong", "github.com/transparency-dev/formats", "golang.org/x/mod/sumdb", "golang.org/x/crypto/cryptobyte", "filippo.io/mldsa",
}

// verifyLacks are parts of the standard library that it has no use for.
var verifyLacks = []string{"database/sql", "html/template", "net/http/pprof", "net/rpc", "plugin", "os/exec", "C"}

// tooMuch finds what a program depends on and should not.
func tooMuch(deps []string) (bad []string) {
	for _, d := range deps {
		first, _, _ := strings.Cut(d, "/")
		switch {
		case under(d, verifyLacks):
			bad = append(bad, "recourse-verify depends on "+d)
		case strings.Contains(first, ".") || first == module:
			if !under(d, verifyBrings) {
				bad = append(bad, "recourse-verify depends on "+d+", which is not in verifyBrings")
			}
		}
	}
	return bad
}

// TestVerify_isSmall builds the program as it is released.
func TestVerify_isSmall(t *testing.T) {
	t.Parallel()
	const most = 10 << 20
	list := exec.Command("go", "list", "-deps", "./cmd/recourse-verify")
	list.Dir, list.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if !slices.Contains(deps, module+"/internal/proof") {
		t.Fatalf("go list sees %d packages and not the proofs", len(deps))
	}
	report(t, tooMuch(deps))
	at := filepath.Join(t.TempDir(), "recourse-verify")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", at, "./cmd/recourse-verify")
	build.Dir, build.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	info, err := os.Stat(at)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() >= most {
		t.Errorf("recourse-verify has %d bytes, %d or more", info.Size(), most)
	}
	raw, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "/ld-linux") {
		t.Error("recourse-verify is not static")
	}
	t.Logf("%d bytes, %d packages", info.Size(), len(deps))
}

func TestVerify_planted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ dep, want string }{
		{"crypto/ed25519", ""}, {"net/http", ""}, {module + "/internal/proof", ""}, {"golang.org/x/mod/sumdb/note", ""},
		{"github.com/jackc/pgx/v5", "not in verifyBrings"}, {module + "/internal/app", "not in verifyBrings"},
		{module + "/internal/kit/webkit", "not in verifyBrings"}, {"database/sql", "depends on database/sql"},
		{"golang.org/x/mod/modfile", "not in verifyBrings"},
	} {
		t.Run(c.dep, func(t *testing.T) {
			t.Parallel()
			expect(t, tooMuch([]string{c.dep}), c.want)
		})
	}
}
