package app

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"time"

	"recourse/internal/consent/consentapi"
	"recourse/internal/dispute/disputeapi"
	"recourse/internal/furnish/furnishapi"
	"recourse/internal/inquiry/inquiryapi"
	"recourse/internal/kit/apikit"
	"recourse/internal/kit/authkit"
	"recourse/internal/kit/codekit"
	"recourse/internal/kit/devkit"
	"recourse/internal/kit/spool"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/ledger/ledgerhttp"
	"recourse/internal/notice/noticeapi"
	"recourse/internal/notice/noticeweb"
	"recourse/internal/notice/noticewebhook"
	"recourse/internal/oversight/oversightpg"
	"recourse/internal/party"
	"recourse/internal/party/partyapi"
	"recourse/internal/party/partypg"
)

// handler is everything that is served: health, the API, the pages.
func (h *House) handler(ctx context.Context) (http.Handler, error) {
	rates := apikit.NewThrottle(apikit.Rates{Clerk: h.cfg.Limit.Clerk, Body: h.cfg.Limit.Body, Purpose: h.cfg.Limit.Purpose}, nil)
	api, err := h.api(rates)
	if err != nil {
		return nil, err
	}
	site, err := h.site(api, rates)
	if err != nil {
		return nil, err
	}
	h.pages = site.Rows()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", h.health)
	mux.HandleFunc("GET /readyz", h.ready)
	mux.Handle(apikit.Prefix+"/", h.whereRoom(api.Refuse, api))
	mux.Handle(apikit.KeysPath, api)
	mux.Handle(ledgerhttp.Prefix, h.logHandler())
	if h.provider != nil {
		mux.Handle(sandboxProvider+"/", h.provider)
	}
	mux.Handle("/", h.byName(h.whereRoom(refusePage, site)))
	return h.thenWake(mux), nil
}

// api is the calls of all rooms.
func (h *House) api(rates *apikit.Throttle) (*apikit.API, error) {
	signer, err := h.signer()
	if err != nil {
		return nil, err
	}
	asking, err := inquiryapi.Routes(inquiryapi.Config{Service: h.Inquiry, Admit: h.admit, Bodies: h.bodyCode})
	if err != nil {
		return nil, err
	}
	consents, err := consentapi.Routes(consentapi.Config{Service: h.Consent, Authenticate: h.at(party.Asks), Origin: h.cfg.BaseURL})
	if err != nil {
		return nil, err
	}
	sending, err := furnishapi.Routes(furnishapi.Config{Service: h.Furnish, Authenticate: h.at(party.Furnishes), Logged: h.public.newest})
	if err != nil {
		return nil, err
	}
	logged, err := h.logCalls()
	if err != nil {
		return nil, err
	}
	keys, err := partyapi.Routes(partyapi.Config{Keyring: h.keyring, Team: h.team, Authenticate: h.authenticate})
	if err != nil {
		return nil, err
	}
	changes, err := noticeapi.Routes(noticeapi.Config{Inbox: h.changes, Authenticate: h.at(party.Asks), Secret: noticewebhook.Secret, PublicKey: h.poster.PublicKey()})
	if err != nil {
		return nil, err
	}
	contests, err := disputeapi.Routes(disputeapi.Config{Service: h.Dispute, Authenticate: h.authenticate, Source: h.at(party.Furnishes)})
	if err != nil {
		return nil, err
	}
	return apikit.New(apikit.Config{Clock: h.clock, Chance: rand.Reader, Log: h.log, Signer: signer, Title: h.pack().Registry["en"], Version: Version,
		Throttle: rates, Observe: h.metrics.Request, Origin: strings.TrimSuffix(h.cfg.BaseURL, "/"), Secure: strings.HasPrefix(h.cfg.BaseURL, "https://"),
		Keys: partypg.NewSignatures(h.db.app), Aside: func() (*spool.File, error) { return h.spool.Create(mostUpload) }, Routes: slices.Concat(asking, consents, sending, changes, contests, keys, logged)})
}

// presented takes over from the machinery of calls by what somebody is known: a
// token, or a key whose signature it has checked.
func presented(p apikit.Presented) party.Presented {
	if p.Key != "" {
		return party.SignedWith(p.Key)
	}
	return party.Bearer(p.Token)
}

