package webkit

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/clock"
	"recourse/internal/redact"
)

// sessions knows one secret.
type sessions struct{ err error }

func (s sessions) Caller(_ context.Context, secret string, now time.Time) (Caller, error) {
	if s.err != nil {
		return Caller{}, s.err
	}
	if secret != "good" {
		return Caller{}, fault.New(fault.Unsigned, "E-SESSION", "")
	}
	return Caller{Signed: true, Expires: now.Add(time.Hour), Secret: redact.Of(secret)}, nil
}

func (s sessions) End(context.Context, string, time.Time) error { return s.err }

func config(routes ...Route) Config {
	words := map[string]string{ZH: "登记处", EN: "Registry"}
	for i := range routes {
		routes[i].Why = "to test"
	}
	return Config{Clock: &clock.Clock{}, Chance: rand.NewChaCha8([32]byte{}), Log: slog.New(slog.DiscardHandler), Origin: "https://registry.example.org",
		Imprint: func(time.Time) Imprint { return Imprint{Registry: words, Contact: words} }, Zone: time.UTC, Sessions: sessions{}, Routes: routes}
}

func open(t *testing.T, c Config) *Site {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ask sends a request; headers come in pairs.
func ask(s *Site, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

const signed = "__Host-recourse=good"

func says(text string) Handler {
	return func(context.Context, Visit) (Reply, error) { return Page{Title: "T", Content: Text(text)}, nil }
}

func TestNew_refuses(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Config){
		"no clock":    func(c *Config) { c.Clock = nil },
		"no sessions": func(c *Config) { c.Sessions = nil },
		"one language only": func(c *Config) {
			c.Imprint = func(time.Time) Imprint { return Imprint{Registry: map[string]string{ZH: "x"}} }
		},
		"open http":             func(c *Config) { c.Origin = "http://registry.example.org" },
		"http on a private net": func(c *Config) { c.Origin = "http://10.0.0.1" },
		"origin with a path":    func(c *Config) { c.Origin = "https://registry.example.org/x" },
		"no origin":             func(c *Config) { c.Origin = "" },
		"another method":        func(c *Config) { c.Routes = []Route{{Method: "PUT", Path: "/x", Why: "y", Serve: says("")}} },
		"no reason":             func(c *Config) { c.Routes = []Route{{Method: "GET", Path: "/x", Serve: says("")}} },
		"twice": func(c *Config) {
			r := Route{Method: "GET", Path: "/x", Why: "y", Serve: says("")}
			c.Routes = []Route{r, r}
		},
	} {
		c := config()
		spoil(&c)
		if _, err := New(c); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	for _, origin := range []string{"http://127.0.0.1:8080", "http://localhost", "http://[::1]:1", "https://x.org:8443"} {
		c := config()
		c.Origin = origin
		if _, err := New(c); err != nil {
			t.Errorf("%s is refused: %v", origin, err)
		}
	}
}

func TestSite_headers(t *testing.T) {
	t.Parallel()
	s := open(t, config(Route{Method: "GET", Path: "/x", Serve: says("hello")}))
	for _, path := range []string{"/en/x", "/en/nothing", "/", s.assets.path("rc.css")} {
		h := ask(s, "GET", path, "").Header()
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
			"Referrer-Policy":         "same-origin", "X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=31536000", "X-Robots-Tag": "noindex, nofollow"} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
		if kept := h.Get("Cache-Control"); kept != "no-store" && !strings.HasPrefix(path, "/static/") {
			t.Errorf("%s: Cache-Control is %q", path, kept)
		}
	}
	for _, gone := range []string{"/static/rc.css", "/static/rc.000000000000.css", "/static/", "/static/../site.go"} {
		if got := ask(s, "GET", gone, "").Code; got != http.StatusNotFound {
			t.Errorf("%s: status %d", gone, got)
		}
	}
}

func TestSite_language(t *testing.T) {
	t.Parallel()
	s := open(t, config(Route{Method: "GET", Path: "/x", Serve: says("hello")}))
	for _, c := range []struct{ path, accept, cookie, want string }{
		{"/x?a=b", "", "", "/zh/x?a=b"}, {"/x", "en", "", "/en/x"}, {"/x", "en-GB,zh;q=0.9", "", "/en/x"}, {"/x", "de, zh-CN;q=0.5, en;q=0.4", "", "/zh/x"},
		{"/x", "en;q=nonsense", "", "/en/x"}, {"/x", "en", "__Host-lang=zh", "/zh/x"}, {"/x", "en", "__Host-lang=fr", "/en/x"}, {"/", "en", "", "/en/"},
		{"/en", "", "", "/en/"}, {"/zh", "en", "", "/zh/"}, {"/enough", "", "", "/zh/enough"},
	} {
		got := ask(s, "GET", c.path, "", "Accept-Language", c.accept, "Cookie", c.cookie)
		if got.Code != http.StatusSeeOther || got.Header().Get("Location") != c.want {
			t.Errorf("%s for %q %q: %d to %q", c.path, c.accept, c.cookie, got.Code, got.Header().Get("Location"))
		}
	}
	for _, path := range []string{"//example.org/x", "//zh/x"} {
		if got := ask(s, "GET", path, ""); got.Header().Get("Location") != "" {
			t.Errorf("%s leads to %q", path, got.Header().Get("Location"))
		}
	}
	if got := ask(s, "POST", "/x", ""); got.Code != http.StatusNotFound {
		t.Errorf("a form without a language: %d", got.Code)
	}
}

func TestSite_paths(t *testing.T) {
	t.Parallel()
	s := open(t, config(Route{Method: "GET", Path: "/", Serve: says("first")}, Route{Method: "GET", Path: "/x/{id}", Serve: func(_ context.Context, v Visit) (Reply, error) {
		return Page{Title: "T", Content: Text("id=" + v.Param("id") + " path=" + v.Path)}, nil
	}}))
	for path, want := range map[string]int{"/en/": 200, "/en/x/1": 200, "/en/x/": 404, "/en/x": 404, "/en/x/1/": 404, "/en//x/1": 404, "/en/x/../x/1": 404, "/en/X/1": 404, "/fr/x/1": 303} {
		if got := ask(s, "GET", path, "").Code; got != want {
			t.Errorf("%s: status %d, want %d", path, got, want)
		}
	}
	if got := ask(s, "GET", "/en/x/a%2Fb", "").Body.String(); !strings.Contains(got, "id=a/b path=/x/a/b") {
		t.Errorf("an escaped slash: %s", got)
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "PATCH"} {
		if got := ask(s, method, "/en/x/1", "").Code; got != http.StatusNotFound {
			t.Errorf("%s: status %d", method, got)
		}
	}
	head, get := ask(s, "HEAD", "/en/x/1", ""), ask(s, "GET", "/en/x/1", "")
	if head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("Content-Length") != get.Header().Get("Content-Length") {
		t.Errorf("HEAD: status %d, %d bytes", head.Code, head.Body.Len())
	}
}

func TestSite_roles(t *testing.T) {
	t.Parallel()
	reached := 0
	serve := func(_ context.Context, v Visit) (Reply, error) {
		reached++
		if !v.Signed {
			t.Error("nobody reaches a page that needs a person")
		}
		return Page{Title: "T", Content: Text("mine")}, nil
	}
	c := config(Route{Method: "GET", Path: "/mine", Role: Person, Serve: serve}, Route{Method: "POST", Path: "/mine", Role: Person, Serve: serve},
		Route{Method: "GET", Path: "/", Serve: says("open")})
	s := open(t, c)
	for _, cookie := range []string{"", "__Host-recourse=", "__Host-recourse=bad", "recourse=good", "__Host-lang=good"} {
		for _, method := range []string{"GET", "POST"} {
			got := ask(s, method, "/en/mine?a=1&b=2", "", "Cookie", cookie)
			next := "next=%2Fen%2Fmine%3Fa%3D1%26b%3D2"
			if method == "POST" {
				next = `next=%2Fen%2Fmine"`
			}
			if got.Code != http.StatusUnauthorized || !strings.Contains(got.Body.String(), next) {
				t.Errorf("%s with %q: %d\n%s", method, cookie, got.Code, got.Body)
			}
		}
	}
	if reached != 0 {
		t.Errorf("reached %d times", reached)
	}
	if got := ask(s, "GET", "/en/mine", "", "Cookie", signed).Code; got != http.StatusOK || reached != 1 {
		t.Errorf("the person: status %d", got)
	}
	c.Sessions = sessions{fault.New(fault.Unavailable, "E-DOWN", "")}
	s = open(t, c)
	if got := ask(s, "GET", "/en/mine", "", "Cookie", signed).Code; got != http.StatusServiceUnavailable {
		t.Errorf("sessions that cannot be reached: %d", got)
	}
	if got := ask(s, "GET", "/en/", "", "Cookie", signed).Code; got != http.StatusOK {
		t.Errorf("an open page while sessions cannot be reached: %d", got)
	}
}

func TestSite_forms(t *testing.T) {
	t.Parallel()
	s := open(t, config(Route{Method: "POST", Path: "/f", Serve: func(_ context.Context, v Visit) (Reply, error) {
		return Page{Title: "T", Content: Text("a=" + v.Form.Get("a") + " q=" + v.Query.Get("a"))}, nil
	}}, Route{Method: "GET", Path: "/f", Serve: says("form")}))
	if got := ask(s, "POST", "/en/f?a=q", "a=form").Body.String(); !strings.Contains(got, "a=form q=q") {
		t.Errorf("a form: %s", got)
	}
	for name, c := range map[string]struct {
		path, body string
		want       int
	}{
		"too long": {"/en/f", "a=" + strings.Repeat("x", maxForm), 400}, "bad escape": {"/en/f", "a=%zz", 400}, "bad query": {"/en/f?a=%zz", "", 400}, "as long as it may be": {"/en/f", "a=" + strings.Repeat("x", maxForm-2), 200},
	} {
		if got := ask(s, "POST", c.path, c.body).Code; got != c.want {
			t.Errorf("%s: status %d, want %d", name, got, c.want)
		}
	}
	if got := ask(s, "POST", "/en/f", "a=b", "Sec-Fetch-Site", "cross-site").Code; got != http.StatusForbidden {
		t.Errorf("from elsewhere: %d", got)
	}
}

func TestSite_gzip(t *testing.T) {
	t.Parallel()
	s := open(t, config(Route{Method: "GET", Path: "/x", Serve: says(strings.Repeat("记录", 4000))}))
	plain := ask(s, "GET", "/zh/x", "").Body.String()
	for accept, want := range map[string]bool{"gzip": true, "br, gzip;q=0.5": true, "gzip;q=0": false, "deflate": false, "": false, "xgzip": false} {
		got := ask(s, "GET", "/zh/x", "", "Accept-Encoding", accept)
		if zipped := got.Header().Get("Content-Encoding") == "gzip"; zipped != want {
			t.Errorf("%q: compressed %v", accept, zipped)
		} else if zipped {
			z, err := gzip.NewReader(got.Body)
			if err != nil {
				t.Fatal(err)
			}
			if raw, err := io.ReadAll(z); err != nil || string(raw) != plain {
				t.Errorf("%q: other bytes come out: %v", accept, err)
			}
		}
		if !strings.Contains(strings.Join(got.Header().Values("Vary"), ","), "Accept-Encoding") {
			t.Errorf("%q: Vary is %q", accept, got.Header().Values("Vary"))
		}
	}
}

func TestSite_failsWhole(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c := config(
		Route{Method: "GET", Path: "/panic", Serve: func(context.Context, Visit) (Reply, error) { panic("of the inside") }},
		Route{Method: "GET", Path: "/error", Serve: func(context.Context, Visit) (Reply, error) { return nil, errors.New("of the inside") }},
		Route{Method: "GET", Path: "/nothing", Serve: func(context.Context, Visit) (Reply, error) { return nil, nil }},
		Route{Method: "GET", Path: "/late", Serve: func(ctx context.Context, _ Visit) (Reply, error) { <-ctx.Done(); return nil, ctx.Err() }},
		Route{Method: "GET", Path: "/half", Serve: func(context.Context, Visit) (Reply, error) {
			return Page{Title: "T", Content: half{}}, nil
		}})
	c.Log, c.Deadline = slog.New(slog.NewTextHandler(&log, nil)), time.Millisecond
	s := open(t, c)
	for path, want := range map[string]int{"/en/panic": 500, "/en/error": 500, "/en/nothing": 500, "/en/late": 503, "/en/half": 500} {
		got := ask(s, "GET", path, "")
		if got.Code != want || strings.Contains(got.Body.String(), "of the inside") || strings.Contains(got.Body.String(), "first half") {
			t.Errorf("%s: %d %s", path, got.Code, got.Body)
		}
		if path == "/en/half" {
			continue
		}
		_, number, _ := strings.Cut(got.Body.String(), "Reference number: ")
		if len(number) < 9 || !strings.Contains(log.String(), "request="+number[:9]) {
			t.Errorf("%s: the number %.9q is not in the log", path, number)
		}
	}
	if strings.Contains(log.String(), "panic(\"of") {
		t.Error("the log holds what was panicked with")
	}
}

// half is a part of a page that fails after its beginning.
type half struct{}

func (half) Render(_ context.Context, w io.Writer) error {
	_, _ = io.WriteString(w, "first half")
	return errors.New("no second half")
}

func TestPanels_order(t *testing.T) {
	t.Parallel()
	at := func(h int) time.Time { return time.Date(2026, 1, 1, h, 0, 0, 0, time.UTC) }
	panel := func(calls ...Call) Panels {
		return func(context.Context, Visit) (Panel, error) { return Panel{Calls: calls}, nil }
	}
	for _, c := range []struct {
		name  string
		calls []Call
		want  string
	}{
		{"yours first", []Call{{Title: "theirs", Due: at(1)}, {Title: "yours", Yours: true, Due: at(2)}}, "yours"},
		{"sooner first", []Call{{Title: "later", Yours: true, Due: at(3)}, {Title: "sooner", Yours: true, Due: at(2)}}, "sooner"},
		{"a clock first", []Call{{Title: "waits", Yours: true}, {Title: "runs", Yours: true, Due: at(9)}}, "runs"},
		{"theirs at all", []Call{{Title: "theirs"}}, "theirs"},
	} {
		config := config()
		config.Over = []Overview{{Path: "/x", Why: "y", Title: map[string]string{EN: "Over"}, Panels: []Panels{panel(), panel(c.calls...)}}}
		got := ask(open(t, config), "GET", "/en/x", "", "Cookie", signed).Body.String()
		_, call, _ := strings.Cut(got, `id="call"`)
		call, _, _ = strings.Cut(call, "</h2>")
		if !strings.Contains(call, c.want) {
			t.Errorf("%s: %s", c.name, call)
		}
	}
	broken := config()
	broken.Over = []Overview{{Path: "/x", Why: "y", Title: map[string]string{EN: "Over"}, Panels: []Panels{panel(),
		func(context.Context, Visit) (Panel, error) { return Panel{}, fault.New(fault.Unavailable, "E", "") }}}}
	if got := ask(open(t, broken), "GET", "/en/x", "", "Cookie", signed); got.Code != http.StatusServiceUnavailable || strings.Contains(got.Body.String(), "Over") {
		t.Errorf("a page with a part missing: %d", got.Code)
	}
}
