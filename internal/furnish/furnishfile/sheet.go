package furnishfile

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"unicode/utf8"
)

// The size of a worksheet.
const (
	maxSheetRows    = 1 << 20
	maxSheetColumns = 1 << 14
)

// mergedRows unpacks a sheet once to its end, so that what is damaged or too
// much is found before the first row is taken. It returns the rows with merged
// cells, of which a sheet tells after all its rows.
func mergedRows(z *zipped, name string) (out []rowRange, err error) {
	p, err := z.open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	for in, count := newText(p), 0; ; {
		win := in.window()
		at := bytes.Index(win, []byte(mergeCell))
		end := -1
		if at >= 0 {
			end = bytes.IndexByte(win[at:], '>')
		}
		if end >= 0 {
			in.take(at + end + 1)
			if !isTag(win[:at], win[at:]) {
				continue
			}
			r, err := rangeOf(win[at:at+end], name)
			if err != nil {
				return nil, err
			}
			if count++; count > maxMerged {
				return nil, errMerged
			}
			out = append(out, r)
			continue
		}
		if at < 0 {
			at = len(win)
		}
		in.take(max(0, at-longestTag)) // what is before it, and a mark that is cut
		if len(in.window()) > maxRow {
			return nil, errXML(name)
		}
		if more, err := in.more(); err != nil || !more {
			return join(out), err
		}
	}
}

const (
	mergeCell  = "mergeCell"
	longestTag = 64
)

// isTag reports whether the name at the beginning of b is the whole name of a
// start tag, with or without a prefix.
func isTag(before, b []byte) bool {
	i := bytes.LastIndexByte(before, '<')
	prefix := before[i+1:]
	return i >= 0 && (len(prefix) == 0 || bytes.IndexByte(prefix, ':') == len(prefix)-1) && bytes.IndexByte([]byte(" \t\r\n"), b[len(mergeCell)]) >= 0
}

// rangeOf reads the rows out of a tag mergeCell.
func rangeOf(tag []byte, part string) (rowRange, error) {
	m := markup{attrs: tag[len(mergeCell):]}
	from, to, ok := bytes.Cut(m.attr("ref"), []byte(":"))
	a, err := strconv.Atoi(string(bytes.TrimLeft(from, "$ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
	b, err2 := strconv.Atoi(string(bytes.TrimLeft(to, "$ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
	if !ok || err != nil || err2 != nil || a > b {
		return rowRange{}, errXML(part)
	}
	return rowRange{a, b}, nil
}

// join orders ranges and makes one of those that overlap.
func join(in []rowRange) (out []rowRange) {
	slices.SortFunc(in, func(a, b rowRange) int { return a.from - b.from })
	for _, r := range in {
		if n := len(out); n > 0 && r.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, r.to)
			continue
		}
		out = append(out, r)
	}
	return out
}

// columnOf returns the column of a reference such as AB12, from 0; -1 for none.
func columnOf(ref []byte) int {
	n := 0
	for i, c := range ref {
		if c < 'A' || c > 'Z' || i > 3 {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// unescape resolves _xHHHH_, in which spreadsheets write what XML cannot hold.
func unescape(b []byte) []byte {
	from := bytes.Index(b, []byte("_x"))
	if from < 0 {
		return b
	}
	out := append([]byte(nil), b[:from]...)
	for b = b[from:]; len(b) > 0; {
		if len(b) >= 7 && b[0] == '_' && b[1] == 'x' && b[6] == '_' {
			if n, err := strconv.ParseUint(string(b[2:6]), 16, 16); err == nil {
				out, b = utf8.AppendRune(out, rune(n)), b[7:]
				continue
			}
		}
		out, b = append(out, b[0]), b[1:]
	}
	return out
}

// numeric resolves an entity like #x4E00. What XML does not allow is refused.
func numeric(name string) (rune, bool) {
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	base, digits := 10, name[1:]
	if digits[0] == 'x' {
		base, digits = 16, digits[1:]
	}
	n, err := strconv.ParseUint(digits, base, 32)
	r := rune(n)
	if err != nil || n > utf8.MaxRune || !utf8.ValidRune(r) || r < ' ' && r != '\t' && r != '\n' && r != '\r' {
		return 0, false
	}
	return r, true
}
