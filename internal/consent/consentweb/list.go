package consentweb

import (
	"context"
	"strconv"

	"recourse/internal/consent"
	"recourse/internal/kit/webkit"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// perPage is how many consents a page shows.
const perPage = 50

func (f *Face) list(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	all, err := f.all(ctx, v)
	if err != nil {
		return nil, err
	}
	w := f.words.In(v.Lang)
	page := 1
	if asked := v.Query.Get("page"); asked != "" {
		if page, err = strconv.Atoi(asked); err != nil || page < 1 || (page-1)*perPage >= len(all) {
			return nil, consent.ErrNotFound
		}
	}
	asked, err := f.requests(ctx, v)
	if err != nil {
		return nil, err
	}
	p := listView{w: w, v: v, asked: asked, offers: len(offers(v, f.rules(v))) > 0, given: all[min((page-1)*perPage, len(all)):min(page*perPage, len(all))]}
	if page > 1 {
		p.newer = "/me/consents?page=" + strconv.Itoa(page-1)
	}
	if page*perPage < len(all) {
		p.older = "/me/consents?page=" + strconv.Itoa(page+1)
	}
	reply := webkit.Page{Title: w.Title.String(), Nav: "/me/consents", Content: listPage(p)}
	switch done := v.Query.Get("done"); {
	case done == "stopped":
		reply.Done = w.DoneStopped.String()
	case done == "refused":
		reply.Done = w.DoneRefused.String()
	case done == "given" && len(all) > 0:
		reply.Done = w.DoneGiven.With("time", v.Dates.Clock(all[0].UsableFrom))
	}
	return reply, nil
}

func (f *Face) one(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	g, err := f.find(ctx, v, v.Param("consent"))
	if err != nil {
		return nil, err
	}
	uses, err := f.Service.Uses(ctx, v.Person, g.ID)
	if err != nil {
		return nil, err
	}
	page := webkit.Page{Title: g.w.One.String(), Nav: "/me/consents", Back: webkit.Link{Path: "/me/consents", Text: g.w.Title.String()}, Content: onePage(g, uses)}
	switch v.Query.Get("done") {
	case "confirmed":
		page.Done = g.w.DoneConfirmed.String()
	case "narrowed":
		page.Done = g.w.DoneNarrowed.String()
	}
	return page, nil
}

// change stops a consent, lets it be used at once, or narrows it.
func (f *Face) change(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	id, err := ref.Parse[ref.Consent](v.Param("consent"))
	if err != nil {
		return nil, consent.ErrNotFound
	}
	switch v.Form.Get("do") {
	case "confirm":
		if err := f.Service.Confirm(ctx, v.Person, id, v.Now); err != nil {
			return nil, err
		}
		return webkit.See{Path: "/me/consents/" + id.String() + "?done=confirmed"}, nil
	case "narrow":
		return f.narrow(ctx, v, id)
	}
	if err := f.Service.Stop(ctx, v.Person, id, v.Now); err != nil {
		return nil, err
	}
	return webkit.See{Path: "/me/consents?done=stopped"}, nil
}

func (f *Face) narrow(ctx context.Context, v webkit.Visit, id ref.Consent) (webkit.Reply, error) {
	g, err := f.find(ctx, v, id.String())
	if err != nil {
		return nil, err
	}
	types := v.Form["types"]
	if len(g.Types) == 1 {
		types = g.Types
	}
	until, err := when.Parse(v.Form.Get("until"))
	if err != nil || until > g.last() {
		until = g.last()
	}
	if err := f.Service.Narrow(ctx, v.Person, id, types, until, v.Now); err != nil {
		return nil, err
	}
	return webkit.See{Path: "/me/consents/" + id.String() + "?done=narrowed"}, nil
}

// Panel is the consents on the person's first page: how many stand, when they
// end, and one that was just given.
func (f *Face) Panel(ctx context.Context, v webkit.Visit) (webkit.Panel, error) {
	all, err := f.all(ctx, v)
	if err != nil {
		return webkit.Panel{}, err
	}
	w := f.words.In(v.Lang)
	var p webkit.Panel
	asked, err := f.requests(ctx, v)
	if err != nil {
		return webkit.Panel{}, err
	}
	for _, a := range asked {
		if a.open() {
			p.Calls = append(p.Calls, webkit.Call{Yours: false, Title: w.Asked.Call.With("body", a.body()), Link: webkit.Link{Path: a.path(), Text: w.Call.Link.String()}})
		}
	}
	stand := 0
	for _, g := range all {
		if g.over() {
			continue
		}
		stand++
		link := webkit.Link{Path: g.path(), Text: w.Call.Link.String()}
		if g.undoable() {
			p.Calls = append(p.Calls, webkit.Call{Yours: true, Due: g.UsableFrom,
				Title: w.Call.Title.With("time", v.Dates.Clock(g.UsableFrom)), Text: w.Call.Text.String(), Link: link})
		}
		link.Text = w.AheadEnds.With("body", g.body())
		p.Ahead = append(p.Ahead, webkit.Ahead{Day: g.last(), Link: link})
	}
	if stand > 0 {
		p.Facts = append(p.Facts, w.Fact.RichN(stand, nil))
	}
	return p, nil
}
