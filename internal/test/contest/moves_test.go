package contest_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"recourse/internal/dispute"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

// moves are the pairs of states that a contest was seen to go through.
type moves map[[2]string]bool

// history draws a contest's life, move by move, and checks at each instant what it
// makes of its record.
type history struct {
	t    *rapid.T
	p    *law.Pack
	c    dispute.Contest
	now  time.Time
	seen moves
}

func (h *history) step() {
	before := h.c
	staff := dispute.Staff{Clerk: ref.Clerk{byte(rapid.IntRange(1, 4).Draw(h.t, "clerk"))}, Body: ref.Body{byte(rapid.IntRange(1, 3).Draw(h.t, "body"))}}
	var next dispute.Contest
	var err error
	move := rapid.IntRange(0, 9).Draw(h.t, "move")
	if fit := suited()[h.c.State]; len(fit) > 0 && rapid.IntRange(0, 3).Draw(h.t, "suits") > 0 {
		move = rapid.SampledFrom(fit).Draw(h.t, "fit")
	}
	switch move {
	case 0:
		next, _, err = h.c.Send(h.p, nil, true, h.now)
	case 1:
		next, _, err = h.c.TakeBack(h.p, h.now)
	case 2:
		next, _, err = h.c.TakeUp(h.p, h.now)
	case 3, 4, 5:
		o := rapid.SampledFrom([]dispute.Outcome{dispute.Upheld, dispute.Upheld, dispute.Withdrawn, dispute.Corrected, dispute.Unverifiable}).Draw(h.t, "outcome")
		r := dispute.Ruling{By: staff, Looked: true}
		for range h.c.Grounds {
			r.Outcomes = append(r.Outcomes, o)
		}
		next, _, err = h.c.Find(h.p, r, h.now)
	case 6:
		next, _, err = h.c.OpenLetter(h.p, h.now)
	case 7:
		next, _, err = h.c.AskReview(h.p, h.now)
	case 8:
		next, _, err = h.c.Lapse(h.p.Today(h.now))
	case 9:
		next, _, err = h.c.Say(dispute.Staff{Clerk: ref.Clerk{9}, Body: h.c.Source}, []dispute.Position{dispute.Stands}, dispute.CallKey{}, false, h.now)
	}
	if err != nil {
		if cmp.Diff(before, h.c) != "" {
			h.t.Fatal("a move that was refused changed something")
		}
		return
	}
	if h.c = next; h.c.State != before.State {
		h.seen[[2]string{string(h.c.Was), string(h.c.State)}] = true
	}
}

// suited are moves that a state may have, so that lives get far.
func suited() map[dispute.State][]int {
	return map[dispute.State][]int{dispute.Draft: {0}, dispute.Open: {1, 3, 3, 8}, dispute.TakenBack: {2}, dispute.Decided: {6, 7, 7}, dispute.InReview: {3, 8}}
}

// holds is what must be true at every instant of every life.
func (h *history) holds() {
	c, shade := h.c, h.c.Shade(h.p)
	if c.Runs() && c.Overdue(h.now, h.p.Zone) && !shade.Hidden(h.now) {
		h.t.Fatalf("overdue and undecided, it is shown: %+v %+v", c, shade)
	}
	if c.Runs() && !shade.Disputed(h.now) {
		h.t.Fatalf("while it runs it is not marked: %+v", c)
	}
	if c.State == dispute.Open && !c.Overdue(h.now, h.p.Zone) && shade.Hidden(h.now) && c.LateFrom.IsZero() && c.Grounds[0] != dispute.WrongPerson {
		h.t.Fatalf("in time, it is hidden: %+v %+v", c, shade)
	}
	if c.Final(h.now) && (shade.Hidden(h.now) || shade.Disputed(h.now)) {
		h.t.Fatalf("taken back for good, it weighs on: %+v %+v", c, shade)
	}
	decided := c.State == dispute.Decided || c.State == dispute.Reviewed
	if r := c.Result(c.Stage()); decided && (r == dispute.Corrected || r == dispute.Unverifiable) && !shade.Hidden(h.now) {
		h.t.Fatalf("found wrong or not to be shown, it is shown: %+v", c)
	}
	if decided && c.Result(c.Stage()) == dispute.Upheld && !c.LateFrom.IsZero() && c.LetterAt.IsZero() && !shade.Hidden(h.now) {
		h.t.Fatalf("late and upheld, it is shown before the person was told: %+v", c)
	}
	if !shade.HideUntil.IsZero() && shade.HideUntil.Before(shade.HideFrom) || !shade.DisputedUntil.IsZero() && shade.DisputedUntil.Before(shade.DisputedFrom) {
		h.t.Fatalf("instants out of order: %+v", shade)
	}
	if len(c.Findings) > 0 && decided {
		for _, g := range c.Grounds {
			if _, two := c.Outcome(c.Stage(), g); !two {
				h.t.Fatalf("decided by fewer than two: %+v", c.Findings)
			}
		}
	}
}

// TestLives: whatever is done in whatever order, what a contest makes of its record
// keeps the rules at each instant; and the lives drawn go through every move that
// the database allows, and no other.
func TestLives(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	p := housetest.Pack(t)
	seen := moves{{"", "draft"}: true} // how every life begins
	def := housetest.Ask[string](t, f, "select pg_get_constraintdef(oid) from pg_constraint where conname = 'contest_moves'")
	allowed := moves{}
	for _, m := range regexp.MustCompile(`was = '([a-z ]*)'::text\) AND \(state = '([a-z ]+)'::text`).FindAllStringSubmatch(def, -1) {
		allowed[[2]string{m[1], m[2]}] = true
	}
	lives := 0
	live := func(rt *rapid.T) {
		lives++
		begin := when.Of(2026, 1, 1).AddDays(rapid.IntRange(0, 300).Draw(rt, "begin"))
		h := &history{t: rt, p: p, now: begin.Start(p.Zone).Add(9 * time.Hour), seen: seen,
			c: dispute.Contest{ID: ref.Contest{1}, State: dispute.Draft, Source: ref.Body{7}, Grounds: []dispute.Ground{rapid.SampledFrom(dispute.Grounds()).Draw(rt, "ground")}}}
		for range rapid.IntRange(5, 60).Draw(rt, "steps") {
			h.step()
			h.holds()
			h.now = h.now.Add(rapid.SampledFrom([]time.Duration{0, time.Minute, 5 * time.Minute, 12 * time.Hour, 3 * day, 20 * day}).Draw(rt, "passes"))
			h.holds()
		}
	}
	for lives < 2000 || lives < 20_000 && len(seen) < len(allowed) {
		rapid.Check(t, live)
		if t.Failed() {
			return
		}
	}
	if diff := cmp.Diff(allowed, seen); diff != "" || len(allowed) < 9 {
		t.Errorf("moves of the database and of %d lives differ:\n%s\n%s", lives, diff, def)
	}
}
