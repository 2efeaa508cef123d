package app

import (
	"context"
	"slices"
	"time"

	"recourse/internal/consent"
	"recourse/internal/dispute"
	"recourse/internal/dossier"
	"recourse/internal/estate"
	"recourse/internal/furnish/furnishweb"
	"recourse/internal/hold"
	"recourse/internal/inquiry"
	"recourse/internal/kit/apikit"
	"recourse/internal/kit/authkit"
	"recourse/internal/kit/codekit"
	"recourse/internal/kit/dockit"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/ledger/ledgerweb"
	"recourse/internal/notice"
	"recourse/internal/oversight"
	"recourse/internal/party"
	"recourse/internal/party/partyweb"
	"recourse/internal/ref"
	"recourse/internal/repair"
	"recourse/internal/retention"
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
