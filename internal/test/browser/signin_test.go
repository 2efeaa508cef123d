package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"recourse/internal/app"
	"recourse/internal/app/world"
	"recourse/internal/kit/opkit"
)

// provider is a site of its own at which one of some is chosen.
type provider struct {
	*httptest.Server
	op     *opkit.Provider
	claims map[string]any
}

// openProvider starts a provider that knows one person or clerk. It serves once it is
// told where to send browsers back to.
func openProvider(t *testing.T, claims map[string]any) *provider {
	t.Helper()
	p := &provider{claims: claims}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `<!doctype html><title>sample</title><a href="/chosen?request=%s">It is me</a>`, url.QueryEscape(r.FormValue("request"))) // the tab that asked waits for it
	})
	mux.HandleFunc("GET /chosen", func(w http.ResponseWriter, r *http.Request) {
		to, err := p.op.Choose(r.Context(), r.FormValue("request"), "sample", p.claims)
		if err != nil {
			http.Error(w, html.EscapeString(err.Error()), http.StatusBadRequest)
			return
		}
		http.Redirect(w, r, to, http.StatusFound)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { p.op.ServeHTTP(w, r) })
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// opens begins to serve a door of a registry.
func (p *provider) opens(t *testing.T, registry, door string) {
	t.Helper()
	var err error
	p.op, err = opkit.New(opkit.Config{Issuer: p.URL, Client: "registry", Redirect: registry + "/sign-in/" + door + "/back", Scope: "identity",
		Login: func(request string) string { return p.URL + "/login?request=" + request }})
	if err != nil {
		t.Fatal(err)
	}
}

// says is the entry of the provider in the file of a registry.
func (p *provider) says(more map[string]any) map[string]any {
	more["name"] = map[string]string{"zh": "示例身份服务", "en": "the sample service"}
	more["issuer"], more["client_id"], more["scopes"] = p.URL, "registry", []string{"identity"}
	return more
}

// serveDoors serves a registry with a provider for persons and one for the staff of a
// body, as sites of their own; at a name where passkeys are made, else at an address.
func serveDoors(t *testing.T, c app.Config) *served {
	t.Helper()
	persons := openProvider(t, map[string]any{"id_type": "cn-id", "id_number": "999999198106181060"})
	staff := openProvider(t, map[string]any{"staff_number": "0417"})
	raw, err := json.Marshal(map[string]any{
		"persons": persons.says(map[string]any{"claims": map[string]string{"id_type": "id_type", "number": "id_number"}}),
		"staff":   []any{staff.says(map[string]any{"code": "market", "body": "hubei-market", "claims": map[string]string{"number": "staff_number"}})},
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "sign-in.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	c.SignInFile = file
	s := serveAs(t, c, app.Calls{Prepare: func(ctx context.Context, h *app.House) error {
		now := h.Now()
		if _, err := h.Party.AddClerk(ctx, "hubei-market", "0417", h.Shelf.At(now).Today(now).AddYears(1), now); err != nil {
			return err
		}
		return h.LoadDemo(ctx, world.Size{People: 40, Records: 53, Days: 120}, func(app.Step) {})
	}})
	persons.opens(t, s.url, "person")
	staff.opens(t, s.url, "market")
	return s
}

// exec changes the database of the registry, as no program can.
func (s *served) exec(sql string) {
	s.t.Helper()
	run, err := app.ReadRunning(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	conn, err := pgx.Connect(s.t.Context(), run.URLs.Owner)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(s.t.Context())) }()
	if _, err := conn.Exec(s.t.Context(), sql); err != nil {
		s.t.Fatal(err)
	}
}

// TestSignIn_providers signs a clerk and a person in at providers that are other sites,
// in a browser. When the person's proof has grown old, a freeze that they place waits for
// them until they have proved anew who they are.
func TestSignIn_providers(t *testing.T) {
	t.Parallel()
	s := serveDoors(t, app.Config{})
	clerk, person := shared(t).Tab(t), shared(t).Tab(t)
	clerk.Look(View{Width: 320})
	clerk.Open(s.url + "/en/clerk/sign-in")
	clerk.check("clerk-sign-in-doors")
	clerk.Click(`a[href*="/sign-in/market"]`)
	clerk.Click("a")
	clerk.at(s.url + "/en/supply")
	clerk.Open(s.url + "/en/sign-in/market/back")
	clerk.check("sign-in-failed")
	clerk.Open(s.url + "/zh/sign-in/again")
	clerk.check("sign-in-again-clerk")
	clerk.Open(s.url + "/en/clerk/sign-ins")
	says(t, clerk.Text("main"), "your identity service")

	person.Look(View{Width: 320})
	person.Open(s.url + "/zh/me/freeze")
	person.Click(`a[href*="/sign-in?next="]`)
	person.check("sign-in-doors")
	person.Click(`a[href*="/sign-in/person"]`)
	person.Click("a")
	person.at(s.url + "/zh/me/freeze")
	s.exec("update party.session set proved_at = proved_at - interval '11 minutes'")
	person.Click(`button[value="placed"]`)
	person.at(s.url + "/zh/sign-in/again?next=%2Fzh%2Fresume")
	person.check("sign-in-again-doors")
	person.Click(`a[href*="/sign-in/person"]`)
	person.Click("a")
	person.at(s.url + "/zh/resume")
	for _, v := range []View{{Width: 1280}, {Width: 1280, Dark: true}, {Width: 320}} {
		person.Look(v)
		person.check(fmt.Sprintf("resume-%s", v))
	}
	person.Click("main form .btn")
	person.at(s.url + "/zh/me/freeze?done=placed")
}
