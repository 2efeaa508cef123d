package app

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"recourse/internal/consent"
	"recourse/internal/consent/consentweb"
	"recourse/internal/dossier"
	"recourse/internal/dossier/dossierweb"
	"recourse/internal/furnish/furnishweb"
	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquiryweb"
	"recourse/internal/kit/codekit"
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
	Shelf   law.Shelf
	Zone    *time.Location                        // of legal days; the same under every version
	Bodies  func(ref.Body) (code string, ok bool) // of the packs that are or were in force
	Samples []partyweb.SamplePerson               // of a sandbox
	Extra   []webkit.Route                        // pages of no room
	Clerks  []partyweb.SampleClerk                // of a sandbox
	Supply  *furnishweb.Face                      // where clerks send records; nil where nothing can be sent
	Book    *codekit.Book                         // what each code means
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
	site.Zone = c.Zone
	site.Imprint = func(now time.Time) webkit.Imprint {
		p := c.Shelf.At(now)
		return webkit.Imprint{Registry: p.Registry, Contact: p.Contact, Version: p.Version}
	}
	site.Sessions = partyweb.Sessions{Service: c.Party}
	site.Routes = slices.Concat(f.routes(site.Sandbox), c.Book.Routes(), c.Extra)
	site.Over = f.overviews()
	site.Nav = []webkit.NavItem{f.dossier.NavItem(), f.inquiry.NavItem(), f.notice.NavItem(), f.consent.NavItem(), f.party.NavItem()}
	if c.Supply != nil {
		site.Routes = append(site.Routes, c.Supply.Routes()...)
		site.Desk = c.Supply.NavItems()
	}
	site.Desk = append(site.Desk, f.asker.NavItem())
	return webkit.New(site)
}

// faces are the rooms as a person sees them.
type faces struct {
	party   *partyweb.Face
	dossier *dossierweb.Face
	inquiry *inquiryweb.Face
	notice  *noticeweb.Face
	consent *consentweb.Face
	asker   *inquiryweb.Asker
}

func newFaces(c PageConfig) (f faces, err error) {
	code := func(id ref.Body) string { code, _ := c.Bodies(id); return code }
	under := func(version string, now time.Time) dossierweb.Rules {
		return rules{law.Under(c.Shelf, version, now), c.Bodies}
	}
	if f.party, err = partyweb.New(partyweb.Config{Service: c.Party, Sandbox: c.Site.Sandbox, Samples: c.Samples, Clerks: c.Clerks}); err != nil {
		return f, err
	}
	if f.dossier, err = dossierweb.New(dossierweb.Config{Service: c.Dossier, Rules: under}); err != nil {
		return f, err
	}
	if f.inquiry, err = inquiryweb.New(inquiryweb.Config{Service: c.Inquiry, BodyCode: code}); err != nil {
		return f, err
	}
	if f.asker, err = inquiryweb.NewAsker(inquiryweb.AskConfig{Service: c.Inquiry, Clerk: c.Party.ClerkSession, Say: c.Book.Say, BodyCode: code, Chance: rand.Reader}); err != nil {
		return f, err
	}
	if f.notice, err = noticeweb.New(noticeweb.Config{Service: c.Notice, Origin: c.Site.Origin, Matter: f.matter}); err != nil {
		return f, err
	}
	f.consent, err = consentweb.New(consentweb.Config{Service: c.Consent, BodyCode: code})
	return f, err
}

// rules are a version of the pack as the file needs it.
type rules struct {
	*law.Pack
	bodies func(ref.Body) (code string, ok bool)
}

// LawLang is the leading language of the pack.
func (r rules) LawLang() string { return r.Languages[0] }

// UnitName names a body of the pack by its code.
func (r rules) UnitName(code, lang string) string {
	if b, ok := r.Body(code); ok {
		return b.Names[lang]
	}
	return code
}

// BodyName names a body by its key.
func (r rules) BodyName(id ref.Body, lang string) string {
	if code, ok := r.bodies(id); ok {
		return r.UnitName(code, lang)
	}
	return id.String()
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
	rows = append(rows, f.asker.Routes()...)
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
