package app

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"maps"
	"slices"

	"recourse/internal/app/world"
	"recourse/internal/consent"
	"recourse/internal/dispute"
	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/ref"
)

// claim is a written sample with a negative record whose letter they have opened.
type claim struct {
	id  party.Identity
	typ string
}

// claims are those of the written samples, in the order of persons and types.
func (d *demo) claims() ([]claim, error) {
	var out []claim
	for i, sample := range d.people {
		if !opens(i) {
			continue
		}
		id, err := d.identityOf(sample)
		if err != nil {
			return nil, err
		}
		for _, t := range d.pack().Types() {
			if _, err := fs.Stat(d.files, written(t.Code)); err != nil || !t.Negative {
				continue
			}
			rows, err := sampleRows(d.files, written(t.Code))
			if err != nil {
				return nil, err
			}
			at := slices.Index(rows[0], "id_number")
			if slices.ContainsFunc(rows[1:], func(r []string) bool { return r[at] == sample.IDNumber }) {
				out = append(out, claim{id, t.Code})
			}
		}
	}
	return out, nil
}

// deed is one thing that was done about a claim on one day.
type deed struct {
	ago int
	do  func(*demo, context.Context, ref.Person, string) error
}

// contests are what becomes of claims, in their order. Each stands where a contest
// can stand today: being written, at its source, with one who has decided, overdue,
// decided, under review, taken back, lapsed.
func (d *demo) contests() [][]deed {
	late := d.overdue()
	return [][]deed{
		{{1, begins(dispute.Settled)}},
		{{3, sends(dispute.WrongFact)}},
		{{8, sends(dispute.WrongFact)}, {5, answers(dispute.Stands)}, {2, decide(dispute.Withdrawn, 1)}},
		{{late, sends(dispute.NeverTold)}, {late - 3, answers(dispute.Stands)}},
		{{27, sends(dispute.Settled)}, {24, answers(dispute.TakesBack)}, {22, decide(dispute.Withdrawn, 2)}, {21, (*demo).opensDecision}},
		{{20, sends(dispute.WrongFact)}, {18, answers(dispute.Stands)}, {14, decide(dispute.Upheld, 2)}},
		{{26, sends(dispute.WrongFact)}, {24, answers(dispute.Stands)}, {20, decide(dispute.Upheld, 2)}, {19, (*demo).opensDecision}, {6, (*demo).asksReview}},
		{{25, sends(dispute.WrongFact)}, {23, answers(dispute.WillMend)}, {21, decide(dispute.Corrected, 2)}, {20, (*demo).opensDecision}},
		{{15, sends(dispute.WrongPerson)}, {14, (*demo).takesBack}},
		{{40, sends(dispute.NoLegalBasis)}, {38, answers(dispute.Stands)}, {34, decide(dispute.Upheld, 2)}, {33, (*demo).opensDecision}, {32, (*demo).asksReview},
			{28, decide(dispute.Upheld, 2)}, {27, (*demo).opensDecision}},
		{{30, sends(dispute.ShouldEnd)}, {28, answers(dispute.CannotShow)}, {25, decide(dispute.Unverifiable, 2)}, {24, (*demo).opensDecision}},
		{{43, sends(dispute.Annulled)}},
	}
}

// overdue is how many days ago a contest began whose clock has run out today, and
// not twice over.
func (d *demo) overdue() int {
	for ago := 1; ago < demoOpened; ago++ {
		if c, err := d.pack().StartClock(law.ContestClock, d.today.AddDays(-ago)); err == nil && c.Due < d.today.AddDays(-1) {
			return ago
		}
	}
	return demoOpened - 1
}

// matters are the events of what the written samples contest or ask to end early, what
// bodies ask them to allow, and a question that waits for a second person.
func (d *demo) matters() ([]event, error) {
	claims, err := d.claims()
	if err != nil {
		return nil, err
	}
	var out []event
	for i, deeds := range d.contests() {
		if i == len(claims) {
			break
		}
		for _, one := range deeds {
			out = append(out, event{one.ago, []part{func(ctx context.Context) (string, error) { return d.does(ctx, claims[i], one) }}})
		}
	}
	out = append(out, d.endings(claims)...)
	return append(out, event{2, []part{d.requests}}, event{0, []part{d.tell, d.pending}}), nil
}

// does lets a deed be done, and says where the contest stands then.
func (d *demo) does(ctx context.Context, c claim, one deed) (string, error) {
	p, found, err := d.Party.Find(ctx, c.id)
	if err != nil || !found {
		return "nobody contests " + c.typ, err
	}
	if err := one.do(d, ctx, p, c.typ); err != nil {
		return "", fmt.Errorf("a contest of %s: %w", c.typ, err)
	}
	now, _, err := d.contest(ctx, p, c.typ)
	return fmt.Sprintf("a contest of %s is %s", c.typ, now.State), err
}

