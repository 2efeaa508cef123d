package party_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"recourse/internal/party"
	"recourse/internal/scheme"
	"recourse/internal/test/tables"
	"recourse/internal/when"
)

// published is the page that holds the vectors.
const published = "../../docs/reference/identity.md"

// plainNumber is a made-up number that is right.
const plainNumber = "999999198504040124"

var today = when.Of(2026, time.November, 22)

func TestParseIdentity_names(t *testing.T) {
	t.Parallel()
	rows := tables.Read(t, published, "Names")
	if len(rows) < 55 {
		t.Fatalf("only %d vectors", len(rows))
	}
	for _, r := range rows {
		t.Run(r["why"], func(t *testing.T) {
			t.Parallel()
			id, faults := party.ParseIdentity(scheme.CNID, plainNumber, r["sent"], "", today)
			switch {
			case r["fault"] != "":
				if len(faults) != 1 || faults[0].Code != r["fault"] || faults[0].Field != "name" {
					t.Errorf("%v, want %s", faults, r["fault"])
				}
			case len(faults) > 0 || id.Name != r["kept"] || string(id.NameKey()) != r["compared as"]:
				t.Errorf("%q compared as %q, want %q and %q: %v", id.Name, id.NameKey(), r["kept"], r["compared as"], faults)
			}
		})
	}
	if _, faults := party.ParseIdentity(scheme.CNID, plainNumber, strings.Repeat("示", 101), "", today); len(faults) != 1 || faults[0].Code != "E-NAME-LONG" {
		t.Errorf("long name: %v", faults)
	}
}

// TestParseIdentity_allFaults: type, number and name are each looked at.
func TestParseIdentity_allFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ typ, number, want string }{
		{"xx-id", "1", "E-ID-TYPE E-NAME-MISSING"},
		{scheme.CNID, "999999198504040121", "E-ID-CHECK E-NAME-MISSING"},
		{scheme.ESDNI, "99999999R", "E-BIRTH-MISSING E-NAME-MISSING"},
	} {
		_, faults := party.ParseIdentity(c.typ, c.number, "", "", today)
		var codes []string
		for _, f := range faults {
			codes = append(codes, f.Code)
		}
		if strings.Join(codes, " ") != c.want {
			t.Errorf("%s %s: %v, want %s", c.typ, c.number, codes, c.want)
		}
	}
}

func TestTokenInput_vectors(t *testing.T) {
	t.Parallel()
	for _, r := range tables.Read(t, published, "Tokens") {
		id, faults := party.ParseIdentity(r["id_type"], r["number"], "示例", "", today)
		if len(faults) > 0 || hex.EncodeToString(id.TokenInput()) != r["bytes"] {
			t.Errorf("%s: %x %v", r["number"], id.TokenInput(), faults)
		}
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

// TestParseIdentity_idempotent: a normalised identity is its own normal form,
// and spellings of one name have one key.
func TestParseIdentity_idempotent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.StringMatching(`[\p{Han}\p{Latin}\p{Greek}\p{Cyrillic}\p{Arabic}\x{FF21}-\x{FF5A}·•・ ．.'’\x{3000}-]{1,20}`).Draw(rt, "name")
		a, faults := party.ParseIdentity(scheme.CNID, number(rt), name, "", today)
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
	id, _ := party.ParseIdentity(scheme.CNID, "11010519491231002X", "示例乙", "", today)
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

func BenchmarkParseIdentity(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		id, faults := party.ParseIdentity(scheme.CNID, "11010519491231002X", "示例乙", "", today)
		if faults != nil || len(id.NameKey()) == 0 {
			b.Fatal(faults)
		}
	}
}

func FuzzName(f *testing.F) {
	for _, r := range tables.Read(f, published, "Names") {
		f.Add(r["sent"])
	}
	f.Fuzz(func(t *testing.T, name string) {
		id, faults := party.ParseIdentity(scheme.CNID, plainNumber, name, "", today)
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
