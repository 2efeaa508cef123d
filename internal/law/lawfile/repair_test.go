package lawfile_test

import (
	"io/fs"
	"strings"
	"testing"

	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/internal/when"
)

// TestRepairCases runs the cases of every route and relief of the shipped packs, and
// sees that each case can fail.
func TestRepairCases(t *testing.T) {
	t.Parallel()
	kinds := map[string]map[law.RouteKind]bool{}
	for code, sub := range shipped(t) {
		p, err := lawfile.Load(sub)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Routes()) == 0 {
			continue
		}
		text, err := fs.ReadFile(sub, law.RepairCases)
		if err != nil {
			t.Fatal(err)
		}
		on := when.Of(2026, 11, 1)
		for _, f := range p.TryRepair(string(text), on) {
			t.Errorf("%s: %s:%d: %s", code, law.RepairCases, f.Line, f.Text)
		}
		lines := strings.Split(string(text), "\n")
		for i, line := range lines {
			w := strings.Fields(line)
			if len(w) < 3 || i < 2 || strings.HasPrefix(line, "--") {
				continue
			}
			other := append([]string(nil), lines...)
			switch last := w[len(w)-1]; last {
			case "yes":
				w[len(w)-1] = "no"
			case "no":
				w[len(w)-1] = "yes"
			default:
				w[len(w)-1] = "2001-01-01"
			}
			other[i] = strings.Join(w, " ")
			if len(p.TryRepair(strings.Join(other, "\n"), on)) == 0 {
				t.Errorf("%s: the case %q cannot fail", code, line)
			}
		}
		kinds[code] = map[law.RouteKind]bool{}
		for _, r := range p.Routes() {
			kinds[code][r.Kind] = true
		}
		if faults := p.TryRepair("", on); len(faults) < len(p.Routes()) {
			t.Errorf("%s: without cases there are %d faults", code, len(faults))
		}
	}
	for _, code := range []string{"cn-hubei", "eu-gdpr"} {
		if len(kinds[code]) != 4 {
			t.Errorf("%s has routes of the kinds %v", code, kinds[code])
		}
	}
}
