package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"recourse/internal/app"
)

// progress tells how far the demo is: a bar that is drawn anew on a terminal, a
// line for each twentieth elsewhere and where ACCESSIBLE is set.
type progress struct {
	out  io.Writer
	bar  bool
	last int // the last twentieth that was told
}

const barWidth = 30

func newProgress(s *session) *progress {
	p := &progress{out: s.talk, last: -1}
	if f, ok := s.talk.(*os.File); ok && s.getenv("ACCESSIBLE") == "" && s.getenv("TERM") != "dumb" {
		info, err := f.Stat()
		p.bar = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

// step tells of a step.
func (p *progress) step(s app.Step) {
	if p.bar {
		full := barWidth * s.Done / s.Of
		_, _ = fmt.Fprintf(p.out, "\r\x1b[K  [%s%s] %3d %%  %s", strings.Repeat("█", full), strings.Repeat("░", barWidth-full), 100*s.Done/s.Of, short(s.Text))
		if s.Done == s.Of {
			_, _ = fmt.Fprintln(p.out)
		}
		return
	}
	if twentieth := 20 * s.Done / s.Of; twentieth > p.last {
		p.last = twentieth
		_, _ = fmt.Fprintf(p.out, "  %3d %%  %s\n", 100*s.Done/s.Of, s.Text)
	}
}

// short cuts a text so that the bar stays on one line.
func short(text string) string {
	const most = 40
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}
