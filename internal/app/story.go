package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"time"

	"recourse/internal/app/world"
	"recourse/internal/catalogue"
	"recourse/internal/law"
	"recourse/internal/party/partyweb"
	"recourse/internal/ref"
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
	desk    *Desk
	dataDir string
	url     string
	say     func(Told)
	pack    *law.Pack
	made    *world.World
	person  partyweb.SamplePerson
	index   int // of the person among the samples
	source  string
	typ     *catalogue.Type
	purpose law.Purpose
	asker   string
	token   map[string]string // by body
	serial  int
	record  string
	asked   []string // numbers of the inquiries
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
	s := &story{desk: desk, dataDir: dataDir, url: running.URL, say: say, token: map[string]string{}}
	if err := s.cast(pack); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{s.deliver, s.askTooEarly, s.openLetter, s.wait, s.askInTime, s.askWithoutRight, s.look} {
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
			for _, b := range s.pack.Bodies() {
				if s.pack.MayFurnish(b.Code, t.Code) {
					s.typ, s.purpose, s.source, s.asker = t, u, b.Code, u.Bodies[0]
					return nil
				}
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

// tokenOf gives a clerk of a body a token that ends in an hour.
func (s *story) tokenOf(ctx context.Context, code string) (string, error) {
	if t := s.token[code]; t != "" {
		return t, nil
	}
	now := s.desk.Now()
	clerk, err := s.desk.Party.AddClerk(ctx, code, "story", s.pack.Today(now).AddYears(1), now)
	if err != nil {
		return "", err
	}
	s.token[code], err = s.desk.Party.IssueToken(ctx, clerk.ID, now, now.AddDate(0, 6, 0))
	return s.token[code], err
}

// call sends one request of a body's clerk and reads the JSON answer.
func (s *story) call(ctx context.Context, body, path, mediaType string, in []byte, out any) error {
	token, err := s.tokenOf(ctx, body)
	if err != nil {
		return err
	}
	key, err := ref.Mint[ref.Event](rand.Reader)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/api/v1"+path, bytes.NewReader(in))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Idempotency-Key", key.String())
	req.Header.Set("Content-Type", mediaType)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		var problem struct{ Code, Detail string }
		_ = json.NewDecoder(res.Body).Decode(&problem)
		return fmt.Errorf("%s: %s %s", path, problem.Code, problem.Detail)
	}
	return json.NewDecoder(res.Body).Decode(out)
}

func (s *story) deliver(ctx context.Context) error {
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	row := s.made.About(world.Person{IDType: s.person.IDType, Number: s.person.IDNumber, Name: s.person.Name}, s.typ, s.serial, s.pack.Today(s.desk.Now()))
	bad := slices.Clone(row)
	bad[2] += "某"
	if err := errors.Join(w.Write(s.typ.Columns()), w.Write(row), w.Write(bad)); err != nil {
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
	if err := s.call(ctx, s.source, "/deliveries?type="+s.typ.Code, "text/csv", file.Bytes(), &sent); err != nil {
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

// question is what the story asks.
type question struct {
	Purpose string `json:"purpose"`
	Basis   string `json:"basis"`
	Case    string `json:"case,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Person  struct {
		IDType   string `json:"id_type"`
		IDNumber string `json:"id_number"`
	} `json:"person"`
}

type reply struct {
	Inquiry, Outcome, Statement string
	Records                     []struct {
		Type   string
		Start  string
		Fields map[string]string
	}
}

func (s *story) ask(ctx context.Context, body string, nth int) (reply, string, error) {
	q := question{Purpose: s.purpose.Code, Basis: string(s.purpose.Basis), Case: world.Case(s.purpose, s.pack.Today(s.desk.Now()).Year(), s.serial%100_000*10+nth), Reason: "sample: the story"}
	q.Person.IDType, q.Person.IDNumber = s.person.IDType, s.person.IDNumber
	in, err := json.Marshal(q)
	if err != nil {
		return reply{}, "", err
	}
	var out reply
	err = s.call(ctx, body, "/inquiries", "application/json", in, &out)
	s.asked = append(s.asked, out.Inquiry)
	return out, q.Case, err
}

// number is the number of the story's own record, as its document bears it.
func (s *story) mine(r reply) (fields map[string]string, found bool) {
	want := fmt.Sprintf("%06d", s.serial+1)
	for _, one := range r.Records {
		if one.Type == s.typ.Code && strings.Contains(one.Fields[s.typ.Decision.Document], want) {
			return one.Fields, true
		}
	}
	return nil, false
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
	now, err := MoveClock(ctx, s.dataDir, time.Duration(days)*24*time.Hour)
	if err != nil {
		return err
	}
	s.desk.clock.Shift(s.desk.clock.Shifted() + time.Duration(days)*24*time.Hour)
	s.tell(nil, "%d days pass on the sandbox's clock: the time to answer is over. It is %s now.", days, now.In(s.pack.Zone).Format("2 January 2006"))
	return nil
}

func (s *story) askInTime(ctx context.Context) error {
	r, file, err := s.ask(ctx, s.asker, 2)
	if err != nil {
		return err
	}
	fields, found := s.mine(r)
	if !found {
		return errors.New("the record is not in the answer although its time has come")
	}
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	s.tell(map[string]string{"inquiry": r.Inquiry, "outcome": r.Outcome, "record": s.record},
		"The same body asks again under a new case, %s: %s. The record is there now, with the %d fields that the purpose may see (%s) and no other (inquiry %s).",
		file, r.Outcome, len(fields), strings.Join(names, ", "), r.Inquiry)
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
