package world

import (
	"bytes"
	"fmt"
	"regexp/syntax"
	"strings"

	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
	"recourse/internal/law"
)

// Forms lists the forms in which deliveries come: plain, as spreadsheets save
// them, as older systems export them, and as workbooks.
func Forms() []furnish.Form {
	return []furnish.Form{
		{Format: furnish.CSV, Encoding: "UTF-8", Delimiter: ","},
		{Format: furnish.CSV, Encoding: "UTF-8 with BOM", Delimiter: ";"},
		{Format: furnish.CSV, Encoding: "GB18030", Delimiter: ","},
		{Format: furnish.XLSX},
	}
}

// File writes a delivery as a file.
func (w *World) File(d Delivery, form furnish.Form) ([]byte, error) {
	var out bytes.Buffer
	file, err := furnishfile.Creator{}.Create(&out, form, Columns(d.Type))
	if err != nil {
		return nil, fmt.Errorf("writing a file of %s: %w", d.Type.Code, err)
	}
	for row := range w.Rows(d) {
		if err = file.Write(row); err != nil {
			break
		}
	}
	if err == nil {
		err = file.End()
	}
	if err != nil {
		return nil, fmt.Errorf("writing a file of %s: %w", d.Type.Code, err)
	}
	return out.Bytes(), nil
}

// Case makes the n-th case reference of a year that a purpose's format allows; empty
// where it has none.
func Case(u law.Purpose, year, n int) string {
	if u.CaseFormat == "" {
		return ""
	}
	re, err := syntax.Parse(u.CaseFormat, syntax.Perl)
	if err != nil {
		return ""
	}
	var out strings.Builder
	digits := fmt.Sprintf("%02d%010d", year%100, n)
	write(re.Simplify(), &out, func() byte {
		c := digits[0]
		digits = digits[1:] + string(c)
		return c
	})
	// The serial number stands at the end, where the last digits are.
	s := out.String()
	end := strings.LastIndexAny(s, "0123456789") + 1
	begin := end
	for begin > 0 && s[begin-1] >= '0' && s[begin-1] <= '9' {
		begin--
	}
	serial := fmt.Sprintf("%0*d", end-begin, n)
	return s[:begin] + serial[len(serial)-(end-begin):] + s[end:]
}

// write writes one text that a pattern matches.
func write(re *syntax.Regexp, out *strings.Builder, digit func() byte) {
	switch re.Op {
	case syntax.OpLiteral:
		out.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		if re.Rune[0] <= '0' && re.Rune[1] >= '9' {
			out.WriteByte(digit())
			return
		}
		out.WriteRune(re.Rune[0])
	case syntax.OpConcat, syntax.OpCapture, syntax.OpPlus:
		for _, sub := range re.Sub {
			write(sub, out, digit)
		}
	case syntax.OpAlternate:
		write(re.Sub[0], out, digit)
	case syntax.OpRepeat:
		for range max(1, re.Min) {
			write(re.Sub[0], out, digit)
		}
	}
}
