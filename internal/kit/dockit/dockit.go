// Package dockit serves the documentation of the tree and the guides for people as
// pages: Markdown in files, with the style of every other page.
//
// It promises that
//   - a page is what its file says, in the reader's language where there is one,
//     else in English with a line that says so;
//   - nothing of it needs a script or anything from elsewhere, the search included;
//   - a link between files becomes a link between pages, and a file of the source
//     tree becomes its name; what leads nowhere is an error of Open.
//
// Which pages there are is known from the files; it knows nothing of what they say.
package dockit

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
)

//go:embed locales
var localeFiles embed.FS

// Where the pages are, below the language.
const (
	Path     = "/docs" // the documentation
	HelpPath = "/help" // guides for people
)

// help is the folder whose pages stand below HelpPath; the pages of others stand
// below Path.
const help = "help"

// sections are the folders of the documentation in the order of the list of
// contents; "" holds the pages at its top.
func sections() []string {
	return []string{"tutorial", "howto", "reference", "explain", "flows", "decisions", ""}
}

// Config is what the pages are made of.
type Config struct {
	Files fs.FS // NAME.md in English and NAME.zh.md in Chinese, in folders one deep
	// Say fills the places {registry}, {contact} and {version} of guides.
	Say func(v webkit.Visit) map[string]string
	// Near are pages that stand beside those of a section, made elsewhere.
	Near map[string][]webkit.NavItem
	// Top are guides that have an address of their own, by it: "/privacy" → "help/privacy".
	Top map[string]string
}

// Library is all pages.
type Library struct {
	Config
	words webkit.Words[words]
	pages map[string]*page // by name: "howto/backup"
	order []*page
}

type words struct {
	Title, Intro, English, Tree, Contents, Help, HelpIntro, HelpNav webkit.Phrase
	Search, Find, Found, Nothing, InEnglish, Opens                  webkit.Phrase
	Sections                                                        map[string]webkit.Phrase
	From, To, Begin, End, Diagram                                   webkit.Phrase
}

// page is one page in each language that it has.
type page struct {
	name  string
	at    string          // its address, below the language
	texts map[string]text // by language
}

// text is a page in one language.
type text struct {
	lang, source string
	title, first string // what its first heading and its first paragraph say
	parts        []part
}

// section is the folder of a page.
func (p *page) section() string {
	dir, _ := path.Split(p.name)
	return strings.TrimSuffix(dir, "/")
}

// in returns the page in a language, else in English.
func (p *page) in(lang string) text {
	if t, ok := p.texts[lang]; ok {
		return t
	}
	return p.texts[webkit.EN]
}

// address is where a page is, below the language.
func (l *Library) address(name string) string {
	for at, top := range l.Top {
		if top == name {
			return at
		}
	}
	if rest, ok := strings.CutPrefix(name, help+"/"); ok {
		return HelpPath + "/" + rest
	}
	return Path + "/" + name
}

// Open reads all pages, or says which cannot be served.
func Open(c Config) (*Library, error) {
	w, err := webkit.LoadWords[words](localeFiles)
	l := &Library{Config: c, words: w, pages: map[string]*page{}}
	if err == nil {
		err = fs.WalkDir(c.Files, ".", l.read)
	}
	if err != nil {
		return nil, fmt.Errorf("dockit: %w", err)
	}
	for name, p := range l.pages {
		if _, ok := p.texts[webkit.EN]; !ok {
			return nil, fmt.Errorf("dockit: %s has no page in English", name)
		}
		p.at = l.address(name)
		l.order = append(l.order, p)
	}
	for at, name := range c.Top {
		if l.pages[name] == nil {
			return nil, fmt.Errorf("dockit: %s is to show %s, which is not there", at, name)
		}
	}
	slices.SortFunc(l.order, func(a, b *page) int { return cmp.Compare(a.name, b.name) })
	return l, l.whole()
}

// read takes a file into the library.
func (l *Library) read(name string, d fs.DirEntry, err error) error {
	if err != nil || d.IsDir() || path.Ext(name) != ".md" {
		return err
	}
	raw, err := fs.ReadFile(l.Files, name)
	if err != nil {
		return err
	}
	lang, base := webkit.EN, strings.TrimSuffix(name, ".md")
	if b, zh := strings.CutSuffix(base, "."+webkit.ZH); zh {
		lang, base = webkit.ZH, b
	}
	t, err := newText(lang, string(raw))
	if err != nil {
		return fmt.Errorf("%s %w", name, err)
	}
	if l.pages[base] == nil {
		l.pages[base] = &page{name: base, texts: map[string]text{}}
	}
	l.pages[base].texts[lang] = t
	return nil
}

