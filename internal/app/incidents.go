package app

import (
	"context"
	"fmt"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/law"
	"recourse/internal/ledger"
	"recourse/internal/notice"
	"recourse/internal/oversight"
	"recourse/internal/ref"
)

// looks are the looks that oversight asks for.
type looks struct{ *inquirypg.Traces }

// ShownTo is oversight.Looks.ShownTo.
func (l looks) ShownTo(ctx context.Context, p ref.Person, record ref.Record) (list []oversight.Affected, err error) {
	err = l.Traces.ShownTo(ctx, p, record, func(access ref.Inquiry, body ref.Body, at time.Time) {
		list = append(list, oversight.Affected{Access: access, Body: body, At: at})
	})
	return list, err
}

// openIncident follows a record that two people found to be another's.
func (h *House) openIncident(ctx context.Context, t ledger.Task, now time.Time) error {
	if t.Refs["why"] != string(dossier.OfAnother) {
		return nil
	}
	record, err := ref.Parse[ref.Record](t.Refs["record"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	_, err = h.incidents.Found(ctx, t.Stream, record, t.At, now)
	return err
}

// tellShownElsewhere tells a person that a record of theirs was shown under another
// file, and to whom; not under whose.
func (h *House) tellShownElsewhere(ctx context.Context, t ledger.Task, now time.Time) error {
	record, err := ref.Parse[ref.Record](t.Refs["record"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	was, err := ref.Parse[ref.Record](t.Refs["was"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	shown, found, err := h.incidents.Store.Refiled(ctx, was, t.Stream, record)
	switch {
	case err != nil:
		return err
	case !found: // its incident opens in a task of another person, which may come later
		return fmt.Errorf("event %s: the incident is not open yet", t.Kind)
	case shown == 0:
		return nil
	}
	_, err = h.noticeWork.Owe(ctx, []notice.Owed{{Person: t.Stream, Kind: law.ShownElsewhere, Record: record}}, now)
	return err
}
