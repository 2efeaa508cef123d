package oversightweb

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/oversight"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

const (
	pleasPath = "/watch/pleas"
	staysPath = "/work/stays"
)

// pleaRoutes lists the pages of pleas.
func (f *Face) pleaRoutes() []webkit.Route {
	desk := string(party.Supervises)
	return []webkit.Route{
		{Method: http.MethodPost, Path: "/me/records/{record}/plea", Role: webkit.Person, Why: "bring a record of one's own before the ombudsman", Serve: f.plead},
		{Method: http.MethodGet, Path: pleasPath, Role: webkit.Clerk, Desk: desk, Why: "records that lie before the ombudsman", Serve: f.pleas},
		{Method: http.MethodPost, Path: pleasPath, Role: webkit.Clerk, Desk: desk, Why: "begin as the ombudsman on a logged number", Serve: f.begin},
		{Method: http.MethodGet, Path: pleasPath + "/{plea}", Role: webkit.Clerk, Desk: desk, Why: "one of them, with the record", Serve: f.plea},
		{Method: http.MethodPost, Path: pleasPath + "/{plea}", Role: webkit.Clerk, Desk: desk, Why: "order a stay, or close it", Serve: f.movePlea},
		{Method: http.MethodGet, Path: staysPath, Role: webkit.Clerk, Why: "stays to which the clerk's body has to answer", Serve: f.stays},
		{Method: http.MethodPost, Path: staysPath, Role: webkit.Clerk, Why: "answer a stay", Serve: f.reply},
	}
}

type pleaWords struct {
	Nav, Title, Intro, None, Open, Done, One, Record, Source, Why, Number, Content, Gone, Seen, Due, Stayed, Lasts, LastsOpen webkit.Phrase
	Own                                                                                                                       struct{ Title, Text, Source, Type, Number, NumberHint, Logged, LoggedHint, Go webkit.Phrase }
	Stay                                                                                                                      struct{ Title, Text, Answers, Registry, Until, UntilHint, Go webkit.Phrase }
	Close                                                                                                                     struct{ Title, Text, Go webkit.Phrase }
	Asked                                                                                                                     struct{ Nav, Title, Intro, None, Due, Late, Legend, Go, Done webkit.Phrase }
	Mine                                                                                                                      struct{ Title, Text, Legend, Go, Waits, Began, Stay, Answered, Closed webkit.Phrase }
	Causes, Replies, Outcomes, Mend                                                                                           map[string]webkit.Phrase
	Letter                                                                                                                    struct{ Stayed, StayedText, Closed, ClosedText, Next, Contact webkit.Phrase }
}

type pleaView struct {
	view
	w     *pleaWords
	list  []oversight.Plea
	q     oversight.Plea
	field map[string]string
	form  oversight.Beginning
	until string
}

func (f *Face) pleaView(v webkit.Visit) pleaView {
	p := f.view(v)
	return pleaView{view: p, w: &p.w.Plea}
}

func (p pleaView) typ(code string) string {
	if t, ok := p.rules.Type(code); ok {
		return t.Labels[p.v.Lang]
	}
	return code
}

func (p pleaView) sources() []law.Body {
	return slices.DeleteFunc(p.rules.Bodies(), func(b law.Body) bool { return !b.May(law.Furnisher) })
}

func (p pleaView) wrong(field string) bool { return len(p.mend) > 0 && p.mend[0].Field == field }

// fields are the names of the fields of the record, in order, and label what people call
// one.
func (p pleaView) fields() []string { return slices.Sorted(maps.Keys(p.field)) }

func (p pleaView) label(field string) string {
	if t, ok := p.rules.Type(p.q.Type); ok {
		for _, f := range t.Fields {
			if f.Name == field {
				return f.Labels[p.v.Lang]
			}
		}
	}
	return field
}

// lasts says until when a record is hidden by a stay; empty where it is not.
func (p pleaView) lasts(q oversight.Plea) string {
	until, stayed := q.Stayed(p.v.Now)
	switch {
	case !stayed:
		return ""
	case until.IsZero():
		return p.w.LastsOpen.With("by", p.v.Dates.Plain(q.AnswerBy))
	}
	return p.w.Lasts.With("day", p.v.Dates.Plain(q.StayUntil))
}

