package furnishfile

import (
	"bytes"
	"encoding/xml"
	"io"
	"testing"
)

// FuzzMarkup compares our reader of XML with the library's: where that finds a
// whole part, ours finds the same elements, attributes and text, or refuses it.
func FuzzMarkup(f *testing.F) {
	for _, s := range []string{
		`<a><b x="1" y='&lt;&#x4E00;'/>t&amp;<![CDATA[<]]></a>`, "<a>\r\n</a>", `<x:a r:id="1"><x:b/></x:a>`, `<?xml version="1.0"?><!-- c --><a  b = "c" ></a >`,
		`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, `<a b="x>y">]]&gt;</a>`, "<a", "</a>", "<a></b>", "<a>&#0;</a>", "<a>\xff</a>", `<a b="1`, "\ufeff<a/>",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		ours, err := tokens(b)
		if err != nil {
			return
		}
		theirs, err := libraryTokens(b)
		if err != nil {
			return // ours does not look at everything: names, doubled attributes, characters
		}
		if !bytes.Equal(ours, theirs) {
			t.Errorf("%q:\nours   %q\ntheirs %q", b, ours, theirs)
		}
	})
}

func tokens(b []byte) (out []byte, err error) {
	m := newMarkup(newText(bytes.NewReader(b)), "part")
	for {
		if err := m.next(); err != nil {
			return nil, err
		}
		switch m.kind {
		case atEnd:
			return out, nil
		case atOpen:
			out = append(append(append(out, '<'), m.name...), '>')
			x, err := m.value("x")
			if err != nil {
				return nil, err
			}
			out = append(out, x...)
		case atClose:
			out = append(append(append(out, "</"...), m.name...), '>')
		case atText:
			if out, err = m.add(out); err != nil {
				return nil, err
			}
		}
	}
}

func libraryTokens(b []byte) (out []byte, err error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	for depth := 0; ; {
		tok, err := d.RawToken()
		if err == io.EOF {
			if depth > 0 {
				return nil, io.ErrUnexpectedEOF
			}
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			depth++
			out = append(append(append(out, '<'), local([]byte(tok.Name.Local))...), '>')
			for _, a := range tok.Attr {
				if a.Name.Space == "" && a.Name.Local == "x" {
					out = append(out, a.Value...)
					break
				}
			}
		case xml.EndElement:
			depth--
			out = append(append(append(out, "</"...), local([]byte(tok.Name.Local))...), '>')
		case xml.CharData:
			out = append(out, tok...)
		}
	}
}

// FuzzLook reads codes of number formats, and numbers in them.
func FuzzLook(f *testing.F) {
	for _, code := range []string{"General", "0", "000000", "yyyy-mm-dd", "[h]:mm:ss", `"d"0.00`, "[$-804]yyyy\"年\"m\"月\"", "[Red]0;[Blue]-0", "\\", `"`, "[", "_", "*", "mm:ss.0", "G/通用格式"} {
		f.Add(code, "46091.395833333336")
		f.Add(code, "1E+17")
	}
	f.Fuzz(func(t *testing.T, code, number string) {
		b := &book{looks: []look{lookOf(code)}}
		out, bad := b.number(nil, []byte(number), 0)
		if bad != nil {
			return
		}
		if len(out) == 0 || len(out) > 400+len(code) || bytes.ContainsAny(out, "eE+") {
			t.Errorf("%q in %q became %q", number, code, out)
		}
	})
}
