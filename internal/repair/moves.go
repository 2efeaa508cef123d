package repair

import (
	"slices"
	"time"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Event says that something was done: its kind and what it concerns. What follows
// from it is said by the app.
type Event struct {
	Kind string
	Refs map[string]string
}

func (a Application) event(kind string) Event {
	return Event{Kind: "repair." + kind, Refs: map[string]string{"application": a.ID.String(), "record": a.Record.String(), "source": a.Source.String(), "route": a.Route}}
}

func (a Application) to(s State) Application {
	a.Was, a.State = a.State, s
	return a
}

// Shown is what of a draft is there: for each condition whether words and files are.
type Shown map[string]struct{ Words, Files bool }

// Met reports whether a condition has what shows it.
func (s Shown) Met(c law.Condition) bool {
	has := s[c.Code]
	switch c.Proof {
	case law.ByFile:
		return has.Files
	case law.ByWords:
		return has.Words
	}
	return has.Files || has.Words
}

// Send opens an application: its clock begins. began is the start event of its record.
func (a Application) Send(p *law.Pack, began when.Date, shown Shown, now time.Time) (Application, []Event, error) {
	if a.State != Draft {
		return a, nil, ErrState
	}
	today := p.Today(now)
	i := slices.IndexFunc(p.RoutesOf(a.Type, today), func(r law.Route) bool { return r.Code == a.Route && r.Kind != law.ByTime })
	if i < 0 {
		return a, nil, errNoRoute
	}
	route, _ := p.Route(a.Route)
	opens, err := p.Opens(route, began, today)
	switch {
	case err != nil:
		return a, nil, err
	case opens > today:
		return a, nil, errEarly
	case slices.ContainsFunc(route.Conditions, func(c law.Condition) bool { return !shown.Met(c) }):
		return a, nil, errMissing
	}
	clock, err := p.StartClock(law.RepairClock(a.Route), today)
	if err != nil {
		return a, nil, err
	}
	a.Clock, a.OpenedAt, a.Pack, a.Decides = clock, now, p.Version, route.Decides
	a = a.to(Open)
	return a, []Event{a.event("opened")}, nil
}

// TakeBack ends an application for the person. For some minutes it can be taken up
// again.
func (a Application) TakeBack(p *law.Pack, now time.Time) (Application, []Event, error) {
	if a.State != Open {
		return a, nil, ErrState
	}
	a = a.late(p, now)
	a.BackAt, a.FinalAt = now, now.Add(p.ContestUndo())
	a = a.to(TakenBack)
	return a, []Event{a.event("taken-back")}, nil
}

// late notes that the clock has run out.
func (a Application) late(p *law.Pack, now time.Time) Application {
	if a.Overdue(now, p.Zone) && a.LateFrom.IsZero() {
		a.LateFrom = a.Clock.DueAt(p.Zone)
	}
	return a
}

// TakeUp undoes that it was taken back, while there is time.
func (a Application) TakeUp(now time.Time) (Application, []Event, error) {
	if a.State != TakenBack || a.Final(now) {
		return a, nil, ErrState
	}
	a.BackAt, a.FinalAt = time.Time{}, time.Time{}
	a = a.to(Open)
	return a, []Event{a.event("taken-up")}, nil
}

// Staff is somebody who decides for a body.
type Staff struct {
	Clerk ref.Clerk
	Body  ref.Body
}

// Ruling is what one person finds.
type Ruling struct {
	By      Staff
	Outcome Outcome
	Looked  bool // this person has looked at the papers since they last changed
	Filer   bool // this person sent the record
}

// Find takes what one person found. When two agree the stage is decided. A third is
// asked only where two have not agreed.
func (a Application) Find(p *law.Pack, r Ruling, now time.Time) (Application, []Event, error) {
	stage := a.Stage()
	switch {
	case !a.Runs():
		return a, nil, ErrState
	case r.Filer || !a.May(r.By):
		return a, nil, ErrConflict
	case !r.Looked:
		return a, nil, ErrUnseen
	case r.Outcome != Grant && r.Outcome != Refuse:
		return a, nil, fault.New(fault.Invalid, "E-REPAIR-FINDING", "This is no finding. Choose one of the two. Nothing was changed.").At("outcome")
	case len(a.Latest(stage)) >= 3 && !a.Sees(r.By.Clerk):
		return a, nil, ErrConflict
	}
	a.Findings = append(slices.Clone(a.Findings), Finding{Stage: stage, Clerk: r.By.Clerk, Body: r.By.Body, Outcome: r.Outcome, At: now})
	o, agreed := a.Outcome(stage)
	if !agreed {
		return a, []Event{a.event("found")}, nil
	}
	a = a.late(p, now)
	a.DecidedAt, a.LetterAt, a.ReviewUntil = now, time.Time{}, time.Time{}
	switch {
	case o == Grant:
		a = a.to(Granted)
	case stage == Review:
		a = a.to(Confirmed)
	default:
		a = a.to(Refused)
	}
	e := a.event("decided")
	e.Refs["outcome"] = string(o)
	return a, []Event{e}, nil
}

// May reports whether somebody may decide at the stage that it is at: for the source
// its own people, for the registry anybody but them, and at a review nobody of the
// source and nobody of a body that decided first.
func (a Application) May(by Staff) bool {
	own := by.Body == a.Source
	if a.Stage() == First {
		return own == (a.Decides == law.BySource)
	}
	return !own && !slices.ContainsFunc(a.Findings, func(f Finding) bool { return f.Stage == First && (f.Body == by.Body || f.Clerk == by.Clerk) })
}

// OpenLetter notes that the person opened the last decision: from then on the time to
// ask for a review runs.
func (a Application) OpenLetter(p *law.Pack, now time.Time) (Application, []Event, error) {
	if a.State != Granted && a.State != Refused && a.State != Confirmed || !a.LetterAt.IsZero() {
		return a, nil, nil
	}
	if a.State == Refused {
		until, err := p.ReviewUntil(now)
		if err != nil {
			return a, nil, err
		}
		a.ReviewUntil = until
	}
	a.LetterAt = now
	return a, nil, nil
}

// AskReview asks others to decide anew.
func (a Application) AskReview(p *law.Pack, now time.Time) (Application, []Event, error) {
	if a.State != Refused || !a.ReviewUntil.IsZero() && !now.Before(a.ReviewUntil) {
		return a, nil, ErrState
	}
	clock, err := p.StartClock(law.ReviewClock, p.Today(now))
	if err != nil {
		return a, nil, err
	}
	a.Clock, a.ReviewAt = clock, now
	a = a.to(InReview)
	return a, []Event{a.event("review-asked")}, nil
}

// Lapse decides for the person what nobody decided within twice the clock.
func (a Application) Lapse(today when.Date) (Application, []Event, error) {
	if !a.Runs() || today <= a.Clock.Twice() {
		return a, nil, ErrState
	}
	a = a.to(Lapsed)
	return a, []Event{a.event("lapsed")}, nil
}
