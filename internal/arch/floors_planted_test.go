package arch

import "testing"

// tryImport is one import, and a part of what the house must say about it ("" = welcome).
type tryImport struct{ from, imp, want string }

func TestFloors_planted(t *testing.T) {
	t.Parallel()
	const in = module + "/internal/"
	for _, c := range []tryImport{
		{"internal/ref", "crypto/rand", "do no IO"},
		{"internal/ref", "io", ""},
		{"internal/dossier", "os/exec", "do no IO"},
		{"internal/dossier", "log/slog", "do no IO"},
		{"internal/dossier", "math/rand/v2", "do no IO"},
		{"internal/dossier", "net/netip", ""},
		{"internal/dossier", in + "ref", ""},
		{"internal/ref", in + "dossier", "imports go down"},
		{"internal/dossier", in + "dossier/dossierpg", "imports go down"},
		{"internal/dossier", in + "kit/clock", "no machinery"},
		{"internal/dossier", in + "vault", "no door from dossier to vault"},
		{"internal/furnish", in + "vault", ""},
		{"internal/catalogue", in + "law", "no door from catalogue to law"},
		{"internal/inquiry/inquirypg", in + "dossier", ""},
		{"internal/inquiry/inquirypg", in + "dossier/dossierpg", "not what hangs on it"},
		{"internal/inquiry/inquirypg", in + "notice", "no door from inquiry to notice"},
		{"internal/inquiry/inquirypg", in + "kit/pgkit", ""},
		{"internal/vault/vaultrpc", in + "vault/vaultfile", ""},
		{"internal/dossier/dossierweb", in + "dossier/dossierpg", "does not know how things are kept"},
		{"internal/dossier/dossierweb", in + "inquiry/inquiryweb", "not what hangs on it"},
		{"internal/dossier/dossierweb", in + "kit/webkit", ""},
		{"internal/dossier/dossierpg", in + "dossier/dossierweb", "imports go down"},
		{"internal/kit/pgkit", in + "dossier", "machinery knows no domain"},
		{"internal/kit/pgkit", module + "/migrations", "handed in by internal/app"},
		{"internal/kit/strings", "strings", "no drawer"},
		{"internal/app", in + "dossier/dossierpg", ""},
		{"internal/app", in + "test/pgtest", "only tests"},
		{"internal/app", module + "/packs", ""},
		{"internal/app", module + "/cmd/recourse", "nobody imports a program"},
		{"internal/dossier/dossierpg", in + "app", "imports go down"},
		{"cmd/recourse", in + "app", ""},
		{"migrations", in + "ref", "imports nothing"},
		{"internal/vault/vaulttest", in + "vault", ""},
		{"internal/vault/vaulttest", in + "vault/vaultfile", "handed the filling"},
		{"internal/vault/vaultfile", in + "vault/vaulttest", "only tests"},
		{"internal/gossip", "strings", "no place"},
		{"internal/dossier/helpers", "strings", "not called dossier<what>"},
		{"internal/dossier", in + "gossip", "no place"},
		{"web", "strings", "no place"},
	} {
		t.Run(c.from+" "+c.imp, func(t *testing.T) {
			t.Parallel()
			expect(t, some(checkImport(c.from, c.imp)), c.want)
		})
	}
}

func TestFloors_plantedInTests(t *testing.T) {
	t.Parallel()
	const in = module + "/internal/"
	for _, c := range []tryImport{
		{"internal/inquiry/inquirypg", in + "dossier/dossierpg", ""},
		{"internal/inquiry/inquirypg", in + "test/pgtest", ""},
		{"internal/inquiry/inquirypg", in + "notice/noticeinbox", "no door from inquiry to notice"},
		{"internal/vault/vaultfile", in + "vault/vaulttest", ""},
		{"internal/dossier", in + "app", "belongs into internal/app"},
		{"internal/kit/pgkit", in + "dossier", "nor do their tests"},
		{"internal/ref", "pgregory.net/rapid", ""},
		{"internal/ref", "github.com/jackc/pgx/v5", "not its job"},
		{"internal/ref", "os", ""},
		{"internal/dossier/dossierpg", module + "/migrations", ""},
		{"internal/app", module + "/cmd/recourse", ""},
		{"internal/dossier", "github.com/stretchr/testify/assert", "without an entry"},
	} {
		t.Run(c.from+" "+c.imp, func(t *testing.T) {
			t.Parallel()
			expect(t, some(checkTestImport(c.from, c.imp)), c.want)
		})
	}
}

// TestFloors_plantedPackage shows that the whole pass reports both kinds.
func TestFloors_plantedPackage(t *testing.T) {
	t.Parallel()
	found := checkPackages([]listed{{
		ImportPath: module + "/internal/dossier", Imports: []string{"os"}, XTestImports: []string{module + "/internal/app"},
	}, {ImportPath: module + "/internal/nowhere"}})
	expect(t, found, "internal/dossier imports os")
	expect(t, found, "a test of internal/dossier imports")
	expect(t, found, "internal/nowhere has no place")
}

// some makes a list of what was found.
func some(why string) []string {
	if why == "" {
		return nil
	}
	return []string{why}
}
