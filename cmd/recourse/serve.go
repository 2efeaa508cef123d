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

// logger returns what the house logs with, and makes it the logger of the libraries too,
// some of which know no other than that of the process.
func (s *session) logger(json bool) *slog.Logger {
	var to slog.Handler = slog.NewTextHandler(s.talk, nil)
	if json {
		to = slog.NewJSONHandler(s.talk, nil)
	}
	log := slog.New(to)
	slog.SetDefault(log)
	return log
}
