// Package consentapi is how bodies ask for consents over HTTP.
//
// It promises that a body gets a code to hand to the person and nothing else: no call
// says whether anybody entered it, agreed, refused or did nothing (rules G1).
package consentapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"recourse/internal/consent"
	"recourse/internal/fault"
	"recourse/internal/kit/apikit"
	"recourse/internal/party"
	"recourse/internal/when"
)

// Config is what the calls of the room need. All fields are needed.
type Config struct {
	Service      *consent.Service
	Authenticate apikit.Authenticator[party.Clerk]
	Origin       string // of the site, for the link
}

// Routes returns the calls of the room.
func Routes(c Config) ([]apikit.Route, error) {
	if c.Service == nil || c.Authenticate == nil || c.Origin == "" {
		return nil, errors.New("consentapi: Service, Authenticate and Origin are needed")
	}
	caller := func(who party.Clerk) apikit.Caller { return apikit.Caller{Clerk: who.ID, Body: who.Body.ID} }
	return []apikit.Route{{Method: http.MethodPost, Path: "/consent-requests", Who: apikit.Holder, Why: "Ask for a consent: get a code for the person.",
		Serve: apikit.ForHolder(c.Authenticate, caller, c.ask), Doc: askDoc()}}, nil
}

// Wanted is what a body wants a person to allow.
type Wanted struct {
	Purpose string   `json:"purpose" minLength:"1" maxLength:"60" pattern:"^[a-z0-9-]+$" doc:"Code of a purpose on consent; see GET /purposes." example:"loan-application"`
	Types   []string `json:"types" nullable:"false" minItems:"1" maxItems:"50" doc:"Codes of types that the purpose may see. Ask for what the decision needs; the person may allow less."`
	Until   string   `json:"until" format:"date" doc:"Last day on which the consent could be used. The person may choose an earlier one."`
	Single  bool     `json:"single" doc:"Whether the first answer uses it up. It must where a type is of another sector."`
}

// Requested is all that a body is told.
type Requested struct {
	State   string `json:"state" enum:"requested" doc:"It says nothing else, now or later."`
	Code    string `json:"code" pattern:"^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$" doc:"Hand it to the person whom you ask. It is shown again only to who repeats the call with the same key."`
	Link    string `json:"link" format:"uri" doc:"The page on which the person enters it."`
	Expires string `json:"expires" format:"date-time" doc:"After it nobody can enter the code."`
}

func (c Config) ask(ctx context.Context, clerk party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	var w Wanted
	if err := call.JSON(&w); err != nil {
		return apikit.Reply{}, err
	}
	until, err := when.Parse(w.Until)
	if err != nil {
		return apikit.Reply{}, fault.New(fault.Invalid, "E-UNTIL", "The last day is not a date like 2026-03-10. Nothing was kept.").At("until")
	}
	code, expires, err := c.Service.Ask(ctx, clerk, call.Key, consent.Terms{Purpose: w.Purpose, Types: w.Types, Until: until, Single: w.Single}, call.Now)
	if err != nil {
		return apikit.Reply{}, err
	}
	return apikit.JSON(Requested{State: "requested", Code: code, Link: c.Origin + "/me/consents/code?code=" + url.QueryEscape(code), Expires: expires.UTC().Format(time.RFC3339)})
}

func askDoc() apikit.Doc {
	return apikit.Doc{
		ID:   "askConsent",
		Body: Wanted{Purpose: "loan-application", Types: []string{"loan-default"}, Until: "2026-06-30", Single: true},
		Text: "You name nobody: the code is about whoever you hand it to, and who enters it first. What became of it you are never told. Ask on consent when you need the answer: " +
			"where it is `not answered`, that is said alike for a refusal, for silence, and for a code that was never entered. You may not treat anybody worse for it.",
		Answers: []apikit.Answer{{Status: 200, Why: "The code.", Of: Requested{}}},
	}
}
