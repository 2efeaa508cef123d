package browser

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// mark stands in every hostile text that may be kept, and in nothing else.
const mark = "Xq7Zk"

// hostile are texts that break pages which trust what people write: scripts in every
// dress, directions that turn, words without end, characters that few have seen.
func hostile() []string {
	return []string{
		`<script>alert("` + mark + `")</script>`,
		`"><img src=x onerror=alert("` + mark + `")>`,
		`'><svg/onload=alert('` + mark + `')>`,
		`</textarea></title></style><script>alert("` + mark + `")</script>`,
		`<iframe srcdoc="<script>parent.alert('` + mark + `')</script>"></iframe>`,
		`[` + mark + `](javascript:alert(1)) ![](x"onerror="alert(1)) <a href=javascript:alert(1)>`,
		`javascript:alert("` + mark + `")//`,
		`&lt;script&gt;alert(1)&lt;/script&gt; \u003cscript\u003e %3Cscript%3E ${alert(1)} {{constructor.constructor('alert(1)')()}} ` + mark,
		"<!--" + mark + "--><b onmouseover=alert(1) style=position:fixed;inset:0 autofocus onfocus=alert(1) tabindex=0>",
		"\u202e" + mark + "gnp.exe\u202c \u2067עברית עם " + mark + "\u2069 العربية",
		mark + strings.Repeat("W", 1900),
		mark + strings.Repeat("无空格的长句", 300),
		mark + strings.Repeat("长", 10_000),
		mark + "𠮷龘㐀𪚥𫚭\U0002CEB0\U00030EDE\U000323B0\ue864\ufe0fä̈́̃ﷺ",
		"=cmd|' /C calc'!A0 " + mark + "\t@SUM(1)",
	}
}

// pen fills every field that somebody can write in with the next hostile text, and all
// others as a person would.
type pen struct {
	today  string
	next   int
	filled map[string]bool // fields that were written in, by where and name
	chosen map[string]bool // of the form that is being filled
}

func (p *pen) fill(f form, of field) (string, bool) {
	switch of.kind {
	case "hidden", "select":
		return of.value, true
	case "radio", "checkbox":
		key := f.action + of.name
		first := !p.chosen[key]
		p.chosen[key] = true
		return of.value, first || of.kind == "checkbox"
	case "date":
		return p.today, true
	case "number":
		return "1", true
	case "file":
		return "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n", true
	}
	p.next++
	p.filled[ids.ReplaceAllString(f.action, "…")+" "+of.name] = true
	texts := hostile()
	text := texts[p.next%len(texts)]
	if of.name == "email" {
		text = `"` + mark + `<script>alert(1)</script>"@example.org`
	}
	return text, true
}

// TestHostile writes hostile text into every field of every form that a person, a source
// or somebody at a desk is shown, and into the cells of a file; then it opens every page
// that shows any of it, in a browser. Nothing of it runs, nothing breaks the page's
// policy, and no page grows wider than a narrow screen.
func TestHostile(t *testing.T) {
	t.Parallel()
	w := serveWholeLife(t)
	people := w.everybody(t)
	p := &pen{today: w.today(t).AddDays(3).String(), filled: map[string]bool{}}
	var pages []string
	seen := map[string]bool{}
	keep := func(page string) {
		if strings.HasPrefix(page, "<!") && strings.Contains(page, mark) && !seen[text(page)] {
			seen[text(page)] = true
			pages = append(pages, page)
		}
	}
	w.hostileFile(t, people["market"])
	names := make([]string, 0, len(people))
	for who := range people {
		names = append(names, who)
	}
	slices.Sort(names)
	for _, who := range names {
		p.chosen = map[string]bool{}
		people[who].press(w, "en", keep, func(f form, of field) (string, bool) { return p.fill(f, of) }, slices.Concat(entrance(who), people[who].steps(), people[who].drafted())...)
	}
	for i, who := range names {
		people[who].walk(w, []string{"en", "zh"}[i%2], keep, entrance(who)...)
	}
	t.Logf("%d fields were written in, %d pages show what was written", len(p.filled), len(pages))
	if len(p.filled) < 20 || len(pages) < 30 {
		t.Errorf("only %d fields were written in, and %d pages show it: %v", len(p.filled), len(pages), p.filled)
	}
	site := w.replay(t, pages)
	tab := shared(t).Tab(t)
	tab.Look(View{Width: 320})
	for i, page := range pages {
		tab.Open(site + "/" + strconv.Itoa(i))
		if wider := tab.Number("document.documentElement.scrollWidth - innerWidth"); wider > 0 {
			t.Errorf("a page is %.0f px wider than its screen: %.400s", wider, text(page))
		}
		if n := tab.Number("document.querySelectorAll('[onerror],[onload],[onfocus],[onmouseover],iframe,main script').length"); n > 0 {
			t.Errorf("what was written became %.0f elements: %.400s", n, text(page))
		}
		for _, harm := range tab.Harms() {
			t.Errorf("%s: %.400s", harm, text(page))
		}
	}
}

// hostileFile sends a file whose free text is hostile.
func (w *whole) hostileFile(t *testing.T, o *office) {
	t.Helper()
	var b strings.Builder
	out := csv.NewWriter(&b)
	b.WriteString(penalties)
	for i, text := range hostile() {
		row, err := csv.NewReader(strings.NewReader(penaltyRow(600 + i))).Read()
		if err != nil {
			t.Fatal(err)
		}
		row[1], row[2] = "999999195802030078", "示例甲"
		row[10], row[11] = text, text
		if err := out.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	out.Flush()
	_, page := o.upload("en", "market-penalty", mark+`"><img src=x onerror=alert(1)>.csv`, b.String())
	trial := trialOf(t, page)
	page = o.post("/en"+trial, url.Values{"do": {"send"}})
	for limit := time.Now().Add(2 * time.Minute); !strings.Contains(page, "One delivery"); page = o.get("/en" + trial) {
		if time.Now().After(limit) {
			t.Fatalf("never sent:\n%s", text(page))
		}
	}
}

// replay serves pages as the site served them, with its policy and what they load.
func (w *whole) replay(t *testing.T, pages []string) string {
	t.Helper()
	res, err := http.Get(w.url + "/en/")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	at, err := url.Parse(w.url)
	if err != nil {
		t.Fatal(err)
	}
	static := httputil.NewSingleHostReverseProxy(at)
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, req *http.Request) {
		i, err := strconv.Atoi(strings.TrimPrefix(req.URL.Path, "/"))
		if err != nil || i >= len(pages) {
			static.ServeHTTP(out, req)
			return
		}
		out.Header()["Content-Security-Policy"] = res.Header["Content-Security-Policy"]
		out.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprint(out, pages[i])
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestHostile_planted shows that a page that trusts what was written is found: without a
// policy its script runs, with one the breach is reported.
func TestHostile_planted(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]string{"": "opened a dialog", "default-src 'none'": "breaks its own policy"} {
		server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
			if policy != "" {
				out.Header().Set("Content-Security-Policy", policy)
			}
			out.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = fmt.Fprint(out, "<!doctype html><title>x</title><p>"+hostile()[0])
		}))
		t.Cleanup(server.Close)
		tab := shared(t).Tab(t)
		tab.Open(server.URL)
		var harms []string
		for limit := time.Now().Add(30 * time.Second); len(harms) == 0 && time.Now().Before(limit); harms = tab.Harms() {
			tab.Number("1")
		}
		if !strings.Contains(strings.Join(harms, "\n"), want) {
			t.Errorf("with the policy %q the page did %q", policy, harms)
		}
	}
}
