// Package repairweb is how a person has a lawful record end early, how those who decide
// work on it, and how a whole class of records ends for everybody.
//
// It promises that every page works without a script and keeps what was written; that
// the conditions stand there as a list with what of it is met; that whose move it is
// and until when is said on every page; and that an application of somebody else is
// answered like one that does not exist.
package repairweb

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"time"

	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/paper"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/repair"
)

//go:embed locales/*.json
var localeFiles embed.FS

// Config is what the face is made of. All fields are needed.
type Config struct {
	Service  *repair.Service
	BodyCode func(id ref.Body) string // code of a body in the pack; empty where it has none
	Clerk    func(ctx context.Context, pass string, now time.Time) (party.Clerk, error)
	// Receipt gives the public log's receipt of an event of a person, to be kept as a
	// file; a fault of kind Unavailable where it is not in the log yet.
	Receipt func(ctx context.Context, p ref.Person, e ref.Event) ([]byte, error)
}

// Face is the room as people see it.
type Face struct {
	Config
	words webkit.Words[words]
}

// New checks a Config and returns the face.
func New(c Config) (*Face, error) {
	if c.Service == nil || c.BodyCode == nil || c.Clerk == nil || c.Receipt == nil {
		return nil, errors.New("repairweb: every field of Config is needed")
	}
	w, err := webkit.LoadWords[words](localeFiles)
	return &Face{Config: c, words: w}, err
}

const (
	minePath    = "/me/repairs"
	newPath     = "/me/repairs/new"
	receiptPath = "/me/restorations"
	workPath    = "/work/repairs"
	reliefPath  = "/work/reliefs"
	upload      = paper.MostFile + 64<<10
)

// Routes lists the pages of the face.
func (f *Face) Routes() []webkit.Route {
	get := func(path string, role webkit.Role, why string, h webkit.Handler) webkit.Route {
		return webkit.Route{Method: http.MethodGet, Path: path, Role: role, Why: why, Serve: h}
	}
	post := func(path string, role webkit.Role, why string, h webkit.Handler) webkit.Route {
		return webkit.Route{Method: http.MethodPost, Path: path, Role: role, Why: why, Serve: h}
	}
	return []webkit.Route{
		get(minePath, webkit.Person, "applications of the person, and what is left of records that ended early", f.list),
		get(newPath, webkit.Person, "the ways in which a record can end early, with what each asks for", f.begin),
		post(newPath, webkit.Person, "begin a draft", f.start),
		get(minePath+"/{repair}/tasks", webkit.Person, "the conditions, with what is met", f.tasks),
		post(minePath+"/{repair}/tasks", webkit.Person, "keep what was written", f.keep),
		{Method: http.MethodPost, Path: minePath + "/{repair}/files/{condition}", Role: webkit.Person, Why: "add a file that shows a condition", Upload: upload, Serve: f.attach},
		get(minePath+"/{repair}/check", webkit.Person, "look it over", f.check),
		post(minePath+"/{repair}/check", webkit.Person, "send it, or throw it away", f.send),
		get(minePath+"/{repair}", webkit.Person, "the clock, the decision", f.one),
		post(minePath+"/{repair}", webkit.Person, "take it back or up again, open the decision, ask for a review", f.move),
		get(minePath+"/{repair}/papers/{paper}", webkit.Person, "one file of an application", f.paper),
		get(receiptPath+"/{record}", webkit.Person, "the receipt that a record ended early", f.receipt),
		get(workPath, webkit.Clerk, "applications that wait for a decision", f.queue),
		get(workPath+"/{repair}", webkit.Clerk, "one application, to decide", f.caseOf),
		post(workPath+"/{repair}", webkit.Clerk, "write down what was found, or pull a lever of the clock", f.rule),
		get(workPath+"/{repair}/papers/{paper}", webkit.Clerk, "one file of an application", f.casePaper),
		get(reliefPath, webkit.Clerk, "classes of records that can end for everybody", f.reliefs),
		post(reliefPath, webkit.Clerk, "propose one, confirm one, or take a proposal back", f.relieve),
	}
}

