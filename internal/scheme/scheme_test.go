package scheme_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"recourse/internal/scheme"
	"recourse/internal/test/tables"
	"recourse/internal/when"
)

// published is the page that holds the vectors.
const published = "../../docs/reference/identity.md"

var today = when.Of(2026, time.November, 22)

func TestParse_vectors(t *testing.T) {
	t.Parallel()
	for _, code := range scheme.Codes() {
		rows := tables.Read(t, published, "`"+code+"`")
		if len(rows) < 12 {
			t.Errorf("%s has only %d vectors", code, len(rows))
		}
		for _, r := range rows {
			t.Run(code+" "+r["why"], func(t *testing.T) {
				t.Parallel()
				kept, born, faults := scheme.Parse(code, r["sent"], r["birth_date"], today)
				var found []string
				for _, f := range faults {
					found = append(found, f.Code)
					if f.Field == "" || !strings.Contains(f.Text, "Nothing was kept.") {
						t.Errorf("fault without field or comfort: %+v", f)
					}
				}
				got, want := []string{strings.Join(found, " ")}, []string{r["fault"]}
				if len(faults) == 0 {
					got, want = append(got, kept, born.String()), append(want, r["kept"], r["born"])
				}
				if !slices.Equal(got, want) {
					t.Errorf("%q, want %q", got, want)
				}
			})
		}
	}
}

// sound returns the kept numbers of the published vectors, by scheme.
func sound(t testing.TB) map[string][]tables.Row {
	out := map[string][]tables.Row{}
	for _, code := range scheme.Codes() {
		for _, r := range tables.Read(t, published, "`"+code+"`") {
			if r["fault"] == "" {
				out[code] = append(out[code], r)
			}
		}
	}
	return out
}

// TestParse_oneWrongCharacter: whatever single character of a published
// number is misread, the number is refused, where its standard can tell.
func TestParse_oneWrongCharacter(t *testing.T) {
	t.Parallel()
	tried := 0
	for code, rows := range sound(t) {
		for _, r := range rows {
			for i := range len(r["kept"]) {
				for _, c := range []byte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+-") {
					b := []byte(r["kept"])
					if b[i] == c {
						continue
					}
					b[i] = c
					tried++
					_, _, faults := scheme.Parse(code, string(b), r["born"], today)
					if len(faults) == 0 && !uncaught(code, i) {
						t.Errorf("%s passed for %s of %s", b, r["kept"], code)
					}
				}
			}
		}
	}
	if tried < 25_000 {
		t.Errorf("only %d tried", tried)
	}
}

// uncaught reports where a standard catches no misreading: other signs of one
// century in a Finnish code, the X, Y or Z of a foreigner in Spain, which counts as
// 0, 1 or 2, and a Social Security number, which has no check character.
func uncaught(code string, place int) bool {
	return code == scheme.FIHetu && place == 6 || code == scheme.ESDNI && place == 0 || code == scheme.USSSN
}

// number draws a valid number of GB 11643 with the area that is not assigned.
// It computes the check character by the weights of the standard, not by the
// recurrence of the code under test.
func number(t *rapid.T) string {
	birth := when.Of(1900, time.January, 1).AddDays(rapid.IntRange(0, 46_000).Draw(t, "born"))
	s := "999999" + strings.ReplaceAll(birth.String(), "-", "") + fmt.Sprintf("%03d", rapid.IntRange(0, 999).Draw(t, "order"))
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * w
	}
	return s + string("10X98765432"[sum%11])
}

// TestParse_swapped: whichever two neighbours of a number of GB 11643 are
// swapped, it is refused.
func TestParse_swapped(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := number(rt)
		if _, _, faults := scheme.Parse(scheme.CNID, n, "", today); faults != nil {
			rt.Fatalf("%s: %v", n, faults)
		}
		b, i := []byte(n), rapid.IntRange(0, 16).Draw(rt, "place")
		b[i], b[i+1] = b[i+1], b[i]
		if string(b) == n {
			return
		}
		if _, _, faults := scheme.Parse(scheme.CNID, string(b), "", today); len(faults) != 1 {
			rt.Fatalf("%s passed for %s: %v", b, n, faults)
		}
	})
}
