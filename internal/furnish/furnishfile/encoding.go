package furnishfile

import (
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The encodings, as they are reported.
const (
	utf8Plain  = "UTF-8"
	utf8Marked = "UTF-8 with BOM"
	utf16LE    = "UTF-16LE"
	utf16BE    = "UTF-16BE"
	gb18030    = "GB18030"
)

// marks begin a file in an encoding.
func marks() []struct{ mark, encoding string } {
	return []struct{ mark, encoding string }{
		{"\xef\xbb\xbf", utf8Marked}, {"\x84\x31\x95\x33", gb18030},
		{"\xff\xfe\x00\x00", ""}, {"\x00\x00\xfe\xff", ""}, // UTF-32
		{"\xff\xfe", utf16LE}, {"\xfe\xff", utf16BE},
	}
}

// encodingOf finds the encoding by the first bytes of a file, and how many of
// them are its mark.
func encodingOf(head []byte) (encoding string, mark int, err error) {
	for _, m := range marks() {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			if m.encoding == "" {
				return "", 0, errEncoding
			}
			return m.encoding, len(m.mark), nil
		}
	}
	if e := wide(head[:min(len(head), 4096)]); e != "" {
		return e, 0, nil
	}
	u, g := asUTF8(head), asGB18030(head)
	switch {
	case u.bad == 0:
		return utf8Plain, 0, nil
	case u.good > 4*u.bad: // some cells are not: each is a fault of its row
		return utf8Plain, 0, nil
	case g.good >= 3*(g.bad+g.rare) && g.good > 0:
		return gb18030, 0, nil
	}
	return "", 0, errEncoding
}

// wide finds UTF-16 without a mark: headers are in ASCII, so that every other
// byte is zero.
func wide(head []byte) string {
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i&1]++
		}
	}
	often := func(many, few int) bool { return many*10 >= len(head) && many >= 8*few && many > 1 }
	switch {
	case often(zeros[1], zeros[0]):
		return utf16LE
	case often(zeros[0], zeros[1]):
		return utf16BE
	}
	return ""
}

// tally counts characters beyond ASCII by how well they fit an encoding.
type tally struct{ good, rare, bad int }

func asUTF8(b []byte) (t tally) {
	for b = whole(b); len(b) > 0; {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			t.bad++
		case n > 1:
			t.good++
		}
		b = b[n:]
	}
	return t
}

// whole cuts off a character that the end of the block has cut.
func whole(b []byte) []byte {
	for i := 1; len(b) == sniff && i <= utf8.UTFMax; i++ {
		if utf8.RuneStart(b[len(b)-i]) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

// asGB18030 takes the Chinese characters and punctuation of GB 2312, of which
// texts mostly consist, for good ones. Other encodings read as GB 18030 have few
// of them.
func asGB18030(b []byte) (t tally) {
	end := len(b) == sniff // a character may be cut there
	for i := 0; i < len(b); {
		switch c := b[i]; {
		case c < 0x80:
			i++
		case i+1 == len(b):
			if !end {
				t.bad++
			}
			i++
		case c == 0x80 || c == 0xFF || b[i+1] == 0x7F || b[i+1] == 0xFF || b[i+1] < 0x30 || b[i+1] > 0x39 && b[i+1] < 0x40:
			t.bad++
			i++
		case b[i+1] <= 0x39: // four bytes
			t.rare++
			i += 4
		case b[i+1] >= 0xA1 && (c >= 0xA1 && c <= 0xA3 || c >= 0xB0 && c <= 0xF7):
			t.good++
			i += 2
		default:
			t.rare++
			i += 2
		}
	}
	return t
}

// decoded is src in UTF-8. What is not in its encoding becomes U+FFFD.
func decoded(src io.Reader, encoding string) io.Reader {
	switch encoding {
	case utf16LE:
		return transform.NewReader(src, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder())
	case utf16BE:
		return transform.NewReader(src, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder())
	case gb18030:
		return transform.NewReader(src, simplifiedchinese.GB18030.NewDecoder())
	}
	return src
}

// garbled reports whether a cell of a file in GB 18030 is UTF-8 in truth: its
// bytes are, and read as GB 18030 they give characters that texts do not use.
func (c *check) garbled(cell string) bool {
	if c.back == nil {
		c.back = simplifiedchinese.GB18030.NewEncoder().Transformer
		c.raw = make([]byte, 4*maxCell) // a character in UTF-8 is at most twice as long in GB 18030
	}
	c.back.Reset()
	n, _, err := c.back.Transform(c.raw, []byte(cell), true)
	return err == nil && asGB18030(c.raw[:n]).rare > 0 && utf8.Valid(c.raw[:n])
}
