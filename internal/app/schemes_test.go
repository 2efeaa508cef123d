package app

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/law"
	"recourse/internal/party"
)

// TestSchemes: packs may name just those checks of identifiers that are there.
func TestSchemes(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(party.Schemes(), law.Schemes()); diff != "" {
		t.Error(diff)
	}
}
