package apikit

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"recourse/internal/fault"
)

const page = "../../../docs/reference/api.md"

// rows returns what the page says of each code: its status, or "" for findings.
func rows(t *testing.T) (text string, codes map[string]string) {
	t.Helper()
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	codes = map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(E-[A-Z-]+)` \\|(?: ([0-9]{3}) \\|)? .+ \\|$").FindAllStringSubmatch(string(b), -1) {
		if _, twice := codes[m[1]]; twice {
			t.Errorf("%s stands twice on the page", m[1])
		}
		codes[m[1]] = m[2]
	}
	if len(codes) < 50 {
		t.Fatalf("the page has %d codes", len(codes))
	}
	return string(b), codes
}

// TestPage_hasEveryCode reads the codes out of the sources of everything that a
// call can end in, and compares the statuses with the table in this package.
func TestPage_hasEveryCode(t *testing.T) {
	t.Parallel()
	_, codes := rows(t)
	found := map[string]bool{}
	for _, glob := range []string{"*.go", "../../fault/*.go", "../../inquiry/*.go", "../../inquiry/inquiryapi/*.go", "../../furnish/*.go", "../../furnish/furnishapi/*.go",
		"../../catalogue/*.go", "../../party/identity.go", "../../party/party.go"} {
		files, err := filepath.Glob(glob)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", glob, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`"(E-[A-Z-]+)"`).FindAllStringSubmatch(string(b), -1) {
				found[m[1]] = true
			}
			for _, m := range regexp.MustCompile(`fault\.Newf?\(fault\.(\w+),\s*"(E-[A-Z-]+)"`).FindAllStringSubmatch(string(b), -1) {
				want := statusOf(&fault.Error{Kind: kindNamed(t, m[1]), Code: m[2]})
				if got, there := codes[m[2]]; there && got != strconv.Itoa(want) {
					t.Errorf("the page says %q of %s, calls answer %d", got, m[2], want)
				}
			}
		}
	}
	delete(found, "E-SESSION") // of pages
	delete(found, "E-BIRTH-FORM")
	delete(found, "E-BIRTH-DIFFERS") // of forms: neither inquiries nor rows have a day of birth
	for code := range found {
		if _, there := codes[code]; !there {
			t.Errorf("%s does not explain %s", page, code)
		}
	}
	for code := range codes {
		outside := code == "E-DATABASE" || code == "E-CLOCK" || code == "E-ROOM" // said by adapters and the app
		if !found[code] && !outside {
			t.Errorf("%s explains %s, which nobody says", page, code)
		}
	}
}

var kinds = map[string]fault.Kind{"Internal": fault.Internal, "Invalid": fault.Invalid, "Unsigned": fault.Unsigned, "Forbidden": fault.Forbidden, "NotFound": fault.NotFound,
	"Conflict": fault.Conflict, "Refused": fault.Refused, "Unavailable": fault.Unavailable, "TooMany": fault.TooMany}

func kindNamed(t *testing.T, name string) fault.Kind {
	t.Helper()
	k, ok := kinds[name]
	if !ok {
		t.Fatalf("fault has a kind %s that this package does not know", name)
	}
	return k
}

func TestPage_hasEveryKind(t *testing.T) {
	t.Parallel()
	text, _ := rows(t)
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
