// Package noticeweb shows a person their letters: the inbox, one letter with its
// words, what follows from it and by when, and how they were told.
//
// It promises that a letter is opened by a form and never by a link, since opening
// starts the time to answer; that what an unopened letter says is shown nowhere;
// and that a letter of another person is answered like one that does not exist.
package noticeweb

import (
	"context"
	"embed"
	"errors"
	"net/http"

	"github.com/a-h/templ"

	"recourse/internal/kit/webkit"
	"recourse/internal/notice"
	"recourse/internal/ref"
	"recourse/internal/when"
)

//go:embed locales/*.json
var localeFiles embed.FS

// Matter is what a letter is about, in the language of the visit.
type Matter struct {
	Type       string // label of the record's type
	Sentence   string
	Source     string // name of the body that filed it
	Received   when.Date
	DisplayEnd when.Date
	RetainEnd  when.Date
	Content    templ.Component // what the record says
	Recipients string          // to whom it was shown under another file, and when; empty where it was not
	Code       string          // of the record's type
}

// Config is what the face is made of. All fields are needed but Contest, and Post, which
// is nil where nothing is sent on paper.
type Config struct {
	Post    *Post
	Service *notice.Service
	Origin  string // of the site, e.g. "https://registry.example.org"
	// Matter returns what a letter about a record tells; a fault of kind NotFound
	// where the record is not kept any more.
	Matter func(ctx context.Context, v webkit.Visit, r ref.Record) (Matter, error)
	// Contest writes a letter about a contest: its subject, and its text in Markdown. A
	// fault of kind NotFound where the contest is not kept any more; nil where nothing
	// can be contested.
	Contest func(ctx context.Context, v webkit.Visit, o notice.Owed) (subject, body string, err error)
}

// Face is the room as a person sees it.
type Face struct {
	Config
	words webkit.Words[words]
}

// New checks a Config and returns the face.
func New(c Config) (*Face, error) {
	if c.Service == nil || c.Matter == nil || c.Origin == "" {
		return nil, errors.New("noticeweb: Service, Origin and Matter are needed")
	}
	w, err := webkit.LoadWords[words](localeFiles)
	return &Face{Config: c, words: w}, err
}

// Routes lists the pages of the face.
func (f *Face) Routes() []webkit.Route {
	rows := []webkit.Route{
		{Method: http.MethodGet, Path: "/me/notices", Role: webkit.Person, Why: "the inbox", Serve: f.list},
		{Method: http.MethodGet, Path: "/me/notices/{notice}", Role: webkit.Person, Why: "one letter, or the button that opens it", Serve: f.letter},
		{Method: http.MethodPost, Path: "/me/notices/{notice}", Role: webkit.Person, Why: "open a letter: the time to answer begins", Serve: f.open},
	}
	if f.Post != nil {
		rows = append(rows, f.postRoutes()...)
	}
	return rows
}

// NavItem is the entry of the inbox in the main navigation.
func (f *Face) NavItem() webkit.NavItem {
	return webkit.NavItem{Path: "/me/notices", Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Nav })}
}

// words is what the face says.
type words struct {
	Nav, Title                                                    webkit.Phrase
	Kinds                                                         map[string]webkit.Phrase // by kind of letter
	OtherKind, Waiting, Opened, WaitingTitle, Received, Intro     webkit.Phrase
	None, NoneText, Open, OpenBegins, OpenPlain, ReadIt, OpenedOn webkit.Phrase
	Serves, Served                                                webkit.Phrase // where a letter stays closed
	Call                                                          struct {
		WaitingTitle, WaitingText, PlainText, Link, AnswerTitle, AnswerText, AnswerLink webkit.Phrase
	}
	Fact, AheadAnswer webkit.Phrase
	Letter            struct {
		Next, AnswerTo, AnswerToday, After, Nothing, How, Over, PlainNext webkit.Phrase
		Record, ToRecord, Lost, Proof, Number, Rules, Print               webkit.Phrase
	}
	Told struct {
		Inbox, Opened, Email, HandedOver, Refused, Unreachable, NoAddress, Open, None webkit.Phrase
		Post, Prints, Sent, Bounced, Confirmed, Arrived, Period                       webkit.Phrase
	}
	Post struct {
		Nav, Title, Intro, NoMandate, Waiting, None, Choose, Since, More, Print, Sent, After, AfterText, Letter, LetterHint, On, Arrived, Returned webkit.Phrase
		SheetsTitle, SheetsText, Gone, Ended, Paper, SentThese, Label, How, Clock, Sealed                                                          webkit.Phrase
		DoneSent, DoneArrived, DoneReturned, MendNone, MendLetter, MendOn                                                                          webkit.Phrase
	}
	About                 struct{ Title, Unopened, Until, Read webkit.Phrase }
	DoneOpened, DonePlain webkit.Phrase
}
