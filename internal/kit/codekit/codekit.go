// Package codekit says what each code of an error or a finding means and what to
// do about it, in every language of the pages, and is the pages of them.
//
// It promises that a code that can be answered stands in it (a test compares it
// with the source), in both languages, and that no text repeats what was sent.
package codekit

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"recourse/internal/fault"
	"recourse/internal/kit/codekit/meaning"
	"recourse/internal/kit/webkit"
)

// Path is where the list of the codes is, below the language; a code has a page of
// its own, Path/CODE.
const Path = "/docs/errors"

// Book is what all codes mean.
type Book struct{ words webkit.Words[words] }

type words struct {
	Title, Intro, What, Fix webkit.Phrase
	Codes                   map[string]told
}

type told struct{ What, Fix webkit.Phrase }

// Open reads the book.
func Open() (*Book, error) {
	w, err := webkit.LoadWords[words](meaning.Files())
	return &Book{w}, err
}

// Say returns what a code means and what to do, in a language; false where the
// book does not have it.
func (b *Book) Say(code, lang string) (what, fix string, ok bool) {
	m, ok := b.words.In(lang).Codes[code]
	if !ok {
		return "", "", false
	}
	return m.What.String(), m.Fix.String(), true
}

// Codes returns every code, in order.
func (b *Book) Codes() []string { return slices.Sorted(maps.Keys(b.words.In(webkit.EN).Codes)) }

// NavItem leads to the page.
func (b *Book) NavItem() webkit.NavItem {
	return webkit.NavItem{Path: Path, Label: webkit.Both(b.words, func(w *words) webkit.Phrase { return w.Title })}
}

// Routes lists the pages.
func (b *Book) Routes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: Path, Role: webkit.Anyone, Why: "the codes of errors", Serve: b.list},
		{Method: http.MethodGet, Path: Path + "/{code}", Role: webkit.Anyone, Why: "what one code of an error means", Serve: b.one},
	}
}

func (b *Book) list(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	w := b.words.In(v.Lang)
	return webkit.Page{Title: w.Title.String(), Content: listPage(v, w, b.Codes())}, nil
}

var errNoCode = fault.New(fault.NotFound, "E-PAGE", "There is nothing at this address.")

func (b *Book) one(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	w, code := b.words.In(v.Lang), v.Param("code")
	m, ok := w.Codes[code]
	if !ok {
		return nil, errNoCode
	}
	return webkit.Page{Title: code, Content: onePage(w, code, m), Back: webkit.Link{Path: Path, Text: w.Title.String()}}, nil
}

// first is what a text begins with, up to its first stop or comma: the list of all codes
// stays small, and the page of each says the rest.
func first(text string) string {
	at := len(text)
	for _, end := range []string{"。", "；", "，", ". ", "; ", ", "} {
		if i := strings.Index(text, end); i >= 0 {
			at = min(at, i)
		}
	}
	return strings.TrimSuffix(text[:at], ".")
}
