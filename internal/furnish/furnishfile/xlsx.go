package furnishfile

import (
	"bytes"
	"errors"
	"io"
	"sort"
	"strconv"

	"recourse/internal/furnish"
	"recourse/internal/kit/spool"
)

// xlsxTable reads the first sheet of a workbook that is shown. Every byte of the
// workbook was checked before its first row is read.
type xlsxTable struct {
	*book
	disk   *spool.File
	raw    *part
	m      *markup
	merged []rowRange // in order, not overlapping
	header []string
	check  check

	at    int64 // rows read
	row   int   // of the sheet, from 1
	cells []string
	own   []ownCell // cells whose text is in flat
	flat  []byte
	value []byte // of the current cell, as written
	words rich
}

// rowRange is rows of the sheet.
type rowRange struct{ from, to int }

// ownCell says where the text of a cell is.
type ownCell struct{ column, from, to int }

// openXLSX sets the workbook aside, checks it and reads the header.
func openXLSX(src io.Reader, aside *spool.Spool) (furnish.Table, error) {
	disk, err := aside.Create(maxSpool + block)
	if err != nil {
		return nil, errSpool(err)
	}
	t := &xlsxTable{disk: disk}
	if err := t.open(src, aside); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

func (t *xlsxTable) open(src io.Reader, aside *spool.Spool) error {
	n, err := io.CopyBuffer(t.disk, io.LimitReader(src, maxSpool+1), make([]byte, block))
	if err == nil {
		err = t.disk.End()
	}
	if err != nil {
		return errSpool(err)
	}
	if n > maxSpool {
		return errLarge
	}
	z, err := openZip(t.disk, n)
	if err != nil {
		return err
	}
	if t.book, err = openBook(z, aside); err != nil {
		return err
	}
	if t.merged, err = mergedRows(z, t.part); err != nil {
		return err
	}
	if t.raw, err = z.open(t.part); err != nil {
		return err
	}
	t.m = newMarkup(newText(t.raw), t.part)
	return t.top()
}

// top reads the header.
func (t *xlsxTable) top() error {
	for {
		bad, err := t.next()
		if errors.Is(err, io.EOF) {
			return errEmpty
		}
		if err != nil {
			return err
		}
		if bad == nil && blank(t.cells) {
			continue
		}
		if bad != nil {
			return errHeader
		}
		t.header, err = headerOf(t.cells)
		t.check = check{header: t.header, encoding: utf8Plain}
		return err
	}
}

// Form is furnish.Table.
func (t *xlsxTable) Form() furnish.Form { return furnish.Form{Format: furnish.XLSX, Sheet: t.sheet} }

// Header is furnish.Table.
func (t *xlsxTable) Header() []string { return t.header }

// Close is furnish.Table.
func (t *xlsxTable) Close() error {
	err := t.disk.Remove()
	if t.raw != nil {
		err = errors.Join(err, t.raw.Close())
	}
	if t.book != nil {
		err = errors.Join(err, t.strings.Close())
	}
	return err
}

// Next is furnish.Table.
func (t *xlsxTable) Next(line *furnish.Line) error {
	for {
		bad, err := t.next()
		if err != nil {
			return err
		}
		if bad == nil && blank(t.cells) {
			continue
		}
		for len(t.cells) < len(t.header) {
			t.cells = append(t.cells, "")
		}
		if bad != nil && bad.Field != "" {
			bad.Field = t.name(bad.Field)
		}
		t.at++
		return t.check.row(line, t.at, t.cells, bad)
	}
}

// name turns the number of a column into its name.
func (t *xlsxTable) name(column string) string {
	if i, err := strconv.Atoi(column); err == nil && i < len(t.header) {
		return t.header[i]
	}
	return ""
}

// next reads the next row of the sheet into cells.
func (t *xlsxTable) next() (*furnish.Finding, error) {
	for !t.m.opens("row") {
		if t.m.closes("sheetData") {
			return nil, io.EOF
		}
		if err := t.m.next(); err != nil {
			return nil, err
		}
		if t.m.kind == atEnd {
			return nil, io.EOF
		}
	}
	t.row++
	if r := t.m.attr("r"); r != nil {
		n, err := strconv.Atoi(string(r))
		if err != nil || n < t.row || n > maxSheetRows {
			return nil, errXML(t.part)
		}
		t.row = n
	}
	return t.columns()
}

// columns reads the cells of the row that begins.
func (t *xlsxTable) columns() (bad *furnish.Finding, err error) {
	t.cells, t.own, t.flat = t.cells[:0], t.own[:0], t.flat[:0]
	if t.isMerged() {
		bad = badMerged()
	}
	for column := -1; ; {
		if err := t.m.next(); err != nil {
			return nil, err
		}
		if t.m.closes("row") {
			break
		}
		if t.m.kind == atEnd {
			return nil, errXML(t.part)
		}
		if !t.m.opens("c") {
			continue
		}
		next := column + 1
		if r := t.m.attr("r"); r != nil {
			next = columnOf(r)
		}
		if next <= column || next >= maxSheetColumns {
			return nil, errXML(t.part)
		}
		column = next
		found, err := t.cell(column)
		if err != nil {
			return nil, err
		}
		if found != nil && bad == nil {
			found.Field = strconv.Itoa(column)
			bad = found
		}
	}
	row := string(t.flat)
	for _, o := range t.own {
		t.cells[o.column] = row[o.from:o.to]
	}
	return bad, nil
}

// put sets a cell; columns that were left out are empty. A cell far beyond any
// header is kept as one cell too many.
func (t *xlsxTable) put(column int, text string) {
	if column > maxColumns {
		column = maxColumns
	}
	for len(t.cells) <= column {
		t.cells = append(t.cells, "")
	}
	t.cells[column] = text
}

// cell reads one cell to its end tag.
func (t *xlsxTable) cell(column int) (*furnish.Finding, error) {
	kind := string(t.m.attr("t"))
	style := -1
	if s := t.m.attr("s"); s != nil {
		style, _ = strconv.Atoi(string(s))
	}
	t.value = t.value[:0]
	formula, valued, reading := false, false, false
	for {
		if err := t.m.next(); err != nil {
			return nil, err
		}
		if kind == "inlineStr" {
			if err := t.words.token(t.m, "is"); err != nil {
				return nil, err
			}
		}
		switch {
		case t.m.closes("c"):
			return t.text(column, kind, style, formula && !valued)
		case t.m.opens("v"):
			valued, reading = true, true
		case t.m.closes("v"):
			reading = false
		case t.m.opens("f"):
			formula = true
		case t.m.closes("is"):
			t.value, valued = append(t.value, t.words.take()...), true
		case t.m.kind == atText && reading && len(t.value) <= maxCell:
			var err error
			if t.value, err = t.m.add(t.value); err != nil {
				return nil, err
			}
		case t.m.kind == atEnd:
			return nil, errXML(t.part)
		}
	}
}

// text turns the value of a cell into its text.
func (t *xlsxTable) text(column int, kind string, style int, open bool) (*furnish.Finding, error) {
	if open {
		return badFormula(), nil
	}
	if len(t.value) == 0 {
		return nil, nil
	}
	from := len(t.flat)
	var bad *furnish.Finding
	switch kind {
	case "s":
		i, err := strconv.Atoi(string(bytes.TrimSpace(t.value)))
		if err != nil {
			return nil, errXML(t.part)
		}
		word, ok, err := t.strings.word(i)
		if !ok && err == nil {
			err = errXML(t.part)
		}
		t.put(column, word)
		return nil, err
	case "b":
		bad = badBoolean("")
	case "e":
		bad = badError()
	case "inlineStr":
		t.flat = append(t.flat, t.value...)
	case "str":
		t.flat = append(t.flat, unescape(t.value)...)
	case "d":
		t.flat = append(t.flat, bytes.TrimSuffix(bytes.TrimSuffix(t.value, []byte("Z")), []byte("T00:00:00"))...)
	default:
		t.flat, bad = t.number(t.flat, bytes.TrimSpace(t.value), style)
	}
	t.put(column, "")
	t.own = append(t.own, ownCell{min(column, maxColumns), from, len(t.flat)})
	return bad, nil
}

// isMerged reports whether a range of merged cells touches the row.
func (t *xlsxTable) isMerged() bool {
	i := sort.Search(len(t.merged), func(i int) bool { return t.merged[i].to >= t.row })
	return i < len(t.merged) && t.merged[i].from <= t.row
}
