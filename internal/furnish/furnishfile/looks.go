package furnishfile

import (
	"math"
	"strconv"
	"strings"

	"recourse/internal/furnish"
	"recourse/internal/when"
)

// look is how a spreadsheet shows a number.
type look struct {
	day, clock bool
	zeros      int // digits to which it is filled up with zeros
}

// readLooks reads the look of each style of cells.
func readLooks(z *zipped, name string) (out []look, err error) {
	codes := map[string]look{}
	cells := false
	err = z.each(name, func(m *markup) error {
		switch {
		case len(out) > maxStyles || len(codes) > maxStyles:
			return errBomb
		case m.opens("numFmt"):
			code, err := m.value("formatCode")
			codes[string(m.attr("numFmtId"))] = lookOf(code)
			return err
		case m.opens("cellXfs"):
			cells = true
		case m.closes("cellXfs"):
			cells = false
		case m.opens("xf") && cells:
			id := string(m.attr("numFmtId"))
			l, own := codes[id]
			if !own {
				l = builtIn(id)
			}
			out = append(out, l)
		}
		return nil
	})
	return out, err
}

// builtIn is the look of the formats that a workbook need not write down, with
// those of Chinese (ECMA-376 part 1, 18.8.30).
func builtIn(id string) look {
	switch n, _ := strconv.Atoi(id); {
	case n == 22:
		return look{day: true, clock: true}
	case n >= 18 && n <= 21, n >= 32 && n <= 35, n >= 45 && n <= 47, n == 55, n == 56:
		return look{clock: true}
	case n >= 14 && n <= 17, n >= 27 && n <= 31, n == 36, n >= 50 && n <= 58:
		return look{day: true}
	}
	return look{}
}

// lookOf reads a format's code: letters outside quotes, escapes and brackets.
func lookOf(code string) look {
	var l look
	if strings.Trim(code, "0") == "" {
		l.zeros = len(code)
		return l
	}
	month := false
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; {
		case code[i] == ';':
			return l.with(month) // further parts are for negative numbers
		case code[i] == '"':
			i += 1 + strings.IndexByte(code[i+1:]+`"`, '"')
		case code[i] == '\\', code[i] == '_', code[i] == '*':
			i++
		case code[i] == '[':
			end := strings.IndexByte(code[i:]+"]", ']')
			in := strings.ToLower(code[i+1 : min(len(code), i+end)])
			l.clock = l.clock || in != "" && strings.Trim(in, "hms") == ""
			i += end
		case c == 'y', c == 'd':
			l.day = true
		case c == 'h', c == 's':
			l.clock = true
		case c == 'm':
			month = true
		case c == 'g' && strings.HasPrefix(strings.ToLower(code[i:]), "general"):
			i += len("general") - 1
		}
	}
	return l.with(month)
}

// with says what a code means that has an m: minutes beside hours or seconds.
func (l look) with(month bool) look {
	if month && !l.clock {
		l.day = true
	}
	return l
}

// number appends a number as text: without an exponent, filled up or as a day
// where the sheet shows it so.
func (b *book) number(dst, raw []byte, style int) ([]byte, *furnish.Finding) {
	var l look
	if style >= 0 && style < len(b.looks) {
		l = b.looks[style]
	}
	digits := 0
	for _, c := range raw {
		if c >= '0' && c <= '9' {
			digits++
		} else if c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return dst, badNumber()
		}
	}
	if digits == len(raw) && digits <= maxDigits && !l.day && !l.clock && digits > 0 {
		for range l.zeros - digits {
			dst = append(dst, '0')
		}
		return append(dst, raw...), nil
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	switch {
	case err != nil && !math.IsInf(f, 0) || len(raw) > 40:
		return dst, badNumber()
	case l.day || l.clock:
		return b.day(dst, f, l)
	case math.Abs(f) >= 1e15:
		return dst, badDigits()
	}
	// What a spreadsheet knows of a number is 15 digits; the rest is noise of binary fractions.
	f, _ = strconv.ParseFloat(strconv.FormatFloat(f, 'e', maxDigits-1, 64), 64)
	return strconv.AppendFloat(dst, f, 'f', -1, 64), nil
}

// maxDay is the last day of a spreadsheet, in the year 9999.
const maxDay = 2958465

// maxDigits is how many digits of a number a spreadsheet keeps.
const maxDigits = 15

// day appends the day that a number stands for, and the time where it is shown
// and not midnight.
func (b *book) day(dst []byte, f float64, l look) ([]byte, *furnish.Finding) {
	seconds := math.Round(f * 86400)
	day := math.Floor(seconds / 86400)
	first, least := when.Of(1899, 12, 30), 1.0
	switch {
	case b.epoch1904:
		first, least = when.Of(1904, 1, 1), 0
	case day == 60: // 29 February 1900, which only spreadsheets know
		least = 61
	case day < 60:
		first = when.Of(1899, 12, 31)
	}
	if !l.day || day < least || day > maxDay {
		return dst, badDay()
	}
	seconds -= day * 86400
	dst = append(dst, first.AddDays(int(day)).String()...)
	if l.clock && seconds > 0 {
		s := int(seconds)
		for i, n := range []int{s / 3600, s / 60 % 60, s % 60} {
			dst = append(dst, "T::"[i], byte('0'+n/10), byte('0'+n%10))
		}
	}
	return dst, nil
}
