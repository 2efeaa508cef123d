package housetest

import (
	"context"
	"time"

	"recourse/internal/dossier/dossierpg"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/seal"
	"recourse/internal/vault"
)

// Lasting returns the rooms that keep something about persons.
func Lasting(f *Fixture) []party.Lasting {
	return []party.Lasting{dossierpg.NewStore(f.Keeper, Publisher(nil)), inquirypg.NewTraces(f.Keeper)}
}

// Holders returns every room that holds sealed rows. Identities come last: what
// else is kept of a person decides whether their file stays.
func Holders(f *Fixture) []vault.Holder {
	persons := partypg.NewKeeperStore(f.Keeper, Publisher(nil))
	return []vault.Holder{
		holder{dossierpg.NewStore(f.Keeper, Publisher(nil))},
		holder{inquirypg.NewTraces(f.Keeper)},
		holder{partypg.Contacts{KeeperStore: persons}},
		holder{partypg.Identities{KeeperStore: persons, Lasting: Lasting(f)}},
	}
}

// room is vault.Holder in words of the ground, as rooms without a door to the
// vault fill it.
type room interface {
	Name() string
	MaxLeaves(ctx context.Context) (map[seal.Epoch]seal.Leaf, error)
	Held(ctx context.Context, after []byte, limit int) ([]seal.Held, []byte, error)
	Erase(ctx context.Context, boxes []seal.Held, now time.Time) error
}

type holder struct{ room }

func (h holder) Held(ctx context.Context, after []byte, limit int) ([]vault.HeldBox, []byte, error) {
	list, next, err := h.room.Held(ctx, after, limit)
	out := make([]vault.HeldBox, len(list))
	for i, b := range list {
		out[i] = vault.HeldBox{Person: b.Subject.Person, Record: b.Subject.Record, Version: b.Subject.Version, Slot: b.Slot}
	}
	return out, next, err
}

func (h holder) Erase(ctx context.Context, boxes []vault.HeldBox, now time.Time) error {
	list := make([]seal.Held, len(boxes))
	for i, b := range boxes {
		list[i] = seal.Held{Subject: seal.Subject{Person: b.Person, Record: b.Record, Version: b.Version}, Slot: b.Slot}
	}
	return h.room.Erase(ctx, list, now)
}
