package residue_test

import (
	"bytes"
	"cmp"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// shortest is the least number of bytes that a form must have to be looked for:
// shorter ones would be found by chance.
const shortest = 8

// plainest orders names of forms that write a text alike.
const plainest = "octal json html utf-8"

// forms lists the ways in which a text may have been written, by name.
func forms(text string) map[string][]byte {
	out := map[string][]byte{}
	for name, raw := range encodings(text) {
		out[name] = raw
		out[name+" hex"] = []byte(hex.EncodeToString(raw))
		out[name+" HEX"] = []byte(strings.ToUpper(hex.EncodeToString(raw)))
		out[name+" percent"] = []byte(url.QueryEscape(string(raw)))
		out[name+" percent lower"] = []byte(lowerPercent(url.QueryEscape(string(raw))))
		for shift := range 3 {
			out[fmt.Sprintf("%s base64+%d", name, shift)] = aligned(base64.StdEncoding, raw, shift)
			out[fmt.Sprintf("%s base64url+%d", name, shift)] = aligned(base64.URLEncoding, raw, shift)
		}
	}
	for name, format := range map[string]string{"json": `\u%04x`, "JSON": `\u%04X`, "html": "&#%d;", "html hex": "&#x%x;"} {
		out[name] = each(text, format)
	}
	for name, format := range map[string]string{"octal": `\%03o`, "quoted printable": "=%02X", "backslash": `\x%02x`} {
		out[name] = eachByte(text, format)
	}
	s256, s1, m5 := sha256.Sum256([]byte(text)), sha1.Sum([]byte(text)), md5.Sum([]byte(text))
	for name, sum := range map[string][]byte{"sha-256": s256[:], "sha-1": s1[:], "md5": m5[:]} {
		out[name] = sum
		out[name+" hex"] = []byte(hex.EncodeToString(sum))
		out[name+" base64"] = []byte(base64.StdEncoding.EncodeToString(sum))
	}
	seen := map[string]bool{}
	names := slices.SortedFunc(maps.Keys(out), func(a, b string) int { // of equal forms the plainest name stays
		return cmp.Or(cmp.Compare(len(strings.Fields(a)), len(strings.Fields(b))), cmp.Compare(strings.Index(plainest, b), strings.Index(plainest, a)), cmp.Compare(a, b))
	})
	for _, name := range names {
		if form := string(out[name]); len(form) < shortest || seen[form] {
			delete(out, name)
		} else {
			seen[form] = true
		}
	}
	return out
}

func encodings(text string) map[string][]byte {
	out := map[string][]byte{"utf-8": []byte(text), "upper": []byte(strings.ToUpper(text)), "lower": []byte(strings.ToLower(text)),
		"spaced": []byte(strings.Join(strings.Split(text, ""), " ")), "backwards": backwards(text)}
	for _, unit := range utf16.Encode([]rune(text)) {
		out["utf-16le"] = binary.LittleEndian.AppendUint16(out["utf-16le"], unit)
		out["utf-16be"] = binary.BigEndian.AppendUint16(out["utf-16be"], unit)
	}
	for _, r := range text {
		out["utf-32le"] = binary.LittleEndian.AppendUint32(out["utf-32le"], uint32(r))
	}
	if gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text)); err == nil {
		out["gb18030"] = gb
	}
	return out
}

func backwards(text string) []byte {
	runes := []rune(text)
	slices.Reverse(runes)
	return []byte(string(runes))
}

// aligned is the part of a text in base 64 that does not depend on what stands
// around it, where shift bytes come before it.
func aligned(code *base64.Encoding, raw []byte, shift int) []byte {
	all := code.EncodeToString(append(make([]byte, shift), raw...))
	from, to := (shift*8+5)/6, (shift+len(raw))*8/6
	return []byte(all[from:to])
}

func lowerPercent(s string) string {
	out := []byte(s)
	for i := 0; i+2 < len(out); i++ {
		if out[i] == '%' {
			copy(out[i+1:], bytes.ToLower(out[i+1:i+3]))
		}
	}
	return string(out)
}

// each writes every character that is not ASCII in a format, all if there is none.
func each(text, format string) (out []byte) {
	for _, r := range text {
		if r < 0x80 {
			out = append(out, byte(r))
		} else {
			out = fmt.Appendf(out, format, r)
		}
	}
	return out
}

func eachByte(text, format string) (out []byte) {
	for _, b := range []byte(text) {
		if b < 0x80 {
			out = append(out, b)
		} else {
			out = fmt.Appendf(out, format, b)
		}
	}
	return out
}

// pattern is one form of one mark.
type pattern struct {
	mark  int
	form  string
	bytes []byte
}

