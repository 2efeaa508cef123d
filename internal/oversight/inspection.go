package oversight

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/paper"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Inspection is a look by a member of staff that was picked, at random or by the
// published rules. Who asked says why by a day, and a supervisor of their body looks
// into it by another, whether or not they did. It is nobody's business but theirs: it is
// never published, no answer depends on it, and nothing of it is kept for more than two
// years (rules H4).
type Inspection struct {
	ID         ref.Inspection
	Person     ref.Person // at whose file they looked; a key that names nobody where there is none
	Access     ref.Inquiry
	Body       ref.Body
	Clerk      ref.Clerk // who asked
	Purpose    string
	LookedAt   time.Time
	Rules      []string // by which it was picked: Random, codes of Rules
	ReasonDue  when.Date
	ReasonAt   time.Time // when that day is over
	Due        when.Date // last day for the supervisor
	DueAt      time.Time
	Keep       when.Date // last day on which anything of it is kept
	Supervisor ref.Body
	Beyond     ref.Body  // who may find too once it is overdue
	Given      time.Time // when who asked said why; zero where they did not
	Finding    Finding   // empty while it waits
	FoundBy    ref.Clerk
	FoundFor   ref.Body
	FoundAt    time.Time
}

// Ripe reports whether a supervisor may find: who asked has said why, or had their time.
func (i Inspection) Ripe(now time.Time) bool { return !i.Given.IsZero() || !now.Before(i.ReasonAt) }

// Overdue reports whether no supervisor found in time.
func (i Inspection) Overdue(now time.Time) bool { return i.Finding == "" && !now.Before(i.DueAt) }

// Before reports whether it lies before a supervisor: its own, and once it is overdue
// the one beyond it.
func (i Inspection) Before(body ref.Body, now time.Time) bool {
	if i.Finding != "" {
		return body == i.FoundFor
	}
	return body == i.Supervisor || body == i.Beyond && i.Overdue(now)
}

// Reason is whether who asked may say why now: once, until somebody found.
func (i Inspection) Reason(by party.Clerk, now time.Time) (Inspection, error) {
	switch {
	case by.ID != i.Clerk:
		return i, ErrNoInspection
	case i.Finding != "" || !i.Given.IsZero():
		return i, errReasoned
	}
	i.Given = now
	return i, nil
}

// Find is what a supervisor finds: somebody else than who asked, and never of the body
// that looked.
func (i Inspection) Find(by party.Clerk, f Finding, now time.Time) (Inspection, error) {
	switch {
	case !i.Before(by.Body.ID, now) || by.Body.ID == i.Body || by.ID == i.Clerk:
		return i, ErrNoInspection
	case i.Finding != "":
		return i, errFound
	case !i.Ripe(now):
		return i, errUnripe
	case !known(f, Findings()):
		return i, errFinding
	}
	i.Finding, i.FoundBy, i.FoundFor, i.FoundAt = f, by.ID, by.Body.ID, now
	return i, nil
}

// StaffLook is a look by a member of staff, as it is told of before its answer leaves.
type StaffLook struct {
	Person  ref.Person
	Access  ref.Inquiry
	Body    party.Body
	Clerk   ref.Clerk
	Purpose string
	Told    Told
	At      time.Time
}

// InspectionFilter narrows the list of a supervisor.
type InspectionFilter struct {
	Done  bool           // those that were found, latest first; else those that wait, due first
	Body  ref.Body       // that looked; zero for any
	Rule  string         // by which it was picked; empty for any
	After ref.Inspection // behind which the part begins; zero for the beginning
	Limit int
}

// InspectionStore keeps inspections. Every write is durable on return, with its event
// in the journal.
type InspectionStore interface {
	// Habit notes that a member of staff asks for a purpose today, and reports whether
	// they did not in the last year though they ask since a day or longer.
	Habit(ctx context.Context, clerk ref.Clerk, purpose string, today, since when.Date) (isNew bool, err error)
	// Pick keeps an inspection; there is one of each look.
	Pick(ctx context.Context, i Inspection) error
	// Inspection finds one by its number.
	Inspection(ctx context.Context, id ref.Inspection) (Inspection, bool, error)
	// Own returns those of a member of staff, those that wait for a reason first.
	Own(ctx context.Context, clerk ref.Clerk, limit int) ([]Inspection, error)
	// Before returns those that lie before a supervisor, or that it found.
	Before(ctx context.Context, supervisor ref.Body, f InspectionFilter, now time.Time) ([]Inspection, error)
	// Give keeps a sealed reason; false where there is one, or somebody found.
	Give(ctx context.Context, i Inspection, reason seal.Box) (bool, error)
	// Found keeps a finding; false where there is one already.
	Found(ctx context.Context, i Inspection) (bool, error)
	// Examine gives a supervisor before whom it lies the reason, and writes the look to
	// the person's list; no data where none was given.
	Examine(ctx context.Context, l ReasonLook) (seal.Box, error)
}

