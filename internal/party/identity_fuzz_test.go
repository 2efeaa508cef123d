package party_test

import (
	"strings"
	"testing"

	"recourse/internal/party"
	"recourse/internal/test/tables"
)

// fuzzNumber tries one scheme with what the published vectors grow into: a number
// is refused, or kept in a form that is its own normal form, whatever was sent.
func fuzzNumber(f *testing.F, code string) {
	for _, r := range tables.Read(f, published, "`"+code+"`") {
		f.Add(r["sent"], r["birth_date"])
	}
	f.Fuzz(func(t *testing.T, number, birth string) {
		id, faults := party.ParseIdentity(code, number, "示例", birth, today)
		if faults != nil {
			for _, e := range faults {
				if len(number) > 12 && strings.Contains(e.Text, number) {
					t.Errorf("a fault repeats what was sent: %s", e.Text)
				}
			}
			return
		}
		again, faults := party.ParseIdentity(id.Type, id.Number, id.Name, id.Birth.String(), today)
		if faults != nil || again != id || id.Birth > today || strings.Trim(id.Number, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+-") != "" {
			t.Errorf("%q is kept as %q, then as %q: %v", number, id.Number, again.Number, faults)
		}
	})
}

func FuzzNumberBENRN(f *testing.F)   { fuzzNumber(f, party.BENRN) }
func FuzzNumberCNID(f *testing.F)    { fuzzNumber(f, party.CNID) }
func FuzzNumberESDNI(f *testing.F)   { fuzzNumber(f, party.ESDNI) }
func FuzzNumberFIHetu(f *testing.F)  { fuzzNumber(f, party.FIHetu) }
func FuzzNumberITCF(f *testing.F)    { fuzzNumber(f, party.ITCF) }
func FuzzNumberPLPESEL(f *testing.F) { fuzzNumber(f, party.PLPESEL) }
func FuzzNumberSEPnr(f *testing.F)   { fuzzNumber(f, party.SEPnr) }

func FuzzName(f *testing.F) {
	for _, r := range tables.Read(f, published, "Names") {
		f.Add(r["sent"])
	}
	f.Fuzz(func(t *testing.T, name string) {
		id, faults := party.ParseIdentity(party.CNID, plainNumber, name, "", today)
		if faults != nil {
			if len(name) > 12 && strings.Contains(faults[0].Text, name) {
				t.Errorf("a fault repeats what was sent: %s", faults[0].Text)
			}
			return
		}
		again, faults := party.ParseIdentity(id.Type, id.Number, id.Name, "", today)
		if faults != nil || again != id || id.Name == "" || len(id.NameKey()) == 0 {
			t.Errorf("%q is %q then %q: %v", name, id.Name, again.Name, faults)
		}
	})
}
