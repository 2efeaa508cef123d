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

// logged answers the receipt of a delivery that is done from the public log. Its fact
// root is the root of the delivery's own receipt, which each row has its way to.
func (c Config) logged(ctx context.Context, clerk party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	id, err := ref.Parse[ref.Delivery](call.Param("id"))
	if err != nil {
		return apikit.Reply{}, furnish.ErrNotFound
	}
	d, err := c.Service.ByID(ctx, clerk, id)
	if err != nil {
		return apikit.Reply{}, err
	}
	if d.State != furnish.Done {
		return apikit.Reply{}, furnish.ErrNoReceipt
	}
	text, err := c.Logged(ctx, d.ID, furnish.KindDelivered)
	return textReply(text), err
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

func loggedDoc() apikit.Doc {
	return apikit.Doc{ID: "delivery-logged", Text: "The receipt of the delivery from the public log (C2SP tlog-proof), a second or two after the delivery is done; until then 409, `E-LOG-EARLY`. " +
		"Its fact `root` is the root of the delivery's own receipt in hex, to which the proof of each row leads.",
		Params: []apikit.Param{idParam()}, Answers: []apikit.Answer{{Status: http.StatusOK, Type: mediaText, Why: "The receipt from the log."}}}
}

func proofDoc() apikit.Doc {
	return apikit.Doc{ID: "proof", Text: "The receipt with the way of one row to its root (C2SP tlog-proof). What is said of the row stands under extra: its outcome in one byte, and a commitment to its content.",
		Params:  []apikit.Param{idParam(), {Name: "row", Why: "Number of the row, from 1.", Type: "integer", Least: 1, Example: 1}},
		Answers: []apikit.Answer{{Status: http.StatusOK, Type: mediaText, Why: "The proof."}}}
}
