package app

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"recourse/internal/consent"
	"recourse/internal/consent/consentweb"
	"recourse/internal/dispute"
	"recourse/internal/dispute/disputeweb"
	"recourse/internal/dossier"
	"recourse/internal/dossier/dossierweb"
	"recourse/internal/estate"
	"recourse/internal/estate/estateweb"
	"recourse/internal/furnish/furnishweb"
	"recourse/internal/hold"
	"recourse/internal/hold/holdweb"
	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquiryweb"
	"recourse/internal/kit/apikit"
	"recourse/internal/kit/authkit"
	"recourse/internal/kit/codekit"
	"recourse/internal/kit/dockit"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/law/lawweb"
	"recourse/internal/ledger/ledgerweb"
	"recourse/internal/notice"
	"recourse/internal/notice/noticeweb"
	"recourse/internal/oversight"
	"recourse/internal/oversight/oversightweb"
	"recourse/internal/party"
	"recourse/internal/party/partyweb"
	"recourse/internal/ref"
	"recourse/internal/repair"
	"recourse/internal/repair/repairweb"
	"recourse/internal/retention"
	"recourse/internal/retention/retentionweb"
)

// PageConfig is what the pages are made of. Site holds what they do not know
// themselves: Clock, Chance, Log, Origin, Sandbox, Leave, Deadline; the rest of it
// is filled in.
type PageConfig struct {
	Party     *party.Service
	Team      *party.Team          // nil where nobody says who of a body may what
	Views     *party.Views         // nil where clerks save nothing of their lists
	Watch     *oversight.Watch     // nil where no look can be questioned
	Inspect   *oversight.Inspector // nil where there is no Watch
	Ombudsman *oversight.Ombudsman // nil where there is no Watch
	Hotline   *oversight.Hotline   // nil where nothing is reported
	Dossier   *dossier.Service
	Inquiry   *inquiry.Service
	Notice    *notice.Service
	Consent   *consent.Service
	Dispute   *dispute.Service                                                     // nil where nothing can be contested
	Repair    *repair.Service                                                      // nil where nothing can end early
	Receipt   func(ctx context.Context, p ref.Person, e ref.Event) ([]byte, error) // of the public log
	Changes   *notice.Inbox                                                        // of bodies; nil where nobody is told
	Post      *notice.Desk                                                         // nil where nothing is sent on paper
	Records   records                                                              // where letters are sent on paper
	Shelf     law.Shelf
	Versions  func() []law.Activated                // of the rules, in their order
	Zone      *time.Location                        // of legal days; the same under every version
	Bodies    func(ref.Body) (code string, ok bool) // of the packs that are or were in force
	Samples   []partyweb.SamplePerson               // of a sandbox
	Extra     []webkit.Route                        // pages of no room
	Foot      []webkit.NavItem                      // what leads to them
	Clerks    []partyweb.SampleClerk                // of a sandbox
	Doors     []partyweb.Door                       // at which people sign in
	Chooser   partyweb.Chooser                      // of a sandbox; nil where there is none
	Passkeys  *authkit.Passkeys                     // nil where none are taken
	Supply    *furnishweb.Face                      // where clerks send records; nil where nothing can be sent
	Book      *codekit.Book                         // what each code means
	Library   *dockit.Library                       // the documentation; nil for a site without it
	Trusted   func() (key, policy string)           // of the public log; nil for a site without one
	Logged    func(context.Context) (string, error) // size of the public log that was last signed; nil for a site without one
	Rates     *apikit.Throttle                      // of questions, the same as of the API's calls
	Site      webkit.Config

	Retention *retention.Service    // nil where nothing can be taken along
	Hold      *hold.Service         // nil where nothing is held
	Estate    *estate.Service       // nil where no death is entered
	Elsewhere oversight.Store       // of incidents; nil where none is kept
	Figures   oversight.FigureStore // of quarters; nil where none are published
	Ops       []webkit.NavItem      // leads clerks to pages of no room
	Tour      []partyweb.Stop       // of a sandbox; empty for none
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
	sessions := partyweb.Sessions{Service: c.Party}
	site.Sessions = sessions
	if c.Party.Drafts != nil {
		site.Drafts = sessions
	}
	checks, toChecks, err := c.verify(&site)
	if err != nil {
		return nil, err
	}
	site.Routes = slices.Concat(f.routes(site.Sandbox), c.Book.Routes(), checks, c.Extra)
	site.Over = f.overviews()
	site.Foot = slices.Concat(f.foot(), []webkit.NavItem{toChecks}, c.Foot)
	if c.Library != nil {
		site.Routes = append(site.Routes, c.Library.Routes()...)
		site.Foot = append(site.Foot, c.Library.NavItems()...)
	} else {
		site.Foot = append(site.Foot, c.Book.NavItem())
	}
	if f.tour != nil {
		site.Routes, site.Guide = append(site.Routes, f.tour.Routes()...), f.tour.Strip
	}
	site.Nav = []webkit.NavItem{f.dossier.NavItem(), f.inquiry.NavItem(), f.notice.NavItem(), f.consent.NavItem(), f.party.NavItem()}
	if c.Supply != nil {
		site.Routes = append(site.Routes, c.Supply.Routes()...)
		site.Desk = c.Supply.NavItems()
	}
	site.Desk = append(site.Desk, f.asker.NavItem())
	if f.changes != nil {
		site.Routes = append(site.Routes, f.changes.Routes()...)
		site.Desk = append(site.Desk, f.changes.NavItem())
	}
	site.Desk = append(site.Desk, f.notice.DeskItems()...)
	if f.dispute != nil {
		site.Routes = append(site.Routes, f.dispute.Routes()...)
		site.Nav = slices.Insert(site.Nav, 1, f.dispute.NavItem())
		site.Desk = append(site.Desk, f.dispute.Desk()...)
	}
	if f.retention != nil {
		site.Routes = append(site.Routes, f.retention.Routes()...)
	}
	if f.hold != nil {
		site.Routes, site.Desk = append(site.Routes, f.hold.Routes()...), append(site.Desk, f.hold.DeskItem())
	}
	if f.estate != nil {
		site.Routes, site.Desk = append(site.Routes, f.estate.Routes()...), append(site.Desk, f.estate.DeskItem())
	}
	if f.repair != nil {
		site.Routes = append(site.Routes, f.repair.Routes()...)
		site.Nav = append(site.Nav[:len(site.Nav)-1:len(site.Nav)-1], f.repair.NavItem(), site.Nav[len(site.Nav)-1])
		site.Desk = append(site.Desk, f.repair.Desk()...)
	}
	site.Desk = append(append(site.Desk, f.party.DeskItem()), c.Ops...)
	if f.watch != nil {
		site.Routes, site.Desk = append(site.Routes, f.watch.Routes()...), append(site.Desk, f.watch.DeskItems()...)
	}
	if f.reports != nil {
		site.Desk = append(site.Desk, f.reports.DeskItem())
	}
	if c.Team != nil {
		site.Routes, site.Desk = append(site.Routes, f.party.TeamRoutes()...), append(site.Desk, f.party.TeamItem())
	}
	if err := f.saved(c.Views, &site); err != nil {
		return nil, err
	}
	if err := askAnew(site.Routes); err != nil {
		return nil, err
	}
	return webkit.New(site)
}

