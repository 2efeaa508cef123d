package app_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"recourse/internal/app"
)

func TestLoadDemo_fillsASandbox(t *testing.T) {
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
	if err := h.LoadDemo(t.Context(), func(s string) { steps = append(steps, s); t.Log(s) }); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(steps, "\n"), "letters opened") {
		t.Error("the demo told nothing of letters")
	}
}
