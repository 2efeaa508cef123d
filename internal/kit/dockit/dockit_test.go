package dockit_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"recourse/docs"
	"recourse/internal/fault"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/dockit"
	"recourse/internal/kit/webkit"
)

type nobody struct{}

func (nobody) Caller(context.Context, string, time.Time) (webkit.Caller, error) {
	return webkit.Caller{}, fault.New(fault.Unsigned, "E-SESSION", "You are not signed in.")
}
func (nobody) End(context.Context, string, time.Time) error { return nil }

// serve serves a library of files.
func serve(t *testing.T, c dockit.Config) func(path string) (int, string) {
	t.Helper()
	l, err := dockit.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	both := map[string]string{webkit.ZH: "登记处", webkit.EN: "Registry"}
	site, err := webkit.New(webkit.Config{Clock: &clock.Clock{}, Chance: rand.Reader, Log: slog.New(slog.DiscardHandler), Origin: "http://127.0.0.1:1",
		Imprint: func(time.Time) webkit.Imprint { return webkit.Imprint{Registry: both, Contact: both, Version: "1"} },
		Zone:    time.UTC, Sessions: nobody{}, Routes: l.Routes(), Foot: l.NavItems()})
	if err != nil {
		t.Fatal(err)
	}
	return func(path string) (int, string) {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
}

func ours(t *testing.T) func(path string) (int, string) {
	t.Helper()
	return serve(t, dockit.Config{Files: docs.FS, Say: func(webkit.Visit) map[string]string {
		return map[string]string{"registry": "R", "contact": "<b>C*</b>", "version": "V", "answer": "A", "access": "B", "undo": "10"}
	}, Top: map[string]string{"/privacy": "help/privacy", "/accessibility": "help/accessibility"}})
}

// maxHTML is the budget of a public page, as it travels.
const maxHTML = 15 << 10

// TestPages_serve looks at every page of the tree in both languages.
func TestPages_serve(t *testing.T) {
	t.Parallel()
	get, seen := ours(t), 0
	err := fs.WalkDir(docs.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".zh.md") {
			return err
		}
		base := strings.TrimSuffix(name, ".md")
		_, missing := fs.Stat(docs.FS, base+".zh.md")
		path := "/docs/" + base
		if strings.HasPrefix(base, "help/") {
			path = "/" + base
		}
		for _, lang := range webkit.Langs() {
			code, page := get("/" + lang + path)
			seen++
			if code != http.StatusOK {
				t.Errorf("%s in %s answers %d", name, lang, code)
				continue
			}
			if n := strings.Count(page, "<h1"); n != 1 {
				t.Errorf("%s in %s has %d headings of the first level", name, lang, n)
			}
			if strings.Contains(page, "style=") || strings.Count(page, "<script") > 1 || strings.Contains(page, "<img") || strings.Contains(page, ".md\"") {
				t.Errorf("%s in %s holds a style, a script, a picture, or a link to a file", name, lang)
			}
			if only := strings.Contains(page, "目前只有英文"); only != (missing != nil && lang == webkit.ZH) {
				t.Errorf("%s in %s says that it exists in English only: %v", name, lang, only)
			}
			if place := regexp.MustCompile(`\{[a-z]+\}`).FindString(page); strings.HasPrefix(path, "/help/") && place != "" {
				t.Errorf("%s in %s shows the place %s", name, lang, place)
			}
			var zipped bytes.Buffer
			z := gzip.NewWriter(&zipped)
			_, _ = z.Write([]byte(page))
			_ = z.Close()
			if zipped.Len() > maxHTML {
				t.Errorf("%s in %s has %d bytes, the budget is %d", name, lang, zipped.Len(), maxHTML)
			}
		}
		return nil
	})
	if err != nil || seen < 70 {
		t.Fatalf("%d pages were seen: %v", seen, err)
	}
	for _, path := range []string{"/zh/docs", "/en/docs", "/zh/help", "/en/help", "/zh/privacy", "/en/accessibility"} {
		if code, page := get(path); code != http.StatusOK || !strings.Contains(page, "<h1>") && !strings.Contains(page, "<h1 ") {
			t.Errorf("%s answers %d", path, code)
		}
	}
	for _, path := range []string{"/en/docs/none", "/en/docs/howto/none", "/en/help/none", "/en/docs/help/letter", "/en/docs/..%2fhelp"} {
		if code, _ := get(path); code != http.StatusNotFound {
			t.Errorf("%s answers %d", path, code)
		}
	}
}

