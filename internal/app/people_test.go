package app_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/internal/app"
	"recourse/internal/app/world"
	"recourse/internal/inquiry"
	"recourse/internal/kit/apikit"
	"recourse/internal/kit/signkit"
	"recourse/internal/kit/webkit"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// town is a sandbox with a story, as it is served, and those who come to it.
type town struct {
	*app.House
	api     *apikit.API
	site    *webkit.Site
	handler http.Handler
	actors  map[string]*actor
}

// actor is somebody who comes: with a session for the pages, a token for the calls,
// or neither. found is what they were shown the way to: address by address.
type actor struct {
	name, cookie, token string
	found               []string
	forms               []form
}

// form is one that somebody was shown, with what stood in its fields.
type form struct {
	to     string
	fields url.Values
}

const site = "http://localhost"

// openTown fills a sandbox and lets everybody in.
func openTown(t *testing.T) *town {
	t.Helper()
	cfg := app.Config{DataDir: t.TempDir() + "/data", Mode: app.Sandbox, Listen: "127.0.0.1:0", Pack: "cn-hubei", BaseURL: site, Database: app.Database{NoSync: true}}
	h, err := app.Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	if err := h.LoadDemo(t.Context(), world.Size{People: 60, Records: 240, Days: 120}, func(app.Step) {}); err != nil {
		t.Fatal(err)
	}
	w := &town{House: h, actors: map[string]*actor{}}
	if w.api, w.site, w.handler, err = h.Served(); err != nil {
		t.Fatal(err)
	}
	w.people(t)
	w.staff(t)
	for _, name := range []string{"person", "other", "clerk", "stranger", "decider", "reviewer", "supervisor", "ombudsman"} {
		w.walk(t, w.actors[name])
	}
	return w
}

// people signs in two persons with a file and one without.
func (w *town) people(t *testing.T) {
	for name, n := range map[string]string{"person": "0", "other": "2", "nobody known": "1"} {
		w.actors[name] = &actor{name: name, cookie: w.enter(t, "/en/sandbox/sign-in", url.Values{"person": {n}})}
	}
	w.actors["nobody"] = &actor{name: "nobody"}
}

