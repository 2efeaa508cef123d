package scheme

import (
	"strings"
	"unicode"
)

// CreditCode is the code under which a body is registered: a unified social
// credit code of GB 32100-2015, or one of before.
type CreditCode struct {
	Code   string // normalised: ASCII, capitals, nothing between groups
	Legacy bool   // of before 2015, or in use with another check character than the standard's
}

// ParseCreditCode reads a code by the published rules (docs/reference/identity.md).
// A legacy code is taken: bodies still use them, and nothing is found by one. It
// returns false for what is no such code.
func ParseCreditCode(s string) (CreditCode, bool) {
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
	case len(n) == 15 && made(n, digits), len(n) == 9 && made(n, digits+"ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
		return CreditCode{Code: n, Legacy: true}, true
	case len(n) == 18 && made(n[:2], all) && made(n[2:8], digits) && made(n[8:], all):
		return CreditCode{Code: n, Legacy: creditCheck(n[:17], all) != n[17]}, true
	}
	return CreditCode{}, false
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
