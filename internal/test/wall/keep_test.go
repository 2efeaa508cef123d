package wall_test

import (
	"testing"

	"recourse/internal/test/evidence"
)

// figures counts attempts, and controls that showed that an attempt could have
// been seen to succeed.
type figures struct{ attempts, controls int }

// keep holds the figures of a test in docs/evidence/wall.md: how often it was
// tried, how often it succeeded (a test that counts one has failed), and how
// many controls there were.
func keep(t *testing.T, what string, n figures) {
	t.Helper()
	evidence.Keep(t, "wall.md", "wall", what, n.attempts, 0, n.controls)
}

// keepRace holds the figures of a race.
func keepRace(t *testing.T, what string, rounds, as int) {
	t.Helper()
	evidence.Keep(t, "wall.md", "gate", what, rounds, as)
}
