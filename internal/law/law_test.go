package law_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"recourse/internal/catalogue"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/when"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestPack_lookups(t *testing.T) {
	t.Parallel()
	p := sample(t)
	if p.Code != "sample" || p.Zone.String() != "Asia/Shanghai" || p.Operator != "hubei-credit-centre" {
		t.Errorf("pack %s, zone %s, operator %s", p.Code, p.Zone, p.Operator)
	}
	if len(p.Types()) != 5 || len(p.Purposes()) != 6 || len(p.Bodies()) < 6 || len(p.Sectors()) != 3 || len(p.Occupations()) != 1 || len(p.Sources()) < 8 {
		t.Error("the sample pack is not whole")
	}
	if !slices.IsSortedFunc(p.Types(), func(a, b *catalogue.Type) int { return strings.Compare(a.Code, b.Code) }) {
		t.Error("types are not in order")
	}
	for _, there := range []bool{found(p.Type("market-penalty")), found(p.Body("wuhan-market")), found(p.Purpose("loan-application")),
		found(p.Deadline(law.ServicePeriod)), found(p.Retention("loan")), found(p.Wording(law.Filed, "zh"))} {
		if !there {
			t.Error("something is not found by its code")
		}
	}
	for _, there := range []bool{found(p.Type("x")), found(p.Body("x")), found(p.Purpose("x")), found(p.Deadline("x")),
		found(p.Retention("x")), found(p.Wording(law.Filed, "fr"))} {
		if there {
			t.Error("something is found that is not there")
		}
	}
}

func found[T any](_ T, ok bool) bool { return ok }

func TestPack_mayFurnish(t *testing.T) {
	t.Parallel()
	p := sample(t)
	for _, c := range []struct {
		body, typ string
		want      bool
	}{
		{"hubei-market", "market-penalty", true}, {"wuhan-market", "market-penalty", true}, {"hubei-tax", "market-penalty", false},
		{"sample-bank", "loan-default", true}, {"hubei-pbc", "loan-default", false}, {"wuhan-market", "nurse-licence", false},
		{"nobody", "market-penalty", false}, {"hubei-market", "nothing", false},
	} {
		if got := p.MayFurnish(c.body, c.typ); got != c.want {
			t.Errorf("%s may furnish %s: %v", c.body, c.typ, got)
		}
	}
	if got := p.Furnishable("wuhan-market"); len(got) != 1 || got[0].Code != "market-penalty" {
		t.Errorf("wuhan-market may furnish %v", got)
	}
}

func TestPurpose(t *testing.T) {
	t.Parallel()
	p := sample(t)
	u, _ := p.Purpose("food-licence-application")
	if diff := cmp.Diff(map[string][]string{"market-penalty": {"decided_by", "decision_number", "decided_on", "measure"}}, u.Types()); diff != "" {
		t.Error(diff)
	}
	if !u.Allows("wuhan-market") || u.Allows("sample-bank") {
		t.Error("the wrong bodies may ask")
	}
	for ref, want := range map[string]bool{"FL2026-000123": true, "FL2026-00012": false, "xFL2026-000123": false, "FL2026-000123\n": false,
		"": false, strings.Repeat("F", 200): false} {
		if u.CaseOK(ref) != want {
			t.Errorf("case reference %q: %v", ref, !want)
		}
	}
	got := u.Reduce("market-penalty", map[string]string{"measure": "fine", "reason": "secret", "fine": "500.00 CNY"})
	if diff := cmp.Diff(map[string]string{"measure": "fine"}, got); diff != "" {
		t.Error(diff)
	}
	if u.Sees("nurse-licence") != nil || len(u.Reduce("nurse-licence", map[string]string{"registration": "renewed"})) != 0 {
		t.Error("the purpose sees a type it was not given")
	}
	loan, _ := p.Purpose("loan-application")
	if loan.Basis != law.Consent || !loan.CaseOK("") || !loan.CaseOK("any number of an application") || loan.CaseOK(strings.Repeat("9", 129)) {
		t.Error("a purpose on consent has a form of cases")
	}
}

// TestPurpose_neverSealed: whatever a purpose sees, no sealed reason is in it.
func TestPurpose_neverSealed(t *testing.T) {
	t.Parallel()
	p := sample(t)
	rapid.Check(t, func(rt *rapid.T) {
		typ := rapid.SampledFrom(p.Types()).Draw(rt, "type")
		all := map[string]string{}
		for _, f := range typ.Fields {
			all[f.Name] = "x"
		}
		for name := range rapid.SampledFrom(p.Purposes()).Draw(rt, "purpose").Reduce(typ.Code, all) {
			if f, ok := typ.Field(name); !ok || f.Secret {
				rt.Fatalf("%s.%s in an answer", typ.Code, name)
			}
		}
	})
}

