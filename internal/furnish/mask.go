package furnish

import (
	"strconv"
	"unicode/utf8"

	"recourse/internal/catalogue"
)

// Mask returns what may be shown of a cell of a type's column, so that its
// sender finds it again and nobody else learns it. Of identifiers, numbers of
// documents, references and sealed reasons only the class of their length is
// left, of other values at most the first and the last character. An empty value
// stays empty.
func Mask(t *catalogue.Type, column, value string) string {
	if value == "" {
		return ""
	}
	n := utf8.RuneCountInString(value)
	if onlyLength(t, column) {
		return "[" + lengthClass(n) + "]"
	}
	first, size := utf8.DecodeRuneInString(value)
	last, _ := utf8.DecodeLastRuneInString(value)
	switch {
	case n == 1:
		return "…"
	case n == 2:
		return value[:size] + "…"
	}
	return string(first) + "…" + string(last)
}

// onlyLength reports whether a column holds what must not be hinted at. A column
// that the type does not have is one.
func onlyLength(t *catalogue.Type, column string) bool {
	switch column {
	case "id_type", "name":
		return false
	case t.RefField:
		return true
	case t.OrderField:
		return false
	}
	f, known := t.Field(column)
	return !known || f.Kind == catalogue.DocumentNumber || f.Kind == catalogue.LicenceNumber || f.Kind == catalogue.Reason
}

// lengthClass tells lengths apart that say what went wrong: 15 and 18 are those
// of Chinese identifiers.
func lengthClass(n int) string {
	switch {
	case n == 15 || n == 18:
		return strconv.Itoa(n)
	case n < 10:
		return "1-9"
	case n < 18:
		return "10-17"
	case n < 65:
		return "19-64"
	}
	return "65+"
}
