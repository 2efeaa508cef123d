package catalogue

import (
	"slices"
	"strconv"
	"time"

	"recourse/internal/when"
)

// Finding says why a row or a header is refused. It never holds the value.
type Finding struct {
	Field string // column, empty where it is about the whole row
	Code  string // stable, e.g. "E-FIELD-DATE"
	Rule  string // rule that decided, e.g. "A10"; "form" where it is about writing
	Text  string // what is wrong
	Fix   string // what to do
}

// column is one compiled column: how its text becomes canonical.
type column struct {
	name     string
	required bool
	content  bool // a field of the type, not only a control column
	canon    func(string) (string, *Finding)
}

// Columns returns the header that a delivery of the type must have: the person
// columns, the source's ref and version, then the fields in their order.
func (t *Type) Columns() []string { return slices.Clone(t.header) }

// has reports whether a delivery of the type may have a column of that name.
func (t *Type) has(name string) bool {
	_, known := t.place[name]
	return known || name == BirthColumn
}

// CheckHeader returns what is wrong with the header of a delivery. The order of
// columns is free; each must be there once, and no other but BirthColumn.
func (t *Type) CheckHeader(header []string) []Finding {
	var out []Finding
	seen := make(map[string]bool, len(header))
	for _, name := range header {
		switch {
		case !t.has(name):
			// The name is not repeated: a file without a header has personal data there.
			out = append(out, Finding{Code: "E-COL-UNKNOWN", Rule: "form",
				Text: "Column " + strconv.Itoa(slices.Index(header, name)+1) + " of the header is not a column of type " + t.Code + ".",
				Fix:  "Take the column out, or write its name as the type has it."})
		case seen[name]:
			out = append(out, Finding{Field: name, Code: "E-COL-TWICE", Rule: "form",
				Text: "The column is there twice.", Fix: "Keep one of them."})
		}
		seen[name] = true
	}
	for _, name := range t.header {
		if !seen[name] {
			out = append(out, Finding{Field: name, Code: "E-COL-MISSING", Rule: "form",
				Text: "The column is missing.", Fix: "Add the column; leave its cells empty where a value is not required."})
		}
	}
	return out
}

// Check brings one row (column → text) into canonical form. It returns every
// finding, not only the first; with findings the Entry must not be used. The
// person columns are passed over: they belong to the matching of persons.
func (t *Type) Check(row map[string]string) (Entry, []Finding) {
	e := Entry{Fields: make(map[string]string, len(t.columns))}
	var out []Finding
	known := 0
	for i := range t.columns {
		c := &t.columns[i]
		raw, there := row[c.name]
		if there {
			known++
		}
		text, bad := c.read(raw)
		if bad != nil {
			bad.Field = c.name
			out = append(out, *bad)
			continue
		}
		if c.content && text != "" {
			e.Fields[c.name] = text
		}
		if bad := t.steer(&e, c.name, text); bad != nil {
			bad.Field = c.name
			out = append(out, *bad)
		}
	}
	for _, name := range t.header[:persons] {
		if _, there := row[name]; there {
			known++
		}
	}
	if _, there := row[BirthColumn]; there {
		known++
	}
	if len(row) > known {
		out = append(out, t.unknown(row)...)
	}
	e.End, e.AtOnce = t.endOf(e.Fields), t.atOnceOf(e)
	return e, out
}

func (c *column) read(raw string) (string, *Finding) {
	text := trim(raw)
	if text == "" {
		if c.required {
			return "", &Finding{Code: "E-FIELD-MISSING", Rule: "form", Text: "The field is required and empty.", Fix: "Fill it in."}
		}
		return "", nil
	}
	return c.canon(text)
}

// steer takes ref, order and start out of the columns that hold them. Their
// form was checked by the column.
func (t *Type) steer(e *Entry, name, text string) *Finding {
	if name == t.RefField {
		e.Ref = text
	}
	switch name {
	case t.OrderField:
		n, bad := t.order(text)
		e.Order = n
		return bad
	case t.StartField:
		e.Start, _ = when.Parse(text)
	}
	return nil
}

func (t *Type) order(text string) (int64, *Finding) {
	if t.OrderBy == ByNumber {
		n, err := strconv.ParseUint(text, 10, 63)
		if err != nil || len(text) > 15 {
			return 0, &Finding{Code: "E-ORDER", Rule: "form", Text: "The version is not a whole number of at most 15 digits.",
				Fix: "Write the source's version number, e.g. 3."}
		}
		return int64(n), nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return 0, &Finding{Code: "E-ORDER", Rule: "form", Text: "The version is not an instant with its offset.",
			Fix: "Write it like 2026-03-10T09:30:00+08:00."}
	}
	return at.UnixMicro(), nil
}

func (t *Type) unknown(row map[string]string) []Finding {
	n := 0
	for name := range row {
		if !t.has(name) {
			n++
		}
	}
	return []Finding{{Code: "E-COL-UNKNOWN", Rule: "form",
		Text: "The row has " + strconv.Itoa(n) + " column(s) that type " + t.Code + " does not have.",
		Fix:  "Take them out: nothing outside the type is kept."}}
}

// CheckDays returns what is wrong with the days of a checked entry about a
// person born on day birth, seen on day today: an event before the 18th
// birthday (rules A10), one that has not happened yet, or a status decision
// that comes before its hearing or ends before it begins (rules A4).
func (t *Type) CheckDays(e Entry, birth, today when.Date) []Finding {
	var out []Finding
	if TooYoung(birth, e.Start) {
		out = append(out, Finding{Field: t.StartField, Code: "E-AGE", Rule: "A10",
			Text: "The event is before the person's 18th birthday. Such a row is never kept.",
			Fix:  "Do not send it again."})
	}
	if e.Start > today {
		out = append(out, Finding{Field: t.StartField, Code: "E-START-FUTURE", Rule: "A3",
			Text: "The start event lies in the future.",
			Fix:  "Check the date; send the row when the event has happened."})
	}
	return append(out, t.checkStatus(e)...)
}
