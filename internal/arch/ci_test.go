package arch

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestCI runs .ci/run with a made-up make: it must fail when a step fails, say
// how long each took, and end with the lines of the test runner.
func TestCI(t *testing.T) {
	t.Parallel()
	const passed, failed = "ok  \trecourse/internal/ref\t0.1s", "FAIL\trecourse/internal/ref\t0.1s"
	for _, c := range []struct {
		name       string
		lint, test string // what the steps do
		code       int
		last       string
	}{
		{"all well", "true", "echo talk; printf '" + passed + "\\n'", 0, passed},
		{"lint fails", "false", "printf '" + passed + "\\n'", 1, passed},
		{"tests fail", "true", "printf '" + failed + "\\nmake: Error 1\\n'; exit 2", 1, failed},
		{"no test ran", "true", "true", 1, "no test ran"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t) // lacks nothing, so nothing is installed
			m.program("make", fmt.Sprintf("case ${!#} in lint) %s;; test) %s;; esac", c.lint, c.test))
			run := exec.Command("/bin/bash", ".ci/run")
			run.Dir = root
			run.Env = append(os.Environ(), "PATH="+m.bin+":"+os.Getenv("PATH"), "PREREQUISITES_ROOT="+m.root)
			out, _ := run.CombinedOutput() // the exit code is looked at below
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			if code := run.ProcessState.ExitCode(); code != c.code {
				t.Errorf("exit %d, want %d:\n%s", code, c.code, out)
			}
			if last := lines[len(lines)-1]; last != c.last {
				t.Errorf("the last line is %q, want %q", last, c.last)
			}
			for _, step := range []string{"machine", "tools", "lint", "test", "total"} {
				if !strings.Contains(string(out), "\n"+step+" ") {
					t.Errorf("the time budget has no line for %s:\n%s", step, out)
				}
			}
		})
	}
}
