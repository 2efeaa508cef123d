package party

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"recourse/internal/fault"
)

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
		letter := unicode.IsLetter(r) || han(r) || unicode.Is(unicode.Co, r)
		letters = letters || letter
		if !letter && !unicode.IsMark(r) && !strings.ContainsRune(" ·.,-'’‘", r) {
			return bad("E-NAME-FORM", "The name has characters that are no part of a name. Nothing was kept. Write letters, spaces, dots and hyphens only.")
		}
	}
	switch {
	case !letters:
		return bad("E-NAME-MISSING", "The name is empty. Nothing was kept. Fill in the name as on the document.")
	case utf8.RuneCountInString(n) > maxName:
		return bad("E-NAME-LONG", "The name has more than 100 characters. Nothing was kept. Write one person's name only.")
	}
	return n, nil
}

// shown returns a name as it is shown: NFC, invisible characters gone, white
// space and middle dots unified. Rare characters, variants and capitals stay.
func shown(s string) string {
	if uncased(s) && norm.NFC.IsNormalString(s) {
		return s // the usual case: Chinese characters alone
	}
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
func middleDot(r rune) bool { return strings.ContainsRune("·•‧∙⋅・･᛫●⸱⸳ꞏ", r) }

// han reports a Chinese character. All of planes 2 and 3 is set aside for them,
// and rare names use characters that are newer than the tables of the program.
func han(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x20000 && r <= 0x3FFFD && r&0xFFFE != 0xFFFE
}

// between reports whether the full stop at i stands between two Han characters,
// where it can only mean the middle dot.
func between(r []rune, i int) bool {
	return i > 0 && i+1 < len(r) && han(r[i-1]) && han(r[i+1])
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

func tight(r rune) bool { return r == ' ' || r == '·' || han(r) }

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
		if !han(r) && r != '·' {
			return false
		}
	}
	return true
}
