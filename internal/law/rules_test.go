package law_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"recourse/internal/catalogue"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/when"
)

// suspension is an accepted row of the sample's nurse-suspension.
func suspension(change map[string]string) map[string]string {
	row := map[string]string{"id_type": "cn-id", "id_number": "x", "name": "示例", "version": "1", "decided_by": "hubei-health",
		"decision_number": "鄂卫停示例〔2026〕7号", "decided_on": "2026-03-10", "heard_on": "2026-03-01", "hearing": "in-writing", "ends_on": "2026-09-10"}
	maps.Copy(row, change)
	return row
}

func checked(t *testing.T, typ *catalogue.Type, row map[string]string) catalogue.Entry {
	t.Helper()
	e, found := typ.Check(row)
	if found != nil {
		t.Fatal(found)
	}
	return e
}

// TestA3_sameDecision: one decision has one key, however its number is written;
// it may be filed under a second type only where one article names both.
func TestA3_sameDecision(t *testing.T) {
	t.Parallel()
	p := sample(t)
	suspended, _ := p.Type("nurse-suspension")
	ordered, _ := p.Type("nurse-conduct-order")
	row := suspension(nil)
	key := suspended.DecisionKey(checked(t, suspended, row))
	for _, number := range []string{"鄂卫停示例(2026)7号", "鄂卫停示例［2026］7号", "鄂卫停示例 〔2026〕 7号"} {
		if got := suspended.DecisionKey(checked(t, suspended, suspension(map[string]string{"decision_number": number}))); string(got) != string(key) {
			t.Errorf("%s is another decision", number)
		}
	}
	order := suspension(map[string]string{"source_ref": "S-2", "order_heard_on": "2026-03-01", "order_hearing": "at-the-office"})
	if got := ordered.DecisionKey(checked(t, ordered, order)); string(got) != string(key) {
		t.Error("the same decision under a second type has another key")
	}
	for _, change := range []map[string]string{{"decision_number": "鄂卫停示例〔2026〕8号"}, {"decided_on": "2026-03-11"}} {
		if got := suspended.DecisionKey(checked(t, suspended, suspension(change))); string(got) == string(key) {
			t.Errorf("%v is the same decision", change)
		}
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"nurse-suspension", "nurse-conduct-order", true}, {"nurse-conduct-order", "nurse-suspension", true}, {"market-penalty", "market-penalty", true},
		{"nurse-suspension", "market-penalty", false}, {"market-penalty", "loan-default", false}, {"nothing", "market-penalty", false},
	} {
		if got := p.SameDecision(c.a, c.b); got != c.want {
			t.Errorf("one decision under %s and %s: %v", c.a, c.b, got)
		}
	}
	licence := &catalogue.Type{Code: "x"}
	if licence.DecisionKey(catalogue.Entry{}) != nil {
		t.Error("a type without decision has a key")
	}
}

// TestA4_ends: a status decision is shown until the earliest of its class, its
// own last day, and the day before its conditions were met.
func TestA4_ends(t *testing.T) {
	t.Parallel()
	p := sample(t)
	typ, _ := p.Type("nurse-suspension")
	on := when.Of(2026, 11, 1)
	for _, c := range []struct {
		change map[string]string
		want   string
	}{
		{nil, "2026-09-10"},
		{map[string]string{"ends_on": "2036-01-01"}, "2027-03-10"}, // the class ends first
		{map[string]string{"removed_on": "2026-05-01"}, "2026-04-30"},
		{map[string]string{"removed_on": "2026-12-01"}, "2026-09-10"},
	} {
		display, retain, err := p.Ends(typ, checked(t, typ, suspension(c.change)), on)
		if err != nil || display.String() != c.want || retain.String() != "2028-03-10" {
			t.Errorf("%v: shown until %s, kept until %s, %v; want %s", c.change, display, retain, err, c.want)
		}
	}
	penalty, _ := p.Type("market-penalty")
	if penalty.Status != nil || checked(t, penalty, penalty.Example).End != nil {
		t.Error("a penalty has an end of its own")
	}
}

