package law_test

import (
	"testing"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/when"
)

// TestDeclare: an outage gives the working days that it took, five in a quarter at most,
// and only while it is fresh, lies over no other and nothing was done in it.
func TestDeclare(t *testing.T) {
	t.Parallel()
	p := sample(t)
	day := func(s string) when.Date {
		d, err := when.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	on := func(from, to string, days int) law.Outage {
		return law.Outage{From: day(from), To: day(to), Cause: law.NoPower, Days: days}
	}
	for name, c := range map[string]struct {
		ask    law.Outage
		before []law.Outage
		acted  bool
		today  string // the day after where it is empty
		days   int    // 0: refused
	}{
		"three days of a week":                 {ask: on("2026-03-03", "2026-03-05", 0), days: 3},
		"over a weekend":                       {ask: on("2026-03-06", "2026-03-09", 0), days: 2},
		"what is asked for is not what counts": {ask: on("2026-03-03", "2026-03-03", 5), days: 1},
		"two weeks":                            {ask: on("2026-03-02", "2026-03-15", 0), days: 5},
		"after two days of the quarter":        {ask: on("2026-03-02", "2026-03-15", 0), before: []law.Outage{on("2026-01-05", "2026-01-06", 2)}, days: 3},
		"after five days of another quarter":   {ask: on("2026-04-07", "2026-04-08", 0), before: []law.Outage{on("2026-03-02", "2026-03-15", 5)}, days: 2},
		"after five days of the quarter":       {ask: on("2026-03-23", "2026-03-24", 0), before: []law.Outage{on("2026-03-02", "2026-03-15", 5)}},
		"over a part of another":               {ask: on("2026-03-05", "2026-03-06", 0), before: []law.Outage{on("2026-03-03", "2026-03-05", 1)}},
		"a weekend":                            {ask: on("2026-03-07", "2026-03-08", 0)},
		"something was done":                   {ask: on("2026-03-03", "2026-03-05", 0), acted: true},
		"it is not over":                       {ask: on("2026-03-03", "2026-03-05", 0), today: "2026-03-05"},
		"the last day on which":                {ask: on("2026-03-03", "2026-03-05", 0), today: "2026-03-19", days: 3},
		"too late":                             {ask: on("2026-03-03", "2026-03-05", 0), today: "2026-03-20"},
		"backwards":                            {ask: on("2026-03-05", "2026-03-03", 0)},
		"over the end of a quarter":            {ask: on("2026-03-30", "2026-04-01", 0)},
		"another cause":                        {ask: law.Outage{From: day("2026-03-03"), To: day("2026-03-05"), Cause: "holiday"}},
	} {
		today := c.ask.To + 1
		if c.today != "" {
			today = day(c.today)
		}
		got, err := p.Declare(c.ask, c.before, c.acted, today)
		if got.Days != c.days || (err == nil) != (c.days > 0) || err != nil && fault.Of(err).Code != "E-OUTAGE" {
			t.Errorf("%s: %d days, %v", name, got.Days, err)
		}
	}
}
