package browser

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// The budgets of pages: bytes as they travel, requests, nodes.
const (
	maxHTML     = 15 << 10 // of pages for everybody and for persons
	maxStaff    = 25 << 10 // of pages with tables for bodies
	maxCSS      = 10 << 10
	maxJS       = 4 << 10
	maxRequests = 4
	maxNodes    = 3000
)

// TestBudget_bytes weighs every page and what it needs.
func TestBudget_bytes(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	v := map[int]*visitor{-1: s.visitor(t), Lin: s.as(t, Lin), Empty: s.as(t, Empty), Many: s.as(t, Many)}
	heaviest, name := 0, ""
	for _, p := range pages(s) {
		for _, lang := range []string{"zh", "en"} {
			if n := zipped(t, v[p.person].get("/"+lang+p.path).body); n > heaviest {
				heaviest, name = n, p.name+" "+lang
			}
		}
	}
	t.Logf("the heaviest page is %s with %d bytes", name, heaviest)
	if heaviest > maxHTML {
		t.Errorf("%s has %d bytes, the budget is %d", name, heaviest, maxHTML)
	}
	page := v[-1].ok("/en/")
	for _, c := range []struct {
		pattern string
		most    int
	}{{`/static/rc\.[0-9a-f]+\.css`, maxCSS}, {`/static/rc\.[0-9a-f]+\.js`, maxJS}} {
		path := regexp.MustCompile(c.pattern).FindString(page)
		v[-1].header.Set("Accept-Encoding", "gzip")
		got := v[-1].get(path)
		v[-1].header.Del("Accept-Encoding")
		if got.code != http.StatusOK || !strings.Contains(got.header.Get("Cache-Control"), "immutable") || got.header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: status %d, headers %v", path, got.code, got.header)
		}
		if len(got.body) > c.most {
			t.Errorf("%s has %d bytes, the budget is %d", path, len(got.body), c.most)
		}
	}
}

// TestBudget_firstView counts what a first view asks for, and from where.
func TestBudget_firstView(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	b := shared(t)
	for _, c := range []struct {
		person int
		path   string
	}{{-1, "/zh/"}, {Lin, "/en/me"}, {Many, "/zh/me"}} {
		tab := b.Tab(t)
		if c.person >= 0 {
			tab.Cookie(s.url, "recourse", s.as(t, c.person).session())
		}
		tab.Look(View{Width: 1200})
		tab.Open(s.url + c.path)
		asked := tab.Asked()
		if len(asked) < 3 || len(asked) > maxRequests {
			t.Errorf("%s asks for %q", c.path, asked)
		}
		for _, url := range asked {
			if !strings.HasPrefix(url, s.url+"/") {
				t.Errorf("%s asks elsewhere: %s", c.path, url)
			}
		}
		nodes := tab.Number("document.querySelectorAll('*').length")
		if nodes > maxNodes {
			t.Errorf("%s has %.0f nodes", c.path, nodes)
		}
		t.Logf("%s: %d requests, %.0f nodes", c.path, len(asked), nodes)
		if c.person < 0 && len(tab.Cookies()) > 0 {
			t.Errorf("%s sets %q before sign-in", c.path, tab.Cookies())
		}
	}
}

