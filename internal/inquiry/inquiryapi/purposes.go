package inquiryapi

import (
	"context"

	"recourse/internal/kit/apikit"
	"recourse/internal/law"
)

// PurposeList is the public list of purposes.
type PurposeList struct {
	Pack      string        `json:"pack" doc:"The version of the law's pack."`
	Languages []string      `json:"languages" nullable:"false" doc:"Of all wording, the leading one first."`
	Purposes  []PurposeItem `json:"purposes" nullable:"false"`
}

// PurposeItem is one purpose.
type PurposeItem struct {
	Code           string            `json:"code"`
	Labels         map[string]string `json:"labels" doc:"By language."`
	Sentence       map[string]string `json:"sentence" doc:"What it is for, by language."`
	Role           string            `json:"role" doc:"What the person is."`
	Decision       string            `json:"decision" doc:"What is decided about the person."`
	Sector         string            `json:"sector" doc:"Area of law."`
	Bodies         []PurposeBody     `json:"bodies" nullable:"false" doc:"Who may ask."`
	Basis          string            `json:"basis" enum:"consent,statute"`
	LegalBasis     PurposeBasis      `json:"legal_basis"`
	Sees           []PurposeType     `json:"sees" nullable:"false" doc:"What may be seen for it."`
	CaseFormat     string            `json:"case_format,omitempty" doc:"Form of a case reference: an RE2 expression for the whole of it."`
	PersonsPerCase int               `json:"persons_per_case,omitzero" doc:"How many persons one case may name."`
	DailyCeiling   int               `json:"daily_ceiling" doc:"How often one body may ask in a day."`
	Signed         bool              `json:"signed,omitzero" doc:"A question has to be signed with a key of your body (RFC 9421): a token is not enough."`
	SecondPerson   bool              `json:"second_person,omitzero" doc:"It sees a sensitive type: a second person of the body confirms each request."`
}

// PurposeBody is a body that may ask.
type PurposeBody struct {
	Code  string            `json:"code"`
	Names map[string]string `json:"names" doc:"By language."`
}

// PurposeType is a type of records with the fields that may be seen.
type PurposeType struct {
	Type       string        `json:"type"`
	Fields     []string      `json:"fields" nullable:"false"`
	LegalBasis *PurposeBasis `json:"legal_basis,omitempty" doc:"The article that entitles these bodies to this type; under a statute."`
}

// PurposeBasis is the text that something rests on.
type PurposeBasis struct {
	Source  string            `json:"source" doc:"Name of the text in the pack."`
	Titles  map[string]string `json:"titles" doc:"Of the text, by language."`
	Article string            `json:"article"`
	Status  string            `json:"status" enum:"law,policy,unverified" doc:"How sure it is: read in the text, chosen by the registry, or not verified."`
}

// purposes writes the list once per version of the pack.
func purposes(shelf law.Shelf) func(context.Context, *apikit.Call) (apikit.Reply, error) {
	var written law.Made[apikit.Reply]
	return func(_ context.Context, call *apikit.Call) (apikit.Reply, error) {
		return written.Of(shelf.At(call.Now), list)
	}
}

func list(p *law.Pack) (apikit.Reply, error) {
	all := PurposeList{Pack: p.Version, Languages: p.Languages}
	for _, u := range p.Purposes() {
		all.Purposes = append(all.Purposes, item(p, u))
	}
	return apikit.Kept(all)
}

func item(p *law.Pack, u law.Purpose) PurposeItem {
	k := u.LegalBasis
	out := PurposeItem{Code: u.Code, Labels: u.Labels, Sentence: u.Sentence, Role: string(u.Role), Decision: string(u.Decision), Sector: u.Sector,
		Basis: string(u.Basis), LegalBasis: PurposeBasis{Source: k.Source, Titles: k.Titles, Article: k.Article, Status: string(k.Status)},
		CaseFormat: u.CaseFormat, PersonsPerCase: u.PersonsPerCase, DailyCeiling: u.DailyCeiling, Signed: u.Signed}
	for _, code := range u.Bodies {
		b, _ := p.Body(code) // a purpose names bodies of its pack only
		out.Bodies = append(out.Bodies, PurposeBody{Code: code, Names: b.Names})
	}
	for _, g := range u.Grants {
		if t, ok := p.Type(g.Type); ok && t.Sensitive {
			out.SecondPerson = true
		}
		t := PurposeType{Type: g.Type, Fields: g.Fields}
		if k := g.LegalBasis; k != nil {
			t.LegalBasis = &PurposeBasis{Source: k.Source, Titles: k.Titles, Article: k.Article, Status: string(k.Status)}
		}
		out.Sees = append(out.Sees, t)
	}
	return out
}

func purposesDoc() apikit.Doc {
	return apikit.Doc{ID: "purposes", Answers: []apikit.Answer{{Status: 200, Why: "All purposes of the pack in force.", Of: PurposeList{},
		Header: map[string]string{"ETag": "Changes with the pack."}}}}
}
