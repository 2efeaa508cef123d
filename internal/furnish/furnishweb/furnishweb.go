// Package furnishweb is how a clerk sends records by hand: choose the type, try
// the file, look at what would become of its rows, send them.
//
// It promises that a file is tried before it is sent; that between the two it
// lies on disk only encrypted, under a key in memory alone, for half an hour at
// most; that no value of a row stands in an address, a page or a log; and that a
// clerk sees what their own body sent and nothing else.
package furnishweb

import (
	"embed"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"recourse/internal/catalogue"
	"recourse/internal/furnish"
	"recourse/internal/kit/codekit"
	"recourse/internal/kit/spool"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/party"
)

//go:embed locales/*.json
var localeFiles embed.FS

// Config is what the face is made of. All fields are needed.
type Config struct {
	Service *furnish.Service
	Shelf   law.Shelf
	Book    *codekit.Book
	Spool   *spool.Spool
	Most    int64 // bytes of one upload
	Log     *slog.Logger
	Creator furnish.Creator
	// Template writes an empty file of a type, with notes in a language.
	Template func(to io.Writer, t *catalogue.Type, f furnish.Format, lang string) error
}

// Face is the room as a clerk sees it.
type Face struct {
	Config
	words  webkit.Words[words]
	drafts drafts
	sends  chan *draft
}

// New checks a Config and returns the face. Nothing is sent before Work runs.
func New(c Config) (*Face, error) {
	if c.Service == nil || c.Shelf == nil || c.Book == nil || c.Spool == nil || c.Most <= 0 || c.Log == nil || c.Creator == nil || c.Template == nil {
		return nil, errors.New("furnishweb: every field of Config is needed")
	}
	w, err := webkit.LoadWords[words](localeFiles)
	return &Face{Config: c, words: w, sends: make(chan *draft, mostDrafts)}, err
}

const (
	listPath     = "/supply"
	newPath      = "/supply/new"
	trialsPath   = "/supply/trials/"
	deliveryPath = "/supply/deliveries/"
	typesPath    = "/supply/types/"
)

// Routes lists the pages of the face.
func (f *Face) Routes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: listPath, Role: webkit.Clerk, Desk: string(party.Furnishes), Why: "what the body sent", Serve: f.list},
		{Method: http.MethodGet, Path: newPath, Role: webkit.Clerk, Desk: string(party.Furnishes), Why: "choose a type and a file", Serve: f.form},
		{Method: http.MethodPost, Path: newPath, Role: webkit.Clerk, Desk: string(party.Furnishes), Why: "try a file", Upload: f.Most, Serve: f.try},
		{Method: http.MethodGet, Path: trialsPath + "{trial}", Role: webkit.Clerk, Desk: string(party.Furnishes), Why: "what would become of the rows", Serve: f.trial},
		{Method: http.MethodPost, Path: trialsPath + "{trial}", Role: webkit.Clerk, Desk: string(party.Furnishes), Why: "send what was tried, or forget it", Serve: f.decide},
		{Method: http.MethodGet, Path: trialsPath + "{trial}/errors", Role: webkit.Clerk, Desk: string(party.Furnishes), Why: "the rows that would not be taken, as a file", Serve: f.errors},
		{Method: http.MethodGet, Path: deliveryPath + "{delivery}", Role: webkit.Clerk, Desk: string(party.Furnishes), Why: "what became of one delivery", Serve: f.delivery},
		{Method: http.MethodGet, Path: deliveryPath + "{delivery}/receipt", Role: webkit.Clerk, Desk: string(party.Furnishes), Why: "the signed receipt of a delivery", Serve: f.receipt},
		{Method: http.MethodGet, Path: typesPath + "{type}/template", Role: webkit.Clerk, Desk: string(party.Furnishes), Why: "an empty file of a type", Serve: f.template},
	}
}

// NavItems are the entries of the clerk's main navigation.
func (f *Face) NavItems() []webkit.NavItem {
	return []webkit.NavItem{
		{Path: listPath, Desk: string(party.Furnishes), Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Nav })},
		{Path: newPath, Desk: string(party.Furnishes), Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.NavNew })},
	}
}

// clerk is who visits, as the room knows them.
func clerk(v webkit.Visit) party.Clerk {
	return party.Clerk{ID: v.Clerk, Body: party.Body{ID: v.Body, Code: v.BodyCode}}
}

// bodyName is the name of the body that the visitor acts for.
func (f *Face) bodyName(v webkit.Visit) string {
	if b, ok := f.Shelf.At(v.Now).Body(v.BodyCode); ok {
		return b.Names[v.Lang]
	}
	return v.BodyCode
}

// typeName is the name of a type, or its code where the pack has it no more.
func (f *Face) typeName(v webkit.Visit, code string) string {
	if t, ok := f.Shelf.At(v.Now).Type(code); ok {
		return t.Labels[v.Lang]
	}
	return code
}

// say words a finding: in English as it was found, else as the book has it.
func (f *Face) say(lang string, g furnish.Finding) (text, fix string) {
	if lang == webkit.EN {
		return g.Text, g.Fix
	}
	if what, fix, ok := f.Book.Say(g.Code, lang); ok {
		return what, fix
	}
	return g.Text, g.Fix
}

// words is what the face says.
type words struct {
	Nav, NavNew webkit.Phrase
	List        struct {
		Title, For, New, None, NoneText, NoneSuch, Caption, Number, Type, Begun, State, Rows, Taken, Not webkit.Phrase
	}
	Filter struct{ Title, Type, AnyType, State, AnyState, Since, Apply, Reset webkit.Phrase }
	State  struct{ Running, Done, Failed webkit.Phrase }
	New    struct {
		Title, Intro, Kind, NoTypes, Law, Within, Working, Calendar, Months, Years, Template, File, FileHint, Go webkit.Phrase
	}
	Mend struct {
		Type, File, Long, Full, Cut webkit.Phrase
	}
	Trial struct {
		Title, All, Some, NoneOf, Empty, FormCSV, FormText, FormBook, Until, Send, SendText, NothingNew, Other, Forget, Download, DownloadText webkit.Phrase
		More, Gone, Sending, SendingText, Look, Failed, FailedText, Again                                                                      webkit.Phrase
	}
	Counts   struct{ Title, Rows, New, Changed, Unchanged, Withdrawn, Stale, Quarantined, Refused webkit.Phrase }
	Findings struct{ Title, Caption, Row, Field, Outcome, What, Fix, Certify, None, First webkit.Phrase }
	Outcome  struct{ Stale, Quarantined, Refused webkit.Phrase }
	Delivery struct {
		Title, Number, Type, Begun, Ended, Pack, Hash, Running, Failed, Sent, SentBefore, Receipt webkit.Phrase
	}
}