// ReasonLook is one look at a reason, which leaves an access row.
type ReasonLook struct {
	Person     ref.Person
	Inspection ref.Inspection
	Access     ref.Inquiry
	Pack       string
	Clerk      ref.Clerk
	Body       ref.Body
	Trace      seal.Box
	Now        time.Time
}

// Inspector picks looks of staff, and is how they are inspected. Looks that a body
// signed with a key are not staff's: the body answers for them.
type Inspector struct {
	Store  InspectionStore
	Sealer paper.Sealer
	Shelf  law.Shelf
	Chance ref.Minter
	Body   func(ctx context.Context, code string) (party.Body, error)
	// Key returns the key of the random part, which is the same always and everywhere.
	Key func(ctx context.Context) ([16]byte, error)

	counts counts
	seen   seen
}

const (
	mostReason = 500 // characters of a reason
	mostOwn    = 100
	newAfter   = 30 // days of asking after which a purpose can be new
)

// Looked is told of a look of staff before its answer leaves, and picks it where it is
// drawn or unusual. Where it fails the answer has to stay.
func (n *Inspector) Looked(ctx context.Context, l StaffLook) error {
	pack := n.Shelf.At(l.At)
	today := pack.Today(l.At)
	h := n.counts.add(l.Clerk, l.Told, l.At)
	h.Hour = l.At.In(pack.Zone).Hour()
	if works, err := pack.Calendar().Working(today); err == nil { // of a year that is not published people work on every day
		h.DayOff = !works
	}
	if n.seen.first(l.Clerk, l.Purpose, today) {
		var err error
		if h.NewPurpose, err = n.Store.Habit(ctx, l.Clerk, l.Purpose, today, today.AddDays(-newAfter)); err != nil {
			n.seen.forget(l.Clerk, l.Purpose)
			return err
		}
	}
	codes := h.Unusual()
	key, err := n.Key(ctx)
	if err != nil {
		return err
	}
	if Drawn(key, l.Access) {
		codes = append([]string{Random}, codes...)
	}
	if len(codes) == 0 {
		return nil
	}
	return n.pick(ctx, pack, l, codes)
}

func (n *Inspector) pick(ctx context.Context, pack *law.Pack, l StaffLook, codes []string) (err error) {
	today := pack.Today(l.At)
	i := Inspection{Person: l.Person, Access: l.Access, Body: l.Body.ID, Clerk: l.Clerk, Purpose: l.Purpose, LookedAt: l.At, Rules: codes,
		Keep: min(today.AddYears(FindingYears), pack.AccessEnd(l.At))}
	if i.ReasonDue, err = pack.ReasonBy(today); err != nil {
		return err
	}
	if i.Due, err = pack.QuestionBy(i.ReasonDue); err != nil {
		return err
	}
	i.ReasonAt, i.DueAt = i.ReasonDue.AddDays(1).Start(pack.Zone).UTC(), i.Due.AddDays(1).Start(pack.Zone).UTC()
	first, beyond := pack.SupervisorOf(l.Body.Code)
	for of, to := range map[*ref.Body]string{&i.Supervisor: first, &i.Beyond: beyond} {
		body, err := n.Body(ctx, to)
		if err != nil {
			return errNoSupervisor.Because(err)
		}
		*of = body.ID
	}
	if i.ID, err = ref.Mint[ref.Inspection](n.Chance); err != nil {
		return err
	}
	return n.Store.Pick(ctx, i)
}

// Own returns the inspections of a member of staff: what they have to say something
// about first.
func (n *Inspector) Own(ctx context.Context, by party.Clerk) ([]Inspection, error) {
	return n.Store.Own(ctx, by.ID, mostOwn)
}

// OwnOne returns one of them. Every other is not there.
func (n *Inspector) OwnOne(ctx context.Context, by party.Clerk, id ref.Inspection) (Inspection, error) {
	i, found, err := n.Store.Inspection(ctx, id)
	if err == nil && (!found || i.Clerk != by.ID) {
		return Inspection{}, ErrNoInspection
	}
	return i, err
}

// subject is what a reason is sealed for.
func (i Inspection) subject() seal.Subject { return seal.Subject{Person: i.Person, Record: i.ID} }

