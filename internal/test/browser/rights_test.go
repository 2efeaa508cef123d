package browser

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"recourse/internal/ref"
)

// TestNotYours_isNotThere asks for what belongs to another person: the answer has
// the bytes of one for a thing that does not exist, and for a number that is none.
func TestNotYours_isNotThere(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	lin := s.as(t, Lin)
	for _, c := range []struct{ name, path, mine, others, nobodys string }{
		{"record", "/me/records/", s.lin.Penalty.String(), s.other.Penalty.String(), mint[ref.Record](s.Registry).String()},
		{"letter", "/me/notices/", s.lin.Plain.String(), s.other.Plain.String(), mint[ref.Notice](s.Registry).String()},
		{"look-up", "/me/lookups/", s.lin.Answered.String(), s.other.Answered.String(), mint[ref.Inquiry](s.Registry).String()},
		{"consent", "/me/consents/", s.lin.Stands.String(), s.other.Stands.String(), mint[ref.Consent](s.Registry).String()},
	} {
		for _, lang := range []string{"/zh", "/en"} {
			if got := lin.get(lang + c.path + c.mine); got.code != http.StatusOK {
				t.Errorf("%s of one's own: status %d", c.name, got.code)
			}
			absent := lin.get(lang + c.path + c.nobodys)
			for _, number := range []string{c.others, "nonsense", "R-0"} {
				got := lin.get(lang + c.path + number)
				if got.code != http.StatusNotFound || got.body != absent.body {
					t.Errorf("%s %s: status %d, same bytes %v", c.name, number, got.code, got.body == absent.body)
				}
			}
		}
	}
}

// TestNotYours_cannotBeChanged sends the forms of another person's things.
func TestNotYours_cannotBeChanged(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	lin, other := s.as(t, Lin), s.as(t, Other)
	for _, c := range []struct{ name, others, nobodys string }{
		{"open a letter", "/en/me/notices/" + s.other.Unopened.String(), "/en/me/notices/" + mint[ref.Notice](s.Registry).String()},
		{"stop a consent", "/en/me/consents/" + s.other.Stands.String(), "/en/me/consents/" + mint[ref.Consent](s.Registry).String()},
	} {
		got, absent := lin.post(c.others, nil), lin.post(c.nobodys, nil)
		if got.code != http.StatusNotFound || got.body != absent.body {
			t.Errorf("%s: status %d, same bytes %v", c.name, got.code, got.body == absent.body)
		}
	}
	says(t, other.ok("/en/me/notices/"+s.other.Unopened.String()), "Open this letter")
	says(t, other.ok("/en/me/consents/"+s.other.Stands.String()), "Stop now")
}

// TestUnsigned_keepsTheWay asks without a sign-in: the person is asked to sign in
// and comes back to the page, for forms too.
func TestUnsigned_keepsTheWay(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	for _, p := range pages(s) {
		if !strings.HasPrefix(p.path, "/me") {
			continue
		}
		v := s.visitor(t)
		got := v.get("/zh" + p.path)
		way := "/zh/sign-in?next=" + url.QueryEscape("/zh"+p.path)
		if got.code != http.StatusUnauthorized || !strings.Contains(got.body, way) {
			t.Errorf("%s: status %d, leads to %s: %v", p.path, got.code, way, strings.Contains(got.body, way))
		}
	}
	v := s.visitor(t)
	letter := "/zh/me/notices/" + s.lin.Unopened.String()
	if got := v.post(letter, nil); got.code != http.StatusUnauthorized || !strings.Contains(got.body, url.QueryEscape(letter)) {
		t.Errorf("a form: status %d\n%s", got.code, got.body)
	}
	on := v.get("/zh/sign-in?next=" + url.QueryEscape(letter))
	at := on.header.Get("Location")
	says(t, v.ok(at), `name="next" value="`+letter+`"`)
	in := v.post("/zh/sandbox/sign-in", url.Values{"person": {"0"}, "next": {letter}})
	if in.header.Get("Location") != letter {
		t.Errorf("after signing in: %s", in.header.Get("Location"))
	}
	says(t, v.ok(letter), "打开这封信")
}

