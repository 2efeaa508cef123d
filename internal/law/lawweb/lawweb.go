// Package lawweb shows everybody what the law of the registry is: the kinds of
// record that may exist, one of them whole, the calendar that terms are counted
// by, and the rights of a person.
//
// It promises that every number on its pages is read from the pack in force at
// the instant of the visit, with the law it rests on; and that it knows nothing
// of any person.
package lawweb

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"slices"
	"sync"

	"recourse/internal/catalogue"
	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
)

//go:embed locales/*.json
var localeFiles embed.FS

// Face is the room as everybody sees it.
type Face struct {
	shelf    law.Shelf
	versions func() []law.Activated
	words    webkit.Words[words]
	diffs    sync.Map // changes by the numbers of two versions: what was activated stays as it is
}

// New returns the face of the packs of a shelf. versions are all that were ever activated,
// in their order.
func New(shelf law.Shelf, versions func() []law.Activated) (*Face, error) {
	if shelf == nil || versions == nil {
		return nil, errors.New("lawweb: a shelf and its versions are needed")
	}
	w, err := webkit.LoadWords[words](localeFiles)
	return &Face{shelf: shelf, versions: versions, words: w}, err
}

const (
	typesPath    = "/types"
	rightsPath   = "/rights"
	calendarPath = "/calendar"
	calendarFile = calendarPath + "/days.ics"
)

// Routes lists the pages of the face.
func (f *Face) Routes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: typesPath, Role: webkit.Anyone, Why: "the kinds of record that may exist", Serve: f.types},
		{Method: http.MethodGet, Path: versionsPath, Role: webkit.Anyone, Why: "what changed between two versions of the rules", Serve: f.compare},
		{Method: http.MethodGet, Path: typesPath + "/{code}", Role: webkit.Anyone, Why: "one kind of record: its law, its end, who may see it", Serve: f.one},
		{Method: http.MethodGet, Path: rightsPath, Role: webkit.Anyone, Why: "what a person can count on here", Serve: f.rights},
		{Method: http.MethodGet, Path: calendarPath, Role: webkit.Anyone, Why: "the working days that terms are counted by", Serve: f.calendar},
		{Method: http.MethodGet, Path: calendarFile, Role: webkit.Anyone, Why: "the same for programs that keep days", Serve: f.calendarFile},
	}
}

// NavItems lead to the pages.
func (f *Face) NavItems() []webkit.NavItem {
	return []webkit.NavItem{
		{Path: typesPath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Types.Nav })},
		{Path: rightsPath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Rights.Title })},
		{Path: calendarPath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Calendar.Title })},
	}
}

// words is what the face says.
type words struct {
	Types struct {
		Nav, Title, Intro, None, Caption, Kind, By, Shown, Law, JSON webkit.Phrase
	}
	One struct {
		Negative, Other, By, Files, Law, Wording, Unverified, Shown, Kept, Counted, Says, Who, Nobody, Consent, Statute, JSON, Rules webkit.Phrase
	}
	Rights struct {
		Title, Intro, Ask, AskText                                                                           webkit.Phrase
		Told, ToldText, Seen, SeenText, Yours, YoursText, Wrong, WrongText, Ends, EndsText, Never, NeverText webkit.Phrase
		Decided, DecidedText, Review, ReviewText, Freeze, FreezeText, Early, EarlyText                       webkit.Phrase
	}
	Calendar struct {
		Title, Intro, None, Next, Year, Day, What, Kind, Holiday, Work, File webkit.Phrase
	}
	Versions struct {
		Title, Intro, One, Version, From, To, Kind, All, Go, Changed, ChangedOf, Same, InFavour, NoEffect, Against, Log, Link, LinkOf webkit.Phrase
	}
	Place, Policy webkit.Phrase
}

// view is what all pages of the face are made of.
type view struct {
	w *words
	v webkit.Visit
	p *law.Pack
}

func (f *Face) view(v webkit.Visit) view { return view{f.words.In(v.Lang), v, f.shelf.At(v.Now)} }

// place names an article of a law. A policy of the registry has a name alone: its
// parts are called by codes.
func (p view) place(c catalogue.Citation) string {
	for _, s := range p.p.Sources() {
		if s.Name == c.Source && s.Kind == law.PolicyText {
			return p.w.Policy.With("title", c.Titles[p.v.Lang])
		}
	}
	return p.w.Place.With("title", c.Titles[p.v.Lang], "article", c.Article)
}

// body names a body of the pack.
func (p view) body(code string) string {
	if b, ok := p.p.Body(code); ok {
		return b.Names[p.v.Lang]
	}
	return code
}

