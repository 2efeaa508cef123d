package app

import (
	"context"
	"slices"

	"recourse/internal/dispute"
	"recourse/internal/fault"
	"recourse/internal/hold"
	"recourse/internal/party"
)

// holdWritten has the content of one written sample held for a court, and another
// proposed, where the pack knows a ground to do so.
func (d *demo) holdWritten(ctx context.Context) (string, error) {
	grounds, by := d.pack().Holds(), d.deciders(dispute.First)
	if len(grounds) == 0 || len(by) < 2 {
		return "no hold: the pack has no ground", nil
	}
	held := 0
	for _, t := range d.pack().Types() {
		rows, err := sampleRows(d.files, written(t.Code))
		if err != nil || !t.Negative || !slices.Contains(rows[0], "source_ref") {
			continue // most types have no written sample
		}
		for _, row := range rows[1:] {
			one := hold.Proposal{Source: d.pack().Furnishers(t.Code)[0].Code, Court: grounds[0].Courts[0], Type: t.Code, Number: row[slices.Index(rows[0], "source_ref")],
				Ground: grounds[0].Code, Reference: courtReference, Until: d.pack().Today(d.Now()).AddMonths(3)}
			if err := d.holdOne(ctx, by, one, held == 0); err != nil {
				if fault.Of(err).Kind == fault.Invalid || fault.Of(err).Kind == fault.Conflict {
					continue // that record has ended
				}
				return "", err
			}
			if held++; held == 2 {
				return "1 content held for a court, 1 hold proposed", nil
			}
		}
	}
	return "no hold: no written sample", nil
}

// courtReference is an invented reference, in the form of the shipped pack's ground.
const courtReference = "（2026）鄂01民初999901号"

func (d *demo) holdOne(ctx context.Context, by []party.Clerk, p hold.Proposal, confirm bool) error {
	h, err := d.Hold.Propose(ctx, by[0], p, d.Now())
	if err == nil && confirm {
		_, err = d.Hold.Confirm(ctx, by[1], h.ID, d.Now())
	}
	return err
}
