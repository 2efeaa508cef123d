package app

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/statekit"
	"recourse/internal/kit/webkit"
	"recourse/internal/oversight"
	"recourse/internal/party"
	"recourse/internal/when"
)

// judged are findings at both sides of each limit, and what they ask for.
func judged() map[string]struct {
	f    statekit.Finding
	want string
} {
	now := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	today := when.Of(2026, 11, 23)
	q := oversight.Quarter(when.Of(2026, 7, 1))
	type one = struct {
		f    statekit.Finding
		want string
	}
	return map[string]one{
		"jobs":              {onJobs(13, 0), ""},
		"a job fails":       {onJobs(13, 1), "jobs"},
		"nothing waits":     {onOutbox(0, 0, time.Hour), ""},
		"little waits":      {onOutbox(4, 0, time.Minute), ""},
		"it waits long":     {onOutbox(4, 0, time.Minute+1), "outbox slow"},
		"some fail":         {onOutbox(4, 1, 0), "outbox failing"},
		"log":               {onLog(10, time.Minute, 10*time.Minute), ""},
		"log lags":          {onLog(10, time.Minute+1, 10*time.Minute), "log slow"},
		"log stuck":         {onLog(10, 10*time.Minute+1, 10*time.Minute), "log stuck"},
		"no witness":        {onWitnesses(false, time.Time{}, now), "witnesses none"},
		"never seen":        {onWitnesses(true, time.Time{}, now), "witnesses old"},
		"seen":              {onWitnesses(true, now.Add(-24*time.Hour), now), ""},
		"seen long ago":     {onWitnesses(true, now.Add(-24*time.Hour-1), now), "witnesses old"},
		"erased":            {onErasure(today.AddDays(-1), today, 900), ""},
		"erased late":       {onErasure(today.AddDays(-2), today, 900), "erasure late"},
		"room":              {onDisk(1024, 512), ""},
		"little room":       {onDisk(1023, 512), "disk"},
		"connections":       {onDatabase(21, 24), ""},
		"all connections":   {onDatabase(22, 24), "database"},
		"calendar":          {onCalendar([]int{2025, 2026}, 0, false), ""},
		"a year is missing": {onCalendar([]int{2025, 2026}, 2027, true), "calendar"},
		"no calendar":       {onCalendar(nil, 0, false), ""},
		"desks":             {onDesks(nil), ""},
		"desks lack":        {onDesks([]party.Gap{{Desk: party.Decides, Lacks: 1}, {Desk: party.Posts, Lacks: 1}}), "desks"},
		"no figures":        {onFigures(nil, today), ""},
		"figures":           {onFigures([]oversight.Quarter{q}, when.Of(2027, 1, 2)), ""},
		"figures late":      {onFigures([]oversight.Quarter{q}, when.Of(2027, 1, 3)), "figures"},
	}
}

func TestState_judges(t *testing.T) {
	t.Parallel()
	for name, c := range judged() {
		if c.f.Fix != c.want || (c.f.Fix == "") != (c.f.Level == "" || c.f.Level == statekit.Fine) {
			t.Errorf("%s: asks for %q (%s), want %q", name, c.f.Fix, c.f.Level, c.want)
		}
	}
}

// TestState_says shows every finding, and every job, in both languages: each has its words
// and the values for their places.
func TestState_says(t *testing.T) {
	t.Parallel()
	report := statekit.Report{Stuck: []statekit.Stuck{{Consumer: "notice.owe", Code: "E-ROOM", Rows: 3}}}
	for _, c := range judged() {
		report.Findings = append(report.Findings, c.f)
	}
	var names []string
	for i, j := range (&House{}).jobs() {
		names = append(names, j.name)
		report.Jobs = append(report.Jobs, statekit.Job{Name: j.name, Every: j.every, Failed: i % 3, Code: "E-ROOM"})
	}
	routes, item, err := statekit.Routes(statekit.Config{Desk: "operate", Jobs: names, Errors: "/docs/errors", Look: func(context.Context, time.Time) (statekit.Report, error) { return report, nil }})
	if err != nil || len(routes) != 1 || routes[0].Desk != "operate" || item.Desk != "operate" {
		t.Fatalf("%v, behind the desk %v", err, item)
	}
	for _, lang := range webkit.Langs() {
		page := stateIn(t, routes[0], lang)
		for _, want := range []string{"E-ROOM", "2026-Q3", "decide, post", "notice.owe", "2027"} {
			if !strings.Contains(page, want) {
				t.Errorf("in %s nothing says %s", lang, want)
			}
		}
	}
	report.Findings = []statekit.Finding{{About: "disk", Found: "of old"}}
	if _, err := routes[0].Serve(t.Context(), webkit.Visit{Lang: "en"}); err == nil {
		t.Error("a finding without words is shown")
	}
	if _, _, err := statekit.Routes(statekit.Config{Desk: "operate", Jobs: []string{"x"}, Look: func(context.Context, time.Time) (statekit.Report, error) { return report, nil }}); err == nil {
		t.Error("a job without words is taken")
	}
}

func stateIn(t *testing.T, r webkit.Route, lang string) string {
	t.Helper()
	reply, err := r.Serve(t.Context(), webkit.Visit{Lang: lang, Dates: webkit.Dates{Lang: lang, Zone: time.UTC}})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := reply.(webkit.Page).Content.Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestJobStates notes how a job does: of a fault its code alone.
func TestJobStates(t *testing.T) {
	t.Parallel()
	var s jobStates
	at := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	table := []job{{name: "pump", every: time.Second}, {name: "tend", every: time.Hour}}
	answers := []error{nil, errors.New("of a person"), fault.New(fault.Unavailable, "E-ROOM", "text"), nil}
	step := s.watched(job{name: "pump", step: func(context.Context) (bool, error) {
		err := answers[0]
		answers = answers[1:]
		return true, err
	}}, func() time.Time { return at })
	var got []statekit.Job
	var fails []int
	for range 4 {
		_, _ = step(t.Context())
		list, failing := s.all(table)
		got, fails = append(got, list[0]), append(fails, failing)
	}
	want := []statekit.Job{{Done: at}, {Done: at, Failed: 1, Code: "E-INTERNAL"}, {Done: at, Failed: 2, Code: "E-ROOM"}, {Done: at}}
	for i := range want {
		want[i].Name, want[i].Every = "pump", time.Second
	}
	if !slices.Equal(got, want) || !slices.Equal(fails, []int{0, 1, 1, 0}) {
		t.Errorf("%+v %v", got, fails)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	answers = []error{context.Canceled}
	_, _ = step(ended)
	if list, _ := s.all(table); list[0].Failed > 0 || !list[1].Done.IsZero() {
		t.Errorf("stopping is a fault: %+v", list)
	}
}
