package repairweb

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/repair"
)

// ignored leaves out that something is not there: another panel of the page says so.
func ignored(err error) error {
	if err != nil && fault.Of(err).Kind == fault.NotFound {
		return nil
	}
	return err
}

const noDesk = "E-REPAIR-DESK"

// applications is the list of applications that wait at a desk.
func (f *Face) applications() webkit.List {
	return webkit.List{Path: workPath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.NavWork }), Choices: func(v webkit.Visit) []webkit.Choice {
		p := f.view(v)
		w := p.w.Work
		var types []webkit.Option
		for _, t := range p.rules.Types() {
			types = append(types, webkit.Option{Value: t.Code, Text: t.Labels[v.Lang]})
		}
		return []webkit.Choice{
			{Name: "desk", Tabs: true, Options: []webkit.Option{{Value: string(party.Repairs), Text: w.First.String()}, {Value: string(party.Reviews), Text: w.Review.String()}}},
			webkit.ByDue(v, true),
			webkit.ByType(v, types),
			{Name: "found", Label: w.FoundBy.String(), Options: []webkit.Option{{Text: w.FoundAny.String()}, {Value: "none", Text: w.FoundNone.String()}, {Value: "one", Text: w.FoundOne.String()}}},
		}
	}}
}

// Lists are the lists of work of the face.
func (f *Face) Lists() []webkit.List { return []webkit.List{f.applications()} }

// queuePart is a part of the applications that wait at a desk.
type queuePart struct {
	view
	webkit.Narrowed
	mandate, more bool
	lines         []line
}

const perQueue = 50

// queue lists the applications that wait at a desk.
func (f *Face) queue(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	by, err := f.clerk(ctx, v)
	if err != nil {
		return nil, err
	}
	q := queuePart{view: f.view(v), mandate: true}
	if q.Narrowed, err = f.applications().Read(ctx, v); err != nil {
		return nil, err
	}
	sought := repair.Sought{Stage: repair.First, Type: q.Value("type"), Skip: q.Skip(perQueue), N: perQueue + 1} // one more tells that there is a part behind
	if q.Value("desk") == string(party.Reviews) {
		sought.Stage = repair.Review
	}
	sought.From, sought.To = q.Due(v.Today())
	if found := q.Value("found"); found != "" {
		one := found == "one"
		sought.Found = &one
	}
	list, err := f.Service.Queue(ctx, by, sought, v.Now)
	if err != nil && fault.Of(err).Code == noDesk {
		q.mandate, err = false, nil
	}
	if err != nil {
		return nil, err
	}
	if q.more = len(list) > perQueue; q.more {
		list = list[:perQueue]
	}
	q.lines = q.linesOf(list)
	page := webkit.Page{Title: q.w.Work.Title.String(), Nav: workPath, Content: queuePage(q)}
	if v.Query.Get("done") == "found" {
		page.Done = q.w.Work.Done.String()
	}
	return page, nil
}

// work is a page about one application for somebody who decides.
type work struct {
	view
	repair.Case
	by    party.Clerk
	route law.Route
}

func (k work) line() line { return line{k.view, k.Application} }

func (k work) path() string { return workPath + "/" + k.ID.String() }

// fields are the names of the record's fields, in order.
func (k work) fields() []string { return slices.Sorted(maps.Keys(k.Fields)) }

func (k work) label(field string) string {
	if t, ok := k.rules.Type(k.Type); ok {
		for _, f := range t.Fields {
			if f.Name == field {
				return f.Labels[k.v.Lang]
			}
		}
	}
	return field
}

// written is what was written of a kind on a condition.
func (k work) written(what repair.What, condition string) (out []repair.Paper) {
	for _, p := range k.Papers {
		if p.What == what && p.Condition == condition {
			out = append(out, p)
		}
	}
	return out
}

// found is what somebody found who wrote these reasons.
func (p view) found(a repair.Application, paper repair.Paper) string {
	for _, f := range a.Findings {
		if f.Clerk == paper.Clerk && f.Stage == paper.Stage && f.At.Equal(paper.At) {
			if f.Outcome == repair.Grant {
				return p.w.Work.Grant.String()
			}
			return p.w.Work.Refuse.String()
		}
	}
	return ""
}

// extendable reports whether the clock can be given its one extension.
func (k work) extendable() bool {
	pack := law.Under(k.f.Service.Shelf, k.Pack, k.v.Now)
	_, err := pack.Extend(k.Clock, k.v.Today())
	return k.Runs() && err == nil
}

