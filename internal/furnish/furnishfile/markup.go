package furnishfile

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// What a markup stands at.
const (
	atEnd   = iota // of the part
	atOpen         // a start tag
	atClose        // an end tag; a tag that closes itself is both, one after the other
	atText
)

// markup reads the XML of spreadsheets token by token. It has no document types
// and no entities but the five, holds one token at a time, and no deeper nesting
// than a workbook has. Names are taken without their prefix.
type markup struct {
	in    *text
	part  string
	kind  int
	name  []byte // of a tag; like the next two valid until the next token
	attrs []byte // of a start tag, as written
	text  []byte // as written
	cdata bool   // text is to be taken as it is
	open  [][]byte
	empty bool // the start tag closes itself
}

func newMarkup(in *text, part string) *markup { return &markup{in: in, part: part} }

// next goes on to the next token.
func (m *markup) next() error {
	if m.kind == atOpen {
		if m.empty {
			m.kind = atClose
			return nil
		}
		m.push()
	} else if m.kind == atClose && m.empty {
		m.empty = false
	}
	for {
		if ok, err := m.want(1); err != nil {
			return err
		} else if !ok {
			if len(m.open) > 0 {
				return errXML(m.part)
			}
			m.kind = atEnd
			return nil
		}
		if m.in.window()[0] != '<' {
			return m.words()
		}
		if again, err := m.tag(); err != nil || !again {
			return err
		}
	}
}

// push keeps the name of a start tag for its end tag.
func (m *markup) push() {
	if n := len(m.open); n < cap(m.open) {
		m.open = m.open[:n+1]
		m.open[n] = append(m.open[n][:0], m.name...)
		return
	}
	m.open = append(m.open, bytes.Clone(m.name))
}

// want reads until the window has n bytes; false where the part ends before.
func (m *markup) want(n int) (bool, error) {
	for len(m.in.window()) < n {
		if more, err := m.in.more(); err != nil || !more {
			return false, err
		}
	}
	return true, nil
}

// until finds mark from a place in the window on.
func (m *markup) until(from int, mark string) (int, error) {
	for {
		win := m.in.window()
		if len(win) > from {
			if i := bytes.Index(win[from:], []byte(mark)); i >= 0 {
				return from + i, nil
			}
		}
		if err := m.grow(); err != nil {
			return 0, err
		}
	}
}

func (m *markup) grow() error {
	if len(m.in.window()) > maxRow {
		return errXML(m.part)
	}
	if more, err := m.in.more(); err != nil {
		return err
	} else if !more {
		return errXML(m.part)
	}
	return nil
}

// words reads text up to the next tag.
func (m *markup) words() error {
	end := 0
	for {
		win := m.in.window()
		if i := bytes.IndexByte(win[end:], '<'); i >= 0 {
			end += i
			break
		}
		end = len(win)
		if end > maxRow {
			return errXML(m.part)
		}
		if more, err := m.in.more(); err != nil {
			return err
		} else if !more {
			break
		}
	}
	m.kind, m.cdata, m.text = atText, false, m.in.window()[:end]
	m.in.take(end)
	if len(m.open) == 0 && len(bytes.TrimSpace(bytes.TrimPrefix(m.text, []byte("\ufeff")))) > 0 {
		return errXML(m.part)
	}
	return nil
}

// tag reads what begins with <. again says that it was nothing to stop at.
func (m *markup) tag() (again bool, err error) {
	if _, err := m.want(9); err != nil {
		return false, err
	}
	win := m.in.window()
	if len(win) < 2 || win[1] != '/' && win[1] != '?' && win[1] != '!' {
		return false, m.start()
	}
	switch {
	case win[1] == '/':
		return false, m.close()
	case win[1] == '?':
		return true, m.skip("?>")
	case bytes.HasPrefix(win, []byte("<!--")):
		return true, m.skip("-->")
	case !bytes.HasPrefix(win, []byte("<![CDATA[")):
		return false, errXML(m.part) // a document type: entities that grow
	}
	end, err := m.until(9, "]]>")
	if err != nil {
		return false, err
	}
	m.kind, m.cdata, m.text = atText, true, m.in.window()[9:end]
	m.in.take(end + 3)
	return false, nil
}

func (m *markup) skip(mark string) error {
	end, err := m.until(2, mark)
	if err == nil {
		m.in.take(end + len(mark))
	}
	return err
}

