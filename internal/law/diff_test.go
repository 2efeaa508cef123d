package law_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"recourse/internal/law"
	"recourse/internal/law/lawfile"
)

// edit is one text in one file of a pack that becomes another.
type edit struct{ file, old, now string }

// sampleWith loads the sample pack with edits.
func sampleWith(t testing.TB, edits ...edit) *law.Pack {
	t.Helper()
	files := fstest.MapFS{}
	sub := os.DirFS("lawfile/testdata/sample")
	err := fs.WalkDir(sub, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(name, "samples/") {
			return err
		}
		b, err := fs.ReadFile(sub, name)
		files[name] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range edits {
		switch f := files[e.file]; {
		case f == nil && e.old == "":
			files[e.file] = &fstest.MapFile{Data: []byte(e.now)}
		case f == nil || !strings.Contains(string(f.Data), e.old):
			t.Fatalf("%s does not say %q", e.file, e.old)
		default:
			files[e.file] = &fstest.MapFile{Data: []byte(strings.Replace(string(f.Data), e.old, e.now, 1))}
		}
	}
	p, err := lawfile.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const (
	loanShown = "  - class: loan\n    labels: {zh: 借贷违约, en: Loan defaults}\n    display:\n      value: 5"
	loanKept  = "start: day on which the default was established\n      scope: [bureau, furnisher]\n      from: 2026-01-01\n      basis: {cite: \"registry-policy#loan-end\", status: policy}\n    retain:\n      value: 5"
)

func TestDiff_verdicts(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		edits []edit
		path  string
		want  law.Verdict
	}{
		"adverse records come off earlier": {[]edit{{"retention.yaml", loanShown, strings.Replace(loanShown, "value: 5", "value: 3", 1)}}, "retentions/loan/display", law.InFavour},
		"adverse records are kept longer":  {[]edit{{"retention.yaml", loanKept, strings.Replace(loanKept, "retain:\n      value: 5", "retain:\n      value: 9", 1)}}, "retentions/loan/retain", law.Waits},
		"more time to answer":              {[]edit{{"deadlines.yaml", "value: 15", "value: 20"}}, "deadlines/answer-before-effect", law.InFavour},
		"less time to answer":              {[]edit{{"deadlines.yaml", "value: 15", "value: 14"}}, "deadlines/answer-before-effect", law.Waits},
		"more time to undo":                {[]edit{{"deadlines.yaml", "value: 10", "value: 30"}}, "deadlines/consent-undo", law.InFavour},
		"longer consents":                  {[]edit{{"deadlines.yaml", "value: 90", "value: 91"}}, "deadlines/consent-max", law.Waits},
		"shorter consents":                 {[]edit{{"deadlines.yaml", "value: 90", "value: 60"}}, "deadlines/consent-max", law.InFavour},
		"a field less is seen":             {[]edit{{"purposes.yaml", "fields: [lender, defaulted_on, amount_owed]", "fields: [lender, defaulted_on]"}}, "purposes/loan-application/grants/loan-default/fields/amount_owed", law.InFavour},
		"a field more is seen":             {[]edit{{"purposes.yaml", "fields: [lender, defaulted_on, amount_owed]", "fields: [lender, defaulted_on, amount_owed, notice_number]"}}, "purposes/loan-application/grants/loan-default/fields/notice_number", law.Waits},
		"a body less asks":                 {[]edit{{"purposes.yaml", "bodies: [hubei-market, wuhan-market]", "bodies: [hubei-market]"}}, "purposes/food-licence-application/bodies/wuhan-market", law.InFavour},
		"a body more asks":                 {[]edit{{"purposes.yaml", "bodies: [hubei-market, wuhan-market]", "bodies: [hubei-market, wuhan-market, hubei-tax]"}}, "purposes/food-licence-application/bodies/hubei-tax", law.Waits},
		"a lower ceiling":                  {[]edit{{"purposes.yaml", "daily_ceiling: 500", "daily_ceiling: 99"}}, "purposes/loan-application/dailyceiling", law.InFavour},
		"a higher ceiling":                 {[]edit{{"purposes.yaml", "daily_ceiling: 500", "daily_ceiling: 1000"}}, "purposes/loan-application/dailyceiling", law.Waits},
		"only signed questions":            {[]edit{{"purposes.yaml", "daily_ceiling: 500", "daily_ceiling: 500\n    signed: true"}}, "purposes/loan-application/signed", law.InFavour},
		"another case format":              {[]edit{{"purposes.yaml", `case_format: "FL20`, `case_format: "F20`}}, "purposes/food-licence-application/caseformat", law.Waits},
		"another sentence":                 {[]edit{{"types/loan-default.yaml", "The lender told you", "Your lender told you"}}, "types/loan-default/sentence/en", law.Waits},
		"other words in a letter":          {[]edit{{"notices/filed.en.md", "{contact}", "{contact} "}}, "wordings/filed.en/body", law.Waits},
		"another contact":                  {[]edit{{"pack.yaml", "12345 ext. 6", "12345 ext. 7"}}, "contact/en", law.Waits},
		"another example":                  {[]edit{{"types/loan-default.yaml", "amount_owed: 12000.00 CNY", "amount_owed: 13000.00 CNY"}}, "types/loan-default/example/amount_owed", law.NoEffect},
	}
	before := sampleWith(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changes := law.Diff(before, sampleWith(t, c.edits...))
			if len(changes) != 1 || changes[0].Path != c.path || changes[0].Verdict != c.want {
				t.Fatalf("changes %+v, want one at %s that %s", changes, c.path, c.want)
			}
			if law.Favourable(changes) != (c.want != law.Waits) {
				t.Error("what waits decides for all")
			}
			for _, lang := range []string{"zh", "en"} {
				if changes[0].Text[lang] == "" || changes[0].Reason[lang] == "" {
					t.Errorf("nothing is said in %s: %+v", lang, changes[0])
				}
			}
		})
	}
}

