package lawfile_test

import (
	"testing"

	"recourse/internal/law"
	"recourse/internal/law/lawfile"
)

// TestSupervisorOf: of every pack and every body, a supervisor is named that neither is
// the body nor runs the registry; the nearest above it where there is one. The only
// supervisor of a pack has none.
func TestSupervisorOf(t *testing.T) {
	t.Parallel()
	for code, sub := range shipped(t) {
		p, err := lawfile.Load(sub)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range p.Bodies() {
			first, beyond := p.SupervisorOf(b.Code)
			if first == "" && b.May(law.Supervisor) {
				continue // the only one: nobody is over it, and a look of its own cannot be questioned here
			}
			for _, s := range []string{first, beyond} {
				of, ok := p.Body(s)
				if !ok || !of.May(law.Supervisor) || s == b.Code || s == p.Operator {
					t.Errorf("%s: %s is supervised by %q, then %q", code, b.Code, first, beyond)
				}
			}
			if up, ok := p.Body(b.Under); ok && up.May(law.Supervisor) && up.Code != p.Operator && first != up.Code {
				t.Errorf("%s: %s is under %s and supervised by %s", code, b.Code, up.Code, first)
			}
		}
	}
}
