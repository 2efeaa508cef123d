// Package statekit is the page on which who runs the program reads how it does: what
// was looked at, what to do about what is not as it should be, and what goes on in the
// background.
//
// It promises that what has to be done comes first and says how, that every finding and
// job that can be shown has its words when the program starts, and that nothing of a
// person is on the page: findings hold counts, instants, codes and versions.
package statekit

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"recourse/internal/kit/webkit"
	"recourse/internal/when"
)

//go:embed locales/*.json
var localeFiles embed.FS

// Level says how much a finding asks for.
type Level string

// The levels, the most urgent first.
const (
	Act   Level = "act"   // something does not work, or will not before long
	Watch Level = "watch" // it works; advice
	Fine  Level = "fine"
)

// Finding is one thing that was looked at. About, Found and Fix are keys of the page's
// words; Facts fill their places.
type Finding struct {
	About string // what was looked at
	Found string // what there is
	Fix   string // what to do; empty where nothing is
	Level Level
	Facts Facts
}

// Facts are the values of a finding, by the name of their place: a string, an int, a
// time.Time, a when.Date or a time.Duration.
type Facts map[string]any

// Job is one thing that goes on in the background.
type Job struct {
	Name   string // a key of the page's words
	Every  time.Duration
	Done   time.Time // when it last came to its end without a fault; zero for never
	Failed int       // how many times in a row it has failed since
	Code   string    // of the last fault; empty where it has none
}

// Stuck is what of the queue fails again and again, for one reason.
type Stuck struct {
	Consumer, Code string
	Rows           int
}

// Report is how an installation does at an instant.
type Report struct {
	Findings []Finding
	Jobs     []Job
	Stuck    []Stuck
}

// Config is what the page is made of. All fields but Errors are needed.
type Config struct {
	Desk   string   // at which a clerk has to work to see it
	Jobs   []string // every name that a Job can have
	Errors string   // page that explains codes, below the language; empty where there is none
	Look   func(ctx context.Context, now time.Time) (Report, error)
}

// Path is where the page is, below the language.
const Path = "/ops"

// words are what the page says.
type words struct {
	Nav, Title, Intro, AllFine, Todo, Looked, About, There, State, Jobs, JobsText, Job, Every, Last, Never, Failed, Stuck, StuckText, Consumer, Code, Rows, Seconds, Minutes, Hours webkit.Phrase
	Levels, Abouts, Founds, Fixes, Does                                                                                                                                             map[string]webkit.Phrase
}

type page struct {
	Config
	words webkit.Words[words]
}

// Routes returns the page, and what leads to it.
func Routes(c Config) ([]webkit.Route, webkit.NavItem, error) {
	if c.Desk == "" || c.Look == nil || len(c.Jobs) == 0 {
		return nil, webkit.NavItem{}, errors.New("statekit: Desk, Jobs and Look are needed")
	}
	w, err := webkit.LoadWords[words](localeFiles)
	if err != nil {
		return nil, webkit.NavItem{}, err
	}
	for _, name := range c.Jobs {
		if _, ok := w.In(webkit.EN).Does[name]; !ok {
			return nil, webkit.NavItem{}, fmt.Errorf("statekit: nothing says what the job %s does", name)
		}
	}
	p := &page{c, w}
	item := webkit.NavItem{Path: Path, Desk: c.Desk, Label: webkit.Both(w, func(w *words) webkit.Phrase { return w.Nav })}
	return []webkit.Route{{Method: http.MethodGet, Path: Path, Role: webkit.Clerk, Desk: c.Desk, Why: "how the installation does, and what to do", Serve: p.serve}}, item, nil
}

// view is the page at an instant.
type view struct {
	Report
	w      *words
	v      webkit.Visit
	errors string
}

func (p *page) serve(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	r, err := p.Look(ctx, v.Now)
	if err != nil {
		return nil, err
	}
	w := p.words.In(v.Lang)
	for _, f := range r.Findings {
		if err := w.knows(f); err != nil {
			return nil, err
		}
	}
	return webkit.Page{Title: w.Title.String(), Nav: Path, Content: statePage(view{r, w, v, p.Errors})}, nil
}

// knows reports that a finding has no words.
func (w *words) knows(f Finding) error {
	_, about := w.Abouts[f.About]
	_, found := w.Founds[f.Found]
	_, fix := w.Fixes[f.Fix]
	if !about || !found || !fix && f.Fix != "" {
		return fmt.Errorf("statekit: the finding %s, %s, %s has no words", f.About, f.Found, f.Fix)
	}
	return nil
}

// todo are the findings that ask for something, the most urgent first.
func (p view) todo() []Finding {
	out := slices.DeleteFunc(slices.Clone(p.Findings), func(f Finding) bool { return f.Fix == "" })
	slices.SortStableFunc(out, func(a, b Finding) int { return rank(a.Level) - rank(b.Level) })
	return out
}

func rank(l Level) int { return slices.Index([]Level{Act, Watch, Fine}, l) }

// tag is how a level looks: a word, and a frame for what asks for something.
func tag(l Level) string {
	switch l {
	case Act:
		return "tag clock"
	case Watch:
		return "tag wait"
	}
	return "tag"
}

// say fills a phrase with the facts of a finding.
func (p view) say(phrase webkit.Phrase, facts Facts) string {
	pairs := make([]string, 0, 2*len(facts))
	for name, value := range facts {
		pairs = append(pairs, name, p.text(value))
	}
	return phrase.With(pairs...)
}

// text writes a fact.
func (p view) text(value any) string {
	switch x := value.(type) {
	case int:
		return strconv.Itoa(x)
	case time.Time:
		return p.v.Dates.Instant(x)
	case when.Date:
		return p.v.Dates.Plain(x)
	case time.Duration:
		return p.span(x)
	}
	return fmt.Sprint(value)
}

// span writes a length of time in its largest whole unit.
func (p view) span(d time.Duration) string {
	switch {
	case d >= 2*time.Hour:
		return p.w.Hours.N(int(d.Hours()))
	case d >= 2*time.Minute:
		return p.w.Minutes.N(int(d.Minutes()))
	case d >= time.Second:
		return p.w.Seconds.N(int(d.Seconds()))
	}
	return p.w.Seconds.With("n", strconv.FormatFloat(d.Round(10*time.Millisecond).Seconds(), 'f', -1, 64))
}
