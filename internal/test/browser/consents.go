package browser

import (
	"context"
	"slices"
	"sync"
	"time"

	"recourse/internal/consent"
	"recourse/internal/ref"
)

// consents is consent.Store and consent.Requests.
type consents struct {
	down  *down
	mu    sync.Mutex
	of    map[ref.Person][]consent.Given
	uses  map[ref.Consent][]consent.Use
	codes map[[32]byte]consent.Asked
	asked map[ref.Person][]consent.Asked

	freezes map[ref.Person][]consent.Freeze // newest first
	lifts   map[ref.Person][]consent.Lift
}

func newConsents(d *down) *consents {
	return &consents{down: d, of: map[ref.Person][]consent.Given{}, uses: map[ref.Consent][]consent.Use{}, codes: map[[32]byte]consent.Asked{}, asked: map[ref.Person][]consent.Asked{},
		freezes: map[ref.Person][]consent.Freeze{}, lifts: map[ref.Person][]consent.Lift{}}
}

// held does something while nobody else does, unless the store is down.
func (s *consents) held(do func() bool) (bool, error) {
	if s.down.store.Load() {
		return false, errDown
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return do(), nil
}

// Put keeps a consent.
func (s *consents) Put(ctx context.Context, g consent.Given, from ref.Request) (bool, error) {
	if !from.IsZero() {
		if ended, err := s.End(ctx, g.Person, from, consent.ByGiving, g.GivenAt); err != nil || !ended {
			return false, err
		}
	}
	return s.held(func() bool {
		s.of[g.Person] = slices.Insert(s.of[g.Person], 0, g)
		return true
	})
}

// change changes a consent of a person that was not stopped.
func (s *consents) change(p ref.Person, c ref.Consent, do func(*consent.Given) bool) (bool, error) {
	return s.held(func() bool {
		for i := range s.of[p] {
			if g := &s.of[p][i]; g.ID == c && g.StoppedAt.IsZero() {
				return do(g)
			}
		}
		return false
	})
}

// Stop ends a consent that stands.
func (s *consents) Stop(_ context.Context, p ref.Person, c ref.Consent, now time.Time) (bool, error) {
	return s.change(p, c, func(g *consent.Given) bool { g.StoppedAt = now; return true })
}

// Confirm lets a consent be used at once.
func (s *consents) Confirm(_ context.Context, p ref.Person, c ref.Consent, now time.Time) (bool, error) {
	return s.change(p, c, func(g *consent.Given) bool {
		early := g.UsableFrom.After(now)
		if early {
			g.UsableFrom = now
		}
		return early
	})
}

// Narrow takes something out of a consent.
func (s *consents) Narrow(_ context.Context, p ref.Person, c ref.Consent, types []string, until, now time.Time) (bool, error) {
	return s.change(p, c, func(g *consent.Given) bool {
		left := slices.DeleteFunc(slices.Clone(g.Types), func(t string) bool { return !slices.Contains(types, t) })
		if len(left) == 0 || !until.After(now) {
			return false
		}
		g.Types = left
		if until.Before(g.Until) {
			g.Until = until
		}
		return true
	})
}

// List gives the consents of a person, newest first.
func (s *consents) List(_ context.Context, p ref.Person) (list []consent.Given, err error) {
	_, err = s.held(func() bool { list = slices.Clone(s.of[p]); return true })
	return list, err
}

// Uses gives what was answered on a consent.
func (s *consents) Uses(_ context.Context, _ ref.Person, c ref.Consent) (list []consent.Use, err error) {
	_, err = s.held(func() bool { list = slices.Clone(s.uses[c]); return true })
	return list, err
}

// Ask keeps what a body asks for.
func (s *consents) Ask(_ context.Context, hash [32]byte, a consent.Asked, _ time.Time) error {
	_, err := s.held(func() bool { s.codes[hash] = a; return true })
	return err
}

// Enter makes a request a person's.
func (s *consents) Enter(_ context.Context, hash [32]byte, p ref.Person, now time.Time) (a consent.Asked, found bool, err error) {
	found, err = s.held(func() bool {
		var there bool
		if a, there = s.codes[hash]; !there || a.Person != p && !a.Person.IsZero() {
			return false
		}
		if a.Person.IsZero() {
			a.Person, a.OpenedAt = p, now
			s.codes[hash], s.asked[p] = a, append([]consent.Asked{a}, s.asked[p]...)
		}
		return true
	})
	return a, found, err
}

// End ends a request.
func (s *consents) End(_ context.Context, p ref.Person, r ref.Request, how consent.Ending, now time.Time) (bool, error) {
	return s.held(func() bool {
		for i := range s.asked[p] {
			if a := &s.asked[p][i]; a.ID == r && a.Ending == "" {
				a.Ending, a.EndedAt = how, now
				return true
			}
		}
		return false
	})
}

// OfPerson gives what a person was asked for.
func (s *consents) OfPerson(_ context.Context, p ref.Person) (list []consent.Asked, err error) {
	_, err = s.held(func() bool { list = slices.Clone(s.asked[p]); return true })
	return list, err
}
