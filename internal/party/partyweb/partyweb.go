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

	"recourse/internal/kit/authkit"
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

// SampleClerk is two made-up clerks of a body of the pack, for the sandbox.
type SampleClerk struct {
	Body  string            // its code
	Names map[string]string // of the body, by language
	Desks []party.Desk      // at which both work, beside sending and asking
}

// Config is what the face is made of. Samples and Clerks are for the sandbox only.
type Config struct {
	Service  *party.Service
	Team     *party.Team                    // nil where nobody says who of a body may what
	Name     func(body, lang string) string // of a body of the pack, by its code; needed with Team
	Sandbox  bool                           // the way in is choosing one of the Samples or Clerks
	Samples  []SamplePerson
	Clerks   []SampleClerk
	Doors    []Door            // at which somebody signs in
	Passkeys *authkit.Passkeys // nil where none are taken
	Chooser  Chooser           // the sandbox's provider; nil where there is none
}

// Face is the room as a person sees it.
type Face struct {
	Config
	words  webkit.Words[words]
	toured bool // there is a tour
}

// New checks a Config and returns the face.
func New(c Config) (*Face, error) {
	if c.Service == nil || c.Team != nil && c.Name == nil {
		return nil, errors.New("partyweb: Service is needed, and Name with Team")
	}
	w, err := webkit.LoadWords[words](localeFiles)
	return &Face{Config: c, words: w}, err
}

// Routes lists the pages of every site.
func (f *Face) Routes() []webkit.Route {
	return append(f.passkeyRoutes(), []webkit.Route{
		{Method: http.MethodGet, Path: "/", Role: webkit.Anyone, Why: "what this is, and the way in", Serve: f.landing},
		{Method: http.MethodGet, Path: "/sign-in", Role: webkit.Anyone, Why: "how to sign in", Serve: f.signIn},
		{Method: http.MethodGet, Path: againPath, Role: webkit.Anyone, Why: "prove anew who one is, for what matters", Serve: f.again},
		{Method: http.MethodGet, Path: "/sign-in/{door}", Role: webkit.Anyone, Why: "go to an identity service", Serve: f.setOut},
		{Method: http.MethodGet, Path: "/sign-in/{door}/back", Role: webkit.Anyone, Why: "come back from an identity service", Serve: f.back},
		{Method: http.MethodGet, Path: clerkPath, Role: webkit.Anyone, Why: "where clerks of bodies sign in", Serve: f.clerkDoor},
		{Method: http.MethodPost, Path: clerkPath, Role: webkit.Anyone, Why: "sign in with a clerk's token", Serve: f.enter},
		{Method: http.MethodGet, Path: readingPath, Role: webkit.Anyone, Why: "larger text, simpler reading, an interpreter", Serve: f.reading},
		{Method: http.MethodPost, Path: readingPath, Role: webkit.Anyone, Why: "choose the size of text, where somebody is signed in", Serve: f.enlarge},
		{Method: http.MethodPost, Path: "/sign-out", Role: webkit.Anyone, Why: "end the sign-in", Serve: f.signOut},
		{Method: http.MethodGet, Path: "/me/settings", Role: webkit.Person, Why: "address, language, sign-in", Serve: f.settings},
		{Method: http.MethodPost, Path: "/me/settings", Role: webkit.Person, Why: "keep or remove an address, choose a language", Serve: f.set},
		{Method: http.MethodGet, Path: signInsPath, Role: webkit.Person, Why: "where the person is signed in", Serve: f.signIns},
		{Method: http.MethodPost, Path: signInsPath, Role: webkit.Person, Why: "end a sign-in elsewhere, or all but this one", Serve: f.endSignIn},
		{Method: http.MethodGet, Path: clerkSignInsPath, Role: webkit.Clerk, Why: "where the clerk is signed in", Serve: f.signIns},
		{Method: http.MethodPost, Path: clerkSignInsPath, Role: webkit.Clerk, Why: "end a sign-in elsewhere, or all but this one, or revoke a passkey", Serve: f.endSignIn},
	}...)
}

// passkeyRoutes lists the pages of passkeys, where they are taken.
func (f *Face) passkeyRoutes() []webkit.Route {
	if f.Passkeys == nil {
		return nil
	}
	return []webkit.Route{
		{Method: http.MethodGet, Path: passkeyPath, Role: webkit.Anyone, Why: "let a passkey sign", Serve: f.askPasskey},
		{Method: http.MethodPost, Path: passkeyPath, Role: webkit.Anyone, Why: "sign in with a passkey, or prove anew who one is", Serve: f.takePasskey},
		{Method: http.MethodGet, Path: personBindPath, Role: webkit.Person, Why: "make a passkey", Serve: f.makePasskey},
		{Method: http.MethodPost, Path: personBindPath, Role: webkit.Person, Why: "bind the passkey that was made", Serve: f.bindPasskey},
		{Method: http.MethodGet, Path: clerkBindPath, Role: webkit.Clerk, Why: "make a clerk's passkey", Serve: f.makePasskey},
		{Method: http.MethodPost, Path: clerkBindPath, Role: webkit.Clerk, Why: "bind the passkey that was made", Serve: f.bindPasskey},
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

// Taken are the codes that no door of staff may have.
func Taken() []string { return []string{PersonDoor, "again", "passkey"} }

// PersonDoor is the code of the door of persons.
const PersonDoor = "person"

const (
	sandboxPath      = "/sandbox/sign-in"
	clerkPath        = "/clerk/sign-in"
	sampleClerkPath  = "/sandbox/clerk"
	againPath        = "/sign-in/again"
	passkeyPath      = "/sign-in/passkey"
	personBindPath   = "/me/settings/passkey"
	clerkBindPath    = "/clerk/passkey"
	signInsPath      = "/me/settings/sign-ins"
	clerkSignInsPath = "/clerk/sign-ins"
	readingPath      = "/reading"
)

// NavItem is the entry of the settings in the main navigation.
func (f *Face) NavItem() webkit.NavItem {
	return webkit.NavItem{Path: "/me/settings", Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Nav })}
}

