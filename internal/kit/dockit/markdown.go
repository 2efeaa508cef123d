package dockit

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	gtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"recourse/internal/kit/webkit"
)

// markdown reads and writes pages. HTML inside them is left out; Chinese is written
// without spaces, so that a line break between two of its characters is none.
func markdown(d drawing) goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(extension.NewTable(), extension.NewCJK(extension.WithEastAsianLineBreaks())),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(d, 100))))
}

func parse(source string) ast.Node {
	ctx := parser.NewContext(parser.WithIDs(&anchors{seen: map[string]int{}}))
	return markdown(drawing{}).Parser().Parse(gtext.NewReader([]byte(source)), parser.WithContext(ctx))
}

// anchors names headings as the usual readers of Markdown do, so that links into
// pages work in both.
type anchors struct{ seen map[string]int }

var marks = regexp.MustCompile("[`*]|\\[|\\]\\([^)]*\\)")

// Generate is parser.IDs.
func (a *anchors) Generate(value []byte, _ ast.NodeKind) []byte {
	id := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, marks.ReplaceAllString(strings.TrimSpace(string(value)), ""))
	n := a.seen[id]
	if a.seen[id]++; n > 0 {
		id += "-" + strconv.Itoa(n)
	}
	return []byte(id)
}

// Put is parser.IDs.
func (a *anchors) Put(value []byte) { a.seen[string(value)]++ }

// newText reads a page in one language: its title, and what can be searched.
func newText(lang, source string) (text, error) {
	t, raw := text{lang: lang, source: source}, []byte(source)
	var titles int
	var body strings.Builder
	flush := func() {
		if n := len(t.parts); n > 0 {
			t.parts[n-1].plain = strings.Join(strings.Fields(body.String()), " ")
			t.parts[n-1].lower = strings.ToLower(t.parts[n-1].plain)
		}
		body.Reset()
	}
	for n := parse(source).FirstChild(); n != nil; n = n.NextSibling() {
		said := plain(n, raw)
		if h, ok := n.(*ast.Heading); ok {
			flush()
			id, _ := h.AttributeString("id")
			one := part{heading: said, id: fmt.Sprintf("%s", id)}
			if h.Level == 1 {
				titles++
				t.title, one.id = said, ""
			}
			t.parts = append(t.parts, one)
			continue
		}
		if _, ok := n.(*ast.Paragraph); ok && t.first == "" {
			t.first = firstSentence(said)
		}
		if len(t.parts) == 0 && said != "" {
			titles = -1 // text before the title
		}
		body.WriteString(said + " ")
	}
	flush()
	if titles != 1 || len(t.parts) == 0 || t.parts[0].id != "" {
		return t, errors.New("must begin with its title, and have no other heading of the first level")
	}
	return t, nil
}

// firstSentence is what a list of contents says of a page.
func firstSentence(said string) string {
	for _, end := range []string{"。", ". ", "：", ": "} {
		if before, _, found := strings.Cut(said, end); found {
			return before + strings.TrimRight(strings.NewReplacer("：", "。", ":", ".").Replace(end), " ")
		}
	}
	return said
}

// plain is what a part of a page says, without marks.
func plain(n ast.Node, source []byte) string {
	var out strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // nothing below returns an error
		switch n := n.(type) {
		case *ast.HTMLBlock, *ast.RawHTML:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			if entering {
				out.Write(n.Segment.Value(source))
				if n.SoftLineBreak() || n.HardLineBreak() {
					out.WriteByte(' ')
				}
			}
		case *ast.FencedCodeBlock:
			if entering {
				out.Write(n.Lines().Value(source))
			}
		case *extast.TableCell, *ast.ListItem, *ast.Paragraph:
			out.WriteByte(' ')
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(out.String())
}

// html writes a page for a visit.
func (l *Library) html(v webkit.Visit, p *page, t text) (string, error) {
	source := t.source
	if p.section() == help {
		source = l.fill(v, source, webkit.Literal)
	}
	root := parse(source)
	if err := l.relink(root, []byte(source), p, v.Lang); err != nil {
		return "", err
	}
	var out bytes.Buffer
	d := drawing{words: l.words.In(t.lang)}
	if err := markdown(d).Renderer().Render(&out, []byte(source), root); err != nil {
		return "", fmt.Errorf("writing %s: %w", p.name, err)
	}
	return out.String(), nil
}

// whole checks that each link of each page leads somewhere.
func (l *Library) whole() error {
	var bad []error
	for _, p := range l.order {
		for lang, t := range p.texts {
			if err := l.relink(parse(t.source), []byte(t.source), p, lang); err != nil {
				bad = append(bad, err)
			}
		}
	}
	return errors.Join(bad...)
}

// relink makes links between files links between pages of a language. What leads
// to the source tree is no link any more.
func (l *Library) relink(root ast.Node, source []byte, p *page, lang string) error {
	var links []*ast.Link
	err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if link, ok := n.(*ast.Link); ok && entering {
			links = append(links, link)
		}
		return ast.WalkContinue, nil
	})
	for _, link := range links {
		to, err := l.target(string(link.Destination), p, lang)
		if err != nil {
			return err
		}
		if to != "" {
			link.Destination = []byte(to)
			continue
		}
		for c := link.FirstChild(); c != nil; {
			next := c.NextSibling()
			link.Parent().InsertBefore(link.Parent(), link, c)
			c = next
		}
		link.Parent().RemoveChild(link.Parent(), link)
	}
	return err
}