// NavItem is the entry of the person's applications in the main navigation.
func (f *Face) NavItem() webkit.NavItem {
	return webkit.NavItem{Path: minePath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Nav })}
}

// Desk is the entry of a clerk's main navigation.
func (f *Face) Desk() []webkit.NavItem {
	return []webkit.NavItem{{Path: workPath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.NavWork })}}
}

// view is what every page of the face is made of.
type view struct {
	f     *Face
	w     *words
	v     webkit.Visit
	rules *law.Pack
	mend  []webkit.Mend
}

func (f *Face) view(v webkit.Visit) view {
	return view{f: f, w: f.words.In(v.Lang), v: v, rules: f.Service.Shelf.At(v.Now)}
}

func (p view) wrong(field string) bool { return len(p.mend) > 0 && p.mend[0].Field == field }

// body and typ name what the pack knows.
func (p view) body(id ref.Body) string {
	if b, ok := p.rules.Body(p.f.BodyCode(id)); ok {
		return b.Names[p.v.Lang]
	}
	return id.String()
}

func (p view) typ(code string) string {
	if t, ok := p.rules.Type(code); ok {
		return t.Labels[p.v.Lang]
	}
	return code
}

// way names a route or relief of the pack.
func (p view) way(code string) string {
	if r, ok := p.rules.Route(code); ok {
		return r.Labels[p.v.Lang]
	}
	if r, ok := p.rules.Relief(code); ok {
		return r.Labels[p.v.Lang]
	}
	return code
}

// clerk is who visits, as the room knows them.
func (f *Face) clerk(ctx context.Context, v webkit.Visit) (party.Clerk, error) {
	return f.Clerk(ctx, v.Secret.Reveal(), v.Now)
}

func id(v webkit.Visit) (ref.Repair, error) {
	a, err := ref.Parse[ref.Repair](v.Param("repair"))
	if err != nil {
		return a, repair.ErrNotFound
	}
	return a, nil
}

// words is what the face says.
type words struct {
	Nav, NavWork, Title, Intro, None, NoneText, Number, Details, About, Filed, Back, Free webkit.Phrase
	State                                                                                 struct{ Draft, Open, TakenBack, Over, Granted, Refused, InReview, Confirmed, Lapsed, Late webkit.Phrase }
	Move                                                                                  struct{ You, Source, Registry, Review, Nobody webkit.Phrase }
	Clock                                                                                 struct{ Due, Early, Sent, Late webkit.Phrase }
	Entry                                                                                 struct{ Title, Text, Line, Receipt, None webkit.Phrase }
	How                                                                                   map[string]webkit.Phrase
	Record                                                                                struct{ Title, Text, Go, See webkit.Phrase }
	New                                                                                   struct{ Title, Text, Asks, Opens, Now, Go, ByItself, None webkit.Phrase }
	Proof                                                                                 map[string]webkit.Phrase
	Tasks                                                                                 struct{ Title, Text, Met, Missing, Hint, Keep, File, FileHint, Add, One, Next, Wait, Waited webkit.Phrase }
	Check                                                                                 struct{ Title, Text, Send, Drop, NoWords, Kept, Not, Soon webkit.Phrase }
	One                                                                                   struct {
		Title, Receipt, What, Said, By, Decision, Open, OpenText, Opened, Granted, Refused, Lapsed, Review, ReviewText, ReviewUntil, ReviewGo, Why, Take, TakeText, Up, UpText webkit.Phrase
	}
	Work struct {
		Title, Text, First, Review, None, NoMandate, Record, Seen, Found, Hidden, Find, FindText, Grant, Refuse, Reasons, Send, Done, Filer, Extend, ExtendText, Wait, Days, Levers, ToReliefs, FoundBy, FoundAny, FoundNone, FoundOne webkit.Phrase
	}
	Relief struct {
		Title, Text, None, Covers, Settled, Propose, Confirm, Withdraw, Waiting, Running, Ended, Yours, Done webkit.Phrase
	}
	Mend struct{ Long, File, Reasons webkit.Phrase }
}
