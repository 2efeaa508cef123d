package law_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/when"
)

func start(t testing.TB, p *law.Pack, kind, day string) law.Clock {
	t.Helper()
	d, err := when.Parse(day)
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.StartClock(kind, d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClock_levers(t *testing.T) {
	t.Parallel()
	p := sample(t)
	c := start(t, p, law.ContestClock, "2026-03-02") // a Monday
	if c.Due.String() != "2026-03-23" || !c.Whole || c.Overdue != law.Hide || c.Calendar != p.CalendarVersion() || c.Twice().String() != "2026-04-13" {
		t.Fatalf("%+v", c)
	}
	if got := c.DueAt(p.Zone); !got.Equal(at(t, "2026-03-24T00:00:00+08:00")) {
		t.Errorf("it has run out at %s", got)
	}
	if most := p.PauseMost(c); most != 7 {
		t.Errorf("it may wait for %d days", most)
	}
	longer, err := p.Extend(c, c.Due)
	if err != nil || longer.Due.String() != "2026-03-30" || p.PauseMost(longer) != 10 {
		t.Errorf("extended to %s %v", longer.Due, err)
	}
	waits, err := p.Pause(longer, 10, c.Due)
	if err != nil || waits.Due.String() != "2026-04-13" {
		t.Errorf("waits until %s %v", waits.Due, err)
	}
	if again := p.Resume(waits, 4); again.Due.String() != "2026-04-07" || again.Paused != 6 {
		t.Errorf("taken up again, it is due on %s", again.Due)
	}
	out, err := p.Excuse(waits, law.Outage{From: waits.Due, To: waits.Due.AddDays(30), Days: 5})
	if err != nil || out.Due.String() != "2026-04-20" {
		t.Errorf("excused until %s %v", out.Due, err)
	}
	for name, do := range map[string]func() error{
		"a second extension":           func() error { _, err := p.Extend(longer, c.Due); return err },
		"an extension when it is late": func() error { _, err := p.Extend(c, c.Due+1); return err },
		"an extension the law has not": func() error { _, err := p.Extend(start(t, p, law.ReviewClock, "2026-03-02"), c.Start); return err },
		"a pause over half of it":      func() error { _, err := p.Pause(c, 8, c.Start); return err },
		"a pause of nothing":           func() error { _, err := p.Pause(c, 0, c.Start); return err },
		"a pause when it is late":      func() error { _, err := p.Pause(c, 1, c.Due+1); return err },
		"an outage before it is due":   func() error { _, err := p.Excuse(c, law.Outage{From: c.Start, To: c.Due - 1, Days: 1}); return err },
		"an outage after it was due":   func() error { _, err := p.Excuse(c, law.Outage{From: c.Due + 1, To: c.Due + 2, Days: 1}); return err },
		"a second outage": func() error {
			_, err := p.Excuse(out, law.Outage{From: out.Due, To: out.Due.AddDays(30), Days: 1})
			return err
		},
		"an outage of six days": func() error {
			_, err := p.Excuse(c, law.Outage{From: c.Due, To: c.Due.AddDays(9), Days: 6})
			return err
		},
		"a clock that does not exist":   func() error { _, err := p.StartClock(law.ContestAnswer, c.Start); return err },
		"a clock before the law is one": func() error { _, err := p.StartClock(law.ContestClock, when.Of(2025, 1, 1)); return err },
	} {
		if err := do(); err == nil || fault.Of(err).Code == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestClock_bound is rule D2: whatever is done with the levers, in whatever order,
// under whatever later calendar, the end of a clock is never later than one and a
// half times the clock and five working days.
func TestClock_bound(t *testing.T) {
	t.Parallel()
	packs := []*law.Pack{sample(t), holidays(t)}
	moved := 0
	rapid.Check(t, func(rt *rapid.T) {
		p := packs[0]
		begin := when.Of(2026, 1, 1).AddDays(rapid.IntRange(0, 240).Draw(rt, "start"))
		c, err := p.StartClock(rapid.SampledFrom([]string{law.ContestClock, law.ReviewClock}).Draw(rt, "kind"), begin)
		if err != nil {
			rt.Fatal(err)
		}
		first, today := c.Due, begin
		var outages []law.Outage
		for range rapid.IntRange(0, 25).Draw(rt, "levers") {
			today = today.AddDays(rapid.IntRange(0, 6).Draw(rt, "days"))
			before := c
			switch rapid.IntRange(0, 4).Draw(rt, "lever") {
			case 0:
				c, _ = p.Extend(c, today)
			case 1:
				c, _ = p.Pause(c, rapid.IntRange(0, 20).Draw(rt, "pause"), today)
			case 2:
				c = p.Resume(c, rapid.IntRange(-2, 9).Draw(rt, "unused"))
			case 3:
				o := law.Outage{From: c.Due - 3, To: c.Due.AddDays(rapid.IntRange(0, 60).Draw(rt, "outage")), Cause: law.NoPower}
				if o, err := p.Declare(o, outages, false, o.To+1); err == nil {
					c, _ = p.Excuse(c, o)
					outages = append(outages, o)
				}
			case 4:
				p = rapid.SampledFrom(packs).Draw(rt, "calendar")
				if c = p.Recount(c); c.Due > before.Due {
					rt.Fatalf("a later calendar moved the end from %s to %s", before.Due, c.Due)
				}
			}
		}
		if c.Due > first {
			moved++
		}
		if bound := bound(packs, c); c.Due > bound {
			rt.Fatalf("%+v is due after %s", c, bound)
		}
	})
	if moved == 0 {
		t.Error("no lever moved anything")
	}
}

// bound counts day by day what rule D2 allows, under the calendar that gives most.
func bound(packs []*law.Pack, c law.Clock) (latest when.Date) {
	for _, p := range packs {
		n := 3*(c.Term.N+c.Extension)/2 + 5
		d := c.Start
		for ; n > 0; d++ {
			if works, err := p.Calendar().Working(d + 1); works || err != nil {
				n--
			}
		}
		latest = max(latest, d)
	}
	return latest
}

// holidays is the sample with a week more off in June.
func holidays(t *testing.T) *law.Pack {
	t.Helper()
	f := maps.Clone(files(t))
	days := "2026-06-08,holiday,样,S\n2026-06-09,holiday,样,S\n2026-06-10,holiday,样,S\n2026-06-11,holiday,样,S\n2026-06-12,holiday,样,S\n"
	const name = "calendar/2026.csv"
	before, after, found := strings.Cut(f[name], "2026-10-01")
	if !found {
		t.Fatal("the calendar of the sample changed")
	}
	f[name] = before + days + "2026-10-01" + after
	p, err := load(f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A calendar that comes later gives a running clock nothing; one that takes a
// holiday away ends it earlier.
func TestClock_laterCalendar(t *testing.T) {
	t.Parallel()
	old, later := sample(t), holidays(t)
	c := start(t, old, law.ContestClock, "2026-06-01")
	if got := later.Recount(c); got != c {
		t.Errorf("moved from %s to %s", c.Due, got.Due)
	}
	c = start(t, later, law.ContestClock, "2026-06-01")
	got := old.Recount(c)
	if got.Due >= c.Due || got.Calendar != old.CalendarVersion() || old.CalendarVersion() == later.CalendarVersion() {
		t.Errorf("%s under %s, %s under %s", c.Due, c.Calendar, got.Due, got.Calendar)
	}
}

// A year that nobody published is not guessed: the clock ends as early as it can,
// and says so.
func TestClock_missingYear(t *testing.T) {
	t.Parallel()
	p := sample(t)
	c := start(t, p, law.ContestClock, "2026-12-21") // eight working days, and seven of a year that is not there
	if c.Whole || c.Due.String() != "2027-01-07" {
		t.Errorf("%+v", c)
	}
	if y, missing := p.Unpublished(when.Of(2026, 10, 1), 60); missing {
		t.Errorf("%d is missing in October", y)
	}
	if y, missing := p.Unpublished(when.Of(2026, 11, 30), 60); !missing || y != 2027 {
		t.Errorf("%d %v in November", y, missing)
	}
}

func TestCompile_clocks(t *testing.T) {
	t.Parallel()
	whole := files(t)
	for name, c := range map[string]struct{ old, new, want string }{
		"never hides":                      {"overdue: hide", "overdue: show", "[D1]"},
		"says nothing of its end":          {"    extension: 5\n    overdue: hide\n    unverifiable: hide\n    pauses: [own-evidence]\n", "", "[D1] It is not said"},
		"keeps showing what none can show": {"unverifiable: hide", "unverifiable: show", "[D1]"},
		"refers without a law":             {"overdue: hide", "overdue: refer", "[B2]"},
		"waits for staff":                  {"pauses: [own-evidence]", "pauses: [workload]", "[D2]"},
		"an extension for ever":            {"extension: 5", "extension: 5000", "out of reach"},
		"a clock of an answer":             {"kind: contest-answer\n", "kind: contest-answer\n    overdue: hide\n", "Only a clock of decision"},
		"repeats for years":                {"value: 12\n    unit: months", "value: 2\n    unit: years", "[D3]"},
		"a slow repeat":                    {"kind: repeat-answer\n    value: 5", "kind: repeat-answer\n    value: 6", "[D3]"},
		"a short undo":                     {"kind: contest-undo\n    value: 10", "kind: contest-undo\n    value: 9", "[G2]"},
		"a clock that rolls":               {"    overdue: hide", "    rolls: true\n    overdue: hide", "does not roll"},
	} {
		f := maps.Clone(whole)
		if !strings.Contains(f[law.DeadlinesFile], c.old) {
			t.Fatalf("%s: the sample has no %q", name, c.old)
		}
		f[law.DeadlinesFile] = strings.Replace(f[law.DeadlinesFile], c.old, c.new, 1)
		if _, err := load(f); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if diff := cmp.Diff(true, slices.ContainsFunc(sample(t).Parameters(), func(q law.Parameter) bool { return q.Clock != nil })); diff != "" {
		t.Error(diff)
	}
}

// Rules D6: where people may say something beside a record, others' complaints about it are
// decided within five working days.
func TestStatementComplaint(t *testing.T) {
	t.Parallel()
	const room = "\nstatement: {characters: 500, basis: {cite: \"registry-policy#question\", status: policy}}\n"
	within := func(term string) string {
		return "\n  - kind: statement-complaint\n    " + term + "\n    start: sample\n    scope: [platform, bureau]\n    from: 2026-01-01\n    basis: {cite: \"registry-policy#question\", status: policy}\n"
	}
	for name, c := range map[string]struct{ pack, deadlines, want string }{
		"no time at all":     {room, "", "[D6]"},
		"six working days":   {room, within("value: 6\n    unit: working days"), "[D6]"},
		"eight days":         {room, within("value: 8\n    unit: calendar days"), "[D6]"},
		"five working days":  {room, within("value: 5\n    unit: working days"), ""},
		"a week":             {room, within("value: 7\n    unit: calendar days"), ""},
		"nothing to be said": {"", "", ""},
	} {
		f := files(t)
		f[law.PackFile] += c.pack
		f[law.DeadlinesFile] = strings.TrimRight(f[law.DeadlinesFile], "\n") + c.deadlines
		_, err := load(f)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
