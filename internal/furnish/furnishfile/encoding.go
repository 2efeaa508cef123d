package furnishfile

import (
	"bytes"
	"unicode/utf8"
)

// The encodings, as they are reported.
const (
	utf8Plain  = "UTF-8"
	utf8Marked = "UTF-8 with BOM"
)

// encodingOf finds the encoding by the first bytes of a file, and how many of
// them are its mark.
func encodingOf(head []byte) (encoding string, mark int, err error) {
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		return utf8Marked, 3, nil
	}
	if !utf8.Valid(whole(head)) {
		return "", 0, errEncoding
	}
	return utf8Plain, 0, nil
}

// whole cuts off a character that the end of the block has cut.
func whole(b []byte) []byte {
	for i := 1; i <= min(utf8.UTFMax, len(b)); i++ {
		if utf8.RuneStart(b[len(b)-i]) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}
