package lawfile_test

import (
	"testing"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/us"

	"recourse/internal/law/lawfile"
	"recourse/internal/when"
)

// TestCalendars_elsewhere compares each day of the published years of the model
// jurisdictions with an independent package.
func TestCalendars_elsewhere(t *testing.T) {
	t.Parallel()
	for code, holidays := range map[string][]*cal.Holiday{"eu-gdpr": be.Holidays, "us-fcra": us.Holidays} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			comparedDays(t, code, holidays)
		})
	}
}

func comparedDays(t *testing.T, code string, holidays []*cal.Holiday) {
	p, err := lawfile.Load(shipped(t)[code])
	if err != nil {
		t.Fatal(err)
	}
	there := cal.NewBusinessCalendar()
	there.AddHoliday(holidays...)
	years := p.Calendar().Years()
	if len(years) < 2 || years[0] != 2025 {
		t.Fatalf("years %v", years)
	}
	off := 0
	for _, y := range years {
		for d := when.Of(y, time.January, 1); d.Year() == y; d++ {
			works, err := p.Calendar().Working(d)
			if want := there.IsWorkday(d.Time()); err != nil || works != want {
				t.Errorf("%s works %v, %v; the package says %v", d, works, err, want)
			}
			if !works && d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
				off++
			}
		}
	}
	if off < 8*len(years) {
		t.Errorf("only %d days off beside weekends in %v", off, years)
	}
	if _, err := p.Calendar().Working(when.Of(years[len(years)-1]+1, time.January, 4)); err == nil {
		t.Error("a year that is not published was guessed")
	}
}
