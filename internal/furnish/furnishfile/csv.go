package furnishfile

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"recourse/internal/furnish"
)

// delimiters in the order in which they win a tie.
const delimiters = ",;\t|"

// csvTable reads RFC 4180 with any of the delimiters.
type csvTable struct {
	in      *text
	form    furnish.Form
	header  []string
	delim   byte
	eol     byte
	at      int64 // rows read
	cells   []string
	scratch []byte // cells of a row with quotes, without them
	ends    []int  // of the cells in scratch
	check   check
}

func openCSV(in *text, form furnish.Form) (furnish.Table, error) {
	t := &csvTable{in: in, form: form, at: -1}
	if err := t.dialect(); err != nil {
		return nil, err
	}
	t.form.Delimiter = string(t.delim)
	rec, quoted, err := t.record()
	for blanks := 0; err == nil && !quoted && (t.blank(rec) || bytes.Equal(rec, []byte{'s', 'e', 'p', '=', t.delim})); blanks++ {
		if blanks == maxBlank {
			return nil, errBlank(0)
		}
		rec, quoted, err = t.record()
	}
	if errors.Is(err, io.EOF) {
		return nil, errEmpty
	}
	if err != nil {
		return nil, err
	}
	if bad := t.split(rec, quoted); bad != nil {
		return nil, errHeader
	}
	if t.header, err = headerOf(t.cells); err != nil {
		return nil, err
	}
	t.check, t.at = check{header: t.header, encoding: form.Encoding}, 0
	return t, nil
}

// Form is furnish.Table.
func (t *csvTable) Form() furnish.Form { return t.form }

// Header is furnish.Table.
func (t *csvTable) Header() []string { return t.header }

// Close is furnish.Table.
func (t *csvTable) Close() error { return nil }

// Next is furnish.Table.
func (t *csvTable) Next(line *furnish.Line) error {
	for blanks := 0; blanks <= maxBlank; blanks++ {
		rec, quoted, err := t.record()
		if err != nil {
			return err
		}
		if !quoted && t.blank(rec) {
			continue
		}
		bad := t.split(rec, quoted)
		if quoted && blank(t.cells) {
			continue
		}
		t.at++
		if bad == nil && len(rec) <= maxCell && len(t.cells) == len(t.header) && clean(rec) {
			*line = furnish.Line{Number: t.at, Cells: t.cells}
			return nil
		}
		return t.check.row(line, t.at, t.cells, bad)
	}
	return errBlank(t.at)
}

// blank reports whether a record without quotes holds nothing.
func (t *csvTable) blank(rec []byte) bool {
	for _, c := range rec {
		if c != t.delim && c != ' ' && c != '\t' {
			return false
		}
	}
	return true
}

// dialect finds delimiter and line break by the first row.
func (t *csvTable) dialect() error {
	t.eol = '\n'
	for len(t.in.window()) < sniff {
		ok, err := t.in.more()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
	}
	var count [len(delimiters)]int
	inside := false
	head := bytes.TrimLeft(t.in.window(), " \t\r\n")
scan:
	for i, c := range head {
		switch {
		case c == '"':
			inside = !inside
		case inside:
		case c == '\n':
			break scan
		case c == '\r':
			if i+1 < len(head) && head[i+1] != '\n' {
				t.eol = '\r'
			}
			break scan
		case strings.IndexByte(delimiters, c) >= 0:
			count[strings.IndexByte(delimiters, c)]++
		}
	}
	best := 0
	for d := range count {
		if count[d] > count[best] {
			best = d
		}
	}
	t.delim = delimiters[best]
	return nil
}

