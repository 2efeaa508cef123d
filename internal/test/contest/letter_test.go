package contest_test

import (
	"testing"
	"time"

	"recourse/internal/dispute"
)

// TestReached: the earliest delivery of a decision's letter starts the time to ask for a
// review; what came back by post stops it, unless the person has read it; and the letter
// of a stage that is over moves nothing.
func TestReached(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.decided(t, h.contested(t, dispute.WrongFact), dispute.Upheld)
	key := dispute.Key{Person: h.person, Contest: c.ID}
	reaches := func(stage dispute.Stage, at time.Time) dispute.Contest {
		t.Helper()
		if err := h.keeper.Reached(t.Context(), key, stage, at, h.Now()); err != nil {
			t.Fatal(err)
		}
		list, err := h.List(t.Context(), h.person)
		if err != nil {
			t.Fatal(err)
		}
		return list[0]
	}
	served := h.Now().Add(30 * day)
	if got := reaches(dispute.First, served); !got.LetterAt.Equal(served) || !got.ReviewUntil.After(served) {
		t.Errorf("by the service period: %s, review until %s", got.LetterAt, got.ReviewUntil)
	}
	if got := reaches(dispute.First, time.Time{}); !got.LetterAt.IsZero() || !got.ReviewUntil.IsZero() {
		t.Errorf("it came back: %s, %s", got.LetterAt, got.ReviewUntil)
	}
	reaches(dispute.First, served)
	opened := h.Now()
	if got := reaches(dispute.First, opened); !got.LetterAt.Equal(opened) || got.ReviewUntil.After(served.Add(60*day)) {
		t.Errorf("opened before: %s", got.LetterAt)
	}
	for _, at := range []time.Time{served, {}} {
		if got := reaches(dispute.First, at); !got.LetterAt.Equal(opened) {
			t.Errorf("what was read is delivered: %s", got.LetterAt)
		}
	}
	if got := reaches(dispute.Review, h.Now()); !got.LetterAt.Equal(opened) {
		t.Errorf("the letter of another stage moved it: %s", got.LetterAt)
	}
}

// TestLetter_leavesWhatIsMended: a person who reads a decision after the source has sent
// what is right does not take the right record out of answers again.
func TestLetter_leavesWhatIsMended(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.decided(t, h.contested(t, dispute.WrongFact), dispute.Corrected)
	if h.ask(t).Shown {
		t.Fatal("found wrong, it is shown")
	}
	h.mended(t)
	if !h.ask(t).Shown {
		t.Fatal("mended, it is not shown")
	}
	if _, err := h.OpenDecision(t.Context(), h.person, c.ID, h.Now()); err != nil {
		t.Fatal(err)
	}
	if err := h.keeper.Reached(t.Context(), dispute.Key{Person: h.person, Contest: c.ID}, dispute.First, h.Now(), h.Now()); err != nil {
		t.Fatal(err)
	}
	if !h.ask(t).Shown {
		t.Error("the letter hid what was mended")
	}
}
