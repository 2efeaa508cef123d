package scheme

import (
	"strings"

	"recourse/internal/fault"
)

// readBE reads a Belgian national register number: year, month and day of birth
// in two digits each, three of order, and 97 less the remainder by 97 of what
// stands before; with a 2 put before it for those born from 2000 on. Bis numbers
// of persons who are not in the register have 20 or 40 added to the month. Month
// or day 00 says that it is not known.
func readBE(n string) (formed, checked bool, h held) {
	if !digits(n) {
		return false, false, held{}
	}
	check := number(n[9:])
	h = held{year: number(n[:2]), month: number(n[2:4]), day: number(n[4:6])}
	if h.month < 60 {
		h.month %= 20
	}
	switch {
	case checkBE(n[:9]) == check:
		h.year += 1900
	case checkBE("2"+n[:9]) == check:
		h.year += 2000
	default:
		return true, false, held{}
	}
	if h.month == 0 {
		h.day = 0 // counts those of whom no day is known
		if h.year%100 == 0 {
			h.year = 0
		}
	}
	return true, true, h
}

// checkBE returns the check digits of what stands before them.
func checkBE(s string) int { return 97 - number(s)%97 }

// readES reads a Spanish DNI, or the NIE of a foreigner, whose X, Y or Z counts
// as 0, 1 or 2: the letter is that of the remainder by 23. It tells nothing of
// the day of birth.
func readES(n string) (formed, checked bool, h held) {
	value := strings.IndexByte("XYZ", n[0])
	if value < 0 {
		value = int(n[0] - '0')
	}
	if value > 9 || !digits(n[1:8]) || n[8] < 'A' || n[8] > 'Z' {
		return false, false, held{}
	}
	return true, "TRWAGMYFPDXBNJZSQVHLCKE"[(value*10_000_000+number(n[1:8]))%23] == n[8], held{}
}

// readFI reads a Finnish personal identity code: day, month and year of birth in
// two digits each, a sign of the century, three digits of order, and the
// character of the remainder by 31.
func readFI(n string) (formed, checked bool, h held) {
	century := 0
	switch c := n[6]; {
	case c == '+':
		century = 1800
	case c == '-' || c >= 'U' && c <= 'Y':
		century = 1900
	case c >= 'A' && c <= 'F':
		century = 2000
	}
	if century == 0 || !digits(n[:6]) || !digits(n[7:10]) {
		return false, false, held{}
	}
	return true, checkFI(n[:6]+n[7:10]) == n[10], held{year: century + number(n[4:6]), month: number(n[2:4]), day: number(n[:2])}
}

// checkFI returns the check character of the nine digits of a Finnish code.
func checkFI(s string) byte { return "0123456789ABCDEFHJKLMNPRSTUVWXY"[number(s)%31] }

// readPL reads a Polish PESEL number: year, month and day of birth in two digits
// each, four of order, and a check digit by the weights 1, 3, 7, 9. The month
// carries the century: 80 added for the 1800s, 0 for the 1900s, then 20, 40, 60.
func readPL(n string) (formed, checked bool, h held) {
	if !digits(n) {
		return false, false, held{}
	}
	sum := 0
	for i := range 11 {
		sum += int(n[i]-'0') * [11]int{1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1}[i]
	}
	month := number(n[2:4])
	century := [5]int{1900, 2000, 2100, 2200, 1800}[month/20]
	return true, sum%10 == 0, held{year: century + number(n[:2]), month: month % 20, day: number(n[4:6])}
}

// oddSE finds the short form of a Swedish number. Which century it means depends
// on the day on which it was written, so it is not taken.
func oddSE(n string) *fault.Error {
	if body := strings.NewReplacer("+", "").Replace(n); len(body) == 10 && digits(body) {
		return fault.New(fault.Invalid, "E-ID-SHORT-YEAR", "The number has only two digits of the year. Nothing was kept. Write all twelve digits, with the four of the year first.")
	}
	return nil
}

// readSE reads a Swedish personal number of twelve digits: the day of birth, three
// of order, and the check digit of Luhn over the last ten. Co-ordination numbers
// have 60 added to the day.
func readSE(n string) (formed, checked bool, h held) {
	if !digits(n) || n[:2] == "00" {
		return false, false, held{}
	}
	sum := 0
	for i := range 10 {
		d := int(n[2+i]-'0') * (2 - i%2)
		sum += d/10 + d%10
	}
	h = held{year: number(n[:4]), month: number(n[4:6]), day: number(n[6:8])}
	if h.day > 60 {
		h.day -= 60
	}
	return true, sum%10 == 0, h
}