// FootItem leads everybody to the aids for reading.
func (f *Face) FootItem() webkit.NavItem {
	return webkit.NavItem{Path: readingPath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Reading.Title })}
}

// DeskItem is the entry of the sign-ins in the navigation of clerks.
func (f *Face) DeskItem() webkit.NavItem {
	return webkit.NavItem{Path: clerkSignInsPath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.SignIns.Nav })}
}

// Sessions finds and ends the sign-ins of a service for the site.
type Sessions struct{ Service *party.Service }

// Caller is webkit.Sessions.Caller.
func (s Sessions) Caller(ctx context.Context, secret string, now time.Time) (webkit.Caller, error) {
	in, err := s.Service.Session(ctx, secret, now)
	if err != nil {
		return webkit.Caller{}, err
	}
	return webkit.Caller{Signed: true, Person: in.Person, Clerk: in.Clerk.ID, Body: in.Clerk.Body.ID, BodyCode: in.Clerk.Body.Code, Desks: string(in.Clerk.Desks),
		Expires: in.Expires, Proved: in.Proved, Secret: redact.Of(secret)}, nil
}

// End is webkit.Sessions.End.
func (s Sessions) End(ctx context.Context, secret string, _ time.Time) error {
	return s.Service.SignOut(ctx, secret)
}

// Keep is webkit.Drafts.Keep.
func (s Sessions) Keep(ctx context.Context, session string, id [32]byte, sealed []byte, now time.Time) (bool, error) {
	return s.Service.KeepDraft(ctx, session, id, sealed, now)
}

// Find is webkit.Drafts.Find.
func (s Sessions) Find(ctx context.Context, c webkit.Caller, id [32]byte, now time.Time) ([]byte, bool, error) {
	return s.Service.Drafts.Draft(ctx, id, party.Holder{Person: c.Person, Clerk: c.Clerk}, now)
}

// words is what the face says.
type words struct {
	Nav     webkit.Phrase
	Landing struct{ Title, First, Second, Third, SignIn, Continue, Paper, Clerk, Desk, Tour webkit.Phrase }
	Clerk   struct {
		Title, Text, Token, TokenHint, Go, Missing, Wrong, Training, Mandate, Persons, First, Doors webkit.Phrase
		Samples, SamplesText, Legend, SampleGo, Second, Decides, Reviews, Mend                      webkit.Phrase
	}
	SignIn struct {
		Title, Text, Instead, With, Go, Sandbox, FailedTitle, Again webkit.Phrase
		Failed                                                      map[string]webkit.Phrase // by code
	}
	Sandbox  struct{ Title, Text, Legend, Go, None, Mend webkit.Phrase }
	Settings struct {
		Title, Mail, MailText, Kept, NotKept, NoFile, Email, EmailHint, Language, Save, Remove webkit.Phrase
		Pages, PagesText, SavePages, Chinese, English, Session, SessionText, SignOut           webkit.Phrase
		MendEmail, MendLanguage, Post, PostHint, MendPost, DoneMail, DoneRemoved, DoneLanguage webkit.Phrase
	}
	Proof   struct{ Title, Text, New, Token webkit.Phrase }
	Reading readingWords
	SignIns struct {
		Nav, Title, Text, ClerkText, Unknown, Way, Since, Used, Ends, This, End, EndThis, Others, OthersText, Done, DoneNone, Alone webkit.Phrase
		Ways                                                                                                                        map[string]webkit.Phrase
	}
	Passkey struct {
		Title, Text, Made, Revoke, New, DoneBound, DoneRevoked, Use     webkit.Phrase
		AskTitle, AskText, Ask, MakeTitle, MakeText, Make, Label, First webkit.Phrase
		None, Wrong, Instead                                            webkit.Phrase
	}
	SignedOut webkit.Phrase
	Team      struct {
		Nav, Title, Intro, Code, CodeText, Waiting, WaitingText, Staff, Number, NumberHint, May, Trained, NotHead, PutBy, NeedsOther, Second, Drop, Comma webkit.Phrase
		WishInvite, WishAppoint, WishTrain, WishLeave, Held, Lent, Left, LeftTo, Untrained, Away, NoMandate                                               webkit.Phrase
		InviteTitle, InviteText, DesksLegend, MandateUntil, TrainedUntil, Put, OneTitle, ClerkNumber, Dismiss, LeaveFrom, Return, From, Until             webkit.Phrase
		StandIn, Nobody, Part, PartText, HandedTo, PartGo                                                                                                 webkit.Phrase
		Desks, Forms, Done, Mend                                                                                                                          map[string]webkit.Phrase
	}
	Welcome struct{ Title, Text, Code, Staff, Go, Wrong, Token, TokenText, SignIn webkit.Phrase }
}
