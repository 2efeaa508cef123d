// Package codekit says what each code of an error or a finding means and what to
// do about it, in every language of the pages, and is the page of them.
//
// It promises that a code that can be answered stands in it (a test compares it
// with the source), in both languages, and that no text repeats what was sent.
package codekit

import (
	"context"
	"embed"
	"maps"
	"net/http"
	"slices"

	"recourse/internal/kit/webkit"
)

//go:embed locales/*.json
var localeFiles embed.FS

// Path is where the page of the codes is, below the language; a code is a place
// on it: Path#CODE.
const Path = "/docs/errors"

// Book is what all codes mean.
type Book struct{ words webkit.Words[words] }

type words struct {
	Title, Intro, Code, What, Fix webkit.Phrase
	Codes                         map[string]meaning
}

type meaning struct{ What, Fix webkit.Phrase }

// Open reads the book.
func Open() (*Book, error) {
	w, err := webkit.LoadWords[words](localeFiles)
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

// Routes lists the page.
func (b *Book) Routes() []webkit.Route {
	return []webkit.Route{{Method: http.MethodGet, Path: Path, Role: webkit.Anyone, Why: "what each code of an error means",
		Serve: func(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
			w := b.words.In(v.Lang)
			return webkit.Page{Title: w.Title.String(), Content: page(w, b.Codes())}, nil
		}}}
}
