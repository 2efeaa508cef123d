package contest_test

import (
	"testing"

	"recourse/internal/dispute"
	"recourse/internal/party"
)

// TestQueue_narrowed: the list of who decides holds what was asked for and nothing that
// they may not decide.
func TestQueue_narrowed(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.contested(t, dispute.WrongFact)
	yes, no := true, false
	lists := func(by party.Clerk, q dispute.Sought) int {
		t.Helper()
		if q.N == 0 {
			q.N = 10
		}
		if q.Stage == 0 {
			q.Stage = dispute.First
		}
		list, err := h.Queue(t.Context(), by, q, h.Now())
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	due := c.Clock.Due
	for name, x := range map[string]struct {
		q    dispute.Sought
		want int
	}{
		"whole": {dispute.Sought{}, 1}, "its type": {dispute.Sought{Type: recordType}, 1}, "another type": {dispute.Sought{Type: "nurse-licence"}, 0},
		"until its day": {dispute.Sought{To: due}, 1}, "until the day before": {dispute.Sought{To: due - 1}, 0}, "from its day": {dispute.Sought{From: due, To: due + 7}, 1},
		"from the day after": {dispute.Sought{From: due + 1}, 0}, "nobody found anything": {dispute.Sought{Found: &no}, 1}, "somebody did": {dispute.Sought{Found: &yes}, 0},
		"behind it": {dispute.Sought{Skip: 1}, 0},
	} {
		if got := lists(h.first, x.q); got != x.want {
			t.Errorf("%s: %d, want %d", name, got, x.want)
		}
	}
	if got := lists(h.filing, dispute.Sought{}); got != 0 {
		t.Errorf("the source's own people are offered %d", got)
	}
	if _, err := h.rules(t, h.first, c, dispute.Upheld); err != nil {
		t.Fatal(err)
	}
	if with, without := lists(h.second, dispute.Sought{Found: &yes}), lists(h.second, dispute.Sought{Found: &no}); with != 1 || without != 0 {
		t.Errorf("after one found something: %d with, %d without", with, without)
	}
}

// TestQueue_review: who decided, and their body, is not offered the review.
func TestQueue_review(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.decided(t, h.contested(t, dispute.WrongFact), dispute.Upheld)
	if _, err := h.OpenDecision(t.Context(), h.person, c.ID, h.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.AskReview(t.Context(), h.person, c.ID, "示例", h.Now()); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		by   party.Clerk
		want int
	}{"another body": {h.reviewA, 1}, "the body that decided": {h.both, 0}} {
		list, err := h.Queue(t.Context(), x.by, dispute.Sought{Stage: dispute.Review, N: 10}, h.Now())
		if err != nil || len(list) != x.want {
			t.Errorf("%s: %d, %v", name, len(list), err)
		}
	}
}
