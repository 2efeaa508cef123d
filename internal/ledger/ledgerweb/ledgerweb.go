// The page of the log, and the file of all receipts of a person: it holds what the
// log has about who is signed in and nobody else.

package ledgerweb

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"recourse/internal/kit/webkit"
	"recourse/internal/ledger"
	"recourse/internal/proof"
)

//go:embed locales/*.json
var logLocales embed.FS

// Config is what the face is made of. All fields are needed.
type Config struct {
	Receipts *ledger.Receipts
	Board    ledger.Board
	Keys     ledger.LabelKeys
	Trust    proof.Trust
	Key      string        // public key of the log
	Policy   string        // of witnesses; empty where none is asked for
	Most     time.Duration // how long publication may be stuck
	Delay    time.Duration // within which an event is published as a rule
}

// Face is the room as everybody sees it.
type Face struct {
	Config
	words webkit.Words[words]
}

// New checks a Config and returns the face.
func New(c Config) (*Face, error) {
	if c.Receipts == nil || c.Board == nil || c.Keys == nil || c.Trust.Log == nil || c.Key == "" {
		return nil, errors.New("ledgerweb: Receipts, Board, Keys, Trust and Key are needed")
	}
	w, err := webkit.LoadWords[words](logLocales)
	return &Face{Config: c, words: w}, err
}

// Routes lists the pages of the face.
func (f *Face) Routes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: "/log", Role: webkit.Anyone, Why: "what the public log is, where it stands, how to check it", Serve: f.page},
		{Method: http.MethodGet, Path: Mine, Role: webkit.Person, Why: "what the log holds about the person, and a receipt of each", Serve: f.list},
		{Method: http.MethodGet, Path: Mine + "/file", Role: webkit.Person, Why: "all receipts of the person, as one file", Serve: f.file},
		{Method: http.MethodGet, Path: Mine + "/{event}", Role: webkit.Person, Why: "one receipt, as a file", Serve: f.one},
		{Method: http.MethodGet, Path: Mine + "/paper/{event}", Role: webkit.Person, Why: "one receipt on paper, with its code", Serve: f.paper},
	}
}

// Mine is where a person's receipts are, below the language. An event, in hex, is a
// receipt below it.
const Mine = "/me/receipts"

// NavItem leads to the page of the log.
func (f *Face) NavItem() webkit.NavItem {
	return webkit.NavItem{Path: "/log", Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Title })}
}

// words is what the face says.
type words struct {
	Title, Intro, Stands, Entries, Root, Since, None           webkit.Phrase
	Witnesses, WitnessesIntro, NoWitnesses, Seen, Policy       webkit.Phrase
	Delay, DelayText, Check, CheckText, Key, Addresses, Labels webkit.Phrase
	Shows, ShowsText, Hides, HidesText, Limits, LimitsText     webkit.Phrase
	Ran, Mine, MineText, Download, All                         webkit.Phrase
	List                                                       listWords
	Paper                                                      paperWords
}

type view struct {
	w      *words
	v      webkit.Visit
	f      *Face
	seen   proof.Seen
	at     time.Time
	there  bool
	policy string
}

func (f *Face) page(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	w := f.words.In(v.Lang)
	p, err := f.Board.Published(ctx)
	if err != nil {
		return nil, err
	}
	page := view{w: w, v: v, f: f, at: p.At, policy: f.Policy}
	if len(p.Note) > 0 {
		if page.seen, err = f.Trust.CheckLog(p.Note); err != nil {
			return nil, err
		}
		page.there = true
	}
	return webkit.Page{Title: w.Title.String(), Content: logPage(page)}, nil
}

// file is all receipts of the person. The labels of days are fetched by who checks.
func (f *Face) file(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	if v.Person.IsZero() {
		return nil, ledger.ErrNoEvent
	}
	keys, err := f.Keys.LabelKeys(ctx, [][16]byte{v.Person})
	if err != nil {
		return nil, err
	}
	file, _, err := f.Receipts.File(ctx, v.Person, keys[0])
	if err != nil {
		return nil, err
	}
	raw, err := json.MarshalIndent(file, "", " ")
	if err != nil {
		return nil, err
	}
	return webkit.File{Name: "receipts-" + v.Today().String() + ".json", Type: "application/json", Data: append(raw, '\n')}, nil
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }
