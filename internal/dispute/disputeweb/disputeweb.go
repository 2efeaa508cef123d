// Package disputeweb is how a person contests a record in five steps, how those who
// decide work on it, and how a source answers.
//
// It promises that every step works without a script and keeps what was written;
// that nothing is ticked in advance; that whose move it is and until when is said
// on every page; and that a contest of somebody else is answered like one that does
// not exist.
package disputeweb

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"time"

	"recourse/internal/dispute"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/paper"
	"recourse/internal/party"
	"recourse/internal/ref"
)

//go:embed locales/*.json
var localeFiles embed.FS

// Config is what the face is made of. All fields are needed.
type Config struct {
	Service  *dispute.Service
	BodyCode func(id ref.Body) string // code of a body in the pack; empty where it has none
	Clerk    func(ctx context.Context, pass string, now time.Time) (party.Clerk, error)
	Opened   func(ctx context.Context, c dispute.Contest, now time.Time) error           // the person read the decision: its letter counts as opened
	Told     func(ctx context.Context, v webkit.Visit, r ref.Record) ([]ref.Body, error) // who was told what became of a record of the visitor
}

// Face is the room as people see it.
type Face struct {
	Config
	words webkit.Words[words]
}

// New checks a Config and returns the face.
func New(c Config) (*Face, error) {
	if c.Service == nil || c.BodyCode == nil || c.Clerk == nil || c.Opened == nil || c.Told == nil {
		return nil, errors.New("disputeweb: every field of Config is needed")
	}
	w, err := webkit.LoadWords[words](localeFiles)
	return &Face{Config: c, words: w}, err
}

const (
	minePath = "/me/contests"
	newPath  = "/me/contests/new"
	workPath = "/work/contests"
	askPath  = "/supply/contests"
	upload   = 2*paper.MostFile + 64<<10 // a file and its copy
	perQueue = 50
)

// Routes lists the pages of the face.
func (f *Face) Routes() []webkit.Route {
	get := func(path string, role webkit.Role, why string, h webkit.Handler) webkit.Route {
		return webkit.Route{Method: http.MethodGet, Path: path, Role: role, Why: why, Serve: h}
	}
	post := func(path string, role webkit.Role, why string, h webkit.Handler) webkit.Route {
		return webkit.Route{Method: http.MethodPost, Path: path, Role: role, Why: why, Serve: h}
	}
	source := func(r webkit.Route) webkit.Route {
		r.Desk = string(party.Furnishes)
		return r
	}
	return []webkit.Route{
		get(minePath, webkit.Person, "what the person contests", f.list),
		get(minePath+"/clocks", webkit.Person, "the clocks of the person's contests, as a calendar", f.calendar),
		get(newPath, webkit.Person, "what contesting a record means", f.begin),
		post(newPath, webkit.Person, "begin a draft", f.start),
		get(minePath+"/{contest}/grounds", webkit.Person, "step 1: why", f.grounds),
		post(minePath+"/{contest}/grounds", webkit.Person, "keep why", f.keepGrounds),
		get(minePath+"/{contest}/words", webkit.Person, "step 2: in own words", f.wordsPage),
		post(minePath+"/{contest}/words", webkit.Person, "keep the words", f.keepWords),
		get(minePath+"/{contest}/evidence", webkit.Person, "step 3: files", f.evidence),
		{Method: http.MethodPost, Path: minePath + "/{contest}/evidence", Role: webkit.Person, Why: "add a file", Upload: upload, Serve: f.attach},
		get(minePath+"/{contest}/check", webkit.Person, "step 4: look it over", f.check),
		post(minePath+"/{contest}/check", webkit.Person, "send it, or throw it away", f.send),
		get(minePath+"/{contest}/help", webkit.Person, "an interpreter, sign language, somebody who reads aloud", f.help),
		post(minePath+"/{contest}/help", webkit.Person, "ask for it, or take that back", f.askHelp),
		get(minePath+"/{contest}", webkit.Person, "step 5: the receipt, the clock, the decision", f.one),
		post(minePath+"/{contest}", webkit.Person, "take it back or up again, open the decision, ask for a review", f.move),
		get(minePath+"/{contest}/papers/{paper}", webkit.Person, "one file of a contest", f.paper),
		get("/me/records/{record}/statement", webkit.Person, "what the person says about a record, in their own words", f.statement),
		post("/me/records/{record}/statement", webkit.Person, "keep it, take it back, or ask for a review of what is withheld", f.state),
		get(workPath, webkit.Clerk, "contests that wait for a decision", f.queue),
		get(workPath+"/{contest}", webkit.Clerk, "one contest, to decide", f.caseOf),
		post(workPath+"/{contest}", webkit.Clerk, "write down what was found", f.rule),
		post(workPath+"/{contest}/clock", webkit.Clerk, "extend the clock, or let it wait for the person's evidence", f.moveClock),
		{Method: http.MethodPost, Path: workPath + "/{contest}/redaction", Role: webkit.Clerk, Why: "set a file aside that names third persons, with the copy for the other side", Upload: upload, Serve: f.redact},
		get(workPath+"/{contest}/papers/{paper}", webkit.Clerk, "one file of a contest", f.casePaper),
		get(complaintPath, webkit.Clerk, "complaints of others about what somebody says beside a record", f.complaints),
		get(enterPath, webkit.Clerk, "a complaint that came in at the counter or by post", f.enterForm),
		post(enterPath, webkit.Clerk, "enter it", f.enter),
		get(complaintPath+"/{complaint}", webkit.Clerk, "one complaint, to decide", f.complaint),
		post(complaintPath+"/{complaint}", webkit.Clerk, "write down what was found on each passage", f.decideComplaint),
		source(get(askPath, webkit.Clerk, "contests that wait for the source's answer", f.questions)),
		source(get(askPath+"/{contest}", webkit.Clerk, "one contest, to answer", f.asked)),
		source(post(askPath+"/{contest}", webkit.Clerk, "answer as the source", f.answer)),
		source(webkit.Route{Method: http.MethodPost, Path: askPath + "/{contest}/certificate", Role: webkit.Clerk, Why: "certify as the source that what was found wrong is right", Upload: upload, Serve: f.certify}),
		source(post(askPath+"/{contest}/confirmation", webkit.Clerk, "confirm it as a second officer", f.confirm)),
	}
}