// TestJourney_withoutScripts walks through everything with scripts off: signing in,
// opening a letter, giving a consent and stopping it, filtering, signing out.
func TestJourney_withoutScripts(t *testing.T) {
	t.Parallel()
	for _, scripts := range []bool{false, true} {
		s := serve(t, Options{})
		tab := shared(t).Tab(t)
		tab.Look(View{Width: 900, NoScripts: !scripts})
		tab.Open(s.url + "/en/")
		tab.Click(".landing .btn")
		tab.Press("#person-0")
		tab.Click("main button")
		tab.at(s.url + "/en/me")
		tab.Click(`.nav a[href="/en/me/notices"]`)
		tab.Click(`form[action$="` + s.lin.Unopened.String() + `"] button`)
		tab.at(s.url + "/en/me/notices/" + s.lin.Unopened.String() + "?done=opened")
		says(t, tab.Text("main"), "The letter is open.", "15 days left", "CNY 1,234,567.80")
		tab.Click(`.nav a[href="/en/me/consents"]`)
		tab.Click(`main a[href="/en/me/consents/new"]`)
		tab.Click("main form .btn")
		says(t, tab.Text("main"), "3 things are still missing")
		tab.Press("#choice")
		tab.Press("#often-2")
		tab.Fill("#until", s.day(20).String())
		tab.Click("main form .btn")
		says(t, tab.Text("main"), "Check before you give it", "Sample Bank, Wuhan Branch may see Loan default")
		tab.Click(`button[value="give"]`)
		tab.at(s.url + "/en/me/consents?done=given")
		tab.Click("main form button")
		tab.at(s.url + "/en/me/consents?done=stopped")
		tab.Click(`.nav a[href="/en/me/lookups"]`)
		tab.Fill("#outcome", "refused")
		tab.Click(".filters button")
		tab.at(s.url + "/en/me/lookups?outcome=refused&body=")
		tab.Click(`.tools a[hreflang="zh-Hans"]`)
		tab.at(s.url + "/zh/me/lookups?outcome=refused&body=")
		tab.Click(".tools form button")
		tab.at(s.url + "/zh/?done=out")
		says(t, tab.Text("main"), "已退出。")
		tab.Open(s.url + "/zh/me")
		says(t, tab.Text("h1"), "登录后继续")
	}
}

func (tab *Tab) at(url string) {
	tab.t.Helper()
	if got := tab.At(); got != url {
		tab.t.Fatalf("the page is %s, want %s:\n%s", got, url, tab.Text("main"))
	}
}

// TestScripts_help shows that the one script does what it is for.
func TestScripts_help(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	tab := shared(t).Tab(t)
	tab.Cookie(s.url, "recourse", s.as(t, Lin).session())
	tab.Look(View{Width: 900})
	tab.Open(s.url + "/en/me/records/" + s.lin.Penalty.String())
	if tab.Number(`document.querySelector('[data-print]').hidden ? 1 : 0`) != 0 {
		t.Error("the print button is hidden where printing works")
	}
	tab.Open(s.url + "/en/me/consents/new")
	tab.Click("main form .btn")
	if tab.Number(`document.activeElement.classList.contains('errsum') ? 1 : 0`) != 1 {
		t.Error("the focus is not on what must be mended")
	}
	before := tab.Number("history.length")
	tab.Click("[data-leave]")
	if tab.Number("history.length") != before {
		t.Error("leaving quickly adds to the history")
	}
	if n := len(tab.Cookies()); n != 0 {
		t.Errorf("leaving quickly leaves %d cookies", n)
	}
}

// TestPrint looks at pages as they are printed: nothing to click on, and the notice
// that this is no certificate.
func TestPrint(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	tab := shared(t).Tab(t)
	tab.Cookie(s.url, "recourse", s.as(t, Lin).session())
	for _, lang := range []string{"zh", "en"} {
		for name, path := range map[string]string{"me": "/me", "letter": "/me/notices/" + s.lin.Running.String(), "record": "/me/records/" + s.lin.Penalty.String()} {
			tab.Look(View{Width: 700, Print: true, Dark: true})
			tab.Open(s.url + "/" + lang + path)
			if shown := tab.Number(`[...document.querySelectorAll('button, nav, .tools, .foot, .skip')].filter(e => e.getClientRects().length).length`); shown != 0 {
				t.Errorf("%s %s prints %.0f things that cannot be used on paper", name, lang, shown)
			}
			want := map[string]string{"zh": "本人留存件，不是证明。", "en": "Personal copy, not a certificate."}[lang]
			says(t, tab.Text("main"), want, s.Pack.Version)
			tab.Shot("print-" + name + "-" + lang)
			tab.keep("print-"+name+"-"+lang+".pdf", tab.Printed())
		}
	}
}

// BenchmarkMe renders a person's first page with 200 records on file.
func BenchmarkMe(b *testing.B) {
	r, err := NewRegistry(Options{})
	if err != nil {
		b.Fatal(err)
	}
	r.Populate()
	session, err := r.SignIn(Many)
	if err != nil {
		b.Fatal(err)
	}
	for _, lang := range []string{"zh", "en"} {
		b.Run(lang, func(b *testing.B) {
			for b.Loop() {
				if err := r.view("/"+lang+"/me", session); err != nil {
					b.Fatal(fmt.Errorf("rendering: %w", err))
				}
			}
		})
	}
}
