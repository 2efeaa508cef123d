package catalogue

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"recourse/internal/when"
)

// Lengths in characters.
const (
	maxNumber = 64
	maxPlace  = 40
	maxReason = 500 // rules A8
	maxDigits = 13  // of an amount, before the point
)

// reader returns the closure that brings text of field f into canonical form.
func reader(f Field) func(string) (string, *Finding) {
	switch f.Kind {
	case Date:
		return readDate
	case Money:
		return readMoney(f.Currencies)
	case DocumentNumber, LicenceNumber:
		return readDocument
	case Place:
		return readPlace
	case Reason:
		return readReason
	}
	return readValue(f.Values)
}

func readDate(s string) (string, *Finding) {
	s = narrow(s)
	d, err := when.Parse(s)
	if err != nil || d < when.Of(1900, 1, 1) || d > when.Of(2200, 1, 1) {
		return "", &Finding{Code: "E-FIELD-DATE", Rule: "form", Text: "This is not a date of the form YYYY-MM-DD that exists.",
			Fix: "Write it like 2026-03-10."}
	}
	return s, nil // what parses is canonical: the form has one spelling
}

// minor returns the number of decimals of a currency, and whether packs may use it.
func minor(currency string) (int, bool) {
	switch currency {
	case "CNY", "EUR", "GBP", "HKD", "USD":
		return 2, true
	case "JPY":
		return 0, true
	}
	return 0, false
}

func readMoney(currencies []string) func(string) (string, *Finding) {
	bad := Finding{Code: "E-FIELD-MONEY", Rule: "form", Text: "This is not an amount with its currency.",
		Fix: "Write it like " + example(currencies[0]) + ": digits, a point, the currency; no sign, no commas."}
	return func(s string) (string, *Finding) {
		amount, currency, _ := strings.Cut(narrow(s), " ")
		whole, part, pointed := strings.Cut(amount, ".")
		digits, _ := minor(currency)
		if !slices.Contains(currencies, currency) || !isDigits(whole) || len(whole) > maxDigits || (len(whole) > 1 && whole[0] == '0') ||
			len(part) > digits || (pointed && !isDigits(part)) {
			b := bad
			return "", &b
		}
		if digits > 0 {
			whole += "." + part + strings.Repeat("0", digits-len(part))
		}
		return whole + " " + currency, nil
	}
}

func example(currency string) string {
	if n, _ := minor(currency); n > 0 {
		return "500.00 " + currency
	}
	return "500 " + currency
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// readDocument reads the number of a document or licence. Up to three digits
// alone number no document: they would be marks.
func readDocument(s string) (string, *Finding) {
	s, bad := readNumber(s)
	if bad == nil && len(s) <= 3 && isDigits(s) {
		return "", &Finding{Code: "E-FIELD-NUMBER", Rule: "A2", Text: "Up to three digits alone are not the number of a document.",
			Fix: "Write the whole number as it stands on the document, e.g. with its year."}
	}
	return s, bad
}

// readNumber reads the number of a document, licence or record. It must have a digit,
// so that a remark does not pass for a number.
func readNumber(s string) (string, *Finding) {
	s = narrow(s)
	digit := false
	for _, r := range s {
		digit = digit || r >= '0' && r <= '9'
		if !unicode.IsLetter(r) && (r < '0' || r > '9') && !strings.ContainsRune(" -–—/._:：()（）[]〔〕［］【】〇", r) {
			return "", badNumber()
		}
	}
	if !digit || utf8.RuneCountInString(s) > maxNumber {
		return "", badNumber()
	}
	return s, nil
}

func badNumber() *Finding {
	return &Finding{Code: "E-FIELD-NUMBER", Rule: "A2",
		Text: "This is not the number of a document: letters, digits and brackets, at least one digit, at most " + strconv.Itoa(maxNumber) + " characters.",
		Fix:  "Write the number as it stands on the document."}
}

func readPlace(s string) (string, *Finding) {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune(" -·'’", r) {
			return "", badPlace()
		}
	}
	if utf8.RuneCountInString(s) > maxPlace {
		return "", badPlace()
	}
	return s, nil
}

func badPlace() *Finding {
	return &Finding{Code: "E-FIELD-PLACE", Rule: "A2",
		Text: "This is not the name of a place: letters only, at most " + strconv.Itoa(maxPlace) + " characters.",
		Fix:  "Write the city or county in which it was decided."}
}

func readReason(s string) (string, *Finding) {
	for _, r := range s {
		if r == utf8.RuneError || (unicode.IsControl(r) && r != '\n') || unicode.Is(unicode.Cf, r) {
			return "", &Finding{Code: "E-FIELD-TEXT", Rule: "A8", Text: "The text holds characters that do not print.",
				Fix: "Write plain text in UTF-8."}
		}
	}
	if n := utf8.RuneCountInString(s); n > maxReason {
		return "", &Finding{Code: "E-FIELD-LONG", Rule: "A8",
			Text: "The reason has " + strconv.Itoa(n) + " characters; " + strconv.Itoa(maxReason) + " are allowed.",
			Fix:  "Shorten it; the decision itself stays with you."}
	}
	return s, nil
}

// readValue accepts a code, a label in any language, or an alias, and writes the code.
func readValue(values []Value) func(string) (string, *Finding) {
	codes := make(map[string]string, 4*len(values))
	for _, v := range values {
		codes[v.Code] = v.Code
		for _, l := range v.Labels {
			codes[l] = v.Code
		}
		for _, a := range v.Aliases {
			codes[a] = v.Code
		}
	}
	return func(s string) (string, *Finding) {
		if code, ok := codes[s]; ok {
			return code, nil
		}
		return "", &Finding{Code: "E-FIELD-VALUE", Rule: "A2", Text: "This is not one of the values that the type allows here.",
			Fix: "Use one of the codes or labels that the catalogue lists for this field."}
	}
}

// trim takes white space off both ends, U+3000 too. It is called for every
// cell, so the usual cell without any is left as it is.
func trim(s string) string { return strings.TrimSpace(s) }

// narrow writes full-width digits, Latin letters, point and hyphen as ASCII:
// input methods for Chinese make them easily.
func narrow(s string) string {
	if strings.IndexByte(s, 0xEF) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ', r == '．', r == '－':
			return r - '０' + '0'
		}
		return r
	}, s)
}
