// Package notice is what must be told to whom, by when, by which channel, and
// the proof that it was.
//
// It promises that a notice is owed once per event and record version however often the event
// is handled; that a letter counts as delivered only when it was opened, never
// because a mail server took an announcement (rules C1); that an announcement
// names nothing of the letter; and that each attempt is written before it
// leaves the house.
package notice

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/ref"
)

// Owed is a letter to a person.
type Owed struct {
	ID          ref.Notice
	Person      ref.Person
	Kind        string
	Record      ref.Record
	Version     int32
	Pack        string
	OwedAt      time.Time
	OpenedAt    time.Time // zero until opened
	AnswerUntil time.Time // zero until opened; end of the time to answer
}

// Attempt is one announcement of a letter by a channel.
type Attempt struct {
	Channel string
	Nth     int32
	MeantAt time.Time
	EndedAt time.Time // zero where how it ended is not known
	Outcome string    // "handed over", "refused", "unreachable", "no address" or empty
}

// Announcement is what a channel sends out: that there is a letter, nothing of it.
type Announcement struct {
	Notice   ref.Notice
	Address  string
	Language string
	Subject  string
	Text     string
}

// The outcomes of an attempt.
const (
	HandedOver  = "handed over"
	RefusedBy   = "refused"
	Unreachable = "unreachable"
	NoAddress   = "no address"
)

// Store keeps letters. Every write is durable on return.
type Store interface {
	// Owe writes letters and publishes "notice.owed" for each, and for those whose
	// person gave an address "notice.to-announce"; for the others it keeps that there
	// was none. Of those that are there nothing changes. It returns how many were not.
	Owe(ctx context.Context, letters []Owed) (fresh int, err error)
	// Open marks the letter opened and publishes "notice.opened"; where it was
	// opened before, the first opening is returned.
	Open(ctx context.Context, p ref.Person, n ref.Notice, now, answerUntil time.Time) (Owed, bool, error)
	List(ctx context.Context, p ref.Person) ([]Owed, error) // newest first, at most 500
	Attempts(ctx context.Context, p ref.Person, n ref.Notice) ([]Attempt, error)
}

// Service is the use cases of the person and of the reactions.
type Service struct {
	Store Store
	Shelf law.Shelf
}

// ErrNotFound is the answer for a letter that is not there or not the caller's.
var ErrNotFound = fault.New(fault.NotFound, "E-NOTICE", "There is no such letter in your inbox. Check the number.")

// Owe makes letters owed, each once for its kind, record and version, however
// often it is asked for.
func (s *Service) Owe(ctx context.Context, letters []Owed) error {
	for i := range letters {
		o := &letters[i]
		about := make([]byte, 0, 64)
		about = append(about, "recourse/notice/v2:"+o.Kind+":"...)
		about = append(about, o.Record[:]...)
		sum := sha256.Sum256(binary.BigEndian.AppendUint32(about, uint32(o.Version)))
		copy(o.ID[:], sum[:])
		o.Pack = s.Shelf.At(o.OwedAt).Version
	}
	_, err := s.Store.Owe(ctx, letters)
	return err
}

// Open returns a letter and marks it opened: from now the time to answer runs.
func (s *Service) Open(ctx context.Context, p ref.Person, n ref.Notice, now time.Time) (Owed, error) {
	if p.IsZero() {
		return Owed{}, ErrNotFound
	}
	until, err := s.answerUntil(ctx, p, n, now)
	if err != nil {
		return Owed{}, err
	}
	o, found, err := s.Store.Open(ctx, p, n, now, until)
	if err != nil {
		return Owed{}, err
	}
	if !found {
		return Owed{}, ErrNotFound
	}
	return o, nil
}

// answerUntil is the end of the time to answer a letter that is opened now: by the
// rules in force, and never before the end that the letter itself promises.
func (s *Service) answerUntil(ctx context.Context, p ref.Person, n ref.Notice, now time.Time) (time.Time, error) {
	until, err := s.Shelf.At(now).AnswerUntil(now)
	if err != nil {
		return time.Time{}, err
	}
	letters, err := s.Store.List(ctx, p)
	if err != nil {
		return time.Time{}, err
	}
	for _, o := range letters {
		if o.ID != n {
			continue
		}
		if promised, err := law.Under(s.Shelf, o.Pack, now).AnswerUntil(now); err == nil && promised.After(until) {
			return promised, nil
		}
	}
	return until, nil
}

// List returns a person's letters, newest first.
func (s *Service) List(ctx context.Context, p ref.Person) ([]Owed, error) {
	if p.IsZero() {
		return nil, nil
	}
	return s.Store.List(ctx, p)
}

// Attempts returns how a letter was announced.
func (s *Service) Attempts(ctx context.Context, p ref.Person, n ref.Notice) ([]Attempt, error) {
	if p.IsZero() {
		return nil, nil
	}
	return s.Store.Attempts(ctx, p, n)
}
