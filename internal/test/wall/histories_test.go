package wall_test

import (
	"fmt"
	mrand "math/rand/v2"
	"strings"
	"testing"

	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

// place is where a record of a history stands.
type place int

const (
	absent place = iota
	visible
	noticed   // waits for its letter
	soon      // waits for the time to answer
	ended     // not shown any more
	withdrawn // taken back by its source
	erased
	overdue  // its contest was not decided in time
	foreign  // said to be another's
	unproven // nobody can show whether it is right
	places
)

// stands reports whether what takes a licence away counts (rules B2).
func (p place) stands() bool {
	return p == visible || p == noticed || p == soon || p == overdue || p == foreign
}

// standing of a consent for the asker's purpose.
const (
	noConsent = iota
	consented
	stopped
	over
	undoable
	elsewhere
	consents
)

// The matter before it is asked in.
const (
	fresh = iota
	answeredBefore
	ofSomebodyElse
	closed
	matters
)

// history is one person and one inquiry about them: the facts that an answer may
// depend on, and beside them traces on which it may not.
type history struct {
	known                                            bool
	statute                                          bool
	entitled                                         bool
	registration, suspension, revocation, defaulting place
	consent, matter                                  int
	looks, stops, contests                           int // traces

	person ref.Person
	number string
}

func draw(r *mrand.Rand, i int) history {
	at := func() place {
		if r.IntN(2) == 0 {
			return visible
		}
		return place(r.IntN(int(places)))
	}
	rarely := func() place {
		if r.IntN(2) == 0 {
			return absent
		}
		return place(r.IntN(int(places)))
	}
	h := history{known: r.IntN(10) > 0, statute: r.IntN(3) > 0, entitled: r.IntN(10) > 0, registration: at(), suspension: rarely(), revocation: rarely(), defaulting: at(),
		consent: r.IntN(consents), looks: r.IntN(6), stops: r.IntN(3), contests: r.IntN(2), number: fmt.Sprintf("SAMPLE-%06d", i)}
	if r.IntN(4) == 0 {
		h.matter = r.IntN(matters)
	}
	if r.IntN(2) == 0 {
		h.consent = consented
	}
	if !h.known {
		h.registration, h.suspension, h.revocation, h.defaulting, h.looks, h.stops, h.contests = absent, absent, absent, absent, 0, 0, 0
		if h.consent = noConsent; h.statute {
			h.matter = r.IntN(matters)
		}
	}
	for j := range h.person {
		h.person[j] = byte(r.UintN(256))
	}
	return h
}

// expected is what the rules say of a history, without a look at its traces.
func (h history) expected() string {
	if !h.entitled || h.matter != fresh && (h.statute || h.matter == answeredBefore) || !h.statute && h.consent != consented {
		return "not answered"
	}
	var shown []string
	if !h.statute {
		if h.defaulting == visible {
			shown = append(shown, "loan-default")
		}
	} else {
		against := h.suspension.stands() && h.suspension != visible || h.revocation.stands()
		switch {
		case h.registration == visible && against, h.suspension == overdue: // the suspension's clock refers
			shown = append(shown, "ask")
		case h.registration == visible:
			shown = append(shown, "physician-registration")
		}
		if h.suspension == visible {
			shown = append(shown, "physician-suspension")
		}
	}
	if len(shown) == 0 {
		return "nothing to show"
	}
	return strings.Join(shown, "+")
}

func (h history) question(key int) (token, body string) {
	file := fmt.Sprintf("PC2026-%06d", key)
	token, purpose, basis := "health", "physician-registration-change", "statute"
	if !h.statute {
		token, purpose, basis, file = "bank", "loan-application", "consent", fmt.Sprintf("application-%06d", key)
	}
	if !h.entitled {
		token = "other"
	}
	return token, fmt.Sprintf(`{"purpose":%q,"basis":%q,"case":%q,"person":{"id_type":"cn-id","id_number":%q}}`, purpose, basis, file, h.number)
}

// Rules B1, B2, B3, B4, G3: over ten thousand generated histories the bytes of all
// causes of one outcome are equal, and no history of traces changes an answer.
func TestHistories_answersAreAlike(t *testing.T) {
	t.Parallel()
	n, seed := 10_000, uint64(20261123)
	if testing.Short() {
		n = 1000
	}
	c := write(t, newOffice(t, 1), n, seed)
	wrong, outcomes := c.differ(t)
	for _, w := range wrong[:min(5, len(wrong))] {
		t.Error(w)
	}
	for _, outcome := range []string{"not answered", "nothing to show", "ask", "loan-default", "physician-registration", "physician-registration+physician-suspension", "ask+physician-suspension"} {
		if outcomes[outcome] < n/500 {
			t.Errorf("%q was met %d times only: %v", outcome, outcomes[outcome], outcomes)
		}
	}
	if len(wrong) > 0 {
		t.Errorf("%d of %d histories", len(wrong), n)
	}
	if testing.Short() {
		return
	}
	keepRace(t, "histories of facts and traces: the bytes of an outcome are equal, and no trace changes an answer", n, n-len(wrong))
}

// The controls: a wall that looks at traces, and one that tells a cause of an
// outcome, are noticed.
func TestHistories_controls(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][3]string{
		"it counts who was refused": {"dossier.answering", "where o.person = p_person", "where (select count(*) from inquiry.access x where x.person = p_person and x.outcome = 0) = 0 and o.person = p_person"},
		"it tells what is hidden":   {"inquiry.disclose", "when s.record is null then 2", "when s.record is null then case when exists (select from dossier.record x where x.person = q.person and x.state = 'noticed') then 0 else 2 end"},
		"it shows the licence":      {"dossier.answering", "and h.type <> o.type", "and false"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, 1)
			source := housetest.Ask[string](t, o.Fixture, "select pg_get_functiondef($1::regproc)", c[0])
			changed := strings.ReplaceAll(source, c[1], c[2])
			if changed == source {
				t.Fatalf("%s has no %q", c[0], c[1])
			}
			o.Exec(t, changed)
			if wrong, _ := write(t, o, 600, 7).differ(t); len(wrong) == 0 {
				t.Error("nobody notices")
			}
		})
	}
}