// tell does what the keeper of contests does: it tells of what is late, and lets
// lapse what is late twice over.
func (d *demo) tell(ctx context.Context) (string, error) {
	for more := true; more; {
		var err error
		if more, err = d.tendContests(ctx); err != nil {
			return "", err
		}
	}
	return "told of contests that are overdue", nil
}

// contest is the newest contest of a person about a type of record.
func (d *demo) contest(ctx context.Context, p ref.Person, typ string) (dispute.Contest, bool, error) {
	all, err := d.Dispute.List(ctx, p)
	for _, c := range all {
		if c.Type == typ {
			return c, true, nil
		}
	}
	return dispute.Contest{}, false, err
}

// in does something about the contest of a person that is in a state; one that has
// moved on was done before the demo was cut short.
func (d *demo) in(ctx context.Context, p ref.Person, typ string, do func(dispute.Contest) error, states ...dispute.State) error {
	c, found, err := d.contest(ctx, p, typ)
	if err != nil || !found || !slices.Contains(states, c.State) {
		return err
	}
	return do(c)
}

func begins(g dispute.Ground) func(*demo, context.Context, ref.Person, string) error {
	return func(d *demo, ctx context.Context, p ref.Person, typ string) error {
		if _, found, err := d.contest(ctx, p, typ); err != nil || found {
			return err
		}
		file, err := d.Dossier.File(ctx, p, dossier.Part{N: 1000}, d.Now())
		if err != nil {
			return err
		}
		for _, r := range file.Records {
			if r.Type != typ || r.State != dossier.InForce && r.State != dossier.Noticed {
				continue
			}
			c, err := d.Dispute.Begin(ctx, p, r.Record, d.Now())
			if err != nil {
				return err
			}
			_, err = d.Dispute.Write(ctx, p, c.ID, map[dispute.Ground]string{g: d.said(string(g))}, d.Now())
			return err
		}
		return fmt.Errorf("no record of %s to contest", typ)
	}
}

func sends(g dispute.Ground) func(*demo, context.Context, ref.Person, string) error {
	return func(d *demo, ctx context.Context, p ref.Person, typ string) error {
		if err := begins(g)(d, ctx, p, typ); err != nil {
			return err
		}
		return d.in(ctx, p, typ, func(c dispute.Contest) error {
			if err := d.Dispute.Attach(ctx, p, c.ID, dispute.Upload{Name: d.said("file"), Data: picture()}, d.Now()); err != nil {
				return err
			}
			_, err := d.Dispute.Send(ctx, p, c.ID, d.Now())
			return err
		}, dispute.Draft)
	}
}

// answers lets somebody of the source answer who did not file the record.
func answers(position dispute.Position) func(*demo, context.Context, ref.Person, string) error {
	return func(d *demo, ctx context.Context, p ref.Person, typ string) error {
		return d.in(ctx, p, typ, func(c dispute.Contest) error {
			if len(c.Answers) > 0 {
				return nil
			}
			said := map[dispute.Ground]dispute.Said{}
			for _, g := range c.Grounds {
				said[g] = dispute.Said{Position: position, Text: d.said(string(position))}
			}
			code, _ := d.bodyCode(c.Source)
			_, err := d.Dispute.Answer(ctx, d.staff[code][1], c.ID, dispute.Answering{Officer: d.said("officer"), Said: said}, d.Now())
			return err
		}, dispute.Open)
	}
}

// decide lets so many people find the same, each having looked.
func decide(o dispute.Outcome, people int) func(*demo, context.Context, ref.Person, string) error {
	return func(d *demo, ctx context.Context, p ref.Person, typ string) error {
		return d.in(ctx, p, typ, func(c dispute.Contest) error {
			found := map[dispute.Ground]dispute.Written{}
			for _, g := range c.Grounds {
				found[g] = dispute.Written{Outcome: o, Reasons: d.said(string(o))}
			}
			for _, by := range d.deciders(c.Stage())[:people] {
				if slices.ContainsFunc(c.Findings, func(f dispute.Finding) bool { return f.Stage == c.Stage() && f.Clerk == by.ID }) {
					continue
				}
				if _, err := d.Dispute.Case(ctx, by, c.ID, d.Now()); err != nil {
					return err
				}
				if _, err := d.Dispute.Rule(ctx, by, c.ID, found, d.Now()); err != nil {
					return err
				}
			}
			return nil
		}, dispute.Open, dispute.InReview)
	}
}

