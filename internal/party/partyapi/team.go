package partyapi

import (
	"context"
	"net/http"

	"recourse/internal/fault"
	"recourse/internal/kit/apikit"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// teamRoutes are the calls by which heads say who of their body may what.
func (c Config) teamRoutes() []apikit.Route {
	row := func(method, path, why string, do func(context.Context, party.Clerk, *apikit.Call) (apikit.Reply, error), doc apikit.Doc) apikit.Route {
		return apikit.Route{Method: method, Path: path, Who: apikit.Holder, Why: why, Serve: apikit.ForHolder(c.Authenticate, caller, do), Doc: doc}
	}
	motion := []apikit.Answer{{Status: 200, Why: "The motion as it stands.", Of: Motion{}}}
	done := []apikit.Answer{{Status: 200, Why: "It was done.", Of: Taken{}}}
	return []apikit.Route{
		row(http.MethodGet, "/staff", "The staff of your body, and what waits for a second head.", c.staff,
			apikit.Doc{ID: "staffOfBody", Answers: []apikit.Answer{{Status: 200, Why: "At most 1000; those who left last of all.", Of: Staff{}}}}),
		row(http.MethodPost, "/staff/motions", "Put a motion that gives somebody of your body a right, as a head of it.", c.put,
			apikit.Doc{ID: "putMotion", Body: sampleMotion(), Answers: motion, Text: "It changes nothing before another head has seconded it; after fourteen days it lapses."}),
		row(http.MethodPost, "/staff/motions/{id}/seconding", "Second, as another head, what a head put.", c.second,
			apikit.Doc{ID: "secondMotion", Params: motionParam(), Answers: motion, Text: "Of an invitation the answer holds the code for the first sign-in. It is shown once."}),
		row(http.MethodPost, "/staff/motions/{id}/dropping", "Drop, as a head, a motion of your body.", c.drop,
			apikit.Doc{ID: "dropMotion", Params: motionParam(), Answers: motion}),
		row(http.MethodPost, "/staff/endings", "Take something away from somebody of your body, at once, as a head of it.", c.take,
			apikit.Doc{ID: "endForStaff", Body: Ending{Clerk: ref.Clerk{1}.String(), End: "mandate", Desk: "ask"}, Answers: done,
				Text: "`mandate` ends one, `leave` ends a leave, `staff` lets somebody leave: tokens, sign-ins, keys and mandates end with it. Who leaves may say so themselves. The last head of a body cannot go."}),
	}
}

func motionParam() []apikit.Param {
	return []apikit.Param{{Name: "id", Why: "Number of the motion (G-…).", Type: "string"}}
}

// Staff is the staff of a body.
type Staff struct {
	Staff   []Member `json:"staff" nullable:"false"`
	Waiting []Motion `json:"waiting" nullable:"false" doc:"What waits for a second head."`
}

// Member is one of a body's staff.
type Member struct {
	Clerk        string    `json:"clerk"`
	Staff        string    `json:"staff" doc:"The body's own number."`
	TrainedUntil string    `json:"trained_until" format:"date"`
	Mandates     []Mandate `json:"mandates" nullable:"false" doc:"Those that hold or will."`
	AwayFrom     string    `json:"away_from,omitempty" format:"date"`
	AwayUntil    string    `json:"away_until,omitempty" format:"date"`
	LeftAt       string    `json:"left_at,omitempty" format:"date-time"`
	HandedTo     string    `json:"handed_to,omitempty" doc:"Who took over."`
}

// Mandate is what somebody may do, until when.
type Mandate struct {
	Desk   string `json:"desk" enum:"furnish,ask,decide,review,repair,post,supervise,operate,head"`
	From   string `json:"from" format:"date"`
	Until  string `json:"until" format:"date"`
	LentBy string `json:"lent_by,omitempty" doc:"Who is on leave and holds it of their own."`
}

// Motion is what a head wants to give somebody.
type Motion struct {
	Motion       string   `json:"motion,omitempty" doc:"Its number; not where it is put."`
	Kind         string   `json:"kind" enum:"invite,appoint,train,leave"`
	Clerk        string   `json:"clerk,omitempty" maxLength:"40" doc:"Whom it is about; not of an invitation."`
	Staff        string   `json:"staff,omitempty" maxLength:"64" doc:"Of an invitation: your body's own number for them; not a name."`
	Desks        []string `json:"desks,omitempty" maxItems:"9" nullable:"false" doc:"Of an invitation or appointment: furnish, ask, decide, review, repair, post, supervise, operate, head."`
	StandIn      string   `json:"stand_in,omitempty" maxLength:"40" doc:"Of a leave: who holds the mandates meanwhile."`
	From         string   `json:"from,omitempty" format:"date" doc:"First day of a leave."`
	Until        string   `json:"until" format:"date" doc:"Last day of the mandates, of the training record, or of the leave."`
	TrainedUntil string   `json:"trained_until,omitempty" format:"date" doc:"Of an invitation: last day of the training record."`
	PutBy        string   `json:"put_by,omitempty"`
	PutAt        string   `json:"put_at,omitempty" format:"date-time"`
	State        string   `json:"state,omitempty" enum:"waiting,seconded,dropped"`
	Code         string   `json:"code,omitempty" doc:"For the first sign-in, with the staff number, once, within seven days. Shown this once."`
}

// Ending takes something away.
type Ending struct {
	Clerk    string `json:"clerk" minLength:"1" maxLength:"40" doc:"Number of the member of staff (S-…)."`
	End      string `json:"end" enum:"mandate,leave,staff"`
	Desk     string `json:"desk,omitempty" maxLength:"20" doc:"Of a mandate."`
	HandedTo string `json:"handed_to,omitempty" maxLength:"40" doc:"Of who leaves: who takes over what waits for them."`
}

// Taken says that something was taken away.
type Taken struct {
	At string `json:"at" format:"date-time"`
}

func sampleMotion() Motion {
	return Motion{Kind: string(party.AppointTo), Clerk: ref.Clerk{1}.String(), Desks: []string{string(party.Asks)}, Until: "2027-06-30"}
}

func (c Config) staff(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	members, waiting, err := c.Team.List(ctx, who, call.Now)
	if err != nil {
		return apikit.Reply{}, err
	}
	out := Staff{Staff: []Member{}, Waiting: []Motion{}}
	for _, m := range members {
		one := Member{Clerk: m.ID.String(), Staff: m.StaffNumber, TrainedUntil: m.TrainedUntil.String(), Mandates: []Mandate{}, LeftAt: instant(m.EndedAt), HandedTo: number(m.HandedTo)}
		if m.AwayFrom != 0 {
			one.AwayFrom, one.AwayUntil = m.AwayFrom.String(), m.AwayUntil.String()
		}
		for _, o := range m.Mandates {
			one.Mandates = append(one.Mandates, Mandate{Desk: string(o.Desk), From: o.From.String(), Until: o.Until.String(), LentBy: number(o.LentBy)})
		}
		out.Staff = append(out.Staff, one)
	}
	for _, m := range waiting {
		out.Waiting = append(out.Waiting, written(m))
	}
	return apikit.JSON(out)
}

// number writes who somebody is; nothing where that is nobody.
func number(id ref.Clerk) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

func written(m party.Motion) Motion {
	out := Motion{Motion: m.ID.String(), Kind: string(m.Kind), Clerk: number(m.Clerk), Staff: m.Staff, StandIn: number(m.StandIn), From: m.From.String(), Until: m.Until.String(),
		PutBy: number(m.PutBy), PutAt: instant(m.PutAt), State: "waiting"}
	if m.Kind == party.Invite {
		out.TrainedUntil = m.Trained.String()
	}
	for _, d := range m.Desks {
		out.Desks = append(out.Desks, string(d))
	}
	if !m.EndedAt.IsZero() {
		out.State = "dropped"
	}
	if m.Seconded {
		out.State = "seconded"
	}
	return out
}

func (c Config) put(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	var a Motion
	if err := call.JSON(&a); err != nil {
		return apikit.Reply{}, err
	}
	m := party.Motion{Kind: party.MotionKind(a.Kind), Staff: a.Staff}
	for to, text := range map[*ref.Clerk]string{&m.Clerk: a.Clerk, &m.StandIn: a.StandIn} {
		if err := readNumber(text, to); err != nil {
			return apikit.Reply{}, err
		}
	}
	for to, text := range map[*when.Date]string{&m.From: a.From, &m.Until: a.Until, &m.Trained: a.TrainedUntil} {
		var err error
		if text == "" {
			continue
		}
		if *to, err = when.Parse(text); err != nil {
			return apikit.Reply{}, errUntil
		}
	}
	for _, d := range a.Desks {
		m.Desks = append(m.Desks, party.Desk(d))
	}
	if (m.Kind == party.Invite) != m.Clerk.IsZero() {
		return apikit.Reply{}, party.ErrHolder
	}
	return reply(c.Team.Put(ctx, who, m, call.Now))
}

func readNumber(text string, to *ref.Clerk) (err error) {
	if text == "" {
		return nil
	}
	if *to, err = ref.Parse[ref.Clerk](text); err != nil {
		return party.ErrHolder
	}
	return nil
}

func reply(m party.Motion, err error) (apikit.Reply, error) {
	if err != nil {
		return apikit.Reply{}, err
	}
	return apikit.JSON(written(m))
}

func (c Config) second(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	m, code, err := c.Team.Second(ctx, who, motionID(call), call.Now)
	if err != nil {
		return apikit.Reply{}, err
	}
	out := written(m)
	out.Code = code
	return apikit.JSON(out)
}

func (c Config) drop(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	return reply(c.Team.Drop(ctx, who, motionID(call), call.Now))
}

// motionID is the number in the path; what is none names no motion.
func motionID(call *apikit.Call) ref.Motion {
	id, err := ref.Parse[ref.Motion](call.Param("id"))
	if err != nil {
		return ref.Motion{}
	}
	return id
}

var errEnding = fault.New(fault.Invalid, "E-ENDING", "What ends is a mandate, a leave, or somebody's place on the staff. Nothing was changed; send mandate, leave or staff.").At("end")

func (c Config) take(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	var a Ending
	if err := call.JSON(&a); err != nil {
		return apikit.Reply{}, err
	}
	var id, to ref.Clerk
	if err := readNumber(a.Clerk, &id); err != nil {
		return apikit.Reply{}, err
	}
	if err := readNumber(a.HandedTo, &to); err != nil {
		return apikit.Reply{}, err
	}
	switch a.End {
	case "mandate":
		return taken(call, c.Team.Dismiss(ctx, who, id, party.Desk(a.Desk), call.Now))
	case "leave":
		return taken(call, c.Team.Return(ctx, who, id, call.Now))
	case "staff":
		return taken(call, c.Team.Part(ctx, who, id, to, call.Now))
	}
	return apikit.Reply{}, errEnding
}

func taken(call *apikit.Call, err error) (apikit.Reply, error) {
	if err != nil {
		return apikit.Reply{}, err
	}
	return apikit.JSON(Taken{At: instant(call.Now)})
}
