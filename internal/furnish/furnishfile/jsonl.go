package furnishfile

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"recourse/internal/furnish"
)

// jsonTable reads one flat object a line. The keys of the first are the columns.
type jsonTable struct {
	in     *text
	form   furnish.Form
	header []string
	place  map[string]int
	at     int64
	lines  int64 // with empty ones
	check  check

	dec   *jsontext.Decoder
	line  bytes.Buffer
	flat  []byte // cells of the row, one after the other
	spans []span // of the cells in flat
	cells []string
}

// span is a part of a buffer. stamp is the line that wrote it.
type span struct {
	from, to int
	stamp    int64
}

func openJSONL(in *text, form furnish.Form) (furnish.Table, error) {
	t := &jsonTable{in: in, form: form, at: -1, dec: jsontext.NewDecoder(new(bytes.Buffer)), place: map[string]int{}}
	first, length, err := t.peek()
	for err == nil && len(first) == 0 {
		t.in.take(length)
		first, length, err = t.peek()
	}
	if err != nil {
		return nil, err
	}
	if bad := t.parse(first); bad != nil && bad.Code == codeJSON || len(t.header) == 0 {
		return nil, errJSON
	}
	if t.header, err = headerOf(t.header); err != nil {
		return nil, err
	}
	if len(t.header) != len(t.spans) {
		return nil, errHeader
	}
	t.cells = make([]string, len(t.header))
	t.at, t.check = 0, check{header: t.header, encoding: form.Encoding}
	return t, nil
}

// Form is furnish.Table.
func (t *jsonTable) Form() furnish.Form { return t.form }

// Header is furnish.Table.
func (t *jsonTable) Header() []string { return t.header }

// Close is furnish.Table.
func (t *jsonTable) Close() error { return nil }

// Next is furnish.Table.
func (t *jsonTable) Next(line *furnish.Line) error {
	for range maxBlank {
		row, length, err := t.peek()
		if err != nil {
			return err
		}
		t.in.take(length)
		if len(row) == 0 {
			continue
		}
		bad := t.parse(row)
		if t.fill(); bad == nil && blank(t.cells) {
			continue
		}
		t.at++
		return t.check.row(line, t.at, t.cells, bad)
	}
	return errBlank(t.at)
}

// peek returns the next line without spaces around it, and how long it is with
// its break.
func (t *jsonTable) peek() (line []byte, length int, err error) {
	for seen := 0; ; {
		win := t.in.window()
		n := bytes.IndexByte(win[seen:], '\n')
		switch {
		case n >= 0 && seen+n <= maxRow:
			return bytes.TrimSpace(win[:seen+n]), seen + n + 1, nil
		case len(win) > maxRow:
			return nil, 0, errRow(t.at + 1)
		}
		seen = len(win)
		if more, err := t.in.more(); err != nil {
			return nil, 0, err
		} else if more {
			continue
		}
		if seen == 0 {
			return nil, 0, io.EOF
		}
		return bytes.TrimSpace(win), seen, nil
	}
}

// parse reads one object into spans. On the first line it makes the header.
func (t *jsonTable) parse(line []byte) *furnish.Finding {
	t.lines++
	t.flat = t.flat[:0]
	t.line = *bytes.NewBuffer(line)
	t.dec.Reset(&t.line, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if tok, err := t.dec.ReadToken(); err != nil || tok.Kind() != '{' {
		return badJSON()
	}
	var bad *furnish.Finding
	for t.dec.PeekKind() == '"' {
		name, err := t.dec.ReadValue()
		if err != nil {
			return badJSON()
		}
		at, found := t.column(name)
		if found != nil {
			bad = found
		}
		if found, err = t.value(at); err != nil {
			return badJSON()
		}
		if found != nil {
			bad = found
		}
	}
	if tok, err := t.dec.ReadToken(); err != nil || tok.Kind() != '}' {
		return badJSON()
	}
	if _, err := t.dec.ReadToken(); !errors.Is(err, io.EOF) {
		return badJSON()
	}
	return bad
}

// column returns the place of a key, or -1.
func (t *jsonTable) column(name jsontext.Value) (int, *furnish.Finding) {
	key := []byte(name[1 : len(name)-1])
	if bytes.IndexByte(key, '\\') >= 0 {
		key, _ = jsontext.AppendUnquote(nil, name) // its form was checked
	}
	at, known := t.place[string(key)]
	switch {
	case t.at < 0 && len(t.header) <= maxColumns:
		at = len(t.header) // a doubled key is a doubled column, which the catalogue finds
		t.place[string(key)], t.header, t.spans = at, append(t.header, string(key)), append(t.spans, span{})
	case !known:
		return -1, badKey()
	case t.spans[at].stamp == t.lines:
		return -1, badTwice(t.header[at])
	}
	return at, nil
}

// value reads the value of a column; at -1 it is passed over.
func (t *jsonTable) value(at int) (*furnish.Finding, error) {
	kind := t.dec.PeekKind()
	if at < 0 || kind == '{' || kind == '[' {
		if err := t.dec.SkipValue(); err != nil || at < 0 {
			return nil, err
		}
		return badNested(t.header[at]), nil
	}
	raw, err := t.dec.ReadValue()
	if err != nil {
		return nil, err
	}
	from := len(t.flat)
	var bad *furnish.Finding
	switch kind {
	case '"':
		if !utf8.Valid(raw) {
			bad = badEncoding()
			bad.Field = t.header[at]
		}
		if t.flat, err = jsontext.AppendUnquote(t.flat, raw); err != nil && bad == nil {
			bad = badLost() // half a surrogate pair
			bad.Field = t.header[at]
		}
	case '0':
		t.flat = append(t.flat, raw...)
	case 't', 'f':
		bad = badBoolean(t.header[at])
	}
	t.spans[at] = span{from, len(t.flat), t.lines}
	return bad, nil
}

// fill makes the cells of the row, which share one string. A key that is not
// there is an empty cell.
func (t *jsonTable) fill() {
	row := string(t.flat)
	for i, s := range t.spans {
		t.cells[i] = ""
		if s.stamp == t.lines {
			t.cells[i] = row[s.from:s.to]
		}
	}
}