// deciders are two who have the desk of a stage.
func (d *demo) deciders(s dispute.Stage) []party.Clerk {
	desk := party.Decides
	if s == dispute.Review {
		desk = party.Reviews
	}
	for _, sample := range sampleClerks(d.pack()) {
		if slices.Contains(sample.Desks, desk) {
			both := d.staff[sample.Body]
			return both[:]
		}
	}
	return nil
}

func (d *demo) opensDecision(ctx context.Context, p ref.Person, typ string) error {
	return d.in(ctx, p, typ, func(c dispute.Contest) error {
		_, err := d.Dispute.OpenDecision(ctx, p, c.ID, d.Now())
		return err
	}, dispute.Decided, dispute.Reviewed)
}

func (d *demo) asksReview(ctx context.Context, p ref.Person, typ string) error {
	return d.in(ctx, p, typ, func(c dispute.Contest) error {
		_, err := d.Dispute.AskReview(ctx, p, c.ID, d.said("appeal"), d.Now())
		return err
	}, dispute.Decided)
}

func (d *demo) takesBack(ctx context.Context, p ref.Person, typ string) error {
	return d.in(ctx, p, typ, func(c dispute.Contest) error {
		_, err := d.Dispute.TakeBack(ctx, p, c.ID, d.Now())
		return err
	}, dispute.Open)
}

// requests lets a body ask written samples by a code to allow something: one has not
// decided, one agreed, one refused, one said that it had no right to ask.
func (d *demo) requests(ctx context.Context) (string, error) {
	asked := slices.IndexFunc(d.pack().Purposes(), func(u law.Purpose) bool { return u.Basis == law.Consent && len(u.Bodies) > 0 })
	if asked < 0 {
		return "nobody may ask on consent", nil
	}
	u := d.pack().Purposes()[asked]
	terms := consent.Terms{Purpose: u.Code, Types: slices.Sorted(maps.Keys(u.Types())), Until: d.today.AddDays(30)}
	ids, err := d.samples(func(i int) bool { return i < 4 })
	if err != nil {
		return "", err
	}
	err = d.eachOf(ctx, ids, func(ctx context.Context, i int, p ref.Person) error {
		code, _, err := d.Consent.Ask(ctx, d.staff[u.Bodies[0]][0], fmt.Sprintf("sample-request-%d", i), terms, d.Now())
		if err != nil {
			return err
		}
		r, err := d.Consent.Enter(ctx, p, code, d.Now())
		if err != nil || r.Ending != "" {
			return err
		}
		switch i {
		case 1:
			_, err = d.Consent.Agree(ctx, p, r.ID, consent.Choice{Types: terms.Types, Until: d.today.AddDays(14), Started: true}, d.Now())
		case 2, 3:
			err = d.Consent.Refuse(ctx, p, r.ID, i == 3, d.Now())
		}
		return err
	})
	return "4 persons were asked to allow something", err
}

// pending lets bodies ask what takes a second person, and nobody confirms yet.
func (d *demo) pending(ctx context.Context) (string, error) {
	ids, err := d.samples(func(i int) bool { return i == 0 })
	if err != nil || len(ids) == 0 {
		return "", err
	}
	waiting := 0
	for i, u := range d.pack().Purposes() {
		if len(u.Bodies) == 0 {
			continue
		}
		r := inquiry.Request{Key: "sample-pending-" + u.Code, Purpose: u.Code, Basis: inquiry.Basis(u.Basis),
			Case: world.Case(u, d.today.Year(), 900+i), Reason: "sample inquiry", Person: ids[0]}
		permit, err := inquiry.Decide(d.pack(), u.Bodies[0], r, d.Now())
		if err != nil {
			return "", err
		}
		if !permit.Second {
			continue
		}
		if _, err := d.Inquiry.Ask(ctx, d.staff[u.Bodies[0]][0], r, d.Now()); err != nil && fault.Of(err).Code != inquiry.Awaited {
			return "", err
		}
		waiting++
	}
	return fmt.Sprintf("%d questions wait for a second person", waiting), nil
}

// picture is a sheet of paper, as evidence.
func picture() []byte {
	sheet := image.NewGray(image.Rect(0, 0, 210, 297))
	for y := range 297 {
		for x := range 210 {
			shade := color.Gray{250}
			if x > 24 && x < 186 && y > 30 && y < 240 && y%14 < 2 {
				shade = color.Gray{120}
			}
			sheet.SetGray(x, y, shade)
		}
	}
	var out bytes.Buffer
	_ = png.Encode(&out, sheet) // a buffer takes everything
	return out.Bytes()
}
