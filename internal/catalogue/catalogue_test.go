package catalogue_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"recourse/internal/canon"
	"recourse/internal/catalogue"
	"recourse/internal/when"
)

func both(zh, en string) map[string]string { return map[string]string{"zh": zh, "en": en} }

// sample is a type with a field of every kind.
func sample() catalogue.Type {
	values := []catalogue.Value{{Code: "fine", Labels: both("罚款", "Fine"), Aliases: []string{"罚金"}}, {Code: "warning", Labels: both("警告", "Warning")}}
	return catalogue.Type{
		Code: "sample-penalty", Form: catalogue.Penalty, Origin: catalogue.AuthorityDecision, Negative: true,
		Labels: both("示例处罚", "Sample penalty"), Sentence: both("示例。", "A sample."),
		RefField: "source_ref", OrderField: "version", OrderBy: catalogue.ByNumber, StartField: "decided_on",
		Decision: catalogue.Decision{Authority: "decided_by", Document: "decision_number", Date: "decided_on"},
		Fields: []catalogue.Field{
			{Name: "decided_by", Kind: catalogue.Authority, Required: true, Labels: both("机关", "Authority"),
				Values: []catalogue.Value{{Code: "wuhan-market", Labels: both("武汉市市场监督管理局", "Wuhan Bureau")}}},
			{Name: "decision_number", Kind: catalogue.DocumentNumber, Required: true, Labels: both("文号", "Number")},
			{Name: "decided_on", Kind: catalogue.Date, Required: true, Labels: both("日期", "Date")},
			{Name: "measure", Kind: catalogue.State, Labels: both("种类", "Measure"), Values: values},
			{Name: "amount", Kind: catalogue.Money, Labels: both("金额", "Amount"), Currencies: []string{"CNY", "JPY"}},
			{Name: "place", Kind: catalogue.Place, Labels: both("地点", "Place")},
			{Name: "reason", Kind: catalogue.Reason, Labels: both("事由", "Reason")},
		},
		Example: map[string]string{"source_ref": "S-1", "version": "1", "decided_by": "wuhan-market", "decision_number": "示例〔2026〕1号", "decided_on": "2026-03-10"},
	}
}

func compiled(t testing.TB, change func(*catalogue.Type)) *catalogue.Type {
	t.Helper()
	s := sample()
	if change != nil {
		change(&s)
	}
	typ, problems := catalogue.Compile(s, []string{"zh", "en"})
	if problems != nil {
		t.Fatal(problems)
	}
	return typ
}

func good() map[string]string {
	return map[string]string{"id_type": "cn-id", "id_number": "x", "name": "示例", "source_ref": "S-1", "version": "3",
		"decided_by": "武汉市市场监督管理局", "decision_number": "武市监示例罚〔2026〕1号", "decided_on": "2026-03-10",
		"measure": "罚款", "amount": "500 CNY", "place": "武汉市", "reason": "示例。"}
}

func TestColumns(t *testing.T) {
	t.Parallel()
	typ := compiled(t, nil)
	want := []string{"id_type", "id_number", "name", "source_ref", "version", "decided_by", "decision_number", "decided_on", "measure", "amount", "place", "reason"}
	if diff := cmp.Diff(want, typ.Columns()); diff != "" {
		t.Error(diff)
	}
	own := compiled(t, func(s *catalogue.Type) {
		s.RefField = "decision_number"
		delete(s.Example, "source_ref")
	})
	if slices.Contains(own.Columns(), "source_ref") {
		t.Error("a ref that is a field got a column of its own")
	}
	row := good()
	delete(row, "source_ref")
	if e, found := own.Check(row); found != nil || e.Ref != "武市监示例罚〔2026〕1号" || e.Fields["decision_number"] != e.Ref {
		t.Errorf("ref %q, %v", e.Ref, found)
	}
	if _, ok := typ.Field("nothing"); ok {
		t.Error("a field that is not there")
	}
}

func TestCheck_accepts(t *testing.T) {
	t.Parallel()
	typ := compiled(t, nil)
	e, found := typ.Check(good())
	if found != nil {
		t.Fatal(found)
	}
	want := catalogue.Entry{Ref: "S-1", Order: 3, Start: when.Of(2026, 3, 10), Fields: map[string]string{
		"decided_by": "wuhan-market", "decision_number": "武市监示例罚〔2026〕1号", "decided_on": "2026-03-10", "measure": "fine",
		"amount": "500.00 CNY", "place": "武汉市", "reason": "示例。"}}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Error(diff)
	}
	if !bytes.Equal(e.Canonical(), canon.Fields(want.Fields)) {
		t.Error("canonical bytes differ")
	}
	spelt := good()
	maps.Copy(spelt, map[string]string{"decided_by": " wuhan-market　", "decided_on": "２０２６－03-10", "measure": "罚金", "amount": "５００．００ CNY", "version": "３"})
	again, found := typ.Check(spelt)
	if found != nil || !bytes.Equal(again.Canonical(), e.Canonical()) || again.Order != 3 {
		t.Errorf("another spelling is another content: %v", found)
	}
}