func (m *markup) close() error {
	end, err := m.until(2, ">")
	if err != nil {
		return err
	}
	m.name = local(bytes.TrimRight(m.in.window()[2:end], " \t\r\n"))
	m.in.take(end + 1)
	last := len(m.open) - 1
	if last < 0 || !bytes.Equal(m.open[last], m.name) {
		return errXML(m.part)
	}
	m.kind, m.open = atClose, m.open[:last]
	return nil
}

func (m *markup) start() error {
	end, quote := 1, byte(0)
	for {
		win := m.in.window()
		for ; end < len(win) && (quote != 0 || win[end] != '>'); end++ {
			switch c := win[end]; {
			case c == quote:
				quote = 0
			case quote == 0 && (c == '"' || c == '\''):
				quote = c
			case c == '<':
				return errXML(m.part)
			}
		}
		if end < len(win) {
			break
		}
		if err := m.grow(); err != nil {
			return err
		}
	}
	tag := m.in.window()[1:end]
	m.in.take(end + 1)
	m.empty = bytes.HasSuffix(tag, []byte("/"))
	if m.empty {
		tag = tag[:len(tag)-1]
	}
	n := 0
	for n < len(tag) && tag[n] != ' ' && tag[n] != '\t' && tag[n] != '\r' && tag[n] != '\n' {
		n++
	}
	m.kind, m.name, m.attrs = atOpen, local(tag[:n]), tag[n:]
	if len(m.name) == 0 || len(m.open) >= maxDepth {
		return errXML(m.part)
	}
	return nil
}

func local(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// opens reports whether it stands at the start tag of a name.
func (m *markup) opens(name string) bool { return m.kind == atOpen && string(m.name) == name }

// closes reports whether it stands at the end tag of a name.
func (m *markup) closes(name string) bool { return m.kind == atClose && string(m.name) == name }

// attr returns an attribute of a start tag as written; nil where there is none.
// A name that begins with a colon matches with any prefix.
func (m *markup) attr(want string) []byte {
	for rest := m.attrs; ; {
		eq := bytes.IndexByte(rest, '=')
		if eq < 0 {
			return nil
		}
		name := bytes.TrimSpace(rest[:eq])
		if rest = rest[eq+1:]; len(rest) > 0 && rest[0] != '"' {
			rest = bytes.TrimSpace(rest)
		}
		if len(rest) == 0 {
			return nil
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return nil
		}
		if string(name) == want || want[0] == ':' && bytes.HasSuffix(name, []byte(want)) {
			return rest[1 : 1+end]
		}
		rest = rest[end+2:]
	}
}

// value is attr with its entities resolved.
func (m *markup) value(want string) (string, error) {
	out, ok := resolve(nil, m.attr(want))
	if !ok {
		return "", errXML(m.part)
	}
	return string(out), nil
}

// words of the current text with entities resolved, after dst.
func (m *markup) add(dst []byte) ([]byte, error) {
	if m.cdata {
		return append(dst, m.text...), nil
	}
	out, ok := resolve(dst, m.text)
	if !ok {
		return dst, errXML(m.part)
	}
	return out, nil
}

// resolve appends raw with entities and line breaks as XML has them.
func resolve(dst, raw []byte) ([]byte, bool) {
	for {
		i := bytes.IndexByte(raw, '&')
		if i < 0 {
			return addLines(dst, raw), true
		}
		dst = addLines(dst, raw[:i])
		raw = raw[i+1:]
		end := bytes.IndexByte(raw[:min(len(raw), 12)], ';')
		if end < 0 {
			return dst, false
		}
		r, ok := entity(string(raw[:end]))
		if !ok {
			return dst, false
		}
		dst, raw = utf8.AppendRune(dst, r), raw[end+1:]
	}
}

func addLines(dst, raw []byte) []byte {
	if bytes.IndexByte(raw, '\r') < 0 {
		return append(dst, raw...)
	}
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	return append(dst, bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))...)
}

func entity(name string) (rune, bool) {
	names, runes := []string{"lt", "gt", "amp", "quot", "apos"}, []rune{'<', '>', '&', '"', '\''}
	if i := slices.Index(names, name); i >= 0 {
		return runes[i], true
	}
	return numeric(name)
}
