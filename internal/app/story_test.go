package app_test

import (
	"context"
	"log/slog"
	"testing"

	"recourse/internal/app"
	"recourse/internal/app/world"
	"recourse/internal/ref"
)

// Every fact that the story states is looked up in the database.
func TestTellStory_isTrue(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() + "/data"
	cfg := app.Config{DataDir: dir, Mode: app.Sandbox, Listen: "127.0.0.1:0", Pack: "cn-hubei", Database: app.Database{NoSync: true}}
	ctx, stop := context.WithCancel(t.Context())
	var house *app.House
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- app.Serve(ctx, cfg, slog.New(slog.DiscardHandler), app.Calls{
			Prepare: func(ctx context.Context, h *app.House) error {
				house = h
				return h.LoadDemo(ctx, world.Size{People: 30, Records: 40, Days: 60}, func(app.Step) {})
			},
			Ready: func(app.Running) { close(ready) },
		})
	}()
	select {
	case <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	for range 2 { // it can be told again
		steps := 0
		err := app.TellStory(t.Context(), dir, "cn-hubei", func(told app.Told) {
			steps++
			t.Log(told.Text)
			for name, value := range told.Facts {
				check(t, house, told, name, value)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if steps != 12 {
			t.Errorf("%d steps were told", steps)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func check(t *testing.T, h *app.House, told app.Told, name, value string) {
	t.Helper()
	is := func(query string, args ...any) {
		t.Helper()
		if !h.True(t.Context(), query, args...) {
			t.Errorf("the database does not know that %s is %s: %s", name, value, told.Text)
		}
	}
	switch name {
	case "delivery":
		id, err := ref.Parse[ref.Delivery](value)
		if err != nil {
			t.Fatal(err)
		}
		is(`select rows_new = $2 and rows_quarantined = $3 and state = 'done' from furnish.delivery where delivery = $1`, id[:], told.Facts["new"], told.Facts["quarantined"])
	case "inquiry":
		id, err := ref.Parse[ref.Inquiry](value)
		if err != nil {
			t.Fatal(err)
		}
		is(`select outcome = array_position(array['not answered', 'records', 'nothing to show'], $2) - 1 from inquiry.access where access = $1`, id[:], told.Facts["outcome"])
	case "notice":
		id, err := ref.Parse[ref.Notice](value)
		if err != nil {
			t.Fatal(err)
		}
		is(`select opened_at is not null from notice.owed where notice = $1`, id[:])
	case "contest":
		id, err := ref.Parse[ref.Contest](value)
		if err != nil {
			t.Fatal(err)
		}
		is(`select state = $2 from dispute.contest where contest = $1`, id[:], told.Facts["state"])
	case "read":
		id, err := ref.Parse[ref.Contest](value)
		if err != nil {
			t.Fatal(err)
		}
		is(`select letter_at is not null from dispute.contest where contest = $1`, id[:])
	case "withdrawn":
		id, err := ref.Parse[ref.Record](value)
		if err != nil {
			t.Fatal(err)
		}
		is(`select state = 'withdrawn' and box is null from dossier.record where record = $1`, id[:])
	case "record":
		id, err := ref.Parse[ref.Record](value)
		if err != nil {
			t.Fatal(err)
		}
		is(`select state = 'in force' and ($2 = '' or $2 = 'records') from dossier.record where record = $1`, id[:], told.Facts["outcome"])
	}
}
