package lawfile

import (
	"fmt"
	"strings"
)

// Fault is one reason why a pack is refused, where it stands, and the remedy.
type Fault struct {
	File string // inside the pack
	Line int    // from 1; 1 where the whole file is meant
	Rule string // of the rules of due process, e.g. "A2", or of the pack grammar, e.g. "form"
	Text string
	Fix  string
}

// String writes the fault on one line: file, line, rule, what, remedy.
func (f Fault) String() string {
	return fmt.Sprintf("%s:%d: [%s] %s %s", f.File, f.Line, f.Rule, f.Text, f.Fix)
}

// Faults are all reasons why a pack is refused, in order of file and line.
type Faults []Fault

// Error writes each fault on its own line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = one.String()
	}
	return "the pack is refused; nothing was loaded:\n" + strings.Join(lines, "\n")
}
