package party_test

import (
	"testing"

	"recourse/internal/party"
	"recourse/internal/when"
)

func TestSynthetic(t *testing.T) {
	t.Parallel()
	today := when.Of(2026, 1, 1)
	seen := map[string]bool{}
	for n := range 40000 {
		number, birth, ok := party.Synthetic(party.CNID, n)
		if !ok || seen[number] {
			t.Fatalf("identifier %d is missing or came before", n)
		}
		seen[number] = true
		id, faults := party.ParseIdentity(party.CNID, number, "示例", birth.String(), today)
		if len(faults) > 0 {
			t.Fatalf("identifier %d: %v", n, faults)
		}
		if id.Number[:6] != "999999" {
			t.Fatalf("identifier %d could be somebody's", n)
		}
	}
	if _, _, ok := party.Synthetic("no such kind", 0); ok {
		t.Error("an unknown kind has identifiers")
	}
}