// TestA6_pairs counts rules A6: of all pairs of roles and decisions twelve are
// allowed, whatever a purpose calls itself.
func TestA6_pairs(t *testing.T) {
	t.Parallel()
	roles := []string{"applicant for a licence", "holder of a licence", "party to a debt or contract", "taxpayer", "party to a case"}
	refused := []string{"user", "tenant", "pupil", "patient", "passenger", "customer", "beneficiary", "voter", "traveller", "employee", ""}
	decisions := []string{"grant a licence", "renew a licence", "change a licence", "check the licence that a law requires for a post",
		"grant credit", "change the terms of a debt", "enforce a debt", "assess a tax", "defer a tax", "decide a case", "review a decision"}
	post := map[string]string{decisions[3]: "\n    post: {labels: {zh: 护士, en: Nurse}, requires: {cite: \"cn-nurses#21(1)\", status: unverified}}"}
	whole := files(t)
	u := whole[law.PurposesFile]
	const old = "role: holder of a licence\n    decision: renew a licence"
	allowed, refusals := 0, 0
	for _, r := range append(roles, refused...) {
		for _, d := range decisions {
			f := maps.Clone(whole)
			f[law.PurposesFile] = strings.Replace(u, old, "role: \""+r+"\"\n    decision: "+d+post[d], 1)
			_, err := load(f)
			if err == nil {
				allowed++
				if slices.Contains(refused, r) {
					t.Errorf("%s, %s was allowed", r, d)
				}
			} else if refusals++; !strings.Contains(err.Error(), "[A6]") {
				t.Errorf("%s, %s: %v", r, d, err)
			}
		}
	}
	if allowed != 12 || refusals < 30 {
		t.Errorf("%d pairs allowed, want 12; %d refused", allowed, refusals)
	}
}

func TestAnswerUntil(t *testing.T) {
	t.Parallel()
	p := sample(t)
	for _, c := range []struct{ opened, want string }{
		{"2026-03-01T00:00:00+08:00", "2026-03-17T00:00:00+08:00"},
		{"2026-03-01T23:59:59+08:00", "2026-03-17T00:00:00+08:00"},
		{"2026-03-01T16:00:00Z", "2026-03-18T00:00:00+08:00"}, // already the next day in Wuhan
		{"2026-12-20T12:00:00+08:00", "2027-01-05T00:00:00+08:00"},
	} {
		got, err := p.AnswerUntil(at(t, c.opened))
		if err != nil || !got.Equal(at(t, c.want)) || got.Location() != time.UTC {
			t.Errorf("opened %s: %s %v, want %s", c.opened, got, err, c.want)
		}
	}
	_, err := p.AnswerUntil(at(t, "2025-12-31T00:00:00+08:00"))
	if fault.Of(err).Code != "E-PACK-NOT-IN-FORCE" {
		t.Errorf("a day before the deadline holds: %v", err)
	}
	served, err := p.ServedAt(at(t, "2026-03-01T10:00:00+08:00"))
	if err != nil || !served.Equal(at(t, "2026-04-01T00:00:00+08:00")) {
		t.Errorf("served %s %v", served, err)
	}
	until, err := p.ConsentUntil(at(t, "2026-03-01T10:00:00+08:00"))
	if err != nil || !until.Equal(at(t, "2026-05-31T00:00:00+08:00")) {
		t.Errorf("consent until %s %v", until, err)
	}
	if p.ConsentUndo() != 10*time.Minute {
		t.Errorf("undo %s", p.ConsentUndo())
	}
	if got := p.AccessEnd(at(t, "2026-11-22T20:00:00Z")); got.String() != "2029-11-23" || p.Access().Basis.Status != catalogue.Law {
		t.Errorf("access rows end %s", got)
	}
	if got, err := p.DeliverBy("market-penalty", when.Of(2026, 3, 10)); err != nil || got.String() != "2026-04-09" {
		t.Errorf("deliver by %s %v", got, err)
	}
	if _, err := p.DeliverBy("nothing", 0); err == nil {
		t.Error("a delivery of no type")
	}
}

