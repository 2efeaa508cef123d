package app

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"recourse/internal/kit/apikit"
	"recourse/internal/kit/webkit"
)

// Served gives a test the calls and the pages of an opened house, and both as they
// are served.
func (h *House) Served() (*apikit.API, *webkit.Site, http.Handler, error) {
	api, err := h.api(nil)
	if err != nil {
		return nil, nil, nil, err
	}
	site, err := h.site(api, nil)
	if err != nil {
		return nil, nil, nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(apikit.Prefix+"/", api)
	mux.Handle(apikit.KeysPath, api)
	mux.Handle("/", site)
	return api, site, mux, nil
}

// Handler gives a test everything as it is served.
func (h *House) Handler(ctx context.Context) (http.Handler, error) { return h.handler(ctx) }

// Matters gives a test the rows that ask for a fresh proof.
func Matters() []string { return slices.Sorted(maps.Keys(matters())) }