// TestA4_rows: a row that was decided before the person was heard, or that ends
// before it begins, is refused.
func TestA4_rows(t *testing.T) {
	t.Parallel()
	p := sample(t)
	atOnce, _ := p.Type("nurse-suspension")
	ordered, _ := p.Type("nurse-conduct-order")
	row := func(change map[string]string) map[string]string {
		r := suspension(map[string]string{"source_ref": "S-2", "order_heard_on": "2026-03-01", "order_hearing": "at-the-office"})
		maps.Copy(r, change)
		return r
	}
	birth, today := when.Of(1980, 1, 1), when.Of(2026, 11, 1)
	for _, c := range []struct {
		typ    *catalogue.Type
		change map[string]string
		code   string
	}{
		{ordered, nil, ""}, {ordered, map[string]string{"order_heard_on": "2026-03-10"}, ""},
		{ordered, map[string]string{"order_heard_on": "2026-03-11"}, "E-HEARING-LATE"},
		{ordered, map[string]string{"ends_on": "2026-03-09"}, "E-END-EARLY"},
		{ordered, map[string]string{"removed_on": "2026-03-10"}, "E-MET-EARLY"},
		{atOnce, map[string]string{"heard_on": "2026-03-20"}, ""}, {atOnce, map[string]string{"heard_on": "", "hearing": ""}, ""},
	} {
		r := row(c.change)
		if c.typ == atOnce {
			r = suspension(c.change)
		}
		found := c.typ.CheckDays(checked(t, c.typ, r), birth, today)
		if c.code == "" && found != nil || c.code != "" && (len(found) != 1 || found[0].Code != c.code || found[0].Rule != "A4" || found[0].Fix == "") {
			t.Errorf("%s %v: %+v, want %q", c.typ.Code, c.change, found, c.code)
		}
	}
	if end, ok := p.ImmediateEnd(atOnce, when.Of(2026, 3, 10)); !ok || end.String() != "2026-03-25" {
		t.Errorf("the immediate effect ends %s %v", end, ok)
	}
	if _, ok := p.ImmediateEnd(ordered, today); ok {
		t.Error("an order has effect at once")
	}
}

// TestA7_bridge: outside its days a purpose does not see what a bridge leads to.
func TestA7_bridge(t *testing.T) {
	t.Parallel()
	u, _ := sample(t).Purpose("business-loan")
	for day, want := range map[when.Date]bool{when.Of(2025, 12, 31): false, when.Of(2026, 1, 1): true, when.Of(2030, 12, 31): true, when.Of(2031, 1, 1): false} {
		if got := u.On(day).Sees("market-penalty") != nil; got != want {
			t.Errorf("on %s the bridge stands: %v", day, got)
		}
	}
	own, _ := sample(t).Purpose("loan-application")
	if len(own.On(when.Of(2031, 1, 1)).Grants) != 1 {
		t.Error("a type of the own sector is gone")
	}
}

// TestB2_overdue: what an overdue clock does is to hide, or to refer.
func TestB2_overdue(t *testing.T) {
	t.Parallel()
	p := sample(t)
	for _, typ := range p.Types() {
		want := catalogue.Hide
		if typ.Code == "nurse-suspension" {
			want = catalogue.Refer
		}
		if typ.Overdue != want || (typ.OverdueFrom != nil) != (want == catalogue.Refer) {
			t.Errorf("%s: an overdue clock does %q", typ.Code, typ.Overdue)
		}
	}
}