// hit is a pattern that was found.
type hit struct {
	mark  int
	form  string
	where string
}

// scanner looks for all forms of all marks at once.
type scanner struct {
	marks    []mark
	patterns []pattern
	begin    [1 << 16]bool           // whether a pattern begins with these two bytes
	by       map[uint32][]int        // patterns by their first four bytes
	hits     map[hit]int             // how often
	bytes    int64                   // looked at
	places   map[string]int          // files and texts looked at, by the first part of their name
	found    map[int]map[string]bool // forms found, by mark
}

func newScanner(all []mark) *scanner {
	s := &scanner{marks: all, by: map[uint32][]int{}, hits: map[hit]int{}, places: map[string]int{}, found: map[int]map[string]bool{}}
	for i, m := range all {
		for form, raw := range forms(m.text) {
			key := binary.BigEndian.Uint32(raw)
			s.begin[key>>16] = true
			s.by[key] = append(s.by[key], len(s.patterns))
			s.patterns = append(s.patterns, pattern{i, form, raw})
		}
	}
	return s
}

// scan looks through a text that lies somewhere.
func (s *scanner) scan(where string, text []byte) {
	s.bytes += int64(len(text))
	first, _, _ := strings.Cut(where, "/")
	s.places[first]++
	for i := 0; i+shortest <= len(text); i++ {
		if !s.begin[uint16(text[i])<<8|uint16(text[i+1])] {
			continue
		}
		for _, p := range s.by[binary.BigEndian.Uint32(text[i:])] {
			if bytes.HasPrefix(text[i:], s.patterns[p].bytes) {
				m := s.patterns[p].mark
				s.hits[hit{m, s.patterns[p].form, where}]++
				if s.found[m] == nil {
					s.found[m] = map[string]bool{}
				}
				s.found[m][s.patterns[p].form] = true
			}
		}
	}
}

// tree looks through every file of a folder. Files may come and go meanwhile.
func (s *scanner) tree(t *testing.T, name, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		where := strings.TrimPrefix(name+strings.TrimPrefix(path, dir), "/")
		s.scan(where, text)
		if strings.Contains(where, "pg_wal/") {
			s.scan(where+" joined", joined(text))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// joined is a file of the log ahead without what divides its records: the heads of
// its pages (PostgreSQL's access/xlog_internal.h).
func joined(text []byte) (out []byte) {
	const page, short, long, isLong = 8192, 24, 40, 0x0002
	for ; len(text) >= page; text = text[page:] {
		head := short
		if binary.LittleEndian.Uint16(text[2:])&isLong != 0 {
			head = long
		}
		out = append(out, text[head:page]...)
	}
	return out
}

// leaks returns what was found where it may not lie, each once.
func (s *scanner) leaks() (out []string) {
	for h, n := range s.hits {
		if !allowed(s.marks[h.mark], h.where) {
			out = append(out, fmt.Sprintf("%s in %s (%s, %d times)", s.marks[h.mark].what, h.where, h.form, n))
		}
	}
	slices.Sort(out)
	return out
}

// TestScanner_findsEveryForm: each form of a mark, in the middle of other bytes,
// is found, and found as itself.
func TestScanner_findsEveryForm(t *testing.T) {
	t.Parallel()
	m := newMarks()
	m.person("somebody")
	m.word("a word")
	m.address("an address")
	m.digits("a number", 12)
	names := map[string]bool{}
	for i, one := range m.all {
		for form, raw := range forms(one.text) {
			names[form] = true
			s := newScanner(m.all)
			s.scan("here", slices.Concat([]byte{0, 1, 0xff}, raw, []byte{0, 0xfe}))
			if !s.found[i][form] {
				t.Errorf("%s (%q): the form %s is not found", one.what, one.text, form)
			}
		}
	}
	if len(names) < 60 {
		t.Errorf("there are %d forms", len(names))
	}
	s := newScanner(m.all)
	s.scan("here", []byte("Sample people of area 999999 are made up, example.org"))
	if len(s.hits) > 0 {
		t.Errorf("found where there is nothing: %v", s.hits)
	}
}

// Base 64 of something longer holds the mark, whatever stands before it.
func TestScanner_findsInsideBase64(t *testing.T) {
	t.Parallel()
	m := newMarks()
	p := m.person("somebody")
	for shift := range 6 {
		whole := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + p.number + "," + p.name + "tail"))
		s := newScanner(m.all)
		s.scan("here", []byte(whole))
		if len(s.found) != 2 {
			t.Errorf("after %d bytes %d of 2 marks are found in %s", shift, len(s.found), whole)
		}
	}
}
