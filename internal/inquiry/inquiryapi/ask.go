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
	Case    string  `json:"case,omitempty" maxLength:"100" doc:"Under a statute the case reference, in the purpose's format. On consent your number of the application, or nothing: a consent is answered on once for each." example:"FL2026-000123"`
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
	Outcome   string   `json:"outcome" enum:"records,nothing to show,not answered,ask the issuing authority" doc:"One of the three that exist, or, for a licence on which life or health depends, where to ask."`
	Statement string   `json:"statement,omitempty" doc:"What an answer without records says, and what it does not say."`
	Subject   string   `json:"subject,omitempty" pattern:"^[0-9a-f]{32}$" doc:"The person's pseudonym for your body; only with records. No other body has the same."`
	Records   []Record `json:"records,omitempty" nullable:"false" doc:"Only with the outcome records, and never empty then."`
	Refer     []Refer  `json:"refer,omitempty" nullable:"false" doc:"Licences that are not shown: only the issuing authority can say today whether they are in force. May stand beside records."`
	UseBefore string   `json:"use_before,omitempty" format:"date" doc:"Last day on which the answer may be relied on; not where nothing was answered or shown."`
	Receipt   string   `json:"receipt,omitempty" pattern:"^[A-Za-z0-9_-]{86}$" doc:"Exchange it under GET /receipts/{stub} for the receipt from the public log. Do not use an answer whose receipt does not come."`
	Replayed  bool     `json:"replayed,omitzero" doc:"The same key brought records before: this look stands in the person's list again, marked as a repeat."`
}

// Record is one record, reduced to the fields that the purpose may see.
type Record struct {
	Type        string            `json:"type" doc:"Code of the type; see GET /types."`
	Label       map[string]string `json:"label" doc:"Name of the type, by language."`
	Source      string            `json:"source" doc:"Code of the body that filed the record and answers for it."`
	Start       string            `json:"start" format:"date" doc:"Day of the event that the record is about."`
	DisplayEnd  string            `json:"display_end" format:"date" doc:"Last day on which it may be shown."`
	Disputed    bool              `json:"disputed,omitzero" doc:"The person contests the record and nobody has decided yet: do not take it as settled."`
	Provisional bool              `json:"provisional,omitzero" doc:"The decision has effect at once, for danger to life or health: shown to your body because the statute names it, before the person could answer. It ends by itself on display_end where no hearing follows."`
	OwnWords    string            `json:"own_words,omitempty" maxLength:"500" doc:"What the person says about the record, in their own words, which nobody checked. Show it wherever you show the record."`
	Fields      map[string]string `json:"fields" doc:"Values by field, in order of names."`
}

// Refer names a type of licence and whom to ask about it (rules B2).
type Refer struct {
	Type  string            `json:"type" doc:"Code of the type; see GET /types."`
	Label map[string]string `json:"label" doc:"Name of the type, by language."`
	Ask   string            `json:"ask" doc:"Code of the body that filed the licence and answers for it."`
}

// NotAnswered is what stands in an answer that was not given, the same for every
// cause (rules B1).
const NotAnswered = "This inquiry was not answered. That is said alike where there is no right to ask for this purpose, no valid consent, " +
	"or a stop, and where your body was answered in this case or application before or the case is closed or about somebody else. " +
	"It says nothing about whether the person or a record exists."

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
func (c Config) admit(ctx context.Context, p apikit.Presented, now time.Time, asked *inquiry.Request) (party.Admitted, error) {
	if asked == nil {
		return c.Admit(ctx, p, now, nil)
	}
	return c.Admit(ctx, p, now, &asked.Person)
}

func (c Config) ask(ctx context.Context, who party.Admitted, request inquiry.Request, call *apikit.Call) (apikit.Reply, error) {
	if claim, body, signed := call.Signed(); signed {
		request.Proof = &inquiry.Proof{Key: claim.KeyID, Base: claim.Base, Signature: claim.Signature, Question: body}
	}
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
		Pack: a.Pack, Outcome: a.Outcome.String(), Receipt: a.Stub}
	switch a.Outcome {
	case inquiry.NotAnswered:
		out.Statement = NotAnswered
	case inquiry.NothingToShow:
		out.Statement, out.UseBefore = inquiry.Statement, a.UseBefore.String()
	case inquiry.Records:
		out.Subject, out.UseBefore, out.Replayed = a.Subject, a.UseBefore.String(), a.Replayed
		pack := law.Under(c.Service.Shelf, a.Pack, a.At)
		out.Records = make([]Record, 0, len(a.Records))
		for _, d := range a.Records {
			r, err := c.record(pack, d)
			if err != nil {
				return Result{}, err
			}
			out.Records = append(out.Records, r)
		}
	}
	return out, c.refer(&out, a)
}

// refer writes whom to ask about licences that are not shown.
func (c Config) refer(out *Result, a inquiry.Answer) error {
	for _, r := range a.Refer {
		t, known := law.Under(c.Service.Shelf, a.Pack, a.At).Type(r.Type)
		source, there := c.Bodies(r.Source)
		if !known || !there {
			return fmt.Errorf("a licence of type %s from body %s, of which one is not known", r.Type, r.Source)
		}
		out.Refer = append(out.Refer, Refer{Type: r.Type, Label: t.Labels, Ask: source})
	}
	if len(out.Refer) > 0 {
		out.Statement = inquiry.ReferStatement
	}
	return nil
}

func (c Config) record(p *law.Pack, d inquiry.Disclosed) (Record, error) {
	t, known := p.Type(d.Type)
	source, there := c.Bodies(d.Source)
	if !known || !there {
		return Record{}, fmt.Errorf("a record of type %s from body %s, of which one is not known", d.Type, d.Source)
	}
	return Record{Type: d.Type, Label: t.Labels, Source: source, Start: d.Start.String(), DisplayEnd: d.DisplayEnd.String(), Disputed: d.Disputed, Provisional: d.Provisional, OwnWords: d.Statement, Fields: d.Fields}, nil
}

// sampleQuestion is an inquiry about a made-up person.
func sampleQuestion() Question {
	kind, number := scheme.Sample()
	return Question{Purpose: "food-licence-application", Basis: "statute", Case: "FL2026-000123", Reason: "Sample: an application of a made-up person",
		Person: Subject{IDType: kind, IDNumber: number}}
}

func askDoc() apikit.Doc {
	return apikit.Doc{
		ID:   "ask",
		Body: sampleQuestion(),
		Text: "The look is in the person's list when the answer leaves. One of three outcomes comes back: `records`; `nothing to show`, which does not say that nothing exists; " +
			"and `not answered`, alike for every cause. In place of a licence on which life or health depends there may be `ask the issuing authority`, which says nothing of why. " +
			"A body is answered once in a case or application about a person; what one purpose may be asked in a day has a ceiling (429, `E-CEILING`). A purpose that sees a sensitive type " +
			"needs a second person (409, `E-SECOND`). Keep the answer with its headers: the signature proves what you were told.",
		Answers: []apikit.Answer{{Status: 200, Why: "One of the outcomes.", Of: Result{}}},
	}
}