// verify is the page on which receipts are checked.
func (c PageConfig) verify(site *webkit.Config) ([]webkit.Route, webkit.NavItem, error) {
	static, err := ledgerweb.Static()
	if err != nil {
		return nil, webkit.NavItem{}, err
	}
	site.Static = append(site.Static, static)
	trusted := c.Trusted
	if trusted == nil {
		trusted = func() (string, string) { return "", "" }
	}
	return ledgerweb.Verify(ledgerweb.VerifyConfig{Say: c.Book.Say, Trust: trusted})
}

// faces are the rooms as a person sees them.
type faces struct {
	party   *partyweb.Face
	dossier *dossierweb.Face
	inquiry *inquiryweb.Face
	notice  *noticeweb.Face
	consent *consentweb.Face
	asker   *inquiryweb.Asker
	law     *lawweb.Face
	dispute *disputeweb.Face // nil where nothing can be contested
	repair  *repairweb.Face  // nil where nothing can end early
	changes *noticeweb.ChangesFace
	watch   *oversightweb.Face    // nil where no look can be questioned
	figures *oversightweb.Figures // nil where none are published
	reports *oversightweb.Reports // nil where nothing is reported
	tour    *partyweb.Tour        // nil where nobody is led

	hold      *holdweb.Face                       // nil where nothing is held
	estate    *estateweb.Face                     // nil where no death is entered
	retention *retentionweb.Face                  // nil where nothing can be taken along
	elsewhere oversight.Store                     // nil where no incident is kept
	body      func(ref.Body, webkit.Visit) string // the name of a body
}

