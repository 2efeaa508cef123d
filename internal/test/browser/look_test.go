package browser

import (
	"fmt"
	"strings"
	"testing"

	"recourse/internal/kit/webkit"
)

// shown is one page that is looked at in every view.
type shown struct {
	name   string
	person int        // who looks; -1 for nobody
	path   string     // below the language
	then   func(*Tab) // what is done on it before it is looked at; nil for nothing
}

// pages are all pages in all their states.
func pages(s *site) []shown {
	return []shown{
		{name: "landing", person: -1, path: "/"},
		{name: "samples", person: -1, path: "/sandbox/sign-in"},
		{name: "codes", person: -1, path: "/docs/errors"},
		{name: "code", person: -1, path: "/docs/errors/E-TOKEN"},
		{name: "verify", person: -1, path: "/v"},
		{name: "versions", person: -1, path: "/types/versions"},
		{name: "versions-same", person: -1, path: "/types/versions?from=2&to=2&type=market-penalty"},
		{name: "figures", person: -1, path: "/transparency"},
		{name: "figures-few", person: -1, path: "/transparency/2026-Q2"},
		{name: "docs", person: -1, path: "/docs"},
		{name: "docs-found", person: -1, path: "/docs?q=log"},
		{name: "docs-nothing", person: -1, path: "/docs?q=zzzz"},
		{name: "help", person: -1, path: "/help"},
		{name: "privacy", person: -1, path: "/privacy"},
		{name: "accessibility", person: -1, path: "/accessibility"},
		{name: "clerk", person: -1, path: "/clerk/sign-in"},
		{name: "clerk-mend", person: -1, path: "/clerk/sign-in", then: func(tab *Tab) { tab.Click("main form .btn") }},
		{name: "missing", person: -1, path: "/nothing"},
		{name: "unsigned", person: -1, path: "/me"},
		{name: "me", person: Lin, path: "/me"},
		{name: "me-empty", person: Empty, path: "/me"},
		{name: "me-many", person: Many, path: "/me?page=2"},
		{name: "record-shown", person: Lin, path: "/me/records/" + s.lin.Penalty.String()},
		{name: "record-noticed", person: Lin, path: "/me/records/" + s.lin.Loan.String()},
		{name: "record-soon", person: Lin, path: "/me/records/" + s.lin.Soon.String()},
		{name: "record-licence", person: Lin, path: "/me/records/" + s.lin.Licence.String()},
		{name: "record-off", person: Lin, path: "/me/records/" + s.lin.Off.String()},
		{name: "record-withdrawn", person: Lin, path: "/me/records/" + s.lin.Withdrawn.String()},
		{name: "record-erased", person: Lin, path: "/me/records/" + s.lin.Erased.String()},
		{name: "record-gone", person: Lin, path: "/me/records/" + s.lin.Gone.String()},
		{name: "lookups", person: Lin, path: "/me/lookups"},
		{name: "lookups-refused", person: Lin, path: "/me/lookups?outcome=refused&body=sample-bank"},
		{name: "lookups-none", person: Lin, path: "/me/lookups?outcome=refused&body=hubei-tax"},
		{name: "lookups-empty", person: Empty, path: "/me/lookups"},
		{name: "lookup", person: Lin, path: "/me/lookups/" + s.lin.Answered.String()},
		{name: "lookup-refused", person: Lin, path: "/me/lookups/" + s.lin.Refused.String()},
		{name: "sign-ins", person: Lin, path: "/me/settings/sign-ins"},
		{name: "notices", person: Lin, path: "/me/notices"},
		{name: "notices-empty", person: Empty, path: "/me/notices"},
		{name: "notice-unopened", person: Lin, path: "/me/notices/" + s.lin.Unopened.String()},
		{name: "notice-running", person: Lin, path: "/me/notices/" + s.lin.Running.String() + "?done=opened"},
		{name: "notice-over", person: Lin, path: "/me/notices/" + s.lin.Over.String()},
		{name: "consents", person: Lin, path: "/me/consents?done=stopped"},
		{name: "consents-empty", person: Empty, path: "/me/consents"},
		{name: "consent", person: Lin, path: "/me/consents/" + s.lin.Stands.String()},
		{name: "consent-new", person: Lin, path: "/me/consents/new"},
		{name: "consent-new-mend", person: Lin, path: "/me/consents/new", then: func(tab *Tab) { tab.Click("main form .btn") }},
		{name: "consent-check", person: Lin, path: "/me/consents/new", then: func(tab *Tab) {
			tab.Press("#choice")
			tab.Fill("#until", s.day(20).String())
			tab.Click("main form .btn")
		}},
		{name: "consent-new-nofile", person: Empty, path: "/me/consents/new"},
		{name: "settings", person: Lin, path: "/me/settings"},
		{name: "settings-mend", person: Lin, path: "/me/settings", then: func(tab *Tab) { tab.Click("main form .btn") }},
		{name: "samples-mend", person: -1, path: "/sandbox/sign-in", then: func(tab *Tab) { tab.Click("main form .btn") }},
		{name: "settings-nofile", person: Empty, path: "/me/settings"},
	}
}