// TestTerm_leastDays: no start makes a term shorter than what was promised.
func TestTerm_leastDays(t *testing.T) {
	t.Parallel()
	c := sample(t).Calendar()
	rapid.Check(t, func(rt *rapid.T) {
		term := law.Term{N: rapid.IntRange(1, 40).Draw(rt, "n"), Unit: rapid.SampledFrom([]law.Unit{law.CalendarDays, law.WorkingDays, law.Months, law.Years}).Draw(rt, "unit")}
		start := when.Of(2025, 1, 1).AddDays(rapid.IntRange(0, 600).Draw(rt, "start"))
		if end, err := term.After(start, c); err == nil && end < start.AddDays(term.LeastDays()) {
			rt.Fatalf("%s from %s ends %s", term, start, end)
		}
	})
}

func TestIdentifiers(t *testing.T) {
	t.Parallel()
	f := files(t)
	f[law.PackFile] = strings.Replace(f[law.PackFile], "id_types: [cn-id]", "id_types: [cn-id, {code: nie, scheme: es-dni, labels: {zh: 外国人号码, en: Number of a foreigner}}]", 1)
	p, err := load(f)
	if err != nil {
		t.Fatal(err)
	}
	want := []law.IDType{{Code: "cn-id", Scheme: "cn-id"}, {Code: "nie", Scheme: "es-dni", Labels: map[string]string{"zh": "外国人号码", "en": "Number of a foreigner"}}}
	if diff := cmp.Diff(want, p.Identifiers()); diff != "" {
		t.Error(diff)
	}
}

func TestParameter_holdsOn(t *testing.T) {
	t.Parallel()
	end := when.Of(2026, 12, 31)
	q := law.Parameter{From: when.Of(2026, 1, 1), To: &end}
	for day, want := range map[when.Date]bool{q.From - 1: false, q.From: true, end: true, end + 1: false} {
		if q.HoldsOn(day) != want {
			t.Errorf("holds on %s: %v", day, !want)
		}
	}
}

func TestTerm(t *testing.T) {
	t.Parallel()
	d := when.Of(2024, 1, 31)
	for _, c := range []struct {
		term       law.Term
		text, want string
		least      int
	}{
		{law.Term{N: 15, Unit: law.CalendarDays}, "15 calendar days", "2024-02-15", 15},
		{law.Term{N: 1, Unit: law.Months}, "1 months", "2024-02-29", 28},
		{law.Term{N: 5, Unit: law.Years}, "5 years", "2029-01-31", 1825},
		{law.Term{N: 10, Unit: law.Minutes}, "10 minutes", "2024-01-31", 0},
		{law.Term{}, "", "2024-01-31", 0},
	} {
		if got := c.term.LeastDays(); got != c.least {
			t.Errorf("%v has at least %d days", c.term, got)
		}
		end, err := c.term.After(d, nil)
		if c.term.String() != c.text || err != nil || end.String() != c.want {
			t.Errorf("%v: %s, ends %s %v", c.term, c.term, end, err)
		}
	}
}

func TestEnds_unknownClass(t *testing.T) {
	t.Parallel()
	_, _, err := sample(t).Ends(&catalogue.Type{Code: "x", Retention: "y"}, catalogue.Entry{}, when.Of(2026, 11, 1))
	if fault.Of(err).Code != "E-PACK-RETENTION" {
		t.Errorf("%v", err)
	}
}

// TestEnds: a later start event never ends earlier, and nothing is erased
// before it comes off.
func TestEnds(t *testing.T) {
	t.Parallel()
	p, on := sample(t), when.Of(2026, 11, 1)
	rapid.Check(t, func(rt *rapid.T) {
		typ := rapid.SampledFrom(p.Types()).Draw(rt, "type")
		a := when.Date(rapid.Int32Range(0, 40_000).Draw(rt, "start"))
		b := a + when.Date(rapid.Int32Range(0, 800).Draw(rt, "later"))
		d1, r1, err1 := p.Ends(typ, catalogue.Entry{Start: a}, on)
		d2, r2, err2 := p.Ends(typ, catalogue.Entry{Start: b}, on)
		if err1 != nil || err2 != nil || d1 <= a || r1 < d1 || d2 < d1 || r2 < r1 {
			rt.Fatalf("%s: %s → %s %s, %s → %s %s", typ.Code, a, d1, r1, b, d2, r2)
		}
	})
}

