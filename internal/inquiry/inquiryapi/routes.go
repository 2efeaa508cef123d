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
	// Admit is party.Service.Admit.
	Admit  func(ctx context.Context, token string, now time.Time, id *party.Identity) (party.Admitted, error)
	Bodies func(ref.Body) (code string, ok bool) // every body that ever filed a record
}

// Routes returns the calls of the room: ask about a person, and the public list
// of purposes.
func Routes(c Config) ([]apikit.Route, error) {
	if c.Service == nil || c.Admit == nil || c.Bodies == nil {
		return nil, errors.New("inquiryapi: Service, Admit and Bodies are needed")
	}
	return []apikit.Route{
		{Method: http.MethodPost, Path: "/inquiries", Who: apikit.Holder, Why: "Ask about one person for one purpose.",
			Serve: apikit.ForHolderOf(c.admit, c.read, c.ask), Doc: askDoc()},
		{Method: http.MethodGet, Path: "/purposes", Who: apikit.Anyone, Why: "The purposes for which bodies may ask, and what each may see.",
			Serve: apikit.ForAnyone(purposes(c.Service.Shelf)), Doc: purposesDoc()},
	}, nil
}