// TestPages_lookAt opens every page in zh and en, light, dark and narrow: no rule
// of accessibility is broken, nothing is wider than the screen, and pictures are
// left to look at.
func TestPages_lookAt(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	for _, lang := range webkit.Langs() {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			tabs := map[int]*Tab{}
			for _, who := range []int{-1, Lin, Empty, Many} {
				tabs[who] = shared(t).Tab(t)
				if who >= 0 {
					tabs[who].Cookie(s.url, "recourse", s.as(t, who).session())
				}
			}
			for _, v := range []View{{Width: 1200}, {Width: 1200, Dark: true}, {Width: 320}} {
				for _, p := range pages(s) {
					tab := tabs[p.person]
					tab.Look(v)
					tab.Open(s.url + "/" + lang + p.path)
					if p.then != nil {
						p.then(tab)
					}
					name := fmt.Sprintf("%s-%s-%s", p.name, lang, v)
					tab.check(name)
					if !v.Dark || p.name == "me" || p.name == "notice-running" {
						tab.Shot(name)
					}
				}
			}
		})
	}
}

// check fails where a page breaks a rule in the view of the tab.
func (tab *Tab) check(name string) {
	tab.t.Helper()
	if wider := tab.Number("document.documentElement.scrollWidth - innerWidth"); wider > 0 {
		tab.t.Errorf("%s is %.0f px wider than its screen", name, wider)
	}
	for _, found := range tab.Violations() {
		tab.t.Errorf("%s: %s", name, strings.ReplaceAll(found, "\n", " "))
	}
}

// TestPages_plantedFault shows that the two checks can fail.
func TestPages_plantedFault(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	tab := shared(t).Tab(t)
	tab.Look(View{Width: 320})
	tab.Open(s.url + "/en/")
	tab.Number(`(() => { const i = document.createElement('img'); i.width = 900; document.querySelector('main').append(i); return 0 })()`)
	if tab.Number("document.documentElement.scrollWidth - innerWidth") <= 0 {
		t.Error("a page that is too wide is not seen")
	}
	if len(tab.Violations()) == 0 {
		t.Error("an image without a text is not seen")
	}
	tab.Look(View{Width: 1200, Dark: true})
	tab.Open(s.url + "/en/")
	if found := tab.Violations(); len(found) > 0 {
		t.Errorf("before the fault: %q", found)
	}
	tab.Number(`(() => { const p = document.createElement('p'); p.textContent = 'pale'; p.className = 'skip'; p.style.color = '#222'; p.style.position = 'static'; document.querySelector('main').append(p); return 0 })()`)
	if len(tab.Violations()) == 0 {
		t.Error("dark text on dark paper is not seen")
	}
}
