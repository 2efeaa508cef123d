package scheme_test

import (
	"testing"

	"recourse/internal/scheme"
	"recourse/internal/test/tables"
)

func TestCreditCode_vectors(t *testing.T) {
	t.Parallel()
	for _, r := range tables.Read(t, published, "Credit codes") {
		c, ok := scheme.ParseCreditCode(r["sent"])
		verdict := "sound"
		if !ok {
			verdict = "refused"
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
				if got, ok := scheme.ParseCreditCode(string(b)); string(b) != r["kept"] && ok && !got.Legacy {
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
		c, ok := scheme.ParseCreditCode(s)
		if !ok {
			return
		}
		if again, ok := scheme.ParseCreditCode(c.Code); !ok || again != c {
			t.Errorf("%q is kept as %+v, then as %+v", s, c, again)
		}
	})
}
