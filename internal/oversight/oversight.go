// Package oversight keeps what went wrong: incidents, with who is affected.
//
// It promises that an incident opens once for what it is about, with the instant of
// awareness, which cannot be moved later; that the list of those who were shown what
// they should not have been is taken from the rows that looks leave; and that it names
// nobody to anybody but the person whom it concerns. It runs no clock of an incident
// and closes none.
package oversight

import (
	"context"
	"crypto/sha256"
	"time"

	"recourse/internal/ref"
)

// Kind is what went wrong.
type Kind string

// WrongPerson is a record that was on the file of somebody else (rules E4).
const WrongPerson Kind = "wrong person"

// Incident is one thing that went wrong.
type Incident struct {
	ID      ref.Incident
	Kind    Kind
	Person  ref.Person // on whose file it was
	Record  ref.Record
	AwareAt time.Time // when two people found it
	OpenAt  time.Time
}

// Affected is one answer that showed what it should not have.
type Affected struct {
	Access ref.Inquiry
	Body   ref.Body
	At     time.Time
}

// Store keeps incidents. Every write is durable on return.
type Store interface {
	// Open keeps an incident with its list and publishes "oversight.opened"; false where
	// it is there already: nothing changes then.
	Open(ctx context.Context, i Incident, list []Affected) (bool, error)
	// Refiled keeps that what an incident is about was filed under its right person,
	// and returns how many answers had shown it; false where no incident is about it.
	Refiled(ctx context.Context, was ref.Record, p ref.Person, record ref.Record) (int, bool, error)
	// Shown returns to whom a record of that person was shown under another file,
	// latest first, at most 1000.
	Shown(ctx context.Context, p ref.Person, record ref.Record) ([]Affected, error)
	// Affected returns the list of the incident about a record, latest first.
	Affected(ctx context.Context, record ref.Record) ([]Affected, error)
}

// Looks knows to whom a record of a person was shown.
type Looks interface {
	ShownTo(ctx context.Context, p ref.Person, record ref.Record) ([]Affected, error)
}

// Service opens incidents.
type Service struct {
	Store Store
	Looks Looks
}

// Found opens the incident of a record that two people found to be another's. It is
// idempotent by the record.
func (s *Service) Found(ctx context.Context, p ref.Person, record ref.Record, aware, now time.Time) (bool, error) {
	list, err := s.Looks.ShownTo(ctx, p, record)
	if err != nil {
		return false, err
	}
	sum := sha256.Sum256(append([]byte("recourse/incident/v1:"+string(WrongPerson)+":"), record[:]...))
	return s.Store.Open(ctx, Incident{ID: ref.Incident(sum[:16]), Kind: WrongPerson, Person: p, Record: record, AwareAt: aware, OpenAt: now}, list)
}
