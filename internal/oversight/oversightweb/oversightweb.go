// Package oversightweb is how a person questions a look at their file, and how
// supervisors answer; and how staff says why it asked, and supervisors look into it.
//
// It promises that a question needs no proof and nothing written; that whose move it is
// and until when is said wherever the question stands; and that a question that lies
// before others is answered like one that does not exist.
package oversightweb

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/oversight"
	"recourse/internal/party"
	"recourse/internal/ref"
)

//go:embed locales/*.json
var localeFiles embed.FS

// Config is what the face is made of. All fields are needed.
type Config struct {
	Watch     *oversight.Watch
	Inspector *oversight.Inspector
	Ombudsman *oversight.Ombudsman
	BodyCode  func(id ref.Body) string // code of a body in the pack; empty where it has none
	Clerk     func(ctx context.Context, pass string, now time.Time) (party.Clerk, error)
}

// Face is the room as people see it.
type Face struct {
	Config
	words webkit.Words[words]
}

// New checks a Config and returns the face.
func New(c Config) (*Face, error) {
	if c.Watch == nil || c.Inspector == nil || c.Ombudsman == nil || c.BodyCode == nil || c.Clerk == nil {
		return nil, errors.New("oversightweb: Watch, Inspector, Ombudsman, BodyCode and Clerk are needed")
	}
	w, err := webkit.LoadWords[words](localeFiles)
	return &Face{Config: c, words: w}, err
}

const watchPath = "/watch/questions"

// Routes lists the pages of the face.
func (f *Face) Routes() []webkit.Route {
	desk := string(party.Supervises)
	return append(append(f.inspectionRoutes(), f.pleaRoutes()...), []webkit.Route{
		{Method: http.MethodPost, Path: "/me/lookups/{look}/question", Role: webkit.Person, Why: "question a look at one's own file", Serve: f.ask},
		{Method: http.MethodGet, Path: watchPath, Role: webkit.Clerk, Desk: desk, Why: "looks that persons question and that a supervisor has to answer for", Serve: f.list},
		{Method: http.MethodGet, Path: watchPath + "/{question}", Role: webkit.Clerk, Desk: desk, Why: "one questioned look", Serve: f.one},
		{Method: http.MethodPost, Path: watchPath + "/{question}", Role: webkit.Clerk, Desk: desk, Why: "say what was found about it", Serve: f.answer},
	}...)
}

// DeskItems are the entries of the face in the navigation of who asks and of supervisors.
func (f *Face) DeskItems() []webkit.NavItem {
	return []webkit.NavItem{
		{Path: ownPath, Desk: string(party.Asks), Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Inspect.Own.Nav })},
		{Path: watchPath, Desk: string(party.Supervises), Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Nav })},
		{Path: inspectPath, Desk: string(party.Supervises), Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Inspect.Nav })},
		{Path: pleasPath, Desk: string(party.Supervises), Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Plea.Nav })},
		{Path: staysPath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Plea.Asked.Nav })},
	}
}

type words struct {
	Nav, Title, Intro, None, Caption, Due, Overdue, Body, Purpose, Looked, Why, Open, OpenOf, One, Number, Ask, Finding, Go, Mend, Answered, Done webkit.Phrase
	Doubts, Findings, Meaning                                                                                                                     map[string]webkit.Phrase
	Mine                                                                                                                                          struct{ Title, Text, Legend, Go, Waits, Beyond, Found, By webkit.Phrase }
	Inspect                                                                                                                                       inspectWords
	Plea                                                                                                                                          pleaWords
	Letter                                                                                                                                        struct{ Answered, AnsweredText, Late, LateText, Next, Contact webkit.Phrase }
}

// view is what the pages of the face are made of.
type view struct {
	f     *Face
	w     *words
	v     webkit.Visit
	rules *law.Pack
	list  []oversight.Question
	q     oversight.Question
	mend  []webkit.Mend
}

func (f *Face) view(v webkit.Visit) view {
	return view{f: f, w: f.words.In(v.Lang), v: v, rules: f.Watch.Shelf.At(v.Now)}
}

// body and purpose name what the pack knows.
func (p view) body(id ref.Body) string {
	if b, ok := p.rules.Body(p.f.BodyCode(id)); ok {
		return b.Names[p.v.Lang]
	}
	return id.String()
}

