package when_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"recourse/internal/when"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for in, ok := range map[string]bool{
		"2026-11-22": true, "2024-02-29": true, "0001-01-01": true,
		"2023-02-29": false, "2026-13-01": false, "26-1-1": false, "": false, "2026-11-22T00:00": false,
	} {
		d, err := when.Parse(in)
		if (err == nil) != ok {
			t.Errorf("Parse(%q) error = %v, want ok = %v", in, err, ok)
		}
		if ok && d.String() != in {
			t.Errorf("Parse(%q).String() = %q", in, d)
		}
	}
}

func TestTerms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, want string
		do         func(when.Date) when.Date
	}{
		{"2024-02-29", "2025-02-28", func(d when.Date) when.Date { return d.AddYears(1) }},
		{"2024-02-29", "2028-02-29", func(d when.Date) when.Date { return d.AddYears(4) }},
		{"2026-01-31", "2026-02-28", func(d when.Date) when.Date { return d.AddMonths(1) }},
		{"2026-03-31", "2026-02-28", func(d when.Date) when.Date { return d.AddMonths(-1) }},
		{"2026-12-31", "2027-01-01", func(d when.Date) when.Date { return d.AddDays(1) }},
		{"2026-11-22", "2026-12-31", when.Date.QuarterEnd},
		{"2026-01-01", "2026-03-31", when.Date.QuarterEnd},
	} {
		d, err := when.Parse(c.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.do(d).String(); got != c.want {
			t.Errorf("from %s: got %s, want %s", c.from, got, c.want)
		}
	}
}

func TestIn_namesTheZone(t *testing.T) {
	t.Parallel()
	shanghai := time.FixedZone("UTC+8", 8*3600)
	at := time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC)
	if got := when.In(at, shanghai).String(); got != "2026-11-23" {
		t.Errorf("in Shanghai it is %s, want 2026-11-23", got)
	}
	if got := when.In(at, time.UTC).String(); got != "2026-11-22" {
		t.Errorf("in UTC it is %s, want 2026-11-22", got)
	}
}

func TestDate_roundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := when.Date(rapid.Int32Range(-200_000, 1_000_000).Draw(t, "day"))
		b, _ := d.MarshalText()
		var back when.Date
		if err := back.UnmarshalText(b); err != nil || back != d {
			t.Fatalf("%s came back as %s (%v)", d, back, err)
		}
		if d.QuarterEnd() < d || d.QuarterEnd() > d+92 {
			t.Fatalf("quarter of %s ends %s", d, d.QuarterEnd())
		}
		if when.In(d.Start(time.FixedZone("", 8*3600)), time.FixedZone("", 8*3600)) != d {
			t.Fatalf("start of %s is another day", d)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("2026-11-22")
	f.Add("2024-02-30")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := when.Parse(s)
		if err == nil && d.String() != s {
			t.Errorf("Parse(%q) = %s", s, d)
		}
	})
}