func newFaces(c PageConfig) (f faces, err error) {
	f.elsewhere = c.Elsewhere
	code := func(id ref.Body) string { code, _ := c.Bodies(id); return code }
	under := func(version string, now time.Time) dossierweb.Rules {
		return rules{law.Under(c.Shelf, version, now), c.Bodies}
	}
	if f.law, err = lawweb.New(c.Shelf, c.Versions); err != nil {
		return f, err
	}
	name := func(body, lang string) string {
		return rules{c.Shelf.At(c.Site.Clock.Now()), c.Bodies}.UnitName(body, lang)
	}
	if f.party, err = partyweb.New(partyweb.Config{Service: c.Party, Team: c.Team, Name: name, Sandbox: c.Site.Sandbox, Samples: c.Samples, Clerks: c.Clerks, Doors: c.Doors, Chooser: c.Chooser, Passkeys: c.Passkeys}); err != nil {
		return f, err
	}
	if len(c.Tour) > 0 {
		if f.tour, err = partyweb.NewTour(f.party, c.Tour); err != nil {
			return f, err
		}
	}
	if f.dossier, err = dossierweb.New(dossierweb.Config{Service: c.Dossier, Rules: under}); err != nil {
		return f, err
	}
	asked := inquiryweb.Config{Service: c.Inquiry, BodyCode: code}
	if c.Watch != nil {
		if f.watch, err = oversightweb.New(oversightweb.Config{Watch: c.Watch, Inspector: c.Inspect, Ombudsman: c.Ombudsman, BodyCode: code, Clerk: c.Party.ClerkSession}); err != nil {
			return f, err
		}
		asked.Beside = f.watch.Beside
	}
	if c.Figures != nil {
		if f.figures, err = oversightweb.NewFigures(c.Figures, c.Shelf); err != nil {
			return f, err
		}
	}
	if c.Hotline != nil {
		hotline := *c.Hotline
		// Who reports is not known: all of them count together.
		hotline.Count = func() error { return c.Rates.Take(apikit.Caller{Purpose: "report"}) }
		if f.reports, err = oversightweb.NewReports(&hotline, code); err != nil {
			return f, err
		}
	}
	if f.inquiry, err = inquiryweb.New(asked); err != nil {
		return f, err
	}
	if f.asker, err = inquiryweb.NewAsker(inquiryweb.AskConfig{Service: c.Inquiry, Clerk: c.Party.ClerkSession, Say: c.Book.Say, BodyCode: code, Count: c.count, Chance: rand.Reader}); err != nil {
		return f, err
	}
	if c.Dispute != nil {
		if f.dispute, err = disputeweb.New(disputeweb.Config{Service: c.Dispute, BodyCode: code, Clerk: c.Party.ClerkSession, Opened: c.opened, Told: c.recipients}); err != nil {
			return f, err
		}
	}
	if c.Hold != nil {
		if f.hold, err = holdweb.New(holdweb.Config{Service: c.Hold, BodyCode: code, Clerk: c.Party.ClerkSession, Origin: c.Site.Origin}); err != nil {
			return f, err
		}
	}
	if c.Estate != nil {
		if f.estate, err = estateweb.New(estateweb.Config{Service: c.Estate, BodyCode: code, Clerk: c.Party.ClerkSession}); err != nil {
			return f, err
		}
	}
	if f.notice, err = noticeweb.New(f.letters(c)); err != nil {
		return f, err
	}
	if c.Changes != nil {
		if f.changes, err = noticeweb.NewChanges(noticeweb.ChangesConfig{Inbox: c.Changes, Shelf: c.Shelf, BodyCode: code, Clerk: c.Party.ClerkSession, Count: func(who party.Clerk) error { return c.count(who, "") }}); err != nil {
			return f, err
		}
	}
	f.body = func(id ref.Body, v webkit.Visit) string {
		return rules{c.Shelf.At(v.Now), c.Bodies}.BodyName(id, v.Lang)
	}
	if c.Repair != nil {
		if f.repair, err = repairweb.New(repairweb.Config{Service: c.Repair, BodyCode: code, Clerk: c.Party.ClerkSession, Receipt: c.Receipt}); err != nil {
			return f, err
		}
	}
	if c.Retention != nil {
		if f.retention, err = retentionweb.New(retentionweb.Config{Service: c.Retention, Gather: c.gather, Shape: Shape()}); err != nil {
			return f, err
		}
	}
	f.consent, err = consentweb.New(consentweb.Config{Service: c.Consent, BodyCode: code})
	return f, err
}

