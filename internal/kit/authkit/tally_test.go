package authkit_test

import (
	"errors"
	"testing"

	"recourse/internal/test/evidence"
)

// tally counts attempts that must be refused, and controls that must go through.
type tally struct{ tried, refused, controls int }

// take counts one: what came of it, and what is wanted; nil for a control.
func (n *tally) take(t *testing.T, name string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: %v, want %v", name, got, want)
	}
	switch {
	case want == nil:
		n.controls++
	case got != nil:
		n.refused++
		fallthrough
	default:
		n.tried++
	}
}

// keep holds the figures against the page of evidence.
func (n *tally) keep(t *testing.T, what string) {
	t.Helper()
	evidence.Keep(t, "sign-in.md", "sign-in", what, n.tried, n.refused, n.controls)
}
