// Package partyweb is the doors of the pages: the first page, signing in and out,
// and what a person sets for themselves.
//
// It promises that the sandbox's way in is a list of routes of its own, which a
// production site does not register; that an address for e-mails and a clerk's token are never
// shown again; and that signing in leads to a page of this site only.
package partyweb

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"time"

	"recourse/internal/kit/webkit"
	"recourse/internal/party"
	"recourse/internal/redact"
)

//go:embed locales/*.json
var localeFiles embed.FS

// SamplePerson is a made-up person of the sandbox.
type SamplePerson struct {
	Name     string
	IDType   string
	IDNumber string
	Birth    string            // YYYY-MM-DD; may be empty where the number holds it
	Note     map[string]string // what there is to see, by language; may be empty
}

// SampleClerk is a made-up clerk of a body of the pack, for the sandbox.
type SampleClerk struct {
	Body  string            // its code
	Names map[string]string // of the body, by language
}

// Config is what the face is made of. Samples and Clerks are for the sandbox only.
type Config struct {
	Service *party.Service
	Sandbox bool // the way in is choosing one of the Samples or Clerks
	Samples []SamplePerson
	Clerks  []SampleClerk
}

// Face is the room as a person sees it.
type Face struct {
	Config
	words webkit.Words[words]
}

// New checks a Config and returns the face.
func New(c Config) (*Face, error) {
	if c.Service == nil {
		return nil, errors.New("partyweb: Service is needed")
	}
	w, err := webkit.LoadWords[words](localeFiles)
	return &Face{Config: c, words: w}, err
}

// Routes lists the pages of every site.
func (f *Face) Routes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: "/", Role: webkit.Anyone, Why: "what this is, and the way in", Serve: f.landing},
		{Method: http.MethodGet, Path: "/sign-in", Role: webkit.Anyone, Why: "how to sign in", Serve: f.signIn},
		{Method: http.MethodGet, Path: clerkPath, Role: webkit.Anyone, Why: "where clerks of bodies sign in", Serve: f.clerkDoor},
		{Method: http.MethodPost, Path: clerkPath, Role: webkit.Anyone, Why: "sign in with a clerk's token", Serve: f.enter},
		{Method: http.MethodPost, Path: "/sign-out", Role: webkit.Anyone, Why: "end the sign-in", Serve: f.signOut},
		{Method: http.MethodGet, Path: "/me/settings", Role: webkit.Person, Why: "address, language, sign-in", Serve: f.settings},
		{Method: http.MethodPost, Path: "/me/settings", Role: webkit.Person, Why: "keep or remove an address, choose a language", Serve: f.set},
	}
}

// SandboxRoutes lists the pages that only a sandbox has: a way in without proof.
// A production site must not register them.
func (f *Face) SandboxRoutes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: sandboxPath, Role: webkit.Anyone, Why: "choose a sample person", Serve: f.samples},
		{Method: http.MethodPost, Path: sandboxPath, Role: webkit.Anyone, Why: "sign in as a sample person", Serve: f.choose},
		{Method: http.MethodPost, Path: sampleClerkPath, Role: webkit.Anyone, Why: "sign in as a sample clerk", Serve: f.chooseClerk},
	}
}

const (
	sandboxPath     = "/sandbox/sign-in"
	clerkPath       = "/clerk/sign-in"
	sampleClerkPath = "/sandbox/clerk"
	deskPath        = "/supply" // where a clerk begins
)

// NavItem is the entry of the settings in the main navigation.
func (f *Face) NavItem() webkit.NavItem {
	return webkit.NavItem{Path: "/me/settings", Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Nav })}
}

// Sessions finds and ends the sign-ins of a service for the site.
type Sessions struct{ Service *party.Service }

// Caller is webkit.Sessions.Caller.
func (s Sessions) Caller(ctx context.Context, secret string, now time.Time) (webkit.Caller, error) {
	if party.IsPass(secret) {
		c, err := s.Service.ClerkSession(ctx, secret, now)
		return webkit.Caller{Signed: err == nil, Clerk: c.ID, Body: c.Body.ID, BodyCode: c.Body.Code, Secret: redact.Of(secret)}, err
	}
	signed, err := s.Service.Session(ctx, secret, now)
	if err != nil {
		return webkit.Caller{}, err
	}
	return webkit.Caller{Signed: true, Person: signed.Person, Expires: signed.Expires, Secret: redact.Of(secret)}, nil
}

// End is webkit.Sessions.End.
func (s Sessions) End(ctx context.Context, secret string, now time.Time) error {
	if party.IsPass(secret) {
		return s.Service.SignOutClerk(ctx, secret, now)
	}
	return s.Service.SignOut(ctx, secret)
}

// words is what the face says.
type words struct {
	Nav     webkit.Phrase
	Landing struct{ Title, First, Second, Third, SignIn, Continue, Paper, Clerk, Desk webkit.Phrase }
	Clerk   struct {
		Title, Text, Token, TokenHint, Go, Missing, Wrong, Training, Persons webkit.Phrase
		Samples, SamplesText, Legend, SampleGo, Mend                         webkit.Phrase
	}
	SignIn   struct{ Title, Text, Instead webkit.Phrase }
	Sandbox  struct{ Title, Text, Legend, Go, None, Mend webkit.Phrase }
	Settings struct {
		Title, Mail, MailText, Kept, NotKept, NoFile, Email, EmailHint, Language, Save, Remove webkit.Phrase
		Pages, PagesText, SavePages, Chinese, English, Session, SessionText, SignOut           webkit.Phrase
		MendEmail, MendLanguage, DoneMail, DoneRemoved, DoneLanguage                           webkit.Phrase
	}
	SignedOut webkit.Phrase
}
