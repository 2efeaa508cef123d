package scheme

import (
	"fmt"
	"time"

	"recourse/internal/when"
)

// Synthetic makes the n-th official identifier (from 0) of a kind that belongs
// to nobody: for CNID in area 999999, which is not assigned; for FIHetu with
// orders from 900, which are kept for made-up persons; for BENRN with order 999,
// which is never given out; for USSSN in area 666, which is not either. It returns false for a kind of which no such
// identifiers exist, or not so many. Every holder is born from 1950 to 1999;
// numbers of small order of CNID stay free for written samples.
func Synthetic(idType string, n int) (number string, birth when.Date, ok bool) {
	const days = 18262
	most := map[string]int{CNID: 500 * days, FIHetu: 100 * days, BENRN: days, USSSN: 50 * days}[idType]
	if n < 0 || n >= most {
		return "", 0, false
	}
	// 7919 is prime to the number of days: neighbours in n differ in age.
	birth = when.Of(1950, time.January, 1).AddDays(n * 7919 % days)
	t, order := birth.Time(), n/days
	switch idType {
	case CNID:
		number = fmt.Sprintf("999999%s%03d", t.Format("20060102"), 500+order)
		number += string(checkCN(number))
	case FIHetu:
		day, nth := t.Format("020106"), fmt.Sprint(900+order)
		number = day + "-" + nth + string(checkFI(day+nth))
	case BENRN:
		number = t.Format("060102") + "999"
		number += fmt.Sprintf("%02d", checkBE(number))
	case USSSN:
		number = fmt.Sprintf("666%02d%04d", 2+n/9999, 1+n%9999)
	}
	return number, birth, true
}

// Sample returns kind and number of a person who does not exist, for documents.
func Sample() (code, number string) { return CNID, "999999195802030078" }
