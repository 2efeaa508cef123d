package furnishfile

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/transform"

	"recourse/internal/furnish"
)

// headerOf is the names of the columns. Empty ones at the end, which
// spreadsheets leave there, are dropped.
func headerOf(cells []string) ([]string, error) {
	if len(cells) > maxColumns {
		return nil, errColumns
	}
	var out []string
	for i, name := range cells {
		if name = strings.TrimSpace(name); name == "" {
			if blank(cells[i:]) {
				break
			}
			return nil, errHeader
		}
		if textFault(name) != nil {
			return nil, errEncoding
		}
		out = append(out, name)
	}
	if len(out) == 0 {
		return nil, errEmpty
	}
	return out, nil
}

// blank reports whether there is nothing in cells but spaces.
func blank(cells []string) bool {
	for _, c := range cells {
		if strings.Trim(c, " \t") != "" {
			return false
		}
	}
	return true
}

// check finds what is wrong with cells, whatever they came in.
type check struct {
	header   []string
	encoding string
	foreign  int // rows that were not in the encoding

	back transform.Transformer // into GB 18030
	raw  []byte
}

// row fills line with a row. bad is what its parser found.
func (c *check) row(line *furnish.Line, number int64, cells []string, bad *furnish.Finding) error {
	if len(cells) > len(c.header) && blank(cells[len(c.header):]) {
		cells = cells[:len(c.header)]
	}
	if bad == nil && len(cells) != len(c.header) {
		bad = badWidth(len(cells), len(c.header))
	}
	for i := 0; i < len(cells) && bad == nil; i++ {
		if bad = cellFault(cells[i]); bad == nil && c.encoding == gb18030 && c.garbled(cells[i]) {
			bad = badEncoding()
		}
		if bad != nil {
			bad.Field = c.header[i]
		}
	}
	*line = furnish.Line{Number: number, Cells: cells, Fault: bad}
	if bad == nil {
		return nil
	}
	bad.Row = number
	if bad.Code == codeEncoding || bad.Code == codeLost {
		if c.foreign++; c.foreign > maxForeign {
			return errForeign(c.encoding)
		}
	}
	return nil
}

func cellFault(cell string) *furnish.Finding {
	if len(cell) > maxCell {
		return badLength()
	}
	return textFault(cell)
}

// clean reports whether b is ASCII without control characters other than line
// breaks and tabs: the usual row, seen fast.
func clean(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		w := binary.LittleEndian.Uint64(b)
		// The high bit of a byte is set where it is over 0x7F or under 0x20.
		if (w|(w-0x2020202020202020))&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// textFault finds what a cell must not hold: what is no text, or shows that text
// was lost on its way.
func textFault(s string) *furnish.Finding {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
				return badControl()
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			return badEncoding()
		case r == utf8.RuneError, r == '锟' && strings.HasPrefix(s[i:], "锟斤拷"):
			return badLost()
		case r >= 0xE000 && r <= 0xF8FF, r >= 0xF0000:
			return badPrivate()
		case r < 0xA0, r >= 0xFDD0 && r <= 0xFDEF, r&0xFFFE == 0xFFFE:
			return badControl()
		}
		i += n
	}
	return nil
}
