// Package disputeapi is how a source's program reads and answers contests of its
// records, and how those who decide move a clock, over HTTP.
//
// It promises what the room promises: who opens a contest stands in the person's list of
// look-ups, who filed the record does not answer, and a contest of others is not there.
package disputeapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"recourse/internal/dispute"
	"recourse/internal/fault"
	"recourse/internal/kit/apikit"
	"recourse/internal/party"
	"recourse/internal/ref"
)

// Config is what the calls of the room need. All fields are needed.
type Config struct {
	Service      *dispute.Service
	Authenticate apikit.Authenticator[party.Clerk]
	Source       apikit.Authenticator[party.Clerk] // those who answer for what their body filed
}

// Routes returns the calls of the room.
func Routes(c Config) ([]apikit.Route, error) {
	if c.Service == nil || c.Authenticate == nil || c.Source == nil {
		return nil, errors.New("disputeapi: Service, Authenticate and Source are needed")
	}
	caller := func(who party.Clerk) apikit.Caller { return apikit.Caller{Clerk: who.ID, Body: who.Body.ID} }
	type call = func(context.Context, party.Clerk, *apikit.Call) (apikit.Reply, error)
	of := func(who apikit.Authenticator[party.Clerk]) func(method, path, why string, do call, doc apikit.Doc) apikit.Route {
		return func(method, path, why string, do call, doc apikit.Doc) apikit.Route {
			return apikit.Route{Method: method, Path: path, Who: apikit.Holder, Why: why, Serve: apikit.ForHolder(who, caller, do), Doc: doc}
		}
	}
	row, source := of(c.Authenticate), of(c.Source)
	return []apikit.Route{
		source(http.MethodGet, "/contests", "Contests of your records that wait for your answer.", c.list, listDoc()),
		row(http.MethodGet, "/contests/{contest}", "One contest: what the person says and sent. The person sees that you looked.", c.one, oneDoc()),
		row(http.MethodGet, "/contests/{contest}/papers/{paper}", "One file of a contest.", c.paper, paperDoc()),
		source(http.MethodPost, "/contests/{contest}/answer", "Answer a contest as its source, on each ground.", c.answer, answerDoc()),
		row(http.MethodPost, "/contests/{contest}/extension", "Grant the one extension that the law gives; for who decides.", c.extend, extendDoc()),
		row(http.MethodPost, "/contests/{contest}/pause", "Let the clock wait for the person's own evidence; for who decides.", c.pause, pauseDoc()),
	}, nil
}

// Contest is a contest without its papers.
type Contest struct {
	Contest  string   `json:"contest"`
	Record   string   `json:"record" doc:"Number of the record here."`
	Type     string   `json:"type"`
	State    string   `json:"state" enum:"open,taken back,decided,in review,reviewed,lapsed"`
	Grounds  []string `json:"grounds" nullable:"false"`
	Opened   string   `json:"opened" format:"date-time"`
	AnswerBy string   `json:"answer_by" format:"date" doc:"Last day for the source's answer."`
	Due      string   `json:"due" format:"date" doc:"Last day for the decision; after it the record is shown to nobody until it is decided."`
	Answered bool     `json:"answered"`
}

func written(c dispute.Contest) Contest {
	out := Contest{Contest: c.ID.String(), Record: c.Record.String(), Type: c.Type, State: string(c.State), Grounds: []string{}, Opened: c.OpenedAt.UTC().Format(time.RFC3339Nano),
		AnswerBy: c.AnswerBy.String(), Due: c.Clock.Due.String(), Answered: len(c.Answers) > 0}
	for _, g := range c.Grounds {
		out.Grounds = append(out.Grounds, string(g))
	}
	return out
}

// ContestList is the contests that wait, those due first.
type ContestList struct {
	Contests []Contest `json:"contests" nullable:"false"`
}

