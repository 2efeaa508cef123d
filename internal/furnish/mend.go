package furnish

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"recourse/internal/catalogue"
)

// MendPrefix begins the names of the columns that are added to rows that were
// not taken.
const MendPrefix = "recourse_"

// Mending is how rows that were not taken are written for their sender.
type Mending struct {
	// Findings returns findings of rows after one, in order of rows, all of a row
	// together; none at the end.
	Findings func(after int64) ([]Finding, error)
	// Begin begins the file with a header.
	Begin func(header []string) (Writer, error)
	Type  *catalogue.Type
	// Say words a finding for the reader; nil: as it is.
	Say func(Finding) (text, fix string)
}

// Mend writes the rows of a table that have findings, with their cells as they
// came, then number, fields, masked values, rules, and what to do. Memory does
// not grow with the file. It returns how many rows were written.
func Mend(in Table, m Mending) (n int64, err error) {
	out, err := m.Begin(mendHeader(in.Header()))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, out.End()) }()
	var page []Finding
	whole := false
	for line := (Line{}); ; {
		if len(page) == 0 && !whole {
			if page, err = m.Findings(line.Number); err != nil {
				return n, err
			}
			whole = len(page) == 0
		}
		if whole {
			return n, nil
		}
		if err := in.Next(&line); errors.Is(err, io.EOF) {
			return n, nil
		} else if err != nil {
			return n, err
		}
		own := 0
		for own < len(page) && page[own].Row == line.Number {
			own++
		}
		if own == 0 {
			continue
		}
		if err := out.Write(m.row(in.Header(), line, page[:own])); err != nil {
			return n, err
		}
		page = page[own:]
		n++
	}
}

func mendHeader(header []string) (out []string) {
	for _, name := range header {
		if !strings.HasPrefix(name, MendPrefix) {
			out = append(out, name)
		}
	}
	for _, name := range []string{"row", "field", "value", "rule", "fix"} {
		out = append(out, MendPrefix+name)
	}
	return out
}

// row is a row as it came with what is to be mended.
func (m Mending) row(header []string, line Line, findings []Finding) (out []string) {
	cell := map[string]string{}
	for i, name := range header {
		text := ""
		if i < len(line.Cells) {
			text = line.Cells[i]
		}
		cell[name] = text
		if !strings.HasPrefix(name, MendPrefix) {
			out = append(out, text)
		}
	}
	var fields, values, rules, fixes []string
	for _, f := range findings {
		text, fix := f.Text, f.Fix
		if m.Say != nil {
			text, fix = m.Say(f)
		}
		fields, values = append(fields, f.Field), append(values, Mask(m.Type, f.Field, cell[f.Field]))
		rules, fixes = append(rules, strings.TrimSpace(f.Code+" "+f.Rule)), append(fixes, text+" "+fix)
	}
	return append(out, strconv.FormatInt(line.Number, 10), joined(fields), joined(values), joined(rules), joined(fixes))
}

func joined(parts []string) string { return strings.Trim(strings.Join(parts, "; "), "; ") }
