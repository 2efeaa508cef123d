package app_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"recourse/internal/app"
	"recourse/internal/kit/opkit"
	"recourse/internal/test/evidence"
)

// porch is a sandbox being served, with the providers at which one signs in.
type porch struct {
	*app.House
	url      string
	provider map[string]*opkit.Provider // by door, on listeners of their own
}

// openPorch serves a sandbox: with its own provider, or with providers that are
// processes of their own as far as the registry can tell.
func openPorch(t *testing.T, doors ...string) *porch {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	origin := "http://" + server.Listener.Addr().String()
	p := &porch{url: origin, provider: map[string]*opkit.Provider{}}
	cfg := app.Config{DataDir: t.TempDir() + "/data", Mode: app.Sandbox, Listen: "127.0.0.1:0", Pack: "cn-hubei", BaseURL: origin, Database: app.Database{NoSync: true}}
	if len(doors) > 0 {
		cfg.SignInFile = p.file(t, origin, doors)
	}
	h, err := app.Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	p.House = h
	t.Cleanup(func() {
		server.Close()
		if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	if server.Config.Handler, err = h.Handler(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Start()
	return p
}

// file starts a provider for each door and writes the file that names them.
func (p *porch) file(t *testing.T, origin string, doors []string) string {
	t.Helper()
	names := map[string]string{"zh": "示例身份服务", "en": "the sample service"}
	whole := map[string]any{}
	var staff []any
	for _, code := range doors {
		var serve http.Handler
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serve.ServeHTTP(w, r) }))
		t.Cleanup(server.Close)
		op, err := opkit.New(opkit.Config{Issuer: server.URL, Client: "registry", Secret: "sample-secret", Redirect: origin + "/sign-in/" + code + "/back", Scope: "identity",
			Login: func(request string) string { return "https://login.example.org/?request=" + request }})
		if err != nil {
			t.Fatal(err)
		}
		serve, p.provider[code] = op, op
		secret := t.TempDir() + "/secret"
		if err := os.WriteFile(secret, []byte("sample-secret\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		one := map[string]any{"name": names, "issuer": server.URL, "client_id": "registry", "secret_file": secret, "scopes": []string{"identity"}}
		switch code {
		case "person":
			one["claims"] = map[string]string{"id_type": "id_type", "number": "id_number", "birth": "birthdate"}
			whole["persons"] = one
		case "market":
			one["code"], one["body"], one["claims"] = code, "hubei-market", map[string]string{"number": "staff_number"}
			staff = append(staff, one)
		default:
			one["code"], one["claims"] = code, map[string]string{"number": "staff_number", "body": "body"}
			staff = append(staff, one)
		}
	}
	whole["staff"] = staff
	raw, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	name := t.TempDir() + "/sign-in.json"
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// browser is somebody before the porch.
type browser struct {
	t      *testing.T
	p      *porch
	client *http.Client
}

func (p *porch) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, p, &http.Client{Jar: jar}}
}

// get follows every redirect that stays at the registry, and returns where it ends.
func (b *browser) get(at string) (page string, end *url.URL, code int) {
	b.t.Helper()
	return b.do(http.MethodGet, at, nil)
}

func (b *browser) do(method, at string, form url.Values) (page string, end *url.URL, code int) {
	b.t.Helper()
	if strings.HasPrefix(at, "/") {
		at = b.p.url + at
	}
	b.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == "login.example.org" {
			return http.ErrUseLastResponse
		}
		return nil
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, at, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Accept-Language", "en")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", b.p.url)
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	end = res.Request.URL
	if to, err := res.Location(); err == nil {
		end = to
	}
	return string(body), end, res.StatusCode
}

// through goes to a door and comes back as who has the claims, to the address behind it.
func (b *browser) through(door, query string, claims map[string]any) (page string, end *url.URL, code int) {
	b.t.Helper()
	return b.get(b.answer(door, query, claims))
}

// answer goes to a door and returns the address by which the browser comes back.
func (b *browser) answer(door, query string, claims map[string]any) string {
	b.t.Helper()
	_, at, _ := b.get("/en/sign-in/" + door + query)
	next, err := b.p.provider[door].Choose(b.t.Context(), at.Query().Get("request"), "sample", claims)
	if err != nil {
		b.t.Fatalf("at %s: %v", at, err)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(next)
	if err != nil {
		b.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.Header.Get("Location")
}

func says(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q:\n%.3000s", text, page)
		}
	}
}

