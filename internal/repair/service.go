package repair

import (
	"context"
	"slices"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/paper"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Change is what a use case makes of an application.
type Change struct {
	Application Application
	Events      []Event
	Add         []Paper // sealed
	Drop        []ref.Paper
	Note        bool // nothing but a note: the record is left as it is
}

// Look is one look at the papers of an application, which leaves an access row.
type Look struct {
	Person      ref.Person
	Application ref.Repair
	Access      ref.Inquiry
	Pack        string
	File        ref.Paper // one file; zero for what is written
	By          Staff     // zero for the person
	Trace       seal.Box  // who looked, sealed; not where the person looks
	Now         time.Time
}

// Seen is what a look gives: papers, sealed, and for staff the record.
type Seen struct {
	Papers  []Paper
	Record  seal.Box // no data where there is none, or the person looks
	Version int32
}

// Sought is which of the applications that wait at a stage are asked for, without those
// that the clerk may not decide. What is zero narrows nothing.
type Sought struct {
	Stage   Stage
	By      Staff
	Type    string    // of the record
	From    when.Date // of the last days of their clocks
	To      when.Date
	Found   *bool // whether somebody found something at this stage
	Skip, N int
}

// Store keeps applications and entries. Change takes the person's gate FOR UPDATE,
// reads the application behind it, and writes what do returns, its events and what it
// makes of the record in one transaction; it may call do again. Where the record ends,
// it is erased, an entry is kept, and "repair.restored" is published. Every write is
// durable on return.
type Store interface {
	// Begin keeps a new draft, or returns the one that there is for its record.
	// fault.Conflict where an application about the record is being decided.
	Begin(ctx context.Context, a Application) (Application, error)
	Change(ctx context.Context, p ref.Person, id ref.Repair, now time.Time, do func(Application) (Change, error)) (Application, error)
	// Discard removes a draft with its papers.
	Discard(ctx context.Context, p ref.Person, id ref.Repair, now time.Time) error
	One(ctx context.Context, p ref.Person, id ref.Repair) (Application, error) // ErrNotFound
	Of(ctx context.Context, p ref.Person) ([]Application, error)               // newest first, at most 200
	Entries(ctx context.Context, p ref.Person) ([]Entry, error)                // newest first, at most 200
	Person(ctx context.Context, id ref.Repair) (ref.Person, error)             // whose it is; ErrNotFound
	// Waiting returns applications that people of a body may decide, those due first.
	Waiting(ctx context.Context, q Sought) ([]Application, error)
	Show(ctx context.Context, l Look) (Seen, error)
	Examine(ctx context.Context, l Look) (Seen, error)
	// Looked reports whether somebody looked at the papers after the person last added
	// to them.
	Looked(ctx context.Context, p ref.Person, id ref.Repair, clerk ref.Clerk) (bool, error)
}

// Mandates knows who may decide.
type Mandates interface {
	Holds(ctx context.Context, clerk ref.Clerk, desk party.Desk, today when.Date) (bool, error)
}

// Filers knows who of a source sent what came in at an instant.
type Filers interface {
	Filed(ctx context.Context, source ref.Body, typ string, at time.Time) ([]ref.Clerk, error)
}

// Service is the room's use cases.
type Service struct {
	Store    Store
	Reliefs  Reliefs
	Records  dossier.Restorable
	Began    dossier.Began
	Sealer   paper.Sealer
	Scanner  paper.Scanner
	Mandates Mandates
	Filers   Filers
	Shelf    law.Shelf
	Chance   ref.Minter
}

// Way is a route for one record.
type Way struct {
	law.Route
	Opens when.Date // first day
}

// Ways returns the ways in which a record of the person can end early, in the order of
// the pack; none where it has ended, or weighs on nobody.
func (s *Service) Ways(ctx context.Context, p ref.Person, r ref.Record, now time.Time) ([]Way, error) {
	about, err := s.record(ctx, p, r)
	if err != nil {
		return nil, err
	}
	pack := s.Shelf.At(now)
	today := pack.Today(now)
	var out []Way
	if !about.Negative || about.State != dossier.Noticed && about.State != dossier.InForce {
		return nil, nil
	}
	for _, route := range pack.RoutesOf(about.Type, today) {
		opens, err := pack.Opens(route, about.Start, today)
		if err != nil {
			return nil, err
		}
		out = append(out, Way{route, opens})
	}
	return out, nil
}

func (s *Service) record(ctx context.Context, p ref.Person, r ref.Record) (dossier.Summary, error) {
	if p.IsZero() || r.IsZero() {
		return dossier.Summary{}, dossier.ErrNotFound
	}
	about, found, err := s.Records.Summary(ctx, dossier.Key{Person: p, Record: r})
	if err == nil && !found {
		err = dossier.ErrNotFound
	}
	return about, err
}

// Begin starts a draft about a record of the person, or returns the one that there
// is.
func (s *Service) Begin(ctx context.Context, p ref.Person, r ref.Record, route string, now time.Time) (Application, error) {
	ways, err := s.Ways(ctx, p, r, now)
	if err != nil {
		return Application{}, err
	}
	i := slices.IndexFunc(ways, func(w Way) bool { return w.Code == route && w.Kind != law.ByTime })
	if i < 0 {
		return Application{}, errNoRoute
	}
	about, err := s.record(ctx, p, r)
	if err != nil {
		return Application{}, err
	}
	id, err := ref.Mint[ref.Repair](s.Chance)
	if err != nil {
		return Application{}, err
	}
	pack := s.Shelf.At(now)
	keep, err := pack.PapersUntil(pack.Today(now))
	if err != nil {
		return Application{}, err
	}
	return s.Store.Begin(ctx, Application{ID: id, Person: p, Record: r, Source: about.Source, Type: about.Type, Route: route, Decides: ways[i].Decides, Pack: pack.Version,
		State: Draft, MadeAt: now, KeepUntil: max(keep, about.RetainEnd)})
}

// Write keeps what the person says on each condition. What was written before on it is
// replaced.
func (s *Service) Write(ctx context.Context, p ref.Person, id ref.Repair, said map[string]string, now time.Time) error {
	f, err := s.File(ctx, p, id, now)
	if err != nil {
		return err
	}
	var papers []Paper
	for _, c := range f.route(s.Shelf.At(now)).Conditions {
		text, err := paper.Words(said[c.Code], c.Code)
		if err != nil {
			return err
		}
		if text != "" {
			papers = append(papers, Paper{Condition: c.Code, What: Words, Stage: First, Sheet: paper.Sheet{At: now, Content: paper.Content{Text: text}}})
		}
	}
	if err := s.seal(ctx, p, f.KeepUntil, papers); err != nil {
		return err
	}
	_, err = s.Store.Change(ctx, p, id, now, func(a Application) (Change, error) {
		if a.State != Draft {
			return Change{}, ErrState
		}
		ch := Change{Application: a, Add: papers, Note: true}
		for _, old := range f.Papers {
			if old.What == Words {
				ch.Drop = append(ch.Drop, old.ID)
			}
		}
		return ch, nil
	})
	return err
}

// Upload is a file that shows a condition.
type Upload struct {
	Condition string
	Name      string
	Data      []byte
}

// Attach adds a file that shows a condition to a draft, or to an application that runs.
// What it is is seen by its content; it is looked at for malware and sealed before it
// is kept.
func (s *Service) Attach(ctx context.Context, p ref.Person, id ref.Repair, up Upload, now time.Time) error {
	f, err := s.File(ctx, p, id, now)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(f.route(s.Shelf.At(now)).Conditions, func(c law.Condition) bool { return c.Code == up.Condition }) {
		return errNoRoute
	}
	sheet, err := s.drawer().File(ctx, up.Name, up.Data)
	if err != nil {
		return err
	}
	files := slices.DeleteFunc(slices.Clone(f.Papers), func(p Paper) bool { return p.What != Evidence })
	if err := paper.Room(len(files)); err != nil {
		return err
	}
	sheet.At = now
	papers := []Paper{{Sheet: sheet, Condition: up.Condition, What: Evidence, Stage: f.Stage()}}
	if err := s.seal(ctx, p, f.KeepUntil, papers); err != nil {
		return err
	}
	_, err = s.Store.Change(ctx, p, id, now, func(a Application) (Change, error) {
		if a.State != Draft && !a.Runs() {
			return Change{}, ErrState
		}
		return Change{Application: a, Add: papers, Note: true}, nil
	})
	return err
}

// Send opens an application: the clock begins, and people are asked to decide.
func (s *Service) Send(ctx context.Context, p ref.Person, id ref.Repair, now time.Time) (Application, error) {
	f, err := s.File(ctx, p, id, now)
	if err != nil {
		return Application{}, err
	}
	about, err := s.record(ctx, p, f.Record)
	if err != nil {
		return Application{}, err
	}
	if about.State != dossier.Noticed && about.State != dossier.InForce {
		return Application{}, fault.New(fault.Conflict, "E-REPAIR-GONE", "This record has ended already. Nothing was sent, and nothing is left to do.")
	}
	return s.move(ctx, p, id, now, func(a Application, pack *law.Pack) (Application, []Event, error) {
		return a.Send(pack, about.Start, shownBy(f.Papers), now)
	})
}

// TakeBack ends an application of the person; for some minutes it can be taken up
// again.
func (s *Service) TakeBack(ctx context.Context, p ref.Person, id ref.Repair, now time.Time) (Application, error) {
	return s.move(ctx, p, id, now, func(a Application, pack *law.Pack) (Application, []Event, error) { return a.TakeBack(pack, now) })
}

// TakeUp undoes TakeBack.
func (s *Service) TakeUp(ctx context.Context, p ref.Person, id ref.Repair, now time.Time) (Application, error) {
	return s.move(ctx, p, id, now, func(a Application, _ *law.Pack) (Application, []Event, error) { return a.TakeUp(now) })
}

// OpenDecision notes that the person opened the last decision.
func (s *Service) OpenDecision(ctx context.Context, p ref.Person, id ref.Repair, now time.Time) (Application, error) {
	return s.move(ctx, p, id, now, func(a Application, pack *law.Pack) (Application, []Event, error) { return a.OpenLetter(pack, now) })
}

// AskReview brings a refusal before people of another body.
func (s *Service) AskReview(ctx context.Context, p ref.Person, id ref.Repair, why string, now time.Time) (Application, error) {
	a, err := s.mine(ctx, p, id)
	if err != nil {
		return Application{}, err
	}
	if why, err = paper.Words(why, "why"); err != nil {
		return Application{}, err
	}
	var papers []Paper
	if why != "" {
		papers = []Paper{{What: Appeal, Stage: Review, Sheet: paper.Sheet{At: now, Content: paper.Content{Text: why}}}}
	}
	if err := s.seal(ctx, p, a.KeepUntil, papers); err != nil {
		return Application{}, err
	}
	return s.Store.Change(ctx, p, id, now, func(a Application) (Change, error) {
		next, events, err := a.AskReview(s.Shelf.At(now), now)
		return Change{Application: next, Events: events, Add: papers}, err
	})
}

// Discard throws a draft away.
func (s *Service) Discard(ctx context.Context, p ref.Person, id ref.Repair, now time.Time) error {
	if p.IsZero() {
		return ErrNotFound
	}
	return s.Store.Discard(ctx, p, id, now)
}

// move is a use case that writes nothing but a move.
func (s *Service) move(ctx context.Context, p ref.Person, id ref.Repair, now time.Time, do func(Application, *law.Pack) (Application, []Event, error)) (Application, error) {
	if p.IsZero() {
		return Application{}, ErrNotFound
	}
	pack := s.Shelf.At(now)
	return s.Store.Change(ctx, p, id, now, func(a Application) (Change, error) {
		next, events, err := do(a, pack)
		return Change{Application: next, Events: events}, err
	})
}

// mine returns an application of the person.
func (s *Service) mine(ctx context.Context, p ref.Person, id ref.Repair) (Application, error) {
	if p.IsZero() || id.IsZero() {
		return Application{}, ErrNotFound
	}
	return s.Store.One(ctx, p, id)
}

// List returns a person's applications and what is left of records that ended early,
// newest first.
func (s *Service) List(ctx context.Context, p ref.Person) ([]Application, []Entry, error) {
	if p.IsZero() {
		return nil, nil, nil
	}
	all, err := s.Store.Of(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	entries, err := s.Store.Entries(ctx, p)
	return all, entries, err
}

// File is an application with its papers.
type File struct {
	Application
	Papers []Paper
}

// route is the route that it goes, under a pack; of one that is not there any more,
// nothing.
func (f File) route(p *law.Pack) law.Route { r, _ := p.Route(f.Route); return r }

// Shown says what shows each condition.
func (f File) Shown() Shown { return shownBy(f.Papers) }

// File returns an application of the person with what was written in it. The look
// leaves an access row.
func (s *Service) File(ctx context.Context, p ref.Person, id ref.Repair, now time.Time) (File, error) {
	a, err := s.mine(ctx, p, id)
	if err != nil {
		return File{}, err
	}
	papers, err := s.papers(ctx, a, ref.Paper{}, now)
	return File{a, papers}, err
}

// Paper returns one file of an application of the person.
func (s *Service) Paper(ctx context.Context, p ref.Person, id ref.Repair, file ref.Paper, now time.Time) (Paper, error) {
	a, err := s.mine(ctx, p, id)
	if err != nil {
		return Paper{}, err
	}
	papers, err := s.papers(ctx, a, file, now)
	return pick(papers, file, err)
}

// papers reads what was written in an application, through the wall.
func (s *Service) papers(ctx context.Context, a Application, file ref.Paper, now time.Time) ([]Paper, error) {
	access, err := ref.Mint[ref.Inquiry](s.Chance)
	if err != nil {
		return nil, err
	}
	seen, err := s.Store.Show(ctx, Look{Person: a.Person, Application: a.ID, Access: access, Pack: s.Shelf.At(now).Version, File: file, Now: now})
	if err != nil {
		return nil, err
	}
	return s.open(ctx, a.Person, seen.Papers)
}
