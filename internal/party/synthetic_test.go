package party_test

import (
	"regexp"
	"testing"

	"recourse/internal/party"
	"recourse/internal/when"
)

func TestSynthetic(t *testing.T) {
	t.Parallel()
	for code, nobodys := range map[string]string{
		party.CNID:   `^999999`,
		party.FIHetu: `^.{7}9`,
		party.BENRN:  `^.{6}999`,
	} {
		seen := map[string]bool{}
		form := regexp.MustCompile(nobodys)
		for n := range 18000 {
			number, birth, ok := party.Synthetic(code, n)
			if !ok || seen[number] {
				t.Fatalf("identifier %d of %s is missing or came before", n, code)
			}
			seen[number] = true
			id, faults := party.ParseIdentity(code, number, "示例", birth.String(), when.Of(2026, 1, 1))
			if len(faults) > 0 || id.Number != number {
				t.Fatalf("identifier %d of %s: %v", n, code, faults)
			}
			if !form.MatchString(number) {
				t.Fatalf("identifier %d of %s could be somebody's", n, code)
			}
		}
		for _, n := range []int{-1, 1 << 30} {
			if _, _, ok := party.Synthetic(code, n); ok {
				t.Errorf("%s has identifier %d", code, n)
			}
		}
	}
	for _, code := range []string{"no such kind", party.ESDNI} {
		if _, _, ok := party.Synthetic(code, 0); ok {
			t.Errorf("%s has identifiers", code)
		}
	}
}
