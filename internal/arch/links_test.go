package arch

import (
	"io/fs"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var (
	mdLink    = regexp.MustCompile(`\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)`)
	mdFence   = regexp.MustCompile("(?ms)^```.*?^```")
	mdHeading = regexp.MustCompile(`(?m)^#{1,6}\s+(.+?)\s*#*$`)
	namedPath = regexp.MustCompile(`(?:^|[\s` + "`" + `("'])((?:internal|cmd|migrations|packs|scripts|docs)/[\w./-]*[\w/])([<{*…:]?)`)
	mdMarks   = regexp.MustCompile("[`*]|\\[|\\]\\([^)]*\\)")
)

// deadLinks finds relative links that lead nowhere and paths that do not exist.
// pages holds the documents by path; exists says whether a path from the root is there.
func deadLinks(pages map[string]string, exists func(name string) bool) (bad []string) {
	for name, text := range pages {
		for _, m := range mdLink.FindAllStringSubmatch(mdFence.ReplaceAllString(text, ""), -1) {
			if why := deadLink(name, m[1], pages, exists); why != "" {
				bad = append(bad, name+" links to "+m[1]+": "+why)
			}
		}
		for _, m := range namedPath.FindAllStringSubmatch(mdLink.ReplaceAllString(text, "]"), -1) {
			if m[2] == "" || m[2] == ":" {
				if !pathExists(m[1], exists) {
					bad = append(bad, name+" names "+m[1]+", which does not exist")
				}
			}
		}
	}
	return bad
}

func deadLink(page, link string, pages map[string]string, exists func(string) bool) string {
	u, err := url.Parse(link)
	if err != nil {
		return "not a link"
	}
	if u.Scheme != "" || u.Host != "" {
		return ""
	}
	target := page
	if u.Path != "" {
		target = path.Join(path.Dir(page), u.Path)
	}
	if strings.HasPrefix(u.Path, "/") || strings.HasPrefix(target, "..") {
		return "it leaves the house"
	}
	if !exists(target) {
		return "there is no such file"
	}
	if text, ok := pages[target]; ok && u.Fragment != "" && !slices.Contains(anchors(text), u.Fragment) {
		return "there is no such heading"
	}
	return ""
}

// pathExists also takes a name within a package: internal/arch.TestFloors.
func pathExists(name string, exists func(string) bool) bool {
	name = strings.TrimRight(name, "/.")
	if exists(name) {
		return true
	}
	dir, last := path.Split(name)
	pkg, _, found := strings.Cut(last, ".")
	return found && path.Ext(name) != ".md" && path.Ext(name) != ".go" && exists(dir+pkg)
}

// anchors returns the fragments that the headings of a page can be reached by.
func anchors(text string) (all []string) {
	for _, m := range mdHeading.FindAllStringSubmatch(mdFence.ReplaceAllString(text, ""), -1) {
		all = append(all, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, mdMarks.ReplaceAllString(m[1], "")))
	}
	return all
}

// documents are what people read: all pages of docs/ and those at the top.
func documents(name string) bool {
	return strings.HasSuffix(name, ".md") && (strings.HasPrefix(name, "docs/") || !strings.Contains(name, "/"))
}

func TestLinks(t *testing.T) {
	t.Parallel()
	house := os.DirFS(root)
	report(t, deadLinks(theFiles(t, documents), func(name string) bool {
		_, err := fs.Stat(house, name)
		return err == nil
	}))
}

func TestLinks_planted(t *testing.T) {
	t.Parallel()
	there := []string{"docs/map.md", "docs/words.md", "internal/arch", "internal/arch/doc.go", "README.md"}
	for _, c := range []struct{ name, text, want string }{
		{"good", "see [words](words.md), [the top](../README.md) and `internal/arch`.", ""},
		{"heading", "# A map: of `all`\n[up](#a-map-of-all)", ""},
		{"dead link", "see [rooms](rooms.md)", "no such file"},
		{"dead heading", "# A map\n[up](#the-map)", "no such heading"},
		{"dead heading elsewhere", "[up](words.md#nothing)", "no such heading"},
		{"out of the house", "[up](../../README.md)", "leaves the house"},
		{"web", "[up](https://example.org/x)", ""},
		{"dead path", "in `internal/gossip/x.go` you see", "names internal/gossip/x.go"},
		{"dead path in a block", "```\ncat internal/gossip\n```", "names internal/gossip"},
		{"pattern", "every `internal/<room>/<room>pg` and `internal/*/x`", ""},
		{"name in a package", "`internal/arch.TestFloors`", ""},
		{"end of a sentence", "It is in internal/arch/doc.go.", ""},
		{"a line", "`internal/arch/doc.go:12`", ""},
		{"dead file in a package", "`internal/arch/none.go`", "does not exist"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pages := map[string]string{"docs/map.md": c.text, "docs/words.md": "# Words\n"}
			expect(t, deadLinks(pages, func(name string) bool { return slices.Contains(there, name) }), c.want)
		})
	}
}
