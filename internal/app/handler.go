package app

import (
	"context"
	"net/http"
)

func (h *House) handler(ctx context.Context) (http.Handler, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", h.health)
	mux.HandleFunc("GET /readyz", h.ready)
	return mux, nil
}
