package party

import (
	"fmt"
	"time"

	"recourse/internal/when"
)

// Synthetic makes the n-th official identifier (from 0) of a kind that belongs
// to nobody: for CNID in area 999999, which is not assigned. It returns false
// for a kind of which no such identifiers exist. Every holder is born from
// 1950 to 1999; numbers of small order stay free for written samples.
func Synthetic(idType string, n int) (number string, birth when.Date, ok bool) {
	const days, first, orders = 18262, 500, 500
	if idType != CNID || n < 0 || n >= days*orders {
		return "", 0, false
	}
	// 7919 is prime to the number of days: neighbours in n differ in age.
	birth = when.Of(1950, time.January, 1).AddDays(n * 7919 % days)
	number = fmt.Sprintf("999999%s%03d", birth.Time().Format("20060102"), first+n/days)
	return number + string(check(number)), birth, true
}
