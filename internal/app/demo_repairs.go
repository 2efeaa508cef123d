package app

import (
	"context"
	"fmt"
	"slices"

	"recourse/internal/dispute"
	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/repair"
)

// early is what becomes of one claim that somebody asks to end early.
type early struct {
	claim int // among those of the written samples
	deeds []deed
}

// repairs are the applications about claims. Each stands where an application can stand
// today; where a record lacks a way, or none is open yet, there is a draft or nothing.
func (d *demo) repairs(claims []claim) []early {
	late := demoOpened - 1
	if len(claims) > 16 {
		late = d.undecided(claims[16].typ)
	}
	return []early{
		{0, []deed{{20, applies}, {16, finds(repair.Refuse, 2)}, {15, (*demo).opensRuling}}},
		{5, []deed{{12, applies}, {5, finds(repair.Grant, 2)}}},
		{12, []deed{{40, applies}}}, // nobody decides within twice the time
		{13, []deed{{6, applies}, {3, finds(repair.Grant, 1)}}},
		{14, []deed{{6, applies}, {2, finds(repair.Refuse, 1)}}},
		{15, []deed{{36, applies}, {32, finds(repair.Refuse, 2)}, {31, (*demo).opensRuling}, {30, (*demo).appeals}, {24, finds(repair.Refuse, 2)}, {23, (*demo).opensRuling}}},
		{16, []deed{{late, applies}}},
		{17, []deed{{22, applies}, {18, finds(repair.Grant, 2)}, {17, (*demo).opensRuling}}},
		{18, []deed{{24, applies}, {19, finds(repair.Refuse, 2)}, {18, (*demo).opensRuling}, {4, (*demo).appeals}}},
		{19, []deed{{5, applies}, {4, (*demo).givesUp}}},
		{20, []deed{{2, drafts}}},
		{21, []deed{{2, drafts}}},
	}
}

// undecided is how many days ago an application about a type was sent whose clock has
// run out today, and not twice over.
func (d *demo) undecided(typ string) int {
	route, found := d.way(typ)
	for ago := 1; found && ago < demoOpened; ago++ {
		if c, err := d.pack().StartClock(law.RepairClock(route.Code), d.today.AddDays(-ago)); err == nil && c.Due < d.today.AddDays(-1) {
			return ago
		}
	}
	return demoOpened - 1
}

// way is the first way of the pack for records of a type that somebody has to ask for.
func (d *demo) way(typ string) (law.Route, bool) {
	for _, r := range d.pack().RoutesOf(typ, d.today) {
		if r.Kind != law.ByTime {
			return r, true
		}
	}
	return law.Route{}, false
}

// endings are the events of what the written samples ask to end early.
func (d *demo) endings(claims []claim) []event {
	var out []event
	for _, e := range d.repairs(claims) {
		if e.claim >= len(claims) {
			continue
		}
		about := claims[e.claim]
		for _, one := range e.deeds {
			out = append(out, event{one.ago, []part{func(ctx context.Context) (string, error) {
				p, found, err := d.Party.Find(ctx, about.id)
				if err != nil || !found {
					return "nobody asks that " + about.typ + " ends early", err
				}
				if err := one.do(d, ctx, p, about.typ); err != nil {
					return "", fmt.Errorf("an application about %s: %w", about.typ, err)
				}
				now, _, err := d.application(ctx, p, about.typ)
				return fmt.Sprintf("an application about %s is %s", about.typ, now.State), err
			}}})
		}
	}
	return append(out, event{0, []part{d.tellEarly}})
}

// tellEarly does what the keeper of applications does.
func (d *demo) tellEarly(ctx context.Context) (string, error) {
	for more := true; more; {
		var err error
		if more, err = d.tendRepairs(ctx); err != nil {
			return "", err
		}
	}
	return "told of applications that are overdue, and of ways that opened", nil
}

// application is the newest application of a person about a type of record.
func (d *demo) application(ctx context.Context, p ref.Person, typ string) (repair.Application, bool, error) {
	all, _, err := d.Repair.List(ctx, p)
	i := slices.IndexFunc(all, func(a repair.Application) bool { return a.Type == typ })
	if err != nil || i < 0 {
		return repair.Application{}, false, err
	}
	return all[i], true, nil
}

