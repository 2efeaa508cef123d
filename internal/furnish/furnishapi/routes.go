// Package furnishapi is how bodies send records over HTTP.
//
// It promises that a delivery is read as it comes, so that memory does not grow
// with it; that the answer to a repeat is the answer to the first; that a
// delivery of another body is not there; and that no value of a row is repeated
// in an answer.
package furnishapi

import (
	"context"
	"errors"
	"net/http"

	"recourse/internal/furnish"
	"recourse/internal/kit/apikit"
	"recourse/internal/party"
)

// Config is what the calls of the room need. All fields are needed.
type Config struct {
	Service      *furnish.Service
	Authenticate apikit.Authenticator[party.Clerk]
	// Logged returns the receipt, from the public log, of the newest event of a kind in
	// the stream of a delivery.
	Logged func(ctx context.Context, stream [16]byte, kind string) (string, error)
}

// Routes returns the calls of the room: send a delivery, see what became of it,
// and the public catalogue of types.
func Routes(c Config) ([]apikit.Route, error) {
	if c.Service == nil || c.Authenticate == nil || c.Logged == nil {
		return nil, errors.New("furnishapi: Service, Authenticate and Logged are needed")
	}
	list, each := types(c.Service.Shelf)
	return []apikit.Route{
		{Method: http.MethodPost, Path: "/deliveries", Who: apikit.Holder, Why: "Send records of one type as CSV, JSON Lines or XLSX.", Stream: true,
			Serve: apikit.ForHolder(c.Authenticate, caller, c.deliver), Doc: deliverDoc()},
		{Method: http.MethodGet, Path: "/deliveries", Who: apikit.Holder, Why: "The deliveries of your body, newest first.",
			Serve: apikit.ForHolder(c.Authenticate, caller, c.list), Doc: listDoc()},
		{Method: http.MethodGet, Path: "/deliveries/{id}", Who: apikit.Holder, Why: "Where a delivery of your body stands.",
			Serve: apikit.ForHolder(c.Authenticate, caller, c.delivery), Doc: deliveryDoc()},
		{Method: http.MethodGet, Path: "/deliveries/{id}/findings", Who: apikit.Holder, Why: "The rows of a delivery that were not taken, and why.",
			Serve: apikit.ForHolder(c.Authenticate, caller, c.findings), Doc: findingsDoc()},
		{Method: http.MethodGet, Path: "/deliveries/{id}/receipt", Who: apikit.Holder, Why: "The signed receipt of a delivery of your body.",
			Serve: apikit.ForHolder(c.Authenticate, caller, c.receipt), Doc: receiptDoc()},
		{Method: http.MethodGet, Path: "/deliveries/{id}/proofs/{row}", Who: apikit.Holder, Why: "The proof that a receipt stands for one row.",
			Serve: apikit.ForHolder(c.Authenticate, caller, c.proof), Doc: proofDoc()},
		{Method: http.MethodGet, Path: "/deliveries/{id}/log", Who: apikit.Holder, Why: "The receipt of a delivery from the public log.",
			Serve: apikit.ForHolder(c.Authenticate, caller, c.logged), Doc: loggedDoc()},
		{Method: http.MethodGet, Path: "/trials/{id}", Who: apikit.Holder, Why: "What a dry run of your body said.",
			Serve: apikit.ForHolder(c.Authenticate, caller, c.trial), Doc: trialDoc()},
		{Method: http.MethodGet, Path: "/trials/{id}/findings", Who: apikit.Holder, Why: "The rows that a dry run would not take, and why.",
			Serve: apikit.ForHolder(c.Authenticate, caller, c.trialFindings), Doc: trialFindingsDoc()},
		{Method: http.MethodGet, Path: "/types", Who: apikit.Anyone, Why: "The types of records that may exist.",
			Serve: apikit.ForAnyone(list), Doc: typesDoc()},
		{Method: http.MethodGet, Path: "/types/{code}", Who: apikit.Anyone, Why: "One type of record: its columns, its law, its end.",
			Serve: apikit.ForAnyone(each), Doc: typeDoc()},
	}, nil
}

// caller says that calls count for the clerk and the body.
func caller(who party.Clerk) apikit.Caller {
	return apikit.Caller{Clerk: who.ID, Body: who.Body.ID}
}
