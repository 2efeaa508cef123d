package scheme_test

import (
	"strings"
	"testing"

	"recourse/internal/scheme"
	"recourse/internal/test/tables"
)

// fuzzNumber tries one scheme with what the published vectors grow into: a number
// is refused, or kept in a form that is its own normal form, whatever was sent.
func fuzzNumber(f *testing.F, code string) {
	for _, r := range tables.Read(f, published, "`"+code+"`") {
		f.Add(r["sent"], r["birth_date"])
	}
	f.Fuzz(func(t *testing.T, number, birth string) {
		kept, born, faults := scheme.Parse(code, number, birth, today)
		if faults != nil {
			for _, e := range faults {
				if len(number) > 12 && strings.Contains(e.Text, number) {
					t.Errorf("a fault repeats what was sent: %s", e.Text)
				}
			}
			return
		}
		again, same, faults := scheme.Parse(code, kept, born.String(), today)
		if faults != nil || again != kept || same != born || born > today || strings.Trim(kept, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+-") != "" {
			t.Errorf("%q is kept as %q, then as %q: %v", number, kept, again, faults)
		}
	})
}

func FuzzNumberBENRN(f *testing.F)   { fuzzNumber(f, scheme.BENRN) }
func FuzzNumberCNID(f *testing.F)    { fuzzNumber(f, scheme.CNID) }
func FuzzNumberESDNI(f *testing.F)   { fuzzNumber(f, scheme.ESDNI) }
func FuzzNumberFIHetu(f *testing.F)  { fuzzNumber(f, scheme.FIHetu) }
func FuzzNumberITCF(f *testing.F)    { fuzzNumber(f, scheme.ITCF) }
func FuzzNumberPLPESEL(f *testing.F) { fuzzNumber(f, scheme.PLPESEL) }
func FuzzNumberSEPnr(f *testing.F)   { fuzzNumber(f, scheme.SEPnr) }
