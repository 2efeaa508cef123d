package scheme

import "strings"

// readIT reads an Italian fiscal code (D.M. 23 December 1976): six letters of the
// names, two digits of the year, a letter for the month, two digits for the day
// (40 added for women), four characters of the place, and a check letter. Where
// two people would have one code, letters stand for digits. The year tells no
// century, so the day of birth must come with it.
func readIT(n string) (formed, checked bool, h held) {
	const months, check = "ABCDEHLMPRST", 15
	var plain [check]byte // letters that stand for digits, as digits
	for i := range check {
		c := n[i]
		letter := i < 6 || i == 8 || i == 11
		if stands := strings.IndexByte("LMNPQRSTUV", c); !letter && stands >= 0 {
			c = '0' + byte(stands)
		}
		if letter != (c >= 'A' && c <= 'Z') || !letter && (c < '0' || c > '9') {
			return false, false, held{}
		}
		plain[i] = c
	}
	h = held{year: number(string(plain[6:8])), month: 1 + strings.IndexByte(months, plain[8]), day: number(string(plain[9:11])), short: true}
	if h.day > 40 {
		h.day -= 40
	}
	if h.month == 0 || n[check] < 'A' || n[check] > 'Z' {
		return false, false, held{}
	}
	sum := 0
	for i := range check {
		sum += fiscal(n[i], i%2 == 0)
	}
	return true, byte('A'+sum%26) == n[check], h
}

// fiscal returns what a character counts for the check letter; characters at odd
// places, counted from 1, count by a table of their own.
func fiscal(c byte, odd bool) int {
	value := int(c - '0')
	if c >= 'A' {
		value = int(c - 'A')
	}
	if odd {
		return [26]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}[value]
	}
	return value
}
