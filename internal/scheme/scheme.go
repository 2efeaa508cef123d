// Package scheme checks official identifiers: numbers of persons, and codes of
// bodies.
//
// It promises that
//   - a check is compiled in: a pack names schemes and cannot bend them;
//   - two spellings of one number have one kept form, and nothing is guessed;
//   - no fault repeats what was sent;
//   - docs/reference/identity.md holds the rules, with vectors that are tried.
//
// It knows no person, keeps nothing and reads no clock.
package scheme

import (
	"strings"
	"unicode"

	"recourse/internal/fault"
	"recourse/internal/when"
)

// The schemes: kinds of official identifiers that the program can check. A pack
// names those that its registry takes. Codes are part of every token, so none
// is ever renamed.
const (
	BENRN   = "be-nrn"   // Belgium: national register number and bis number
	CNID    = "cn-id"    // PRC: citizen identity number, GB 11643-1999
	ESDNI   = "es-dni"   // Spain: DNI of citizens, NIE of foreigners
	FIHetu  = "fi-hetu"  // Finland: personal identity code
	ITCF    = "it-cf"    // Italy: fiscal code of a person
	PLPESEL = "pl-pesel" // Poland: PESEL number
	SEPnr   = "se-pnr"   // Sweden: personal and co-ordination number
	USSSN   = "us-ssn"   // United States: Social Security number
)

// Codes returns the codes of all schemes, in alphabetical order.
func Codes() []string { return []string{BENRN, CNID, ESDNI, FIHetu, ITCF, PLPESEL, SEPnr, USSSN} }

// scheme is one kind of identifier. All of it is fixed: what a registry takes is
// the pack's to say, how a number is checked is not.
type scheme struct {
	length int    // of the normal form, in characters
	form   string // what it is made of, for the sentence "The number is not …"
	drop   string // characters that people write between groups
	// odd finds what is worth a sentence of its own, before length and form.
	odd func(n string) *fault.Error
	// read takes a number of the right length apart: whether its form is right,
	// whether its check character is, and what it tells of the day of birth.
	read func(n string) (formed, checked bool, h held)
}

func schemeOf(code string) (scheme, bool) {
	switch code {
	case CNID:
		return scheme{18, "17 digits and a digit or X", "", oddCN, readCN}, true
	case BENRN:
		return scheme{11, "11 digits", ".-/", nil, readBE}, true
	case ESDNI:
		return scheme{9, "8 digits and a letter, or X, Y or Z, 7 digits and a letter", ".-/", nil, readES}, true
	case FIHetu:
		return scheme{11, "6 digits, a sign of the century, 3 digits and a check character", "", nil, readFI}, true
	case ITCF:
		return scheme{16, "16 letters and digits in the order of a fiscal code", "-", nil, readIT}, true
	case PLPESEL:
		return scheme{11, "11 digits", "-", nil, readPL}, true
	case SEPnr:
		return scheme{12, "12 digits that begin with the four of the year", "-", oddSE, readSE}, true
	case USSSN:
		return scheme{9, "an area from 001 to 899, a group from 01 and a serial from 0001", "-", nil, readUS}, true
	}
	return scheme{}, false
}

// Parse reads a number and the day of birth beside it, which may be empty where
// the number holds the whole day. Today bounds the day of birth. It returns the
// kept form, the day, and every fault found; where the day alone is missing
// (E-BIRTH-MISSING) the kept form names the person all the same.
func Parse(code, number, birth string, today when.Date) (kept string, born when.Date, faults []*fault.Error) {
	s, ok := schemeOf(code)
	if !ok {
		return "", 0, []*fault.Error{fault.New(fault.Invalid, "E-ID-TYPE",
			"This kind of identifier is not known, or not one that this registry takes. Nothing was kept. Use one of the codes that the pack lists as its id_types.").At("id_type")}
	}
	kept, h, bad := s.parse(number, today)
	if bad != nil {
		return "", 0, []*fault.Error{bad}
	}
	if born, bad = h.settle(birth, today); bad != nil {
		return kept, 0, []*fault.Error{bad}
	}
	return kept, born, nil
}

// parse brings a number into its normal form, or says the first thing that is
// wrong with it.
func (s scheme) parse(sent string, today when.Date) (string, held, *fault.Error) {
	n := normalNumber(sent, s.drop)
	if n == "" {
		return wrong("E-ID-MISSING", "The number is empty. Nothing was kept. Fill it in as it stands on the document.")
	}
	if strings.Contains(n, "E+") {
		return rounded()
	}
	if s.odd != nil {
		if e := s.odd(n); e != nil {
			return "", held{}, e.At("id_number")
		}
	}
	if len([]rune(n)) != s.length {
		return "", held{}, fault.Newf(fault.Invalid, "E-ID-LENGTH",
			"The number does not have %d characters; a spreadsheet may have dropped zeros at its beginning. Nothing was kept. Copy all of it from the document.", s.length).At("id_number")
	}
	if len(n) != s.length {
		return s.malformed()
	}
	formed, checked, h := s.read(n)
	switch {
	case !formed:
		return s.malformed()
	case !checked:
		return wrong("E-ID-CHECK", "The check character of the number is wrong: at least one character was misread. Nothing was kept. Compare each character with the document.")
	case !h.possible(today):
		return wrong("E-ID-BIRTH", "The day of birth inside the number does not exist or is not past. Nothing was kept. Compare the number with the document.")
	}
	return n, h, nil
}

func (s scheme) malformed() (string, held, *fault.Error) {
	return wrong("E-ID-FORM", "The number is not made of "+s.form+". Nothing was kept. Copy it from the document.")
}

func wrong(code, text string) (string, held, *fault.Error) {
	return "", held{}, fault.New(fault.Invalid, code, text).At("id_number")
}

func rounded() (string, held, *fault.Error) {
	return wrong("E-ID-SPREADSHEET", "A spreadsheet has rounded this number, its last digits are lost. Nothing was kept. Format the column as text and fill it again from the source.")
}

// normalNumber writes full-width characters as ASCII, small letters as capitals
// and every dash as a hyphen, and takes out white space, invisible characters
// and those to drop. Nothing that it takes out tells two numbers apart.
func normalNumber(s, drop string) string {
	if len(s) == 18 && digits(s[:17]) && (digits(s[17:]) || s[17] == 'X') {
		return s // the usual case, and the quick one
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r = r - '！' + '!'
		case r >= 0x2010 && r <= 0x2015 || r == 0x2212:
			r = '-'
		case unicode.IsSpace(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		if r >= 'a' && r <= 'z' {
			r = r - 'a' + 'A'
		}
		if strings.ContainsRune(drop, r) {
			return -1
		}
		return r
	}, s)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// number returns the value of a text of at most 18 digits.
func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
