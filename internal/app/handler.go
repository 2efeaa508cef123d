package app

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"

	"recourse/internal/furnish/furnishapi"
	"recourse/internal/inquiry/inquiryapi"
	"recourse/internal/kit/apikit"
	"recourse/internal/kit/codekit"
	"recourse/internal/kit/devkit"
	"recourse/internal/kit/webkit"
)

// handler is everything that is served: health, the API, the pages.
func (h *House) handler(ctx context.Context) (http.Handler, error) {
	api, err := h.api()
	if err != nil {
		return nil, err
	}
	site, err := h.site(api)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", h.health)
	mux.HandleFunc("GET /readyz", h.ready)
	mux.Handle(apikit.Prefix+"/", h.whereRoom(api.Refuse, api))
	mux.Handle(apikit.KeysPath, api)
	mux.Handle("/", h.whereRoom(refusePage, site))
	return h.thenWake(mux), nil
}

// api is the calls of all rooms.
func (h *House) api() (*apikit.API, error) {
	signer, err := h.signer()
	if err != nil {
		return nil, err
	}
	asking, err := inquiryapi.Routes(inquiryapi.Config{Service: h.Inquiry, Admit: h.Party.Admit,
		Bodies: h.bodyCode})
	if err != nil {
		return nil, err
	}
	sending, err := furnishapi.Routes(furnishapi.Config{Service: h.Furnish, Authenticate: h.Party.Authenticate})
	if err != nil {
		return nil, err
	}
	return apikit.New(apikit.Config{Clock: h.clock, Chance: rand.Reader, Log: h.log, Signer: signer, Title: h.pack().Registry["en"], Version: Version,
		Observe: h.metrics.Request, Secure: strings.HasPrefix(h.cfg.BaseURL, "https://"), Routes: append(asking, sending...)})
}

// site is the pages of all rooms.
func (h *House) site(api *apikit.API) (*webkit.Site, error) {
	reference, err := devkit.Routes(devkit.Config{Document: api.Document(), Address: apikit.Prefix + "/openapi.json", Errors: codekit.Path, Origin: h.cfg.BaseURL})
	if err != nil {
		return nil, err
	}
	book, err := codekit.Open()
	if err != nil {
		return nil, err
	}
	if err := h.openSupply(book); err != nil {
		return nil, err
	}
	c := PageConfig{Extra: reference, Book: book, Supply: h.supply, Party: h.Party, Dossier: h.Dossier, Inquiry: h.Inquiry, Notice: h.Notice, Consent: h.Consent, Shelf: h.Shelf, Zone: h.pack().Zone, Bodies: h.bodyCode,
		Site: webkit.Config{Clock: h.clock, Chance: rand.Reader, Log: h.log, Origin: h.cfg.BaseURL, Sandbox: h.cfg.Mode == Sandbox}}
	if h.cfg.Mode == Sandbox {
		files, err := PackFiles(h.cfg.Pack)
		if err != nil {
			return nil, err
		}
		if c.Samples, err = samplePeople(files); err != nil {
			return nil, err
		}
		c.Clerks = sampleClerks(h.pack())
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
