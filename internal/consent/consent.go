// Package consent keeps what a person allowed: one body, one purpose, until a
// day.
//
// It promises that a consent is not used before its ten minutes of undo are over
// (rules G2), that stopping one counts for every answer that has not yet
// passed the person's gate, and that a consent never widens what a purpose
// allows. Freezing comes with it later.
package consent

import (
	"context"
	"time"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Given is one consent.
type Given struct {
	ID         ref.Consent
	Person     ref.Person
	Body       ref.Body
	Purpose    string
	GivenAt    time.Time
	UsableFrom time.Time
	Until      time.Time
	StoppedAt  time.Time // zero while it stands
}

// Usable reports whether an inquiry at now may rest on it.
func (g Given) Usable(now time.Time) bool {
	return g.StoppedAt.IsZero() && !now.Before(g.UsableFrom) && now.Before(g.Until)
}

// Store keeps consents. Put and Stop take the person's gate FOR UPDATE, so that
// an answer either saw the old state and was committed before, or sees the new.
type Store interface {
	Put(ctx context.Context, g Given) error
	Stop(ctx context.Context, p ref.Person, c ref.Consent, now time.Time) (bool, error) // false: not there, not theirs, or stopped already
	List(ctx context.Context, p ref.Person) ([]Given, error)                            // newest first, at most 500
}

// Bodies finds a body by its code.
type Bodies interface {
	Body(ctx context.Context, code string) (party.Body, error)
}

// Service is the room's use cases.
type Service struct {
	Store  Store
	Bodies Bodies
	Shelf  law.Shelf
	Chance ref.Minter
}

// ErrNotFound is the answer for a consent that is not there, not the caller's or
// stopped already: alike.
var ErrNotFound = fault.New(fault.NotFound, "E-CONSENT", "There is no such consent that could be stopped. Check the number.")

// Give records that p allows a body one purpose from the end of the undo time
// until the end of day until.
func (s *Service) Give(ctx context.Context, p ref.Person, bodyCode, purpose string, until when.Date, now time.Time) (Given, error) {
	if p.IsZero() {
		return Given{}, fault.New(fault.Conflict, "E-NO-FILE", "There is no file that a consent could open.")
	}
	pack := s.Shelf.At(now)
	rule, ok := pack.Purpose(purpose)
	if !ok || rule.Basis != law.Consent || !rule.Allows(bodyCode) {
		return Given{}, fault.New(fault.Refused, "E-PURPOSE", "This body may not ask for this purpose on your consent. Choose one of those listed.").At("purpose").By("G1")
	}
	end := until.AddDays(1).Start(pack.Zone)
	usable := now.Add(pack.ConsentUndo())
	if !end.After(usable) {
		return Given{}, fault.New(fault.Invalid, "E-UNTIL", "Choose a last day that is not in the past.").At("until")
	}
	body, err := s.Bodies.Body(ctx, bodyCode)
	if err != nil {
		return Given{}, err
	}
	id, err := ref.Mint[ref.Consent](s.Chance)
	if err != nil {
		return Given{}, err
	}
	g := Given{ID: id, Person: p, Body: body.ID, Purpose: purpose, GivenAt: now, UsableFrom: usable, Until: end}
	return g, s.Store.Put(ctx, g)
}

// Stop ends a consent at once.
func (s *Service) Stop(ctx context.Context, p ref.Person, c ref.Consent, now time.Time) error {
	stopped, err := s.Store.Stop(ctx, p, c, now)
	if err != nil {
		return err
	}
	if !stopped {
		return ErrNotFound
	}
	return nil
}

// List returns a person's consents, newest first.
func (s *Service) List(ctx context.Context, p ref.Person) ([]Given, error) {
	if p.IsZero() {
		return nil, nil
	}
	return s.Store.List(ctx, p)
}