func TestUnverified(t *testing.T) {
	t.Parallel()
	p := sample(t)
	var names []string
	invented := 0
	for _, q := range p.Unverified() {
		if q.Basis.Source == "sample-law" {
			invented++
			continue
		}
		names = append(names, q.Name)
	}
	if invented < 20 {
		t.Errorf("%d parameters rest on the invented law", invented)
	}
	if diff := cmp.Diff([]string{"retention.penalty.display", "types.market-penalty.legal_basis"}, names); diff != "" {
		t.Error(diff)
	}
	seen := map[string]bool{}
	for _, q := range p.Parameters() {
		if seen[q.Name] {
			t.Errorf("two parameters are called %s", q.Name)
		}
		seen[q.Name] = true
		if q.Basis.File == "" || q.Basis.Line == 0 || len(q.Basis.Titles) != 2 || (q.Basis.Status == catalogue.Law) != (q.Basis.Digest != "") {
			t.Errorf("%s does not say where it comes from: %+v", q.Name, q.Basis)
		}
	}
}

// TestUnverified_unsigned: law that nobody signed for counts as unverified
// (rules A9), whichever part of the signature is missing.
func TestUnverified_unsigned(t *testing.T) {
	t.Parallel()
	whole := files(t)
	for name, change := range map[string][3]string{
		"no day":  {law.RetentionFile, "    verified_on: 2026-11-22\n    sha256: \"b2", "    sha256: \"b2"},
		"no hash": {law.RetentionFile, "    sha256: \"b2e2a48d04ea637be8b0e86bf4611c8c592c76df35a61ee16fe70e5c075073a7\"\n", ""},
		"no copy": {"sources/cn-order-809.txt", "copy: 国家法律法规数据库文本的公开副本，2026-06-08 同步，标注现行有效\n", ""},
		"nobody":  {law.RetentionFile, "    verified_by: pack author, against the copy named in the source; not a lawyer\n    verified_on: 2026-11-22\n    sha256: \"b2", "    verified_on: 2026-11-22\n    sha256: \"b2"},
	} {
		f := maps.Clone(whole)
		f[change[0]] = strings.Replace(f[change[0]], change[1], change[2], 1)
		if f[change[0]] == whole[change[0]] {
			t.Fatalf("%s changes nothing", name)
		}
		p, err := load(f)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !slices.ContainsFunc(p.Unverified(), func(q law.Parameter) bool { return q.Name == "retention.access" }) {
			t.Errorf("%s: the retention of access rows still counts as law", name)
		}
	}
}

func TestWording_fill(t *testing.T) {
	t.Parallel()
	p := sample(t)
	values := map[string]string{"registry": "登记处", "sentence": "一句话。", "source": "武汉市市场监督管理局", "answer_days": "15",
		"display_end": "2027年3月10日", "retain_end": "2028年3月10日", "contact": "12345", "received_on": "2026年3月12日", "home": "https://registry.example", "recipients": "示例银行"}
	for _, k := range []string{law.BeforeEffect, law.Filed, law.BeforeErasure, law.ShownElsewhere, law.Announcement} {
		for _, l := range p.Languages {
			w, _ := p.Wording(k, l)
			subject, body, err := w.Fill(values)
			if err != nil || subject == "" || strings.ContainsAny(subject+body, "{}") {
				t.Errorf("%s.%s: %q %v", k, l, subject, err)
			}
			if k == law.Announcement && (strings.Contains(subject+body, "一句话") || strings.Contains(subject+body, "市场监督")) {
				t.Error("an announcement tells the content of a letter")
			}
		}
	}
	w, _ := p.Wording(law.BeforeEffect, "zh")
	gap := maps.Clone(values)
	gap["answer_days"] = ""
	if _, _, err := w.Fill(gap); fault.Of(err).Code != "E-WORDING-GAP" {
		t.Errorf("a letter with a gap: %v", err)
	}
	w.Subject = "{nothing}"
	if _, _, err := w.Fill(values); fault.Of(err).Code != "E-WORDING-GAP" {
		t.Errorf("a subject with a gap: %v", err)
	}
}

func TestCompile_drafts(t *testing.T) {
	t.Parallel()
	typ := law.DraftType{File: "types/a.yaml", Type: catalogue.Type{Code: "a"}}
	_, problems := law.Compile(law.Draft{Types: []law.DraftType{typ, typ}})
	if !slices.ContainsFunc(problems, func(p law.Problem) bool { return p.Text == "Two types have this code." }) {
		t.Errorf("two types of one code: %v", problems)
	}
}