func TestCheck_refuses(t *testing.T) {
	t.Parallel()
	number := compiled(t, nil)
	instant := compiled(t, func(s *catalogue.Type) {
		s.OrderBy = catalogue.ByInstant
		s.Fields[4].Currencies = []string{"JPY"}
		s.Example["version"] = "2026-03-10T09:30:00+08:00"
	})
	const secret = "XX秘密XX"
	for _, c := range []struct {
		typ                *catalogue.Type
		column, text, code string
	}{
		{number, "source_ref", "", "E-FIELD-MISSING"}, {number, "source_ref", secret, "E-FIELD-NUMBER"},
		{number, "version", "", "E-FIELD-MISSING"}, {number, "version", "-1", "E-ORDER"}, {number, "version", "1.5", "E-ORDER"},
		{number, "version", "1234567890123456", "E-ORDER"}, {number, "version", secret, "E-ORDER"},
		{instant, "version", "2026-03-10", "E-ORDER"}, {instant, "version", "2026-03-10T09:30:00", "E-ORDER"},
		{number, "decided_by", secret, "E-FIELD-VALUE"}, {number, "decided_by", "　", "E-FIELD-MISSING"},
		{number, "decision_number", secret, "E-FIELD-NUMBER"}, {number, "decision_number", "1\n2", "E-FIELD-NUMBER"}, {number, "decision_number", "85", "E-FIELD-NUMBER"}, {number, "decision_number", "１００", "E-FIELD-NUMBER"},
		{number, "decision_number", strings.Repeat("1", 65), "E-FIELD-NUMBER"}, {number, "decision_number", "a\xff1", "E-FIELD-NUMBER"},
		{number, "decided_on", "2026-02-30", "E-FIELD-DATE"}, {number, "decided_on", "10.03.2026", "E-FIELD-DATE"},
		{number, "decided_on", "1026-03-10", "E-FIELD-DATE"}, {number, "decided_on", "9999-03-10", "E-FIELD-DATE"},
		{number, "measure", "D", "E-FIELD-VALUE"}, {number, "measure", "3", "E-FIELD-VALUE"},
		{number, "amount", "500", "E-FIELD-MONEY"}, {number, "amount", "500 USD", "E-FIELD-MONEY"}, {number, "amount", "-1 CNY", "E-FIELD-MONEY"},
		{number, "amount", "1.234 CNY", "E-FIELD-MONEY"}, {number, "amount", "1. CNY", "E-FIELD-MONEY"}, {number, "amount", "01 CNY", "E-FIELD-MONEY"},
		{number, "amount", "1,000 CNY", "E-FIELD-MONEY"}, {number, "amount", "12345678901234 CNY", "E-FIELD-MONEY"}, {number, "amount", "1.5 JPY", "E-FIELD-MONEY"},
		{number, "amount", " CNY", "E-FIELD-MONEY"}, {number, "amount", "1e3 CNY", "E-FIELD-MONEY"},
		{number, "place", "武汉市3", "E-FIELD-PLACE"}, {number, "place", strings.Repeat("市", 41), "E-FIELD-PLACE"},
		{number, "reason", strings.Repeat("字", 501), "E-FIELD-LONG"}, {number, "reason", "a\u202eb", "E-FIELD-TEXT"}, {number, "reason", "a\x00b", "E-FIELD-TEXT"},
		{number, secret, "1", "E-COL-UNKNOWN"}, {instant, "amount", "500 CNY", "E-FIELD-MONEY"},
	} {
		row := good()
		if c.typ == instant {
			row["version"], row["amount"] = "2026-03-10T09:30:00+08:00", "500 JPY"
		}
		row[c.column] = c.text
		_, found := c.typ.Check(row)
		if len(found) != 1 || found[0].Code != c.code || found[0].Rule == "" || found[0].Text == "" || found[0].Fix == "" {
			t.Errorf("%s %q: %+v, want %s", c.column, c.text, found, c.code)
			continue
		}
		if strings.Contains(found[0].Text+found[0].Fix+found[0].Field, "秘密") || c.column != secret && found[0].Field != c.column {
			t.Errorf("%s: %+v", c.column, found[0])
		}
	}
}

func TestCheck_allFindings(t *testing.T) {
	t.Parallel()
	typ := compiled(t, nil)
	if _, found := typ.Check(map[string]string{}); len(found) != 5 {
		t.Errorf("an empty row: %+v", found)
	}
	row := good()
	delete(row, "reason")
	delete(row, "id_type")
	row["score"], row["rank"] = "1", "2"
	_, found := typ.Check(row)
	if len(found) != 1 || !strings.Contains(found[0].Text, "2 column(s)") {
		t.Errorf("%+v", found)
	}
}

func TestCheck_order(t *testing.T) {
	t.Parallel()
	typ := compiled(t, func(s *catalogue.Type) {
		s.OrderBy = catalogue.ByInstant
		s.Example["version"] = "2026-03-10T09:30:00+08:00"
	})
	row := good()
	row["version"] = "2026-03-10T09:30:00.000001+08:00"
	a, _ := typ.Check(row)
	row["version"] = "2026-03-10T01:30:00.000002Z"
	b, _ := typ.Check(row)
	if b.Order-a.Order != 1 {
		t.Errorf("orders %d and %d", a.Order, b.Order)
	}
}

