package furnishapi

import (
	"context"
	"net/http"

	"recourse/internal/catalogue"
	"recourse/internal/fault"
	"recourse/internal/kit/apikit"
	"recourse/internal/law"
)

// TypeList is the public list of types.
type TypeList struct {
	Pack      string     `json:"pack" doc:"The version of the law's pack."`
	Languages []string   `json:"languages" nullable:"false" doc:"Of all wording, the leading one first."`
	Types     []TypeLine `json:"types" nullable:"false"`
}

// TypeLine is one type in the list.
type TypeLine struct {
	Code     string            `json:"code"`
	Labels   map[string]string `json:"labels" doc:"By language."`
	Sentence map[string]string `json:"sentence" doc:"What it says to the person, by language."`
	Sector   string            `json:"sector" doc:"Area of law."`
	Negative bool              `json:"negative" doc:"Can lead to refusal, loss, cost or a duty; fixed by type."`
	Href     string            `json:"href" doc:"All about it."`
}

// TypeItem is all about one type.
type TypeItem struct {
	Pack       string            `json:"pack" doc:"The version of the law's pack."`
	Code       string            `json:"code"`
	Labels     map[string]string `json:"labels" doc:"By language."`
	Sentence   map[string]string `json:"sentence" doc:"What it says to the person, by language."`
	Sector     string            `json:"sector" doc:"Area of law."`
	Occupation string            `json:"occupation,omitempty"`
	Authority  TypeBody          `json:"authority" doc:"The responsible unit: it and the bodies under it may file."`
	Form       string            `json:"form" doc:"What it records."`
	Origin     string            `json:"origin" doc:"What it rests on."`
	Negative   bool              `json:"negative" doc:"Can lead to refusal, loss, cost or a duty; fixed by type."`
	LegalBasis TypeBasis         `json:"legal_basis"`
	Columns    []string          `json:"columns" nullable:"false" doc:"The header of a delivery, in any order."`
	Ref        string            `json:"ref" doc:"Column with the source's own number of the record."`
	Version    string            `json:"version" doc:"Column with the source's version."`
	VersionBy  string            `json:"version_by" enum:"number,instant"`
	Start      string            `json:"start" doc:"Field with the day that ends are counted from."`
	Fields     []TypeField       `json:"fields" nullable:"false"`
	DeliverIn  TypeTerm          `json:"deliver_within" doc:"How long a body may take to file."`
	Display    TypeTerm          `json:"display" doc:"How long it may be shown."`
	Retain     TypeTerm          `json:"retain" doc:"How long it is kept, then erased."`
	Example    map[string]string `json:"example" doc:"A made-up row without the columns of the person."`
}

// TypeBody is a body with its names.
type TypeBody struct {
	Code  string            `json:"code"`
	Names map[string]string `json:"names" doc:"By language."`
}

// TypeBasis is the text that something rests on.
type TypeBasis struct {
	Source  string            `json:"source" doc:"Name of the text in the pack."`
	Titles  map[string]string `json:"titles" doc:"Of the text, by language."`
	Article string            `json:"article"`
	Status  string            `json:"status" enum:"law,policy,unverified" doc:"How sure it is: read in the text, chosen by the registry, or not verified."`
}

// TypeTerm is a length of time with where it comes from.
type TypeTerm struct {
	Term  string    `json:"term" doc:"Number and unit." example:"15 calendar days"`
	Start string    `json:"start" doc:"The event that it runs from."`
	Basis TypeBasis `json:"basis"`
}

// TypeField is one column of the content.
type TypeField struct {
	Name       string            `json:"name"`
	Kind       string            `json:"kind" doc:"One of a closed set."`
	Required   bool              `json:"required"`
	Labels     map[string]string `json:"labels" doc:"By language."`
	Values     []TypeValue       `json:"values,omitempty" nullable:"false" doc:"All that may stand here: code, a label, or an alias."`
	Currencies []string          `json:"currencies,omitempty" nullable:"false"`
	Secret     bool              `json:"secret,omitzero" doc:"For the person and the deciders only; never in an answer."`
}

// TypeValue is one value of a field.
type TypeValue struct {
	Code    string            `json:"code"`
	Labels  map[string]string `json:"labels" doc:"By language."`
	Aliases []string          `json:"aliases,omitempty" nullable:"false"`
}

