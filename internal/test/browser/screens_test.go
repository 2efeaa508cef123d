package browser

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"recourse/internal/kit/webkit"
)

// scene is a page as somebody sees it.
type scene struct {
	name string
	who  string // whose tab
	path string // below the language
	at   string // another registry's address; empty for the whole one
	then func(*Tab)
}

// TestScreens looks at every page that the registry's own table of routes has,
// reached by links alone: in both languages, wide, dark and narrow, no rule of
// accessibility is broken and nothing is wider than the screen. With
// RECOURSE_SCREENS set it writes the pictures of docs/screens.
func TestScreens(t *testing.T) {
	t.Parallel()
	w := serveWholeLife(t)
	people := w.everybody(t)
	trial := people["market"].sends(t)
	scenes, met := w.scenes(people, trial)
	met["GET /sign-in/again"], met["GET /sign-in/{door}/back"] = true, true // stops on the way, to which no link leads: TestSignIn_providers
	for _, r := range w.rows {
		if pattern := r.Method + " " + r.Path; r.Method == http.MethodGet && !met[pattern] && !met[pattern+"{$}"] {
			t.Errorf("no link leads to %s (%s)", pattern, r.Why)
		}
	}
	small := serve(t, Options{})
	scenes = append(scenes, small.empties()...)
	// The last: whoever it signs in stays guided, and who was signed in before is no more.
	scenes = append(scenes, scene{name: "sandbox-tour-ask", who: "nobody", path: "/sandbox/tour", then: func(tab *Tab) { tab.Click("#step-3") }})
	empty := small.as(t, Empty).session()
	shots := make([][]shot, len(webkit.Langs()))
	t.Run("languages", func(t *testing.T) {
		for i, lang := range webkit.Langs() {
			t.Run(lang, func(t *testing.T) {
				t.Parallel()
				nobody, signed := shared(t).Tab(t), shared(t).Tab(t)
				for _, s := range scenes {
					tab, at := signed, cmp.Or(s.at, w.url)
					switch s.who {
					case "nobody":
						tab = nobody
					case "empty":
						tab.Cookie(at, "recourse", empty)
					default:
						tab.Cookie(at, "recourse", people[s.who].session())
					}
					shots[i] = append(shots[i], tab.scene(s, at, lang))
				}
			})
		}
	})
	if pictures() {
		gallery(t, slices.Concat(shots...))
	}
}

// scene looks at a page in every view.
func (tab *Tab) scene(s scene, at, lang string) shot {
	tab.t.Helper()
	tab.Look(View{Width: 1280})
	tab.Open(at + "/" + lang + s.path)
	if code := tab.Number(`performance.getEntriesByType('navigation')[0].responseStatus`); code != http.StatusOK && !slices.Contains([]string{"missing", "unsigned", "sign-in-failed"}, s.name) {
		tab.t.Errorf("%s in %s is not the page that is to be looked at: it answers %.0f to %s", s.name, lang, code, s.who)
	}
	tab.weigh(s, lang)
	if s.then != nil {
		s.then(tab)
	}
	one := shot{name: s.name, lang: lang, path: s.path, title: tab.Text("h1")}
	for _, v := range []View{{Width: 1280}, {Width: 1280, Dark: true}, {Width: 320}} {
		tab.Look(v)
		tab.check(fmt.Sprintf("%s-%s-%s", s.name, lang, v))
		if pictures() && !v.Dark {
			one.files = append(one.files, tab.Picture(fmt.Sprintf("%s-%s-%d", s.name, lang, v.Width), v.Width))
		}
	}
	if pictures() && slices.Contains([]string{"me", "me-records-record", "me-contests-contest", "supply-trials-trial", "work-contests-contest"}, s.name) {
		for _, v := range []View{{Width: 1280, Forced: true}, {Width: 1280, Zoomed: true}} {
			tab.Look(v)
			if wider := tab.Number("document.documentElement.scrollWidth - innerWidth"); wider > 0 {
				tab.t.Errorf("%s-%s-%s is %.0f px wider than its screen", s.name, lang, v, wider)
			}
			one.files = append(one.files, tab.Picture(fmt.Sprintf("%s-%s-%s", s.name, lang, v), int64(tab.Number("innerWidth"))))
		}
	}
	return one
}

