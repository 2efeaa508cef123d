package law

import (
	"strings"
	"unicode"

	"recourse/internal/fault"
)

// CreditCode is the code under which a body is registered: a unified social
// credit code of GB 32100-2015, or one of before.
type CreditCode struct {
	Code   string // normalised: ASCII, capitals, nothing between groups
	Legacy bool   // of before 2015, or in use with another check character than the standard's
}

// ParseCreditCode reads a code by the published rules (docs/reference/identity.md).
// A legacy code is taken: bodies still use them, and nothing is found by one.
func ParseCreditCode(s string) (CreditCode, *fault.Error) {
	n := strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r = r - '！' + '!'
		}
		if r == '-' || unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
	const digits, all = "0123456789", "0123456789ABCDEFGHJKLMNPQRTUWXY"
	made := func(part, of string) bool { return strings.Trim(part, of) == "" }
	switch {
	case n == "":
		return CreditCode{}, fault.New(fault.Invalid, "E-CODE-MISSING", "The code is empty.").At("credit_code")
	case len(n) == 15 && made(n, digits), len(n) == 9 && made(n, digits+"ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
		return CreditCode{Code: n, Legacy: true}, nil
	case len(n) == 18 && made(n[:2], all) && made(n[2:8], digits) && made(n[8:], all):
		return CreditCode{Code: n, Legacy: creditCheck(n[:17], all) != n[17]}, nil
	}
	return CreditCode{}, fault.New(fault.Invalid, "E-CODE-FORM",
		"The code is neither the 18 characters of GB 32100 nor a registration number of 15 digits nor an organisation code of 9 characters.").At("credit_code")
}

// creditCheck returns the check character of 17 characters: weights 3^i modulo 31.
func creditCheck(s, all string) byte {
	sum, weight := 0, 1
	for i := range len(s) {
		sum += strings.IndexByte(all, s[i]) * weight
		weight = weight * 3 % 31
	}
	return all[(31-sum%31)%31]
}
