package oversightweb

import (
	"context"
	"net/http"
	"slices"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/oversight"
	"recourse/internal/party"
	"recourse/internal/ref"
)

const (
	rulesPath   = "/inspections"
	ownPath     = "/ask/inspections"
	inspectPath = "/watch/inspections"
	perPage     = 30
)

// inspectionRoutes lists the pages of inspections.
func (f *Face) inspectionRoutes() []webkit.Route {
	desk := string(party.Supervises)
	return []webkit.Route{
		{Method: http.MethodGet, Path: rulesPath, Role: webkit.Anyone, Why: "by which rules look-ups of staff are inspected", Serve: f.rulesPage},
		{Method: http.MethodGet, Path: ownPath, Role: webkit.Clerk, Why: "the clerk's own look-ups that were picked", Serve: f.own},
		{Method: http.MethodGet, Path: ownPath + "/{inspection}", Role: webkit.Clerk, Why: "one of them, to say why", Serve: f.ownOne},
		{Method: http.MethodPost, Path: ownPath + "/{inspection}", Role: webkit.Clerk, Why: "say why one asked", Serve: f.give},
		{Method: http.MethodGet, Path: inspectPath, Role: webkit.Clerk, Desk: desk, Why: "look-ups of staff that a supervisor inspects", Serve: f.inspections},
		{Method: http.MethodGet, Path: inspectPath + "/{inspection}", Role: webkit.Clerk, Desk: desk, Why: "one inspected look-up, with what who asked said", Serve: f.inspection},
		{Method: http.MethodPost, Path: inspectPath + "/{inspection}", Role: webkit.Clerk, Desk: desk, Why: "say what was found about it", Serve: f.inspected},
	}
}

type inspectWords struct {
	Nav, Title, Intro, None, Caption, ToRules, Rule, Who, Reason, WaitsUntil, Ripe, Silent, Ask, Go, Done, One webkit.Phrase
	Filter                                                                                                     struct{ Show, Open, Found, Body, AnyBody, Rule, AnyRule webkit.Phrase }
	Own                                                                                                        struct{ Nav, Title, Intro, None, Until, Given, Late, Over, Label, Hint, Go, Done, Mend, Once webkit.Phrase }
	Rules                                                                                                      map[string]webkit.Phrase // short
	Public                                                                                                     struct {
		Title, Intro, Head, Signed, After, Question webkit.Phrase
		Rules                                       map[string]webkit.Phrase // whole
	}
}

// inspectView is what the pages of inspections are made of.
type inspectView struct {
	view
	w       *inspectWords
	found   map[string]webkit.Phrase
	meaning map[string]webkit.Phrase
	list    []oversight.Inspection
	i       oversight.Inspection
	webkit.Narrowed
	newest, older string
	reason        string
	given         bool // whether there is a reason to read
}

func (f *Face) inspectView(v webkit.Visit) inspectView {
	p := f.view(v)
	return inspectView{view: p, w: &p.w.Inspect, found: p.w.Findings, meaning: p.w.Meaning}
}

// codes are those by which a look can be picked, in the order in which people read them.
func codes() []string {
	out := []string{oversight.Random}
	for _, r := range oversight.Rules() {
		out = append(out, r.Code)
	}
	return out
}

func (f *Face) rulesPage(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.inspectView(v)
	return webkit.Page{Title: p.w.Public.Title.String(), Content: publicPage(p)}, nil
}

func (f *Face) own(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.inspectView(v)
	var err error
	if p.list, err = f.Inspector.Own(ctx, clerk(v)); err != nil {
		return nil, err
	}
	page := webkit.Page{Title: p.w.Own.Title.String(), Nav: ownPath, Content: ownList(p)}
	if v.Query.Get("done") == "given" {
		page.Done = p.w.Own.Done.String()
	}
	return page, nil
}

func inspectionNumber(v webkit.Visit) ref.Inspection {
	id, err := ref.Parse[ref.Inspection](v.Param("inspection"))
	if err != nil {
		return ref.Inspection{} // which there is none of
	}
	return id
}

func (f *Face) ownOne(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.inspectView(v)
	var err error
	if p.i, err = f.Inspector.OwnOne(ctx, clerk(v), inspectionNumber(v)); err != nil {
		return nil, err
	}
	return p.ownPage(), nil
}

func (p inspectView) ownPage() webkit.Page {
	return webkit.Page{Title: p.w.One.String(), Nav: ownPath, Mend: p.mend, Back: webkit.Link{Path: ownPath, Text: p.w.Own.Title.String()}, Content: ownPage(p)}
}

func (f *Face) give(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.inspectView(v)
	var err error
	if p.i, err = f.Inspector.OwnOne(ctx, clerk(v), inspectionNumber(v)); err != nil {
		return nil, err
	}
	p.reason = v.Form.Get("reason")
	_, err = f.Inspector.Give(ctx, clerk(v), p.i.ID, p.reason, v.Now)
	if err != nil && fault.Of(err).Kind == fault.Invalid {
		p.mend = []webkit.Mend{{Field: "reason", Text: p.w.Own.Mend.String()}}
		return p.ownPage(), nil
	}
	return webkit.See{Path: ownPath + "?done=given"}, err
}