// weigh measures a page as it arrived, and fails where it costs more than the budget.
func (tab *Tab) weigh(s scene, lang string) {
	tab.t.Helper()
	most := maxHTML
	if regexp.MustCompile(`^/(supply|ask|work)\b`).MatchString(s.path) {
		most = maxStaff
	}
	bytes := tab.Number(`performance.getEntriesByType('navigation')[0].encodedBodySize`)
	nodes, asked := tab.Number(`document.querySelectorAll('*').length`), len(tab.Asked())
	tab.t.Logf("%-40s %s %6.0f bytes %2d requests %5.0f nodes", s.name, lang, bytes, asked, nodes)
	if bytes > float64(most) || asked > maxRequests || nodes > maxNodes {
		tab.t.Errorf("%s in %s costs %.0f bytes, %d requests, %.0f nodes; the budget is %d, %d, %d; it asked for %q", s.name, lang, bytes, asked, nodes, most, maxRequests, maxNodes, tab.Asked())
	}
}

// sends lets a clerk send one file, and try another that is left lying.
func (o *office) sends(t *testing.T) string {
	t.Helper()
	_, page := o.upload("en", "market-penalty", "x.csv", mixed(40))
	trial := trialOf(t, page)
	page = o.post("/en"+trial, url.Values{"do": {"send"}})
	for limit := time.Now().Add(time.Minute); !strings.Contains(page, "One delivery"); page = o.get("/en" + trial) {
		if time.Now().After(limit) {
			t.Fatalf("never sent:\n%s", page)
		}
	}
	_, page = o.upload("en", "market-penalty", "y.csv", mixed(24))
	return trialOf(t, page)
}

// scenes are one page of each row that somebody reaches by links, and states that
// no link leads to; met is every row that was reached.
func (w *whole) scenes(people cast, trial string) (out []scene, met map[string]bool) {
	met = map[string]bool{}
	add := func(who, suffix, only string, from ...string) {
		found := people[who].walk(w, webkit.EN, func(string) {}, from...)
		patterns := make([]string, 0, len(found))
		for p := range found {
			patterns = append(patterns, p)
		}
		slices.Sort(patterns)
		for _, p := range patterns {
			seen := met[p]
			if met[p] = true; seen && suffix == "" || !regexp.MustCompile(only).MatchString(p) {
				continue
			}
			if at := people[who].page(found[p]); at != "" {
				out = append(out, scene{name: nameOf(p) + suffix, who: who, path: at})
			}
		}
	}
	add("nobody", "", "", entrance("nobody")...)
	add("person", "", "", append(entrance("person"), people["person"].steps()...)...)
	add("unopened", "-unopened", `/me$|notices/\{`, entrance("unopened")...)
	for _, who := range []string{"overdue", "withdrawn", "review", "corrected", "back", "reviewed", "lapsed"} {
		add(who, "-"+who, `contests/\{contest\}$`, entrance(who)...)
	}
	for _, who := range []string{"granted", "ending", "late", "lasting", "lapsed early", "waiting", "appealed"} {
		add(who, "-"+strings.ReplaceAll(who, " ", "-"), `repairs/\{repair\}|restorations`, append(entrance(who), people[who].drafted()...)...)
	}
	add("market", "", "", append(entrance("market"), trial)...)
	for _, who := range []string{"source", "bank", "second", "decider", "ombudsman"} {
		add(who, "", "", entrance(who)...)
	}
	add("reviewer", "-reviewer", "work", entrance("reviewer")...)
	return append(out, w.asides()...), met
}

// steps are the pages of a draft of a contest, which forms lead to.
func (o *office) steps() (out []string) {
	for _, m := range regexp.MustCompile(`/en(/me/contests/D-[^"/?]+)"`).FindAllStringSubmatch(o.get("/en/me/contests"), -1) {
		if strings.Contains(o.get("/en"+m[1]), m[1]+"/grounds") {
			out = append(out, m[1]+"/words", m[1]+"/evidence", m[1]+"/check")
		}
	}
	return out
}

// drafted are the pages of drafts of applications, which forms lead to.
func (o *office) drafted() (out []string) {
	for _, m := range regexp.MustCompile(`/en(/me/repairs/[A-Z]-[^"/?]+)"`).FindAllStringSubmatch(o.get("/en/me/repairs"), -1) {
		if code, _ := o.patient("/en" + m[1] + "/tasks"); code == http.StatusOK {
			out = append(out, m[1]+"/tasks", m[1]+"/check")
		}
	}
	return out
}

// empties are the pages of a person of whom nothing is kept, and figures that a sandbox of some
// months has not.
func (s *site) empties() (out []scene) {
	for _, path := range []string{"/me", "/me/lookups", "/me/notices", "/me/consents"} {
		out = append(out, scene{name: nameOf("GET "+path) + "-empty", who: "empty", path: path, at: s.url})
	}
	return append(out, scene{name: "transparency-told", who: "nobody", path: "/transparency", at: s.url})
}

