package app

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"recourse/internal/law"
	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/when"
)

// Declare declares an outage in the installation. The clocks that were due inside it are
// moved by the server as soon as it runs, and their persons written. ErrNothing where no
// pack was activated.
func (o *Office) Declare(ctx context.Context, from, to when.Date, cause law.Cause) (law.Outage, error) {
	t, err := o.Timeline(ctx)
	if err != nil {
		return law.Outage{}, err
	}
	now, err := o.Now(ctx)
	if err != nil {
		return law.Outage{}, err
	}
	pack := t.At(now)
	return o.desk.Declare(ctx, pack.Code, func(before []law.Outage) (law.Outage, error) {
		acted, err := ledgerpg.Acted(ctx, o.owner, from.Start(pack.Zone), to.AddDays(1).Start(pack.Zone))
		if err != nil {
			return law.Outage{}, err
		}
		return pack.Declare(law.Outage{From: from, To: to, Cause: cause, DeclaredAt: now}, before, acted, pack.Today(now))
	})
}

// Outages returns the outages that were declared, in their order.
func (o *Office) Outages(ctx context.Context) ([]law.Outage, error) { return o.desk.Outages(ctx) }

func (h *House) excuseContests(ctx context.Context, t ledger.Task, now time.Time) error {
	o, err := outage(t)
	if err != nil {
		return err
	}
	return h.keepers.dispute.Excuse(ctx, o, now)
}

func (h *House) excuseRepairs(ctx context.Context, t ledger.Task, now time.Time) error {
	o, err := outage(t)
	if err != nil {
		return err
	}
	return h.keepers.repair.Excuse(ctx, o, now)
}

// outage reads the outage that an event tells of.
func outage(t ledger.Task) (o law.Outage, err error) {
	if o.From, err = when.Parse(t.Refs["from"]); err == nil {
		o.To, err = when.Parse(t.Refs["to"])
	}
	if err == nil {
		o.Days, err = strconv.Atoi(t.Refs["days"])
	}
	if err != nil {
		return o, fmt.Errorf("event %s: %w", t.Kind, err)
	}
	o.Cause = law.Cause(t.Refs["cause"])
	return o, nil
}