func (c Config) list(ctx context.Context, who party.Clerk, _ *apikit.Call) (apikit.Reply, error) {
	list, err := c.Service.Questions(ctx, who)
	if err != nil {
		return apikit.Reply{}, err
	}
	out := ContestList{Contests: make([]Contest, len(list))}
	for i := range list {
		out.Contests[i] = written(list[i])
	}
	return apikit.JSON(out)
}

// ContestPaper is one thing that was written or sent.
type ContestPaper struct {
	Paper  string `json:"paper"`
	What   string `json:"what" enum:"words,evidence,reply,proof,reasons,appeal,certificate,document,copy,help"`
	Ground string `json:"ground,omitempty"`
	At     string `json:"at" format:"date-time"`
	Text   string `json:"text,omitempty"`
	Help   string `json:"help,omitempty" enum:"interpreter,sign-language,read-aloud,plain-words" doc:"What help the person asks for, for who decides: arrange it with them."`
	Media  string `json:"media,omitempty" doc:"Of a file; fetch it by its number."`
	Aside  bool   `json:"aside,omitzero" doc:"It names third persons: the other side is given nothing of it but its copy."`
	Of     string `json:"of,omitempty" doc:"Of a copy: the number of the file that it is of."`
}

// ContestCase is a contest with its papers and the record as it was filed.
type ContestCase struct {
	Contest
	Fields map[string]string `json:"fields,omitempty" doc:"Of the record; absent where its content is gone."`
	Papers []ContestPaper    `json:"papers" nullable:"false"`
}

func (c Config) one(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	id, err := number(call)
	if err != nil {
		return apikit.Reply{}, err
	}
	k, err := c.Service.Case(ctx, who, id, call.Now)
	if err != nil {
		return apikit.Reply{}, err
	}
	out := ContestCase{Contest: written(k.Contest), Fields: k.Fields, Papers: []ContestPaper{}}
	for _, p := range k.Papers {
		one := ContestPaper{Paper: p.ID.String(), What: string(p.What), Ground: string(p.Ground), At: p.At.UTC().Format(time.RFC3339Nano), Text: p.Content.Text, Help: p.Content.Help, Media: p.Media, Aside: p.Aside}
		if !p.Of.IsZero() {
			one.Of = p.Of.String()
		}
		out.Papers = append(out.Papers, one)
	}
	return apikit.JSON(out)
}

func (c Config) paper(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	id, err := number(call)
	if err != nil {
		return apikit.Reply{}, err
	}
	file, err := ref.Parse[ref.Paper](call.Param("paper"))
	if err != nil {
		return apikit.Reply{}, dispute.ErrNotFound
	}
	p, err := c.Service.CasePaper(ctx, who, id, file, call.Now)
	if err != nil {
		return apikit.Reply{}, err
	}
	return apikit.Reply{Type: p.Media, Body: p.Content.Data, Header: http.Header{"Content-Disposition": {"attachment"}}}, nil
}

func number(call *apikit.Call) (ref.Contest, error) {
	id, err := ref.Parse[ref.Contest](call.Param("contest"))
	if err != nil {
		return id, dispute.ErrNotFound
	}
	return id, nil
}

// SourceAnswer is what a source says.
type SourceAnswer struct {
	Officer string         `json:"officer" minLength:"1" maxLength:"100" doc:"Name and office of somebody who did not file the record. The person reads it."`
	Grounds []GroundAnswer `json:"grounds" nullable:"false" minItems:"1" doc:"One for each ground of the contest."`
}

// GroundAnswer is what a source says on one ground.
type GroundAnswer struct {
	Ground   string `json:"ground" enum:"wrong-person,wrong-fact,settled,never-told,should-have-ended,decision-annulled,no-legal-basis"`
	Position string `json:"position" enum:"stands,will mend,takes back,cannot show"`
	Reason   string `json:"reason,omitempty" maxLength:"2000" doc:"Why, on what evidence. Needed where the record stands."`
}

