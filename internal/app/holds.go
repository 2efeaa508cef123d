package app

import (
	"context"
	"fmt"

	"time"

	"recourse/internal/dossier"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/ledger"
	"recourse/internal/notice"
	"recourse/internal/ref"
)

// oweHeld owes a person the letter that a content of theirs is held for a court.
func (h *House) oweHeld(ctx context.Context, t ledger.Task, now time.Time) error {
	record, err := ref.Parse[ref.Record](t.Refs["record"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	id, err := ref.Parse[ref.Hold](t.Refs["hold"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	_, err = h.noticeWork.Owe(ctx, []notice.Owed{{Person: t.Stream, Kind: law.Held, Record: record, Contest: ref.Contest(id)}}, now)
	return err
}

// endHeld ends what is held of a record that was somebody else's.
func (h *House) endHeld(ctx context.Context, t ledger.Task, now time.Time) error {
	if t.Refs["why"] != string(dossier.OfAnother) {
		return nil
	}
	record, err := ref.Parse[ref.Record](t.Refs["record"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	return h.keepers.hold.Store.EndOf(ctx, dossier.Key{Person: t.Stream, Record: record}, now)
}

// heldLetter writes the letter about a hold; false where the letter is about something
// else.
func (f faces) heldLetter(ctx context.Context, v webkit.Visit, o notice.Owed, pack *law.Pack) (subject, body string, is bool, err error) {
	if f.hold == nil || o.Kind != law.Held {
		return "", "", false, nil
	}
	subject, body, err = f.hold.Letter(ctx, v, ref.Hold(o.Contest), pack)
	return subject, body, true, err
}

// holds adds what was held of the person's records for courts.
func (k *taking) holds() {
	if k.h.Hold == nil {
		return
	}
	k.step(func() error {
		list, err := k.h.Hold.Mine(k.ctx, k.v.Person, k.v.Now)
		for _, x := range list {
			k.row("holds", x.ID.String(), x.Record.String(), k.body(x.Court, x.Pack), x.Ground, x.Reference, string(x.On(k.v.Today())), instant(x.ConfirmedAt), day(x.LastDay(k.h.Zone)))
		}
		return err
	})
}
