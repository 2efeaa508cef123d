// Package inquiryapi is what bodies ask over HTTP.
//
// It promises that the answers of one outcome are the same bytes whatever the
// cause, but for the number of the inquiry, its instant and the signature (rules
// B1); that no value that was sent is repeated in an error; and that nothing is
// written before the access row of the answer is committed (inquiry.Store).
package inquiryapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"recourse/internal/inquiry"
	"recourse/internal/kit/apikit"
	"recourse/internal/party"
	"recourse/internal/ref"
)

// Config is what the calls of the room need. All fields are needed.
type Config struct {
	Service *inquiry.Service
	// Admit is party.Service.Admit of what was presented.
	Admit  func(ctx context.Context, p apikit.Presented, now time.Time, id *party.Identity) (party.Admitted, error)
	Bodies func(ref.Body) (code string, ok bool) // every body that ever filed a record
}

// Routes returns the calls of the room: ask about a person, confirm what another
// asks, close a case, and the public list of purposes.
func Routes(c Config) ([]apikit.Route, error) {
	if c.Service == nil || c.Admit == nil || c.Bodies == nil {
		return nil, errors.New("inquiryapi: Service, Admit and Bodies are needed")
	}
	return []apikit.Route{
		{Method: http.MethodPost, Path: "/inquiries", Who: apikit.Holder, Why: "Ask about one person for one purpose.",
			Serve: apikit.ForHolderOf(c.admit, caller, c.read, c.ask), Doc: askDoc()},
		{Method: http.MethodGet, Path: "/inquiries/waiting", Who: apikit.Holder, Why: "What waits for a second person of your body.",
			Serve: apikit.ForHolder(c.holder, plainCaller, c.waiting), Doc: waitingDoc()},
		{Method: http.MethodPost, Path: "/inquiries/{number}/confirmation", Who: apikit.Holder, Why: "Confirm, as a second person, what somebody of your body asks.",
			Serve: apikit.ForHolder(c.holder, plainCaller, c.confirm), Doc: confirmDoc()},
		{Method: http.MethodPost, Path: "/uses", Who: apikit.Holder, Why: "Note what your body did with an answer.",
			Serve: apikit.ForHolder(c.holder, plainCaller, c.note), Doc: noteDoc()},
		{Method: http.MethodPost, Path: "/cases/closing", Who: apikit.Holder, Why: "Close a case of your body: nobody new is answered about in it.",
			Serve: apikit.ForHolder(c.holder, plainCaller, c.closeCase), Doc: closeDoc()},
		{Method: http.MethodGet, Path: "/purposes", Who: apikit.Anyone, Why: "The purposes for which bodies may ask, and what each may see.",
			Serve: apikit.ForAnyone(purposes(c.Service.Shelf)), Doc: purposesDoc()},
	}, nil
}

// caller says that an inquiry counts for the clerk, the body and the purpose.
func caller(who party.Admitted, asked inquiry.Request) apikit.Caller {
	return apikit.Caller{Clerk: who.Clerk.ID, Body: who.Clerk.Body.ID, Purpose: asked.Purpose}
}