func (c Config) answer(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	var a SourceAnswer
	id, err := number(call)
	if err == nil {
		err = call.JSON(&a)
	}
	if err != nil {
		return apikit.Reply{}, err
	}
	said := map[dispute.Ground]dispute.Said{}
	for _, g := range a.Grounds {
		if _, twice := said[dispute.Ground(g.Ground)]; twice {
			return apikit.Reply{}, fault.New(fault.Invalid, "E-CONTEST-ANSWER", "A ground is answered twice. Nothing was sent; answer each once.").At("grounds")
		}
		said[dispute.Ground(g.Ground)] = dispute.Said{Position: dispute.Position(g.Position), Text: g.Reason}
	}
	return reply(c.Service.Answer(ctx, who, id, dispute.Answering{Officer: a.Officer, Said: said, Key: call.Key}, call.Now))
}

func reply(k dispute.Contest, err error) (apikit.Reply, error) {
	if err != nil {
		return apikit.Reply{}, err
	}
	return apikit.JSON(written(k))
}

func (c Config) extend(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	id, err := number(call)
	if err != nil {
		return apikit.Reply{}, err
	}
	return reply(c.Service.Extend(ctx, who, id, call.Now))
}

// ClockPause is for how long a clock waits.
type ClockPause struct {
	Days int `json:"days" minimum:"1" maximum:"400" doc:"Working days where the clock counts them, else days of the calendar."`
}

func (c Config) pause(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	var p ClockPause
	id, err := number(call)
	if err == nil {
		err = call.JSON(&p)
	}
	if err != nil {
		return apikit.Reply{}, err
	}
	return reply(c.Service.Wait(ctx, who, id, p.Days, call.Now))
}

func of(names ...string) []apikit.Param {
	why := map[string]string{"contest": "The number of the contest.", "paper": "The number of the paper."}
	out := make([]apikit.Param, len(names))
	for i, n := range names {
		out[i] = apikit.Param{Name: n, Why: why[n], Type: "string"}
	}
	return out
}

func listDoc() apikit.Doc {
	return apikit.Doc{ID: "contests", Answers: []apikit.Answer{{Status: 200, Why: "What waits, at most 200; those due first.", Of: ContestList{}}}}
}

func oneDoc() apikit.Doc {
	return apikit.Doc{ID: "contest", Params: of("contest"), Text: "Each look stands in the person's list.", Answers: []apikit.Answer{{Status: 200, Why: "The contest.", Of: ContestCase{}}}}
}

func paperDoc() apikit.Doc {
	return apikit.Doc{ID: "contest-paper", Params: of("contest", "paper"), Answers: []apikit.Answer{{Status: 200, Why: "The file, as it was sent.", Type: "application/octet-stream"}}}
}

func answerDoc() apikit.Doc {
	return apikit.Doc{ID: "answer-contest", Params: of("contest"),
		Body:    SourceAnswer{Officer: "Sample Officer, legal department", Grounds: []GroundAnswer{{Ground: "wrong-fact", Position: "stands", Reason: "The decision says so; its copy is kept under the same number."}}},
		Text:    "By somebody who did not file the record. To answer again adds to what was said; on each ground the last counts. Two people of the registry decide, whatever you answer.",
		Answers: []apikit.Answer{{Status: 200, Why: "The contest, answered.", Of: Contest{}}}}
}

func extendDoc() apikit.Doc {
	return apikit.Doc{ID: "extend-contest", Params: of("contest"), Text: "Once, before the clock has run out, where the pack gives one. The person is written why and until when.",
		Answers: []apikit.Answer{{Status: 200, Why: "The contest with its clock.", Of: Contest{}}}}
}

func pauseDoc() apikit.Doc {
	return apikit.Doc{ID: "pause-contest", Params: of("contest"), Body: ClockPause{Days: 3}, Text: "Only for the person's own evidence, all pauses together at most half of the clock (rules D2). The person is written about it.",
		Answers: []apikit.Answer{{Status: 200, Why: "The contest with its clock.", Of: Contest{}}}}
}
