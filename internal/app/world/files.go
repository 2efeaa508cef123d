package world

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"regexp/syntax"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"

	"recourse/internal/law"
)

// Form is how a file is written.
type Form int

// The forms of files.
const (
	CSV      Form = iota // UTF-8
	CSVExcel             // UTF-8 with a byte order mark and semicolons, as spreadsheets save it
	CSVChina             // GB 18030, as older systems export it
)

// Forms lists the forms in which deliveries come.
func Forms() []Form { return []Form{CSV, CSVExcel, CSVChina} }

// String names the form.
func (f Form) String() string {
	return [...]string{"CSV", "CSV from a spreadsheet", "CSV in GB 18030"}[f]
}

// File writes a delivery as a file.
func (w *World) File(d Delivery, form Form) ([]byte, error) {
	var out bytes.Buffer
	var to io.WriteCloser = nopCloser{&out}
	if form == CSVChina {
		to = transform.NewWriter(&out, simplifiedchinese.GB18030.NewEncoder())
	}
	c := csv.NewWriter(to)
	if form == CSVExcel {
		c.Comma, c.UseCRLF = ';', true
		out.WriteString("\ufeff")
	}
	err := c.Write(d.Type.Columns())
	for row := range w.Rows(d) {
		if err == nil {
			err = c.Write(row)
		}
	}
	c.Flush()
	if err == nil {
		err = c.Error()
	}
	if err == nil {
		err = to.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("writing a file of %s: %w", d.Type.Code, err)
	}
	return out.Bytes(), nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

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
