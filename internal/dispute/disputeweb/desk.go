package disputeweb

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"recourse/internal/dispute"
	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/party"
	"recourse/internal/ref"
)

// contests is the list of contests that wait at a desk.
func (f *Face) contests() webkit.List {
	return webkit.List{Path: workPath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.NavWork }), Choices: func(v webkit.Visit) []webkit.Choice {
		p := f.view(v)
		w := p.w.Work
		return []webkit.Choice{
			{Name: "desk", Tabs: true, Options: []webkit.Option{{Value: string(party.Decides), Text: w.Decide.String()}, {Value: string(party.Reviews), Text: w.Review.String()}}},
			webkit.ByDue(v, true),
			webkit.ByType(v, p.types()),
			{Name: "found", Label: w.FoundBy.String(), Options: []webkit.Option{{Text: w.FoundAny.String()}, {Value: "none", Text: w.FoundNone.String()}, {Value: "one", Text: w.FoundOne.String()}}},
		}
	}}
}

// types are the types of records that there are.
func (p view) types() (out []webkit.Option) {
	for _, t := range p.rules.Types() {
		out = append(out, webkit.Option{Value: t.Code, Text: t.Labels[p.v.Lang]})
	}
	return out
}

// Lists are the lists of work of the face.
func (f *Face) Lists() []webkit.List { return []webkit.List{f.contests(), f.complaintList()} }

// queuePart is a part of the contests that wait at a desk.
type queuePart struct {
	view
	webkit.Narrowed
	mandate, more bool
	lines         []line
}

// queue lists the contests that wait at a desk.
func (f *Face) queue(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	by, err := f.clerk(ctx, v)
	if err != nil {
		return nil, err
	}
	q := queuePart{view: f.view(v), mandate: true}
	if q.Narrowed, err = f.contests().Read(ctx, v); err != nil {
		return nil, err
	}
	sought := dispute.Sought{Stage: dispute.First, Type: q.Value("type"), Skip: q.Skip(perQueue), N: perQueue + 1} // one more tells that there is a part behind
	if q.Value("desk") == string(party.Reviews) {
		sought.Stage = dispute.Review
	}
	sought.From, sought.To = q.Due(v.Today())
	if found := q.Value("found"); found != "" {
		one := found == "one"
		sought.Found = &one
	}
	list, err := f.Service.Queue(ctx, by, sought, v.Now)
	if err != nil && fault.Of(err).Code == "E-CONTEST-DESK" {
		q.mandate, err = false, nil
	}
	if err != nil {
		return nil, err
	}
	if q.more = len(list) > perQueue; q.more {
		list = list[:perQueue]
	}
	q.lines = q.linesOf(list)
	return webkit.Page{Title: q.w.Work.Title.String(), Nav: workPath, Content: queuePage(q)}, nil
}

func (p view) linesOf(list []dispute.Contest) []line {
	out := make([]line, len(list))
	for i, c := range list {
		out[i] = line{p, c}
	}
	return out
}

// work is a page about one contest for somebody on staff.
type work struct {
	view
	dispute.Case
	by party.Clerk
}

func (k work) line() line { return line{k.view, k.Contest} }

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

// text is what was written on a ground.
func (k work) text(what dispute.What, g dispute.Ground) []dispute.Paper {
	return slices.DeleteFunc(of(k.Papers, what), func(p dispute.Paper) bool { return p.Ground != g })
}

func (f *Face) work(ctx context.Context, v webkit.Visit) (work, error) {
	return f.open(ctx, v, f.Service.Case)
}

// open opens a contest for somebody on staff.
func (f *Face) open(ctx context.Context, v webkit.Visit, how func(context.Context, party.Clerk, ref.Contest, time.Time) (dispute.Case, error)) (work, error) {
	c, err := id(v)
	if err != nil {
		return work{}, err
	}
	by, err := f.clerk(ctx, v)
	if err != nil {
		return work{}, err
	}
	open, err := how(ctx, by, c, v.Now)
	return work{f.view(v), open, by}, err
}

func (f *Face) caseOf(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	k, err := f.work(ctx, v)
	if err != nil {
		return nil, err
	}
	return k.casePage(nil), nil
}

