package law_test

import (
	"maps"
	"strings"
	"testing"

	"recourse/internal/law"
	"recourse/internal/when"
)

// ground is a ground to hold a content, as a pack writes it.
const ground = `holds:
  - code: civil-evidence
    labels: {zh: 证据保全, en: Evidence}
    courts: [hubei-tax]
    reference: 'S-[0-9]{4}'
    longest:
      value: 12
      unit: months
      start: the hold is proposed
      scope: [platform]
      from: 2025-01-01
      basis: {cite: "cn-order-631#15", status: unverified}
access:`

// held are the letters of a pack with holds.
const held = "# 示例 Sample\n\n{registry} {type} {source} {ground} {reference} {court} {until} {contact}\n"

func withHolds(t *testing.T, old, now string) map[string]string {
	t.Helper()
	f := maps.Clone(files(t))
	text := strings.Replace(ground, old, now, 1)
	if old != "" && text == ground {
		t.Fatalf("the sample has no %q", old)
	}
	f[law.RetentionFile] = strings.Replace(f[law.RetentionFile], "access:", text, 1)
	f["notices/held.zh.md"], f["notices/held.en.md"] = held, held
	return f
}

// Rules E1: a ground to hold a content cites a law, names courts and a form of their
// reference, and lasts twelve months at most.
func TestHolds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new, want string }{
		"for longer than a year":     {"value: 12", "value: 13", "[E1] A content is held for twelve months"},
		"in days for longer":         {"value: 12\n      unit: months", "value: 400\n      unit: calendar days", "[E1] A content is held for twelve months"},
		"in working days":            {"unit: months", "unit: working days", "[term]"},
		"by the registry's own word": {`{cite: "cn-order-631#15", status: unverified}`, `{cite: "registry-policy#answer", status: policy}`, "[E1] A hold needs a court or a statute"},
		"for nobody":                 {"courts: [hubei-tax]", "courts: []", "[E1] There is no court"},
		"for the registry":           {"courts: [hubei-tax]", "courts: [hubei-credit-centre]", "[E1] Who runs the registry"},
		"for a stranger":             {"courts: [hubei-tax]", "courts: [atlantis-court]", "[name]"},
		"on any reference":           {"S-[0-9]{4}", ".*", "[E1] It is not said what a reference"},
		"on no expression":           {"S-[0-9]{4}", "S-[", "[E1] It is not said what a reference"},
	} {
		if _, err := load(withHolds(t, c.old, c.new)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := withHolds(t, "", "")
	delete(f, "notices/held.en.md")
	if _, err := load(f); err == nil || !strings.Contains(err.Error(), "notices/held.en.md") {
		t.Errorf("without its letter: %v", err)
	}
	p, err := load(withHolds(t, "", ""))
	if err != nil {
		t.Fatal(err)
	}
	h, _ := p.Hold("civil-evidence")
	for reference, want := range map[string]bool{"S-2026": true, "S-2026 and more": false, "": false, "S-20": false} {
		if h.ReferenceOK(reference) != want {
			t.Errorf("reference %q: %v", reference, !want)
		}
	}
	if !h.For("hubei-tax") || h.For("hubei-market") || len(p.Holds()) != 1 {
		t.Errorf("for whom: %v", h.Courts)
	}
	if end, err := p.HoldUntil("civil-evidence", when.Of(2028, 2, 29)); end != when.Of(2029, 2, 28) || err != nil {
		t.Errorf("until %s, %v", end, err)
	}
	if _, err := p.HoldUntil("none", when.Of(2028, 2, 29)); err == nil {
		t.Error("on a ground that is not there")
	}
}

// A new ground waits; one that is taken out, or made shorter, is for the person.
func TestHolds_diff(t *testing.T) {
	t.Parallel()
	versions := map[string]*law.Pack{}
	for name, f := range map[string]map[string]string{"none": files(t), "year": withHolds(t, "", ""), "half": withHolds(t, "value: 12", "value: 6")} {
		p, err := load(f)
		if err != nil {
			t.Fatal(err)
		}
		versions[name] = p
	}
	for _, c := range []struct {
		from, to string
		want     law.Verdict
	}{{"none", "year", law.Waits}, {"year", "none", law.InFavour}, {"half", "year", law.Waits}, {"year", "half", law.InFavour}} {
		verdict := law.NoEffect
		for _, ch := range law.Diff(versions[c.from], versions[c.to]) {
			if strings.HasPrefix(ch.Path, "holds/") {
				verdict = ch.Verdict
			}
		}
		if verdict != c.want {
			t.Errorf("from %s to %s: %s", c.from, c.to, verdict)
		}
	}
}