// TestPages_bothLanguages: what people and staff of bodies read is in both.
func TestPages_bothLanguages(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"help/*.md", "explain/*.md", "howto/send*.md", "howto/ask*.md", "howto/decide*.md"} {
		names, err := fs.Glob(docs.FS, pattern)
		if err != nil || len(names) < 2 {
			t.Fatalf("%s: %q, %v", pattern, names, err)
		}
		for _, name := range names {
			twin := strings.TrimSuffix(name, ".md") + ".zh.md"
			if base, zh := strings.CutSuffix(name, ".zh.md"); zh {
				twin = base + ".md"
			}
			if _, err := fs.Stat(docs.FS, twin); err != nil {
				t.Errorf("%s has no twin %s", name, twin)
			}
		}
	}
}

func TestPages_sayWhatTheyAreGiven(t *testing.T) {
	t.Parallel()
	get := ours(t)
	if _, page := get("/en/help/letter"); !strings.Contains(page, "&lt;b&gt;C*&lt;/b&gt;") || !strings.Contains(page, `href="/en/me/notices"`) {
		t.Error("a guide does not say whom to reach, or leads nowhere")
	}
	if _, page := get("/zh/docs/reference/states"); strings.Count(page, `<svg class="moves"`) < 2 || !strings.Contains(page, "in review") {
		t.Error("the moves between states are not drawn")
	}
	if _, page := get("/zh/docs/explain/what-the-log-proves"); !strings.Contains(page, `href="/zh/docs/howto/verify"`) {
		t.Error("a link between files is no link between pages")
	}
	if _, page := get("/en/docs/howto/backup"); strings.Contains(page, "exec recourse serve") || strings.Contains(page, "<!--") {
		t.Error("what only a test runs is shown")
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	get := ours(t)
	for _, c := range []struct{ lang, ask, want string }{
		{"en", "exit codes", `href="/en/docs/reference/exit-codes`},
		{"en", "PUNCTURE seed", `href="/en/docs/reference/vault`},
		{"zh", "快速离开", `href="/zh/help/pressure`},
		{"zh", "checkpoint witness", `href="/zh/docs/`},
		{"en", "<script>zzz", "No page has every word of “&lt;script&gt;zzz”"},
		{"zh", "独角兽", "没有哪一页"},
	} {
		code, page := get("/" + c.lang + "/docs?q=" + url.QueryEscape(c.ask))
		if code != http.StatusOK || !strings.Contains(page, c.want) {
			t.Errorf("%q in %s (%d) does not lead to %q", c.ask, c.lang, code, c.want)
		}
	}
}

func TestOpen_refuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"a dead link":    {"# A\n\n[b](b.md)", "which is no page"},
		"no title":       {"text", "must begin with its title"},
		"two titles":     {"# A\n\n# B", "must begin with its title"},
		"text before it": {"text\n\n# A", "must begin with its title"},
	} {
		_, err := dockit.Open(dockit.Config{Files: fstest.MapFS{"a.md": {Data: []byte(c.text)}}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := dockit.Open(dockit.Config{Files: fstest.MapFS{"a.zh.md": {Data: []byte("# 甲")}}}); err == nil {
		t.Error("a page in Chinese alone is taken")
	}
	if _, err := dockit.Open(dockit.Config{Files: fstest.MapFS{"a.md": {Data: []byte("# A")}}, Top: map[string]string{"/x": "x"}}); err == nil {
		t.Error("an address without a page is taken")
	}
}

// TestPages_hostile: nothing that stands in a file becomes a mark of the page.
func TestPages_hostile(t *testing.T) {
	t.Parallel()
	get := serve(t, dockit.Config{Files: fstest.MapFS{"a.md": {Data: []byte("# A\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![y](http://x/y.png)\n\n" +
		"| a<b | `c` |\n|---|---|\n| <img src=x onerror=alert(1)> | `<i>` |\n\n```\n<script>\n```\n")}}})
	_, page := get("/en/docs/a")
	for _, bad := range []string{"<script>alert", "javascript:", "<img", "<i>", "<script>\n", "onerror"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if !strings.Contains(page, `data-l="a&lt;b"`) || !strings.Contains(page, "&lt;i&gt;") {
		t.Errorf("the page lacks what is plain in it:\n%s", page)
	}
}
