package dispute

import (
	"context"
	"time"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/paper"
	"recourse/internal/party"
	"recourse/internal/ref"
)

// Refuted reports whether the record was found wrong, or nobody decided about it within
// twice the clock: it comes back on certificate alone (rules D1).
func (c Contest) Refuted(p *law.Pack) bool {
	if c.Takes(p) {
		return true
	}
	return (c.State == Decided || c.State == Reviewed) && c.Result(c.Stage()) == Corrected
}

// Pending returns the certificate that waits for a second officer.
func (c Contest) Pending() (Certificate, bool) {
	if n := len(c.Certified); n > 0 && c.Certified[n-1].Second.IsZero() {
		return c.Certified[n-1], true
	}
	return Certificate{}, false
}

// Certify takes the word of a first officer of the source that the record is right and
// whole.
func (c Contest) Certify(p *law.Pack, by Staff, now time.Time) (Contest, []Event, error) {
	if err := c.mayCertify(p, by); err != nil {
		return c, nil, err
	}
	if _, waits := c.Pending(); waits {
		return c, nil, ErrState
	}
	c.Certified = append(c.Certified, Certificate{Clerk: by.Clerk, At: now})
	return c, []Event{c.event("certified")}, nil
}

// Confirm takes the word of a second officer. looked reports whether they saw what the
// first one certified.
func (c Contest) Confirm(p *law.Pack, by Staff, looked bool, now time.Time) (Contest, []Event, error) {
	if err := c.mayCertify(p, by); err != nil {
		return c, nil, err
	}
	one, waits := c.Pending()
	switch {
	case !waits:
		return c, nil, ErrState
	case one.Clerk == by.Clerk:
		return c, nil, fault.New(fault.Forbidden, "E-CERTIFY-SECOND", "You certified this yourself; a second officer of your body has to confirm it. Nothing was changed.").By("D1")
	case !looked:
		return c, nil, ErrUnseen
	}
	until, _, err := p.ReadmitUntil(p.Today(now))
	if err != nil {
		return c, nil, err
	}
	one.Second, one.SecondAt, one.Until = by.Clerk, now, until
	c.Certified = append(c.Certified[:len(c.Certified)-1:len(c.Certified)-1], one)
	return c, []Event{c.event("confirmed")}, nil
}

func (c Contest) mayCertify(p *law.Pack, by Staff) error {
	_, allowed := p.Deadline(law.Reinsertion)
	switch {
	case by.Body != c.Source:
		return ErrNotFound
	case !c.Refuted(p):
		return ErrState
	case !allowed:
		return fault.New(fault.Refused, "E-CERTIFY-NEVER", "Here nothing comes back that was found wrong or was not decided in time. Nothing was changed.").By("D1")
	}
	return nil
}

// Certified is what a first officer of a source certifies.
type Certified struct {
	Officer string // name and office; the person reads it
	Whole   bool   // ticked: the record is right and whole
	Reasons string
	File    Upload // the document that shows it; with a copy where it names third persons
}

// Certify keeps that an officer of the source certifies a refuted record, with reasons
// and a document. Nothing comes back before a second officer confirms it.
func (s *Service) Certify(ctx context.Context, by party.Clerk, id ref.Contest, said Certified, now time.Time) (Contest, error) {
	c, err := s.asked(ctx, by, id, now)
	if err != nil {
		return Contest{}, err
	}
	officer, err := officer(said.Officer)
	if err != nil {
		return Contest{}, err
	}
	reasons, err := paper.Words(said.Reasons, "reasons")
	switch {
	case err != nil:
		return Contest{}, err
	case reasons == "":
		return Contest{}, fault.New(fault.Invalid, "E-CERTIFY-REASONS", "The person is told why the record is right after all. Nothing was kept; write the reasons.").At("reasons")
	case !said.Whole:
		return Contest{}, fault.New(fault.Invalid, "E-CERTIFY-WHOLE", "A certificate says that the record is right and whole. Nothing was kept; tick it, or do not certify.").At("whole")
	}
	if said.File.Third && len(said.File.Copy) == 0 {
		return Contest{}, errUncopied
	}
	papers, err := s.brought(ctx, said.File, Document, c.Stage(), by.ID, now)
	if err != nil {
		return Contest{}, err
	}
	papers = append(papers, Paper{What: CertifiedBy, Stage: c.Stage(), Sheet: paper.Sheet{Clerk: by.ID, At: now, Content: paper.Content{Text: reasons, Officer: officer}}})
	if err := s.seal(ctx, c.Person, c.KeepUntil, papers); err != nil {
		return Contest{}, err
	}
	pack := s.Shelf.At(now)
	return s.Store.Change(ctx, c.Person, id, now, func(c Contest) (Change, error) {
		next, events, err := c.Certify(pack, staff(by), now)
		return Change{Contest: next, Events: events, Add: papers, Note: true}, err
	})
}

// Confirm keeps that a second officer of the source confirms a certificate: from then on
// the record may be sent again, until a day.
func (s *Service) Confirm(ctx context.Context, by party.Clerk, id ref.Contest, now time.Time) (Contest, error) {
	c, err := s.asked(ctx, by, id, now)
	if err != nil {
		return Contest{}, err
	}
	looked, err := s.Store.Looked(ctx, c.Person, id, by.ID)
	if err != nil {
		return Contest{}, err
	}
	pack := s.Shelf.At(now)
	return s.Store.Change(ctx, c.Person, id, now, func(c Contest) (Change, error) {
		next, events, err := c.Confirm(pack, staff(by), looked, now)
		if err != nil {
			return Change{}, err
		}
		return Change{Contest: next, Events: events, Readmit: next.Certified[len(next.Certified)-1].Until, Note: true, Unless: by.ID}, nil
	})
}

// Certifiable returns the contests of a source whose records come back on certificate
// alone, those settled last first.
func (s *Service) Certifiable(ctx context.Context, by party.Clerk, now time.Time) ([]Contest, error) {
	list, err := s.Store.Settled(ctx, by.Body.ID, mostListed)
	if err != nil {
		return nil, err
	}
	pack := s.Shelf.At(now)
	out := list[:0]
	for _, c := range list {
		if c.Refuted(pack) {
			out = append(out, c)
		}
	}
	return out, nil
}

// asked returns a contest whose source somebody acts for.
func (s *Service) asked(ctx context.Context, by party.Clerk, id ref.Contest, now time.Time) (Contest, error) {
	c, err := s.found(ctx, by, id, now)
	if err == nil && c.Source != by.Body.ID {
		err = ErrNotFound
	}
	return c, err
}

// officer checks who answers for a source, by name and office.
func officer(name string) (string, error) {
	name, err := paper.Words(name, "officer")
	if err != nil || name == "" || len(name) > 200 {
		return "", fault.New(fault.Invalid, "E-CONTEST-OFFICER", "The person is told who answers for the source: write a name and an office, at most 200 bytes. Nothing was sent.").At("officer")
	}
	return name, nil
}
