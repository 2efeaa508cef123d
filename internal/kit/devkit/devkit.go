// Package devkit is the page that shows an integrator the calls: what an OpenAPI
// document says, readable without a script and without anything from elsewhere.
//
// It promises that the page and the document agree, because the page is made of
// the document's bytes when the server starts.
package devkit

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"

	"recourse/internal/kit/webkit"
)

//go:embed locales
var localeFiles embed.FS

// words are what the page itself says. What calls do is said by the document,
// which is in English, as its field names are.
type words struct {
	Title, Intro, English, Document, Index, Needs, Open webkit.Phrase
	Path, Query, Header, Body, Answers, Example, Try    webkit.Phrase
	Name, Kind, Meaning, Required, Optional             webkit.Phrase
	Problems, Limits, Token                             webkit.Phrase
}

// Config is what the page needs.
type Config struct {
	Document []byte // the OpenAPI document as it is served
	Address  string // where it is served
	Errors   string // page that explains problem codes, below the language; empty where there is none
	Origin   string // of this installation
}

// Path is where the page is, below the language.
const Path = "/dev"

// Routes returns the page.
func Routes(c Config) ([]webkit.Route, error) {
	w, err := webkit.LoadWords[words](localeFiles)
	if err != nil {
		return nil, err
	}
	var doc document
	if err := json.Unmarshal(c.Document, &doc); err != nil {
		return nil, fmt.Errorf("devkit: reading the document: %w", err)
	}
	return []webkit.Route{{Method: http.MethodGet, Path: Path, Role: webkit.Anyone, Why: "the calls, for who writes programs",
		Serve: func(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
			p := view{Config: c, w: w.In(v.Lang), v: v, doc: &doc}
			return webkit.Page{Title: p.w.Title.String(), Content: page(p)}, nil
		}}}, nil
}

type view struct {
	Config
	w   *words
	v   webkit.Visit
	doc *document
}
