package inquiryapi

import (
	"context"
	"fmt"
	"time"

	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/kit/apikit"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/scheme"
)

// Question is the body of an inquiry.
type Question struct {
	Purpose string  `json:"purpose" minLength:"1" maxLength:"60" pattern:"^[a-z0-9-]+$" doc:"Code of a purpose; see GET /purposes." example:"food-licence-application"`
	Basis   string  `json:"basis" enum:"consent,statute" doc:"What the inquiry rests on."`
	Case    string  `json:"case,omitempty" maxLength:"100" doc:"The case reference, in the purpose's format; none for a purpose on consent." example:"FL2026-000123"`
	Reason  string  `json:"reason,omitempty" maxLength:"500" doc:"Why you ask, in your words. The person reads it." example:"Application of 2 March 2026"`
	Person  Subject `json:"person" doc:"Whom you ask about."`
}

// Subject is the person asked about: exact identifier, matched exactly.
type Subject struct {
	IDType   string `json:"id_type" minLength:"1" maxLength:"40" doc:"Kind of identifier: one of those that the pack takes."`
	IDNumber string `json:"id_number" minLength:"1" maxLength:"100" doc:"The identifier as it stands on the document."`
	Name     string `json:"name,omitempty" maxLength:"400" doc:"Checked for its form only; the answer does not depend on it."`
}

// Result is the answer to an inquiry.
type Result struct {
	Inquiry   string   `json:"inquiry" doc:"Number of the inquiry, in your file and in the person's list of who looked."`
	At        string   `json:"at" format:"date-time" doc:"The instant that the answer is true for."`
	Purpose   string   `json:"purpose" doc:"As it was asked."`
	Basis     string   `json:"basis" enum:"consent,statute" doc:"As it was asked."`
	Pack      string   `json:"pack" doc:"The version of the law's pack that decided."`
	Outcome   string   `json:"outcome" enum:"records,nothing to show,not answered" doc:"One of the three that exist."`
	Statement string   `json:"statement,omitempty" doc:"What an answer without records says, and what it does not say."`
	Subject   string   `json:"subject,omitempty" pattern:"^[0-9a-f]{32}$" doc:"The person's pseudonym for your body; only with records. No other body has the same."`
	Records   []Record `json:"records,omitempty" nullable:"false" doc:"Only with the outcome records, and never empty then."`
	UseBefore string   `json:"use_before,omitempty" format:"date" doc:"Last day on which the answer may be relied on; not where nothing was answered."`
	Replayed  bool     `json:"replayed,omitzero" doc:"The same key brought records before: this look stands in the person's list again, marked as a repeat."`
}

// Record is one record, reduced to the fields that the purpose may see.
type Record struct {
	Type       string            `json:"type" doc:"Code of the type; see GET /types."`
	Label      map[string]string `json:"label" doc:"Name of the type, by language."`
	Source     string            `json:"source" doc:"Code of the body that filed the record and answers for it."`
	Start      string            `json:"start" format:"date" doc:"Day of the event that the record is about."`
	DisplayEnd string            `json:"display_end" format:"date" doc:"Last day on which it may be shown."`
	Fields     map[string]string `json:"fields" doc:"Values by field, in order of names."`
}

// NotAnswered is what stands in an answer that was not given, the same for every
// cause (rules B1).
const NotAnswered = "This inquiry was not answered. That is said alike where there is no right to ask for this purpose, no valid consent, " +
	"or a stop. It says nothing about whether the person or a record exists."

// instant is RFC 3339 to the microsecond, always of one length: answers of one
// outcome have one length too.
const instant = "2006-01-02T15:04:05.000000Z07:00"

// maxPurpose is the longest code of a purpose.
const maxPurpose = 60

// read reads the body of an inquiry.
func (c Config) read(call *apikit.Call) (inquiry.Request, error) {
	var q Question
	if err := call.JSON(&q); err != nil {
		return inquiry.Request{}, err
	}
	return q.Request(call.Key, c.Service.Shelf.At(call.Now), call.Now)
}

// admit looks up who asks, and whom a request that can be read is about.
func (c Config) admit(ctx context.Context, token string, now time.Time, asked *inquiry.Request) (party.Admitted, error) {
	if asked == nil {
		return c.Admit(ctx, token, now, nil)
	}
	return c.Admit(ctx, token, now, &asked.Person)
}

