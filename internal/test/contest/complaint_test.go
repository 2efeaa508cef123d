package contest_test

import (
	"slices"
	"strings"
	"testing"

	"recourse/internal/dispute"
	"recourse/internal/kit/pgkit"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

const (
	neighbour = "SAMPLE-NEIGHBOUR 三号楼邻居"
	cousin    = "SAMPLE-COUSIN"
	words     = "SAMPLE-FIRST " + neighbour + " 说的。 " + cousin + " SAMPLE-LAST"
)

// says says something beside the record.
func (h house) says(t *testing.T, text string) {
	t.Helper()
	if err := h.State(t.Context(), h.person, h.record, text, h.Now()); err != nil {
		t.Fatal(err)
	}
}

func (h house) complaining(passages ...string) dispute.Entering {
	return dispute.Entering{Source: source, Type: recordType, Number: h.record.String(), Name: "SAMPLE-COMPLAINER", Reach: "SAMPLE-TELEPHONE", Why: "SAMPLE-WHY", Passages: passages}
}

// complained enters a complaint.
func (h house) complained(t *testing.T, passages ...string) dispute.Complaint {
	t.Helper()
	c, err := h.EnterComplaint(t.Context(), h.counter, h.complaining(passages...), h.Now())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// finds has somebody decide on passages, in their order.
func (h house) finds(t *testing.T, by party.Clerk, c dispute.Complaint, withhold ...bool) (dispute.Complaint, error) {
	t.Helper()
	found := map[int]dispute.PassageRuling{}
	for i, is := range withhold {
		found[i+1] = dispute.PassageRuling{Withhold: is, Reasons: "SAMPLE-REASONS of " + by.StaffNumber}
	}
	return h.DecideComplaint(t.Context(), by, c.ID, found, h.Now())
}

// withheld has two people withhold all passages of a new complaint.
func (h house) withheld(t *testing.T, passages ...string) (c dispute.Complaint) {
	t.Helper()
	c = h.complained(t, passages...)
	for _, by := range []party.Clerk{h.first, h.second} {
		var err error
		if c, err = h.finds(t, by, c, slices.Repeat([]bool{true}, len(passages))...); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// gives fails unless a body is given the words without passages, each with a mark in its
// place, and their person reads all of them.
func (h house) gives(t *testing.T, when, text string, without ...string) {
	t.Helper()
	want := text
	for _, p := range without {
		want = strings.ReplaceAll(want, p, dispute.WithheldMark)
	}
	if got, _ := h.goes(t); got != want {
		t.Errorf("%s a body is given %q, not %q", when, got, want)
	}
	if own, err := h.Statement(t.Context(), h.person, h.record, h.Now()); own.Text != text || err != nil {
		t.Errorf("%s the person reads %q, %v", when, own.Text, err)
	}
}

// Rules D6: what two people withhold on somebody else's complaint is in no answer, and
// nothing else is changed. One person alone withholds nothing.
func TestComplaint(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.says(t, words)
	c := h.complained(t, neighbour, cousin)
	h.gives(t, "when somebody complains", words)
	c, err := h.finds(t, h.first, c, true, false)
	if err != nil || c.State != dispute.BeingHeard {
		t.Fatal(c.State, err)
	}
	h.gives(t, "on the word of one", words)
	if _, err := h.finds(t, h.first, c, true, false); code(err) != "E-COMPLAINT-ALONE" {
		t.Errorf("one person twice: %v", err)
	}
	if c, err = h.finds(t, h.second, c, true, false); err != nil || c.State != dispute.Withheld {
		t.Fatal(c.State, err)
	}
	h.gives(t, "on the word of two", words, neighbour)
	if _, err := h.finds(t, h.third, c, true, true); code(err) != "E-COMPLAINT" {
		t.Errorf("after the decision, who had no part: %v", err)
	}
	if _, err := h.finds(t, h.first, c, true, true); code(err) != "E-COMPLAINT-STATE" {
		t.Errorf("after the decision: %v", err)
	}
	// The control: it is the cut that keeps the passage.
	h.Exec(t, "delete from dispute.complaint_paper where what = 'cut'")
	h.gives(t, "control: without the cut", words)
}

// Where two have not agreed on a passage a third is asked.
func TestComplaint_third(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.says(t, words)
	c := h.complained(t, neighbour, cousin)
	for by, found := range map[*party.Clerk][]bool{&h.first: {true, false}, &h.second: {false, false}} {
		var err error
		if c, err = h.finds(t, *by, c, found...); err != nil || c.State != dispute.BeingHeard {
			t.Fatal(c.State, err)
		}
	}
	h.gives(t, "while two disagree", words)
	if _, err := h.finds(t, h.third, c, true); code(err) != "E-COMPLAINT-FINDING" {
		t.Errorf("a passage without a finding: %v", err)
	}
	if _, err := h.DecideComplaint(t.Context(), h.third, c.ID, map[int]dispute.PassageRuling{1: {Withhold: true}, 2: {}}, h.Now()); code(err) != "E-COMPLAINT-REASONS" {
		t.Errorf("without reasons: %v", err)
	}
	if c, err := h.finds(t, h.third, c, true, true); err != nil || c.State != dispute.Withheld {
		t.Fatal(c.State, err)
	}
	h.gives(t, "when a third decided", words, neighbour)
}

// What nobody decided in time stands, though nobody works, and no later decision is taken:
// by the program, and by the database alone.
func TestComplaint_overdue(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.says(t, words)
	c := h.complained(t, neighbour)
	if due, err := h.pack.ComplaintBy(h.Today()); err != nil || c.Due != due {
		t.Fatalf("due on %s, %v", c.Due, err)
	}
	if _, err := h.finds(t, h.first, c, true); err != nil {
		t.Fatal(err)
	}
	h.MoveTo(t, c.Due)
	if list, err := h.ComplaintQueue(t.Context(), h.second, dispute.Sought{Stage: dispute.First, N: 10}, h.Now()); len(list) != 1 || err != nil {
		t.Errorf("on its last day %d wait, %v", len(list), err)
	}
	h.Move(t, day)
	if list, err := h.ComplaintQueue(t.Context(), h.second, dispute.Sought{Stage: dispute.First, N: 10}, h.Now()); len(list) != 0 || err != nil {
		t.Errorf("overdue %d wait, %v", len(list), err)
	}
	if _, err := h.finds(t, h.first, c, true); code(err) != "E-COMPLAINT-LATE" {
		t.Errorf("overdue, who decided: %v", err)
	}
	if _, err := h.finds(t, h.second, c, true); code(err) != "E-COMPLAINT" {
		t.Errorf("overdue: %v", err)
	}
	h.gives(t, "overdue", words)
	own, err := h.Statement(t.Context(), h.person, h.record, h.Now())
	if err != nil || own.Complaints[0].On(h.Now()) != dispute.Unheard {
		t.Errorf("the person reads %+v, %v", own.Complaints, err)
	}
	if _, err := h.App.Exec(t.Context(), "update dispute.complaint set state = 'withheld', decided_at = due_at"); pgkit.Code(err) != "23514" {
		t.Errorf("the database takes a decision that is late: %v", err)
	}
	for range 2 {
		if _, err := h.keeper.Tend(t.Context(), h.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from ledger.journal where kind = 'dispute.complaint-lapsed'"); n != 1 {
		t.Errorf("%d times it is written down", n)
	}
}

// Who may enter, who may decide, and what they see of it.
func TestComplaint_who(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, err := h.EnterComplaint(t.Context(), h.counter, h.complaining(neighbour), h.Now()); code(err) != "E-COMPLAINT-RECORD" {
		t.Errorf("beside a record of which nothing is said: %v", err)
	}
	h.says(t, words)
	for name, try := range map[string]struct {
		by   party.Clerk
		edit func(*dispute.Entering)
		want string
	}{
		"no mandate":        {h.filer, func(*dispute.Entering) {}, "E-CONTEST-DESK"},
		"the source":        {h.filing, func(*dispute.Entering) {}, "E-COMPLAINT-RECORD"},
		"no such number":    {h.counter, func(in *dispute.Entering) { in.Number = housetest.Mint[ref.Record](t).String() }, "E-COMPLAINT-RECORD"},
		"no number":         {h.counter, func(in *dispute.Entering) { in.Number = " " }, "E-COMPLAINT-RECORD"},
		"of another kind":   {h.counter, func(in *dispute.Entering) { in.Type = "food-penalty" }, "E-COMPLAINT-RECORD"},
		"no such body":      {h.counter, func(in *dispute.Entering) { in.Source = "nobody" }, "E-COMPLAINT-RECORD"},
		"not what is said":  {h.counter, func(in *dispute.Entering) { in.Passages[0] = neighbour + "!" }, "E-COMPLAINT-PASSAGE"},
		"no passage":        {h.counter, func(in *dispute.Entering) { in.Passages = []string{" "} }, "E-COMPLAINT-PASSAGE"},
		"too many passages": {h.counter, func(in *dispute.Entering) { in.Passages = strings.Split("S A M P L", " ") }, "E-COMPLAINT-PASSAGE"},
		"nobody complains":  {h.counter, func(in *dispute.Entering) { in.Name = "" }, "E-COMPLAINT-WHO"},
		"not to be reached": {h.counter, func(in *dispute.Entering) { in.Reach = "" }, "E-COMPLAINT-WHO"},
		"not said why":      {h.counter, func(in *dispute.Entering) { in.Why = "" }, "E-COMPLAINT-WHO"},
	} {
		in := h.complaining(neighbour)
		try.edit(&in)
		if _, err := h.EnterComplaint(t.Context(), try.by, in, h.Now()); code(err) != try.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := h.complained(t, neighbour)
	for name, try := range map[string]struct {
		by   party.Clerk
		want string
	}{
		"who entered it":   {h.counter, "E-CONTEST-INTEREST"},
		"the source":       {h.filing, "E-COMPLAINT"},
		"without the desk": {h.reviewA, "E-COMPLAINT"},
	} {
		if _, err := h.finds(t, try.by, c, true); code(err) != try.want {
			t.Errorf("%s decides: %v", name, err)
		}
	}
	if _, err := h.finds(t, h.first, c, true); err != nil {
		t.Fatal(err)
	}
	seen, err := h.ComplaintCase(t.Context(), h.second, c.ID, h.Now())
	reasons := func(x []dispute.ComplaintPaper) bool {
		return slices.ContainsFunc(x, func(p dispute.ComplaintPaper) bool { return p.What == dispute.Reasons })
	}
	if err != nil || seen.Sees || len(seen.Found) != 0 || reasons(seen.Papers) || seen.Text != words {
		t.Errorf("the second sees what the first found: %+v %v", seen.Found, err)
	}
	if seen, err = h.ComplaintCase(t.Context(), h.first, c.ID, h.Now()); err != nil || !seen.Sees || !reasons(seen.Papers) {
		t.Errorf("who decided sees nothing of it: %+v, %v", seen.Found, err)
	}
	if seen, err = h.ComplaintCase(t.Context(), h.counter, c.ID, h.Now()); err != nil || seen.Sees || seen.May || reasons(seen.Papers) {
		t.Errorf("who entered it sees what one found: %+v, %v", seen.Found, err)
	}
	for by, want := range map[*party.Clerk]int{&h.second: 1, &h.counter: 0, &h.filing: 0} {
		if list, err := h.ComplaintQueue(t.Context(), *by, dispute.Sought{Stage: dispute.First, N: 10}, h.Now()); len(list) != want || err != nil {
			t.Errorf("%d complaints wait for %s, %v", len(list), by.StaffNumber, err)
		}
	}
	if list, err := h.EnteredComplaints(t.Context(), h.counter, dispute.Sought{N: 10}, h.Now()); len(list) != 1 || err != nil {
		t.Errorf("%d complaints were entered, %v", len(list), err)
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from inquiry.access where purpose = 'statement' and basis = 'case' and person = $1", h.person); n < 5 {
		t.Errorf("%d looks are in the person's list", n)
	}
}

// The person is never told who complained, and why.
func TestComplaint_namesNobody(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.says(t, words)
	c := h.complained(t, neighbour)
	own, err := h.Statement(t.Context(), h.person, h.record, h.Now())
	if err != nil || len(own.Complaints) != 1 || len(own.Complaints[0].Papers) != 0 || own.Complaints[0].Passages[0] != neighbour {
		t.Errorf("while it is decided the person reads %+v, %v", own.Complaints, err)
	}
	for _, by := range []party.Clerk{h.first, h.second} {
		if _, err := h.finds(t, by, c, true); err != nil {
			t.Fatal(err)
		}
	}
	if own, err = h.Statement(t.Context(), h.person, h.record, h.Now()); err != nil {
		t.Fatal(err)
	}
	if got := own.Complaints[0].Withheld(h.Now()); !slices.Equal(got, []string{neighbour}) || len(own.Complaints[0].Papers) != 2 {
		t.Errorf("the person reads that %q is withheld, with %d reasons", got, len(own.Complaints[0].Papers))
	}
	for _, p := range own.Complaints[0].Papers {
		if p.What != dispute.Reasons || strings.Contains(p.Content.Text+p.Content.Name, "COMPLAINER") {
			t.Errorf("the person reads %s: %+v", p.What, p.Content)
		}
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from ledger.journal where refs::text like '%SAMPLE%'"); n != 0 {
		t.Errorf("%d events hold what was written", n)
	}
}