// record returns the next record without its line break, and whether there are
// quotes in it; io.EOF at the end. It is valid until the next call.
func (t *csvTable) record() (rec []byte, quoted bool, err error) {
	s := scan{delim: t.delim, eol: t.eol}
	for {
		win := t.in.window()
		if n, ok := s.find(win); ok && n <= maxRow {
			t.in.take(n + 1)
			return t.trim(win[:n]), s.quoted, nil
		} else if n > maxRow {
			return nil, false, t.long(s)
		}
		more, err := t.in.more()
		if err != nil {
			return nil, false, err
		}
		if more {
			continue
		}
		if s.state == inside {
			return nil, false, errQuote(t.at + 1)
		}
		if win = t.in.window(); len(win) == 0 {
			return nil, false, io.EOF
		}
		t.in.take(len(win))
		return t.trim(win), s.quoted, nil
	}
}

func (t *csvTable) long(s scan) error {
	if s.state == inside {
		return errQuote(t.at + 1)
	}
	return errRow(t.at + 1)
}

// trim takes off what CR LF leaves of a line break.
func (t *csvTable) trim(rec []byte) []byte {
	if t.eol == '\r' {
		return bytes.TrimPrefix(rec, []byte{'\n'})
	}
	return bytes.TrimSuffix(rec, []byte{'\r'})
}

// Where a scan stands.
const (
	start  = iota // of a cell
	plain         // in a cell without quotes, or after its closing quote
	inside        // between quotes
	closed        // after a quote between quotes
)

// scan finds the end of a record. It goes on where the window ended.
type scan struct {
	delim, eol byte
	quoted     bool
	state      int
	at         int
}

// find returns where the record ends in win, or how far it looked.
func (s *scan) find(win []byte) (int, bool) {
	if s.quoted {
		return s.walk(win)
	}
	rest := win[s.at:]
	end := bytes.IndexByte(rest, s.eol)
	if end >= 0 {
		rest = rest[:end]
	}
	if bytes.IndexByte(rest, '"') >= 0 {
		s.quoted, s.at = true, 0
		return s.walk(win)
	}
	s.at += len(rest)
	return s.at, end >= 0
}

func (s *scan) walk(win []byte) (int, bool) {
	for ; s.at < len(win); s.at++ {
		c := win[s.at]
		switch {
		case s.state == inside:
			if c == '"' {
				s.state = closed
			}
		case c == '"' && s.state != plain:
			s.state = inside
		case c == s.eol:
			return s.at, true
		case c == s.delim:
			s.state = start
		default:
			s.state = plain
		}
	}
	return s.at, false
}

// split cuts a record into cells, which share one string.
func (t *csvTable) split(rec []byte, quoted bool) *furnish.Finding {
	if quoted {
		return t.unquote(rec)
	}
	t.cells = t.cells[:0]
	row := string(rec)
	for len(t.cells) <= maxColumns {
		i := strings.IndexByte(row, t.delim)
		if i < 0 {
			t.cells = append(t.cells, row)
			break
		}
		t.cells = append(t.cells, row[:i])
		row = row[i+1:]
	}
	return nil
}

// unquote is split for a record with quotes.
func (t *csvTable) unquote(rec []byte) (bad *furnish.Finding) {
	t.scratch, t.ends = t.scratch[:0], t.ends[:0]
	state := start
	for _, c := range rec {
		switch {
		case state == inside && c == '"':
			state = closed
		case state == inside:
			t.scratch = append(t.scratch, c)
		case state == start && c == '"':
			state = inside
		case state == closed && c == '"':
			t.scratch, state = append(t.scratch, c), inside
		case c == t.delim:
			t.ends, state = append(t.ends, len(t.scratch)), start
		default:
			if c == '"' || state == closed {
				bad = badQuote()
			}
			t.scratch, state = append(t.scratch, c), plain
		}
	}
	t.ends = append(t.ends, len(t.scratch))
	t.cells = t.cells[:0]
	row, from := string(t.scratch), 0
	for _, end := range t.ends[:min(len(t.ends), maxColumns+1)] {
		t.cells = append(t.cells, row[from:end])
		from = end
	}
	return bad
}
