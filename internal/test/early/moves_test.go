package early_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/repair"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

// moves are the pairs of states that an application was seen to go through.
type moves map[[2]string]bool

// model is what an application must be, told apart from how it is kept: who found what,
// since when nobody decided, and whether the record has ended.
type model struct {
	findings map[byte]repair.Outcome // of the stage, by clerk
	ended    bool
}

// history draws an application's life, move by move, and checks at each instant what
// it makes of its record.
type history struct {
	t    *rapid.T
	p    *law.Pack
	a    repair.Application
	m    model
	now  time.Time
	seen moves
}

func (h *history) step() {
	before := h.a
	clerk, body := byte(rapid.IntRange(1, 4).Draw(h.t, "clerk")), byte(rapid.IntRange(6, 8).Draw(h.t, "body"))
	staff := repair.Staff{Clerk: ref.Clerk{clerk}, Body: ref.Body{body}}
	outcome := rapid.SampledFrom([]repair.Outcome{repair.Grant, repair.Refuse, repair.Refuse}).Draw(h.t, "outcome")
	if before.Stage() == repair.First && rapid.IntRange(0, 3).Draw(h.t, "own") > 0 {
		staff.Body = h.a.Source
	}
	var next repair.Application
	var err error
	move := rapid.IntRange(0, 6).Draw(h.t, "move")
	if fit := suited()[h.a.State]; len(fit) > 0 && rapid.IntRange(0, 3).Draw(h.t, "suits") > 0 {
		move = rapid.SampledFrom(fit).Draw(h.t, "fit")
	}
	switch move {
	case 0:
		shown := repair.Shown{"performed": {Files: true}, "corrected": {Words: true}, "promise": {Words: rapid.Bool().Draw(h.t, "promised")}}
		next, _, err = h.a.Send(h.p, h.p.Today(h.now)-100, shown, h.now)
		if err == nil && !shown["promise"].Words {
			h.t.Fatal("sent without the promise")
		}
	case 1:
		next, _, err = h.a.TakeBack(h.p, h.now)
	case 2:
		next, _, err = h.a.TakeUp(h.now)
	case 3:
		next, _, err = h.a.Find(h.p, repair.Ruling{By: staff, Outcome: outcome, Looked: true}, h.now)
	case 4:
		next, _, err = h.a.OpenLetter(h.p, h.now)
	case 5:
		next, _, err = h.a.AskReview(h.p, h.now)
	case 6:
		next, _, err = h.a.Lapse(h.p.Today(h.now))
	}
	if err != nil {
		if cmp.Diff(before, h.a) != "" {
			h.t.Fatal("a move that was refused changed something")
		}
		return
	}
	h.follow(before, next, move == 3, clerk, outcome)
}

// follow moves the model along and compares.
func (h *history) follow(before, next repair.Application, found bool, clerk byte, o repair.Outcome) {
	if h.a = next; found {
		h.m.findings[clerk] = o
	}
	agree := map[repair.Outcome]int{}
	for _, f := range h.m.findings {
		agree[f]++
	}
	if decided := next.State != before.State && found; decided != (found && agree[o] >= 2) {
		h.t.Fatalf("found by %v: %s → %s", h.m.findings, before.State, next.State)
	}
	if next.State == before.State {
		return
	}
	h.seen[[2]string{string(next.Was), string(next.State)}] = true
	if next.State == repair.InReview {
		h.m.findings = map[byte]repair.Outcome{}
	}
	h.m.ended = h.m.ended || next.State == repair.Granted || next.State == repair.Lapsed
	if _, ends := next.Ends(); ends != h.m.ended {
		h.t.Fatalf("%s ends its record: %v", next.State, ends)
	}
}

// suited are moves that a state may have, so that lives get far.
func suited() map[repair.State][]int {
	return map[repair.State][]int{repair.Draft: {0}, repair.Open: {1, 3, 3, 3, 6}, repair.TakenBack: {2}, repair.Refused: {4, 5, 5}, repair.InReview: {3, 3, 6}, repair.Confirmed: {4}}
}

// holds is what must be true at every instant of every life.
func (h *history) holds() {
	a := h.a
	from, until := a.Late(h.p.Zone)
	hidden := !from.IsZero() && !from.After(h.now) && (until.IsZero() || until.After(h.now))
	if h.m.ended && a.Runs() {
		h.t.Fatalf("the record has ended, and it is decided on: %+v", a)
	}
	if a.Runs() && a.Overdue(h.now, h.p.Zone) && !hidden {
		h.t.Fatalf("overdue and undecided, it is shown: %+v", a)
	}
	if a.State == repair.Open && !a.Overdue(h.now, h.p.Zone) && a.LateFrom.IsZero() && hidden {
		h.t.Fatalf("in time, it is hidden: %+v", a)
	}
	if a.Final(h.now) && hidden {
		h.t.Fatalf("taken back for good, it is hidden: %+v", a)
	}
	if (a.State == repair.Refused || a.State == repair.Confirmed) && !a.LateFrom.IsZero() && a.LetterAt.IsZero() && !hidden {
		h.t.Fatalf("late and refused, it is shown before the person was told: %+v", a)
	}
	if (a.State == repair.Refused || a.State == repair.Confirmed) && a.LateFrom.IsZero() && hidden {
		h.t.Fatalf("refused in time, it is hidden: %+v", a)
	}
	if !until.IsZero() && until.Before(from) {
		h.t.Fatalf("instants out of order: %v %v", from, until)
	}
}

// TestLives: whatever is done in whatever order, what an application makes of its
// record keeps the rules at each instant; and the lives drawn go through every move
// that the database allows, and no other.
func TestLives(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	p := housetest.Pack(t)
	seen := moves{{"", "draft"}: true} // how every life begins
	def := housetest.Ask[string](t, f, "select pg_get_constraintdef(oid) from pg_constraint where conname = 'application_moves'")
	allowed := moves{}
	for _, m := range regexp.MustCompile(`was = '([a-z ]*)'::text\) AND \(state = '([a-z ]+)'::text`).FindAllStringSubmatch(def, -1) {
		allowed[[2]string{m[1], m[2]}] = true
	}
	lives := 0
	live := func(rt *rapid.T) {
		lives++
		begin := when.Of(2026, 5, 1).AddDays(rapid.IntRange(0, 200).Draw(rt, "begin"))
		h := &history{t: rt, p: p, now: begin.Start(p.Zone).Add(9 * time.Hour), seen: seen, m: model{findings: map[byte]repair.Outcome{}},
			a: repair.Application{ID: ref.Repair{1}, State: repair.Draft, Source: ref.Body{9}, Type: recordType, Route: route}}
		for range rapid.IntRange(5, 50).Draw(rt, "steps") {
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
	if diff := cmp.Diff(allowed, seen); diff != "" || len(allowed) < 11 {
		t.Errorf("moves of the database and of %d lives differ:\n%s\n%s", lives, diff, def)
	}
}
