package furnishfile

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"recourse/internal/furnish"
)

// bookWriter writes a workbook part by part, holding none of it. Every cell is
// text: what is typed into one is what is read.
type bookWriter struct {
	zip  *zip.Writer
	part *bufio.Writer
}

// newBook writes everything but the sheets, which follow in any order.
func newBook(out io.Writer, sheets []string) (*bookWriter, error) {
	b := &bookWriter{zip: zip.NewWriter(out)}
	var types, list, rels strings.Builder
	for i, name := range sheets {
		n := strconv.Itoa(i + 1)
		types.WriteString(`<Override PartName="/xl/worksheets/sheet` + n + `.xml" ContentType="` + officeType + `worksheet+xml"/>`)
		list.WriteString(`<sheet name="` + escaped(name) + `" sheetId="` + n + `" r:id="rId` + n + `"/>`)
		rels.WriteString(`<Relationship Id="rId` + n + `" Type="` + officeRel + `worksheet" Target="worksheets/sheet` + n + `.xml"/>`)
	}
	for _, p := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="` + officeType + `sheet.main+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="` + officeType + `styles+xml"/>` + types.String() + `</Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + packageRel + `"><Relationship Id="rId1" Type="` + officeRel + `officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + sheetSpace + `" xmlns:r="` + strings.TrimSuffix(officeRel, "/") + `"><sheets>` + list.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + packageRel + `">` + rels.String() + `<Relationship Id="styles" Type="` + officeRel + `styles" Target="styles.xml"/></Relationships>`},
		{"xl/styles.xml", `<styleSheet xmlns="` + sheetSpace + `"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
			`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>` +
			`<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" applyNumberFormat="1" applyFont="1"/></cellXfs></styleSheet>`},
	} {
		if err := b.begin(p[0]); err != nil {
			return nil, err
		}
		if err := b.write(p[1]); err != nil {
			return nil, err
		}
	}
	return b, nil
}

const (
	packageRel = "http://schemas.openxmlformats.org/package/2006/relationships"
	officeRel  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	sheetSpace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	officeType = "application/vnd.openxmlformats-officedocument.spreadsheetml."

	styleText  = `1`
	styleTitle = `2`
)

// begin ends the part before and begins one.
func (b *bookWriter) begin(name string) error {
	if err := b.flush(); err != nil {
		return err
	}
	w, err := b.zip.Create(name)
	if err != nil {
		return fmt.Errorf("writing a workbook: %w", err)
	}
	b.part = bufio.NewWriterSize(w, block)
	return b.write(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n")
}

func (b *bookWriter) flush() error {
	if b.part == nil {
		return nil
	}
	if err := b.part.Flush(); err != nil {
		return fmt.Errorf("writing a workbook: %w", err)
	}
	return nil
}

func (b *bookWriter) write(s string) error {
	if _, err := b.part.WriteString(s); err != nil {
		return fmt.Errorf("writing a workbook: %w", err)
	}
	return nil
}

// sheet begins the sheet of a number, from 1, with so many columns of text.
func (b *bookWriter) sheet(number, columns, width int) error {
	if err := b.begin("xl/worksheets/sheet" + strconv.Itoa(number) + ".xml"); err != nil {
		return err
	}
	return b.write(fmt.Sprintf(`<worksheet xmlns="%s"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`+
		`<cols><col min="1" max="%d" width="%d" style="%s" customWidth="1"/></cols><sheetData>`, sheetSpace, columns, width, styleText))
}

func (b *bookWriter) row(cells []string, style string) error {
	_, _ = b.part.WriteString("<row>")
	for _, c := range cells {
		if c == "" {
			_, _ = b.part.WriteString(`<c s="` + styleText + `"/>`)
			continue
		}
		_, _ = b.part.WriteString(`<c s="` + style + `" t="inlineStr"><is><t xml:space="preserve">` + escaped(c) + `</t></is></c>`)
	}
	return b.write("</row>") // the first error stays
}

// endSheet writes what stands behind the rows.
func (b *bookWriter) endSheet(behind string) error {
	return b.write("</sheetData>" + behind + "</worksheet>")
}

func (b *bookWriter) end() error {
	if err := b.flush(); err != nil {
		return err
	}
	if err := b.zip.Close(); err != nil {
		return fmt.Errorf("writing a workbook: %w", err)
	}
	return nil
}

// escaped writes text as XML; what XML cannot hold as spreadsheets write it.
func escaped(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r >= utf8.RuneSelf || strings.ContainsRune(`<>&"_`, r) }) < 0 {
		return s
	}
	var out strings.Builder
	for i, r := range s {
		switch {
		case r == '<':
			out.WriteString("&lt;")
		case r == '>':
			out.WriteString("&gt;")
		case r == '&':
			out.WriteString("&amp;")
		case r == '"':
			out.WriteString("&quot;")
		case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			fmt.Fprintf(&out, "_x%04X_", r)
		case r == '_' && len(unescape([]byte(s[i:min(len(s), i+7)]))) < min(len(s)-i, 7):
			out.WriteString("_x005F_")
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// rowsWriter is a workbook of one sheet.
type rowsWriter struct{ *bookWriter }

func createXLSX(out io.Writer, sheet string, header []string) (furnish.Writer, error) {
	if sheet == "" {
		sheet = "rows"
	}
	b, err := newBook(out, []string{sheet})
	if err != nil {
		return nil, err
	}
	if err := b.sheet(1, len(header), 20); err != nil {
		return nil, err
	}
	return rowsWriter{b}, b.row(header, styleTitle)
}

// Write is furnish.Writer.
func (w rowsWriter) Write(cells []string) error { return w.row(cells, styleText) }

// End is furnish.Writer.
func (w rowsWriter) End() error {
	if err := w.endSheet(""); err != nil {
		return err
	}
	return w.end()
}
