package law_test

import (
	"errors"
	"strings"
	"testing"

	"recourse/internal/law/lawfile"
	"recourse/internal/scheme"
)

// TestBodies_creditCode: a body may have a code; an old one is kept and told from
// a sound one, what is no code is refused, and so is one that two bodies have.
func TestBodies_creditCode(t *testing.T) {
	t.Parallel()
	const first, second = "  - code: hubei-market\n", "  - code: wuhan-market\n"
	with := func(codes ...string) map[string]string {
		f := files(t)
		for i, at := range []string{first, second}[:len(codes)] {
			if !strings.Contains(f["bodies.yaml"], at) {
				t.Fatalf("the sample has no body %q", at)
			}
			f["bodies.yaml"] = strings.Replace(f["bodies.yaml"], at, at+"    credit_code: \""+codes[i]+"\"\n", 1)
		}
		return f
	}
	for _, c := range []struct {
		sent string
		want scheme.CreditCode
	}{
		{"91350100m0001tgqx1", scheme.CreditCode{Code: "91350100M0001TGQX1"}},
		{"91350100M0001TGQXM", scheme.CreditCode{Code: "91350100M0001TGQXM", Legacy: true}},
		{"350100100000001", scheme.CreditCode{Code: "350100100000001", Legacy: true}},
	} {
		p, err := load(with(c.sent))
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := p.Body("hubei-market"); b.CreditCode != c.want {
			t.Errorf("%s is kept as %+v", c.sent, b.CreditCode)
		}
		if b, _ := p.Body("wuhan-market"); b.CreditCode != (scheme.CreditCode{}) {
			t.Errorf("a body without a code has %+v", b.CreditCode)
		}
	}
	for _, c := range []struct{ name, says string }{
		{"not a code", "no code of a body"}, {"91350100M0001TGQX1", "Two bodies have this code"},
	} {
		_, err := load(with("91350100M0001TGQX1", c.name))
		var faults lawfile.Faults
		if !errors.As(err, &faults) || len(faults) != 1 || faults[0].File != "bodies.yaml" || !strings.Contains(faults[0].Text, c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
