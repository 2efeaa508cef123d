package app

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Tend lets a test do what the keeper does each hour.
func (h *House) Tend(ctx context.Context) error { _, err := h.tend(ctx); return err }

// Move lets a test move the clock of a sandbox so many days from today.
func (h *House) Move(ctx context.Context, days int) error {
	owner, err := pgx.Connect(ctx, h.db.urls.Owner)
	if err != nil {
		return err
	}
	defer func() { _ = owner.Close(ctx) }()
	return (&demo{House: h, owner: owner}).move(ctx, -days)
}

// Counts tells a test what the database holds.
func (h *House) Counts(ctx context.Context) (live, erased, persons int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	err = h.db.keeper.QueryRow(ctx, `select count(*) filter (where state <> 'erased'), count(*) filter (where state = 'erased'),
		(select count(*) from party.person) from dossier.record`).Scan(&live, &erased, &persons)
	return live, erased, persons, err
}

// True lets a test ask the database a question with one answer.
func (h *House) True(ctx context.Context, query string, args ...any) bool {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	owner, err := pgx.Connect(ctx, h.db.urls.Owner)
	if err != nil {
		return false
	}
	defer func() { _ = owner.Close(ctx) }()
	var is bool
	return owner.QueryRow(ctx, query, args...).Scan(&is) == nil && is
}

// Reactions lists for a test what follows from what: event, consumer, why.
func Reactions() (out [][3]string) {
	for _, r := range (&House{}).reactions() {
		out = append(out, [3]string{r.on, r.consumer, r.why})
	}
	return out
}
