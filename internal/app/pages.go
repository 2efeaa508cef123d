package app

import (
	"context"

	"recourse/internal/consent"
	"recourse/internal/consent/consentweb"
	"recourse/internal/dossier"
	"recourse/internal/dossier/dossierweb"
	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquiryweb"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/notice"
	"recourse/internal/notice/noticeweb"
	"recourse/internal/party"
	"recourse/internal/party/partyweb"
	"recourse/internal/ref"
)

// PageConfig is what the pages are made of. Site holds what they do not know
// themselves: Clock, Chance, Log, Origin, Sandbox, Leave, Deadline; the rest of it
// is filled in.
type PageConfig struct {
	Party   *party.Service
	Dossier *dossier.Service
	Inquiry *inquiry.Service
	Notice  *notice.Service
	Consent *consent.Service
	Pack    *law.Pack
	Bodies  map[ref.Body]string     // codes of the bodies of the pack
	Samples []partyweb.SamplePerson // of a sandbox
	Extra   []webkit.Route          // pages of no room
	Clerks  []partyweb.SampleClerk  // of a sandbox
	Site    webkit.Config
}

// NewPages returns the site that shows all rooms. The sandbox's way in exists only
// where Site.Sandbox is set.
func NewPages(c PageConfig) (*webkit.Site, error) {
	f, err := newFaces(c)
	if err != nil {
		return nil, err
	}
	site := c.Site
	site.Registry, site.Contact, site.Version, site.Zone = c.Pack.Registry, c.Pack.Contact, c.Pack.Version, c.Pack.Zone
	site.Sessions = partyweb.Sessions{Service: c.Party}
	site.Routes = append(f.routes(site.Sandbox), c.Extra...)
	site.Over = f.overviews()
	site.Nav = []webkit.NavItem{f.dossier.NavItem(), f.inquiry.NavItem(), f.notice.NavItem(), f.consent.NavItem(), f.party.NavItem()}
	return webkit.New(site)
}

// faces are the rooms as a person sees them.
type faces struct {
	party   *partyweb.Face
	dossier *dossierweb.Face
	inquiry *inquiryweb.Face
	notice  *noticeweb.Face
	consent *consentweb.Face
}

func newFaces(c PageConfig) (f faces, err error) {
	code := func(id ref.Body) string { return c.Bodies[id] }
	unit := func(code, lang string) string {
		if b, ok := c.Pack.Body(code); ok {
			return b.Names[lang]
		}
		return code
	}
	name := func(id ref.Body, lang string) string {
		if known, ok := c.Bodies[id]; ok {
			return unit(known, lang)
		}
		return id.String()
	}
	if f.party, err = partyweb.New(partyweb.Config{Service: c.Party, Contact: c.Pack.Contact, Sandbox: c.Site.Sandbox, Samples: c.Samples, Clerks: c.Clerks}); err != nil {
		return f, err
	}
	if f.dossier, err = dossierweb.New(dossierweb.Config{
		Service: c.Dossier, Types: c.Pack.Types(), BodyName: name, UnitName: unit, LawLang: c.Pack.Languages[0], Contact: c.Pack.Contact}); err != nil {
		return f, err
	}
	if f.inquiry, err = inquiryweb.New(inquiryweb.Config{Service: c.Inquiry, BodyCode: code, Contact: c.Pack.Contact}); err != nil {
		return f, err
	}
	if f.notice, err = noticeweb.New(noticeweb.Config{Service: c.Notice, Origin: c.Site.Origin, Matter: f.matter}); err != nil {
		return f, err
	}
	f.consent, err = consentweb.New(consentweb.Config{Service: c.Consent, BodyCode: code})
	return f, err
}

// matter lets a letter say what the file says of its record.
func (f faces) matter(ctx context.Context, v webkit.Visit, r ref.Record) (noticeweb.Matter, error) {
	m, err := f.dossier.Matter(ctx, v, r)
	return noticeweb.Matter(m), err
}

// routes are the pages of one room each.
func (f faces) routes(sandbox bool) []webkit.Route {
	rows := f.party.Routes()
	if sandbox {
		rows = append(rows, f.party.SandboxRoutes()...)
	}
	rows = append(rows, f.inquiry.Routes()...)
	rows = append(rows, f.notice.Routes()...)
	return append(rows, f.consent.Routes()...)
}

// overviews are the pages over several rooms.
func (f faces) overviews() []webkit.Overview {
	title := f.dossier.Title()
	up := func(lang string) webkit.Link { return webkit.Link{Path: "/me", Text: title[lang]} }
	return []webkit.Overview{
		{Path: "/me", Why: "the person's file, what comes next, and who looked", Title: title, Nav: "/me", Dates: true,
			Panels: []webkit.Panels{f.dossier.Panel, f.notice.Panel, f.inquiry.Panel, f.consent.Panel}},
		{Path: "/me/records/{record}", Why: "one record, whole, and the letters about it", Title: title, Nav: "/me", Back: up,
			Panels: []webkit.Panels{f.dossier.RecordPanel, f.notice.RecordPanel}},
	}
}