func (f *Face) types(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.view(v)
	return webkit.Page{Title: p.w.Types.Title.String(), Content: typesPage(p)}, nil
}

// group is the types of one sector.
type group struct {
	label string
	types []*catalogue.Type
}

// groups are the types by sector, in the order of the pack.
func (p view) groups() (out []group) {
	for _, s := range p.p.Sectors() {
		g := group{label: s.Labels[p.v.Lang]}
		for _, t := range p.p.Types() {
			if t.Sector == s.Code {
				g.types = append(g.types, t)
			}
		}
		if len(g.types) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// shown says how long records of a type are shown.
func (p view) shown(t *catalogue.Type) string {
	r, ok := p.p.Retention(t.Retention)
	if !ok {
		return ""
	}
	return p.term(r.Display)
}

// term writes a length of time; a basis without one is its label alone.
func (p view) term(q law.Parameter) string {
	if q.Term.N == 0 {
		return "–"
	}
	return q.Term.In(p.v.Lang)
}

// errNoType is the answer for a kind of record that the pack does not have.
var errNoType = fault.New(fault.NotFound, "E-PAGE", "There is nothing at this address.")

func (f *Face) one(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.view(v)
	t, ok := p.p.Type(v.Param("code"))
	if !ok {
		return nil, errNoType
	}
	return webkit.Page{Title: t.Labels[v.Lang], Back: webkit.Link{Path: typesPath, Text: p.w.Types.Nav.String()}, Content: onePage(typeView{p, t})}, nil
}

// typeView is one type.
type typeView struct {
	view
	t *catalogue.Type
}

// asker is a purpose that may see records of the type.
type asker struct {
	law.Purpose
	bodies, fields []string
}

// askers are who may see records of the type, and what of them.
func (p typeView) askers() (out []asker) {
	for _, u := range p.p.Purposes() {
		sees := u.Sees(p.t.Code)
		if len(sees) == 0 {
			continue
		}
		a := asker{Purpose: u}
		for _, f := range p.t.Fields {
			if slices.Contains(sees, f.Name) {
				a.fields = append(a.fields, f.Labels[p.v.Lang])
			}
		}
		for _, b := range u.Bodies {
			a.bodies = append(a.bodies, p.body(b))
		}
		out = append(out, a)
	}
	return out
}

// files are the bodies that may file records of the type.
func (p typeView) files() (out []string) {
	for _, b := range p.p.Furnishers(p.t.Code) {
		out = append(out, b.Names[p.v.Lang])
	}
	return out
}

func (f *Face) rights(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.view(v)
	return webkit.Page{Title: p.w.Rights.Title.String(), Content: rightsPage(p)}, nil
}

// answer is the time to answer before a negative record takes effect.
func (p view) answer() (law.Deadline, bool) { return p.p.Deadline(law.AnswerBeforeEffect) }

// contests are the terms of contests: to answer one, to decide one, to ask for a
// review; false where nothing can be contested under the pack.
func (p view) contests() (answer, decide, review law.Deadline, ok bool) {
	answer, a := p.p.Deadline(law.ContestAnswer)
	decide, d := p.p.Deadline(law.ContestClock)
	review, r := p.p.Deadline(law.ReviewRequest)
	return answer, decide, review, a && d && r
}

// calendarFile is the days off and the make-up working days as iCalendar.
func (f *Face) calendarFile(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.view(v)
	var days []webkit.CalendarDay
	for _, year := range p.years() {
		for _, d := range p.days(year) {
			kind := p.w.Calendar.Holiday
			if d.Kind == law.Workday {
				kind = p.w.Calendar.Work
			}
			days = append(days, webkit.CalendarDay{ID: p.p.Code + "-" + d.Date.String(), Day: d.Date, Text: d.Names[v.Lang] + " · " + kind.String()})
		}
	}
	return webkit.File{Name: "working-days-" + p.p.Code + ".ics", Type: "text/calendar; charset=utf-8", Data: webkit.Calendar(v.Now, days)}, nil
}

func (f *Face) calendar(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.view(v)
	return webkit.Page{Title: p.w.Calendar.Title.String(), Content: calendarPage(p)}, nil
}

// aheadDays is how many days ahead the calendar has to be published.
const aheadDays = 60

// years are the published years that are not over.
func (p view) years() (out []int) {
	for _, y := range p.p.Calendar().Years() {
		if y >= p.v.Today().Year() {
			out = append(out, y)
		}
	}
	return out
}

// days are the exceptions of a year.
func (p view) days(year int) []law.Day {
	d, _ := p.p.Days(year)
	return d
}