func (h *House) authenticate(ctx context.Context, p apikit.Presented, now time.Time) (party.Clerk, error) {
	return h.Party.Authenticate(ctx, presented(p), now)
}

// at lets in those alone who work at a desk.
func (h *House) at(d party.Desk) apikit.Authenticator[party.Clerk] {
	return func(ctx context.Context, p apikit.Presented, now time.Time) (party.Clerk, error) {
		return h.Party.At(ctx, d, presented(p), now)
	}
}

func (h *House) admit(ctx context.Context, p apikit.Presented, now time.Time, id *party.Identity) (party.Admitted, error) {
	return h.Party.Admit(ctx, presented(p), now, id)
}

// site is the pages of all rooms.
func (h *House) site(api *apikit.API, rates *apikit.Throttle) (*webkit.Site, error) {
	hooks, err := noticeweb.ReplayItem()
	if err != nil {
		return nil, err
	}
	reference, calls, err := devkit.Routes(devkit.Config{Document: api.Document(), Address: apikit.Prefix + "/openapi.json", Errors: codekit.Path, Origin: h.cfg.BaseURL, More: []webkit.NavItem{hooks}})
	if err != nil {
		return nil, err
	}
	if err := h.openDoors(); err != nil {
		return nil, err
	}
	book, err := codekit.Open()
	if err != nil {
		return nil, err
	}
	if err := h.openSupply(book); err != nil {
		return nil, err
	}
	log, toLog, err := h.logPages()
	if err != nil {
		return nil, err
	}
	ops, toOps, err := h.opsPages()
	if err != nil {
		return nil, err
	}
	library, err := Library(h.Shelf, map[string][]webkit.NavItem{"reference": {book.NavItem(), calls}})
	if err != nil {
		return nil, err
	}
	c := PageConfig{Extra: slices.Concat(reference, log, ops), Ops: []webkit.NavItem{toOps}, Foot: []webkit.NavItem{toLog}, Book: book, Library: library, Trusted: h.trusted, Logged: h.public.size, Rates: rates, Supply: h.supply, Party: h.Party, Team: h.team, Views: &party.Views{Store: partypg.NewViews(h.db.app), Chance: rand.Reader}, Watch: h.watch, Inspect: h.inspector, Ombudsman: h.ombudsman, Hotline: h.hotline, Dossier: h.Dossier, Inquiry: h.Inquiry, Notice: h.Notice, Consent: h.Consent, Dispute: h.Dispute, Repair: h.Repair, Receipt: h.receipt, Changes: h.changes, Post: h.post, Records: h.Dispute.Records, Retention: h.Retention, Hold: h.Hold, Estate: h.Estate, Elsewhere: h.shownElsewhere, Figures: oversightpg.NewFigures(h.db.app), Shelf: h.Shelf, Zone: h.pack().Zone, Bodies: h.bodyCode,
		Site: webkit.Config{Clock: h.clock, Chance: rand.Reader, Log: h.log, Origin: h.cfg.BaseURL, Sandbox: h.cfg.Mode == Sandbox}}
	c.Versions = func() []law.Activated { return h.shelf.Timeline().All() }
	c.Doors, c.Site.Fresh = h.doors, h.Party.FreshFor()
	if c.Passkeys, err = authkit.NewPasskeys(h.cfg.BaseURL); err != nil {
		return nil, err
	}
	if h.cfg.Mode == Sandbox {
		files, err := PackFiles(h.cfg.Pack)
		if err != nil {
			return nil, err
		}
		if c.Samples, err = samplePeople(files); err != nil {
			return nil, err
		}
		c.Clerks = sampleClerks(h.pack())
		c.Tour = tourStops(h.pack(), c.Samples)
		if h.provider != nil {
			c.Chooser = h.provider
		}
	}
	return NewPages(c)
}

// refusePage answers a page that is not begun.
func refusePage(w http.ResponseWriter, _ *http.Request, _ error) {
	w.Header().Set("Retry-After", "60")
	http.Error(w, ErrRoom.Text, http.StatusServiceUnavailable)
}

// thenWake lets the pump look at once at what a write may have left for it.
func (h *House) thenWake(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		if r.Method == http.MethodPost && !strings.HasSuffix(r.URL.Path, "/inquiries") {
			select {
			case h.wake <- struct{}{}:
			default: // it is awake
			}
		}
	})
}
