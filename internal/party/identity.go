package party

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"recourse/internal/canon"
	"recourse/internal/fault"
	"recourse/internal/redact"
	"recourse/internal/when"
)

// CNID is the identity number of a citizen of the PRC (GB 11643-1999).
const CNID = "cn-id"

// Identity is who a row, request or sign-in is about, as far as matching goes:
// exact type and number, and a name that must agree. It does not print.
type Identity struct {
	Type   string // CNID
	Number string // normalised: for CNID 17 digits and a digit or capital X
	Name   string // as it is shown: NFC, white space and middle dots unified
	Birth  when.Date
}

// Format prints the mark of redacted values for every verb.
func (Identity) Format(f fmt.State, _ rune) { fmt.Fprint(f, redact.Mark) }

// MarshalText gives encoders the mark of redacted values: an Identity is
// written field by field, on purpose.
func (Identity) MarshalText() ([]byte, error) { return []byte(redact.Mark), nil }

// ParseIdentity reads an identity by the published matching rules
// (testdata/identity.json holds their vectors). Birth may be empty; where it is
// given it must be the day that the number holds. Today bounds the day of
// birth. It returns every fault found; with faults the Identity must not be
// used. No fault repeats what was sent.
func ParseIdentity(idType, number, name, birth string, today when.Date) (Identity, []*fault.Error) {
	id := Identity{Type: strings.TrimSpace(idType)}
	var out []*fault.Error
	add := func(e *fault.Error) {
		if e != nil {
			out = append(out, e)
		}
	}
	if id.Type == CNID {
		var bad *fault.Error
		id.Number, id.Birth, bad = parseCNID(number, today)
		add(bad)
		if bad == nil {
			add(agree(birth, id.Birth))
		}
	} else {
		add(fault.New(fault.Invalid, "E-ID-TYPE",
			"This kind of identifier is not known. Nothing was kept. Use cn-id for a resident identity card of the PRC.").At("id_type"))
	}
	var bad *fault.Error
	id.Name, bad = parseName(name)
	add(bad)
	return id, out
}

// TokenInput returns the bytes from which the keyed token of the identifier is
// made: type and number, each with its length. The name is not part of it.
func (i Identity) TokenInput() []byte { return canon.Parts([]byte(i.Type), []byte(i.Number)) }

// NameKey returns the bytes by which two spellings of one name are compared.
func (i Identity) NameKey() []byte { return []byte(nameKey(i.Name)) }

// parseCNID reads an 18-character number of GB 11643-1999: six digits of area,
// the day of birth, three digits of order, and the check character of ISO 7064
// MOD 11-2. The area is not looked up: areas were renamed and dissolved, and
// numbers stay.
func parseCNID(s string, today when.Date) (string, when.Date, *fault.Error) {
	n := normalNumber(s)
	bad := func(code, text string) (string, when.Date, *fault.Error) {
		return "", 0, fault.New(fault.Invalid, code, text).At("id_number")
	}
	switch {
	case n == "":
		return bad("E-ID-MISSING", "The number is empty. Nothing was kept. Fill in the 18 characters of the identity card.")
	case len(n) == 15 && digits(n):
		return bad("E-ID-LEGACY", "This is a 15-digit number of the first generation. It was replaced by 18 characters and does not name one person for certain. Nothing was kept. Ask for the number on the present card.")
	case strings.ContainsAny(n, ".+E"):
		return bad("E-ID-SPREADSHEET", "A spreadsheet has rounded this number, its last digits are lost. Nothing was kept. Format the column as text and fill it again from the source.")
	case len(n) != 18:
		return bad("E-ID-LENGTH", "The number does not have 18 characters. Nothing was kept. Copy all of it from the identity card.")
	case !digits(n[:17]) || !(digits(n[17:]) || n[17] == 'X'):
		return bad("E-ID-FORM", "The number has other characters than 17 digits and a digit or X. Nothing was kept. Copy it from the identity card.")
	case check(n[:17]) != n[17]:
		return bad("E-ID-CHECK", "The check character of the number is wrong: at least one character was misread. Nothing was kept. Compare each character with the identity card.")
	}
	t, err := time.Parse("20060102", n[6:14])
	birth := when.Of(t.Year(), t.Month(), t.Day())
	if err != nil || birth < when.Of(1880, time.January, 1) || birth > today {
		return bad("E-ID-BIRTH", "The day of birth inside the number does not exist or is not past. Nothing was kept. Compare the number with the identity card.")
	}
	return n, birth, nil
}

