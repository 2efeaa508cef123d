package law_test

import (
	"testing"

	"recourse/internal/law"
	"recourse/internal/test/tables"
)

const published = "../../docs/reference/identity.md"

func TestCreditCode_vectors(t *testing.T) {
	t.Parallel()
	for _, r := range tables.Read(t, published, "Credit codes") {
		c, bad := law.ParseCreditCode(r["sent"])
		verdict := "sound"
		if bad != nil {
			verdict = bad.Code
		} else if c.Legacy {
			verdict = "legacy"
		}
		if verdict != r["verdict"] || c.Code != r["kept"] {
			t.Errorf("%s: %q is %s, want %q %s", r["why"], c.Code, verdict, r["kept"], r["verdict"])
		}
	}
}

// TestCreditCode_oneWrongCharacter: a misread character makes a code that does
// not have the check character of the standard.
func TestCreditCode_oneWrongCharacter(t *testing.T) {
	t.Parallel()
	for _, r := range tables.Read(t, published, "Credit codes") {
		if r["verdict"] != "sound" {
			continue
		}
		for i := range len(r["kept"]) {
			for _, c := range []byte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
				b := []byte(r["kept"])
				b[i] = c
				if got, bad := law.ParseCreditCode(string(b)); string(b) != r["kept"] && bad == nil && !got.Legacy {
					t.Errorf("%s passed for %s", b, r["kept"])
				}
			}
		}
	}
}

func FuzzCreditCode(f *testing.F) {
	for _, r := range tables.Read(f, published, "Credit codes") {
		f.Add(r["sent"])
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, bad := law.ParseCreditCode(s)
		if bad != nil {
			return
		}
		if again, bad := law.ParseCreditCode(c.Code); bad != nil || again != c {
			t.Errorf("%q is kept as %+v, then as %+v: %v", s, c, again, bad)
		}
	})
}
