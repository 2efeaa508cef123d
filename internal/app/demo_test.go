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
	cfg := app.Config{DataDir: t.TempDir() + "/data", Mode: app.Sandbox, Listen: "127.0.0.1:0", Pack: "cn-hubei"}
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
