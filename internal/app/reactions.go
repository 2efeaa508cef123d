package app

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/ledger"
	"recourse/internal/notice"
	"recourse/internal/ref"
)

// reaction is one thing that follows from an event. It must be idempotent by the
// event: it may be done twice, never not at all.
type reaction struct {
	on       string // kind of event
	consumer string // name in the queue; never changed while tasks may wait
	why      string
	do       func(ctx context.Context, t ledger.Task, now time.Time) error
}

// reactions is the one table that says what follows from what.
func (h *House) reactions() []reaction {
	return []reaction{
		{"dossier.noticed", "notice.owe", "a negative record is told before anybody else may see it (rules C)", h.oweBeforeEffect},
		{"notice.to-announce", "notice.announce", "the person hears that a letter waits; the letter itself is in the inbox", h.announce},
		{"notice.opened", "dossier.take-effect", "the time to answer runs from the opening (rules C1)", h.takeEffect},
	}
}

// consumers is the table by kind of event, for the publisher.
func consumers(rs []reaction) map[string][]string {
	out := map[string][]string{}
	for _, r := range rs {
		out[r.on] = append(out[r.on], r.consumer)
	}
	return out
}

func (h *House) oweBeforeEffect(ctx context.Context, t ledger.Task, now time.Time) error {
	list, err := dossier.ParseTold(t.Refs["records"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	letters := make([]notice.Owed, len(list))
	for i, told := range list {
		letters[i] = notice.Owed{Person: told.Person, Kind: law.BeforeEffect, Record: told.Record, Version: told.Version, OwedAt: now}
	}
	return h.noticeWork.Owe(ctx, letters)
}

func (h *House) announce(ctx context.Context, t ledger.Task, now time.Time) error {
	n, err := ref.Parse[ref.Notice](t.Refs["notice"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	return h.announcer.Announce(ctx, t.Stream, n, now)
}

func (h *House) takeEffect(ctx context.Context, t ledger.Task, now time.Time) error {
	if t.Refs["kind"] != law.BeforeEffect {
		return nil
	}
	record, err := ref.Parse[ref.Record](t.Refs["record"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	version, err := strconv.ParseInt(t.Refs["version"], 10, 32)
	if err != nil {
		return fmt.Errorf("event %s: version: %w", t.Kind, err)
	}
	effect, err := time.Parse(time.RFC3339Nano, t.Refs["answer_until"])
	if err != nil {
		return fmt.Errorf("event %s: answer_until: %w", t.Kind, err)
	}
	return h.dossierWork.TakeEffect(ctx, dossier.Told{Person: t.Stream, Record: record, Version: int32(version)}, effect, now)
}

// react hands a task to the reaction that it waits for.
func (h *House) react(ctx context.Context, t ledger.Task) error {
	for _, r := range h.table {
		if r.on == t.Kind && r.consumer == t.Consumer {
			return r.do(ctx, t, h.clock.Now())
		}
	}
	return fault.Newf(fault.Internal, "E-REACTION", "no reaction %s on %s: the program is older than the task", t.Consumer, t.Kind)
}