// inspectList is a supervisor's list of inspections.
func (f *Face) inspectList() webkit.List {
	return webkit.List{Path: inspectPath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Inspect.Title }), Choices: func(v webkit.Visit) []webkit.Choice {
		p := f.inspectView(v)
		w := p.w.Filter
		body := webkit.Choice{Name: "body", Label: w.Body.String(), Options: []webkit.Option{{Text: w.AnyBody.String()}}}
		for _, b := range p.bodies() {
			body.Options = append(body.Options, webkit.Option{Value: b.Code, Text: b.Names[v.Lang]})
		}
		rule := webkit.Choice{Name: "rule", Label: w.Rule.String(), Options: []webkit.Option{{Text: w.AnyRule.String()}}}
		for _, code := range codes() {
			rule.Options = append(rule.Options, webkit.Option{Value: code, Text: p.w.Rules[code].String()})
		}
		return []webkit.Choice{{Name: "show", Label: w.Show.String(), Options: []webkit.Option{{Text: w.Open.String()}, {Value: "found", Text: w.Found.String()}}}, body, rule}
	}}
}

// Lists are the lists of work of the face.
func (f *Face) Lists() []webkit.List { return []webkit.List{f.inspectList()} }

var errInspectFilter = fault.New(fault.Invalid, "E-FILTER", "These filters are not known. Nothing was changed.")

func (f *Face) inspections(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.inspectView(v)
	var err error
	if p.Narrowed, err = f.inspectList().Read(ctx, v); err != nil {
		return nil, err
	}
	filter := oversight.InspectionFilter{Done: p.Value("show") == "found", Rule: p.Value("rule"), Limit: perPage}
	if text := v.Query.Get("after"); text != "" {
		if filter.After, err = ref.Parse[ref.Inspection](text); err != nil {
			return nil, errInspectFilter
		}
		p.newest = p.At("", "")
	}
	if code := p.Value("body"); code != "" {
		body, err := f.Inspector.Body(ctx, code)
		if err != nil {
			return nil, errInspectFilter
		}
		filter.Body = body.ID
	}
	list, more, err := f.Inspector.List(ctx, clerk(v), filter, v.Now)
	if err != nil {
		return nil, err
	}
	if p.list = list; more {
		p.older = p.At("after", list[len(list)-1].ID.String())
	}
	page := webkit.Page{Title: p.w.Title.String(), Nav: inspectPath, Content: inspectionList(p)}
	if v.Query.Get("done") == "found" {
		page.Done = p.w.Done.String()
	}
	return page, nil
}

// bodies are those that ask.
func (p inspectView) bodies() []law.Body {
	return slices.DeleteFunc(p.rules.Bodies(), func(b law.Body) bool { return !b.May(law.Inquirer) })
}

// open finds an inspection that lies before a supervisor, and reads its reason.
func (f *Face) open(ctx context.Context, v webkit.Visit) (p inspectView, by party.Clerk, err error) {
	p = f.inspectView(v)
	if by, err = f.Clerk(ctx, v.Secret.Reveal(), v.Now); err != nil {
		return p, by, err
	}
	if p.i, err = f.Inspector.One(ctx, by, inspectionNumber(v), v.Now); err != nil {
		return p, by, err
	}
	p.reason, err = f.Inspector.Read(ctx, by, p.i, v.Now)
	p.given = p.reason != ""
	return p, by, err
}

func (f *Face) inspection(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p, _, err := f.open(ctx, v)
	if err != nil {
		return nil, err
	}
	return p.inspectionPage(), nil
}

func (p inspectView) inspectionPage() webkit.Page {
	return webkit.Page{Title: p.w.One.String(), Nav: inspectPath, Mend: p.mend, Back: webkit.Link{Path: inspectPath, Text: p.w.Title.String()}, Content: inspectionPage(p)}
}

func (f *Face) inspected(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	by, err := f.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	_, err = f.Inspector.Find(ctx, by, inspectionNumber(v), oversight.Finding(v.Form.Get("finding")), v.Now)
	if err != nil && fault.Of(err).Kind == fault.Invalid {
		p, _, err := f.open(ctx, v)
		if err != nil {
			return nil, err
		}
		p.mend = []webkit.Mend{{Field: "finding-0", Text: p.view.w.Mend.String()}}
		return p.inspectionPage(), nil
	}
	return webkit.See{Path: inspectPath + "?done=found"}, err
}

// standing says to who asked whose move it is.
func (p inspectView) standing(i oversight.Inspection) string {
	switch {
	case i.Finding != "":
		return p.w.Own.Over.With("day", p.v.Dates.Plain(p.v.Dates.Of(i.FoundAt)))
	case !i.Given.IsZero():
		return p.w.Own.Given.With("day", p.v.Dates.Plain(p.v.Dates.Of(i.Given)))
	case i.Ripe(p.v.Now):
		return p.w.Own.Late.With("day", p.v.Dates.Plain(i.ReasonDue))
	}
	return p.w.Own.Until.With("day", p.v.Dates.Plain(i.ReasonDue))
}

// progress says to a supervisor how far a look has come.
func (p inspectView) progress(i oversight.Inspection) string {
	switch {
	case i.Finding != "":
		return p.found[string(i.Finding)].String()
	case !i.Given.IsZero():
		return p.w.Ripe.With("day", p.v.Dates.Plain(p.v.Dates.Of(i.Given)))
	case i.Ripe(p.v.Now):
		return p.w.Silent.With("day", p.v.Dates.Plain(i.ReasonDue))
	}
	return p.w.WaitsUntil.With("day", p.v.Dates.Plain(i.ReasonDue))
}
