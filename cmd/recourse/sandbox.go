package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"recourse/internal/app"
)

type sandboxCmd struct {
	Clock sandboxClockCmd `cmd:"" help:"Show or move the sandbox's clock."`
}

type sandboxClockCmd struct {
	dataDir `embed:""`
	By      string `arg:"" optional:"" help:"How far to move, as +16d, +2h, -1d; \"now\" for the machine's clock; nothing to show it."`
}

// Run prints the instant that holds.
func (c *sandboxClockCmd) Run(s *session) error {
	var now time.Time
	var err error
	if c.By == "now" {
		now, err = app.ResetClock(s.ctx, c.DataDir)
	} else {
		by, perr := parseShift(c.By)
		if perr != nil {
			return perr
		}
		now, err = app.MoveClock(s.ctx, c.DataDir, by)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, now.Format(time.RFC3339))
	return err
}

// parseShift reads +16d, -3h, +30m.
func parseShift(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < -36500 || n > 36500 {
			return 0, usageError("write how far to move as +16d, +2h or -1d")
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, usageError("write how far to move as +16d, +2h or -1d")
	}
	return d, nil
}
