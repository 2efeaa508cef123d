package inquiryapi

import (
	"context"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/apikit"
	"recourse/internal/party"
	"recourse/internal/ref"
)

// WaitingList is what waits for a second person of a body (rules G4).
type WaitingList struct {
	Waiting []WaitingItem `json:"waiting" nullable:"false" doc:"The one that ends first is first; at most 200."`
}

// WaitingItem is one request that waits. Whom it is about is not in it: who confirms
// enters that again from the body's own file.
type WaitingItem struct {
	Inquiry string `json:"inquiry" doc:"The number that the inquiry will have."`
	Purpose string `json:"purpose"`
	Staff   string `json:"staff" doc:"Your body's number for the person who asks."`
	At      string `json:"at" format:"date-time" doc:"When it was asked."`
	Until   string `json:"until" format:"date-time" doc:"When it ends by itself."`
}

// Confirmed says that a second person confirmed.
type Confirmed struct {
	Inquiry string `json:"inquiry"`
	At      string `json:"at" format:"date-time"`
}

// CaseQuestion names a case.
type CaseQuestion struct {
	Purpose string `json:"purpose" minLength:"1" maxLength:"60" pattern:"^[a-z0-9-]+$" doc:"Code of a purpose under a statute."`
	Case    string `json:"case" minLength:"1" maxLength:"100" doc:"The case reference, in the purpose's format."`
}

// Closed says that a case is closed.
type Closed struct {
	At string `json:"at" format:"date-time"`
}

func (c Config) holder(ctx context.Context, p apikit.Presented, now time.Time) (party.Admitted, error) {
	return c.Admit(ctx, p, now, nil)
}

// plainCaller says that a call counts for the clerk and the body.
func plainCaller(who party.Admitted) apikit.Caller {
	return apikit.Caller{Clerk: who.Clerk.ID, Body: who.Clerk.Body.ID}
}

func (c Config) waiting(ctx context.Context, who party.Admitted, call *apikit.Call) (apikit.Reply, error) {
	list, err := c.Service.Waiting(ctx, who.Clerk, call.Now)
	if err != nil {
		return apikit.Reply{}, err
	}
	out := WaitingList{Waiting: []WaitingItem{}}
	for _, p := range list {
		out.Waiting = append(out.Waiting, WaitingItem{Inquiry: p.Inquiry.String(), Purpose: p.Purpose, Staff: p.By.StaffNumber,
			At: p.At.UTC().Format(instant), Until: p.Until.UTC().Format(instant)})
	}
	return apikit.JSON(out)
}

// errNumber is alike for what cannot be a number and for one that is not there.
var errNumber = fault.New(fault.NotFound, "E-SECOND-NONE",
	"Your body has no request of this number that waits. It may have been confirmed or have ended. Nothing was changed.").By("G4")

func (c Config) confirm(ctx context.Context, who party.Admitted, call *apikit.Call) (apikit.Reply, error) {
	request, err := c.read(call)
	if err != nil {
		return apikit.Reply{}, err
	}
	id, err := ref.Parse[ref.Inquiry](call.Param("number"))
	if err != nil {
		return apikit.Reply{}, errNumber
	}
	if err := c.Service.Confirm(ctx, who.Clerk, id, request, call.Now); err != nil {
		return apikit.Reply{}, err
	}
	return apikit.JSON(Confirmed{Inquiry: id.String(), At: call.Now.UTC().Format(instant)})
}

func (c Config) closeCase(ctx context.Context, who party.Admitted, call *apikit.Call) (apikit.Reply, error) {
	var q CaseQuestion
	if err := call.JSON(&q); err != nil {
		return apikit.Reply{}, err
	}
	if err := c.Service.CloseCase(ctx, who.Clerk, q.Purpose, q.Case, call.Now); err != nil {
		return apikit.Reply{}, err
	}
	return apikit.JSON(Closed{At: call.Now.UTC().Format(instant)})
}

func waitingDoc() apikit.Doc {
	return apikit.Doc{ID: "waiting", Text: "Requests of your body for sensitive types wait for a second person at most 24 hours.",
		Answers: []apikit.Answer{{Status: 200, Why: "What waits for a second person of your body.", Of: WaitingList{}}}}
}

func confirmDoc() apikit.Doc {
	return apikit.Doc{ID: "confirm", Body: sampleQuestion(),
		Text: "Enter the whole question again, from your body's own file: it must be the one that was asked, by somebody else of your body. `reason` is not compared. " +
			"You are shown nothing. Who asked sends the same inquiry once more, with the same `Idempotency-Key`, and is answered.",
		Params:  []apikit.Param{{Name: "number", Why: "The number of the request; see GET /inquiries/waiting.", Type: "string"}},
		Answers: []apikit.Answer{{Status: 200, Why: "It is confirmed.", Of: Confirmed{}}}}
}

func closeDoc() apikit.Doc {
	return apikit.Doc{ID: "close-case", Body: CaseQuestion{Purpose: "food-licence-application", Case: "FL2026-000123"},
		Text:    "In a closed case nobody new is answered about, and whoever tries is noted in the journal. It says nothing about whether the case was ever used.",
		Answers: []apikit.Answer{{Status: 200, Why: "The case is closed.", Of: Closed{}}}}
}
