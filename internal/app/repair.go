package app

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"recourse/internal/law"
	"recourse/internal/ledger"
	"recourse/internal/notice"
	"recourse/internal/ref"
)

// tendRepairs tells, tidies, and ends what nobody has to decide; nothing waits for it.
func (h *House) tendRepairs(ctx context.Context) (bool, error) {
	return h.keepers.repair.Tend(ctx, h.clock.Now())
}

// oweRestored owes a person the letter that a record of theirs has ended early.
func (h *House) oweRestored(ctx context.Context, t ledger.Task, now time.Time) error {
	return h.oweLetter(ctx, t, law.Restored, now)
}

// oweWayOpened owes a person the letter that they can now ask that a record ends early.
func (h *House) oweWayOpened(ctx context.Context, t ledger.Task, now time.Time) error {
	return h.oweLetter(ctx, t, law.WayOpened, now)
}

func (h *House) oweLetter(ctx context.Context, t ledger.Task, kind string, now time.Time) error {
	record, err := ref.Parse[ref.Record](t.Refs["record"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	version, err := strconv.ParseInt(t.Refs["version"], 10, 32)
	if err != nil {
		return fmt.Errorf("event %s: version: %w", t.Kind, err)
	}
	_, err = h.noticeWork.Owe(ctx, []notice.Owed{{Person: t.Stream, Kind: kind, Record: record, Version: int32(version)}}, now)
	return err
}

// receipt is the public log's receipt of an event of a person, as recourse-verify and
// the page of receipts check it.
func (h *House) receipt(ctx context.Context, p ref.Person, e ref.Event) ([]byte, error) {
	r, err := h.public.receipts.Of(ctx, ledger.Key{Stream: p, Event: e}, true)
	return []byte(r.Text), err
}
