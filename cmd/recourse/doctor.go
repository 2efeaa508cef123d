package main

import (
	"errors"
	"fmt"

	"recourse/internal/app"
)

// doctorCmd looks and changes nothing.
type doctorCmd struct {
	app.Config `embed:""`
}

// errSick is returned where something must be mended.
var errSick = errors.New("mend what is marked with ✗, from the top, and run doctor again")

// Run prints one line for each thing looked at.
func (c *doctorCmd) Run(s *session) error {
	sick := false
	for _, d := range app.Diagnose(s.ctx, c.Config) {
		mark := "✓"
		if d.Fix != "" {
			mark = "✗"
			if d.Warns {
				mark = "!"
			} else {
				sick = true
			}
		}
		_, _ = fmt.Fprintf(s.out, "%s %s: %s\n", mark, d.About, d.Found)
		if d.Fix != "" {
			_, _ = fmt.Fprintf(s.out, "    %s\n", d.Fix)
		}
	}
	if sick {
		return errSick
	}
	return nil
}
