package app

import (
	"context"
	"fmt"
	"time"

	"recourse/internal/ledger"
	"recourse/internal/notice"
	"recourse/internal/ref"
)

// oweDeath tells a person by every way that their death was entered: the announcement by
// e-mail leads to a file that is closed, so that the letter goes by post too.
func (h *House) oweDeath(ctx context.Context, t ledger.Task, now time.Time) error {
	owed, err := h.oweOfDeath(ctx, t, notice.DeathLetter, now)
	if err != nil {
		return err
	}
	return h.announcer.Post(ctx, t.Stream, owed, now)
}

func (h *House) oweReversal(ctx context.Context, t ledger.Task, now time.Time) error {
	_, err := h.oweOfDeath(ctx, t, notice.ReversalLetter, now)
	return err
}

func (h *House) oweOfDeath(ctx context.Context, t ledger.Task, kind string, now time.Time) (ref.Notice, error) {
	id, err := ref.Parse[ref.Death](t.Refs["death"])
	if err != nil {
		return ref.Notice{}, fmt.Errorf("event %s: %w", t.Kind, err)
	}
	owed, err := h.noticeWork.Owe(ctx, []notice.Owed{{Person: t.Stream, Kind: kind, Contest: ref.Contest(id)}}, now)
	if err != nil {
		return ref.Notice{}, err
	}
	return owed[0].ID, nil
}
