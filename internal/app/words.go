package app

import (
	"context"
	"fmt"
	"time"

	"recourse/internal/dispute"
	"recourse/internal/kit/webkit"
	"recourse/internal/ledger"
	"recourse/internal/notice"
	"recourse/internal/ref"
)

// oweWords makes the letter owed that words of a person are not given to others, or are
// given again: one for each stage. Where they stood as before there is nothing to write.
func (h *House) oweWords(ctx context.Context, t ledger.Task, now time.Time) error {
	complaint, err := ref.Parse[ref.Complaint](t.Refs["complaint"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	record, err := ref.Parse[ref.Record](t.Refs["record"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	stage := dispute.Review
	if t.Refs["stage"] == "first" {
		if stage = dispute.First; t.Refs["result"] != string(dispute.Withheld) {
			return nil
		}
	}
	_, err = h.noticeWork.Owe(ctx, []notice.Owed{{Person: t.Stream, Kind: notice.WordsLetter, Record: record, Contest: ref.Contest(complaint), Version: int32(stage)}}, now)
	return err
}

// wordsLetter writes a letter about words of a person; false where the letter is about
// something else.
func (f faces) wordsLetter(ctx context.Context, v webkit.Visit, o notice.Owed) (subject, body string, is bool, err error) {
	if o.Kind != notice.WordsLetter {
		return "", "", false, nil
	}
	subject, body, err = f.dispute.WordsLetter(ctx, v, o.Record, ref.Complaint(o.Contest), dispute.Stage(o.Version))
	return subject, body, true, err
}
