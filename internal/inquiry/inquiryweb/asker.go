package inquiryweb

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"time"

	"recourse/internal/inquiry"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/ref"
)

//go:embed ask/locales/*.json
var askFiles embed.FS

// AskConfig is what the asking face is made of. All fields are needed.
type AskConfig struct {
	Service  *inquiry.Service
	Clerk    func(ctx context.Context, secret string, now time.Time) (party.Clerk, error) // who is signed in
	Say      func(code, lang string) (what, fix string, ok bool)                          // what a fault's code means
	BodyCode func(id ref.Body) string                                                     // code of a body in the pack; empty where it has none
	Chance   ref.Minter                                                                   // for the keys of inquiries
}

// Asker is the room as a clerk of an asking body sees it.
//
// It promises that a question is put once however often its form is sent, that the
// three outcomes read alike whatever their cause (rules B1), and that a clerk reads
// before asking that the person will see it (rules B6).
type Asker struct {
	AskConfig
	words webkit.Words[askWords]
}

// NewAsker checks a config and returns the face.
func NewAsker(c AskConfig) (*Asker, error) {
	if c.Service == nil || c.Clerk == nil || c.Say == nil || c.BodyCode == nil || c.Chance == nil {
		return nil, errors.New("inquiryweb: Service, Clerk, Say, BodyCode and Chance are needed")
	}
	files, err := fs.Sub(askFiles, "ask")
	if err != nil {
		return nil, err
	}
	w, err := webkit.LoadWords[askWords](files)
	return &Asker{AskConfig: c, words: w}, err
}

const (
	askPath = "/ask"
	newPath = "/ask/new"
)

// Routes lists the pages of the face.
func (a *Asker) Routes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: askPath, Role: webkit.Clerk, Why: "what a body may ask for, and on what basis", Serve: a.purposes},
		{Method: http.MethodGet, Path: newPath, Role: webkit.Clerk, Why: "the form of one inquiry", Serve: a.form},
		{Method: http.MethodPost, Path: newPath, Role: webkit.Clerk, Why: "ask, and read the answer", Serve: a.ask},
	}
}

// NavItem is the entry of the face in a clerk's navigation.
func (a *Asker) NavItem() webkit.NavItem {
	return webkit.NavItem{Path: askPath, Label: webkit.Both(a.words, func(w *askWords) webkit.Phrase { return w.Nav })}
}

type askWords struct {
	Nav, Title, Intro, None, NoneText, Ask, AskFor webkit.Phrase
	Basis                                          struct{ Consent, Statute webkit.Phrase }
	Shows                                          webkit.Phrase
	Form                                           struct {
		Title, Seen, Person, IDType, IDNumber, Name, NameHint, Case, CaseHint, Reason, ReasonHint, Send, Back webkit.Phrase
	}
	Answer struct {
		Title, Number, At, Purpose, Basis, Case, Rules, Until, Subject, Again, Next, Other webkit.Phrase
		Records, Nothing, NothingText, Refused, RefusedText, RefusedWays, WaysTitle        webkit.Phrase
		Source, Start, End, Missing, Seen, NotAfter                                        webkit.Phrase
	}
}

// offered are the purposes that the clerk's body may ask for.
func (a *Asker) offered(v webkit.Visit) []law.Purpose {
	var out []law.Purpose
	for _, u := range a.Service.Shelf.At(v.Now).Purposes() {
		if u.Allows(v.BodyCode) {
			out = append(out, u)
		}
	}
	return out
}

func (a *Asker) purposes(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	w := a.words.In(v.Lang)
	return webkit.Page{Title: w.Title.String(), Nav: askPath, Content: purposesPage(askView{a: a, w: w, v: v, rules: a.Service.Shelf.At(v.Now)}, a.offered(v))}, nil
}

// askView is what all pages of the face are made of.
type askView struct {
	a     *Asker
	w     *askWords
	v     webkit.Visit
	rules *law.Pack
}

// basis says what an inquiry for a purpose rests on.
func (p askView) basis(u law.Purpose) string {
	if u.Basis == law.Consent {
		return p.w.Basis.Consent.String()
	}
	return p.w.Basis.Statute.With("title", u.LegalBasis.Titles[p.v.Lang], "article", u.LegalBasis.Article)
}

// shown is one type with the names of the fields that a purpose may see.
type shown struct {
	label  string
	fields []string
}

func (p askView) shows(u law.Purpose) []shown {
	var out []shown
	for _, g := range u.Grants {
		t, ok := p.rules.Type(g.Type)
		if !ok {
			continue
		}
		s := shown{label: t.Labels[p.v.Lang]}
		for _, name := range g.Fields {
			if f, ok := t.Field(name); ok {
				s.fields = append(s.fields, f.Labels[p.v.Lang])
			}
		}
		out = append(out, s)
	}
	return out
}

// idType names a kind of identifier.
func (p askView) idType(k law.IDType) string {
	if label := k.Labels[p.v.Lang]; label != "" {
		return label
	}
	return k.Code
}
