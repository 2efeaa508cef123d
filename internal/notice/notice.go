// Package notice is what must be told to whom, by when, by which channel, and
// the proof that it was.
//
// It promises that a notice is owed once per event and record version however often the event
// is handled; that a letter counts as delivered when it was opened, when the post
// brought it into the person's hands, or when the pack's service period has run since
// it was handed over, never because a mail server took an announcement (rules C1); that
// what comes back goes to the next channel and its service period has not run; that an announcement
// names nothing of the letter; and that each attempt is written before it
// leaves the house.
package notice

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
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
	Version     int32       // of the record; of a letter about a contest, which of them it is
	Contest     ref.Contest // or question, that the letter is about; zero where it is about the record alone
	Pack        string
	OwedAt      time.Time
	OpenedAt    time.Time // zero until opened
	ConfirmedAt time.Time // zero unless the post brought it into the person's hands
	HandedAt    time.Time // when a way out of the house took it, or none was left to try; zero while one is tried
	ServedAt    time.Time // end of the service period, which runs from HandedAt; zero where that is
	AnswerUntil time.Time // end of the time to answer, from the delivery that is known or will come by itself; zero without one
}

// The kinds of letters about contests. Their words are those of the room that decides.
const (
	DecisionLetter = "contest-decided" // what was decided; Version is the stage
	ClockLetter    = "contest-clock"   // the time to decide moved, or has run out
)

// WordsLetter is what became of passages of a person's statement on somebody else's
// complaint. Contest is the number of the complaint there, and Version the stage.
const WordsLetter = "words-withheld"

// The kinds of letters about questions of looks. Contest is the number of the question
// there, and Record is zero.
const (
	QuestionLetter     = "look-answered" // a supervisor answered
	LateQuestionLetter = "look-late"     // it did not in time
)

// The kinds of letters about what the ombudsman does. Contest is the number of the plea
// there.
const (
	StayLetter = "record-stayed" // the record is hidden
	PleaLetter = "plea-closed"   // what the ombudsman found
)

// The kinds of letters about a death that was entered (rules F4). Contest is the number of
// the entry there. They go to the person, who may live, by every way that there is.
const (
	DeathLetter    = "death-entered"
	ReversalLetter = "death-reversed"
)

// OfDeath reports whether a letter is about a death. Nothing of it is sealed: it is printed
// as it is.
func (o Owed) OfDeath() bool { return o.Kind == DeathLetter || o.Kind == ReversalLetter }

// DeliveredAt is when a letter counts as delivered, as far as that is known: an instant
// that may lie ahead. Zero while no way out of the house has taken it.
func (o Owed) DeliveredAt() (at time.Time) {
	for _, t := range []time.Time{o.OpenedAt, o.ConfirmedAt, o.ServedAt} {
		if !t.IsZero() && (at.IsZero() || t.Before(at)) {
			at = t
		}
	}
	return at
}

// Way is how a letter was delivered. The set is closed (rules C1).
type Way string

// The ways.
const (
	Opened        Way = "opened"
	PostConfirmed Way = "post confirmed"
	ServicePeriod Way = "service period"
)

// Delivered says how and when a letter was delivered, by now: the first of the ways.
// It is false while it was not. It is true at its time without anybody doing
// anything.
func (o Owed) Delivered(now time.Time) (Way, time.Time, bool) {
	var way Way
	var at time.Time
	for _, w := range []struct {
		way Way
		at  time.Time
	}{{Opened, o.OpenedAt}, {PostConfirmed, o.ConfirmedAt}, {ServicePeriod, o.ServedAt}} {
		if !w.at.IsZero() && !w.at.After(now) && (way == "" || w.at.Before(at)) {
			way, at = w.way, w.at
		}
	}
	return way, at, way != ""
}

// Attempt is one announcement of a letter by a channel.
type Attempt struct {
	Channel string
	Nth     int32
	MeantAt time.Time
	EndedAt time.Time // zero where how it ended is not known
	Outcome string    // one of those below, or empty
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
	Bounced     = "bounced"   // handed over, and came back
	Confirmed   = "confirmed" // the post brought it into the person's hands
	Moot        = "moot"      // its record was withdrawn before it was printed
)

// The channels out of the house.
const (
	ByEmail = "email" // an announcement
	ByPost  = "post"  // the letter, on paper
)

// Store keeps letters. Every write is durable on return.
type Store interface {
	// Owe writes letters and publishes "notice.owed", once for all that were not there,
	// in the order in which they were written, and for those whose
	// person gave an address "notice.to-announce"; for the others it keeps that there
	// was none, and that the letter counts as handed over. Of those that are there
	// nothing changes. It returns all of them as they stand then.
	Owe(ctx context.Context, letters []Owed) ([]Owed, error)
	// Open marks the letter opened and publishes "notice.opened"; where it was
	// opened before, the first opening is returned.
	Open(ctx context.Context, p ref.Person, n ref.Notice, now, answerUntil time.Time) (Owed, bool, error)
	List(ctx context.Context, p ref.Person) ([]Owed, error) // newest first, at most 500
	One(ctx context.Context, p ref.Person, n ref.Notice) (Owed, bool, error)
	Attempts(ctx context.Context, p ref.Person, n ref.Notice) ([]Attempt, error)
}

// Service is the use cases of the person and of the reactions.
type Service struct {
	Store Store
	Shelf law.Shelf
}

// ErrNotFound is the answer for a letter that is not there or not the caller's.
var ErrNotFound = fault.New(fault.NotFound, "E-NOTICE", "There is no such letter in your inbox. Check the number.")

// Owe makes letters owed at now, each once for its kind, record and version, however
// often it is asked for, and returns them as they stand then.
func (s *Service) Owe(ctx context.Context, letters []Owed, now time.Time) ([]Owed, error) {
	pack := s.Shelf.At(now)
	served, until, err := serve(pack, now)
	if err != nil {
		return nil, err
	}
	for i := range letters {
		o := &letters[i]
		o.ID = o.number()
		o.Pack, o.OwedAt, o.HandedAt, o.ServedAt, o.AnswerUntil = pack.Version, now, now, served, until
	}
	return s.Store.Owe(ctx, letters)
}

// number makes the number of a letter from what it is about.
func (o Owed) number() (id ref.Notice) {
	about := make([]byte, 0, 96)
	about = append(about, "recourse/notice/v2:"+o.Kind+":"...)
	about = append(about, o.Record[:]...)
	about = binary.BigEndian.AppendUint32(about, uint32(o.Version))
	if !o.Contest.IsZero() {
		about = append(about, o.Contest[:]...)
	}
	sum := sha256.Sum256(about)
	copy(id[:], sum[:])
	return id
}

// OpenDecision opens the letter of a decision, where there is one yet.
func (s *Service) OpenDecision(ctx context.Context, o Owed, now time.Time) error {
	o.Kind = DecisionLetter
	if _, err := s.Open(ctx, o.Person, o.number(), now); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil
}

// serve says when a letter that is handed over now counts as delivered though nobody
// opened it, and until when it can be answered then.
func serve(p *law.Pack, now time.Time) (served, until time.Time, err error) {
	if served, err = p.ServedAt(now); err == nil {
		until, err = p.AnswerUntil(served)
	}
	return served, until, err
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
	o, found, err := s.Store.One(ctx, p, n)
	if err != nil || !found {
		return until, err
	}
	if promised, err := law.Under(s.Shelf, o.Pack, now).AnswerUntil(now); err == nil && promised.After(until) {
		until = promised
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
