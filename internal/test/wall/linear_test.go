package wall_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"

	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/test/linear"
)

// permit is what a consent is to those who ask at once: there or not, and how often
// the person's list says that somebody was answered.
type permit struct {
	There    bool
	Answered int
}

// act is one thing that is done: give, stop, ask, or read the list.
type act string

// came is what came of it.
type came struct {
	Answered bool
	Rows     int
}

// register is a consent whose acts come one after another: while it is there those
// who ask are answered, and each answer is in the person's list. The list that is read
// after a stop does not grow.
func register(rows int) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return permit{Answered: rows} },
		Step: func(state, input, output any) (bool, any) {
			p, got := state.(permit), output.(came)
			switch input.(act) {
			case "give":
				p.There = true
			case "stop":
				p.There = false
			case "ask":
				if got.Answered != p.There {
					return false, state
				}
				if got.Answered {
					p.Answered++
				}
			case "read":
				return got.Rows == p.Answered, state
			}
			return true, p
		},
	}
}

// reading counts the answers in the person's list.
func (l *lane) reading(ctx context.Context, t *testing.T) int {
	var n int
	if err := l.look.QueryRow(ctx, "select count(*)::int from inquiry.access where person = $1 and outcome = 1", l.person.id).Scan(&n); err != nil {
		t.Error(err)
	}
	return n
}

// gives and asks are acts on a lane's person, for a history.
func (l *lane) gives(ctx context.Context, t *testing.T, given *ref.Consent) any {
	var err error
	if *given, err = l.consent(ctx, l.person); err != nil {
		t.Error(err)
	}
	return came{}
}

func (l *lane) reads(ctx context.Context, t *testing.T) any { return came{Rows: l.reading(ctx, t)} }

// asked asks once. A machine that is so busy that clocks seem to differ answers
// nothing and does nothing.
func (l *lane) asked(ctx context.Context, t *testing.T, key string) any {
	a := <-l.ask(ctx, key)
	if a.err != nil {
		if fault.Of(a.err).Code != "E-CLOCK" {
			t.Error(a.err)
		}
		return nil
	}
	return came{Answered: a.Outcome == inquiry.Records}
}

// lived is one history: the person gives, stops and reads, twice, while others ask.
func (l *lane) lived(t *testing.T, key string) bool {
	const clients = 16
	ctx := t.Context()
	var h linear.History
	before := l.reading(ctx, t)
	var given ref.Consent
	var wg sync.WaitGroup
	for c := 1; c < clients; c++ {
		wg.Go(func() { h.Do(c, act("ask"), func() any { return l.asked(ctx, t, fmt.Sprint(key, "-", c)) }) })
	}
	for range 2 {
		h.Do(0, act("give"), func() any { return l.gives(ctx, t, &given) })
		h.Do(0, act("stop"), func() any {
			if err := l.stops.Stop(ctx, l.person.id, given, l.Now()); err != nil {
				t.Error(err)
			}
			return came{}
		})
		h.Do(0, act("read"), func() any { return l.reads(ctx, t) })
	}
	wg.Wait()
	h.Do(0, act("read"), func() any { return l.reads(ctx, t) })
	return fits(t, &h, before)
}

// tight is a history in which somebody asks while the stop holds the gate.
func (l *lane) tight(t *testing.T, key string) bool {
	ctx := t.Context()
	var h linear.History
	before := l.reading(ctx, t)
	var given ref.Consent
	var wg sync.WaitGroup
	h.Do(0, act("give"), func() any { return l.gives(ctx, t, &given) })
	h.Do(0, act("stop"), func() any {
		err := pgkit.Unit(ctx, l.stop, func(ctx context.Context) error {
			if err := l.stops.Stop(ctx, l.person.id, given, l.Now()); err != nil {
				return err
			}
			wg.Go(func() { h.Do(1, act("ask"), func() any { return l.asked(t.Context(), t, key) }) })
			return l.waits(ctx, "ask")
		})
		if err != nil {
			t.Error(err)
		}
		return came{}
	})
	h.Do(0, act("read"), func() any { return l.reads(ctx, t) })
	wg.Wait()
	h.Do(0, act("read"), func() any { return l.reads(ctx, t) })
	return fits(t, &h, before)
}

func fits(t *testing.T, h *linear.History, before int) bool {
	holds := h.Holds(t, register(before))
	if !holds && !t.Failed() {
		h.Tell(t)
	}
	return holds
}

// histories runs so many histories over several lanes, and returns how many of them
// could not have happened one after another, ending at the first where asked to.
func histories(t *testing.T, o *office, n int64, one func(*lane, *testing.T, string) bool, untilCaught bool) (ran, caught int64) {
	var next, bad, done atomic.Int64
	var wg sync.WaitGroup
	for _, l := range lanes(t, o, 4) {
		wg.Go(func() {
			for i := next.Add(1); i <= n && !t.Failed() && (!untilCaught || bad.Load() == 0); i = next.Add(1) {
				if done.Add(1); !one(l, t, fmt.Sprint(l.name, "-", i)) {
					bad.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return done.Load(), bad.Load()
}

// Consent against inquiries, sixteen clients at once: every history could have
// happened one after another.
func TestConsent_isLinearizable(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 4)
	n := int64(100)
	if os.Getenv("RECOURSE_LONG") != "" {
		n = rounds
	}
	ran, caught := histories(t, o, n, (*lane).lived, false)
	if caught != 0 || ran != n {
		t.Errorf("%d of %d histories could not have happened one after another", caught, ran)
	}
	keepRace(t, "histories of consent, 16 clients: could have happened one after another", rounds, rounds-int(caught)) // the long run
}

// The same where somebody always waits for the stop; with gate and reading in one
// statement, the control, some history is caught.
func TestConsent_isLinearizableWhileWaiting(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 4)
	const n = rounds / 2
	if ran, caught := histories(t, o, n, (*lane).tight, false); caught != 0 || ran != n {
		t.Errorf("%d of %d histories could not have happened one after another", caught, ran)
	}
	oneStatement(t, o.Fixture)
	ran, caught := histories(t, o, n, (*lane).tight, true)
	if caught == 0 {
		t.Errorf("with one statement all %d histories fit: the test proves nothing", ran)
	}
	t.Logf("control: caught among %d histories", ran)
}
