package furnishfile_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
)

func write(t interface{ Fatal(...any) }, form furnish.Form, rows [][]string) []byte {
	var out bytes.Buffer
	w, err := furnishfile.Creator{}.Create(&out, form, rows[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// forms are all that is written.
func forms() []furnish.Form {
	out := []furnish.Form{{Format: furnish.XLSX, Sheet: "表 <1>"}}
	for _, e := range []string{"UTF-8", "UTF-8 with BOM", "UTF-16LE", "UTF-16BE", "GB18030"} {
		out = append(out, furnish.Form{Format: furnish.JSONL, Encoding: e})
		for _, d := range []string{",", ";", "\t", "|"} {
			out = append(out, furnish.Form{Format: furnish.CSV, Encoding: e, Delimiter: d})
		}
	}
	return out
}

// TestWritten_readsBack: what is written in any format, encoding and delimiter
// reads back as the same cells.
func TestWritten_readsBack(t *testing.T) {
	t.Parallel()
	cell := rapid.OneOf(
		rapid.StringOfN(rapid.RuneFrom([]rune("ab12 ,;|\t\n\"'=_x<>&{}[]:\\/示例丙㐂𠮷·（）０Ａéß€")), 0, 12, -1),
		rapid.SampledFrom([]string{"", "_x0041_", "_x005F_", "null", "true", "999999196402290297", "1E+17", "007", "2026-03-10", "示例有限公司", "]]>", "\"\"", "a\r\nb", "\rx"}),
	)
	rapid.Check(t, func(t *rapid.T) {
		form := rapid.SampledFrom(forms()).Draw(t, "form")
		width := rapid.IntRange(2, 6).Draw(t, "width")
		rows := [][]string{{}}
		for i := range width {
			rows[0] = append(rows[0], "column_"+string(rune('a'+i)))
		}
		for range rapid.IntRange(0, 20).Draw(t, "height") {
			row := rapid.SliceOfN(cell, width, width).Draw(t, "row")
			if strings.Trim(strings.Join(row, ""), " \t") != "" { // empty rows are passed over
				rows = append(rows, row)
			}
		}
		text := ""
		for _, row := range rows[1:] {
			text += strings.Join(row, "")
		}
		if form.Encoding == "GB18030" && strings.IndexFunc(text, func(r rune) bool { return r > 127 }) >= 0 {
			rows = append(rows, common(width), common(width)) // by which the encoding is known
		}
		form2, got, bad, err := readAll(t, write(t, form, rows))
		if err != nil || len(bad) > 0 {
			t.Fatalf("%+v: %v, %v", form, bad, err)
		}
		if form2 != form && (form.Encoding != "GB18030" || form2.Encoding != "UTF-8") { // ASCII is both
			t.Fatalf("written as %+v, read as %+v", form, form2)
		}
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Fatalf("%+v: %s", form, diff)
		}
	})
}

func common(width int) []string {
	out := make([]string, width)
	for i := range out {
		out[i] = strings.Repeat("登记机关名称武汉市市场监督管理局", 10)
	}
	return out
}

// readAll is read for a test of properties.
func readAll(t *rapid.T, file []byte) (form furnish.Form, rows [][]string, bad []string, err error) {
	table, err := (&furnishfile.Opener{}).Open(t.Context(), bytes.NewReader(file))
	if err != nil {
		return form, nil, nil, err
	}
	defer func() { err = errors.Join(err, table.Close()) }()
	form, rows = table.Form(), [][]string{table.Header()}
	err = each(table, func(line *furnish.Line) {
		if line.Fault != nil {
			bad = append(bad, line.Fault.Code)
			return
		}
		rows = append(rows, append([]string(nil), line.Cells...))
	})
	return form, rows, bad, err
}

// TestWritten_forAnotherReader: a workbook of ours is one for an independent
// library too, and every cell of it is text.
func TestWritten_forAnotherReader(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"a", "b"}, {"999999196402290297", "示例丙\n<&>\"'"}, {"", " 007 "}}
	f, err := excelize.OpenReader(bytes.NewReader(write(t, furnish.Form{Format: furnish.XLSX}, rows)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.GetRows("rows")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rows, got); diff != "" {
		t.Error(diff)
	}
	for _, cell := range []string{"A1", "B2", "A3"} {
		id, err := f.GetCellStyle("rows", cell)
		if err != nil {
			t.Fatal(err)
		}
		if style, err := f.GetStyle(id); err != nil || style.NumFmt != 49 {
			t.Errorf("%s is not text: %+v, %v", cell, style, err)
		}
	}
}

func TestCreate_refuses(t *testing.T) {
	t.Parallel()
	for _, form := range []furnish.Form{{}, {Format: "pdf"}, {Format: furnish.CSV, Encoding: "EBCDIC"}} {
		if _, err := (furnishfile.Creator{}).Create(&bytes.Buffer{}, form, []string{"a"}); err == nil {
			t.Errorf("%+v is written", form)
		}
	}
	for _, f := range []furnish.Format{furnish.CSV, furnish.JSONL, furnish.XLSX} {
		w, err := furnishfile.Creator{}.Create(full{}, furnish.Form{Format: f}, []string{"a"})
		if err == nil {
			err = errors.Join(w.Write([]string{strings.Repeat("x", 1<<20)}), w.End())
		}
		if !errors.Is(err, errFull) {
			t.Errorf("%s on a full disk: %v", f, err)
		}
	}
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