func TestCheckHeader(t *testing.T) {
	t.Parallel()
	typ := compiled(t, nil)
	if found := typ.CheckHeader(typ.Columns()); found != nil {
		t.Errorf("its own header: %+v", found)
	}
	if found := typ.CheckHeader(append(typ.Columns(), catalogue.BirthColumn)); found != nil {
		t.Errorf("with the day of birth: %+v", found)
	}
	if found := typ.CheckHeader(append(typ.Columns(), catalogue.BirthColumn, catalogue.BirthColumn)); len(found) != 1 || found[0].Code != "E-COL-TWICE" {
		t.Errorf("with the day of birth twice: %+v", found)
	}
	row := good()
	row[catalogue.BirthColumn] = "1985-04-04"
	if e, found := typ.Check(row); found != nil || e.Fields[catalogue.BirthColumn] != "" {
		t.Errorf("a day of birth was refused or became content: %+v %v", e.Fields, found)
	}
	bad := append(typ.Columns()[1:], "name", "张三示例")
	var got []string
	for _, f := range typ.CheckHeader(bad) {
		got = append(got, f.Code+" "+f.Field)
		if strings.Contains(f.Text, "张三") {
			t.Error("a cell of the header was repeated")
		}
	}
	if diff := cmp.Diff([]string{"E-COL-TWICE name", "E-COL-UNKNOWN ", "E-COL-MISSING id_type"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTooYoung(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		birth, start string
		want         bool
	}{
		{"2000-03-10", "2018-03-09", true}, {"2000-03-10", "2018-03-10", false}, {"2000-03-10", "1999-01-01", true},
		{"2004-02-29", "2022-02-28", true}, {"2004-02-29", "2022-03-01", false},
	} {
		birth, _ := when.Parse(c.birth)
		start, _ := when.Parse(c.start)
		if catalogue.TooYoung(birth, start) != c.want {
			t.Errorf("born %s, event %s: %v", c.birth, c.start, !c.want)
		}
	}
}

func TestCheckDays(t *testing.T) {
	t.Parallel()
	typ := compiled(t, nil)
	e := catalogue.Entry{Start: when.Of(2026, 3, 10)}
	for _, c := range []struct {
		birth, today when.Date
		want         []string
	}{
		{when.Of(2000, 1, 1), when.Of(2026, 3, 10), nil},
		{when.Of(2009, 1, 1), when.Of(2026, 3, 10), []string{"E-AGE"}},
		{when.Of(2000, 1, 1), when.Of(2026, 3, 9), []string{"E-START-FUTURE"}},
		{when.Of(2009, 1, 1), when.Of(2026, 3, 9), []string{"E-AGE", "E-START-FUTURE"}},
	} {
		var got []string
		for _, f := range typ.CheckDays(e, c.birth, c.today) {
			got = append(got, f.Code)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// TestCheck_idempotent: what was accepted is accepted again in its canonical
// form and gives the same bytes.
func TestCheck_idempotent(t *testing.T) {
	t.Parallel()
	typ := compiled(t, nil)
	rapid.Check(t, func(rt *rapid.T) {
		row := good()
		row["amount"] = rapid.StringMatching(`[1-9][0-9]{0,6}(\.[0-9]{1,2})? CNY`).Draw(rt, "amount")
		row["decision_number"] = rapid.StringMatching(`[鄂武](市监)?罚?〔20[0-9]{2}〕[０-９0-9]{1,4}号`).Draw(rt, "number")
		row["reason"] = rapid.StringMatching(`[\p{Han}a-z0-9，。 ]{0,60}`).Draw(rt, "reason")
		a, found := typ.Check(row)
		if found != nil {
			rt.Fatal(found)
		}
		again := maps.Clone(a.Fields)
		again["source_ref"], again["version"] = a.Ref, row["version"]
		b, found := typ.Check(again)
		if found != nil || !bytes.Equal(a.Canonical(), b.Canonical()) || a.Start != b.Start {
			rt.Fatalf("%v then %v: %v", a, b, found)
		}
	})
}

func FuzzCheck(f *testing.F) {
	typ := compiled(f, nil)
	f.Add("1", "武市监〔2026〕1号", "2026-03-10", "罚款", "500 CNY", "武汉市", "示例")
	f.Add("", "\xff", "２０２６-03-10", "", "０．０ JPY", "·", "\u202e")
	f.Fuzz(func(t *testing.T, version, number, day, measure, amount, place, reason string) {
		row := good()
		maps.Copy(row, map[string]string{"version": version, "decision_number": number, "decided_on": day, "measure": measure,
			"amount": amount, "place": place, "reason": reason})
		e, found := typ.Check(row)
		if found == nil && (e.Ref == "" || e.Order < 0 || len(e.Fields["reason"]) > 2000) {
			t.Errorf("accepted %+v", e)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	typ, row := compiled(b, nil), good()
	b.ReportAllocs()
	for b.Loop() {
		if _, found := typ.Check(row); found != nil {
			b.Fatal(found)
		}
	}
}