func (f *Face) plead(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	r, err := ref.Parse[ref.Record](v.Param("record"))
	if err != nil {
		r = ref.Record{}
	}
	if _, err := f.Ombudsman.Plead(ctx, v.Person, r, oversight.Cause(v.Form.Get("why")), v.Now); err != nil {
		return nil, err
	}
	return webkit.See{Path: "/me/records/" + r.String() + "#plea"}, nil
}

// RecordPanel is what stands on the page of a record: the way to the ombudsman, or how
// far a plea has come.
func (f *Face) RecordPanel(ctx context.Context, v webkit.Visit) (webkit.Panel, error) {
	r, err := ref.Parse[ref.Record](v.Param("record"))
	if err != nil || v.Person.IsZero() {
		return webkit.Panel{}, nil // the page of the record says so
	}
	p := f.pleaView(v)
	if _, ok := p.rules.Ombudsman(); !ok {
		return webkit.Panel{}, nil
	}
	if p.list, err = f.Ombudsman.Mine(ctx, v.Person, r); err != nil {
		return webkit.Panel{}, err
	}
	p.q.Record = r
	return webkit.Panel{Narrow: minePleas(p)}, nil
}

// open reports whether none of the pleas about a record is open.
func (p pleaView) free() bool {
	return !slices.ContainsFunc(p.list, func(q oversight.Plea) bool { return q.Outcome == "" })
}

func (p pleaView) office() string {
	code, _ := p.rules.Ombudsman()
	b, _ := p.rules.Body(code)
	return b.Names[p.v.Lang]
}

func (f *Face) pleas(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.pleaView(v)
	by, err := f.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	return f.pleaList(ctx, p, by)
}

func (f *Face) pleaList(ctx context.Context, p pleaView, by party.Clerk) (webkit.Reply, error) {
	var err error
	if p.list, err = f.Ombudsman.List(ctx, by, p.v.Now); err != nil {
		return nil, err
	}
	page := webkit.Page{Title: p.w.Title.String(), Nav: pleasPath, Mend: p.mend, Content: pleaListPage(p, f.isOffice(p, by))}
	if p.v.Query.Get("done") == "yes" {
		page.Done = p.w.Done.String()
	}
	return page, nil
}

// isOffice reports whether a clerk is of the ombudsman's staff.
func (f *Face) isOffice(p pleaView, by party.Clerk) bool {
	code, ok := p.rules.Ombudsman()
	return ok && f.BodyCode(by.Body.ID) == code
}

func (f *Face) begin(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	by, err := f.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	form := oversight.Beginning{Source: v.Form.Get("source"), Type: v.Form.Get("type"), Number: v.Form.Get("number"), Logged: v.Form.Get("logged")}
	q, err := f.Ombudsman.Begin(ctx, by, form, v.Now)
	if field := fault.Of(err).Field; err != nil && field != "" {
		p := f.pleaView(v)
		p.form, p.mend = form, []webkit.Mend{{Field: field, Text: p.w.Mend[field].String()}}
		return f.pleaList(ctx, p, by)
	}
	return webkit.See{Path: pleasPath + "/" + q.ID.String()}, err
}

func (f *Face) findPlea(ctx context.Context, v webkit.Visit) (p pleaView, by party.Clerk, err error) {
	p = f.pleaView(v)
	id, err := ref.Parse[ref.Plea](v.Param("plea"))
	if err != nil {
		return p, by, oversight.ErrNoPlea
	}
	if by, err = f.Clerk(ctx, v.Secret.Reveal(), v.Now); err != nil {
		return p, by, err
	}
	p.q, err = f.Ombudsman.One(ctx, by, id)
	return p, by, err
}

func (f *Face) plea(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p, by, err := f.findPlea(ctx, v)
	if err != nil {
		return nil, err
	}
	return f.pleaPage(ctx, p, by)
}

