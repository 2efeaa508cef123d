package evidence

import (
	"strings"
	"testing"
)

const page = "# Figures\n\n<!-- a -->\n| what | tried | done |\n|---|---|---|\n| doors | 1,200 | 0 |\n<!-- /a -->\n<!-- b -->\n| doors | 3 |\n<!-- /b -->\n"

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, part, what string
		figures          []int
		want             string
	}{
		{"the same", "a", "doors", []int{1200, 0}, ""},
		{"grown", "a", "doors", []int{1500, 0}, ""},
		{"far grown", "a", "doors", []int{2401, 0}, "says 1200, the test counts 2401"},
		{"shrunk", "a", "doors", []int{599, 0}, "counts 599"},
		{"no longer zero", "a", "doors", []int{1200, 1}, "says 0, the test counts 1"},
		{"zero now", "b", "doors", []int{0}, "says 3, the test counts 0"},
		{"no such row", "a", "windows", []int{1, 0}, `no row "windows"`},
		{"another part", "b", "doors", []int{3}, ""},
		{"no such part", "c", "doors", []int{3}, "no part"},
		{"another count of figures", "a", "doors", []int{1200}, "has 2 figures"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := compare(page, c.part, c.what, c.figures)
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestReplaced(t *testing.T) {
	t.Parallel()
	next, err := replaced(page, "a", "doors", []int{12345678, 0})
	if err != nil || !strings.Contains(next, "| doors | 12,345,678 | 0 |\n<!-- /a -->") || !strings.Contains(next, "| doors | 3 |") {
		t.Errorf("%v\n%s", err, next)
	}
	next, err = replaced(next, "b", "windows", []int{7})
	if err != nil || !strings.Contains(next, "| doors | 3 |\n| windows | 7 |\n<!-- /b -->") {
		t.Errorf("%v\n%s", err, next)
	}
}