// normalNumber takes off white space at the ends, writes full-width characters
// as ASCII and small letters as capitals. It drops nothing inside.
func normalNumber(s string) string {
	s = strings.TrimSpace(s)
	if len(s) == 18 && digits(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r = r - '！' + '!'
		}
		if r >= 'a' && r <= 'z' {
			r = r - 'a' + 'A'
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

// check returns the check character of 17 digits: ISO 7064 MOD 11-2.
func check(s string) byte {
	sum := 0
	for i := range len(s) {
		sum = (sum + int(s[i]-'0')) * 2 % 11
	}
	return "10X98765432"[sum]
}

// agree compares a column of birth with the day inside the number.
func agree(column string, birth when.Date) *fault.Error {
	column = strings.TrimSpace(column)
	if column == "" {
		return nil
	}
	d, err := when.Parse(column)
	switch {
	case err != nil:
		return fault.New(fault.Invalid, "E-BIRTH-FORM",
			"The day of birth is not a date of the form YYYY-MM-DD. Nothing was kept. Write it like 1990-03-10, or leave it empty.").At("birth_date")
	case d != birth:
		return fault.New(fault.Invalid, "E-BIRTH-DIFFERS",
			"The day of birth is not the one inside the number. Nothing was kept. One of the two belongs to somebody else or was misread: compare both with the source.").At("birth_date")
	}
	return nil
}

// maxName is the longest name in characters.
const maxName = 100

func parseName(s string) (string, *fault.Error) {
	bad := func(code, text string) (string, *fault.Error) {
		return "", fault.New(fault.Invalid, code, text).At("name")
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError) {
		return bad("E-NAME-ENCODING", "The name was damaged by a wrong encoding. Nothing was kept. Send the file in UTF-8 or GB18030 as it left the source.")
	}
	n := shown(s)
	if strings.ContainsAny(n, "*?＊？") {
		return bad("E-NAME-MASKED", "The name is masked or a character was lost. Nothing was kept. Send the whole name: matching is exact.")
	}
	letters := false
	for _, r := range n {
		// Private-use characters carry rare names in older GB 18030 systems.
		letter := unicode.IsLetter(r) || unicode.Is(unicode.Han, r) || unicode.Is(unicode.Co, r)
		letters = letters || letter
		if !letter && !unicode.IsMark(r) && !strings.ContainsRune(" ·.,-'’‘", r) {
			return bad("E-NAME-FORM", "The name has characters that are no part of a name. Nothing was kept. Write letters, spaces, dots and hyphens only.")
		}
	}
	switch {
	case !letters:
		return bad("E-NAME-MISSING", "The name is empty. Nothing was kept. Fill in the name as on the identity card.")
	case utf8.RuneCountInString(n) > maxName:
		return bad("E-NAME-LONG", "The name has more than 100 characters. Nothing was kept. Write one person's name only.")
	}
	return n, nil
}

// shown returns a name as it is shown: NFC, invisible characters gone, white
// space and middle dots unified. Rare characters, variants and capitals stay.
func shown(s string) string {
	var out []rune
	for _, r := range norm.NFC.String(s) {
		switch {
		case invisible(r):
			continue
		case unicode.IsSpace(r):
			r = ' '
		case middleDot(r):
			r = '·'
		}
		out = append(out, r)
	}
	out = space(out)
	for i, r := range out {
		if (r == '.' || r == '．') && between(out, i) {
			out[i] = '·'
		}
	}
	return norm.NFC.String(string(out)) // what stood between two characters may be gone
}

// invisible reports characters that only files put into names: zero-width
// spaces, byte order and direction marks, soft hyphens.
func invisible(r rune) bool {
	return r == 0xFEFF || r == 0xAD || r >= 0x200B && r <= 0x200F && r != 0x200C && r != 0x200D ||
		r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x2069
}

// middleDot reports the characters that systems write for the dot between the
// parts of a name.
func middleDot(r rune) bool { return strings.ContainsRune("·•‧∙⋅・･᛫●⸱", r) }

// between reports whether the full stop at i stands between two Han characters,
// where it can only mean the middle dot.
func between(r []rune, i int) bool {
	return i > 0 && i+1 < len(r) && unicode.Is(unicode.Han, r[i-1]) && unicode.Is(unicode.Han, r[i+1])
}

// space leaves one space between words of an alphabet, and none at the ends,
// beside a middle dot or beside a Han character: lists of names are padded
// with them.
func space(in []rune) []rune {
	var out []rune
	for i, r := range in {
		if r != ' ' {
			out = append(out, r)
			continue
		}
		if len(out) == 0 || tight(out[len(out)-1]) {
			continue
		}
		if next := i + 1; next == len(in) || in[next] == ' ' || tight(in[next]) {
			continue
		}
		out = append(out, r)
	}
	return out
}

func tight(r rune) bool { return r == ' ' || r == '·' || unicode.Is(unicode.Han, r) }

// nameKey folds what spellings of one name differ in: compatibility forms (full
// width, ligatures) and case. It is a fixed point of itself.
func nameKey(s string) string {
	n := shown(s)
	if norm.NFKC.IsNormalString(n) && uncased(n) {
		return n
	}
	return shown(norm.NFKC.String(cases.Fold().String(norm.NFKC.String(n))))
}

// uncased reports whether a name holds nothing that folding could change: the
// usual case, and the quick one.
func uncased(s string) bool {
	for _, r := range s {
		if !unicode.Is(unicode.Han, r) && r != '·' {
			return false
		}
	}
	return true
}
