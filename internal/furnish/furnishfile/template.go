package furnishfile

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"recourse/internal/catalogue"
	"recourse/internal/furnish"
	"recourse/internal/kit/webkit"
	"recourse/internal/scheme"
)

//go:embed locales/*.json
var localeFiles embed.FS

// Templates writes empty files of types, with notes.
type Templates struct{ words webkit.Words[words] }

type words struct {
	Sheets, Head   map[string]webkit.Phrase
	About, Yes, No webkit.Phrase
	Control, Kinds map[string]explained
}

type explained struct{ Name, How webkit.Phrase }

// NewTemplates reads the words of the notes. It fails where one is missing in a
// language.
func NewTemplates() (*Templates, error) {
	w, err := webkit.LoadWords[words](localeFiles)
	return &Templates{w}, err
}

// note says what a column takes.
type note struct {
	column, label, kind, how, example string
	required                          bool
	allowed                           []string
}

// Write writes an empty file of a type to out. Nothing of it is a record: what
// it holds reads as no row. Where the format has no place for notes, they go to
// talk. lang is one of the pages' languages.
func (ts *Templates) Write(out, talk io.Writer, t *catalogue.Type, format furnish.Format, lang string) error {
	w := ts.words.In(lang)
	if w == nil {
		return fmt.Errorf("there are no templates in language %q", lang)
	}
	notes := w.notes(t, lang)
	if format == furnish.XLSX {
		return w.book(out, t, notes, lang)
	}
	file, err := Creator{}.Create(out, furnish.Form{Format: format}, t.Columns())
	if err != nil {
		return err
	}
	if err := file.End(); err != nil {
		return err
	}
	return w.tell(talk, t, notes, lang)
}

// notes explains every column in the order of the header.
func (w *words) notes(t *catalogue.Type, lang string) []note {
	code, number := scheme.Sample()
	person := map[string]string{"id_type": code, "id_number": number, "name": "示例甲"}
	var out []note
	for _, column := range t.Columns() {
		n := note{column: column, label: column, required: true, example: t.Example[column]}
		f, isField := t.Field(column)
		if isField {
			n.label, n.required = f.Labels[lang], f.Required
			kind := w.Kinds[string(f.Kind)]
			n.kind = kind.Name.String()
			n.how = kind.How.With("currencies", strings.Join(f.Currencies, ", "))
			for _, v := range f.Values {
				n.allowed = append(n.allowed, v.Labels[lang])
			}
		}
		if e, steers := w.control(t, column); steers {
			n.how, n.required = e.How.String(), true
			if !isField {
				n.label = e.Name.String()
			}
		}
		if sample, ok := person[column]; ok {
			n.example = sample
		}
		if column == "id_type" {
			n.allowed = scheme.Codes()
		}
		out = append(out, n)
	}
	return out
}

// control finds the words for a column that says whose a row is or which.
func (w *words) control(t *catalogue.Type, column string) (explained, bool) {
	switch column {
	case t.RefField:
		column = "ref"
	case t.OrderField:
		column = string(t.OrderBy)
	}
	e, ok := w.Control[column]
	return e, ok
}

func (w *words) about(t *catalogue.Type, lang string) string {
	return w.About.With("type", t.Labels[lang], "code", t.Code)
}

func (w *words) yes(b bool) string {
	if b {
		return w.Yes.String()
	}
	return w.No.String()
}

// table is the notes as rows, with their header.
func (w *words) table(notes []note) [][]string {
	head := []string{"column", "label", "kind", "required", "allowed", "how", "example"}
	for i, h := range head {
		head[i] = w.Head[h].String()
	}
	out := [][]string{head}
	for _, n := range notes {
		out = append(out, []string{n.column, n.label, n.kind, w.yes(n.required), strings.Join(n.allowed, " | "), n.how, n.example})
	}
	return out
}

// tell writes the notes as text, a paragraph for each column.
func (w *words) tell(talk io.Writer, t *catalogue.Type, notes []note, lang string) error {
	var b strings.Builder
	b.WriteString(w.about(t, lang) + "\n")
	rows := w.table(notes)
	for _, row := range rows[1:] {
		b.WriteString("\n" + row[0] + "\n")
		for i, cell := range row[1:] {
			if cell != "" {
				b.WriteString("  " + rows[0][i+1] + ": " + cell + "\n")
			}
		}
	}
	if _, err := io.WriteString(talk, b.String()); err != nil {
		return fmt.Errorf("writing the notes: %w", err)
	}
	return nil
}

// book writes the template as a workbook: the header, the notes, and the lists
// that cells of closed columns offer.
func (w *words) book(out io.Writer, t *catalogue.Type, notes []note, lang string) error {
	names := []string{w.Sheets["rows"].String(), w.Sheets["notes"].String(), w.Sheets["values"].String()}
	b, err := newBook(out, names)
	if err != nil {
		return err
	}
	if err := b.sheetOf(1, 20, [][]string{t.Columns()}, offers(notes, names[2])); err != nil {
		return err
	}
	table := append(w.table(notes), nil, []string{w.about(t, lang)})
	if err := b.sheetOf(2, 30, table, ""); err != nil {
		return err
	}
	if err := b.sheetOf(3, 30, lists(notes), ""); err != nil {
		return err
	}
	return b.end()
}

// sheetOf writes a whole sheet; its first row is the title.
func (b *bookWriter) sheetOf(number, width int, rows [][]string, behind string) error {
	if err := b.sheet(number, len(rows[0]), width); err != nil {
		return err
	}
	for i, row := range rows {
		style := styleText
		if i == 0 {
			style = styleTitle
		}
		if err := b.row(row, style); err != nil {
			return err
		}
	}
	return b.endSheet(behind)
}

// lists are the allowed values, a column for each column that has some.
func lists(notes []note) [][]string {
	closed := slices.DeleteFunc(slices.Clone(notes), func(n note) bool { return len(n.allowed) == 0 })
	rows := make([][]string, 1)
	for i, n := range closed {
		rows[0] = append(rows[0], n.column)
		for j, v := range n.allowed {
			if len(rows) < j+2 {
				rows = append(rows, make([]string, len(closed)))
			}
			rows[j+1][i] = v
		}
	}
	return rows
}

// offers makes the cells of closed columns offer their list. Other text is warned
// about, not refused: codes and aliases are good too.
func offers(notes []note, sheet string) string {
	var b strings.Builder
	closed := 0
	for i, n := range notes {
		if len(n.allowed) == 0 {
			continue
		}
		at, list := columnName(i), columnName(closed)
		closed++
		fmt.Fprintf(&b, `<dataValidation type="list" errorStyle="warning" allowBlank="1" showErrorMessage="1" sqref="%s2:%s%d"><formula1>'%s'!$%s$2:$%s$%d</formula1></dataValidation>`,
			at, at, maxSheetRows, escaped(sheet), list, list, len(n.allowed)+1)
	}
	if closed == 0 {
		return ""
	}
	return `<dataValidations count="` + strconv.Itoa(closed) + `">` + b.String() + `</dataValidations>`
}

// columnName is the letters of a column, from 0.
func columnName(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return columnName(i/26-1) + columnName(i%26)
}
