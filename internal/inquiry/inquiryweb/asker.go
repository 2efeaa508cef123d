package inquiryweb

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"slices"
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
	Count    func(who party.Clerk, purpose string) error                                  // notes one more question; a fault of kind TooMany where it is one too many
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
	if c.Service == nil || c.Clerk == nil || c.Say == nil || c.BodyCode == nil || c.Count == nil || c.Chance == nil {
		return nil, errors.New("inquiryweb: Service, Clerk, Say, BodyCode, Count and Chance are needed")
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

	confirmPath = "/ask/confirm"
	usePath     = "/ask/use"
)

// Routes lists the pages of the face.
func (a *Asker) Routes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: askPath, Role: webkit.Clerk, Desk: string(party.Asks), Why: "what a body may ask for, and on what basis", Serve: a.purposes},
		{Method: http.MethodGet, Path: newPath, Role: webkit.Clerk, Desk: string(party.Asks), Why: "the form of one inquiry", Serve: a.form},
		{Method: http.MethodPost, Path: newPath, Role: webkit.Clerk, Desk: string(party.Asks), Why: "ask, and read the answer", Serve: a.ask},
		{Method: http.MethodGet, Path: confirmPath, Role: webkit.Clerk, Desk: string(party.Asks), Why: "the form in which a second person enters the question again", Serve: a.confirmForm},
		{Method: http.MethodPost, Path: confirmPath, Role: webkit.Clerk, Desk: string(party.Asks), Why: "confirm, as a second person, what a colleague asks", Serve: a.confirm},
		{Method: http.MethodPost, Path: usePath, Role: webkit.Clerk, Desk: string(party.Asks), Why: "note what the body did with an answer", Serve: a.use},
	}
}

// NavItem is the entry of the face in a clerk's navigation.
func (a *Asker) NavItem() webkit.NavItem {
	return webkit.NavItem{Path: askPath, Desk: string(party.Asks), Label: webkit.Both(a.words, func(w *askWords) webkit.Phrase { return w.Nav })}
}

type askWords struct {
	Use struct {
		Title, Text, Copy, Given webkit.Phrase
		Effects, Noted           map[string]webkit.Phrase
		Letter                   struct{ Title, Text, Reason, Rights webkit.Phrase }
	}
	Nav, Title, Intro, None, NoneText, Ask, AskFor webkit.Phrase
	Basis                                          struct{ Consent, Statute webkit.Phrase }
	Shows                                          webkit.Phrase
	Form                                           struct {
		Title, Seen, Person, IDType, IDNumber, Name, NameHint, Case, CaseHint, Reason, ReasonHint, Send, Back webkit.Phrase
		Application, ApplicationHint, Two                                                                     webkit.Phrase
	}
	Second struct {
		Title, Intro, By, Until, Confirm, ConfirmOf                          webkit.Phrase
		FormTitle, FormText, Send, Done, DoneText                            webkit.Phrase
		WaitTitle, WaitText, WaitNumber, WaitUntil, WaitAgain, WaitElsewhere webkit.Phrase
	}
	Answer struct {
		Title, Number, At, Purpose, Basis, Case, Rules, Until, Subject, Again, Next, Other             webkit.Phrase
		Records, Nothing, NothingText, Refused, RefusedText, RefusedWays, WaysTitle                    webkit.Phrase
		Source, Start, End, Missing, Seen, NotAfter, Disputed, Provisional, ProvisionalText, Statement webkit.Phrase
		Refer, ReferText, ReferAsk                                                                     webkit.Phrase
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

func (a *Asker) purposes(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	clerk, err := a.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	waiting, err := a.Service.Waiting(ctx, clerk, v.Now)
	if err != nil {
		return nil, err
	}
	w := a.words.In(v.Lang)
	view := purposesView{askView: askView{a: a, w: w, v: v, rules: a.Service.Shelf.At(v.Now)}, offered: a.offered(v), waiting: waiting, self: clerk.ID}
	return webkit.Page{Title: w.Title.String(), Nav: askPath, Content: purposesPage(view)}, nil
}

type purposesView struct {
	askView
	offered []law.Purpose
	waiting []inquiry.Pending
	self    ref.Clerk
}

// label names a purpose; its code where the pack does not have it any more.
func (p askView) label(code string) string {
	if u, ok := p.rules.Purpose(code); ok {
		return u.Labels[p.v.Lang]
	}
	return code
}

// second reports whether a purpose sees a sensitive type (rules G4).
func (p askView) second(u law.Purpose) bool {
	return slices.ContainsFunc(u.Grants, func(g law.Grant) bool {
		t, ok := p.rules.Type(g.Type)
		return ok && t.Sensitive
	})
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

// idType names a kind of identifier.
func (p askView) idType(k law.IDType) string {
	if label := k.Labels[p.v.Lang]; label != "" {
		return label
	}
	return k.Code
}
