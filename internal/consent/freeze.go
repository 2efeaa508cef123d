package consent

import (
	"context"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Freeze is the person's stop: nothing is answered on consent, and under a statute
// only where the pack says that it passes (rules F2).
type Freeze struct {
	ID       ref.Freeze
	PlacedAt time.Time
	LiftedAt time.Time // zero while it stands
}

// Lift lets one body ask while a freeze stands.
type Lift struct {
	ID        ref.Lift
	Body      ref.Body
	GivenAt   time.Time
	Until     time.Time
	StoppedAt time.Time // zero while it was not taken back
}

// Stands reports whether the body may ask at now.
func (l Lift) Stands(now time.Time) bool { return l.StoppedAt.IsZero() && now.Before(l.Until) }

// Freezes keeps freezes. What changes one takes the person's gate FOR UPDATE and
// publishes its event; it is durable on return.
type Freezes interface {
	Place(ctx context.Context, p ref.Person, f ref.Freeze, now time.Time) (bool, error) // false: one stands
	LiftAll(ctx context.Context, p ref.Person, now time.Time) (bool, error)             // false: none stands
	// Undo lets the freeze stand again that was lifted last, after an instant; false
	// where there is none.
	Undo(ctx context.Context, p ref.Person, after, now time.Time) (bool, error)
	LiftFor(ctx context.Context, p ref.Person, l Lift) error
	StopLift(ctx context.Context, p ref.Person, l ref.Lift, now time.Time) (bool, error) // false: not there, not theirs, or over
	Frozen(ctx context.Context, p ref.Person) ([]Freeze, []Lift, error)                  // each newest first, at most 100
}

// The faults of freezing.
var (
	errFreeze = fault.New(fault.Conflict, "E-FREEZE", "There is nothing to freeze or to lift here: look at the page anew. Nothing was changed.").By("F2")
	errDays   = fault.New(fault.Invalid, "E-FREEZE-DAYS", "A freeze is lifted for a body for one day at least, and for no longer than a consent may last. Nothing was changed; choose a day within that.").At("until").By("F2")
)

// Freeze stops inquiries at once.
func (s *Service) Freeze(ctx context.Context, p ref.Person, now time.Time) error {
	if p.IsZero() {
		return fault.New(fault.Conflict, "E-NO-FILE", "There is no file that a consent could open.")
	}
	id, err := ref.Mint[ref.Freeze](s.Chance)
	if err != nil {
		return err
	}
	return done(s.Freezes.Place(ctx, p, id, now))
}

func done(changed bool, err error) error {
	if err == nil && !changed {
		err = errFreeze
	}
	return err
}

// Unfreeze lifts the freeze at once. For some minutes it can be undone.
func (s *Service) Unfreeze(ctx context.Context, p ref.Person, now time.Time) error {
	return done(s.Freezes.LiftAll(ctx, p, now))
}

// UndoUnfreeze lets the freeze stand again, as if it had not been lifted.
func (s *Service) UndoUnfreeze(ctx context.Context, p ref.Person, now time.Time) error {
	return done(s.Freezes.Undo(ctx, p, now.Add(-s.Shelf.At(now).ConsentUndo()), now))
}

// LiftFor lets one body ask until a day, while the freeze stands.
func (s *Service) LiftFor(ctx context.Context, p ref.Person, bodyCode string, until when.Date, now time.Time) error {
	frozen, err := s.Frozen(ctx, p, now)
	if err != nil {
		return err
	}
	if !frozen.Stands {
		return errFreeze
	}
	pack := s.Shelf.At(now)
	end := until.AddDays(1).Start(pack.Zone).UTC()
	latest, err := pack.ConsentUntil(now)
	if err != nil {
		return err
	}
	if !end.After(now) || end.After(latest) {
		return errDays
	}
	body, err := s.Bodies.Body(ctx, bodyCode)
	if err != nil {
		return err
	}
	id, err := ref.Mint[ref.Lift](s.Chance)
	if err != nil {
		return err
	}
	return s.Freezes.LiftFor(ctx, p, Lift{ID: id, Body: body.ID, GivenAt: now, Until: end})
}

// StopLift takes back at once that a body may ask.
func (s *Service) StopLift(ctx context.Context, p ref.Person, l ref.Lift, now time.Time) error {
	return done(s.Freezes.StopLift(ctx, p, l, now))
}

// Frozen is how a person's freeze stands.
type Frozen struct {
	Stands bool
	Last   Freeze // the freeze that stands, or was lifted last; zero where there never was one
	Undo   bool   // the last can stand again as if it had not been lifted
	Lifts  []Lift // of bodies that may ask now
}

// Frozen says how a person's freeze stands.
func (s *Service) Frozen(ctx context.Context, p ref.Person, now time.Time) (Frozen, error) {
	if p.IsZero() {
		return Frozen{}, nil
	}
	all, lifts, err := s.Freezes.Frozen(ctx, p)
	if err != nil || len(all) == 0 {
		return Frozen{}, err
	}
	f := Frozen{Last: all[0], Stands: all[0].LiftedAt.IsZero()}
	f.Undo = !f.Stands && f.Last.LiftedAt.After(now.Add(-s.Shelf.At(now).ConsentUndo()))
	for _, l := range lifts {
		if f.Stands && l.Stands(now) {
			f.Lifts = append(f.Lifts, l)
		}
	}
	return f, nil
}