// count lets questions of pages count as calls do.
func (c PageConfig) count(who party.Clerk, purpose string) error {
	return c.Rates.Take(apikit.Caller{Clerk: who.ID, Body: who.Body.ID, Purpose: purpose})
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

// recipients names who was told what became of a record of a person.
func (c PageConfig) recipients(ctx context.Context, v webkit.Visit, r ref.Record) ([]ref.Body, error) {
	if c.Changes == nil {
		return nil, nil
	}
	list, err := c.Changes.Changes.About(ctx, v.Person, r)
	var out []ref.Body
	for _, one := range list {
		if !slices.Contains(out, one.Body) {
			out = append(out, one.Body)
		}
	}
	return out, err
}

// records tells what is known of records without their content.
type records interface {
	Summary(ctx context.Context, k dossier.Key) (dossier.Summary, bool, error)
}

// routes are the pages of one room each.
func (f faces) routes(sandbox bool) []webkit.Route {
	rows := append(f.party.Routes(), f.law.Routes()...)
	if sandbox {
		rows = append(rows, f.party.SandboxRoutes()...)
	}
	rows = append(rows, f.inquiry.Routes()...)
	rows = append(rows, f.asker.Routes()...)
	rows = append(rows, f.notice.Routes()...)
	if f.figures != nil {
		rows = append(rows, f.figures.Routes()...)
	}
	if f.reports != nil {
		rows = append(rows, f.reports.Routes()...)
	}
	return append(rows, f.consent.Routes()...)
}

// foot is what leads to what everybody may read.
func (f faces) foot() []webkit.NavItem {
	items := append(f.law.NavItems(), f.party.FootItem())
	if f.figures != nil {
		items = append(items, f.figures.NavItem())
	}
	if f.reports != nil {
		items = append(items, f.reports.NavItem())
	}
	if f.tour != nil {
		items = append(items, f.tour.NavItem())
	}
	return items
}

// overviews are the pages over several rooms.
func (f faces) overviews() []webkit.Overview {
	title := f.dossier.Title()
	up := func(lang string) webkit.Link { return webkit.Link{Path: "/me", Text: title[lang]} }
	first := []webkit.Panels{f.dossier.Panel, f.notice.Panel, f.inquiry.Panel, f.consent.Panel}
	record := []webkit.Panels{f.dossier.RecordPanel, f.notice.RecordPanel}
	if f.dispute != nil {
		first, record = append(first, f.dispute.Panel), append(record, f.dispute.RecordPanel)
	}
	if f.changes != nil {
		record = append(record, f.changes.RecordPanel)
	}
	if f.retention != nil {
		first, record = append(first, f.retention.Panel), append(record, f.retention.RecordPanel)
	}
	if f.hold != nil {
		record = append(record, f.hold.RecordPanel)
	}
	if f.watch != nil {
		record = append(record, f.watch.RecordPanel)
	}
	if f.repair != nil {
		first, record = append(first, f.repair.Panel), append(record, f.repair.RecordPanel)
	}
	return []webkit.Overview{
		{Path: "/me", Why: "the person's file, what comes next, and who looked", Title: title, Nav: "/me", Dates: true,
			Panels: first},
		{Path: "/me/records/{record}", Why: "one record, whole, and the letters about it", Title: title, Nav: "/me", Back: up,
			Panels: record},
	}
}
