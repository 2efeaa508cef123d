package vault

import (
	"context"
	"time"

	"recourse/internal/seal"
)

// Holding is Holder in words of the ground, as rooms fill it that have no door
// to the vault.
type Holding interface {
	Name() string
	MaxLeaves(ctx context.Context) (map[seal.Epoch]seal.Leaf, error)
	Held(ctx context.Context, after []byte, limit int) ([]seal.Held, []byte, error)
	Erase(ctx context.Context, boxes []seal.Held, now time.Time) error
}

// HolderOf returns a room as the comparison knows it.
func HolderOf(room Holding) Holder { return holder{room} }

type holder struct{ Holding }

// Held is Holder.Held.
func (h holder) Held(ctx context.Context, after []byte, limit int) ([]HeldBox, []byte, error) {
	list, next, err := h.Holding.Held(ctx, after, limit)
	out := make([]HeldBox, len(list))
	for i, b := range list {
		out[i] = HeldBox{Person: b.Subject.Person, Record: b.Subject.Record, Version: b.Subject.Version, Slot: b.Slot}
	}
	return out, next, err
}

// Erase is Holder.Erase.
func (h holder) Erase(ctx context.Context, boxes []HeldBox, now time.Time) error {
	list := make([]seal.Held, len(boxes))
	for i, b := range boxes {
		list[i] = seal.Held{Subject: seal.Subject{Person: b.Person, Record: b.Record, Version: b.Version}, Slot: b.Slot}
	}
	return h.Holding.Erase(ctx, list, now)
}
