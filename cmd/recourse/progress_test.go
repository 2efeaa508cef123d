package main

import (
	"bytes"
	"strings"
	"testing"

	"recourse/internal/app"
)

func TestProgress_linesAndBar(t *testing.T) {
	t.Parallel()
	for _, bar := range []bool{false, true} {
		var out bytes.Buffer
		p := &progress{out: &out, bar: bar, last: -1}
		for i := range 700 {
			p.step(app.Step{Text: strings.Repeat("a letter was opened ", 5), Done: i + 1, Of: 700})
		}
		got := out.String()
		lines := strings.Count(got, "\n")
		if !strings.Contains(got, "100 %") || !bar && lines != 21 || bar && lines != 1 {
			t.Errorf("bar %v: %d lines\n%.300s", bar, lines, got)
		}
		for _, part := range strings.Split(got, "\r") {
			if bar && len([]rune(part)) > 90 {
				t.Errorf("a bar of %d characters: %q", len([]rune(part)), part)
			}
		}
	}
}
