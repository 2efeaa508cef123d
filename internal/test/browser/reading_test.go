package browser

import (
	"net/url"
	"strings"
	"testing"

	"recourse/internal/kit/webkit"
)

// TestReading_sizes: who is signed in chooses the size of text, on the page of settings or of
// reading aids; it holds on every page until they sign out. Nobody else is given a cookie.
func TestReading_sizes(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	guest, v := s.visitor(t), s.as(t, Lin)
	says(t, guest.ok("/en/"), `href="/en/reading"`)
	says(t, guest.ok("/en/reading"), "After you sign in you choose")
	if got := guest.post("/en/reading", url.Values{"size": {"150"}}); got.header.Get("Set-Cookie") != "" {
		t.Errorf("a guest is given a cookie: %q", got.header.Values("Set-Cookie"))
	}
	silent(t, guest.ok("/en/"), `class="t150"`)
	for _, step := range []struct{ lang, page, size, class string }{{"en", "/me/settings", "120", `class="t120"`}, {"zh", "/reading", "150", `class="t150"`}, {"en", "/reading", "100", ""}} {
		got := v.post("/"+step.lang+step.page, url.Values{"do": {"size"}, "size": {step.size}})
		if to := got.header.Get("Location"); to != "/"+step.lang+step.page+"?done=size" {
			t.Fatalf("%s leads to %q", step.size, to)
		}
		for _, path := range []string{"/zh/me", "/en/me/lookups", "/en/", "/en/nothing"} {
			page := v.get(path).body
			if step.class == "" && strings.Contains(page[:strings.Index(page, "<head>")], "class=") || !strings.Contains(page[:strings.Index(page, "<head>")], step.class) {
				t.Errorf("with %s %s begins %s", step.size, path, page[:80])
			}
		}
		says(t, v.ok("/en/me/settings"), `value="`+step.size+`" checked`)
	}
	for _, bad := range []string{"", "99", "1000", "x"} {
		if got := v.post("/en/reading", url.Values{"size": {bad}}); got.code != 400 {
			t.Errorf("the size %q: %d", bad, got.code)
		}
	}
	v.post("/en/reading", url.Values{"size": {"150"}})
	v.post("/en/sign-out", nil)
	silent(t, v.ok("/en/"), `class="t150"`)
}

// TestReading_large looks at every page of a person with the largest text on the narrowest
// screen: nothing is wider than it, and no rule of accessibility is broken.
func TestReading_large(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	tab, v := shared(t).Tab(t), s.as(t, Lin)
	tab.Cookie(s.url, "recourse", v.session())
	tab.Cookie(s.url, "size", "150")
	tab.Look(View{Width: 320})
	for i, p := range pages(s) {
		if p.person != Lin || p.then != nil {
			continue
		}
		lang := webkit.Langs()[i%2]
		tab.Open(s.url + "/" + lang + p.path)
		if got := tab.Number(`parseFloat(getComputedStyle(document.documentElement).fontSize)`); got != 24 {
			t.Errorf("%s has letters of %.0f px", p.name, got)
		}
		tab.check(p.name + "-" + lang + "-large")
	}
}
