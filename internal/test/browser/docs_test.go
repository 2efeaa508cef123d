package browser

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"recourse/docs"
)

// TestDocs_lookAt opens every page of the documentation and every guide, in Chinese
// narrow and in English wide: no rule of accessibility is broken and nothing is wider
// than the screen.
func TestDocs_lookAt(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	names, err := fs.Glob(docs.FS, "*/*.md")
	top, topErr := fs.Glob(docs.FS, "*.md")
	if err != nil || topErr != nil || len(names)+len(top) < 50 {
		t.Fatalf("%d pages are seen: %v, %v", len(names)+len(top), err, topErr)
	}
	zh, en := shared(t).Tab(t), shared(t).Tab(t)
	for _, name := range append(names, top...) {
		path, isPage := strings.CutSuffix(name, ".md")
		if strings.HasSuffix(path, ".zh") || !isPage {
			continue
		}
		if !strings.HasPrefix(path, "help/") {
			path = "docs/" + path
		}
		file := strings.ReplaceAll(path, "/", "-")
		zh.Look(View{Width: 320})
		en.Look(View{Width: 1200})
		zh.Open(s.url + "/zh/" + path)
		zh.check(file + "-zh")
		zh.Shot(file + "-zh")
		en.Open(s.url + "/en/" + path)
		en.check(file + "-en")
		en.Shot(file + "-en")
	}
}

// TestDocs_searchWithoutScripts finds a page with scripts off.
func TestDocs_searchWithoutScripts(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	tab := shared(t).Tab(t)
	tab.Look(View{Width: 900, NoScripts: true})
	tab.Open(s.url + "/zh/docs")
	tab.Fill("#q", "快速离开")
	tab.Click("main form .btn")
	tab.Click(`main a[href^="/zh/help/pressure"]`)
	says(t, tab.Text("h1"), "有人逼我打开档案")
}

// TestWords_ofGuides holds guides, explanations and what is in Chinese to the words
// that pages are held to.
func TestWords_ofGuides(t *testing.T) {
	t.Parallel()
	seen := 0
	err := fs.WalkDir(docs.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !regexp.MustCompile(`^help/|\.zh\.md$`).MatchString(name) {
			return err
		}
		raw, err := fs.ReadFile(docs.FS, name)
		lang := "en"
		if strings.HasSuffix(name, ".zh.md") {
			lang = "zh"
		}
		seen++
		if found := banned()[lang].FindString(string(raw)); found != "" {
			t.Errorf("%s says %q", name, found)
		}
		return err
	})
	if err != nil || seen < 30 {
		t.Errorf("%d pages are seen: %v", seen, err)
	}
}