// staff makes clerks of two bodies, those who decide, and those who may do nothing.
func (w *town) staff(t *testing.T) {
	now := w.Now()
	today := w.Shelf.At(now).Today(now)
	for _, c := range []struct{ name, body, desk string }{
		{"clerk", "hubei-market", ""}, {"stranger", "sample-bank", ""}, {"head", "hubei-market", "head"}, {"supervisor", "hubei-pbc", "supervise"}, {"ombudsman", "sample-ombudsman", "supervise"}, {"sender", "hubei-market", ""}, {"asker", "hubei-market", ""},
		{"decider", "hubei-credit-centre", "decide"}, {"reviewer", "wuhan-market", "review"}, {"untrained", "hubei-market", ""}, {"no mandate", "hubei-market", ""}, {"revoked", "hubei-market", ""}, {"leaver", "hubei-market", ""},
	} {
		who, err := w.Party.AddClerk(t.Context(), c.body, "SAMPLE-"+c.name, today.AddYears(1), now)
		if err != nil {
			t.Fatal(err)
		}
		a := &actor{name: c.name}
		if a.token, err = w.Party.IssueToken(t.Context(), who.ID, now, now.Add(24*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if c.desk != "" {
			w.Exec(t, `insert into party.mandate (clerk, desk, lent_by, from_on, until_on, made_at) values ($1, $2, $1, current_date, current_date + 30, now())`, [16]byte(who.ID), c.desk)
		}
		a.cookie = w.enter(t, "/en/clerk/sign-in", url.Values{"token": {a.token}})
		switch c.name {
		case "untrained":
			_, err = w.Party.AddClerk(t.Context(), c.body, "SAMPLE-"+c.name, today.AddDays(-1), now)
		case "no mandate":
			w.Exec(t, `update party.mandate set until_on = current_date - 1 where clerk = $1`, [16]byte(who.ID))
		case "sender":
			w.Exec(t, `update party.mandate set ended_at = now() where clerk = $1 and desk = 'ask'`, [16]byte(who.ID))
		case "asker":
			w.Exec(t, `update party.mandate set ended_at = now() where clerk = $1 and desk = 'furnish'`, [16]byte(who.ID))
		case "revoked":
			_, err = w.Party.RevokeTokens(t.Context(), who.ID, now)
		case "leaver":
			w.Exec(t, `update party.clerk set ended_at = now() where clerk = $1`, [16]byte(who.ID))
		}
		if err != nil {
			t.Fatal(err)
		}
		w.actors[c.name] = a
	}
	operator, err := w.Party.Authenticate(t.Context(), party.Bearer(w.actors["decider"].token), now)
	if err != nil {
		t.Fatal(err)
	}
	w.Exec(t, `insert into party.mandate (clerk, desk, lent_by, from_on, until_on, made_at) values ($1, 'operate', $1, current_date, current_date + 30, now())`, [16]byte(operator.ID))
	who, err := w.Party.Authenticate(t.Context(), party.Bearer(w.actors["clerk"].token), now)
	if err != nil {
		t.Fatal(err)
	}
	w.register(t, who, today)
	w.asks(t, who, now)
}

// asks lets the clerk ask three times without a right, which is unusual: the third look
// is inspected.
func (w *town) asks(t *testing.T, who party.Clerk, now time.Time) {
	t.Helper()
	id, faults := party.ParseIdentity("cn-id", "999999197712310841", "示例", "", w.Shelf.At(now).Today(now))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	for n := range 3 {
		a, err := w.Inquiry.Ask(t.Context(), who, inquiry.Request{Key: fmt.Sprint("sample-", n), Purpose: "loan-application", Basis: inquiry.Consent, Reason: "sample", Person: id}, now)
		if err != nil || a.Outcome != inquiry.NotAnswered {
			t.Fatalf("%s, %v", a.Outcome, err)
		}
	}
}

// register has the head ask for a key for the clerk.
func (w *town) register(t *testing.T, who party.Clerk, today when.Date) {
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	asked := fmt.Sprintf(`{"key":"%s","holder":"%s","until":"%s"}`, base64.RawURLEncoding.EncodeToString(public), who.ID, today.AddDays(30))
	res := w.send(w.actors["head"], "POST", apikit.Prefix+"/keys", nil, func(r *http.Request) {
		r.Body = io.NopCloser(strings.NewReader(asked))
		r.ContentLength = int64(len(asked))
	})
	if res.Code != http.StatusOK {
		t.Fatalf("no key is registered: %d %s", res.Code, res.Body)
	}
	key := apikit.Prefix + "/keys/" + signkit.KeyID(public)
	w.actors["clerk"].found = append(w.actors["clerk"].found, key+"/confirmation", key+"/end")
}

// enter signs in and returns the session.
func (w *town) enter(t *testing.T, path string, fields url.Values) string {
	t.Helper()
	res := w.send(&actor{}, "POST", path, fields)
	for _, c := range res.Result().Cookies() {
		if c.Name == "recourse" && c.Value != "" {
			return c.Value
		}
	}
	t.Fatalf("%s does not let in: %d", path, res.Code)
	return ""
}

// send sends one request as somebody: a form to a page, or a call.
func (w *town) send(a *actor, method, target string, fields url.Values, change ...func(*http.Request)) *httptest.ResponseRecorder {
	var r *http.Request
	switch {
	case method == http.MethodPost && strings.HasPrefix(target, apikit.Prefix):
		r = httptest.NewRequest(method, site+target, strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "sample")
	case method == http.MethodPost:
		r = httptest.NewRequest(method, site+target, strings.NewReader(fields.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", site)
	default:
		r = httptest.NewRequest(method, site+target, nil)
	}
	if a.cookie != "" && !strings.HasPrefix(target, apikit.Prefix) {
		r.AddCookie(&http.Cookie{Name: "recourse", Value: a.cookie})
	}
	if a.token != "" && strings.HasPrefix(target, apikit.Prefix) {
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	for _, f := range change {
		f(r)
	}
	res := httptest.NewRecorder()
	w.handler.ServeHTTP(res, r)
	return res
}

var (
	href   = regexp.MustCompile(`href="(/en/[^"#]*)"`)
	forms  = regexp.MustCompile(`(?s)<form[^>]*\bmethod="post"[^>]*>.*?</form>`)
	action = regexp.MustCompile(`<form[^>]*\baction="([^"]*)"`)
	field  = regexp.MustCompile(`<(?:input|button)[^>]*\bname="([^"]*)"[^>]*\bvalue="([^"]*)"`)
	number = regexp.MustCompile(`\b(?:CP|PL|DE|RP|[A-Z])-[0-9A-Z]{26}-[0-9A-Z*~$=]|/[A-Za-z0-9_-]{43}\b`)
)

// walk follows every link that somebody is shown, to its end, and notes the forms. A
// list of several hundred of one kind is followed at its beginning.
func (w *town) walk(t *testing.T, a *actor) {
	t.Helper()
	start := []string{"/en/me"}
	if a.token != "" {
		start = []string{"/en/supply", "/en/ask", "/en/team", "/en/work/deaths", "/en/watch/questions", "/en/watch/inspections", "/en/ask/inspections", "/en/watch/pleas", "/en/watch/reports", "/en/work/stays", "/en/desk", "/en/desk?desk=review"}
	}
	seen, kinds := map[string]bool{}, map[string]int{}
	for queue := start; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		kind := number.ReplaceAllString(strings.SplitN(at, "?", 2)[0], "*")
		if seen[at] || kinds[kind] >= 12 || strings.HasSuffix(at, "/leave") {
			continue
		}
		seen[at] = true
		kinds[kind]++
		res := w.send(a, "GET", at, nil)
		if res.Code != http.StatusOK {
			continue
		}
		a.found = append(a.found, at)
		page := res.Body.String()
		for _, m := range href.FindAllStringSubmatch(page, -1) {
			queue = append(queue, html.UnescapeString(m[1]))
		}
		for _, m := range forms.FindAllString(page, -1) {
			f := form{to: strings.SplitN(at, "?", 2)[0], fields: url.Values{}}
			if to := action.FindStringSubmatch(m); to != nil && to[1] != "" {
				f.to = html.UnescapeString(to[1])
			}
			for _, in := range field.FindAllStringSubmatch(m, -1) {
				f.fields.Set(html.UnescapeString(in[1]), html.UnescapeString(in[2]))
			}
			a.forms = append(a.forms, f)
		}
	}
	if len(a.found) < 3 {
		t.Fatalf("%s was shown %d pages", a.name, len(a.found))
	}
}

// numbers are the numbers of things that stand in the addresses that somebody was
// shown, each once.
func (a *actor) numbers() []string {
	out := map[string]bool{}
	for _, at := range a.found {
		for _, n := range number.FindAllString(at, -1) {
			out[n] = true
		}
	}
	return slices.Sorted(maps.Keys(out))
}

// absent is an address with every number in it replaced by one of the same kind that
// nothing has.
func absent(t *testing.T, at string) string {
	t.Helper()
	return number.ReplaceAllStringFunc(at, func(n string) string { return nothing(t, kind(n)) })
}

var requestNumber = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|As of [^(<]* \(UTC`)

// bare is an answer without what is its own in each: its number, its minute, and the
// numbers that it was asked with.
func bare(res *httptest.ResponseRecorder, at string) string {
	body := requestNumber.ReplaceAllString(res.Body.String(), "")
	for _, n := range number.FindAllString(at, -1) {
		for _, as := range []string{n, url.QueryEscape(n), url.PathEscape(n), html.EscapeString(n)} {
			body = strings.ReplaceAll(body, as, "*")
		}
	}
	return fmt.Sprintf("%d %s %s\n%s", res.Code, res.Header().Get("Content-Type"), number.ReplaceAllString(res.Header().Get("Location"), "*"), body)
}

// foreign reports whether a request by who does not own what it names is answered in
// another way than one that names nothing.
func (w *town) foreign(t *testing.T, a *actor, method, at string, fields url.Values) (got int, is bool) {
	t.Helper()
	none := absent(t, at)
	there, away := w.send(a, method, at, fields), w.send(a, method, none, fields)
	return there.Code, bare(there, at) != bare(away, none)
}

// kind is what stands before the dash of a number, or the slash before a thumbprint.
func kind(n string) string {
	if n[0] == '/' {
		return n[:1]
	}
	of, _, _ := strings.Cut(n, "-")
	return of
}

// nothing is a number of a kind that no thing has.
func nothing(t *testing.T, kind string) string {
	t.Helper()
	made := map[string]func() (string, error){"R": drawn[ref.Record], "N": drawn[ref.Notice], "C": drawn[ref.Consent], "Q": drawn[ref.Inquiry], "B": drawn[ref.Delivery],
		"T": drawn[ref.Trial], "D": drawn[ref.Contest], "F": drawn[ref.Paper], "A": drawn[ref.Request], "M": drawn[ref.Repair], "H": drawn[ref.Hold], "X": drawn[ref.Change], "S": drawn[ref.Clerk], "G": drawn[ref.Motion], "U": drawn[ref.Question], "K": drawn[ref.Inspection], "PL": drawn[ref.Plea], "DE": drawn[ref.Death], "RP": drawn[ref.Report], "CP": drawn[ref.Complaint], "/": thumbprint}[kind]
	if made == nil {
		t.Fatalf("no numbers of the kind %s are known here", kind)
	}
	text, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// thumbprint is the id of a key that nobody has, behind the slash before it.
func thumbprint() (string, error) {
	public, _, err := ed25519.GenerateKey(rand.Reader)
	return "/" + signkit.KeyID(public), err
}

func drawn[I ref.Any]() (string, error) {
	id, err := ref.Mint[I](rand.Reader)
	return fmt.Sprint(id), err
}
