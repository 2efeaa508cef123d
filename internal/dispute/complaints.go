package dispute

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/paper"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// The kinds of papers of a complaint.
const (
	Complainant What = "complainant" // who complains, and how they can be reached; never given to the person
	Grievance   What = "why"         // in their words; never given to the person
	Passage     What = "passage"     // of the statement, in exact words
)

// ComplaintPaper is one thing that was written in a complaint.
type ComplaintPaper struct {
	paper.Sheet
	Complaint ref.Complaint
	What      What
	Stage     Stage
	Nth       int // of a passage, and of reasons on one; from 1
}

// StatementSeen is what a look at a statement gives, sealed.
type StatementSeen struct {
	At     time.Time // zero where nothing is said
	Box    seal.Box
	Papers []ComplaintPaper
}

// StatementLook is one look of somebody on staff at a statement, which leaves an access row.
type StatementLook struct {
	Key       dossier.Key
	Complaint ref.Complaint // zero for who enters one
	Access    ref.Inquiry
	Pack      string
	By        Staff
	Trace     seal.Box
	Now       time.Time
}

// Basis is what a change of a statement or of a complaint was made from: behind the gate it
// is compared with what is there, and where that changed meanwhile nothing is written.
type Basis struct {
	Turns int64     // of all complaints about the words together
	Slot  seal.Slot // of the words; zero where they are replaced
}

// ComplaintChange is what a use case makes of a complaint.
type ComplaintChange struct {
	Complaint Complaint
	Events    []Event
	Papers    []ComplaintPaper // sealed
	Cuts      []Cut            // in place of those that there are
	From      Basis
}

// ComplaintStore keeps complaints. Each write takes the person's gate FOR UPDATE and is
// durable on return, with its events in the journal.
type ComplaintStore interface {
	// EnterComplaint keeps a new complaint; dossier.ErrNotFound where the content of the
	// record is gone.
	EnterComplaint(ctx context.Context, c Complaint, papers []ComplaintPaper, e Event) error
	// SaveComplaint writes a change, or ErrMoved where it was made from something else.
	SaveComplaint(ctx context.Context, ch ComplaintChange, now time.Time) error
	ComplaintsAbout(ctx context.Context, k dossier.Key) ([]Complaint, error) // oldest first
	ComplaintOf(ctx context.Context, id ref.Complaint) (dossier.Key, error)  // ErrNoComplaint
	// ComplaintsWaiting returns those due first, ComplaintsEntered what q.By entered, newest
	// first.
	ComplaintsWaiting(ctx context.Context, q Sought, now time.Time) ([]Complaint, error)
	ComplaintsEntered(ctx context.Context, q Sought) ([]Complaint, error)
	ExamineStatement(ctx context.Context, l StatementLook) (StatementSeen, error) // ErrNoComplaint
}

// Finder finds the one record that a source filed under a number.
type Finder interface {
	Find(ctx context.Context, source ref.Body, typ, number string) (dossier.Key, bool, error)
}

// Entering is a complaint as it came in, at the counter or by post.
type Entering struct {
	Source, Type, Number string // of the record: as they stand on the paper that the complainant holds
	Name, Reach, Why     string // who complains, how they can be reached, why
	Passages             []string
}

// EnterComplaint keeps a complaint that came in at the counter or by post, for somebody who
// has no access to the file: who enters it is shown nothing of the words. The person sees
// that somebody looked.
func (s *Service) EnterComplaint(ctx context.Context, by party.Clerk, in Entering, now time.Time) (Complaint, error) {
	if err := s.desk(ctx, by, party.Posts, now); err != nil {
		return Complaint{}, err
	}
	if err := in.check(); err != nil {
		return Complaint{}, err
	}
	c, err := s.complained(ctx, by, in, now)
	if err != nil {
		return Complaint{}, err
	}
	said, err := s.examineStatement(ctx, by, c, ref.Complaint{}, now)
	if errors.Is(err, ErrNoComplaint) || err == nil && said.box.Data == nil {
		err = errComplainRecord
	}
	if err != nil {
		return Complaint{}, err
	}
	papers := []ComplaintPaper{{What: Complainant, Stage: First, Sheet: paper.Sheet{Content: paper.Content{Name: in.Name, Text: in.Reach}}},
		{What: Grievance, Stage: First, Sheet: paper.Sheet{Content: paper.Content{Text: in.Why}}}}
	for i, p := range in.Passages {
		if !strings.Contains(said.text, p) {
			return Complaint{}, errPassage
		}
		papers = append(papers, ComplaintPaper{What: Passage, Stage: First, Nth: i + 1, Sheet: paper.Sheet{Content: paper.Content{Text: p}}})
	}
	if papers, err = s.sealComplaint(ctx, c, papers, by.ID, now); err != nil {
		return Complaint{}, err
	}
	e := c.event("complained")
	err = s.Complaints.EnterComplaint(ctx, c, papers, e)
	if errors.Is(err, dossier.ErrNotFound) {
		err = errComplainRecord
	}
	return c, err
}

