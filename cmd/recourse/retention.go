package main

import (
	"fmt"
	"time"

	"recourse/internal/app"
	"recourse/internal/ref"
)

// retentionCmd is what an operator does about ends.
type retentionCmd struct {
	Shorten retentionShortenCmd `cmd:"" help:"Say which records would end earlier under the pack in force, and with --yes let them, seven days later."`
	Stop    retentionStopCmd    `cmd:"" help:"Stop a shortening that waits for its day."`
}

type retentionShortenCmd struct {
	dataDir `embed:""`
	Yes     bool `help:"Let them end earlier, seven days from now. Without it nothing is changed."`
}

// Run prints a line for each kind of records, then what was decided.
func (c *retentionShortenCmd) Run(s *session) error {
	a, err := app.OpenAhead(s.ctx, c.DataDir)
	if err != nil {
		return err
	}
	defer a.Close()
	list, err := a.Look(s.ctx)
	if err != nil {
		return err
	}
	var records int64
	for _, e := range list {
		records += e.Records
		s.print(fmt.Sprintf("%s from %s: %d records are kept until %s instead of %s", e.Type, e.Start, e.Records, e.Retain, e.RetainEnd))
	}
	s.print(fmt.Sprintf("%d records would end earlier", records))
	if !c.Yes {
		return nil
	}
	plan, err := a.Shorten(s.ctx)
	if err != nil {
		return err
	}
	s.print(fmt.Sprintf("%s: they do from %s on; until then recourse retention stop %s stops it", plan.ID, plan.DueAt.Format(time.RFC3339), plan.ID))
	return nil
}

type retentionStopCmd struct {
	dataDir `embed:""`
	ID      string `arg:"" help:"Number of the shortening (Z-…)."`
}

// Run stops it.
func (c *retentionStopCmd) Run(s *session) error {
	id, err := ref.Parse[ref.Shortening](c.ID)
	if err != nil {
		return usageError(err.Error())
	}
	a, err := app.OpenAhead(s.ctx, c.DataDir)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Stop(s.ctx, id); err != nil {
		return err
	}
	s.print("stopped; every record keeps its end")
	return nil
}