// pageScheme stands before the address of a page of the registry, below its
// language: "page:/calendar".
const pageScheme = "page"

// target is where a link of a page leads; empty for a file of the source tree.
func (l *Library) target(to string, from *page, lang string) (string, error) {
	u, err := url.Parse(to)
	switch {
	case err != nil:
		return "", fmt.Errorf("%s links to %q, which is no address", from.name, to)
	case u.Scheme == pageScheme:
		return "/" + lang + u.Path, nil
	case u.Scheme != "" || u.Path == "":
		return to, nil
	}
	name := path.Join(path.Dir(from.name), u.Path)
	if strings.HasPrefix(name, "..") || path.Ext(name) != ".md" {
		return "", nil
	}
	p, ok := l.pages[strings.TrimSuffix(strings.TrimSuffix(name, ".md"), "."+webkit.ZH)]
	if !ok {
		return "", fmt.Errorf("%s links to %s, which is no page", from.name, to)
	}
	if u.Fragment != "" {
		return "/" + lang + p.at + "#" + u.EscapedFragment(), nil
	}
	return "/" + lang + p.at, nil
}

// Leads returns the addresses, below the language, of the registry's own pages to
// which pages link, each once.
func (l *Library) Leads() map[string]string {
	out := map[string]string{}
	found := regexp.MustCompile(`\]\(` + pageScheme + `:([^)\s#?]+)`)
	for _, p := range l.order {
		for _, t := range p.texts {
			for _, m := range found.FindAllStringSubmatch(t.source, -1) {
				out[m[1]] = p.name
			}
		}
	}
	return out
}

// drawing writes what looks other than in plain Markdown: tables that become cards
// on narrow screens, code that can be scrolled by keys, diagrams.
type drawing struct{ words *words }

// RegisterFuncs is renderer.NodeRenderer.
func (d drawing) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	nothing := func(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) { return ast.WalkSkipChildren, nil }
	reg.Register(ast.KindHTMLBlock, nothing)
	reg.Register(ast.KindRawHTML, nothing)
	reg.Register(ast.KindImage, nothing)
	reg.Register(ast.KindFencedCodeBlock, d.block)
	reg.Register(extast.KindTable, around(`<table class="cards">`, "</tbody></table>\n"))
	reg.Register(extast.KindTableHeader, around("<thead><tr>", "</tr></thead><tbody>\n"))
	reg.Register(extast.KindTableRow, around("<tr>", "</tr>\n"))
	reg.Register(extast.KindTableCell, d.cell)
}

func around(begin, end string) renderer.NodeRendererFunc {
	return func(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString(begin) // a buffer takes everything
		} else {
			_, _ = w.WriteString(end)
		}
		return ast.WalkContinue, nil
	}
}

// cell writes a cell; on narrow screens it says which column it is of.
func (d drawing) cell(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	begin, end := `<th scope="col">`, "</th>"
	if n.Parent().Kind() == extast.KindTableRow {
		begin, end = "<td><span>", "</span></td>"
		at := 0
		for s := n.PreviousSibling(); s != nil; s = s.PreviousSibling() {
			at++
		}
		head := n.Parent().Parent().FirstChild().FirstChild()
		for ; at > 0 && head != nil; at-- {
			head = head.NextSibling()
		}
		if head != nil {
			if label := plain(head, source); label != "" {
				begin = `<td data-l="` + html.EscapeString(label) + `"><span>`
			}
		}
	} else if !n.HasChildren() {
		begin, end = "<td>", "</td>" // a heading that says nothing is none
	}
	return around(begin, end)(w, source, n, entering)
}

// block writes code, or draws what is a diagram.
func (d drawing) block(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	f := n.(*ast.FencedCodeBlock)
	said := string(f.Lines().Value(source))
	if string(f.Language(source)) == "mermaid" && d.words != nil {
		return ast.WalkSkipChildren, drawMoves(w, said, d.words)
	}
	_, err := w.WriteString(`<pre class="code" tabindex="0"><code>` + html.EscapeString(said) + "</code></pre>\n")
	return ast.WalkSkipChildren, err
}
