package app

import (
	"context"
	"slices"

	"recourse/internal/dispute"
	"recourse/internal/estate"
	"recourse/internal/fault"
)

// proposeDeath has one officer propose the death of a sample person, which changes nothing
// of their file.
func (d *demo) proposeDeath(ctx context.Context) (string, error) {
	by := d.deciders(dispute.First)
	if len(by) == 0 {
		return "no death: nobody decides", nil
	}
	for _, p := range slices.Backward(d.people) {
		_, err := d.Estate.Propose(ctx, by[0], estate.Proposal{Whom: estate.Whom{IDType: p.IDType, IDNumber: p.IDNumber}, DiedOn: d.pack().Today(d.Now()).AddDays(-3),
			FileName: "sample.pdf", File: []byte("%PDF-1.7\n% sample\n%%EOF\n")}, d.Now())
		if err == nil || fault.Of(err).Kind != fault.Invalid {
			return "1 death proposed", err
		}
	}
	return "no death: no sample person has a file", nil
}