// page returns the first of some addresses that is a page and no download.
func (o *office) page(paths []string) string {
	for _, path := range paths {
		res, err := o.client.Get(o.s.url + "/en" + path)
		if err != nil {
			o.t.Fatal(err)
		}
		_ = res.Body.Close()
		if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			return path
		}
	}
	return ""
}

// asides are states that a form leads to, or a mistake.
func (w *whole) asides() []scene {
	press := func(tab *Tab) { tab.Click("main form .btn") }
	asks := func(number string) func(*Tab) {
		return func(tab *Tab) {
			tab.Fill("#id_number", number)
			tab.Number(`(() => { const c = document.querySelector('#case'); if (c) c.value = 'FL2026-990001'; return 0 })()`)
			tab.Click("main form .btn")
		}
	}
	return []scene{
		{name: "missing", who: "nobody", path: "/nothing"},
		{name: "unsigned", who: "nobody", path: "/me"},
		{name: "clerk-sign-in-mend", who: "nobody", path: "/clerk/sign-in", then: press},
		{name: "sign-in-failed", who: "nobody", path: "/sign-in/person/back"},
		{name: "sign-in-again", who: "person", path: "/sign-in/again"},
		{name: "sign-in-again-clerk", who: "market", path: "/sign-in/again"},
		{name: "me-consents-new-mend", who: "person", path: "/me/consents/new", then: press},
		{name: "me-settings-mend", who: "person", path: "/me/settings", then: press},
		{name: "supply-new-mend", who: "market", path: "/supply/new", then: press},
		{name: "ask-mend", who: "market", path: "/ask/new?purpose=food-licence-application", then: press},
		{name: "ask-records", who: "market", path: "/ask/new?purpose=food-licence-application", then: asks("999999195802030078")},
		{name: "ask-nothing", who: "market", path: "/ask/new?purpose=food-licence-application", then: asks("999999200402292603")},
		{name: "ask-refused", who: "bank", path: "/ask/new?purpose=loan-application", then: asks("999999200402292603")},
	}
}

// shot is a page as it was looked at in one language.
type shot struct {
	name, lang, path, title string
	files                   []string // wide, narrow
}

// Where pictures are kept, how much of a page they show, and how well.
const (
	screens = "docs/screens"
	tall    = 1500
	quality = 34
)

// Picture writes the upper part of the page, wide ones at half their size.
func (tab *Tab) Picture(name string, width int64) string {
	tab.t.Helper()
	scale := 1.0
	if width > 1000 {
		scale = 0.55
	}
	height := min(tab.Number("document.documentElement.scrollHeight"), tall/tab.Number("devicePixelRatio"))
	fine, beyond := int64(quality), true
	got, err := chromedp.Call(tab.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatWebp, Quality: &fine,
		CaptureBeyondViewport: &beyond, Clip: &page.Viewport{Width: float64(width), Height: height, Scale: scale}})
	tab.must(err)
	dir := filepath.Join(root, screens)
	tab.must(os.MkdirAll(dir, 0o755))
	tab.must(os.WriteFile(filepath.Join(dir, name+".webp"), got.Data, 0o644))
	return name + ".webp"
}

// gallery writes the page that shows all pictures.
func gallery(t *testing.T, shots []shot) {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("# Every page, looked at\n\nWritten by `make screens`: each page that the registry serves, in 中文 and English, wide (1280) and narrow (320), with made-up people. " +
		"Long pages are cut. Each was also checked dark, and against the rules of accessibility, by the same test. Some stand here with the reader's own colours (forced) and four times as large (zoomed), too.\n")
	for _, s := range shots {
		if s.lang != webkit.ZH {
			continue
		}
		i := slices.IndexFunc(shots, func(o shot) bool { return o.name == s.name && o.lang == webkit.EN })
		fmt.Fprintf(&b, "\n## %s\n\n%s · `%s`\n\n", s.name, s.title+" / "+shots[i].title, withoutIDs(s.path))
		for _, f := range append(slices.Clone(s.files), shots[i].files...) {
			width := 380
			if strings.HasSuffix(f, "-320.webp") {
				width = 120
			}
			fmt.Fprintf(&b, "<img src=\"%s\" width=\"%d\" alt=\"%s\">\n", f, width, strings.TrimSuffix(f, ".webp"))
		}
	}
	if err := os.WriteFile(filepath.Join(root, screens, "README.md"), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

var ids = regexp.MustCompile(`[A-Z]-[0-9A-Z]{26}-[0-9A-Z]`)

func withoutIDs(path string) string { return ids.ReplaceAllString(path, "…") }