// check says what is missing, and tidies what is there.
func (in *Entering) check() (err error) {
	for field, text := range map[string]*string{"name": &in.Name, "reach": &in.Reach, "why": &in.Why} {
		if *text, err = paper.Words(*text, field); err != nil {
			return err
		}
	}
	for _, must := range []struct{ field, text string }{{"name", in.Name}, {"reach", in.Reach}, {"why", in.Why}} {
		if must.text == "" {
			return errComplainer.At(must.field)
		}
	}
	var passages []string
	for _, p := range in.Passages {
		if p = strings.TrimSpace(strings.ReplaceAll(p, "\r\n", "\n")); p != "" && !slices.Contains(passages, p) {
			passages = append(passages, p)
		}
	}
	if in.Passages = passages; len(passages) == 0 || len(passages) > MostPassages {
		return errPassage
	}
	return nil
}

// complained makes a complaint of what came in.
func (s *Service) complained(ctx context.Context, by party.Clerk, in Entering, now time.Time) (Complaint, error) {
	pack := s.Shelf.At(now)
	if _, known := pack.Body(in.Source); !known || strings.TrimSpace(in.Number) == "" {
		return Complaint{}, errComplainRecord
	}
	if _, room := pack.Statement(); !room {
		return Complaint{}, errComplainRecord
	}
	source, err := s.BodyOf(ctx, in.Source)
	if err != nil {
		return Complaint{}, err
	}
	k, found, err := s.Finder.Find(ctx, source.ID, in.Type, strings.TrimSpace(in.Number))
	if err != nil {
		return Complaint{}, err
	}
	if !found || by.Body.ID == source.ID {
		return Complaint{}, errComplainRecord
	}
	about, found, err := s.Records.Summary(ctx, k)
	if err == nil && (!found || about.State.Empty() || about.Type != in.Type) {
		err = errComplainRecord
	}
	if err != nil {
		return Complaint{}, err
	}
	due, err := pack.ComplaintBy(pack.Today(now))
	if err != nil {
		return Complaint{}, err
	}
	id, err := ref.Mint[ref.Complaint](s.Chance)
	return Complaint{ID: id, Person: k.Person, Record: k.Record, Source: about.Source, Type: about.Type, Pack: pack.Version, State: BeingHeard, Turn: 1, Passages: len(in.Passages),
		EnteredBy: by.ID, EnteredAt: now, Calendar: pack.CalendarVersion(), Due: due, DueAt: due.AddDays(1).Start(pack.Zone).UTC(), Keep: about.RetainEnd}, err
}

// ComplaintQueue returns the complaints that wait at a desk, those due first, without those
// that somebody may not decide.
func (s *Service) ComplaintQueue(ctx context.Context, by party.Clerk, q Sought, now time.Time) ([]Complaint, error) {
	if err := s.desk(ctx, by, deskOf(q.Stage), now); err != nil {
		return nil, err
	}
	q.By = staff(by)
	return s.Complaints.ComplaintsWaiting(ctx, q, now)
}

// EnteredComplaints returns the complaints that somebody entered, newest first: they tell
// who complained how it went.
func (s *Service) EnteredComplaints(ctx context.Context, by party.Clerk, q Sought, now time.Time) ([]Complaint, error) {
	if err := s.desk(ctx, by, party.Posts, now); err != nil {
		return nil, err
	}
	q.By = staff(by)
	return s.Complaints.ComplaintsEntered(ctx, q)
}

// findComplaint returns a complaint that somebody may decide, decided, or entered. Every
// other is not there.
func (s *Service) findComplaint(ctx context.Context, by party.Clerk, id ref.Complaint, now time.Time) (Complaint, error) {
	k, err := s.Complaints.ComplaintOf(ctx, id)
	if err != nil {
		return Complaint{}, err
	}
	list, err := s.Complaints.ComplaintsAbout(ctx, k)
	i := slices.IndexFunc(list, func(c Complaint) bool { return c.ID == id })
	if err == nil && i < 0 {
		err = ErrNoComplaint
	}
	if err != nil {
		return Complaint{}, err
	}
	c, entered := list[i], list[i].EnteredBy == by.ID
	desk := deskOf(c.Stage())
	if entered {
		desk = party.Posts
	}
	switch err := s.desk(ctx, by, desk, now); {
	case err != nil && fault.Of(err).Kind == fault.Forbidden:
		return Complaint{}, ErrNoComplaint
	case err != nil:
		return Complaint{}, err
	case by.Body.ID == c.Source, !entered && c.conflicts(staff(by)), !entered && !c.Runs(now) && !c.Has(by.ID):
		return Complaint{}, ErrNoComplaint
	}
	return c, nil
}

