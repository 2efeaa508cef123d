package partyweb

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
)

//go:embed tour/locales/*.json
var tourFiles embed.FS

// Stop is one step of the tour of a sandbox: as whom it is lived, and where. Person counts
// from 0 among the Samples; Body, where it is not empty, is the code of one of the Clerks.
type Stop struct {
	Key    string // among the words of the tour
	Person int
	Body   string
	Path   string                                // below the language
	Facts  func(now time.Time) map[string]string // for the places of its words; nil for none
}

// Tour leads a newcomer of a sandbox through its main job: each step signs in as who lives
// it and goes to where it happens, and a strip above every page says what to do there.
type Tour struct {
	face  *Face
	stops []Stop
	words webkit.Words[tourWords]
}

type tourWords struct {
	Nav, Title, Intro, Step, Go, Next, All, Over, Mend webkit.Phrase
	Stops                                              map[string]struct{ Title, Who, Do webkit.Phrase }
}

const tourPath = "/sandbox/tour"

// NewTour returns the tour of a face of a sandbox, over some stops, or says what it lacks. The
// face's first page leads to it.
func NewTour(f *Face, stops []Stop) (*Tour, error) {
	if f == nil || !f.Sandbox || len(stops) == 0 {
		return nil, errors.New("partyweb: the tour needs a sandbox and stops")
	}
	files, err := fs.Sub(tourFiles, "tour")
	if err != nil {
		return nil, err
	}
	t := &Tour{face: f, stops: stops}
	if t.words, err = webkit.LoadWords[tourWords](files); err != nil {
		return nil, err
	}
	for _, s := range stops {
		if _, ok := t.words.In(webkit.EN).Stops[s.Key]; !ok || s.Person < 0 || s.Body == "" && s.Person >= len(f.Samples) || s.Body != "" && f.clerkOf(s.Body) < 0 {
			return nil, fmt.Errorf("partyweb: the stop %s of the tour has no words or nobody who lives it", s.Key)
		}
	}
	f.toured = true
	return t, nil
}

// clerkOf is where the sample clerks of a body stand; -1 where there are none.
func (f *Face) clerkOf(body string) int {
	for i, c := range f.Clerks {
		if c.Body == body {
			return i
		}
	}
	return -1
}

// Routes lists the pages of the tour. A production site must not register them.
func (t *Tour) Routes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: tourPath, Role: webkit.Anyone, Why: "the main job in five steps, for newcomers", Serve: t.page},
		{Method: http.MethodPost, Path: tourPath, Role: webkit.Anyone, Why: "go to a step of it, as who lives it", Serve: t.step},
	}
}

// NavItem leads to the tour.
func (t *Tour) NavItem() webkit.NavItem {
	return webkit.NavItem{Path: tourPath, Label: webkit.Both(t.words, func(w *tourWords) webkit.Phrase { return w.Nav })}
}

// tourView is the tour in one language.
type tourView struct {
	t    *Tour
	w    *tourWords
	lang string
	mend []webkit.Mend
	v    webkit.Visit
	now  time.Time
	nth  int // the step that the visitor is at, from 1
}

func (t *Tour) page(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	return t.overview(v, nil), nil
}

func (t *Tour) overview(v webkit.Visit, mend []webkit.Mend) webkit.Page {
	p := tourView{t: t, w: t.words.In(v.Lang), lang: v.Lang, mend: mend, v: v, now: v.Now}
	return webkit.Page{Title: p.w.Title.String(), Mend: mend, Content: tourPage(p)}
}

// step signs in as who lives a step, and leads to where it happens.
func (t *Tour) step(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	n, err := strconv.Atoi(v.Form.Get("step"))
	if err != nil || n < 1 || n > len(t.stops) {
		return t.overview(v, []webkit.Mend{{Field: "step-1", Text: t.words.In(v.Lang).Mend.String()}}), nil
	}
	s := t.stops[n-1]
	v.Form.Set("next", v.Href(s.Path))
	v.Form.Set("person", strconv.Itoa(s.Person))
	enter := t.face.choose
	if s.Body != "" {
		v.Form.Set("body", strconv.Itoa(t.face.clerkOf(s.Body)))
		enter = t.face.chooseClerk
	}
	reply, err := enter(ctx, v)
	if err != nil {
		return nil, err
	}
	in, ok := reply.(webkit.SignIn)
	if !ok {
		return nil, fault.New(fault.Internal, "E-SAMPLE", "The sample person cannot be used.")
	}
	in.Guide = n
	return in, nil
}

// Strip is what stands above each page at a step: what to do there, and the way to the next.
func (t *Tour) Strip(lang string, step int, now time.Time) templ.Component {
	if step < 1 || step > len(t.stops) {
		return nil
	}
	return tourStrip(tourView{t: t, w: t.words.In(lang), lang: lang, now: now, nth: step})
}

// href is an address in the language of the view.
func (p tourView) href(path string) string { return "/" + p.lang + path }

// does says what to do at a step.
func (p tourView) does(s Stop) string {
	var pairs []string
	if s.Facts != nil {
		for name, value := range s.Facts(p.now) {
			pairs = append(pairs, name, value)
		}
	}
	return p.w.Stops[s.Key].Do.With(pairs...)
}

// who says as whom a step is lived.
func (p tourView) who(s Stop) string {
	name := ""
	if s.Body != "" {
		name = p.t.face.Clerks[p.t.face.clerkOf(s.Body)].Names[p.lang]
	} else {
		name = p.t.face.Samples[s.Person].Name
	}
	return p.w.Stops[s.Key].Who.With("name", name)
}

// title is what a step is called.
func (p tourView) title(nth int) string { return p.w.Stops[p.t.stops[nth-1].Key].Title.String() }

// count says which step of how many it is.
func (p tourView) count(nth int) string {
	return p.w.Step.With("nth", strconv.Itoa(nth), "of", strconv.Itoa(len(p.t.stops)))
}
