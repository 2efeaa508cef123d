package dispute

import (
	"slices"
	"time"

	"recourse/internal/dossier"
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

func (c Contest) event(kind string) Event {
	return Event{Kind: "dispute." + kind, Refs: map[string]string{"contest": c.ID.String(), "record": c.Record.String(), "source": c.Source.String(), "stage": stageName(c.Stage())}}
}

func stageName(s Stage) string {
	if s == Review {
		return "review"
	}
	return "first"
}

func (c Contest) to(s State) Contest {
	c.Was, c.State = c.State, s
	return c
}

// Before is what is known of contests of the same record that were decided.
type Before []Contest

// repeats reports whether every ground was upheld within the time in which a
// repeat may be answered by reference (rules D3).
func (b Before) repeats(c Contest, p *law.Pack, today when.Date) bool {
	for _, g := range c.Grounds {
		found := false
		for _, old := range b {
			if old.State != Decided && old.State != Reviewed {
				continue
			}
			until, err := p.RepeatUntil(p.Today(old.DecidedAt))
			for _, had := range old.Grounds {
				o, ok := old.Outcome(old.Stage(), had)
				found = found || err == nil && today <= until && had == g && ok && rank(o) == 1
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// Send opens a contest: its clock begins. news reports whether the person brings
// evidence that was not there before.
func (c Contest) Send(p *law.Pack, old Before, news bool, now time.Time) (Contest, []Event, error) {
	if c.State != Draft || len(c.Grounds) == 0 {
		return c, nil, ErrState
	}
	today := p.Today(now)
	clock, err := p.StartClock(law.ContestClock, today)
	if err != nil {
		return c, nil, err
	}
	if c.AnswerBy, err = p.AnswerBy(today); err != nil {
		c.AnswerBy = clock.Due // the calendar does not reach: the clock itself is the bound
	}
	c.AnswerBy = min(c.AnswerBy, clock.Due)
	c.Clock, c.OpenedAt, c.Pack = clock, now, p.Version
	if !news && old.repeats(c, p, today) {
		if c.RepeatUntil, err = p.RepeatAnswerUntil(now); err != nil {
			c.RepeatUntil = time.Time{} // an ordinary contest, to the person's favour
		}
	}
	c = c.to(Open)
	return c, []Event{c.event("opened")}, nil
}

// TakeBack ends a contest for the person. For some minutes it can be taken up
// again.
func (c Contest) TakeBack(p *law.Pack, now time.Time) (Contest, []Event, error) {
	if c.State != Open {
		return c, nil, ErrState
	}
	if c.Overdue(now, p.Zone) && c.LateFrom.IsZero() {
		c.LateFrom = c.Clock.DueAt(p.Zone)
	}
	c.BackAt, c.FinalAt = now, now.Add(p.ContestUndo())
	c = c.to(TakenBack)
	return c, []Event{c.event("taken-back")}, nil
}

// TakeUp undoes that it was taken back, while there is time. Whoever told of clocks
// meanwhile has passed it by, so that its clock has run out is told here.
func (c Contest) TakeUp(p *law.Pack, now time.Time) (Contest, []Event, error) {
	if c.State != TakenBack || c.Final(now) {
		return c, nil, ErrState
	}
	c.BackAt, c.FinalAt = time.Time{}, time.Time{}
	c = c.to(Open)
	events := []Event{c.event("taken-up")}
	if c.Overdue(now, p.Zone) {
		late := c.event("overdue")
		late.Refs["due"] = c.Clock.Due.String()
		events = append(events, late)
	}
	return c, events, nil
}

// Staff is somebody who works on a contest for a body.
type Staff struct {
	Clerk ref.Clerk
	Body  ref.Body
}

// Say takes the answer of the source on each ground, by somebody who did not file
// the record. Where it gives the record up or will mend it, the deciders still
// decide: it is theirs to see that the person gets what was contested.
func (c Contest) Say(by Staff, said []Position, key CallKey, filer bool, now time.Time) (Contest, []Event, error) {
	switch {
	case by.Body != c.Source:
		return c, nil, ErrNotFound
	case c.State != Open:
		return c, nil, ErrState
	case filer:
		return c, nil, fault.New(fault.Forbidden, "E-CONTEST-FILER", "You filed this record; somebody else of your body has to answer. Nothing was changed.")
	case len(said) != len(c.Grounds):
		return c, nil, fault.New(fault.Invalid, "E-CONTEST-ANSWER", "Each ground needs an answer. Nothing was changed; answer those that are missing.").At("position")
	}
	for g, position := range said {
		if !slices.Contains(Positions(), position) {
			return c, nil, fault.New(fault.Invalid, "E-CONTEST-ANSWER", "This is no answer. Choose one for each ground. Nothing was changed.").At("position")
		}
		c.Answers = append(c.Answers, Answer{Ground: c.Grounds[g], Clerk: by.Clerk, Position: position, At: now, Key: key})
	}
	return c, []Event{c.event("answered")}, nil
}

// Ruling is what one person finds on each ground.
type Ruling struct {
	By       Staff
	Outcomes []Outcome
	Looked   bool // this person has looked at the evidence since it last changed
}

// Find takes what one person found. When two agree on every ground the stage is
// decided. A third is asked only where two have not agreed.
func (c Contest) Find(p *law.Pack, r Ruling, now time.Time) (Contest, []Event, error) {
	if err := c.mayFind(r, now); err != nil {
		return c, nil, err
	}
	stage := c.Stage()
	for g, o := range r.Outcomes {
		c.Findings = append(c.Findings, Finding{Stage: stage, Ground: c.Grounds[g], Clerk: r.By.Clerk, Body: r.By.Body, Outcome: o, At: now})
	}
	result := c.Result(stage)
	if result == "" {
		return c, []Event{c.event("found")}, nil
	}
	if c.Overdue(now, p.Zone) && c.LateFrom.IsZero() {
		c.LateFrom = c.Clock.DueAt(p.Zone)
	}
	c.DecidedAt, c.LetterAt, c.ReviewUntil = now, time.Time{}, time.Time{}
	next := Decided
	if stage == Review {
		next = Reviewed
	}
	c = c.to(next)
	e := c.event("decided")
	e.Refs["result"] = string(result)
	return c, []Event{e}, nil
}

// mayFind says why somebody may not find, or not this.
func (c Contest) mayFind(r Ruling, now time.Time) error {
	if !c.Runs() {
		return ErrState
	}
	if c.conflicts(r.By) {
		return ErrConflict
	}
	if !r.Looked {
		return ErrUnseen
	}
	if len(r.Outcomes) != len(c.Grounds) {
		return fault.New(fault.Invalid, "E-CONTEST-FINDING", "Each ground needs a finding. Nothing was changed; decide those that are missing.").At("outcome")
	}
	for _, o := range r.Outcomes {
		if !slices.Contains(Outcomes(), o) {
			return fault.New(fault.Invalid, "E-CONTEST-FINDING", "This is no finding. Choose one for each ground. Nothing was changed.").At("outcome")
		}
		if o == ByReference && (c.Stage() == Review || !now.Before(c.RepeatUntil)) {
			return fault.New(fault.Refused, "E-CONTEST-REPEAT", "Only a repeat without new evidence is answered by reference, and only in its first days. Nothing was changed; decide it as an ordinary contest.").At("outcome").By("D3")
		}
	}
	people := c.Latest(c.Stage(), c.Grounds[0])
	if len(people) >= 3 && !slices.Contains(clerks(people), r.By.Clerk) {
		return ErrConflict
	}
	return nil
}

// conflicts reports whether somebody had a part in the matter: the source's own
// staff, whoever answered for it, and at a review everybody of a body that decided.
func (c Contest) conflicts(by Staff) bool {
	if by.Body == c.Source {
		return true
	}
	for _, a := range c.Answers {
		if a.Clerk == by.Clerk {
			return true
		}
	}
	for _, f := range c.Findings {
		if c.Stage() == Review && f.Stage == First && (f.Body == by.Body || f.Clerk == by.Clerk) {
			return true
		}
	}
	return false
}

// Sees reports whether somebody who decides may see what another found: only after
// they found something themselves.
func (c Contest) Sees(clerk ref.Clerk) bool {
	return slices.Contains(clerks(c.Latest(c.Stage(), c.Grounds[0])), clerk)
}

func clerks(list []Finding) []ref.Clerk {
	out := make([]ref.Clerk, len(list))
	for i, f := range list {
		out[i] = f.Clerk
	}
	return out
}

// OpenLetter notes that the person opened the letter of the last decision: from
// then on the time to ask for a review runs.
func (c Contest) OpenLetter(p *law.Pack, now time.Time) (Contest, []Event, error) {
	if c.State != Decided && c.State != Reviewed || !c.LetterAt.IsZero() && !c.LetterAt.After(now) {
		return c, nil, nil
	}
	until, err := p.ReviewUntil(now)
	if err != nil {
		return c, nil, err
	}
	c.LetterAt = now
	if c.State == Decided {
		c.ReviewUntil = until
	}
	return c, nil, nil
}

// waitsForLetter reports whether when the person has the letter decides about the record
// (rules D1). In every other case the letter leaves the record as it is, which its
// source may have mended meanwhile.
func (c Contest) waitsForLetter() bool {
	return c.Result(c.Stage()) == Upheld && !c.LateFrom.IsZero()
}

// Reached notes when the letter of a stage's decision reached the person, or will by
// itself: the earliest counts. Zero takes back what came back by post, unless the person
// has read it.
func (c Contest) Reached(p *law.Pack, stage Stage, at, now time.Time) (Contest, []Event, error) {
	read := !c.LetterAt.IsZero() && !c.LetterAt.After(now)
	switch {
	case c.State != Decided && c.State != Reviewed || c.Stage() != stage:
		return c, nil, nil // another letter has taken its place
	case at.IsZero() && read, !at.IsZero() && !c.LetterAt.IsZero() && !at.Before(c.LetterAt):
		return c, nil, nil
	case at.IsZero():
		c.LetterAt, c.ReviewUntil = time.Time{}, time.Time{}
		return c, nil, nil
	}
	until, err := p.ReviewUntil(at)
	if err != nil {
		return c, nil, err
	}
	if c.LetterAt = at; c.State == Decided {
		c.ReviewUntil = until
	}
	return c, nil, nil
}

// AskReview asks others to decide anew.
func (c Contest) AskReview(p *law.Pack, now time.Time) (Contest, []Event, error) {
	if c.State != Decided || c.Result(First) == Withdrawn || !c.ReviewUntil.IsZero() && !now.Before(c.ReviewUntil) {
		return c, nil, ErrState
	}
	clock, err := p.StartClock(law.ReviewClock, p.Today(now))
	if err != nil {
		return c, nil, err
	}
	c.Clock, c.ReviewAt = clock, now
	c = c.to(InReview)
	return c, []Event{c.event("review-asked")}, nil
}

// Lapse decides for the person what nobody decided within twice the clock.
func (c Contest) Lapse(today when.Date) (Contest, []Event, error) {
	if !c.Runs() || today <= c.Clock.Twice() {
		return c, nil, ErrState
	}
	c = c.to(Lapsed)
	return c, []Event{c.event("lapsed")}, nil
}

// Takes reports whether the record goes for good: on a decision, where the pack
// gives up what nobody can show to be right, and when the contest lapsed.
func (c Contest) Takes(p *law.Pack) bool {
	switch c.State {
	case Lapsed:
		return true
	case Decided, Reviewed:
		r := c.Result(c.Stage())
		return r == Withdrawn || r == Unverifiable && p.WithdrawsUnverifiable(c.Clock.Kind, c.Clock.Start)
	}
	return false
}

// EndsFor is why the record goes that the contest takes: it is another's where two
// people found so, and taken back in every other case.
func (c Contest) EndsFor() dossier.Why {
	if o, ok := c.Outcome(c.Stage(), WrongPerson); ok && o == Withdrawn && c.State != Lapsed {
		return dossier.OfAnother
	}
	return dossier.TakenBack
}
