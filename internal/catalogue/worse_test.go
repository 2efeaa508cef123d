package catalogue_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"recourse/internal/catalogue"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// weighed is a type in which a change of each kind of field can weigh.
func weighed(t testing.TB) *catalogue.Type {
	t.Helper()
	return compiled(t, func(s *catalogue.Type) {
		s.Fields = append(s.Fields,
			catalogue.Field{Name: "pay_by", Kind: catalogue.Date, Labels: both("期限", "Pay by")},
			catalogue.Field{Name: "runs_from", Kind: catalogue.Date, Labels: both("起算", "Runs from")},
			catalogue.Field{Name: "seen_on", Kind: catalogue.Date, Labels: both("日期", "Seen on")})
		s.Worse = []catalogue.Worse{{Field: "pay_by", When: catalogue.Later}, {Field: "runs_from", When: catalogue.Earlier}, {Field: "place", When: catalogue.Changed}}
	})
}

// entry reads a row, and says until when it lasts.
func entry(t testing.TB, typ *catalogue.Type, row map[string]string, end when.Date) catalogue.Entry {
	t.Helper()
	e, found := typ.Check(row)
	if found != nil {
		t.Fatal(found)
	}
	if end != 0 {
		e.End = &end
	}
	return e
}

// worse says whether one entry after another is to be told anew.
func worse(typ *catalogue.Type, old, now catalogue.Entry) bool {
	key := seal.Key{7}
	return seal.Worse(key, seal.Weigh(key, typ.Load(old)), typ.Load(now))
}

func TestLoad(t *testing.T) {
	t.Parallel()
	typ := weighed(t)
	const end = when.Date(20_000)
	row := good()
	maps.Copy(row, map[string]string{"pay_by": "2026-05-01", "runs_from": "2026-04-01", "seen_on": "2026-03-01"})
	for _, c := range []struct {
		set  string // field=value
		end  when.Date
		want bool
	}{
		{"amount=500.00 CNY", end, false},
		{"amount=499.99 CNY", end, false},
		{"amount=", end, false},
		{"amount=500.01 CNY", end, true},
		{"amount=5000 CNY", end, true},
		{"amount=1 JPY", end, true}, // another debt
		{"measure=warning", end, true},
		{"measure=", end, true},
		{"reason=示例，另一个。", end, true},
		{"decision_number=武市监示例罚[2026]1号", end, false}, // other brackets, the same decision
		{"decision_number=武市监示例罚〔2026〕2号", end, true},
		{"decided_on=2026-03-11", end, true},
		{"pay_by=2026-04-30", end, false},
		{"pay_by=2026-05-02", end, true},
		{"pay_by=", end, true}, // not provably better
		{"runs_from=2026-04-02", end, false},
		{"runs_from=2026-03-31", end, true},
		{"place=黄冈市", end, true},
		{"seen_on=2026-03-09", end, false},
		{"version=4", end, false},
		{"version=4", end - 1, false},
		{"version=4", end + 1, true},
		{"version=4", 0, true}, // without an end
	} {
		now := maps.Clone(row)
		field, value, _ := strings.Cut(c.set, "=")
		now[field] = value
		if got := worse(typ, entry(t, typ, row, end), entry(t, typ, now, c.end)); got != c.want {
			t.Errorf("%s until %s: worse %v", c.set, c.end, got)
		}
	}
}

// However two versions differ: where money is owed, the end, and what must stay the
// same are no worse, nothing is owed; one field that is worse is enough.
func TestLoad_property(t *testing.T) {
	t.Parallel()
	typ := weighed(t)
	seen := map[bool]int{}
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(name string) (map[string]string, int, when.Date, when.Date) {
			row := good()
			cents := rapid.IntRange(0, 400).Draw(rt, name+" cents")
			row["amount"] = fmt.Sprintf("%d.%02d CNY", cents/100, cents%100)
			row["measure"] = rapid.SampledFrom([]string{"fine", "fine", "fine", "warning"}).Draw(rt, name+" measure")
			due := when.Of(2026, 5, 1).AddDays(rapid.IntRange(-2, 2).Draw(rt, name+" due"))
			row["pay_by"] = due.String()
			return row, cents, due, when.Date(20_000 + rapid.IntRange(-2, 2).Draw(rt, name+" end"))
		}
		a, centsA, dueA, endA := draw("old")
		b, centsB, dueB, endB := draw("new")
		want := centsB > centsA || dueB > dueA || endB > endA || a["measure"] != b["measure"]
		if got := worse(typ, entry(t, typ, a, endA), entry(t, typ, b, endB)); got != want {
			rt.Fatalf("%v until %s, then %v until %s: worse %v", a, endA, b, endB, got)
		}
		seen[want]++
	})
	if seen[true] == 0 || seen[false] == 0 {
		t.Errorf("only one answer was met: %v", seen)
	}
}
