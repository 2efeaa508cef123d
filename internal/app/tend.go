package app

import (
	"context"

	"recourse/internal/vault"
)

// forget makes unreadable what ended before its day.
func (h *House) forget(ctx context.Context) (bool, error) {
	now := h.clock.Now()
	receipts, err := h.vault.keeper.ApplyIntents(ctx, now, h.Pack.Today(now))
	return len(receipts) > 0, err
}

func (h *House) tend(ctx context.Context) (bool, error) { return false, nil }

func (h *House) holders() []vault.Holder { return nil }