type serve = func(context.Context, *apikit.Call) (apikit.Reply, error)

// written is the catalogue of one version of the pack.
type written struct {
	all  apikit.Reply
	each map[string]apikit.Reply // by code
}

// types writes the catalogue once per version of the pack.
func types(shelf law.Shelf) (list, each serve) {
	var made law.Made[written]
	list = func(_ context.Context, call *apikit.Call) (apikit.Reply, error) {
		w, err := made.Of(shelf.At(call.Now), write)
		return w.all, err
	}
	each = func(_ context.Context, call *apikit.Call) (apikit.Reply, error) {
		w, err := made.Of(shelf.At(call.Now), write)
		if err != nil {
			return apikit.Reply{}, err
		}
		one, ok := w.each[call.Param("code")]
		if !ok {
			return apikit.Reply{}, fault.New(fault.NotFound, "E-NO-TYPE", "There is no such type of record. The types are listed under /types.").At("code")
		}
		return one, nil
	}
	return list, each
}

func write(p *law.Pack) (w written, err error) {
	all := TypeList{Pack: p.Version, Languages: p.Languages}
	w.each = map[string]apikit.Reply{}
	for _, t := range p.Types() {
		all.Types = append(all.Types, TypeLine{Code: t.Code, Labels: t.Labels, Sentence: t.Sentence, Sector: t.Sector, Negative: t.Negative,
			Href: apikit.Prefix + "/types/" + t.Code})
		if w.each[t.Code], err = apikit.Kept(typeItem(p, t)); err != nil {
			return w, err
		}
	}
	w.all, err = apikit.Kept(all)
	return w, err
}

func typeItem(p *law.Pack, t *catalogue.Type) TypeItem {
	unit, _ := p.Body(t.Authority) // a compiled type names a body of its pack
	kept, _ := p.Retention(t.Retention)
	out := TypeItem{Pack: p.Version, Code: t.Code, Labels: t.Labels, Sentence: t.Sentence, Sector: t.Sector, Occupation: t.Occupation,
		Authority: TypeBody{Code: t.Authority, Names: unit.Names}, Form: string(t.Form), Origin: string(t.Origin), Negative: t.Negative,
		LegalBasis: basis(t.LegalBasis), Columns: t.Columns(), Ref: t.RefField, Version: t.OrderField, VersionBy: string(t.OrderBy), Start: t.StartField,
		DeliverIn: deliverIn(p, t.Code), Display: term(kept.Display), Retain: term(kept.Retain), Example: t.Example}
	for _, f := range t.Fields {
		one := TypeField{Name: f.Name, Kind: string(f.Kind), Required: f.Required, Labels: f.Labels, Currencies: f.Currencies, Secret: f.Secret}
		for _, v := range f.Values {
			one.Values = append(one.Values, TypeValue{Code: v.Code, Labels: v.Labels, Aliases: v.Aliases})
		}
		out.Fields = append(out.Fields, one)
	}
	return out
}

// deliverIn finds the term of delivery among the parameters of the pack, by the
// name that the pack gives it.
func deliverIn(p *law.Pack, code string) TypeTerm {
	for _, q := range p.Parameters() {
		if q.Name == "types."+code+".deliver_within" {
			return term(q)
		}
	}
	return TypeTerm{}
}

func term(q law.Parameter) TypeTerm {
	return TypeTerm{Term: q.Term.String(), Start: q.Start, Basis: basis(q.Basis)}
}

func basis(k catalogue.Citation) TypeBasis {
	return TypeBasis{Source: k.Source, Titles: k.Titles, Article: k.Article, Status: string(k.Status)}
}

func typesDoc() apikit.Doc {
	return apikit.Doc{ID: "types", Answers: []apikit.Answer{{Status: http.StatusOK, Why: "All types of the pack in force.", Of: TypeList{},
		Header: map[string]string{"ETag": "Changes with the pack."}}}}
}

func typeDoc() apikit.Doc {
	return apikit.Doc{ID: "type", Params: []apikit.Param{{Name: "code", Why: "Code of the type.", Type: "string", Example: "market-penalty"}},
		Answers: []apikit.Answer{{Status: http.StatusOK, Why: "The type.", Of: TypeItem{}, Header: map[string]string{"ETag": "Changes with the pack."}}}}
}
