// Package inquiryweb shows a person who looked at their file, for what and on
// what basis, and what was seen; refused look-ups too.
//
// It promises that the list is the room's list, whole and in its order; that a
// purpose is named in the words of the pack and never in those of the asker; and
// that a look-up of another person is answered like one that does not exist.
package inquiryweb

import (
	"context"
	"embed"
	"errors"
	"net/http"

	"github.com/a-h/templ"

	"recourse/internal/inquiry"
	"recourse/internal/kit/webkit"
	"recourse/internal/ref"
)

//go:embed locales/*.json
var localeFiles embed.FS

// Config is what the face is made of. All fields are needed but Beside.
type Config struct {
	Service  *inquiry.Service
	BodyCode func(id ref.Body) string // code of a body in the pack; empty where it has none
	// Beside is what another room adds to the page of a look; nil where none does.
	Beside func(ctx context.Context, v webkit.Visit, look ref.Inquiry) (templ.Component, error)
}

// Face is the room as a person sees it.
type Face struct {
	Config
	words webkit.Words[words]
}

// New checks a Config and returns the face.
func New(c Config) (*Face, error) {
	if c.Service == nil || c.BodyCode == nil {
		return nil, errors.New("inquiryweb: Service and BodyCode are needed")
	}
	w, err := webkit.LoadWords[words](localeFiles)
	return &Face{Config: c, words: w}, err
}

// Routes lists the pages of the face.
func (f *Face) Routes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: "/me/lookups", Role: webkit.Person, Why: "who looked, with filters", Serve: f.list},
		{Method: http.MethodGet, Path: "/me/lookups/export", Role: webkit.Person, Why: "who looked, as a table to keep", Serve: f.export},
		{Method: http.MethodGet, Path: "/me/lookups/{look}/proof", Role: webkit.Person, Why: "the signature of the body under its question, to keep", Serve: f.proof},
		{Method: http.MethodGet, Path: "/me/lookups/{look}", Role: webkit.Person, Why: "one look-up", Serve: f.one},
	}
}

// NavItem is the entry of the list in the main navigation.
func (f *Face) NavItem() webkit.NavItem {
	return webkit.NavItem{Path: "/me/lookups", Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Nav })}
}

// words is what the face says.
type words struct {
	Nav, Title, One, Lately, LatelyCaption, All, Looked, Refused                                        webkit.Phrase
	NoFile, NoFileText, Nobody, NobodyText, NoneSuch, Intro                                             webkit.Phrase
	Missing                                                                                             struct{ Title, Elsewhere, Passed, Own, Ended webkit.Phrase }
	Head                                                                                                struct{ When, Who, Why, Saw webkit.Phrase }
	Short                                                                                               struct{ Why, Saw webkit.Phrase }
	Caption, Details, DetailsOf                                                                         webkit.Phrase
	Basis                                                                                               struct{ Consent, Contest, Repair, Hold, Death, Words, Inspection, Plea, Statute, Claimed, ClaimedLaw, Case, Place webkit.Phrase }
	CasePurpose, RepairPurpose, HoldPurpose, DeathPurpose, WordsPurpose, InspectionPurpose, PleaPurpose webkit.Phrase
	UnknownPurpose                                                                                      webkit.Phrase
	Saw                                                                                                 struct{ Records, More, Nothing, Referred, Refused, Stopped webkit.Phrase }
	Again                                                                                               webkit.Phrase
	Filter                                                                                              struct {
		Title, Outcome, All, Answered, Refused, Body, AnyBody, Apply, Reset webkit.Phrase
	}
	Export webkit.Phrase
	Used   struct {
		Title, Nothing, Owed, Given, Late webkit.Phrase
		Effects                           map[string]webkit.Phrase
	}
	Term   struct{ Days, Months, Years webkit.Phrase }
	Detail struct {
		When, Who, Purpose, Basis, Case, Reason, Saw, Rules, Number, None, Only, Two, Signed, Proof, Refer, Receipt webkit.Phrase
		Allowed, AllowedText, RefusedText, StoppedText, ToFreeze, Question                                          webkit.Phrase
	}
	CSV struct {
		At, Body, Purpose, Basis, Case, Reason, Outcome, Records, Number, Answered, Nothing, Referred, Refused, Stopped webkit.Phrase
	}
}