// inState does something about the application of a person that is in a state.
func (d *demo) inState(ctx context.Context, p ref.Person, typ string, do func(repair.Application) error, states ...repair.State) error {
	a, found, err := d.application(ctx, p, typ)
	if err != nil || !found || !slices.Contains(states, a.State) {
		return err
	}
	return do(a)
}

// drafts begins an application and shows each condition.
func drafts(d *demo, ctx context.Context, p ref.Person, typ string) error {
	route, found := d.way(typ)
	if _, there, err := d.application(ctx, p, typ); err != nil || there || !found {
		return err
	}
	file, err := d.Dossier.File(ctx, p, dossier.Part{N: 1000}, d.Now())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(file.Records, func(r dossier.Shown) bool {
		return r.Type == typ && (r.State == dossier.InForce || r.State == dossier.Noticed)
	})
	if i < 0 {
		return nil
	}
	a, err := d.Repair.Begin(ctx, p, file.Records[i].Record, route.Code, d.Now())
	if err != nil {
		return err
	}
	said := map[string]string{}
	for _, c := range route.Conditions {
		if c.Proof != law.ByFile {
			said[c.Code] = d.said("condition")
		}
	}
	if err := d.Repair.Write(ctx, p, a.ID, said, d.Now()); err != nil {
		return err
	}
	for _, c := range route.Conditions {
		if c.Proof != law.ByFile {
			continue
		}
		if err := d.Repair.Attach(ctx, p, a.ID, repair.Upload{Condition: c.Code, Name: d.said("file"), Data: picture()}, d.Now()); err != nil {
			return err
		}
	}
	return nil
}

// applies sends an application; it stays a draft where its way is not open yet.
func applies(d *demo, ctx context.Context, p ref.Person, typ string) error {
	if err := drafts(d, ctx, p, typ); err != nil {
		return err
	}
	return d.inState(ctx, p, typ, func(a repair.Application) error {
		_, err := d.Repair.Send(ctx, p, a.ID, d.Now())
		if err != nil && fault.Of(err).Kind == fault.Refused {
			return nil
		}
		return err
	}, repair.Draft)
}

// finds lets so many people find the same, each having looked. Of a source nobody finds
// who sent its records, so that one is left.
func finds(o repair.Outcome, people int) func(*demo, context.Context, ref.Person, string) error {
	return func(d *demo, ctx context.Context, p ref.Person, typ string) error {
		return d.inState(ctx, p, typ, func(a repair.Application) error {
			by := d.deciders(dispute.Stage(a.Stage()))
			if a.Stage() == repair.First && a.Decides == law.BySource {
				code, _ := d.bodyCode(a.Source)
				both := d.staff[code]
				by = both[1:]
			}
			for _, one := range by[:min(people, len(by))] {
				if a.Sees(one.ID) {
					continue
				}
				if _, err := d.Repair.Case(ctx, one, a.ID, d.Now()); err != nil {
					return err
				}
				if _, err := d.Repair.Rule(ctx, one, a.ID, o, d.said(string(o)), d.Now()); err != nil {
					return err
				}
			}
			return nil
		}, repair.Open, repair.InReview)
	}
}

func (d *demo) opensRuling(ctx context.Context, p ref.Person, typ string) error {
	return d.inState(ctx, p, typ, func(a repair.Application) error {
		_, err := d.Repair.OpenDecision(ctx, p, a.ID, d.Now())
		return err
	}, repair.Granted, repair.Refused, repair.Confirmed)
}

func (d *demo) appeals(ctx context.Context, p ref.Person, typ string) error {
	return d.inState(ctx, p, typ, func(a repair.Application) error {
		_, err := d.Repair.AskReview(ctx, p, a.ID, d.said("appeal"), d.Now())
		return err
	}, repair.Refused)
}

func (d *demo) givesUp(ctx context.Context, p ref.Person, typ string) error {
	return d.inState(ctx, p, typ, func(a repair.Application) error {
		_, err := d.Repair.TakeBack(ctx, p, a.ID, d.Now())
		return err
	}, repair.Open)
}
