// Package devkit is the pages that show an integrator the calls: what an OpenAPI
// document says, readable without a script and without anything from elsewhere.
//
// It promises that the pages and the document agree, because the pages are made of
// the document's bytes when the server starts.
package devkit

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
)

//go:embed locales
var localeFiles embed.FS

// words are what the pages themselves say. What calls do is said by the document,
// which is in English, as its field names are.
type words struct {
	Title, Intro, English, Document, Index, Needs, Open webkit.Phrase
	Path, Query, Header, Body, Answers, Example         webkit.Phrase
	Command, Go                                         webkit.Phrase
	Name, Kind, Meaning, Required, Optional             webkit.Phrase
	Problems, Limits, Token                             webkit.Phrase
}

// Config is what the page needs.
type Config struct {
	Document []byte           // the OpenAPI document as it is served
	Address  string           // where it is served
	Errors   string           // page that explains problem codes, below the language; empty where there is none
	Origin   string           // of this installation
	More     []webkit.NavItem // for clerks who work at its desk: what else there is for who writes programs
}

// Path is where the list of the calls is, below the language; a call has a page of
// its own, Path/ITS-ID.
const Path = "/dev"

// Routes returns the pages, and what leads to them.
func Routes(c Config) ([]webkit.Route, webkit.NavItem, error) {
	w, err := webkit.LoadWords[words](localeFiles)
	if err != nil {
		return nil, webkit.NavItem{}, err
	}
	var doc document
	if err := json.Unmarshal(c.Document, &doc); err != nil {
		return nil, webkit.NavItem{}, fmt.Errorf("devkit: reading the document: %w", err)
	}
	item := webkit.NavItem{Path: Path, Label: webkit.Both(w, func(w *words) webkit.Phrase { return w.Title })}
	show := func(v webkit.Visit) view { return view{Config: c, w: w.In(v.Lang), v: v, doc: &doc} }
	return []webkit.Route{
		{Method: http.MethodGet, Path: Path, Role: webkit.Anyone, Why: "the calls, for who writes programs",
			Serve: func(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
				p := show(v)
				return webkit.Page{Title: p.w.Title.String(), Content: list(p)}, nil
			}},
		{Method: http.MethodGet, Path: Path + "/{call}", Role: webkit.Anyone, Why: "one call, for who writes programs",
			Serve: func(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
				p := show(v)
				one, known := doc.call(v.Param("call"))
				if !known {
					return nil, errNoCall
				}
				return webkit.Page{Title: one.Summary, Content: callPage(p, one), Back: webkit.Link{Path: Path, Text: p.w.Title.String()}}, nil
			}},
	}, item, nil
}

var errNoCall = fault.New(fault.NotFound, "E-PAGE", "There is nothing at this address.")

type view struct {
	Config
	w   *words
	v   webkit.Visit
	doc *document
}
