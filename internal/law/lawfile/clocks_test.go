package lawfile_test

import (
	"os"
	"strings"
	"testing"

	"recourse/internal/law/lawfile"
	"recourse/internal/when"
)

// TestClocks_golden follows each line of testdata/clocks.txt over the calendars
// that the packs ship.
func TestClocks_golden(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/clocks.txt")
	if err != nil {
		t.Fatal(err)
	}
	followed, early := 0, 0
	for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		w := strings.Fields(line)
		if w[0] == "#" {
			continue
		}
		p, err := lawfile.Load(shipped(t)[w[0]])
		if err != nil {
			t.Fatal(err)
		}
		start, err := when.Parse(w[2])
		if err != nil {
			t.Fatal(err)
		}
		c, err := p.StartClock(w[1], start)
		if err != nil || c.Due.String() != w[3] || c.Whole != (len(w) == 4) {
			t.Errorf("line %d: %s: due %s, whole %v, %v", i+1, line, c.Due, c.Whole, err)
		}
		followed++
		if !c.Whole {
			early++
		}
	}
	if followed < 20 || early < 2 {
		t.Errorf("%d lines were followed, %d of them over a year that is not published", followed, early)
	}
}
