// Package furnishapi is how bodies send records over HTTP.
//
// It promises that a delivery is read as it comes, so that memory does not grow
// with it; that the answer to a repeat is the answer to the first; that a
// delivery of another body is not there; and that no value of a row is repeated
// in an answer.
package furnishapi

import (
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
}

// Routes returns the calls of the room: send a delivery, see what became of it,
// and the public catalogue of types.
func Routes(c Config) ([]apikit.Route, error) {
	if c.Service == nil || c.Authenticate == nil {
		return nil, errors.New("furnishapi: Service and Authenticate are needed")
	}
	list, each := types(c.Service.Shelf)
	return []apikit.Route{
		{Method: http.MethodPost, Path: "/deliveries", Who: apikit.Holder, Why: "Send records of one type as CSV, JSON Lines or XLSX.", Stream: true,
			Serve: apikit.ForHolder(c.Authenticate, c.deliver), Doc: deliverDoc()},
		{Method: http.MethodGet, Path: "/deliveries", Who: apikit.Holder, Why: "The deliveries of your body, newest first.",
			Serve: apikit.ForHolder(c.Authenticate, c.list), Doc: listDoc()},
		{Method: http.MethodGet, Path: "/deliveries/{id}", Who: apikit.Holder, Why: "Where a delivery of your body stands.",
			Serve: apikit.ForHolder(c.Authenticate, c.delivery), Doc: deliveryDoc()},
		{Method: http.MethodGet, Path: "/deliveries/{id}/findings", Who: apikit.Holder, Why: "The rows of a delivery that were not taken, and why.",
			Serve: apikit.ForHolder(c.Authenticate, c.findings), Doc: findingsDoc()},
		{Method: http.MethodGet, Path: "/deliveries/{id}/receipt", Who: apikit.Holder, Why: "The signed receipt of a delivery of your body.",
			Serve: apikit.ForHolder(c.Authenticate, c.receipt), Doc: receiptDoc()},
		{Method: http.MethodGet, Path: "/deliveries/{id}/proofs/{row}", Who: apikit.Holder, Why: "The proof that a receipt stands for one row.",
			Serve: apikit.ForHolder(c.Authenticate, c.proof), Doc: proofDoc()},
		{Method: http.MethodGet, Path: "/trials/{id}", Who: apikit.Holder, Why: "What a dry run of your body said.",
			Serve: apikit.ForHolder(c.Authenticate, c.trial), Doc: trialDoc()},
		{Method: http.MethodGet, Path: "/trials/{id}/findings", Who: apikit.Holder, Why: "The rows that a dry run would not take, and why.",
			Serve: apikit.ForHolder(c.Authenticate, c.trialFindings), Doc: trialFindingsDoc()},
		{Method: http.MethodGet, Path: "/types", Who: apikit.Anyone, Why: "The types of records that may exist.",
			Serve: apikit.ForAnyone(list), Doc: typesDoc()},
		{Method: http.MethodGet, Path: "/types/{code}", Who: apikit.Anyone, Why: "One type of record: its columns, its law, its end.",
			Serve: apikit.ForAnyone(each), Doc: typeDoc()},
	}, nil
}
