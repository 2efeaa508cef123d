package law

import (
	"slices"
	"sync/atomic"
	"time"

	"recourse/internal/fault"
)

// Shelf is where the versions of the pack stand. A use case takes one pack from
// it, by the instant of the request, and works with that one to its end.
type Shelf interface {
	// At returns the version in force at an instant; never nil.
	At(now time.Time) *Pack
	// Version returns a version that is or was activated, as records, letters and
	// access rows name it.
	Version(v string) (*Pack, bool)
}

// Under returns the version under which something was written, or the one in
// force at now where the shelf does not hold it.
func Under(s Shelf, version string, now time.Time) *Pack {
	if p, ok := s.Version(version); ok {
		return p
	}
	return s.At(now)
}

// One is a shelf with one pack, in force at all times.
func One(p *Pack) Shelf { return one{p} }

type one struct{ p *Pack }

func (o one) At(time.Time) *Pack { return o.p }

func (o one) Version(v string) (*Pack, bool) { return o.p, v == o.p.Version }

// Activated is one activation of a pack.
type Activated struct {
	Number int // from 1, in order of activation
	Pack   *Pack
	From   time.Time // the first instant in force
}

// Timeline is a shelf of activated packs. Of those whose instant has come, the one
// activated last is in force: what was activated later takes the place of what
// still waits. Before the first instant of all it is the first.
type Timeline struct{ list []Activated }

// NewTimeline puts activations on a shelf. They must be of one jurisdiction and
// one zone: legal days that were counted once never move.
func NewTimeline(list []Activated) (*Timeline, error) {
	if len(list) == 0 {
		return nil, fault.New(fault.Unavailable, "E-PACK-NONE", "No pack was ever activated here. Nothing is served; activate one with recourse pack activate.")
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Activated) int { return a.Number - b.Number })
	for _, a := range list[1:] {
		if err := Succeeds(list[0].Pack, a.Pack); err != nil {
			return nil, err
		}
	}
	return &Timeline{list}, nil
}

// Succeeds refuses a pack that cannot follow another one: it is of another
// jurisdiction, zone or operator.
func Succeeds(before, p *Pack) error {
	if p.Code != before.Code || p.Zone.String() != before.Zone.String() || p.Operator != before.Operator {
		return fault.Newf(fault.Refused, "E-PACK-OTHER",
			"Pack %s cannot follow %s: jurisdiction, time zone and operator of a registry stay what they were. Nothing was changed; correct pack.yaml, or begin another registry.",
			p.Version, before.Version)
	}
	return nil
}

// At returns the version in force at an instant.
func (t *Timeline) At(now time.Time) *Pack {
	for _, a := range slices.Backward(t.list) {
		if !a.From.After(now) {
			return a.Pack
		}
	}
	return t.list[0].Pack
}

// Version returns a version by its name.
func (t *Timeline) Version(v string) (*Pack, bool) {
	for _, a := range t.list {
		if a.Pack.Version == v {
			return a.Pack, true
		}
	}
	return nil, false
}

// Last returns the newest activation, in force or waiting.
func (t *Timeline) Last() Activated { return t.list[len(t.list)-1] }

// All returns the activations in their order.
func (t *Timeline) All() []Activated { return slices.Clone(t.list) }

// Live is a shelf whose timeline is replaced while it is in use. It must be given
// one before its first use, and is safe for concurrent use.
type Live struct{ now atomic.Pointer[Timeline] }

// Put replaces the timeline.
func (l *Live) Put(t *Timeline) { l.now.Store(t) }

// Timeline returns the timeline that holds.
func (l *Live) Timeline() *Timeline { return l.now.Load() }

// At is Timeline.At.
func (l *Live) At(now time.Time) *Pack { return l.now.Load().At(now) }

// Version is Timeline.Version.
func (l *Live) Version(v string) (*Pack, bool) { return l.now.Load().Version(v) }

// Made keeps what was made of the pack last asked for, so that what depends on
// the pack alone is made once per version. The zero value is ready; it is safe for
// concurrent use.
type Made[T any] struct{ last atomic.Pointer[made[T]] }

type made[T any] struct {
	of *Pack
	is T
}

// Of returns what from makes of p, made anew only where p is another pack than
// the last. An error is not kept.
func (m *Made[T]) Of(p *Pack, from func(*Pack) (T, error)) (T, error) {
	if last := m.last.Load(); last != nil && last.of == p {
		return last.is, nil
	}
	is, err := from(p)
	if err == nil {
		m.last.Store(&made[T]{p, is})
	}
	return is, err
}
