package app

import (
	"context"
	"log/slog"
	"net/http"

	"recourse/internal/fault"
	"recourse/internal/kit/pgembed"
)

// ErrRoom is the answer while the disk is nearly full: what is kept must stay
// whole, and an answer without its trace is none.
var ErrRoom = fault.New(fault.Unavailable, "E-ROOM",
	"The registry's disk is nearly full, so nothing is written or answered for now. Nothing was lost. The operator has to make room.")

// lookAtRoom stops writing below the low-water mark and goes on above twice it.
func (h *House) lookAtRoom(ctx context.Context) (bool, error) {
	free, err := pgembed.FreeBytes(h.cfg.DataDir)
	if err != nil {
		return false, err
	}
	low := h.cfg.MinFreeMiB << 20
	switch {
	case free < low && h.full.CompareAndSwap(false, true):
		h.log.LogAttrs(ctx, slog.LevelError, "disk nearly full: writing stopped", slog.Uint64("free_mib", free>>20), slog.Uint64("needed_mib", h.cfg.MinFreeMiB))
	case free > 2*low && h.full.CompareAndSwap(true, false):
		h.log.LogAttrs(ctx, slog.LevelInfo, "disk has room again: writing goes on", slog.Uint64("free_mib", free>>20))
	}
	return false, nil
}

// whereRoom answers 503 while there is no room. Health and what lies in the
// program itself are served all the same.
func (h *House) whereRoom(refuse func(http.ResponseWriter, *http.Request, error), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.full.Load() {
			refuse(w, r, ErrRoom)
			return
		}
		next.ServeHTTP(w, r)
	})
}