// Give is how who asked says why: once, sealed, for the supervisor alone.
func (n *Inspector) Give(ctx context.Context, by party.Clerk, id ref.Inspection, reason string, now time.Time) (Inspection, error) {
	i, err := n.OwnOne(ctx, by, id)
	if err != nil {
		return i, err
	}
	if i, err = i.Reason(by, now); err != nil {
		return i, err
	}
	reason = strings.TrimSpace(reason)
	if runes := len([]rune(reason)); runes == 0 || runes > mostReason {
		return i, errReason
	}
	boxes, err := n.Sealer.Close(ctx, []seal.Content{{Subject: i.subject(), Epoch: seal.NewEpoch(seal.Case, i.Keep), Plain: []byte(reason)}})
	if err != nil {
		return i, err
	}
	done, err := n.Store.Give(ctx, i, boxes[0])
	if err == nil && !done {
		err = errReasoned
	}
	return i, err
}

// List returns what lies before the body of a supervisor's clerk, or what it found, and
// whether there is more behind it.
func (n *Inspector) List(ctx context.Context, by party.Clerk, f InspectionFilter, now time.Time) (list []Inspection, more bool, err error) {
	if !by.Desks.Has(party.Supervises) {
		return nil, false, party.ErrMandate
	}
	most := f.Limit
	f.Limit++
	list, err = n.Store.Before(ctx, by.Body.ID, f, now)
	if more = len(list) > most; more {
		list = slices.Clip(list[:most])
	}
	return list, more, err
}

// One returns one that lies before the body of a supervisor's clerk, or that it found.
// Every other is not there.
func (n *Inspector) One(ctx context.Context, by party.Clerk, id ref.Inspection, now time.Time) (Inspection, error) {
	i, found, err := n.Store.Inspection(ctx, id)
	if err == nil && (!found || !by.Desks.Has(party.Supervises) || !i.Before(by.Body.ID, now) || by.ID == i.Clerk) {
		return Inspection{}, ErrNoInspection
	}
	return i, err
}

// Read gives a supervisor what who asked said; empty where they said nothing. The
// person sees that the supervisor looked into a look at their file.
func (n *Inspector) Read(ctx context.Context, by party.Clerk, i Inspection, now time.Time) (string, error) {
	if i.Given.IsZero() {
		return "", nil
	}
	pack := n.Shelf.At(now)
	trace, err := paper.Drawer{Sealer: n.Sealer, Chance: n.Chance}.Trace(ctx, i.Person, by, i.ID.String(), pack.AccessEnd(now))
	if err != nil {
		return "", err
	}
	box, err := n.Store.Examine(ctx, ReasonLook{Person: i.Person, Inspection: i.ID, Access: trace.Access, Pack: pack.Version, Clerk: by.ID, Body: by.Body.ID, Trace: trace.Box, Now: now})
	if err != nil || box.Data == nil {
		return "", err
	}
	opened, err := n.Sealer.Open(ctx, []seal.Sealed{{Subject: i.subject(), Box: box}})
	if err != nil {
		return "", fmt.Errorf("reading inspection %s: %w", i.ID, err)
	}
	return string(opened[0].Plain), nil
}

// Find keeps what a supervisor found.
func (n *Inspector) Find(ctx context.Context, by party.Clerk, id ref.Inspection, f Finding, now time.Time) (Inspection, error) {
	i, err := n.One(ctx, by, id, now)
	if err != nil {
		return i, err
	}
	if i, err = i.Find(by, f, now); err != nil {
		return i, err
	}
	done, err := n.Store.Found(ctx, i)
	if err == nil && !done {
		err = errFound
	}
	return i, err
}

// The faults of inspections. Nothing was changed where one of them is answered.
var (
	ErrNoInspection = fault.New(fault.NotFound, "E-INSPECTION-NONE", "No such inspection lies before you. Nothing was changed. Check the number.").By("H4")
	errReasoned     = fault.New(fault.Conflict, "E-INSPECTION-GIVEN", "Something was said about this look-up already, or a supervisor has looked into it. Nothing was changed.").By("H4")
	errReason       = fault.Newf(fault.Invalid, "E-INSPECTION-REASON", "Say why you asked in 1 to %d characters. Nothing was changed.", mostReason).At("reason").By("H4")
	errFound        = fault.New(fault.Conflict, "E-INSPECTION-FOUND", "Something was found about this look-up already. Nothing was changed. Open it to read what.").By("H4")
	errUnripe       = fault.New(fault.Conflict, "E-INSPECTION-EARLY", "Who asked still has time to say why. Nothing was changed. Wait until they have, or until their day is over.").By("H4")
)
