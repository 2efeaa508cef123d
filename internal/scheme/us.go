package scheme

// readUS reads a Social Security number: area, group and serial, none of them all
// zeros; areas from 900 on are another kind of number. It has no check character, so
// a wrong digit is found only where the name beside it does not agree, and it tells
// nothing of the day of birth.
func readUS(n string) (formed, checked bool, h held) {
	formed = digits(n) && n[:3] != "000" && n[0] != '9' && n[3:5] != "00" && n[5:] != "0000"
	return formed, formed, held{}
}