func TestDiff_nothingAndComments(t *testing.T) {
	t.Parallel()
	before := sampleWith(t)
	if got := law.Diff(before, before); len(got) != 0 {
		t.Errorf("a pack differs from itself: %+v", got)
	}
	if got := law.Diff(before, sampleWith(t, edit{"pack.yaml", "# A pack", "# The pack"})); len(got) != 0 {
		t.Errorf("a comment is no change: %+v", got)
	}
}

// TestDiff_seesEveryValue changes the scalars of the pack's files one by one: each
// change that loads is either a difference, or nothing but how a file is written.
func TestDiff_seesEveryValue(t *testing.T) {
	t.Parallel()
	before := sampleWith(t)
	seen := 0
	for _, e := range []edit{
		{"pack.yaml", "title: {zh: 湖北省", "title: {zh: 湖北"},
		{"bodies.yaml", "roles: [supervisor]", "roles: [supervisor, inquirer]"},
		{"bodies.yaml", "aliases: [", "aliases: [示例别名, "},
		{"calendar/2026.csv", "元旦", "元旦节"},
		{"purposes.yaml", "post:\n      labels: {zh: 护士岗位", "post:\n      labels: {zh: 护士的岗位"},
		{"deadlines.yaml", "rolls: true", "rolls: false"},
		{"deadlines.yaml", "start: the person opens the notice", "start: the person has opened the notice"},
		{"deadlines.yaml", "from: 2026-01-01", "from: 2026-01-02"},
		{"deadlines.yaml", "scope: [platform, bureau, furnisher]", "scope: [platform, bureau]"},
		{"retention.yaml", "from: 2026-04-01", "from: 2026-04-02"},
		{"types/market-penalty.yaml", "labels: {zh: 决定地, en: Place of the decision}", "labels: {zh: 决定地, en: Where it was decided}"},
		{"types/market-penalty.yaml", "currencies: [CNY]", "currencies: [CNY, EUR]"},
		{"sources/registry-policy.txt", "title-en:", "title-en: The"},
	} {
		changes := law.Diff(before, sampleWith(t, e))
		if len(changes) == 0 {
			t.Errorf("%s: %q in place of %q is not seen", e.file, e.now, e.old)
		}
		seen++
	}
	if seen < 10 {
		t.Error("too little was tried")
	}
}
