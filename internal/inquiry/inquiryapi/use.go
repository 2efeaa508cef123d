package inquiryapi

import (
	"context"

	"recourse/internal/inquiry"
	"recourse/internal/kit/apikit"
	"recourse/internal/party"
)

// Noting says what your body did with an answer.
type Noting struct {
	Receipt string `json:"receipt" minLength:"86" maxLength:"86" pattern:"^[A-Za-z0-9_-]{86}$" doc:"As it stood in the answer."`
	Effect  string `json:"effect" enum:"no effect,favourable,adverse" doc:"One of three; nothing in words is taken."`
	Given   bool   `json:"copy_given,omitzero" doc:"Of an adverse one: the person was given a copy of the answer and the reason. It may be added later."`
}

// Noted says what was noted.
type Noted struct {
	At     string `json:"at" format:"date-time"`
	Effect string `json:"effect" enum:"no effect,favourable,adverse"`
	CopyBy string `json:"copy_by,omitempty" format:"date" doc:"Last day on which the person is given a copy of the answer and the reason."`
}

func noteDoc() apikit.Doc {
	return apikit.Doc{ID: "noteUse", Body: Noting{Receipt: sampleStub, Effect: string(inquiry.Adverse)},
		Text:    "The person sees it beside the look-up. It is sealed, and gone with the look-up. What is adverse has a clock: give the person a copy of the answer and the reason by its day.",
		Answers: []apikit.Answer{{Status: 200, Why: "It was noted.", Of: Noted{}}}}
}

// sampleStub has the form of a stub and stands for nothing.
const sampleStub = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func (c Config) note(ctx context.Context, who party.Admitted, call *apikit.Call) (apikit.Reply, error) {
	var n Noting
	if err := call.JSON(&n); err != nil {
		return apikit.Reply{}, err
	}
	u, err := c.Service.Note(ctx, who.Clerk, inquiry.Noting{Stub: n.Receipt, Effect: inquiry.Effect(n.Effect), Given: n.Given}, call.Now)
	if err != nil {
		return apikit.Reply{}, err
	}
	out := Noted{At: u.At.UTC().Format(instant), Effect: string(u.Effect)}
	if u.Effect == inquiry.Adverse {
		out.CopyBy = u.CopyBy.String()
	}
	return apikit.JSON(out)
}
