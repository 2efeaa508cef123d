package inquiryweb

import (
	"context"
	"errors"
	"slices"
	"strings"

	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// errNotOffered is the answer for a purpose that the body may not ask for, and for
// one that does not exist: alike.
var errNotOffered = fault.New(fault.NotFound, "E-PURPOSE", "Your body may not ask for this purpose, or there is no such purpose. Nothing was looked up. Choose one of those listed.")

// question is what was filled in.
type question struct {
	purpose                            law.Purpose
	key                                string
	idType, number, name, file, reason string
}

// find returns the offered purpose of that code.
func (a *Asker) find(v webkit.Visit, code string) (law.Purpose, error) {
	for _, u := range a.offered(v) {
		if u.Code == code {
			return u, nil
		}
	}
	return law.Purpose{}, errNotOffered
}

// form shows the empty form. Its key makes a form that is sent twice one inquiry.
func (a *Asker) form(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	u, err := a.find(v, v.Query.Get("purpose"))
	if err != nil {
		return nil, err
	}
	key, err := ref.Mint[ref.Inquiry](a.Chance)
	if err != nil {
		return nil, err
	}
	return a.formPage(v, question{purpose: u, key: key.String()}, nil), nil
}

func (a *Asker) formPage(v webkit.Visit, q question, mend []webkit.Mend) webkit.Page {
	w := a.words.In(v.Lang)
	view := formView{askView: askView{a: a, w: w, v: v, rules: a.Service.Shelf.At(v.Now)}, q: q, mend: mend}
	return webkit.Page{Title: w.Form.Title.String(), Nav: askPath, Mend: mend, Back: webkit.Link{Path: askPath, Text: w.Title.String()}, Content: formPage(view)}
}

type formView struct {
	askView
	q       question
	mend    []webkit.Mend
	pending *inquiry.Pending // the request that is confirmed; nil where the form asks
}

func (p formView) wrong(field string) bool {
	return slices.ContainsFunc(p.mend, func(m webkit.Mend) bool { return m.Field == field })
}

// kept is what was filled in, to be sent again as it is.
func (p formView) kept() []line {
	return []line{{"purpose", p.q.purpose.Code}, {"key", p.q.key}, {"id_type", p.q.idType}, {"id_number", p.q.number}, {"name", p.q.name},
		{"case", p.q.file}, {"reason", p.q.reason}}
}

// described names what is said about a field.
func (p formView) described(field string, hint bool) string {
	var ids []string
	if hint {
		ids = append(ids, field+"-hint")
	}
	if p.wrong(field) {
		ids = append(ids, field+"-wrong")
	}
	return strings.Join(ids, " ")
}

// read reads a form, and says what is wrong with it.
func (a *Asker) read(v webkit.Visit) (question, inquiry.Request, []webkit.Mend, error) {
	u, err := a.find(v, v.Form.Get("purpose"))
	if err != nil {
		return question{}, inquiry.Request{}, nil, err
	}
	q := question{purpose: u, key: v.Form.Get("key"), idType: v.Form.Get("id_type"), number: v.Form.Get("id_number"), name: v.Form.Get("name"),
		file: strings.TrimSpace(v.Form.Get("case")), reason: strings.TrimSpace(v.Form.Get("reason"))}
	id, mend := a.identity(v, q, a.Service.Shelf.At(v.Now))
	if !u.CaseOK(q.file) {
		mend = append(mend, a.mend(v, fault.New(fault.Invalid, "E-CASE", "").At("case")))
	}
	return q, inquiry.Request{Key: q.key, Purpose: u.Code, Basis: inquiry.Basis(u.Basis), Case: q.file, Reason: q.reason, Person: id}, mend, nil
}

// ask puts the question and shows the answer. It stands on the page of the form:
// an address of its own would let the answer be asked for again unseen.
func (a *Asker) ask(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	q, request, mend, err := a.read(v)
	if err != nil {
		return nil, err
	}
	if len(mend) > 0 {
		return a.formPage(v, q, mend), nil
	}
	clerk, err := a.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	if err := a.Count(clerk, request.Purpose); err != nil {
		return nil, err
	}
	answer, err := a.Service.Ask(ctx, clerk, request, v.Now)
	var wrong *fault.Error
	if errors.As(err, &wrong) && wrong.Kind == fault.Invalid && slices.Contains([]string{"case", "reason"}, wrong.Field) {
		return a.formPage(v, q, []webkit.Mend{a.mend(v, wrong)}), nil
	}
	if wrong != nil && wrong.Code == inquiry.Awaited {
		return a.waits(ctx, v, clerk, q)
	}
	if err != nil {
		return nil, err
	}
	w := a.words.In(v.Lang)
	view := answerView{askView: askView{a: a, w: w, v: v, rules: law.Under(a.Service.Shelf, answer.Pack, v.Now)}, q: q, answer: answer}
	return webkit.Page{Title: w.Answer.Title.String(), Nav: askPath, Back: webkit.Link{Path: askPath, Text: w.Title.String()}, Content: answerPage(view)}, nil
}

// identity reads whom the question is about. The name is not needed.
func (a *Asker) identity(v webkit.Visit, q question, p *law.Pack) (party.Identity, []webkit.Mend) {
	id, faults := party.ParseIdentity(p.Scheme(q.idType), q.number, q.name, "", p.Today(v.Now))
	var mend []webkit.Mend
	for _, f := range faults {
		if f.Field == "name" && strings.TrimSpace(q.name) == "" || f.Code == "E-BIRTH-MISSING" {
			continue // the number names the person
		}
		mend = append(mend, a.mend(v, f))
	}
	return id, mend
}

// mend says what is wrong with a field in the language of the visit.
func (a *Asker) mend(v webkit.Visit, f *fault.Error) webkit.Mend {
	what, fix, ok := a.Say(f.Code, v.Lang)
	if !ok {
		what = f.Text
	}
	return webkit.Mend{Field: f.Field, Text: strings.TrimSpace(what + " " + fix)}
}

type answerView struct {
	askView
	q      question
	answer inquiry.Answer
}

// source names the body that filed a record.
func (p answerView) source(id ref.Body) string {
	if b, ok := p.rules.Body(p.a.BodyCode(id)); ok {
		return b.Names[p.v.Lang]
	}
	return id.String()
}

// line is one field of a record as a reader sees it.
type line struct{ name, value string }

func (p answerView) title(d inquiry.Disclosed) string { return p.typeLabel(d.Type) }

func (p answerView) typeLabel(code string) string {
	if t, ok := p.rules.Type(code); ok {
		return t.Labels[p.v.Lang]
	}
	return code
}

// relied reports whether the answer has something that may be relied on.
func (p answerView) relied() bool {
	return p.answer.Outcome == inquiry.Records || p.answer.Outcome == inquiry.NothingToShow
}

// caseWord is what the number of a matter is called.
func (p answerView) caseWord() string {
	if p.q.purpose.Basis == law.Consent {
		return p.w.Form.Application.String()
	}
	return p.w.Answer.Case.String()
}

// lines are the fields that the purpose may see, in the order of the type.
func (p answerView) lines(d inquiry.Disclosed) []line {
	t, ok := p.rules.Type(d.Type)
	if !ok {
		return nil
	}
	var out []line
	for _, f := range t.Fields {
		value, there := d.Fields[f.Name]
		if !there {
			continue
		}
		for _, v := range f.Values {
			if v.Code == value {
				value = v.Labels[p.v.Lang]
				break
			}
		}
		if d, err := when.Parse(value); err == nil && f.Kind == "date" {
			value = p.v.Dates.Day(d)
		}
		out = append(out, line{f.Labels[p.v.Lang], value})
	}
	return out
}
