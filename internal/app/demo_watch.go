package app

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"recourse/internal/inquiry"
	"recourse/internal/oversight"
	"recourse/internal/party"
	"recourse/internal/ref"
)

// questioned is how many of the written samples question a look at their file; every
// other has an answer.
const questioned = 4

// questionLooks lets some of the written samples question the newest look at their file,
// and supervisors answer every other.
func (d *demo) questionLooks(ctx context.Context) (string, error) {
	all, err := d.samples(func(int) bool { return true })
	if err != nil {
		return "", err
	}
	asked := 0
	for _, id := range all {
		p, found, err := d.Party.Find(ctx, id)
		if err != nil {
			return "", err
		}
		if !found {
			continue
		}
		done, err := d.questionNewest(ctx, p, asked)
		if err != nil {
			return "", err
		}
		if done {
			asked++
		}
		if asked == questioned {
			break
		}
	}
	return fmt.Sprintf("%d people questioned a look-up", asked), nil
}

// questionNewest lets a person question the newest look at their file, if there is one
// of a body; every other question is answered.
func (d *demo) questionNewest(ctx context.Context, p ref.Person, nth int) (bool, error) {
	looks, err := d.Inquiry.Recent(ctx, p, inquiry.Page{Limit: 1})
	if err != nil || len(looks) == 0 || looks[0].Body.IsZero() {
		return false, err
	}
	now := d.Now()
	q, err := d.watch.Ask(ctx, p, looks[0].Access, oversight.Doubts()[nth], now)
	if err != nil || nth%2 == 0 {
		return err == nil, err
	}
	code, _ := d.bodyCode(q.Supervisor)
	by := d.staff[code][0]
	by.Desks = party.SetOf(party.Supervises)
	_, err = d.watch.Answer(ctx, by, q.ID, oversight.Lawful, now)
	return err == nil, err
}

// inspectLooks lets staff say of every other of their looks that were picked why they
// asked, and supervisors look into every third of these.
func (d *demo) inspectLooks(ctx context.Context) (string, error) {
	picked, given, found := 0, 0, 0
	for _, code := range slices.Sorted(maps.Keys(d.staff)) {
		asks := d.staff[code][0]
		own, err := d.inspector.Own(ctx, asks)
		if err != nil {
			return "", err
		}
		for _, i := range own {
			if picked++; picked%2 == 0 {
				continue
			}
			if _, err := d.inspector.Give(ctx, asks, i.ID, "示例：本单位案卷示例-7", d.Now()); err != nil {
				return "", err
			}
			if given++; given%3 != 0 {
				continue
			}
			over, _ := d.bodyCode(i.Supervisor)
			by := d.staff[over][0]
			by.Desks = party.SetOf(party.Supervises)
			if _, err := d.inspector.Find(ctx, by, i.ID, oversight.Lawful, d.Now()); err != nil {
				return "", err
			}
			found++
		}
	}
	return fmt.Sprintf("%d look-ups of staff were picked, %d explained, %d inspected", picked, given, found), nil
}

// pleaded is how many of the written samples bring a record before the ombudsman.
const pleaded = 2

// pleadWritten lets some of the written samples bring before the ombudsman a record that
// somebody saw.
func (d *demo) pleadWritten(ctx context.Context) (string, error) {
	if _, ok := d.pack().Ombudsman(); !ok {
		return "no plea: the pack names no ombudsman", nil
	}
	all, err := d.samples(func(int) bool { return true })
	if err != nil {
		return "", err
	}
	done := 0
	for _, id := range all {
		p, found, err := d.Party.Find(ctx, id)
		if err != nil {
			return "", err
		}
		if !found || done == pleaded {
			continue
		}
		looks, err := d.Inquiry.Recent(ctx, p, inquiry.Page{Limit: looksAtOnce})
		if err != nil {
			return "", err
		}
		for _, l := range looks {
			if len(l.Records) == 0 {
				continue
			}
			if _, err := d.ombudsman.Plead(ctx, p, l.Records[0], oversight.Causes()[done], d.Now()); err != nil {
				return "", err
			}
			done++
			break
		}
	}
	return fmt.Sprintf("%d records lie before the ombudsman", done), nil
}

// reportWritten lets people report what was done with records: one report waits, the other
// a supervisor closed.
func (d *demo) reportWritten(ctx context.Context) (string, error) {
	for i, cause := range []oversight.Wrong{oversight.Demand, oversight.Sale} {
		r, err := d.hotline.Send(ctx, oversight.Reporting{Cause: cause, From: oversight.Senders()[i], Words: d.said(string(cause))}, d.Now())
		if err != nil {
			return "", err
		}
		if i == 0 {
			continue
		}
		code, _ := d.bodyCode(r.Supervisor)
		by := d.staff[code][0]
		by.Desks = party.SetOf(party.Supervises)
		if _, err := d.hotline.Answer(ctx, by, r.ID, d.said("reported"), oversight.Founded, d.Now()); err != nil {
			return "", err
		}
	}
	return "2 reports without a name, one of them answered", nil
}
