package app

import (
	"context"
	"slices"

	"recourse/internal/dispute"
	"recourse/internal/fault"
	"recourse/internal/party"
)

// complainOfWords has the persons of three written samples say something beside a record,
// and somebody else complain of it: one complaint waits, of one two people withheld the
// passage, and one is being reviewed.
func (d *demo) complainOfWords(ctx context.Context) (string, error) {
	by := d.deciders(dispute.First)
	if _, room := d.pack().Statement(); !room || len(by) < 2 {
		return "no complaint: nothing is said beside records", nil
	}
	counter, err := d.counter(ctx, by[0])
	if err != nil {
		return "", err
	}
	done := 0
	for _, t := range d.pack().Types() {
		rows, err := sampleRows(d.files, written(t.Code))
		if err != nil || !t.Negative || !slices.Contains(rows[0], "source_ref") {
			continue // most types have no written sample
		}
		for _, row := range slices.Backward(rows[1:]) { // those who contest come first
			in := dispute.Entering{Source: d.pack().Furnishers(t.Code)[0].Code, Type: t.Code, Number: row[slices.Index(rows[0], "source_ref")],
				Name: d.said("complainant"), Reach: "027-00000000", Why: d.said("complaint"), Passages: []string{d.said("passage")}}
			err := d.complain(ctx, counter, by, in, done)
			if err != nil && (fault.Of(err).Kind == fault.Invalid || fault.Of(err).Kind == fault.NotFound) {
				continue // that record has ended
			}
			if err != nil {
				return "", err
			}
			if done++; done == 3 {
				return "3 complaints about what people say beside records: 1 waits, of 1 a passage is withheld, 1 is reviewed", nil
			}
		}
	}
	return "no complaint: no written sample", nil
}

// counter is somebody at the registry who opens letters and decides nothing.
func (d *demo) counter(ctx context.Context, of party.Clerk) (party.Clerk, error) {
	today := d.pack().Today(d.Now())
	c, err := d.Party.AddClerk(ctx, of.Body.Code, "SAMPLE-COUNTER", today.AddYears(3), d.Now())
	if err == nil {
		err = party.Appoint(ctx, d.team.Mandates, party.Mandate{Clerk: c.ID, Desk: party.Posts, Until: today.AddYears(3)}, today, d.Now())
	}
	return c, err
}

// complain has something said, and somebody complain of it; as far as the number of those
// before says.
func (d *demo) complain(ctx context.Context, counter party.Clerk, by []party.Clerk, in dispute.Entering, before int) error {
	source, err := d.Dispute.BodyOf(ctx, in.Source)
	if err != nil {
		return err
	}
	k, found, err := d.Furnish.Find(ctx, source.ID, in.Type, in.Number)
	if err != nil {
		return err
	}
	if !found {
		return dispute.ErrNoComplaint
	}
	if err := d.Dispute.State(ctx, k.Person, k.Record, d.said("words"), d.Now()); err != nil {
		return err
	}
	c, err := d.Dispute.EnterComplaint(ctx, counter, in, d.Now())
	if err != nil || before == 0 {
		return err
	}
	for _, one := range by {
		if _, err := d.Dispute.DecideComplaint(ctx, one, c.ID, map[int]dispute.PassageRuling{1: {Withhold: true, Reasons: d.said("withheld")}}, d.Now()); err != nil {
			return err
		}
	}
	if before == 1 {
		return nil
	}
	return d.Dispute.AskComplaintReview(ctx, k.Person, k.Record, c.ID, d.said("rewrite"), d.Now())
}
