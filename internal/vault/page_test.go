package vault

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The known answers on the page are those of the test data.
func TestPage_vectors(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/reference/vault.md")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	all := regexp.MustCompile("`([0-9a-f]{16,})`").FindAllStringSubmatch(string(page), -1)
	if len(all) < 12 {
		t.Fatalf("only %d values on the page", len(all))
	}
	for _, m := range all {
		if !strings.Contains(string(data), `"`+m[1]+`"`) {
			t.Errorf("%s is no known answer", m[1])
		}
	}
}
