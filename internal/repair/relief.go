package repair

import (
	"context"
	"slices"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Carried is a relief that somebody proposed to carry out.
type Carried struct {
	Relief      string
	Pack        string // under which it was proposed
	ProposedBy  ref.Clerk
	ProposedAt  time.Time
	ConfirmedBy ref.Clerk // zero until a second person said so
	ConfirmedAt time.Time
	DoneAt      time.Time // zero while records wait
	Ended       int       // records
}

// Reliefs keeps what became of reliefs. Every write is durable on return.
type Reliefs interface {
	All(ctx context.Context) ([]Carried, error)
	// Propose keeps a proposal and publishes "repair.relief-proposed"; false where there
	// is one.
	Propose(ctx context.Context, c Carried) (bool, error)
	// Confirm notes the second person and publishes "repair.relief-confirmed"; false
	// where nothing waits for a second person, or it is the first.
	Confirm(ctx context.Context, relief string, by ref.Clerk, now time.Time) (bool, error)
	// Withdraw removes a proposal that nobody confirmed; false where there is none.
	Withdraw(ctx context.Context, relief string, by ref.Clerk, now time.Time) (bool, error)
}

// Offer is a relief of the pack with what became of it.
type Offer struct {
	law.Relief
	Carried Carried // zero where nobody proposed it
}

// The faults of carrying out a relief.
var (
	errRelief     = fault.New(fault.Refused, "E-RELIEF", "There is no such relief in force, or it is not at this step. Nothing was changed; look at it anew.").By("D4")
	errUnfavoured = fault.New(fault.Refused, "E-RELIEF-UNFAVOURABLE", "Among these records is one that weighs on nobody; to end it is not in its person's favour. The whole act is refused and nothing was changed; tell the operator.").By("D4")
)

// Offers returns the reliefs of the pack in force, for who decides on them.
func (s *Service) Offers(ctx context.Context, by party.Clerk, now time.Time) ([]Offer, error) {
	if err := s.desk(ctx, by, party.Repairs, now); err != nil {
		return nil, err
	}
	carried, err := s.Reliefs.All(ctx)
	if err != nil {
		return nil, err
	}
	pack := s.Shelf.At(now)
	var out []Offer
	for _, r := range pack.Reliefs() {
		if !r.HoldsOn(pack.Today(now)) {
			continue
		}
		o := Offer{Relief: r}
		if i := slices.IndexFunc(carried, func(c Carried) bool { return c.Relief == r.Code }); i >= 0 {
			o.Carried = carried[i]
		}
		out = append(out, o)
	}
	return out, nil
}

// relief returns a relief that a clerk of the registry may decide on.
func (s *Service) relief(ctx context.Context, by party.Clerk, code string, now time.Time) (law.Relief, error) {
	if err := s.desk(ctx, by, party.Repairs, now); err != nil {
		return law.Relief{}, err
	}
	pack := s.Shelf.At(now)
	r, ok := pack.Relief(code)
	if !ok || !r.HoldsOn(pack.Today(now)) || by.Body.Code != pack.Operator {
		return law.Relief{}, errRelief
	}
	return r, nil
}

// ProposeRelief is the word of the first person.
func (s *Service) ProposeRelief(ctx context.Context, by party.Clerk, code string, now time.Time) error {
	r, err := s.relief(ctx, by, code, now)
	if err != nil {
		return err
	}
	if err := s.wholly(ctx, r, now); err != nil {
		return err
	}
	kept, err := s.Reliefs.Propose(ctx, Carried{Relief: code, Pack: s.Shelf.At(now).Version, ProposedBy: by.ID, ProposedAt: now})
	if err == nil && !kept {
		err = errRelief
	}
	return err
}

// ConfirmRelief is the word of the second: from now on the records end, one by one,
// each person told by a letter of their own.
func (s *Service) ConfirmRelief(ctx context.Context, by party.Clerk, code string, now time.Time) error {
	r, err := s.relief(ctx, by, code, now)
	if err != nil {
		return err
	}
	if err := s.wholly(ctx, r, now); err != nil {
		return err
	}
	done, err := s.Reliefs.Confirm(ctx, code, by.ID, now)
	if err == nil && !done {
		err = errRelief
	}
	return err
}

// WithdrawRelief takes a proposal back that nobody confirmed.
func (s *Service) WithdrawRelief(ctx context.Context, by party.Clerk, code string, now time.Time) error {
	if _, err := s.relief(ctx, by, code, now); err != nil {
		return err
	}
	gone, err := s.Reliefs.Withdraw(ctx, code, by.ID, now)
	if err == nil && !gone {
		err = errRelief
	}
	return err
}

// wholly refuses an act of which one change would not be in its person's favour.
func (s *Service) wholly(ctx context.Context, r law.Relief, now time.Time) error {
	bad, err := s.Began.Favourable(ctx, spanOf(s.Shelf.At(now), r))
	if err == nil && bad {
		err = errUnfavoured
	}
	return err
}

// spanOf is where the records of a relief are looked for.
func spanOf(p *law.Pack, r law.Relief) dossier.Span {
	span := dossier.Span{Types: p.TypesIn(r.Classes), From: begun, To: r.Until}
	if r.Since != nil {
		span.From = *r.Since
	}
	return span
}

// settled reports whether the source says, of as many duties as it filed against the
// person, that they were met by a day.
func settled(p *law.Pack, r law.Relief, one dossier.Summary, all []dossier.Summary) bool {
	if r.SettledBy == "" {
		return true
	}
	owed, met := 0, 0
	for _, o := range all {
		t, known := p.Type(o.Type)
		switch {
		case o.Source != one.Source || o.State == dossier.Withdrawn || !known:
		case o.Type == r.SettledBy && (r.SettledOn == nil || o.Start <= *r.SettledOn):
			met++
		case r.Covers(t.Retention, o.Start):
			owed++
		}
	}
	return met >= owed && owed > 0
}

// begun is before every start event: no person who lives was of age then.
const begun when.Date = -36524 // 1870
