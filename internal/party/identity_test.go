package party_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"recourse/internal/party"
	"recourse/internal/when"
)

// vector is one published example of the matching rules.
type vector struct {
	Why       string `json:"why"`
	IDType    string `json:"id_type"`
	IDNumber  string `json:"id_number"`
	Name      string `json:"name"`
	BirthDate string `json:"birth_date"`
	Today     string `json:"today"`
	Want      *struct {
		Number     string `json:"number"`
		Birth      string `json:"birth"`
		Name       string `json:"name"`
		NameKey    string `json:"name_key"`
		TokenInput string `json:"token_input"`
	} `json:"want"`
	Faults []string `json:"faults"`
}

func vectors(t testing.TB) []vector {
	t.Helper()
	b, err := os.ReadFile("testdata/identity.json")
	if err != nil {
		t.Fatal(err)
	}
	var out []vector
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestParseIdentity_vectors(t *testing.T) {
	t.Parallel()
	all := vectors(t)
	if len(all) < 50 {
		t.Fatalf("only %d vectors", len(all))
	}
	for _, v := range all {
		t.Run(v.Why, func(t *testing.T) {
			t.Parallel()
			today, err := when.Parse(v.Today)
			if err != nil {
				t.Fatal(err)
			}
			id, faults := party.ParseIdentity(v.IDType, v.IDNumber, v.Name, v.BirthDate, today)
			var codes []string
			for _, f := range faults {
				codes = append(codes, f.Code)
				if f.Field == "" || !strings.Contains(f.Text, "Nothing was kept.") {
					t.Errorf("fault without field or comfort: %+v", f)
				}
			}
			if diff := cmp.Diff(v.Faults, codes); diff != "" {
				t.Fatal(diff)
			}
			if v.Want == nil {
				return
			}
			got := []string{id.Type, id.Number, id.Birth.String(), id.Name, string(id.NameKey()), hex.EncodeToString(id.TokenInput())}
			want := []string{party.CNID, v.Want.Number, v.Want.Birth, v.Want.Name, v.Want.NameKey, v.Want.TokenInput}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
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

var today = when.Of(2026, time.November, 22)

// TestParseIdentity_oneWrongCharacter: whatever single character is misread, or
// whichever two neighbours are swapped, the number is refused.
func TestParseIdentity_oneWrongCharacter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := number(rt)
		if _, faults := party.ParseIdentity(party.CNID, n, "示例", "", today); faults != nil {
			rt.Fatalf("%s: %v", n, faults)
		}
		b := []byte(n)
		if i := rapid.IntRange(0, 17).Draw(rt, "place"); rapid.Bool().Draw(rt, "swap") {
			j := (i + 1) % 17
			i %= 17
			b[i], b[j] = b[j], b[i]
			if j != i+1 { // the ends are no neighbours
				return
			}
		} else {
			b[i] = rapid.SampledFrom([]byte("0123456789X")).Draw(rt, "other")
		}
		if string(b) == n {
			return
		}
		if _, faults := party.ParseIdentity(party.CNID, string(b), "示例", "", today); len(faults) != 1 {
			rt.Fatalf("%s passed for %s: %v", b, n, faults)
		}
	})
}

// TestParseIdentity_idempotent: a normalised identity is its own normal form,
// and spellings of one name have one key.
func TestParseIdentity_idempotent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.StringMatching(`[\p{Han}\p{Latin}\p{Greek}\p{Cyrillic}\p{Arabic}\x{FF21}-\x{FF5A}·•・ ．.'’\x{3000}-]{1,20}`).Draw(rt, "name")
		a, faults := party.ParseIdentity(party.CNID, number(rt), name, "", today)
		if faults != nil {
			return
		}
		b, faults := party.ParseIdentity(a.Type, a.Number, a.Name, a.Birth.String(), today)
		if faults != nil || a != b || string(a.NameKey()) != string(b.NameKey()) || string(a.TokenInput()) != string(b.TokenInput()) {
			rt.Fatalf("%q: %q then %q, %v", name, a.Name, b.Name, faults)
		}
		c, faults := party.ParseIdentity(a.Type, a.Number, string(a.NameKey()), "", today)
		if faults == nil && string(c.NameKey()) != string(a.NameKey()) {
			rt.Fatalf("%q: key %q, its key %q", name, a.NameKey(), c.NameKey())
		}
	})
}

// TestIdentity_doesNotPrint: no verb and no encoder shows a person.
func TestIdentity_doesNotPrint(t *testing.T) {
	t.Parallel()
	id, _ := party.ParseIdentity(party.CNID, "11010519491231002X", "示例乙", "", today)
	js, err := json.Marshal(map[string]any{"id": id, "list": []party.Identity{id}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{fmt.Sprint(id), fmt.Sprintf("%+v %#v %s %q %x %v", id, id, id, id, id, &id), string(js)} {
		if strings.Contains(s, "1949") || strings.Contains(s, "示例") || strings.Contains(s, "e7a4ba") {
			t.Errorf("printed %s", s)
		}
	}
}

func FuzzParseIdentity(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.IDType, v.IDNumber, v.Name, v.BirthDate)
	}
	f.Fuzz(func(t *testing.T, idType, number, name, birth string) {
		id, faults := party.ParseIdentity(idType, number, name, birth, today)
		if faults != nil {
			for _, e := range faults {
				if len(name) > 12 && strings.Contains(e.Text, name) || len(number) > 12 && strings.Contains(e.Text, number) {
					t.Errorf("a fault repeats what was sent: %s", e.Text)
				}
			}
			return
		}
		again, faults := party.ParseIdentity(id.Type, id.Number, id.Name, id.Birth.String(), today)
		if faults != nil || again != id || len(id.Number) != 18 || id.Birth > today || id.Name == "" || len(id.NameKey()) == 0 {
			t.Errorf("%q is %q then %q: %v", name, id.Name, again.Name, faults)
		}
	})
}

func BenchmarkParseIdentity(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		id, faults := party.ParseIdentity(party.CNID, "11010519491231002X", "示例乙", "", today)
		if faults != nil || len(id.NameKey()) == 0 {
			b.Fatal(faults)
		}
	}
}
