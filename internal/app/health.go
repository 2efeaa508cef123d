package app

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"recourse/internal/fault"
)

// health answers /healthz: the process runs.
func (h *House) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

// clockHeader tells the commands of a sandbox which instant holds in the server.
const clockHeader = "Recourse-Sandbox-Clock"

// ready answers /readyz: database, vault and disk can be used, and the process is
// not on its way out. It names the parts that fail and nothing else.
func (h *House) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	parts := map[string]string{"database": "ok", "vault": "ok", "disk": "ok", "serving": "ok"}
	if err := h.db.app.Ping(ctx); err != nil {
		parts["database"] = "cannot be reached"
	}
	if state, err := h.vault.State(ctx); err != nil {
		parts["vault"] = fault.Of(err).Code
	} else if state.Fault != "" {
		parts["vault"] = "cannot write"
	}
	if h.full.Load() {
		parts["disk"] = "nearly full"
	}
	if h.draining.Load() {
		parts["serving"] = "stopping"
	}
	if h.cfg.Mode == Sandbox {
		w.Header().Set(clockHeader, h.clock.Now().Format(time.RFC3339Nano))
	}
	status := http.StatusOK
	for _, p := range parts {
		if p != "ok" {
			status = http.StatusServiceUnavailable
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(parts)
}
