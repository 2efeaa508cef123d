package app_test

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"recourse/internal/app"
	"recourse/internal/kit/opkit"
)

// clerks makes clerks of the market known and lets one sign in at their provider.
func (p *porch) clerks(t *testing.T, numbers ...string) *browser {
	t.Helper()
	now := p.Now()
	for _, n := range numbers {
		if _, err := p.Party.AddClerk(t.Context(), "hubei-market", n, p.Shelf.At(now).Today(now).AddYears(1), now); err != nil {
			t.Fatal(err)
		}
	}
	b := p.browser(t)
	if _, at, code := b.through("market", "?next=%2Fen%2Fsupply", clerk(numbers[0])); at.Path != "/en/supply" || code != http.StatusOK {
		t.Fatalf("at %s: %d", at, code)
	}
	return b
}

func clerk(number string) map[string]any { return map[string]any{"staff_number": number} }

// TestStepUp lets a proof grow old, and does what matters: the form comes back with what
// was written once the same person has proved who they are, in the same sign-in.
func TestStepUp(t *testing.T) {
	t.Parallel()
	p := openPorch(t, "person", "market")
	b := p.clerks(t, "0417", "0418")
	const desk = "/en/work/contests/D-0000"
	form := url.Values{"outcome": {"uphold"}, "reasons": {"Seen, and weighed against the file."}}
	if _, at, code := b.do(http.MethodPost, desk, form); at.Path != desk || code != http.StatusNotFound {
		t.Fatalf("control: with a fresh proof at %s: %d", at, code)
	}
	older := func() { p.Exec(t, "update party.session set proved_at = proved_at - interval '11 minutes'") }
	older()
	if _, _, code := b.get("/en/supply"); code != http.StatusOK {
		t.Errorf("what does not matter: %d", code)
	}
	page, at, _ := b.do(http.MethodPost, desk, form)
	if at.Path != "/en/sign-in/again" || at.Query().Get("next") != "/en/resume" {
		t.Fatalf("with an old proof at %s\n%s", at, page)
	}
	says(t, page, "/en/sign-in/market?again=yes")
	if page, _, _ = b.through("market", "?again=yes&next=%2Fen%2Fresume", clerk("0418")); !strings.Contains(page, "somebody else") {
		t.Errorf("another clerk's proof is taken:\n%.2000s", page)
	}
	before := cookie(b)
	page, at, code := b.through("market", "?again=yes&next=%2Fen%2Fresume", clerk("0417"))
	if at.Path != "/en/resume" || code != http.StatusOK || cookie(b) == before {
		t.Fatalf("proved, and at %s: %d, with a new secret: %v", at, code, cookie(b) != before)
	}
	says(t, page, form.Get("reasons"), `name="outcome" value="uphold"`, `action="`+desk+`"`)
	if !p.True(t.Context(), "select count(*) = 1 from party.session") {
		t.Error("a proof made another sign-in")
	}
	if !p.True(t.Context(), "select count(*) = 0 from party.draft where position('weighed'::bytea in written) > 0") {
		t.Error("a draft lies open in the database")
	}
	if _, at, code := b.do(http.MethodPost, desk, form); at.Path != desk || code != http.StatusNotFound {
		t.Errorf("sent again at %s: %d", at, code)
	}
	older()
	if _, at, _ := b.get(desk + "?desk=review"); at.Path != "/en/sign-in/again" || at.Query().Get("next") != desk+"?desk=review" {
		t.Errorf("a page that matters leads to %s", at)
	}
}

// cookie is the secret of a browser's sign-in.
func cookie(b *browser) string {
	at, err := url.Parse(b.p.url)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(at) {
		if c.Name == "recourse" {
			return c.Value
		}
	}
	return ""
}

// TestDraft_outlivesATimeOut lets a sign-in end while somebody writes: what they sent
// waits for them, and for nobody else who signs in there.
func TestDraft_outlivesATimeOut(t *testing.T) {
	t.Parallel()
	p := openPorch(t, "person", "market")
	const desk = "/en/work/contests/D-0000"
	form := url.Values{"reasons": {"Written for half an hour."}}
	for _, c := range []struct {
		name, signsIn, ends string
		kept, shown         bool
	}{
		{"unused", "0417", "update party.session set seen_at = seen_at - interval '31 minutes'", true, true},
		{"at its latest end", "0417", "update party.session set made_at = made_at - interval '11 hours', expires_at = expires_at - interval '11 hours'", true, true},
		{"unused, and somebody else signs in", "0418", "update party.session set seen_at = seen_at - interval '31 minutes'", true, false},
		{"ended from elsewhere", "0417", "delete from party.session", false, false},
	} {
		b := p.clerks(t, "0417", "0418")
		p.Exec(t, c.ends)
		page, _, code := b.do(http.MethodPost, desk, form)
		if kept := strings.Contains(page, "%2Fen%2Fresume"); code != http.StatusUnauthorized || kept != c.kept {
			t.Errorf("%s: %d, kept %v", c.name, code, kept)
		}
		if kept := strings.Contains(page, "What you had written is kept"); kept != c.kept {
			t.Errorf("%s: said %v", c.name, kept)
		}
		page, _, code = b.through("market", "?next=%2Fen%2Fresume", clerk(c.signsIn))
		if shown := strings.Contains(page, form.Get("reasons")); shown != c.shown || shown != (code == http.StatusOK) {
			t.Errorf("%s: shown %v, %d", c.name, shown, code)
		}
	}
	b := p.clerks(t, "0417")
	if _, _, code := b.get("/en/resume"); code != http.StatusNotFound {
		t.Errorf("nothing was written: %d", code)
	}
}

// TestMatters holds the table of what asks for a fresh proof against the pages.
func TestMatters(t *testing.T) {
	t.Parallel()
	w := openTown(t)
	rows := map[string]bool{}
	for _, r := range w.site.Rows() {
		rows[r.Method+" "+r.Path] = r.Fresh != nil
	}
	for _, row := range app.Matters() {
		if marked, there := rows[row]; !there || !marked {
			t.Errorf("%s: there %v, marked %v", row, there, marked)
		}
	}
}

// TestDiagnose_signIn looks at providers that answer, and at one that is away.
func TestDiagnose_signIn(t *testing.T) {
	t.Parallel()
	p := &porch{provider: map[string]*opkit.Provider{}}
	file := p.file(t, "https://registry.example.org", []string{"person", "market"})
	away := t.TempDir() + "/sign-in.json"
	if err := os.WriteFile(away, []byte(`{"persons":{"name":{"zh":"样","en":"sample"},"issuer":"http://127.0.0.1:1","client_id":"registry","claims":{"id_type_is":"cn-id","number":"n"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ file, at, found, fix string }{
		{"", "", "0 providers, and the sandbox's own for persons; no passkeys", ""}, {file, "https://registry.example.org", "2 providers; passkeys for registry.example.org", ""},
		{away, "", "1 providers", "http://127.0.0.1:1"}, {t.TempDir() + "/none", "", "none", "cannot be read"},
	} {
		cfg := app.Config{DataDir: t.TempDir(), Mode: app.Sandbox, Listen: "127.0.0.1:0", Pack: "cn-hubei", SignInFile: c.file, BaseURL: c.at}
		for _, d := range app.Diagnose(t.Context(), cfg) {
			if d.About == "sign-in" && (!strings.Contains(d.Found, c.found) || (d.Fix == "") != (c.fix == "") || !strings.Contains(d.Fix, c.fix)) {
				t.Errorf("%s: %+v", c.file, d)
			}
		}
	}
}