// TestSignIn_sandbox chooses a sample person at the sandbox's own provider: the browser
// goes through the whole code flow, and nothing is made for who has no file.
func TestSignIn_sandbox(t *testing.T) {
	t.Parallel()
	p := openPorch(t)
	b := p.browser(t)
	page, _, _ := b.get("/en/sign-in?next=%2Fen%2Fme%2Fsettings")
	link := regexp.MustCompile(`href="(/en/sign-in/person[^"]*)"`).FindStringSubmatch(page)
	if link == nil {
		t.Fatalf("no way to the provider:\n%s", page)
	}
	page, at, _ := b.get(link[1])
	request := regexp.MustCompile(`name="request" value="([^"]+)"`).FindStringSubmatch(page)
	if request == nil || !strings.HasSuffix(at.Path, "/sandbox/sign-in") {
		t.Fatalf("at %s nothing is to choose:\n%s", at, page)
	}
	if page, at, _ = b.do(http.MethodPost, "/en/sandbox/sign-in", url.Values{"person": {"x"}, "request": request[1:]}); !strings.Contains(page, request[1]) {
		t.Errorf("a mistake forgets the request: %s", at)
	}
	page, at, code := b.do(http.MethodPost, "/en/sandbox/sign-in", url.Values{"person": {"1"}, "request": request[1:]})
	if at.Path != "/en/me/settings" || code != http.StatusOK {
		t.Errorf("chosen, and at %s: %d\n%s", at, code, page)
	}
	if page, _, _ = b.get("/en/me/settings/sign-ins"); !strings.Contains(page, "your identity service") {
		t.Error("the sign-in does not say that a provider vouched for it")
	}
	if !p.True(t.Context(), "select count(*) = 0 from party.person") {
		t.Error("signing in made a file")
	}
	if _, at, _ := p.browser(t).get("/zh/sign-in/person"); at.Path != "/zh/sandbox/sign-in" {
		t.Errorf("the language is lost on the way: %s", at)
	}
	if _, at, code := p.browser(t).get("/en/sandbox/sign-in"); at.Query().Get("request") == "" || code != http.StatusOK {
		t.Errorf("the old way leads to %s: %d", at, code)
	}
}

// attempts counts ways back from a provider that must not let in.
type attempts struct{ tried, refused int }

// try comes back with an answer: the page says why it cannot be taken, and nobody is
// signed in.
func (n *attempts) try(t *testing.T, name, want, answer string, by *browser) {
	t.Helper()
	n.tried++
	page, _, code := by.get(answer)
	if code != http.StatusUnprocessableEntity || !strings.Contains(page, want) {
		t.Errorf("%s: %d, wants %q\n%.1500s", name, code, want, page)
	} else if cookie(by) != "" {
		t.Errorf("%s: lets in", name)
	} else {
		n.refused++
	}
}

// TestSignIn_persons signs persons in at a provider of its own, and plays with the way.
func TestSignIn_persons(t *testing.T) {
	t.Parallel()
	p := openPorch(t, "person")
	who := map[string]any{"id_type": "cn-id", "id_number": "999999197903080954"}
	b := p.browser(t)
	page, at, code := b.through("person", "?next=%2Fzh%2Fme", who)
	if at.Path != "/zh/me" || code != http.StatusOK {
		t.Fatalf("at %s: %d\n%s", at, code, page)
	}
	var n attempts
	first := p.browser(t)
	answer := first.answer("person", "", who)
	n.try(t, "in another browser", "another browser", answer, p.browser(t))
	if _, _, code := first.get(answer); code != http.StatusOK {
		t.Errorf("control: %d", code)
	}
	if _, _, code := first.get(answer); code != http.StatusUnprocessableEntity {
		t.Errorf("the same answer again: %d", code)
	}
	second := p.browser(t)
	n.try(t, "with another state", "cannot be taken", strings.Replace(second.answer("person", "", who), "state=", "state=x", 1), second)
	for name, c := range map[string]struct {
		claims map[string]any
		want   string
	}{
		"no number":                  {map[string]any{"id_type": "cn-id"}, "by which official number"},
		"a number that is none":      {map[string]any{"id_type": "cn-id", "id_number": "999999197903080955"}, "by which official number"},
		"a type that nobody has":     {map[string]any{"id_type": "x", "id_number": "999999197903080954"}, "by which official number"},
		"no type":                    {map[string]any{"id_number": "999999197903080954"}, "by which official number"},
		"a number among other words": {map[string]any{"id_type": "cn-id", "id_number": "no. 999999197903080954"}, "by which official number"},
	} {
		by := p.browser(t)
		n.try(t, name, c.want, by.answer("person", "", c.claims), by)
	}
	late := p.browser(t)
	answer = late.answer("person", "", who)
	p.Exec(t, "update party.knock set until_at = now() - interval '1 second'")
	n.try(t, "after ten minutes", "longer than ten minutes", answer, late)
	evidence.Keep(t, "sign-in.md", "browser", "ways back from a provider: another browser, another state, who is nobody, too late", n.tried, n.refused)
}

