// Package dossierweb shows a person their own file: the picture of what is on it
// and when it comes off, and each record whole.
//
// It promises that what it says of a record's visibility is what the room says,
// never a rule of its own; that a record of another person is answered like one
// that does not exist; and that the text beside a picture says all that the picture
// shows. It does not know letters or look-ups.
package dossierweb

import (
	"embed"
	"errors"
	"time"

	"recourse/internal/catalogue"
	"recourse/internal/dossier"
	"recourse/internal/kit/webkit"
	"recourse/internal/ref"
)

//go:embed locales/*.json
var localeFiles embed.FS

// Config is what the face is made of. All fields are needed.
type Config struct {
	Service *dossier.Service
	Rules   func(version string, now time.Time) Rules // of a version of the pack; of the one in force where it is not known
}

// Rules are the words of one version of the pack.
type Rules interface {
	Type(code string) (*catalogue.Type, bool)
	Types() []*catalogue.Type
	BodyName(id ref.Body, lang string) string // its number where it has no name
	UnitName(code, lang string) string        // name of a body by its code; the code where it has none
	LawLang() string                          // language of the wording of laws, e.g. "zh"
}

// Face is the room as a person sees it.
type Face struct {
	Config
	words webkit.Words[words]
}

// New checks a Config and returns the face.
func New(c Config) (*Face, error) {
	if c.Service == nil || c.Rules == nil {
		return nil, errors.New("dossierweb: Service and Rules are needed")
	}
	w, err := webkit.LoadWords[words](localeFiles)
	return &Face{Config: c, words: w}, err
}

// NavItem is the entry of the file in the main navigation.
func (f *Face) NavItem() webkit.NavItem {
	return webkit.NavItem{Path: "/me", Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Nav })}
}

// Title is the title of the file by language.
func (f *Face) Title() map[string]string {
	return webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Title })
}

// words is what the face says.
type words struct {
	Nav, Title, FileOf, Others, OnlyYours, Picture   webkit.Phrase
	NothingTitle, NothingText, NothingMay, NothingBy webkit.Phrase
	Since, ComesOff, TakesEffect                     webkit.Phrase
	Key                                              struct{ Bar, Held, Waiting, Off, Today webkit.Phrase }
	Tags                                             struct{ Shown, AtOnce, Waiting, Off, Withdrawn, Erased webkit.Phrase }
	Ends                                             struct {
		Noticed, AtOnce, AtOnceHeard, Soon, Shown, LastDay, Held, Off, Withdrawn, Erased, ErasedOn webkit.Phrase
	}
	Seen             struct{ Title, Noticed, AtOnce, AtOnceHeard, Soon, Shown, Off, Withdrawn, Erased webkit.Phrase }
	Says, ErasedSays webkit.Phrase
	About            struct {
		Title, By, Received, Start, DisplayEnd, RetainEnd, Number, Version, Rules webkit.Phrase
	}
	Law     struct{ Title, Place, Wording, Unverified, Unknown webkit.Phrase }
	History struct {
		Title, Start, Received, Effect, EffectAhead, Off, OffAhead, Erased, ErasedAhead, Withdrawn, DayUnknown webkit.Phrase
	}
	Do    struct{ Title, Object, Say, Print webkit.Phrase }
	Money map[string]webkit.Phrase // by currency
}
