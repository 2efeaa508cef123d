package lawfile_test

import (
	"bufio"
	"maps"
	"os"
	"strings"
	"testing"

	"recourse/internal/law/lawfile"
	"recourse/internal/when"
)

// TestCalendar_hubei compares the calendars of the pack of Hubei, day by day,
// with data that somebody else keeps.
func TestCalendar_hubei(t *testing.T) {
	t.Parallel()
	p, err := lawfile.Load(shipped(t)["cn-hubei"])
	if err != nil {
		t.Fatal(err)
	}
	theirs := independent(t)
	c := p.Calendar()
	for _, year := range []int{2025, 2026} {
		working := 0
		for d := when.Of(year, 1, 1); d.Year() == year; d++ {
			want, told := theirs[d]
			if !told {
				want = d.Weekday() != 0 && d.Weekday() != 6
			}
			got, err := c.Working(d)
			if err != nil || got != want {
				t.Errorf("%s %s: we say %v %v, they say %v", d, d.Weekday(), got, err, want)
			}
			if got {
				working++
			}
		}
		if working != 248 {
			t.Errorf("%d has %d working days, want 248", year, working)
		}
	}
	if len(theirs) < 40 {
		t.Errorf("only %d days to compare with", len(theirs))
	}
	if _, err := c.Working(when.Of(2027, 1, 1)); err == nil {
		t.Error("the year 2027 is told though nobody published it")
	}
}

// independent reads on which days work differs from the week.
func independent(t *testing.T) map[when.Date]bool {
	t.Helper()
	f, err := os.Open("testdata/independent/cn-days.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[when.Date]bool{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		day, says, _ := strings.Cut(lines.Text(), ",")
		d, err := when.Parse(day)
		if err != nil {
			t.Fatal(err)
		}
		out[d] = says == "works"
	}
	return out
}

// TestCalendar_refused: a calendar that is not whole, or not in order, is not loaded.
func TestCalendar_refused(t *testing.T) {
	t.Parallel()
	whole := files(t)
	const y26, y25 = "calendar/2026.csv", "calendar/2025.csv"
	edit := func(file, old, new string) func(map[string]string) {
		return func(f map[string]string) {
			if !strings.Contains(f[file], old) {
				t.Errorf("%s does not hold %q", file, old)
			}
			f[file] = strings.Replace(f[file], old, new, 1)
		}
	}
	for name, c := range map[string]struct {
		change func(map[string]string)
		want   string
	}{
		"file missing":          {func(f map[string]string) { delete(f, y25) }, "pack.yaml:17: [term] The file calendar/2025.csv is missing."},
		"year not named":        {edit("pack.yaml", "    - {year: 2025, basis: {cite: \"sample-law#12\", status: unverified}}\n", ""), "calendar/2025.csv:1: [term] pack.yaml does not say which act published this year."},
		"year twice":            {edit("pack.yaml", "year: 2025", "year: 2026"), "pack.yaml:18: [name] This year is there twice."},
		"no calendar":           {func(f map[string]string) { cutCalendar(f) }, "deadlines.yaml:33: [term] Working days need a published calendar"},
		"files without one":     {func(f map[string]string) { cutCalendar(f) }, "calendar/2026.csv:1: [term] pack.yaml has no calendar."},
		"no day of the week":    {edit("pack.yaml", "[saturday, sunday]", "[samstag]"), "[term] This is no day of the week"},
		"no working week":       {edit("pack.yaml", "[saturday, sunday]", "[monday, tuesday, saturday, sunday]"), "[term] More than three days of the week are off."},
		"name of the file":      {func(f map[string]string) { f["calendar/26.csv"] = f[y26] }, "calendar/26.csv:1: [form] The file does not bear the name of its year."},
		"header":                {edit(y26, "date,kind", "day,kind"), "calendar/2026.csv:1: [form] The header is not date,kind"},
		"header without a name": {edit(y26, ",name_zh,name_en", ""), "calendar/2026.csv:1: [form] The header is not date,kind"},
		"name missing":          {edit(y26, "元旦,New Year's Day\n2026-01-02", ",New Year's Day\n2026-01-02"), "calendar/2026.csv:2: [words] The wording in language zh is missing."},
		"language of no pack":   {edit(y26, "name_en", "name_fr"), "[words] The wording in language en is missing."},
		"cells missing":         {edit(y26, "2026-01-02,holiday,元旦,New", "2026-01-02,holiday,New"), "calendar/2026.csv:3: [form] This is no table"},
		"no such day":           {edit(y26, "2026-01-02", "2026-02-30"), "calendar/2026.csv:3: [form] Here should be a date that exists."},
		"another year":          {edit(y26, "2026-01-01", "2025-01-01"), "calendar/2026.csv:2: [term] This day is not in the year of the file."},
		"twice":                 {edit(y26, "2026-01-02", "2026-01-01"), "calendar/2026.csv:3: [term] This day is there twice or out of order."},
		"another kind":          {edit(y26, "2026-01-02,holiday", "2026-01-02,feast"), "calendar/2026.csv:3: [term] A day of a calendar is a holiday or a workday."},
		"workday in the week":   {edit(y26, "2026-01-02,holiday", "2026-01-02,workday"), "calendar/2026.csv:3: [term] This day is a working day already."},
		"name over two lines":   {edit(y26, "元旦调休", "\"元旦\n调休\""), "calendar/2026.csv:5: [form] A name goes over more than one line."},
		"empty":                 {func(f map[string]string) { f[y26] = "" }, "calendar/2026.csv:1: [form] This is no table"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := maps.Clone(whole)
			c.change(f)
			if _, err := lawfile.Load(mapFS(f)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want %q in\n%v", c.want, err)
			}
		})
	}
}

// cutCalendar takes the calendar out of pack.yaml.
func cutCalendar(f map[string]string) {
	from := strings.Index(f["pack.yaml"], "calendar:")
	to := strings.Index(f["pack.yaml"], "sectors:")
	f["pack.yaml"] = f["pack.yaml"][:from] + f["pack.yaml"][to:]
}