// TestSignIn_mixUp brings the answer of one provider to the door of another.
func TestSignIn_mixUp(t *testing.T) {
	t.Parallel()
	p := openPorch(t, "person", "market", "all")
	now := p.Now()
	if _, err := p.Party.AddClerk(t.Context(), "hubei-market", "0417", p.Shelf.At(now).Today(now).AddYears(1), now); err != nil {
		t.Fatal(err)
	}
	who := map[string]any{"id_type": "cn-id", "id_number": "999999197903080954", "staff_number": "0417", "body": "hubei-market"} // everywhere somebody
	var n attempts
	for from := range p.provider {
		for to := range p.provider {
			b := p.browser(t)
			answer := strings.Replace(b.answer(from, "", who), "/sign-in/"+from+"/", "/sign-in/"+to+"/", 1)
			if from != to {
				n.try(t, from+" at "+to, "another browser", answer, b)
			} else if _, at, code := b.get(answer); code != http.StatusOK {
				t.Errorf("control, %s: at %s, %d", from, at, code)
			}
		}
	}
	evidence.Keep(t, "sign-in.md", "browser", "answers of one provider at the door of another", n.tried, n.refused)
}

// TestSignIn_staff signs in the staff of bodies: at the provider of their body, and at
// one for all.
func TestSignIn_staff(t *testing.T) {
	t.Parallel()
	p := openPorch(t, "person", "market", "all")
	now := p.Now()
	today := p.Shelf.At(now).Today(now)
	for number, body := range map[string]string{"0417": "hubei-market", "0418": "sample-bank"} {
		if _, err := p.Party.AddClerk(t.Context(), body, number, today.AddYears(1), now); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.Party.AddClerk(t.Context(), "hubei-market", "untrained", today.AddDays(-1), now); err != nil {
		t.Fatal(err)
	}
	page, _, _ := p.browser(t).get("/en/clerk/sign-in")
	says(t, page, "/en/sign-in/market", "/en/sign-in/all")
	for _, c := range []struct {
		name, door string
		claims     map[string]any
		want       string // said; empty where it lets in
	}{
		{"at the body's", "market", map[string]any{"staff_number": "0417"}, ""},
		{"at the body's, of another body", "market", map[string]any{"staff_number": "0418", "body": "sample-bank"}, "has not made you known"},
		{"at the one for all", "all", map[string]any{"staff_number": "0418", "body": "sample-bank"}, ""},
		{"at the one for all, of no body", "all", map[string]any{"staff_number": "0418"}, "has not made you known"},
		{"unknown", "all", map[string]any{"staff_number": "0419", "body": "sample-bank"}, "has not made you known"},
		{"no number", "all", map[string]any{"body": "sample-bank"}, "has not made you known"},
		{"without training", "market", map[string]any{"staff_number": "untrained"}, "training record"},
	} {
		b := p.browser(t)
		page, at, code := b.through(c.door, "", c.claims)
		switch {
		case c.want == "" && (at.Path != "/en/supply" && at.Path != "/zh/supply" || code != http.StatusOK):
			t.Errorf("%s: at %s, %d\n%.2000s", c.name, at, code, page)
		case c.want != "":
			says(t, page, c.want)
			if _, _, code := b.get("/en/supply"); code != http.StatusUnauthorized {
				t.Errorf("%s: lets in", c.name)
			}
		}
	}
	if _, _, code := p.browser(t).get("/en/sign-in/nowhere"); code != http.StatusNotFound {
		t.Errorf("a door that is none: %d", code)
	}
}
