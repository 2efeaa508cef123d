package furnishapi

import (
	"context"
	"net/http"
	"strconv"

	"recourse/internal/furnish"
	"recourse/internal/kit/apikit"
	"recourse/internal/party"
	"recourse/internal/ref"
)

const mediaText = "text/plain"

func textReply(text string) apikit.Reply {
	return apikit.Reply{Type: mediaText + "; charset=utf-8", Body: []byte(text)}
}

// receipt answers the signed receipt of a delivery that is done.
func (c Config) receipt(ctx context.Context, clerk party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	id, err := ref.Parse[ref.Delivery](call.Param("id"))
	if err != nil {
		return apikit.Reply{}, furnish.ErrNotFound
	}
	r, err := c.Service.Receipt(ctx, clerk, id)
	return textReply(r.Note), err
}

// proof answers the proof of one row.
func (c Config) proof(ctx context.Context, clerk party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	id, err := ref.Parse[ref.Delivery](call.Param("id"))
	if err != nil {
		return apikit.Reply{}, furnish.ErrNotFound
	}
	row, err := strconv.ParseInt(call.Param("row"), 10, 64)
	if err != nil {
		return apikit.Reply{}, furnish.ErrNoRow
	}
	p, err := c.Service.Proof(ctx, clerk, id, row, "")
	if err != nil {
		return apikit.Reply{}, err
	}
	return textReply(p.Text()), nil
}

func receiptDoc() apikit.Doc {
	return apikit.Doc{ID: "receipt", Text: "A checkpoint of the delivery's tree (C2SP tlog-checkpoint), signed with the key of answers. It holds nothing of a row and can be checked without the registry.",
		Params: []apikit.Param{idParam()}, Answers: []apikit.Answer{{Status: http.StatusOK, Type: mediaText, Why: "The receipt."}}}
}

func proofDoc() apikit.Doc {
	return apikit.Doc{ID: "proof", Text: "The receipt with the way of one row to its root (C2SP tlog-proof). What is said of the row stands under extra: its outcome in one byte, and a commitment to its content.",
		Params:  []apikit.Param{idParam(), {Name: "row", Why: "Number of the row, from 1.", Type: "integer", Least: 1, Example: 1}},
		Answers: []apikit.Answer{{Status: http.StatusOK, Type: mediaText, Why: "The proof."}}}
}
