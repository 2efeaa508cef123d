package party

import (
	"context"
	"slices"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Motion is what a head wants to give somebody of their body: a place on its staff,
// desks, a training record, or a leave with somebody who stands in. It changes nothing
// before another head has seconded it. To take something away one is enough.
type Motion struct {
	ID       ref.Motion
	Body     ref.Body
	Kind     MotionKind
	Clerk    ref.Clerk // whom it is about; zero for an invitation
	Staff    string    // of an invitation: the body's own number for them; not a name
	Desks    []Desk    // of an invitation or appointment
	StandIn  ref.Clerk // of a leave: who holds the mandates meanwhile
	From     when.Date // of a leave: its first day; else the day on which it was put
	Until    when.Date // last day of the mandates, the training record, or the leave
	Trained  when.Date // of an invitation: last day of the training record
	PutBy    ref.Clerk
	PutAt    time.Time
	EndedBy  ref.Clerk // who seconded or dropped it; zero while it waits
	EndedAt  time.Time
	Seconded bool
}

// MotionKind is what a motion would give.
type MotionKind string

// The kinds of motions.
const (
	Invite     MotionKind = "invite"
	AppointTo  MotionKind = "appoint"
	Train      MotionKind = "train"
	GrantLeave MotionKind = "leave"
)

const (
	motionWaits    = 14 * 24 * time.Hour // how long a motion waits for a second head
	invitedFor     = 7 * 24 * time.Hour  // how long a code for the first sign-in may be used
	mostMandate    = 400                 // days
	mostLeave      = 200                 // days
	welcomeToken   = 90 * 24 * time.Hour // how long the first token lasts at most
	mostMembers    = 1000
	invitationMark = "rci_"
)

// Member is one of a body's staff as its own staff sees them.
type Member struct {
	Clerk
	Mandates             []Mandate // that hold or will, lent ones too
	MadeAt, EndedAt      time.Time // EndedAt is zero for who has not left
	AwayFrom, AwayUntil  when.Date // zero for who is on no leave
	HandedTo             ref.Clerk // of a leaver; zero where nobody took over
	LastHead, WithoutOne bool      // WithoutOne: no mandate that holds today, or no training record
}

// Away reports whether somebody is on leave on a day.
func (m Member) Away(on when.Date) bool {
	return m.AwayFrom != 0 && m.AwayFrom <= on && on <= m.AwayUntil
}

// check says what is wrong with a motion, by itself.
func (m Motion) check(today when.Date) error {
	switch m.Kind {
	case Invite:
		if n := len(m.Staff); n < 1 || n > 64 {
			return ErrStaffNumber
		}
		if m.Trained < today || m.Trained > today.AddDays(2*mostMandate) {
			return errTrained
		}
	case GrantLeave:
		if m.From < today || m.Until < m.From || m.Until > m.From.AddDays(mostLeave) {
			return errLeave
		}
		if m.StandIn.IsZero() || m.StandIn == m.Clerk {
			return errStandIn
		}
		return nil
	}
	if m.Kind != Train {
		if len(m.Desks) == 0 || slices.ContainsFunc(m.Desks, func(d Desk) bool { return !slices.Contains(Desks(), d) }) {
			return errDesk
		}
	}
	if m.Until < today || m.Until > today.AddDays(mostMandate) {
		return errTermOfRight
	}
	return nil
}

// Second ends a motion as one that another head is for.
func (m Motion) Second(by ref.Clerk, now time.Time) (Motion, error) {
	switch {
	case !m.EndedAt.IsZero() || !now.Before(m.PutAt.Add(motionWaits)):
		return m, errMotionOver
	case m.PutBy == by:
		return m, errMotionAlone
	case m.Clerk == by:
		return m, errMotionOwn
	}
	m.EndedBy, m.EndedAt, m.Seconded = by, now, true
	return m, nil
}

// LastHead reports whether a body would be left without a head if one went: heads are
// those whose own mandate holds.
func LastHead(heads []ref.Clerk, goes ref.Clerk) bool {
	return slices.Contains(heads, goes) && !slices.ContainsFunc(heads, func(h ref.Clerk) bool { return h != goes })
}

// Parting is somebody who leaves a body's staff, at once.
type Parting struct {
	Body     ref.Body
	Clerk    ref.Clerk
	HandedTo ref.Clerk // who takes over what waits for them; zero for nobody
	By       ref.Clerk
	Now      time.Time
	Today    when.Date
}

// TeamStore keeps the staff of bodies. Every write is durable on return, with its event
// in the journal.
type TeamStore interface {
	Members(ctx context.Context, body ref.Body, today when.Date, limit int) ([]Member, error)
	Member(ctx context.Context, body ref.Body, id ref.Clerk, today when.Date) (Member, bool, error)
	PutMotion(ctx context.Context, m Motion) error
	Motion(ctx context.Context, body ref.Body, id ref.Motion) (Motion, bool, error)
	Waiting(ctx context.Context, body ref.Body, since time.Time) ([]Motion, error)
	// Drop ends a motion without effect; false where it has ended.
	Drop(ctx context.Context, m Motion) (bool, error)
	// Carry ends a motion and does what it says; false where it has ended. Of an
	// invitation who is made known, and their code, which can be used until a time.
	// ErrStaffKnown where somebody who has not left has that number.
	Carry(ctx context.Context, m Motion, who ref.Clerk, code [32]byte, until time.Time) (bool, error)
	// Dismiss ends an own mandate and what was lent of it; false where there is none.
	// ErrLastHead where the body would be left without a head.
	Dismiss(ctx context.Context, p Parting, desk Desk) (bool, error)
	// Return ends a leave; false where there is none.
	Return(ctx context.Context, p Parting) (bool, error)
	// Part ends everything by which somebody is let in, and what they put; false where
	// they have left. ErrLastHead as above.
	Part(ctx context.Context, p Parting) (bool, error)
	// Welcome uses an invitation, once, and keeps the token in its place; false where it
	// cannot be used.
	Welcome(ctx context.Context, code [32]byte, staff string, token [32]byte, now, until time.Time) (bool, error)
}

// Team is how heads say who of their body may what.
type Team struct {
	Store    TeamStore
	Mandates MandateStore
	Chance   ref.Minter
	Zone     *time.Location
	May      func(body string, d Desk) bool // what the law lets staff of a body do
}

// List returns the staff of a clerk's body, and the motions that wait.
func (t *Team) List(ctx context.Context, who Clerk, now time.Time) ([]Member, []Motion, error) {
	members, err := t.Store.Members(ctx, who.Body.ID, when.In(now, t.Zone), mostMembers)
	if err != nil {
		return nil, nil, err
	}
	waiting, err := t.Store.Waiting(ctx, who.Body.ID, now.Add(-motionWaits))
	return members, waiting, err
}

// Find returns one of a clerk's own body.
func (t *Team) Find(ctx context.Context, who Clerk, id ref.Clerk, now time.Time) (Member, error) {
	m, found, err := t.Store.Member(ctx, who.Body.ID, id, when.In(now, t.Zone))
	if err == nil && !found {
		err = ErrHolder
	}
	return m, err
}

// Put puts a motion as a head of the body. It changes nothing yet. A leave anybody may
// put for themselves.
func (t *Team) Put(ctx context.Context, who Clerk, m Motion, now time.Time) (Motion, error) {
	if m.Kind != GrantLeave || m.Clerk != who.ID {
		if err := t.head(ctx, who, now); err != nil {
			return Motion{}, err
		}
	}
	today := when.In(now, t.Zone)
	if m.Kind != GrantLeave {
		m.From = today
	}
	if err := m.check(today); err != nil {
		return Motion{}, err
	}
	for _, d := range m.Desks {
		if !t.May(who.Body.Code, d) {
			return Motion{}, errDeskOfBody
		}
	}
	if m.Clerk == who.ID && m.Kind != GrantLeave {
		return Motion{}, errMotionOwn
	}
	for _, id := range []ref.Clerk{m.Clerk, m.StandIn} {
		if id.IsZero() {
			continue
		}
		if one, err := t.Find(ctx, who, id, now); err != nil || !one.EndedAt.IsZero() {
			return Motion{}, ErrHolder
		}
	}
	var err error
	if m.ID, err = ref.Mint[ref.Motion](t.Chance); err != nil {
		return Motion{}, err
	}
	m.Body, m.PutBy, m.PutAt = who.Body.ID, who.ID, now
	return m, t.Store.PutMotion(ctx, m)
}

// Second carries a motion that another head put. Of an invitation it returns the code
// by which the new member of staff signs in for the first time: it is shown once.
func (t *Team) Second(ctx context.Context, who Clerk, id ref.Motion, now time.Time) (Motion, string, error) {
	m, err := t.motion(ctx, who, id, now)
	if err != nil {
		return Motion{}, "", err
	}
	if m, err = m.Second(who.ID, now); err != nil {
		return Motion{}, "", err
	}
	code, hash := "", [32]byte{}
	var fresh ref.Clerk
	if m.Kind == Invite {
		if fresh, err = ref.Mint[ref.Clerk](t.Chance); err != nil {
			return Motion{}, "", err
		}
		secret, _, err := drawn(t.Chance)
		if err != nil {
			return Motion{}, "", err
		}
		code = invitationMark + secret
		hash = hashOf(code)
	}
	done, err := t.Store.Carry(ctx, m, fresh, hash, now.Add(invitedFor))
	if err == nil && !done {
		err = errMotionOver
	}
	if err != nil {
		return Motion{}, "", err
	}
	return m, code, nil
}

// Drop ends a motion without effect, as any head.
func (t *Team) Drop(ctx context.Context, who Clerk, id ref.Motion, now time.Time) (Motion, error) {
	m, err := t.motion(ctx, who, id, now)
	if err != nil {
		return Motion{}, err
	}
	m.EndedBy, m.EndedAt = who.ID, now
	done, err := t.Store.Drop(ctx, m)
	if err == nil && !done {
		err = errMotionOver
	}
	return m, err
}

// Dismiss ends a mandate of somebody of the body at once, as a head of it.
func (t *Team) Dismiss(ctx context.Context, who Clerk, id ref.Clerk, desk Desk, now time.Time) error {
	p, err := t.parting(ctx, who, id, false, now)
	if err != nil {
		return err
	}
	done, err := t.Store.Dismiss(ctx, p, desk)
	if err == nil && !done {
		err = errNoSuchMandate
	}
	return err
}

// Return ends a leave, as a head of the body.
func (t *Team) Return(ctx context.Context, who Clerk, id ref.Clerk, now time.Time) error {
	p, err := t.parting(ctx, who, id, false, now)
	if err != nil {
		return err
	}
	done, err := t.Store.Return(ctx, p)
	if err == nil && !done {
		err = errNoLeave
	}
	return err
}

// Part lets somebody leave the staff of the body at once, as a head of it or as who
// leaves. Tokens, passes, keys and mandates end with it; what waits for them waits for
// whom it was handed to.
func (t *Team) Part(ctx context.Context, who Clerk, id, handedTo ref.Clerk, now time.Time) error {
	p, err := t.parting(ctx, who, id, true, now)
	if err != nil {
		return err
	}
	if !handedTo.IsZero() {
		if one, err := t.Find(ctx, who, handedTo, now); err != nil || handedTo == id || !one.EndedAt.IsZero() {
			return errHandedTo
		}
	}
	p.HandedTo = handedTo
	done, err := t.Store.Part(ctx, p)
	if err == nil && !done {
		err = ErrHolder
	}
	return err
}

// Welcome lets somebody in for the first time: for the code and their staff number they
// get a token, once.
func (t *Team) Welcome(ctx context.Context, code, staff string, now time.Time) (token string, err error) {
	secret, _, err := drawn(t.Chance)
	if err != nil {
		return "", err
	}
	token = tokenPrefix + secret
	done, err := t.Store.Welcome(ctx, hashOf(code), staff, hashOf(token), now, now.Add(welcomeToken))
	if err == nil && !done {
		err = ErrInvitation
	}
	if err != nil {
		return "", err
	}
	return token, nil
}

// parting is what a head, or where self is set who it is about, does to one of the body.
func (t *Team) parting(ctx context.Context, who Clerk, id ref.Clerk, self bool, now time.Time) (Parting, error) {
	if !self || id != who.ID {
		if err := t.head(ctx, who, now); err != nil {
			return Parting{}, err
		}
	}
	if _, err := t.Find(ctx, who, id, now); err != nil {
		return Parting{}, err
	}
	return Parting{Body: who.Body.ID, Clerk: id, By: who.ID, Now: now, Today: when.In(now, t.Zone)}, nil
}

// motion is one of the clerk's body, for a head of it.
func (t *Team) motion(ctx context.Context, who Clerk, id ref.Motion, now time.Time) (Motion, error) {
	m, found, err := t.Store.Motion(ctx, who.Body.ID, id)
	switch {
	case err != nil:
		return Motion{}, err
	case !found:
		return Motion{}, errMotionNone
	}
	return m, t.head(ctx, who, now)
}

func (t *Team) head(ctx context.Context, who Clerk, now time.Time) error {
	return mustHead(ctx, t.Mandates, who, when.In(now, t.Zone))
}

func mustHead(ctx context.Context, m MandateStore, who Clerk, today when.Date) error {
	holds, err := m.Holds(ctx, who.ID, Heads, today)
	if err == nil && !holds {
		err = ErrNotHead
	}
	return err
}

// The faults of staff. Nothing was changed where one of them is answered.
var (
	ErrMandate       = fault.New(fault.Forbidden, "E-NO-MANDATE", "You have no mandate that holds today for this. Nothing was looked up or changed. Two heads of your body give one; the operator does where a body has no heads.")
	ErrLastHead      = fault.New(fault.Refused, "E-HEAD-LAST", "This is the last head of the body. Nothing was changed. Let another be appointed first; the operator appoints one where nobody else can.")
	ErrStaffKnown    = fault.New(fault.Conflict, "E-STAFF-KNOWN", "Somebody on the staff of your body has this number already. Nothing was changed. Give them a desk instead, or use another number.").At("staff")
	ErrStaffNumber   = fault.New(fault.Invalid, "E-STAFF", "The staff number must have 1 to 64 characters.").At("staff")
	ErrInvitation    = fault.New(fault.Unsigned, "E-INVITATION", "This code and staff number open nothing: the code is unknown, was used, is older than seven days, or is for another number. Nothing was changed. Ask a head of your body to invite you again.")
	errTrained       = fault.New(fault.Invalid, "E-TRAINED", "The training record has to be current today and end within 800 days. Nothing was changed; train first, then enter its last day.").At("trained_until")
	errTermOfRight   = fault.New(fault.Invalid, "E-TERM", "The last day is in the past, or more than 400 days ahead. Nothing was changed. Choose another day.").At("until")
	errLeave         = fault.New(fault.Invalid, "E-LEAVE", "A leave begins today or later, ends after it begins, and lasts at most 200 days. Nothing was changed.").At("from")
	errStandIn       = fault.New(fault.Invalid, "E-STAND-IN", "Somebody else of your body has to stand in. Nothing was changed. Choose who.").At("stand_in")
	errDeskOfBody    = fault.New(fault.Refused, "E-DESK-BODY", "The law gives your body no work at this desk. Nothing was changed. Choose another; people of another body are appointed by the operator.").At("desk")
	errMotionNone    = fault.New(fault.NotFound, "E-MOTION-NONE", "Your body has no such motion. Nothing was changed. List the staff of your body to see those that wait.")
	errMotionOver    = fault.New(fault.Conflict, "E-MOTION-OVER", "This motion was seconded or dropped, or nobody seconded it for fourteen days. Nothing was changed. Put it again if it is still wanted.")
	errMotionAlone   = fault.New(fault.Refused, "E-MOTION-ALONE", "You put this motion yourself. Nothing was changed. Another head of your body has to second it: rights change by two people.")
	errMotionOwn     = fault.New(fault.Refused, "E-MOTION-OWN", "Nobody gives themselves a right. Nothing was changed. Ask two other heads of your body, or the operator where there are none.")
	errNoSuchMandate = fault.New(fault.NotFound, "E-MANDATE-NONE", "There is no such mandate to end. Nothing was changed.").At("desk")
	errNoLeave       = fault.New(fault.NotFound, "E-LEAVE-NONE", "There is no leave to end. Nothing was changed.")
	errHandedTo      = fault.New(fault.Invalid, "E-HANDED-TO", "What waits can be handed to somebody else of your body who has not left. Nothing was changed. Choose who.").At("handed_to")
)