// ComplaintCase is a complaint as somebody on staff sees it.
type ComplaintCase struct {
	Complaint
	Text   string // what the person says, as it stands now
	Papers []ComplaintPaper
	Sees   bool // what others found at this stage
	May    bool // decide
}

// ComplaintCase opens a complaint for somebody on staff. The person sees that they looked.
func (s *Service) ComplaintCase(ctx context.Context, by party.Clerk, id ref.Complaint, now time.Time) (ComplaintCase, error) {
	c, err := s.findComplaint(ctx, by, id, now)
	if err != nil {
		return ComplaintCase{}, err
	}
	x, err := s.examineStatement(ctx, by, c, id, now)
	if err != nil {
		return ComplaintCase{}, err
	}
	out := ComplaintCase{Complaint: c, Text: x.text, Sees: !c.Runs(now) || c.Has(by.ID), May: c.Runs(now) && !c.conflicts(staff(by)) && !c.Has(by.ID)}
	out.Papers = slices.DeleteFunc(x.papers, func(p ComplaintPaper) bool { return p.Complaint != id })
	if !out.Sees {
		out.Found = slices.DeleteFunc(slices.Clone(c.Found), func(f PassageFinding) bool { return f.Stage == c.Stage() })
	}
	return out, nil
}

// PassageRuling is what one of those who decide writes on one passage.
type PassageRuling struct {
	Withhold bool
	Reasons  string
}

// DecideComplaint takes what one of those who decide found on each passage, with reasons.
// When two agree it is decided, and what is withheld leaves with no answer from then on.
func (s *Service) DecideComplaint(ctx context.Context, by party.Clerk, id ref.Complaint, found map[int]PassageRuling, now time.Time) (out Complaint, err error) {
	err = again(func() error {
		c, err := s.findComplaint(ctx, by, id, now)
		if err != nil {
			return err
		}
		withhold := map[int]bool{}
		var papers []ComplaintPaper
		for _, nth := range c.Asked() {
			one, said := found[nth]
			if !said {
				continue
			}
			text, err := paper.Words(one.Reasons, "passage")
			if err != nil {
				return err
			}
			if text == "" {
				return fault.New(fault.Invalid, "E-COMPLAINT-REASONS", "The person is told why, on each passage. Nothing was decided; write the reasons.").At("passage")
			}
			withhold[nth] = one.Withhold
			papers = append(papers, ComplaintPaper{What: Reasons, Stage: c.Stage(), Nth: nth, Sheet: paper.Sheet{Content: paper.Content{Text: text}}})
		}
		next, events, err := c.Find(staff(by), withhold, now)
		if err != nil {
			return err
		}
		x, err := s.examineStatement(ctx, by, c, id, now)
		if err != nil {
			return err
		}
		out = next
		return s.saveComplaint(ctx, x, ComplaintChange{Complaint: next, Events: events, Papers: papers}, by.ID, now)
	})
	return out, err
}

// again does something anew where what it was made from changed meanwhile.
func again(do func() error) (err error) {
	for range 3 {
		if err = do(); !errors.Is(err, ErrMoved) {
			return err
		}
	}
	return err
}

// saveComplaint seals what is written, and what others are given from now on, and keeps it.
func (s *Service) saveComplaint(ctx context.Context, x said, ch ComplaintChange, by ref.Clerk, now time.Time) (err error) {
	ch.From = x.basis()
	if x.box.Data != nil {
		ch.Cuts = cuts(x.text, x.held(ch.Complaint, now))
	}
	ch.Complaint.Turn++
	if ch.Papers, err = s.sealComplaint(ctx, ch.Complaint, ch.Papers, by, now); err != nil {
		return err
	}
	if err := s.sealCuts(ctx, ch.Complaint.Person, seal.NewEpoch(seal.Case, ch.Complaint.Keep), ch.Cuts); err != nil {
		return err
	}
	return s.Complaints.SaveComplaint(ctx, ch, now)
}

// AskComplaintReview brings what was withheld of a person's words before people of another
// body. What they do not decide in the pack's time is shown again by itself.
func (s *Service) AskComplaintReview(ctx context.Context, p ref.Person, r ref.Record, id ref.Complaint, why string, now time.Time) error {
	why, err := paper.Words(why, "why")
	if err != nil {
		return err
	}
	return again(func() error {
		x, err := s.ownWords(ctx, p, r, now)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(x.complaints, func(c Complaint) bool { return c.ID == id })
		if i < 0 {
			return ErrNoComplaint
		}
		next, events, err := x.complaints[i].AskReview(s.Shelf.At(now), now)
		if err != nil {
			return err
		}
		var papers []ComplaintPaper
		if why != "" {
			papers = []ComplaintPaper{{What: Appeal, Stage: Review, Sheet: paper.Sheet{Content: paper.Content{Text: why}}}}
		}
		return s.saveComplaint(ctx, x, ComplaintChange{Complaint: next, Events: events, Papers: papers}, ref.Clerk{}, now)
	})
}
