// Package ledgerapi is where bodies get receipts of their answers.
//
// It promises that a receipt is given to the body that was answered and to nobody
// else, and that it tells no more than the answer did: neither records nor whether
// anybody has a file.
package ledgerapi

import (
	"context"
	"errors"
	"net/http"

	"recourse/internal/kit/apikit"
	"recourse/internal/ledger"
)

// Config is what the call is made of. All fields are needed.
type Config struct {
	Receipts     *ledger.Receipts
	Stubs        *ledger.Stubs
	Authenticate apikit.Authenticator[apikit.Caller]
}

// Path is where a stub is exchanged for its receipt.
const Path = "/receipts/"

// Routes returns the calls of the room: the receipt of an answer.
func Routes(c Config) ([]apikit.Route, error) {
	if c.Receipts == nil || c.Stubs == nil || c.Authenticate == nil {
		return nil, errors.New("ledgerapi: Receipts, Stubs and Authenticate are needed")
	}
	return []apikit.Route{{Method: http.MethodGet, Path: Path + "{stub}", Who: apikit.Holder, Why: "The receipt of an answer from the public log.",
		Serve: apikit.ForHolder(c.Authenticate, func(who apikit.Caller) apikit.Caller { return who }, c.receipt), Doc: doc()}}, nil
}

const mediaText = "text/plain"

func (c Config) receipt(ctx context.Context, who apikit.Caller, call *apikit.Call) (apikit.Reply, error) {
	key, err := c.Stubs.Read(who.Body, call.Param("stub"), call.Now)
	if err != nil {
		return apikit.Reply{}, err
	}
	r, err := c.Receipts.Of(ctx, key, false)
	if err != nil {
		return apikit.Reply{}, err
	}
	return apikit.Reply{Type: mediaText + "; charset=utf-8", Body: []byte(r.Text)}, nil
}

func doc() apikit.Doc {
	return apikit.Doc{
		ID: "logged",
		Text: "An answer carries a stub under `receipt`. As soon as the answer is in the public log, within a second or two, the stub is exchanged here for its receipt (C2SP tlog-proof), which holds without the registry; " +
			"until then the answer is 409, `E-LOG-EARLY`. It proves that this inquiry of your body, for this purpose, with this outcome, stands in the log, and nothing about the person. " +
			"Do not use an answer whose receipt does not come: it may have been given without a trace. A stub is taken for fourteen days.",
		Params:  []apikit.Param{{Name: "stub", Why: "As the answer gave it.", Type: "string", Example: "AABQkg…"}},
		Answers: []apikit.Answer{{Status: http.StatusOK, Type: mediaText, Why: "The receipt."}},
	}
}
