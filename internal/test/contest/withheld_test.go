package contest_test

import (
	"context"
	"testing"

	"recourse/internal/dispute"
	"recourse/internal/dossier"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

// What the person says anew is whole, but where it says again what was withheld; taking
// it back for a while changes nothing of that.
func TestComplaint_rewrite(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.says(t, words)
	h.withheld(t, neighbour)
	h.gives(t, "withheld,", words, neighbour)
	const anew = "SAMPLE-ANEW"
	h.says(t, anew)
	h.gives(t, "written anew,", anew)
	if err := h.Unstate(t.Context(), h.person, h.record, h.Now()); err != nil {
		t.Fatal(err)
	}
	h.gives(t, "taken back,", "")
	h.says(t, words+" "+neighbour)
	h.gives(t, "said again,", words+" "+neighbour, neighbour)
	// Another complaint withholds another passage of it, and each has its mark.
	h.withheld(t, cousin)
	h.gives(t, "after a second complaint,", words+" "+neighbour, neighbour, cousin)
}

// Two people of another body review what was withheld, and can put it back; what they do
// not decide in time is given again by itself, with nobody at work.
func TestComplaint_review(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.says(t, words)
	one, two := h.withheld(t, neighbour), h.withheld(t, cousin)
	ask := func(c dispute.Complaint) error {
		return h.AskComplaintReview(t.Context(), h.person, h.record, c.ID, "SAMPLE-APPEAL", h.Now())
	}
	if err := ask(one); err != nil {
		t.Fatal(err)
	}
	if err := ask(one); code(err) != "E-COMPLAINT-STATE" {
		t.Errorf("asked twice: %v", err)
	}
	if err := ask(dispute.Complaint{ID: housetest.Mint[ref.Complaint](t)}); code(err) != "E-COMPLAINT" {
		t.Errorf("of a complaint that is not there: %v", err)
	}
	h.gives(t, "under review", words, neighbour, cousin)
	for name, by := range map[string]party.Clerk{"who decided": h.first, "another of the same body": h.both, "who entered it": h.counter, "without the desk": h.third} {
		if _, err := h.finds(t, by, one, false); code(err) != "E-COMPLAINT" && code(err) != "E-CONTEST-INTEREST" {
			t.Errorf("%s reviews: %v", name, err)
		}
	}
	for _, by := range []party.Clerk{h.reviewA, h.reviewB} {
		if list, err := h.ComplaintQueue(t.Context(), by, dispute.Sought{Stage: dispute.Review, N: 10}, h.Now()); len(list) != 1 || err != nil {
			t.Errorf("%d reviews wait, %v", len(list), err)
		}
		if _, err := h.finds(t, by, one, false); err != nil {
			t.Fatal(err)
		}
	}
	h.gives(t, "reviewed,", words, cousin)
	if err := ask(two); err != nil {
		t.Fatal(err)
	}
	h.gives(t, "with the other under review", words, cousin)
	own, err := h.Statement(t.Context(), h.person, h.record, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	h.MoveTo(t, own.Complaints[1].ReviewDue)
	h.gives(t, "on the last day of the review", words, cousin)
	h.Move(t, day)
	h.gives(t, "with the review overdue", words)
	if _, err := h.keeper.Tend(t.Context(), h.Now()); err != nil {
		t.Fatal(err)
	}
	h.gives(t, "when the keeper came", words)
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from dispute.complaint_paper where what = 'cut'"); n != 0 {
		t.Errorf("%d cuts are left", n)
	}
}

// A review that keeps a passage keeps it for good.
func TestComplaint_reviewKeeps(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.says(t, words)
	c := h.withheld(t, neighbour)
	if err := h.AskComplaintReview(t.Context(), h.person, h.record, c.ID, "", h.Now()); err != nil {
		t.Fatal(err)
	}
	for _, by := range []party.Clerk{h.reviewA, h.reviewB} {
		if _, err := h.finds(t, by, c, true); err != nil {
			t.Fatal(err)
		}
	}
	h.Move(t, 100*day)
	h.gives(t, "long after the review", words, neighbour)
	if err := h.AskComplaintReview(t.Context(), h.person, h.record, c.ID, "", h.Now()); code(err) != "E-COMPLAINT-STATE" {
		t.Errorf("asked again: %v", err)
	}
}

// All of it ends with the record, and is forgotten, also where the words were taken back
// before.
func TestComplaint_ends(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.says(t, words)
	h.withheld(t, neighbour)
	if err := h.Unstate(t.Context(), h.person, h.record, h.Now()); err != nil {
		t.Fatal(err)
	}
	leaves := housetest.Ask[int](t, h.Fixture, "select count(*) from dispute.complaint_paper")
	before := housetest.Ask[int](t, h.Fixture, "select count(*) from vault.intent where reason = 'superseded'")
	h.decided(t, h.contested(t, dispute.WrongFact), dispute.Withdrawn)
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from ledger.journal where kind = 'dossier.silenced'"); n != 1 {
		t.Fatalf("%d times it is said that words, or complaints about them, are left", n)
	}
	if err := h.keeper.Silence(context.WithoutCancel(t.Context()), dossier.Key{Person: h.person, Record: h.record}, h.Now()); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"statement", "complaint", "complaint_finding", "complaint_paper", "complaint_number"} {
		if n := housetest.Ask[int](t, h.Fixture, "select count(*) from dispute."+table); n != 0 {
			t.Errorf("%d rows are left in dispute.%s", n, table)
		}
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from vault.intent where reason = 'superseded'") - before; n != leaves || n == 0 {
		t.Errorf("%d of %d leaves are to be forgotten", n, leaves)
	}
}

// What ended on its own day is cleared: the vault has forgotten it with the record.
func TestComplaint_endsOnItsDay(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.says(t, words)
	c := h.withheld(t, neighbour)
	h.MoveTo(t, c.Keep)
	if _, err := h.keeper.Tend(t.Context(), h.Now()); err != nil {
		t.Fatal(err)
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from dispute.complaint"); n != 1 {
		t.Errorf("on its last day %d complaints are left", n)
	}
	h.Move(t, day)
	if _, err := h.keeper.Tend(t.Context(), h.Now()); err != nil {
		t.Fatal(err)
	}
	if n := housetest.Ask[int](t, h.Fixture, "select (select count(*) from dispute.complaint) + (select count(*) from dispute.complaint_paper) + (select count(*) from dispute.statement)"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}
