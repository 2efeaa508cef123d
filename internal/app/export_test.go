package app

import (
	"context"
	"time"
)

// Tend lets a test do what the keeper does each hour.
func (h *House) Tend(ctx context.Context) error { _, err := h.tend(ctx); return err }

// Move lets a test move the clock of a sandbox so many days from today.
func (h *House) Move(ctx context.Context, days int) error {
	return (&demo{House: h}).move(ctx, -days)
}

// Counts tells a test what the database holds.
func (h *House) Counts(ctx context.Context) (live, erased, persons int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	err = h.db.keeper.QueryRow(ctx, `select count(*) filter (where state <> 'erased'), count(*) filter (where state = 'erased'),
		(select count(*) from party.person) from dossier.record`).Scan(&live, &erased, &persons)
	return live, erased, persons, err
}