// pause is for how many days the clock can still wait.
func (k work) pause() int {
	if !k.Runs() || k.v.Today() > k.Clock.Due {
		return 0
	}
	return law.Under(k.f.Service.Shelf, k.Pack, k.v.Now).PauseMost(k.Clock)
}

func (f *Face) work(ctx context.Context, v webkit.Visit) (work, error) {
	a, err := id(v)
	if err != nil {
		return work{}, err
	}
	by, err := f.clerk(ctx, v)
	if err != nil {
		return work{}, err
	}
	k := work{view: f.view(v), by: by}
	if k.Case, err = f.Service.Case(ctx, by, a, v.Now); err != nil {
		return work{}, err
	}
	k.route, _ = k.rules.Route(k.Route)
	return k, nil
}

func (f *Face) caseOf(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	k, err := f.work(ctx, v)
	if err != nil {
		return nil, err
	}
	return k.page(nil), nil
}

func (k work) page(mend []webkit.Mend) webkit.Page {
	k.mend = mend
	page := webkit.Page{Title: k.w.Work.Title.String(), Nav: workPath, Mend: mend, Content: casePage(k), Back: webkit.Link{Path: workPath, Text: k.w.Work.Title.String()}}
	if k.v.Query.Get("done") == "found" {
		page.Done = k.w.Work.Done.String()
	}
	return page
}

func (f *Face) rule(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	a, err := id(v)
	if err != nil {
		return nil, err
	}
	by, err := f.clerk(ctx, v)
	if err != nil {
		return nil, err
	}
	to := webkit.See{Path: workPath + "/" + a.String()}
	switch v.Form.Get("do") {
	case "extend":
		_, err = f.Service.Extend(ctx, by, a, v.Now)
		return to, err
	case "wait":
		days, _ := strconv.Atoi(v.Form.Get("days")) // 0 is refused
		_, err = f.Service.Wait(ctx, by, a, days, v.Now)
		return to, err
	}
	next, err := f.Service.Rule(ctx, by, a, repair.Outcome(v.Form.Get("outcome")), v.Form.Get("reasons"), v.Now)
	var bad *fault.Error
	if errors.As(err, &bad) && bad.Kind == fault.Invalid {
		k, err := f.work(ctx, v)
		if err != nil {
			return nil, err
		}
		return k.page([]webkit.Mend{{Field: "find", Text: k.w.Mend.Reasons.String()}}), nil
	}
	if err == nil && !next.Runs() {
		to.Path = workPath
	}
	return webkit.See{Path: to.Path + "?done=found"}, err
}

func (f *Face) casePaper(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	a, file, err := paperOf(v)
	if err != nil {
		return nil, err
	}
	by, err := f.clerk(ctx, v)
	if err != nil {
		return nil, err
	}
	p, err := f.Service.CasePaper(ctx, by, a, file, v.Now)
	return download(p), err
}

// offer is a relief as the page shows it.
type offer struct {
	view
	repair.Offer
	mine bool // who visits proposed it
}

func (o offer) law() string { return o.Basis.Titles[o.v.Lang] + " " + o.Basis.Article }

func (f *Face) reliefs(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.view(v)
	by, err := f.clerk(ctx, v)
	if err != nil {
		return nil, err
	}
	list, err := f.Service.Offers(ctx, by, v.Now)
	mandate := err == nil
	if err != nil && fault.Of(err).Code != noDesk {
		return nil, err
	}
	offers := make([]offer, len(list))
	for i, o := range list {
		offers[i] = offer{p, o, o.Carried.ProposedBy == by.ID}
	}
	page := webkit.Page{Title: p.w.Relief.Title.String(), Nav: workPath, Content: reliefPage(p, mandate, offers), Back: webkit.Link{Path: workPath, Text: p.w.Work.Title.String()}}
	if v.Query.Get("done") == "yes" {
		page.Done = p.w.Relief.Done.String()
	}
	return page, nil
}

func (f *Face) relieve(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	by, err := f.clerk(ctx, v)
	if err != nil {
		return nil, err
	}
	code := v.Form.Get("relief")
	switch v.Form.Get("do") {
	case "propose":
		err = f.Service.ProposeRelief(ctx, by, code, v.Now)
	case "confirm":
		err = f.Service.ConfirmRelief(ctx, by, code, v.Now)
	default:
		err = f.Service.WithdrawRelief(ctx, by, code, v.Now)
	}
	return webkit.See{Path: reliefPath + "?done=yes"}, err
}