// TestCalendarYear_absent: what needs a year that was not published is refused by
// the names of year and file, whatever else would be easy to guess.
func TestCalendarYear_absent(t *testing.T) {
	t.Parallel()
	p := sample(t)
	if served, err := p.ServedAt(at(t, "2026-11-20T10:00:00+08:00")); err != nil || !served.Equal(at(t, "2026-12-21T00:00:00+08:00")) {
		t.Errorf("served %s %v", served, err)
	}
	for name, do := range map[string]func() error{
		"a letter in the last week": func() error { _, err := p.ServedAt(at(t, "2026-12-28T10:00:00+08:00")); return err },
		"a delivery":                func() error { _, err := p.DeliverBy("nurse-suspension", when.Of(2026, 12, 30)); return err },
	} {
		err := fault.Of(do())
		if err.Code != "E-CALENDAR-YEAR" || !strings.Contains(err.Text, "2027") || !strings.Contains(err.Text, "calendar/2027.csv") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := p.DeliverBy("nurse-suspension", when.Of(2026, 9, 30)); err != nil || got.String() != "2026-10-06" {
		t.Errorf("deliver by %s %v", got, err) // three working days; 1 October is off
	}
}

// TestMerge_stricter: of several rules the stricter for the person counts, on
// every day only those in force; another rule never takes anything from them.
func TestMerge_stricter(t *testing.T) {
	t.Parallel()
	whole := files(t)
	rapid.Check(t, func(rt *rapid.T) {
		rules := rapid.SliceOfN(rapid.Custom(drawRule), 1, 4).Draw(rt, "rules")
		f := maps.Clone(whole)
		f[law.DeadlinesFile] = deadlinesOf(rules)
		p, err := load(f)
		if err != nil {
			rt.Fatal(err)
		}
		day := when.Of(2026, 1, 1).AddDays(rapid.IntRange(0, 300).Draw(rt, "day"))
		opened := day.Start(p.Zone)
		var best *when.Date
		for _, r := range rules {
			if end := day.AddDays(r.days); r.holds(day) && (best == nil || end > *best) {
				best = &end
			}
		}
		until, err := p.AnswerUntil(opened)
		if best == nil {
			if fault.Of(err).Code != "E-PACK-NOT-IN-FORCE" {
				rt.Fatalf("no rule holds on %s: %v", day, err)
			}
			return
		}
		if err != nil || p.Today(until) != *best+1 {
			rt.Fatalf("opened %s: %s %v, want the end of %s", day, until, err, *best)
		}
	})
}

// rule is a term that holds for a part of the year.
type rule struct{ days, from, to int }

func (r rule) holds(d when.Date) bool {
	begin := when.Of(2026, 1, 1)
	return d >= begin.AddDays(r.from) && d <= begin.AddDays(r.to)
}

func drawRule(t *rapid.T) rule {
	from := rapid.IntRange(0, 300).Draw(t, "from")
	return rule{days: rapid.IntRange(1, 60).Draw(t, "days"), from: from, to: from + rapid.IntRange(0, 300).Draw(t, "long")}
}

func deadlinesOf(rules []rule) string {
	var b strings.Builder
	b.WriteString("deadlines:\n")
	one := func(kind string, n int, unit string, from, to when.Date) {
		fmt.Fprintf(&b, "  - {kind: %s, value: %d, unit: %s, start: x, scope: [platform], from: %s, to: %s, basis: {cite: \"registry-policy#answer\", status: policy}}\n",
			kind, n, unit, from, to)
	}
	begin := when.Of(2026, 1, 1)
	for _, r := range rules {
		one(law.AnswerBeforeEffect, r.days, "calendar days", begin.AddDays(r.from), begin.AddDays(r.to))
	}
	one(law.ServicePeriod, 30, "calendar days", begin, begin+1000)
	one(law.ConsentUndo, 10, "minutes", begin, begin+1000)
	one(law.ConsentUndo, 20, "minutes", begin, begin+1000)
	one(law.ConsentMax, 90, "calendar days", begin, begin+1000)
	one(law.ConsentMax, 30, "calendar days", begin, begin+1000)
	whole, _ := os.ReadFile("lawfile/testdata/sample/deadlines.yaml") // a file that is missing makes no pack
	_, others, _ := strings.Cut(string(whole), "  - kind: contest-undo\n")
	return b.String() + "  - kind: contest-undo\n" + others
}

// TestMerge_directions: time for the person is the longest, what weighs on them
// the shortest, and the same for ends of display, retention and access rows.
func TestMerge_directions(t *testing.T) {
	t.Parallel()
	f := files(t)
	f[law.DeadlinesFile] = deadlinesOf([]rule{{days: 5, to: 900}, {days: 9, to: 900}})
	const one = "    display:\n      value: 1\n      unit: years\n      start: date of the decision\n      scope: [platform]\n      from: 2026-04-01\n" +
		"      basis: {cite: \"cn-order-36#一般失信信息公示期\", status: unverified}\n"
	if !strings.Contains(f[law.RetentionFile], one) {
		t.Fatal("the sample's retention.yaml changed")
	}
	term := func(n int, unit, from string) string {
		return fmt.Sprintf("      - {value: %d, unit: %s, start: x, scope: [platform], from: %s, basis: {cite: \"registry-policy#deliver\", status: policy}}\n", n, unit, from)
	}
	f[law.RetentionFile] = strings.Replace(f[law.RetentionFile], one,
		"    display:\n"+term(1, "years", "2026-04-01")+term(3, "months", "2026-06-01")+term(90, "calendar days", "2026-09-01"), 1)
	access := strings.Index(f[law.RetentionFile], "access:")
	f[law.RetentionFile] = f[law.RetentionFile][:access] + "access:\n" + term(3, "years", "2026-01-01") + term(40, "months", "2026-01-01")
	p, err := load(f)
	if err != nil {
		t.Fatal(err)
	}
	now := at(t, "2026-06-15T10:00:00+08:00")
	if p.ConsentUndo().Minutes() != 20 {
		t.Errorf("undo %s", p.ConsentUndo())
	}
	if end, err := p.ConsentUntil(now); err != nil || p.Today(end).String() != "2026-07-16" {
		t.Errorf("consent until %s %v", end, err)
	}
	if d, _ := p.Deadline(law.AnswerBeforeEffect); d.Term.N != 9 {
		t.Errorf("the answer has %s", d.Term)
	}
	if d, _ := p.Deadline(law.ConsentMax); d.Term.N != 30 {
		t.Errorf("a consent has %s", d.Term)
	}
	if got := p.AccessEnd(now); got.String() != "2029-10-15" || p.Access().Term.Unit != law.Months {
		t.Errorf("access rows end %s, %s", got, p.Access().Term)
	}
	typ, _ := p.Type("market-penalty")
	for on, want := range map[string]string{"2026-05-01": "2027-03-10", "2026-06-01": "2026-06-10", "2026-09-01": "2026-06-08"} {
		day, _ := when.Parse(on)
		display, _, err := p.Ends(typ, catalogue.Entry{Start: when.Of(2026, 3, 10)}, day)
		if err != nil || display.String() != want {
			t.Errorf("entered %s: shown until %s %v, want %s", on, display, err, want)
		}
	}
	if _, _, err := p.Ends(typ, catalogue.Entry{Start: when.Of(2026, 3, 10)}, when.Of(2026, 3, 31)); fault.Of(err).Code != "E-PACK-NOT-IN-FORCE" {
		t.Errorf("entered before any rule held: %v", err)
	}
	if r, ok := p.Retention("penalty"); !ok || r.Display.Term.String() != "90 calendar days" {
		t.Errorf("the class is shown for %s", r.Display.Term)
	}
}

// TestPack_manyPurposes: a pack may have at least ten purposes, and every one of
// the allowed pairs.
func TestPack_manyPurposes(t *testing.T) {
	t.Parallel()
	f := files(t)
	text := f[law.PurposesFile]
	one := text[strings.Index(text, "  - code: nurse-registration-renewal"):strings.Index(text, "  - code: nurse-post-check")]
	for i := range 30 {
		text += strings.Replace(one, "nurse-registration-renewal", fmt.Sprintf("renewal-%d", i), 1)
	}
	f[law.PurposesFile] = text
	p, err := load(f)
	if err != nil || len(p.Purposes()) != 36 {
		t.Fatalf("%v", err)
	}
	if _, ok := p.Purpose("renewal-29"); !ok || !slices.IsSortedFunc(p.Parameters(), func(a, b law.Parameter) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the last purpose is not found")
	}
}

// TestB2_against: what takes a licence away is told from what only concerns it, and
// only licences marked for safety have such decisions.
func TestB2_against(t *testing.T) {
	t.Parallel()
	p := sample(t)
	if got := p.Against("nurse-licence"); !slices.Contains(got, "nurse-suspension") || slices.Contains(got, "nurse-conduct-order") {
		t.Errorf("against a nurse's licence: %q", got)
	}
	if got := p.Against("market-penalty"); got != nil {
		t.Errorf("against a penalty: %q", got)
	}
	licence := &catalogue.Type{Code: "a", Sector: "health", Occupation: "nurse", Form: catalogue.Licence}
	bar := func(sector, occupation string) *catalogue.Type {
		return &catalogue.Type{Code: "b", Sector: sector, Occupation: occupation, Form: catalogue.StatusDecision, Status: &catalogue.StatusTerms{Kind: catalogue.BarredFromPractising}}
	}
	for _, c := range []struct {
		t    *catalogue.Type
		want bool
	}{
		{bar("health", "nurse"), true}, {bar("health", "doctor"), false}, {bar("market", "nurse"), false},
		{&catalogue.Type{Sector: "health", Status: &catalogue.StatusTerms{Kind: catalogue.LicenceRevoked, Of: "a"}}, true},
		{&catalogue.Type{Sector: "health", Status: &catalogue.StatusTerms{Kind: catalogue.LicenceSuspended, Of: "b"}}, false},
		{&catalogue.Type{Sector: "health", Form: catalogue.Penalty}, false},
	} {
		if got := c.t.Against(licence); got != c.want {
			t.Errorf("%+v against a licence: %v", c.t.Status, got)
		}
	}
}