// Routes lists the pages.
func (l *Library) Routes() []webkit.Route {
	rows := []webkit.Route{
		{Method: http.MethodGet, Path: Path, Role: webkit.Anyone, Why: "the documentation: contents and search", Serve: l.contents},
		{Method: http.MethodGet, Path: Path + "/{page}", Role: webkit.Anyone, Why: "a page of the documentation", Serve: l.one("")},
		{Method: http.MethodGet, Path: Path + "/{section}/{page}", Role: webkit.Anyone, Why: "a page of a part of the documentation", Serve: l.one("")},
		{Method: http.MethodGet, Path: HelpPath, Role: webkit.Anyone, Why: "guides for people, and whom to reach", Serve: l.guides},
		{Method: http.MethodGet, Path: HelpPath + "/{page}", Role: webkit.Anyone, Why: "a guide", Serve: l.one(help)},
	}
	for at, name := range l.Top {
		rows = append(rows, webkit.Route{Method: http.MethodGet, Path: at, Role: webkit.Anyone, Why: "what " + name + " says", Serve: func(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
			return l.show(v, name)
		}})
	}
	slices.SortFunc(rows, func(a, b webkit.Route) int { return cmp.Compare(a.Path, b.Path) })
	return rows
}

// NavItems lead to the guides, to those with an address of their own, and to the
// documentation.
func (l *Library) NavItems() []webkit.NavItem {
	items := []webkit.NavItem{{Path: HelpPath, Label: webkit.Both(l.words, func(w *words) webkit.Phrase { return w.HelpNav })}}
	for at, name := range l.Top {
		item := webkit.NavItem{Path: at, Label: map[string]string{}}
		for _, lang := range webkit.Langs() {
			item.Label[lang] = l.pages[name].in(lang).title
		}
		items = append(items, item)
	}
	slices.SortFunc(items[1:], func(a, b webkit.NavItem) int { return cmp.Compare(a.Path, b.Path) })
	return append(items, webkit.NavItem{Path: Path, Label: webkit.Both(l.words, func(w *words) webkit.Phrase { return w.Title })})
}

var errNoPage = fault.New(fault.NotFound, "E-PAGE", "There is nothing at this address.")

// one serves a page of a folder, or of the one that the address names.
func (l *Library) one(folder string) webkit.Handler {
	return func(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
		section := folder
		if section == "" {
			section = v.Param("section")
		}
		if folder == "" && section == help {
			return nil, errNoPage // it has another address
		}
		return l.show(v, path.Join(section, v.Param("page")))
	}
}

func (l *Library) show(v webkit.Visit, name string) (webkit.Reply, error) {
	p, ok := l.pages[name]
	if !ok {
		return nil, errNoPage
	}
	w, t := l.words.In(v.Lang), p.in(v.Lang)
	said, err := l.html(v, p, t)
	if err != nil {
		return nil, err
	}
	back := webkit.Link{Path: Path, Text: w.Title.String()}
	if p.section() == help {
		back = webkit.Link{Path: HelpPath, Text: w.Help.String()}
	}
	return webkit.Page{Title: view{l, w, v}.filled(t.title), Back: back, Content: onePage(view{l, w, v}, t, said)}, nil
}

// fill puts values into the places of a guide, each as write writes it.
func (l *Library) fill(v webkit.Visit, source string, write func(string) string) string {
	if l.Say == nil || !strings.Contains(source, "{") {
		return source
	}
	for place, value := range l.Say(v) {
		source = strings.ReplaceAll(source, "{"+place+"}", write(value))
	}
	return source
}

// filled is what a page of plain text says for a visit.
func (p view) filled(source string) string {
	return p.l.fill(p.v, source, func(value string) string { return value })
}

// view is what the pages are made of.
type view struct {
	l *Library
	w *words
	v webkit.Visit
}

func (l *Library) guides(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	w := l.words.In(v.Lang)
	return webkit.Page{Title: w.Help.String(), Content: guidesPage(view{l, w, v})}, nil
}

// contents is the list of all pages, or of those in which what is asked for stands.
func (l *Library) contents(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := view{l, l.words.In(v.Lang), v}
	ask := strings.TrimSpace(v.Query.Get("q"))
	if ask == "" {
		return webkit.Page{Title: p.w.Title.String(), Content: contentsPage(p)}, nil
	}
	return webkit.Page{Title: p.w.Title.String(), Content: foundPage(p, ask, l.find(ask, v.Lang))}, nil
}

// of returns the pages of a section.
func (p view) of(section string) (out []*page) {
	for _, one := range p.l.order {
		if one.section() == section {
			out = append(out, one)
		}
	}
	return out
}

// guides are the guides for people; those with an address of their own are about the
// site, and stand below each page.
func (p view) guides() []*page {
	return slices.DeleteFunc(p.of(help), func(one *page) bool { return p.l.Top[one.at] != "" })
}

// foreign is the language of a text that is not the reader's, as a mark of the
// page; empty where it is theirs.
func (p view) foreign(lang string) string {
	if lang == p.v.Lang {
		return ""
	}
	return webkit.Tag(lang)
}

// nameOf names a section among the words; the top has no folder to be called by.
func nameOf(section string) string { return cmp.Or(section, "top") }

// fragment is the end of an address that leads to a heading.
func fragment(id string) string {
	if id == "" {
		return ""
	}
	return "#" + id
}
