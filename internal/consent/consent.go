// Package consent keeps what a person allowed: one body, one purpose, named types of
// record, until a day, for one answer or for several.
//
// It promises that a consent is not used before its ten minutes of undo are over
// unless the person confirms it a second time (rules G2); that stopping or narrowing
// one counts for every answer that has not yet passed the person's gate; that one
// for a single use is used up by the first answer; that a consent never widens what a
// purpose allows; that a record of another sector is opened once at most, for a matter
// that the person started; and that a body which asked for a consent is told nothing of
// what became of it (rules G1). A freeze counts for
// every answer that has not yet passed the person's gate (rules F2).
package consent

import (
	"context"
	"slices"
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
	Types      []string // of record, in order of their codes
	Single     bool     // used up by the first answer
	Started    bool     // for a matter that the person says they started
	Crosses    bool     // names a type of another sector
	GivenAt    time.Time
	UsableFrom time.Time
	Until      time.Time
	StoppedAt  time.Time // zero while it stands
	UsedAt     time.Time // of one for a single use: when it was used up; else zero
}

// Usable reports whether an inquiry at now may rest on it. It is the model of the SQL
// function consent.claim, which alone decides.
func (g Given) Usable(now time.Time) bool {
	return g.Stands(now) && !now.Before(g.UsableFrom)
}

// Stands reports whether it can be used at now or later.
func (g Given) Stands(now time.Time) bool {
	return g.StoppedAt.IsZero() && g.UsedAt.IsZero() && now.Before(g.Until)
}

// Use is one answer that rested on a consent.
type Use struct {
	Inquiry ref.Inquiry
	At      time.Time
}

// Terms is what a consent is to allow.
type Terms struct {
	Body    string // its code
	Purpose string
	Types   []string
	Until   when.Date // last day
	Single  bool
	Started bool // the person says that they started the matter
}

// Store keeps consents. What changes one takes the person's gate FOR UPDATE, so that
// an answer either saw the old state and was committed before, or sees the new. Each
// is durable on return and publishes its event.
type Store interface {
	// Put keeps a consent, and where a request led to it ends that as given; false where
	// the request is over, and nothing is kept then.
	Put(ctx context.Context, g Given, from ref.Request) (bool, error)
	Stop(ctx context.Context, p ref.Person, c ref.Consent, now time.Time) (bool, error)    // false: not there, not theirs, or stopped already
	Confirm(ctx context.Context, p ref.Person, c ref.Consent, now time.Time) (bool, error) // usable from now; false: not there, not theirs, over, or usable already
	// Narrow leaves what was allowed in the types, until the earlier of both ends; false
	// where it is not there, not theirs, over, or nothing of it would be left.
	Narrow(ctx context.Context, p ref.Person, c ref.Consent, types []string, until, now time.Time) (bool, error)
	List(ctx context.Context, p ref.Person) ([]Given, error) // newest first, at most 500
	Uses(ctx context.Context, p ref.Person, c ref.Consent) ([]Use, error)
}

// Bodies finds a body by its code.
type Bodies interface {
	Body(ctx context.Context, code string) (party.Body, error)
}

// Service is the room's use cases.
type Service struct {
	Store    Store
	Requests Requests
	Freezes  Freezes
	Bodies   Bodies
	Shelf    law.Shelf
	Chance   ref.Minter
}

// The faults of giving. ErrNotFound is the answer for a consent that is not there, not
// the caller's or over already: alike.
var (
	ErrNotFound = fault.New(fault.NotFound, "E-CONSENT", "There is no such consent that could be changed. Check the number.")
	errPurpose  = fault.New(fault.Refused, "E-PURPOSE", "This body may not ask for this purpose on your consent. Choose one of those listed.").At("purpose").By("G1")
	errTypes    = fault.New(fault.Refused, "E-TYPES", "A consent names one or more of the types of record that this purpose may see. Nothing was kept. Choose among those listed.").At("types").By("G1")
	errUntil    = fault.New(fault.Invalid, "E-UNTIL", "Choose a last day that is not in the past.").At("until")
	errLate     = fault.New(fault.Invalid, "E-UNTIL-LATE", "This last day is later than the rules allow for a consent. Nothing was kept. Choose an earlier one.").At("until").By("G1")
	errOnce     = fault.New(fault.Refused, "E-ACROSS-ONCE", "A record of another sector is opened by a consent for one use only. Nothing was kept. Choose one use, or leave that type out.").At("single").By("G1")
	errStarted  = fault.New(fault.Refused, "E-ACROSS-STARTED", "A record of another sector is opened only for a matter that you started yourself. Nothing was kept. Say so, or leave that type out.").At("started").By("G1")
)

