package main

import (
	"fmt"
	"log/slog"

	"recourse/internal/app"
)

// serveCmd serves until it is stopped.
type serveCmd struct {
	app.Config `embed:""`
	JSONLog    bool `help:"Write the log as JSON lines." env:"RECOURSE_JSON_LOG"`
}

// Run serves.
func (c *serveCmd) Run(s *session) error {
	return app.Serve(s.ctx, c.Config, s.logger(c.JSONLog), app.Calls{Ready: func(r app.Running) {
		_, _ = fmt.Fprintf(s.out, "recourse %s (%s) is ready at %s\n", app.Version, r.Mode, r.URL)
	}})
}

func (s *session) logger(json bool) *slog.Logger {
	if json {
		return slog.New(slog.NewJSONHandler(s.talk, nil))
	}
	return slog.New(slog.NewTextHandler(s.talk, nil))
}
