package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"recourse/client"
	"recourse/internal/app/world"
	"recourse/internal/catalogue"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/party/partyweb"
)

// Told is one line of the story, with the facts that it states, by name; a test
// looks each up in the database.
type Told struct {
	Text  string
	Facts map[string]string
}

// story walks the main job against a running sandbox, as a body and a person
// would: by calls and pages. Nothing goes around them but the operator's own
// commands: a clerk's token, and the sandbox's clock.
type story struct {
	desk      *Desk
	dataDir   string
	url       string
	say       func(Told)
	pack      *law.Pack
	made      *world.World
	person    partyweb.SamplePerson
	index     int // of the person among the samples
	source    string
	typ       *catalogue.Type
	purpose   law.Purpose
	asker     string
	clients   map[string]*client.Client // by body
	serial    int
	record    string
	document  string   // number of the decision that the record rests on
	contested string   // number of the contest
	asked     []string // numbers of the inquiries
}

// TellStory walks the main job in a sandbox that is being served from a data
// folder and says each step. It can be told again and again: each time with a new
// record about a sample person. The sandbox's clock moves on by the time to answer.
func TellStory(ctx context.Context, dataDir, pack string, say func(Told)) error {
	running, err := ReadRunning(dataDir)
	if err != nil {
		return err
	}
	if running.Mode != Sandbox {
		return ErrNotSandbox
	}
	desk, err := OpenDesk(ctx, dataDir)
	if err != nil {
		return err
	}
	defer desk.Close()
	s := &story{desk: desk, dataDir: dataDir, url: running.URL, say: say, clients: map[string]*client.Client{}}
	if err := s.cast(pack); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{s.deliver, s.askTooEarly, s.openLetter, s.wait, s.askInTime, s.askWithoutRight,
		s.contest, s.askContested, s.overdue, s.decide, s.readDecision, s.look} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("the story stopped; what it did before stays: %w", err)
		}
	}
	return nil
}

// cast chooses who and what the story is about: a negative type that a statute
// lets some body ask for.
func (s *story) cast(pack string) error {
	files, err := PackFiles(pack)
	if err != nil {
		return err
	}
	if s.pack, err = LoadPack(pack); err != nil {
		return err
	}
	people, err := samplePeople(files)
	if err != nil || len(people) == 0 {
		return errors.Join(errors.New("the pack has no sample people"), err)
	}
	names, err := sampleNames(files)
	if err != nil {
		return err
	}
	s.made = world.New(s.pack, names, world.Size{People: 1, Records: 1, Days: 1}, s.pack.Today(s.desk.Now()))
	n, err := rand.Int(rand.Reader, big.NewInt(900_000))
	if err != nil {
		return err
	}
	s.serial = 100_000 + int(n.Int64())
	s.index = s.serial % len(people)
	s.person = people[s.index]
	for _, u := range s.pack.Purposes() {
		for _, g := range u.Grants {
			t, ok := s.pack.Type(g.Type)
			if u.Basis != law.Statute || len(u.Bodies) == 0 || !ok || !t.Negative || !slices.Contains(g.Fields, t.Decision.Document) {
				continue
			}
			if bodies := s.pack.Furnishers(t.Code); len(bodies) > 0 {
				s.typ, s.purpose, s.source, s.asker = t, u, bodies[0].Code, u.Bodies[0]
				return nil
			}
		}
	}
	return errors.New("the pack has no negative type that a statute lets anybody ask for")
}

func (s *story) tell(facts map[string]string, format string, args ...any) {
	s.say(Told{Text: fmt.Sprintf(format, args...), Facts: facts})
}

func (s *story) body(code string) string {
	b, _ := s.pack.Body(code)
	return b.Names["en"]
}

// calls are those of a clerk of a body, whose token outlives the story's days.
func (s *story) calls(ctx context.Context, code string) (*client.Client, error) {
	if k := s.clients[code]; k != nil {
		return k, nil
	}
	_, token, err := s.clerk(ctx, code, "story")
	if err != nil {
		return nil, err
	}
	s.clients[code], err = client.New(ctx, client.Config{Server: s.url, Token: token})
	return s.clients[code], err
}

// clerk makes a member of a body's staff known, and gives them a token.
func (s *story) clerk(ctx context.Context, code, staff string) (party.Clerk, string, error) {
	now := s.desk.Now()
	c, err := s.desk.Party.AddClerk(ctx, code, staff, s.pack.Today(now).AddYears(1), now)
	if err != nil {
		return party.Clerk{}, "", err
	}
	token, err := s.desk.Party.IssueToken(ctx, c.ID, now, now.AddDate(0, 6, 0))
	return c, token, err
}

