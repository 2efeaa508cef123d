package app

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"recourse/internal/dispute"
	"recourse/internal/ledger"
	"recourse/internal/notice"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// about reads which contest of which record an event is about.
func about(t ledger.Task) (contest ref.Contest, record ref.Record, stage dispute.Stage, err error) {
	if contest, err = ref.Parse[ref.Contest](t.Refs["contest"]); err == nil {
		record, err = ref.Parse[ref.Record](t.Refs["record"])
	}
	if stage = dispute.First; t.Refs["stage"] == "review" {
		stage = dispute.Review
	}
	if err != nil {
		err = fmt.Errorf("event %s: %w", t.Kind, err)
	}
	return contest, record, stage, err
}

// oweDecision makes the letter of a decision owed: one for each stage.
func (h *House) oweDecision(ctx context.Context, t ledger.Task, now time.Time) error {
	contest, record, stage, err := about(t)
	if err != nil {
		return err
	}
	_, err = h.noticeWork.Owe(ctx, []notice.Owed{{Person: t.Stream, Kind: notice.DecisionLetter, Record: record, Contest: contest, Version: int32(stage)}}, now)
	return err
}

// oweClock makes a letter owed that a clock moved.
func (h *House) oweClock(ctx context.Context, t ledger.Task, now time.Time) error {
	return h.oweClocks(ctx, []ledger.Task{t}, now)
}

// oweClocks makes letters owed that clocks moved: one for each move, and one for each
// last day that passed.
func (h *House) oweClocks(ctx context.Context, tasks []ledger.Task, now time.Time) error {
	letters := make([]notice.Owed, len(tasks))
	for i, t := range tasks {
		contest, record, _, err := about(t)
		if err != nil {
			return err
		}
		nth := int32(binary.BigEndian.Uint32(t.Event[:4]) >> 1)
		if t.Kind == "dispute.overdue" {
			due, err := when.Parse(t.Refs["due"])
			if err != nil {
				return fmt.Errorf("event %s: due: %w", t.Kind, err)
			}
			nth = int32(due)
		}
		letters[i] = notice.Owed{Person: t.Stream, Kind: notice.ClockLetter, Record: record, Contest: contest, Version: nth}
	}
	_, err := h.noticeWork.Owe(ctx, letters, now)
	return err
}

// letterReached lets the time to ask for a review run from the delivery of the decision.
func (h *House) letterReached(ctx context.Context, t ledger.Task, now time.Time) error {
	if t.Refs["kind"] != notice.DecisionLetter {
		return nil
	}
	contest, err := ref.Parse[ref.Contest](t.Refs["contest"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	told, err := toldBy(t)
	if err != nil {
		return err
	}
	var at time.Time
	if text := t.Refs["delivered_at"]; text != "" {
		if at, err = time.Parse(time.RFC3339Nano, text); err != nil {
			return fmt.Errorf("event %s: delivered_at: %w", t.Kind, err)
		}
	}
	return h.keepers.dispute.Reached(ctx, dispute.Key{Person: t.Stream, Contest: contest}, dispute.Stage(told.Version), at, now)
}
