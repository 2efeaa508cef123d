package app_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"recourse/internal/app"
	"recourse/internal/app/world"
)

func TestLoadDemo_fillsASandboxThatEnds(t *testing.T) {
	t.Parallel()
	cfg := app.Config{DataDir: t.TempDir() + "/data", Mode: app.Sandbox, Listen: "127.0.0.1:0", Pack: "cn-hubei", Database: app.Database{NoSync: true}}
	h, err := app.Open(t.Context(), cfg, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	var steps []string
	size := world.Size{People: 60, Records: 240, Days: 120}
	if err := h.LoadDemo(t.Context(), size, func(s app.Step) { steps = append(steps, s.Text); t.Log(s.Done, s.Of, s.Text) }); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(steps, "\n"), "letters opened") {
		t.Error("the demo told nothing of letters")
	}
	for what, query := range map[string]string{
		"a content that is held, and a hold that is proposed":             "select count(distinct state) = 2 from hold.placed",
		"a death that is proposed":                                        "select count(*) = 1 from estate.death where state = 'proposed'",
		"a complaint that waits, what two withheld, a review":             "select count(distinct state) = 3 from dispute.complaint where state in ('open', 'withheld', 'in review')",
		"letters that words are withheld":                                 "select count(*) = 2 from notice.owed where kind = 'words-withheld'",
		"looks of staff to inspect, explained and not, and one inspected": "select count(*) filter (where given_at is null) > 0 and count(given_at) > count(finding) and count(finding) > 0 from oversight.inspection",
		"records before the ombudsman":                                    "select count(*) = 2 from oversight.plea where outcome is null",
		"a report that waits, and one that is closed":                     "select count(*) = 2 and count(outcome) = 1 from oversight.report",
		"a contest in each state":                                         "select count(distinct state) = 7 from dispute.contest",
		"a contest that is overdue":                                       "select count(*) > 0 from dispute.contest where state = 'open' and due_on < current_date",
		"one who has found something":                                     "select count(*) > 0 from dispute.finding f join dispute.contest c using (contest) where c.state = 'open'",
		"a decision that was not opened":                                  "select count(*) > 0 from dispute.contest where state = 'decided' and letter_at is null",
		"a request that is open":                                          "select count(*) > 0 from consent.request where ended_at is null and opened_at is not null",
		"a question that waits for a second":                              "select count(*) > 0 from inquiry.second where second_clerk is null",
		"a question that a second confirmed":                              "select count(*) > 0 from inquiry.second where second_clerk is not null",
		"letters of two persons in one pump":                              "select count(*) > 1 from ledger.journal where kind = 'dossier.took-effect' and refs ? 'record'",
		"nothing that waits for its reaction":                             "select count(*) = 0 from ledger.outbox",
	} {
		if !h.True(t.Context(), query) {
			t.Errorf("the sample life lacks %s", what)
		}
	}

	// What the keeper does today ends nothing; when every term has run, nothing is left.
	live, erased, persons := counts(t, h)
	if live == 0 || erased != 0 || persons == 0 {
		t.Fatalf("%d live records, %d erased, %d persons before anything ended", live, erased, persons)
	}
	tend(t, h)
	if l, e, p := counts(t, h); l != live || e != 0 || p != persons {
		t.Errorf("today's tending left %d live, %d erased, %d persons of %d, 0, %d", l, e, p, live, persons)
	}
	if err := h.Move(t.Context(), 30*365); err != nil {
		t.Fatal(err)
	}
	tend(t, h)
	if l, _, p := counts(t, h); l != 0 || p != 0 {
		t.Errorf("thirty years later %d live records and %d persons are left", l, p)
	}
}

func tend(t *testing.T, h *app.House) {
	t.Helper()
	if err := h.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func counts(t *testing.T, h *app.House) (live, erased, persons int) {
	t.Helper()
	live, erased, persons, err := h.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return live, erased, persons
}