func (s *story) deliver(ctx context.Context) error {
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	row := s.made.About(world.Person{IDType: s.person.IDType, Number: s.person.IDNumber, Name: s.person.Name}, s.typ, s.serial, s.pack.Today(s.desk.Now()))
	s.document = row[slices.Index(world.Columns(s.typ), s.typ.Decision.Document)]
	bad := slices.Clone(row)
	bad[2] += "某"
	if err := errors.Join(w.Write(world.Columns(s.typ)), w.Write(row), w.Write(bad)); err != nil {
		return err
	}
	w.Flush()
	var sent struct {
		Delivery string
		Counts   struct{ New, Quarantined int }
		Findings []struct {
			Row  int
			Code string
		}
	}
	k, err := s.calls(ctx, s.source)
	if err == nil {
		err = k.Upload(ctx, client.Upload{Path: "/deliveries?type=" + s.typ.Code, MediaType: "text/csv", Key: client.NewKey(), Body: bytes.NewReader(file.Bytes())}, &sent)
	}
	if err != nil {
		return err
	}
	s.tell(map[string]string{"delivery": sent.Delivery, "new": fmt.Sprint(sent.Counts.New), "quarantined": fmt.Sprint(sent.Counts.Quarantined)},
		"%s delivers two rows of %q about a sample person: %d becomes a record, %d is quarantined because whose it is would be a guess (delivery %s).",
		s.body(s.source), s.typ.Labels["en"], sent.Counts.New, sent.Counts.Quarantined, sent.Delivery)
	if sent.Counts.New != 1 || sent.Counts.Quarantined != 1 {
		return fmt.Errorf("%d new and %d quarantined rows, not one of each", sent.Counts.New, sent.Counts.Quarantined)
	}
	return nil
}

func (s *story) ask(ctx context.Context, body string, nth int) (client.Answer, string, error) {
	k, err := s.calls(ctx, body)
	if err != nil {
		return client.Answer{}, "", err
	}
	q := client.Question{Purpose: s.purpose.Code, Basis: string(s.purpose.Basis), Case: world.Case(s.purpose, s.pack.Today(s.desk.Now()).Year(), s.serial%100_000*10+nth),
		Reason: "sample: the story", Person: client.Subject{IDType: s.person.IDType, IDNumber: s.person.IDNumber}}
	a, err := k.Inquire(ctx, client.NewKey(), q)
	s.asked = append(s.asked, a.Inquiry)
	return a, q.Case, err
}

// mine finds the story's own record in an answer.
func (s *story) mine(a client.Answer) (record client.Record, found bool) {
	for _, one := range a.Records {
		if one.Type == s.typ.Code && one.Fields[s.typ.Decision.Document] == s.document {
			return one, true
		}
	}
	return client.Record{}, false
}

func (s *story) askTooEarly(ctx context.Context) error {
	r, file, err := s.ask(ctx, s.asker, 1)
	if err != nil {
		return err
	}
	if _, found := s.mine(r); found {
		return errors.New("the new record was shown before the person was told")
	}
	s.tell(map[string]string{"inquiry": r.Inquiry, "outcome": r.Outcome},
		"%s asks for %q under case %s: %s. The new record is not in the answer, because the person was not told yet (inquiry %s).",
		s.body(s.asker), s.purpose.Labels["en"], file, r.Outcome, r.Inquiry)
	return nil
}

func (s *story) wait(ctx context.Context) error {
	d, ok := s.pack.Deadline(law.AnswerBeforeEffect)
	if !ok {
		return errors.New("the pack has no time to answer")
	}
	days := d.Term.N + 1
	if d.Term.Unit != law.CalendarDays {
		days = d.Term.N*2 + 5
	}
	now, err := s.pass(ctx, days)
	if err != nil {
		return err
	}
	s.tell(nil, "%d days pass on the sandbox's clock: the time to answer is over. It is %s now.", days, now)
	return nil
}

// pass lets days pass on the sandbox's clock, and says which day it is then.
func (s *story) pass(ctx context.Context, days int) (string, error) {
	by := time.Duration(days) * 24 * time.Hour
	now, err := MoveClock(ctx, s.dataDir, by)
	if err != nil {
		return "", err
	}
	s.desk.clock.Shift(s.desk.clock.Shifted() + by)
	return now.In(s.pack.Zone).Format("2 January 2006"), nil
}

func (s *story) askInTime(ctx context.Context) error {
	r, file, err := s.ask(ctx, s.asker, 2)
	if err != nil {
		return err
	}
	record, found := s.mine(r)
	if !found {
		return errors.New("the record is not in the answer although its time has come")
	}
	names := slices.Sorted(maps.Keys(record.Fields))
	s.tell(map[string]string{"inquiry": r.Inquiry, "outcome": r.Outcome, "record": s.record},
		"The same body asks again under a new case, %s: %s. The record is there now, with the %d fields that the purpose may see (%s) and no other (inquiry %s).",
		file, r.Outcome, len(names), strings.Join(names, ", "), r.Inquiry)
	return nil
}

// askWithoutRight lets a body ask that the purpose does not name.
func (s *story) askWithoutRight(ctx context.Context) error {
	for _, b := range s.pack.Bodies() {
		if !b.May(law.Inquirer) || s.purpose.Allows(b.Code) {
			continue
		}
		r, _, err := s.ask(ctx, b.Code, 3)
		if err != nil {
			return err
		}
		s.tell(map[string]string{"inquiry": r.Inquiry, "outcome": r.Outcome},
			"%s, which has no right to this purpose, asks too: %s. It learns nothing, not even whether the person exists (inquiry %s).", s.body(b.Code), r.Outcome, r.Inquiry)
		return nil
	}
	return nil
}
