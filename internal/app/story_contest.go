package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"recourse/internal/dispute"
	"recourse/internal/law"
	"recourse/internal/party"
)

// contest lets the person contest the record, in the five steps of the pages.
func (s *story) contest(ctx context.Context) error {
	v, err := s.enter(ctx)
	if err != nil {
		return err
	}
	page, err := v.send(ctx, "/en/me/contests/new", url.Values{"record": {s.record}})
	if err != nil {
		return err
	}
	at := regexp.MustCompile(`/en/me/contests/(D-[^"/?]+)`).FindStringSubmatch(page)
	if at == nil {
		return errors.New("the contest has no number")
	}
	s.contested = at[1]
	ground := string(dispute.Settled)
	for _, step := range []struct {
		path string
		form url.Values
	}{
		{"/grounds", url.Values{"ground": {ground}}},
		{"/words", url.Values{ground: {"Sample: it was paid last month."}}},
		{"/check", nil},
	} {
		if page, err = v.send(ctx, at[0]+step.path, step.form); err != nil {
			return err
		}
	}
	if !strings.Contains(page, s.contested) {
		return errors.New("the contest was not sent")
	}
	s.tell(map[string]string{"contest": s.contested, "state": string(dispute.Open)},
		"The person contests it: it was paid. The contest has number %s, its clock runs, and %s is asked.", s.contested, s.body(s.source))
	return nil
}

func (s *story) askContested(ctx context.Context) error {
	r, _, err := s.ask(ctx, s.asker, 4)
	if err != nil {
		return err
	}
	record, found := s.mine(r)
	if !found || !record.Disputed {
		return errors.New("the record is not shown as contested")
	}
	s.tell(map[string]string{"inquiry": r.Inquiry, "outcome": r.Outcome},
		"Whoever may see the record sees from now on that it is contested and not settled (inquiry %s).", r.Inquiry)
	return nil
}

// overdue lets the clock of the contest run out, and nobody decide.
func (s *story) overdue(ctx context.Context) error {
	today := s.pack.Today(s.desk.Now())
	clock, err := s.pack.StartClock(law.ContestClock, today)
	if err != nil {
		return err
	}
	now, err := s.pass(ctx, int(clock.Due-today)+1)
	if err != nil {
		return err
	}
	r, _, err := s.ask(ctx, s.asker, 5)
	if err != nil {
		return err
	}
	if _, found := s.mine(r); found {
		return errors.New("the record is shown although nobody decided in time")
	}
	s.tell(map[string]string{"inquiry": r.Inquiry, "outcome": r.Outcome},
		"Nobody decides in time. It is %s, and the record is shown to nobody else: silence counts for the person (inquiry %s).", now, r.Inquiry)
	return nil
}

// decide lets two people of the registry decide, each without the other.
func (s *story) decide(ctx context.Context) error {
	for _, staff := range []string{"story-1", "story-2"} {
		v, err := s.enterDesk(ctx, staff)
		if err != nil {
			return err
		}
		at := "/en/work/contests/" + s.contested
		if _, err := v.read(ctx, at); err != nil {
			return err
		}
		ground := string(dispute.Settled)
		if _, err := v.send(ctx, at, url.Values{"outcome-" + ground: {string(dispute.Withdrawn)}, "reasons-" + ground: {"Sample: the receipt shows that it was paid."}}); err != nil {
			return err
		}
	}
	s.tell(map[string]string{"contest": s.contested, "state": string(dispute.Decided), "withdrawn": s.record},
		"Two people of %s look at the case, each without what the other found, and agree: the record goes.", s.body(s.pack.Operator))
	return nil
}

// enterDesk signs in as somebody on the registry's staff with a mandate to decide.
func (s *story) enterDesk(ctx context.Context, staff string) (*visitor, error) {
	clerk, token, err := s.clerk(ctx, s.pack.Operator, staff)
	if err != nil {
		return nil, err
	}
	now := s.desk.Now()
	today := s.pack.Today(now)
	if err := party.Appoint(ctx, s.desk.Mandates, party.Mandate{Clerk: clerk.ID, Desk: party.Decides, Until: today.AddDays(1)}, today, now); err != nil {
		return nil, err
	}
	v, err := s.visit()
	if err != nil {
		return nil, err
	}
	_, err = v.send(ctx, "/en/clerk/sign-in", url.Values{"token": {token}})
	return v, err
}

// readDecision lets the person open the decision.
func (s *story) readDecision(ctx context.Context) error {
	v, err := s.enter(ctx)
	if err != nil {
		return err
	}
	page, err := v.send(ctx, "/en/me/contests/"+s.contested, url.Values{"do": {"open"}})
	if err != nil {
		return err
	}
	if !strings.Contains(page, "Sample: the receipt shows that it was paid.") {
		return fmt.Errorf("the decision on %s does not say why", s.contested)
	}
	s.tell(map[string]string{"read": s.contested},
		"The person opens the decision and reads what was found, and why. The record's content is erased, and it cannot come back under its number.")
	return nil
}
