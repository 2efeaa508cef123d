package app

import (
	"crypto/rand"
	"time"

	"recourse/internal/consent/consentweb"
	"recourse/internal/dispute/disputeweb"
	"recourse/internal/dossier/dossierweb"
	"recourse/internal/estate/estateweb"
	"recourse/internal/hold/holdweb"
	"recourse/internal/inquiry/inquiryweb"
	"recourse/internal/kit/apikit"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/law/lawweb"
	"recourse/internal/notice/noticeweb"
	"recourse/internal/oversight"
	"recourse/internal/oversight/oversightweb"
	"recourse/internal/party"
	"recourse/internal/party/partyweb"
	"recourse/internal/ref"
	"recourse/internal/repair/repairweb"
	"recourse/internal/retention/retentionweb"
)

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
	if f.inquiry, err = inquiryweb.New(asked); err != nil {
		return f, err
	}
	if f.asker, err = inquiryweb.NewAsker(inquiryweb.AskConfig{Service: c.Inquiry, Clerk: c.Party.ClerkSession, Say: c.Book.Say, BodyCode: code, Count: c.count, Chance: rand.Reader}); err != nil {
		return f, err
	}
	if err := f.matters(c, code); err != nil {
		return f, err
	}
	f.body = func(id ref.Body, v webkit.Visit) string {
		return rules{c.Shelf.At(v.Now), c.Bodies}.BodyName(id, v.Lang)
	}
	// Letters tell what the faces of matters say.
	if f.notice, err = noticeweb.New(f.letters(c)); err != nil {
		return f, err
	}
	if c.Changes != nil {
		if f.changes, err = noticeweb.NewChanges(noticeweb.ChangesConfig{Inbox: c.Changes, Shelf: c.Shelf, BodyCode: code, Clerk: c.Party.ClerkSession, Count: func(who party.Clerk) error { return c.count(who, "") }}); err != nil {
			return f, err
		}
	}
	f.consent, err = consentweb.New(consentweb.Config{Service: c.Consent, BodyCode: code})
	return f, err
}

// matters are the faces of what is decided about records.
func (f *faces) matters(c PageConfig, code func(ref.Body) string) (err error) {
	if c.Dispute != nil {
		if f.dispute, err = disputeweb.New(disputeweb.Config{Service: c.Dispute, BodyCode: code, Clerk: c.Party.ClerkSession, Opened: c.opened, Told: c.recipients}); err != nil {
			return err
		}
	}
	if c.Hold != nil {
		if f.hold, err = holdweb.New(holdweb.Config{Service: c.Hold, BodyCode: code, Clerk: c.Party.ClerkSession, Origin: c.Site.Origin}); err != nil {
			return err
		}
	}
	if c.Estate != nil {
		if f.estate, err = estateweb.New(estateweb.Config{Service: c.Estate, BodyCode: code, Clerk: c.Party.ClerkSession}); err != nil {
			return err
		}
	}
	if c.Repair != nil {
		if f.repair, err = repairweb.New(repairweb.Config{Service: c.Repair, BodyCode: code, Clerk: c.Party.ClerkSession, Receipt: c.Receipt}); err != nil {
			return err
		}
	}
	if c.Retention != nil {
		if f.retention, err = retentionweb.New(retentionweb.Config{Service: c.Retention, Gather: c.gather, Shape: Shape()}); err != nil {
			return err
		}
	}
	if c.Hotline != nil {
		hotline := *c.Hotline
		// Who reports is not known: all of them count together.
		hotline.Count = func() error { return c.Rates.Take(apikit.Caller{Purpose: "report"}) }
		if f.reports, err = oversightweb.NewReports(&hotline, code); err != nil {
			return err
		}
	}
	return nil
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