func (f *Face) pleaPage(ctx context.Context, p pleaView, by party.Clerk) (webkit.Reply, error) {
	var err error
	if p.q.Outcome == "" {
		if p.field, err = f.Ombudsman.Read(ctx, by, p.q, p.v.Now); err != nil {
			return nil, err
		}
	}
	page := webkit.Page{Title: p.w.One.String(), Nav: pleasPath, Mend: p.mend, Back: webkit.Link{Path: pleasPath, Text: p.w.Title.String()}, Content: pleaOnePage(p)}
	if p.v.Query.Get("done") == "yes" {
		page.Done = p.w.Done.String()
	}
	return page, nil
}

func (f *Face) movePlea(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p, by, err := f.findPlea(ctx, v)
	if err != nil {
		return nil, err
	}
	to := pleasPath
	if v.Form.Get("do") == "close" {
		_, err = f.Ombudsman.Close(ctx, by, p.q.ID, oversight.Outcome(v.Form.Get("outcome")), v.Now)
	} else {
		until, _ := when.Parse(v.Form.Get("until")) // no day is refused
		order := oversight.Order{Answers: p.q.Source, Until: until}
		if v.Form.Get("answers") == "registry" {
			operator, err := f.Ombudsman.Body(ctx, p.rules.Operator)
			if err != nil {
				return nil, err
			}
			order.Answers = operator.ID
		}
		_, err = f.Ombudsman.Stay(ctx, by, p.q.ID, order, v.Now)
		to += "/" + p.q.ID.String()
	}
	if field := fault.Of(err).Field; err != nil && field != "" {
		p.until, p.mend = v.Form.Get("until"), []webkit.Mend{{Field: field, Text: p.w.Mend[field].String()}}
		return f.pleaPage(ctx, p, by)
	}
	return webkit.See{Path: to + "?done=yes"}, err
}

func (f *Face) stays(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.pleaView(v)
	by, err := f.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	if p.list, err = f.Ombudsman.Asked(ctx, by); err != nil {
		return nil, err
	}
	page := webkit.Page{Title: p.w.Asked.Title.String(), Nav: staysPath, Content: staysPage(p)}
	if v.Query.Get("done") == "yes" {
		page.Done = p.w.Asked.Done.String()
	}
	return page, nil
}

func (f *Face) reply(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	by, err := f.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	id, err := ref.Parse[ref.Plea](v.Form.Get("plea"))
	if err != nil {
		return nil, oversight.ErrNoPlea
	}
	_, err = f.Ombudsman.Reply(ctx, by, id, oversight.Reply(v.Form.Get("reply")), v.Now)
	return webkit.See{Path: staysPath + "?done=yes"}, err
}

// PleaLetter writes the letter that a record was stayed, or that the ombudsman closed
// what they looked into.
func (f *Face) PleaLetter(ctx context.Context, v webkit.Visit, id ref.Plea, closed bool) (subject, body string, err error) {
	q, found, err := f.Ombudsman.Store.Plea(ctx, id)
	if err != nil || !found || q.Person != v.Person {
		return "", "", errors.Join(err, oversight.ErrNoPlea)
	}
	p := f.pleaView(v)
	w, d := p.w.Letter, v.Dates
	pairs := []string{"ombudsman", p.body(q.Ombudsman), "type", p.typ(q.Type), "source", p.body(q.Source), "contact", v.Contact}
	if closed && q.Outcome != "" {
		pairs = append(pairs, "outcome", p.w.Outcomes[string(q.Outcome)].String())
		return w.Closed.String(), w.ClosedText.With(pairs...) + "\n\n" + w.Next.With(pairs...) + "\n\n" + w.Contact.With(pairs...), nil
	}
	pairs = append(pairs, "day", d.Plain(d.Of(q.StayedAt)), "answers", p.body(q.Answers), "by", d.Plain(q.AnswerBy), "until", d.Plain(q.StayUntil))
	return w.Stayed.String(), w.StayedText.With(pairs...) + "\n\n" + w.Contact.With(pairs...), nil
}
