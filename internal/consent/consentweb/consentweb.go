// Package consentweb lets a person see what they allowed, allow more, and stop it.
//
// It promises that only what the rules allow can be chosen; that a consent is
// shown as one sentence and checked before it is given; that a body which asked for one
// is told nothing; that nothing is ticked in
// advance; and that a consent of another person is answered like one that does not
// exist.
package consentweb

import (
	"embed"
	"errors"
	"net/http"

	"recourse/internal/consent"
	"recourse/internal/kit/webkit"
	"recourse/internal/ref"
)

//go:embed locales/*.json
var localeFiles embed.FS

// Config is what the face is made of. All fields are needed.
type Config struct {
	Service  *consent.Service
	BodyCode func(id ref.Body) string // code of a body in the pack; empty where it has none
}

// Face is the room as a person sees it.
type Face struct {
	Config
	words webkit.Words[words]
}

// New checks a Config and returns the face.
func New(c Config) (*Face, error) {
	if c.Service == nil || c.BodyCode == nil {
		return nil, errors.New("consentweb: Service and BodyCode are needed")
	}
	w, err := webkit.LoadWords[words](localeFiles)
	return &Face{Config: c, words: w}, err
}

// Routes lists the pages of the face.
func (f *Face) Routes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: "/me/consents", Role: webkit.Person, Why: "what the person allowed", Serve: f.list},
		{Method: http.MethodGet, Path: "/me/consents/new", Role: webkit.Person, Why: "choose what to allow", Serve: f.form},
		{Method: http.MethodPost, Path: "/me/consents/new", Role: webkit.Person, Why: "check a consent, then give it", Serve: f.give},
		{Method: http.MethodGet, Path: "/me/consents/{consent}", Role: webkit.Person, Why: "one consent", Serve: f.one},
		{Method: http.MethodPost, Path: "/me/consents/{consent}", Role: webkit.Person, Why: "stop a consent, narrow it, or let it be used at once", Serve: f.change},
		{Method: http.MethodGet, Path: freezePath, Role: webkit.Person, Why: "what a freeze stops, and what the law lets through", Serve: f.freeze},
		{Method: http.MethodPost, Path: freezePath, Role: webkit.Person, Why: "place a freeze, lift it, lift it for one body, or undo that", Serve: f.changeFreeze},
		{Method: http.MethodGet, Path: "/me/consents/code", Role: webkit.Person, Why: "the form for the code that a body gave the person", Serve: f.codeForm},
		{Method: http.MethodPost, Path: "/me/consents/code", Role: webkit.Person, Why: "look at what a body wants to be allowed", Serve: f.enter},
		{Method: http.MethodGet, Path: "/me/consents/requests/{request}", Role: webkit.Person, Why: "what a body wants to be allowed", Serve: f.ask},
		{Method: http.MethodPost, Path: "/me/consents/requests/{request}", Role: webkit.Person, Why: "allow it, refuse it, or say that they had no right to ask", Serve: f.decide},
	}
}

// NavItem is the entry of the consents in the main navigation.
func (f *Face) NavItem() webkit.NavItem {
	return webkit.NavItem{Path: "/me/consents", Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Nav })}
}

// words is what the face says.
type words struct {
	Nav, Title, Intro, None, NoneText, Give, Sentence, What, Between, And webkit.Phrase
	OtherBody, OtherPurpose, OtherWhat                                    webkit.Phrase
	State                                                                 struct{ Undo, Stands, StandsOnce, Stopped, Used, Ended webkit.Phrase }
	Tags                                                                  struct{ Undo, Stands, Over webkit.Phrase }
	Stop, StopOf, StopText, Details, One                                  webkit.Phrase
	Detail                                                                struct {
		Who, What, Why, Law, Place, Often, Given, From, Until, State, Number, Used, NotUsed, ToLooked webkit.Phrase
	}
	New struct {
		Title, NoFile, Intro, Choice, Types, Until, UntilHint, Often, Once, Several, Started, StartedHint, Across, Next webkit.Phrase
	}
	Change struct{ Confirm, ConfirmText, Title, Text, Keep, Until, Send webkit.Phrase }
	Asked  struct {
		Title, Enter, EnterText, Code, CodeField, CodeHint, MendCode, Look, One, Sentence, Open, Given, Refused, NoRight, Over webkit.Phrase
		Silence, Types, Until, Give, Refuse, Wrong, WrongText, Once, Several, Call, Without                                    webkit.Phrase
	}
	Check                                    struct{ Title, Undo, Seen, Send, Change webkit.Phrase }
	Mend                                     struct{ Choice, Types, Until, UntilPast, UntilLate, Often, Once, Started webkit.Phrase }
	DoneGiven, DoneStopped, Fact             webkit.Phrase
	DoneRefused, DoneConfirmed, DoneNarrowed webkit.Phrase
	Call                                     struct{ Title, Text, Link webkit.Phrase }
	AheadEnds                                webkit.Phrase
	Freeze                                   struct {
		Title, Link, Stands, Never, Lifted, Stops, Passes, PassesNone, PassesLine, Never2, Place, Lift, LiftText, Undo, UndoText, For, ForText, Body, Until, UntilHint, ForGo, Lifts, LiftsLine, Back, Stopped, Mend, DonePlaced, DoneLifted, DoneFor, DoneBack, DoneAgain webkit.Phrase
	}
}
