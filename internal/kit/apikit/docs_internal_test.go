package apikit

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"recourse/internal/fault"
)

const page = "../../../docs/reference/api.md"

func pageText(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestPage_hasStatusesOfTheirOwn compares the table of codes whose status their
// kind does not tell with the table in this package.
func TestPage_hasStatusesOfTheirOwn(t *testing.T) {
	t.Parallel()
	found := regexp.MustCompile("(?m)^\\| `(E-[A-Z-]+)` \\| ([0-9]{3}) \\|$").FindAllStringSubmatch(pageText(t), -1)
	for _, m := range found {
		f := &fault.Error{Kind: fault.TooMany, Code: m[1]} // a kind whose status no code has
		if got := strconv.Itoa(statusOf(f)); got != m[2] {
			t.Errorf("the page says %s of %s, calls answer %s", m[2], m[1], got)
		}
	}
	own := 0
	for _, f := range []*fault.Error{errNoRoute, errMethod, errQuery, errNoQuery, errKey, errMedia, errAccept, errTooLarge, errJSON, errField, errUnknown, errSlow, errLate} {
		if status, _ := kindOf(f.Kind); statusOf(f) != status {
			own++
		}
	}
	if len(found) != own {
		t.Errorf("the page has %d codes with a status of their own, this package has %d", len(found), own)
	}
}

var kinds = map[string]fault.Kind{"Internal": fault.Internal, "Invalid": fault.Invalid, "Unsigned": fault.Unsigned, "Forbidden": fault.Forbidden, "NotFound": fault.NotFound,
	"Conflict": fault.Conflict, "Refused": fault.Refused, "Unavailable": fault.Unavailable, "TooMany": fault.TooMany}

func TestPage_hasEveryKind(t *testing.T) {
	t.Parallel()
	text := pageText(t)
	for name, k := range kinds {
		status, title := kindOf(k)
		if !strings.Contains(text, fmt.Sprintf("\n| %s | %d | ", name, status)) || title == "" {
			t.Errorf("the page does not say that %s is %d", name, status)
		}
	}
	b, err := os.ReadFile("../../fault/fault.go") // the kinds themselves, from where they are made
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile(`(?s)const \(\n\tInternal.*?\n\)`).FindString(string(b))
	if n := strings.Count(block, "\n") - 1; n != len(kinds) {
		t.Errorf("fault has %d kinds, the table has %d", n, len(kinds))
	}
}