func (k work) casePage(mend []webkit.Mend) webkit.Page {
	k.mend = mend
	page := webkit.Page{Title: k.w.Work.Title.String(), Nav: workPath, Mend: mend, Content: casePage(k), Back: webkit.Link{Path: workPath, Text: k.w.Work.Title.String()}}
	switch k.v.Query.Get("done") {
	case "found":
		page.Done = k.w.Work.Done.String()
	case "clock":
		page.Done = k.w.Lever.Done.String()
	case "redacted":
		page.Done = k.w.Aside.Done.String()
	}
	return page
}

func (f *Face) rule(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	c, err := id(v)
	if err != nil {
		return nil, err
	}
	by, err := f.clerk(ctx, v)
	if err != nil {
		return nil, err
	}
	found := map[dispute.Ground]dispute.Written{}
	for _, g := range dispute.Grounds() {
		found[g] = dispute.Written{Outcome: dispute.Outcome(v.Form.Get("outcome-" + string(g))), Reasons: v.Form.Get("reasons-" + string(g))}
	}
	_, err = f.Service.Rule(ctx, by, c, found, v.Now)
	var bad *fault.Error
	if errors.As(err, &bad) && bad.Kind == fault.Invalid {
		k, err := f.work(ctx, v)
		if err != nil {
			return nil, err
		}
		return k.casePage([]webkit.Mend{{Field: "find", Text: k.w.Mend.Words.String()}}), nil
	}
	return webkit.See{Path: workPath + "/" + c.String() + "?done=found"}, err
}

func (f *Face) casePaper(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	c, err := id(v)
	if err != nil {
		return nil, err
	}
	file, err := ref.Parse[ref.Paper](v.Param("paper"))
	if err != nil {
		return nil, dispute.ErrNotFound
	}
	by, err := f.clerk(ctx, v)
	if err != nil {
		return nil, err
	}
	p, err := f.Service.CasePaper(ctx, by, c, file, v.Now)
	return download(p), err
}

// questions lists the contests that wait for the source's answer.
func (f *Face) questions(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.view(v)
	by, err := f.clerk(ctx, v)
	if err != nil {
		return nil, err
	}
	list, err := f.Service.Questions(ctx, by)
	if err != nil {
		return nil, err
	}
	over, err := f.Service.Certifiable(ctx, by, v.Now)
	if err != nil {
		return nil, err
	}
	return webkit.Page{Title: p.w.Ask.Title.String(), Nav: askPath, Content: questionsPage(p, p.linesOf(list), p.linesOf(over))}, nil
}

// question opens a contest for its source.
func (f *Face) question(ctx context.Context, v webkit.Visit) (work, error) {
	return f.open(ctx, v, f.Service.Question)
}

func (f *Face) asked(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	k, err := f.question(ctx, v)
	if err != nil {
		return nil, err
	}
	return k.questionPage(nil), nil
}

func (k work) questionPage(mend []webkit.Mend) webkit.Page {
	k.mend = mend
	page := webkit.Page{Title: k.w.Ask.Title.String(), Nav: askPath, Mend: mend, Content: questionPage(k), Back: webkit.Link{Path: askPath, Text: k.w.Ask.Title.String()}}
	switch k.v.Query.Get("done") {
	case "answered":
		page.Done = k.w.Ask.Done.String()
	case "certified":
		page.Done = k.w.Certify.Done.String()
	case "confirmed":
		page.Done = k.w.Certify.Confirmed.String()
	}
	return page
}

func (f *Face) answer(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	c, err := id(v)
	if err != nil {
		return nil, err
	}
	by, err := f.clerk(ctx, v)
	if err != nil {
		return nil, err
	}
	said := map[dispute.Ground]dispute.Said{}
	for _, g := range dispute.Grounds() {
		said[g] = dispute.Said{Position: dispute.Position(v.Form.Get("position-" + string(g))), Text: v.Form.Get("reason-" + string(g))}
	}
	_, err = f.Service.Answer(ctx, by, c, dispute.Answering{Officer: v.Form.Get("officer"), Said: said}, v.Now)
	var bad *fault.Error
	if errors.As(err, &bad) && (bad.Kind == fault.Invalid || bad.Code == "E-CONTEST-FILER") {
		k, err := f.question(ctx, v)
		if err != nil {
			return nil, err
		}
		text := k.w.Mend.Words
		if bad.Code == "E-CONTEST-FILER" {
			text = k.w.Mend.Filer
		}
		return k.questionPage([]webkit.Mend{{Field: "officer", Text: text.String()}}), nil
	}
	return webkit.See{Path: askPath + "/" + c.String() + "?done=answered"}, err
}
