package consent_test

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"recourse/internal/consent"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/packs"
)

// crossing is the pack of Hubei with a record of another sector that a loan may see.
func crossing(t testing.TB) *law.Pack {
	t.Helper()
	files := fstest.MapFS{}
	root, err := fs.Sub(packs.FS, "cn-hubei")
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(root, path)
		files[path] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const old = "        fields: [lender, defaulted_on, amount_owed]\n"
	u := string(files[law.PurposesFile].Data)
	if !strings.Contains(u, old) {
		t.Fatal("the purpose of loans is another one")
	}
	files[law.PurposesFile].Data = []byte(strings.Replace(u, old, old+`      - type: tax-arrears
        fields: [tax_office, due_on, tax_owed]
        across:
          basis: {cite: "cn-order-631#18(1)", status: unverified}
          without: {zh: 贷款机构按其他材料审查, en: The lender decides on other papers}
`, 1))
	pack, err := lawfile.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

func TestCheck(t *testing.T) {
	t.Parallel()
	pack := crossing(t)
	now := time.Date(2026, time.March, 2, 4, 0, 0, 0, time.UTC)
	today := pack.Today(now)
	good := consent.Terms{Body: "sample-bank", Purpose: "loan-application", Types: []string{"loan-default"}, Until: today.AddDays(30)}
	across := func(t *consent.Terms) { t.Types = []string{"loan-default", "tax-arrears"} }
	for name, c := range map[string]struct {
		change func(*consent.Terms)
		code   string
	}{
		"as it is":                     {func(*consent.Terms) {}, ""},
		"once":                         {func(t *consent.Terms) { t.Single = true }, ""},
		"another body":                 {func(t *consent.Terms) { t.Body = "hubei-health" }, "E-PURPOSE"},
		"a purpose under statute":      {func(t *consent.Terms) { t.Body, t.Purpose = "hubei-market", "food-licence-application" }, "E-PURPOSE"},
		"no such purpose":              {func(t *consent.Terms) { t.Purpose = "hiring" }, "E-PURPOSE"},
		"no type":                      {func(t *consent.Terms) { t.Types = nil }, "E-TYPES"},
		"a type it may not see":        {func(t *consent.Terms) { t.Types = []string{"loan-default", "nurse-licence"} }, "E-TYPES"},
		"until yesterday":              {func(t *consent.Terms) { t.Until = today - 1 }, "E-UNTIL"},
		"the last day of all":          {func(t *consent.Terms) { t.Until = today.AddDays(90) }, ""},
		"a day longer":                 {func(t *consent.Terms) { t.Until = today.AddDays(91) }, "E-UNTIL-LATE"},
		"for life":                     {func(t *consent.Terms) { t.Until = today.AddYears(99) }, "E-UNTIL-LATE"},
		"across, several times":        {func(t *consent.Terms) { across(t); t.Started = true }, "E-ACROSS-ONCE"},
		"across, started by the body":  {func(t *consent.Terms) { across(t); t.Single = true }, "E-ACROSS-STARTED"},
		"across, once, for one's own":  {func(t *consent.Terms) { across(t); t.Single, t.Started = true, true }, ""},
		"across alone, several times":  {func(t *consent.Terms) { t.Types, t.Started = []string{"tax-arrears"}, true }, "E-ACROSS-ONCE"},
		"not across, said of a matter": {func(t *consent.Terms) { t.Started = true }, ""},
	} {
		terms := good
		c.change(&terms)
		g, err := consent.Check(pack, terms, now)
		if got := ""; err != nil {
			if got = fault.Of(err).Code; got != c.code {
				t.Errorf("%s: %v, want %q", name, err, c.code)
			}
		} else if c.code != "" || g.Crosses != slices.Contains(terms.Types, "tax-arrears") || g.Usable(now) || g.UsableFrom.Sub(now) < 10*time.Minute {
			t.Errorf("%s: %+v, want %q", name, g, c.code)
		}
	}
}

// Whatever is asked for: what is given stays within the purpose, ends, waits for its
// undo, and opens a record of another sector once at most, for one's own matter.
func TestCheck_property(t *testing.T) {
	t.Parallel()
	pack := crossing(t)
	types := slices.Collect(maps.Keys(map[string]bool{"loan-default": true, "tax-arrears": true, "nurse-licence": true, "market-penalty": true}))
	slices.Sort(types)
	given := 0
	rapid.Check(t, func(rt *rapid.T) {
		now := time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 86_399).Draw(rt, "second")) * time.Second)
		terms := consent.Terms{Body: rapid.SampledFrom([]string{"sample-bank", "sample-bank", "hubei-health"}).Draw(rt, "body"),
			Purpose: rapid.SampledFrom([]string{"loan-application", "loan-application", "food-licence-application"}).Draw(rt, "purpose"),
			Types:   rapid.OneOf(rapid.Just([]string{"loan-default"}), rapid.SliceOfN(rapid.SampledFrom(types), 0, 3)).Draw(rt, "types"), Until: pack.Today(now).AddDays(rapid.IntRange(-2, 100).Draw(rt, "days")),
			Single: rapid.Bool().Draw(rt, "single"), Started: rapid.Bool().Draw(rt, "started")}
		g, err := consent.Check(pack, terms, now)
		if err != nil {
			return
		}
		given++
		u, _ := pack.Purpose(g.Purpose)
		for _, typ := range g.Types {
			if u.Sees(typ) == nil || u.Crosses(typ) && (!g.Single || !g.Started) {
				rt.Fatalf("%s in %+v", typ, g)
			}
		}
		if !u.Allows(terms.Body) || len(g.Types) == 0 || g.Until.Sub(now) > 91*24*time.Hour || g.Until.Before(g.UsableFrom) || g.Usable(now.Add(10*time.Minute-1)) {
			rt.Fatalf("%+v", g)
		}
	})
	if given == 0 {
		t.Error("nothing was ever given")
	}
}

func TestUsable(t *testing.T) {
	t.Parallel()
	at := func(m int) time.Time { return time.Date(2026, time.March, 2, 0, m, 0, 0, time.UTC) }
	g := consent.Given{GivenAt: at(0), UsableFrom: at(10), Until: at(50)}
	stopped, used := g, g
	stopped.StoppedAt, used.UsedAt = at(20), at(20)
	for i, c := range []struct {
		g    consent.Given
		at   time.Time
		want bool
	}{{g, at(9), false}, {g, at(10), true}, {g, at(49), true}, {g, at(50), false}, {stopped, at(30), false}, {used, at(30), false}} {
		if c.g.Usable(c.at) != c.want {
			t.Errorf("%d: usable %v", i, !c.want)
		}
	}
}
