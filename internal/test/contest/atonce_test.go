package contest_test

import (
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"recourse/internal/dispute"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/test/housetest"
	"recourse/internal/test/linear"
)

// deed is what somebody does with a case that others work on at the same time.
type deed struct {
	What    string // "find", "answer", "take back", "take up", "look"
	By      party.Clerk
	Outcome dispute.Outcome
	Nth     time.Duration // of the client's deeds; no two of one clerk have one instant
}

// seen is what came of it.
type seen struct {
	Code     string
	State    dispute.State
	Findings int
	Answers  int
}

func sawOf(c dispute.Contest, err error) seen {
	if err != nil {
		return seen{Code: code(err)}
	}
	return seen{State: c.State, Findings: len(c.Findings), Answers: len(c.Answers)}
}

// oneByOne is the room's own rules, applied one deed after another. Those who decide
// have looked at the case before, so none of them has seen an answer of the source.
func oneByOne(p *law.Pack, c dispute.Contest, now time.Time) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return c },
		Step: func(state, input, output any) (bool, any) {
			c, d := state.(dispute.Contest), input.(deed)
			next, err, now := c, error(nil), now.Add(d.Nth*time.Millisecond)
			by := dispute.Staff{Clerk: d.By.ID, Body: d.By.Body.ID}
			switch d.What {
			case "find":
				next, _, err = c.Find(p, dispute.Ruling{By: by, Outcomes: []dispute.Outcome{d.Outcome}, Looked: len(c.Answers) == 0}, now)
			case "answer":
				next, _, err = c.Say(by, []dispute.Position{dispute.Stands}, dispute.CallKey{}, false, now)
			case "take back":
				next, _, err = c.TakeBack(p, now)
			case "take up":
				next, _, err = c.TakeUp(p, now)
			}
			if sawOf(next, err) != output.(seen) {
				return false, state
			}
			return true, next
		},
		Equal: func(a, b any) bool { return reflect.DeepEqual(a, b) },
	}
}

// does does it with the real room.
func (h house) does(t *testing.T, c dispute.Contest, d deed, now time.Time) seen {
	now = now.Add(d.Nth * time.Millisecond)
	switch d.What {
	case "find":
		return sawOf(h.Rule(t.Context(), d.By, c.ID, map[dispute.Ground]dispute.Written{c.Grounds[0]: {Outcome: d.Outcome, Reasons: "SAMPLE"}}, now))
	case "answer":
		return sawOf(h.Answer(t.Context(), d.By, c.ID, dispute.Answering{Officer: "样本", Said: map[dispute.Ground]dispute.Said{c.Grounds[0]: {Position: dispute.Stands, Text: "SAMPLE"}}}, now))
	case "take back":
		return sawOf(h.TakeBack(t.Context(), h.person, c.ID, now))
	case "take up":
		return sawOf(h.TakeUp(t.Context(), h.person, c.ID, now))
	}
	return sawOf(h.Store.One(t.Context(), h.person, c.ID))
}

// atOnce has three who decide, the source and the person at one case at once, and
// reports whether what came of it could have come one after another.
func (h house) atOnce(t *testing.T, n int) bool {
	h.record = h.file(t)
	c := h.contested(t, dispute.WrongFact)
	for _, by := range []party.Clerk{h.first, h.second, h.third} {
		if _, err := h.Case(t.Context(), by, c.ID, h.Now()); err != nil {
			t.Fatal(err)
		}
	}
	c, err := h.Store.One(t.Context(), h.person, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	now := h.Now()
	last := dispute.Upheld
	if n%3 == 0 {
		last = dispute.Withdrawn // those who decide do not agree at first
	}
	clients := [][]deed{
		{{What: "find", By: h.first, Outcome: dispute.Upheld}, {What: "look"}},
		{{What: "find", By: h.second, Outcome: last}, {What: "look"}},
		{{What: "find", By: h.third, Outcome: dispute.Upheld}},
	}
	if n%4 > 0 {
		clients = append(clients, []deed{{What: "answer", By: h.filer}, {What: "answer", By: h.filer}})
	}
	if n%2 == 0 {
		clients = append(clients, []deed{{What: "take back"}, {What: "take up"}})
	}
	var did linear.History
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i, deeds := range clients {
		wg.Go(func() {
			<-start
			for nth, d := range deeds {
				d.Nth = time.Duration(nth)
				did.Do(i, d, func() any { return h.does(t, c, d, now) })
			}
		})
	}
	close(start)
	wg.Wait()
	did.Do(0, deed{What: "look"}, func() any { return h.does(t, c, deed{What: "look"}, now) })
	holds := did.Holds(t, oneByOne(h.pack, c, now))
	if !holds && !t.Failed() {
		did.Tell(t)
	}
	return holds
}

// Two officers and a third, the source and the person at once on one case: nothing is
// lost and nothing decided twice. Every history is one that could have happened one
// after another under the room's own rules.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	const histories = 60
	for n := range histories {
		if !h.atOnce(t, n) {
			t.Fatalf("history %d could not have happened one after another", n)
		}
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*)::int from (select stream, refs->>'contest' from ledger.journal where kind = 'dispute.decided' group by 1, 2 having count(*) > 1) twice"); n > 0 {
		t.Errorf("%d contests were decided twice", n)
	}
	t.Log(fmt.Sprint(histories, " histories"))
}

// The control: without the lock on the person's gate the same histories do not fit.
func TestAtOnce_control(t *testing.T) {
	t.Parallel()
	h := open(t)
	for n := range 300 {
		h.Exec(t, "insert into party.gate (person) values ($1) on conflict do nothing", h.person)
		if !h.atOnceLoose(t, n) {
			t.Logf("history %d was caught", n)
			return
		}
	}
	t.Error("without the gate every history fits: the race does not happen, so the test proves nothing")
}

// atOnceLoose is atOnce with nothing to lock.
func (h house) atOnceLoose(t *testing.T, n int) bool {
	h.Exec(t, "delete from party.gate where person = $1", h.person)
	return h.atOnce(t, n)
}
