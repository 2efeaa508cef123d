package oversightweb

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/oversight"
)

//go:embed figures/locales/*.json
var figureFiles embed.FS

// Figures is what everybody may read of how bodies deal with people: the closed tables of
// each quarter, as pages, charts and files.
type Figures struct {
	store oversight.FigureStore
	shelf law.Shelf
	words webkit.Words[figureWords]
}

// NewFigures returns the face of figures. Both are needed.
func NewFigures(store oversight.FigureStore, shelf law.Shelf) (*Figures, error) {
	if store == nil || shelf == nil {
		return nil, errors.New("oversightweb: a store and a shelf are needed")
	}
	files, err := fs.Sub(figureFiles, "figures")
	if err != nil {
		return nil, err
	}
	w, err := webkit.LoadWords[figureWords](files)
	return &Figures{store, shelf, w}, err
}

const figuresPath = "/transparency"

// Routes lists the pages of the face.
func (f *Figures) Routes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: figuresPath, Role: webkit.Anyone, Why: "how bodies dealt with people in the last quarter that is closed", Serve: f.newest},
		{Method: http.MethodGet, Path: figuresPath + "/{quarter}", Role: webkit.Anyone, Why: "the same of one quarter", Serve: f.one},
		{Method: http.MethodGet, Path: figuresPath + "/{quarter}/figures", Role: webkit.Anyone, Why: "its figures as the file whose hash is in the public log", Serve: f.file},
	}
}

// NavItem leads to the pages.
func (f *Figures) NavItem() webkit.NavItem {
	return webkit.NavItem{Path: figuresPath, Label: webkit.Both(f.words, func(w *figureWords) webkit.Phrase { return w.Nav })}
}

type figureWords struct {
	Nav, Title, Intro, None, Of, Others, Registry, Quarter, Quarters, Closed                     webkit.Phrase
	Body, Counted, OfThese, Share, Between, TooFew, TooFewLine, Nothing, Chart, ChartText, Point webkit.Phrase
	File, FileText, Hash, Method, Once, Ten, Ranges, Limits, LimitsText                          webkit.Phrase
	Abouts                                                                                       map[string]struct{ Title, Text, Part webkit.Phrase }
}

// figuresView is a quarter.
type figuresView struct {
	w        *figureWords
	v        webkit.Visit
	rules    *law.Pack
	quarters []oversight.Quarter
	q        oversight.Quarter
	at       time.Time
	list     []oversight.Figure
}

func (f *Figures) view(ctx context.Context, v webkit.Visit) (figuresView, error) {
	list, err := f.store.Quarters(ctx)
	return figuresView{w: f.words.In(v.Lang), v: v, rules: f.shelf.At(v.Now), quarters: list}, err
}

func (f *Figures) newest(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p, err := f.view(ctx, v)
	if err != nil {
		return nil, err
	}
	if len(p.quarters) == 0 {
		return webkit.Page{Title: p.w.Title.String(), Content: noFigures(p)}, nil
	}
	return f.page(ctx, p, p.quarters[0])
}

func (f *Figures) one(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	q, err := oversight.ParseQuarter(v.Param("quarter"))
	if err != nil {
		return nil, err
	}
	p, err := f.view(ctx, v)
	if err != nil {
		return nil, err
	}
	return f.page(ctx, p, q)
}

func (f *Figures) page(ctx context.Context, p figuresView, q oversight.Quarter) (_ webkit.Reply, err error) {
	p.q = q
	if p.list, p.at, err = f.store.Figures(ctx, q); err != nil {
		return nil, err
	}
	return webkit.Page{Title: p.title(), Content: figuresPage(p)}, nil
}

func (f *Figures) file(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	q, err := oversight.ParseQuarter(v.Param("quarter"))
	if err != nil {
		return nil, err
	}
	list, _, err := f.store.Figures(ctx, q)
	if err != nil {
		return nil, err
	}
	return webkit.File{Name: "figures-" + q.String() + ".csv", Type: "text/csv; charset=utf-8", Data: oversight.Lines(list)}, nil
}

func (p figuresView) title() string { return p.w.Of.With("quarter", p.name(p.q)) }

// name writes a quarter as people read it.
func (p figuresView) name(q oversight.Quarter) string {
	return p.w.Quarter.With("year", strconv.Itoa(q.Year()), "nth", strconv.Itoa(q.Nth()))
}

func (p figuresView) hash() string {
	sum := sha256.Sum256(oversight.Lines(p.list))
	return hex.EncodeToString(sum[:])
}

// row is a figure with whom it is about.
type row struct {
	oversight.Figure
	name string
}

// rows are the figures about one thing, by name; what is not one body's comes last. No
// order by value: it would be read as a ranking.
func (p figuresView) rows(a oversight.About) (out []row) {
	for _, f := range p.list {
		if f.About == a {
			out = append(out, row{f, p.of(f.For)})
		}
	}
	slices.SortFunc(out, func(a, b row) int {
		if x, y := strings.HasPrefix(a.For, "*"), strings.HasPrefix(b.For, "*"); x != y {
			return map[bool]int{true: 1, false: -1}[x]
		}
		return strings.Compare(a.name, b.name)
	})
	return out
}

// of names a body, or what stands for several.
func (p figuresView) of(code string) string {
	switch code {
	case oversight.ForRegistry:
		return p.w.Registry.String()
	case oversight.ForOthers:
		return p.w.Others.String()
	}
	if b, ok := p.rules.Body(code); ok {
		return b.Names[p.v.Lang]
	}
	return code
}

// tooFew names what nothing is told about in this quarter.
func (p figuresView) tooFew() (out []string) {
	for _, a := range oversight.Abouts() {
		if len(p.rows(a)) == 0 {
			out = append(out, p.w.Abouts[string(a)].Title.String())
		}
	}
	return out
}

// part and share write what a figure tells, or that it is too little to be told.
func (p figuresView) part(f oversight.Figure) string {
	if f.TooFew != "" {
		return p.w.TooFew.String()
	}
	return strconv.Itoa(f.Part)
}

func (p figuresView) share(f oversight.Figure) string {
	if f.TooFew != "" {
		return "–"
	}
	low, high := f.Interval()
	return p.w.Between.With("share", percent(float64(f.Part)/float64(f.N)), "low", percent(low), "high", percent(high))
}

func percent(x float64) string { return fmt.Sprintf("%.0f%%", 100*x) }

// told are the rows of which a share is told: those that a chart can show.
func told(rows []row) []row {
	return slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.TooFew != "" })
}

// spot is where a share lies on its line, whose ends leave room for a dot.
func spot(x float64) string { return fmt.Sprintf("%.1f%%", 2+96*x) }

// low and high are the ends of what the share may be.
func (r row) low() string  { low, _ := r.Interval(); return spot(low) }
func (r row) high() string { _, high := r.Interval(); return spot(high) }
func (r row) dot() string  { return spot(float64(r.Part) / float64(r.N)) }

// ticks are the shares that a chart writes below its lines, and how each text stands there.
func ticks() []tick {
	return []tick{{0, "start"}, {0.25, "middle"}, {0.5, "middle"}, {0.75, "middle"}, {1, "end"}}
}

type tick struct {
	at     float64
	anchor string
}

// chartText says in words what a chart shows.
func (p figuresView) chartText(rows []row) string {
	var out []string
	for _, r := range rows {
		out = append(out, p.w.Point.With("body", r.name, "share", p.share(r.Figure)))
	}
	return p.w.ChartText.String() + " " + strings.Join(out, " ")
}
