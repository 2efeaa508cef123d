package browser

import (
	"encoding/json"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// stop is where the focus stands after a press of Tab.
type stop struct {
	What    string // its tag, id and name
	There   bool   // it is what is looked for
	Skip    bool   // it is the link that skips to the main content
	Visible bool   // it has a ring, and stands on the screen
}

// seen says where the focus is. A ring is an outline of two pixels or more that is not
// transparent; on the screen is a point of it that nothing covers.
const seen = `(selector => {
	const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
	const ring = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 && !/rgba\(.*, 0\)|transparent/.test(s.outlineColor);
	const x = Math.min(Math.max(r.left + r.width / 2, 1), innerWidth - 1), y = Math.min(Math.max(r.top + Math.min(r.height / 2, 8), 1), innerHeight - 1);
	const at = document.elementFromPoint(x, y);
	const shown = r.width > 0 && r.bottom > 0 && r.top < innerHeight && !!at && (at === e || e.contains(at) || at.contains(e));
	return JSON.stringify({What: e.tagName + '#' + e.id + ' ' + (e.name || e.className), There: e.matches(selector), Skip: e.matches('.skip'), Visible: ring && shown});
})`

// mostStops is how often Tab is pressed on one page at most.
const mostStops = 200

// tabbed presses Tab once and says where the focus is then.
func (tab *Tab) tabbed(selector string) stop {
	tab.t.Helper()
	tab.must(chromedp.Do(tab.ctx, chromedp.KeyEvent("\t")))
	quoted, err := json.Marshal(selector)
	tab.must(err)
	text, err := chromedp.Run(tab.ctx, chromedp.Evaluate[string](seen+"("+string(quoted)+")"))
	tab.must(err)
	var s stop
	tab.must(json.Unmarshal([]byte(text), &s))
	return s
}

// reach presses Tab until the focus is on what a selector finds. At each stop the focus
// is seen.
func (p player) reach(selector string) {
	p.t.Helper()
	if p.Number(`document.activeElement.matches(`+quote(selector)+`) ? 1 : 0`) == 1 {
		return
	}
	for range mostStops {
		s := p.tabbed(selector)
		if !s.Visible && s.What != "BODY# " {
			p.t.Errorf("at %s the focus on %s is not seen", p.At(), s.What)
		}
		if s.There {
			return
		}
	}
	p.t.Fatalf("Tab never reaches %s at %s:\n%s", selector, p.At(), p.Text("main"))
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string can be written
	}
	return string(b)
}

// press chooses a box or one of several: by the keys with Space, or with the arrow that
// goes on to the next.
func (p player) press(selector string) {
	p.t.Helper()
	if !p.keys {
		p.Press(selector)
		return
	}
	name, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`(e => e.type === 'radio' ? e.name : '')(document.querySelector(`+quote(selector)+`))`))
	p.must(err)
	if name == "" {
		p.reach(selector)
		p.must(chromedp.Do(p.ctx, chromedp.KeyEvent(" ")))
		return
	}
	p.reach(`input[type="radio"][name="` + name + `"]`)
	p.must(chromedp.Do(p.ctx, chromedp.KeyEvent(" ")))
	for range mostStops {
		if p.Number(`document.querySelector(`+quote(selector)+`).checked ? 1 : 0`) == 1 {
			return
		}
		p.must(chromedp.Do(p.ctx, chromedp.KeyEvent(kb.ArrowDown)))
	}
	p.t.Fatalf("the arrows never reach %s", selector)
}

// fill writes into a field.
func (p player) fill(selector, text string) {
	p.t.Helper()
	if !p.keys {
		p.Fill(selector, text)
		return
	}
	p.reach(selector)
	p.must(chromedp.Do(p.ctx, chromedp.KeyEvent(text)))
	if p.Number(`document.querySelector(`+quote(selector)+`).value === `+quote(text)+` ? 1 : 0`) != 1 {
		p.t.Fatalf("typing %q into %s does not arrive", text, selector)
	}
}

// date writes a day, as YYYY-MM-DD, into a field for one.
func (p player) date(selector, day string) {
	p.t.Helper()
	if !p.keys {
		p.Fill(selector, day)
		return
	}
	p.reach(selector)
	for _, digits := range []string{day[:4] + "\t" + day[5:7] + day[8:], day[5:7] + day[8:] + day[:4]} { // as the browser's language writes dates
		p.must(chromedp.Do(p.ctx, chromedp.KeyEvent(digits)))
		if p.Number(`document.querySelector(`+quote(selector)+`).value === `+quote(day)+` ? 1 : 0`) == 1 {
			return
		}
		p.Number(`(e => { e.blur(); e.value = ''; return 0 })(document.querySelector(` + quote(selector) + `))`)
		p.Number(`(e => { e.focus(); return 0 })(document.querySelector(` + quote(selector) + `))`)
	}
	p.t.Fatalf("the day %s cannot be typed into %s", day, selector)
}

// TestKeys_skipLinkFirst: on each kind of page the first stop is the link that skips to
// the main content, it leads there, and each stop is seen; a page whose ring was taken
// away is found.
func TestKeys_skipLinkFirst(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	p := player{shared(t).Tab(t), true}
	p.Cookie(s.url, "recourse", s.as(t, Lin).session())
	p.Look(View{Width: 1000})
	for _, page := range []string{"/zh/", "/en/me", "/en/me/lookups", "/zh/me/consents/new", "/en/types", "/en/v", "/en/me/records/" + s.lin.Penalty.String()} {
		p.Open(s.url + page)
		if first := p.tabbed("a"); !first.Skip || !first.Visible {
			t.Errorf("%s: the first stop is %+v", page, first)
		}
		p.must(chromedp.Do(p.ctx, chromedp.KeyEvent("\r")))
		if p.Number(`location.hash === '#main' ? 1 : 0`) != 1 {
			t.Errorf("%s: the first link leads to %s", page, p.At())
		}
		stops := 0
		for range mostStops {
			at := p.tabbed("body")
			if at.There {
				break
			}
			if stops++; !at.Visible {
				t.Errorf("%s: the focus on %s is not seen", page, at.What)
			}
		}
		t.Logf("%s: %d stops behind the skip link", page, stops)
	}
	p.Open(s.url + "/en/")
	p.Number(`(() => { const s = new CSSStyleSheet(); s.replaceSync('*{outline:none!important}'); document.adoptedStyleSheets = [s]; return 0 })()`)
	if p.tabbed("a").Visible {
		t.Error("a focus without a ring is not found")
	}
}