// TestSignIn_leadsNowhereElse tries to be sent to another site.
func TestSignIn_leadsNowhereElse(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	for _, next := range []string{"https://example.org/zh/me", "//example.org/zh/me", `/zh\\example.org`, "/\\example.org", "/fr/me", "javascript:alert(1)",
		"/zh/me\r\nSet-Cookie: a=b", "http:/zh/me", ""} {
		v := s.visitor(t)
		got := v.post("/zh/sandbox/sign-in", url.Values{"person": {"0"}, "next": {next}})
		if got.header.Get("Location") != "/zh/me" {
			t.Errorf("next=%q leads to %q", next, got.header.Get("Location"))
		}
		silent(t, v.get("/zh/sandbox/sign-in?next="+url.QueryEscape(next)).body, `name="next"`)
	}
}

// TestSession_ends signs out: the secret is worth nothing any more, and the
// cookies are taken away.
func TestSession_ends(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	for _, way := range []string{"sign-out", "leave", "another sign-in"} {
		v := s.as(t, Lin)
		secret := v.session()
		switch way {
		case "sign-out":
			if got := v.post("/en/sign-out", nil); got.header.Get("Location") != "/en/?done=out" {
				t.Errorf("signing out leads to %q", got.header.Get("Location"))
			}
			says(t, v.ok("/en/?done=out"), "You are signed out.")
		case "leave":
			page := v.ok("/en/leave")
			silent(t, page, "Recourse", "ecord")
		default:
			v.post("/en/sandbox/sign-in", url.Values{"person": {"1"}})
		}
		thief := s.visitor(t)
		thief.header.Set("Cookie", "recourse="+secret)
		if got := thief.get("/en/me"); got.code != http.StatusUnauthorized {
			t.Errorf("after %s the session still opens the file: %d", way, got.code)
		}
	}
}