func (c Config) ask(ctx context.Context, who party.Admitted, request inquiry.Request, call *apikit.Call) (apikit.Reply, error) {
	answer, err := c.Service.AskAbout(ctx, who, request, call.Now)
	if err != nil {
		return apikit.Reply{}, err
	}
	result, err := c.result(answer)
	if err != nil {
		return apikit.Reply{}, err
	}
	body, err := result.encode()
	return apikit.Reply{Body: body}, err
}

// Request reads a question, or says everything that is wrong with its form. It
// depends on the request and the pack alone.
func (q Question) Request(key string, p *law.Pack, now time.Time) (inquiry.Request, error) {
	var out apikit.Faults
	if !isCode(q.Purpose) {
		out = append(out, fault.New(fault.Invalid, "E-PURPOSE-FORM",
			"The purpose is not a code of at most 60 lower-case letters, digits and dashes. Nothing was looked up. Purposes are listed under /purposes.").At("purpose"))
	}
	name := q.Person.Name
	identity, faults := party.ParseIdentity(p.Scheme(q.Person.IDType), q.Person.IDNumber, name, "", p.Today(now))
	for _, f := range faults {
		if f.Field == "name" && name == "" || f.Code == "E-BIRTH-MISSING" {
			continue // a body may know the number only
		}
		out = append(out, f.At("person."+f.Field))
	}
	if len(out) > 0 {
		return inquiry.Request{}, out
	}
	return inquiry.Request{Key: key, Purpose: q.Purpose, Basis: inquiry.Basis(q.Basis), Case: q.Case, Reason: q.Reason, Person: identity}, nil
}

func isCode(s string) bool {
	for i := range len(s) {
		if ch := s[i]; ch != '-' && (ch < 'a' || ch > 'z') && (ch < '0' || ch > '9') {
			return false
		}
	}
	return s != "" && len(s) <= maxPurpose
}

// result writes an answer. What the outcome does not need is left out, so that
// nothing but the outcome can be told from it: a repeat, too, would tell that
// there is a file.
func (c Config) result(a inquiry.Answer) (Result, error) {
	out := Result{Inquiry: a.Inquiry.String(), At: a.At.UTC().Format(instant), Purpose: a.Purpose, Basis: string(a.Basis),
		Pack: a.Pack, Outcome: a.Outcome.String()}
	switch a.Outcome {
	case inquiry.NotAnswered:
		out.Statement = NotAnswered
	case inquiry.NothingToShow:
		out.Statement, out.UseBefore = inquiry.Statement, a.UseBefore.String()
	case inquiry.Records:
		out.Subject, out.UseBefore, out.Replayed = a.Subject, a.UseBefore.String(), a.Replayed
		for _, d := range a.Records {
			r, err := c.record(law.Under(c.Service.Shelf, a.Pack, a.At), d)
			if err != nil {
				return Result{}, err
			}
			out.Records = append(out.Records, r)
		}
	}
	return out, nil
}

func (c Config) record(p *law.Pack, d inquiry.Disclosed) (Record, error) {
	t, known := p.Type(d.Type)
	source, there := c.Bodies(d.Source)
	if !known || !there {
		return Record{}, fmt.Errorf("a record of type %s from body %s, of which one is not known", d.Type, d.Source)
	}
	return Record{Type: d.Type, Label: t.Labels, Source: source, Start: d.Start.String(), DisplayEnd: d.DisplayEnd.String(), Fields: d.Fields}, nil
}

func askDoc() apikit.Doc {
	kind, number := scheme.Sample()
	question := Question{Purpose: "food-licence-application", Basis: "statute", Case: "FL2026-000123", Reason: "Sample: an application of a made-up person",
		Person: Subject{IDType: kind, IDNumber: number}}
	return apikit.Doc{
		ID:   "ask",
		Body: question,
		Text: "The look is in the person's list when the answer leaves. One of three outcomes comes back: `records`; `nothing to show`, which does not say that nothing exists; " +
			"and `not answered`, alike for every cause. Keep the answer with its headers: the signature proves what you were told.",
		Answers: []apikit.Answer{{Status: 200, Why: "One of the three outcomes.", Of: Result{}}},
	}
}
