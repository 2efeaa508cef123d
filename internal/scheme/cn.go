package scheme

import (
	"strings"

	"recourse/internal/fault"
)

// oddCN tells apart what is no number of today's citizens: one of the first
// generation, and one that a spreadsheet has rounded.
func oddCN(n string) *fault.Error {
	switch {
	case len(n) == 15 && digits(n):
		return fault.New(fault.Invalid, "E-ID-LEGACY", "This is a 15-digit number of the first generation. It was replaced by 18 characters and does not name one person for certain. Nothing was kept. Ask for the number on the present card.")
	case strings.ContainsAny(n, ".+E"):
		_, _, e := rounded()
		return e
	}
	return nil
}

// readCN reads a number of GB 11643-1999: six digits of area, the day of birth,
// three digits of order, and the check character of ISO 7064 MOD 11-2. The area
// is not looked up: areas were renamed and dissolved, and numbers stay. None
// begins with 0 (GB/T 2260).
func readCN(n string) (formed, checked bool, h held) {
	if !digits(n[:17]) || !digits(n[17:]) && n[17] != 'X' || n[0] == '0' {
		return false, false, held{}
	}
	return true, checkCN(n[:17]) == n[17], held{year: number(n[6:10]), month: number(n[10:12]), day: number(n[12:14])}
}

// checkCN returns the check character of 17 digits: ISO 7064 MOD 11-2.
func checkCN(s string) byte {
	sum := 0
	for i := range len(s) {
		sum = (sum + int(s[i]-'0')) * 2 % 11
	}
	return "10X98765432"[sum]
}