// TestSignIns ends a sign-in from another browser, and all others: what is open there
// opens nothing any more, and nobody ends another's.
func TestSignIns(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	here, there, third, other := s.as(t, Lin), s.as(t, Lin), s.as(t, Lin), s.as(t, Other)
	page := here.ok("/en/me/settings/sign-ins")
	ids := regexp.MustCompile(`name="session" value="(SI-[^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(ids) != 2 {
		t.Fatalf("%d other sign-ins are listed", len(ids))
	}
	for _, m := range ids {
		if got := other.post("/en/me/settings/sign-ins", url.Values{"session": {m[1]}}); got.header.Get("Location") != "/en/me/settings/sign-ins?done=none" {
			t.Errorf("another's sign-in: %s", got.header.Get("Location"))
		}
	}
	there.ok("/en/me")
	third.ok("/en/me")
	if got := here.post("/en/me/settings/sign-ins", url.Values{"session": {ids[0][1]}}); got.header.Get("Location") != "/en/me/settings/sign-ins?done=ended" {
		t.Errorf("one's own: %s", got.header.Get("Location"))
	}
	if a, b := there.get("/en/me").code, third.get("/en/me").code; a+b != http.StatusOK+http.StatusUnauthorized {
		t.Errorf("one of two is ended: %d, %d", a, b)
	}
	says(t, here.ok("/en/me/settings/sign-ins?done=ended"), "Done. It is ended.")
	here.post("/en/me/settings/sign-ins", url.Values{"others": {"yes"}})
	if a, b := there.get("/en/me").code, third.get("/en/me").code; a != http.StatusUnauthorized || b != http.StatusUnauthorized {
		t.Errorf("after ending all others: %d, %d", a, b)
	}
	says(t, here.ok("/en/me/settings/sign-ins"), "signed in nowhere else")
	other.ok("/en/me")
}

// TestSession_idle leaves a page alone for 20 minutes.
func TestSession_idle(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	used, left := s.as(t, Lin), s.as(t, Lin)
	for range 3 {
		s.Clock.Shift(s.Clock.Shifted() + 15*time.Minute)
		used.ok("/en/me")
	}
	if got := left.get("/en/me"); got.code != http.StatusUnauthorized {
		t.Errorf("left alone: %d", got.code)
	}
}

// TestLeave_fromElsewhere follows a link on another site: nobody is signed out by it.
func TestLeave_fromElsewhere(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{Leave: "https://weather.example.org/"})
	v := s.as(t, Lin)
	v.header.Set("Sec-Fetch-Site", "cross-site")
	if got := v.get("/en/leave"); got.header.Get("Location") != "https://weather.example.org/" || len(got.header.Values("Set-Cookie")) > 0 {
		t.Errorf("leaving: %q, cookies %q", got.header.Get("Location"), got.header.Values("Set-Cookie"))
	}
	v.header.Del("Sec-Fetch-Site")
	v.ok("/en/me")
}

// TestForms_fromElsewhere sends every form from another site: nothing is done.
func TestForms_fromElsewhere(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	v := s.as(t, Lin)
	forms := []string{"/en/me/notices/" + s.lin.Unopened.String(), "/en/me/consents/" + s.lin.Stands.String(), "/en/me/consents/new",
		"/en/me/settings", "/en/sign-out", "/en/sandbox/sign-in"}
	for _, header := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://example.org"}}, {"Origin": {"null"}}} {
		v.header = header
		for _, path := range forms {
			if got := v.post(path, url.Values{"do": {"remove"}, "person": {"1"}}); got.code != http.StatusForbidden {
				t.Errorf("%s with %v: status %d", path, header, got.code)
			}
		}
	}
	v.header = http.Header{}
	says(t, v.ok(forms[0]), "Open this letter")
	says(t, v.ok(forms[1]), "Stop now")
	// A browser that says where it comes from, rightly, is let through.
	for _, header := range []http.Header{{"Sec-Fetch-Site": {"same-origin"}}, {"Origin": {s.url}}} {
		v.header = header
		if got := v.post("/en/me/settings", url.Values{"do": {"remove"}}); got.code != http.StatusSeeOther {
			t.Errorf("with %v: status %d", header, got.code)
		}
	}
}

// TestProduction has no sandbox's way in, says so, and keeps cookies to TLS.
func TestProduction(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{Production: true, Origin: "https://registry.example.org"})
	v := s.visitor(t)
	for _, got := range []answer{v.get("/en/sandbox/sign-in"), v.post("/en/sandbox/sign-in", url.Values{"person": {"0"}})} {
		if got.code != http.StatusNotFound || len(got.header.Values("Set-Cookie")) > 0 {
			t.Errorf("the sandbox's way in: status %d, cookies %q", got.code, got.header.Values("Set-Cookie"))
		}
	}
	page := v.ok("/en/sign-in")
	says(t, page, "It is not connected yet", "12345")
	silent(t, page, "Sandbox", "sample person")
	if got := v.get("/en/").header.Get("Strict-Transport-Security"); got == "" {
		t.Error("no Strict-Transport-Security")
	}
	v.header.Set("Cookie", "recourse=x")
	if got := v.get("/en/me"); got.code != http.StatusUnauthorized {
		t.Errorf("a cookie without its prefix counts: %d", got.code)
	}
}

// TestCookies are few, and not for scripts or other sites.
func TestCookies(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	v := s.visitor(t)
	for _, path := range []string{"/", "/zh/", "/en/", "/en/sign-in", "/en/sandbox/sign-in", "/en/me", "/en/nothing"} {
		if got := v.get(path).header.Values("Set-Cookie"); len(got) > 0 {
			t.Errorf("%s sets cookies before sign-in: %q", path, got)
		}
	}
	set := v.post("/en/sandbox/sign-in", url.Values{"person": {"0"}}).header.Values("Set-Cookie")
	if len(set) != 2 {
		t.Errorf("signing in sets %q", set)
	}
	for _, c := range set {
		if !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") || !strings.Contains(c, "Path=/") || strings.Contains(c, "Domain") {
			t.Errorf("the cookie %s", c)
		}
	}
}

// TestLog_saysNothingOfPersons runs through everything and reads the log.
func TestLog_saysNothingOfPersons(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := serve(t, Options{Log: &locked{w: &log}})
	v := s.as(t, Lin)
	for _, p := range pages(s) {
		v.get("/en" + p.path)
	}
	v.post("/en/me/settings", url.Values{"do": {"mail"}, "email": {"marker@example.org"}, "mail-language": {"en"}})
	v.post("/en/me/notices/"+s.lin.Unopened.String(), nil)
	s.Down(true, true)
	for _, p := range pages(s) {
		v.get("/en" + p.path)
	}
	got := log.String()
	for _, secret := range []string{"样例", "999999197903080954", "marker", v.session(), s.lin.Penalty.String(), s.lin.Unopened.String(), "FL2026", "127.0.0.1", "outcome=refused"} {
		if strings.Contains(got, secret) {
			t.Errorf("the log says %q", secret)
		}
	}
	for _, line := range []string{`msg=page route="GET /me/records/{record}" method=GET status=200`, `status=404`, `status=503`, `msg="a page failed"`} {
		if !strings.Contains(got, line) {
			t.Errorf("the log has no line with %s:\n%.2000s", line, got)
		}
	}
}
