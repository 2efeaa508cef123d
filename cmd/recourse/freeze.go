package main

import (
	"fmt"

	"recourse/internal/app"
)

// logCmd works with the public log.
type logCmd struct {
	Freeze logFreezeCmd `cmd:"" help:"Write the part of the log that ends with a year as static files, which any web server can serve and which hold by themselves."`
}

type logFreezeCmd struct {
	app.Config `embed:""`
	Year       int    `arg:"" help:"Year that is over, by UTC."`
	Dir        string `arg:"" help:"New folder for the files." placeholder:"DIR"`
}

// Run writes the files and says what they hold.
func (c *logFreezeCmd) Run(s *session) error {
	shard, err := app.Freeze(s.ctx, c.Config, s.logger(false), c.Year, c.Dir)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "entries %d to %d of the log are in %s, under the checkpoint of %s\n", shard.From, shard.Until-1, c.Dir, shard.At.UTC().Format("2006-01-02T15:04:05Z"))
	return err
}
