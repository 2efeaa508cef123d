package law

import (
	"sync/atomic"
	"time"
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
