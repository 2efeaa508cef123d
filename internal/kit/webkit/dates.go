package webkit

import (
	"fmt"
	"time"

	"recourse/internal/when"
)

// The languages of pages, by their codes in addresses. The first is asked for
// where nothing says otherwise.
const (
	ZH = "zh"
	EN = "en"
)

// Langs returns the languages of pages.
func Langs() []string { return []string{ZH, EN} }

// other returns the other language.
func other(lang string) string {
	if lang == ZH {
		return EN
	}
	return ZH
}

// Tag returns the BCP 47 tag of a language of pages.
func Tag(lang string) string {
	if lang == ZH {
		return "zh-Hans"
	}
	return "en"
}

// Dates writes days and instants in one language and one zone.
type Dates struct {
	Lang string
	Zone *time.Location
}

// Of returns the legal day of an instant.
func (d Dates) Of(t time.Time) when.Date { return when.In(t, d.Zone) }

// Day writes a day with its weekday: "2026年12月2日（周三）", "Wed 2 Dec 2026".
func (d Dates) Day(day when.Date) string {
	t := day.Time()
	if d.Lang == ZH {
		return d.Plain(day) + "（" + zhWeekday(t.Weekday()) + "）"
	}
	return t.Format("Mon 2 Jan 2006")
}

// Near writes a day as Day does, in Chinese without the year where it is that of
// today.
func (d Dates) Near(day, today when.Date) string {
	if t := day.Time(); d.Lang == ZH && day.Year() == today.Year() {
		return t.Format("1月2日") + "（" + zhWeekday(t.Weekday()) + "）"
	}
	return d.Day(day)
}

// Plain writes a day without its weekday: "2026年12月2日", "2 Dec 2026".
func (d Dates) Plain(day when.Date) string {
	if d.Lang == ZH {
		return day.Time().Format("2006年1月2日")
	}
	return day.Time().Format("2 Jan 2006")
}

// Instant writes day and time of day in the zone: "2026年12月2日 14:06", "2 Dec 2026, 14:06".
func (d Dates) Instant(t time.Time) string {
	if d.Lang == ZH {
		return d.Plain(d.Of(t)) + " " + d.Clock(t)
	}
	return d.Plain(d.Of(t)) + ", " + d.Clock(t)
}

// Clock writes the time of day in the zone: "14:06".
func (d Dates) Clock(t time.Time) string { return t.In(d.Zone).Format("15:04") }

// LastDay returns the last whole day before an instant at which something ends:
// what ends at midnight ends with the day before.
func (d Dates) LastDay(end time.Time) when.Date { return d.Of(end.Add(-time.Microsecond)) }

// Offset writes how far the zone is from UTC at t: "UTC+8".
func (d Dates) Offset(t time.Time) string {
	_, s := t.In(d.Zone).Zone()
	if s%3600 == 0 {
		return fmt.Sprintf("UTC%+d", s/3600)
	}
	return "UTC" + t.In(d.Zone).Format("-07:00")
}

// Span writes the time between two days in the two largest units: "3 个月 10 天",
// "3 months 10 days". Later must not be before earlier.
func (d Dates) Span(earlier, later when.Date) string {
	from, to := earlier.Time(), later.Time()
	months := 12*(to.Year()-from.Year()) + int(to.Month()-from.Month())
	if earlier.AddMonths(months) > later {
		months--
	}
	days := int(later - earlier.AddMonths(months))
	years := months / 12
	switch {
	case years > 0 && months%12 == 0:
		return d.count(years, "年", "year")
	case years > 0:
		return d.pair(d.count(years, "年", "year"), d.count(months%12, "个月", "month"))
	case months > 0 && days == 0:
		return d.count(months, "个月", "month")
	case months > 0:
		return d.pair(d.count(months, "个月", "month"), d.count(days, "天", "day"))
	}
	return d.count(days, "天", "day")
}

func (d Dates) pair(a, b string) string { return a + " " + b }

func (d Dates) count(n int, zh, en string) string {
	switch {
	case d.Lang == ZH:
		return fmt.Sprintf("%d %s", n, zh)
	case n == 1:
		return "1 " + en
	}
	return fmt.Sprintf("%d %ss", n, en)
}

func zhWeekday(w time.Weekday) string {
	return [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}[w]
}
