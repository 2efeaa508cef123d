package scheme_test

import (
	"regexp"
	"testing"

	"recourse/internal/scheme"
	"recourse/internal/when"
)

func TestSynthetic(t *testing.T) {
	t.Parallel()
	for code, nobodys := range map[string]string{
		scheme.CNID:   `^999999`,
		scheme.FIHetu: `^.{7}9`,
		scheme.BENRN:  `^.{6}999`,
		scheme.USSSN:  `^666`,
	} {
		seen := map[string]bool{}
		form := regexp.MustCompile(nobodys)
		for n := range 18000 {
			number, birth, ok := scheme.Synthetic(code, n)
			if !ok || seen[number] {
				t.Fatalf("identifier %d of %s is missing or came before", n, code)
			}
			seen[number] = true
			kept, _, faults := scheme.Parse(code, number, birth.String(), when.Of(2026, 1, 1))
			if len(faults) > 0 || kept != number {
				t.Fatalf("identifier %d of %s: %v", n, code, faults)
			}
			if !form.MatchString(number) {
				t.Fatalf("identifier %d of %s could be somebody's", n, code)
			}
		}
		for _, n := range []int{-1, 1 << 30} {
			if _, _, ok := scheme.Synthetic(code, n); ok {
				t.Errorf("%s has identifier %d", code, n)
			}
		}
	}
	for _, code := range []string{"no such kind", scheme.ESDNI} {
		if _, _, ok := scheme.Synthetic(code, 0); ok {
			t.Errorf("%s has identifiers", code)
		}
	}
}

func TestSample(t *testing.T) {
	t.Parallel()
	code, number := scheme.Sample()
	if kept, _, faults := scheme.Parse(code, number, "", when.Of(2026, 1, 1)); len(faults) > 0 || kept != number || number[:6] != "999999" {
		t.Errorf("%s: %v", number, faults)
	}
}
