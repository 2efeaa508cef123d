package lawfile_test

import (
	"io/fs"
	"strings"
	"testing"

	"recourse/internal/law"
	"recourse/internal/law/lawfile"
)

// TestDeadlineCases runs the cases of every deadline of the shipped packs, counted by
// another program, and sees that each case can fail, and that none can be left out
// whose deadline, rule or lever no other case tries.
func TestDeadlineCases(t *testing.T) {
	t.Parallel()
	for code, sub := range shipped(t) {
		p, err := lawfile.Load(sub)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := fs.ReadFile(sub, law.DeadlineCases)
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		for _, f := range p.TryDeadlines(text) {
			t.Errorf("%s: %s:%d: %s", code, law.DeadlineCases, f.Line, f.Text)
		}
		tried := map[string]int{}
		for line := range strings.Lines(text) {
			w := strings.Fields(line)
			if len(w) < 3 || !strings.Contains(w[0], "-") || w[0] == "--" {
				continue
			}
			tried[w[0]]++
			was := w[2]
			w[2] = strings.Replace(was, was[:4], "2001", 1)
			if faults := p.TryDeadlines(strings.Replace(text, line, strings.Join(w, " ")+"\n", 1)); len(faults) == 0 || faults[0].Line < 4 || faults[0].Fix == "" {
				t.Errorf("%s: the case %q cannot fail: %+v", code, line, faults)
			}
		}
		for kind := range tried {
			var rest strings.Builder
			for line := range strings.Lines(text) {
				if !strings.HasPrefix(line, kind+" ") {
					rest.WriteString(line)
				}
			}
			if faults := p.TryDeadlines(rest.String()); len(faults) == 0 || !strings.Contains(faults[0].Text, kind) || faults[0].Line < 1 {
				t.Errorf("%s: %s is without a case, and is not missed: %+v", code, kind, faults)
			}
		}
		if n := len(p.TryDeadlines("")); len(tried) < 14 || n < 14 {
			t.Errorf("%s: %d deadlines are tried; without cases there are %d faults", code, len(tried), n)
		}
	}
}

// What is no case is refused, with what to write instead.
func TestDeadlineCases_malformed(t *testing.T) {
	t.Parallel()
	p, err := lawfile.Load(shipped(t)["cn-hubei"])
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"-- end.txt --\nservice-period 2026-01-31\n":                                    "3 words",
		"-- end.txt --\nservice-period 2026-01-31 soon\n":                               "two days",
		"-- end.txt --\nserved 2026-01-31 2026-02-01\n":                                 "no deadline",
		"-- end.txt --\nreview-decision 2026-01-31 2026-02-01\n":                        "no deadline",
		"-- end.txt --\ncontest-answer 2031-01-31 2031-02-01\n":                         "no calendar of the year 2031",
		"-- clock.txt --\ncontest-answer 2026-01-31 2026-02-01\n":                       "no clock",
		"-- clock.txt --\ncontest-decision 2031-01-31 2031-02-10\n":                     "not published",
		"-- clock.txt --\ncontest-decision 2026-03-02 2026-03-16 rests=3\n":             "no lever",
		"-- clock.txt --\ncontest-decision 2026-03-02 2026-03-16 extended\n":            "cannot be extended",
		"-- clock.txt --\ncontest-decision 2026-03-02 2026-03-30 waits=6\n":             "can wait for 5 days",
		"-- clock.txt --\ncontest-decision 2026-03-02 2026-03-16 waits=1 waits=1 x=1\n": "5 at most",
		"-- undo.txt --\nconsent-undo 2026-02-28 2026-02-28\n":                          "HH:MM",
		"-- undo.txt --\nservice-period 2026-02-28T10:00 2026-02-28T10:10\n":            "in minutes",
	} {
		if f := p.TryDeadlines(text)[0]; f.Line != 2 || !strings.Contains(f.Text, want) || f.Fix == "" {
			t.Errorf("%q: line %d, %s %s", text, f.Line, f.Text, f.Fix)
		}
	}
}