// Check says what terms amount to under a pack: a consent without number, person and
// body, or the rule that refuses it. It looks at nobody.
func Check(pack *law.Pack, t Terms, now time.Time) (Given, error) {
	rule, ok := pack.Purpose(t.Purpose)
	if !ok || rule.Basis != law.Consent || !rule.Allows(t.Body) {
		return Given{}, errPurpose
	}
	today := rule.On(pack.Today(now))
	g := Given{Purpose: t.Purpose, Types: slices.Compact(slices.Sorted(slices.Values(t.Types))), Single: t.Single, Started: t.Started,
		GivenAt: now, UsableFrom: now.Add(pack.ConsentUndo()), Until: t.Until.AddDays(1).Start(pack.Zone).UTC()}
	for _, typ := range g.Types {
		if today.Sees(typ) == nil {
			return Given{}, errTypes
		}
		g.Crosses = g.Crosses || rule.Crosses(typ)
	}
	latest, err := pack.ConsentUntil(now)
	switch {
	case err != nil:
		return Given{}, err
	case len(g.Types) == 0:
		return Given{}, errTypes
	case g.Crosses && !g.Single:
		return Given{}, errOnce
	case g.Crosses && !g.Started:
		return Given{}, errStarted
	case !g.Until.After(g.UsableFrom):
		return Given{}, errUntil
	case g.Until.After(latest):
		return Given{}, errLate
	}
	return g, nil
}

// Give records that p allows what the terms say, from the end of the undo time on.
func (s *Service) Give(ctx context.Context, p ref.Person, t Terms, now time.Time) (Given, error) {
	return s.give(ctx, p, t, ref.Request{}, now)
}

func (s *Service) give(ctx context.Context, p ref.Person, t Terms, from ref.Request, now time.Time) (Given, error) {
	if p.IsZero() {
		return Given{}, fault.New(fault.Conflict, "E-NO-FILE", "There is no file that a consent could open.")
	}
	g, err := Check(s.Shelf.At(now), t, now)
	if err != nil {
		return Given{}, err
	}
	body, err := s.Bodies.Body(ctx, t.Body)
	if err != nil {
		return Given{}, err
	}
	if g.ID, err = ref.Mint[ref.Consent](s.Chance); err != nil {
		return Given{}, err
	}
	g.Person, g.Body = p, body.ID
	kept, err := s.Store.Put(ctx, g, from)
	if err == nil && !kept {
		err = ErrNoRequest
	}
	return g, err
}

// Stop ends a consent at once.
func (s *Service) Stop(ctx context.Context, p ref.Person, c ref.Consent, now time.Time) error {
	return there(s.Store.Stop(ctx, p, c, now))
}

// Confirm lets a consent be used at once: the person says a second time, after giving
// it, that they mean it (rules G2).
func (s *Service) Confirm(ctx context.Context, p ref.Person, c ref.Consent, now time.Time) error {
	return there(s.Store.Confirm(ctx, p, c, now))
}

// Narrow takes types out of a consent, or lets it end earlier. It never adds anything.
func (s *Service) Narrow(ctx context.Context, p ref.Person, c ref.Consent, types []string, until when.Date, now time.Time) error {
	return there(s.Store.Narrow(ctx, p, c, types, until.AddDays(1).Start(s.Shelf.At(now).Zone).UTC(), now))
}

func there(found bool, err error) error {
	if err == nil && !found {
		return ErrNotFound
	}
	return err
}

// List returns a person's consents, newest first.
func (s *Service) List(ctx context.Context, p ref.Person) ([]Given, error) {
	if p.IsZero() {
		return nil, nil
	}
	return s.Store.List(ctx, p)
}

// Uses returns what was answered on a consent, newest first, at most 500.
func (s *Service) Uses(ctx context.Context, p ref.Person, c ref.Consent) ([]Use, error) {
	if p.IsZero() {
		return nil, nil
	}
	return s.Store.Uses(ctx, p, c)
}