func (p view) purpose(code string) string {
	if o, ok := p.rules.Purpose(code); ok {
		return o.Labels[p.v.Lang]
	}
	return "–"
}

func clerk(v webkit.Visit) party.Clerk {
	return party.Clerk{ID: v.Clerk, Body: party.Body{ID: v.Body, Code: v.BodyCode}, Desks: party.DeskSet(v.Desks)}
}

func (f *Face) ask(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	look, err := ref.Parse[ref.Inquiry](v.Param("look"))
	if err != nil {
		look = ref.Inquiry{}
	}
	if _, err := f.Watch.Ask(ctx, v.Person, look, oversight.Doubt(v.Form.Get("why")), v.Now); err != nil {
		return nil, err
	}
	return webkit.See{Path: "/me/lookups/" + look.String() + "#question"}, nil
}

// Beside is what stands on the page of a look: the form that questions it, or how far
// its question has come.
func (f *Face) Beside(ctx context.Context, v webkit.Visit, look ref.Inquiry) (templ.Component, error) {
	p := f.view(v)
	q, found, err := f.Watch.About(ctx, v.Person, look)
	if err != nil {
		return nil, err
	}
	if p.q = q; !found {
		p.q.Access = look
	}
	return beside(p, found), nil
}

func (f *Face) list(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.view(v)
	var err error
	if p.list, err = f.Watch.Waiting(ctx, clerk(v), v.Now); err != nil {
		return nil, err
	}
	page := webkit.Page{Title: p.w.Title.String(), Nav: watchPath, Content: listPage(p)}
	if v.Query.Get("done") == "answered" {
		page.Done = p.w.Done.String()
	}
	return page, nil
}

func (f *Face) find(ctx context.Context, v webkit.Visit) (view, error) {
	p := f.view(v)
	id, err := ref.Parse[ref.Question](v.Param("question"))
	if err != nil {
		return p, oversight.ErrNoQuestion
	}
	p.q, err = f.Watch.Find(ctx, clerk(v), id, v.Now)
	return p, err
}

func (f *Face) one(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p, err := f.find(ctx, v)
	if err != nil {
		return nil, err
	}
	return p.page(), nil
}

func (p view) page() webkit.Page {
	return webkit.Page{Title: p.w.One.String(), Nav: watchPath, Mend: p.mend, Back: webkit.Link{Path: watchPath, Text: p.w.Title.String()}, Content: onePage(p)}
}

func (f *Face) answer(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p, err := f.find(ctx, v)
	if err != nil {
		return nil, err
	}
	_, err = f.Watch.Answer(ctx, clerk(v), p.q.ID, oversight.Finding(v.Form.Get("finding")), v.Now)
	if err != nil && fault.Of(err).Kind == fault.Invalid {
		p.mend = []webkit.Mend{{Field: "finding-0", Text: p.w.Mend.String()}}
		return p.page(), nil
	}
	if err != nil {
		return nil, err
	}
	return webkit.See{Path: watchPath + "?done=answered"}, nil
}

// Letter writes the letter that a question was answered, or was left lying.
func (f *Face) Letter(ctx context.Context, v webkit.Visit, id ref.Question, late bool) (subject, body string, err error) {
	q, found, err := f.Watch.Store.Question(ctx, id)
	if err != nil || !found || q.Person != v.Person {
		return "", "", errors.Join(err, oversight.ErrNoQuestion)
	}
	p := f.view(v)
	w, d := p.w.Letter, v.Dates
	pairs := []string{"body", p.body(q.Body), "day", d.Plain(d.Of(q.LookedAt)), "contact", v.Contact, "supervisor", p.body(q.Supervisor), "beyond", p.body(q.Beyond), "due", d.Plain(q.Due)}
	if late || q.Finding == "" {
		return w.Late.String(), w.LateText.With(pairs...) + "\n\n" + w.Contact.With(pairs...), nil
	}
	pairs = append(pairs, "found", p.w.Findings[string(q.Finding)].String(), "by", p.body(q.FoundFor))
	return w.Answered.String(), w.AnsweredText.With(pairs...) + "\n\n" + p.w.Meaning[string(q.Finding)].String() + "\n\n" + w.Next.With(pairs...) + "\n\n" + w.Contact.With(pairs...), nil
}
