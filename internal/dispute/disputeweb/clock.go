package disputeweb

import (
	"context"
	"errors"
	"strconv"

	"recourse/internal/dispute"
	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
)

// levers is what somebody who decides may do to a clock that runs (rules D1, D2).
type levers struct {
	extended string // last day after the one extension; empty where there is none
	wait     int    // for how many days it may still wait for the person's own evidence
}

func (l levers) any() bool { return l.extended != "" || l.wait > 0 }

// levers asks the law what may be done; it does nothing.
func (k work) levers() levers {
	if !k.Runs() || k.Source == k.by.Body.ID {
		return levers{}
	}
	p := law.Under(k.f.Service.Shelf, k.Pack, k.v.Now)
	var out levers
	if c, err := p.Extend(k.Clock, k.v.Today()); err == nil {
		out.extended = k.v.Dates.Day(c.Due)
	}
	if k.v.Today() <= k.Clock.Due {
		out.wait = p.PauseMost(k.Clock)
	}
	return out
}

// moveClock extends the clock, or lets it wait.
func (f *Face) moveClock(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	c, err := id(v)
	if err != nil {
		return nil, err
	}
	by, err := f.clerk(ctx, v)
	if err != nil {
		return nil, err
	}
	switch v.Form.Get("do") {
	case "extend":
		_, err = f.Service.Extend(ctx, by, c, v.Now)
	case "wait":
		days, bad := strconv.Atoi(v.Form.Get("days"))
		if bad != nil {
			days = 0 // refused with what is possible
		}
		_, err = f.Service.Wait(ctx, by, c, days, v.Now)
	default:
		err = dispute.ErrState
	}
	var bad *fault.Error
	if errors.As(err, &bad) && bad.Kind == fault.Refused {
		k, err := f.work(ctx, v)
		if err != nil {
			return nil, err
		}
		return k.casePage([]webkit.Mend{{Field: "clock", Text: k.w.Lever.Mend.String()}}), nil
	}
	return webkit.See{Path: workPath + "/" + c.String() + "?done=clock"}, err
}

// waitText says for how long the clock may still wait, in the days that it counts.
func (k work) waitText(n int) string {
	if k.Clock.Term.Unit == law.WorkingDays {
		return k.w.Lever.WaitWorking.N(n)
	}
	return k.w.Lever.WaitText.N(n)
}
