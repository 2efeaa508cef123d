package partyweb

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"slices"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/party"
	"recourse/internal/ref"
)

//go:embed views/locales/*.json
var viewFiles embed.FS

// Views is the page on which a clerk renames and removes the views that they saved above
// lists of work, and to which those lists send what is to be saved.
type Views struct {
	service *party.Views
	lists   []webkit.List
	words   webkit.Words[viewWords]
}

type viewWords struct {
	Title, Intro, None, Open, Old, Name, Rename, Remove, Of, Save, SaveText webkit.Phrase
	Done, Mend                                                              map[string]webkit.Phrase
}

// NewViews returns the page over some lists.
func NewViews(s *party.Views, lists []webkit.List) (*Views, error) {
	if s == nil || len(lists) == 0 {
		return nil, errors.New("partyweb: views need a service and lists")
	}
	files, err := fs.Sub(viewFiles, "views")
	if err != nil {
		return nil, err
	}
	w, err := webkit.LoadWords[viewWords](files)
	return &Views{s, lists, w}, err
}

// Routes lists the pages of the face.
func (f *Views) Routes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: webkit.ViewsPath, Role: webkit.Clerk, Why: "what the clerk saved of lists of work", Serve: f.page},
		{Method: http.MethodPost, Path: webkit.ViewsPath, Role: webkit.Clerk, Why: "save what is chosen of a list, rename or remove it", Serve: f.move},
	}
}

// Saved returns what a clerk saved of a list, for the strip above it.
func (f *Views) Saved(ctx context.Context, c webkit.Caller, list string) ([]webkit.Saved, error) {
	all, err := f.service.Of(ctx, c.Clerk, list)
	out := make([]webkit.Saved, len(all))
	for i, v := range all {
		out[i] = webkit.Saved{Name: v.Name, Filters: v.Filters}
	}
	return out, err
}

// viewLine is one saved view. Narrowed is what it shows; not where the list offers that no
// longer.
type viewLine struct {
	party.View
	webkit.Narrowed
	offered bool
}

// viewsPage is what the page is made of.
type viewsPage struct {
	w    *viewWords
	v    webkit.Visit
	all  []viewLine
	mend []webkit.Mend
	at   string     // id of the field that has to be mended
	form party.View // as it was sent
	save bool       // it was to be saved
}

func (p viewsPage) wrong(id string) bool { return p.at == id }

// label is what a list is called.
func (p viewsPage) label(l viewLine) string {
	if !l.offered {
		return p.w.Old.String()
	}
	return l.Label[p.v.Lang]
}

// name is what stands in the field of a view: what was sent, where that is to be mended.
func (p viewsPage) name(l viewLine) string {
	if p.at == nameID(l.View) {
		return p.form.Name
	}
	return l.Name
}

func nameID(v party.View) string { return "name-" + v.ID.String() }

func (f *Views) page(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	return f.show(ctx, v, viewsPage{})
}

func (f *Views) show(ctx context.Context, v webkit.Visit, p viewsPage) (webkit.Reply, error) {
	p.w, p.v = f.words.In(v.Lang), v
	all, err := f.service.Of(ctx, v.Clerk, "")
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		l := viewLine{View: one}
		if list, ok := f.list(one.List); ok {
			l.Narrowed, l.offered = list.Parse(v, one.Filters)
		}
		p.all = append(p.all, l)
	}
	page := webkit.Page{Title: p.w.Title.String(), Mend: p.mend, Content: viewsList(p)}
	if done, ok := p.w.Done[v.Query.Get("done")]; ok && len(p.mend) == 0 {
		page.Done = done.String()
	}
	return page, nil
}

func (f *Views) list(path string) (webkit.List, bool) {
	i := slices.IndexFunc(f.lists, func(l webkit.List) bool { return l.Path == path })
	if i < 0 {
		return webkit.List{}, false
	}
	return f.lists[i], true
}

// move saves, renames or removes a view.
func (f *Views) move(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	form := party.View{Clerk: v.Clerk, List: v.Form.Get("list"), Name: v.Form.Get("name"), Filters: v.Form.Get("filters")}
	do := v.Form.Get("do")
	if do == "save" {
		return f.save(ctx, v, form)
	}
	id, err := ref.Parse[ref.View](v.Form.Get("view"))
	if err != nil {
		return nil, party.ErrNoView
	}
	form.ID = id
	if do == "remove" {
		return webkit.See{Path: webkit.ViewsPath + "?done=remove"}, f.service.Remove(ctx, v.Clerk, id)
	}
	if err := f.service.Rename(ctx, v.Clerk, id, form.Name); err != nil {
		return f.mend(ctx, v, viewsPage{form: form, at: nameID(form)}, err)
	}
	return webkit.See{Path: webkit.ViewsPath + "?done=rename"}, nil
}

// save keeps a choice that the list offers, and leads back to it.
func (f *Views) save(ctx context.Context, v webkit.Visit, form party.View) (webkit.Reply, error) {
	list, ok := f.list(form.List)
	if !ok {
		return nil, errViewList
	}
	n, ok := list.Parse(v, form.Filters)
	if !ok || form.Filters == "" {
		return nil, errViewList
	}
	if _, err := f.service.Save(ctx, form, v.Now); err != nil {
		return f.mend(ctx, v, viewsPage{form: form, at: "view-name", save: true}, err)
	}
	return webkit.See{Path: n.At("done", "view")}, nil
}

// mend shows the form again with what to mend in it.
func (f *Views) mend(ctx context.Context, v webkit.Visit, p viewsPage, err error) (webkit.Reply, error) {
	text, ok := f.words.In(v.Lang).Mend[fault.Of(err).Code]
	if !ok {
		return nil, err
	}
	p.mend = []webkit.Mend{{Field: p.at, Text: text.String()}}
	return f.show(ctx, v, p)
}

var errViewList = fault.New(fault.Invalid, "E-FILTER", "These filters are not known. Nothing was changed.")