// NavItem is the entry of the person's contests in the main navigation.
func (f *Face) NavItem() webkit.NavItem {
	return webkit.NavItem{Path: minePath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Nav })}
}

// Desk are the entries of a clerk's main navigation.
func (f *Face) Desk() []webkit.NavItem {
	return []webkit.NavItem{
		{Path: askPath, Desk: string(party.Furnishes), Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.NavAsk })},
		{Path: workPath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.NavWork })},
		{Path: complaintPath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Complaint.Nav })},
	}
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

// clerk is who visits, as the room knows them.
func (f *Face) clerk(ctx context.Context, v webkit.Visit) (party.Clerk, error) {
	return f.Clerk(ctx, v.Secret.Reveal(), v.Now)
}

func id(v webkit.Visit) (ref.Contest, error) {
	c, err := ref.Parse[ref.Contest](v.Param("contest"))
	if err != nil {
		return c, dispute.ErrNotFound
	}
	return c, nil
}

// words is what the face says.
type words struct {
	Nav, NavAsk, NavWork, Title, Intro, None, NoneText, Calendar, CalendarText, Number, Details webkit.Phrase
	About, Filed, Step, Next, Back                                                              webkit.Phrase
	State                                                                                       struct{ Draft, Open, TakenBack, Over, Decided, InReview, Reviewed, Lapsed, Late webkit.Phrase }
	Move                                                                                        struct{ You, Source, Registry, Review, Nobody webkit.Phrase }
	Clock                                                                                       struct{ Due, Working, Early, Answer, Late webkit.Phrase }
	Ground                                                                                      map[string]webkit.Phrase
	GroundHint                                                                                  map[string]webkit.Phrase
	Outcome                                                                                     map[string]webkit.Phrase
	Position                                                                                    map[string]webkit.Phrase
	New                                                                                         struct{ Title, Free, Marked, Source, Late, Go webkit.Phrase }
	Grounds                                                                                     struct{ Title, Text, Mend webkit.Phrase }
	Say                                                                                         struct{ Title, Text, Hint webkit.Phrase }
	Evidence                                                                                    struct{ Title, Text, File, Hint, Add, None, One webkit.Phrase }
	Check                                                                                       struct{ Title, Text, Send, Drop, NoWords, Kept webkit.Phrase }
	Sent                                                                                        struct {
		Title, Receipt, What, Said, Answer, NoAnswer, By, Decision, Open, OpenText, Reasons, Changes, Review, ReviewText, ReviewUntil, ReviewGo, Why, Back, BackText, Up, UpText, Opened webkit.Phrase
	}
	Changes map[string]webkit.Phrase
	Record  struct{ Title, Text, Go, See webkit.Phrase }
	Work    struct {
		Title, Text, Desk, Decide, Review, None, NoMandate, Record, Seen, Found, Hidden, Find, FindText, Outcome, Reasons, Send, Done, Written, FoundBy, FoundAny, FoundNone, FoundOne webkit.Phrase
	}
	Ask     struct{ Title, Text, None, Form, Officer, OfficerHint, Position, Reason, Send, Done, Answered webkit.Phrase }
	Certify struct {
		Title, List, Text, Never, Whole, Reasons, File, Send, Confirm, ConfirmText, Own, Waits, Stands, Mend, Done, Confirmed, Document webkit.Phrase
	}
	Statement struct{ Title, Offer, Stands, Go, Text, Label, Hint, Keep, Drop, Kept, Gone, Empty, Long webkit.Phrase }
	Aside     struct {
		Names, NamesText, No, Yes, Say, Copy, CopyHint, Lacks, Aside, Given, None, Title, Text, Which, Go, Done webkit.Phrase
	}
	Complaint complaintWords
	Help      helpWords
	Mend      struct{ Choose, Words, Long, Filer webkit.Phrase }
	Letter    letterWords
	Lever     struct{ Title, Extend, ExtendText, Wait, WaitText, WaitWorking, Days, Mend, Done webkit.Phrase }
}
